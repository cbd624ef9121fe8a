//! Attacks on owners, modules, guards, limits and signatures, each refused.

use alloy_primitives::{Address, B256, Bytes, U256};
use alloy_sol_types::{Eip712Domain, SolCall, SolError, SolStruct, eip712_domain, sol};
use datacoop_kit::{
    Account, Uint, host,
    reexport::stylus_sdk::{ArbResult, host::VM},
    testing::{Chain, Signer},
};
use treasury::{
    ITreasury::{
        TreasuryModuleIsGovernor, TreasuryModuleNotGovernor, TreasuryOwnersMayOnlyPay,
        addOwnerWithThresholdCall, changeThresholdCall, disableModuleCall, enableModuleCall,
        execTransactionFromModuleCall, getModulesPaginatedCall, getOwnersCall, getThresholdCall,
        governorCall, removeOwnerCall, setGovernorCall, setGuardCall, setModuleGuardCall,
        setSpendingLimitCall, setStrictBudgetsCall, spendCall, spendingLimitCall, swapOwnerCall,
    },
    program,
};

use crate::support::{
    ETHER, GOVERNOR, MALLORY, PAYEE, TREASURY, Treasury, WEALTH, arguments, gs, queued,
};

sol! {
    /// What owners sign.
    struct SafeTx {
        address to;
        uint256 value;
        bytes data;
        uint8 operation;
        uint256 safeTxGas;
        uint256 baseGas;
        uint256 gasPrice;
        address gasToken;
        address refundReceiver;
        uint256 nonce;
    }
}

/// The order of secp256k1's group.
const ORDER: U256 = alloy_primitives::uint!(
    0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141_U256
);

/// A contract of an attacker.
const ATTACKER: Address = Address::repeat_byte(0xa7);

/// The account with which the ring of owners begins and ends.
const SENTINEL: Address = Address::with_last_byte(1);

/// Spends 60 wei for itself, and once more whenever it gets ether.
#[allow(clippy::unnecessary_wraps, reason = "a program may fail")]
fn spend_again(_: &[u8], mut vm: VM) -> ArbResult {
    let call = spendCall { token: ETHER, to: ATTACKER, amount: U256::from(60) }.abi_encode();
    let _ = host::call_raw(&mut vm, &Account::from(TREASURY), &Uint::ZERO, &call);
    Ok(Vec::new())
}

/// Says that it is a guard, and refuses everything.
fn refuse_everything(input: &[u8], _: VM) -> ArbResult {
    let asks = input.starts_with(&[0x01, 0xff, 0xc9, 0xa7]);
    if asks { Ok(U256::ONE.to_be_bytes_vec()) } else { Err(b"never".to_vec()) }
}

fn from_module(to: Address, operation: u8) -> execTransactionFromModuleCall {
    let data = enableModuleCall { module: MALLORY }.abi_encode().into();
    execTransactionFromModuleCall { to, value: U256::ZERO, data, operation }
}

#[test]
fn a_spending_limit_is_not_broken_by_reentrancy() {
    let treasury = Treasury::new();
    let _ = treasury.chain.deploy(MALLORY, ATTACKER, spend_again, &[]);
    let (cap, period) = (U256::from(100), U256::ZERO);
    let call = setSpendingLimitCall { spender: ATTACKER, token: ETHER, cap, period, line: 0 };
    treasury.govern(&call).unwrap();
    treasury.chain.call(MALLORY, ATTACKER, &[]).expect("it swallows its failure");
    assert!(treasury.balance(ATTACKER) <= cap);
    let limit = treasury.ok(MALLORY, &spendingLimitCall { spender: ATTACKER, token: ETHER });
    assert_eq!(limit.spent, treasury.balance(ATTACKER));
    let left = U256::from(WEALTH) - treasury.balance(ATTACKER);
    assert_eq!(treasury.balance(TREASURY), left);
}

#[test]
fn owner_lists_that_would_be_corrupt_are_refused() {
    let [first, second] = [0xa1, 0xa2].map(Address::repeat_byte);
    for (owners, threshold, error) in [
        (vec![], 0, "GS202"),
        (vec![first], 0, "GS202"),
        (vec![first], 2, "GS201"),
        (vec![Address::ZERO], 1, "GS203"),
        (vec![first, SENTINEL], 1, "GS203"),
        (vec![first, TREASURY], 1, "GS203"),
        (vec![first, first], 1, "GS203"),
        (vec![first, second, first], 1, "GS204"),
    ] {
        let args = arguments(&owners, threshold, (Address::ZERO, 0));
        let outcome = Chain::new().deploy(MALLORY, TREASURY, program, &args);
        assert_eq!(outcome, Err(gs(error)), "{owners:?} and {threshold}");
    }
    let treasury = Treasury::new();
    for (owner, error) in [
        (Address::ZERO, "GS203"),
        (SENTINEL, "GS203"),
        (TREASURY, "GS203"),
        (treasury.owner(1), "GS204"),
    ] {
        let call = addOwnerWithThresholdCall { owner, _threshold: U256::from(2) };
        assert_eq!(treasury.govern(&call), Err(gs(error)), "{owner}");
    }
}

#[test]
fn owners_and_modules_leave_their_lists_only_from_where_they_are() {
    let treasury = Treasury::new();
    let [first, second, third] = [0, 1, 2].map(|index| treasury.owner(index));
    let remove = |prevOwner, owner, threshold| {
        let _threshold = U256::from(threshold);
        removeOwnerCall { prevOwner, owner, _threshold }.abi_encode()
    };
    let swap = |prevOwner, oldOwner, newOwner| {
        swapOwnerCall { prevOwner, oldOwner, newOwner }.abi_encode()
    };
    let disable = |prevModule, module| disableModuleCall { prevModule, module }.abi_encode();
    let enable = |module| enableModuleCall { module }.abi_encode();
    for (data, error) in [
        (remove(first, first, 2), "GS205"),
        (remove(third, first, 2), "GS205"),
        (remove(MALLORY, second, 2), "GS205"),
        (remove(Address::ZERO, second, 2), "GS205"),
        (remove(third, SENTINEL, 2), "GS203"),
        (remove(MALLORY, Address::ZERO, 2), "GS203"),
        (remove(first, second, 3), "GS201"),
        (remove(first, second, 0), "GS202"),
        (swap(first, first, PAYEE), "GS205"),
        (swap(third, SENTINEL, PAYEE), "GS203"),
        (swap(MALLORY, Address::ZERO, PAYEE), "GS203"),
        (swap(first, second, third), "GS204"),
        (swap(first, second, second), "GS204"),
        (swap(first, second, SENTINEL), "GS203"),
        (swap(first, second, Address::ZERO), "GS203"),
        (swap(first, second, TREASURY), "GS203"),
        (changeThresholdCall { _threshold: U256::ZERO }.abi_encode(), "GS202"),
        (changeThresholdCall { _threshold: U256::from(4) }.abi_encode(), "GS201"),
        (changeThresholdCall { _threshold: U256::MAX }.abi_encode(), "GS201"),
        (enable(SENTINEL), "GS101"),
        (enable(Address::ZERO), "GS101"),
        (enable(GOVERNOR), "GS102"),
        (disable(GOVERNOR, GOVERNOR), "GS103"),
        (disable(SENTINEL, MALLORY), "GS103"),
        (disable(GOVERNOR, SENTINEL), "GS101"),
    ] {
        assert_eq!(treasury.govern_raw(&data), Err(gs(error)), "{data:02x?}");
    }
    assert_eq!(treasury.ok(MALLORY, &getOwnersCall {}), [first, second, third]);
    assert_eq!(treasury.ok(MALLORY, &getThresholdCall {}), U256::from(2));
    let pages = getModulesPaginatedCall { start: SENTINEL, pageSize: U256::from(9) };
    assert_eq!(treasury.ok(MALLORY, &pages).array, [GOVERNOR]);
}

#[test]
fn no_module_but_the_governor_escalates_itself_or_delegates_a_call() {
    let treasury = Treasury::new();
    treasury.govern(&enableModuleCall { module: ATTACKER }).unwrap();
    let error = TreasuryModuleNotGovernor { module: ATTACKER, governor: GOVERNOR };
    treasury.fails(ATTACKER, &from_module(TREASURY, 0), &error);
    treasury.fails(ATTACKER, &from_module(TREASURY, 1), &error);
    treasury.fails(ATTACKER, &from_module(PAYEE, 1), &error);
    assert!(treasury.ok(ATTACKER, &from_module(PAYEE, 0)));
    treasury.refuses(MALLORY, &from_module(PAYEE, 0), &gs("GS104"));
}

#[test]
fn the_governor_is_not_locked_out() {
    let treasury = Treasury::new();
    let call = disableModuleCall { prevModule: SENTINEL, module: GOVERNOR };
    let error = TreasuryModuleIsGovernor { module: GOVERNOR };
    treasury.ungoverned(&call, &error);
    let call = treasury.signed(TREASURY, 0, &call.abi_encode());
    treasury.refuses(MALLORY, &call, &error.abi_encode());
}

#[test]
fn owners_dismiss_the_governor_unless_budgets_are_strict() {
    let call = setGovernorCall { newGovernor: Address::ZERO };
    let treasury = Treasury::new();
    treasury.govern(&setStrictBudgetsCall { strict: true }).unwrap();
    let error = TreasuryOwnersMayOnlyPay { to: TREASURY };
    treasury.fails(MALLORY, &treasury.signed(TREASURY, 0, &call.abi_encode()), &error);
    assert_eq!(treasury.ok(MALLORY, &governorCall {}), GOVERNOR);
    // As a Safe's owners may do everything else, too.
    let treasury = Treasury::new();
    assert!(treasury.ok(MALLORY, &treasury.signed(TREASURY, 0, &call.abi_encode())));
    assert_eq!(treasury.ok(MALLORY, &governorCall {}), Address::ZERO);
    // Neither a single owner nor a stranger can.
    for caller in [treasury.owner(0), MALLORY, GOVERNOR] {
        treasury.refuses(caller, &call, &gs("GS031"));
    }
}

#[test]
fn guards_that_refuse_everything_do_not_keep_the_governor_from_removing_them() {
    let treasury = Treasury::new();
    let _ = treasury.chain.deploy(MALLORY, ATTACKER, refuse_everything, &[]);
    treasury.govern(&setGuardCall { guard: ATTACKER }).unwrap();
    treasury.govern(&setModuleGuardCall { moduleGuard: ATTACKER }).unwrap();
    treasury.refuses(MALLORY, &treasury.signed(PAYEE, 1, &[]), b"never");
    treasury.refuses(GOVERNOR, &from_module(PAYEE, 0), b"never");
    treasury.govern(&setGuardCall { guard: Address::ZERO }).unwrap();
    treasury.govern(&setModuleGuardCall { moduleGuard: Address::ZERO }).unwrap();
    assert!(treasury.ok(MALLORY, &treasury.signed(PAYEE, 1, &[])));
    assert!(treasury.ok(GOVERNOR, &from_module(PAYEE, 0)));
}

#[test]
fn signatures_are_good_once() {
    let treasury = Treasury::new();
    let call = treasury.signed(PAYEE, 1, &[]);
    assert!(treasury.ok(MALLORY, &call));
    treasury.refuses(MALLORY, &call, &gs("GS026"));
    assert_eq!(treasury.balance(PAYEE), U256::ONE);
}

/// A payment of one wei with the first nonce.
const fn payment() -> SafeTx {
    SafeTx {
        to: PAYEE,
        value: U256::ONE,
        data: Bytes::new(),
        operation: 0,
        safeTxGas: U256::ZERO,
        baseGas: U256::ZERO,
        gasPrice: U256::ZERO,
        gasToken: Address::ZERO,
        refundReceiver: Address::ZERO,
        nonce: U256::ZERO,
    }
}

const fn domain(chain_id: u64, treasury: Address) -> Eip712Domain {
    eip712_domain! { chain_id: chain_id, verifying_contract: treasury, }
}

#[test]
fn signatures_are_for_one_treasury_on_one_chain() {
    let other = Address::repeat_byte(0x5b);
    let signatures = |treasury: &Treasury, hash: B256| -> Bytes {
        let sign = |signer: &Signer| {
            let (v, r, s) = signer.sign(hash);
            [r.as_slice(), s.as_slice(), &[v]].concat()
        };
        treasury.owners[..2].iter().flat_map(sign).collect::<Vec<_>>().into()
    };
    let here = payment().eip712_signing_hash(&domain(Chain::ID, TREASURY));
    for delay in [0, 3_600] {
        let treasury = Treasury::with(GOVERNOR, delay);
        assert_eq!(treasury.hash(PAYEE, 1, &[]), here);
        let good = treasury.signed(PAYEE, 1, &[]);
        for elsewhere in [
            domain(Chain::ID + 1, TREASURY),
            domain(0, TREASURY),
            domain(Chain::ID, other),
            domain(Chain::ID, Address::ZERO),
        ] {
            let mut call = good.clone();
            let hash = payment().eip712_signing_hash(&elsewhere);
            call.signatures = signatures(&treasury, hash);
            if delay == 0 {
                treasury.refuses(MALLORY, &call, &gs("GS026"));
            } else {
                treasury.refuses(MALLORY, &queued(call), &gs("GS026"));
            }
        }
        // Another treasury of the same owners takes none of it.
        let owners = [0, 1, 2].map(|index| treasury.owner(index));
        let args = arguments(&owners, 2, (GOVERNOR, delay));
        treasury.chain.deploy(MALLORY, other, program, &args).expect("it is constructed");
        let (refused, taken) = if delay == 0 {
            let refused = treasury.chain.send(MALLORY, other, &good).map(drop);
            (refused, treasury.call(MALLORY, &good).map(drop))
        } else {
            let good = queued(good);
            let refused = treasury.chain.send(MALLORY, other, &good).map(drop);
            (refused, treasury.call(MALLORY, &good).map(drop))
        };
        assert_eq!(refused, Err(gs("GS026")));
        assert_eq!(taken, Ok(()));
    }
}

#[test]
fn either_form_of_a_signature_is_the_same_owners_and_good_once() {
    let treasury = Treasury::new();
    let straight = treasury.signed(PAYEE, 1, &[]);
    let mut bent = straight.clone();
    let mut signatures = bent.signatures.to_vec();
    for signature in signatures.chunks_exact_mut(65) {
        let other = ORDER - U256::from_be_slice(&signature[32..64]);
        signature[32..64].copy_from_slice(&other.to_be_bytes::<32>());
        signature[64] ^= 27 ^ 28;
    }
    bent.signatures = signatures.into();
    assert!(treasury.ok(MALLORY, &bent), "as in Safe");
    for call in [straight, bent] {
        treasury.refuses(MALLORY, &call, &gs("GS026"));
    }
    assert_eq!(treasury.balance(PAYEE), U256::ONE);
}

#[test]
fn the_other_form_of_a_signature_is_not_a_second_owner() {
    let treasury = Treasury::new();
    let mut call = treasury.signed(PAYEE, 1, &[]);
    let mut signatures = call.signatures[..65].to_vec();
    let other = ORDER - U256::from_be_slice(&signatures[32..64]);
    let (r, v) = (signatures[..32].to_vec(), signatures[64] ^ 27 ^ 28);
    signatures.extend([&r[..], &other.to_be_bytes::<32>(), &[v]].concat());
    call.signatures = signatures.into();
    treasury.refuses(MALLORY, &call, &gs("GS026"));
}

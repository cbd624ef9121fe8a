//! Attacks on owners, modules, guards, limits and signatures, each refused.

use alloy_primitives::{Address, U256};
use alloy_sol_types::{SolCall, SolError};
use datacoop_kit::{
    Account, Uint, host,
    reexport::stylus_sdk::{ArbResult, host::VM},
    testing::Chain,
};
use treasury::{
    ITreasury::{
        TreasuryModuleIsGovernor, TreasuryModuleNotGovernor, addOwnerWithThresholdCall,
        disableModuleCall, enableModuleCall, execTransactionFromModuleCall, setGuardCall,
        setModuleGuardCall, setSpendingLimitCall, spendCall, spendingLimitCall,
    },
    program,
};

use crate::support::{ETHER, GOVERNOR, MALLORY, PAYEE, TREASURY, Treasury, WEALTH, arguments, gs};

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

#[test]
fn the_other_form_of_a_signature_is_not_a_second_owner() {
    let treasury = Treasury::new();
    let mut call = treasury.signed(PAYEE, 1, &[]);
    let mut signatures = call.signatures[..65].to_vec();
    let order = U256::from_str_radix(
        "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141",
        16,
    );
    let other = order.unwrap() - U256::from_be_slice(&signatures[32..64]);
    let (r, v) = (signatures[..32].to_vec(), signatures[64] ^ 27 ^ 28);
    signatures.extend([&r[..], &other.to_be_bytes::<32>(), &[v]].concat());
    call.signatures = signatures.into();
    treasury.refuses(MALLORY, &call, &gs("GS026"));
}

//! The cap, minting and burning, and that votes follow.

use alloy_primitives::{Address, U256};
use alloy_sol_types::{Panic, SolCall, SolError};
use gov_token::{
    IGovToken::{
        AccessControlUnauthorizedAccount, DelegateVotesChanged, ERC20ExceededCap,
        ERC20ExceededSafeSupply, ERC20InsufficientBalance, ERC20InvalidReceiver, Transfer,
        burnCall, burnFromCall, capCall, delegateCall, getPastTotalSupplyCall, mintCall,
        setMembershipCall, setTransferExemptionCall, setTransferPolicyCall, totalSupplyCall,
    },
    MINTER_ROLE,
};

use crate::support::{ADMIN, MALLORY, MINTER, Terms, Token, alice, gov, log};

#[test]
fn a_mint_reaches_the_cap_and_no_further() {
    let token = Token::new();
    let (to, cap) = (MALLORY, gov(10_000));
    assert_eq!(token.ok(MALLORY, &capCall {}), cap);
    let room = gov(8_000);
    let increasedSupply = cap + U256::ONE;
    let call = mintCall { to, amount: room + U256::ONE };
    token.fails(MINTER, &call, &ERC20ExceededCap { increasedSupply, cap });
    token.ok(MINTER, &mintCall { to, amount: room });
    token.emitted(&[log(&Transfer { from: Address::ZERO, to, value: room })]);
    token.fails(
        MINTER,
        &mintCall { to, amount: U256::ONE },
        &ERC20ExceededCap { increasedSupply, cap },
    );
    // What is burned may be minted again.
    token.ok(MALLORY, &burnCall { value: gov(1) });
    token.ok(MINTER, &mintCall { to, amount: gov(1) });
    assert_eq!(token.ok(MALLORY, &totalSupplyCall {}), cap);
}

#[test]
fn a_mint_fails_when_checkpoints_or_numbers_cannot_hold_the_supply() {
    let token = Token::with(&Terms { cap: U256::MAX, ..Terms::usual() });
    let cap = U256::ONE.wrapping_shl(208) - U256::ONE;
    let (to, room) = (MALLORY, cap - gov(2_000));
    let overflow = Panic { code: U256::from(0x11) };
    token.fails(MINTER, &mintCall { to, amount: U256::MAX }, &overflow);
    let call = mintCall { to, amount: room + U256::ONE };
    let increasedSupply = cap + U256::ONE;
    token.fails(MINTER, &call, &ERC20ExceededSafeSupply { increasedSupply, cap });
    token.ok(MALLORY, &delegateCall { delegatee: MALLORY });
    token.ok(MINTER, &mintCall { to, amount: room });
    assert_eq!(token.votes(MALLORY), room);
    token.wait(1);
    let timepoint = U256::from(token.chain.time() - 1);
    assert_eq!(token.ok(MALLORY, &getPastTotalSupplyCall { timepoint }), cap);
}

#[test]
fn a_mint_fails_to_nobody_and_by_anybody_else() {
    let token = Token::new();
    let call = mintCall { to: Address::ZERO, amount: gov(1) };
    token.fails(MINTER, &call, &ERC20InvalidReceiver { receiver: Address::ZERO });
    for account in [MALLORY, ADMIN, alice().address()] {
        let error = AccessControlUnauthorizedAccount { account, neededRole: MINTER_ROLE };
        token.fails(account, &mintCall { to: account, amount: gov(1) }, &error);
    }
}

#[test]
fn votes_follow_mint_and_burn() {
    let token = Token::new();
    let alice = alice().address();
    token.ok(alice, &delegateCall { delegatee: MALLORY });
    let _ = token.chain.take_logs();
    token.ok(alice, &burnCall { value: gov(400) });
    token.emitted(&[
        log(&Transfer { from: alice, to: Address::ZERO, value: gov(400) }),
        log(&DelegateVotesChanged {
            delegate: MALLORY,
            previousVotes: gov(1_000),
            newVotes: gov(600),
        }),
    ]);
    token.ok(MINTER, &mintCall { to: alice, amount: gov(1) });
    assert_eq!(token.votes(MALLORY), gov(601));
    let _ = token.chain.take_logs();
    let error = ERC20InsufficientBalance { sender: alice, balance: gov(601), needed: gov(602) };
    token.fails(alice, &burnCall { value: gov(602) }, &error);
    assert!(token.call(MALLORY, &burnFromCall { account: alice, value: gov(1) }).is_err());
}

#[test]
fn what_governance_alone_may_do_is_refused_to_everybody_else() {
    fn check(call: &impl SolCall) {
        let token = Token::new();
        for account in [MALLORY, MINTER, Address::ZERO, alice().address()] {
            let error = AccessControlUnauthorizedAccount { account, neededRole: [0; 32].into() };
            let outcome = token.call(account, call).map(|_| ());
            assert_eq!(outcome, Err(error.abi_encode()));
        }
    }
    check(&setTransferPolicyCall { policy: 0 });
    check(&setTransferPolicyCall { policy: 9 });
    check(&setMembershipCall { membership: MALLORY });
    check(&setTransferExemptionCall { account: MALLORY, exempt: true });
}

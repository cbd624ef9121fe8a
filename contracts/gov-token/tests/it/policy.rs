//! Where GOV may move: anywhere, to members only, nowhere.

use alloy_primitives::{Address, U256};
use alloy_sol_types::SolValue;
use datacoop_kit::reexport::stylus_sdk::{ArbResult, host::VM};
use gov_token::{
    IGovToken::{
        ERC20InsufficientBalance, ERC20InvalidReceiver, GovInvalidMembership,
        GovInvalidTransferPolicy, GovReceiverNotMember, GovTransfersLocked, MembershipChanged,
        Transfer, TransferExemptionChanged, TransferPolicyChanged, approveCall, burnCall,
        burnFromCall, canReceiveCall, isTransferExemptCall, membershipCall, mintCall,
        setMembershipCall, setTransferExemptionCall, setTransferPolicyCall, transferCall,
        transferFromCall, transferPolicyCall,
    },
    policy::{LOCKED, MEMBERS_ONLY, OPEN},
};

use crate::support::{ADMIN, MALLORY, MEMBERSHIP, MINTER, TREASURY, Token, alice, bob, gov, log};

#[test]
fn the_policy_starts_as_members_only() {
    let token = Token::new();
    assert_eq!(token.ok(MALLORY, &transferPolicyCall {}), MEMBERS_ONLY);
    assert_eq!(token.ok(MALLORY, &membershipCall {}), MEMBERSHIP);
}

#[test]
fn members_only_lets_tokens_go_to_members_from_anybody() {
    let token = Token::new();
    let (alice, bob) = (alice().address(), bob().address());
    token.ok(alice, &transferCall { to: bob, value: gov(1) });
    token.emitted(&[log(&Transfer { from: alice, to: bob, value: gov(1) })]);
    // The treasury is no member, and may still leave.
    token.ok(TREASURY, &transferCall { to: bob, value: gov(1) });
    assert_eq!(token.balance(bob), gov(2));
}

#[test]
fn members_only_refuses_everybody_else() {
    let token = Token::new();
    let alice = alice().address();
    for to in [MALLORY, TREASURY, MINTER, MEMBERSHIP] {
        let error = GovReceiverNotMember { receiver: to };
        token.fails(alice, &transferCall { to, value: gov(1) }, &error);
        token.fails(alice, &transferCall { to, value: U256::ZERO }, &error);
        assert!(!token.ok(MALLORY, &canReceiveCall { account: to }));
    }
    token.fails(
        TREASURY,
        &transferCall { to: TREASURY, value: gov(1) },
        &GovReceiverNotMember { receiver: TREASURY },
    );
    token.ok(alice, &approveCall { spender: MALLORY, value: gov(9) });
    let _ = token.chain.take_logs();
    let call = transferFromCall { from: alice, to: MALLORY, value: gov(1) };
    token.fails(MALLORY, &call, &GovReceiverNotMember { receiver: MALLORY });
    token.ok(MALLORY, &transferFromCall { from: alice, to: bob().address(), value: gov(1) });
}

#[test]
fn an_exempt_account_receives_without_membership_until_it_is_no_longer() {
    let token = Token::new();
    let (alice, account) = (alice().address(), TREASURY);
    token.ok(ADMIN, &setTransferExemptionCall { account, exempt: true });
    token.emitted(&[log(&TransferExemptionChanged { account, oldExempt: false, newExempt: true })]);
    assert!(token.ok(MALLORY, &isTransferExemptCall { account }));
    assert!(token.ok(MALLORY, &canReceiveCall { account }));
    token.ok(alice, &transferCall { to: account, value: gov(1) });
    let _ = token.chain.take_logs();
    token.ok(ADMIN, &setTransferExemptionCall { account, exempt: false });
    token.emitted(&[log(&TransferExemptionChanged { account, oldExempt: true, newExempt: false })]);
    let error = GovReceiverNotMember { receiver: account };
    token.fails(alice, &transferCall { to: account, value: gov(1) }, &error);
    // To be exempt lets an account receive, not others receive from it.
    token.ok(ADMIN, &setTransferExemptionCall { account, exempt: true });
    let _ = token.chain.take_logs();
    let error = GovReceiverNotMember { receiver: MALLORY };
    token.fails(account, &transferCall { to: MALLORY, value: gov(1) }, &error);
}

#[test]
fn open_lets_tokens_go_anywhere_and_locked_nowhere() {
    let token = Token::new();
    let alice = alice().address();
    token.ok(ADMIN, &setTransferPolicyCall { policy: OPEN });
    token.emitted(&[log(&TransferPolicyChanged { oldPolicy: MEMBERS_ONLY, newPolicy: OPEN })]);
    token.ok(alice, &transferCall { to: MALLORY, value: gov(1) });
    assert!(token.ok(MALLORY, &canReceiveCall { account: MALLORY }));
    token.ok(ADMIN, &setTransferExemptionCall { account: TREASURY, exempt: true });
    let _ = token.chain.take_logs();
    token.ok(ADMIN, &setTransferPolicyCall { policy: LOCKED });
    token.emitted(&[log(&TransferPolicyChanged { oldPolicy: OPEN, newPolicy: LOCKED })]);
    for to in [MALLORY, TREASURY, bob().address(), alice] {
        let error = GovTransfersLocked { from: alice, to };
        token.fails(alice, &transferCall { to, value: gov(1) }, &error);
        assert!(!token.ok(MALLORY, &canReceiveCall { account: to }));
    }
    // The membership contract stays what it was.
    assert_eq!(token.ok(MALLORY, &membershipCall {}), MEMBERSHIP);
}

#[test]
fn minting_and_burning_are_free_of_the_policy() {
    for policy in [OPEN, MEMBERS_ONLY, LOCKED] {
        let token = Token::new();
        token.ok(ADMIN, &setTransferPolicyCall { policy });
        token.ok(MINTER, &mintCall { to: MALLORY, amount: gov(3) });
        token.ok(MALLORY, &burnCall { value: gov(1) });
        token.ok(MALLORY, &approveCall { spender: MINTER, value: gov(1) });
        token.ok(MINTER, &burnFromCall { account: MALLORY, value: gov(1) });
        assert_eq!(token.balance(MALLORY), gov(1));
    }
}

#[test]
fn faults_of_an_address_come_before_the_policy_and_those_of_a_balance_after() {
    let token = Token::new();
    let alice = alice().address();
    let call = transferCall { to: Address::ZERO, value: gov(1) };
    token.fails(alice, &call, &ERC20InvalidReceiver { receiver: Address::ZERO });
    let call = transferCall { to: MALLORY, value: gov(1_001) };
    token.fails(alice, &call, &GovReceiverNotMember { receiver: MALLORY });
    let needed = gov(1_001);
    let call = transferCall { to: bob().address(), value: needed };
    let error = ERC20InsufficientBalance { sender: alice, balance: gov(1_000), needed };
    token.fails(alice, &call, &error);
}

#[test]
fn there_are_three_policies() {
    let token = Token::new();
    for policy in [3, 4, 255] {
        let error = GovInvalidTransferPolicy { policy, maximum: 2 };
        token.fails(ADMIN, &setTransferPolicyCall { policy }, &error);
    }
    for policy in [2, 1, 0] {
        token.ok(ADMIN, &setTransferPolicyCall { policy });
        assert_eq!(token.ok(MALLORY, &transferPolicyCall {}), policy);
    }
}

/// Replaces the membership contract by `program`.
fn with_membership(program: fn(&[u8], VM) -> ArbResult) -> Token {
    let (token, membership) = (Token::new(), Address::repeat_byte(0xc2));
    let _ = token.chain.deploy(ADMIN, membership, program, &[]);
    token.ok(ADMIN, &setMembershipCall { membership });
    let (old, new) = (MEMBERSHIP, membership);
    token.emitted(&[log(&MembershipChanged { oldMembership: old, newMembership: new })]);
    token
}

#[test]
fn a_broken_membership_contract_lets_nobody_receive() {
    let broken: [fn(&[u8], VM) -> ArbResult; 5] = [
        |_, _| Err(Vec::new()),
        |_, _| Err(U256::ONE.abi_encode()),
        |_, _| Ok(Vec::new()),
        |_, _| Ok(vec![1; 31]),
        |_, _| Ok(U256::ZERO.abi_encode()),
    ];
    for program in broken {
        let token = with_membership(program);
        let bob = bob().address();
        let call = transferCall { to: bob, value: gov(1) };
        token.fails(alice().address(), &call, &GovReceiverNotMember { receiver: bob });
        assert!(!token.ok(MALLORY, &canReceiveCall { account: bob }));
    }
    let token = with_membership(|_, _| Ok((U256::from(7), U256::from(7)).abi_encode()));
    token.ok(alice().address(), &transferCall { to: MALLORY, value: gov(1) });
}

#[test]
fn a_membership_contract_is_a_contract_or_none() {
    let token = Token::new();
    let error = GovInvalidMembership { membership: MALLORY };
    token.fails(ADMIN, &setMembershipCall { membership: MALLORY }, &error);
    token.ok(ADMIN, &setMembershipCall { membership: Address::ZERO });
    let _ = token.chain.take_logs();
    let bob = bob().address();
    let call = transferCall { to: bob, value: gov(1) };
    token.fails(alice().address(), &call, &GovReceiverNotMember { receiver: bob });
    // Setting the membership leaves the policy, and the other way round.
    assert_eq!(token.ok(MALLORY, &transferPolicyCall {}), MEMBERS_ONLY);
    token.ok(ADMIN, &setMembershipCall { membership: MEMBERSHIP });
    token.ok(ADMIN, &setTransferPolicyCall { policy: OPEN });
    assert_eq!(token.ok(MALLORY, &membershipCall {}), MEMBERSHIP);
}

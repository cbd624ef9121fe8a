//! The books: transfers, allowances, mint and burn, each rejection with its exact error.

use alloy_primitives::{Address, U256};
use alloy_sol_types::{Panic, SolError};
use data_token::IDataToken::{
    Approval, ERC20InsufficientAllowance, ERC20InsufficientBalance, ERC20InvalidApprover,
    ERC20InvalidReceiver, ERC20InvalidSender, ERC20InvalidSpender, Transfer, allowanceCall,
    approveCall, burnCall, burnFromCall, decimalsCall, mintCall, nameCall, symbolCall,
    totalBurnedCall, transferCall, transferFromCall,
};

use crate::support::{MALLORY, MINTER, Token, alice, bob, data, genesis};

#[test]
fn metadata_is_as_documented() {
    let token = Token::new();
    assert_eq!(token.ok(MALLORY, &nameCall {}), "Datacoop Data");
    assert_eq!(token.ok(MALLORY, &symbolCall {}), "DATA");
    assert_eq!(token.ok(MALLORY, &decimalsCall {}), 18);
    assert_eq!(token.supply(), genesis());
    assert_eq!(token.balance(alice().address()), genesis());
}

#[test]
fn transfer_moves_tokens() {
    let token = Token::new();
    let (from, to) = (alice().address(), bob().address());
    assert!(token.ok(from, &transferCall { to, value: data(1) }));
    token.emitted(&Transfer { from, to, value: data(1) });
    assert_eq!(token.balance(from), genesis() - data(1));
    assert_eq!(token.balance(to), data(1));
    assert_eq!(token.supply(), genesis());
}

#[test]
fn transfer_to_oneself_changes_nothing() {
    let token = Token::new();
    let alice = alice().address();
    assert!(token.ok(alice, &transferCall { to: alice, value: genesis() }));
    token.emitted(&Transfer { from: alice, to: alice, value: genesis() });
    assert_eq!(token.balance(alice), genesis());
}

#[test]
fn transfer_fails_when_balance_is_too_low() {
    let token = Token::new();
    let needed = genesis() + U256::ONE;
    token.fails(
        alice().address(),
        &transferCall { to: bob().address(), value: needed },
        &ERC20InsufficientBalance { sender: alice().address(), balance: genesis(), needed },
    );
    assert_eq!(token.balance(alice().address()), genesis());
}

#[test]
fn transfer_fails_to_and_from_the_zero_address() {
    let token = Token::new();
    token.fails(
        alice().address(),
        &transferCall { to: Address::ZERO, value: data(1) },
        &ERC20InvalidReceiver { receiver: Address::ZERO },
    );
    token.fails(
        Address::ZERO,
        &transferCall { to: bob().address(), value: U256::ZERO },
        &ERC20InvalidSender { sender: Address::ZERO },
    );
}

#[test]
fn approve_sets_the_allowance_that_transfer_from_spends() {
    let token = Token::new();
    let (owner, spender) = (alice().address(), bob().address());
    assert!(token.ok(owner, &approveCall { spender, value: data(10) }));
    token.emitted(&Approval { owner, spender, value: data(10) });
    assert!(token.ok(spender, &transferFromCall { from: owner, to: MALLORY, value: data(4) }));
    // No `Approval` again: the allowance's change follows from the transfer.
    token.emitted(&Transfer { from: owner, to: MALLORY, value: data(4) });
    assert_eq!(token.ok(MALLORY, &allowanceCall { owner, spender }), data(6));
    token.fails(
        spender,
        &transferFromCall { from: owner, to: MALLORY, value: data(7) },
        &ERC20InsufficientAllowance { spender, allowance: data(6), needed: data(7) },
    );
}

#[test]
fn an_allowance_without_limit_is_not_spent() {
    let token = Token::new();
    let (owner, spender) = (alice().address(), bob().address());
    token.ok(owner, &approveCall { spender, value: U256::MAX });
    token.ok(spender, &transferFromCall { from: owner, to: MALLORY, value: data(4) });
    assert_eq!(token.ok(MALLORY, &allowanceCall { owner, spender }), U256::MAX);
}

#[test]
fn approvals_fail_with_the_zero_address() {
    let token = Token::new();
    token.fails(
        alice().address(),
        &approveCall { spender: Address::ZERO, value: data(1) },
        &ERC20InvalidSpender { spender: Address::ZERO },
    );
    token.fails(
        Address::ZERO,
        &approveCall { spender: bob().address(), value: data(1) },
        &ERC20InvalidApprover { approver: Address::ZERO },
    );
    // The allowance of zero is enough for nothing, and only then the owner is looked at.
    token.fails(
        bob().address(),
        &transferFromCall { from: Address::ZERO, to: MALLORY, value: U256::ZERO },
        &ERC20InvalidApprover { approver: Address::ZERO },
    );
    token.fails(
        Address::ZERO,
        &burnFromCall { account: alice().address(), value: U256::ZERO },
        &ERC20InvalidSpender { spender: Address::ZERO },
    );
}

#[test]
fn burning_shrinks_the_supply_and_is_counted() {
    let token = Token::new();
    let (from, to) = (alice().address(), Address::ZERO);
    token.ok(from, &burnCall { value: data(5) });
    token.emitted(&Transfer { from, to, value: data(5) });
    token.ok(from, &approveCall { spender: bob().address(), value: data(5) });
    let _ = token.chain.take_logs();
    token.ok(bob().address(), &burnFromCall { account: from, value: data(3) });
    token.emitted(&Transfer { from, to, value: data(3) });
    assert_eq!(token.supply(), genesis() - data(8));
    assert_eq!(token.balance(from), genesis() - data(8));
    assert_eq!(token.ok(MALLORY, &totalBurnedCall {}), data(8));
    token.ok(MINTER, &mintCall { to: from, amount: data(2) });
    assert_eq!(token.ok(MALLORY, &totalBurnedCall {}), data(8));
}

#[test]
fn burning_fails_beyond_balance_and_allowance() {
    let token = Token::new();
    let account = alice().address();
    token.fails(
        bob().address(),
        &burnCall { value: U256::ONE },
        &ERC20InsufficientBalance {
            sender: bob().address(),
            balance: U256::ZERO,
            needed: U256::ONE,
        },
    );
    token.fails(
        bob().address(),
        &burnFromCall { account, value: U256::ONE },
        &ERC20InsufficientAllowance {
            spender: bob().address(),
            allowance: U256::ZERO,
            needed: U256::ONE,
        },
    );
    token.fails(
        Address::ZERO,
        &burnCall { value: U256::ZERO },
        &ERC20InvalidSender { sender: Address::ZERO },
    );
}

#[test]
fn mint_creates_tokens() {
    let token = Token::new();
    let to = bob().address();
    token.ok(MINTER, &mintCall { to, amount: data(7) });
    token.emitted(&Transfer { from: Address::ZERO, to, value: data(7) });
    assert_eq!(token.balance(to), data(7));
    assert_eq!(token.supply(), genesis() + data(7));
    token.fails(
        MINTER,
        &mintCall { to: Address::ZERO, amount: data(7) },
        &ERC20InvalidReceiver { receiver: Address::ZERO },
    );
}

#[test]
fn mint_fails_when_the_supply_would_overflow() {
    let token = Token::new();
    let outcome = token.call(MINTER, &mintCall { to: bob().address(), amount: U256::MAX });
    let overflow = Panic { code: U256::from(0x11) };
    assert_eq!(outcome.map(|_| ()), Err(overflow.abi_encode()));
}

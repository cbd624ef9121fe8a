//! Whatever a token answers, the kit knows whether it moved: tokens that answer well, badly, too
//! much, nothing, or that are none.

use alloy_primitives::{Address, U256, address};
use alloy_sol_types::{SolError, sol};
use datacoop_kit::{
    Account, Contract, Result, Uint, contract, program, routes, safe_erc20,
    testing::{
        Chain,
        odd_token::{self, Habit, IOddToken},
    },
};
use stylus_sdk::host::VM;

/// Where the purse, the token and an account without code are.
const PURSE: Address = address!("000000000000000000000000000000000000a21a");
const TOKEN: Address = address!("000000000000000000000000000000000000a21b");
const NOBODY: Address = address!("000000000000000000000000000000000000a21c");
const ALICE: Address = address!("00000000000000000000000000000000000a11ce");

sol! {
    /// A contract that takes and sends tokens.
    interface IPurse {
        function take(address token, address from, uint256 amount) external returns (uint256);
        function send(address token, address to, uint256 amount) external;
        function held(address token) external view returns (uint256);
    }
}

struct Purse {
    vm: VM,
}

contract!(Purse);

routes! {
    Purse as IPurse (IPurseCalls);

    constructor() => |_, ()| Ok(());

    views {
        heldCall => |purse, (token,): (&Account,)| -> Result<Uint> {
            safe_erc20::balance_of(purse.vm(), token, &PURSE.into())
        };
    }

    acts {
        takeCall => |purse, (token, from, amount): (&Account, &Account, &Uint)| {
            safe_erc20::receive(purse.vm_mut(), token, from, amount)
        };
        sendCall => |purse, (token, to, amount): (&Account, &Account, &Uint)| {
            safe_erc20::send(purse.vm_mut(), token, to, amount)
        };
    }
}

program!(Purse);

/// A purse and alice with a thousand tokens each, which behave from now on.
fn start(habit: Habit) -> Chain {
    let chain = Chain::new();
    chain.deploy(ALICE, PURSE, program, &[]).unwrap();
    chain.deploy(ALICE, TOKEN, odd_token::program, &[]).unwrap();
    for to in [PURSE, ALICE] {
        chain.send(ALICE, TOKEN, &IOddToken::mintCall { to, amount: U256::from(1_000) }).unwrap();
    }
    behave(&chain, habit);
    chain
}

fn behave(chain: &Chain, habit: Habit) {
    chain.send(ALICE, TOKEN, &IOddToken::behaveCall { habit: habit as u8 }).unwrap();
}

fn balances(chain: &Chain) -> [u64; 2] {
    behave(chain, Habit::Good);
    [PURSE, ALICE].map(|account| {
        chain.send(ALICE, TOKEN, &IOddToken::balanceOfCall { account }).unwrap().to()
    })
}

fn take(chain: &Chain, token: Address, amount: u64) -> Result<u64, Vec<u8>> {
    let call = IPurse::takeCall { token, from: ALICE, amount: U256::from(amount) };
    chain.send(ALICE, PURSE, &call).map(|came| came.to())
}

fn send(chain: &Chain, token: Address, amount: u64) -> Result<(), Vec<u8>> {
    let call = IPurse::sendCall { token, to: ALICE, amount: U256::from(amount) };
    chain.send(ALICE, PURSE, &call).map(|_| ())
}

fn failed(token: Address) -> Vec<u8> {
    // The error as OpenZeppelin has it.
    sol! { error SafeERC20FailedOperation(address token); }
    SafeERC20FailedOperation { token }.abi_encode()
}

/// What comes of taking and of sending 200 of a token with a habit: what came, and the balances.
#[track_caller]
fn check(habit: Habit, taken: Option<(u64, [u64; 2])>, sent: Option<[u64; 2]>) {
    let chain = start(habit);
    let outcome = take(&chain, TOKEN, 200);
    assert_eq!(outcome, taken.map(|(came, _)| came).ok_or_else(|| failed(TOKEN)), "{habit:?}");
    assert_eq!(balances(&chain), taken.map_or([1_000; 2], |(_, balances)| balances), "{habit:?}");
    let chain = start(habit);
    assert_eq!(send(&chain, TOKEN, 200), sent.map(|_| ()).ok_or_else(|| failed(TOKEN)));
    assert_eq!(balances(&chain), sent.unwrap_or([1_000; 2]), "{habit:?}");
}

#[test]
fn tokens_that_answer_true_or_nothing_are_moved() {
    // What follows the first word is not looked at, as in OpenZeppelin's.
    for habit in [Habit::Good, Habit::Silent, Habit::Long] {
        check(habit, Some((200, [1_200, 800])), Some([800, 1_200]));
    }
}

#[test]
fn tokens_that_answer_false_or_two_or_revert_are_refused() {
    for habit in [Habit::False, Habit::Two, Habit::Reverting] {
        check(habit, None, None);
    }
}

#[test]
fn of_a_token_that_keeps_a_fee_what_came_counts() {
    check(Habit::Fee, Some((198, [1_198, 800])), Some([800, 1_198]));
}

#[test]
fn a_token_that_robs_its_receiver_is_refused() {
    // What is sent is the receiver's affair.
    check(Habit::Robbing, None, Some([798, 0]));
}

#[test]
fn a_token_that_does_not_tell_balances_is_not_taken() {
    check(Habit::Secret, None, Some([800, 1_200]));
    let chain = start(Habit::Secret);
    let call = IPurse::heldCall { token: TOKEN };
    assert_eq!(chain.send(ALICE, PURSE, &call), Err(failed(TOKEN)));
    behave(&chain, Habit::Good);
    assert_eq!(chain.send(ALICE, PURSE, &call), Ok(U256::from(1_000)));
}

#[test]
fn more_than_there_is_is_refused() {
    let chain = start(Habit::Good);
    assert_eq!(take(&chain, TOKEN, 1_001), Err(failed(TOKEN)));
    assert_eq!(send(&chain, TOKEN, 1_001), Err(failed(TOKEN)));
    assert_eq!(take(&chain, TOKEN, 1_000), Ok(1_000));
    assert_eq!(send(&chain, TOKEN, 2_000), Ok(()));
    assert_eq!(balances(&chain), [0, 2_000]);
}

#[test]
fn what_has_no_code_is_no_token() {
    let chain = start(Habit::Good);
    for token in [NOBODY, Address::ZERO] {
        assert_eq!(take(&chain, token, 1), Err(failed(token)));
        assert_eq!(send(&chain, token, 1), Err(failed(token)));
        let held = chain.send(ALICE, PURSE, &IPurse::heldCall { token });
        assert_eq!(held, Err(failed(token)));
    }
}

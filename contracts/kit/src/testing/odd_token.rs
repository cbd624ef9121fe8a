//! Decides how a token behaves that a test hands to a contract: well, or in one of the ways of those
//! that are found on chains.

use alloy_primitives::{Address, Bytes, U256, keccak256};
use alloy_sol_types::{SolCall, SolValue, sol};
use stylus_sdk::{ArbResult, host::VM};

use crate::{Account, Uint, host, storage::Place, word::Word};

sol! {
    /// A token for tests: anybody mints, and moves the tokens of anybody.
    #[derive(Debug)]
    interface IOddToken {
        function balanceOf(address account) external view returns (uint256);
        function transfer(address to, uint256 amount) external returns (bool);
        function transferFrom(address from, address to, uint256 amount) external returns (bool);
        function mint(address to, uint256 amount) external;
        /// Makes the token behave in one of the ways of [`Habit`] from now on.
        function behave(uint8 habit) external;
        /// What the token calls when it moves, if it calls back.
        function aim(address target, bytes calldata data) external;
        /// How its calls back ended: how many there were, and how many succeeded.
        function calls() external view returns (uint256 made, uint256 succeeded);
    }
}

/// How a token behaves when it is to move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Habit {
    /// It moves and answers `true`.
    Good,
    /// It moves and answers nothing.
    Silent,
    /// It answers `false`, and moves nothing.
    False,
    /// It moves, and answers 64 bytes, the first word of which is `true`.
    Long,
    /// It moves, and answers the number two.
    Two,
    /// It reverts.
    Reverting,
    /// It keeps a hundredth of what it moves.
    Fee,
    /// It takes a hundredth more from whom it gets it, and what the receiver had before.
    Robbing,
    /// It calls back, and then moves and answers `true`.
    Calling,
    /// It moves, and does not tell balances.
    Secret,
}

/// All habits, by number.
const HABITS: [Habit; 10] = [
    Habit::Good,
    Habit::Silent,
    Habit::False,
    Habit::Long,
    Habit::Two,
    Habit::Reverting,
    Habit::Fee,
    Habit::Robbing,
    Habit::Calling,
    Habit::Secret,
];

/// What is kept beside balances, by name.
const HABIT: &str = "habit";
const TARGET: &str = "target";
const LEN: &str = "length";
const DATA: &str = "data";
const MADE: &str = "made";
const SUCCEEDED: &str = "succeeded";

fn place(of: impl SolValue) -> Place<Uint> {
    Place::at(keccak256(of.abi_encode()))
}

fn read(vm: &VM, of: impl SolValue) -> U256 {
    U256::from_be_bytes(place(of).get(vm).word().0)
}

fn write(vm: &mut VM, of: impl SolValue, value: U256) {
    place(of).set(vm, &Uint::new(value.into()));
}

fn count(vm: &mut VM, of: &str) {
    let number = read(vm, of.to_owned());
    write(vm, of.to_owned(), number.wrapping_add(U256::ONE));
}

fn habit(vm: &VM) -> Habit {
    let number: usize = read(vm, HABIT.to_owned()).to();
    HABITS[number]
}

/// Runs a call of the token.
///
/// # Errors
///
/// Returns `poor` when there is not enough to move, and what its habit says.
///
/// # Panics
///
/// Panics when a test's call of one of its own functions is malformed.
pub fn program(input: &[u8], mut vm: VM) -> ArbResult {
    let Some(selector) = input.first_chunk::<4>() else { return Err(Vec::new()) };
    match *selector {
        IOddToken::balanceOfCall::SELECTOR => {
            let call = IOddToken::balanceOfCall::abi_decode(input).expect("it decodes");
            if habit(&vm) == Habit::Secret {
                return Err(b"secret".to_vec());
            }
            Ok(read(&vm, call.account).abi_encode())
        }
        IOddToken::transferCall::SELECTOR => {
            let call = IOddToken::transferCall::abi_decode(input).expect("it decodes");
            let from = *host::sender(&vm).address();
            shift(&mut vm, from, call.to, call.amount)
        }
        IOddToken::transferFromCall::SELECTOR => {
            let call = IOddToken::transferFromCall::abi_decode(input).expect("it decodes");
            shift(&mut vm, call.from, call.to, call.amount)
        }
        IOddToken::mintCall::SELECTOR => {
            let call = IOddToken::mintCall::abi_decode(input).expect("it decodes");
            let balance = read(&vm, call.to);
            write(&mut vm, call.to, balance.checked_add(call.amount).expect("a sum"));
            Ok(Vec::new())
        }
        IOddToken::behaveCall::SELECTOR => {
            let call = IOddToken::behaveCall::abi_decode(input).expect("it decodes");
            write(&mut vm, HABIT.to_owned(), U256::from(call.habit));
            Ok(Vec::new())
        }
        IOddToken::aimCall::SELECTOR => {
            let call = IOddToken::aimCall::abi_decode(input).expect("it decodes");
            aim(&mut vm, call.target, &call.data);
            Ok(Vec::new())
        }
        IOddToken::callsCall::SELECTOR => {
            let of = |name: &str| read(&vm, name.to_owned());
            Ok((of(MADE), of(SUCCEEDED)).abi_encode_params())
        }
        // Its constructor, which takes no arguments.
        _ => Ok(Vec::new()),
    }
}

/// Moves tokens as the habit says.
fn shift(vm: &mut VM, from: Address, to: Address, amount: U256) -> ArbResult {
    let hundredth = amount.wrapping_div(U256::from(100));
    let habit = habit(vm);
    match habit {
        Habit::False => return Ok(false.abi_encode()),
        Habit::Reverting => return Err(b"not today".to_vec()),
        Habit::Calling => call_back(vm),
        _ => {}
    }
    let taken = if habit == Habit::Robbing { amount.saturating_add(hundredth) } else { amount };
    let given = if habit == Habit::Fee { amount.saturating_sub(hundredth) } else { amount };
    let rest = read(vm, from).checked_sub(taken).ok_or_else(|| b"poor".to_vec())?;
    write(vm, from, rest);
    let before = read(vm, to);
    let after = before.checked_add(given).ok_or_else(|| b"rich".to_vec())?;
    write(vm, to, if habit == Habit::Robbing { U256::ZERO } else { after });
    match habit {
        Habit::Silent => Ok(Vec::new()),
        Habit::Long => Ok((true, true).abi_encode_params()),
        Habit::Two => Ok(U256::from(2).abi_encode()),
        _ => Ok(true.abi_encode()),
    }
}

/// Keeps what to call back.
fn aim(vm: &mut VM, target: Address, data: &Bytes) {
    write(vm, TARGET.to_owned(), U256::from_be_slice(target.as_slice()));
    write(vm, LEN.to_owned(), U256::from(data.len()));
    for (index, chunk) in data.chunks(32).enumerate() {
        let mut word = [0; 32];
        word[..chunk.len()].copy_from_slice(chunk);
        write(vm, (DATA.to_owned(), U256::from(index)), U256::from_be_bytes(word));
    }
}

/// Calls back, and notes how it ended.
fn call_back(vm: &mut VM) {
    let target = Address::from_word(read(vm, TARGET.to_owned()).into());
    let len: usize = read(vm, LEN.to_owned()).to();
    let mut data = Vec::new();
    for index in 0..len.div_ceil(32) {
        data.extend(read(vm, (DATA.to_owned(), U256::from(index))).to_be_bytes::<32>());
    }
    data.truncate(len);
    count(vm, MADE);
    if host::call_raw(vm, &Account::from(target), &Uint::ZERO, &data) {
        count(vm, SUCCEEDED);
    }
}

//! Decides how the tokens of others are moved: whatever they answer, a contract knows whether it
//! was paid, as OpenZeppelin's `SafeERC20` does.
//!
//! A token may be any code. It may answer nothing or `false`, keep a fee, or call back: whoever
//! moves tokens has written down everything before, and counts what came by the balance before
//! and after.

use alloy_sol_types::sol;
use stylus_sdk::host::VM;

use crate::{Account, Result, Revert, Uint, host};

sol! {
    /// What is asked of a token, and the error of OpenZeppelin's `SafeERC20`.
    #[derive(Debug)]
    interface ISafeErc20 {
        error SafeERC20FailedOperation(address token);

        function balanceOf(address account) external view returns (uint256);
        function transfer(address to, uint256 amount) external returns (bool);
        function transferFrom(address from, address to, uint256 amount) external returns (bool);
    }
}

pub use ISafeErc20::SafeERC20FailedOperation;

/// Sends tokens of this contract.
///
/// # Errors
///
/// [`SafeERC20FailedOperation`] when the token is no contract, fails, or says that it did not.
#[inline(never)]
pub fn send(vm: &mut VM, token: &Account, to: &Account, amount: &Uint) -> Result<()> {
    let succeeded = host::call::<ISafeErc20::transferCall>(vm, token, (to, amount));
    require_done(vm, token, succeeded)
}

/// Takes tokens of `from`, which allowed it, and returns how many came: a token may keep a part.
///
/// # Errors
///
/// [`SafeERC20FailedOperation`] when the token is no contract, fails, says that it did not, or
/// afterwards shows a smaller balance of this contract than before.
#[inline(never)]
pub fn receive(vm: &mut VM, token: &Account, from: &Account, amount: &Uint) -> Result<Uint> {
    let this = host::this(vm);
    let before = balance_of(vm, token, &this)?;
    let succeeded = host::call::<ISafeErc20::transferFromCall>(vm, token, (from, &this, amount));
    require_done(vm, token, succeeded)?;
    let mut came = balance_of(vm, token, &this)?;
    if came < before {
        return Err(failed(token));
    }
    // It is not less.
    came.wrapping_sub(&before);
    Ok(came)
}

/// Returns what an account holds of a token.
///
/// # Errors
///
/// [`SafeERC20FailedOperation`] when the token does not answer.
#[inline(never)]
pub fn balance_of(vm: &VM, token: &Account, account: &Account) -> Result<Uint> {
    let succeeded = host::static_call::<ISafeErc20::balanceOfCall>(vm, token, (account,));
    let (word, len) = host::returned_word(vm);
    if !succeeded || len != 32 {
        return Err(failed(token));
    }
    Ok(Uint::new(word))
}

/// Requires that a call did what it was asked: it did not fail, and returned `true`, or nothing
/// from an account with code.
fn require_done(vm: &VM, token: &Account, succeeded: bool) -> Result<()> {
    let (word, len) = host::returned_word(vm);
    let is_done = succeeded
        && match len {
            0 => host::is_contract(vm, token),
            32 => Uint::new(word) == Uint::from(1_u64),
            _ => false,
        };
    if is_done { Ok(()) } else { Err(failed(token)) }
}

fn failed(token: &Account) -> Revert {
    Revert::new::<SafeERC20FailedOperation>((token,))
}

//! Decides how ether and tokens are sent, and what whoever executes a transaction gets back for it.

use alloy_sol_types::sol;
use datacoop_kit::{Account, Result, Revert, Uint, host, word::Word};
use stylus_sdk::host::VM;

use crate::{
    budgets::Payment, revert::gs, transaction::Transaction,
    treasury::ITreasury::TreasuryTransferFailed,
};

sol! {
    /// What is asked of a token.
    interface IToken {
        function transfer(address to, uint256 amount) external returns (bool);
    }
}

/// Makes a payment.
///
/// # Errors
///
/// `TreasuryTransferFailed` when ether is refused, or the token is none, or does not say that it was
/// transferred.
#[inline(never)]
pub(crate) fn send(vm: &mut VM, payment: &Payment<'_>) -> Result<()> {
    let Payment { token, to, amount } = *payment;
    let sent = if token.is_zero() {
        host::call_raw(vm, to, amount, &[])
    } else {
        host::is_contract(vm, token) && transfer(vm, token, to, amount)
    };
    if sent { Ok(()) } else { Err(Revert::new::<TreasuryTransferFailed>((token, to, amount))) }
}

/// Transfers tokens, and returns whether the token accepts it: by success without a word, or with a
/// word that is not zero, as Safe's `SecuredTokenTransfer` has it.
#[inline(never)]
fn transfer(vm: &mut VM, token: &Account, to: &Account, amount: &Uint) -> bool {
    let succeeded = host::call::<IToken::transferCall>(vm, token, (to, amount));
    let (word, _) = host::returned_word(vm);
    succeeded
        && match host::returned_len(vm) {
            0 => true,
            32 => !Uint::new(word).is_zero(),
            _ => false,
        }
}

/// Pays for the gas of a transaction, as Safe's `handlePayment` does, and returns how much.
///
/// # Errors
///
/// - `Panic(0x11)` when the payment does not fit a word,
/// - GS011 when ether, GS012 when tokens cannot be paid.
#[inline(never)]
pub(crate) fn refund(vm: &mut VM, tx: &Transaction<'_>, gas_used: u64) -> Result<Uint> {
    let origin = host::origin(vm);
    let receiver = if tx.refund_receiver.is_zero() { &origin } else { tx.refund_receiver };
    let mut amount = Uint::from(gas_used);
    if !amount.add(tx.base_gas) {
        return Err(Revert::overflow());
    }
    let own_price = host::gas_price(vm);
    let in_ether = tx.gas_token.is_zero();
    let price = if in_ether && *tx.gas_price > own_price { &own_price } else { tx.gas_price };
    let payment = multiply(vm, &amount, price)?;
    if in_ether {
        if !host::call_raw(vm, receiver, &payment, &[]) {
            return Err(gs(11));
        }
    } else if !transfer(vm, tx.gas_token, receiver, &payment) {
        return Err(gs(12));
    }
    Ok(payment)
}

/// Returns a product.
///
/// # Errors
///
/// `Panic(0x11)` when it does not fit a word.
fn multiply(vm: &VM, number: &Uint, multiplier: &Uint) -> Result<Uint> {
    if multiplier.is_zero() {
        return Ok(Uint::ZERO);
    }
    let mut most = Uint::ZERO;
    most.wrapping_sub(&Uint::from(2_u64));
    // A product up to 2^256 − 2 is that of the host; 2^256 − 1 itself is taken for too much, which
    // nobody can pay either.
    if host::div(vm, &most, multiplier) < *number {
        return Err(Revert::overflow());
    }
    Ok(host::mul_div(vm, number, multiplier, Uint::from_word(Uint::from(1_u64).word())))
}

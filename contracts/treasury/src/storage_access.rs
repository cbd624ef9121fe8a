//! Decides how others look into the treasury's storage, as Safe's `StorageAccessible` lets them.

use datacoop_kit::{Account, Result, Revert, Uint, host, output, word::Word};
use stylus_sdk::host::VM;

use crate::execution::Written;

/// The most words that are read at once. Safe has no such limit but gas.
const MOST_WORDS: u64 = 256;

/// Writes the words of consecutive slots, as `bytes`.
///
/// # Errors
///
/// Nothing when there are more than [`MOST_WORDS`].
pub(crate) fn read(vm: &VM, slot: &Uint, words: &Uint) -> Result<Written> {
    let words = words.to_u64();
    if words > MOST_WORDS {
        return Err(Revert::empty());
    }
    output::push_number(32);
    // At most 2^13.
    output::push_number(words.wrapping_mul(32));
    let mut slot = *slot;
    for _ in 0..words {
        output::push(host::load(vm, slot.word()).word());
        slot.wrapping_add(&Uint::from(1_u64));
    }
    Ok(Written)
}

/// Runs another contract's code as this one, and undoes it by reverting with how it ended: a word
/// that is one or zero, the length of what it returned, and that.
///
/// # Errors
///
/// Always.
pub(crate) fn simulate(vm: &mut VM, code: &Account, data: &[u8]) -> Result<()> {
    let succeeded = host::delegate_call_raw(vm, code, u64::MAX, data);
    output::push_number(succeeded.into());
    output::push_number(host::returned_len(vm) as u64);
    host::returned(vm);
    Err(Revert::empty())
}

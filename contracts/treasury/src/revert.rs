//! Decides how Safe's errors are written: `Error("GS000")` with its number.

use datacoop_kit::{Revert, Uint, output, word::Word};

/// The selector of `Error(string)`.
const ERROR: u32 = 0x08c3_79a0;

/// Reverts with `GS` and a number of three digits.
#[inline(always)]
pub(crate) fn gs(number: u64) -> Revert {
    // The numbers are known while compiling, and so is the text.
    let digit = |power: u64| {
        (number.checked_div(power).unwrap_or_default() % 10).wrapping_add(u64::from(b'0'))
    };
    fail(0x4753 << 48 | digit(100) << 40 | digit(10) << 32 | digit(1) << 24)
}

/// Reverts with the five letters at the start of a word's highest lane.
#[cold]
#[inline(never)]
fn fail(letters: u64) -> Revert {
    output::truncate(0);
    output::push_selector(ERROR);
    output::push_number(32);
    output::push_number(5);
    output::push(Uint::from_lanes(0, 0, 0, letters).word());
    Revert::empty()
}

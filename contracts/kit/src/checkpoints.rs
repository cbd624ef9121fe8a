//! Decides how a number's history is kept, as OpenZeppelin's `Checkpoints.Trace208` does: the same
//! slots, and the same answers.
//!
//! A checkpoint is one slot: from its time on, which is a `uint48` in the low bits, the number has
//! the value, a `uint208`, above them. Times only grow along a history, and a second has one
//! checkpoint at most, so that the value at a time is found by halving.

use alloy_sol_types::{Panic, sol};
use stylus_sdk::host::VM;

use crate::{
    Result, Revert, Uint,
    storage::{Place, Sequence, Stored},
};

sol! {
    /// Errors of OpenZeppelin's `Checkpoints`.
    #[derive(Debug)]
    interface ICheckpoints {
        error CheckpointUnorderedInsertion();
    }
}

pub use ICheckpoints::{CheckpointUnorderedInsertion, ICheckpointsErrors};

/// The bits of a time.
const KEY_BITS: u32 = 48;

/// The low bits of a slot: the time.
const KEY_MASK: u64 = (1 << KEY_BITS) - 1;

/// The greatest value of a checkpoint: 2^208 − 1.
#[must_use]
pub fn max_value() -> Uint {
    Uint::from_lanes(u64::MAX, u64::MAX, u64::MAX, 0xffff)
}

/// A value and the time from which it holds, in one slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// The time, below 2^48.
    pub key: u64,
    /// The value, below 2^208.
    pub value: Uint,
}

impl Stored for Checkpoint {
    type Held<'a> = Uint;

    #[inline(never)]
    fn from_slot(word: Uint) -> Self {
        let [low, second, third, high] = word.lanes();
        let value = Uint::from_lanes(
            low >> KEY_BITS | second << 16,
            second >> KEY_BITS | third << 16,
            third >> KEY_BITS | high << 16,
            high >> KEY_BITS,
        );
        Self { key: low & KEY_MASK, value }
    }

    #[inline(never)]
    fn to_slot(&self) -> Uint {
        let [low, second, third, high] = self.value.lanes();
        Uint::from_lanes(
            self.key | low << KEY_BITS,
            low >> 16 | second << KEY_BITS,
            second >> 16 | third << KEY_BITS,
            third >> 16 | high << KEY_BITS,
        )
    }
}

/// The history of a number.
pub type Trace = Sequence<Checkpoint>;

/// Which way a number changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// It grows.
    Add,
    /// It shrinks.
    Subtract,
}

/// Returns the last checkpoint, if there is one.
#[must_use]
pub fn latest_checkpoint(vm: &VM, trace: &Trace) -> Option<Checkpoint> {
    let last = trace.len(vm).checked_sub(1)?;
    Some(trace.at(vm, last).get(vm))
}

/// Returns the value that holds now: zero when there is no checkpoint.
#[must_use]
pub fn latest(vm: &VM, trace: &Trace) -> Uint {
    latest_checkpoint(vm, trace).map_or(Uint::ZERO, |checkpoint| checkpoint.value)
}

/// Returns a checkpoint by its place.
///
/// # Errors
///
/// `Panic(0x32)` when there is none.
pub fn checkpoint(vm: &VM, trace: &Trace, index: u64) -> Result<Checkpoint> {
    if index < trace.len(vm) {
        Ok(trace.at(vm, index).get(vm))
    } else {
        Err(Revert::new::<Panic>((0x32_u64,)))
    }
}

/// Writes the value that holds from the time `key` on, and returns the one before.
///
/// # Errors
///
/// [`CheckpointUnorderedInsertion`] when there is a later checkpoint.
pub fn push(vm: &mut VM, trace: &Trace, key: u64, value: &Uint) -> Result<Uint> {
    let end = End::of(vm, trace);
    end.insert(vm, trace, Checkpoint { key, value: *value })?;
    Ok(end.last.value)
}

/// Changes the value from the time `key` on by `delta`, and returns the one before and the new
/// one. The caller sees to it that the new one is a value: neither negative nor above
/// [`max_value`].
///
/// # Errors
///
/// As [`push`].
#[inline(never)]
pub fn change(
    vm: &mut VM,
    trace: &Trace,
    key: u64,
    change: Change,
    delta: &Uint,
) -> Result<(Uint, Uint)> {
    let end = End::of(vm, trace);
    let mut value = end.last.value;
    match change {
        Change::Add => value.wrapping_add(delta),
        Change::Subtract => value.wrapping_sub(delta),
    }
    end.insert(vm, trace, Checkpoint { key, value })?;
    Ok((end.last.value, value))
}

/// The end of a history, read once for what is written there.
struct End {
    len: u64,
    /// The place of the last checkpoint; when there is none, of the first.
    place: Place<Checkpoint>,
    /// The last checkpoint; zero at the time zero when there is none.
    last: Checkpoint,
}

impl End {
    fn of(vm: &VM, trace: &Trace) -> Self {
        let len = trace.len(vm);
        let place = trace.at(vm, len.saturating_sub(1));
        // Beyond the end there is nothing: zeros.
        let last = place.get(vm);
        Self { len, place, last }
    }

    /// Writes a checkpoint after the last one, or in its place when both are of the same second.
    fn insert(&self, vm: &mut VM, trace: &Trace, checkpoint: Checkpoint) -> Result<()> {
        if self.last.key > checkpoint.key {
            return Err(Revert::new::<CheckpointUnorderedInsertion>(()));
        }
        if self.len == 0 {
            trace.push_at(vm, 0, &self.place, &checkpoint);
        } else if self.last.key == checkpoint.key {
            self.place.set(vm, &checkpoint);
        } else {
            trace.push_at(vm, self.len, &self.place.next(1), &checkpoint);
        }
        Ok(())
    }
}

/// Returns the value that held at the end of the second `key`: that of the last checkpoint which is
/// not later, or zero. Searches the most recent ones first, which are asked for most.
#[must_use]
pub fn upper_lookup_recent(vm: &VM, trace: &Trace, key: u64) -> Uint {
    let first = trace.at(vm, 0);
    let is_later = |index: u64| -> bool {
        let checkpoint: Checkpoint = first.next::<Checkpoint>(index).get(vm);
        checkpoint.key > key
    };
    let (mut low, mut high) = (0, trace.len(vm));
    if high > 5 {
        let recent = high.wrapping_sub(near_square_root(high));
        if is_later(recent) {
            high = recent;
        } else {
            low = recent.wrapping_add(1);
        }
    }
    // Every checkpoint before `low` is early enough, and every one from `high` on is later.
    while low < high {
        // Both are at most a length, so that their sum is a number.
        let middle = low.wrapping_add(high) >> 1;
        if is_later(middle) {
            high = middle;
        } else {
            low = middle.wrapping_add(1);
        }
    }
    match high.checked_sub(1) {
        Some(index) => first.next::<Checkpoint>(index).get(vm).value,
        None => Uint::ZERO,
    }
}

/// Returns a power of two within a factor of two of a number's square root: at least one and less
/// than the number when that is above five.
const fn near_square_root(number: u64) -> u64 {
    1 << ((64_u32.wrapping_sub(number.leading_zeros())) >> 1)
}

#[cfg(test)]
mod tests {
    use alloy_primitives::U256;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_checkpoint_is_packed_as_solidity_packs_it(key in 0..=KEY_MASK, lanes: [u64; 4]) {
            let value: U256 = U256::from_limbs(lanes) >> 48;
            let checkpoint = Checkpoint { key, value: Uint::new(value.into()) };
            let word: U256 = U256::from(key) | value.wrapping_shl(48);
            prop_assert_eq!(checkpoint.to_slot(), Uint::new(word.into()));
            prop_assert_eq!(Checkpoint::from_slot(Uint::new(word.into())), checkpoint);
        }

        #[test]
        fn the_guess_is_within_the_history(number in 6_u64..) {
            let guess = near_square_root(number);
            prop_assert!(guess >= 1 && guess < number);
            let square = u128::from(guess) * u128::from(guess);
            prop_assert!(square <= 4 * u128::from(number) && 4 * square >= u128::from(number));
        }
    }

    #[test]
    fn the_greatest_value_fills_208_bits() {
        let max = U256::ONE.wrapping_shl(208) - U256::ONE;
        assert_eq!(max_value(), Uint::new(max.into()));
    }
}

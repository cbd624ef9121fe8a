//! Decides how much may be spent in a period: a cap, and what was spent of it.
//!
//! Periods follow each other without gaps from the first one on. A period of zero never ends: its
//! cap is spent once.

use datacoop_kit::{
    Result, Revert, Uint,
    storage::Place,
    word::{join, split},
};
use stylus_sdk::host::VM;

use crate::treasury::ITreasury::{TreasuryCapTooHigh, TreasuryPeriodOutOfBounds};

/// The highest cap, in the token's smallest unit: 2^127 − 1.
pub const MAX_CAP: u128 = (1 << 127) - 1;

/// The shortest period but none, in seconds: an hour.
pub const MIN_PERIOD_SECS: u64 = 3_600;

/// The longest period, in seconds: 366 days.
pub const MAX_PERIOD_SECS: u64 = 366 * 86_400;

/// What may be spent, in two slots: `uint128 cap`, `uint128 spent`; `uint64 period`, `uint64 start`,
/// `uint64 line`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cap {
    /// What may be spent in each period, at most [`MAX_CAP`].
    pub(crate) cap: u128,
    /// What was spent in the present one, at most the cap that held then.
    pub(crate) spent: u128,
    /// The length of a period, in seconds; zero when it never ends.
    pub(crate) period: u64,
    /// When the present period began.
    pub(crate) start: u64,
    /// The budget line that a spender spends from; zero when there is none.
    pub(crate) line: u64,
}

/// Where a cap is kept: its first slot.
pub(crate) type CapPlace = Place<[u64; 4]>;

impl Cap {
    /// Reads a cap as it is at a time: with nothing spent when a new period has begun.
    #[inline(never)]
    pub(crate) fn read(vm: &VM, place: &CapPlace, now: u64) -> Self {
        let [low, high, spent_low, spent_high] = place.get(vm);
        let [period, start, line, _] = place.next::<[u64; 4]>(1).get(vm);
        let mut cap =
            Self { cap: join(low, high), spent: join(spent_low, spent_high), period, start, line };
        // Times only grow.
        let elapsed = now.wrapping_sub(start);
        if let Some(rest) = elapsed.checked_rem(period)
            && elapsed >= period
        {
            // The rest is part of what elapsed.
            cap.start = now.wrapping_sub(rest);
            cap.spent = 0;
        }
        cap
    }

    /// Writes the cap.
    #[inline(never)]
    pub(crate) fn write(&self, vm: &mut VM, place: &CapPlace) {
        let [low, high] = split(self.cap);
        let [spent_low, spent_high] = split(self.spent);
        place.set(vm, &[low, high, spent_low, spent_high]);
        place.next(1).set(vm, &[self.period, self.start, self.line, 0]);
    }

    /// Returns the line as it is named in calls and logs.
    #[inline(always)]
    pub(crate) fn line(&self) -> u8 {
        // Only lines are written there.
        u8::try_from(self.line).unwrap_or(u8::MAX)
    }

    /// Returns what may still be spent: nothing when the cap was lowered below what was spent.
    pub(crate) const fn available(&self) -> u128 {
        self.cap.saturating_sub(self.spent)
    }

    /// Spends an amount, and returns whether it was available. Nothing is, not even nothing, where
    /// no cap was set.
    #[inline(never)]
    pub(crate) fn spend(&mut self, amount: &Uint) -> bool {
        // More than 128 bits become 2^128 − 1, which is above every cap.
        let amount = amount.to_u128();
        if self.cap == 0 || amount > self.available() {
            return false;
        }
        // At most the cap.
        self.spent = self.spent.wrapping_add(amount);
        true
    }

    /// Changes cap and period at a time, and keeps what was spent. A period of another length begins
    /// at once.
    ///
    /// # Errors
    ///
    /// `TreasuryCapTooHigh` and `TreasuryPeriodOutOfBounds`.
    #[inline(never)]
    pub(crate) fn change(&mut self, cap: &Uint, period: &Uint, now: u64) -> Result<()> {
        self.cap = cap.to_u128();
        if self.cap > MAX_CAP {
            return Err(Revert::new::<TreasuryCapTooHigh>((cap, MAX_CAP)));
        }
        let secs = period.to_u64();
        if secs != 0 && !(MIN_PERIOD_SECS..=MAX_PERIOD_SECS).contains(&secs) {
            return Err(Revert::new::<TreasuryPeriodOutOfBounds>((
                period,
                MIN_PERIOD_SECS,
                MAX_PERIOD_SECS,
            )));
        }
        if self.period != secs || self.start == 0 {
            self.start = now;
        }
        self.period = secs;
        Ok(())
    }
}

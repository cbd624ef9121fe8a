//! Decides what a scored contribution is worth, in points with 18 decimals.
//!
//! ```text
//! points     = quality · multiplier / 2^n + bonus
//! multiplier = floor + (peak − floor) · halfCount / (halfCount + c)
//! bonus      = min(step · k, maximum)   for the first contribution in period k, otherwise 0
//! ```
//!
//! `c` counts the contributions of the class before this one. A member's record is unbroken while
//! no silence is longer than `gap`; periods are counted from its beginning, `k` is the number of
//! the current one, and `n` counts the member's earlier contributions in it. Divisions round down.
//!
//! # The flood bound
//!
//! Let a member make any number of contributions in one period, none of them of a quality above
//! `q`, and let `M` be the multiplier at the first. The multiplier never rises with the count of
//! its class, so the one numbered `n` earns at most `q · M / 2^n` points beside the bonus, and all
//! of them together less than `q · M · (1 + 1/2 + 1/4 + …) = 2 · q · M`, and one bonus. A single
//! contribution of quality `2q` in their place earns `2 · q · M` and the same bonus. So **a flood
//! earns less than twice its best contribution, and never beats a single one of twice its
//! quality.** ∎ (For several classes take the largest of their multipliers as `M`.)
//!
//! Parameters that governance changes within the period are outside the bound.

use datacoop_kit::{Uint, host};
use stylus_sdk::host::VM;

use crate::{
    parameters::{Bonus, Curve},
    records::Record,
};

/// One, in fixed point.
pub const ONE: u64 = 1_000_000_000_000_000_000;

/// Returns `number · multiplier / divisor`, rounded down; the result must be below 2^64.
fn scale(vm: &VM, number: u64, multiplier: u64, divisor: u64) -> u64 {
    let scaled = mul_div(vm, number.into(), multiplier, divisor);
    let [low, ..] = scaled.lanes();
    low
}

/// Returns `number · multiplier / divisor`, rounded down.
fn mul_div(vm: &VM, number: Uint, multiplier: u64, divisor: u64) -> Uint {
    host::mul_div(vm, &number, &multiplier.into(), &divisor.into())
}

impl Curve {
    /// Returns the multiplier of a class after `count` contributions; it is at most the peak and
    /// never rises with the count.
    #[must_use]
    pub fn multiplier(&self, vm: &VM, count: u64) -> u64 {
        // The bounds keep `floor` ≤ `peak` and `half_count` ≤ 10^9, and a count never comes near
        // 2^63; the fraction is at most `peak − floor`.
        let range = self.peak.wrapping_sub(self.floor);
        let behind = self.half_count.wrapping_add(count);
        self.floor.wrapping_add(scale(vm, range, self.half_count, behind))
    }
}

/// How a contribution stands in its member's record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The record with this contribution in it.
    pub record: Record,
    /// The time bonus, in points.
    pub bonus: u64,
}

impl Bonus {
    /// Adds a contribution at the time `now` to a member's record.
    #[must_use]
    pub fn advance(&self, record: &Record, now: u64) -> Standing {
        // The chain's time never goes back, and the bounds keep `period` above zero.
        let silence = now.wrapping_sub(record.last);
        let unbroken = record.count > 0 && silence <= self.gap;
        let streak_start = if unbroken { record.streak_start } else { now };
        let period = self.period_of(streak_start, now);
        let again = unbroken && self.period_of(streak_start, record.last) == period;
        let record = Record {
            last: now,
            streak_start,
            in_period: if again { record.in_period.wrapping_add(1) } else { 0 },
            count: record.count.wrapping_add(1),
        };
        let bonus = if again { 0 } else { self.step.saturating_mul(period).min(self.maximum) };
        Standing { record, bonus }
    }

    /// Returns the number of the period of a record in which a moment lies.
    fn period_of(&self, streak_start: u64, moment: u64) -> u64 {
        moment.wrapping_sub(streak_start).checked_div(self.period).unwrap_or_default()
    }
}

/// Returns the points of a contribution of the given quality, when its class has the given
/// multiplier.
#[must_use]
pub fn points(vm: &VM, quality: u64, multiplier: u64, standing: &Standing) -> u64 {
    // A quality is at most one, a multiplier at most ten and a bonus at most one: the sum is at
    // most 11 · 10^18, which is below 2^64.
    let worth = scale(vm, quality, multiplier, ONE);
    let damped = u32::try_from(standing.record.in_period).ok().and_then(|n| worth.checked_shr(n));
    damped.unwrap_or_default().wrapping_add(standing.bonus)
}

/// Returns the reward for some points at a rate, in wei.
#[must_use]
pub fn reward(vm: &VM, rate: u128, points: u64) -> Uint {
    mul_div(vm, rate.into(), points, ONE)
}

//! Decides the two units of cost: ink, which programs burn, and gas, which the chain charges.

use std::ops::{Add, AddAssign, Mul, Sub};

use crate::prices::INK_PER_GAS;

/// An amount of ink: the fine-grained unit in which a Stylus program's work is metered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ink(pub u64);

/// An amount of EVM gas.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Gas(pub u64);

impl Ink {
    /// Returns the whole gas that this ink is worth, rounded down.
    #[must_use]
    pub const fn to_gas(self) -> Gas {
        Gas(self.0 / INK_PER_GAS)
    }
}

impl Gas {
    /// The largest amount: what no budget can pay.
    pub const MAX: Self = Self(u64::MAX);

    /// Returns the ink that this gas buys.
    #[must_use]
    pub const fn to_ink(self) -> Ink {
        Ink(self.0.saturating_mul(INK_PER_GAS))
    }

    /// Returns what is left of `self` after paying `cost`, or `None` when it cannot pay.
    #[must_use]
    pub const fn pay(self, cost: Self) -> Option<Self> {
        match self.0.checked_sub(cost.0) {
            Some(left) => Some(Self(left)),
            None => None,
        }
    }

    /// Returns all but a 64th: what a call may hand to its callee (EIP-150).
    #[must_use]
    pub const fn all_but_one_64th(self) -> Self {
        Self(self.0 - self.0 / 64)
    }
}

/// Gives a unit saturating arithmetic: an overflowing cost is one that nobody can pay.
macro_rules! saturating_unit {
    ($unit:ident) => {
        impl Add for $unit {
            type Output = Self;
            fn add(self, other: Self) -> Self {
                Self(self.0.saturating_add(other.0))
            }
        }

        impl Sub for $unit {
            type Output = Self;
            fn sub(self, other: Self) -> Self {
                Self(self.0.saturating_sub(other.0))
            }
        }

        impl Mul<u64> for $unit {
            type Output = Self;
            fn mul(self, times: u64) -> Self {
                Self(self.0.saturating_mul(times))
            }
        }

        impl AddAssign for $unit {
            fn add_assign(&mut self, other: Self) {
                *self = *self + other;
            }
        }

        impl std::fmt::Display for $unit {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

saturating_unit!(Ink);
saturating_unit!(Gas);

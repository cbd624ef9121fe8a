//! The revenue distributor: what data earned, for whom to take it.
//!
//! # Invariants
//!
//! - For every token: what ever came, less what was ever paid, is here; nothing else leaves ([`totals`]).
//! - A pot pays no more than came into it, whatever its shares add up to, and an account no more than
//!   its part of all of it, however often and with however many leaves it claims ([`pots`]).
//! - What comes into a pool is shared by the shares that count at that moment; a later change of
//!   shares moves nothing of it ([`pools`]).
//! - Nothing is lost to rounding: a remainder is part of the next deposit.
//! - A deposit and a claim cost the same however many share the pot.
//! - Nobody can stop a claim, and it pays the account that it belongs to.
//! - A token that calls back is refused: the program is not entered again.

#![warn(clippy::arithmetic_side_effects)]

mod batch;
mod distributor;
pub mod pools;
pub mod pots;
mod program;
mod registry;
pub mod totals;

pub use distributor::{IRevenueDistributor, RevenueDistributor, SHARES_ROLE, SettingsStorage};
#[cfg(not(target_arch = "wasm32"))]
pub use program::program;
#[cfg(target_arch = "wasm32")]
pub use program::user_entrypoint;

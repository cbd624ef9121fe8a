//! DATA, the cooperative's utility token: ERC-20 with permit, burn, pause and roles exactly as
//! OpenZeppelin Contracts 5.7 has them, minted by role inside an annual emission cap.
//!
//! # Invariants
//!
//! - The sum of balances is the total supply ([`datacoop_kit::erc20`]).
//! - In any window of 365 days no more is minted than the emission cap allows ([`emission`]).
//! - The supply given at construction, plus all mints, less
//!   [`total_burned`](DataToken::total_burned)
//!   is the total supply.
//! - A paused token moves nothing: no transfer, mint or burn.

#![warn(clippy::arithmetic_side_effects)]

extern crate alloc;

pub mod emission;
mod program;
mod token;

pub use program::program;
pub use token::{DataToken, IDataToken, MINTER_ROLE, PAUSER_ROLE};

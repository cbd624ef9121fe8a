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

pub mod emission;
mod program;
mod token;

#[cfg(not(target_arch = "wasm32"))]
pub use program::program;
#[cfg(target_arch = "wasm32")]
pub use program::user_entrypoint;
pub use token::{DataToken, IDataToken, MINTER_ROLE, PAUSER_ROLE};

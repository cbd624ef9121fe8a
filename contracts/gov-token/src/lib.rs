//! GOV, the cooperative's governance token: ERC-20 with votes, permit, burn, cap and roles exactly
//! as OpenZeppelin Contracts 5.7 has them, a genesis allocation by bucket, and a transfer policy.
//!
//! # Invariants
//!
//! - The sum of balances is the total supply ([`datacoop_kit::erc20`]), which is at most the cap.
//! - The votes of a delegate are, at every time, what was delegated to it then
//!   ([`datacoop_kit::votes`]).
//! - A transfer reaches only who the policy allows ([`policy`]); mints and burns are free of it.
//! - The genesis allocation is made once, in the constructor ([`genesis`]).

#![warn(clippy::arithmetic_side_effects)]

pub mod genesis;
pub mod policy;
mod program;
mod token;

#[cfg(not(target_arch = "wasm32"))]
pub use program::program;
#[cfg(target_arch = "wasm32")]
pub use program::user_entrypoint;
pub use token::{GovToken, IGovToken, MINTER_ROLE, SupplyCapStorage};

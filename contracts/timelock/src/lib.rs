//! The timelock: what has power in the cooperative is scheduled here, waits, and is then executed,
//! exactly as OpenZeppelin Contracts 5.7's `TimelockController` does it; beyond that, the pending
//! operations can be listed on chain.
//!
//! # Invariants
//!
//! - Nothing is executed but what a proposer scheduled, after its delay, after its predecessor, and
//!   once ([`operations`]).
//! - The list of pending operations holds each of them once and nothing else ([`operations`]).
//! - The delay changes, and roles are given, by an operation of the timelock's own; the admin that
//!   the constructor may name is the one exception, and is to be renounced.

#![warn(clippy::arithmetic_side_effects)]

pub mod operations;
mod program;
mod timelock;

#[cfg(not(target_arch = "wasm32"))]
pub use program::program;
#[cfg(target_arch = "wasm32")]
pub use program::user_entrypoint;
pub use timelock::{CANCELLER_ROLE, EXECUTOR_ROLE, ITimelock, PROPOSER_ROLE, Timelock};

//! The cooperative's treasury: an m-of-n multisig with the ABI and the hashes of Safe 1.5.0, and
//! beyond it a governor, a delay with a queue, spending limits and budget lines.
//!
//! # Invariants
//!
//! - Nothing leaves without `threshold` owners' signatures, an enabled module, or a spending limit
//!   that the treasury gave itself.
//! - Owners and modules are each one ring through the sentinel, without zero, sentinel or
//!   duplicates; the threshold is at least one and at most the number of owners.
//! - A nonce is used once, when its transaction is executed or queued; what is queued is executed at
//!   most once, at the earliest after the delay, and never after it was cancelled.
//! - What a spender or a line spends in a period is at most its cap.
//! - The governor is an enabled module; with strict budgets there is one.
//!
//! A transaction or a module that delegates a call to foreign code can break all of them, as it can
//! in Safe: that code runs on the treasury's own storage. With a governor no other module can, with
//! strict budgets no owner.

#![warn(clippy::arithmetic_side_effects)]

mod budgets;
mod cap;
mod execution;
mod guards;
mod modules;
mod owners;
mod payments;
mod program;
mod queue;
mod revert;
mod ring;
mod settings;
mod signatures;
mod storage_access;
mod transaction;
mod treasury;

pub use budgets::{BudgetsStorage, LAST_LINE};
pub use cap::{MAX_CAP, MAX_PERIOD_SECS, MIN_PERIOD_SECS};
pub use modules::ModulesStorage;
pub use owners::OwnersStorage;
#[cfg(not(target_arch = "wasm32"))]
pub use program::program;
#[cfg(target_arch = "wasm32")]
pub use program::user_entrypoint;
pub use queue::{QUEUE_LIFE_SECS, QueueStorage};
pub use settings::{MAX_DELAY_SECS, SettingsStorage};
pub use signatures::SignaturesStorage;
pub use treasury::{ITreasury, Treasury};

//! Decides what runs when the program is called: the rewards, on the host that calls.

use alloc::vec::Vec;

use datacoop_kit::router;
// The macro expects the host's traits in scope.
use stylus_sdk::{ArbResult, host::VM, prelude::*};

use crate::DataCoopRewards;

/// Runs one call of the rewards.
///
/// # Errors
///
/// Returns what the call reverts with.
#[entrypoint]
pub fn program(input: Vec<u8>, vm: VM) -> ArbResult {
    router::enter(DataCoopRewards::new(vm), &input)
}

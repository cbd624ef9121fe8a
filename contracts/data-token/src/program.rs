//! Decides what runs when the program is called: the token, on the host that calls.

use alloc::vec::Vec;

use datacoop_kit::router;
// The macro expects the host's traits in scope.
use stylus_sdk::{ArbResult, host::VM, prelude::*};

use crate::DataToken;

/// Runs one call of the token.
///
/// # Errors
///
/// Returns what the call reverts with.
#[entrypoint]
pub fn program(input: Vec<u8>, vm: VM) -> ArbResult {
    router::enter(DataToken::new(vm), &input)
}

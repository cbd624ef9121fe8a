//! Decides how contracts are tested natively: several of them on one small chain, called with
//! encoded calldata as on a real one, a revert undoing what the call did.
//!
//! It stands behind the SDK's [`VM`](stylus_sdk::host::VM) as the SDK's own `TestVM` does, and can do
//! what that cannot: call from contract to contract with ether, delegate, revert, and recover
//! signers.

mod chain;
mod host;
mod layout;
pub mod odd_token;
mod signer;
mod subject;
pub mod tree;

use alloy_primitives::{Address, B256};
use alloy_sol_types::{SolError, SolEvent};

pub use chain::{Chain, Program, START};
pub use layout::{describe_layout, snapshot};
pub use signer::Signer;
pub use subject::Subject;

/// An emitted log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Log {
    /// Which contract emitted it.
    pub emitter: Address,
    /// Its topics.
    pub topics: Vec<B256>,
    /// Its data.
    pub data: Vec<u8>,
}

impl Log {
    /// The log of an event of a contract.
    #[must_use]
    pub fn of<E: SolEvent>(emitter: Address, event: &E) -> Self {
        let data = event.encode_log_data();
        Self { emitter, topics: data.topics().to_vec(), data: data.data.to_vec() }
    }

    /// Decodes the log as an event, if it is one.
    #[must_use]
    pub fn decode<E: SolEvent>(&self) -> Option<E> {
        E::decode_raw_log_validate(self.topics.iter().copied(), &self.data).ok()
    }
}

/// Returns the bytes of a typed error.
#[must_use]
pub fn error<E: SolError>(error: &E) -> Vec<u8> {
    error.abi_encode()
}

//! Decides how a test talks to the contract that it is about.

use alloy_primitives::Address;
use alloy_sol_types::{SolCall, SolError};

use super::{Chain, Log};

/// A contract on a chain, as its tests talk to it.
#[derive(Debug)]
pub struct Subject {
    /// The chain.
    pub chain: Chain,
    at: Address,
}

impl Subject {
    /// The contract at an address of a chain, whose logs so far are forgotten.
    #[must_use]
    pub fn new(chain: Chain, at: Address) -> Self {
        let _ = chain.take_logs();
        Self { chain, at }
    }

    /// Calls the contract.
    ///
    /// # Errors
    ///
    /// The bytes with which it reverts.
    pub fn call<C: SolCall>(&self, from: Address, call: &C) -> Result<C::Return, Vec<u8>> {
        self.chain.send(from, self.at, call)
    }

    /// Calls the contract, which agrees.
    ///
    /// # Panics
    ///
    /// Panics when it reverts.
    #[track_caller]
    pub fn ok<C: SolCall>(&self, from: Address, call: &C) -> C::Return {
        self.call(from, call).unwrap_or_else(|error| panic!("refused with {error:02x?}"))
    }

    /// Calls the contract, which refuses with exactly these bytes and emits nothing.
    ///
    /// # Panics
    ///
    /// Panics when it does anything else.
    #[track_caller]
    pub fn refuses<C: SolCall>(&self, from: Address, call: &C, error: &[u8]) {
        let _ = self.chain.take_logs();
        let outcome = self.call(from, call).map(|_| ());
        assert_eq!(outcome, Err(error.to_vec()));
        assert_eq!(self.chain.take_logs(), []);
    }

    /// Calls the contract, which refuses with exactly this error and emits nothing.
    ///
    /// # Panics
    ///
    /// Panics when it does anything else.
    #[track_caller]
    pub fn fails<C: SolCall>(&self, from: Address, call: &C, error: &impl SolError) {
        self.refuses(from, call, &error.abi_encode());
    }

    /// Requires that exactly these events were emitted since the last time.
    ///
    /// # Panics
    ///
    /// Panics when there were others.
    #[track_caller]
    pub fn emitted(&self, events: &[Log]) {
        assert_eq!(self.chain.take_logs(), events);
    }

    /// Lets some seconds go by.
    ///
    /// # Panics
    ///
    /// Panics when time ends.
    pub fn wait(&self, secs: u64) {
        self.chain.set_time(self.chain.time().checked_add(secs).expect("a time"));
    }
}

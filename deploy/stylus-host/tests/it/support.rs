//! Decides what the host's tests share: actors, a host with balance, and assertions.

use alloy_primitives::{Address, Bytes, U256};
use stylus_host::{Host, Outcome, Status, Transaction};

pub(crate) use crate::programs::{address_then, program, word};

pub(crate) const ALICE: Address = Address::with_last_byte(0xa1);
pub(crate) const BOB: Address = Address::with_last_byte(0xb0);

/// A host with programs that Alice deployed.
pub(crate) struct World {
    pub(crate) host: Host,
}

impl World {
    pub(crate) fn new() -> Self {
        let mut host = Host::new();
        host.set_balance(ALICE, U256::from(1_000_000));
        Self { host }
    }

    pub(crate) fn deploy(&mut self, body: &str) -> Address {
        self.host.deploy(ALICE, &program(body), None).unwrap().address
    }

    pub(crate) fn call(&mut self, to: Address, data: impl Into<Bytes>) -> Outcome {
        self.host.call(&Transaction::new(ALICE, to, data))
    }

    /// Calls and returns the output of a call that must succeed.
    pub(crate) fn output(&mut self, to: Address, data: impl Into<Bytes>) -> Bytes {
        let outcome = self.call(to, data);
        assert_eq!(outcome.status, Status::Success);
        outcome.output
    }
}

/// Runs `body` once on `data` and returns what happened.
pub(crate) fn run(body: &str, data: impl Into<Bytes>) -> Outcome {
    let mut world = World::new();
    let program = world.deploy(body);
    world.call(program, data)
}

/// Asserts that the call failed without data, for a reason that contains `reason`.
pub(crate) fn assert_failure(outcome: &Outcome, reason: &str) {
    match &outcome.status {
        Status::Failure(text) => assert!(text.contains(reason), "failed with: {text}"),
        status => panic!("expected a failure, got {status:?}"),
    }
    assert!(outcome.output.is_empty());
    assert!(outcome.logs.is_empty());
}

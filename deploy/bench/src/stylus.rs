//! Decides how a story is played in the reference host, which counts gas as a Stylus chain would.

use alloy::primitives::{Address, keccak256};
use datacoop_deploy::Artifact;
use stylus_host::{Host, Status, Transaction};

use crate::{
    Error,
    report::StylusGas,
    story::{ADMIN, Call, Cast, DAY_SECS, PACE_SECS, START_SECS},
};

/// A Stylus chain in memory.
#[derive(Debug)]
pub(crate) struct Stylus {
    host: Host,
    /// The time of the latest block, in seconds since 1970.
    now: u64,
}

impl Stylus {
    pub(crate) fn new() -> Self {
        Self { host: Host::new(), now: START_SECS }
    }

    /// Deploys a contract and runs its constructor with these encoded arguments.
    pub(crate) fn deploy(
        &mut self,
        artifact: &Artifact,
        arguments: &[u8],
    ) -> Result<Address, Error> {
        self.advance(PACE_SECS);
        // The selector by which the SDK's router knows the constructor.
        let selector = &keccak256("stylus_constructor()")[..4];
        let calldata = [selector, arguments].concat();
        let deployment =
            self.host.deploy(ADMIN, &artifact.wasm, Some(&calldata)).map_err(|source| {
                Error::Host { contract: artifact.name.clone(), source: Box::new(source) }
            })?;
        let status = deployment.outcome.status;
        succeeded(&format!("creation of {}", artifact.name), &status)?;
        Ok(deployment.address)
    }

    /// Plays calls that have to succeed, and returns what the last one costs.
    pub(crate) fn play(
        &mut self,
        name: &str,
        cast: &Cast,
        calls: &[Call],
    ) -> Result<StylusGas, Error> {
        let mut gas = StylusGas::default();
        for call in calls {
            let to = cast.address(call.to).ok_or(Error::Missing { wanted: "contract to call" })?;
            self.advance(call.days_before * DAY_SECS + PACE_SECS);
            let outcome = self.host.call(&Transaction::new(call.from, to, call.data.clone()));
            succeeded(name, &outcome.status)?;
            gas = StylusGas { cached: outcome.gas.cached().0, uncached: outcome.gas.uncached().0 };
        }
        Ok(gas)
    }

    const fn advance(&mut self, secs: u64) {
        self.now += secs;
        let block = self.host.block_mut();
        block.number += 1;
        block.timestamp = self.now;
    }
}

fn succeeded(name: &str, status: &Status) -> Result<(), Error> {
    if status.is_success() {
        return Ok(());
    }
    Err(Error::ActionFailed {
        action: name.to_owned(),
        place: "the reference host",
        reason: format!("{status:?}"),
    })
}

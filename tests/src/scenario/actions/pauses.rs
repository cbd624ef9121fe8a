//! Decides when the guardian stops a contract, and lets it go on.

use alloy::primitives::Address;
use datacoop_deploy::bindings::IDataToken::{pauseCall, unpauseCall};
use rand::Rng;

use super::{Attempt, Composer};

impl Composer<'_> {
    /// A contract that can be paused, whether it is, and how it refuses others than the guardian.
    fn pausable(&mut self) -> (Address, bool, &'static str) {
        let (at, ledger) = (self.stage.at, self.ledger);
        match self.rng.random_range(0..7) {
            0..3 => (at.data, ledger.data.paused, "AccessControlUnauthorizedAccount"),
            3 => (at.rewards, ledger.paid.paused, "RewardsUnauthorizedGuardian"),
            _ => (at.market, ledger.market.paused, "AccessControlUnauthorizedAccount"),
        }
    }

    pub(super) fn pause(&mut self) -> Option<Attempt> {
        let (contract, is_paused, error) = self.pausable();
        if self.is_flawed() {
            return Some(Attempt::refused(self.outsider(), contract, &pauseCall {}, error));
        }
        let guardian = self.stage.people.guardian.address();
        let error = is_paused.then_some("EnforcedPause");
        Some(Attempt::ends(guardian, contract, &pauseCall {}, error))
    }

    /// Lets a contract go on: one that stands still, if there is one. Rewards go on by the timelock's word alone.
    pub(super) fn unpause(&mut self) -> Option<Attempt> {
        let (at, ledger) = (self.stage.at, self.ledger);
        let paused = [(at.data, ledger.data.paused), (at.market, ledger.market.paused)];
        let still: Vec<_> =
            paused.iter().filter(|(_, is_paused)| *is_paused).map(|(of, _)| *of).collect();
        let guardian = self.stage.people.guardian.address();
        if let Some(contract) = self.pick(&still) {
            return Some(Attempt::done(guardian, contract, &unpauseCall {}));
        }
        let error = match self.rng.random_range(0..9) {
            3.. => return None,
            0 => {
                return Some(Attempt::refused(guardian, at.data, &unpauseCall {}, "ExpectedPause"));
            }
            1 => "AccessControlUnauthorizedAccount",
            _ => {
                let error = "RewardsUnauthorizedGovernance";
                return Some(Attempt::refused(guardian, at.rewards, &unpauseCall {}, error));
            }
        };
        Some(Attempt::refused(self.outsider(), at.market, &unpauseCall {}, error))
    }
}

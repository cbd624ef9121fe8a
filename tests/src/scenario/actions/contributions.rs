//! Decides what the oracle records: single contributions and batches, with bad entries and replays.

use alloy::{
    primitives::{Address, B256, U256, uint},
    sol_types::SolEvent,
};
use anyhow::Result;
use datacoop_deploy::bindings::{
    IDataCoopRewards::{
        ContributionScored, Entry, cooldownPeriodCall, lastContributionCall, recordBatchCall,
        recordContributionCall, rewardRateCall,
    },
    IDataToken::mintableCall,
};
use rand::Rng;

use super::{Attempt, Composer};

/// The fixed-point one of a quality.
const ONE: u64 = 1_000_000_000_000_000_000;

/// More than a batch pays at the highest rate that proposals set, in wei.
const BATCH_ROOM: U256 = uint!(400_000_000_000_000_000_000_U256);

impl Composer<'_> {
    /// Whether a member contributed less than a cooldown ago.
    async fn rests(&self, member: Address) -> Result<bool> {
        let at = self.stage.at.rewards;
        let last = self.ask(at, lastContributionCall { member }).await?;
        let cooldown = self.ask(at, cooldownPeriodCall {}).await?;
        Ok(!last.is_zero() && U256::from(self.time) < last + cooldown)
    }

    /// A proof that was paid already.
    fn old_proof(&mut self) -> Option<B256> {
        let proofs: Vec<_> = self.ledger.paid.proofs.keys().copied().collect();
        self.pick(&proofs)
    }

    pub(super) async fn contribute(&mut self) -> Result<Option<Attempt>> {
        let Some(mut member) = self.member() else { return Ok(None) };
        let (at, oracle) = (self.stage.at, self.stage.people.oracle.address());
        let stopped = [self.ledger.paid.paused, self.ledger.data_stands_still()];
        let (proof, flaw) = (self.fresh(), self.is_flawed());
        if flaw && self.rng.random() {
            let call = recordContributionCall { member, proof };
            let thief = self.outsider();
            let refused = Attempt::refused(thief, at.rewards, &call, "RewardsUnauthorizedOracle");
            return Ok(Some(refused.stopped_by(&stopped)));
        }
        if flaw && let Some(proof) = self.old_proof() {
            let call = recordContributionCall { member, proof };
            let refused =
                Attempt::refused(oracle, at.rewards, &call, "RewardsProofAlreadyRecorded");
            return Ok(Some(refused.stopped_by(&stopped)));
        }
        // Mostly somebody who may, in a few tries.
        for _ in 0..4 {
            if self.rests(member).await? && !self.is_flawed() {
                member = self.member().unwrap_or(member);
            }
        }
        let error = if self.rests(member).await? {
            Some("RewardsCooldownActive")
        } else {
            let rate = self.ask(at.rewards, rewardRateCall {}).await?;
            let room = self.ask(at.data, mintableCall {}).await?;
            (rate > room).then_some("EmissionCapExceeded")
        };
        let call = recordContributionCall { member, proof };
        Ok(Some(Attempt::ends(oracle, at.rewards, &call, error).stopped_by(&stopped)))
    }

    /// Some entries, of which some are bad: lenient batches skip those, strict ones fail with them.
    pub(super) async fn contribute_batch(&mut self) -> Result<Option<Attempt>> {
        let (at, oracle) = (self.stage.at, self.stage.people.oracle.address());
        if self.ask(at.data, mintableCall {}).await? < BATCH_ROOM {
            return Ok(None);
        }
        let (mut entries, mut good) = (Vec::new(), 0);
        for _ in 0..self.rng.random_range(1..7) {
            let Some(member) = self.member() else { return Ok(None) };
            if entries.iter().any(|entry: &Entry| entry.member == member) {
                continue;
            }
            let quality = self.rng.random_range(ONE / 2..=ONE);
            let data_class = self.rng.random_range(0..4);
            let mut entry = Entry { member, proof: self.fresh(), quality, dataClass: data_class };
            let mut is_good = !self.rests(member).await?;
            if self.rng.random_ratio(1, 6) {
                is_good = false;
                match (self.rng.random_range(0..4), self.old_proof()) {
                    (0, Some(proof)) => entry.proof = proof,
                    (1, _) => entry.quality = ONE + 1,
                    (2, _) => entry.dataClass = 4,
                    _ => entry.member = Address::ZERO,
                }
            }
            good += usize::from(is_good);
            entries.push(entry);
        }
        let strict = self.rng.random_ratio(1, 3);
        let all = entries.len();
        let call = recordBatchCall { entries, strict };
        let error = (strict && good < all).then_some("RewardsBatchEntryFailed");
        let attempt = Attempt::ends(oracle, at.rewards, &call, error)
            .logs(ContributionScored::SIGNATURE_HASH, good);
        let stopped = [self.ledger.paid.paused, self.ledger.data_stands_still() && good > 0];
        // A strict batch is refused with the entry at which the rewards of those before could not be paid.
        let attempt = attempt.stopped_by(&stopped);
        Ok(Some(attempt.or("RewardsBatchEntryFailed")))
    }
}

//! The rules of DataCoopRewards, as its interface and its documentation state them.

use std::collections::HashMap;

use alloy::{
    primitives::{Address, B256, U256},
    sol_types::SolInterface,
};
use datacoop_deploy::bindings::IDataCoopRewards::{
    ContributionRecorded, ContributionScored, ContributionSkipped, EnforcedPause, Entry,
    IDataCoopRewardsErrors as Error, IDataCoopRewardsEvents as Event, RewardMinted,
    RewardsBatchEntryFailed, RewardsCooldownActive, RewardsInvalidDataClass, RewardsInvalidMember,
    RewardsInvalidProof, RewardsInvalidQuality, RewardsProofAlreadyRecorded,
    RewardsUnauthorizedOracle,
};

/// One, in fixed point of 18 decimals.
pub(super) const ONE: u64 = 1_000_000_000_000_000_000;

/// A contribution that was paid.
#[derive(Clone, Copy)]
struct Contribution {
    time: u64,
    /// When the unbroken record that it belongs to began.
    streak_start: u64,
}

/// What the contract should know and do.
#[derive(Clone)]
pub(super) struct Model {
    pub(super) now: u64,
    pub(super) oracle: Address,
    pub(super) is_paused: bool,
    pub(super) rate: U256,
    pub(super) cooldown: u64,
    pub(super) min_quality: u64,
    /// Peak, floor and half count.
    pub(super) curve: [u64; 3],
    /// Step, maximum, period and gap.
    pub(super) bonus: [u64; 4],
    pub(super) class_counts: [u64; 4],
    pub(super) balances: HashMap<Address, U256>,
    history: HashMap<Address, Vec<Contribution>>,
    proofs: HashMap<B256, (Address, u64)>,
}

impl Model {
    /// Nothing recorded yet, and no parameters.
    pub(super) fn new(oracle: Address) -> Self {
        Self {
            now: 0,
            oracle,
            is_paused: false,
            rate: U256::ZERO,
            cooldown: 0,
            min_quality: 0,
            curve: [0; 3],
            bonus: [0; 4],
            class_counts: [0; 4],
            balances: HashMap::new(),
            history: HashMap::new(),
            proofs: HashMap::new(),
        }
    }

    /// `recordContribution`.
    pub(super) fn record(
        &mut self,
        caller: Address,
        member: Address,
        proof: B256,
    ) -> Result<Vec<Event>, Error> {
        self.may_record(caller)?;
        self.admit(member, proof)?;
        let amount = self.rate;
        self.write(member, proof, amount);
        Ok(vec![
            Event::ContributionRecorded(ContributionRecorded { member, proof }),
            Event::RewardMinted(RewardMinted { member, amount }),
        ])
    }

    /// `recordBatch`. A batch that fails changes nothing.
    pub(super) fn record_batch(
        &mut self,
        caller: Address,
        entries: &[Entry],
        strict: bool,
    ) -> Result<Vec<Event>, Error> {
        self.may_record(caller)?;
        let mut after = self.clone();
        let mut events = Vec::new();
        for (index, entry) in entries.iter().enumerate() {
            let index = U256::from(index);
            match after.score(entry) {
                Ok(scored) => events.extend(scored),
                Err(error) if strict => {
                    let reason = error.abi_encode().into();
                    let failed = RewardsBatchEntryFailed { index, reason };
                    return Err(Error::RewardsBatchEntryFailed(failed));
                }
                Err(error) => events.push(Event::ContributionSkipped(ContributionSkipped {
                    index,
                    member: entry.member,
                    proof: entry.proof,
                    reason: error.abi_encode().into(),
                })),
            }
        }
        *self = after;
        Ok(events)
    }

    fn score(&mut self, entry: &Entry) -> Result<[Event; 2], Error> {
        let Entry { member, proof, quality, dataClass } = *entry;
        self.admit(member, proof)?;
        let (minimum, maximum) = (self.min_quality, ONE);
        if quality < minimum || quality > maximum {
            let error = RewardsInvalidQuality { quality, minimum, maximum };
            return Err(Error::RewardsInvalidQuality(error));
        }
        let Some(&count) = self.class_counts.get(usize::from(dataClass)) else {
            return Err(Error::RewardsInvalidDataClass(RewardsInvalidDataClass { dataClass }));
        };
        let points = self.points(member, quality, count);
        let amount = self.rate * points / U256::from(ONE);
        self.class_counts[usize::from(dataClass)] += 1;
        self.write(member, proof, amount);
        Ok([
            Event::ContributionScored(ContributionScored {
                member,
                proof,
                dataClass,
                quality,
                points,
            }),
            Event::RewardMinted(RewardMinted { member, amount }),
        ])
    }

    /// What a contribution is worth: quality times rarity, halved for each earlier one of the same
    /// period, and the time bonus for the first of a period.
    fn points(&self, member: Address, quality: u64, class_count: u64) -> U256 {
        let worth = U256::from(quality) * self.multiplier(class_count) / U256::from(ONE);
        let [step, maximum, period, _] = self.bonus;
        let streak_start = self.streak_start(member);
        let period_of = |time: u64| (time - streak_start) / period;
        let earlier = self.history.get(&member).into_iter().flatten();
        let of_period = earlier
            .filter(|one| one.streak_start == streak_start && one.time >= streak_start)
            .filter(|one| period_of(one.time) == period_of(self.now))
            .count();
        let bonus = match of_period {
            0 => U256::from(step) * U256::from(period_of(self.now)),
            _ => U256::ZERO,
        };
        worth / U256::from(2).pow(U256::from(of_period)) + bonus.min(U256::from(maximum))
    }

    /// The rarity multiplier of a class with so many contributions.
    pub(super) fn multiplier(&self, count: u64) -> U256 {
        let [peak, floor, half_count] = self.curve.map(U256::from);
        floor + (peak - floor) * half_count / (half_count + U256::from(count))
    }

    /// When the record to which a contribution now would belong began.
    fn streak_start(&self, member: Address) -> u64 {
        let gap = self.bonus[3];
        match self.last(member) {
            Some(last) if self.now - last.time <= gap => last.streak_start,
            _ => self.now,
        }
    }

    fn last(&self, member: Address) -> Option<Contribution> {
        self.history.get(&member)?.last().copied()
    }

    /// When a member last contributed, when the unbroken record began, and how many there were.
    pub(super) fn member_record(&self, member: Address) -> (u64, u64, u64) {
        let count = self.history.get(&member).map_or(0, Vec::len) as u64;
        self.last(member).map_or((0, 0, 0), |last| (last.time, last.streak_start, count))
    }

    fn may_record(&self, caller: Address) -> Result<(), Error> {
        if caller != self.oracle {
            return Err(Error::RewardsUnauthorizedOracle(RewardsUnauthorizedOracle { caller }));
        }
        if self.is_paused {
            return Err(Error::EnforcedPause(EnforcedPause {}));
        }
        Ok(())
    }

    fn admit(&self, member: Address, proof: B256) -> Result<(), Error> {
        if member.is_zero() {
            return Err(Error::RewardsInvalidMember(RewardsInvalidMember { member }));
        }
        if proof.is_zero() {
            return Err(Error::RewardsInvalidProof(RewardsInvalidProof { proof }));
        }
        if let Some(&(member, recorded_at)) = self.proofs.get(&proof) {
            let error = RewardsProofAlreadyRecorded { proof, member, recordedAt: recorded_at };
            return Err(Error::RewardsProofAlreadyRecorded(error));
        }
        match self.last(member) {
            Some(last) if self.now < last.time + self.cooldown => {
                let allowed_at = U256::from(last.time + self.cooldown);
                let error = RewardsCooldownActive { member, allowedAt: allowed_at };
                Err(Error::RewardsCooldownActive(error))
            }
            _ => Ok(()),
        }
    }

    fn write(&mut self, member: Address, proof: B256, amount: U256) {
        let contribution = Contribution { time: self.now, streak_start: self.streak_start(member) };
        self.history.entry(member).or_default().push(contribution);
        self.proofs.insert(proof, (member, self.now));
        *self.balances.entry(member).or_default() += amount;
    }
}

//! Decides which parameters a declaration sets, by the names that proposals have for them.

use alloy::primitives::U256;

use super::{Account, ClassTerms, Declaration, Organs};

impl Declaration {
    /// Returns the value of every parameter that the declaration sets and governance may change,
    /// by its name in proposals.
    #[must_use]
    pub fn parameters(&self) -> Vec<(String, U256)> {
        let mut list = List(Vec::new());
        let data = &self.data;
        list.set("data.emissionFloor", data.emission_floor);
        list.set("data.emissionBps", data.emission_bps);
        self.rewards(&mut list);
        if let Some(organs) = &self.organs {
            organs.parameters(self.offices.guardian, &mut list);
        }
        self.access_parameters(&mut list);
        list.0
    }

    fn rewards(&self, list: &mut List) {
        let rewards = &self.rewards;
        list.set("rewards.oracle", self.offices.oracle);
        list.some("rewards.guardian", self.offices.guardian);
        list.some("rewards.rewardRate", rewards.reward_rate);
        list.some("rewards.cooldown", rewards.cooldown);
        list.some("rewards.minQuality", rewards.min_quality);
        if let Some(curve) = rewards.rarity_curve {
            list.set("rewards.rarityCurve.peak", curve.peak);
            list.set("rewards.rarityCurve.floor", curve.floor);
            list.set("rewards.rarityCurve.halfCount", U256::from(curve.half_count));
        }
        if let Some(bonus) = rewards.time_bonus {
            list.set("rewards.timeBonus.step", bonus.step);
            list.set("rewards.timeBonus.maximum", bonus.maximum);
            list.set("rewards.timeBonus.period", bonus.period);
            list.set("rewards.timeBonus.gap", bonus.gap);
        }
    }

    fn access_parameters(&self, list: &mut List) {
        let Self { registry, distributor, market, .. } = self;
        list.set("registry.challengePeriod", registry.challenge_period);
        list.set("registry.minCohort", U256::from(registry.min_cohort));
        list.set("distributor.activationDelay", distributor.activation_delay);
        list.set("market.requiredStake", market.required_stake);
        list.set("market.unstakeCooldown", market.unstake_cooldown);
        let classes = ["genomic", "clinical", "lifestyle", "imaging"];
        for (class, unit, amount) in market.prices.all() {
            let unit = ["edition", "record"][usize::from(unit)];
            list.set(&format!("market.price.{}.{unit}", classes[usize::from(class)]), amount);
        }
        let parts = ["contributors", "validators", "treasury", "infrastructure", "burned"];
        for (name, part) in parts.into_iter().zip(market.split.0) {
            list.set(&format!("market.split.{name}"), part);
        }
    }
}

impl Organs {
    fn parameters(&self, guardian: Option<Account>, list: &mut List) {
        let Self { gov, timelock, governor, treasury } = self;
        list.set("gov.policy", U256::from(gov.policy as u8));
        list.set("timelock.delay", timelock.delay);
        list.set("governor.votingDelay", governor.voting_delay);
        list.set("governor.votingPeriod", governor.voting_period);
        list.set("governor.proposalThreshold", governor.proposal_threshold);
        list.set("governor.quorum", governor.quorum);
        list.set("governor.voteExtension", governor.vote_extension);
        if let (Some(until), Some(guardian)) = (governor.veto_until, guardian) {
            list.set("governor.guardian", guardian);
            list.set("governor.guardianExpiry", until);
        }
        list.some("governor.oneLiveProposal", governor.one_live_proposal.map(switch));
        list.some("governor.standardDelay", governor.standard_delay);
        let classes = [("fastTrack", &governor.fast_track), ("optimistic", &governor.optimistic)];
        for (class, terms) in classes {
            let Some(ClassTerms { voting_delay, voting_period, veto_quorum, .. }) = terms else {
                continue;
            };
            list.set(&format!("governor.{class}.votingDelay"), *voting_delay);
            list.set(&format!("governor.{class}.votingPeriod"), *voting_period);
            list.set(&format!("governor.{class}.vetoQuorum"), *veto_quorum);
        }
        list.set("treasury.delay", treasury.delay);
        list.set("treasury.threshold", U256::from(treasury.threshold));
        list.some("treasury.strictBudgets", treasury.strict_budgets.map(switch));
    }
}

/// The number of a switch.
fn switch(is_on: bool) -> U256 {
    U256::from(u8::from(is_on))
}

/// Values by the names of their parameters.
struct List(Vec<(String, U256)>);

impl List {
    fn set(&mut self, name: &str, value: impl Into<U256>) {
        self.0.push((name.to_owned(), value.into()));
    }

    fn some(&mut self, name: &str, value: Option<impl Into<U256>>) {
        if let Some(value) = value {
            self.set(name, value);
        }
    }
}

//! Decides how the cooperative governs itself: what is proposed, who votes, and what then happens.

use alloy::{
    primitives::{Address, Bytes, U256, aliases::U48, keccak256},
    sol_types::SolCall,
};
use anyhow::Result;
use datacoop_deploy::bindings::{
    IDataCoopRewards::{setCooldownPeriodCall, setRewardRateCall, unpauseCall},
    IDataMarket::{setPriceCall, setUnstakeCooldownCall},
    IDataToken::setEmissionCapCall,
    IGovernor::{
        ProposalState, cancelCall, castVoteCall, getVotesCall, hasVotedCall, proposalThresholdCall,
        setVotingDelayCall, stateCall,
    },
    IRevenueDistributor::setSharesCall,
    ITimelock::updateDelayCall,
    ITreasury::{execTransactionFromModuleCall, setBudgetCall, setSpendingLimitCall},
};
use rand::Rng;

use super::{Attempt, Composer};
use crate::{
    Proposal, TOKEN,
    scenario::{
        ledger::power::Proposed,
        people::{SPENDER, VALIDATORS},
        stage::Stage,
    },
};

/// The line that is spent from: research.
const LINE: u8 = 4;

/// Seconds of a day.
const DAY: u64 = 86_400;

/// How many proposals may be under way.
const UNDER_WAY: usize = 5;

/// A limit of a spender, in DATA a day, and the budget of its line.
pub(crate) fn spending_rules(stage: &Stage, description: &str, limit: u64) -> Proposal {
    let (token, period) = (stage.at.data, U256::from(DAY));
    let (spender, treasury) = (stage.people.member(SPENDER), stage.at.treasury);
    let cap = U256::from(limit) * TOKEN;
    let limit = setSpendingLimitCall { spender, token, cap, period, line: LINE };
    let cap = cap + cap / U256::from(2);
    let budget = setBudgetCall { line: LINE, token, cap, period };
    Proposal::new(description)
        .call(treasury, &by_module(treasury, &limit))
        .call(treasury, &by_module(treasury, &budget))
}

/// A self-call of the treasury, as the timelock has it made.
fn by_module<C: SolCall>(treasury: Address, call: &C) -> execTransactionFromModuleCall {
    let data = call.abi_encode().into();
    execTransactionFromModuleCall { to: treasury, value: U256::ZERO, data, operation: 0 }
}

impl Composer<'_> {
    /// Something to decide.
    fn agenda(&mut self) -> Proposal {
        let (at, tokens) = (self.stage.at, |count: u64| U256::from(count) * TOKEN);
        let number = self.fresh();
        let description = format!("number {number}");
        let proposal = Proposal::new(&description);
        let unpause = Bytes::from(unpauseCall {}.abi_encode());
        let proposals = self.ledger.power.proposals.values();
        let mut open = proposals.filter(|made| !made.executed && made.deadline + DAY > self.time);
        let is_proposed = open.any(|made| made.calldatas.contains(&unpause));
        // Rewards that stand still go on by proposal: by one at a time, for a second would fail.
        if self.ledger.paid.paused && !is_proposed {
            return proposal.call(at.rewards, &unpauseCall {});
        }
        match self.rng.random_range(0..9) {
            0 => {
                let new_rate = tokens(self.rng.random_range(5..12));
                proposal.call(at.rewards, &setRewardRateCall { newRate: new_rate })
            }
            1 => {
                let period = U256::from(self.rng.random_range(DAY..5 * DAY));
                proposal.call(at.rewards, &setCooldownPeriodCall { newPeriod: period })
            }
            2 => {
                let (data_class, unit) = (self.rng.random_range(0..2), self.rng.random_range(0..2));
                let amount = tokens(self.rng.random_range(1..60));
                let (token, data_class) = (at.data, data_class);
                let call = setPriceCall { dataClass: data_class, unit, token, amount };
                proposal.call(at.market, &call)
            }
            3 => {
                let limit = self.rng.random_range(50..400);
                spending_rules(self.stage, &description, limit)
            }
            4 => {
                let number = self.rng.random_range(VALIDATORS);
                let (pool, shares) = (keccak256("VALIDATORS"), self.rng.random_range(1..9));
                let account = self.stage.people.member(number);
                proposal.call(at.revenue, &setSharesCall { pool, account, shares })
            }
            5 => {
                let floor = tokens(self.rng.random_range(1_000..3_000));
                proposal.call(at.data, &setEmissionCapCall { floor, bps: U256::ZERO })
            }
            6 => {
                let delay = U48::from(self.rng.random_range(60_u64..120));
                proposal.call(at.governor, &setVotingDelayCall { newVotingDelay: delay })
            }
            7 => {
                let delay = U256::from(self.rng.random_range(300..600));
                proposal.call(at.timelock, &updateDelayCall { newDelay: delay })
            }
            _ => {
                let secs = self.rng.random_range(DAY..3 * DAY);
                proposal.call(at.market, &setUnstakeCooldownCall { secs })
            }
        }
    }

    async fn state(&self, proposal: U256) -> Result<ProposalState> {
        self.ask(self.stage.at.governor, stateCall { proposalId: proposal }).await
    }

    /// A proposal that is not over: mostly one of which something is wanted.
    fn under_way(&mut self, wanted: impl Fn(&Proposed) -> bool) -> Option<U256> {
        let proposals = self.ledger.power.proposals.iter();
        let open = proposals.filter(|(_, made)| {
            let is_lost = made.eta.is_none() && made.deadline + 2 * DAY < self.time;
            !made.executed && !made.cancelled && !is_lost
        });
        let open: Vec<_> = open.collect();
        let best = open.iter().filter(|(_, made)| wanted(made)).map(|(id, _)| **id);
        let best: Vec<_> = best.collect();
        if self.earnest || !self.rng.random_ratio(1, 4) {
            return self.pick(&best);
        }
        let any: Vec<_> = open.iter().map(|(id, _)| **id).collect();
        self.pick(&any)
    }

    pub(super) async fn propose(&mut self) -> Result<Option<Attempt>> {
        let at = self.stage.at.governor;
        let open = self.ledger.power.proposals.values();
        let open = open.filter(|made| !made.executed && !made.cancelled);
        if open.filter(|made| made.deadline + DAY > self.time).count() >= UNDER_WAY {
            return Ok(None);
        }
        let call = self.agenda().propose();
        if self.is_flawed() {
            let nobody = self.outsider();
            let error = "GovernorInsufficientProposerVotes";
            return Ok(Some(Attempt::refused(nobody, at, &call, error)));
        }
        // Mostly those who vote.
        let voters: Vec<_> = self.ledger.votes.of.keys().copied().collect();
        let voters = voters.into_iter().filter(|of| self.ledger.access.members.contains_key(of));
        let voters: Vec<_> = voters.collect();
        let anybody = self.member();
        let voter = if self.is_flawed() { anybody } else { self.pick(&voters) };
        let Some(from) = voter else { return Ok(None) };
        let timepoint = U256::from(self.time - 1);
        let votes = self.ask(at, getVotesCall { account: from, timepoint }).await?;
        let threshold = self.ask(at, proposalThresholdCall {}).await?;
        let error = (votes < threshold).then_some("GovernorInsufficientProposerVotes");
        Ok(Some(Attempt::ends(from, at, &call, error)))
    }

    /// Somebody votes; most are for it.
    pub(super) async fn vote(&mut self) -> Result<Option<Attempt>> {
        let (at, time) = (self.stage.at.governor, self.time);
        let votes = |made: &Proposed| made.snapshot < time && time <= made.deadline;
        let Some(proposal) = self.under_way(votes) else { return Ok(None) };
        let voters: Vec<_> = self.ledger.votes.of.keys().copied().collect();
        let people = &self.stage.people;
        let voters: Vec<_> =
            voters.into_iter().filter(|voter| people.key(*voter).is_some()).collect();
        let Some(voter) = self.pick(&voters) else { return Ok(None) };
        let support = [1, 1, 1, 1, 1, 1, 0, 2][self.rng.random_range(0..8)];
        let call = castVoteCall { proposalId: proposal, support };
        let error = if self.state(proposal).await? != ProposalState::Active {
            Some("GovernorUnexpectedProposalState")
        } else if self.ask(at, hasVotedCall { proposalId: proposal, account: voter }).await? {
            Some("GovernorAlreadyCastVote")
        } else {
            None
        };
        Ok(Some(Attempt::ends(voter, at, &call, error)))
    }

    pub(super) async fn queue(&mut self) -> Result<Option<Attempt>> {
        let time = self.time;
        let ended = |made: &Proposed| made.eta.is_none() && made.deadline < time;
        let Some(proposal) = self.under_way(ended) else { return Ok(None) };
        let call = self.ledger.power.proposals[&proposal].content().queue();
        let error = (self.state(proposal).await? != ProposalState::Succeeded)
            .then_some("GovernorUnexpectedProposalState");
        let Some(anybody) = self.member() else { return Ok(None) };
        Ok(Some(Attempt::ends(anybody, self.stage.at.governor, &call, error)))
    }

    /// Anybody executes what is due, or tries what is not or was.
    pub(super) async fn execute(&mut self) -> Result<Option<Attempt>> {
        let done = self.ledger.power.proposals.iter().filter(|(_, made)| made.executed);
        let done: Vec<_> = done.map(|(id, _)| *id).collect();
        let again = self.is_flawed().then(|| self.pick(&done)).flatten();
        let time = self.time;
        let is_due = |made: &Proposed| made.eta.is_some_and(|eta| eta <= time);
        let Some(proposal) = again.or_else(|| self.under_way(is_due)) else { return Ok(None) };
        let made = &self.ledger.power.proposals[&proposal];
        let call = made.content().execute();
        let state = self.state(proposal).await?;
        let error = match (state, made.eta) {
            (ProposalState::Queued, Some(eta)) if eta <= self.time => None,
            (ProposalState::Queued, _) => Some("TimelockUnexpectedOperationState"),
            _ => Some("GovernorUnexpectedProposalState"),
        };
        let anybody = self.outsider();
        Ok(Some(Attempt::ends(anybody, self.stage.at.governor, &call, error)))
    }

    /// The guardian cancels a proposal, rarely; nobody else does.
    pub(super) async fn veto(&mut self) -> Result<Option<Attempt>> {
        let Some(proposal) = self.under_way(|_| true) else { return Ok(None) };
        let state = self.state(proposal).await?;
        let open = [ProposalState::Pending, ProposalState::Active, ProposalState::Queued];
        if !open.contains(&state) {
            return Ok(None);
        }
        let made = &self.ledger.power.proposals[&proposal];
        let (content, hash) = (made.content(), made.description_hash());
        let Proposal { targets, values, calldatas, .. } = content;
        let call = cancelCall { targets, values, calldatas, descriptionHash: hash };
        let at = self.stage.at.governor;
        // The guardian dislikes one in four.
        let is_disliked = proposal.byte(0) % 4 == 0;
        if self.earnest && !is_disliked {
            return Ok(None);
        }
        if !is_disliked || (!self.earnest && self.rng.random()) {
            let nobody = self.outsider();
            return Ok(Some(Attempt::refused(nobody, at, &call, "GovernorUnableToCancel")));
        }
        let guardian = self.stage.people.guardian.address();
        Ok(Some(Attempt::done(guardian, at, &call)))
    }
}

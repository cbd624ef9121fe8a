//! Decides where a proposal stands, and what happens next with it.

use std::fmt;

use alloy::primitives::U256;
use serde::Serialize;

use super::{Class, Dao, Proposal};
use crate::{
    Error,
    bindings::IGovernor::{
        ProposalState, proposalDeadlineCall, proposalEtaCall, proposalNeedsQueuingCall,
        proposalVotesCall, quorumCall, stateCall, vetoQuorumCall,
    },
};

/// What has become of a proposal (OpenZeppelin's `ProposalState`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum State {
    /// The vote has not begun.
    Pending,
    /// The vote is open.
    Active,
    /// It was withdrawn or vetoed.
    Canceled,
    /// It did not get the votes.
    Defeated,
    /// It got the votes.
    Succeeded,
    /// It waits in the timelock.
    Queued,
    /// It was not executed in time.
    Expired,
    /// It was executed.
    Executed,
}

impl State {
    /// Returns the state in lower case.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Active => "active",
            Self::Canceled => "canceled",
            Self::Defeated => "defeated",
            Self::Succeeded => "succeeded",
            Self::Queued => "queued",
            Self::Expired => "expired",
            Self::Executed => "executed",
        }
    }

    const fn of(state: ProposalState) -> Option<Self> {
        Some(match state {
            ProposalState::Pending => Self::Pending,
            ProposalState::Active => Self::Active,
            ProposalState::Canceled => Self::Canceled,
            ProposalState::Defeated => Self::Defeated,
            ProposalState::Succeeded => Self::Succeeded,
            ProposalState::Queued => Self::Queued,
            ProposalState::Expired => Self::Expired,
            ProposalState::Executed => Self::Executed,
            ProposalState::__Invalid => return None,
        })
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// The votes of a proposal, in wei of GOV.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tally {
    /// Votes for it.
    pub in_favour: U256,
    /// Votes against it.
    pub against: U256,
    /// Votes that only count for the quorum.
    pub abstain: U256,
    /// How many votes for it and abstentions it takes; none before the votes are counted that may be
    /// cast.
    pub quorum: Option<U256>,
    /// How many votes against it defeat it, when it is optimistic.
    pub veto_quorum: Option<U256>,
}

impl Tally {
    /// Returns the votes that count for the quorum.
    #[must_use]
    pub const fn for_quorum(&self) -> U256 {
        self.in_favour.saturating_add(self.abstain)
    }

    /// Returns why the proposal would be defeated, if it would.
    #[must_use]
    pub fn defeat(&self) -> Option<&'static str> {
        if let Some(veto) = self.veto_quorum {
            return (self.against >= veto).then_some("enough votes object to it");
        }
        if self.quorum.is_some_and(|quorum| self.for_quorum() < quorum) {
            return Some("the quorum is not reached");
        }
        (self.in_favour <= self.against).then_some("not more votes are for it than against it")
    }
}

/// Where a proposal stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// What has become of it.
    pub state: State,
    /// The chain's time.
    pub now: u64,
    /// When the votes are counted that may be cast; the vote begins afterwards.
    pub snapshot: u64,
    /// The last second of the vote.
    pub deadline: u64,
    /// When it can be executed, once it is queued.
    pub eta: Option<u64>,
    /// Whether it must be queued in the timelock.
    pub needs_queuing: bool,
    /// Its votes.
    pub tally: Tally,
}

/// What can happen next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// The vote begins after this time.
    Wait(u64),
    /// Votes can be cast up to this time.
    Vote(u64),
    /// It can be queued.
    Queue,
    /// It can be executed at this time.
    Delay(u64),
    /// It can be executed.
    Execute,
    /// Nothing.
    Over,
}

impl Standing {
    /// Returns what can happen next.
    #[must_use]
    pub const fn next(&self) -> Next {
        match (self.state, self.eta) {
            (State::Pending, _) => Next::Wait(self.snapshot),
            (State::Active, _) => Next::Vote(self.deadline),
            (State::Succeeded, _) if self.needs_queuing => Next::Queue,
            (State::Queued, Some(eta)) if self.now < eta => Next::Delay(eta),
            (State::Succeeded | State::Queued, _) => Next::Execute,
            (State::Canceled | State::Defeated | State::Expired | State::Executed, _) => Next::Over,
        }
    }

    /// Returns the seconds until the next thing can happen or its time is over, if there is one.
    #[must_use]
    pub const fn seconds_left(&self) -> Option<u64> {
        match self.next() {
            Next::Wait(time) | Next::Vote(time) | Next::Delay(time) => {
                Some(time.saturating_sub(self.now))
            }
            Next::Queue | Next::Execute | Next::Over => None,
        }
    }
}

impl Dao {
    /// Reads where a proposal stands.
    ///
    /// # Errors
    ///
    /// The failures of [`Chain::read`](crate::chain::Chain::read).
    pub async fn standing(&self, proposal: &Proposal) -> Result<Standing, Error> {
        let (governor, id) = (self.governor, proposal.id);
        let (is_so, ends, at, queuing) = (
            stateCall { proposalId: id },
            proposalDeadlineCall { proposalId: id },
            proposalEtaCall { proposalId: id },
            proposalNeedsQueuingCall { proposalId: id },
        );
        let (state, deadline, eta, needs_queuing, now) = tokio::try_join!(
            self.read(governor, &is_so),
            self.read(governor, &ends),
            self.read(governor, &at),
            self.read(governor, &queuing),
            self.chain.next_time(),
        )?;
        let state = State::of(state).ok_or_else(|| Error::Answer {
            request: "state".to_owned(),
            reason: "there is no such state".to_owned(),
        })?;
        Ok(Standing {
            state,
            now,
            snapshot: proposal.snapshot,
            deadline: deadline.saturating_to(),
            eta: (!eta.is_zero()).then(|| eta.saturating_to()),
            needs_queuing,
            tally: self.tally(proposal, state).await?,
        })
    }

    async fn tally(&self, proposal: &Proposal, state: State) -> Result<Tally, Error> {
        let (governor, id) = (self.governor, proposal.id);
        let votes = self.read(governor, &proposalVotesCall { proposalId: id }).await?;
        let quorum = match self
            .read(governor, &quorumCall { timepoint: U256::from(proposal.snapshot) })
            .await
        {
            Ok(quorum) => Some(quorum),
            // It cannot be known before the snapshot.
            Err(Error::Reverted { .. }) if matches!(state, State::Pending | State::Canceled) => {
                None
            }
            Err(error) => return Err(error),
        };
        let veto_quorum = match proposal.draft.class {
            Class::Optimistic if quorum.is_some() => {
                Some(self.read(governor, &vetoQuorumCall { proposalId: id }).await?)
            }
            _ => None,
        };
        Ok(Tally {
            in_favour: votes.forVotes,
            against: votes.againstVotes,
            abstain: votes.abstainVotes,
            quorum,
            veto_quorum,
        })
    }

    /// Checks that what `wanted` accepts can happen next with a proposal.
    ///
    /// # Errors
    ///
    /// - [`Error::NotYet`]: it cannot, and what can.
    /// - The failures of [`standing`](Self::standing).
    pub async fn expect_next(
        &self,
        proposal: &Proposal,
        action: &'static str,
        wanted: impl Fn(Next) -> bool,
    ) -> Result<Standing, Error> {
        let standing = self.standing(proposal).await?;
        if wanted(standing.next()) {
            return Ok(standing);
        }
        Err(Error::NotYet { action, standing: Box::new(standing) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn standing(state: State, eta: Option<u64>) -> Standing {
        let tally = Tally {
            in_favour: U256::from(5),
            against: U256::from(4),
            abstain: U256::from(1),
            quorum: Some(U256::from(6)),
            veto_quorum: None,
        };
        let (now, snapshot, deadline) = (100, 110, 120);
        Standing { state, now, snapshot, deadline, eta, needs_queuing: true, tally }
    }

    #[test]
    fn what_happens_next_follows_from_the_state() {
        for (state, eta, next) in [
            (State::Pending, None, Next::Wait(110)),
            (State::Active, None, Next::Vote(120)),
            (State::Succeeded, None, Next::Queue),
            (State::Queued, Some(101), Next::Delay(101)),
            (State::Queued, Some(100), Next::Execute),
            (State::Executed, Some(90), Next::Over),
            (State::Defeated, None, Next::Over),
            (State::Canceled, Some(200), Next::Over),
            (State::Expired, Some(90), Next::Over),
        ] {
            assert_eq!(standing(state, eta).next(), next, "{state}");
        }
        let direct = Standing { needs_queuing: false, ..standing(State::Succeeded, None) };
        assert_eq!(direct.next(), Next::Execute);
    }

    #[test]
    fn time_is_left_only_where_something_waits_for_it() {
        assert_eq!(standing(State::Pending, None).seconds_left(), Some(10));
        assert_eq!(standing(State::Active, None).seconds_left(), Some(20));
        assert_eq!(standing(State::Queued, Some(130)).seconds_left(), Some(30));
        assert_eq!(standing(State::Succeeded, None).seconds_left(), None);
    }

    #[test]
    fn a_defeat_is_foreseen_as_the_governor_counts() {
        let tally = standing(State::Active, None).tally;
        assert_eq!(tally.defeat(), None);
        let quorum = Some(U256::from(7));
        assert_eq!(Tally { quorum, ..tally }.defeat(), Some("the quorum is not reached"));
        let tie = Tally { against: U256::from(5), ..tally };
        assert!(tie.defeat().is_some_and(|reason| reason.contains("not more votes")));
        // An optimistic proposal needs no votes, and falls by the veto quorum alone.
        let veto_quorum = Some(U256::from(4));
        assert!(Tally { veto_quorum, ..tally }.defeat().is_some());
        let few = Tally { veto_quorum: Some(U256::from(5)), in_favour: U256::ZERO, ..tally };
        assert_eq!(few.defeat(), None);
    }
}

//! Decides which state a proposal is in.

use alloy_primitives::B256;
use datacoop_kit::{Result, Revert, Uint, abi::ToWord, host, output, word::Word};

use crate::{
    classes::Class,
    external::{ITimelockController, ask},
    governor::{
        Governor,
        IGovernor::{GovernorNonexistentProposal, GovernorUnexpectedProposalState, ProposalState},
        PROPOSALS, QUORUM, SETTINGS,
    },
    proposal::Proposal,
};

/// The state of a proposal, as OpenZeppelin numbers them. None expires.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum State {
    /// Voting has not begun.
    Pending,
    /// Voting is on.
    Active,
    /// It was canceled, here or on the timelock.
    Canceled,
    /// It has too few votes, or more against than for; or a veto quorum objected.
    Defeated,
    /// It may be queued.
    Succeeded,
    /// The timelock has it.
    Queued,
    /// It was executed.
    Executed = 7,
}

impl State {
    /// Returns the set that has this state alone.
    pub(crate) const fn only(self) -> u64 {
        1 << self as u64
    }
}

impl ToWord<ProposalState> for State {
    #[inline(always)]
    fn push(self) {
        output::push_number(self as u64);
    }
}

impl Governor {
    /// Returns the state of the proposal with an id.
    ///
    /// # Errors
    ///
    /// As [`state`](Self::state).
    pub(crate) fn state_of(&self, id: &Uint) -> Result<State> {
        self.state(&PROPOSALS.load(&self.vm, id))
    }

    /// Returns the state of a proposal.
    ///
    /// # Errors
    ///
    /// - `GovernorNonexistentProposal` when there is no such proposal,
    /// - what the token or the timelock revert with.
    #[inline(never)]
    pub(crate) fn state(&self, proposal: &Proposal) -> Result<State> {
        let core = &proposal.core;
        if core.executed() {
            return Ok(State::Executed);
        }
        if core.canceled() {
            return Ok(State::Canceled);
        }
        if core.start() == 0 {
            return Err(Revert::new::<GovernorNonexistentProposal>((&proposal.id,)));
        }
        let now = host::timestamp(&self.vm);
        if core.start() >= now {
            return Ok(State::Pending);
        }
        if proposal.deadline() >= now {
            return Ok(State::Active);
        }
        if !self.succeeded(proposal)? {
            return Ok(State::Defeated);
        }
        if proposal.schedule.eta == 0 {
            return Ok(State::Succeeded);
        }
        self.state_on_timelock(proposal)
    }

    /// Returns the state of a proposal that was queued: it may have been executed or canceled on the
    /// timelock.
    fn state_on_timelock(&self, proposal: &Proposal) -> Result<State> {
        let (vm, timelock) = (&self.vm, SETTINGS.timelock(&self.vm));
        let id = proposal.operation().get(vm);
        let id: (&B256,) = (id.word(),);
        if !ask::<ITimelockController::isOperationPendingCall>(vm, &timelock, id)?.is_zero() {
            return Ok(State::Queued);
        }
        if !ask::<ITimelockController::isOperationDoneCall>(vm, &timelock, id)?.is_zero() {
            return Ok(State::Executed);
        }
        Ok(State::Canceled)
    }

    /// Requires that a proposal's state is one of a set, and returns it.
    ///
    /// # Errors
    ///
    /// - `GovernorUnexpectedProposalState` when it is another one,
    /// - as [`state`](Self::state).
    pub(crate) fn require_state(&self, proposal: &Proposal, allowed: u64) -> Result<State> {
        let state = self.state(proposal)?;
        if state.only() & allowed == 0 {
            return Err(Self::unexpected(&proposal.id, state, allowed));
        }
        Ok(state)
    }

    /// Refuses a proposal's state.
    #[inline(never)]
    pub(crate) fn unexpected(id: &Uint, state: State, allowed: u64) -> Revert {
        let allowed = Uint::from(allowed);
        Revert::new::<GovernorUnexpectedProposalState>((id, state, allowed.word()))
    }

    /// Returns whether a proposal whose voting is over succeeded.
    fn succeeded(&self, proposal: &Proposal) -> Result<bool> {
        let vm = &self.vm;
        let against = proposal.tally(0).get(vm);
        if proposal.schedule.class == Class::Optimistic {
            return Ok(against < self.veto_quorum(proposal)?);
        }
        Ok(self.quorum_reached(proposal)? && proposal.tally(1).get(vm) > against)
    }

    /// Returns how many votes against it defeat a proposal, whatever those for it are; zero when it
    /// is not an optimistic one.
    ///
    /// # Errors
    ///
    /// What the token reverts with.
    pub(crate) fn veto_quorum(&self, proposal: &Proposal) -> Result<Uint> {
        if proposal.schedule.class != Class::Optimistic {
            return Ok(Uint::ZERO);
        }
        let snapshot = Uint::from(proposal.core.start());
        let numerator = Uint::from(proposal.schedule.veto_numerator);
        QUORUM.fraction(&self.vm, &snapshot, &numerator)
    }

    /// Returns whether enough votes were cast for and abstaining.
    ///
    /// # Errors
    ///
    /// What the token reverts with; `Panic(0x11)` when the votes do not add up.
    pub(crate) fn quorum_reached(&self, proposal: &Proposal) -> Result<bool> {
        let vm = &self.vm;
        let quorum = QUORUM.at_time(vm, &Uint::from(proposal.core.start()))?;
        let mut votes = proposal.tally(1).get(vm);
        if !votes.add(&proposal.tally(2).get(vm)) {
            return Err(Revert::overflow());
        }
        Ok(!(votes < quorum))
    }
}

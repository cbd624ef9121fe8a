//! Decides how a proposal that succeeded comes true: queued on the timelock, executed by it, or
//! canceled.

use alloy_primitives::B256;
use datacoop_kit::{Result, Revert, Uint, event::emit, host, word::Word};

use crate::{
    actions::Operation,
    classes::Class,
    external::{ITimelockController, ask, tell},
    governance::CALLS,
    governor::{
        GUARDIAN, Governor,
        IGovernor::{
            FailedCall, GovernorUnableToCancel, ProposalCanceled, ProposalExecuted, ProposalQueued,
            ProposalVetoed,
        },
        PROPOSALS, SETTINGS,
    },
    proposal::Proposal,
    proposing::time,
    state::State,
};

/// The states in which a proposal can be canceled: all but canceled, expired and executed.
const CANCELABLE: u64 = 0b0011_1011;

impl Governor {
    /// Schedules a proposal on the timelock, and returns its id.
    ///
    /// # Errors
    ///
    /// - `GovernorUnexpectedProposalState` when it has not succeeded, or is already queued,
    /// - what the timelock reverts with,
    /// - `SafeCastOverflowedUintDowncast` when its delay ends after the year 8,921,556.
    ///
    /// # Events
    ///
    /// `ProposalQueued`.
    pub(crate) fn queue(&mut self, operation: &Operation<'_>) -> Result<Uint> {
        let id = operation.id(&self.vm);
        let mut proposal = PROPOSALS.load(&self.vm, &id);
        self.require_state(&proposal, State::Succeeded.only())?;
        let timelock = SETTINGS.timelock(&self.vm);
        let delay = self.delay(&proposal)?;
        let actions = &operation.actions;
        // The predecessor, which there is none of, the salt and the delay.
        let words = [B256::ZERO, operation.salt(&self.vm), *delay.word()];
        let [predecessor, salt, _] = words;
        let key = actions.hash(&self.vm, &[predecessor, salt]);
        proposal.operation().set(&mut self.vm, Uint::from_word(&key));
        let start = actions.push_call::<ITimelockController::scheduleBatchCall>(&words);
        tell(&mut self.vm, &timelock, &Uint::ZERO, start)?;
        let mut eta = delay;
        if !eta.add(&Uint::from(host::timestamp(&self.vm))) {
            return Err(Revert::overflow());
        }
        proposal.schedule.eta = time(&eta)?;
        proposal.set_schedule(&mut self.vm);
        emit::<ProposalQueued>(&mut self.vm, (), (&id, &eta));
        Ok(id)
    }

    /// Returns the seconds between queuing and execution: the timelock's own, or the standard delay
    /// when that is longer, which the fast track does not wait for.
    fn delay(&self, proposal: &Proposal) -> Result<Uint> {
        let (vm, timelock) = (&self.vm, SETTINGS.timelock(&self.vm));
        let delay = ask::<ITimelockController::getMinDelayCall>(vm, &timelock, ())?;
        let standard = Uint::from(u64::from(SETTINGS.terms(vm).standard_delay));
        let is_long = delay > standard || proposal.schedule.class == Class::FastTrack;
        Ok(if is_long { delay } else { standard })
    }

    /// Has the timelock execute a proposal, and returns its id.
    ///
    /// # Errors
    ///
    /// - `GovernorUnexpectedProposalState` when it is not queued,
    /// - what the timelock reverts with.
    ///
    /// # Events
    ///
    /// `ProposalExecuted`.
    pub(crate) fn execute(&mut self, operation: &Operation<'_>) -> Result<Uint> {
        let id = operation.id(&self.vm);
        let mut proposal = PROPOSALS.load(&self.vm, &id);
        self.require_state(&proposal, State::Queued.only())?;
        // Before any call, so that no call can have it executed again.
        proposal.set_executed(&mut self.vm);
        CALLS.register(&mut self.vm, &operation.actions);
        let timelock = SETTINGS.timelock(&self.vm);
        let value = host::value(&self.vm);
        let words = [B256::ZERO, operation.salt(&self.vm)];
        let actions = &operation.actions;
        let start = actions.push_call::<ITimelockController::executeBatchCall>(&words);
        tell(&mut self.vm, &timelock, &value, start)?;
        proposal.operation().set(&mut self.vm, &Uint::ZERO);
        CALLS.clear(&mut self.vm);
        emit::<ProposalExecuted>(&mut self.vm, (), (&id,));
        Ok(id)
    }

    /// Cancels a proposal, and returns its id.
    ///
    /// # Errors
    ///
    /// - `GovernorUnableToCancel` when another calls than the guardian, or the proposer of a pending
    ///   proposal,
    /// - `GovernorGuardianExpired` when the guardian calls too late,
    /// - `GovernorUnexpectedProposalState` when it is already canceled or executed,
    /// - what the timelock reverts with.
    ///
    /// # Events
    ///
    /// `ProposalCanceled`, and `ProposalVetoed` when the guardian calls.
    pub(crate) fn cancel(&mut self, operation: &Operation<'_>) -> Result<Uint> {
        let id = operation.id(&self.vm);
        let mut proposal = PROPOSALS.load(&self.vm, &id);
        let caller = host::sender(&self.vm);
        let state = self.state(&proposal)?;
        let is_own = state == State::Pending && caller == *proposal.core.proposer();
        if !is_own && !GUARDIAN.may_veto(&self.vm, &caller)? {
            return Err(Revert::new::<GovernorUnableToCancel>((&id, &caller)));
        }
        if state.only() & CANCELABLE == 0 {
            return Err(Self::unexpected(&id, state, CANCELABLE));
        }
        proposal.set_canceled(&mut self.vm);
        emit::<ProposalCanceled>(&mut self.vm, (), (&id,));
        if !is_own {
            emit::<ProposalVetoed>(&mut self.vm, (), (&id, &caller));
        }
        let key = proposal.operation().get(&self.vm);
        if !key.is_zero() {
            proposal.operation().set(&mut self.vm, &Uint::ZERO);
            let timelock = SETTINGS.timelock(&self.vm);
            let start = host::push_call::<ITimelockController::cancelCall>((key.word(),));
            tell(&mut self.vm, &timelock, &Uint::ZERO, start)?;
        }
        Ok(id)
    }
}

/// Calls an account with bytes and ether.
///
/// # Errors
///
/// What the account reverts with, or `FailedCall` when it does so without a word.
pub(crate) fn relay(
    vm: &mut stylus_sdk::host::VM,
    target: &datacoop_kit::Account,
    value: &Uint,
    data: &[u8],
) -> Result<()> {
    if host::call_raw(vm, target, value, data) {
        Ok(())
    } else if host::returned_len(vm) == 0 {
        Err(Revert::new::<FailedCall>(()))
    } else {
        Err(Revert::bubble(vm))
    }
}

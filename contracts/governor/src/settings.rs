//! Decides which terms proposals are made on: token and timelock, delay and period of the vote, the
//! threshold, the extension by a late quorum, and whether a proposer may have several proposals.

use datacoop_kit::{Account, Result, Revert, Uint, event::emit, layout, storage::Stored};
use stylus_sdk::host::VM;

use crate::{
    external::may_schedule_on,
    governor::IGovernor::{
        GovernorDelayTooLong, GovernorInvalidVotingPeriod, GovernorNotTimelockProposer,
        GovernorPreventLateQuorumVoteExtensionTooLarge, LateQuorumVoteExtensionSet,
        OneLiveProposalSet, ProposalThresholdSet, StandardDelaySet, TimelockChange, VotingDelaySet,
        VotingPeriodSet,
    },
};

/// The longest standard delay: 30 days.
const MAX_STANDARD_DELAY: u32 = 30 * 86_400;

layout! {
    /// The storage of settings.
    pub struct SettingsStorage {
        /// Whose votes count. Written by [`SettingsStorage::start`].
        token: Slot<Account>,
        /// Who executes. Written by [`SettingsStorage::set_timelock`].
        timelock: Slot<Account>,
        /// The terms. Written by the setters below.
        terms: Slot<Terms>,
        /// The votes that a proposer needs, in wei of GOV. Written by
        /// [`SettingsStorage::set_threshold`].
        threshold: Slot<Uint>,
    }
}

/// Terms that fit in a slot.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Terms {
    /// Seconds from proposing to voting, below 2^48.
    pub(crate) delay: u64,
    /// Seconds of voting.
    pub(crate) period: u32,
    /// Whether a proposer may have only one live proposal.
    pub(crate) one_live: bool,
    /// The least seconds of voting after the quorum is reached, below 2^48.
    pub(crate) extension: u64,
    /// The least seconds between queuing and execution, fast track apart.
    pub(crate) standard_delay: u32,
}

impl Stored for Terms {
    type Held<'a> = Uint;

    #[inline(never)]
    #[allow(clippy::cast_possible_truncation, reason = "the halves are taken apart")]
    fn from_slot(word: Uint) -> Self {
        let [delay, period, extension, standard_delay] = word.lanes();
        Self {
            delay,
            period: period as u32,
            one_live: period >> 32 != 0,
            extension,
            standard_delay: standard_delay as u32,
        }
    }

    #[inline(never)]
    fn to_slot(&self) -> Uint {
        let Self { delay, period, one_live, extension, standard_delay } = *self;
        let period = u64::from(period) | u64::from(one_live) << 32;
        Uint::from_lanes(delay, period, extension, standard_delay.into())
    }
}

impl SettingsStorage {
    /// Returns the token.
    pub(crate) fn token(&self, vm: &VM) -> Account {
        self.token.get(vm)
    }

    /// Returns the timelock.
    pub(crate) fn timelock(&self, vm: &VM) -> Account {
        self.timelock.get(vm)
    }

    /// Returns the terms.
    pub(crate) fn terms(&self, vm: &VM) -> Terms {
        self.terms.get(vm)
    }

    /// Returns the threshold.
    pub(crate) fn threshold(&self, vm: &VM) -> Uint {
        self.threshold.get(vm)
    }

    /// Sets the token, for ever.
    pub(crate) fn start(&self, vm: &mut VM, token: &Account) {
        self.token.set(vm, token);
    }

    /// Changes the terms.
    fn change(&self, vm: &mut VM, change: impl FnOnce(&mut Terms)) {
        let mut terms = self.terms(vm);
        change(&mut terms);
        self.terms.set(vm, &terms);
    }

    pub(crate) fn set_delay(&self, vm: &mut VM, delay: u64) {
        emit::<VotingDelaySet>(vm, (), (self.terms(vm).delay, delay));
        self.change(vm, |terms| terms.delay = delay);
    }

    /// # Errors
    ///
    /// `GovernorInvalidVotingPeriod` when it is zero.
    pub(crate) fn set_period(&self, vm: &mut VM, period: u32) -> Result<()> {
        if period == 0 {
            return Err(Revert::new::<GovernorInvalidVotingPeriod>((0_u64,)));
        }
        let old = self.terms(vm).period;
        emit::<VotingPeriodSet>(vm, (), (u64::from(old), u64::from(period)));
        self.change(vm, |terms| terms.period = period);
        Ok(())
    }

    pub(crate) fn set_threshold(&self, vm: &mut VM, threshold: &Uint) {
        emit::<ProposalThresholdSet>(vm, (), (&self.threshold(vm), threshold));
        self.threshold.set(vm, threshold);
    }

    /// # Errors
    ///
    /// `GovernorPreventLateQuorumVoteExtensionTooLarge` when it is longer than the voting period.
    pub(crate) fn set_extension(&self, vm: &mut VM, extension: u64) -> Result<()> {
        let terms = self.terms(vm);
        let maximum = u64::from(terms.period);
        if extension > maximum {
            return Err(Revert::new::<GovernorPreventLateQuorumVoteExtensionTooLarge>((
                extension, maximum,
            )));
        }
        emit::<LateQuorumVoteExtensionSet>(vm, (), (terms.extension, extension));
        self.change(vm, |terms| terms.extension = extension);
        Ok(())
    }

    /// # Errors
    ///
    /// `GovernorDelayTooLong` when it is longer than 30 days.
    pub(crate) fn set_standard_delay(&self, vm: &mut VM, delay: u32) -> Result<()> {
        if delay > MAX_STANDARD_DELAY {
            return Err(Revert::new::<GovernorDelayTooLong>((
                u64::from(delay),
                u64::from(MAX_STANDARD_DELAY),
            )));
        }
        let old = self.terms(vm).standard_delay;
        emit::<StandardDelaySet>(vm, (), (u64::from(old), u64::from(delay)));
        self.change(vm, |terms| terms.standard_delay = delay);
        Ok(())
    }

    pub(crate) fn set_one_live(&self, vm: &mut VM, one_live: bool) {
        emit::<OneLiveProposalSet>(vm, (), (self.terms(vm).one_live, one_live));
        self.change(vm, |terms| terms.one_live = one_live);
    }

    pub(crate) fn set_timelock(&self, vm: &mut VM, timelock: &Account) {
        emit::<TimelockChange>(vm, (), (&self.timelock(vm), timelock));
        self.timelock.set(vm, timelock);
    }

    /// Changes the timelock to one on which this contract may schedule: on another one nothing could
    /// be executed ever again, not even the next change.
    ///
    /// # Errors
    ///
    /// `GovernorNotTimelockProposer` when it may not.
    pub(crate) fn move_to(&self, vm: &mut VM, timelock: &Account) -> Result<()> {
        if !may_schedule_on(vm, timelock) {
            return Err(Revert::new::<GovernorNotTimelockProposer>((timelock,)));
        }
        self.set_timelock(vm, timelock);
        Ok(())
    }
}

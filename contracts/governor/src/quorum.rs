//! Decides how many votes a proposal needs: a fraction of all that existed at its snapshot, without
//! those of excluded accounts.
//!
//! A quorum of the past never changes: the numerator has a history, and an exclusion holds from
//! when it was made until it is ended, but is never deleted. Otherwise a defeated proposal could
//! come back to life when an exclusion lowers its quorum.

use datacoop_kit::{
    Account, Result, Revert, Uint,
    checkpoints::{self, Checkpoint},
    event::emit,
    host, layout,
    storage::{Place, Stored},
};
use stylus_sdk::host::VM;

use crate::{
    external::{IVotesToken, ask},
    governor::{
        IGovernor::{
            GovernorInvalidQuorumFraction, GovernorQuorumExclusionUnchanged,
            GovernorTooManyQuorumExclusions, QuorumExclusionSet, QuorumNumeratorUpdated,
        },
        SETTINGS,
    },
    proposal::Tagged,
};

/// What a numerator is a part of.
pub(crate) const DENOMINATOR: u64 = 100;

/// How many exclusions there may ever be: each costs a call whenever a quorum is asked for.
const MAX_EXCLUSIONS: u64 = 16;

/// Marks an exclusion as ended.
const ENDED: u64 = 1 << 48;

layout! {
    /// The storage of quorums.
    pub struct QuorumStorage {
        /// The history of the numerator. Written by [`QuorumStorage::set_numerator`].
        numerators: Array<Checkpoint>,
        /// All exclusions that were ever made. Written by [`QuorumStorage::set_exclusion`].
        exclusions: Array<Exclusion>,
    }
}

/// An account and the seconds at which its votes do not count.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Exclusion {
    pub(crate) account: Account,
    /// The first of them.
    pub(crate) since: u64,
    /// The first after them; `None` while there is none.
    pub(crate) until: Option<u64>,
}

impl Stored for Exclusion {
    type Held<'a> = Uint;

    #[inline(never)]
    fn from_slot(word: Uint) -> Self {
        let Tagged { account, low, high } = Tagged::from_slot(word);
        let since = high & ENDED.wrapping_sub(1);
        // A time and a duration: far below 2^64.
        let until = (high & ENDED != 0).then(|| since.wrapping_add(low.into()));
        Self { account, since, until }
    }

    #[inline(never)]
    #[allow(clippy::cast_possible_truncation, reason = "no exclusion lasts for 136 years")]
    fn to_slot(&self) -> Uint {
        let Self { account, since, until } = *self;
        let (low, high) = match until {
            Some(until) => (until.wrapping_sub(since) as u32, since | ENDED),
            None => (0, since),
        };
        Tagged { account, low, high }.to_slot()
    }
}

impl Exclusion {
    /// Returns whether the account is excluded at a time.
    fn holds_at(&self, time: u64) -> bool {
        self.since <= time && self.until.is_none_or(|until| time < until)
    }
}

impl QuorumStorage {
    /// Returns the numerator that holds now.
    pub(crate) fn numerator(&self, vm: &VM) -> Uint {
        checkpoints::latest(vm, &self.numerators.all())
    }

    /// Returns the numerator that held at a time.
    #[inline(never)]
    pub(crate) fn numerator_at(&self, vm: &VM, time: u64) -> Uint {
        let history = self.numerators.all();
        match checkpoints::latest_checkpoint(vm, &history) {
            Some(last) if last.key <= time => last.value,
            _ => checkpoints::upper_lookup_recent(vm, &history, time),
        }
    }

    /// Returns the fraction `numerator` of the votes that counted at a time.
    ///
    /// # Errors
    ///
    /// What the token reverts with; `Panic(0x11)` when accounts have more votes than there are.
    #[inline(never)]
    pub(crate) fn fraction(&self, vm: &VM, time: &Uint, numerator: &Uint) -> Result<Uint> {
        let token = SETTINGS.token(vm);
        let mut votes = ask::<IVotesToken::getPastTotalSupplyCall>(vm, &token, (time,))?;
        let exclusions = self.exclusions.all();
        for index in 0..exclusions.len(vm) {
            let exclusion = exclusions.at(vm, index).get(vm);
            if exclusion.holds_at(time.to_u64()) {
                let args = (&exclusion.account, time);
                let excluded = ask::<IVotesToken::getPastVotesCall>(vm, &token, args)?;
                if !votes.subtract(&excluded) {
                    return Err(Revert::overflow());
                }
            }
        }
        Ok(host::mul_div(vm, &votes, numerator, &Uint::from(DENOMINATOR)))
    }

    /// Returns the quorum at a time.
    ///
    /// # Errors
    ///
    /// As [`fraction`](Self::fraction).
    pub(crate) fn at_time(&self, vm: &VM, time: &Uint) -> Result<Uint> {
        self.fraction(vm, time, &self.numerator_at(vm, time.to_u64()))
    }

    /// Changes the numerator.
    ///
    /// # Errors
    ///
    /// `GovernorInvalidQuorumFraction` when it is greater than the denominator.
    pub(crate) fn set_numerator(&self, vm: &mut VM, numerator: &Uint) -> Result<()> {
        if numerator.to_u64() > DENOMINATOR {
            return Err(Revert::new::<GovernorInvalidQuorumFraction>((numerator, DENOMINATOR)));
        }
        let now = host::timestamp(vm);
        let old = checkpoints::push(vm, &self.numerators.all(), now, numerator)?;
        emit::<QuorumNumeratorUpdated>(vm, (), (&old, numerator));
        Ok(())
    }

    /// Returns how many exclusions were ever made.
    pub(crate) fn exclusions(&self, vm: &VM) -> u64 {
        self.exclusions.all().len(vm)
    }

    /// Returns an exclusion by its index; of nobody, when there is none.
    pub(crate) fn exclusion(&self, vm: &VM, index: &Uint) -> Exclusion {
        // Beyond all that there ever are lies nothing.
        self.exclusions.all().at(vm, index.to_u64().min(MAX_EXCLUSIONS)).get(vm)
    }

    /// Returns whether an account is excluded at a time.
    pub(crate) fn is_excluded(&self, vm: &VM, account: &Account, time: u64) -> bool {
        self.find(vm, account, time).is_some()
    }

    /// Returns where the exclusion of an account at a time lies.
    fn find(&self, vm: &VM, account: &Account, time: u64) -> Option<Place<Exclusion>> {
        let all = self.exclusions.all();
        (0..all.len(vm)).map(|index| all.at(vm, index)).find(|place| {
            let exclusion = place.get(vm);
            exclusion.account == *account && exclusion.holds_at(time)
        })
    }

    /// Excludes an account from now on, or no longer.
    ///
    /// # Errors
    ///
    /// - `GovernorQuorumExclusionUnchanged` when the account is already excluded, or is not,
    /// - `GovernorTooManyQuorumExclusions` when there were as many as there may ever be.
    pub(crate) fn set_exclusion(
        &self,
        vm: &mut VM,
        account: &Account,
        excluded: bool,
    ) -> Result<()> {
        let now = host::timestamp(vm);
        let found = self.find(vm, account, now);
        if found.is_some() == excluded {
            return Err(Revert::new::<GovernorQuorumExclusionUnchanged>((account, excluded)));
        }
        match found {
            Some(place) => {
                let ended = Exclusion { until: Some(now), ..place.get(vm) };
                place.set(vm, &ended);
            }
            None if self.exclusions(vm) < MAX_EXCLUSIONS => {
                let exclusion = Exclusion { account: *account, since: now, until: None };
                self.exclusions.all().push(vm, &exclusion);
            }
            None => {
                return Err(Revert::new::<GovernorTooManyQuorumExclusions>((MAX_EXCLUSIONS,)));
            }
        }
        emit::<QuorumExclusionSet>(vm, (account,), (!excluded, excluded));
        Ok(())
    }
}

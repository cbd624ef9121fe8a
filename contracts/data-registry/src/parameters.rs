//! Decides what governance may set, within which bounds: how long an edition can be challenged, and
//! how many contributors it needs.

use datacoop_kit::{Account, Result, Revert, event::emit, layout};
use stylus_sdk::host::VM;

use crate::registry::IDataRegistry::{
    ChallengePeriodChanged, DataRegistryParameterOutOfBounds, MinCohortChanged,
};

/// The challenge period at the start, in seconds: three days.
pub const CHALLENGE_PERIOD_SECS: u64 = 3 * 86_400;

/// The longest challenge period, in seconds: thirty days.
pub const MAX_CHALLENGE_PERIOD_SECS: u64 = 30 * 86_400;

/// The minimum cohort at the start, in contributors.
pub const MIN_COHORT: u64 = 5;

/// The least and the greatest minimum cohort, in contributors.
pub const COHORT_BOUNDS: [u64; 2] = [2, 1_000_000];

layout! {
    /// The storage of parameters and of the contracts that are asked.
    pub struct ParametersStorage {
        /// The Membership contract. Written by the constructor.
        membership: Slot<Account>,
        /// The consent registry. Written by the constructor.
        consent_registry: Slot<Account>,
        /// `uint64 challengePeriod`, `uint64 minCohort`. Written by [`ParametersStorage::write`].
        terms: Slot<[u64; 4]>,
    }
}

impl ParametersStorage {
    /// Writes what the registry starts with.
    ///
    /// # Events
    ///
    /// [`ChallengePeriodChanged`] and [`MinCohortChanged`], from zero.
    pub(crate) fn begin(&self, vm: &mut VM, membership: &Account, consent_registry: &Account) {
        self.membership.set(vm, membership);
        self.consent_registry.set(vm, consent_registry);
        self.write(vm, CHALLENGE_PERIOD_SECS, MIN_COHORT);
    }

    /// Returns the Membership contract.
    pub(crate) fn membership(&self, vm: &VM) -> Account {
        self.membership.get(vm)
    }

    /// Returns the consent registry.
    pub(crate) fn consent_registry(&self, vm: &VM) -> Account {
        self.consent_registry.get(vm)
    }

    /// Returns how long an edition can be challenged, in seconds, and how many contributors it
    /// needs.
    pub(crate) fn terms(&self, vm: &VM) -> (u64, u64) {
        let [period, cohort, _, _] = self.terms.get(vm);
        (period, cohort)
    }

    /// Sets how long an edition can be challenged, in seconds.
    ///
    /// # Errors
    ///
    /// [`DataRegistryParameterOutOfBounds`].
    ///
    /// # Events
    ///
    /// [`ChallengePeriodChanged`] when it changes.
    pub(crate) fn set_challenge_period(&self, vm: &mut VM, period: u64) -> Result<()> {
        check(period, [0, MAX_CHALLENGE_PERIOD_SECS])?;
        let (_, cohort) = self.terms(vm);
        self.write(vm, period, cohort);
        Ok(())
    }

    /// Sets how many contributors an edition needs.
    ///
    /// # Errors
    ///
    /// [`DataRegistryParameterOutOfBounds`].
    ///
    /// # Events
    ///
    /// [`MinCohortChanged`] when it changes.
    pub(crate) fn set_min_cohort(&self, vm: &mut VM, cohort: u64) -> Result<()> {
        check(cohort, COHORT_BOUNDS)?;
        let (period, _) = self.terms(vm);
        self.write(vm, period, cohort);
        Ok(())
    }

    /// Writes the parameters, and logs which of them changed.
    fn write(&self, vm: &mut VM, period: u64, cohort: u64) {
        let (old_period, old_cohort) = self.terms(vm);
        self.terms.set(vm, &[period, cohort, 0, 0]);
        if old_period != period {
            emit::<ChallengePeriodChanged>(vm, (), (old_period, period));
        }
        if old_cohort != cohort {
            emit::<MinCohortChanged>(vm, (), (old_cohort, cohort));
        }
    }
}

fn check(value: u64, [minimum, maximum]: [u64; 2]) -> Result<()> {
    if (minimum..=maximum).contains(&value) {
        return Ok(());
    }
    Err(Revert::new::<DataRegistryParameterOutOfBounds>((value, minimum, maximum)))
}

//! Decides who may do what: governance, the verified oracle and the guardian, and how each office
//! is handed over.

use datacoop_kit::{Account, Result, Revert, event::emit, host, layout};
use stylus_sdk::host::VM;

use crate::rewards::IDataCoopRewards::{
    GovernanceTransferStarted, GovernanceTransferred, GuardianChanged, RewardsInvalidAddress,
    RewardsUnauthorizedGovernance, RewardsUnauthorizedGuardian, RewardsUnauthorizedOracle,
    VerifiedOracleChanged,
};

layout! {
    /// The storage of the offices.
    pub struct OfficesStorage {
        /// Sets every parameter. Written by [`OfficesStorage::start`] and
        /// [`OfficesStorage::accept_governance`].
        governance: Slot<Account>,
        /// Who may take governance over; the zero address when nobody. Written by
        /// [`OfficesStorage::offer_governance`] and [`OfficesStorage::accept_governance`].
        pending: Slot<Account>,
        /// Records contributions. Written by [`OfficesStorage::start`] and
        /// [`OfficesStorage::set_oracle`].
        oracle: Slot<Account>,
        /// May pause; the zero address when nobody beside governance. Written by
        /// [`OfficesStorage::start`] and [`OfficesStorage::set_guardian`].
        guardian: Slot<Account>,
    }
}

/// Requires an account that is somebody.
fn somebody(account: &Account) -> Result<()> {
    if account.is_zero() { Err(Revert::new::<RewardsInvalidAddress>((account,))) } else { Ok(()) }
}

impl OfficesStorage {
    /// Fills the offices.
    pub(crate) fn start(
        &self,
        vm: &mut VM,
        governance: &Account,
        oracle: &Account,
        guardian: &Account,
    ) -> Result<()> {
        somebody(governance)?;
        self.governance.set(vm, governance);
        emit::<GovernanceTransferred>(vm, (&Account::ZERO, governance), ());
        self.set_oracle(vm, oracle)?;
        self.set_guardian(vm, guardian);
        Ok(())
    }

    /// Returns who governs.
    pub(crate) fn governance(&self, vm: &VM) -> Account {
        self.governance.get(vm)
    }

    /// Returns who may take governance over.
    pub(crate) fn pending(&self, vm: &VM) -> Account {
        self.pending.get(vm)
    }

    /// Returns who records contributions.
    pub(crate) fn oracle(&self, vm: &VM) -> Account {
        self.oracle.get(vm)
    }

    /// Returns who may pause beside governance.
    pub(crate) fn guardian(&self, vm: &VM) -> Account {
        self.guardian.get(vm)
    }

    /// Requires that governance calls.
    pub(crate) fn only_governance(&self, vm: &VM) -> Result<()> {
        let caller = host::sender(vm);
        if caller == self.governance(vm) {
            Ok(())
        } else {
            Err(Revert::new::<RewardsUnauthorizedGovernance>((&caller,)))
        }
    }

    /// Requires that the verified oracle calls.
    pub(crate) fn only_oracle(&self, vm: &VM) -> Result<()> {
        let caller = host::sender(vm);
        if caller == self.oracle(vm) {
            Ok(())
        } else {
            Err(Revert::new::<RewardsUnauthorizedOracle>((&caller,)))
        }
    }

    /// Requires that governance or the guardian calls.
    pub(crate) fn only_guardian(&self, vm: &VM) -> Result<()> {
        let caller = host::sender(vm);
        if caller == self.guardian(vm) || caller == self.governance(vm) {
            Ok(())
        } else {
            Err(Revert::new::<RewardsUnauthorizedGuardian>((&caller,)))
        }
    }

    /// Offers governance; the zero address withdraws an offer.
    pub(crate) fn offer_governance(&self, vm: &mut VM, to: &Account) {
        self.pending.set(vm, to);
        emit::<GovernanceTransferStarted>(vm, (self.governance(vm), to), ());
    }

    /// Takes governance over, when it was offered to the caller.
    pub(crate) fn accept_governance(&self, vm: &mut VM) -> Result<()> {
        let caller = host::sender(vm);
        if caller != self.pending(vm) || caller.is_zero() {
            return Err(Revert::new::<RewardsUnauthorizedGovernance>((&caller,)));
        }
        let old = self.governance(vm);
        self.governance.set(vm, &caller);
        self.pending.set(vm, &Account::ZERO);
        emit::<GovernanceTransferred>(vm, (old, &caller), ());
        Ok(())
    }

    /// Makes somebody the verified oracle.
    pub(crate) fn set_oracle(&self, vm: &mut VM, oracle: &Account) -> Result<()> {
        somebody(oracle)?;
        let old = self.oracle(vm);
        self.oracle.set(vm, oracle);
        emit::<VerifiedOracleChanged>(vm, (old, oracle), ());
        Ok(())
    }

    /// Makes somebody, or nobody, the guardian.
    pub(crate) fn set_guardian(&self, vm: &mut VM, guardian: &Account) {
        let old = self.guardian(vm);
        self.guardian.set(vm, guardian);
        emit::<GuardianChanged>(vm, (old, guardian), ());
    }
}

//! Decides who may veto, and until when.

use datacoop_kit::{Account, Result, Revert, event::emit, host, layout};
use stylus_sdk::host::VM;

use crate::{
    governor::IGovernor::{GovernorGuardianExpired, GovernorGuardianTermTooLong, GuardianSet},
    proposal::Tagged,
};

/// The longest term of a guardian: two years, of 365 days.
const MAX_TERM: u64 = 730 * 86_400;

layout! {
    /// The storage of the guardian.
    pub struct GuardianStorage {
        /// The guardian, and in the higher bits the second at which its veto ends. Written by
        /// [`GuardianStorage::set`].
        guardian: Slot<Tagged>,
    }
}

impl GuardianStorage {
    /// Returns the guardian and the second at which its veto ends.
    pub(crate) fn get(&self, vm: &VM) -> (Account, u64) {
        let Tagged { account, high, .. } = self.guardian.get(vm);
        (account, high)
    }

    /// Returns whether an account may veto now.
    ///
    /// # Errors
    ///
    /// `GovernorGuardianExpired` when it was the guardian until its veto ended.
    pub(crate) fn may_veto(&self, vm: &VM, account: &Account) -> Result<bool> {
        let (guardian, expiry) = self.get(vm);
        if guardian != *account {
            return Ok(false);
        }
        if host::timestamp(vm) >= expiry {
            return Err(Revert::new::<GovernorGuardianExpired>((account, expiry)));
        }
        Ok(true)
    }

    /// Changes the guardian.
    ///
    /// # Errors
    ///
    /// `GovernorGuardianTermTooLong` when its veto ends later than two years from now.
    pub(crate) fn set(&self, vm: &mut VM, account: &Account, expiry: u64) -> Result<()> {
        // A time and a duration: far below 2^64.
        let maximum = host::timestamp(vm).wrapping_add(MAX_TERM);
        if expiry > maximum {
            return Err(Revert::new::<GovernorGuardianTermTooLong>((expiry, maximum)));
        }
        let (old, old_expiry) = self.get(vm);
        self.guardian.set(vm, &Tagged { account: *account, low: 0, high: expiry });
        emit::<GuardianSet>(vm, (), (&old, old_expiry, account, expiry));
        Ok(())
    }
}

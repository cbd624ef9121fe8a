//! Decides what is switched on beyond Safe: the governor, the delay, strict budgets. All of it fills
//! one slot, which is zero while the treasury is but a Safe.

use datacoop_kit::{
    Account, Result, Revert, Uint, event::emit, layout, storage::Stored, word::Word,
};
use stylus_sdk::host::VM;

use crate::treasury::{
    ITreasury::{
        DelayChanged, GovernorChanged, StrictBudgetsChanged, TreasuryDelayTooLong,
        TreasuryGovernorNotModule, TreasuryGovernorRequired,
    },
    MODULES,
};

/// The longest delay, in seconds: 30 days.
pub const MAX_DELAY_SECS: u64 = 30 * 86_400;

layout! {
    /// The storage of the settings.
    pub struct SettingsStorage {
        /// The settings. Written by the functions of this file.
        slot: Slot<Settings>,
    }
}

/// The settings, in one slot: `address governor`, `uint32 delay`, `bool strict`, `uint63 epoch`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Settings {
    /// The module that may do all that owners may; zero when there is none.
    pub(crate) governor: Account,
    /// How long the owners' transactions are queued, in seconds; at most [`MAX_DELAY_SECS`].
    pub(crate) delay: u64,
    /// Whether owners may only pay from budget lines.
    pub(crate) strict: bool,
    /// One more than how often all that was queued became void, so that only what was queued in the
    /// present epoch counts; zero while no delay was ever set, and nothing was ever queued.
    pub(crate) epoch: u64,
}

impl Stored for Settings {
    type Held<'a> = Uint;

    #[inline(never)]
    fn from_slot(word: Uint) -> Self {
        let [_, _, third, high] = word.lanes();
        Self {
            governor: account_in(&word),
            delay: third >> 32,
            strict: high & 1 == 1,
            epoch: high >> 1,
        }
    }

    #[inline(never)]
    fn to_slot(&self) -> Uint {
        let [low, second, third, _] = Uint::from_word(self.governor.word()).lanes();
        let high = self.epoch << 1 | u64::from(self.strict);
        Uint::from_lanes(low, second, third | self.delay << 32, high)
    }
}

/// Returns the account in the low 20 bytes of a word, whatever lies above them.
#[inline(never)]
pub(crate) fn account_in(word: &Uint) -> Account {
    let [low, second, third, _] = word.lanes();
    let clean = Uint::from_lanes(low, second, third & u64::from(u32::MAX), 0);
    *Account::from_word(clean.word()).unwrap_or(&Account::ZERO)
}

impl SettingsStorage {
    /// Returns the settings.
    #[inline(never)]
    pub(crate) fn get(&self, vm: &VM) -> Settings {
        self.slot.get(vm)
    }

    /// Sets the governor.
    ///
    /// # Errors
    ///
    /// - `TreasuryGovernorNotModule` when it is not an enabled module,
    /// - `TreasuryGovernorRequired` when it is zero and budgets are strict.
    #[inline(never)]
    pub(crate) fn set_governor(&self, vm: &mut VM, governor: &Account) -> Result<()> {
        let old = self.get(vm);
        if governor.is_zero() {
            if old.strict {
                return Err(Revert::new::<TreasuryGovernorRequired>(()));
            }
        } else if !MODULES.is_enabled(vm, governor) {
            return Err(Revert::new::<TreasuryGovernorNotModule>((governor,)));
        }
        self.slot.set(vm, &Settings { governor: *governor, ..old });
        emit::<GovernorChanged>(vm, (&old.governor, governor), ());
        Ok(())
    }

    /// Sets the delay of what is queued from now on.
    ///
    /// # Errors
    ///
    /// `TreasuryDelayTooLong` when it is more than [`MAX_DELAY_SECS`].
    #[inline(never)]
    pub(crate) fn set_delay(&self, vm: &mut VM, delay: &Uint) -> Result<()> {
        let secs = delay.to_u64();
        if secs > MAX_DELAY_SECS {
            return Err(Revert::new::<TreasuryDelayTooLong>((delay, MAX_DELAY_SECS)));
        }
        let old = self.get(vm);
        self.slot.set(vm, &Settings { delay: secs, epoch: old.epoch.max(1), ..old });
        emit::<DelayChanged>(vm, (), (old.delay, secs));
        Ok(())
    }

    /// Sets whether owners may only pay from budget lines.
    ///
    /// # Errors
    ///
    /// `TreasuryGovernorRequired` when there is no governor, who alone could undo it.
    pub(crate) fn set_strict(&self, vm: &mut VM, strict: bool) -> Result<()> {
        let old = self.get(vm);
        if strict && old.governor.is_zero() {
            return Err(Revert::new::<TreasuryGovernorRequired>(()));
        }
        self.slot.set(vm, &Settings { strict, ..old });
        emit::<StrictBudgetsChanged>(vm, (), (old.strict, strict));
        Ok(())
    }

    /// Voids all that is queued; writes nothing while nothing was ever queued.
    #[inline(never)]
    pub(crate) fn void_queue(&self, vm: &mut VM) {
        let old = self.get(vm);
        if old.epoch > 0 {
            // One for each change of owners: no chain lives long enough to overflow 63 bits.
            self.slot.set(vm, &Settings { epoch: old.epoch.wrapping_add(1), ..old });
        }
    }
}

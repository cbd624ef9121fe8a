//! Decides which modules may make the treasury act, as Safe's `ModuleManager` does.

use datacoop_kit::{Account, Result, Revert, Uint, dynamic::List, event::emit, layout};
use stylus_sdk::host::VM;

use crate::{
    revert::gs,
    ring::{self, Walk, is_nobody, sentinel},
    treasury::{
        ITreasury::{DisabledModule, EnabledModule, TreasuryModuleIsGovernor},
        SETTINGS,
    },
};

layout! {
    /// The storage of modules, where Safe has it.
    pub struct ModulesStorage {
        /// The ring of modules. Written by the functions of this file.
        ring: Mapping<Account, Account>,
    }
}

/// A page of modules: they, and where the next page starts.
pub(crate) type Page<'a> = (List<Walk<'a>>, Account);

impl ModulesStorage {
    /// Makes the ring, without modules.
    pub(crate) fn start(&self, vm: &mut VM) {
        ring::link(vm, &self.ring, &sentinel(), &sentinel());
    }

    /// Enables a module.
    ///
    /// # Errors
    ///
    /// GS101 when it is nobody, GS102 when it is enabled.
    pub(crate) fn enable(&self, vm: &mut VM, module: &Account) -> Result<()> {
        if is_nobody(module) {
            return Err(gs(101));
        }
        if self.is_enabled(vm, module) {
            return Err(gs(102));
        }
        ring::insert(vm, &self.ring, module);
        emit::<EnabledModule>(vm, (module,), ());
        Ok(())
    }

    /// Disables a module.
    ///
    /// # Errors
    ///
    /// GS101 when it is nobody, GS103 when it does not come after `previous`,
    /// `TreasuryModuleIsGovernor` when it is the governor.
    pub(crate) fn disable(&self, vm: &mut VM, previous: &Account, module: &Account) -> Result<()> {
        if is_nobody(module) {
            return Err(gs(101));
        }
        if ring::next(vm, &self.ring, previous) != *module {
            return Err(gs(103));
        }
        if SETTINGS.get(vm).governor == *module {
            return Err(Revert::new::<TreasuryModuleIsGovernor>((module,)));
        }
        let next = ring::next(vm, &self.ring, module);
        ring::replace(vm, &self.ring, previous, module, &next);
        emit::<DisabledModule>(vm, (module,), ());
        Ok(())
    }

    /// Returns whether a module is enabled.
    #[inline(always)]
    pub(crate) fn is_enabled(&self, vm: &VM, module: &Account) -> bool {
        ring::contains(vm, &self.ring, module)
    }

    /// Returns the modules after `start`, at most `size`.
    ///
    /// # Errors
    ///
    /// GS105 when `start` is neither a module nor the sentinel, GS106 when `size` is zero.
    pub(crate) fn page<'a>(&'a self, vm: &'a VM, start: &Account, size: &Uint) -> Result<Page<'a>> {
        if ring::next(vm, &self.ring, start).is_zero() {
            return Err(gs(105));
        }
        let size = size.to_u64();
        if size == 0 {
            return Err(gs(106));
        }
        let mut count = 0_usize;
        let mut last = *start;
        let next = loop {
            let next = ring::next(vm, &self.ring, &last);
            if next == sentinel() {
                break next;
            }
            if count as u64 == size {
                break last;
            }
            // Not more than there are modules.
            count = count.wrapping_add(1);
            last = next;
        };
        Ok((List(Walk::new(vm, &self.ring, *start, count)), next))
    }
}

//! Decides who the owners are and how many must sign, as Safe's `OwnerManager` does.

use alloy_sol_types::sol_data;
use datacoop_kit::{
    Account, Result, Uint,
    dynamic::{Elements, List},
    event::emit,
    host, layout,
};
use stylus_sdk::host::VM;

use crate::{
    revert::gs,
    ring::{self, Walk, is_nobody, sentinel},
    treasury::{
        ITreasury::{AddedOwner, ChangedThreshold, RemovedOwner},
        SETTINGS,
    },
};

layout! {
    /// The storage of owners, where Safe has it.
    pub struct OwnersStorage {
        /// The ring of owners. Written by the functions of this file.
        ring: Mapping<Account, Account>,
        /// How many owners there are. Written by [`start`](Self::start), [`add`](Self::add) and
        /// [`remove`](Self::remove).
        count: Slot<Uint>,
        /// How many must sign. Written by [`start`](Self::start) and
        /// [`change_threshold`](Self::change_threshold).
        threshold: Slot<Uint>,
    }
}

impl OwnersStorage {
    /// Writes the first owners.
    ///
    /// # Errors
    ///
    /// GS201 to GS204, as Safe's `setupOwners`.
    pub(crate) fn start(
        &self,
        vm: &mut VM,
        owners: Elements<'_, sol_data::Address>,
        threshold: &Uint,
    ) -> Result<()> {
        let count = Uint::from(owners.len() as u64);
        check_threshold(threshold, &count)?;
        let mut last = sentinel();
        for words in owners.iter() {
            // The router saw only that they lie in the calldata.
            let owner = words.first().and_then(Account::from_word).unwrap_or(&Account::ZERO);
            self.admit(vm, owner, &last)?;
            ring::link(vm, &self.ring, &last, owner);
            last = *owner;
        }
        ring::link(vm, &self.ring, &last, &sentinel());
        self.count.set(vm, &count);
        self.threshold.set(vm, threshold);
        Ok(())
    }

    /// Requires that an account can become an owner; `last` is the one before it in the
    /// constructor's list, which is not linked yet.
    #[inline(never)]
    fn admit(&self, vm: &VM, owner: &Account, last: &Account) -> Result<()> {
        if is_nobody(owner) || *owner == host::this(vm) || owner == last {
            return Err(gs(203));
        }
        if ring::next(vm, &self.ring, owner).is_zero() { Ok(()) } else { Err(gs(204)) }
    }

    /// Adds an owner.
    ///
    /// # Errors
    ///
    /// GS203 and GS204, then as [`change_threshold`](Self::change_threshold).
    pub(crate) fn add(&self, vm: &mut VM, owner: &Account, threshold: &Uint) -> Result<()> {
        self.admit(vm, owner, &Account::ZERO)?;
        ring::insert(vm, &self.ring, owner);
        let mut count = self.count.get(vm);
        // As many owners as this overflows do not fit into any chain.
        count.wrapping_add(&Uint::from(1_u64));
        self.count.set(vm, &count);
        emit::<AddedOwner>(vm, (owner,), ());
        self.follow(vm, threshold)
    }

    /// Removes an owner, and voids what is queued.
    ///
    /// # Errors
    ///
    /// GS201, GS203 and GS205, then as [`change_threshold`](Self::change_threshold).
    pub(crate) fn remove(
        &self,
        vm: &mut VM,
        previous: &Account,
        owner: &Account,
        threshold: &Uint,
    ) -> Result<()> {
        let mut count = self.count.get(vm);
        // There is at least one owner.
        count.wrapping_sub(&Uint::from(1_u64));
        if count < *threshold {
            return Err(gs(201));
        }
        self.count.set(vm, &count);
        self.expect(vm, previous, owner)?;
        let next = ring::next(vm, &self.ring, owner);
        ring::replace(vm, &self.ring, previous, owner, &next);
        emit::<RemovedOwner>(vm, (owner,), ());
        SETTINGS.void_queue(vm);
        self.follow(vm, threshold)
    }

    /// Puts an owner in another's place, and voids what is queued.
    ///
    /// # Errors
    ///
    /// GS203, GS204 and GS205.
    pub(crate) fn swap(
        &self,
        vm: &mut VM,
        previous: &Account,
        old: &Account,
        new: &Account,
    ) -> Result<()> {
        self.admit(vm, new, &Account::ZERO)?;
        self.expect(vm, previous, old)?;
        let next = ring::next(vm, &self.ring, old);
        ring::link(vm, &self.ring, new, &next);
        ring::replace(vm, &self.ring, previous, old, new);
        emit::<RemovedOwner>(vm, (old,), ());
        emit::<AddedOwner>(vm, (new,), ());
        SETTINGS.void_queue(vm);
        Ok(())
    }

    /// Requires that an owner comes after `previous`.
    #[inline(never)]
    fn expect(&self, vm: &VM, previous: &Account, owner: &Account) -> Result<()> {
        if is_nobody(owner) {
            return Err(gs(203));
        }
        if ring::next(vm, &self.ring, previous) == *owner { Ok(()) } else { Err(gs(205)) }
    }

    /// Changes the threshold if it is not the one given.
    #[inline(never)]
    fn follow(&self, vm: &mut VM, threshold: &Uint) -> Result<()> {
        if self.threshold.get(vm) == *threshold {
            return Ok(());
        }
        self.change_threshold(vm, threshold)
    }

    /// Changes how many must sign, and voids what is queued.
    ///
    /// # Errors
    ///
    /// GS201 when there are not so many owners, GS202 when it is zero.
    #[inline(never)]
    pub(crate) fn change_threshold(&self, vm: &mut VM, threshold: &Uint) -> Result<()> {
        check_threshold(threshold, &self.count.get(vm))?;
        self.threshold.set(vm, threshold);
        emit::<ChangedThreshold>(vm, (), (threshold,));
        SETTINGS.void_queue(vm);
        Ok(())
    }

    /// Returns how many must sign.
    #[inline(always)]
    pub(crate) fn threshold(&self, vm: &VM) -> Uint {
        self.threshold.get(vm)
    }

    /// Returns whether an account is an owner.
    #[inline(always)]
    pub(crate) fn is_owner(&self, vm: &VM, account: &Account) -> bool {
        ring::contains(vm, &self.ring, account)
    }

    /// Returns the owners.
    #[inline(always)]
    pub(crate) fn list<'a>(&'a self, vm: &'a VM) -> List<Walk<'a>> {
        let count = usize::try_from(self.count.get(vm).to_u64()).unwrap_or(usize::MAX);
        List(Walk::new(vm, &self.ring, sentinel(), count))
    }
}

/// Requires a threshold of one to `count`.
#[inline(never)]
fn check_threshold(threshold: &Uint, count: &Uint) -> Result<()> {
    if *threshold > *count {
        return Err(gs(201));
    }
    if threshold.is_zero() { Err(gs(202)) } else { Ok(()) }
}

//! Decides what a list of accounts is: Safe's ring, in which each account names the next one, from
//! the sentinel round to the sentinel.

use datacoop_kit::{Account, storage::Mapping};
use stylus_sdk::host::VM;

/// By account, the next one; zero when the account is not in the ring.
pub(crate) type Ring = Mapping<Account, Account>;

/// Returns the account with which every ring begins and ends: `address(1)`.
#[inline(never)]
pub(crate) fn sentinel() -> Account {
    Account::small(1)
}

/// Returns whether an account is the zero address or the sentinel.
#[inline(never)]
pub(crate) fn is_nobody(account: &Account) -> bool {
    account.is_zero() || *account == sentinel()
}

/// Returns the account after another one.
#[inline(never)]
pub(crate) fn next(vm: &VM, ring: &Ring, account: &Account) -> Account {
    ring.of(vm, account).get(vm)
}

/// Writes which account comes after another one.
#[inline(never)]
pub(crate) fn link(vm: &mut VM, ring: &Ring, account: &Account, next: &Account) {
    ring.of(vm, account).set(vm, next);
}

/// Returns whether an account is in the ring.
#[inline(never)]
pub(crate) fn contains(vm: &VM, ring: &Ring, account: &Account) -> bool {
    *account != sentinel() && !next(vm, ring, account).is_zero()
}

/// Puts an account that is not in the ring behind the sentinel.
#[inline(never)]
pub(crate) fn insert(vm: &mut VM, ring: &Ring, account: &Account) {
    let sentinel = sentinel();
    let first = next(vm, ring, &sentinel);
    link(vm, ring, account, &first);
    link(vm, ring, &sentinel, account);
}

/// Takes an account out of the ring, and puts `instead` in its place, which is the account after it
/// when nothing is to be there.
#[inline(never)]
pub(crate) fn replace(
    vm: &mut VM,
    ring: &Ring,
    previous: &Account,
    account: &Account,
    instead: &Account,
) {
    link(vm, ring, previous, instead);
    link(vm, ring, account, &Account::ZERO);
}

/// Goes through a ring, from the account after another one.
#[derive(Clone, Debug)]
pub(crate) struct Walk<'a> {
    vm: &'a VM,
    ring: &'a Ring,
    at: Account,
    left: usize,
}

impl<'a> Walk<'a> {
    /// Goes through the `left` accounts after `at`.
    pub(crate) const fn new(vm: &'a VM, ring: &'a Ring, at: Account, left: usize) -> Self {
        Self { vm, ring, at, left }
    }
}

impl Iterator for Walk<'_> {
    type Item = Account;

    #[inline(never)]
    fn next(&mut self) -> Option<Account> {
        self.left = self.left.checked_sub(1)?;
        self.at = next(self.vm, self.ring, &self.at);
        Some(self.at)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl ExactSizeIterator for Walk<'_> {}

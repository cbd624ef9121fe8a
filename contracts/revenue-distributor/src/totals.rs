//! Decides what is counted of money: what came and what was paid, in one slot.

use datacoop_kit::{
    Account, Result, Revert, Uint, layout,
    storage::{Place, Stored},
    word::{join, split},
};
use stylus_sdk::host::VM;

use crate::distributor::IRevenueDistributor::RevenueTooMuch;

layout! {
    /// The storage of the sums over all pots.
    pub struct TotalsStorage {
        /// What came and was paid, by token. Written by [`TotalsStorage::credit`] and
        /// [`TotalsStorage::debit`].
        totals: Mapping<Account, Tally>,
    }
}

/// What came and what was paid, in one slot: `uint128 deposited`, `uint128 paid`, in a token's
/// smallest unit.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Tally {
    /// All that ever came.
    pub(crate) deposited: u128,
    /// All that was ever paid: at most what came.
    pub(crate) paid: u128,
}

impl Stored for Tally {
    type Held<'a> = Uint;

    #[inline(never)]
    fn from_slot(word: Uint) -> Self {
        let [low, second, third, high] = word.lanes();
        Self { deposited: join(low, second), paid: join(third, high) }
    }

    #[inline(never)]
    fn to_slot(&self) -> Uint {
        let ([low, second], [third, high]) = (split(self.deposited), split(self.paid));
        Uint::from_lanes(low, second, third, high)
    }
}

impl Tally {
    /// Counts what comes.
    ///
    /// # Errors
    ///
    /// [`Revert::overflow`] when it would be 2^128 or more in all: never where the token's total is
    /// counted before, which is not less.
    pub(crate) fn credit(&mut self, amount: u128) -> Result<()> {
        let deposited = self.deposited.checked_add(amount);
        self.deposited = deposited.ok_or_else(Revert::overflow)?;
        Ok(())
    }

    /// Counts what is paid.
    ///
    /// # Errors
    ///
    /// [`Revert::overflow`] when it is more than is left.
    pub(crate) fn debit(&mut self, amount: u128) -> Result<()> {
        let paid = self.paid.checked_add(amount).filter(|paid| *paid <= self.deposited);
        self.paid = paid.ok_or_else(Revert::overflow)?;
        Ok(())
    }

    /// Returns what came and was not paid.
    pub(crate) const fn rest(&self) -> u128 {
        self.deposited.saturating_sub(self.paid)
    }
}

impl TotalsStorage {
    /// Returns where a token's sums are.
    fn place(&self, vm: &VM, token: &Account) -> Place<Tally> {
        self.totals.of(vm, token)
    }

    /// Returns a token's sums.
    pub(crate) fn of(&self, vm: &VM, token: &Account) -> Tally {
        self.place(vm, token).get(vm)
    }

    /// Counts what came of a token, and returns it as a number.
    ///
    /// # Errors
    ///
    /// [`RevenueTooMuch`] when it would be 2^128 or more in all.
    pub(crate) fn credit(&self, vm: &mut VM, token: &Account, received: &Uint) -> Result<u128> {
        let place = self.place(vm, token);
        let tally = place.get(vm);
        let amount = received.to_u128();
        let sum = tally.deposited.checked_add(amount).filter(|_| received.bits() <= 128);
        let Some(deposited) = sum else {
            return Err(Revert::new::<RevenueTooMuch>((token, received, tally.deposited)));
        };
        place.set(vm, &Tally { deposited, ..tally });
        Ok(amount)
    }

    /// Counts what is paid of a token.
    ///
    /// # Errors
    ///
    /// As [`Tally::debit`], which does not happen: each pot pays at most what came into it.
    pub(crate) fn debit(&self, vm: &mut VM, token: &Account, amount: u128) -> Result<()> {
        let place = self.place(vm, token);
        let mut tally = place.get(vm);
        tally.debit(amount)?;
        place.set(vm, &tally);
        Ok(())
    }
}

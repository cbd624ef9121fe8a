//! Decides what an account is owed of what came for an edition.
//!
//! In all it is owed `deposited · shares / totalShares`, rounded down. It is rounded over everything
//! that ever came, so that what one deposit leaves is part of the next, and what was paid before is
//! taken off, so that no claim pays twice: neither the same one again, nor another leaf of the same
//! account, which pays at most what it is greater by.
//!
//! The root is a curator's word. Should its shares add up to more than it says, the last who claim
//! find the pot empty; no other pot is touched.

use alloy_primitives::B256;
use datacoop_kit::{
    Account, Result, Revert, Uint, event::emit, host, layout, merkle, output, storage::Place,
    word::Word,
};
use stylus_sdk::host::VM;

use crate::{
    distributor::IRevenueDistributor::{
        EditionOpened, RevenueClaimed, RevenueInvalidProof, RevenueInvalidTotalShares,
    },
    registry::{self, Terms},
    totals::Tally,
};

/// The most that the shares of an edition add up to: 2^96, as in `DataRegistry`. Times a sum of money
/// below 2^128 that is far below 2^256.
const MAX_TOTAL_BITS: u32 = 96;

layout! {
    /// The storage of what editions have earned.
    pub struct PotsStorage {
        /// The shares of editions for which something came, by edition, two slots: the root and the
        /// sum. Written once, by [`PotsStorage::open`].
        terms: Mapping<Uint, B256>,
        /// What came and was paid, by edition and token. Written by [`PotsStorage::credit`] and
        /// [`PotsStorage::settle`].
        pots: NestedMapping<Uint, Account, Tally>,
        /// What was paid, by the slot of the pot and account. Written by [`PotsStorage::settle`].
        paid: NestedMapping<B256, Account, Uint>,
    }
}

/// What somebody claims: a part of an edition's pot.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Share<'a> {
    /// Of which edition.
    pub(crate) edition: &'a Uint,
    /// Whose it is.
    pub(crate) account: &'a Account,
    /// How many shares the account has.
    pub(crate) shares: &'a Uint,
}

impl PotsStorage {
    /// Returns the shares of an edition for which something came; none for any other.
    pub(crate) fn terms(&self, vm: &VM, edition: &Uint) -> Terms {
        let place = self.terms.of(vm, edition);
        let root = place.get(vm);
        Terms { root, total: place.next(1).get(vm) }
    }

    /// Keeps the shares of an edition that is live, when it has not yet.
    ///
    /// # Errors
    ///
    /// [`RevenueInvalidTotalShares`] when there are none, which could not divide, or too many.
    ///
    /// # Events
    ///
    /// [`EditionOpened`], the first time.
    pub(crate) fn open(&self, vm: &mut VM, registry: &Account, edition: &Uint) -> Result<()> {
        let place = self.terms.of(vm, edition);
        let total_place = place.next::<Uint>(1);
        if !total_place.get(vm).is_zero() {
            return Ok(());
        }
        let Terms { root, total } = registry::terms(vm, registry, edition);
        let maximum = Uint::from(1_u128 << MAX_TOTAL_BITS);
        if total.is_zero() || total > maximum {
            let values = (edition, &total, &maximum);
            return Err(Revert::new::<RevenueInvalidTotalShares>(values));
        }
        place.set(vm, &root);
        total_place.set(vm, &total);
        emit::<EditionOpened>(vm, (edition,), (&root, &total));
        Ok(())
    }

    /// Returns the place of an edition's pot of a token.
    fn pot(&self, vm: &VM, edition: &Uint, token: &Account) -> Place<Tally> {
        self.pots.of(vm, edition, token)
    }

    /// Returns what came into a pot and was paid.
    pub(crate) fn tally(&self, vm: &VM, edition: &Uint, token: &Account) -> Tally {
        self.pot(vm, edition, token).get(vm)
    }

    /// Returns what an account got of a pot.
    pub(crate) fn paid(&self, vm: &VM, edition: &Uint, token: &Account, account: &Account) -> Uint {
        self.paid.of(vm, self.pot(vm, edition, token).key(), account).get(vm)
    }

    /// Counts what comes into a pot, and returns all that ever came.
    pub(crate) fn credit(
        &self,
        vm: &mut VM,
        edition: &Uint,
        token: &Account,
        amount: u128,
    ) -> Result<u128> {
        let place = self.pot(vm, edition, token);
        let mut pot = place.get(vm);
        pot.credit(amount)?;
        place.set(vm, &pot);
        Ok(pot.deposited)
    }

    /// Requires that an account has the shares that it claims.
    ///
    /// # Errors
    ///
    /// [`RevenueInvalidProof`] when it has not, or nothing ever came for the edition.
    #[inline(never)]
    pub(crate) fn prove(&self, vm: &VM, share: &Share<'_>, proof: &[B256]) -> Result<()> {
        let Share { edition, account, shares } = *share;
        let root = self.terms.of(vm, edition).get(vm);
        let start = output::len();
        output::push(account.word());
        output::push(shares.word());
        let leaf = merkle::leaf(vm, start);
        if !merkle::verify(vm, &root, &leaf, proof) {
            return Err(Revert::new::<RevenueInvalidProof>((edition, account, shares)));
        }
        Ok(())
    }

    /// Returns what an account is owed of a pot, and its place.
    fn due(&self, vm: &VM, share: &Share<'_>, pot: &Place<Tally>) -> Due {
        let Share { edition, account, shares } = *share;
        let tally = pot.get(vm);
        let place = self.paid.of(vm, pot.key(), account);
        let paid = place.get(vm).to_u128();
        let total = self.terms.of(vm, edition).next::<Uint>(1).get(vm);
        let mut amount = 0;
        // Of no edition, or more than all of it: nothing.
        if *shares <= total {
            let entitled = host::mul_div(vm, &Uint::from(tally.deposited), shares, &total);
            amount = entitled.to_u128().saturating_sub(paid).min(tally.rest());
        }
        Due { amount, tally, place, paid }
    }

    /// Returns what an account with these shares is owed of a pot.
    pub(crate) fn claimable(&self, vm: &VM, share: &Share<'_>, token: &Account) -> u128 {
        let pot = self.pot(vm, share.edition, token);
        self.due(vm, share, &pot).amount
    }

    /// Notes that an account, whose shares are proved, is paid what it is owed of a pot, and returns
    /// that.
    ///
    /// # Events
    ///
    /// [`RevenueClaimed`] unless it is nothing.
    #[inline(never)]
    pub(crate) fn settle(&self, vm: &mut VM, share: &Share<'_>, token: &Account) -> Result<u128> {
        let pot = self.pot(vm, share.edition, token);
        let Due { amount, mut tally, place, paid } = self.due(vm, share, &pot);
        if amount != 0 {
            tally.debit(amount)?;
            pot.set(vm, &tally);
            // Both are parts of what ever came, which is below 2^128.
            let paid = paid.wrapping_add(amount);
            place.set(vm, &Uint::from(paid));
            let topics = (share.edition, token, share.account);
            emit::<RevenueClaimed>(vm, topics, (amount, paid));
        }
        Ok(amount)
    }
}

/// What an account is owed of a pot, and what that is made of.
struct Due {
    amount: u128,
    tally: Tally,
    /// Where it is kept what the account got.
    place: Place<Uint>,
    /// What it got.
    paid: u128,
}

//! Decides what accounts are owed of what came for a pool, by their shares at that time.
//!
//! A pool keeps, for each token, what one share has earned since the beginning, and each account up
//! to where it was reckoned with; what it earned since is its shares times the difference. So a
//! deposit is one division, whoever shares it, and before an account's shares change it is reckoned
//! with, for each listed token.
//!
//! All of it is in 2^-64 of a token's smallest unit, and the remainder of a division is kept for the
//! next: nothing is lost, and shares of an account times what a share earned, which is below 2^128
//! units, fit.

use alloy_primitives::B256;
use datacoop_kit::{
    Account, Result, Revert, Uint,
    event::emit,
    host, layout,
    storage::{Place, Stored},
    word::join,
};
use stylus_sdk::host::VM;

use crate::distributor::IRevenueDistributor::{
    PoolTokenListed, RevenueInvalidAccount, RevenueInvalidToken, RevenueNoShares,
    RevenueNothingScheduled, RevenueSharesNotActive, RevenueTokenAlreadyListed,
    RevenueTokenNotListed, RevenueTooManyTokens, SharedRevenueClaimed, SharesChanged,
    SharesScheduled,
};

/// The most tokens that pools take: an account is reckoned with for each before its shares change.
pub const MAX_POOL_TOKENS: usize = 8;

layout! {
    /// The storage of pools.
    pub struct PoolsStorage {
        /// The tokens that pools take, of which there are at most [`MAX_POOL_TOKENS`]. Written by
        /// [`PoolsStorage::list`].
        tokens: Array<Account>,
        /// The shares that count, by pool. Written by [`PoolsStorage::change`].
        totals: Mapping<B256, Uint>,
        /// The shares of accounts, by pool and account. Written by [`PoolsStorage::schedule`] and
        /// [`PoolsStorage::change`].
        holdings: NestedMapping<B256, Account, Holding>,
        /// What a share has earned, by pool and token, two slots: in 2^-64 of the smallest unit, and
        /// the remainder that is not yet shared. Written by [`PoolsStorage::credit`].
        earned: NestedMapping<B256, Account, Uint>,
        /// By the slot of what a share has earned and account, two slots: up to where the account was
        /// reckoned with, and what it is owed, both in 2^-64. Written by [`PoolsStorage::reckon`] and
        /// [`PoolsStorage::settle`].
        owed: NestedMapping<B256, Account, Uint>,
    }
}

/// An account's shares of a pool, in one slot: `uint64 shares`, `uint64 scheduled`, `uint64
/// activeFrom`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Holding {
    /// The shares that count.
    pub(crate) shares: u64,
    /// Those that are to count instead.
    pub(crate) scheduled: u64,
    /// From when they can, in seconds since 1970; zero when none are scheduled.
    pub(crate) active_from: u64,
}

impl Stored for Holding {
    type Held<'a> = Uint;

    #[inline(always)]
    fn from_slot(word: Uint) -> Self {
        let [shares, scheduled, active_from, _] = word.lanes();
        Self { shares, scheduled, active_from }
    }

    #[inline(always)]
    fn to_slot(&self) -> Uint {
        Uint::from_lanes(self.shares, self.scheduled, self.active_from, 0)
    }
}

/// An account of a pool.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Holder<'a> {
    /// The pool.
    pub(crate) pool: &'a B256,
    /// The account.
    pub(crate) account: &'a Account,
}

impl PoolsStorage {
    /// Returns the tokens that pools take, and how many there are.
    pub(crate) fn tokens(&self, vm: &VM) -> ([Account; MAX_POOL_TOKENS], usize) {
        let list = self.tokens.all();
        let mut tokens = [Account::ZERO; MAX_POOL_TOKENS];
        let mut count = 0_usize;
        for (index, token) in (0..list.len(vm)).zip(&mut tokens) {
            *token = list.at(vm, index).get(vm);
            // At most as many as there is room for.
            count = count.wrapping_add(1);
        }
        (tokens, count)
    }

    /// Returns whether pools take a token.
    fn is_listed(&self, vm: &VM, token: &Account) -> bool {
        let (tokens, count) = self.tokens(vm);
        tokens.iter().take(count).any(|listed| listed == token)
    }

    /// Lets a token into pools.
    ///
    /// # Errors
    ///
    /// - [`RevenueInvalidToken`] when it is no contract,
    /// - [`RevenueTokenAlreadyListed`],
    /// - [`RevenueTooManyTokens`] when [`MAX_POOL_TOKENS`] are listed.
    ///
    /// # Events
    ///
    /// [`PoolTokenListed`].
    pub(crate) fn list(&self, vm: &mut VM, token: &Account) -> Result<()> {
        if !host::is_contract(vm, token) {
            return Err(Revert::new::<RevenueInvalidToken>((token,)));
        }
        if self.is_listed(vm, token) {
            return Err(Revert::new::<RevenueTokenAlreadyListed>((token,)));
        }
        let list = self.tokens.all();
        let old = list.len(vm);
        let new = old.wrapping_add(1);
        if new > MAX_POOL_TOKENS as u64 {
            return Err(Revert::new::<RevenueTooManyTokens>((new, MAX_POOL_TOKENS as u64)));
        }
        list.push(vm, token);
        emit::<PoolTokenListed>(vm, (token,), (old, new));
        Ok(())
    }

    /// Returns the shares of a pool that count.
    pub(crate) fn total(&self, vm: &VM, pool: &B256) -> u64 {
        self.totals.of(vm, pool).get(vm).to_u64()
    }

    /// Requires that a token can come into a pool, and returns the shares that it would be for.
    ///
    /// # Errors
    ///
    /// [`RevenueTokenNotListed`]; [`RevenueNoShares`] when there are none, which could not divide.
    pub(crate) fn admit(&self, vm: &VM, pool: &B256, token: &Account) -> Result<u64> {
        if !self.is_listed(vm, token) {
            return Err(Revert::new::<RevenueTokenNotListed>((token,)));
        }
        match self.total(vm, pool) {
            0 => Err(Revert::new::<RevenueNoShares>((pool,))),
            total => Ok(total),
        }
    }

    /// Shares what comes, and what was left before, among shares that are not zero.
    pub(crate) fn credit(
        &self,
        vm: &mut VM,
        pool: &B256,
        token: &Account,
        (amount, total): (u128, u64),
    ) {
        let place = self.earned.of(vm, pool, token);
        let rest_place = place.next::<Uint>(1);
        let total = Uint::from(total);
        let [low, high] = datacoop_kit::word::split(amount);
        // A remainder is less than what divided: it has its 64 bits for itself.
        let mut rest = Uint::from_lanes(rest_place.get(vm).to_u64(), low, high, 0);
        let each = host::div(vm, &rest, &total);
        rest.wrapping_sub(&times(vm, &each, &total));
        let mut earned = place.get(vm);
        // Less than all that ever came, which is below 2^128 units.
        earned.wrapping_add(&each);
        place.set(vm, &earned);
        rest_place.set(vm, &rest);
    }

    /// Returns an account's shares.
    pub(crate) fn holding(&self, vm: &VM, holder: &Holder<'_>) -> Holding {
        self.holdings.of(vm, holder.pool, holder.account).get(vm)
    }

    /// Sets an account's shares: fewer at once, more after `delay`.
    ///
    /// # Errors
    ///
    /// [`RevenueInvalidAccount`] for nobody; [`Revert::overflow`] when a pool would have 2^64 shares.
    ///
    /// # Events
    ///
    /// [`SharesScheduled`] when something is scheduled, or is no more; [`SharesChanged`].
    pub(crate) fn schedule(
        &self,
        vm: &mut VM,
        holder: &Holder<'_>,
        shares: u64,
        delay: u64,
    ) -> Result<()> {
        let Holder { pool, account } = *holder;
        if account.is_zero() {
            return Err(Revert::new::<RevenueInvalidAccount>((account,)));
        }
        let mut holding = self.holding(vm, holder);
        let old = holding.shares;
        let waits = shares > old && delay != 0;
        if waits || holding.active_from != 0 {
            // Times of blocks are far below 2^63.
            let at = host::timestamp(vm).wrapping_add(delay);
            (holding.scheduled, holding.active_from) = if waits { (shares, at) } else { (0, 0) };
            self.holdings.of(vm, pool, account).set(vm, &holding);
            let new = if waits { shares } else { old };
            emit::<SharesScheduled>(vm, (pool, account), (old, new, holding.active_from));
        }
        if waits { Ok(()) } else { self.change(vm, holder, shares) }
    }

    /// Lets scheduled shares count.
    ///
    /// # Errors
    ///
    /// - [`RevenueNothingScheduled`],
    /// - [`RevenueSharesNotActive`] before their time,
    /// - [`Revert::overflow`] when the pool would have 2^64 shares.
    ///
    /// # Events
    ///
    /// [`SharesChanged`].
    pub(crate) fn activate(&self, vm: &mut VM, holder: &Holder<'_>) -> Result<()> {
        let Holder { pool, account } = *holder;
        let Holding { scheduled, active_from, .. } = self.holding(vm, holder);
        if active_from == 0 {
            return Err(Revert::new::<RevenueNothingScheduled>((pool, account)));
        }
        if host::timestamp(vm) < active_from {
            return Err(Revert::new::<RevenueSharesNotActive>((pool, account, active_from)));
        }
        self.change(vm, holder, scheduled)
    }

    /// Reckons with an account for every token, and then lets other shares of it count: the only
    /// writer of shares that count.
    fn change(&self, vm: &mut VM, holder: &Holder<'_>, new: u64) -> Result<()> {
        let Holder { pool, account } = *holder;
        let old = self.holding(vm, holder).shares;
        let old_total = self.total(vm, pool);
        // An account's shares are part of the total.
        let others = old_total.wrapping_sub(old);
        let new_total = others.checked_add(new).ok_or_else(Revert::overflow)?;
        let (tokens, count) = self.tokens(vm);
        for token in tokens.iter().take(count) {
            self.reckon(vm, holder, token);
        }
        let holding = Holding { shares: new, scheduled: 0, active_from: 0 };
        self.holdings.of(vm, pool, account).set(vm, &holding);
        self.totals.of(vm, pool).set(vm, &Uint::from(new_total));
        if old != new {
            emit::<SharesChanged>(vm, (pool, account), (old, new, old_total, new_total));
        }
        Ok(())
    }

    /// Returns what an account is owed, in 2^-64, when it is reckoned with now.
    fn owed(&self, vm: &VM, holder: &Holder<'_>, token: &Account) -> Owed {
        let earned_place = self.earned.of(vm, holder.pool, token);
        let earned = earned_place.get(vm);
        let reckoned = self.owed.of(vm, earned_place.key(), holder.account);
        let mut since = earned;
        // What a share has earned never falls.
        since.wrapping_sub(&reckoned.get(vm));
        let mut owed = reckoned.next::<Uint>(1).get(vm);
        if !since.is_zero() {
            let shares = Uint::from(self.holding(vm, holder).shares);
            // Both are parts of all that ever came, which is below 2^128 units.
            owed.wrapping_add(&times(vm, &since, &shares));
        }
        Owed { owed, earned, reckoned }
    }

    /// Writes down what an account is owed for the shares that it has had until now.
    #[inline(never)]
    fn reckon(&self, vm: &mut VM, holder: &Holder<'_>, token: &Account) {
        let Owed { owed, earned, reckoned } = self.owed(vm, holder, token);
        reckoned.set(vm, &earned);
        reckoned.next(1).set(vm, &owed);
    }

    /// Returns what an account is owed of a pool, in whole units.
    pub(crate) fn claimable(&self, vm: &VM, holder: &Holder<'_>, token: &Account) -> u128 {
        whole(&self.owed(vm, holder, token).owed).0
    }

    /// Notes that an account is paid what it is owed, and returns that. What is less than a unit
    /// stays owed.
    ///
    /// # Events
    ///
    /// [`SharedRevenueClaimed`] unless it is nothing.
    pub(crate) fn settle(&self, vm: &mut VM, holder: &Holder<'_>, token: &Account) -> u128 {
        let Owed { owed, earned, reckoned } = self.owed(vm, holder, token);
        let (amount, rest) = whole(&owed);
        if amount != 0 {
            reckoned.set(vm, &earned);
            reckoned.next(1).set(vm, &Uint::from(rest));
            let topics = (holder.pool, token, holder.account);
            emit::<SharedRevenueClaimed>(vm, topics, (amount,));
        }
        amount
    }
}

/// What an account is owed in 2^-64 of a unit, what a share has earned, and where both are kept.
struct Owed {
    owed: Uint,
    earned: Uint,
    reckoned: Place<Uint>,
}

/// Returns the product of numbers, which is below 2^256 − 1.
fn times(vm: &VM, number: &Uint, by: &Uint) -> Uint {
    host::mul_div(vm, number, by, &Uint::from(1_u64))
}

/// Returns the whole units of an amount in 2^-64, which are below 2^128, and the rest.
fn whole(amount: &Uint) -> (u128, u64) {
    let [rest, low, high, _] = amount.lanes();
    (join(low, high), rest)
}

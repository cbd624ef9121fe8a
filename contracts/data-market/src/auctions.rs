//! Decides which auctions there are, on which terms, and who leads in each.

use alloy_primitives::B256;
use datacoop_kit::{
    Account, Result, Revert, Uint,
    event::emit,
    host, layout,
    storage::{Place, Stored},
    word::{join, split},
};
use stylus_sdk::host::VM;

use crate::{
    licences::MAX_PERIODS,
    market::{
        IDataMarket::{
            AuctionCancelled, AuctionStarted, MarketAuctionHasBid, MarketAuctionNotOpen,
            MarketAuctionRunning, MarketExclusive, MarketInvalidIncrement, MarketInvalidTimes,
            MarketLicencesLive, MarketPurposeNotListed,
        },
        PRICES, SALES,
    },
    sales::{Record, check_periods, has_purpose, live_edition, require_terms},
    split::WHOLE_BPS,
    stakes::bounded,
};

/// The least increment of a bid, in basis points of the one before: a hundredth.
pub const MIN_INCREMENT_BPS: u16 = 100;

/// The highest increment of a bid, in basis points of the one before: a half.
pub const MAX_INCREMENT_BPS: u16 = 5_000;

/// The shortest auction, in seconds: an hour.
pub const MIN_DURATION_SECS: u64 = 3_600;

/// The longest auction, and how far ahead one may start, in seconds: 30 days.
pub const MAX_DURATION_SECS: u64 = 30 * 86_400;

/// How long before the end a bid moves it, and how far from the bid, in seconds: ten minutes.
pub const EXTENSION_SECS: u64 = 600;

/// How far the end moves at most, in seconds: a day.
pub const MAX_EXTENSION_SECS: u64 = 86_400;

/// How long after the end an auction can be settled, in seconds: 14 days.
pub const SETTLEMENT_SECS: u64 = 14 * 86_400;

/// The status of an auction that runs, or is to be settled.
pub const OPEN: u8 = 1;

/// The status of an auction whose licence was granted.
pub const SETTLED: u8 = 2;

/// The status of an auction in which nothing was sold.
pub const FAILED: u8 = 3;

/// The status of an auction that was cancelled.
pub const CANCELLED: u8 = 4;

layout! {
    /// The storage of auctions.
    pub struct AuctionsStorage {
        /// How many were started; the last one's id. Written by [`AuctionsStorage::start`].
        count: Slot<Uint>,
        /// By id, seven slots: the head, the edition, the token, the amounts, the hash of the
        /// terms, the leader and its public key. Written by [`AuctionsStorage::start`],
        /// [`AuctionsStorage::close`] and [`AuctionsStorage::write_lead`].
        auctions: Mapping<Uint, Head>,
        /// By account and token, what it is owed. Written by `AuctionsStorage::owe` and
        /// `AuctionsStorage::withdraw`.
        owed: NestedMapping<Account, Account, Uint>,
    }
}

/// What an auction begins with, in one slot: `uint8 status`, `uint8 purpose`, `uint16 exclusive`,
/// `uint16 increment`, `uint16 periods`, `uint64 start`, `uint64 end`, `uint64 latestEnd`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Head {
    pub(crate) status: u8,
    pub(crate) purpose: u8,
    pub(crate) exclusive: bool,
    pub(crate) increment_bps: u16,
    /// At most 120.
    pub(crate) periods: u16,
    /// The first second of it, since 1970.
    pub(crate) start: u64,
    /// The first second after it, since 1970.
    pub(crate) end: u64,
    /// What the end moves to at most.
    pub(crate) latest_end: u64,
}

impl Stored for Head {
    type Held<'a> = Uint;

    #[inline(always)]
    #[allow(clippy::cast_possible_truncation, reason = "as many bits are taken as were written")]
    fn from_slot(word: Uint) -> Self {
        let [low, start, end, latest_end] = Stored::from_slot(word);
        Self {
            status: low as u8,
            purpose: (low >> 8) as u8,
            exclusive: (low >> 16) as u16 != 0,
            increment_bps: (low >> 32) as u16,
            periods: (low >> 48) as u16,
            start,
            end,
            latest_end,
        }
    }

    #[inline(always)]
    fn to_slot(&self) -> Uint {
        let low = u64::from(self.status)
            | u64::from(self.purpose) << 8
            | u64::from(self.exclusive) << 16
            | u64::from(self.increment_bps) << 32
            | u64::from(self.periods) << 48;
        Uint::from_lanes(low, self.start, self.end, self.latest_end)
    }
}

/// The amounts of an auction, in one slot: `uint128 reserve`, `uint128 best`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Amounts {
    /// The least first bid.
    pub(crate) reserve: u128,
    /// The highest bid; zero when there is none.
    pub(crate) best: u128,
}

impl Stored for Amounts {
    type Held<'a> = Uint;

    #[inline(always)]
    fn from_slot(word: Uint) -> Self {
        let [low, high, best_low, best_high] = Stored::from_slot(word);
        Self { reserve: join(low, high), best: join(best_low, best_high) }
    }

    #[inline(always)]
    fn to_slot(&self) -> Uint {
        let ([low, high], [best_low, best_high]) = (split(self.reserve), split(self.best));
        Uint::from_lanes(low, high, best_low, best_high)
    }
}

/// An auction that is to be started.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan<'a> {
    pub(crate) edition: &'a Uint,
    pub(crate) token: &'a Account,
    pub(crate) purpose: u8,
    pub(crate) periods: u32,
    pub(crate) exclusive: bool,
    pub(crate) reserve: &'a Uint,
    pub(crate) increment_bps: u16,
    pub(crate) start: u64,
    pub(crate) end: u64,
    pub(crate) terms: &'a B256,
}

/// An auction, where it lies.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Auction {
    place: Place<Head>,
}

impl Auction {
    /// Returns what it begins with.
    pub(crate) fn head(&self, vm: &VM) -> Head {
        self.place.get(vm)
    }

    /// Returns the edition.
    pub(crate) fn edition(&self, vm: &VM) -> Uint {
        self.place.next::<Uint>(1).get(vm)
    }

    /// Returns what is bid in.
    pub(crate) fn token(&self, vm: &VM) -> Account {
        self.place.next::<Account>(2).get(vm)
    }

    /// Returns the amounts.
    pub(crate) fn amounts(&self, vm: &VM) -> Amounts {
        self.place.next::<Amounts>(3).get(vm)
    }

    /// Returns the hash of the terms.
    pub(crate) fn terms(&self, vm: &VM) -> B256 {
        self.place.next::<B256>(4).get(vm)
    }

    /// Returns who leads; nobody when there is no bid.
    pub(crate) fn leader(&self, vm: &VM) -> Account {
        self.place.next::<Account>(5).get(vm)
    }

    /// Returns the leader's public key.
    pub(crate) fn public_key(&self, vm: &VM) -> B256 {
        self.place.next::<B256>(6).get(vm)
    }

    /// Returns the least that the next bid must be: the reserve, or above the best one by the
    /// increment, rounded down, and one.
    #[inline(never)]
    pub(crate) fn minimum(&self, vm: &VM) -> Uint {
        let Amounts { reserve, best } = self.amounts(vm);
        if best == 0 {
            return Uint::from(reserve);
        }
        let best = Uint::from(best);
        let bps = Uint::from(u64::from(self.head(vm).increment_bps));
        // A half of a number below 2^128, and one.
        let mut minimum = host::mul_div(vm, &best, &bps, &Uint::from(WHOLE_BPS));
        minimum.wrapping_add(&best);
        minimum.wrapping_add(&Uint::from(1_u64));
        minimum
    }

    /// Writes a bid: who leads with what, and when the auction ends.
    pub(crate) fn write_lead(
        &self,
        vm: &mut VM,
        (leader, public_key): (&Account, &B256),
        best: u128,
        head: &Head,
    ) {
        let amounts = self.amounts(vm);
        self.place.set(vm, head);
        self.place.next(3).set(vm, &Amounts { best, ..amounts });
        self.place.next(5).set(vm, leader);
        self.place.next(6).set(vm, public_key);
    }
}

impl AuctionsStorage {
    /// Returns how many auctions were started.
    pub(crate) fn count(&self, vm: &VM) -> Uint {
        self.count.get(vm)
    }

    /// Returns an auction.
    pub(crate) fn auction(&self, vm: &VM, id: &Uint) -> Auction {
        Auction { place: self.auctions.of(vm, id) }
    }

    /// Returns an auction that is open, and what it begins with.
    ///
    /// # Errors
    ///
    /// [`MarketAuctionNotOpen`] when it is not.
    pub(crate) fn open(&self, vm: &VM, id: &Uint) -> Result<(Auction, Head)> {
        let auction = self.auction(vm, id);
        let head = auction.head(vm);
        if head.status != OPEN {
            return Err(Revert::new::<MarketAuctionNotOpen>((id, head.status)));
        }
        Ok((auction, head))
    }

    /// Returns what an account is owed in a token.
    pub(crate) fn owed(&self, vm: &VM, account: &Account, token: &Account) -> Uint {
        self.owed_at(vm, account, token).get(vm)
    }

    /// Returns where it lies.
    pub(crate) fn owed_at(&self, vm: &VM, account: &Account, token: &Account) -> Place<Uint> {
        self.owed.of(vm, account, token)
    }

    /// Starts an auction, and returns its id.
    ///
    /// # Errors
    ///
    /// - `MarketTokenNotAllowed`, `MarketEditionNotLive`, `MarketInvalidPeriods`,
    ///   `MarketMissingTerms`, `MarketInvalidAmount` (the reserve),
    /// - [`MarketPurposeNotListed`] for a purpose that the edition is not for,
    /// - [`MarketInvalidIncrement`] outside its bounds,
    /// - [`MarketInvalidTimes`] for a start that is over or more than 30 days ahead, and a duration
    ///   of less than an hour or more than 30 days,
    /// - [`MarketAuctionRunning`], [`MarketExclusive`] and [`MarketLicencesLive`] when something
    ///   else stands against it.
    ///
    /// # Events
    ///
    /// [`AuctionStarted`].
    pub(crate) fn start(&self, vm: &mut VM, plan: &Plan<'_>) -> Result<Uint> {
        let Plan { edition, token, purpose, exclusive, reserve, increment_bps, terms, .. } = *plan;
        let head = check(vm, plan)?;
        let amounts = Amounts { reserve: bounded(reserve, 1, u128::MAX)?, best: 0 };
        let record = free_record(vm, plan)?;
        let mut id = self.count.get(vm);
        // Each was started by a transaction: the count is far below 2^64.
        id.wrapping_add(&Uint::from(1_u64));
        self.count.set(vm, &id);
        let place = self.auctions.of(vm, &id);
        place.set(vm, &head);
        place.next(1).set(vm, edition);
        place.next(2).set(vm, token);
        place.next(3).set(vm, &amounts);
        place.next(4).set(vm, terms);
        let record = Record { auction: id.to_u64(), exclusive, ..record };
        SALES.set_record(vm, edition, purpose, &record);
        let Head { start, end, .. } = head;
        let data = (purpose, plan.periods, exclusive, reserve, increment_bps, start, end, terms);
        emit::<AuctionStarted>(vm, (&id, edition, token), data);
        Ok(id)
    }

    /// Ends an auction that nobody has bid in.
    ///
    /// # Errors
    ///
    /// - [`MarketAuctionNotOpen`] when it is not open,
    /// - [`MarketAuctionHasBid`] when somebody has bid.
    ///
    /// # Events
    ///
    /// [`AuctionCancelled`].
    pub(crate) fn cancel(&self, vm: &mut VM, id: &Uint) -> Result<()> {
        let (auction, head) = self.open(vm, id)?;
        if !auction.leader(vm).is_zero() {
            return Err(Revert::new::<MarketAuctionHasBid>((id,)));
        }
        self.close(vm, &auction, &Head { status: CANCELLED, ..head });
        emit::<AuctionCancelled>(vm, (id,), ());
        Ok(())
    }

    /// Writes that an auction has ended, so that its edition is for sale again.
    pub(crate) fn close(&self, vm: &mut VM, auction: &Auction, head: &Head) {
        auction.place.set(vm, head);
        let edition = auction.edition(vm);
        let record = SALES.record(vm, &edition, head.purpose);
        let record = Record { auction: 0, exclusive: false, ..record };
        SALES.set_record(vm, &edition, head.purpose, &record);
    }
}

/// Requires a plan that can be carried out, and returns what its auction begins with.
fn check(vm: &VM, plan: &Plan<'_>) -> Result<Head> {
    let Plan { edition, purpose, periods, exclusive, increment_bps, start, end, .. } = *plan;
    PRICES.require_allowed(vm, plan.token)?;
    if !has_purpose(live_edition(vm, edition)?.purposes, purpose) {
        return Err(Revert::new::<MarketPurposeNotListed>((edition, purpose)));
    }
    check_periods(periods, MAX_PERIODS)?;
    require_terms(plan.terms)?;
    if !(MIN_INCREMENT_BPS..=MAX_INCREMENT_BPS).contains(&increment_bps) {
        let values = (increment_bps, MIN_INCREMENT_BPS, MAX_INCREMENT_BPS);
        return Err(Revert::new::<MarketInvalidIncrement>(values));
    }
    let now = host::timestamp(vm);
    let begins = if start == 0 { now } else { start };
    let durations = MIN_DURATION_SECS..=MAX_DURATION_SECS;
    if begins < now
        || begins > now.saturating_add(MAX_DURATION_SECS)
        || !end.checked_sub(begins).is_some_and(|duration| durations.contains(&duration))
    {
        return Err(Revert::new::<MarketInvalidTimes>((start, end)));
    }
    #[allow(clippy::cast_possible_truncation, reason = "there are at most 120 periods")]
    let periods = periods as u16;
    // Both are at most some days ahead of now.
    let latest_end = end.wrapping_add(MAX_EXTENSION_SECS);
    Ok(Head {
        status: OPEN,
        purpose,
        exclusive,
        increment_bps,
        periods,
        start: begins,
        end,
        latest_end,
    })
}

/// Returns what was sold of the plan's edition, when nothing of it stands against the plan.
fn free_record(vm: &VM, plan: &Plan<'_>) -> Result<Record> {
    let Plan { edition, purpose, exclusive, .. } = *plan;
    let record = SALES.record(vm, edition, purpose);
    let now = host::timestamp(vm);
    if record.auction != 0 {
        let values = (edition, purpose, record.auction);
        return Err(Revert::new::<MarketAuctionRunning>(values));
    }
    if now < record.exclusive_until {
        let values = (edition, purpose, 0_u64, record.exclusive_until);
        return Err(Revert::new::<MarketExclusive>(values));
    }
    if exclusive && now < record.last_end {
        let values = (edition, purpose, record.last_end);
        return Err(Revert::new::<MarketLicencesLive>(values));
    }
    Ok(record)
}

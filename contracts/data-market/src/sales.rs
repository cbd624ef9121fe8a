//! Decides what is for sale at the governed price, to whom, and what it costs; and what is kept
//! from sale because it is auctioned or sold as exclusive.

use alloy_primitives::B256;
use datacoop_kit::{
    Account, Result, Revert, Uint,
    event::emit,
    host, layout,
    storage::{Place, Stored},
};
use stylus_sdk::host::VM;

use crate::{
    licences::{Core, Grant, MAX_PERIODS, PERIOD_SECS, require_key, use_key},
    market::{
        IDataMarket::{
            Delisted, LicenceGranted, LicenceRenewed, Listed, MarketExclusive,
            MarketInvalidPeriods, MarketInvalidPurposes, MarketMissingTerms, MarketNotListed,
            MarketPriceAboveMaximum, MarketPurposeNotListed, MarketTermsMismatch,
        },
        LICENCES, NEIGHBOURS, PRICES, STAKES,
    },
    neighbours::Edition,
    payments::{self, Sale},
    prices::check_unit,
    transfers,
};

layout! {
    /// The storage of sales.
    pub struct SalesStorage {
        /// By edition and token, two slots: the offer, and the hash of its terms. Written by
        /// [`SalesStorage::list`] and [`SalesStorage::delist`].
        offers: NestedMapping<Uint, Account, Offer>,
        /// By edition and purpose, hashed together, what was sold. Written by
        /// [`SalesStorage::set_record`].
        records: Mapping<B256, Record>,
    }
}

/// An offer, in one slot: `uint64 purposes`, `uint64 unit`, `uint64 maxPeriods`. None has no purposes.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Offer {
    /// Mask of the purposes.
    pub(crate) purposes: u8,
    /// What the price is for.
    pub(crate) unit: u8,
    /// The most periods that a licence lasts.
    pub(crate) max_periods: u32,
}

impl Stored for Offer {
    type Held<'a> = Uint;

    #[inline(always)]
    #[allow(clippy::cast_possible_truncation, reason = "written from as few bits")]
    fn from_slot(word: Uint) -> Self {
        let [purposes, unit, max_periods, _] = Stored::from_slot(word);
        Self { purposes: purposes as u8, unit: unit as u8, max_periods: max_periods as u32 }
    }

    #[inline(always)]
    fn to_slot(&self) -> Uint {
        Uint::from_lanes(self.purposes.into(), self.unit.into(), self.max_periods.into(), 0)
    }
}

/// What was sold of an edition for a purpose, in one slot: `uint64 auction`, `uint64 exclusive`,
/// `uint64 exclusiveUntil`, `uint64 lastEnd`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Record {
    /// The auction that runs; zero when none does.
    pub(crate) auction: u64,
    /// Whether it is one of an exclusive licence.
    pub(crate) exclusive: bool,
    /// When the exclusive licence ends, in seconds since 1970.
    pub(crate) exclusive_until: u64,
    /// When the last licence ends, in seconds since 1970.
    pub(crate) last_end: u64,
}

impl Stored for Record {
    type Held<'a> = Uint;

    #[inline(always)]
    fn from_slot(word: Uint) -> Self {
        let [auction, exclusive, exclusive_until, last_end] = Stored::from_slot(word);
        Self { auction, exclusive: exclusive != 0, exclusive_until, last_end }
    }

    #[inline(always)]
    fn to_slot(&self) -> Uint {
        let Self { auction, exclusive, exclusive_until, last_end } = *self;
        Uint::from_lanes(auction, exclusive.into(), exclusive_until, last_end)
    }
}

/// What somebody wants to buy.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wish<'a> {
    /// The edition.
    pub(crate) edition: &'a Uint,
    /// What to pay with.
    pub(crate) token: &'a Account,
    /// The purpose, by number.
    pub(crate) purpose: u8,
    /// For how many periods.
    pub(crate) periods: u32,
}

/// What the buyer has seen and agrees to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Agreed<'a> {
    /// The most that it pays.
    pub(crate) max_price: &'a Uint,
    /// The hash of the terms that it accepts.
    pub(crate) terms: &'a B256,
}

impl SalesStorage {
    /// Returns an offer and the hash of its terms.
    pub(crate) fn offer(&self, vm: &VM, edition: &Uint, token: &Account) -> (Offer, B256) {
        let place = self.offers.of(vm, edition, token);
        (place.get(vm), place.next::<B256>(1).get(vm))
    }

    /// Offers an edition in a token.
    ///
    /// # Errors
    ///
    /// - `MarketInvalidUnit` for a unit that there is not,
    /// - `MarketTokenNotAllowed` for a token that is not,
    /// - `MarketEditionNotLive` for an edition that is not published,
    /// - [`MarketInvalidPurposes`] for none, or one that the edition is not for,
    /// - [`MarketInvalidPeriods`] for none, or more than [`MAX_PERIODS`],
    /// - [`MarketMissingTerms`] without a hash of terms.
    ///
    /// # Events
    ///
    /// [`Listed`].
    pub(crate) fn list(
        &self,
        vm: &mut VM,
        (edition, token): (&Uint, &Account),
        offer: Offer,
        terms: &B256,
    ) -> Result<()> {
        let Offer { purposes, unit, max_periods } = offer;
        check_unit(unit)?;
        PRICES.require_allowed(vm, token)?;
        let known = NEIGHBOURS.edition(vm, edition);
        if !known.is_published() {
            return Err(known.refuse(edition));
        }
        if purposes == 0 || purposes & !known.purposes != 0 {
            return Err(Revert::new::<MarketInvalidPurposes>((purposes, known.purposes)));
        }
        check_periods(max_periods, MAX_PERIODS)?;
        require_terms(terms)?;
        let place = self.offers.of(vm, edition, token);
        place.set(vm, &offer);
        place.next(1).set(vm, terms);
        emit::<Listed>(vm, (edition, token), (unit, purposes, max_periods, terms));
        Ok(())
    }

    /// Ends an offer.
    ///
    /// # Errors
    ///
    /// [`MarketNotListed`] when there is none.
    ///
    /// # Events
    ///
    /// [`Delisted`].
    pub(crate) fn delist(&self, vm: &mut VM, edition: &Uint, token: &Account) -> Result<()> {
        let place = self.offers.of(vm, edition, token);
        if place.get(vm).purposes == 0 {
            return Err(Revert::new::<MarketNotListed>((edition, token)));
        }
        place.set(vm, &Offer::default());
        place.next(1).set(vm, &B256::ZERO);
        emit::<Delisted>(vm, (edition, token), ());
        Ok(())
    }

    /// Returns what a wish costs at this moment, the offer, and the hash of its terms.
    ///
    /// # Errors
    ///
    /// - [`MarketNotListed`] and [`MarketPurposeNotListed`] when it is not offered,
    /// - [`MarketInvalidPeriods`] for none, or more than offered,
    /// - `MarketEditionNotLive` when the edition is not,
    /// - [`MarketExclusive`] when it is kept from sale,
    /// - `MarketTokenNotAllowed`, `MarketNoPrice` when there is no price.
    #[inline(never)]
    pub(crate) fn quote(&self, vm: &VM, wish: &Wish<'_>) -> Result<(Uint, Offer, B256)> {
        let Wish { edition, token, purpose, periods } = *wish;
        let (offer, terms) = self.offer(vm, edition, token);
        if offer.purposes == 0 {
            return Err(Revert::new::<MarketNotListed>((edition, token)));
        }
        if !has_purpose(offer.purposes, purpose) {
            return Err(Revert::new::<MarketPurposeNotListed>((edition, purpose)));
        }
        check_periods(periods, offer.max_periods)?;
        let known = live_edition(vm, edition)?;
        let Record { auction, exclusive, exclusive_until, .. } = self.record(vm, edition, purpose);
        if exclusive || host::timestamp(vm) < exclusive_until {
            let auction = if exclusive { auction } else { 0 };
            let values = (edition, purpose, auction, exclusive_until);
            return Err(Revert::new::<MarketExclusive>(values));
        }
        let price = PRICES.price(vm, &known, (offer.unit, token), periods)?;
        Ok((price, offer, terms))
    }

    /// Sells a licence to a vetted account, and returns its id.
    ///
    /// # Errors
    ///
    /// - as [`quote`](Self::quote),
    /// - `MarketMissingPublicKey`, `MarketNotVetted`,
    /// - [`MarketTermsMismatch`] when other terms are offered,
    /// - [`MarketPriceAboveMaximum`] when it costs more,
    /// - as [`payments::take`], [`Sale::pay_out`] and [`transfers::ask`].
    ///
    /// # Events
    ///
    /// [`LicenceGranted`] and those of the licence and the sale.
    pub(crate) fn buy(
        &self,
        vm: &mut VM,
        buyer: &Account,
        wish: &Wish<'_>,
        agreed: &Agreed<'_>,
        public_key: &B256,
    ) -> Result<Uint> {
        let Wish { edition, token, purpose, periods } = *wish;
        require_key(public_key)?;
        let (price, _, terms) = self.agree(vm, buyer, wish, agreed)?;
        let start = host::timestamp(vm);
        let end = start.saturating_add(lasting(periods));
        let core = Core { edition: edition.to_u128(), purpose, start, end };
        let grant = Grant { holder: buyer, core, terms: &terms, public_key };
        let licence = self.grant(vm, &grant, (token, &price));
        payments::take(vm, token, buyer, &price)?;
        Sale { licence: &licence, edition, token, price: &price }.pay_out(vm)?;
        let parties = (buyer, &Account::ZERO, buyer);
        transfers::ask(vm, parties, (&licence, &Uint::from(1_u64)), &[])?;
        Ok(licence)
    }

    /// Lengthens a licence of a vetted account, and returns when it ends.
    ///
    /// # Errors
    ///
    /// - `MarketNotHolder` when the account does not hold it,
    /// - [`MarketInvalidPeriods`] when it would end too far ahead,
    /// - otherwise as [`buy`](Self::buy).
    ///
    /// # Events
    ///
    /// [`LicenceRenewed`] and that of the sale.
    pub(crate) fn renew(
        &self,
        vm: &mut VM,
        (holder, licence): (&Account, &Uint),
        (token, periods): (&Account, u32),
        agreed: &Agreed<'_>,
    ) -> Result<u64> {
        let old = LICENCES.own(vm, licence, holder)?;
        let old_terms = LICENCES.terms(vm, licence);
        let edition = &old.edition();
        let wish = Wish { edition, token, purpose: old.purpose, periods };
        let (price, offer, terms) = self.agree(vm, holder, &wish, agreed)?;
        let now = host::timestamp(vm);
        let end = old.end.max(now).saturating_add(lasting(periods));
        if end > now.saturating_add(lasting(offer.max_periods)) {
            let values = (periods, 1_u32, offer.max_periods);
            return Err(Revert::new::<MarketInvalidPeriods>(values));
        }
        LICENCES.extend(vm, licence, (&Core { end, ..old }, &terms));
        self.note_end(vm, edition, old.purpose, end);
        let data = (old.end, end, token, &price, &old_terms, &terms);
        emit::<LicenceRenewed>(vm, (licence, edition, holder), data);
        payments::take(vm, token, holder, &price)?;
        Sale { licence, edition, token, price: &price }.pay_out(vm)?;
        Ok(end)
    }

    /// Grants a licence that is being paid, and returns its id.
    ///
    /// # Events
    ///
    /// [`LicenceGranted`] and those of the licence.
    pub(crate) fn grant(
        &self,
        vm: &mut VM,
        grant: &Grant<'_>,
        (token, price): (&Account, &Uint),
    ) -> Uint {
        let licence = LICENCES.grant(vm, grant);
        let Grant { holder, core, terms, public_key } = *grant;
        let Core { purpose, start, end, .. } = core;
        let edition = core.edition();
        self.note_end(vm, &edition, purpose, end);
        let data = (purpose, start, end, token, price, terms, public_key);
        emit::<LicenceGranted>(vm, (&licence, &edition, holder), data);
        licence
    }

    /// Returns what was sold of an edition for a purpose.
    pub(crate) fn record(&self, vm: &VM, edition: &Uint, purpose: u8) -> Record {
        self.record_of(vm, edition, purpose).get(vm)
    }

    /// Writes what was sold of an edition for a purpose.
    pub(crate) fn set_record(&self, vm: &mut VM, edition: &Uint, purpose: u8, record: &Record) {
        self.record_of(vm, edition, purpose).set(vm, record);
    }

    /// Returns the price, the offer and its terms, to which a vetted account agreed.
    fn agree(
        &self,
        vm: &VM,
        buyer: &Account,
        wish: &Wish<'_>,
        agreed: &Agreed<'_>,
    ) -> Result<(Uint, Offer, B256)> {
        let (price, offer, terms) = self.quote(vm, wish)?;
        require_same_terms(agreed.terms, &terms)?;
        if price > *agreed.max_price {
            return Err(Revert::new::<MarketPriceAboveMaximum>((&price, agreed.max_price)));
        }
        STAKES.require_vetted(vm, buyer)?;
        Ok((price, offer, terms))
    }

    fn note_end(&self, vm: &mut VM, edition: &Uint, purpose: u8, end: u64) {
        let record = self.record(vm, edition, purpose);
        if record.last_end < end {
            self.set_record(vm, edition, purpose, &Record { last_end: end, ..record });
        }
    }

    fn record_of(&self, vm: &VM, edition: &Uint, purpose: u8) -> Place<Record> {
        self.records.of(vm, &use_key(vm, None, edition, purpose))
    }
}

/// Returns an edition that is live.
///
/// # Errors
///
/// `MarketEditionNotLive` when it is not.
pub(crate) fn live_edition(vm: &VM, edition: &Uint) -> Result<Edition> {
    let known = NEIGHBOURS.edition(vm, edition);
    if !known.is_live(host::timestamp(vm)) {
        return Err(known.refuse(edition));
    }
    Ok(known)
}

/// Requires a number of periods from one to a maximum.
///
/// # Errors
///
/// [`MarketInvalidPeriods`] for another.
pub(crate) fn check_periods(periods: u32, maximum: u32) -> Result<()> {
    if !(1..=maximum).contains(&periods) {
        return Err(Revert::new::<MarketInvalidPeriods>((periods, 1_u32, maximum)));
    }
    Ok(())
}

/// Requires a hash of terms.
///
/// # Errors
///
/// [`MarketMissingTerms`] for zero.
pub(crate) fn require_terms(terms: &B256) -> Result<()> {
    if *terms == B256::ZERO {
        return Err(Revert::new::<MarketMissingTerms>(()));
    }
    Ok(())
}

/// Requires that somebody accepts the terms that are offered.
///
/// # Errors
///
/// [`MarketTermsMismatch`] when they are others.
pub(crate) fn require_same_terms(given: &B256, listed: &B256) -> Result<()> {
    if given == listed { Ok(()) } else { Err(Revert::new::<MarketTermsMismatch>((given, listed))) }
}

/// Returns how long some periods last, in seconds.
pub(crate) fn lasting(periods: u32) -> u64 {
    // 2^32 periods are far below 2^64 seconds.
    u64::from(periods).wrapping_mul(PERIOD_SECS)
}

/// Returns whether a mask has the purpose with the given number.
pub(crate) fn has_purpose(purposes: u8, purpose: u8) -> bool {
    purposes.checked_shr(purpose.into()).is_some_and(|rest| rest & 1 != 0)
}

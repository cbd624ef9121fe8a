//! Decides what an edition costs: a governed price by data class, unit and token, in tokens that are
//! allowed one by one.

use datacoop_kit::{Account, Result, Revert, Uint, event::emit, host, layout};
use stylus_sdk::host::VM;

use crate::{
    market::IDataMarket::{
        MarketInvalidDataClass, MarketInvalidUnit, MarketNoPrice, MarketPriceTooHigh,
        MarketTokenNotAllowed, PriceChanged, TokenAllowed,
    },
    neighbours::{Edition, require_contract},
};

/// The last data class: those of `ConsentRegistry`.
pub const LAST_DATA_CLASS: u8 = 3;

/// The unit of a price that is for a whole edition, for one period.
pub const WHOLE_EDITION: u8 = 0;

/// The unit of a price that is for each record, for one period.
pub const PER_RECORD: u8 = 1;

/// The bits of the highest price: 2^96 − 1. With it, 2^64 records and 120 periods no sum overflows.
pub const PRICE_BITS: u32 = 96;

layout! {
    /// The storage of prices.
    pub struct PricesStorage {
        /// By token, whether it is allowed. Written by [`PricesStorage::allow`].
        allowed: Mapping<Account, bool>,
        /// By class and unit, and by token, the price. Written by [`PricesStorage::set`].
        amounts: NestedMapping<Uint, Account, Uint>,
    }
}

/// What a price is for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tariff<'a> {
    /// The class of the records.
    pub(crate) data_class: u8,
    /// One of the two units.
    pub(crate) unit: u8,
    /// What is paid with.
    pub(crate) token: &'a Account,
}

impl Tariff<'_> {
    /// Returns class and unit as one key.
    fn key(&self) -> Uint {
        Uint::from(u64::from(self.data_class) | u64::from(self.unit) << 8)
    }
}

impl PricesStorage {
    /// Returns whether a token is allowed.
    pub(crate) fn is_allowed(&self, vm: &VM, token: &Account) -> bool {
        self.allowed.of(vm, token).get(vm)
    }

    /// Requires that a token is allowed.
    ///
    /// # Errors
    ///
    /// [`MarketTokenNotAllowed`] when it is not.
    pub(crate) fn require_allowed(&self, vm: &VM, token: &Account) -> Result<()> {
        if self.is_allowed(vm, token) {
            Ok(())
        } else {
            Err(Revert::new::<MarketTokenNotAllowed>((token,)))
        }
    }

    /// Allows a token, or does not any more.
    ///
    /// # Errors
    ///
    /// `MarketInvalidContract` for one that is no contract.
    ///
    /// # Events
    ///
    /// [`TokenAllowed`].
    pub(crate) fn allow(&self, vm: &mut VM, token: &Account, allowed: bool) -> Result<()> {
        require_contract(vm, token)?;
        let place = self.allowed.of(vm, token);
        let old = place.get(vm);
        place.set(vm, &allowed);
        emit::<TokenAllowed>(vm, (token,), (old, allowed));
        Ok(())
    }

    /// Returns a price; zero is none.
    pub(crate) fn amount(&self, vm: &VM, tariff: &Tariff<'_>) -> Uint {
        self.amounts.of(vm, &tariff.key(), tariff.token).get(vm)
    }

    /// Sets a price; zero takes it away.
    ///
    /// # Errors
    ///
    /// - [`MarketInvalidDataClass`] and [`MarketInvalidUnit`] for one that there is not,
    /// - [`MarketTokenNotAllowed`] for a token that is not,
    /// - [`MarketPriceTooHigh`] above 2^96 − 1.
    ///
    /// # Events
    ///
    /// [`PriceChanged`].
    pub(crate) fn set(&self, vm: &mut VM, tariff: &Tariff<'_>, amount: &Uint) -> Result<()> {
        let Tariff { data_class, unit, token } = *tariff;
        if data_class > LAST_DATA_CLASS {
            return Err(Revert::new::<MarketInvalidDataClass>((data_class, LAST_DATA_CLASS)));
        }
        check_unit(unit)?;
        if !amount.is_zero() {
            self.require_allowed(vm, token)?;
        }
        if amount.bits() > PRICE_BITS {
            let maximum = Uint::from((1_u128 << PRICE_BITS).wrapping_sub(1));
            return Err(Revert::new::<MarketPriceTooHigh>((amount, &maximum)));
        }
        let place = self.amounts.of(vm, &tariff.key(), token);
        let old = place.get(vm);
        place.set(vm, amount);
        emit::<PriceChanged>(vm, (data_class, unit, token), (&old, amount));
        Ok(())
    }

    /// Returns what an edition costs for some periods, not zero.
    ///
    /// # Errors
    ///
    /// - [`MarketTokenNotAllowed`] when the token is not,
    /// - [`MarketNoPrice`] when there is none.
    pub(crate) fn price(
        &self,
        vm: &VM,
        edition: &Edition,
        (unit, token): (u8, &Account),
        periods: u32,
    ) -> Result<Uint> {
        self.require_allowed(vm, token)?;
        let data_class = edition.data_class;
        let amount = self.amount(vm, &Tariff { data_class, unit, token });
        let units = if unit == PER_RECORD { edition.records } else { 1 };
        // Below 2^96, times 2^32, times 2^64.
        let one = Uint::from(1_u64);
        let once = host::mul_div(vm, &amount, &Uint::from(u64::from(periods)), &one);
        let price = host::mul_div(vm, &once, &Uint::from(units), &one);
        if price.is_zero() {
            return Err(Revert::new::<MarketNoPrice>((data_class, unit, token)));
        }
        Ok(price)
    }
}

/// Requires one of the two units.
///
/// # Errors
///
/// [`MarketInvalidUnit`] for another.
pub(crate) fn check_unit(unit: u8) -> Result<()> {
    if unit > PER_RECORD {
        return Err(Revert::new::<MarketInvalidUnit>((unit, PER_RECORD)));
    }
    Ok(())
}

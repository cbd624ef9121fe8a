//! Decides what is for sale: the editions that were listed and are still, at the governed price.

use alloy::{
    primitives::{Address, B256, U256},
    sol_types::SolEvent,
};

use super::{Edition, Market, Purpose};
use crate::{
    Error,
    bindings::{
        IDataMarket::{Listed, listingCall, priceOfCall, quoteCall},
        IDataRegistry::{editionOfCall, isLiveCall},
    },
};

/// What a price is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// A whole edition, for a period.
    Edition,
    /// Each of its records, for a period.
    Record,
}

impl Unit {
    /// Returns the number that contracts know it by.
    #[must_use]
    pub const fn number(self) -> u8 {
        self as u8
    }
}

/// An edition that is offered in a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// The edition.
    pub edition: Edition,
    /// What is paid with.
    pub token: Address,
    /// What the price is for.
    pub unit: Unit,
    /// The governed price of a unit; zero when there is none.
    pub amount: U256,
    /// The price of the edition for a period.
    pub per_period: U256,
    /// What it may be bought for.
    pub purposes: Vec<Purpose>,
    /// The most periods of a licence.
    pub max_periods: u32,
    /// The hash of the terms.
    pub terms: B256,
    /// The class of its records, by number.
    pub data_class: u8,
    /// How many records it has.
    pub records: u64,
    /// How many people contributed them.
    pub contributors: u64,
    /// Whether it can be bought: it is live and has a price.
    pub is_live: bool,
}

impl Market {
    /// Returns everything that is offered, in the order in which it was first listed.
    ///
    /// # Errors
    ///
    /// As [`Chain::read`](crate::chain::Chain::read), and the failures of asking for logs.
    pub async fn offers(&self) -> Result<Vec<Offer>, Error> {
        let mut listed: Vec<(U256, Address)> = Vec::new();
        for log in self.logs(&[Listed::SIGNATURE_HASH], None, (None, None)).await? {
            if let Ok(event) = Listed::decode_log_data(&log.inner.data) {
                let pair = (event.edition, event.token);
                if !listed.contains(&pair) {
                    listed.push(pair);
                }
            }
        }
        let mut offers = Vec::with_capacity(listed.len());
        for (edition, token) in listed {
            offers.extend(self.offer(Edition(edition), token).await?);
        }
        Ok(offers)
    }

    /// Returns what is offered of an edition in a token, if it is.
    ///
    /// # Errors
    ///
    /// As [`Chain::read`](crate::chain::Chain::read).
    pub async fn offer(&self, edition: Edition, token: Address) -> Result<Option<Offer>, Error> {
        let listing = self.read(&listingCall { edition: edition.0, token }).await?;
        if listing.purposes == 0 {
            return Ok(None);
        }
        let call = editionOfCall { edition: edition.0 };
        let known = self.chain.read_next(self.registry, &call).await?;
        let call = isLiveCall { edition: edition.0 };
        let is_live = self.chain.read_next(self.registry, &call).await?;
        let (unit, count) = match listing.unit {
            0 => (Unit::Edition, 1),
            _ => (Unit::Record, known.records),
        };
        let call = priceOfCall { dataClass: known.dataClass, unit: listing.unit, token };
        let amount = self.read(&call).await?;
        Ok(Some(Offer {
            edition,
            token,
            unit,
            amount,
            per_period: amount.saturating_mul(U256::from(count)),
            purposes: Purpose::of_mask(listing.purposes),
            max_periods: listing.maxPeriods,
            terms: listing.termsHash,
            data_class: known.dataClass,
            records: known.records,
            contributors: known.contributors,
            is_live: is_live && !amount.is_zero(),
        }))
    }

    /// Returns what a licence costs at this moment.
    ///
    /// # Errors
    ///
    /// [`Error::Reverted`] with the reason when it cannot be bought so, and as
    /// [`Chain::read`](crate::chain::Chain::read).
    pub async fn quote(
        &self,
        edition: Edition,
        token: Address,
        purpose: Purpose,
        periods: u32,
    ) -> Result<U256, Error> {
        let call = quoteCall { edition: edition.0, token, purpose: purpose.0, periods };
        self.read(&call).await
    }
}

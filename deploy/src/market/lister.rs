//! Decides how editions come to be offered at the governed price, or auctioned, and how either ends.

use alloy::primitives::{Address, B256, U256};

use super::{Edition, Market, Purpose, Unit};
use crate::{
    Error,
    bindings::IDataMarket::{
        AuctionStarted, cancelAuctionCall, delistCall, listCall, startAuctionCall,
    },
    chain::{Receipt, Sender},
    consent::Purposes,
};

/// What is offered of an edition, on which terms. What it costs is governed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listing {
    /// The edition.
    pub edition: Edition,
    /// What is paid with.
    pub token: Address,
    /// What the price is for.
    pub unit: Unit,
    /// What it may be bought for.
    pub purposes: Purposes,
    /// The most periods of a licence.
    pub max_periods: u32,
    /// The hash of the terms.
    pub terms: B256,
}

/// What is auctioned, on which terms: one licence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lot {
    /// The edition.
    pub edition: Edition,
    /// What is bid in.
    pub token: Address,
    /// What the licence is for.
    pub purpose: Purpose,
    /// For how many periods.
    pub periods: u32,
    /// Whether nothing else of the edition is sold for that purpose until the licence ends.
    pub is_exclusive: bool,
    /// The least that the first bid must be.
    pub reserve: U256,
    /// By how much a bid exceeds the one before, in basis points of that.
    pub increment_bps: u16,
    /// When it begins, in seconds since 1970; none is at once.
    pub start: Option<u64>,
    /// When it ends, unless a late bid moves that, in seconds since 1970.
    pub end: u64,
    /// The hash of the terms.
    pub terms: B256,
}

impl Market {
    /// Offers an edition at the governed price, in place of the offer before.
    ///
    /// # Errors
    ///
    /// As [`Sender::send`].
    pub async fn list(&self, sender: &Sender, listing: &Listing) -> Result<Receipt, Error> {
        let Listing { edition, token, unit, purposes, max_periods, terms } = *listing;
        let call = listCall {
            edition: edition.0,
            token,
            unit: unit.number(),
            purposes: purposes.0,
            maxPeriods: max_periods,
            termsHash: terms,
        };
        sender.call(self.address, &call).await
    }

    /// Ends the offer of an edition in a token. Licences that were sold stay.
    ///
    /// # Errors
    ///
    /// As [`Sender::send`].
    pub async fn delist(
        &self,
        sender: &Sender,
        edition: Edition,
        token: Address,
    ) -> Result<Receipt, Error> {
        sender.call(self.address, &delistCall { edition: edition.0, token }).await
    }

    /// Starts an auction, and returns its id.
    ///
    /// # Errors
    ///
    /// - As [`Sender::send`].
    /// - [`Error::Answer`]: the transaction started none.
    pub async fn start_auction(
        &self,
        sender: &Sender,
        lot: &Lot,
    ) -> Result<(U256, Receipt), Error> {
        let call = startAuctionCall {
            edition: lot.edition.0,
            token: lot.token,
            purpose: lot.purpose.0,
            periods: lot.periods,
            exclusive: lot.is_exclusive,
            reserve: lot.reserve,
            incrementBps: lot.increment_bps,
            start: lot.start.unwrap_or_default(),
            end: lot.end,
            termsHash: lot.terms,
        };
        let receipt = sender.call(self.address, &call).await?;
        let started = receipt.events_of::<AuctionStarted>(self.address).next();
        let started = started.ok_or_else(|| Error::Answer {
            request: "startAuction".to_owned(),
            reason: "the transaction started no auction".to_owned(),
        })?;
        Ok((started.auctionId, receipt))
    }

    /// Ends an auction in which nobody has bid.
    ///
    /// # Errors
    ///
    /// As [`Sender::send`].
    pub async fn cancel_auction(&self, sender: &Sender, id: U256) -> Result<Receipt, Error> {
        sender.call(self.address, &cancelAuctionCall { auctionId: id }).await
    }
}

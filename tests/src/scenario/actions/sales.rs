//! Decides what is bought, at the governed price and by auction.

use alloy::primitives::{Address, B256, U256};
use anyhow::Result;
use datacoop_deploy::bindings::IDataMarket::{
    bidCall, buyCall, isVettedCall, leadingBidCall, quoteCall, salesOfCall, settleCall,
    startAuctionCall, withdrawCall,
};
use rand::Rng;

use super::{
    Attempt, Composer,
    market::{KEY, TERMS},
};
use crate::TOKEN;

/// Seconds of an hour.
const HOUR: u64 = 3_600;

/// How many auctions run at a time.
const AUCTIONS: usize = 3;

impl Composer<'_> {
    /// A researcher buys at the price that is quoted; not under other terms, nor for less.
    pub(super) async fn buy(&mut self) -> Result<Option<Attempt>> {
        let listed: Vec<_> =
            self.ledger.market.listed.iter().map(|(id, offer)| (*id, offer.1)).collect();
        let Some((edition, purposes)) = self.pick(&listed) else { return Ok(None) };
        let for_these: Vec<u8> = (0..5).filter(|purpose| purposes >> purpose & 1 == 1).collect();
        let Some(purpose) = self.pick(&for_these) else { return Ok(None) };
        let (at, token, periods) = (self.stage.at, self.stage.at.data, self.rng.random_range(1..3));
        let quote = quoteCall { edition, token, purpose, periods };
        let Ok(price) = self.stage.either(at.market, quote, self.time).await? else {
            return Ok(None);
        };
        let buyer = self.researcher();
        let stopped = [self.ledger.market.paused, self.ledger.data_stands_still()];
        let call = buyCall {
            edition,
            token,
            purpose,
            periods,
            maxPrice: price,
            termsHash: TERMS,
            publicKey: KEY,
        };
        let is_vetted = self.ask(at.market, isVettedCall { account: buyer }).await?;
        let flaw = if self.is_flawed() { self.rng.random_range(1..4) } else { 0 };
        let max_price = price - U256::ONE;
        let attempt = match flaw {
            1 => Attempt::refused(self.outsider(), at.market, &call, "MarketNotVetted"),
            2 => {
                let call = buyCall { termsHash: B256::repeat_byte(1), ..call };
                Attempt::refused(buyer, at.market, &call, "MarketTermsMismatch")
            }
            3 => {
                let call = buyCall { maxPrice: max_price, ..call };
                Attempt::refused(buyer, at.market, &call, "MarketPriceAboveMaximum")
            }
            _ if !is_vetted => Attempt::refused(buyer, at.market, &call, "MarketNotVetted"),
            _ if self.ledger.data.balance(buyer) < price => {
                let error = "ERC20InsufficientBalance";
                Attempt::refused(buyer, at.market, &call, error).or("SafeERC20FailedOperation")
            }
            _ => Attempt::done(buyer, at.market, &call),
        };
        Ok(Some(attempt.or("MarketNotVetted").stopped_by(&stopped)))
    }

    /// A lister auctions a licence, some as exclusive.
    pub(super) async fn auction(&mut self) -> Result<Option<Attempt>> {
        let Some((edition, purposes)) = self.live_edition() else { return Ok(None) };
        let for_these: Vec<u8> = (0..5).filter(|purpose| purposes >> purpose & 1 == 1).collect();
        let Some(purpose) = self.pick(&for_these) else { return Ok(None) };
        let (at, lister) = (self.stage.at, self.stage.people.curator.address());
        let sales = self.ask(at.market, salesOfCall { edition, purpose }).await?;
        let is_free = sales.auctionId.is_zero() && sales.exclusiveUntil <= self.time;
        let exclusive = sales.lastEnd <= self.time && self.rng.random_ratio(1, 3);
        let call = startAuctionCall {
            edition,
            token: at.data,
            purpose,
            periods: 1,
            exclusive,
            reserve: TOKEN,
            incrementBps: 500,
            start: 0,
            end: self.time + self.rng.random_range(2 * HOUR..30 * HOUR),
            termsHash: TERMS,
        };
        let stopped = [self.ledger.market.paused];
        if self.is_flawed() {
            let error = "AccessControlUnauthorizedAccount";
            let refused = Attempt::refused(self.outsider(), at.market, &call, error);
            return Ok(Some(refused.stopped_by(&stopped)));
        }
        if is_free && self.ledger.market.auctions.len() >= AUCTIONS {
            return Ok(None);
        }
        let error = (!is_free).then_some("MarketAuctionRunning");
        let attempt = Attempt::ends(lister, at.market, &call, error).or("MarketExclusive");
        Ok(Some(attempt.stopped_by(&stopped)))
    }

    /// An auction that is open, with its end and who leads: mostly one that is, or is not, over.
    fn open_auction(&mut self, is_over: bool) -> Option<(U256, u64, Address)> {
        let auctions = self.ledger.market.auctions.iter();
        let open: Vec<_> = auctions.map(|(id, of)| (*id, of.end, of.leader)).collect();
        let best = open.iter().copied().filter(|(_, end, _)| (*end <= self.time) == is_over);
        let best: Vec<_> = best.collect();
        if self.earnest || !self.rng.random_ratio(1, 6) {
            self.pick(&best)
        } else {
            self.pick(&open)
        }
    }

    /// A researcher outbids another; not with less, and not itself.
    pub(super) async fn bid(&mut self) -> Result<Option<Attempt>> {
        let Some((auction, end, leader)) = self.open_auction(false) else { return Ok(None) };
        let (at, bidder) = (self.stage.at.market, self.researcher());
        let stopped = [self.ledger.market.paused, self.ledger.data_stands_still()];
        let leading = self.ask(at, leadingBidCall { auctionId: auction }).await?;
        if leader == bidder && !self.is_flawed() {
            return Ok(None);
        }
        let flaw = self.is_flawed();
        let amount = if flaw {
            leading.minimumNext - U256::ONE
        } else {
            leading.minimumNext + self.up_to(TOKEN)
        };
        let call = bidCall { auctionId: auction, amount, termsHash: TERMS, publicKey: KEY };
        let is_vetted = self.ask(at, isVettedCall { account: bidder }).await?;
        let error = if end <= self.time {
            Some("MarketOutsideAuction")
        } else if !is_vetted {
            Some("MarketNotVetted")
        } else if leader == bidder {
            Some("MarketAlreadyLeading")
        } else if flaw {
            Some("MarketBidTooLow")
        } else {
            (self.ledger.data.balance(bidder) < amount).then_some("ERC20InsufficientBalance")
        };
        let attempt = Attempt::ends(bidder, at, &call, error).or("SafeERC20FailedOperation");
        Ok(Some(attempt.stopped_by(&stopped)))
    }

    /// Anybody settles an auction that is over; none before.
    pub(super) fn settle(&mut self) -> Option<Attempt> {
        let (auction, end, leader) = self.open_auction(true)?;
        let at = self.stage.at.market;
        let call = settleCall { auctionId: auction };
        let from = self.outsider();
        if end > self.time {
            return Some(Attempt::refused(from, at, &call, "MarketOutsideAuction"));
        }
        // What sells nothing is settled whatever is paused.
        let paused = self.ledger.market.paused || self.ledger.data_stands_still();
        if paused && !leader.is_zero() {
            return None;
        }
        Some(Attempt::done(from, at, &call))
    }

    /// Somebody who was outbid takes the bid back, once.
    pub(super) fn withdraw(&mut self) -> Option<Attempt> {
        let (at, token) = (self.stage.at.market, self.stage.at.data);
        let owed = self.ledger.market.owed.iter().map(|(key, owed)| (key.0, *owed));
        let owed: Vec<_> = owed.filter(|(_, owed)| !self.earnest || !owed.is_zero()).collect();
        let (account, owed) = self.pick(&owed)?;
        let call = withdrawCall { token };
        if owed.is_zero() || self.is_flawed() {
            let account = if owed.is_zero() { account } else { self.outsider() };
            return Some(Attempt::refused(account, at, &call, "MarketNothingOwed"));
        }
        let attempt = Attempt::done(account, at, &call);
        Some(attempt.stopped_by(&[self.ledger.data_stands_still()]))
    }
}

//! Decides who leads in an auction, who wins it, and who gets money back: it is pulled, so that
//! nobody can keep others from bidding by refusing it.

use alloy_primitives::B256;
use datacoop_kit::{
    Account, Result, Revert, Uint, event::emit, host, pausable::EnforcedPause, safe_erc20,
};
use stylus_sdk::host::VM;

use crate::{
    auctions::{Auction, AuctionsStorage, EXTENSION_SECS, FAILED, Head, SETTLED, SETTLEMENT_SECS},
    licences::{Core, Grant, require_key},
    market::{
        IDataMarket::{
            AuctionFailed, AuctionSettled, BidPlaced, MarketAlreadyLeading, MarketBidTooLow,
            MarketNothingOwed, MarketOutsideAuction, RefundOwed, Withdrawn,
        },
        NEIGHBOURS, PRICES, SALES, STAKES,
    },
    payments::{self, Sale},
    sales::{Record, lasting, require_same_terms},
    stakes::bounded,
};

/// A bid, as it is made.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bid<'a> {
    /// Who bids.
    pub(crate) bidder: &'a Account,
    /// What it bids.
    pub(crate) amount: &'a Uint,
    /// The hash of the terms that it accepts.
    pub(crate) terms: &'a B256,
    /// What keys are to be released to.
    pub(crate) public_key: &'a B256,
}

impl AuctionsStorage {
    /// Takes a bid of a vetted account; the one before is owed to its bidder.
    ///
    /// # Errors
    ///
    /// - `MarketAuctionNotOpen`, `MarketMissingPublicKey`, `MarketTokenNotAllowed`,
    ///   `MarketTermsMismatch`, `MarketNotVetted`,
    /// - [`MarketOutsideAuction`] before the start and from the end on,
    /// - [`MarketAlreadyLeading`] when it leads already,
    /// - [`MarketBidTooLow`] below what is the least, `MarketInvalidAmount` above 2^128 − 1,
    /// - as [`payments::take`].
    ///
    /// # Events
    ///
    /// [`BidPlaced`], and [`RefundOwed`] when somebody is outbid.
    pub(crate) fn bid(&self, vm: &mut VM, id: &Uint, bid: &Bid<'_>) -> Result<()> {
        let Bid { bidder, amount, terms, public_key } = *bid;
        let (auction, head) = self.open(vm, id)?;
        let now = host::timestamp(vm);
        if now < head.start || now >= head.end {
            let values = (id, head.start, head.end, now);
            return Err(Revert::new::<MarketOutsideAuction>(values));
        }
        require_key(public_key)?;
        let token = auction.token(vm);
        PRICES.require_allowed(vm, &token)?;
        require_same_terms(terms, &auction.terms(vm))?;
        STAKES.require_vetted(vm, bidder)?;
        let outbid = auction.leader(vm);
        if outbid == *bidder {
            return Err(Revert::new::<MarketAlreadyLeading>((id,)));
        }
        let minimum = auction.minimum(vm);
        if *amount < minimum {
            return Err(Revert::new::<MarketBidTooLow>((id, amount, &minimum)));
        }
        let best = bounded(amount, 1, u128::MAX)?;
        let old_best = Uint::from(auction.amounts(vm).best);
        // Both are far below 2^64.
        let end = head.end.max(now.wrapping_add(EXTENSION_SECS)).min(head.latest_end);
        auction.write_lead(vm, (bidder, public_key), best, &Head { end, ..head });
        STAKES.lead(vm, bidder, true);
        let topics = (id, bidder, &outbid);
        emit::<BidPlaced>(vm, topics, (&old_best, amount, head.end, end));
        if !outbid.is_zero() {
            STAKES.lead(vm, &outbid, false);
            self.owe(vm, &outbid, &token, &old_best);
        }
        payments::take(vm, &token, bidder, amount)
    }

    /// Settles an auction that has ended, and returns the licence that was granted; zero when it
    /// failed.
    ///
    /// # Errors
    ///
    /// - `MarketAuctionNotOpen`,
    /// - [`MarketOutsideAuction`] before the end,
    /// - [`EnforcedPause`] while sales are stopped, when something would be sold,
    /// - as [`Sale::pay_out`].
    ///
    /// # Events
    ///
    /// [`AuctionSettled`] and those of a sale, or [`AuctionFailed`], and [`RefundOwed`] for a bid.
    pub(crate) fn settle(&self, vm: &mut VM, id: &Uint, is_paused: bool) -> Result<Uint> {
        let (auction, head) = self.open(vm, id)?;
        let now = host::timestamp(vm);
        if now < head.end {
            let values = (id, head.start, head.end, now);
            return Err(Revert::new::<MarketOutsideAuction>(values));
        }
        let leader = auction.leader(vm);
        let is_in_time = now <= head.end.saturating_add(SETTLEMENT_SECS);
        let sells = !leader.is_zero()
            && is_in_time
            && NEIGHBOURS.edition(vm, &auction.edition(vm)).is_live(now)
            && STAKES.is_vetted(vm, &leader);
        if sells && is_paused {
            return Err(Revert::new::<EnforcedPause>(()));
        }
        if !leader.is_zero() {
            STAKES.lead(vm, &leader, false);
        }
        if sells {
            return self.sell(vm, id, &auction, &head);
        }
        self.close(vm, &auction, &Head { status: FAILED, ..head });
        let refund = Uint::from(auction.amounts(vm).best);
        emit::<AuctionFailed>(vm, (id, &leader), (&refund,));
        if !leader.is_zero() {
            self.owe(vm, &leader, &auction.token(vm), &refund);
        }
        Ok(Uint::ZERO)
    }

    /// Pays what an account is owed in a token, and returns it.
    ///
    /// # Errors
    ///
    /// - [`MarketNothingOwed`] when it is nothing,
    /// - `SafeERC20FailedOperation` when the token fails.
    ///
    /// # Events
    ///
    /// [`Withdrawn`].
    pub(crate) fn withdraw(&self, vm: &mut VM, account: &Account, token: &Account) -> Result<Uint> {
        let place = self.owed_at(vm, account, token);
        let amount = place.get(vm);
        if amount.is_zero() {
            return Err(Revert::new::<MarketNothingOwed>((account, token)));
        }
        place.set(vm, &Uint::ZERO);
        emit::<Withdrawn>(vm, (account, token), (&amount,));
        safe_erc20::send(vm, token, account, &amount)?;
        Ok(amount)
    }

    /// Grants the licence to the winner, whom nobody asks whether it takes it: it has bid.
    fn sell(&self, vm: &mut VM, id: &Uint, auction: &Auction, head: &Head) -> Result<Uint> {
        self.close(vm, auction, &Head { status: SETTLED, ..*head });
        let (edition, token, winner) = (auction.edition(vm), auction.token(vm), auction.leader(vm));
        let price = Uint::from(auction.amounts(vm).best);
        let Head { purpose, periods, exclusive, .. } = *head;
        let start = host::timestamp(vm);
        let end = start.saturating_add(lasting(periods.into()));
        if exclusive {
            let record = SALES.record(vm, &edition, purpose);
            let record = Record { exclusive_until: end, ..record };
            SALES.set_record(vm, &edition, purpose, &record);
        }
        let core = Core { edition: edition.to_u128(), purpose, start, end };
        let (terms, public_key) = (auction.terms(vm), auction.public_key(vm));
        let grant = Grant { holder: &winner, core, terms: &terms, public_key: &public_key };
        let licence = SALES.grant(vm, &grant, (&token, &price));
        emit::<AuctionSettled>(vm, (id, &licence, &winner), (&price,));
        Sale { licence: &licence, edition: &edition, token: &token, price: &price }.pay_out(vm)?;
        Ok(licence)
    }

    /// Writes that an account is owed more: the only place where that grows.
    fn owe(&self, vm: &mut VM, account: &Account, token: &Account, amount: &Uint) {
        let place = self.owed_at(vm, account, token);
        let old = place.get(vm);
        let mut new = old;
        // What is owed was received: no token's supply overflows it.
        new.wrapping_add(amount);
        place.set(vm, &new);
        emit::<RefundOwed>(vm, (account, token), (&old, &new));
    }
}

//! Decides what is known of auctions, and how one bids in them and settles them.

use alloy::primitives::{Address, B256, U256};

use super::{Edition, Market, Purpose};
use crate::{
    Error,
    bindings::IDataMarket::{
        AuctionSettled, auctionCall, auctionCountCall, auctionTermsCall, bidCall, leadingBidCall,
        owedCall, settleCall, withdrawCall,
    },
    chain::{Receipt, Sender},
};

/// What became of an auction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuctionState {
    /// It has not begun.
    Coming,
    /// Bids are taken.
    Running,
    /// It is over, and to be settled.
    Ended,
    /// Its licence was granted.
    Settled,
    /// Nothing was sold.
    Failed,
    /// It was cancelled.
    Cancelled,
}

/// An auction of one licence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Auction {
    /// Its id.
    pub id: U256,
    /// What became of it.
    pub state: AuctionState,
    /// The edition.
    pub edition: Edition,
    /// What is bid in.
    pub token: Address,
    /// What the licence is for.
    pub purpose: Purpose,
    /// For how many periods.
    pub periods: u32,
    /// Whether nothing else of the edition is sold for that purpose.
    pub is_exclusive: bool,
    /// When it begins, in seconds since 1970.
    pub start: u64,
    /// When it ends, unless a late bid moves that, in seconds since 1970.
    pub end: u64,
    /// The hash of the terms.
    pub terms: B256,
    /// Who leads with what, if anybody has bid.
    pub best: Option<(Address, U256)>,
    /// The least that the next bid must be.
    pub minimum: U256,
}

/// What settling an auction did.
#[derive(Clone, Debug)]
pub struct Settled {
    /// The licence that was granted; none when the auction failed.
    pub licence: Option<U256>,
    /// The transaction.
    pub receipt: Receipt,
}

impl Market {
    /// Returns the newest auctions, at most `limit`, newest first.
    ///
    /// # Errors
    ///
    /// As [`Chain::read`](crate::chain::Chain::read).
    pub async fn auctions(&self, limit: u64) -> Result<Vec<Auction>, Error> {
        let count: u64 = self.read(&auctionCountCall {}).await?.saturating_to();
        let mut auctions = Vec::new();
        for id in (count.saturating_sub(limit)..count).rev() {
            auctions.push(self.auction(U256::from(id) + U256::ONE).await?);
        }
        Ok(auctions)
    }

    /// Returns an auction.
    ///
    /// # Errors
    ///
    /// As [`Chain::read`](crate::chain::Chain::read).
    pub async fn auction(&self, id: U256) -> Result<Auction, Error> {
        let head = self.read(&auctionCall { auctionId: id }).await?;
        let terms = self.read(&auctionTermsCall { auctionId: id }).await?;
        let lead = self.read(&leadingBidCall { auctionId: id }).await?;
        let now = self.chain.next_time().await?;
        let state = match head.status {
            2 => AuctionState::Settled,
            3 => AuctionState::Failed,
            4 => AuctionState::Cancelled,
            _ if now < head.start => AuctionState::Coming,
            _ if now < head.end => AuctionState::Running,
            _ => AuctionState::Ended,
        };
        Ok(Auction {
            id,
            state,
            edition: Edition(head.edition),
            token: head.token,
            purpose: Purpose(head.purpose),
            periods: head.periods,
            is_exclusive: head.exclusive,
            start: head.start,
            end: head.end,
            terms: terms.termsHash,
            best: (!lead.bidder.is_zero()).then_some((lead.bidder, lead.amount)),
            minimum: lead.minimumNext,
        })
    }

    /// Bids in an auction; allows the market to take the bid first, when it may not yet.
    ///
    /// # Errors
    ///
    /// As [`Sender::send`].
    pub async fn bid(
        &self,
        sender: &Sender,
        auction: &Auction,
        amount: U256,
        (terms, public_key): (B256, B256),
    ) -> Result<Receipt, Error> {
        self.allow(sender, auction.token, amount).await?;
        let call =
            bidCall { auctionId: auction.id, amount, termsHash: terms, publicKey: public_key };
        sender.call(self.address, &call).await
    }

    /// Settles an auction that has ended.
    ///
    /// # Errors
    ///
    /// As [`Sender::send`].
    pub async fn settle(&self, sender: &Sender, id: U256) -> Result<Settled, Error> {
        let receipt = sender.call(self.address, &settleCall { auctionId: id }).await?;
        let settled = receipt.events_of::<AuctionSettled>(self.address).next();
        Ok(Settled { licence: settled.map(|event| event.licenceId), receipt })
    }

    /// Returns what an account is owed in a token.
    ///
    /// # Errors
    ///
    /// As [`Chain::read`](crate::chain::Chain::read).
    pub async fn owed(&self, account: Address, token: Address) -> Result<U256, Error> {
        self.read(&owedCall { account, token }).await
    }

    /// Takes what the sender is owed in a token.
    ///
    /// # Errors
    ///
    /// As [`Sender::send`].
    pub async fn withdraw(&self, sender: &Sender, token: Address) -> Result<Receipt, Error> {
        sender.call(self.address, &withdrawCall { token }).await
    }
}

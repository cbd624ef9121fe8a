//! Decides what is shown of sales: licences, what they brought in, what is for sale, and what became of the
//! money that contributors are owed.

use std::collections::BTreeSet;

use alloy::{
    primitives::{Address, B256, U256},
    sol_types::SolEvent,
};
use futures_util::future::try_join_all;

use super::{TokenRevenue, View};
use crate::{
    AddressBook, Error,
    bindings::{
        IDataMarket::{
            AuctionCancelled, AuctionFailed, AuctionSettled, AuctionStarted, LicenceGranted,
            LicenceRenewed,
        },
        IDataRegistry::{EditionPublished, EditionVoided},
        IRevenueDistributor::{
            RevenueDeposited, SharedRevenueDeposited, poolTokensCall, totalsOfCall,
        },
    },
    chain::Chain,
    contracts::{DATA_MARKET, DATA_REGISTRY, REVENUE_DISTRIBUTOR},
    index::EventIndex,
    market::{Auction, Market, TokenInfo},
};

/// What is sold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MarketState {
    /// Licences that were granted, by sale and by auction.
    pub licences: u64,
    /// Licences that were prolonged.
    pub renewals: u64,
    /// What both brought in, by token.
    pub income: Vec<TokenSum>,
    /// Editions that can be read and sold.
    pub live_editions: u64,
    /// Editions that can be challenged still.
    pub coming_editions: u64,
    /// Auctions that are neither settled nor over for another reason, the latest first.
    pub auctions: Vec<Auction>,
}

/// An amount of a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenSum {
    /// The token.
    pub token: TokenInfo,
    /// How much, in its smallest unit.
    pub amount: U256,
}

/// Returns the tokens that were paid with.
pub(super) fn tokens(index: &EventIndex, book: &AddressBook) -> Result<BTreeSet<Address>, Error> {
    let sales = [LicenceGranted::SIGNATURE_HASH, LicenceRenewed::SIGNATURE_HASH];
    let deposits = [RevenueDeposited::SIGNATURE_HASH, SharedRevenueDeposited::SIGNATURE_HASH];
    let mut tokens = BTreeSet::new();
    for (contract, events) in [(DATA_MARKET, sales), (REVENUE_DISTRIBUTOR, deposits)] {
        let Some(entry) = book.contracts.get(contract.name) else { continue };
        for event in events {
            let keys = index.by_key(entry.address, event)?;
            tokens.extend(keys.into_iter().map(|(key, _)| Address::from_word(key)));
        }
    }
    Ok(tokens)
}

/// Returns the tokens that pools take.
pub(super) async fn pool_tokens(chain: &Chain, book: &AddressBook) -> Result<Vec<Address>, Error> {
    match book.contracts.get(REVENUE_DISTRIBUTOR.name) {
        Some(entry) => chain.read_next(entry.address, &poolTokensCall {}).await,
        None => Ok(Vec::new()),
    }
}

impl View<'_> {
    pub(super) async fn market(
        &self,
        market: Option<&Market>,
    ) -> Result<Option<MarketState>, Error> {
        let Some(market) = market else { return Ok(None) };
        let address = Some(market.address());
        let open = self.open_auctions(market.address())?;
        let auctions = try_join_all(open.into_iter().rev().map(|id| market.auction(id))).await?;
        let (live_editions, coming_editions) = self.editions()?;
        Ok(Some(MarketState {
            licences: self.count(address, LicenceGranted::SIGNATURE_HASH)?,
            renewals: self.count(address, LicenceRenewed::SIGNATURE_HASH)?,
            income: self.income(market.address())?,
            live_editions,
            coming_editions,
            auctions,
        }))
    }

    /// What licences and their renewals brought in.
    fn income(&self, market: Address) -> Result<Vec<TokenSum>, Error> {
        let granted = self.index.by_key(market, LicenceGranted::SIGNATURE_HASH)?;
        let renewed = self.index.by_key(market, LicenceRenewed::SIGNATURE_HASH)?;
        let mut sums = std::collections::BTreeMap::<B256, U256>::new();
        for (key, counted) in granted.into_iter().chain(renewed) {
            let sum = sums.entry(key).or_default();
            *sum = sum.saturating_add(counted.sum);
        }
        let sums = sums
            .into_iter()
            .map(|(key, amount)| TokenSum { token: self.token(Address::from_word(key)), amount });
        Ok(sums.collect())
    }

    /// How many editions are live, and how many are not yet.
    fn editions(&self) -> Result<(u64, u64), Error> {
        let Some(registry) = self.address(&DATA_REGISTRY) else { return Ok((0, 0)) };
        let voided = self.first_topics(registry, EditionVoided::SIGNATURE_HASH)?;
        let (mut live, mut coming) = (0, 0);
        for log in self.index.logs(registry, &[EditionPublished::SIGNATURE_HASH])? {
            let Ok(event) = EditionPublished::decode_log_data(&log.inner.data) else { continue };
            if voided.contains(&B256::from(event.edition)) {
                continue;
            }
            if event.liveFrom <= self.now {
                live += 1;
            } else {
                coming += 1;
            }
        }
        Ok((live, coming))
    }

    /// The auctions that began and have not ended, as events tell.
    fn open_auctions(&self, market: Address) -> Result<Vec<U256>, Error> {
        let mut open = self.first_topics(market, AuctionStarted::SIGNATURE_HASH)?;
        for end in [
            AuctionSettled::SIGNATURE_HASH,
            AuctionFailed::SIGNATURE_HASH,
            AuctionCancelled::SIGNATURE_HASH,
        ] {
            for id in self.first_topics(market, end)? {
                open.remove(&id);
            }
        }
        Ok(open.into_iter().map(|id| U256::from_be_bytes(id.0)).collect())
    }

    /// The first indexed values of an event.
    fn first_topics(&self, contract: Address, event: B256) -> Result<BTreeSet<B256>, Error> {
        let logs = self.index.logs(contract, &[event])?;
        Ok(logs.iter().filter_map(|log| log.topics().get(1).copied()).collect())
    }

    pub(super) async fn revenue(&self) -> Result<Vec<TokenRevenue>, Error> {
        let Some(distributor) = self.address(&REVENUE_DISTRIBUTOR) else { return Ok(Vec::new()) };
        let each = self.tokens.values().map(async |token| {
            let call = totalsOfCall { token: token.address };
            let totals = self.chain.read_next(distributor, &call).await?;
            let (deposited, paid) = (totals.deposited, totals.paid);
            Ok::<_, Error>(TokenRevenue { token: token.clone(), deposited, paid })
        });
        let mut revenue = try_join_all(each).await?;
        revenue.retain(|one| !one.deposited.is_zero());
        Ok(revenue)
    }
}

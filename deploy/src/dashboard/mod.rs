//! Decides what somebody who looks after a cooperative sees at a glance.
//!
//! What happened comes from the [event index](crate::index), what is so comes from views, which are asked
//! all at once. Nothing is sent, and nothing but the index is written.

mod contracts;
mod governance;
mod market;
mod people;
mod rewards;
mod treasury;

use std::{collections::BTreeMap, path::Path};

use alloy::primitives::{Address, B256, U256};
use futures_util::future::try_join_all;

use crate::{
    AddressBook, Error, Progress,
    chain::Chain,
    contracts::TREASURY,
    governance::Dao,
    index::{EventIndex, Source, Synced},
    market::{Market, TokenInfo},
    treasury::Treasury,
};

pub use contracts::ContractLife;
pub use governance::{Executed, Governance, OpenProposal};
pub use market::{MarketState, TokenSum};
pub use people::People;
pub use rewards::{Emission, LastReport, Oracle, Recorded, Rewards};
pub use treasury::{Balance, TreasuryState};

/// Seconds of a day.
const DAY_SECS: u64 = 86_400;

/// A cooperative at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// The chain's id.
    pub chain_id: u64,
    /// The latest block, and what became of the index.
    pub synced: Synced,
    /// How many events the index has.
    pub events: u64,
    /// The chain's time: that of the next block on a dev node, in seconds since 1970.
    pub now: u64,
    /// The contracts.
    pub contracts: Vec<ContractLife>,
    /// Proposals, when the cooperative governs itself.
    pub governance: Option<Governance>,
    /// The treasury, when there is one.
    pub treasury: Option<TreasuryState>,
    /// What contributions earn, and what may be minted.
    pub rewards: Rewards,
    /// Who attests.
    pub oracle: Oracle,
    /// What is sold, when there is a market.
    pub market: Option<MarketState>,
    /// What came for contributors and was paid to them.
    pub revenue: Vec<TokenRevenue>,
    /// Members, consents and records.
    pub people: People,
}

/// What came for contributors in one token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenRevenue {
    /// The token.
    pub token: TokenInfo,
    /// All that ever came, in the token's smallest unit.
    pub deposited: U256,
    /// All that was paid.
    pub paid: U256,
}

impl TokenRevenue {
    /// Returns what is not paid yet.
    #[must_use]
    pub const fn owed(&self) -> U256 {
        self.deposited.saturating_sub(self.paid)
    }
}

/// A cooperative that is looked at again and again.
#[derive(Debug)]
pub struct Dashboard {
    chain: Chain,
    index: EventIndex,
    coop: Coop,
    tokens: BTreeMap<Address, TokenInfo>,
}

/// The cooperative of an address book.
#[derive(Debug)]
struct Coop {
    book: AddressBook,
    dao: Option<Dao>,
    market: Option<Market>,
    treasury: Option<Treasury>,
}

/// What all parts of a snapshot are made of.
struct View<'a> {
    chain: &'a Chain,
    index: &'a EventIndex,
    book: &'a AddressBook,
    tokens: &'a BTreeMap<Address, TokenInfo>,
    /// The chain's time.
    now: u64,
    /// The first block of the last 24 hours.
    day: u64,
}

impl Coop {
    async fn of_book(chain: &Chain, book: AddressBook) -> Result<Self, Error> {
        let dao = match Dao::of_book(chain, &book).await {
            Ok(dao) => Some(dao),
            Err(Error::NotSelfGoverned { .. }) => None,
            Err(error) => return Err(error),
        };
        let market = match Market::of_book(chain, &book).await {
            Ok(market) => Some(market),
            Err(Error::NotInBook { .. }) => None,
            Err(error) => return Err(error),
        };
        let entry = book.contracts.get(TREASURY.name);
        let treasury = entry.map(|entry| Treasury::new(chain, entry.address, entry.block));
        Ok(Self { book, dao, market, treasury })
    }

    fn sources(&self) -> Vec<Source> {
        let entries = self.book.contracts.values();
        entries.map(|entry| Source { address: entry.address, since: entry.block }).collect()
    }
}

impl Dashboard {
    /// Finds the cooperative of the address book at `book`, and opens its event index, which lies beside
    /// the book.
    ///
    /// # Errors
    ///
    /// Those of [`AddressBook::deployed`] and [`EventIndex::open`], and the failures of [`Chain::read`].
    pub async fn open(chain: &Chain, book: &Path) -> Result<Self, Error> {
        let path = EventIndex::path_of(book);
        let book = AddressBook::deployed(book, chain).await?;
        let index = EventIndex::open(&path, chain.id(), chain.genesis())?;
        let coop = Coop::of_book(chain, book).await?;
        Ok(Self { chain: chain.clone(), index, coop, tokens: BTreeMap::new() })
    }

    /// Returns the event index.
    #[must_use]
    pub const fn index(&self) -> &EventIndex {
        &self.index
    }

    /// Looks at the cooperative as it is now.
    ///
    /// # Errors
    ///
    /// Those of [`AddressBook::deployed`] when the address book changed and of [`EventIndex::sync`], and the
    /// failures of [`Chain::read`].
    pub async fn refresh(&mut self, progress: &dyn Progress) -> Result<Snapshot, Error> {
        self.heed_book().await?;
        let synced = self.index.sync(&self.chain, &self.coop.sources(), progress).await?;
        self.learn_tokens().await?;
        let Self { chain, index, coop: Coop { book, dao, market, treasury }, tokens } = self;
        let now = chain.next_time().await?;
        let day = now.saturating_sub(DAY_SECS);
        let day = index.first_block_at(chain, day, synced.block).await?;
        let view = View { chain, index, book, tokens, now, day };
        let (contracts, governance, treasury, rewards, oracle, market, revenue, people) = tokio::try_join!(
            view.contracts(),
            view.governance(dao.as_mut()),
            view.treasury(treasury.as_ref()),
            view.rewards(synced.block),
            view.oracle(),
            view.market(market.as_ref()),
            view.revenue(),
            view.people(),
        )?;
        Ok(Snapshot {
            chain_id: chain.id(),
            synced,
            events: index.total()?,
            now,
            contracts,
            governance,
            treasury,
            rewards,
            oracle,
            market,
            revenue,
            people,
        })
    }

    /// Reads the address book again: a deployment may have gone on since.
    async fn heed_book(&mut self) -> Result<(), Error> {
        let path = self.coop.book.path().to_path_buf();
        if AddressBook::read(&path)?.as_ref() != Some(&self.coop.book) {
            let book = AddressBook::deployed(&path, &self.chain).await?;
            self.coop = Coop::of_book(&self.chain, book).await?;
        }
        Ok(())
    }

    /// Asks for the names and decimals of tokens that were paid with and are not known.
    async fn learn_tokens(&mut self) -> Result<(), Error> {
        let mut paid = market::tokens(&self.index, &self.coop.book)?;
        paid.extend(market::pool_tokens(&self.chain, &self.coop.book).await?);
        paid.retain(|token| !self.tokens.contains_key(token));
        let asked = paid.iter().map(|token| TokenInfo::ask(&self.chain, *token));
        for token in try_join_all(asked).await? {
            self.tokens.insert(token.address, token);
        }
        Ok(())
    }
}

impl View<'_> {
    /// The address of a contract, if the cooperative has it.
    fn address(&self, contract: &crate::contracts::Contract) -> Option<Address> {
        self.book.contracts.get(contract.name).map(|entry| entry.address)
    }

    /// How many events of one name of a contract there are.
    fn count(&self, contract: Option<Address>, event: B256) -> Result<u64, Error> {
        let Some(contract) = contract else { return Ok(0) };
        Ok(self.index.count(contract, event)?.count)
    }

    /// What is known of a token.
    fn token(&self, address: Address) -> TokenInfo {
        self.tokens.get(&address).cloned().unwrap_or_else(|| TokenInfo::nameless(address))
    }
}

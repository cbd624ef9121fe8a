//! Decides how the revenue distributor of a cooperative is found and asked.

use std::collections::BTreeSet;

use alloy::{
    primitives::{Address, B256, U256},
    rpc::types::Filter,
    sol_types::SolEvent,
};

use crate::{
    AddressBook, Error,
    bindings::IRevenueDistributor::{
        RevenueDeposited, claimableSharedCall, dataRegistryCall, poolTokensCall, potOfCall,
        sharesOfCall, totalSharesOfCall,
    },
    chain::Chain,
    contracts::REVENUE_DISTRIBUTOR,
};

/// The distributor of a cooperative.
#[derive(Clone, Debug)]
pub struct Revenue {
    chain: Chain,
    address: Address,
    registry: Address,
    /// The block from which on it has events.
    since: u64,
}

/// What came for an edition in one token, in the token's smallest unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pot {
    /// The token.
    pub token: Address,
    /// All that ever came.
    pub deposited: U256,
    /// All that was paid.
    pub paid: U256,
}

/// What an account has of a pool in one token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolDue {
    /// The token.
    pub token: Address,
    /// The account's shares that count.
    pub shares: u64,
    /// All shares that count.
    pub total_shares: u64,
    /// What the account is owed, in the token's smallest unit.
    pub amount: U256,
}

impl Revenue {
    /// Finds the distributor in a cooperative's address book.
    ///
    /// # Errors
    ///
    /// [`Error::NotDeployed`] when the book has none, and the failures of [`Chain::read`].
    pub async fn of_book(chain: &Chain, book: &AddressBook) -> Result<Self, Error> {
        let address = book.address(&REVENUE_DISTRIBUTOR)?;
        let since = book.contracts.get(REVENUE_DISTRIBUTOR.name).map_or(0, |entry| entry.block);
        Self::at(chain, address, since).await
    }

    /// Finds the distributor at an address, whose first event is not before block `since`.
    ///
    /// # Errors
    ///
    /// As [`Chain::read`].
    pub async fn at(chain: &Chain, address: Address, since: u64) -> Result<Self, Error> {
        let registry = chain.read(address, &dataRegistryCall {}).await?;
        Ok(Self { chain: chain.clone(), address, registry, since })
    }

    /// Returns the chain.
    #[must_use]
    pub const fn chain(&self) -> &Chain {
        &self.chain
    }

    /// Returns the distributor's address.
    #[must_use]
    pub const fn address(&self) -> Address {
        self.address
    }

    /// Returns the address of the data registry whose editions it pays for.
    #[must_use]
    pub const fn registry(&self) -> Address {
        self.registry
    }

    /// Returns what came for an edition, by token.
    ///
    /// # Errors
    ///
    /// As [`Chain::logs`] and [`Chain::read`].
    pub async fn pots(&self, edition: U256) -> Result<Vec<Pot>, Error> {
        let filter = Filter::new()
            .address(self.address)
            .event_signature(RevenueDeposited::SIGNATURE_HASH)
            .topic1(B256::from(edition));
        let logs = self.chain.logs(&filter, self.since).await?;
        let tokens = logs.iter().filter_map(|log| log.topics().get(2));
        let tokens: BTreeSet<_> = tokens.map(|topic| Address::from_word(*topic)).collect();
        let mut pots = Vec::with_capacity(tokens.len());
        for token in tokens {
            let pot = self.chain.read(self.address, &potOfCall { edition, token }).await?;
            pots.push(Pot { token, deposited: pot.deposited, paid: pot.paid });
        }
        Ok(pots)
    }

    /// Returns what an account has of a pool, by token.
    ///
    /// # Errors
    ///
    /// As [`Chain::read`].
    pub async fn pool(&self, pool: B256, account: Address) -> Result<Vec<PoolDue>, Error> {
        let Self { chain, address, .. } = self;
        let shares = chain.read(*address, &sharesOfCall { pool, account }).await?.shares;
        let total_shares = chain.read(*address, &totalSharesOfCall { pool }).await?;
        let mut dues = Vec::new();
        for token in chain.read(*address, &poolTokensCall {}).await? {
            let call = claimableSharedCall { pool, token, account };
            let amount = chain.read(*address, &call).await?;
            dues.push(PoolDue { token, shares, total_shares, amount });
        }
        Ok(dues)
    }
}

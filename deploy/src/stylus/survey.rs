//! Decides what is told of the programs of a cooperative: until when each runs, and whether it is cached.

use alloy::primitives::{Address, B256};
use futures_util::future::try_join_all;

use super::{Life, is_cached, life};
use crate::{
    AddressBook, Error,
    chain::{Chain, ChainKind},
};

/// A program of a cooperative.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProgramState {
    /// The contract.
    pub contract: String,
    /// Its address.
    pub address: Address,
    /// The hash that the chain knows its code by.
    pub codehash: B256,
    /// Until when it runs.
    pub life: Life,
    /// Whether it is cached.
    pub is_cached: bool,
}

impl ProgramState {
    /// Returns whether it expires within `days`, or does not run.
    #[must_use]
    pub const fn ends_within(&self, days: u64) -> bool {
        match &self.life {
            Life::Active(expiry) => expiry.is_within(days),
            Life::Ended(_) => true,
            Life::EvmCode => false,
        }
    }
}

/// Asks a chain about all contracts of an address book. On a chain that runs EVM code alone there are no
/// programs.
///
/// # Errors
///
/// Those of [`life`] and [`is_cached`].
pub async fn survey(chain: &Chain, book: &AddressBook) -> Result<Vec<ProgramState>, Error> {
    if chain.kind() == ChainKind::Evm {
        return Ok(Vec::new());
    }
    let asked = book.contracts.iter().map(async |(contract, entry)| {
        let (codehash, life) = life(chain, entry.address).await?;
        let is_cached = is_cached(chain, codehash).await?;
        let (contract, address) = (contract.clone(), entry.address);
        Ok(ProgramState { contract, address, codehash, life, is_cached })
    });
    try_join_all(asked).await
}

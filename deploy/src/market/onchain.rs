//! Decides how the market is found on its chain, with its neighbours, tokens and events.

use alloy::{
    primitives::{Address, B256, U256},
    providers::Provider,
    rpc::types::{Filter, Log},
    sol_types::SolCall,
};

use crate::{
    AddressBook, Error,
    bindings::{
        IDataMarket::{consentRegistryCall, dataRegistryCall, dataTokenCall, membershipCall},
        IDataToken::{decimalsCall, symbolCall},
    },
    chain::Chain,
    contracts::DATA_MARKET,
};

/// A market on its chain.
#[derive(Clone, Debug)]
pub struct Market {
    pub(super) chain: Chain,
    pub(super) address: Address,
    pub(super) membership: Address,
    pub(super) consents: Address,
    pub(super) registry: Address,
    pub(super) data: Address,
    since: u64,
}

/// What is known of a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenInfo {
    /// Its address.
    pub address: Address,
    /// Its symbol.
    pub symbol: String,
    /// Its decimals.
    pub decimals: u8,
}

impl Market {
    /// Finds the market at an address, whose first event is not before the block `since`.
    ///
    /// # Errors
    ///
    /// As [`Chain::read`].
    pub async fn at(chain: &Chain, address: Address, since: u64) -> Result<Self, Error> {
        Ok(Self {
            chain: chain.clone(),
            address,
            membership: chain.read(address, &membershipCall {}).await?,
            consents: chain.read(address, &consentRegistryCall {}).await?,
            registry: chain.read(address, &dataRegistryCall {}).await?,
            data: chain.read(address, &dataTokenCall {}).await?,
            since,
        })
    }

    /// Finds the market of an address book.
    ///
    /// # Errors
    ///
    /// [`Error::NotDeployed`] when the book has none, and as [`Chain::read`].
    pub async fn of_book(chain: &Chain, book: &AddressBook) -> Result<Self, Error> {
        let address = book.address(&DATA_MARKET)?;
        let since = book.contracts.get(DATA_MARKET.name).map_or(0, |entry| entry.block);
        Self::at(chain, address, since).await
    }

    /// Returns the chain.
    #[must_use]
    pub const fn chain(&self) -> &Chain {
        &self.chain
    }

    /// Returns the market's address.
    #[must_use]
    pub const fn address(&self) -> Address {
        self.address
    }

    /// Returns the address of DATA.
    #[must_use]
    pub const fn data(&self) -> Address {
        self.data
    }

    /// Returns the data registry's address.
    #[must_use]
    pub const fn registry(&self) -> Address {
        self.registry
    }

    /// Asks for a token's symbol and decimals.
    ///
    /// # Errors
    ///
    /// As [`Chain::read`].
    pub async fn token(&self, address: Address) -> Result<TokenInfo, Error> {
        let symbol = self.chain.read(address, &symbolCall {}).await?;
        let decimals = self.chain.read(address, &decimalsCall {}).await?;
        Ok(TokenInfo { address, symbol, decimals })
    }

    pub(super) async fn read<C: SolCall>(&self, call: &C) -> Result<C::Return, Error> {
        self.chain.read_next(self.address, call).await
    }

    /// Reads the market's logs of some events, in the order of the chain, with a third indexed value
    /// if one is wanted. Nodes that refuse a range of blocks are asked for its halves.
    pub(super) async fn logs(
        &self,
        events: &[B256],
        third: Option<B256>,
        (from, to): (Option<u64>, Option<u64>),
    ) -> Result<Vec<Log>, Error> {
        let provider = self.chain.provider();
        let newest = self.chain.ask("eth_blockNumber", provider.get_block_number()).await?;
        let last = to.unwrap_or(newest).min(newest);
        let first = from.unwrap_or(self.since);
        let mut ranges = if first > last { Vec::new() } else { vec![(first, last)] };
        let mut logs = Vec::new();
        while let Some((first, last)) = ranges.pop() {
            let mut filter = Filter::new()
                .address(self.address)
                .event_signature(events.to_vec())
                .from_block(first)
                .to_block(last);
            if let Some(third) = third {
                filter = filter.topic3(third);
            }
            match self.chain.ask("eth_getLogs", provider.get_logs(&filter)).await {
                Ok(found) => logs.extend(found),
                Err(Error::Refusal { .. }) if first < last => {
                    let middle = first + (last - first) / 2;
                    ranges.extend([(middle + 1, last), (first, middle)]);
                }
                Err(error) => return Err(error),
            }
        }
        Ok(logs)
    }
}

impl TokenInfo {
    /// Asks for a token's symbol and decimals; one that has none is named by its address.
    pub(crate) async fn ask(chain: &Chain, address: Address) -> Result<Self, Error> {
        let (symbol, decimals) = (symbolCall {}, decimalsCall {});
        let known = tokio::try_join!(chain.read(address, &symbol), chain.read(address, &decimals));
        match known {
            Ok((symbol, decimals)) => Ok(Self { address, symbol, decimals }),
            Err(Error::Reverted { .. } | Error::Answer { .. }) => Ok(Self::nameless(address)),
            Err(error) => Err(error),
        }
    }

    /// Stands for a token of which nothing is known but its address.
    pub(crate) fn nameless(address: Address) -> Self {
        Self { address, symbol: address.to_checksum(None), decimals: 0 }
    }

    /// Writes an amount with the token's decimals and symbol.
    #[must_use]
    pub fn write(&self, amount: U256) -> String {
        let text = alloy::primitives::utils::format_units(amount, self.decimals)
            .unwrap_or_else(|_| amount.to_string());
        let text = match text.split_once('.') {
            Some(_) => text.trim_end_matches('0').trim_end_matches('.'),
            None => &text,
        };
        format!("{text} {}", self.symbol)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_is_written_in_its_tokens_unit() {
        let token =
            |decimals| TokenInfo { address: Address::ZERO, symbol: "USDX".to_owned(), decimals };
        assert_eq!(token(6).write(U256::from(12_500_000)), "12.5 USDX");
        assert_eq!(token(6).write(U256::from(100_000_000)), "100 USDX");
        assert_eq!(token(0).write(U256::from(100)), "100 USDX");
        assert_eq!(token(18).write(U256::ONE), "0.000000000000000001 USDX");
    }
}

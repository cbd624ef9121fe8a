//! Decides which flags name the market and its tokens, and how they are found on their chain.

use alloy::primitives::{Address, U256};
use datacoop_deploy::{
    AddressBook,
    market::{Market, TokenInfo},
};

use crate::{amount, args::RpcArgs, exit::Usage};

/// Which market is meant.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct PlaceArgs {
    /// The data market [default: the cooperative's]
    #[arg(long, value_name = "ADDRESS", env = "DATACOOP_MARKET", hide_env_values = true)]
    market: Option<Address>,
}

impl PlaceArgs {
    /// Connects to the chain and finds the market.
    pub(super) async fn find(&self, rpc: &RpcArgs) -> anyhow::Result<Market> {
        let chain = rpc.connect().await?;
        if let Some(address) = self.market {
            return Ok(Market::at(&chain, address, 0).await?);
        }
        let book = AddressBook::deployed(&rpc.book_path(&chain)?, &chain).await?;
        Ok(Market::of_book(&chain, &book).await?)
    }
}

/// Finds a token: `DATA` or an address.
pub(super) async fn token(market: &Market, text: &str) -> anyhow::Result<TokenInfo> {
    let address = match text {
        "DATA" => market.data(),
        other => other
            .parse()
            .map_err(|_| Usage(format!("`{other}` is no token: write DATA or an address")))?,
    };
    Ok(market.token(address).await?)
}

/// Reads an amount in a token's unit.
pub(super) fn units(token: &TokenInfo, text: &str) -> anyhow::Result<U256> {
    let read = amount::parse(text, token.decimals.into());
    Ok(read.map_err(|fault| Usage(format!("`{text}`: {fault}")))?)
}

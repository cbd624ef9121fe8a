//! Decides which flags name the treasury, and how it is found on its chain.

use alloy::primitives::Address;
use datacoop_deploy::{
    AddressBook,
    contracts::TREASURY,
    treasury::{Treasury, TreasuryError},
};

use super::names::Names;
use crate::args::RpcArgs;

/// Which treasury is meant.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct PlaceArgs {
    /// The treasury; any Safe will do [default: the cooperative's]
    #[arg(long, value_name = "ADDRESS", env = "DATACOOP_TREASURY", hide_env_values = true)]
    treasury: Option<Address>,
}

impl PlaceArgs {
    /// Connects to the chain and finds the treasury.
    pub(super) async fn find(&self, rpc: &RpcArgs) -> anyhow::Result<(Treasury, Names)> {
        let chain = rpc.connect().await?;
        let Some(address) = self.treasury else {
            let book = AddressBook::deployed(&rpc.book_path(&chain)?, &chain).await?;
            let entry = book.contracts.get(TREASURY.name);
            let missing = || TreasuryError::NoTreasury { path: book.path().to_path_buf() };
            let entry = entry.ok_or_else(missing).map_err(datacoop_deploy::Error::from)?;
            let treasury = Treasury::new(&chain, entry.address, entry.block);
            return Ok((treasury, Names::of(&book)));
        };
        // A treasury that is no cooperative's may be on a chain that has none.
        let names = rpc.book_path_of(chain.id()).map(|path| Names::read(&path)).unwrap_or_default();
        Ok((Treasury::new(&chain, address, 0), names))
    }
}

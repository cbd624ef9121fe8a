//! Decides which flags say what revenue comes from, how it is found, and how sums are written.

use std::{collections::BTreeMap, fmt, path::PathBuf};

use alloy::primitives::{Address, U256};
use datacoop_deploy::{
    AddressBook, Error,
    bindings::IDataToken::{decimalsCall, symbolCall},
    chain::Chain,
    data::Manifest,
    market::TokenInfo,
    revenue::{Pot, Revenue},
};
use serde::{Serialize, Serializer, ser::SerializeStruct};

use crate::{args::RpcArgs, output::Account};

/// What revenue comes from.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct SourceArgs {
    /// The manifest of an edition, which `datacoop data dataset create` wrote; several may be named.
    #[arg(long = "manifest", value_name = "FILE", required_unless_present = "pools")]
    manifests: Vec<PathBuf>,

    /// A pool that is shared by shares, such as VALIDATORS; several may be named.
    #[arg(long = "pool", value_name = "NAME")]
    pub(super) pools: Vec<String>,

    /// The revenue distributor [default: the cooperative's]
    #[arg(long, value_name = "ADDRESS", env = "DATACOOP_REVENUE", hide_env_values = true)]
    distributor: Option<Address>,
}

/// An edition that earned something, or nothing yet.
#[derive(Debug)]
pub(super) struct Source {
    pub(super) manifest: Manifest,
    pub(super) pots: Vec<Pot>,
}

impl SourceArgs {
    /// Reads the manifests, finds the distributor, and asks what came for the editions. A manifest
    /// that is another's is refused before anything else is asked.
    pub(super) async fn find(&self, rpc: &RpcArgs) -> anyhow::Result<(Revenue, Vec<Source>)> {
        let read = |path: &PathBuf| Ok::<_, Error>((path.clone(), Manifest::read(path)?));
        let manifests: Vec<_> = self.manifests.iter().map(read).collect::<Result<_, _>>()?;
        let chain = rpc.connect().await?;
        let revenue = match self.distributor {
            Some(address) => Revenue::at(&chain, address, 0).await?,
            None => {
                let book = AddressBook::deployed(&rpc.book_path(&chain)?, &chain).await?;
                Revenue::of_book(&chain, &book).await?
            }
        };
        // The same edition named twice is one.
        let mut sources = BTreeMap::new();
        for (path, manifest) in manifests {
            revenue.require(&path, &manifest).await?;
            let pots = revenue.pots(manifest.edition()).await?;
            sources.insert(manifest.edition(), Source { manifest, pots });
        }
        Ok((revenue, sources.into_values().collect()))
    }
}

/// What is known of tokens, asked once each.
#[derive(Debug, Default)]
pub(super) struct Tokens(BTreeMap<Address, TokenInfo>);

impl Tokens {
    /// Returns an amount of a token as it is written.
    pub(super) async fn sum(
        &mut self,
        chain: &Chain,
        address: Address,
        amount: U256,
    ) -> Result<Sum, Error> {
        if let Some(token) = self.0.get(&address) {
            return Ok(Sum { token: token.clone(), amount });
        }
        let symbol = chain.read(address, &symbolCall {}).await?;
        let decimals = chain.read(address, &decimalsCall {}).await?;
        let token = TokenInfo { address, symbol, decimals };
        self.0.insert(address, token.clone());
        Ok(Sum { token, amount })
    }
}

/// An amount of a token.
#[derive(Clone, Debug)]
pub(super) struct Sum {
    token: TokenInfo,
    amount: U256,
}

impl fmt::Display for Sum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.token.write(self.amount))
    }
}

impl Serialize for Sum {
    /// Writes both the exact integer and the decimal: neither fits a JSON number.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("Sum", 3)?;
        object.serialize_field("token", &Account(self.token.address))?;
        object.serialize_field("smallestUnit", &self.amount.to_string())?;
        object.serialize_field("text", &self.to_string())?;
        object.end()
    }
}

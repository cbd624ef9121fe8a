//! Decides which flags name the chain, which networks have a name, and where address books and keys
//! lie.

use std::{env, fmt, path::PathBuf, str::FromStr};

use alloy::primitives::Address;
use datacoop_deploy::{
    AddressBook, Workspace,
    chain::Chain,
    contracts::{DATA_COOP_REWARDS, DATA_TOKEN},
    governance::Dao,
    keys::Keyring,
};

use super::Aside;
use crate::exit::Usage;

/// The environment variable that names the chain.
const RPC_URL_VARIABLE: &str = "DATACOOP_RPC_URL";

/// A network that has a name.
struct Named {
    name: &'static str,
    chain_id: u64,
    url: &'static str,
    /// Where people look at its accounts and transactions.
    explorer: Option<&'static str>,
}

/// The networks that have a name. Those of Arbitrum are its public endpoints.
const NETWORKS: &[Named] = &[
    Named { name: "local", chain_id: 31_337, url: LOCAL_URL, explorer: None },
    Named {
        name: "nitro-devnode",
        chain_id: 412_346,
        url: "http://127.0.0.1:8547",
        explorer: None,
    },
    Named {
        name: "arbitrum",
        chain_id: 42_161,
        url: "https://arb1.arbitrum.io/rpc",
        explorer: Some("https://arbiscan.io"),
    },
    Named {
        name: "arbitrum-sepolia",
        chain_id: 421_614,
        url: "https://sepolia-rollup.arbitrum.io/rpc",
        explorer: Some("https://sepolia.arbiscan.io"),
    },
];

/// Where `datacoop node`, and Anvil with default flags, listens.
const LOCAL_URL: &str = "http://127.0.0.1:8545";

/// Which chain is meant.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Global options")]
pub(crate) struct RpcArgs {
    /// The RPC endpoint of the chain [default: the network's, else port 8545 of this machine]
    #[arg(long, global = true, value_name = "URL", env = RPC_URL_VARIABLE, hide_env_values = true)]
    rpc_url: Option<String>,

    /// The network: local, nitro-devnode, arbitrum, arbitrum-sepolia, or a chain id. A chain with
    /// another id is refused.
    #[arg(
        long,
        global = true,
        value_name = "NAME",
        env = "DATACOOP_NETWORK",
        hide_env_values = true
    )]
    network: Option<Network>,

    /// The folder of the address books [default: `deployments` of the workspace]
    #[arg(
        long,
        global = true,
        value_name = "DIR",
        env = "DATACOOP_DEPLOYMENTS",
        hide_env_values = true
    )]
    deployments: Option<PathBuf>,

    /// The folder of the keystores [default: `.datacoop/keys` in the home folder]
    #[arg(
        long = "keys",
        global = true,
        value_name = "DIR",
        env = "DATACOOP_KEYS",
        hide_env_values = true
    )]
    key_folder: Option<PathBuf>,

    /// Where transactions go in place of the chain.
    #[arg(skip)]
    aside: Option<Aside>,
}

/// A network that the user named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Network {
    chain_id: u64,
    url: Option<&'static str>,
}

/// Why a text names no network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct UnknownNetwork;

impl fmt::Display for UnknownNetwork {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = NETWORKS.iter().map(|network| network.name).collect();
        write!(f, "there are {}, and any chain id", names.join(", "))
    }
}

impl std::error::Error for UnknownNetwork {}

impl FromStr for Network {
    type Err = UnknownNetwork;

    fn from_str(text: &str) -> Result<Self, UnknownNetwork> {
        if let Some(named) = NETWORKS.iter().find(|network| network.name == text) {
            return Ok(Self { chain_id: named.chain_id, url: Some(named.url) });
        }
        let chain_id = text.parse().map_err(|_| UnknownNetwork)?;
        let named = NETWORKS.iter().find(|network| network.chain_id == chain_id);
        Ok(Self { chain_id, url: named.map(|named| named.url) })
    }
}

/// Returns where people look at the accounts of a chain, where there is such a place.
pub(crate) fn explorer(chain_id: u64) -> Option<&'static str> {
    NETWORKS.iter().find(|network| network.chain_id == chain_id)?.explorer
}

/// A cooperative on its chain.
#[derive(Clone, Debug)]
pub(crate) struct Coop {
    pub(crate) chain: Chain,
    pub(crate) token: Address,
    pub(crate) rewards: Address,
}

impl RpcArgs {
    /// Has transactions go elsewhere in place of the chain.
    pub(crate) fn lay_aside(&mut self, aside: Option<Aside>) {
        self.aside = aside;
    }

    /// Where transactions go in place of the chain, if they do.
    pub(crate) const fn aside(&self) -> Option<&Aside> {
        self.aside.as_ref()
    }

    /// The endpoint that the user named, if any.
    pub(crate) fn named_url(&self) -> Option<&str> {
        let network = self.network.as_ref().and_then(|network| network.url);
        self.rpc_url.as_deref().or(network)
    }

    /// The endpoint: the one that the user named, else that of this machine.
    pub(crate) fn url(&self) -> &str {
        self.named_url().unwrap_or(LOCAL_URL)
    }

    /// Connects to the chain and makes sure that it is the one that was meant.
    pub(crate) async fn connect(&self) -> anyhow::Result<Chain> {
        self.connect_to(self.url()).await
    }

    /// Connects to the chain with this id, and to no other.
    pub(crate) async fn connect_to_id(&self, chain_id: u64) -> anyhow::Result<Chain> {
        let known = NETWORKS.iter().find(|network| network.chain_id == chain_id);
        let known = known.map_or(LOCAL_URL, |network| network.url);
        let chain = self.connect_to(self.named_url().unwrap_or(known)).await?;
        chain.expect_id(chain_id)?;
        Ok(chain)
    }

    /// Connects to the chain at `url`, which must have the named network's id.
    pub(crate) async fn connect_to(&self, url: &str) -> anyhow::Result<Chain> {
        let chain = match self.aside.as_ref().and_then(|aside| aside.chain_id) {
            Some(id) => Chain::offline(id),
            None => Chain::connect(url).await?,
        };
        if let Some(network) = &self.network {
            chain.expect_id(network.chain_id)?;
        }
        Ok(match &self.aside {
            Some(aside) => aside.chain(chain),
            None => chain,
        })
    }

    /// The keystores.
    pub(crate) fn keyring(&self) -> anyhow::Result<Keyring> {
        let own = || env::home_dir().map(|home| home.join(".datacoop").join("keys"));
        let folder = self.key_folder.clone().or_else(own);
        let nowhere = || Usage("there is no home folder: name one with `--keys`".to_owned());
        Ok(Keyring::new(folder.ok_or_else(nowhere)?))
    }

    /// Where the address book of a chain is kept.
    pub(crate) fn book_path(&self, chain: &Chain) -> anyhow::Result<PathBuf> {
        self.book_path_of(chain.id())
    }

    /// Where the address book of the chain with this id is kept.
    pub(crate) fn book_path_of(&self, chain_id: u64) -> anyhow::Result<PathBuf> {
        let folder = match &self.deployments {
            Some(folder) => folder.clone(),
            None => Workspace::find()?.deployments(),
        };
        Ok(folder.join(format!("{chain_id}.json")))
    }

    /// Reads the address book of the named network, or of the local one, without a chain.
    pub(crate) fn offline_book(&self) -> anyhow::Result<AddressBook> {
        let chain_id = self.network.as_ref().map_or(NETWORKS[0].chain_id, |named| named.chain_id);
        let folder = match &self.deployments {
            Some(folder) => folder.clone(),
            None => Workspace::find()?.deployments(),
        };
        let path = folder.join(format!("{chain_id}.json"));
        let book = AddressBook::read(&path)?;
        Ok(book.ok_or(datacoop_deploy::Error::NotDeployed { chain_id, path })?)
    }

    /// Connects to the chain and reads the address book of the cooperative there.
    pub(crate) async fn deployed(&self) -> anyhow::Result<(Chain, AddressBook)> {
        let chain = self.connect().await?;
        let book = AddressBook::deployed(&self.book_path(&chain)?, &chain).await?;
        Ok((chain, book))
    }

    /// Connects to the chain and finds the cooperative there, which must govern itself.
    pub(crate) async fn dao(&self) -> anyhow::Result<Dao> {
        let (chain, book) = self.deployed().await?;
        Ok(Dao::of_book(&chain, &book).await?)
    }

    /// Connects to the chain and finds the cooperative that is deployed there.
    pub(crate) async fn coop(&self) -> anyhow::Result<Coop> {
        let (chain, book) = self.deployed().await?;
        Ok(Coop::of_book(&chain, &book)?)
    }
}

impl Coop {
    /// Finds DATA and its rewards in an address book.
    pub(crate) fn of_book(
        chain: &Chain,
        book: &AddressBook,
    ) -> Result<Self, datacoop_deploy::Error> {
        let (token, rewards) = (book.address(&DATA_TOKEN)?, book.address(&DATA_COOP_REWARDS)?);
        Ok(Self { chain: chain.clone(), token, rewards })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_is_a_name_or_a_chain_id() {
        let network = |text: &str| text.parse::<Network>();
        assert_eq!(network("local").unwrap().chain_id, 31_337);
        assert_eq!(network("42161").unwrap(), network("arbitrum").unwrap());
        assert_eq!(network("7").unwrap(), Network { chain_id: 7, url: None });
        assert_eq!(network("mainnett"), Err(UnknownNetwork));
    }

    #[test]
    fn a_url_goes_before_that_of_the_network() {
        let args = |rpc_url: Option<&str>, network: Option<&str>| RpcArgs {
            rpc_url: rpc_url.map(str::to_owned),
            network: network.map(|name| name.parse().unwrap()),
            deployments: None,
            key_folder: None,
            aside: None,
        };
        assert_eq!(args(None, None).named_url(), None);
        assert_eq!(args(None, Some("nitro-devnode")).named_url(), Some("http://127.0.0.1:8547"));
        assert_eq!(args(Some("http://x"), Some("local")).named_url(), Some("http://x"));
    }
}

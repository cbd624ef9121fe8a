//! A cooperative of its own for each test: an Anvil on a free port, with its contracts on it.

use std::sync::LazyLock;

use alloy::{
    primitives::{Address, U256, address},
    providers::{DynProvider, Provider, ext::AnvilApi},
    rpc::types::TransactionReceipt,
};
use anyhow::{Context, Result, anyhow};
use datacoop_deploy::{
    AddressBook, Artifact, Silent, Workspace,
    bindings::{IConsentRegistry, IDataCoopRewards, IDataToken, IMembership},
    build,
    chain::{Chain, Sender},
    contracts::{self, CONSENT_REGISTRY, CONTRACTS, DATA_COOP_REWARDS, DATA_TOKEN, MEMBERSHIP},
    deploy::{CoopConfig, Existing, deploy_coop},
    keys::dev_account,
    node::{Node, NodeOptions},
};
use tempfile::TempDir;

use crate::contract::{Contract, Interface};

/// Deploys, governs and administers: dev account 0.
pub const GOVERNANCE: Address = address!("f39Fd6e51aad88F6F4ce6aB8827279cffFb92266");
/// Attests: dev account 1.
pub const ORACLE: Address = address!("70997970C51812dc3A010C7d01b50e0d17dc79C8");
/// Pauses: dev account 2.
pub const GUARDIAN: Address = address!("3C44CdDdB6a900fa2b585dd299e03d12FA4293BC");
/// A member: dev account 3.
pub const ALICE: Address = address!("90F79bf6EB2c4f870365E785982E1f101E93b906");
/// A member: dev account 4.
pub const BOB: Address = address!("15d34AAf54267DB7D7c367839AAf71A00a2C6A65");

/// DATA, as a test talks to it.
#[derive(Debug)]
pub struct Data;

impl Interface for Data {
    type Events = IDataToken::IDataTokenEvents;
    type Errors = IDataToken::IDataTokenErrors;
}

/// DataCoopRewards, as a test talks to it.
#[derive(Debug)]
pub struct Rewards;

impl Interface for Rewards {
    type Events = IDataCoopRewards::IDataCoopRewardsEvents;
    type Errors = IDataCoopRewards::IDataCoopRewardsErrors;
}

/// Membership, as a test talks to it.
#[derive(Debug)]
pub struct Membership;

impl Interface for Membership {
    type Events = IMembership::IMembershipEvents;
    type Errors = IMembership::IMembershipErrors;
}

/// The consent registry, as a test talks to it.
#[derive(Debug)]
pub struct Consents;

impl Interface for Consents {
    type Events = IConsentRegistry::IConsentRegistryEvents;
    type Errors = IConsentRegistry::IConsentRegistryErrors;
}

/// A cooperative on its own chain, gone when dropped.
#[derive(Debug)]
pub struct Coop {
    /// The running Anvil.
    pub node: Node,
    /// The chain on it.
    pub chain: Chain,
    /// DATA.
    pub data: Contract<Data>,
    /// DataCoopRewards.
    pub rewards: Contract<Rewards>,
    /// Membership, whose issuer is the oracle.
    pub membership: Contract<Membership>,
    /// The consent registry.
    pub consents: Contract<Consents>,
    /// What was deployed.
    pub book: AddressBook,
    /// Holds the address book and whatever else a test writes.
    pub folder: TempDir,
}

impl Coop {
    /// Starts a cooperative with the amounts of [`CoopConfig::of_one`].
    ///
    /// # Errors
    ///
    /// When building, starting or deploying fails.
    pub async fn start() -> Result<Self> {
        Self::start_with(|_| ()).await
    }

    /// Starts a cooperative whose configuration `change` has had a say in.
    ///
    /// # Errors
    ///
    /// When building, starting or deploying fails.
    pub async fn start_with(change: impl FnOnce(&mut CoopConfig)) -> Result<Self> {
        let (node, chain) = start_node(NodeOptions::default()).await?;
        let mut config =
            CoopConfig { guardian: GUARDIAN, ..CoopConfig::of_one(GOVERNANCE, ORACLE) };
        change(&mut config);
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("31337.json");
        let sender = Sender::new(&chain, dev_account(0)?);
        let deployment =
            deploy_coop(&sender, artifacts()?, &config, &path, Existing::Reuse, &Silent).await?;
        let book = deployment.book;
        let provider = || chain.provider().clone();
        Ok(Self {
            data: Contract::new(provider(), book.address(&DATA_TOKEN)?),
            rewards: Contract::new(provider(), book.address(&DATA_COOP_REWARDS)?),
            membership: Contract::new(provider(), book.address(&MEMBERSHIP)?),
            consents: Contract::new(provider(), book.address(&CONSENT_REGISTRY)?),
            node,
            chain: chain.clone(),
            book,
            folder,
        })
    }

    /// The timestamp of the block that `receipt` is of.
    ///
    /// # Errors
    ///
    /// When the node does not know the block.
    pub async fn time_of(&self, receipt: &TransactionReceipt) -> Result<u64> {
        let number = receipt.block_number.context("not mined")?;
        let block = self.provider().get_block_by_number(number.into()).await?;
        Ok(block.context("no such block")?.header.timestamp)
    }

    /// Sets the timestamp of the next block.
    ///
    /// # Errors
    ///
    /// When it lies in the past.
    pub async fn next_block_at(&self, time: u64) -> Result<()> {
        Ok(self.provider().anvil_set_next_block_timestamp(time).await?)
    }

    /// What `account` holds, in wei of DATA.
    ///
    /// # Errors
    ///
    /// When the node does not answer.
    pub async fn balance(&self, account: Address) -> Result<U256> {
        self.data.read(IDataToken::balanceOfCall { account }).await
    }

    const fn provider(&self) -> &DynProvider {
        self.chain.provider()
    }
}

/// Starts an Anvil of its own.
///
/// # Errors
///
/// When it cannot be installed, started or reached.
pub async fn start_node(options: NodeOptions) -> Result<(Node, Chain)> {
    let node = Node::start(&Workspace::find()?, options, &Silent).await?;
    let chain = Chain::connect(&node.url()).await?;
    Ok((node, chain))
}

/// The artifacts of all contracts, built once in a run.
///
/// # Errors
///
/// When a contract does not build.
pub fn artifacts() -> Result<&'static [Artifact]> {
    static BUILT: LazyLock<Result<Vec<Artifact>, String>> = LazyLock::new(|| {
        let workspace = Workspace::find().map_err(|error| error.to_string())?;
        build::build(&workspace, &CONTRACTS, &Silent).map_err(|error| format!("{error:#}"))
    });
    BUILT.as_deref().map_err(|error| anyhow!(error.clone()))
}

/// The artifact of one contract.
///
/// # Errors
///
/// When it does not build.
pub fn artifact(contract: &contracts::Contract) -> Result<Artifact> {
    let built = build::build(&Workspace::find()?, &[*contract], &Silent)?;
    built.into_iter().next().context("nothing was built")
}

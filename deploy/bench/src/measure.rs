//! Decides the course of a measurement: build, deploy ours and the peer on one chain and ours in
//! the reference host, and play every story in all three places.

use alloy::{
    dyn_abi::DynSolValue,
    primitives::{Address, Bytes, U256},
    sol_types::SolValue,
};
use datacoop_deploy::{
    Artifact, Event, Progress, Stage, Workspace,
    bindings::IDataToken::{DOMAIN_SEPARATORCall, nameCall, symbolCall},
    build::{self, Passes},
    chain::{Chain, Outgoing, Sender},
    contracts::{CONTRACTS, Contract, DATA_COOP_REWARDS, DATA_TOKEN},
    deploy,
    keys::dev_account,
    node::{Node, NodeOptions},
};

use crate::{
    Error,
    actions::{self, Action},
    evm::Evm,
    peers::{Peer, peer},
    report::{ActionCost, ContractSize, Report},
    story::{ADMIN, Cast, DATA, GUARDIAN, ORACLE, PACE_SECS},
    stylus::Stylus,
};

/// The Solidity peer of DATA.
const DATA_PEER: &str = "DataTokenPeer";

/// The contracts that are measured, built.
#[derive(Clone, Debug)]
pub struct Bench {
    workspace: Workspace,
    data: Artifact,
    rewards: Artifact,
    peer: Peer,
}

/// What a chain with all contracts on it looks like to stories.
struct Theatre {
    evm: Evm,
    ours: Cast,
    peers: Cast,
    _node: Node,
}

impl Bench {
    /// Builds the contracts and their peers. Blocks while the compilers run.
    ///
    /// # Errors
    ///
    /// - [`Error::Deploy`]: a contract of ours does not build.
    /// - [`Error::Solc`], [`Error::Refused`], [`Error::NoPeer`]: a peer does not.
    pub fn prepare(workspace: &Workspace, progress: &dyn Progress) -> Result<Self, Error> {
        let mut artifacts = build::build(workspace, &CONTRACTS, progress)?;
        let mut take = |contract: &Contract| {
            let found = artifacts.iter().position(|artifact| artifact.name == contract.name);
            found.map(|index| artifacts.remove(index)).ok_or(Error::Missing { wanted: "artifact" })
        };
        let (data, rewards) = (take(&DATA_TOKEN)?, take(&DATA_COOP_REWARDS)?);
        Ok(Self { workspace: workspace.clone(), data, rewards, peer: peer(DATA_PEER)? })
    }

    /// Returns the same contracts, translated with these passes.
    pub(crate) fn translated_with(mut self, passes: &Passes) -> Result<Self, Error> {
        self.data = self.data.translated_with(passes.clone())?;
        self.rewards = self.rewards.translated_with(passes.clone())?;
        Ok(self)
    }

    /// Measures the actions whose names have `part` in them; all when it is empty.
    ///
    /// # Errors
    ///
    /// - [`Error::UnknownAction`]: there is none.
    /// - [`Error::ActionFailed`]: an action does not succeed.
    /// - [`Error::Deploy`], [`Error::Node`], [`Error::Host`]: the chain's failures.
    pub async fn run(&self, part: &str, progress: &dyn Progress) -> Result<Report, Error> {
        let actions = actions::named(part)?;
        let mut chain = self.chain(progress).await?;
        let stage = Stage::Measure;
        let total = Some(actions.len() as u64);
        progress.report(Event::Began { stage, subject: "actions", total });
        let mut costs = Vec::with_capacity(actions.len());
        for (action, done) in actions.iter().zip(1..) {
            costs.push(self.cost(action, &mut chain).await?);
            progress.report(Event::Advanced { stage, done });
        }
        progress.report(Event::Ended { stage });
        Ok(Report {
            actions: costs,
            contracts: vec![
                ContractSize::of(&self.data, Some(self.peer.deployed_bytecode.len()))?,
                ContractSize::of(&self.rewards, None)?,
            ],
        })
    }

    async fn cost(&self, action: &Action, chain: &mut Theatre) -> Result<ActionCost, Error> {
        let Action { name, story } = action;
        let calls = story(&chain.ours)?;
        let ours = chain.evm.measure(name, &chain.ours, &calls).await?;
        let calls_of_peer = story(&chain.peers)?;
        let is_peers = calls_of_peer.iter().all(|call| chain.peers.address(call.to).is_some());
        let peers = match is_peers {
            true => Some(chain.evm.measure(name, &chain.peers, &calls_of_peer).await?),
            false => None,
        };
        let mut stylus = self.host(&chain.ours)?;
        let stylus = stylus.play(name, &chain.ours, &calls)?;
        let floor = ours.footprint.floor();
        let floor = peers.as_ref().map_or(floor, |peers| floor.min(peers.footprint.floor()));
        Ok(ActionCost::new(name, floor.0, ours.gas, peers.map(|peers| peers.gas), stylus))
    }

    /// Starts a chain and brings ours and the peer into the state that stories begin in.
    async fn chain(&self, progress: &dyn Progress) -> Result<Theatre, Error> {
        let node = Node::start(&self.workspace, NodeOptions::default(), progress).await?;
        let chain = Chain::connect(&node.url()).await?;
        let sender = Sender::new(&chain, dev_account(0)?);
        let mut evm = Evm::new(chain.provider().clone());
        evm.advance(PACE_SECS).await?;
        let arguments = data_arguments()?;
        let data = deploy::create(&sender, &self.data, &arguments).await?.address;
        evm.advance(PACE_SECS).await?;
        let arguments = rewards_arguments(data)?;
        let rewards = deploy::create(&sender, &self.rewards, &arguments).await?.address;
        evm.advance(PACE_SECS).await?;
        let peer = self.create_peer(&sender, data).await?;
        let ours = Cast {
            data,
            rewards: Some(rewards),
            domain: chain.read(data, &DOMAIN_SEPARATORCall {}).await?,
            alice: dev_account(3)?,
        };
        let peers = Cast {
            data: peer,
            rewards: None,
            domain: chain.read(peer, &DOMAIN_SEPARATORCall {}).await?,
            alice: dev_account(3)?,
        };
        evm.mine_by_hand().await?;
        for cast in [&ours, &peers] {
            evm.play("the setup", cast, &cast.setup()).await?;
        }
        Ok(Theatre { evm, ours, peers, _node: node })
    }

    /// Creates the peer of the DATA at `data`, with its names.
    async fn create_peer(&self, sender: &Sender, data: Address) -> Result<Address, Error> {
        let name = sender.chain().read(data, &nameCall {}).await?;
        let symbol = sender.chain().read(data, &symbolCall {}).await?;
        let arguments = (name, symbol, ADMIN, ADMIN, supply()).abi_encode_params();
        let initcode: Bytes = [&self.peer.bytecode[..], &arguments].concat().into();
        let call = format!("creation of {DATA_PEER}");
        let outgoing = Outgoing { call, to: None, data: initcode, value: U256::ZERO };
        let created = sender.send(&outgoing).await?.contract;
        created.ok_or(Error::Missing { wanted: "contract of the peer" })
    }

    /// Brings ours into the same state in a reference host of its own. The same account creates
    /// the same contracts in the same order there, so that the addresses are the same.
    fn host(&self, cast: &Cast) -> Result<Stylus, Error> {
        let mut stylus = Stylus::new();
        let data = stylus.deploy(&self.data, &data_arguments()?)?;
        let rewards = stylus.deploy(&self.rewards, &rewards_arguments(data)?)?;
        if (data, Some(rewards)) != (cast.data, cast.rewards) {
            return Err(Error::Missing { wanted: "contract where the reference host has it" });
        }
        stylus.play("the setup", cast, &cast.setup())?;
        Ok(stylus)
    }
}

/// The supply that there is from the start, in wei of DATA.
fn supply() -> U256 {
    U256::from(1_000_000) * DATA
}

fn data_arguments() -> Result<Vec<u8>, Error> {
    Ok(DATA_TOKEN.encode_constructor(&[
        DynSolValue::Address(ADMIN),
        DynSolValue::Address(ADMIN),
        DynSolValue::Uint(supply(), 256),
        DynSolValue::Uint(supply(), 256),
        DynSolValue::Uint(U256::from(1_000), 256),
    ])?)
}

fn rewards_arguments(data: Address) -> Result<Vec<u8>, Error> {
    let offices = [data, ADMIN, ORACLE, GUARDIAN];
    Ok(DATA_COOP_REWARDS.encode_constructor(&offices.map(DynSolValue::Address))?)
}

//! Decides the course of a measurement: build, deploy ours and the peers on one chain and ours in
//! the reference host, and play every story in all three places.

use std::collections::BTreeMap;

use alloy::primitives::{Address, B256, Bytes, U256};
use datacoop_deploy::{
    Artifact, Event, Progress, Stage, Workspace,
    bindings::IDataToken::DOMAIN_SEPARATORCall,
    build::{self, Passes},
    chain::{Chain, Outgoing, Sender},
    contracts::CONTRACTS,
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
    stage::{self, PARTS, Part},
    story::{Cast, PACE_SECS, Target},
    stylus::Stylus,
};

/// The contracts that are measured, built.
#[derive(Clone, Debug)]
pub struct Bench {
    workspace: Workspace,
    parts: Vec<Built>,
}

/// A contract of ours and its peer, built.
#[derive(Clone, Debug)]
struct Built {
    part: Part,
    artifact: Artifact,
    peer: Option<Peer>,
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
        let mut parts = Vec::with_capacity(PARTS.len());
        for part in PARTS {
            let found = artifacts.iter().position(|artifact| artifact.name == part.contract.name);
            let found = found.ok_or(Error::Missing { wanted: "artifact" })?;
            let peer = part.peer.map(peer).transpose()?;
            parts.push(Built { part, artifact: artifacts.remove(found), peer });
        }
        Ok(Self { workspace: workspace.clone(), parts })
    }

    /// Returns the same contracts, translated with these passes.
    pub(crate) fn translated_with(mut self, passes: &Passes) -> Result<Self, Error> {
        for built in &mut self.parts {
            built.artifact = built.artifact.clone().translated_with(passes.clone())?;
        }
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
            contracts: self.parts.iter().map(Built::size).collect::<Result<_, _>>()?,
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
        let mut deployed = BTreeMap::new();
        for Built { part, artifact, .. } in &self.parts {
            let arguments = stage::arguments(part, &deployed)?;
            let created = deploy::create(&sender, artifact, &arguments).await?;
            deployed.insert(part.target, created.address);
            evm.advance(PACE_SECS).await?;
        }
        let mut peers = BTreeMap::new();
        for Built { part, peer, .. } in &self.parts {
            let Some(peer) = peer else { continue };
            let arguments = stage::peer_arguments(part.target, &peers);
            peers.insert(part.target, create_peer(&sender, part, peer, &arguments).await?);
            evm.advance(PACE_SECS).await?;
        }
        let (ours, peers) = (cast(&chain, deployed).await?, cast(&chain, peers).await?);
        evm.mine_by_hand().await?;
        for cast in [&ours, &peers] {
            evm.play("the setup", cast, &cast.setup()).await?;
        }
        Ok(Theatre { evm, ours, peers, _node: node })
    }

    /// Brings ours into the same state in a reference host of its own. The same account creates
    /// the same contracts in the same order there, so that the addresses are the same.
    fn host(&self, cast: &Cast) -> Result<Stylus, Error> {
        let mut stylus = Stylus::new();
        let mut deployed = BTreeMap::new();
        for Built { part, artifact, .. } in &self.parts {
            let arguments = stage::arguments(part, &deployed)?;
            deployed.insert(part.target, stylus.deploy(artifact, &arguments)?);
        }
        if deployed != cast.contracts {
            return Err(Error::Missing { wanted: "contract where the reference host has it" });
        }
        stylus.play("the setup", cast, &cast.setup())?;
        Ok(stylus)
    }
}

impl Built {
    fn size(&self) -> Result<ContractSize, Error> {
        let peer_bytes = self.peer.as_ref().map(|peer| peer.deployed_bytecode.len());
        ContractSize::of(&self.artifact, peer_bytes)
    }
}

/// Returns what stories are told of contracts on a chain.
async fn cast(chain: &Chain, contracts: BTreeMap<Target, Address>) -> Result<Cast, Error> {
    let domain = match contracts.get(&Target::Data) {
        Some(data) => chain.read(*data, &DOMAIN_SEPARATORCall {}).await?,
        None => B256::ZERO,
    };
    let signers = [dev_account(3)?, dev_account(4)?];
    Ok(Cast { contracts, chain_id: chain.id(), domain, signers })
}

/// Creates a peer.
async fn create_peer(
    sender: &Sender,
    part: &Part,
    peer: &Peer,
    arguments: &[u8],
) -> Result<Address, Error> {
    let initcode: Bytes = [&peer.bytecode[..], arguments].concat().into();
    let call = format!("creation of the peer of {}", part.contract.name);
    let outgoing = Outgoing { call, to: None, data: initcode, value: U256::ZERO };
    let created = sender.send(&outgoing).await?.contract;
    created.ok_or(Error::Missing { wanted: "contract of the peer" })
}

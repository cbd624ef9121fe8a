//! Deployments that are cut off at random requests, again and again: of the tool, and of its connection. Each
//! finishes with the foretold addresses, sends nothing twice, and is what its configuration says.

use std::{
    collections::HashSet,
    future::pending,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use alloy::{
    consensus::Transaction as _,
    network::TransactionResponse,
    primitives::{Address, Bytes, U256, keccak256},
    providers::{Provider, ext::AnvilApi},
    rpc::types::anvil::ReorgOptions,
};
use anyhow::{Context, Result, ensure};
use datacoop_deploy::{
    AddressBook, Error, Silent,
    chain::{Chain, Outgoing, Sender},
    deploy::{CoopConfig, Existing, GovernanceConfig, deploy_coop, plan, verify},
    keys::dev_account,
    node::{Node, NodeOptions},
};
use datacoop_tests::{
    ALICE, BOB, GOVERNANCE, Hook, ORACLE, Reply, RpcProxy, Upstream, artifacts, start_node,
};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::Value;
use tokio::sync::Notify;

/// What the random moments are drawn from.
const SEED: u64 = 20_261_121;

/// How many deployments are cut off, in how many tests that run side by side.
const DEPLOYMENTS: u64 = 50;
const LANES: u64 = 2;

/// How often a deployment is cut off at most.
const CUTS: u32 = 3;

/// What happens at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    /// The tool is killed before a request reaches the node.
    KilledBefore,
    /// The tool is killed after a request reached the node, without its answer.
    KilledAfter,
    /// The connection breaks before a request reaches the node.
    LostBefore,
    /// The connection breaks after a request reached the node.
    LostAfter,
}

const FAULTS: [Fault; 4] =
    [Fault::KilledBefore, Fault::KilledAfter, Fault::LostBefore, Fault::LostAfter];

/// Any request, or one that sends a transaction.
const ANY: &str = "";
const SEND: &str = "eth_sendRawTransaction";

/// Does something to one request.
#[derive(Debug)]
struct Cut {
    /// Which requests are counted: those of this method, or all.
    method: &'static str,
    /// Requests until then.
    left: AtomicU64,
    fault: Fault,
    killed: Arc<Notify>,
}

impl Hook for Cut {
    async fn answer(&self, node: &Upstream, request: Value) -> Result<Reply> {
        if self.method != ANY && request["method"] != self.method {
            return Ok(Reply::Answer(node.pass(&request).await?));
        }
        let before = self
            .left
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| Some(left.saturating_sub(1)));
        if before != Ok(1) {
            return Ok(Reply::Answer(node.pass(&request).await?));
        }
        if matches!(self.fault, Fault::KilledAfter | Fault::LostAfter) {
            node.pass(&request).await?;
        }
        if matches!(self.fault, Fault::LostBefore | Fault::LostAfter) {
            return Ok(Reply::Lost);
        }
        self.killed.notify_one();
        pending().await
    }
}

/// A cooperative of its own for every number, on one chain.
fn config(number: u64) -> CoopConfig {
    let mut config = CoopConfig::of_one(GOVERNANCE, ORACLE);
    config.salt = Some(keccak256(number.to_be_bytes()));
    config.recipient = Address::ZERO;
    config.self_government = Some(GovernanceConfig::local(&[ALICE, BOB]));
    config
}

/// Deploys through a connection on which `fault` happens at a request. Returns whether it finished.
async fn attempt(
    node: &Node,
    config: &CoopConfig,
    book: &Path,
    (fault, method, requests): (Fault, &'static str, u64),
) -> Result<bool> {
    let killed = Arc::new(Notify::new());
    let left = AtomicU64::new(requests);
    let hook = Cut { method, left, fault, killed: Arc::clone(&killed) };
    let proxy = RpcProxy::start(&node.url(), hook).await?;
    let deployment = async {
        let chain = Chain::connect(proxy.url()).await?;
        let sender = Sender::new(&chain, dev_account(0)?);
        let artifacts = artifacts().expect("the contracts build");
        deploy_coop(&sender, artifacts, config, book, Existing::Reuse, &Silent).await
    };
    tokio::select! {
        // Whatever the tool had in memory is gone, as when its process is killed.
        () = killed.notified() => Ok(false),
        result = deployment => match result {
            Ok(_) => Ok(true),
            Err(Error::Unreachable { .. } | Error::Answer { .. }) => Ok(false),
            Err(error) => Err(error.into()),
        },
    }
}

/// Counts requests.
#[derive(Debug, Default)]
struct Counting(Arc<AtomicU64>);

impl Hook for Counting {
    async fn answer(&self, node: &Upstream, request: Value) -> Result<Reply> {
        self.0.fetch_add(1, Ordering::SeqCst);
        Ok(Reply::Answer(node.pass(&request).await?))
    }
}

/// Returns how many requests a whole deployment makes.
async fn requests(node: &Node, folder: &Path) -> Result<u64> {
    let count = Arc::new(AtomicU64::new(0));
    let proxy = RpcProxy::start(&node.url(), Counting(Arc::clone(&count))).await?;
    let chain = Chain::connect(proxy.url()).await?;
    let sender = Sender::new(&chain, dev_account(0)?);
    let book = folder.join("counted.json");
    let config = config(u64::MAX);
    deploy_coop(&sender, artifacts()?, &config, &book, Existing::Reuse, &Silent).await?;
    Ok(count.load(Ordering::SeqCst))
}

/// Does what happens to accounts and chains between two runs of a tool.
async fn meanwhile(chain: &Chain, book: &Path, random: &mut ChaCha8Rng) -> Result<()> {
    match random.random_range(0..4) {
        // Somebody uses the account for something else: the nonce moves on.
        0 => {
            let sender = Sender::new(chain, dev_account(0)?);
            let call = "something else".to_owned();
            let value = U256::from(random.random_range(1..1_000));
            let data = Bytes::copy_from_slice(&random.random::<[u8; 16]>());
            sender.send(&Outgoing { call, to: Some(BOB), data, value }).await?;
        }
        // The line that was being written is torn.
        1 => {
            let journal = book.with_extension("journal.jsonl");
            if let Ok(text) = std::fs::read(&journal) {
                let torn = [text.as_slice(), b"{\"event\":\"intent\",\"ste"].concat();
                std::fs::write(&journal, torn)?;
            }
        }
        _ => {}
    }
    Ok(())
}

/// Checks that nothing was sent twice by the deployer in all blocks of the chain.
async fn nothing_twice(chain: &Chain) -> Result<()> {
    let provider = chain.provider();
    let mut seen = HashSet::new();
    for number in 0..=provider.get_block_number().await? {
        let block = provider.get_block_by_number(number.into()).full().await?;
        for transaction in block.context("a block is missing")?.transactions.txns() {
            let what = (transaction.to(), transaction.input().clone());
            let is_deployers = transaction.from() == GOVERNANCE;
            ensure!(!is_deployers || seen.insert(what.clone()), "sent twice: {what:?}");
        }
    }
    Ok(())
}

async fn lane(lane: u64) -> Result<()> {
    let (node, chain) = start_node(NodeOptions::default()).await?;
    let folder = tempfile::tempdir()?;
    let whole = requests(&node, folder.path()).await?;
    let mut finished_at_once = 0;
    for number in (0..DEPLOYMENTS).filter(|number| number % LANES == lane) {
        let mut random = ChaCha8Rng::seed_from_u64(SEED + number);
        let (config, book) = (config(number), folder.path().join(format!("{number}.json")));
        let foretold = plan(&chain, GOVERNANCE, artifacts()?, &config, &book).await?;
        let mut cuts = 0;
        loop {
            let is_last = cuts == CUTS;
            let fault = FAULTS[random.random_range(0..FAULTS.len())];
            let at = if is_last { u64::MAX } else { random.random_range(1..whole) };
            let context = || format!("deployment {number}, {fault:?} at request {at} of {whole}");
            if attempt(&node, &config, &book, (fault, ANY, at)).await.with_context(context)? {
                break;
            }
            cuts += 1;
            meanwhile(&chain, &book, &mut random).await?;
        }
        finished_at_once += u64::from(cuts == 0);
        let entries = AddressBook::deployed(&book, &chain).await?.contracts;
        for contract in &foretold.contracts {
            let found = entries.get(contract.name).context("it is in the book")?.address;
            ensure!(found == contract.address, "{} of deployment {number}", contract.name);
        }
        let verified = verify(&chain, artifacts()?, &config, &book).await?;
        ensure!(verified.is_clean(), "deployment {number} (seed {SEED}): {verified:?}");
    }
    // Most were cut off, or this shows nothing.
    ensure!(finished_at_once * 4 < DEPLOYMENTS / LANES, "{finished_at_once} were not cut off");
    nothing_twice(&chain).await
}

#[tokio::test(flavor = "multi_thread")]
async fn deployments_that_are_cut_off_finish_as_foretold_and_send_nothing_twice() -> Result<()> {
    lane(0).await
}

#[tokio::test(flavor = "multi_thread")]
async fn deployments_that_are_cut_off_finish_as_foretold_and_send_nothing_twice_again() -> Result<()>
{
    lane(1).await
}

/// A deployment that was killed when a transaction of it had reached a node that mines nothing.
async fn killed_with_a_transaction_under_way(
    node: &Node,
    chain: &Chain,
    config: &CoopConfig,
    book: &Path,
) -> Result<()> {
    attempt(node, config, book, (Fault::KilledBefore, SEND, 20)).await?;
    chain.provider().anvil_set_auto_mine(false).await?;
    // What was about to be sent is sent now, and stays in the pool.
    attempt(node, config, book, (Fault::KilledAfter, SEND, 1)).await?;
    let deployer = dev_account(0)?.address();
    let pending = chain.provider().get_transaction_count(deployer).pending().await?;
    ensure!(pending == chain.provider().get_transaction_count(deployer).await? + 1);
    Ok(())
}

async fn finishes(chain: &Chain, config: &CoopConfig, book: &Path) -> Result<()> {
    let sender = Sender::new(chain, dev_account(0)?);
    deploy_coop(&sender, artifacts()?, config, book, Existing::Reuse, &Silent).await?;
    ensure!(verify(chain, artifacts()?, config, book).await?.is_clean());
    nothing_twice(chain).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transaction_that_nodes_dropped_is_sent_again() -> Result<()> {
    let (node, chain) = start_node(NodeOptions::default()).await?;
    let folder = tempfile::tempdir()?;
    let (config, book) = (config(1), folder.path().join("book.json"));
    killed_with_a_transaction_under_way(&node, &chain, &config, &book).await?;
    chain.provider().anvil_drop_all_transactions().await?;
    chain.provider().anvil_set_auto_mine(true).await?;
    finishes(&chain, &config, &book).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transaction_that_another_one_replaced_is_sent_anew() -> Result<()> {
    let (node, chain) = start_node(NodeOptions::default()).await?;
    let folder = tempfile::tempdir()?;
    let (config, book) = (config(1), folder.path().join("book.json"));
    killed_with_a_transaction_under_way(&node, &chain, &config, &book).await?;
    chain.provider().anvil_drop_all_transactions().await?;
    chain.provider().anvil_set_auto_mine(true).await?;
    // Another transaction of the account takes the nonce.
    let sender = Sender::new(&chain, dev_account(0)?);
    let (call, data) = ("another".to_owned(), Bytes::from_static(b"another"));
    sender.send(&Outgoing { call, to: Some(ALICE), data, value: U256::ZERO }).await?;
    finishes(&chain, &config, &book).await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_reorganisation_took_back_is_done_again() -> Result<()> {
    let (node, chain) = start_node(NodeOptions::default()).await?;
    let folder = tempfile::tempdir()?;
    let (config, book) = (config(1), folder.path().join("book.json"));
    attempt(&node, &config, &book, (Fault::KilledBefore, SEND, 50)).await?;
    let options = ReorgOptions { depth: 9, tx_block_pairs: Vec::new() };
    chain.provider().anvil_reorg(options).await?;
    finishes(&chain, &config, &book).await
}

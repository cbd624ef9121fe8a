//! The event index and the dashboard on a real Anvil: what they say is what the chain and the contracts' views
//! say, after cuts, refusals and reorganisations too.

mod dashboard;
mod market;

use std::sync::atomic::{AtomicU64, Ordering};

use alloy::{
    primitives::{Address, B256, LogData, U256},
    providers::{Provider, ext::AnvilApi},
    rpc::types::{Filter, Log, anvil::ReorgOptions},
};
use anyhow::Result;
use datacoop_deploy::{
    AddressBook, Error, Silent,
    bindings::IDataToken::transferCall,
    chain::Chain,
    index::{EventIndex, IndexError, Source},
    node::NodeOptions,
};
use datacoop_tests::{ALICE, Coop, GOVERNANCE, Hook, Reply, RpcProxy, Upstream, start_node};

use serde_json::{Value, json};
use tempfile::TempDir;

/// The most blocks that the node behind a proxy is asked about at once.
const MOST_BLOCKS: u64 = 7;

/// What is compared of a log.
type Known = (Option<u64>, Option<u64>, Option<B256>, Address, LogData);

fn known(log: &Log) -> Known {
    let Log { inner, block_number, log_index, transaction_hash, .. } = log;
    (*block_number, *log_index, *transaction_hash, inner.address, inner.data.clone())
}

fn sources(book: &AddressBook) -> Vec<Source> {
    let entries = book.contracts.values();
    entries.map(|entry| Source { address: entry.address, since: entry.block }).collect()
}

fn open(folder: &TempDir, chain: &Chain) -> Result<EventIndex> {
    let path = folder.path().join("31337.events.sqlite");
    Ok(EventIndex::open(&path, chain.id(), chain.genesis())?)
}

/// Asserts that an index has every log of the contracts that the chain has, each once, and no other.
async fn assert_is_whole(index: &EventIndex, chain: &Chain, sources: &[Source]) -> Result<()> {
    let mut total = 0;
    for Source { address, .. } in sources {
        let filter = Filter::new().address(*address).from_block(0);
        let expected = chain.provider().get_logs(&filter).await?;
        let found = index.all_logs(*address)?;
        let [expected, found] =
            [expected, found].map(|logs| logs.iter().map(known).collect::<Vec<_>>());
        assert_eq!(found, expected, "{address}");
        total += expected.len() as u64;
    }
    assert_eq!(index.total()?, total);
    Ok(())
}

/// Passes requests on, refuses ranges that are too long, and breaks the connection at one request about logs.
struct Narrow {
    left: AtomicU64,
}

impl Hook for Narrow {
    async fn answer(&self, node: &Upstream, request: Value) -> Result<Reply> {
        if request["method"] != "eth_getLogs" {
            return Ok(Reply::Answer(node.pass(&request).await?));
        }
        let number = |name: &str| {
            let text = request["params"][0][name].as_str().unwrap_or("0x0");
            u64::from_str_radix(text.trim_start_matches("0x"), 16)
        };
        if number("toBlock")? - number("fromBlock")? >= MOST_BLOCKS {
            let error =
                json!({"code": -32_005, "message": "query returned more than 10000 results"});
            let answer = json!({"jsonrpc": "2.0", "id": request["id"], "error": error});
            return Ok(Reply::Answer(answer));
        }
        if self.left.fetch_sub(1, Ordering::SeqCst) == 0 {
            return Ok(Reply::Lost);
        }
        Ok(Reply::Answer(node.pass(&request).await?))
    }
}

async fn through(coop: &Coop, answered: u64) -> Result<(RpcProxy, Chain)> {
    let hook = Narrow { left: AtomicU64::new(answered) };
    let proxy = RpcProxy::start(&coop.node.url(), hook).await?;
    let chain = Chain::connect(proxy.url()).await?;
    Ok((proxy, chain))
}

async fn pay(coop: &Coop, amount: u64) -> Result<()> {
    coop.data.send(GOVERNANCE, transferCall { to: ALICE, value: U256::from(amount) }).await?;
    Ok(())
}

#[tokio::test]
async fn an_index_that_is_cut_off_again_and_again_has_each_log_once() -> Result<()> {
    let coop = Coop::start().await?;
    pay(&coop, 1).await?;
    let sources = sources(&coop.book);
    let mut last = 0;
    let mut cuts = 0;
    loop {
        // One answer more or none is all that each run gets, and a new process has nothing but the file.
        let (_proxy, chain) = through(&coop, cuts % 2).await?;
        let mut index = open(&coop.folder, &chain)?;
        let outcome = index.sync(&chain, &sources, &Silent).await;
        assert!(index.total()? >= last, "what was written stays");
        last = index.total()?;
        match outcome {
            Ok(_) => break,
            Err(Error::Unreachable { .. }) => cuts += 1,
            Err(error) => return Err(error.into()),
        }
        assert!(cuts < 500, "it comes no further");
    }
    assert!(cuts >= 8, "only {cuts} cuts");
    assert_is_whole(&open(&coop.folder, &coop.chain)?, &coop.chain, &sources).await
}

#[tokio::test]
async fn only_what_is_new_is_asked_for() -> Result<()> {
    let coop = Coop::start().await?;
    let sources = sources(&coop.book);
    let mut index = open(&coop.folder, &coop.chain)?;
    assert!(index.sync(&coop.chain, &sources, &Silent).await?.added > 20);
    assert_eq!(index.sync(&coop.chain, &sources, &Silent).await?.added, 0);
    pay(&coop, 1).await?;
    pay(&coop, 2).await?;
    // Two requests about logs would be one too many.
    let (_proxy, chain) = through(&coop, 1).await?;
    let synced = index.sync(&chain, &sources, &Silent).await?;
    assert_eq!((synced.added, synced.reorganised_from), (2, None));
    assert_is_whole(&index, &coop.chain, &sources).await
}

#[tokio::test]
async fn a_contract_that_comes_later_is_known_from_its_beginning() -> Result<()> {
    let coop = Coop::start().await?;
    let all = sources(&coop.book);
    let mut index = open(&coop.folder, &coop.chain)?;
    index.sync(&coop.chain, &all[..2], &Silent).await?;
    assert_is_whole(&index, &coop.chain, &all[..2]).await?;
    index.sync(&coop.chain, &all, &Silent).await?;
    assert_is_whole(&index, &coop.chain, &all).await
}

#[tokio::test]
async fn what_the_chain_took_back_is_taken_out_and_what_came_instead_is_there() -> Result<()> {
    let coop = Coop::start().await?;
    let sources = sources(&coop.book);
    let mut index = open(&coop.folder, &coop.chain)?;
    index.sync(&coop.chain, &sources, &Silent).await?;
    let provider = coop.chain.provider();
    for depth in [1, 3, 8] {
        for amount in 0..depth {
            pay(&coop, 100 + amount).await?;
            index.sync(&coop.chain, &sources, &Silent).await?;
        }
        let head = provider.get_block_number().await?;
        // As many empty blocks take the place of those that are taken back.
        provider.anvil_reorg(ReorgOptions { depth, tx_block_pairs: Vec::new() }).await?;
        let synced = index.sync(&coop.chain, &sources, &Silent).await?;
        let first = synced.reorganised_from.expect("blocks were taken back");
        assert!(first <= head + 1 - depth, "{first} of {head} less {depth}");
        assert_is_whole(&index, &coop.chain, &sources).await?;
        pay(&coop, 7).await?;
        assert_eq!(index.sync(&coop.chain, &sources, &Silent).await?.added, 1);
        assert_is_whole(&index, &coop.chain, &sources).await?;
    }
    // A chain that is shorter than what is known.
    for amount in 0..5 {
        pay(&coop, amount).await?;
    }
    index.sync(&coop.chain, &sources, &Silent).await?;
    provider.anvil_rollback(Some(3)).await?;
    let synced = index.sync(&coop.chain, &sources, &Silent).await?;
    assert!(synced.reorganised_from.is_some_and(|first| first <= synced.block + 1));
    assert_is_whole(&index, &coop.chain, &sources).await
}

#[tokio::test]
async fn another_chain_behind_the_same_url_is_told_apart() -> Result<()> {
    let coop = Coop::start().await?;
    let sources = sources(&coop.book);
    let mut index = open(&coop.folder, &coop.chain)?;
    index.sync(&coop.chain, &sources, &Silent).await?;
    let total = index.total()?;
    let (_node, other) = start_node(NodeOptions::default()).await?;
    // Blocks of two nodes that start in the same second are the same.
    if other.genesis() != coop.chain.genesis() {
        let error = index.sync(&other, &sources, &Silent).await.unwrap_err();
        assert!(matches!(error, Error::Index(IndexError::OtherChain { .. })), "{error}");
        assert!(error.to_string().contains("move it away"), "{error}");
        assert_eq!(index.total()?, total, "nothing is lost");
    }
    Ok(())
}

#[tokio::test]
async fn two_that_read_at_once_come_to_the_same() -> Result<()> {
    let coop = Coop::start().await?;
    let sources = sources(&coop.book);
    let (_first, one) = through(&coop, 1_000).await?;
    let (_second, two) = through(&coop, 1_000).await?;
    let (mut left, mut right) = (open(&coop.folder, &one)?, open(&coop.folder, &two)?);
    let (left, right) =
        tokio::join!(left.sync(&one, &sources, &Silent), right.sync(&two, &sources, &Silent));
    let index = open(&coop.folder, &coop.chain)?;
    assert_eq!(left?.added + right?.added, index.total()?);
    assert_is_whole(&index, &coop.chain, &sources).await
}

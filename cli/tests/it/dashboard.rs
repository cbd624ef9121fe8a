//! The dashboard by the command line: tables and a document, cut off while it reads and run again, and what
//! is said when its index cannot be used.

use std::{
    future::pending,
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use alloy::{
    primitives::{Address, U256},
    providers::Provider,
    rpc::types::Filter,
};
use anyhow::Result;
use datacoop_deploy::bindings::IDataToken::transferCall;
use datacoop_tests::{ALICE, Coop, GOVERNANCE, Hook, Reply, RpcProxy, Upstream};
use serde_json::{Value, json};
use tokio::sync::Notify;

use crate::process::{Datacoop, INPUT, USAGE, number};

/// The most blocks that the node behind a proxy is asked about at once.
const MOST_BLOCKS: u64 = 5;

/// Refuses ranges that are too long, and never answers one request about logs.
struct Stop {
    left: AtomicU64,
    reached: Arc<Notify>,
}

impl Hook for Stop {
    async fn answer(&self, node: &Upstream, request: Value) -> Result<Reply> {
        if request["method"] != "eth_getLogs" {
            return Ok(Reply::Answer(node.pass(&request).await?));
        }
        let block = |name: &str| {
            let text = request["params"][0][name].as_str().unwrap_or("0x0");
            u64::from_str_radix(text.trim_start_matches("0x"), 16)
        };
        if block("toBlock")? - block("fromBlock")? >= MOST_BLOCKS {
            let error = json!({"code": -32_005, "message": "too many blocks"});
            let answer = json!({"jsonrpc": "2.0", "id": request["id"], "error": error});
            return Ok(Reply::Answer(answer));
        }
        if self.left.fetch_sub(1, Ordering::SeqCst) == 0 {
            self.reached.notify_one();
            return pending().await;
        }
        Ok(Reply::Answer(node.pass(&request).await?))
    }
}

/// Runs the dashboard and kills the process when this many ranges were answered.
async fn killed_after(coop: &Coop, ranges: u64) -> Result<()> {
    let reached = Arc::new(Notify::new());
    let hook = Stop { left: AtomicU64::new(ranges), reached: Arc::clone(&reached) };
    let proxy = RpcProxy::start(&coop.node.url(), hook).await?;
    let mut child = Command::new(env!("CARGO_BIN_EXE_datacoop"))
        .args(["dashboard", "--once", "--quiet", "--rpc-url", proxy.url(), "--deployments"])
        .arg(coop.folder.path())
        .spawn()?;
    reached.notified().await;
    child.kill()?;
    child.wait()?;
    Ok(())
}

/// How many logs the chain has of the cooperative's contracts.
async fn logs_of(coop: &Coop) -> Result<u64> {
    let all: Vec<Address> = coop.book.contracts.values().map(|entry| entry.address).collect();
    let filter = Filter::new().address(all).from_block(0);
    Ok(coop.chain.provider().get_logs(&filter).await?.len() as u64)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dashboard_that_was_killed_while_it_read_goes_on_where_it_was() -> Result<()> {
    let coop = Coop::start().await?;
    for amount in 1..20 {
        coop.data.send(GOVERNANCE, transferCall { to: ALICE, value: U256::from(amount) }).await?;
    }
    for ranges in [0, 1, 3, 2] {
        killed_after(&coop, ranges).await?;
    }
    let seen = Datacoop::on(&coop, &["dashboard", "--json"]).run().done().json();
    assert_eq!((&seen["schemaVersion"], &seen["command"]), (&json!(1), &json!("dashboard")));
    assert_eq!(number(&seen["events"]), logs_of(&coop).await?);
    let added = number(&seen["eventsAdded"]);
    assert!(added > 0 && added < number(&seen["events"]), "what was read before counts: {seen}");
    assert_eq!(number(&seen["block"]["number"]), coop.chain.provider().get_block_number().await?);
    assert_eq!(seen["contracts"][0]["life"], "doesNotExpire");
    assert_eq!((&seen["governance"], &seen["treasury"]), (&Value::Null, &Value::Null));

    // Where nobody looks it writes tables and ends, and says nothing twice.
    let text = Datacoop::on(&coop, &["dashboard"]).run().done().stdout;
    for words in
        ["DataToken", "does not expire", "emission cap", "licences sold", "does not govern itself"]
    {
        assert!(text.contains(words), "no `{words}` in {text}");
    }
    let lines = Datacoop::on(&coop, &["dashboard", "--json=events"]).run().done().stdout;
    let last: Value = serde_json::from_str(lines.lines().last().unwrap_or_default())?;
    assert_eq!((&last["command"], &last["eventsAdded"]), (&json!("dashboard"), &json!(0)));
    Datacoop::on(&coop, &["dashboard", "--once", "--every", "3"]).run().failed(USAGE, &["--every"]);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_index_that_cannot_be_used_is_named_with_the_way_out() -> Result<()> {
    let coop = Coop::start().await?;
    let path = coop.folder.path().join("31337.events.sqlite");
    std::fs::write(&path, "no database, but a text that is longer than a header. ".repeat(20))?;
    let look = || Datacoop::on(&coop, &["dashboard"]).run();
    look().failed(INPUT, &["error[not-an-index]", "31337.events.sqlite", "move it away"]);
    std::fs::remove_file(&path)?;
    look().done();
    Ok(())
}

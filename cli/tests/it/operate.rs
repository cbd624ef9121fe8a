//! A cooperative from one file, by the command line alone: planned, applied, killed and resumed, verified, changed by
//! proposal; and what is said when something is not as it should be.

use std::{
    fs,
    future::pending,
    path::{Path, PathBuf},
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use alloy::providers::Provider;
use anyhow::Result;
use datacoop_deploy::{
    chain::Chain,
    node::{Node, NodeOptions},
};
use datacoop_tests::{GOVERNANCE as DEPLOYER, Hook, Reply, RpcProxy, Upstream, start_node};
use serde_json::Value;
use tempfile::TempDir;
use tokio::sync::Notify;

use crate::process::{CHAIN, Datacoop, FUNDS, INPUT, Run, USAGE};

/// A chain, and a folder with a declaration and address books.
struct Site {
    node: Node,
    chain: Chain,
    folder: TempDir,
}

impl Site {
    async fn start() -> Result<Self> {
        let (node, chain) = start_node(NodeOptions::default()).await?;
        let site = Self { node, chain, folder: tempfile::tempdir()? };
        site.run(&["init", &site.file()]).done();
        Ok(site)
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("coop.toml")
    }

    fn file(&self) -> String {
        self.path().to_string_lossy().into_owned()
    }

    fn run(&self, words: &[&str]) -> Run {
        Datacoop::new(words).at(&self.node.url()).with_books(self.folder.path()).run()
    }

    fn json(&self, words: &[&str]) -> Value {
        self.run(&[words, &["--json"]].concat()).done().json()
    }

    /// Puts another text into the declaration.
    fn edit(&self, old: &str, new: &str) -> Result<()> {
        let text = fs::read_to_string(self.path())?;
        assert!(text.contains(old), "{old}");
        Ok(fs::write(self.path(), text.replacen(old, new, 1))?)
    }

    fn journal(&self) -> PathBuf {
        self.folder.path().join("31337.journal.jsonl")
    }
}

/// Passes requests on until one of them, which is answered never.
struct Stop {
    left: AtomicU64,
    reached: Arc<Notify>,
}

impl Hook for Stop {
    async fn answer(&self, node: &Upstream, request: Value) -> Result<Reply> {
        let before = self
            .left
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| Some(left.saturating_sub(1)));
        let answer = node.pass(&request).await?;
        if before == Ok(1) {
            self.reached.notify_one();
            return pending().await;
        }
        Ok(Reply::Answer(answer))
    }
}

/// Runs `apply` and kills the process after it made this many requests.
async fn killed_after(site: &Site, requests: u64) -> Result<()> {
    let reached = Arc::new(Notify::new());
    let hook = Stop { left: AtomicU64::new(requests), reached: Arc::clone(&reached) };
    let proxy = RpcProxy::start(&site.node.url(), hook).await?;
    let mut child = Command::new(env!("CARGO_BIN_EXE_datacoop"))
        .args(["apply", &site.file(), "--yes", "--quiet"])
        .args(["--rpc-url", proxy.url(), "--deployments"])
        .arg(site.folder.path())
        .spawn()?;
    reached.notified().await;
    child.kill()?;
    child.wait()?;
    Ok(())
}

fn addresses(document: &Value) -> Vec<(String, String)> {
    let contracts = document["contracts"].as_array().expect("a list").iter();
    let text = |value: &Value| value.as_str().expect("a text").to_lowercase();
    let mut list: Vec<_> = contracts.map(|c| (text(&c["name"]), text(&c["address"]))).collect();
    list.sort();
    list
}

#[tokio::test(flavor = "multi_thread")]
async fn a_declared_cooperative_is_planned_applied_verified_and_changed_by_proposal() -> Result<()>
{
    let site = Site::start().await?;
    let file = site.file();
    let again = site.run(&["init", &file]);
    again.failed(INPUT, &["left alone"]);

    let plan = site.json(&["plan", &file]);
    let count = plan["transactions"].as_array().expect("a list").len();
    assert!(count > 50, "{count}");
    assert!(plan["gas"].as_u64().expect("it was simulated") > 30_000_000, "{plan}");
    assert_eq!(plan["transactions"][0]["function"], "constructor");
    assert!(!site.journal().exists(), "a plan changes nothing");

    let applied = site.json(&["apply", &file]);
    assert_eq!(addresses(&applied), addresses(&plan));
    assert_eq!(applied["steps"].as_array().expect("a list").len(), count);
    assert!(site.run(&["verify", &file]).done().stdout.contains("as declared"));
    assert_eq!(site.json(&["status"])["progress"]["state"], "complete");
    let document = fs::read_to_string(site.folder.path().join("31337.dao.json"))?;
    assert!(document.contains("eip155:31337:0x"), "{document}");

    assert!(site.run(&["plan", &file]).done().stdout.contains("Nothing to do"));
    assert_eq!(site.json(&["apply", &file])["steps"], serde_json::json!([]));

    site.edit("requiredStake = \"1000 DATA\"", "requiredStake = \"2000 DATA\"")?;
    let plan = site.json(&["plan", &file]);
    let changes = plan["changes"].as_array().expect("a list");
    assert_eq!((changes.len(), &changes[0]["parameter"]), (1, &"market.requiredStake".into()));
    assert_eq!(plan["byProposal"], true);
    assert_eq!(site.run(&["verify", &file]).status, 9);
    site.run(&["apply", &file, "--propose"]).failed(5, &["gov delegate self"]);

    site.run(&["gov", "delegate", "self", "--from", "dev:0"]).done();
    site.chain.advance_time(2).await?;
    let proposed = site.json(&["apply", &file, "--propose"]);
    assert!(proposed["proposal"].is_string(), "{proposed}");
    let shown = site.run(&["gov", "show", "latest"]).done().stdout;
    assert!(shown.contains("market.requiredStake to 2000 DATA"), "{shown}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn limits_classes_and_uri_are_proposed_as_declared_until_there_is_nothing_to_do() -> Result<()>
{
    let site = Site::start().await?;
    let file = site.file();
    site.json(&["apply", &file]);
    let limits = "limits = [\"grants to 1000 DATA per 30 days\", \
        \"0x976EA74026E726554dB657fA54763abd0C3a0aa9 to 0.5 ETH per 7 days from operations\"]";
    site.edit("# strictBudgets = true", &format!("strictBudgets = true\n{limits}"))?;
    site.edit("# daoUri =", "daoUri =")?;
    let class = "[governor.fastTrack]\nvotingDelay = \"1 minute\"\nvotingPeriod = \"1 hour\"\n\
        vetoQuorum = \"0%\"\nallow = [\"rewards.cooldown\"]\n";
    site.edit("# A multisig for payments", &format!("{class}\n# A multisig for payments"))?;
    let plan = site.json(&["plan", &file]);
    assert_eq!(plan["transactions"], serde_json::json!([]), "contracts stay where they are");
    let changed: Vec<_> = plan["changes"].as_array().expect("a list").iter().collect();
    let names: Vec<_> = changed.iter().filter_map(|change| change["parameter"].as_str()).collect();
    assert_eq!(
        names,
        [
            "governor.fastTrack.votingDelay",
            "governor.fastTrack.votingPeriod",
            "treasury.strictBudgets",
            "treasury.limits",
            "treasury.limits",
            "governor.fastTrack.allow",
            "governor.daoURI",
        ]
    );
    assert_eq!(changed[3]["present"], "limit grants to 0 DATA in all");
    assert_eq!(changed[6]["declared"], "https://example.org/dao.json");
    assert_eq!(site.run(&["verify", &file]).status, 9);

    site.run(&["gov", "delegate", "self", "--from", "dev:0"]).done();
    site.chain.advance_time(2).await?;
    site.json(&["apply", &file, "--propose"]);
    site.chain.advance_time(61).await?;
    site.run(&["gov", "vote", "latest", "for", "--from", "dev:0"]).done();
    site.chain.advance_time(601).await?;
    site.run(&["gov", "queue", "latest", "--from", "dev:0"]).done();
    site.chain.advance_time(301).await?;
    site.run(&["gov", "execute", "latest", "--from", "dev:0"]).done();
    assert!(site.run(&["plan", &file]).done().stdout.contains("Nothing to do"));
    site.run(&["verify", &file]).done();
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn apply_that_is_killed_again_and_again_finishes_where_it_was_planned() -> Result<()> {
    let site = Site::start().await?;
    let file = site.file();
    let plan = site.json(&["plan", &file]);
    for requests in [30, 60, 170, 45, 110] {
        killed_after(&site, requests).await?;
    }
    let status = site.json(&["status"]);
    assert_eq!(status["progress"]["state"], "interrupted", "{status}");
    let resumed = site.json(&["resume", &file]);
    assert_eq!(addresses(&resumed), addresses(&plan));
    site.run(&["verify", &file]).done();
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deployment_is_signed_here_sent_there_and_then_recorded_without_a_key() -> Result<()> {
    let site = Site::start().await?;
    let (file, signed) = (site.file(), site.folder.path().join("signed.json"));
    let (signed, batch) = (signed.to_string_lossy(), site.folder.path().join("batch.json"));
    let sent = async || site.chain.provider().get_transaction_count(DEPLOYER).await;
    let (plan, before) = (site.json(&["plan", &file]), sent().await?);
    let count = plan["transactions"].as_array().expect("a list").len();

    let laid = site.json(&["apply", &file, "--sign-only", &signed]);
    assert_eq!(laid["transactions"].as_array().expect("a list").len(), count);
    let (deployer, batch) = (DEPLOYER.to_string(), batch.to_string_lossy());
    site.json(&["apply", &file, "--safe-batch", &batch, "--from", &deployer]);
    let calls: Value = serde_json::from_str(&fs::read_to_string(&*batch)?)?;
    assert_eq!(calls["transactions"].as_array().expect("a list").len(), count);
    assert_eq!(sent().await?, before, "nothing was sent");
    assert!(!site.journal().exists(), "nothing was begun");

    let done = site.json(&["send", &signed]);
    assert_eq!(done["transactions"].as_array().expect("a list").len(), count);
    assert_eq!(sent().await?, before + count as u64);
    // Nothing is left to sign: who looks needs no key.
    let recorded = site.json(&["apply", &file, "--from", &deployer]);
    assert_eq!(addresses(&recorded), addresses(&plan));
    assert_eq!(recorded["steps"], serde_json::json!([]));
    site.run(&["verify", &file]).done();
    let again = site.run(&["apply", &file, "--sign-only", &format!("{signed}.2")]);
    again.failed(USAGE, &["would send no transaction"]);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_changed_half_way_is_named_and_nothing_is_sent() -> Result<()> {
    let site = Site::start().await?;
    let file = site.file();
    killed_after(&site, 120).await?;
    // What was sent before the kill may be mined after it: it counts.
    let sent = async || site.chain.provider().get_transaction_count(DEPLOYER).pending().await;
    let before = sent().await?;

    site.edit("minCohort = 5", "minCohort = 6")?;
    site.run(&["apply", &file]).failed(INPUT, &["begun otherwise", "minCohort was 5 and is 6"]);
    site.edit("minCohort = 6", "minCohort = 5")?;
    let other = ["apply", &file, "--from", "dev:5"];
    site.run(&other).failed(INPUT, &["begun otherwise", "deployer was"]);

    let journal = fs::read_to_string(site.journal())?;
    let damaged = journal.replacen("\"intent\"", "\"indent\"", 1);
    fs::write(site.journal(), damaged)?;
    site.run(&["apply", &file]).failed(INPUT, &["line 2 of the journal", "is damaged"]);
    assert_eq!(sent().await?, before, "nothing was sent");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chain_a_key_or_a_file_that_will_not_do_is_named() -> Result<()> {
    let site = Site::start().await?;
    let file = site.file();
    let key = "0000000000000000000000000000000000000000000000000000000000000007";
    let pauper = Datacoop::new(&["apply", &file, "--yes", "--from", "env:PAUPER"])
        .env("PAUPER", key)
        .at(&site.node.url())
        .with_books(site.folder.path())
        .run()
        .failed(FUNDS, &["has 0 wei"]);
    assert!(!pauper.stderr.contains(key) && !pauper.stdout.contains(key));
    site.edit("target = \"auto\"", "target = \"stylus\"")?;
    site.run(&["plan", &file]).failed(CHAIN, &["does not run Stylus programs"]);
    site.edit("target = \"stylus\"", "target = \"auto\"")?;
    site.edit("chainId = 31337", "chainId = 4242")?;
    site.run(&["plan", &file]).failed(CHAIN, &["31337", "4242"]);
    site.edit("chainId = 4242", "chainId = \"one\"")?;
    site.run(&["plan", &file]).failed(INPUT, &["line ", "chainId"]);
    let missing = Path::new(&file).with_file_name("none.toml");
    site.run(&["plan", &missing.to_string_lossy()]).failed(INPUT, &["none.toml"]);
    Ok(())
}

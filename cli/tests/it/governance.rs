//! The life of proposals by the command line alone: delegated, proposed in words, simulated, voted
//! on by transaction and by signature, queued and executed; and what is refused on the way.

use anyhow::Result;
use datacoop_deploy::{
    chain::Chain,
    node::{Node, NodeOptions},
};
use datacoop_tests::start_node;
use serde_json::Value;
use tempfile::TempDir;

use crate::process::{Datacoop, INPUT, REJECTED, Run, USAGE, number};

pub(crate) const ALICE: &str = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266";
pub(crate) const BOB: &str = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";
pub(crate) const CAROL: &str = "0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC";
pub(crate) const DAVE: &str = "0x90F79bf6EB2c4f870365E785982E1f101E93b906";

/// Terms of the local profile, in seconds.
pub(crate) const VOTING_DELAY: u64 = 60;
pub(crate) const VOTING_PERIOD: u64 = 600;
pub(crate) const TIMELOCK_DELAY: u64 = 300;

/// A cooperative that governs itself: dev accounts 0 to 2 share the first GOV.
pub(crate) struct World {
    pub(crate) node: Node,
    pub(crate) chain: Chain,
    pub(crate) folder: TempDir,
}

impl World {
    pub(crate) async fn start() -> Result<Self> {
        Self::start_by("dev:0", &[]).await
    }

    /// A cooperative that an account deployed, with more words.
    pub(crate) async fn start_by(deployer: &str, words: &[&str]) -> Result<Self> {
        let (node, chain) = start_node(NodeOptions::default()).await?;
        let world = Self { node, chain, folder: tempfile::tempdir()? };
        let owners = [ALICE, BOB, CAROL].join(",");
        let deploy = ["deploy", "--from", deployer, "--dao", "local", "--owners", &owners];
        world.done(&[&deploy[..], words].concat());
        Ok(world)
    }

    pub(crate) fn run(&self, words: &[&str]) -> Run {
        let words = [words, &["--json"]].concat();
        Datacoop::new(&words).at(&self.node.url()).with_books(self.folder.path()).run()
    }

    #[track_caller]
    pub(crate) fn done(&self, words: &[&str]) -> Value {
        let document = self.run(words).done().json();
        assert_eq!(document["ok"], true, "{words:?}");
        document
    }

    #[track_caller]
    pub(crate) fn text(&self, words: &[&str]) -> String {
        let run = Datacoop::new(words).at(&self.node.url()).with_books(self.folder.path()).run();
        run.done().stdout
    }

    pub(crate) fn path(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    pub(crate) async fn pass(&self, seconds: u64) -> Result<()> {
        Ok(self.chain.advance_time(seconds).await?)
    }

    #[track_caller]
    pub(crate) fn state(&self) -> String {
        self.done(&["gov", "show", "latest"])["state"].as_str().unwrap_or_default().to_owned()
    }
}

const ACTION: &str = "set rewards.cooldown to 5 days";

fn payment() -> String {
    format!("pay 1.5 ETH to {DAVE}")
}

#[tokio::test]
async fn a_proposal_lives_by_the_command_line_alone() -> Result<()> {
    let world = World::start().await?;
    let payment = payment();
    let words = ["-a", ACTION, "-a", &payment, "--description", "Shorter cooldown", "--reserved"];
    let propose = [&["gov", "propose"], &words[..], &["--from", "dev:0"]].concat();

    // Without delegated votes nobody proposes, and the way out is said.
    world.run(&propose).failed(REJECTED, &["has 0 votes", "datacoop gov delegate self"]);
    for key in ["dev:0", "dev:1", "dev:2"] {
        let delegated = world.done(&["gov", "delegate", "self", "--from", key]);
        assert_ne!(delegated["votes"]["wei"], "0");
    }
    world.pass(1).await?;
    simulated_before(&world).await?;

    let dry = world.done(&[&propose[..], &["--dry-run"]].concat());
    assert!(world.done(&["gov", "list"])["proposals"].as_array().unwrap().is_empty());
    let proposed = world.done(&propose);
    assert_eq!(proposed["id"], dry["id"]);
    assert_eq!(proposed["actions"][0]["words"], ACTION);
    assert_eq!(proposed["actions"][1]["words"], payment.as_str());
    let id = proposed["id"].as_str().unwrap().to_owned();
    let prefix = &id[..8];
    let shown = world.done(&["gov", "show", prefix]);
    assert_eq!((&shown["id"], &shown["state"]), (&id.as_str().into(), &"pending".into()));
    assert_eq!(shown["actions"][0]["now"], "7 days");
    assert!(shown["votes"]["quorum"].is_null());
    assert!(shown["next"].as_str().unwrap().contains("The vote begins after"));
    world.run(&["gov", "vote", prefix, "for", "--from", "dev:0"]).failed(REJECTED, &["pending"]);
    world.run(&["gov", "queue", prefix, "--from", "dev:0"]).failed(REJECTED, &["pending"]);

    world.pass(VOTING_DELAY + 1).await?;
    vote(&world, prefix)?;
    let shown = world.done(&["gov", "show", prefix]);
    assert_eq!(shown["state"], "active");
    assert_eq!(shown["votes"]["quorumReached"], true);
    assert_ne!(shown["votes"]["against"]["wei"], "0");
    let text = world.text(&["gov", "show", "latest"]);
    assert!(text.contains('█') && text.contains("now: 7 days"), "{text}");
    world.run(&["gov", "execute", prefix, "--from", "dev:0"]).failed(REJECTED, &["vote is open"]);
    executed(&world, prefix).await
}

/// Tries the actions before they are proposed. The treasury has no ether at first.
async fn simulated_before(world: &World) -> Result<()> {
    let simulate = || world.done(&["gov", "simulate", "-a", ACTION, "-a", &payment()]);
    let simulated = simulate();
    assert_eq!(simulated["wouldSucceed"], true);
    let parameters = simulated["parameters"].as_array().unwrap();
    assert_eq!(parameters.len(), 1, "{parameters:?}");
    assert_eq!(parameters[0]["name"], "rewards.cooldown");
    assert_eq!(parameters[0]["before"], "7 days");
    assert_eq!(parameters[0]["after"], "5 days");
    assert_eq!(simulated["balances"], serde_json::json!([]));
    assert_eq!(simulated["failedPayments"], 1);
    fund_treasury(world).await?;
    let simulated = simulate();
    assert_eq!(simulated["failedPayments"], 0);
    access_simulated(world);
    let received = simulated["balances"].as_array().unwrap().iter();
    let received: Vec<_> = received.filter(|row| row["account"] == DAVE).collect();
    assert_eq!((&received[0]["token"], &received[0]["received"]), (&"ETH".into(), &"1.5".into()));
    // Nothing of it is on the chain itself.
    assert!(world.done(&["gov", "list"])["proposals"].as_array().unwrap().is_empty());
    Ok(())
}

/// What governs access to data is set by the same words.
fn access_simulated(world: &World) {
    let price = "set market.price.genomic.edition to 250 DATA";
    let bar = format!("bar {DAVE} under 0x{}", "7e".repeat(32));
    let split = "set market.split.contributors to 72.5% and market.split.validators to 7.5%";
    let simulated = world.done(&["gov", "simulate", "-a", price, "-a", split, "-a", &bar]);
    assert_eq!(simulated["wouldSucceed"], true, "{simulated}");
    let rows: Vec<_> = simulated["parameters"].as_array().unwrap().iter().collect();
    let row = |name: &str| rows.iter().find(|row| row["name"] == name).map(|row| &row["after"]);
    assert_eq!(row("market.price.genomic.edition"), Some(&"250 DATA".into()));
    assert_eq!(row("market.split.contributors"), Some(&"72.5%".into()));
    assert_eq!(row("market.split.validators"), Some(&"7.5%".into()));
    assert_eq!(rows.len(), 3, "{rows:?}");
    let events = simulated["events"].to_string();
    assert!(
        events.contains("barred: account") && simulated["actions"][2]["words"] == bar,
        "{simulated}"
    );
}

/// Brings a proposal that was voted for through the timelock, by an account without any power.
async fn executed(world: &World, proposal: &str) -> Result<()> {
    world.pass(VOTING_PERIOD).await?;
    assert_eq!(world.state(), "succeeded");
    let execute = ["gov", "execute", proposal, "--from", "dev:4"];
    world.run(&execute).failed(REJECTED, &["is not queued"]);
    let queued = world.done(&["gov", "queue", proposal, "--from", "dev:4"]);
    assert!(number(&queued["eta"]["timestamp"]) > 0);
    world.run(&execute).failed(REJECTED, &["can be executed from"]);
    world.pass(TIMELOCK_DELAY).await?;
    let executed = world.done(&execute);
    assert_eq!(executed["failedPayments"], 0);
    assert_eq!(world.state(), "executed");
    let info = world.done(&["token", "info"]);
    assert_eq!(number(&info["rewards"]["cooldownSeconds"]), 432_000);
    world.run(&execute).failed(REJECTED, &["that is final"]);
    let cancel = ["gov", "cancel", proposal, "--from", "dev:0"];
    world.run(&cancel).failed(REJECTED, &["that is final"]);
    assert!(world.text(&["gov", "list"]).contains("executed"));
    Ok(())
}

/// Sends ten ether to the treasury.
pub(crate) async fn fund_treasury(world: &World) -> Result<()> {
    use alloy::{network::TransactionBuilder, providers::Provider, rpc::types::TransactionRequest};
    let book = std::fs::read_to_string(world.folder.path().join("31337.json"))?;
    let book: Value = serde_json::from_str(&book)?;
    let treasury = book["contracts"]["Treasury"]["address"].as_str().unwrap().parse()?;
    let request = TransactionRequest::default()
        .with_from(ALICE.parse()?)
        .with_to(treasury)
        .with_value(alloy::primitives::U256::from(10_u64.pow(19)));
    let receipt: alloy::rpc::types::TransactionReceipt =
        world.chain.provider().raw_request("eth_sendTransactionSync".into(), (request,)).await?;
    assert!(receipt.status());
    Ok(())
}

/// Alice votes by transaction with a reason, Bob by a signature that Dave submits, Carol by one that
/// was made without a chain.
fn vote(world: &World, proposal: &str) -> Result<()> {
    let voted =
        world.done(&["gov", "vote", proposal, "for", "--reason", "why not", "--from", "dev:0"]);
    assert_eq!((&voted["voter"], &voted["support"]), (&ALICE.into(), &"for".into()));
    assert_ne!(voted["weight"]["wei"], "0");
    world
        .run(&["gov", "vote", proposal, "against", "--from", "dev:0"])
        .failed(REJECTED, &["has voted already"]);

    let ballot = world.path("bob.json");
    let signed = world.done(&[
        "gov",
        "vote",
        proposal,
        "against",
        "--sign-only",
        &ballot,
        "--from",
        "dev:1",
    ]);
    assert_eq!(signed["voter"], BOB);
    assert!(signed["transaction"].is_null());
    let forged = std::fs::read_to_string(&ballot)?.replace("\"against\"", "\"for\"");
    let forgery = world.path("forged.json");
    std::fs::write(&forgery, forged)?;
    let submit = |path: &str| world.run(&["gov", "vote", "--by-sig", path, "--from", "dev:3"]);
    submit(&forgery).failed(INPUT, &["did not sign this"]);
    let voted = submit(&ballot).done().json();
    assert_eq!((&voted["voter"], &voted["support"]), (&BOB.into(), &"against".into()));
    submit(&ballot).failed(INPUT, &["it was used"]);

    let id = world.done(&["gov", "show", proposal])["id"].as_str().unwrap().to_owned();
    let ballot = world.path("carol.json");
    let words =
        ["gov", "vote", &id, "for", "--reason", "unsure", "--nonce", "0", "--sign-only", &ballot];
    let offline = Datacoop::new(&[&words[..], &["--from", "dev:2"]].concat())
        .at("http://127.0.0.1:1")
        .with_books(world.folder.path());
    offline.run().done();
    let voted = submit(&ballot).done().json();
    assert_eq!((&voted["voter"], &voted["reason"]), (&CAROL.into(), &"unsure".into()));
    Ok(())
}

#[tokio::test]
async fn what_cannot_be_proposed_is_refused_in_words() -> Result<()> {
    let world = World::start().await?;
    let propose = |words: &[&str]| {
        world.run(&[&["gov", "propose", "--dry-run", "--description", "x"], words].concat())
    };
    propose(&[]).failed(USAGE, &["--action"]);
    propose(&["-a", "raise rewards.cooldown to 5 days"]).failed(USAGE, &["there are: set, pay"]);
    propose(&["-a", "set rewards.cool to 5 days"]).failed(USAGE, &["rewards.cooldown"]);
    propose(&["-a", "set rewards.cooldown to 5"]).failed(USAGE, &["a duration: `5 days`"]);
    propose(&["--class", "slow", "-a", "x"]).failed(USAGE, &["fast-track"]);
    propose(&["-a", "set data.emissionBps to 5%", "-a", "set data.emissionBps to 6%"])
        .failed(USAGE, &["set twice"]);
    let words = ["gov", "propose", "-a", "set rewards.cooldown to 5 days", "--dry-run"];
    world.run(&words).failed(USAGE, &["--description"]);
    world.run(&["gov", "show", "latest"]).failed(INPUT, &["among 0"]);
    world.run(&["gov", "simulate"]).failed(USAGE, &["which proposal or which actions"]);

    // What is set together keeps what is not said, and settings of one setter become one call.
    let dry = propose(&["-a", "set data.emissionBps to 5%"]).done().json();
    let words = "set data.emissionFloor to 1000000 DATA, data.emissionBps to 5%";
    assert_eq!(dry["actions"][0]["words"], words);
    let both = ["-a", "set data.emissionBps to 5%", "-a", "set data.emissionFloor to 2 DATA"];
    let dry = propose(&both).done().json();
    assert_eq!(dry["actions"].as_array().unwrap().len(), 1);

    // A file says the same as the flags, and so has the same id.
    let file = world.path("proposal.toml");
    std::fs::write(&file, "description = 'x'\nactions = ['set data.emissionBps to 5%']\n")?;
    let from_file = world.done(&["gov", "propose", "--dry-run", "--file", &file]);
    let from_flags = propose(&["-a", "set data.emissionBps to 5%"]).done().json();
    assert_eq!(from_file["id"], from_flags["id"]);

    // What would fail is said by the simulation, with the contract's own reason.
    let simulated = world.done(&["gov", "simulate", "-a", "set rewards.cooldown to 400 days"]);
    assert_eq!(simulated["wouldSucceed"], false);
    assert_eq!(simulated["error"]["name"], "RewardsOutOfBounds");
    Ok(())
}

#[tokio::test]
async fn a_proposer_may_withdraw_before_the_vote_and_nobody_else_may() -> Result<()> {
    let world = World::start().await?;
    world.done(&["gov", "delegate", "self", "--from", "dev:0"]);
    world.pass(1).await?;
    let words = ["gov", "propose", "-a", "set timelock.delay to 10 minutes", "--description", "x"];
    world.done(&[&words[..], &["--from", "dev:0"]].concat());
    world
        .run(&["gov", "cancel", "latest", "--from", "dev:1"])
        .failed(REJECTED, &["cannot cancel", "the guardian"]);
    world.done(&["gov", "cancel", "latest", "--from", "dev:0"]);
    assert_eq!(world.state(), "canceled");
    // A class that is off is said to be.
    let words = ["gov", "propose", "-a", "set rewards.cooldown to 5 days", "--description", "y"];
    world
        .run(&[&words[..], &["--class", "fast-track", "--from", "dev:0"]].concat())
        .failed(REJECTED, &["fast-track proposals are off"]);
    Ok(())
}

#[tokio::test]
async fn a_cooperative_without_a_governor_says_so() -> Result<()> {
    let (node, _chain) = start_node(NodeOptions::default()).await?;
    let folder = tempfile::tempdir()?;
    let run = |words: &[&str]| Datacoop::new(words).at(&node.url()).with_books(folder.path()).run();
    run(&["deploy", "--from", "dev:0"]).done();
    run(&["gov", "list"]).failed(INPUT, &["has no governor"]);
    Ok(())
}

//! A governor of another build gives way to one of this build, by proposal alone; and what is never replaced.

use std::fs;

use alloy::{
    primitives::{Address, Bytes},
    providers::Provider,
    sol_types::SolCall,
};
use anyhow::{Context, Result, ensure};
use datacoop_deploy::{
    Artifact, Silent,
    bindings::IGovernor::daoURICall,
    chain::Sender,
    deploy::{CoopConfig, Existing, GovernanceConfig, deploy_coop},
    keys::dev_account,
    node::NodeOptions,
};
use datacoop_tests::{GOVERNANCE, artifacts, start_node};
use serde_json::Value;

use crate::{
    governance::{TIMELOCK_DELAY, VOTING_DELAY, VOTING_PERIOD, World},
    process::{INPUT, REJECTED, USAGE},
};

/// In what the code of the governor of another build differs: the beginning of `mode=timestamp`, as translated
/// code has it, last letter first; and the selector of `daoURI()`, so that it has no such function.
const CHANGES: [(&[u8; 4], &[u8; 4]); 2] =
    [(b"edom", b"EDOM"), (&daoURICall::SELECTOR, b"\x70\x34\x73\x1c")];

/// A build in which the governor is an older one, and all else is the same.
fn other_build() -> Result<Vec<Artifact>> {
    let mut build = artifacts()?.to_vec();
    let governor = build.iter_mut().find(|one| one.name == "Governor").context("no governor")?;
    for code in [&mut governor.bytecode, &mut governor.deployed_bytecode] {
        let mut changed = code.to_vec();
        for (from, to) in CHANGES {
            let places = changed.windows(4).enumerate().filter(|(_, window)| window == from);
            let places: Vec<_> = places.map(|(at, _)| at).collect();
            ensure!(!places.is_empty(), "{from:?} is not in the code");
            for at in places {
                changed[at..at + 4].copy_from_slice(to);
            }
        }
        *code = Bytes::from(changed);
    }
    Ok(build)
}

/// A cooperative whose governor is of another build, with a proposer that has no votes yet.
async fn world() -> Result<World> {
    let (node, chain) = start_node(NodeOptions::default()).await?;
    let world = World { node, chain, folder: tempfile::tempdir()? };
    let mut config = CoopConfig::of_one(GOVERNANCE, GOVERNANCE);
    config.self_government = Some(GovernanceConfig::local(&[GOVERNANCE]));
    let sender = Sender::new(&world.chain, dev_account(0)?);
    let book = world.folder.path().join("31337.json");
    deploy_coop(&sender, &other_build()?, &config, &book, Existing::Reuse, &Silent).await?;
    Ok(world)
}

fn contract<'a>(document: &'a Value, name: &str) -> &'a Value {
    let list = document["contracts"].as_array().expect("a list");
    list.iter().find(|one| one["contract"] == name).expect("the contract")
}

/// An address, whatever the case of its letters.
fn address(value: &Value) -> String {
    value.as_str().expect("an address").to_lowercase()
}

/// The governor of the address book.
fn governor(world: &World) -> Result<Address> {
    let text = fs::read_to_string(world.folder.path().join("31337.json"))?;
    let book: Value = serde_json::from_str(&text)?;
    Ok(serde_json::from_value(book["contracts"]["Governor"]["address"].clone())?)
}

/// Who may propose to the timelock.
fn proposers(world: &World) -> Vec<String> {
    let roles = world.done(&["roles"]);
    let rows = roles["roles"].as_array().expect("a list").iter();
    rows.filter(|row| row["contract"] == "Timelock" && row["role"] == "proposer")
        .map(|row| address(&row["holder"]))
        .collect()
}

/// Carries the latest proposal: votes for it, queues and executes it.
async fn carry(world: &World) -> Result<()> {
    world.pass(VOTING_DELAY + 1).await?;
    world.done(&["gov", "vote", "latest", "for", "--from", "dev:0"]);
    world.pass(VOTING_PERIOD + 1).await?;
    world.done(&["gov", "queue", "latest", "--from", "dev:0"]);
    world.pass(TIMELOCK_DELAY + 1).await?;
    world.done(&["gov", "execute", "latest", "--from", "dev:0"]);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_governor_takes_over_by_proposal_and_governs() -> Result<()> {
    let world = world().await?;
    let upgrade = ["upgrade", "governor", "--from", "dev:0"];
    let sent = async || world.chain.provider().get_transaction_count(GOVERNANCE).await;

    let old_uri = world.chain.read(governor(&world)?, &daoURICall {}).await;
    assert!(old_uri.is_err(), "{old_uri:?}");
    let contracts = world.done(&["upgrade"]);
    assert_eq!(contract(&contracts, "Governor")["isCurrent"], false);
    assert_eq!(contract(&contracts, "Treasury")["isCurrent"], true);

    // Who cannot propose creates nothing.
    let before = sent().await?;
    world.run(&upgrade).failed(REJECTED, &["gov delegate self"]);
    assert_eq!(sent().await?, before);
    let shown = world.done(&["upgrade", "governor"]);
    assert_eq!((&shown["state"], &shown["isCurrent"]), (&"absent".into(), &false.into()));
    let (old, new) = (address(&shown["old"]), address(&shown["new"]));

    world.done(&["gov", "delegate", "self", "--from", "dev:0"]);
    world.pass(2).await?;
    let proposed = world.done(&upgrade);
    assert_eq!((&proposed["state"], address(&proposed["new"])), (&"proposed".into(), new.clone()));
    assert_eq!(proposed["actions"].as_array().expect("a list").len(), 4);
    let before = sent().await?;
    assert_eq!(world.done(&upgrade), proposed, "again it does nothing");
    assert_eq!(sent().await?, before);
    assert_eq!(proposers(&world), [old]);

    carry(&world).await?;

    let done = world.done(&["upgrade", "governor"]);
    assert_eq!((&done["state"], &done["isCurrent"]), (&"inOffice".into(), &true.into()));
    assert_eq!(proposers(&world), std::slice::from_ref(&new));
    assert_eq!(address(&contract(&world.done(&["upgrade"]), "Governor")["address"]), new);
    assert!(world.text(&["upgrade", "governor"]).contains("Nothing to do"));
    assert_eq!(world.chain.read(governor(&world)?, &daoURICall {}).await?, "");

    // The new one governs.
    let propose = ["gov", "propose", "-a", "set rewards.cooldown to 5 days", "--from", "dev:0"];
    world.done(&[&propose[..], &["--description", "the first of a new age"]].concat());
    carry(&world).await?;
    assert_eq!(world.state(), "executed");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_defeated_succession_is_proposed_anew_with_the_same_governor() -> Result<()> {
    let world = world().await?;
    world.done(&["gov", "delegate", "self", "--from", "dev:0"]);
    world.pass(2).await?;
    let upgrade = ["upgrade", "governor", "--from", "dev:0"];
    let first = world.done(&upgrade);
    world.pass(VOTING_DELAY + VOTING_PERIOD + 2).await?;
    assert_eq!(world.state(), "defeated");
    assert_eq!(world.done(&["upgrade", "governor"])["state"], "created");
    let second = world.done(&upgrade);
    assert_eq!((&second["new"], &second["state"]), (&first["new"], &"proposed".into()));
    assert_ne!(second["proposal"], first["proposal"]);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_keeps_something_is_never_replaced() -> Result<()> {
    let world = World::start().await?;
    assert!(world.text(&["upgrade", "governor"]).contains("Nothing to do"));
    for (name, reason) in
        [("data", "everybody's balances"), ("rewards", "pay it again"), ("DataMarket", "licences")]
    {
        world.run(&["upgrade", name]).failed(INPUT, &["never replaced", reason]);
    }
    world.run(&["upgrade", "bank"]).failed(INPUT, &["there is no contract `bank`", "governor"]);
    world.run(&["upgrade", "--from", "dev:0"]).failed(USAGE, &["which contract"]);
    Ok(())
}

//! What a proposal may meet on its way, by the command line alone: a fast track, silence or
//! objection, a veto, a late quorum; what it would change, and who holds which power.

use anyhow::Result;
use serde_json::{Value, json};

use crate::{
    governance::{
        ALICE, BOB, CAROL, DAVE, TIMELOCK_DELAY, VOTING_DELAY, VOTING_PERIOD, World, fund_treasury,
    },
    process::{REJECTED, number},
};

const HOUR: u64 = 3_600;
const DAY: u64 = 24 * HOUR;

/// Has everybody's votes count.
async fn delegated(world: &World) -> Result<()> {
    for key in ["dev:0", "dev:1", "dev:2"] {
        world.done(&["gov", "delegate", "self", "--from", key]);
    }
    world.pass(1).await
}

/// Proposes as the first account.
fn propose(world: &World, words: &[&str]) -> Value {
    world.done(&[&["gov", "propose", "--from", "dev:0"], words].concat())
}

fn vote(world: &World, key: &str, support: &str) {
    world.done(&["gov", "vote", "latest", support, "--from", key]);
}

/// Queues and executes what has passed.
async fn finish(world: &World, delay: u64) -> Result<()> {
    world.done(&["gov", "queue", "latest", "--from", "dev:4"]);
    world.pass(delay + 1).await?;
    world.done(&["gov", "execute", "latest", "--from", "dev:4"]);
    Ok(())
}

/// Takes a standard proposal from its beginning to its end.
async fn enact(world: &World, actions: &[&str]) -> Result<()> {
    let actions: Vec<_> = actions.iter().flat_map(|action| ["-a", action]).collect();
    propose(world, &[&actions[..], &["--description", "as agreed"]].concat());
    world.pass(VOTING_DELAY + 1).await?;
    vote(world, "dev:0", "for");
    vote(world, "dev:1", "for");
    world.pass(VOTING_PERIOD).await?;
    finish(world, TIMELOCK_DELAY).await
}

/// A cooperative with both short classes, in which a standard proposal waits for an hour.
async fn with_classes() -> Result<World> {
    let world = World::start().await?;
    delegated(&world).await?;
    let fast = "set governor.fastTrack.votingDelay to 1 minute, governor.fastTrack.votingPeriod to 1 hour, governor.fastTrack.vetoQuorum to 0%";
    let optimistic = "set governor.optimistic.votingDelay to 1 minute, governor.optimistic.votingPeriod to 1 day, governor.optimistic.vetoQuorum to 40%";
    let proposer = format!("call governor setOptimisticProposer(address,bool) {ALICE} true");
    let actions = [
        fast,
        optimistic,
        "set governor.standardDelay to 1 hour",
        "allow rewards.cooldown on fast-track",
        "allow rewards.cooldown on optimistic",
        &proposer,
    ];
    enact(&world, &actions).await?;
    Ok(world)
}

fn cooldown(world: &World) -> u64 {
    number(&world.done(&["token", "info"])["rewards"]["cooldownSeconds"])
}

#[tokio::test]
async fn the_fast_track_decides_sooner_and_only_what_is_allowed() -> Result<()> {
    let world = with_classes().await?;
    let of_class = |action: &str| {
        let words = ["gov", "propose", "--class", "fast-track", "-a", action];
        let words = [&words[..], &["--description", "soon", "--from", "dev:0"]].concat();
        world.run(&words)
    };
    of_class("set rewards.rewardRate to 11 DATA").failed(REJECTED, &["fast-track", "action"]);
    of_class("set governor.votingPeriod to 1 hour").failed(REJECTED, &["fast-track", "action"]);
    let proposed = of_class("set rewards.cooldown to 2 days").done().json();
    assert_eq!(proposed["class"], "fast-track");
    world.pass(VOTING_DELAY + 1).await?;
    vote(&world, "dev:0", "for");
    world.pass(HOUR + 1).await?;
    assert_eq!(world.state(), "succeeded");
    // It waits in the timelock, but not for the hour of a standard proposal.
    finish(&world, TIMELOCK_DELAY).await?;
    assert_eq!(cooldown(&world), 2 * DAY);
    let action = ["-a", "set rewards.cooldown to 3 days", "--description", "in its time"];
    propose(&world, &action);
    world.pass(VOTING_DELAY + 1).await?;
    vote(&world, "dev:0", "for");
    world.pass(VOTING_PERIOD).await?;
    world.done(&["gov", "queue", "latest", "--from", "dev:4"]);
    world.pass(TIMELOCK_DELAY + 1).await?;
    let execute = ["gov", "execute", "latest", "--from", "dev:4"];
    world.run(&execute).failed(REJECTED, &["can be executed from"]);
    world.pass(HOUR).await?;
    world.done(&execute);
    assert_eq!(cooldown(&world), 3 * DAY);
    Ok(())
}

#[tokio::test]
async fn an_optimistic_proposal_passes_in_silence_and_falls_by_objection() -> Result<()> {
    let world = with_classes().await?;
    let words = ["gov", "propose", "--class", "optimistic", "-a", "set rewards.cooldown to 2 days"];
    let words =
        |description, key| [&words[..], &["--description", description, "--from", key]].concat();
    world.run(&words("in silence", "dev:1")).failed(REJECTED, &["optimistic"]);
    world.done(&words("in silence", "dev:0"));
    world.pass(VOTING_DELAY + 1).await?;
    // A third of the votes is not enough to object.
    vote(&world, "dev:1", "against");
    let shown = world.done(&["gov", "show", "latest"]);
    assert_eq!((&shown["class"], &shown["state"]), (&json!("optimistic"), &json!("active")));
    assert!(shown["votes"]["vetoQuorum"]["gov"].is_string(), "{shown}");
    assert!(world.text(&["gov", "show", "latest"]).contains("against would defeat it"));
    world.pass(DAY + 1).await?;
    assert_eq!(world.state(), "succeeded");
    finish(&world, HOUR).await?;
    assert_eq!(cooldown(&world), 2 * DAY);

    world.done(&words("over objections", "dev:0"));
    world.pass(VOTING_DELAY + 1).await?;
    vote(&world, "dev:0", "for");
    vote(&world, "dev:1", "against");
    vote(&world, "dev:2", "against");
    world.pass(DAY + 1).await?;
    assert_eq!(world.state(), "defeated");
    let shown = world.done(&["gov", "show", "latest"]);
    assert!(shown["next"].as_str().unwrap().contains("enough votes object to it"), "{shown}");
    let queue = ["gov", "queue", "latest", "--from", "dev:4"];
    world.run(&queue).failed(REJECTED, &["defeated"]);
    Ok(())
}

#[tokio::test]
async fn the_guardian_vetoes_what_is_queued_and_only_until_the_agreed_day() -> Result<()> {
    let world = World::start_by("dev:0", &["--guardian", DAVE, "--veto-days", "30"]).await?;
    delegated(&world).await?;
    let action = ["-a", "set rewards.cooldown to 5 days", "--description"];
    propose(&world, &[&action[..], &["vetoed"]].concat());
    world.pass(VOTING_DELAY + 1).await?;
    vote(&world, "dev:0", "for");
    world.pass(VOTING_PERIOD).await?;
    world.done(&["gov", "queue", "latest", "--from", "dev:4"]);
    let cancel = |key| world.run(&["gov", "cancel", "latest", "--from", key]);
    cancel("dev:0").failed(REJECTED, &["cannot cancel", "the guardian"]);
    cancel("dev:3").done();
    assert_eq!(world.state(), "canceled");
    world.pass(TIMELOCK_DELAY + 1).await?;
    world.run(&["gov", "execute", "latest", "--from", "dev:4"]).failed(REJECTED, &["canceled"]);
    world.pass(31 * DAY).await?;
    propose(&world, &[&action[..], &["a month later"]].concat());
    cancel("dev:3").failed(REJECTED, &["the veto of", "ended at"]);
    assert_eq!(world.state(), "pending");
    Ok(())
}

#[tokio::test]
async fn a_late_quorum_extends_the_vote_and_is_seen_to() -> Result<()> {
    let world = World::start().await?;
    delegated(&world).await?;
    propose(&world, &["-a", "set rewards.cooldown to 5 days", "--description", "at the end"]);
    world.pass(VOTING_DELAY + 1).await?;
    let times = || world.done(&["gov", "show", "latest"])["times"].clone();
    let announced = number(&times()["deadline"]["timestamp"]);
    assert!(times()["extendedFrom"].is_null());
    vote(&world, "dev:1", "against");
    world.pass(VOTING_PERIOD - 30).await?;
    vote(&world, "dev:0", "for");
    let extended = times();
    assert_eq!(number(&extended["extendedFrom"]["timestamp"]), announced);
    assert!(number(&extended["deadline"]["timestamp"]) > announced + 200, "{extended}");
    let text = world.text(&["gov", "show", "latest"]);
    assert!(text.contains("since the quorum was reached late"), "{text}");
    // Past the first end there is time to answer.
    world.pass(60).await?;
    assert_eq!(world.state(), "active");
    vote(&world, "dev:2", "against");
    world.pass(VOTING_PERIOD).await?;
    assert_eq!(world.state(), "defeated");
    Ok(())
}

#[tokio::test]
async fn a_simulation_shows_every_difference_of_the_state() -> Result<()> {
    let world = World::start().await?;
    delegated(&world).await?;
    fund_treasury(&world).await?;
    let spend = format!("limit {DAVE} to 3 ETH per 7 days from grants");
    let pay = format!("pay 1 ETH to {DAVE} from grants");
    let actions = [
        "set rewards.cooldown to 5 days, rewards.rewardRate to 12 DATA",
        "limit grants to 2 ETH per 30 days",
        &spend,
        &pay,
        "set timelock.delay to 10 minutes",
    ];
    let words: Vec<_> = actions.iter().flat_map(|action| ["-a", action]).collect();
    let simulated = world.done(&[&["gov", "simulate"], &words[..]].concat());
    assert_eq!(
        (&simulated["wouldSucceed"], &simulated["failedPayments"]),
        (&json!(true), &json!(0))
    );
    let changed: Vec<_> = simulated["parameters"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| [&row["name"], &row["before"], &row["after"]].map(|text| text.as_str().unwrap()))
        .collect();
    assert_eq!(
        changed,
        [
            ["rewards.rewardRate", "10 DATA", "12 DATA"],
            ["rewards.cooldown", "7 days", "5 days"],
            ["timelock.delay", "5 minutes", "10 minutes"],
        ]
    );
    let balances = simulated["balances"].as_array().unwrap();
    assert!(
        balances.iter().any(|row| row["account"] == DAVE && row["received"] == "1"),
        "{balances:?}"
    );
    assert!(!simulated["storage"].as_array().unwrap().is_empty());
    let text = world.text(&[&["gov", "simulate"], &words[..]].concat());
    for event in [
        "cooldown period changed: old period 604800, new period 432000",
        "budget changed: line 1",
        "spending limit changed: spender",
        "paid: spender",
        "min delay change",
    ] {
        assert!(text.contains(event), "no {event} in {text}");
    }

    enact(&world, &actions[1..3]).await?;
    refused_in_words(&world);
    Ok(())
}

/// What is over a line's budget fails, and the simulation says so before anybody votes; a spender
/// pays within limit and line, and is refused beyond either in words.
fn refused_in_words(world: &World) {
    let pay = format!("pay 3 ETH to {DAVE} from grants");
    let simulated = world.done(&["gov", "simulate", "-a", &pay]);
    assert_eq!(simulated["failedPayments"], 1, "{simulated}");
    let spend = |amount: &str, key: &str| {
        world.run(&["treasury", "spend", amount, "ETH", "--to", BOB, "--from", key])
    };
    let spent = spend("1.5", "dev:3").done().json();
    assert_eq!((&spent["spender"], &spent["amount"]), (&json!(DAVE), &json!("1.5 ETH")));
    spend("1", "dev:3").failed(REJECTED, &["budget line 1 has 500000000000000000"]);
    spend("2", "dev:3").failed(REJECTED, &["may spend 1500000000000000000"]);
    spend("1", "dev:4").failed(REJECTED, &["may spend 0"]);
    let limits = world.done(&["treasury", "limits"]);
    assert_eq!(limits["budgets"][0]["left"]["text"], "0.5 ETH");
    assert_eq!(limits["spendingLimits"][0]["left"]["text"], "1.5 ETH");
}

#[tokio::test]
async fn after_deployment_the_role_table_is_the_agreed_one() -> Result<()> {
    // An account deploys that is not to be an owner of the treasury.
    let world = World::start_by("dev:9", &["--oracle", BOB, "--guardian", DAVE]).await?;
    let roles = world.done(&["roles", "--check"]);
    let book = std::fs::read_to_string(world.path("31337.json"))?;
    let book: Value = serde_json::from_str(&book)?;
    let at = |name: &str| book["contracts"][name]["address"].as_str().unwrap().to_lowercase();
    let (timelock, governor, rewards) = (at("Timelock"), at("Governor"), at("DataCoopRewards"));
    let nobody = "0x0000000000000000000000000000000000000000".to_owned();
    let owner = "owner, 2 of 3 must sign";
    let mut expected = [
        ("DataToken", "administrator", timelock.clone()),
        ("DataToken", "minter", rewards),
        ("DataToken", "pauser", DAVE.to_lowercase()),
        ("GovToken", "administrator", timelock.clone()),
        ("Timelock", "administrator", timelock.clone()),
        ("Timelock", "proposer", governor.clone()),
        ("Timelock", "canceller", governor),
        ("Timelock", "executor", nobody),
        ("DataCoopRewards", "governance", timelock.clone()),
        ("DataCoopRewards", "verified oracle", BOB.to_lowercase()),
        ("DataCoopRewards", "guardian", DAVE.to_lowercase()),
        ("Governor", "executor", timelock.clone()),
        ("Treasury", owner, ALICE.to_lowercase()),
        ("Treasury", owner, BOB.to_lowercase()),
        ("Treasury", owner, CAROL.to_lowercase()),
        ("Treasury", "governor", timelock.clone()),
        ("Treasury", "module", timelock.clone()),
        ("Membership", "administrator", timelock.clone()),
        ("Membership", "issuer", BOB.to_lowercase()),
        ("DataRegistry", "administrator", timelock.clone()),
        ("DataRegistry", "attestor", BOB.to_lowercase()),
        ("DataRegistry", "curator", BOB.to_lowercase()),
        ("DataRegistry", "guardian", DAVE.to_lowercase()),
        ("DataRegistry", "schema", timelock.clone()),
        ("RevenueDistributor", "administrator", timelock.clone()),
        ("RevenueDistributor", "shares", timelock.clone()),
        ("DataMarket", "administrator", timelock.clone()),
        ("DataMarket", "lister", BOB.to_lowercase()),
        ("DataMarket", "pauser", DAVE.to_lowercase()),
        ("DataMarket", "ruling", timelock),
        ("DataMarket", "server", BOB.to_lowercase()),
    ]
    .map(|(contract, role, holder)| (contract.to_owned(), role.to_owned(), holder));
    expected.sort();
    let mut found: Vec<_> = roles["roles"]
        .as_array()
        .unwrap()
        .iter()
        .map(|held| {
            let text = |name: &str| held[name].as_str().unwrap().to_owned();
            (text("contract"), text("role"), text("holder").to_lowercase())
        })
        .collect();
    found.sort();
    assert_eq!(found, expected);
    Ok(())
}

//! The treasury by the command line alone: two of three owners, each on a machine of their own.

use std::{
    fs,
    path::{Path, PathBuf},
};

use alloy::{
    dyn_abi::{DynSolValue, JsonAbiExt},
    primitives::{Address, U256},
};
use anyhow::{Context, Result};
use datacoop_deploy::{
    chain::Chain,
    node::{Node, NodeOptions},
    treasury::{SafeTx, TransactionFile},
};
use datacoop_tests::{create_raw, peer, start_node};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::process::{CHAIN, Datacoop, INPUT, REJECTED, Run, USAGE};

/// The owners: dev accounts 0, 1 and 2.
const OWNERS: [&str; 3] = [
    "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266",
    "0x70997970C51812dc3A010C7d01b50e0d17dc79C8",
    "0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC",
];
const ALICE: &str = "0x90F79bf6EB2c4f870365E785982E1f101E93b906";

/// Nobody listens there.
const NOWHERE: &str = "http://127.0.0.1:9";

/// A chain, and a folder for what the commands write.
struct Desk {
    node: Node,
    chain: Chain,
    folder: TempDir,
    treasury: Option<Address>,
}

impl Desk {
    async fn new() -> Result<Self> {
        let (node, chain) = start_node(NodeOptions::default()).await?;
        Ok(Self { node, chain, folder: tempfile::tempdir()?, treasury: None })
    }

    /// A cooperative whose treasury two of three owners sign for.
    async fn with_coop() -> Result<Self> {
        let desk = Self::new().await?;
        let owners = OWNERS.join(",");
        desk.done(&["deploy", "--from", "dev:9", "--dao", "local", "--owners", &owners]);
        Ok(desk)
    }

    /// Safe's own code, without a cooperative.
    async fn with_safe() -> Result<Self> {
        let mut desk = Self::new().await?;
        let safe = peer("TreasuryPeer")?;
        let owners = OWNERS.map(|owner| DynSolValue::Address(owner.parse().unwrap()));
        let arguments = safe.abi.constructor().context("a constructor")?.abi_encode_input(&[
            DynSolValue::Array(owners.to_vec()),
            DynSolValue::Uint(U256::from(2), 256),
            DynSolValue::Address(Address::ZERO),
        ])?;
        let initcode = [&safe.bytecode[..], &arguments].concat();
        let deployer = OWNERS[0].parse()?;
        let safe = create_raw(desk.chain.provider(), deployer, initcode.into()).await?;
        desk.treasury = Some(safe);
        Ok(desk)
    }

    fn run_at(&self, url: &str, words: &[&str]) -> Run {
        let words = [words, &["--json"]].concat();
        let mut command = Datacoop::new(&words).at(url).with_books(self.folder.path());
        if let Some(treasury) = self.treasury {
            command = command.env("DATACOOP_TREASURY", &treasury.to_string());
        }
        command.run()
    }

    fn run(&self, words: &[&str]) -> Run {
        self.run_at(&self.node.url(), words)
    }

    #[track_caller]
    fn done(&self, words: &[&str]) -> Value {
        self.run(words).done().json()
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    /// Proposes something, to a new file.
    #[track_caller]
    fn propose(&self, name: &str, words: &[&str]) -> (String, Value) {
        let path = self.path(name);
        let words = [&["treasury", "propose", "--out", &path], words].concat();
        let document = self.done(&words);
        (path, document)
    }

    /// Signs a file without a chain.
    #[track_caller]
    fn sign(&self, file: &str, from: &str) -> Value {
        self.run_at(NOWHERE, &["treasury", "sign", file, "--from", from]).done().json()
    }

    fn execute(&self, file: &str) -> Run {
        self.run(&["treasury", "execute", file, "--from", "dev:9"])
    }

    /// Proposes something, and has it signed by two owners.
    #[track_caller]
    fn signed(&self, name: &str, words: &[&str]) -> String {
        let (file, _) = self.propose(name, words);
        self.sign(&file, "dev:0");
        self.sign(&file, "dev:1");
        file
    }

    /// Proposes, signs and executes.
    #[track_caller]
    fn carry_out(&self, name: &str, words: &[&str]) -> Value {
        let file = self.signed(name, words);
        self.execute(&file).done().json()
    }

    #[track_caller]
    fn balance(&self, account: &str) -> String {
        let shown = self.done(&["token", "balance", account]);
        shown["balances"][0]["balance"]["data"].as_str().unwrap_or_default().to_owned()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_of_three_owners_pay_from_machines_of_their_own() -> Result<()> {
    let desk = Desk::with_coop().await?;
    let owners = desk.done(&["treasury", "owners"]);
    assert_eq!(owners["owners"], json!(OWNERS));
    assert_eq!((&owners["threshold"], &owners["nonce"]), (&json!(2), &json!("0")));
    assert_eq!(owners["modules"], json!([owners["governor"]]));

    let pay = ["--pay", "100", "DATA", "--to", ALICE];
    let (file, proposed) = desk.propose("pay.json", &pay);
    assert_eq!(proposed["does"], json!([format!("pay 100 DATA to {ALICE}")]));
    desk.execute(&file).failed(REJECTED, &["0 of the 2 signatures", OWNERS[0], OWNERS[2]]);

    // Two copies, signed apart, in two ways, without a chain.
    let copy = desk.path("copy.json");
    fs::copy(&file, &copy)?;
    let signed = desk.sign(&file, "dev:0");
    assert_eq!((&signed["state"], &signed["owner"]), (&json!("added"), &json!(OWNERS[0])));
    assert_eq!(signed["does"], proposed["does"]);
    let before = fs::read(&file)?;
    assert_eq!(desk.sign(&file, "dev:0")["state"], "alreadySigned");
    assert_eq!(fs::read(&file)?, before);
    let words = ["treasury", "sign", &copy, "--eth-sign", "--from", "dev:1"];
    assert_eq!(desk.run_at(NOWHERE, &words).done().json()["kind"], "ethSign");
    desk.execute(&file).failed(REJECTED, &["1 of the 2 signatures", OWNERS[1], OWNERS[2]]);

    let done = desk.done(&["treasury", "execute", &file, &copy, "--from", "dev:9"]);
    assert_eq!(done["state"], "executed");
    assert_eq!(desk.balance(ALICE), "100");
    desk.execute(&file).failed(REJECTED, &["nonce 0 is used up"]);

    // One signs, another approves on chain.
    let (file, _) = desk.propose("approve.json", &["--pay", "0.5", "DATA", "--to", ALICE]);
    desk.sign(&file, "dev:2");
    let approve = ["treasury", "sign", &file, "--approve", "--from", "dev:0"];
    assert!(desk.done(&approve)["approval"]["transaction"].is_string());
    assert_eq!(desk.done(&approve)["state"], "alreadySigned");
    desk.run(&["treasury", "sign", &file, "--approve", "--from", "dev:5"])
        .failed(REJECTED, &["is no owner"]);
    desk.execute(&file).done();
    assert_eq!(desk.balance(ALICE), "100.5");

    let list = desk.done(&["treasury", "list"]);
    let states: Vec<_> =
        list["transactions"].as_array().unwrap().iter().map(|row| &row["state"]).collect();
    assert_eq!(states, ["executed", "executed"]);
    assert_eq!(list["transactions"][1]["does"], proposed["does"]);
    assert_eq!(list["transactions"][1]["transaction"]["nonce"], "0");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delay_queues_and_owners_can_cancel() -> Result<()> {
    let desk = Desk::with_coop().await?;
    desk.carry_out("delay.json", &["--set-delay", "1h"]);
    assert_eq!(desk.done(&["treasury", "owners"])["delaySeconds"], 3600);

    let file = desk.signed("pay.json", &["--pay", "1", "DATA", "--to", ALICE]);
    let queued = desk.execute(&file).done().json();
    assert_eq!(queued["state"], "queued");
    assert!(queued["readyAt"]["timestamp"].is_u64(), "{queued}");
    desk.execute(&file).failed(REJECTED, &["is queued", "can be executed"]);
    let other = desk.signed("other.json", &["--pay", "2", "DATA", "--to", ALICE]);
    let hash = desk.execute(&other).done().json()["safeTxHash"].as_str().unwrap().to_owned();
    let list = desk.done(&["treasury", "list"]);
    assert_eq!(list["transactions"][0]["safeTxHash"], hash);
    assert_eq!(list["transactions"][0]["state"], "queued");
    assert_eq!(list["transactions"][1]["readyAt"], queued["readyAt"]);

    let cancel = ["treasury", "cancel", &hash, "--from"];
    desk.run(&[&cancel[..], &["dev:9"]].concat()).failed(REJECTED, &["neither an owner"]);
    desk.done(&[&cancel[..], &["dev:2"]].concat());
    desk.chain.advance_time(3600).await?;
    desk.execute(&other).failed(REJECTED, &["nonce 2 is used up"]);
    assert_eq!(desk.execute(&file).done().json()["state"], "executed");
    assert_eq!(desk.balance(ALICE), "1");
    let list = desk.done(&["treasury", "list"]);
    let states: Vec<_> = list["transactions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["state"].as_str().unwrap_or_default())
        .collect();
    assert_eq!(states, ["executed", "cancelled", "executed"]);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn budgets_and_limits_are_set_kept_and_shown() -> Result<()> {
    let desk = Desk::with_coop().await?;
    desk.carry_out("budget.json", &["--set-budget", "grants", "50", "DATA", "30d"]);
    let limit = ["--set-limit", ALICE, "5", "DATA", "7d", "--line", "grants"];
    desk.carry_out("limit.json", &limit);
    let pay = ["--pay", "20", "DATA", "--to", ALICE, "--line", "grants"];
    desk.carry_out("grant.json", &pay);

    let limits = desk.done(&["treasury", "limits"]);
    let budget = &limits["budgets"][0];
    assert_eq!((&budget["line"], &budget["left"]["text"]), (&json!("grants"), &json!("30 DATA")));
    assert_eq!(budget["spent"]["units"], "20000000000000000000");
    assert_eq!(budget["periodSeconds"], 30 * 86_400);
    assert!(budget["periodEnd"]["timestamp"].is_u64(), "{budget}");
    let spending = &limits["spendingLimits"][0];
    assert_eq!((&spending["spender"], &spending["line"]), (&json!(ALICE), &json!("grants")));
    assert_eq!(spending["left"]["text"], "5 DATA");

    let file =
        desk.signed("more.json", &["--pay", "31", "DATA", "--to", ALICE, "--line", "grants"]);
    desk.execute(&file).failed(REJECTED, &["budget line 1 has 30000000000000000000"]);
    assert_eq!(desk.balance(ALICE), "20");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn files_that_are_not_true_are_refused_everywhere() -> Result<()> {
    let desk = Desk::with_coop().await?;
    let file = desk.signed("pay.json", &["--pay", "1", "DATA", "--to", ALICE]);
    let original: Value = serde_json::from_slice(&fs::read(&file)?)?;
    let mut tampered = original.clone();
    tampered["transaction"]["to"] = json!(ALICE);
    let bad = desk.path("tampered.json");
    fs::write(&bad, tampered.to_string())?;
    for words in [
        &["treasury", "sign", &bad, "--from", "dev:2"][..],
        &["treasury", "show", &bad],
        &["treasury", "execute", &bad, "--from", "dev:9"],
    ] {
        desk.run(words).failed(INPUT, &["tampered.json", "hash"]);
    }
    assert_eq!(fs::read_to_string(&bad)?, tampered.to_string(), "nothing was written");

    let treasury: Address = original["treasury"].as_str().unwrap().parse()?;
    let elsewhere = |chain_id, treasury| -> Result<String> {
        let path = PathBuf::from(desk.path(&format!("{chain_id}-{treasury}.json")));
        TransactionFile::new(chain_id, treasury, SafeTx::default()).write(&path)?;
        Ok(path.display().to_string())
    };
    let other_chain = elsewhere(1, treasury)?;
    desk.execute(&other_chain).failed(CHAIN, &["chain 1", "chain 31337"]);
    let other_treasury = elsewhere(31337, Address::repeat_byte(7))?;
    desk.execute(&other_treasury).failed(INPUT, &["for the treasury 0x0707"]);
    desk.run(&["treasury", "execute", &file, &other_chain, "--from", "dev:9"])
        .failed(INPUT, &["is of transaction"]);

    let (later, _) = desk.propose("later.json", &["--reject", "--nonce", "5"]);
    desk.sign(&later, "dev:0");
    desk.execute(&later).failed(REJECTED, &["nonce 5 is not next: 0 is"]);
    let words = ["treasury", "propose", "--out", &later, "--reject", "--nonce", "6"];
    desk.run(&words).failed(INPUT, &["holds another transaction"]);

    desk.sign(&later, "dev:7");
    let (stranger, _) = desk.propose("stranger.json", &["--pay", "3", "DATA", "--to", ALICE]);
    desk.sign(&stranger, "dev:7");
    desk.execute(&stranger).failed(REJECTED, &["0 of the 2", "do not count"]);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn batches_go_to_safes_builder_and_back() -> Result<()> {
    let desk = Desk::with_coop().await?;
    let pay = ["--pay", "100", "DATA", "--to", ALICE];
    let (_, proposed) = desk.propose("pay.json", &pay);
    let hash = &proposed["proposal"]["safeTxHash"];
    let (batch, _) = desk.propose("batch.json", &[&pay[..], &["--export"]].concat());
    let (_, again) = desk.propose("again.json", &["--import", &batch]);
    assert_eq!(&again["proposal"]["safeTxHash"], hash);

    let good: Value = serde_json::from_slice(&fs::read(&batch)?)?;
    let refused = |change: &dyn Fn(&mut Value), status: i32, words: &[&str]| {
        let mut bad = good.clone();
        change(&mut bad);
        let path = desk.path("bad.json");
        fs::write(&path, bad.to_string()).unwrap();
        let out = desk.path("never.json");
        let run = desk.run(&["treasury", "propose", "--import", &path, "--out", &out]);
        run.failed(status, words);
        assert!(!Path::new(&out).exists(), "nothing is half done");
    };
    refused(&|batch| batch["chainId"] = json!("1"), CHAIN, &["bad.json", "chain 1"]);
    let value = |batch: &mut Value| batch["transactions"][0]["value"] = json!("1");
    refused(&value, INPUT, &["was changed after it was written"]);
    let empty = |batch: &mut Value| {
        batch["transactions"] = json!([]);
        batch["meta"]["checksum"] = json!(null);
    };
    refused(&empty, INPUT, &["no transactions"]);

    // Several things at once need a MultiSend contract.
    let two = ["--pay", "1", "DATA", "--to", ALICE, "--set-budget", "grants", "9", "DATA", "30d"];
    let out = desk.path("two.json");
    let words = [&["treasury", "propose", "--out", &out], &two[..]].concat();
    desk.run(&words).failed(USAGE, &["2 were asked for", "--multi-send"]);
    let deployer = OWNERS[0].parse()?;
    let code = peer("MultiSendPeer")?.bytecode;
    let multi_send = create_raw(desk.chain.provider(), deployer, code).await?.to_string();
    let words = [&two[..], &["--multi-send", &multi_send]].concat();
    let (file, proposed) = desk.propose("two.json", &words);
    assert_eq!(proposed["does"].as_array().map(Vec::len), Some(3), "{proposed}");
    desk.sign(&file, "dev:0");
    desk.sign(&file, "dev:1");
    desk.execute(&file).done();
    assert_eq!(desk.balance(ALICE), "1");
    assert_eq!(desk.done(&["treasury", "limits"])["budgets"][0]["cap"]["text"], "9 DATA");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_commands_work_for_any_safe() -> Result<()> {
    let desk = Desk::with_safe().await?;
    let owners = desk.done(&["treasury", "owners"]);
    assert_eq!((&owners["threshold"], &owners["delaySeconds"]), (&json!(2), &json!(0)));
    assert_eq!(owners["owners"], json!(OWNERS));
    desk.carry_out("add.json", &["--add-owner", ALICE, "--threshold", "3"]);
    let owners = desk.done(&["treasury", "owners"]);
    assert_eq!((&owners["threshold"], &owners["owners"][0]), (&json!(3), &json!(ALICE)));
    let (file, _) = desk.propose("swap.json", &["--swap-owner", OWNERS[2], OWNERS[0]]);
    for from in ["dev:0", "dev:1", "dev:3"] {
        desk.sign(&file, from);
    }
    desk.execute(&file).failed(REJECTED, &["an owner already (GS204)"]);
    desk.run(&["treasury", "propose", "--remove-owner", NOBODY])
        .failed(INPUT, &["is no owner of the treasury"]);
    assert_eq!(desk.done(&["treasury", "list"])["transactions"][0]["state"], "executed");
    assert_eq!(desk.done(&["treasury", "limits"])["budgets"], json!([]));
    Ok(())
}

const NOBODY: &str = "0x00000000000000000000000000000000000000aa";

#[test]
fn wrong_words_are_usage_errors() {
    for words in [
        &["treasury", "propose", "--pay", "1", "DATA"][..],
        &["treasury", "propose", "--pay", "1", "--to", ALICE],
        &["treasury", "propose", "--to", ALICE, "--delegate-call"],
        &["treasury", "propose", "--pay", "1", "DATA", "--to", ALICE, "--data", "0x"],
        &["treasury", "propose", "--line", "salaries"],
        &["treasury", "propose", "--set-delay", "soon"],
        &["treasury", "cancel", "--from", "dev:0"],
        &["treasury", "sign", "file", "--approve", "--eth-sign", "--from", "dev:0"],
        &["treasury", "propose", "--line", "grants", "--reject"],
    ] {
        Datacoop::new(words).at(NOWHERE).run().failed(USAGE, &[]);
    }
}

//! A Safe as an owner of the treasury and as a voter, by the command line alone: its own owners
//! sign for it, each on a machine of their own.

use std::fs;

use alloy::{
    dyn_abi::{DynSolValue, JsonAbiExt},
    primitives::{Address, U256},
};
use anyhow::{Context, Result};
use datacoop_deploy::{
    chain::Chain,
    node::{Node, NodeOptions},
};
use datacoop_tests::{create_raw, peer, start_node};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::process::{Datacoop, INPUT, REJECTED, Run, USAGE};

/// Owners of the treasury beside the Safe: dev accounts 0 and 1.
const ALICE: &str = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266";
const BOB: &str = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";
/// Owners of the Safe, of whom both must sign: dev accounts 5 and 6.
const EVE: &str = "0x9965507D1a55bcC2695C58ba16FB37d819B0A4dc";
const FAY: &str = "0x976EA74026E726554dB657fA54763abd0C3a0aa9";
/// Is paid: dev account 3.
const DAVE: &str = "0x90F79bf6EB2c4f870365E785982E1f101E93b906";

/// Nobody listens there.
const NOWHERE: &str = "http://127.0.0.1:9";

/// A cooperative of Alice, Bob and a Safe, who share the first GOV and of whom two must sign.
struct Desk {
    node: Node,
    chain: Chain,
    folder: TempDir,
    safe: String,
}

impl Desk {
    async fn new() -> Result<Self> {
        let (node, chain) = start_node(NodeOptions::default()).await?;
        let deployer: Address = ALICE.parse()?;
        let handler = peer("SafeHandlerPeer")?.bytecode;
        let handler = create_raw(chain.provider(), deployer, handler).await?;
        let safe = peer("TreasuryPeer")?;
        let owners = [EVE, FAY].map(|owner| DynSolValue::Address(owner.parse().unwrap()));
        let arguments = safe.abi.constructor().context("a constructor")?.abi_encode_input(&[
            DynSolValue::Array(owners.to_vec()),
            DynSolValue::Uint(U256::from(2), 256),
            DynSolValue::Address(handler),
        ])?;
        let initcode = [&safe.bytecode[..], &arguments].concat();
        let safe = create_raw(chain.provider(), deployer, initcode.into()).await?.to_string();
        let desk = Self { node, chain, folder: tempfile::tempdir()?, safe };
        let owners = [ALICE, BOB, &desk.safe].join(",");
        desk.done(&["deploy", "--from", "dev:9", "--dao", "local", "--owners", &owners]);
        Ok(desk)
    }

    fn run_at(&self, url: &str, words: &[&str]) -> Run {
        let words = [words, &["--json"]].concat();
        Datacoop::new(&words).at(url).with_books(self.folder.path()).run()
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

    /// Signs without a chain.
    #[track_caller]
    fn sign(&self, file: &str, words: &[&str]) -> Value {
        let words = [&["treasury", "sign", file], words].concat();
        self.run_at(NOWHERE, &words).done().json()
    }

    /// Signs for the Safe, as one of its owners.
    #[track_caller]
    fn sign_for_safe(&self, file: &str, from: &str) -> Value {
        self.sign(file, &["--contract", &self.safe, "--from", from])
    }

    /// Has the Safe itself do something: `treasury` works for any Safe.
    fn by_safe(&self, name: &str, words: &[&str]) {
        let file = self.path(name);
        let propose = ["treasury", "propose", "--treasury", &self.safe, "--out", &file];
        self.done(&[&propose[..], words].concat());
        for from in ["dev:5", "dev:6"] {
            self.sign(&file, &["--from", from]);
        }
        self.done(&["treasury", "execute", &file, "--treasury", &self.safe, "--from", "dev:9"]);
    }

    fn execute(&self, files: &[&str]) -> Run {
        self.run(&[&["treasury", "execute"], files, &["--from", "dev:9"]].concat())
    }

    fn balance(&self) -> String {
        let shown = self.done(&["token", "balance", DAVE]);
        shown["balances"][0]["balance"]["data"].as_str().unwrap_or_default().to_owned()
    }

    fn address_of(&self, contract: &str) -> String {
        let book = fs::read_to_string(self.path("31337.json")).unwrap();
        let book: Value = serde_json::from_str(&book).unwrap();
        book["contracts"][contract]["address"].as_str().unwrap().to_owned()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_safe_signs_for_the_treasury_by_its_owners() -> Result<()> {
    let desk = Desk::new().await?;
    let file = desk.path("pay.json");
    let pay = ["treasury", "propose", "--out", &file, "--pay", "10", "DATA", "--to", DAVE];
    desk.done(&pay);
    desk.sign(&file, &["--from", "dev:0"]);
    let copy = desk.path("copy.json");
    fs::copy(&file, &copy)?;

    // One of the Safe's two owners is not enough, and it is said whose signature is not taken.
    let signed = desk.sign_for_safe(&file, "dev:5");
    assert_eq!((&signed["owner"], &signed["kind"]), (&json!(desk.safe), &json!("contract")));
    assert_eq!(desk.sign_for_safe(&file, "dev:5")["state"], "alreadySigned");
    let one = ["1 of the 2 signatures", "does not take its signature", &desk.safe];
    desk.execute(&[&file]).failed(REJECTED, &one);
    // Nor are an owner and somebody else.
    let forged = desk.path("forged.json");
    fs::copy(&file, &forged)?;
    desk.sign_for_safe(&forged, "dev:7");
    desk.execute(&[&forged]).failed(REJECTED, &one);
    // Nor signatures of the treasury's hash itself, which a Safe does not take.
    let plain = desk.path("plain.json");
    fs::copy(&copy, &plain)?;
    let form = ["--contract", &desk.safe, "--contract-form", "key", "--from", "dev:5"];
    desk.sign(&plain, &form);
    desk.execute(&[&plain]).failed(REJECTED, &one);

    // The other owner signs a copy; both together are the Safe's signature.
    desk.sign_for_safe(&copy, "dev:6");
    desk.execute(&[&copy]).failed(REJECTED, &one);
    desk.execute(&[&file, &copy]).done();
    assert_eq!(desk.balance(), "10");

    // What another tool made of it is taken as it is.
    let file = desk.path("again.json");
    desk.done(&["treasury", "propose", "--out", &file, "--pay", "5", "DATA", "--to", DAVE]);
    let made = desk.path("made.json");
    fs::copy(&file, &made)?;
    for from in ["dev:6", "dev:5"] {
        desk.sign_for_safe(&made, from);
    }
    let made: Value = serde_json::from_slice(&fs::read(&made)?)?;
    let signature = made["signatures"][0]["signature"].as_str().context("a signature")?;
    desk.sign(&file, &["--contract", &desk.safe, "--signature", signature]);
    desk.sign(&file, &["--from", "dev:1"]);
    desk.execute(&[&file]).done();
    assert_eq!(desk.balance(), "15");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_safe_votes_by_its_owners() -> Result<()> {
    let desk = Desk::new().await?;
    let gov = desk.address_of("GovToken");
    // The Safe has its votes counted: delegate(address) of itself.
    let address = desk.safe.trim_start_matches("0x").to_lowercase();
    let delegate = format!("0x5c19a95c{}{address}", "0".repeat(24));
    desk.by_safe("delegate.json", &["--to", &gov, "--data", &delegate]);
    desk.done(&["gov", "delegate", "self", "--from", "dev:0"]);
    desk.chain.advance_time(1).await?;
    let action = ["-a", "set rewards.cooldown to 5 days", "--description", "shorter"];
    let proposed = desk.done(&[&["gov", "propose", "--from", "dev:0"], &action[..]].concat());
    let id = proposed["id"].as_str().context("an id")?.to_owned();
    desk.chain.advance_time(61).await?;

    let ballot = desk.path("ballot.json");
    let words = ["gov", "vote", &id, "for", "--reason", "as agreed", "--sign-only", &ballot];
    let sign = |from: &str| {
        let contract = ["--contract", &desk.safe, "--nonce", "0", "--from", from];
        desk.run_at(NOWHERE, &[&words[..], &contract].concat())
    };
    let submit = || desk.run(&["gov", "vote", "--by-sig", &ballot, "--from", "dev:9"]);
    assert_eq!(sign("dev:6").done().json()["voter"], json!(desk.safe));
    submit().failed(INPUT, &["does not take this for its signature", &desk.safe]);
    sign("dev:5").done();
    let voted = submit().done().json();
    assert_eq!((&voted["voter"], &voted["reason"]), (&json!(desk.safe), &json!("as agreed")));
    assert_ne!(voted["weight"]["wei"], "0");
    submit().failed(INPUT, &["it was used"]);

    // A contract sends nothing by itself, and somebody has to sign.
    let vote = ["gov", "vote", &id, "for", "--contract", &desk.safe];
    desk.run(&[&vote[..], &["--from", "dev:5"]].concat()).failed(USAGE, &["--sign-only"]);
    desk.run(&[&vote[..], &["--sign-only", &desk.path("x.json")]].concat())
        .failed(USAGE, &["--from"]);
    Ok(())
}

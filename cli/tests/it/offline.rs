//! Transactions that are signed here and sent there, and the calls of a Safe.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use alloy::primitives::{Bytes, U256};
use anyhow::Result;
use datacoop_deploy::{
    chain::{Chain, Outgoing, Sender},
    keys::dev_account,
    node::NodeOptions,
    offline::{Outbox, Terms, Way},
};
use datacoop_tests::{Coop, start_node};
use serde_json::{Value, json};

use crate::process::{CHAIN, Datacoop, INPUT, REJECTED, Run, USAGE};

const BOB: &str = "0x15d34AAf54267DB7D7c367839AAf71A00a2C6A65";
const CAROL: &str = "0x9965507D1a55bcC2695C58ba16FB37d819B0A4dc";

/// The key of the dev account that signs here.
const SECRET: &str = "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";

/// What makes a chain unnecessary, apart from the nonce.
const TERMS: [&str; 8] =
    ["--chain-id", "31337", "--gas-limit", "300000", "--max-fee", "20", "--priority-fee", "1"];

fn path(coop: &Coop, name: &str) -> PathBuf {
    coop.folder.path().join(name)
}

/// Runs a command, and makes sure that it tells no key.
fn run(coop: &Coop, words: &[&str]) -> Run {
    let run = Datacoop::on(coop, words).run();
    let text = format!("{}{}", run.stdout, run.stderr).to_lowercase();
    assert!(!text.contains(&SECRET[..8]), "{text}");
    run
}

/// Signs an approval of an amount for Bob, without a chain.
fn sign(coop: &Coop, nonce: u64, amount: &str, file: &Path) -> Run {
    let nonce = nonce.to_string();
    let words = ["token", "approve", "--spender", BOB, "--amount", amount, "--from", "dev:0"];
    let aside = ["--json", "--sign-only", file.to_str().unwrap(), "--nonce", &nonce];
    let words = [&words[..], &aside, &TERMS].concat();
    // Nobody listens there: a connection would fail.
    Datacoop::on(coop, &words).at("http://127.0.0.1:1").run()
}

async fn nonce(coop: &Coop) -> Result<u64> {
    use alloy::providers::Provider as _;
    let account = dev_account(0)?.address();
    Ok(coop.chain.provider().get_transaction_count(account).await?)
}

fn allowance(coop: &Coop) -> Value {
    let owner = dev_account(0).unwrap().address().to_string();
    let words = ["token", "allowance", "--owner", &owner, "--spender", BOB, "--json"];
    run(coop, &words).done().json()["allowance"]["data"].clone()
}

#[tokio::test]
async fn what_is_signed_without_a_chain_is_sent_once() -> Result<()> {
    let coop = Coop::start().await?;
    let (file, first) = (path(&coop, "signed.json"), nonce(&coop).await?);
    let signed = sign(&coop, first, "5", &file).done().json();
    assert_eq!((&signed["form"], &signed["chainId"]), (&json!("signed"), &json!(31_337)));
    assert_eq!(nonce(&coop).await?, first, "nothing was sent");
    let text = fs::read_to_string(&file)?;
    assert!(!text.contains(&SECRET[..8]), "{text}");
    let document: Value = serde_json::from_str(&text)?;
    let one = &document["transactions"][0];
    assert_eq!(one["does"], "approve");
    assert_eq!(one["call"], format!("approve(spender {BOB}, value 5000000000000000000)"));
    assert_eq!((&one["nonce"], &one["gasLimit"]), (&json!(first), &json!(300_000)));

    let name = file.to_str().unwrap();
    let looked = run(&coop, &["send", name, "--check", "--json"]).done().json();
    assert_eq!(looked["transactions"][0]["state"], Value::Null);
    assert_eq!(allowance(&coop), "0");
    let sent = run(&coop, &["send", name, "--json"]).done().json();
    assert_eq!(sent["transactions"][0]["state"], "sent");
    assert_eq!(allowance(&coop), "5");

    let again = run(&coop, &["send", name, "--json=events"]).done().stdout;
    let lines: Vec<Value> = again.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
    assert_eq!(lines[0]["event"], "began");
    assert_eq!(lines.last().unwrap()["transactions"][0]["state"], "alreadyMined");
    assert_eq!(nonce(&coop).await?, first + 1, "it was sent once");
    Ok(())
}

#[tokio::test]
async fn a_file_that_says_something_else_than_was_signed_is_refused() -> Result<()> {
    let coop = Coop::start().await?;
    let file = path(&coop, "signed.json");
    let (other, first) = (path(&coop, "other.json"), nonce(&coop).await?);
    sign(&coop, first, "5", &file).done();
    sign(&coop, first, "7", &other).done();
    let read = |path: &Path| -> Value {
        serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
    };
    let (good, other) = (read(&file), read(&other));
    let bad = path(&coop, "bad.json");
    let refused = |change: &dyn Fn(&mut Value), status: i32, words: &str| {
        let mut document = good.clone();
        change(&mut document);
        fs::write(&bad, document.to_string()).unwrap();
        run(&coop, &["send", bad.to_str().unwrap()]).failed(status, &[words]);
    };
    let one = |field: &'static str, value: Value| {
        move |document: &mut Value| document["transactions"][0][field] = value.clone()
    };
    refused(
        &one("raw", other["transactions"][0]["raw"].clone()),
        INPUT,
        "not that which was signed",
    );
    refused(&one("call", json!("approve(nothing)")), INPUT, "the call");
    refused(&one("to", json!(CAROL)), INPUT, "the receiver");
    refused(&one("value", json!("0x1")), INPUT, "the value");
    refused(&one("nonce", json!(first + 1)), INPUT, "the nonce");
    refused(&one("gasLimit", json!(1)), INPUT, "the gas limit");
    refused(&one("maxFeePerGas", json!(1)), INPUT, "the fee");
    refused(&one("hash", other["transactions"][0]["hash"].clone()), INPUT, "the hash");
    refused(&one("raw", json!("0x02")), INPUT, "transaction 1");
    refused(&|document| document["sender"] = json!(CAROL), INPUT, "the sender");
    refused(&|document| document["chainId"] = json!(1), INPUT, "the chain");
    refused(&|document| document["transactions"] = json!([]), INPUT, "no transaction");
    refused(&|document| document["schema"] = json!(2), INPUT, "version");
    let twice = |document: &mut Value| {
        let one = document["transactions"][0].clone();
        document["transactions"].as_array_mut().unwrap().push(one);
    };
    refused(&twice, INPUT, "does not follow");
    assert_eq!(nonce(&coop).await?, first, "nothing was sent");
    Ok(())
}

#[tokio::test]
async fn another_chain_a_used_nonce_and_a_gap_are_told() -> Result<()> {
    let coop = Coop::start().await?;
    let first = nonce(&coop).await?;
    let [now, rival, later] = ["now", "rival", "later"].map(|name| path(&coop, name));
    sign(&coop, first, "5", &now).done();
    sign(&coop, first, "7", &rival).done();
    sign(&coop, first + 2, "9", &later).done();

    let (node, _) = start_node(NodeOptions { chain_id: Some(7), ..NodeOptions::default() }).await?;
    let words = ["send", now.to_str().unwrap()];
    Datacoop::new(&words).at(&node.url()).run().failed(CHAIN, &["7", "31337"]);

    run(&coop, &["send", later.to_str().unwrap()]).failed(CHAIN, &["what comes before it"]);
    run(&coop, &words).done();
    let words = ["send", rival.to_str().unwrap()];
    run(&coop, &words).failed(CHAIN, &["used by another transaction"]);
    assert_eq!(allowance(&coop), "5");
    Ok(())
}

#[tokio::test]
async fn a_rejection_ends_the_sending_with_its_reason() -> Result<()> {
    let coop = Coop::start().await?;
    let (file, first) = (path(&coop, "signed.json"), nonce(&coop).await?.to_string());
    let words = ["token", "transfer", "--to", BOB, "--amount", "9000000", "--from", "dev:0"];
    let aside = ["--sign-only", file.to_str().unwrap(), "--nonce", &first];
    run(&coop, &[&words[..], &aside, &TERMS].concat()).done();
    for _ in 0..2 {
        run(&coop, &["send", file.to_str().unwrap()]).failed(REJECTED, &["transfer"]);
    }
    Ok(())
}

#[tokio::test]
async fn a_step_of_a_deployment_is_signed_here_and_sent_there() -> Result<()> {
    let coop = Coop::start().await?;
    let file = path(&coop, "signed.json");
    let terms = Terms {
        nonce: Some(nonce(&coop).await?),
        gas_limit: Some(200_000),
        max_fee_wei: Some(20_000_000_000),
        priority_fee_wei: Some(1_000_000_000),
    };
    let outbox = Arc::new(Outbox::new(Way::Signed, terms));
    let chain = Chain::offline(31_337).laying_aside(Arc::clone(&outbox));
    let sender = Sender::new(&chain, dev_account(0)?);
    // PUSH1 1 · PUSH0 · RETURN: a contract whose code is one zero byte.
    let create = Outgoing {
        call: "create a contract".to_owned(),
        to: None,
        data: Bytes::from_static(&[0x60, 1, 0x5f, 0xf3]),
        value: U256::ZERO,
    };
    let contract = sender.send(&create).await?.contract.expect("its address is foretold");
    outbox.write(&file, 0)?;
    run(&coop, &["send", file.to_str().unwrap()]).done();
    assert_eq!(coop.chain.code(contract).await?.len(), 1);
    Ok(())
}

#[tokio::test]
async fn what_is_missing_to_sign_without_a_chain_is_said() -> Result<()> {
    let coop = Coop::start().await?;
    let file = path(&coop, "signed.json");
    let name = file.to_str().unwrap();
    let approve = ["token", "approve", "--spender", BOB, "--amount", "5", "--from", "dev:0"];
    let more = |more: &[&str]| run(&coop, &[&approve[..], more].concat());
    more(&["--sign-only", name, "--chain-id", "31337", "--nonce", "1"])
        .failed(USAGE, &["--gas-limit, --max-fee, --priority-fee"]);
    // A node's account is asked of the node.
    let unlocked = format!("unlocked:{BOB}");
    let words = ["token", "approve", "--spender", BOB, "--amount", "5", "--from", &unlocked];
    let aside = ["--sign-only", name, "--nonce", "1"];
    run(&coop, &[&words[..], &aside, &TERMS].concat()).failed(CHAIN, &["without a chain"]);
    assert!(!file.exists());
    // With a chain in reach nothing need be said, and a file is never overwritten.
    more(&["--sign-only", name]).done();
    more(&["--sign-only", name]).failed(INPUT, &["is there already"]);
    run(&coop, &["send", name]).done();
    assert_eq!(allowance(&coop), "5");
    Ok(())
}

#[tokio::test]
async fn the_owners_of_a_safe_get_the_calls() -> Result<()> {
    let coop = Coop::start().await?;
    let file = path(&coop, "batch.json");
    let approve = ["token", "approve", "--spender", BOB, "--amount", "5", "--from", CAROL];
    let aside = ["--safe-batch", file.to_str().unwrap(), "--json"];
    let written = run(&coop, &[&approve[..], &aside].concat()).done().json();
    assert_eq!((&written["form"], &written["sender"]), (&json!("safeBatch"), &json!(CAROL)));
    let batch: Value = serde_json::from_str(&fs::read_to_string(&file)?)?;
    assert_eq!(batch["meta"]["createdFromSafeAddress"], CAROL);
    assert_eq!(batch["chainId"], "31337");
    assert_eq!(batch["transactions"][0]["value"], "0");
    let data = batch["transactions"][0]["data"].as_str().unwrap();
    assert!(data.starts_with("0x095ea7b3"), "{data}");
    // What the Safe could not do is not written, and an address signs nothing.
    let transfer = ["token", "transfer", "--to", BOB, "--amount", "5", "--from", CAROL];
    let other = path(&coop, "other.json");
    let aside = ["--safe-batch", other.to_str().unwrap()];
    run(&coop, &[&transfer[..], &aside].concat()).failed(REJECTED, &["transfer"]);
    assert!(!other.exists());
    run(&coop, &approve).failed(INPUT, &["has no key here"]);
    Ok(())
}

//! Whatever is wrong with the input: one clear message, the right exit status, nothing half done.

use std::fs;

use alloy::signers::local::PrivateKeySigner;
use anyhow::Result;
use datacoop_tests::{Coop, start_node};
use tempfile::TempDir;

use crate::process::{CHAIN, Datacoop, FUNDS, INPUT, REJECTED, USAGE};

const MEMBER: &str = "0x90F79bf6EB2c4f870365E785982E1f101E93b906";
const PROOF: &str = "0x1111111111111111111111111111111111111111111111111111111111111111";
const HEADER: &str = "member,proof,quality,data_class\n";

/// A folder with one file in it.
fn file(name: &str, content: &str) -> (TempDir, String) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join(name);
    fs::write(&path, content).expect("a file in it");
    (folder, path.display().to_string())
}

/// `oracle batch` refuses a file before it asks for a key or a chain.
#[track_caller]
fn check_entries(name: &str, content: &str, words: &[&str]) {
    let (_folder, path) = file(name, content);
    let unreachable = "http://127.0.0.1:9";
    Datacoop::new(&["oracle", "batch", &path, "--from", "dev:0"])
        .at(unreachable)
        .run()
        .failed(INPUT, words);
}

/// `oracle ingest` refuses a file, and writes no entries.
#[track_caller]
fn check_records(name: &str, content: &str, words: &[&str]) {
    let members = format!("patient,member\nPatient/example,{MEMBER}\n");
    check_ingest(name, content, &members, words);
}

#[track_caller]
fn check_ingest(name: &str, content: &str, members: &str, words: &[&str]) {
    let (folder, path) = file(name, content);
    let map = folder.path().join("members.csv");
    fs::write(&map, members).expect("a file");
    let out = folder.path().join("entries.csv");
    let (map, target) = (map.display().to_string(), out.display().to_string());
    let words_of_command = ["oracle", "ingest", &path, "--members", &map, "--out", &target];
    let run = Datacoop::new(&words_of_command).run().failed(INPUT, words);
    assert_eq!(run.stdout, "");
    assert!(!out.exists(), "nothing is half done");
}

#[test]
fn a_malformed_csv_file_is_refused_with_its_line_and_field() {
    let row = |member: &str, proof: &str, quality: &str, class: &str| {
        let good = format!("{MEMBER},{PROOF},1,clinical\n");
        format!("{HEADER}{good}{member},{proof},{quality},{class}\n")
    };
    check_entries("e.csv", "", &["e.csv"]);
    check_entries("e.csv", HEADER, &["e.csv", "no entry"]);
    check_entries("e.csv", "member,proof,quality\n", &["e.csv:1", "data_class"]);
    check_entries("e.csv", &row("0x12", PROOF, "1", "clinical"), &["e.csv:3", "member", "0x12"]);
    check_entries("e.csv", &row(MEMBER, "0x12", "1", "clinical"), &["e.csv:3", "proof", "0x12"]);
    check_entries("e.csv", &row(MEMBER, "zz", "1", "clinical"), &["e.csv:3", "proof", "zz"]);
    check_entries("e.csv", &row(MEMBER, PROOF, "1.5", "clinical"), &["e.csv:3", "quality", "1.5"]);
    check_entries("e.csv", &row(MEMBER, PROOF, "-1", "clinical"), &["e.csv:3", "quality", "-1"]);
    check_entries("e.csv", &row(MEMBER, PROOF, "NaN", "clinical"), &["e.csv:3", "quality", "NaN"]);
    check_entries("e.csv", &row(MEMBER, PROOF, "1", "genes"), &["e.csv:3", "data_class", "genes"]);
    check_entries("e.csv", &row(MEMBER, PROOF, "", "clinical"), &["e.csv:3", "quality"]);
    check_entries("e.csv", &format!("{HEADER}{MEMBER},{PROOF}\n"), &["e.csv:2"]);
    let zero = "0x0000000000000000000000000000000000000000000000000000000000000000";
    check_entries("e.csv", &row(MEMBER, zero, "1", "clinical"), &["e.csv:3", "proof"]);
}

#[test]
fn a_malformed_ndjson_file_is_refused_with_its_line_and_field() {
    let good = format!(
        r#"{{"member":"{MEMBER}","proof":"{PROOF}","quality":"1","data_class":"clinical"}}"#
    );
    let after = |line: &str| format!("{good}\n{line}\n");
    check_entries("e.ndjson", "", &["e.ndjson", "no entry"]);
    check_entries("e.ndjson", &after("{"), &["e.ndjson:2"]);
    check_entries("e.ndjson", &after("[]"), &["e.ndjson:2", "member"]);
    check_entries("e.ndjson", &after("{}"), &["e.ndjson:2", "member", "missing"]);
    let twice = good.replacen('{', r#"{"member":"0x00","#, 1);
    check_entries("e.ndjson", &after(&twice), &["e.ndjson:2", "member"]);
    let class = good.replace("clinical", "astral");
    check_entries("e.ndjson", &after(&class), &["e.ndjson:2", "data_class", "astral"]);
    let quality = good.replace(r#""1""#, "2");
    check_entries("e.ndjson", &after(&quality), &["e.ndjson:2", "quality", "2"]);
}

#[test]
fn a_malformed_record_is_refused_with_its_place() {
    check_records("r.json", "", &["r.json"]);
    check_records("r.json", "{", &["r.json:1"]);
    check_records("r.json", "{\n\"resourceType\": nothing}", &["r.json:2"]);
    check_records("r.json", "{}", &["r.json:1", "not a FHIR resource"]);
    check_records("r.json", "[1, 2]", &["r.json:1", "not a FHIR resource"]);
    check_records("r.json", r#"{"resourceType":"Observation","id":"a","id":"b"}"#, &["r.json:1"]);
    let good = r#"{"resourceType":"Observation","status":"final","code":{"text":"pulse"},"subject":{"reference":"Patient/example"}}"#;
    check_records("r.ndjson", &format!("{good}\n{{\n"), &["r.ndjson:2"]);
    check_records("r.json", &good.replace("/example", "/stranger"), &["Patient/stranger"]);
}

#[test]
fn a_malformed_members_file_is_refused() {
    let record = r#"{"resourceType":"Observation","status":"final","code":{"text":"pulse"},"subject":{"reference":"Patient/example"}}"#;
    let check = |members: &str, words: &[&str]| check_ingest("r.json", record, members, words);
    check("", &["members.csv"]);
    check("patient,member\nPatient/example,0x12\n", &["members.csv:2", "0x12"]);
    let twice = format!(
        "patient,member\nPatient/example,{MEMBER}\nPatient/example,{}\n",
        MEMBER.replace("906", "907").to_lowercase()
    );
    check(&twice, &["members.csv:3", "Patient/example"]);
}

#[test]
fn a_file_that_is_not_there_is_named() {
    Datacoop::new(&["oracle", "batch", "nowhere.csv", "--from", "dev:0"])
        .run()
        .failed(INPUT, &["nowhere.csv"]);
    Datacoop::new(&["oracle", "ingest", "nowhere", "--members", "nobody.csv"])
        .run()
        .failed(INPUT, &["nobody.csv"]);
}

#[test]
fn a_wrong_command_line_is_a_usage_error() {
    let check = |words: &[&str]| Datacoop::new(words).run().failed(USAGE, &[]);
    check(&["fly"]);
    check(&["oracle", "record", "--member", "0x12", "--proof", PROOF, "--from", "dev:0"]);
    check(&["oracle", "record", "--member", MEMBER, "--proof", "0x12", "--from", "dev:0"]);
    check(&["token", "transfer"]);
    check(&["token", "info", "--network", "mainnett"]);
    check(&["token", "info", "--rpc-url", "ftp://127.0.0.1"]);
}

#[tokio::test]
async fn a_key_that_cannot_be_used_is_refused_and_never_shown() -> Result<()> {
    let coop = Coop::start().await?;
    let record = |from: &str| {
        let words = ["oracle", "record", "--member", MEMBER, "--proof", PROOF, "--from", from];
        Datacoop::on(&coop, &words)
    };
    record("dev:10").run().failed(INPUT, &["10"]);
    record("env:NOT_SET_ANYWHERE").run().failed(INPUT, &["NOT_SET_ANYWHERE"]);
    let key = "1f".repeat(31);
    let run = record("env:SHORT").env("SHORT", &key).run().failed(INPUT, &["SHORT"]);
    assert!(!run.stderr.contains(&key));
    let key = "1f".repeat(32);
    let run = record(&key).run().failed(USAGE, &[]);
    assert!(!run.stderr.contains(&key), "a key given by mistake is not repeated: {}", run.stderr);
    record("keystore:nowhere.json").env("DATACOOP_PASSWORD", "x").run().failed(INPUT, &["nowhere"]);
    let (_folder, path) = file("key.json", "{}");
    let from = format!("keystore:{path}");
    record(&from).env("DATACOOP_PASSWORD", "x").run().failed(INPUT, &["key.json"]);
    // Nobody is there to type it.
    record(&from).run().failed(USAGE, &["DATACOOP_PASSWORD"]);
    Ok(())
}

#[tokio::test]
async fn a_chain_that_is_not_there_or_another_one_is_named() -> Result<()> {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0))?;
    let nobody = format!("http://{}", listener.local_addr()?);
    drop(listener);
    Datacoop::new(&["token", "info"]).at(&nobody).run().failed(CHAIN, &[&nobody]);
    let (node, _chain) = start_node(Default::default()).await?;
    Datacoop::new(&["token", "info", "--network", "arbitrum"])
        .at(&node.url())
        .run()
        .failed(CHAIN, &["31337", "42161"]);
    let folder = tempfile::tempdir()?;
    Datacoop::new(&["token", "info"])
        .at(&node.url())
        .with_books(folder.path())
        .run()
        .failed(INPUT, &["31337", "deploy"]);
    Ok(())
}

#[tokio::test]
async fn an_address_book_that_does_not_fit_the_chain_is_refused() -> Result<()> {
    let coop = Coop::start().await?;
    let (node, _chain) = start_node(Default::default()).await?;
    let show = |url: &str| Datacoop::new(&["token", "info"]).at(url).with_books(coop.folder.path());
    show(&node.url()).run().failed(INPUT, &["31337.json", "--replace"]);
    fs::write(coop.folder.path().join("31337.json"), "{ not json")?;
    show(&coop.node.url()).run().failed(INPUT, &["31337.json"]);
    Ok(())
}

#[tokio::test]
async fn a_rejection_and_an_empty_account_have_their_own_status() -> Result<()> {
    let coop = Coop::start().await?;
    let words = ["oracle", "record", "--member", MEMBER, "--proof", PROOF, "--from"];
    let record = |from| Datacoop::on(&coop, &[&words[..], &[from]].concat());
    record("dev:3").run().failed(REJECTED, &["oracle"]);
    let pauper = PrivateKeySigner::random();
    let key = alloy::hex::encode(pauper.to_bytes());
    let transfer = ["token", "transfer", "--to", MEMBER, "--amount", "0", "--from", "env:PAUPER"];
    Datacoop::on(&coop, &transfer)
        .env("PAUPER", &key)
        .run()
        .failed(FUNDS, &[&pauper.address().to_string()]);
    Ok(())
}

#[tokio::test]
async fn a_failure_is_one_json_document_when_json_is_asked_for() -> Result<()> {
    let coop = Coop::start().await?;
    let words =
        ["oracle", "record", "--member", MEMBER, "--proof", PROOF, "--from", "dev:3", "--json"];
    let document = Datacoop::on(&coop, &words).run().failed(REJECTED, &[]).json();
    assert_eq!(document["schemaVersion"], 1);
    assert_eq!(document["command"], "oracle record");
    assert_eq!(document["ok"], false);
    assert_eq!(document["error"]["exitStatus"], REJECTED);
    assert_eq!(document["error"]["error"]["name"], "RewardsUnauthorizedOracle");
    assert_eq!(document["error"]["code"], "RewardsUnauthorizedOracle");
    // Its code is explained, however it was copied.
    let words = ["token", "info", "--network", "1", "--json"];
    let run = Datacoop::on(&coop, &words).run().failed(CHAIN, &["error[wrong-chain]: "]);
    assert_eq!(run.json()["error"]["code"], "wrong-chain");
    let explained = Datacoop::new(&["explain", "error[wrong-chain]:", "--json"]).run().done();
    assert_eq!(explained.json()["code"], "wrong-chain");
    Datacoop::new(&["explain", "chain-wrong"]).run().failed(USAGE, &["lists all"]);
    Ok(())
}

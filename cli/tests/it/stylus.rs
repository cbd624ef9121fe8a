//! Programs on a Stylus chain: when they expire, how they are renewed, and how they are cached.

use alloy::{
    dyn_abi::DynSolValue,
    primitives::{U256, keccak256},
};
use datacoop_deploy::{
    AddressBook, BookEntry,
    chain::Sender,
    contracts::{CONSENT_REGISTRY, Contract, TIMELOCK},
    keys::dev_account,
    stylus::{self, DEFAULT_FEE_BUMP_BPS, NewProgram, STYLUS_DEPLOYER, Salt},
};
use datacoop_tests::{CACHE_MANAGER, Coop, GOVERNANCE, StandIns, StylusNode, artifacts};
use serde_json::Value;

use crate::process::{CHAIN, Datacoop, USAGE, number};

/// The exit status of a check that failed.
const CHECK: i32 = 9;

/// Two programs on a Stylus chain, with their address book.
struct Programs {
    node: StylusNode,
    book: AddressBook,
    folder: tempfile::TempDir,
}

impl Programs {
    async fn start() -> Self {
        let node = StylusNode::start().await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(format!("{}.json", node.chain.id()));
        let book = AddressBook::new(&path, &node.chain);
        let mut programs = Self { node, book, folder };
        let nobody = || DynSolValue::Array(Vec::new());
        let values = [U256::from(60).into(), nobody(), nobody(), GOVERNANCE.into()];
        programs.deploy(&TIMELOCK, &values).await;
        let timelock = programs.book.address(&TIMELOCK).unwrap();
        programs.deploy(&CONSENT_REGISTRY, &[timelock.into()]).await;
        programs.book.roles_given = true;
        programs.book.write().unwrap();
        programs
    }

    async fn deploy(&mut self, contract: &Contract, values: &[DynSolValue]) {
        let artifacts = artifacts().unwrap().iter();
        let artifact = artifacts.into_iter().find(|one| one.name == contract.name).unwrap();
        let arguments = contract.encode_constructor(values).unwrap();
        let program = NewProgram {
            name: contract.name,
            payload: &artifact.stylus_payload,
            arguments: &arguments,
            value_wei: U256::ZERO,
            salt: Salt::of_name(contract.name),
        };
        let sender = Sender::new(&self.node.chain, dev_account(0).unwrap());
        let chain = sender.chain();
        let planned = stylus::deployment(chain, STYLUS_DEPLOYER, &program, DEFAULT_FEE_BUMP_BPS);
        let planned = planned.await.unwrap();
        let receipt = sender.send(&planned.outgoing).await.unwrap();
        let entry = BookEntry {
            address: planned.address,
            deployer: sender.address(),
            transaction: receipt.transaction,
            block: receipt.block,
            gas_used: receipt.gas_used,
            code_hash: keccak256(&artifact.stylus_payload),
            constructor_arguments: arguments.into(),
        };
        self.book.contracts.insert(contract.name.to_owned(), entry);
    }

    fn run(&self, words: &[&str]) -> Datacoop {
        Datacoop::new(words).at(self.node.url()).with_books(self.folder.path())
    }

    fn json(&self, words: &[&str]) -> Value {
        self.run(&[words, &["--json"]].concat()).run().done().json()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_year_of_two_programs() {
    let programs = Programs::start().await;
    let shown = programs.json(&["keepalive"]);
    assert_eq!((shown["expires"].as_bool(), &shown["chainId"]), (Some(true), &31_337.into()));
    let rows = shown["programs"].as_array().unwrap();
    assert_eq!(rows.len(), 2);
    for row in rows {
        assert_eq!((&row["state"], &row["version"]), (&"active".into(), &2.into()), "{row}");
        assert!((364..=365).contains(&number(&row["daysLeft"])) && row["cached"] == false);
        let (from, to) = (&row["activated"]["timestamp"], &row["expires"]["timestamp"]);
        assert_eq!(number(to) - number(from), 365 * 86_400);
    }
    programs.run(&["keepalive", "--check"]).run().done();
    // Nothing is due, and nothing is renewed.
    let renewed = programs.json(&["keepalive", "--renew", "--from", "dev:0"]);
    assert!(renewed["programs"].as_array().unwrap().iter().all(|row| row["renewal"].is_null()));

    programs.node.pass_days(330).await.unwrap();
    programs.run(&["keepalive", "--check", "--within", "30"]).run().done();
    let words = ["Timelock: 3", "days left, until ", "--renew"];
    programs.run(&["keepalive", "--check"]).run().failed(CHECK, &words);
    let renewed = programs.json(&["keepalive", "--renew", "--check", "--from", "dev:0"]);
    for row in renewed["programs"].as_array().unwrap() {
        assert!(number(&row["daysLeft"]) >= 364, "{row}");
        assert!(row["renewal"]["fee"]["wei"].as_str().is_some_and(|wei| wei != "0"), "{row}");
        assert!(row["renewal"]["transaction"].is_string());
    }
    let text = programs.run(&["keepalive"]).run().done().stdout;
    assert!(text.contains("ConsentRegistry") && text.contains("active (version 2)"), "{text}");

    programs.node.pass_days(366).await.unwrap();
    let words = ["ConsentRegistry: has expired", "Timelock: has expired", "activate it again"];
    programs.run(&["keepalive", "--check"]).run().failed(CHECK, &words);
    let ended = programs.json(&["keepalive", "--renew", "--from", "dev:0"]);
    assert_eq!(ended["programs"][0]["state"], "expired");
    assert!(ended["programs"][0]["renewal"].is_null(), "what has expired is not renewed");
}

#[tokio::test(flavor = "multi_thread")]
async fn programs_are_cached_by_the_lowest_bid() {
    let programs = Programs::start().await;
    let shown = programs.json(&["cache"]);
    assert_eq!(shown["programs"][1]["lowestBid"]["wei"], "0");
    let bid = programs.json(&["cache", "timelock", "--bid", "--from", "dev:0"]);
    assert_eq!(bid["programs"].as_array().unwrap().len(), 1);
    assert_eq!(
        (&bid["programs"][0]["cached"], &bid["programs"][0]["bid"]["wei"]),
        (&true.into(), &"0".into())
    );
    let rows = programs.json(&["keepalive"]);
    let cached: Vec<_> =
        rows["programs"].as_array().unwrap().iter().map(|row| &row["cached"]).collect();
    assert_eq!(cached, [&Value::from(false), &Value::from(true)]);
    // One program fills a smaller cache, and a bid of nothing is as good as that of another.
    let text = programs.run(&["cache"]).run().done().stdout;
    assert!(text.contains("bytes are taken; bids go to 0x") && text.contains("Timelock"), "{text}");
    programs.node.set(CACHE_MANAGER, StandIns::testPauseCall {}).await.unwrap();
    let paused = programs.run(&["cache", "--bid", "--from", "dev:0"]).run();
    paused.failed(CHAIN, &["bids for the cache are paused"]);
    programs.run(&["cache", "nothing"]).run().failed(USAGE, &["there is no contract `nothing`"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn on_an_evm_chain_nothing_expires_and_nothing_is_cached() {
    let coop = Coop::start().await.unwrap();
    let shown = Datacoop::on(&coop, &["keepalive", "--check", "--json"]).run().done().json();
    assert_eq!((&shown["expires"], &shown["programs"]), (&false.into(), &serde_json::json!([])));
    let text = Datacoop::on(&coop, &["keepalive"]).run().done().stdout;
    assert_eq!(text, "Chain 31337 runs EVM code, which never expires.\n");
    let text = Datacoop::on(&coop, &["cache"]).run().done().stdout;
    assert_eq!(text, "Chain 31337 runs EVM code, which is not cached.\n");
}

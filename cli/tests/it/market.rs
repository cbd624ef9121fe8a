//! The data market by the command line: a researcher stakes, buys, bids and is told why it may read;
//! members see who used their data; listers offer and auction, and access servers log and release.

#![allow(non_snake_case, reason = "values are named after the fields of the interface")]

use std::collections::BTreeMap;

use alloy::{
    primitives::{Address, B256, Bytes, U256, keccak256},
    sol_types::{SolCall, SolValue},
};
use anyhow::Result;
use datacoop_deploy::{
    bindings::{IConsentRegistry, IDataMarket, IDataRegistry, IDataToken, IMembership},
    chain::{Chain, Sender},
    contracts::{
        CONSENT_REGISTRY, Contract, DATA_MARKET, DATA_REGISTRY, DATA_TOKEN, MEMBERSHIP,
        REVENUE_DISTRIBUTOR,
    },
    data::{Manifest, ManifestHead},
    deploy::create,
    keys::dev_account,
    node::{Node, NodeOptions},
};
use datacoop_tests::{ALICE, BOB, GOVERNANCE, GUARDIAN, artifact, start_node};
use serde_json::Value;

use crate::process::{CHAIN, DONE, Datacoop, INPUT, REJECTED, Run, USAGE, number};

/// The status of the answer no.
const NO: i32 = 1;

/// The public key that keys are released to.
const KEY: &str = "0x4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b";

const TERMS: B256 = B256::repeat_byte(0x7e);

/// Alice's record, and one of another patient.
const RECORDS: [B256; 2] = [B256::repeat_byte(0xa1), B256::repeat_byte(0xb2)];

/// A chain with a market on it, where dev account 0 has every office and account 4 researches.
struct Fair {
    node: Node,
    chain: Chain,
    data: Address,
    membership: Address,
    consents: Address,
    registry: Address,
    market: Address,
}

fn ether(amount: u64) -> U256 {
    U256::from(amount) * U256::from(10).pow(U256::from(18))
}

fn leaf(record: B256) -> B256 {
    keccak256(keccak256(record))
}

impl Fair {
    async fn open() -> Result<Self> {
        let (node, chain) = start_node(NodeOptions::default()).await?;
        let admin = Sender::new(&chain, dev_account(0)?);
        let put = async |contract: &Contract, arguments: Vec<u8>| -> Result<Address> {
            Ok(create(&admin, &artifact(contract)?, &arguments).await?.address)
        };
        let zero = U256::ZERO;
        let terms = (GOVERNANCE, GOVERNANCE, ether(1_000_000), zero, zero);
        let data = put(&DATA_TOKEN, terms.abi_encode_params()).await?;
        let terms = (GOVERNANCE, String::new());
        let membership = put(&MEMBERSHIP, terms.abi_encode_params()).await?;
        let consents = put(&CONSENT_REGISTRY, (membership,).abi_encode_params()).await?;
        let terms = (GOVERNANCE, membership, consents);
        let registry = put(&DATA_REGISTRY, terms.abi_encode_params()).await?;
        let terms = (GOVERNANCE, registry);
        let revenue = put(&REVENUE_DISTRIBUTOR, terms.abi_encode_params()).await?;
        let terms = (GOVERNANCE, membership, consents, registry, revenue, data, data);
        let market = put(&DATA_MARKET, terms.abi_encode_params()).await?;
        let fair = Self { node, chain, data, membership, consents, registry, market };
        fair.enrol().await?;
        fair.publish().await?;
        fair.stock().await?;
        Ok(fair)
    }

    async fn send<C: SolCall>(&self, from: usize, to: Address, call: &C) -> Result<()> {
        Sender::new(&self.chain, dev_account(from)?).call(to, call).await?;
        Ok(())
    }

    /// Two patients and a researcher are members.
    async fn enrol(&self) -> Result<()> {
        let role = keccak256("ISSUER_ROLE");
        let call = IMembership::grantRoleCall { role, account: GOVERNANCE };
        self.send(0, self.membership, &call).await?;
        for (account, actorRoles) in [(ALICE, 1), (GUARDIAN, 1), (BOB, 1 << 4)] {
            let credential = keccak256(account);
            let call = IMembership::issueCall { account, credential, actorRoles };
            self.send(0, self.membership, &call).await?;
        }
        let call = IDataToken::transferCall { to: BOB, value: ether(1_000) };
        self.send(0, self.data, &call).await
    }

    /// The first version of a dataset is live: a record of each patient.
    async fn publish(&self) -> Result<()> {
        for name in ["ATTESTOR_ROLE", "CURATOR_ROLE", "SCHEMA_ROLE"] {
            let role = keccak256(name);
            let call = IDataRegistry::grantRoleCall { role, account: GOVERNANCE };
            self.send(0, self.registry, &call).await?;
        }
        self.send(0, self.registry, &IDataRegistry::setChallengePeriodCall { newPeriod: 0 })
            .await?;
        self.send(0, self.registry, &IDataRegistry::setMinCohortCall { newCohort: 2 }).await?;
        let name = "observation".to_owned();
        let [first, second, third, last, ..] = keccak256(&name).0;
        let schemaId = u32::from_be_bytes([first, second, third, last]);
        let (hash, uri) = (TERMS, String::new());
        let call = IDataRegistry::publishSchemaCall { name, hash, uri };
        self.send(0, self.registry, &call).await?;
        for (owner, recordId) in [(ALICE, RECORDS[0]), (GUARDIAN, RECORDS[1])] {
            let call = IDataRegistry::registerForCall {
                owner,
                recordId,
                pointer: Bytes::from_static(b"ipfs://somewhere"),
                dataClass: 0,
                schemaId,
                schemaVersion: 1,
            };
            self.send(0, self.registry, &call).await?;
        }
        let name = "everything".to_owned();
        let call = IDataRegistry::createDatasetCall { dataClass: 0, purposes: 5, name };
        self.send(0, self.registry, &call).await?;
        let mut leaves = RECORDS.map(leaf);
        leaves.sort_unstable();
        let manifest = self.manifest()?;
        assert_eq!(manifest.records_root(), keccak256(leaves.concat()));
        let call = IDataRegistry::publishCall {
            datasetId: U256::ONE,
            recordsRoot: manifest.records_root(),
            sharesRoot: manifest.shares_root(),
            records: 2,
            contributors: 2,
            totalShares: U256::from(2),
            manifestHash: manifest.hash(),
            manifestUri: String::new(),
        };
        self.send(0, self.registry, &call).await
    }

    /// What the edition consists of.
    fn manifest(&self) -> Result<Manifest> {
        let head = ManifestHead {
            chain_id: self.chain.id(),
            registry: self.registry,
            dataset: 1,
            version: 1,
            name: "everything".to_owned(),
            data_class: 0,
            purposes: 5,
            gathered_at: 0,
        };
        let records = [(ALICE, vec![RECORDS[0]]), (GUARDIAN, vec![RECORDS[1]])];
        Ok(Manifest::new(head, records.into(), &BTreeMap::new())?)
    }

    /// The edition is for sale, at 10 DATA a period.
    async fn stock(&self) -> Result<()> {
        for name in ["LISTER_ROLE", "SERVER_ROLE"] {
            let role = keccak256(name);
            let call = IDataMarket::grantRoleCall { role, account: GOVERNANCE };
            self.send(0, self.market, &call).await?;
        }
        let (treasury, infrastructure) = (GOVERNANCE, GUARDIAN);
        let call = IDataMarket::setRecipientsCall { treasury, infrastructure };
        self.send(0, self.market, &call).await?;
        let call = IDataMarket::setRequiredStakeCall { amount: ether(100) };
        self.send(0, self.market, &call).await?;
        let token = self.data;
        let call = IDataMarket::setTokenAllowedCall { token, allowed: true };
        self.send(0, self.market, &call).await?;
        let amount = ether(10);
        let call = IDataMarket::setPriceCall { dataClass: 0, unit: 0, token, amount };
        self.send(0, self.market, &call).await?;
        let call = IDataMarket::listCall {
            edition: edition(),
            token,
            unit: 0,
            purposes: 5,
            maxPeriods: 12,
            termsHash: TERMS,
        };
        self.send(0, self.market, &call).await
    }

    fn run(&self, words: &[&str]) -> Run {
        let words = [&["market"], words, &["--json"]].concat();
        let command = Datacoop::new(&words).at(&self.node.url());
        command.env("DATACOOP_MARKET", &self.market.to_string()).run()
    }

    #[track_caller]
    fn done(&self, words: &[&str]) -> Value {
        self.run(words).done().json()
    }

    /// What `access` answers about the researcher and the edition, and which reasons do not hold.
    fn access(&self, more: &[&str]) -> (i32, Vec<String>) {
        let holder = BOB.to_string();
        let words = ["access", "--holder", &holder, "--edition", "1.1", "--purpose", "academic"];
        let run = self.run(&[&words, more].concat());
        assert!(run.stderr.is_empty(), "{}", run.stderr);
        let answer = run.json();
        assert_eq!(answer["isAllowed"], run.status == DONE);
        let reasons = answer["reasons"].as_array().expect("reasons");
        let failed = reasons.iter().filter(|reason| reason["holds"] == false);
        let names = failed.filter_map(|reason| reason["reason"].as_str()).map(str::to_owned);
        (run.status, names.collect())
    }
}

/// The first version of the first dataset.
fn edition() -> U256 {
    U256::from(1_u64 << 32 | 1)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_researcher_buys_and_reads_and_the_member_sees_it() -> Result<()> {
    let fair = Fair::open().await?;
    let listed = fair.done(&["list"]);
    let offer = &listed["offers"][0];
    assert_eq!((&offer["edition"], &offer["isLive"]), (&"1.1".into(), &true.into()));
    assert_eq!(offer["pricePerPeriod"]["text"], "10 DATA");
    let wish = ["1.1", "--purpose", "academic", "--periods", "3"];
    let quoted = fair.done(&[&["quote"], &wish[..]].concat());
    assert_eq!(quoted["price"]["text"], "30 DATA");

    // Without a stake nobody buys.
    let buy = [&["buy"], &wish[..], &["--key", KEY, "--from", "dev:4"]].concat();
    fair.run(&buy).failed(USAGE, &["--yes"]);
    let bold = [&buy[..], &["--yes"]].concat();
    fair.run(&bold).failed(REJECTED, &["is not vetted"]);
    assert_eq!(fair.access(&[]), (NO, vec!["stake".to_owned(), "licence".to_owned()]));
    let staked = fair.done(&["stake", "--add", "100", "--from", "dev:4"]);
    assert_eq!(
        (&staked["isVetted"], &staked["staked"]["text"]),
        (&true.into(), &"100 DATA".into())
    );

    // Nor for less than the price.
    let cheap = [&bold[..], &["--max-price", "29.9"]].concat();
    fair.run(&cheap).failed(REJECTED, &["above"]);
    assert_eq!(fair.access(&[]), (NO, vec!["licence".to_owned()]));
    let bought = fair.done(&bold);
    assert_eq!((&bought["licence"], &bought["price"]["text"]), (&"1".into(), &"30 DATA".into()));
    assert_eq!(fair.access(&[]), (DONE, vec![]));

    // A record is readable once its owner consents.
    let (record, sibling) = (RECORDS[0].to_string(), leaf(RECORDS[1]).to_string());
    let reading = ["--record", &record, "--proof", &sibling];
    assert_eq!(fair.access(&reading), (NO, vec!["consent".to_owned()]));
    let grant = IConsentRegistry::grantCall {
        dataClasses: 1,
        purposes: 1,
        granteeKind: 1,
        account: Address::ZERO,
        actorRole: 4,
        expiry: fair.chain.now().await? + 86_400,
        terms: TERMS,
    };
    fair.send(3, fair.consents, &grant).await?;
    assert_eq!(fair.access(&reading), (DONE, vec![]));
    let wrong = ["--record", &record, "--proof", KEY];
    assert_eq!(fair.access(&wrong), (NO, vec!["record".to_owned()]));

    let folder = tempfile::tempdir()?;
    let path = folder.path().join("1.1.json");
    fair.manifest()?.write(&path)?;
    let file = path.display().to_string();
    assert_eq!(fair.access(&["--record", &record, "--manifest", &file]), (DONE, vec![]));
    let foreign = ["--record", KEY, "--manifest", &file];
    let reasons = ["record", "attested", "consent"].map(str::to_owned);
    assert_eq!(fair.access(&foreign), (NO, reasons.to_vec()));

    // What the server logs, the member sees.
    let member = ALICE.to_string();
    assert_eq!(fair.done(&["usage", &member])["uses"], Value::Array(Vec::new()));
    let logged = fair.done(&["log-access", "1", &record, "--manifest", &file, "--from", "dev:0"]);
    assert_eq!((&logged["holder"], &logged["edition"]), (&BOB.to_string().into(), &"1.1".into()));
    let used = fair.done(&["usage", &member]);
    let row = &used["uses"][0];
    assert_eq!((&row["by"], &row["edition"]), (&BOB.to_string().into(), &"1.1".into()));
    let before = (row["block"].as_u64().expect("a block") - 1).to_string();
    let none = fair.done(&["usage", &member, "--to-block", &before]);
    assert_eq!(none["uses"], Value::Array(Vec::new()));
    let other = fair.done(&["usage", &GUARDIAN.to_string()]);
    assert_eq!(other["uses"], Value::Array(Vec::new()));

    // The stake stays while the licence lives.
    let back = ["stake", "--request", "100", "--from", "dev:4"];
    fair.run(&back).failed(REJECTED, &["is kept until"]);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_auction_is_bid_in_settled_and_its_refund_taken() -> Result<()> {
    let fair = Fair::open().await?;
    for account in [3, 4] {
        let call =
            IDataToken::transferCall { to: dev_account(account)?.address(), value: ether(500) };
        fair.send(0, fair.data, &call).await?;
        let from = format!("dev:{account}");
        fair.done(&["stake", "--add", "100", "--from", &from]);
    }
    let call = IMembership::setActorRolesCall { tokenId: U256::ONE, actorRoles: 1 << 4 };
    fair.send(0, fair.membership, &call).await?;
    let terms = TERMS.to_string();
    let lot = ["auction", "1.1", "--purpose", "commercial", "--exclusive", "--reserve", "5"];
    let ends = ["--increment", "10%", "--until", "2 hours", "--terms-hash", &terms];
    let started = fair.done(&[&lot[..], &ends, &["--from", "dev:0"]].concat());
    assert_eq!((&started["id"], &started["state"]), (&"1".into(), &"running".into()));
    assert_eq!(
        (&started["isExclusive"], &started["minimum"]["text"]),
        (&true.into(), &"5 DATA".into())
    );
    let lasts =
        |end: &Value, start: &Value| number(&end["timestamp"]) - number(&start["timestamp"]);
    assert_eq!(lasts(&started["end"], &started["start"]), 7_200);
    let bid = ["bid", "1", "--key", KEY, "--yes", "--from"];
    let first = fair.done(&[&bid[..], &["dev:3"]].concat());
    assert_eq!(first["amount"]["text"], "5 DATA");
    fair.run(&[&bid[..], &["dev:3"]].concat()).failed(REJECTED, &["leads in auction 1"]);
    let low = [&bid[..], &["dev:4", "--amount", "5.1"]].concat();
    fair.run(&low).failed(REJECTED, &["below"]);
    fair.done(&[&bid[..], &["dev:4", "--amount", "9"]].concat());
    let kept = ["buy", "1.1", "--purpose", "commercial", "--key", KEY, "--yes", "--from", "dev:4"];
    fair.run(&kept).failed(REJECTED, &["edition 1.1 is kept from sale for purpose commercial"]);
    let back = fair.done(&["bid", "--withdraw", "--from", "dev:3"]);
    assert_eq!(back["amount"]["text"], "5 DATA");
    fair.run(&["bid", "--withdraw", "--from", "dev:3"]).failed(REJECTED, &["is owed nothing"]);
    fair.run(&["settle", "1", "--from", "dev:9"]).failed(REJECTED, &["auction 1 runs from"]);
    fair.chain.advance_time(7_201).await?;
    assert_eq!(fair.done(&["list"])["auctions"][0]["state"], "ended");
    let settled = fair.done(&["settle", "1", "--from", "dev:9"]);
    assert_eq!((&settled["state"], &settled["licence"]), (&"settled".into(), &"1".into()));
    assert_eq!(fair.done(&["list"])["auctions"][0]["state"], "settled");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lister_ends_offers_and_auctions_and_makes_others() -> Result<()> {
    let fair = Fair::open().await?;
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("terms.txt");
    std::fs::write(&path, "no attempt to find out who is who")?;
    let file = path.display().to_string();
    let ended = fair.done(&["delist", "1.1", "--from", "dev:0"]);
    assert_eq!(
        (&ended["edition"], &ended["token"]),
        (&"1.1".into(), &fair.data.to_string().into())
    );
    assert_eq!(fair.done(&["list"])["offers"], Value::Array(Vec::new()));
    fair.run(&["delist", "1.1", "--from", "dev:0"]).failed(REJECTED, &["is not offered"]);

    // Another offer: per record, for which there is no price yet.
    let offer =
        ["offer", "1.1", "--purposes", "commercial", "--by", "record", "--max-periods", "3"];
    let offer = [&offer[..], &["--terms", &file, "--from"]].concat();
    fair.run(&[&offer[..], &["dev:4"]].concat()).failed(REJECTED, &["does not hold the role"]);
    let made = fair.done(&[&offer[..], &["dev:0"]].concat());
    assert_eq!((&made["isLive"], &made["pricedBy"]), (&false.into(), &"record".into()));
    assert_eq!(made["termsHash"], keccak256(std::fs::read(&path)?).to_string());
    let (token, amount) = (fair.data, ether(2));
    let call = IDataMarket::setPriceCall { dataClass: 0, unit: 1, token, amount };
    fair.send(0, fair.market, &call).await?;
    let made = fair.done(&[&offer[..], &["dev:0"]].concat());
    assert_eq!(
        (&made["isLive"], &made["pricePerPeriod"]["text"]),
        (&true.into(), &"4 DATA".into())
    );
    assert_eq!(made["purposes"], serde_json::json!(["commercial"]));
    // The dataset is for academic and commercial use only.
    let wide = ["offer", "1.1", "--purposes", "all", "--terms", &file, "--from", "dev:0"];
    fair.run(&wide).failed(REJECTED, &["no mask of the purposes"]);
    let unknown = ["offer", "7.1", "--purposes", "academic", "--terms", &file, "--from", "dev:0"];
    fair.run(&unknown).failed(REJECTED, &["edition 7.1 is not for sale"]);

    // An auction without bids is cancelled once.
    let lot = ["auction", "1.1", "--purpose", "academic", "--reserve", "1", "--terms", &file];
    let lot = [&lot[..], &["--from", "dev:0"]].concat();
    fair.run(&[&lot[..], &["--until", "10 minutes"]].concat())
        .failed(REJECTED, &["cannot run from"]);
    let steep = [&lot[..], &["--until", "2 hours", "--increment", "60%"]].concat();
    fair.run(&steep).failed(REJECTED, &["6000 basis points"]);
    let later = [&lot[..], &["--start", "3 hours", "--until", "2 hours"]].concat();
    assert_eq!(fair.done(&later)["state"], "coming");
    fair.run(&["cancel-auction", "1", "--from", "dev:4"]).failed(REJECTED, &["the role"]);
    let cancelled = fair.done(&["cancel-auction", "1", "--from", "dev:0"]);
    assert_eq!(cancelled["state"], "cancelled");
    fair.run(&["cancel-auction", "1", "--from", "dev:0"]).failed(REJECTED, &["is not open"]);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_access_server_releases_keys_and_logs_only_what_may_be_read() -> Result<()> {
    let fair = Fair::open().await?;
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("key.enc");
    std::fs::write(&path, [7; 48])?;
    let key = path.display().to_string();
    fair.done(&["stake", "--add", "100", "--from", "dev:4"]);
    let wish = ["buy", "1.1", "--purpose", "academic", "--key", KEY, "--yes", "--from", "dev:4"];
    fair.done(&wish);
    let release = ["release-key", "1", "--file", &key, "--from"];
    fair.run(&[&release[..], &["dev:4"]].concat()).failed(REJECTED, &["does not hold the role"]);
    let released = fair.done(&[&release[..], &["dev:0"]].concat());
    assert_eq!((&released["publicKey"], &released["bytes"]), (&KEY.into(), &48.into()));
    let event = released["events"][0]["args"].to_string();
    assert!(event.contains(&"07".repeat(48)), "{event}");
    let empty = ["release-key", "1", "--encrypted", "0x", "--from", "dev:0"];
    fair.run(&empty).failed(REJECTED, &["a key has 1 to 1024 bytes, not 0"]);
    fair.run(&["release-key", "9", "--file", &key, "--from", "dev:0"])
        .failed(INPUT, &["there is no licence 9"]);

    // Nobody consented yet, and nothing was logged.
    let (record, sibling) = (RECORDS[0].to_string(), leaf(RECORDS[1]).to_string());
    let log = ["log-access", "1", &record, "--proof", &sibling, "--from", "dev:0"];
    fair.run(&log).failed(REJECTED, &["does not let record", "market access"]);
    assert_eq!(fair.done(&["usage", &ALICE.to_string()])["uses"], Value::Array(Vec::new()));
    fair.run(&["log-access", "9", &record, "--proof", &sibling, "--from", "dev:0"])
        .failed(INPUT, &["there is no licence 9"]);
    // A licence that is over gives no access.
    fair.chain.advance_time(31 * 86_400).await?;
    fair.run(&[&release[..], &["dev:0"]].concat()).failed(REJECTED, &["gives", "no access now"]);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_mistyped_is_refused_before_anything_is_sent() -> Result<()> {
    let fair = Fair::open().await?;
    let holder = BOB.to_string();
    let lot = ["auction", "1.1", "--purpose", "academic", "--reserve", "1"];
    let lot = [&lot[..], &["--terms-hash", KEY, "--from", "dev:0"]].concat();
    for words in [
        &["quote", "3", "--purpose", "academic"][..],
        &["quote", "1.0", "--purpose", "academic"],
        &["quote", "1.1", "--purpose", "science"],
        &["quote", "1.1", "--purpose", "academic", "--token", "EURO"],
        &["quote", "1.1"],
        &[
            "access",
            "--holder",
            &holder,
            "--edition",
            "1.1",
            "--purpose",
            "academic",
            "--record",
            KEY,
        ],
        &["bid", "1", "--from", "dev:4"],
        &["bid", "7", "--key", KEY, "--yes", "--from", "dev:4"],
        &["stake"],
        &["stake", "--add", "1", "--withdraw", "--from", "dev:4"],
        &["stake", "--add", "-1", "--from", "dev:4"],
        &["buy", "1.1", "--purpose", "academic", "--key", "0x12", "--from", "dev:4"],
        &["offer", "1.1", "--purposes", "academic", "--from", "dev:0"],
        &["offer", "1.1", "--purposes", "science", "--terms-hash", KEY, "--from", "dev:0"],
        &[&lot[..], &["--until", "soon"]].concat(),
        &[&lot[..], &["--until", "2 hours", "--start", "soon"]].concat(),
        &[&lot[..], &["--until", "2 hours", "--increment", "5"]].concat(),
        &["log-access", "1", KEY, "--from", "dev:0"],
        &["release-key", "1", "--from", "dev:0"],
    ] {
        let run = fair.run(words);
        assert_eq!(run.status, USAGE, "{words:?}: {}{}", run.stdout, run.stderr);
    }
    let quote = |edition| ["quote", edition, "--purpose", "academic"];
    fair.run(&quote("2.1")).failed(REJECTED, &["edition 2.1 is not offered"]);
    let words = ["market", "quote", "1.1", "--purpose", "academic"];
    let nowhere = Datacoop::new(&words).at("http://127.0.0.1:9");
    nowhere.env("DATACOOP_MARKET", &fair.market.to_string()).run().failed(CHAIN, &[]);
    // Nothing is a market where there is none.
    let command = Datacoop::new(&words).at(&fair.node.url());
    command.env("DATACOOP_MARKET", &BOB.to_string()).run().failed(CHAIN, &["no contract"]);
    Ok(())
}

//! What data earned, by the command line: shown to anybody, claimed by each contributor or for all of
//! them at once, and refused with one clear error.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use alloy::{
    primitives::{Address, B256, U256, keccak256},
    sol_types::{SolCall, SolValue},
};
use anyhow::Result;
use datacoop_deploy::{
    bindings::{IDataRegistry, IDataToken, IRevenueDistributor},
    chain::{Chain, Sender},
    contracts::{
        CONSENT_REGISTRY, Contract, DATA_REGISTRY, DATA_TOKEN, MEMBERSHIP, REVENUE_DISTRIBUTOR,
    },
    data::{Manifest, ManifestHead, publish_call},
    deploy::create,
    keys::dev_account,
    node::{Node, NodeOptions},
};
use datacoop_tests::{ALICE, BOB, GOVERNANCE, GUARDIAN, artifact, start_node};
use serde_json::Value;
use tempfile::TempDir;

use crate::process::{CHAIN, Datacoop, INPUT, REJECTED, Run, USAGE};

/// The status of a chain that is not as it should be.
const CHECK: i32 = 9;

/// A chain with two editions that earned DATA, and a folder with their manifests. Alice has three of
/// four shares of the first and half of the second.
struct Till {
    node: Node,
    chain: Chain,
    data: Address,
    registry: Address,
    revenue: Address,
    folder: TempDir,
}

fn ether(amount: u64) -> U256 {
    U256::from(amount) * U256::from(10).pow(U256::from(18))
}

impl Till {
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
        let folder = tempfile::tempdir()?;
        let till = Self { node, chain, data, registry, revenue, folder };
        till.publish().await?;
        Ok(till)
    }

    async fn send<C: SolCall>(&self, to: Address, call: &C) -> Result<()> {
        Sender::new(&self.chain, dev_account(0)?).call(to, call).await?;
        Ok(())
    }

    /// Publishes both editions, and 100 DATA come for each.
    async fn publish(&self) -> Result<()> {
        let registry = self.registry;
        let role = keccak256("CURATOR_ROLE");
        let call = IDataRegistry::grantRoleCall { role, account: GOVERNANCE };
        self.send(registry, &call).await?;
        let call = IDataRegistry::setChallengePeriodCall { newPeriod: 0 };
        self.send(registry, &call).await?;
        self.send(registry, &IDataRegistry::setMinCohortCall { newCohort: 2 }).await?;
        let name = "heart".to_owned();
        let call = IDataRegistry::createDatasetCall { dataClass: 1, purposes: 1, name };
        self.send(registry, &call).await?;
        let (spender, value) = (self.revenue, ether(1_000));
        self.send(self.data, &IDataToken::approveCall { spender, value }).await?;
        for (version, of_alice) in [(1, 3), (2, 1)] {
            let manifest = self.manifest(version, of_alice)?;
            manifest.write(&self.path(version))?;
            self.send(registry, &publish_call(&manifest, "")).await?;
            let call = IRevenueDistributor::depositCall {
                edition: manifest.edition(),
                token: self.data,
                amount: ether(100),
                tag: B256::ZERO,
            };
            self.send(self.revenue, &call).await?;
        }
        Ok(())
    }

    /// An edition with so many records of alice's and one of bob's.
    fn manifest(&self, version: u32, of_alice: u8) -> Result<Manifest> {
        let head = ManifestHead {
            chain_id: self.chain.id(),
            registry: self.registry,
            dataset: 1,
            version,
            name: "heart".to_owned(),
            data_class: 1,
            purposes: 1,
            gathered_at: 0,
        };
        let records = (0..of_alice).map(|number| B256::repeat_byte(number + 1)).collect();
        let records = [(ALICE, records), (BOB, vec![B256::repeat_byte(0xb0)])];
        Ok(Manifest::new(head, records.into(), &BTreeMap::new())?)
    }

    fn path(&self, version: u32) -> PathBuf {
        self.folder.path().join(format!("heart-v{version}.json"))
    }

    fn run(&self, words: &[&str], manifests: &[&Path]) -> Run {
        let mut all = [&["revenue"], words, &["--json"]].concat();
        for manifest in manifests {
            all.extend(["--manifest", manifest.to_str().expect("a path of UTF-8")]);
        }
        let command = Datacoop::new(&all).at(&self.node.url()).with_books(self.folder.path());
        command.env("DATACOOP_REVENUE", &self.revenue.to_string()).run()
    }

    #[track_caller]
    fn done(&self, words: &[&str]) -> Value {
        let paths = [self.path(1), self.path(2)];
        self.run(words, &paths.each_ref().map(PathBuf::as_path)).done().json()
    }

    async fn balance(&self, account: Address) -> Result<U256> {
        Ok(self.chain.read(self.data, &IDataToken::balanceOfCall { account }).await?)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn contributors_see_and_get_what_their_data_earned() -> Result<()> {
    let till = Till::open().await?;
    let alice = ALICE.to_string();
    let shown = till.done(&["show", &alice]);
    let rows = shown["editions"].as_array().expect("rows").clone();
    let of = |row: &Value, field: &str| row[field]["text"].as_str().map(str::to_owned);
    let claimable: Vec<_> = rows.iter().map(|row| of(row, "claimable")).collect();
    assert_eq!(claimable, [Some("75 DATA".to_owned()), Some("50 DATA".to_owned())]);
    assert_eq!(rows[0]["edition"], "1.1");
    assert_eq!(of(&rows[0], "deposited"), Some("100 DATA".to_owned()));
    // Both editions in one transaction; the second time there is nothing, and nothing is sent.
    let claimed = till.done(&["claim", "--all", "--from", "dev:3"]);
    assert_eq!(claimed["transactions"].as_array().map(Vec::len), Some(1));
    assert_eq!(claimed["paid"].as_array().map(Vec::len), Some(2));
    assert_eq!(till.balance(ALICE).await?, ether(125));
    let again = till.done(&["claim", "--all", "--from", "dev:3"]);
    assert_eq!(again["transactions"].as_array().map(Vec::len), Some(0));
    // Somebody else pays the gas for everybody; what alice had stays hers.
    let all = till.done(&["claim", "--all", "--everybody", "--from", "dev:9"]);
    assert_eq!(all["transactions"].as_array().map(Vec::len), Some(2));
    assert_eq!((till.balance(ALICE).await?, till.balance(BOB).await?), (ether(125), ether(75)));
    assert_eq!(till.balance(till.revenue).await?, U256::ZERO);
    let shown = till.done(&["show", &BOB.to_string()]);
    assert_eq!(of(&shown["editions"][1], "received"), Some("50 DATA".to_owned()));
    assert_eq!(of(&shown["editions"][1], "claimable"), Some("0 DATA".to_owned()));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn one_token_is_claimed_alone_and_for_another_account() -> Result<()> {
    let till = Till::open().await?;
    let (alice, data) = (ALICE.to_string(), till.data.to_string());
    let other = GUARDIAN.to_string();
    let words = ["claim", "--token", &other, "--account", &alice, "--from", "dev:9"];
    assert_eq!(till.done(&words)["transactions"].as_array().map(Vec::len), Some(0));
    let words = ["claim", "--token", &data, "--account", &alice, "--from", "dev:9"];
    till.done(&words);
    assert_eq!(till.balance(ALICE).await?, ether(125));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_input_is_refused_with_one_error_and_nothing_is_sent() -> Result<()> {
    let till = Till::open().await?;
    let (first, claim) = (till.path(1), ["claim", "--all", "--from", "dev:3"]);
    let missing = till.folder.path().join("none.json");
    till.run(&claim, &[&missing]).failed(INPUT, &["none.json"]);
    let text = fs::read_to_string(&first)?;
    let changed = till.folder.path().join("changed.json");
    let greedy = text.replace("\"totalShares\":\"0x4\"", "\"totalShares\":\"0x3\"");
    assert_ne!(greedy, text);
    fs::write(&changed, greedy)?;
    till.run(&claim, &[&changed]).failed(INPUT, &["changed.json"]);
    // Another's shares, well made: not those that the distributor pays by.
    let other = till.folder.path().join("other.json");
    till.manifest(1, 9)?.write(&other)?;
    till.run(&claim, &[&other]).failed(CHECK, &["other.json", "the root of the shares"]);
    let elsewhere = till.folder.path().join("elsewhere.json");
    fs::write(&elsewhere, "")?;
    till.run(&claim, &[&elsewhere]).failed(INPUT, &["elsewhere.json"]);
    // Dev account 8 contributed nothing.
    let words = ["claim", "--all", "--from", "dev:8"];
    till.run(&words, &[&first]).failed(REJECTED, &["contributor of none"]);
    till.run(&["claim", "--from", "dev:3"], &[&first]).failed(USAGE, &["--all"]);
    till.run(&["claim", "--all", "--from", "dev:3"], &[]).failed(USAGE, &["--manifest"]);
    let nowhere = Datacoop::new(&["revenue", "show", "--manifest", first.to_str().expect("UTF-8")]);
    nowhere.at("http://127.0.0.1:9").with_books(till.folder.path()).run().failed(CHAIN, &[]);
    assert_eq!(till.balance(till.revenue).await?, ether(200));
    Ok(())
}

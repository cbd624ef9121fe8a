//! Records and datasets by the command line: registered, attested, gathered, published and checked.

use std::{fmt::Write as _, fs, path::PathBuf};

use alloy::{
    primitives::{Address, B256, U256, keccak256},
    sol_types::{SolCall, SolValue},
};
use anyhow::{Context, Result};
use datacoop_deploy::{
    BookEntry,
    bindings::{IConsentRegistry, IDataRegistry, IMembership},
    chain::Sender,
    contracts::{CONSENT_REGISTRY, Contract, DATA_REGISTRY, MEMBERSHIP},
    data::Manifest,
    deploy::create,
    keys::dev_account,
};
use datacoop_tests::{Coop, artifact};
use serde_json::{Value, json};

use crate::process::{Datacoop, INPUT, REJECTED, Run, USAGE, number};

/// A manifest or a history that is not the chain's.
const CHECK: i32 = 9;

/// The patients: dev accounts 3 to 8.
const PATIENTS: std::ops::Range<usize> = 3..9;

/// A document of the HL7 examples, about `Patient/example`.
const REAL: &str = "Observation-blood-pressure.json";

/// A cooperative with a data registry: dev account 0 administers, 1 attests, 2 curates.
struct World {
    coop: Coop,
    consents: Address,
    registry: Address,
}

impl World {
    async fn new() -> Result<Self> {
        let mut coop = Coop::start().await?;
        let admin = dev_account(0)?.address();
        let membership = add(&mut coop, &MEMBERSHIP, (admin, String::new())).await?;
        let consents = add(&mut coop, &CONSENT_REGISTRY, (membership,)).await?;
        let registry = add(&mut coop, &DATA_REGISTRY, (admin, membership, consents)).await?;
        coop.book.write()?;
        let world = Self { coop, consents, registry };
        let role = |name: &str| keccak256(name);
        let grant = |role, account| IMembership::grantRoleCall { role, account };
        world.send(0, membership, &grant(role("ISSUER_ROLE"), admin)).await?;
        for (name, index) in [("SCHEMA_ROLE", 0), ("ATTESTOR_ROLE", 1), ("CURATOR_ROLE", 2)] {
            let account = dev_account(index)?.address();
            let call = IDataRegistry::grantRoleCall { role: role(name), account };
            world.send(0, registry, &call).await?;
        }
        for index in PATIENTS {
            let account = dev_account(index)?.address();
            let credential = keccak256(account);
            let call = IMembership::issueCall { account, credential, actorRoles: 1 };
            world.send(0, membership, &call).await?;
        }
        Ok(world)
    }

    /// The same, where all patients consent, and the hospital has registered two observations of each.
    async fn with_records() -> Result<Self> {
        let world = Self::new().await?;
        world.publish_schema();
        for index in PATIENTS {
            world.consent(index).await?;
        }
        let (records, members) = world.hospital(2)?;
        world.done(&world.register(&[&records, "--members", &members, "--from", "dev:1"]));
        world.done(&[
            "data",
            "dataset",
            "create",
            "heart",
            "--class",
            "clinical",
            "--purposes",
            "academic,public-health",
            "--from",
            "dev:2",
        ]);
        Ok(world)
    }

    async fn send(&self, from: usize, to: Address, call: &impl SolCall) -> Result<()> {
        Sender::new(&self.coop.chain, dev_account(from)?).call(to, call).await?;
        Ok(())
    }

    /// A patient consents to everything, for anyone vetted.
    async fn consent(&self, index: usize) -> Result<()> {
        let call = IConsentRegistry::grantCall {
            dataClasses: 15,
            purposes: 1,
            granteeKind: 2,
            account: Address::ZERO,
            actorRole: 0,
            expiry: self.coop.chain.now().await? + 86_400 * 365,
            terms: B256::repeat_byte(1),
        };
        self.send(index, self.consents, &call).await
    }

    /// A patient takes back the consent.
    async fn revoke(&self, index: usize) -> Result<()> {
        let subject = dev_account(index)?.address();
        let call = IConsentRegistry::consentsOfCall { subject };
        let ids = self.coop.chain.read(self.consents, &call).await?;
        let id = *ids.first().context("a consent")?;
        self.send(index, self.consents, &IConsentRegistry::revokeCall { consentId: id }).await
    }

    fn publish_schema(&self) {
        let hash = B256::repeat_byte(7).to_string();
        let name = "hl7.fhir.r4/Observation";
        self.done(&["data", "schema", "publish", name, "--hash", &hash, "--from", "dev:0"]);
    }

    /// Writes observations of every patient, and the map of patients.
    fn hospital(&self, each: usize) -> Result<(String, String)> {
        let (mut records, mut members) = (String::new(), "patient,member\n".to_owned());
        for index in PATIENTS {
            writeln!(members, "Patient/p{index},{}", dev_account(index)?.address())?;
            for count in 0..each {
                let resource = json!({
                    "resourceType": "Observation",
                    "id": format!("o{index}-{count}"),
                    "status": "final",
                    "subject": {"reference": format!("Patient/p{index}")},
                    "code": {"coding": [{"system": "http://loinc.org", "code": "8867-4"}]},
                    "valueQuantity": {"value": 60 + count, "unit": "/min"},
                });
                writeln!(records, "{resource}")?;
            }
        }
        let paths = (self.path("records.ndjson"), self.path("members.csv"));
        fs::write(&paths.0, records)?;
        fs::write(&paths.1, members)?;
        Ok(paths)
    }

    fn path(&self, name: &str) -> String {
        self.coop.folder.path().join(name).display().to_string()
    }

    /// The words that register, with a file of salts of this test's own.
    fn register<'a>(&self, words: &[&'a str]) -> Vec<&'a str> {
        let salts: &'static str = Box::leak(self.path("salts").into_boxed_str());
        [&["data", "register", "--salts", salts], words].concat()
    }

    fn run(&self, words: &[&str]) -> Run {
        Datacoop::on(&self.coop, &[words, &["--json"]].concat()).run()
    }

    #[track_caller]
    fn done(&self, words: &[&str]) -> Value {
        self.run(words).done().json()
    }

    /// Publishes the next edition of `heart`.
    fn publish(&self, name: &str) -> Run {
        let out = self.path(name);
        self.run(&["data", "dataset", "publish", "heart", "--out", &out, "--from", "dev:2"])
    }
}

/// Creates a contract and writes it into the cooperative's book.
async fn add<T: SolValue>(coop: &mut Coop, contract: &Contract, arguments: T) -> Result<Address>
where
    for<'a> <T::SolType as alloy::sol_types::SolType>::Token<'a>:
        alloy::sol_types::abi::TokenSeq<'a>,
{
    let artifact = artifact(contract)?;
    let sender = Sender::new(&coop.chain, dev_account(0)?);
    let arguments = arguments.abi_encode_params();
    let created = create(&sender, &artifact, &arguments).await?;
    let entry = BookEntry {
        address: created.address,
        deployer: sender.address(),
        transaction: created.receipt.transaction,
        block: created.receipt.block,
        gas_used: created.receipt.gas_used,
        code_hash: keccak256(&artifact.deployed_bytecode),
        constructor_arguments: arguments.into(),
    };
    coop.book.contracts.insert(contract.name.to_owned(), entry);
    Ok(created.address)
}

fn real_document() -> Result<String> {
    let root = datacoop_tests::workspace_root();
    let path: PathBuf = root.join("anvil-fixtures/node_modules/hl7.fhir.r4.examples").join(REAL);
    Ok(path.to_str().context("a path in UTF-8")?.to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_patients_document_is_registered_attested_verified_and_its_history_told() -> Result<()> {
    let world = World::new().await?;
    let file = real_document()?;
    let salts = world.path("salts");
    let register = world.register(&[&file, "--from", "dev:3"]);

    // Without a schema nothing is sent.
    let words = ["SCHEMA_ROLE", "hl7.fhir.r4/Observation"];
    world.run(&register).failed(REJECTED, &words);
    world.publish_schema();
    let registered = world.done(&register);
    assert_eq!((number(&registered["registered"]), number(&registered["known"])), (1, 0));
    let record = registered["records"][0]["record"].as_str().context("a record")?.to_owned();
    let again = world.done(&register);
    assert_eq!((number(&again["registered"]), number(&again["known"])), (0, 1));
    assert_eq!(again["records"][0]["record"], record.as_str());

    let verify = ["data", "verify", &file, "--salts", &salts];
    let document = &world.done(&verify)["documents"][0];
    assert_eq!((&document["record"], &document["status"]), (&json!(record), &json!("registered")));
    assert_eq!(document["attestedBy"], Value::Null);

    // The owner may not attest, and the hospital may.
    let attest = |from: &str| world.run(&["data", "attest", &record, "--from", from]);
    attest("dev:3").failed(REJECTED, &["does not hold the role"]);
    attest("dev:1").done();
    attest("dev:1").failed(REJECTED, &["record 0 of the batch", "status 2"]);
    let verified = world.done(&verify);
    let document = &verified["documents"][0];
    assert_eq!(document["status"], "attested");
    assert_eq!(document["attestedBy"], dev_account(1)?.address().to_checksum(None));

    let erase = IDataRegistry::eraseCall { recordId: record.parse()? };
    world.send(3, world.registry, &erase).await?;
    let history = world.done(&["data", "history", &record]);
    let kinds: Vec<_> = history["steps"]
        .as_array()
        .context("steps")?
        .iter()
        .map(|step| step["deed"]["kind"].as_str().unwrap_or_default())
        .collect();
    assert_eq!(kinds, ["registered", "attested", "erased"]);
    assert_eq!(world.done(&verify)["documents"][0]["status"], "erased");
    let text = Datacoop::on(&world.coop, &["data", "history", &record]).run().done().stdout;
    assert!(text.contains("adds up") && text.contains("urn:datacoop:"), "{text}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edition_has_who_consents_and_the_next_one_leaves_out_who_revoked() -> Result<()> {
    let world = World::with_records().await?;
    let first = world.publish("first.json").done().json();
    assert_eq!((number(&first["records"]), number(&first["contributors"])), (12, 6));
    assert_eq!(number(&first["version"]), 1);

    world.revoke(5).await?;
    let erased = Manifest::read(world.path("first.json").as_ref())?
        .contributors()
        .iter()
        .find(|one| one.account == dev_account(6).unwrap().address())
        .context("a contributor")?
        .records[0];
    world.send(6, world.registry, &IDataRegistry::eraseCall { recordId: erased }).await?;
    let second = world.publish("second.json").done().json();
    assert_eq!((number(&second["records"]), number(&second["contributors"])), (9, 5));
    assert_eq!(number(&second["version"]), 2);
    let left_out = &second["leftOut"];
    assert_eq!((number(&left_out["withoutConsent"]), number(&left_out["erased"])), (2, 1));

    // Both manifests are those on chain, and the contract takes their proofs.
    for (name, version, attested, erased) in [("first.json", 1, 11, 1), ("second.json", 2, 9, 0)] {
        let file = world.path(name);
        let shown = world.done(&["data", "dataset", "show", "--manifest", &file]);
        let checked = &shown["manifest"];
        assert_eq!((number(&checked["attested"]), number(&checked["erased"])), (attested, erased));
        assert_eq!(number(&checked["faulty"]), 0);
        let manifest = Manifest::read(file.as_ref())?;
        assert_eq!(manifest.edition(), U256::from(1_u64 << 32 | version));
        let record = manifest.records().last().context("a record")?;
        let proof = manifest.record_proof(record).context("a proof")?;
        let edition = manifest.edition();
        let call = IDataRegistry::containsCall { edition, recordId: record, proof };
        assert!(world.coop.chain.read(world.registry, &call).await?);
    }
    let shown = world.done(&["data", "dataset", "show", "heart"]);
    let standing = |shown: &Value, index: usize| shown["editions"][index]["standing"].clone();
    assert_eq!(
        (standing(&shown, 0), standing(&shown, 1)),
        (json!("challengeable"), json!("challengeable"))
    );
    world.coop.chain.advance_time(3 * 86_400).await?;
    let shown = world.done(&["data", "dataset", "show", "heart"]);
    assert_eq!((standing(&shown, 0), standing(&shown, 1)), (json!("live"), json!("live")));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn weights_make_shares_and_a_small_cohort_is_refused() -> Result<()> {
    let world = World::with_records().await?;
    let weights = world.path("weights.csv");
    fs::write(&weights, format!("account,weight\n{},5\n", dev_account(3)?.address()))?;
    let out = world.path("weighed.json");
    let publish = ["data", "dataset", "publish", "heart", "--out", &out, "--from", "dev:2"];
    let published = world.done(&[&publish[..], &["--weights", &weights]].concat());
    assert_eq!(published["totalShares"], "0x14");
    let manifest = Manifest::read(out.as_ref())?;
    let (shares, _) = manifest.share_proof(dev_account(3)?.address()).context("a share")?;
    assert_eq!(shares, U256::from(10));

    for index in [3, 4] {
        world.revoke(index).await?;
    }
    world.publish("small.json").failed(REJECTED, &["4 contributors", "minimum cohort of 5"]);
    assert!(!PathBuf::from(world.path("small.json")).exists());
    for index in 5..9 {
        world.revoke(index).await?;
    }
    world.publish("none.json").failed(REJECTED, &["no records", "live consent"]);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_input_is_one_clear_error_and_nothing_half_done() -> Result<()> {
    let world = World::with_records().await?;
    let (records, members) = world.hospital(3)?;
    let salts = world.path("salts");
    let before = fs::read(&salts)?;

    // Patients whom the map does not know.
    fs::write(&members, format!("patient,member\nPatient/p3,{}\n", dev_account(3)?.address()))?;
    let register = world.register(&[&records, "--members", &members, "--from", "dev:1"]);
    world.run(&register).failed(INPUT, &["does not know 5 patients", "Patient/p4"]);
    world.run(&world.register(&[&world.path("none"), "--from", "dev:3"])).failed(INPUT, &["none"]);
    assert_eq!(fs::read(&salts)?, before);

    // A document without a salt, and a changed one.
    let other = world.path("other.json");
    fs::write(&other, fs::read_to_string(&records)?.lines().last().context("a line")?)?;
    world.run(&["data", "verify", &other, "--salts", &salts]).failed(INPUT, &["no salt"]);

    let unknown = B256::repeat_byte(3).to_string();
    world.run(&["data", "history", &unknown]).failed(REJECTED, &["never registered"]);
    world.run(&["data", "history", "0x12"]).failed(USAGE, &["0x12"]);
    world.run(&["data", "dataset", "show", "lungs"]).failed(REJECTED, &["lungs"]);
    let create = ["data", "dataset", "create", "lungs", "--from", "dev:2", "--class"];
    let with = |class, purposes| [&create[..], &[class, "--purposes", purposes]].concat();
    world.run(&with("lung", "academic")).failed(USAGE, &["genomic, clinical"]);
    world.run(&with("clinical", "marketing")).failed(USAGE, &["public-health"]);
    let again = [
        "data",
        "dataset",
        "create",
        "heart",
        "--class",
        "clinical",
        "--purposes",
        "academic",
        "--from",
        "dev:2",
    ];
    world.run(&again).failed(REJECTED, &["dataset 1 has that name"]);

    // A manifest that is there already, one that was changed, one of another edition.
    world.publish("first.json").done();
    world.publish("first.json").failed(INPUT, &["there already", "--out"]);
    let show = |file: &str| world.run(&["data", "dataset", "show", "--manifest", file]);
    let text = fs::read_to_string(world.path("first.json"))?;
    let changed = world.path("changed.json");
    fs::write(&changed, text.replacen("\"shares\":\"0x2\"", "\"shares\":\"0x3\"", 1))?;
    show(&changed).failed(INPUT, &["it was changed"]);
    let manifest = Manifest::read(world.path("first.json").as_ref())?;
    let head = datacoop_deploy::data::ManifestHead { version: 9, ..manifest.head().clone() };
    let by_owner = manifest.contributors().iter().map(|one| (one.account, one.records.clone()));
    Manifest::new(head, by_owner.collect(), &Default::default())?.write(changed.as_ref())?;
    show(&changed).failed(CHECK, &["the hash of the manifest"]);

    // Who is no curator publishes nothing.
    let out = world.path("mallory.json");
    let publish = ["data", "dataset", "publish", "heart", "--out", &out, "--from", "dev:4"];
    world.run(&publish).failed(REJECTED, &["does not hold the role"]);
    assert!(!PathBuf::from(out).exists());
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_of_a_large_batch_costs_little() -> Result<()> {
    let world = World::new().await?;
    world.publish_schema();
    let (records, members) = world.hospital(100)?;
    let register = world.register(&[&records, "--members", &members, "--from", "dev:1"]);
    let done = world.done(&register);
    assert_eq!((number(&done["registered"]), number(&done["known"])), (600, 0));
    assert_eq!(done["transactions"].as_array().map(Vec::len), Some(4));
    let each = number(&done["gasUsed"]) / 600;
    // Three slots that were empty take 66,300 of it.
    assert!(each < 100_000, "{each} gas a record");
    Ok(())
}

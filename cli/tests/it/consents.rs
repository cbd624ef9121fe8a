//! Consents by the command line: given, amended, revoked, signed, relayed, proved, and refused.

use std::fs;

use alloy::primitives::{Address, keccak256};
use anyhow::Result;
use datacoop_deploy::bindings::IMembership::{issueCall, setActorRolesCall};
use datacoop_tests::{ALICE, BOB, CAROL, Coop, ORACLE};
use serde_json::{Value, json};

use crate::process::{Datacoop, INPUT, REJECTED, Run, USAGE, number};

/// Membership's masks.
const PATIENT: u8 = 1;
const RESEARCHER: u8 = 1 << 4;

/// A cooperative in which Alice is a patient and Bob a researcher.
async fn cooperative() -> Result<Coop> {
    let coop = Coop::start().await?;
    for (account, roles) in [(ALICE, PATIENT), (BOB, RESEARCHER)] {
        join(&coop, account, roles).await?;
    }
    fs::write(coop.folder.path().join("terms.txt"), "what Alice read")?;
    Ok(coop)
}

async fn join(coop: &Coop, account: Address, roles: u8) -> Result<()> {
    let call = issueCall { account, credential: keccak256(account), actorRoles: roles };
    coop.membership.send(ORACLE, call).await?;
    Ok(())
}

fn run(coop: &Coop, line: &str) -> Run {
    let [alice, bob, carol] = [ALICE, BOB, CAROL].map(|account| account.to_string());
    let folder = coop.folder.path().to_str().unwrap_or_default();
    let words: Vec<_> = line
        .split(' ')
        .map(|word| match word {
            "ALICE" => alice.clone(),
            "BOB" => bob.clone(),
            "CAROL" => carol.clone(),
            word => word.replace("DIR", folder).replace('_', " "),
        })
        .collect();
    let words: Vec<_> = words.iter().map(String::as_str).chain(["--json"]).collect();
    Datacoop::on(coop, &words).run()
}

#[track_caller]
fn done(coop: &Coop, line: &str) -> Value {
    run(coop, line).done().json()
}

/// Whether Alice lets Bob use her data now.
fn covered(coop: &Coop, class: &str, purpose: &str) -> bool {
    let line = format!("consent check ALICE --class {class} --purpose {purpose} --by BOB");
    done(coop, &line)["covered"] == true
}

const GRANT: &str = "consent grant --class genomic,clinical --purpose academic \
     --to role:researcher --until 90_days --terms DIR/terms.txt --from dev:3";

#[tokio::test]
async fn a_consent_from_grant_to_revocation_is_proved_by_its_receipts() -> Result<()> {
    let coop = cooperative().await?;
    assert!(!covered(&coop, "genomic", "academic"));
    let granted = done(&coop, GRANT);
    let consent = &granted["consent"];
    assert_eq!(consent["dataClasses"], json!(["genomic", "clinical"]));
    assert_eq!(
        (&consent["grantee"], &consent["status"]),
        (&"role:researcher".into(), &"live".into())
    );
    assert_eq!(consent["terms"], keccak256("what Alice read").to_string());
    assert!(covered(&coop, "genomic", "academic"));
    assert!(!covered(&coop, "imaging", "academic") && !covered(&coop, "genomic", "commercial"));

    let amended = done(&coop, "consent amend 1 --class imaging --to BOB --from dev:3");
    assert_eq!(amended["consent"]["dataClasses"], json!(["imaging"]));
    assert_eq!(amended["consent"]["purposes"], json!(["academic"]));
    assert_eq!(amended["consent"]["until"], consent["until"]);
    assert!(covered(&coop, "imaging", "academic") && !covered(&coop, "genomic", "academic"));
    let shown = done(&coop, "consent show ALICE");
    assert_eq!(shown["consents"], json!([amended["consent"]]));

    let revoked = done(&coop, "consent revoke 1 --from dev:3");
    assert_eq!(revoked["consent"]["status"], "revoked");
    assert!(!covered(&coop, "imaging", "academic"));
    assert_eq!(done(&coop, "consent show ALICE")["consents"], json!([]));
    assert_eq!(done(&coop, "consent show --id 1")["consents"][0]["status"], "revoked");

    let log = done(&coop, "consent log ALICE --terms DIR/terms.txt");
    let changes = log["changes"].as_array().cloned().unwrap_or_default();
    let deeds: Vec<_> = changes.iter().map(|change| change["deed"].clone()).collect();
    assert_eq!(deeds, ["granted", "amended", "revoked"]);
    for (change, version) in changes.iter().zip(1..) {
        assert_eq!(change["receiptHolds"], true, "{change}");
        assert_eq!(number(&change["version"]), version);
        assert!(change["termsFile"].as_str().is_some_and(|file| file.ends_with("terms.txt")));
    }
    assert_eq!(changes[0]["receipt"], consent["receipt"]);
    assert_eq!(changes[2]["receipt"], revoked["consent"]["receipt"]);
    assert_eq!(done(&coop, "consent log CAROL")["changes"], json!([]));
    Ok(())
}

#[tokio::test]
async fn what_a_subject_signs_is_submitted_by_anybody_once() -> Result<()> {
    let coop = cooperative().await?;
    let scope = "--class all --purpose academic,public-health --to anyone --until 2030-01-01";
    let sign = |what: &str, rest: &str| {
        format!("consent sign {what} --file DIR/{what}.json --from dev:3 {rest}")
    };
    done(&coop, &sign("grant", &format!("{scope} --terms DIR/terms.txt")));
    assert!(!covered(&coop, "clinical", "public-health"));
    let relayed = done(&coop, "consent relay DIR/grant.json --from dev:9");
    let consent = &relayed["changes"][0]["consent"];
    assert_eq!(consent["subject"], ALICE.to_checksum(None));
    assert!(covered(&coop, "clinical", "public-health"));
    run(&coop, "consent relay DIR/grant.json --from dev:9").failed(INPUT, &["it was used"]);

    done(&coop, &sign("amend 1", "--purpose academic").replace("amend 1.json", "amend.json"));
    // The revocation comes after it, in whatever order the files are named.
    done(&coop, &sign("revoke 1", "--nonce 2").replace("revoke 1.json", "revoke.json"));
    run(&coop, "consent relay DIR/revoke.json --from dev:9")
        .failed(INPUT, &["another comes before"]);
    let both = done(&coop, "consent relay DIR/revoke.json DIR/amend.json --from dev:9");
    let status: Vec<_> = both["changes"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|c| c["consent"]["status"].clone())
        .collect();
    assert_eq!(status, ["live", "revoked"]);
    assert!(!covered(&coop, "clinical", "academic"));
    Ok(())
}

#[tokio::test]
async fn a_consent_is_signed_without_a_chain() -> Result<()> {
    let coop = cooperative().await?;
    let file = coop.folder.path().join("signed.json");
    let terms = coop.folder.path().join("terms.txt");
    let (file, terms) = (file.to_str().unwrap_or_default(), terms.to_str().unwrap_or_default());
    let words = "consent sign grant --class lifestyle --purpose academic --to anyone --until 2030-01-01 --nonce 0 --valid-until 2030-01-01 --from dev:3";
    let words: Vec<_> = words.split(' ').chain(["--terms", terms, "--file", file]).collect();
    let offline = Datacoop::new(&words).at("http://127.0.0.1:9").with_books(coop.folder.path());
    offline.run().done();
    done(&coop, "consent relay DIR/signed.json --from dev:9");
    assert!(covered(&coop, "lifestyle", "academic"));
    Ok(())
}

#[tokio::test]
async fn signed_changes_that_were_altered_or_are_late_are_refused() -> Result<()> {
    let coop = cooperative().await?;
    done(&coop, GRANT);
    let path = coop.folder.path().join("amend.json");
    let relay = || run(&coop, "consent relay DIR/amend.json --from dev:9");
    let sign =
        "consent sign amend 1 --purpose academic,clinical --file DIR/amend.json --from dev:3";
    done(&coop, sign);
    let good: Value = serde_json::from_str(&fs::read_to_string(&path)?)?;
    let write = |change: &dyn Fn(&mut Value)| {
        let mut document = good.clone();
        change(&mut document);
        fs::write(&path, document.to_string())
    };
    write(&|document| document["scope"]["purposes"] = json!(["commercial"]))?;
    relay().failed(INPUT, &["did not sign this"]);
    write(&|document| document["subject"] = json!(BOB))?;
    relay().failed(INPUT, &["amend.json"]);
    write(&|document| document["chainId"] = json!(1))?;
    relay().failed(INPUT, &["for chain 1"]);
    write(&|document| document["scope"]["purposes"] = json!(["profit"]))?;
    relay().failed(INPUT, &["malformed", "profit"]);

    write(&|_| ())?;
    done(&coop, "consent amend 1 --class genomic --from dev:3");
    relay().failed(INPUT, &["it replaces version 1", "version 2"]);
    done(&coop, sign);
    coop.chain.advance_time(8 * 86_400).await?;
    relay().failed(INPUT, &["it could be submitted until"]);
    Ok(())
}

#[tokio::test]
async fn consents_are_changed_by_their_subjects_alone_and_say_what_is_wrong() -> Result<()> {
    let coop = cooperative().await?;
    done(&coop, GRANT);
    run(&coop, "consent revoke 1 --from dev:4").failed(REJECTED, &["is 0x90F7", "--from"]);
    run(&coop, "consent amend 1 --to anyone --from dev:4").failed(REJECTED, &["consent sign"]);
    run(&coop, "consent revoke 7 --from dev:3").failed(INPUT, &["no consent 7"]);
    run(&coop, &GRANT.replace("dev:3", "dev:5")).failed(REJECTED, &["is not a member"]);
    run(&coop, &GRANT.replace("90_days", "11_years")).failed(USAGE, &["11 years"]);
    run(&coop, &GRANT.replace("90_days", "4000_days")).failed(REJECTED, &["is not from"]);
    run(&coop, &GRANT.replace("90_days", "2020-01-01")).failed(REJECTED, &["2020-01-01T23:59:59Z"]);
    run(&coop, &GRANT.replace("academic", "profit")).failed(USAGE, &["`profit`", "public-health"]);
    run(&coop, &GRANT.replace("genomic", "dental")).failed(USAGE, &["`dental`", "imaging"]);
    run(&coop, &GRANT.replace("role:researcher", "everybody")).failed(USAGE, &["anyone vetted"]);
    run(&coop, &GRANT.replace("terms.txt", "none.txt")).failed(INPUT, &["none.txt"]);
    run(&coop, "consent amend 1 --from dev:3").failed(USAGE, &[]);
    run(&coop, "consent check ALICE --class all --purpose academic --by BOB")
        .failed(USAGE, &["one class"]);
    // None of these changed anything.
    assert_eq!(number(&done(&coop, "consent show --id 1")["consents"][0]["version"]), 1);
    assert_eq!(done(&coop, "consent show ALICE")["consents"].as_array().map(Vec::len), Some(1));
    Ok(())
}

#[tokio::test]
async fn leaving_and_losing_the_grantees_role_end_what_was_covered() -> Result<()> {
    let coop = cooperative().await?;
    done(&coop, GRANT);
    assert!(covered(&coop, "genomic", "academic"));
    let bob = coop
        .membership
        .read(datacoop_deploy::bindings::IMembership::membershipOfCall { account: BOB });
    let call = setActorRolesCall { tokenId: bob.await?.tokenId, actorRoles: PATIENT };
    coop.membership.send(ORACLE, call).await?;
    assert!(!covered(&coop, "genomic", "academic"));

    done(&coop, "consent amend 1 --to BOB --from dev:3");
    assert!(covered(&coop, "genomic", "academic"));
    done(&coop, "member leave --from dev:3");
    assert!(!covered(&coop, "genomic", "academic"));
    // Who left may still revoke.
    assert_eq!(done(&coop, "consent revoke 1 --from dev:3")["consent"]["status"], "revoked");
    Ok(())
}

/// The real `basic` example, with these changes.
fn example(change: impl FnOnce(&mut Value)) -> Result<String> {
    let name = "Consent-consent-example-basic.json";
    let folder =
        datacoop_tests::workspace_root().join("anvil-fixtures/node_modules/hl7.fhir.r4.examples");
    let mut resource: Value = serde_json::from_str(&fs::read_to_string(folder.join(name))?)?;
    change(&mut resource);
    Ok(resource.to_string())
}

#[tokio::test]
async fn fhir_consents_are_given_once_amended_and_taken_back() -> Result<()> {
    let coop = cooperative().await?;
    let path = coop.folder.path().join("consent.json");
    let map = format!("patient,member\nPatient/f001,{ALICE}\nOrganization/lab,{BOB}\n");
    fs::write(coop.folder.path().join("map.csv"), map)?;
    let import = || {
        let line = "consent import DIR/consent.json --members DIR/map.csv --from dev:3";
        done(&coop, line)["consents"][0].clone()
    };
    let until_2036 = |resource: &mut Value| resource["provision"]["period"]["end"] = "2036".into();

    fs::write(&path, example(|_| ())?)?;
    let ended = import();
    assert_eq!((&ended["action"], &ended["consent"]), (&"skipped".into(), &Value::Null));
    assert!(ended["reason"].as_str().is_some_and(|why| why.contains("2016-01-01")), "{ended}");

    fs::write(&path, example(until_2036)?)?;
    let granted = import();
    assert_eq!((&granted["action"], &granted["consent"]), (&"grant".into(), &"1".into()));
    assert_eq!(granted["scope"]["purposes"], json!(["clinical"]));
    assert!(covered(&coop, "genomic", "clinical") && !covered(&coop, "genomic", "academic"));
    assert_eq!(import()["action"], "unchanged");

    // A ledger that was lost is found again by the terms.
    let ledger = coop.folder.path().join("31337.consents.json");
    fs::remove_file(&ledger)?;
    assert_eq!(import()["action"], "unchanged");

    fs::write(
        &path,
        example(|resource| {
            until_2036(resource);
            resource["provision"]["type"] = "permit".into();
            resource["provision"]["actor"] = json!([{
                "role": {"coding": [{"code": "PRCP"}]}, "reference": {"reference": "Organization/lab"},
            }]);
        })?,
    )?;
    let amended = import();
    assert_eq!((&amended["action"], &amended["consent"]), (&"amend".into(), &"1".into()));
    assert_eq!(amended["scope"]["grantee"], BOB.to_checksum(None));

    let withdrawn = |resource: &mut Value| resource["status"] = "inactive".into();
    fs::write(&path, example(withdrawn)?)?;
    let revoked = import();
    assert_eq!((&revoked["action"], &revoked["consent"]), (&"revoke".into(), &"1".into()));
    assert!(!covered(&coop, "genomic", "clinical"));
    assert_eq!(import()["action"], "skipped");

    // What its subject took back in person is not given again by the same resource.
    fs::write(&path, example(until_2036)?)?;
    assert_eq!(import()["consent"], "2");
    done(&coop, "consent revoke 2 --from dev:3");
    let left = import();
    assert_eq!(left["action"], "skipped");
    assert!(left["reason"].as_str().is_some_and(|why| why.contains("revoked on chain")), "{left}");
    let log = done(&coop, "consent log ALICE");
    assert_eq!(log["changes"].as_array().map(Vec::len), Some(5));
    Ok(())
}

#[tokio::test]
async fn fhir_consents_of_others_are_left_to_them() -> Result<()> {
    let coop = cooperative().await?;
    let until_2036 = |resource: &mut Value| resource["provision"]["period"]["end"] = "2036".into();
    fs::write(coop.folder.path().join("consent.json"), example(until_2036)?)?;
    let map = |account| format!("patient,member\nPatient/f001,{account}\n");
    fs::write(coop.folder.path().join("map.csv"), map(ALICE))?;
    let line = "consent import DIR/consent.json --members DIR/map.csv --from";
    let others = done(&coop, &format!("{line} dev:4"))["consents"][0].clone();
    assert_eq!(others["action"], "skipped");
    assert!(others["reason"].as_str().is_some_and(|why| why.contains("consents for itself")));
    run(&coop, &format!("{line} dev:5")).failed(REJECTED, &["is not a member"]);
    fs::write(coop.folder.path().join("map.csv"), "patient,member\n")?;
    let nobodys = done(&coop, &format!("{line} dev:3"))["consents"][0].clone();
    assert!(nobodys["reason"].as_str().is_some_and(|why| why.contains("address map")));
    assert_eq!(done(&coop, "consent show ALICE")["consents"], json!([]));

    let twice =
        "consent import DIR/consent.json DIR/consent.json --members DIR/map.csv --from dev:3";
    fs::write(coop.folder.path().join("map.csv"), map(ALICE))?;
    run(&coop, twice).failed(INPUT, &["found twice"]);
    run(&coop, "consent import DIR/terms.txt --members DIR/map.csv --from dev:3")
        .failed(INPUT, &["terms.txt"]);
    run(&coop, "consent import DIR/consent.json --members DIR/map.csv").failed(USAGE, &["--from"]);
    Ok(())
}

#[test]
fn the_real_consents_are_shown_without_a_chain() -> Result<()> {
    let folder =
        datacoop_tests::workspace_root().join("anvil-fixtures/node_modules/hl7.fhir.r4.examples");
    let folder = folder.to_str().unwrap_or_default();
    let import = |at: &str| {
        let words = ["consent", "import", folder, "--dry-run", "--at", at, "--json"];
        Datacoop::new(&words).run().done().json()
    };
    let now = import("2026-11-21");
    let consents = now["consents"].as_array().cloned().unwrap_or_default();
    assert_eq!(consents.len(), 12);
    for consent in &consents {
        assert_eq!(consent["action"], "skipped", "{consent}");
        assert!(consent["reason"].is_string(), "{consent}");
    }
    let then = import("2015-11-18");
    let granted: Vec<_> = then["consents"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|consent| consent["action"] == "grant")
        .map(|consent| consent["resource"].clone())
        .collect();
    assert_eq!(granted, ["Consent/consent-example-basic"]);
    Ok(())
}

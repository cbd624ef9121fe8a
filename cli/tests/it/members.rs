//! Members by the command line: invited, issued, vetted, recovered, gone, and what is refused.

use std::fs;

use anyhow::Result;
use datacoop_tests::{ALICE, BOB, CAROL, Coop};
use serde_json::{Value, json};

use crate::process::{Datacoop, INPUT, REJECTED, Run, USAGE};

/// The variable of the issuer's secret, and the secret.
const SECRET: (&str, &str) = ("DATACOOP_ISSUER_SECRET", "a secret of twenty-nine bytes");

fn run(coop: &Coop, words: &[&str]) -> Run {
    let words = [words, &["--json"]].concat();
    Datacoop::on(coop, &words).env(SECRET.0, SECRET.1).run()
}

fn done(coop: &Coop, words: &[&str]) -> Value {
    let run = run(coop, words).done();
    let texts = run.stdout.clone() + &run.stderr;
    assert!(!texts.contains(SECRET.1), "the secret is told: {texts}");
    assert!(!texts.contains("12345"), "the person is told: {texts}");
    run.json()
}

/// What `member show` says of an account's membership.
fn membership(coop: &Coop, account: &str) -> Value {
    done(coop, &["member", "show", account])["members"][0]["membership"].clone()
}

#[tokio::test]
async fn a_membership_from_invitation_to_leaving() -> Result<()> {
    let coop = Coop::start().await?;
    let [alice, bob] = [ALICE, BOB].map(|account| account.to_string());
    let file = coop.folder.path().join("alice.json");
    let file = file.to_str().unwrap_or_default();

    assert_eq!(membership(&coop, &alice), Value::Null);
    let invite = ["member", "invite", &alice, "--person", "mrn|12345", "--file", file];
    let invited = done(&coop, &[&invite[..], &["--from", "dev:1"]].concat());
    let written = fs::read_to_string(file)?;
    assert!(!written.contains("12345") && !written.contains(SECRET.1), "{written}");
    let joined = done(&coop, &["member", "join", file, "--from", "dev:3"]);
    assert_eq!(joined["membership"]["roles"], json!(["patient"]));
    assert_eq!(joined["membership"]["credential"], invited["credential"]);
    let id = joined["membership"]["id"].clone();
    assert_eq!(membership(&coop, &alice), joined["membership"]);

    // An invitation is good once.
    run(&coop, &["member", "join", file, "--from", "dev:3"]).failed(INPUT, &["ask for another"]);

    let vet = ["member", "vet", &alice, "--role", "researcher", "--from", "dev:1"];
    assert_eq!(done(&coop, &vet)["membership"]["roles"], json!(["patient", "researcher"]));
    let withdrawn = done(&coop, &[&vet[..], &["--withdraw"]].concat());
    assert_eq!(withdrawn["membership"]["roles"], json!(["patient"]));
    let roles = ["member", "roles", &alice, "validator,payer", "--from", "dev:1"];
    let set = done(&coop, &roles);
    assert_eq!(set["oldRoles"], json!(["patient"]));
    assert_eq!(set["membership"]["roles"], json!(["payer", "validator"]));

    let bound = done(&coop, &["member", "bind-did", "did:web:alice.example", "--from", "dev:3"]);
    assert!(bound["membership"]["did"].is_string(), "{bound}");

    let reason = ["--reason", "ticket 812", "--from", "dev:1"];
    let recover = [&["member", "recover", &alice, &bob][..], &reason].concat();
    let recovered = done(&coop, &recover);
    assert_eq!(recovered["membership"]["id"], id);
    assert_eq!(recovered["membership"]["roles"], json!(["payer", "validator"]));
    assert_eq!(recovered["membership"]["did"], bound["membership"]["did"]);
    assert_eq!(membership(&coop, &alice), Value::Null);
    run(&coop, &recover).failed(REJECTED, &["is not a member"]);

    let left = done(&coop, &["member", "leave", "--from", "dev:4"]);
    assert_eq!((&left["membership"], &left["left"]), (&Value::Null, &id));
    run(&coop, &["member", "leave", "--from", "dev:4"])
        .failed(REJECTED, &["is not a member", "member invite"]);

    // Who comes back is the same person.
    let issue = ["member", "issue", &bob, "--person", "mrn|12345", "--from", "dev:1"];
    assert_eq!(done(&coop, &issue)["membership"]["id"], id);
    let revoke = [&["member", "revoke", &bob][..], &reason].concat();
    assert_eq!(done(&coop, &revoke)["membership"], Value::Null);
    Ok(())
}

#[tokio::test]
async fn an_invitation_is_signed_without_a_chain() -> Result<()> {
    let coop = Coop::start().await?;
    let (carol, file) = (CAROL.to_string(), coop.folder.path().join("carol.json"));
    let file = file.to_str().unwrap_or_default();
    let words = ["member", "invite", &carol, "--person", "lab|7", "--role", "researcher"];
    let offline = ["--nonce", "0", "--until", "2500-01-01", "--file", file, "--from", "dev:1"];
    Datacoop::new(&[&words[..], &offline].concat())
        .at("http://127.0.0.1:9")
        .with_books(coop.folder.path())
        .env(SECRET.0, SECRET.1)
        .run()
        .done();
    let joined = done(&coop, &["member", "join", file, "--from", "dev:5"]);
    assert_eq!(joined["membership"]["roles"], json!(["researcher"]));
    Ok(())
}

#[tokio::test]
async fn invitations_that_cannot_be_used_are_refused_with_the_reason() -> Result<()> {
    let coop = Coop::start().await?;
    let alice = ALICE.to_string();
    let file = coop.folder.path().join("alice.json");
    let file = file.to_str().unwrap_or_default();
    let invite = |from: &str| {
        let words = ["member", "invite", &alice, "--person", "mrn|12345", "--file", file];
        done(&coop, &[&words[..], &["--from", from]].concat());
    };
    let join = |from: &str| run(&coop, &["member", "join", file, "--from", from]);

    invite("dev:0");
    join("dev:3").failed(INPUT, &["is no issuer"]);
    invite("dev:1");
    join("dev:4").failed(INPUT, &["it invites", "and you are"]);
    coop.chain.advance_time(8 * 86_400).await?;
    join("dev:3").failed(INPUT, &["it could be used until"]);

    invite("dev:1");
    let good: Value = serde_json::from_str(&fs::read_to_string(file)?)?;
    let mut changed = good.clone();
    changed["actorRoles"] = 16.into();
    fs::write(file, changed.to_string())?;
    join("dev:3").failed(INPUT, &["did not sign this"]);
    let mut changed = good;
    changed["chainId"] = 1.into();
    fs::write(file, changed.to_string())?;
    join("dev:3").failed(INPUT, &["is for chain 1"]);
    fs::write(file, "{}")?;
    join("dev:3").failed(INPUT, &["malformed"]);
    assert_eq!(membership(&coop, &alice), Value::Null);
    Ok(())
}

#[tokio::test]
async fn one_person_has_one_membership_and_only_issuers_give_it() -> Result<()> {
    let coop = Coop::start().await?;
    let [alice, bob] = [ALICE, BOB].map(|account| account.to_string());
    let issue = |account: &str, from: &str| {
        run(&coop, &["member", "issue", account, "--person", "mrn|12345", "--from", from])
    };
    issue(&alice, "dev:0").failed(REJECTED, &["does not hold the role"]);
    issue(&alice, "dev:1").done();
    issue(&bob, "dev:1").failed(REJECTED, &["has a membership"]);
    issue(&alice, "dev:1").failed(REJECTED, &["already"]);

    let words = ["member", "roles", &bob, "patient", "--from", "dev:1"];
    run(&coop, &words).failed(REJECTED, &["is not a member"]);
    let words = ["member", "roles", &alice, "nurse", "--from", "dev:1"];
    run(&coop, &words).failed(USAGE, &["`nurse`", "practitioner"]);
    let words = ["member", "revoke", &alice, "--reason", " ", "--from", "dev:1"];
    run(&coop, &words).failed(USAGE, &["--reason"]);
    let words = ["member", "bind-did", "web:alice", "--from", "dev:3"];
    run(&coop, &words).failed(REJECTED, &["no DID"]);
    Ok(())
}

#[tokio::test]
async fn without_a_secret_that_cannot_be_guessed_nothing_is_hashed() -> Result<()> {
    let coop = Coop::start().await?;
    let alice = ALICE.to_string();
    let words = ["member", "issue", &alice, "--person", "mrn|12345", "--from", "dev:1"];
    let run = || Datacoop::on(&coop, &words);
    run().run().failed(INPUT, &["DATACOOP_ISSUER_SECRET", "--secret-file"]);
    let short = run().env(SECRET.0, "short").run().failed(INPUT, &["5 bytes"]);
    assert!(!short.stderr.contains("12345"));
    let file = coop.folder.path().join("secret");
    fs::write(&file, format!("{}\n", SECRET.1))?;
    let by_file = run().env("DATACOOP_ISSUER_SECRET_FILE", file.to_str().unwrap_or_default());
    by_file.run().done();
    Ok(())
}

//! Keys: made, stored, listed and used, and in no text.

use std::{fs, os::unix::fs::PermissionsExt as _, path::PathBuf};

use alloy::signers::local::PrivateKeySigner;
use datacoop_tests::Coop;
use tempfile::TempDir;

use crate::process::{CHAIN, Datacoop, INPUT, Run, USAGE};

/// The third dev account's key, and its address.
const SECRET: &str = "5de4111afa1a4b94908f83103eb1f1706367c2e68ca870fc3fb9a804cdab365a";
const ADDRESS: &str = "0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC";

const PASSWORD: &str = "correct horse battery staple";

/// A home with a folder of keys and a file with a password.
struct Home {
    folder: TempDir,
    password: PathBuf,
}

impl Home {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let password = folder.path().join("password");
        fs::write(&password, format!("{PASSWORD}\n")).unwrap();
        Self { folder, password }
    }

    fn command(&self, words: &[&str]) -> Datacoop {
        Datacoop::new(words).env("HOME", self.folder.path().to_str().unwrap())
    }

    /// Runs a command that is given the password, and makes sure that it tells no secret.
    fn run(&self, words: &[&str], input: &str) -> Run {
        let file = self.password.to_str().unwrap();
        discreet(self.command(words).env("DATACOOP_PASSWORD_FILE", file).run_with(input))
    }
}

/// Asserts that a run told no secret.
fn discreet(run: Run) -> Run {
    let text = format!("{}{}", run.stdout, run.stderr).to_lowercase();
    assert!(!text.contains(&SECRET[..8]) && !text.contains("battery"), "{text}");
    run
}

#[test]
fn a_key_is_imported_listed_and_told_by_its_name() {
    let home = Home::new();
    let imported = home.run(&["key", "import", "oracle", "--json"], SECRET).done().json();
    assert_eq!(imported["address"], ADDRESS);
    let path = home.folder.path().join(".datacoop/keys/oracle.json");
    assert_eq!(imported["path"], path.to_str().unwrap());
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    let stored = fs::read_to_string(&path).unwrap();
    assert!(!stored.contains(&SECRET[..8]), "{stored}");

    let listed = home.run(&["key", "list", "--json"], "").done().json();
    assert_eq!(listed["keys"][0]["name"], "oracle");
    assert_eq!(listed["keys"][0]["address"], ADDRESS);
    for source in ["keystore:oracle", &format!("keystore:{}", path.display()), "dev:2"] {
        let told = home.run(&["key", "address", source], "").done();
        assert_eq!(told.stdout.trim(), ADDRESS, "{source}");
    }

    let before = fs::read(&path).unwrap();
    home.run(&["key", "import", "oracle"], SECRET).failed(INPUT, &["never overwritten"]);
    home.run(&["key", "create", "oracle"], "").failed(INPUT, &["never overwritten"]);
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[test]
fn a_key_comes_from_a_file_and_its_password_from_a_variable() {
    let home = Home::new();
    let file = home.folder.path().join("key");
    fs::write(&file, format!("0x{SECRET}\n")).unwrap();
    let words = ["key", "import", "b", "--key-file", file.to_str().unwrap(), "--json"];
    let run = home.command(&words).env("DATACOOP_PASSWORD", PASSWORD).run();
    assert_eq!(discreet(run).done().json()["address"], ADDRESS);
    let wrong = home.command(&["key", "address", "keystore:b"]).env("DATACOOP_PASSWORD", "x").run();
    discreet(wrong).failed(INPUT, &["b.json"]);
}

#[test]
fn a_created_key_signs_and_two_are_not_the_same() {
    let home = Home::new();
    let [a, b] = ["a", "b"].map(|name| {
        let made = home.run(&["key", "create", name, "--json"], "").done().json();
        let told = home.run(&["key", "address", &format!("keystore:{name}"), "--json"], "");
        assert_eq!(told.done().json()["address"], made["address"]);
        made["address"].clone()
    });
    assert_ne!(a, b);
    let text = home.run(&["key", "list"], "").done().stdout;
    assert!(text.contains(a.as_str().unwrap()) && text.contains(b.as_str().unwrap()), "{text}");
}

#[test]
fn a_key_on_the_command_line_is_refused_and_not_repeated() {
    let home = Home::new();
    let (with_0x, long) = (format!("0x{SECRET}"), format!("--from={SECRET}"));
    let named = format!("keystore:{SECRET}");
    let lines: [&[&str]; 8] = [
        &["key", "address", &named],
        &["key", "import", "a", SECRET],
        &["key", "import", "a", &with_0x],
        &["key", "import", SECRET],
        &["key", "import", "a", "--key-file", SECRET],
        &["key", "address", SECRET],
        &["token", "burn", "--amount", "1", "--from", SECRET],
        &["token", "burn", "--amount", "1", &long],
    ];
    for line in lines {
        let run = home.run(line, "");
        assert!(matches!(run.status, USAGE | INPUT), "{line:?}: {}", run.stderr);
        assert!(run.stderr.contains("shell's history"), "{line:?}: {}", run.stderr);
    }
    // What the parser itself refuses.
    for line in [&["key", "create", "a", SECRET][..], &["key", "list", "--key", &with_0x]] {
        let run = home.run(line, "");
        assert_eq!(run.status, USAGE, "{}", run.stderr);
    }
}

#[test]
fn what_would_be_asked_fails_and_says_what_to_pass() {
    let home = Home::new();
    home.run(&["key", "import", "a"], SECRET).done();
    let never = |words: &[&str]| {
        let flag = home.command(words).env("DATACOOP_NON_INTERACTIVE", "1").run();
        discreet(flag).failed(USAGE, &["nobody is there to ask", "--password-file"]);
        let words = [words, &["--non-interactive"]].concat();
        discreet(home.command(&words).run()).failed(USAGE, &["--password-file"]);
    };
    never(&["key", "create", "b"]);
    never(&["key", "address", "keystore:a"]);
    assert!(!home.folder.path().join(".datacoop/keys/b.json").exists());
}

#[test]
fn what_names_no_key_is_told_apart() {
    let home = Home::new();
    home.run(&["key", "address", "keystore:nobody"], "").failed(INPUT, &["no key `nobody`"]);
    home.run(&["key", "create", "../a"], "").failed(USAGE, &["no name of a key"]);
    home.run(&["key", "import", "a"], "12").failed(INPUT, &["stdin"]);
    home.run(&["key", "address", "ledger:0"], "").failed(INPUT, &["no Ledger answers"]);
    home.run(&["key", "address", "wallet:1"], "").failed(USAGE, &["keystore:<name>"]);
    fs::write(&home.password, "\n").unwrap();
    home.run(&["key", "create", "a"], "").failed(INPUT, &["without a password"]);
}

#[tokio::test]
async fn a_node_signs_transactions_and_typed_data_for_its_accounts() -> anyhow::Result<()> {
    let coop = Coop::start().await?;
    let run = |words: &[&str]| Datacoop::on(&coop, words).run();
    let from = format!("unlocked:{ADDRESS}");
    let words = ["token", "approve", "--spender", ADDRESS, "--amount", "5", "--json"];
    let sent = run(&[&words[..], &["--from", &from]].concat()).done().json();
    assert_eq!(sent["from"], ADDRESS, "{sent}");

    // What the node signs as a document is what a key signs as a hash.
    let words = ["token", "permit", "--spender", ADDRESS, "--amount", "5", "--json", "--from"];
    let by_node = run(&[&words[..], &[&from]].concat()).done().json();
    assert_eq!(by_node["owner"], ADDRESS);
    let stranger = format!("unlocked:{}", PrivateKeySigner::random().address());
    run(&[&words[..], &[&stranger]].concat()).failed(CHAIN, &["does not sign for", ADDRESS]);
    Ok(())
}

//! What programs rely on: JSON and nothing else on stdout, completions, manual pages.

use std::fs;

use anyhow::Result;
use datacoop_tests::Coop;
use serde_json::Value;

use crate::process::{Datacoop, USAGE};

#[test]
fn every_shell_gets_completions_that_know_the_commands() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let text = Datacoop::new(&["completions", shell]).run().done().stdout;
        assert!(text.contains("treasury") && text.contains("sign-only"), "{shell}");
    }
    let refused = Datacoop::new(&["completions", "cmd"]).run();
    assert_eq!(refused.status, USAGE);
    assert!(refused.stderr.contains("possible values: bash"), "{}", refused.stderr);
}

#[test]
fn every_command_has_a_manual_page() {
    let folder = tempfile::tempdir().unwrap();
    let man = folder.path().join("man1");
    let words = ["man", man.to_str().unwrap(), "--json"];
    let written = Datacoop::new(&words).run().done().json();
    let page = fs::read_to_string(man.join("datacoop-token-transfer.1")).unwrap();
    assert!(page.contains("Exit status") && page.contains("sign\\-only"), "{page}");
    let pages = fs::read_dir(&man).unwrap().count();
    assert_eq!(written["pages"], pages);
    assert!(pages > 40, "{pages}");
}

#[tokio::test]
async fn long_commands_report_events_and_end_with_the_document() -> Result<()> {
    let coop = Coop::start().await?;
    let batch = coop.folder.path().join("entries.csv");
    let member = "0x90F79bf6EB2c4f870365E785982E1f101E93b906";
    let proof = format!("0x{}", "ab".repeat(32));
    fs::write(&batch, format!("member,proof,quality,data_class\n{member},{proof},0.5,clinical\n"))?;
    let words = ["oracle", "batch", batch.to_str().unwrap(), "--from", "dev:1", "--json=events"];
    let run = Datacoop::on(&coop, &words).run().done();
    let lines: Vec<Value> =
        run.stdout.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
    assert!(lines.iter().all(|line| line["schemaVersion"] == 1), "{}", run.stdout);
    let (document, events) = lines.split_last().unwrap();
    assert_eq!((&document["command"], &document["ok"]), (&"oracle batch".into(), &true.into()));
    let recording: Vec<_> = events.iter().filter(|event| event["stage"] == "recording").collect();
    assert_eq!(recording.first().unwrap()["event"], "began");
    assert_eq!(recording.last().unwrap()["event"], "ended");

    // What fails ends with a document, too.
    let words = ["oracle", "batch", "nowhere.csv", "--from", "dev:1", "--json=events"];
    let run = Datacoop::on(&coop, &words).run();
    let last: Value = serde_json::from_str(run.stdout.lines().last().unwrap())?;
    assert_eq!(last["ok"], false);
    let one = Datacoop::on(&coop, &["token", "info", "--json"]).run().done();
    assert_eq!(one.json()["ok"], true);
    Ok(())
}

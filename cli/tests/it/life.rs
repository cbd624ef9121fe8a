//! The life of a cooperative by the command line alone, from deployment to transfers of DATA.

use anyhow::Result;
use datacoop_deploy::node::{NodeLimits, NodeOptions};
use datacoop_tests::start_node;
use serde_json::Value;

use crate::process::{Datacoop, INPUT, REJECTED, number};

const ALICE: &str = "0x90F79bf6EB2c4f870365E785982E1f101E93b906";
const BOB: &str = "0x15d34AAf54267DB7D7c367839AAf71A00a2C6A65";
const ORACLE: &str = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";

fn proof(digit: char) -> String {
    format!("0x{}", digit.to_string().repeat(64))
}

#[tokio::test]
async fn a_cooperative_lives_by_the_command_line_alone() -> Result<()> {
    for limits in [NodeLimits::Lifted, NodeLimits::AnvilsOwn] {
        let (node, _chain) = start_node(NodeOptions { limits, ..NodeOptions::default() }).await?;
        let folder = tempfile::tempdir()?;
        let run = |words: &[&str]| {
            let words = [words, &["--json"]].concat();
            Datacoop::new(&words).at(&node.url()).with_books(folder.path()).run()
        };
        let done = |words: &[&str]| -> Value {
            let document = run(words).done().json();
            assert_eq!(document["schemaVersion"], 1, "{words:?}");
            assert_eq!(document["ok"], true, "{words:?}");
            document
        };

        let deployed = done(&["deploy", "--from", "dev:0", "--oracle", ORACLE]);
        assert_eq!(deployed["contracts"].as_array().map(Vec::len), Some(7));
        assert!(folder.path().join("31337.json").exists());
        let again = done(&["deploy", "--from", "dev:0", "--oracle", ORACLE]);
        assert_eq!(again["steps"], serde_json::json!([]));

        let first = proof('1');
        let words = ["oracle", "record", "--member", ALICE, "--proof", &first, "--from", "dev:1"];
        let recorded = done(&words);
        assert_eq!(recorded["reward"]["data"], "10");
        run(&words).failed(REJECTED, &[]);

        let shown = done(&["member", "show", ALICE, BOB]);
        assert_eq!(shown["members"][0]["balance"]["data"], "10");
        assert_eq!(number(&shown["members"][0]["contributions"]), 1);
        assert_eq!(shown["members"][1]["balance"]["data"], "0");

        let words = ["token", "transfer", "--to", BOB, "--amount", "2.5", "--from", "dev:3"];
        done(&words);
        let shown = done(&["member", "show", ALICE, BOB]);
        assert_eq!(shown["members"][0]["balance"]["data"], "7.5");
        assert_eq!(shown["members"][1]["balance"]["data"], "2.5");
        let words = ["token", "transfer", "--to", BOB, "--amount", "7.6", "--from", "dev:3"];
        run(&words).failed(REJECTED, &["7.5"]);
        done(&["token", "info"]);
    }
    Ok(())
}

#[test]
fn results_go_to_stdout_and_prose_to_stderr() {
    let help = Datacoop::new(&["--help"]).run().done();
    assert_eq!(help.stderr, "");
    assert!(help.stdout.contains("Exit status"), "{}", help.stdout);
    let failure = Datacoop::new(&["oracle", "batch", "nowhere", "--from", "dev:0"]).run();
    assert_eq!(failure.failed(INPUT, &["nowhere"]).stdout, "");
}

#[test]
fn every_command_has_help_with_examples_and_exit_statuses() {
    let commands: [&[&str]; 11] = [
        &["demo"],
        &["build"],
        &["node"],
        &["deploy"],
        &["oracle", "record"],
        &["oracle", "batch"],
        &["oracle", "ingest"],
        &["token", "info"],
        &["member", "show"],
        &["member", "invite"],
        &["consent", "grant"],
    ];
    for command in commands {
        let help = Datacoop::new(&[command, &["--help"]].concat()).run().done().stdout;
        for section in ["Usage: datacoop", "Examples:", "Exit status:"] {
            assert!(help.contains(section), "{command:?} has no `{section}`:\n{help}");
        }
    }
}

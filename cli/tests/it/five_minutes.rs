//! What the README says of the first five minutes, run as a new user would: every line of its blocks,
//! in their order, against a node, in a folder that had nothing in it before.

use std::{fs, path::Path, process::Command};

use anyhow::{Context, Result, ensure};
use datacoop_deploy::{chain::Chain, node::NodeOptions};
use datacoop_tests::{start_node, workspace_root};

use crate::process::VARIABLES;

/// Lines that are not run, by how they begin, each for its reason.
const NOT_RUN: [(&str, &str); 5] = [
    ("cargo datacoop node", "the test has a node of its own, on a free port"),
    ("cargo datacoop translate contract.wasm", "the file stands for one of the reader's"),
    ("cargo datacoop trace 0x4e03…7d45", "the hash stands for one of the reader's"),
    ("cargo datacoop bench", "it takes minutes, and tests of its own hold its figures"),
    (".ci/run", "it runs this test"),
];

/// How many seconds pass before a line, by how it begins: votes count from the second after they were
/// delegated, and a vote begins a minute after the proposal.
const WAITS: [(&str, u64); 2] =
    [("cargo datacoop gov propose", 2), ("cargo datacoop gov vote", 61)];

/// What is taken from the checkout.
const TAKEN: [&str; 2] = ["anvil-fixtures", "LICENSE-MIT"];

/// Returns the lines of the `sh` blocks of a section, joined where they go on, without comments.
fn lines_of(page: &str, title: &str) -> Vec<String> {
    let section = page.split(&format!("\n## {title}\n")).nth(1).unwrap_or_default();
    let section = section.split("\n## ").next().unwrap_or_default();
    let blocks = section.split("```sh\n").skip(1).filter_map(|rest| rest.split("```").next());
    let text: String = blocks.map(|block| block.replace("\\\n", " ")).collect();
    let bare = |line: &str| line.split(" # ").next().unwrap_or_default().trim().to_owned();
    text.lines().map(bare).filter(|line| !line.is_empty()).collect()
}

/// Runs a line after what was set before it, with `cargo datacoop` for the command that was built.
fn run(line: &str, settings: &[String], (url, folder): (&str, &Path)) -> Result<()> {
    let shim = "cargo() { shift; \"$DATACOOP_BUILT\" \"$@\"; }";
    let script = [shim, &settings.join("\n"), line].join("\n");
    let mut command = Command::new("sh");
    for variable in VARIABLES {
        command.env_remove(variable);
    }
    let output = command
        .args(["-euc", &script])
        .current_dir(folder)
        .env("DATACOOP_BUILT", env!("CARGO_BIN_EXE_datacoop"))
        .env("DATACOOP_ROOT", workspace_root())
        .env("DATACOOP_DEPLOYMENTS", folder.join("deployments"))
        .env("DATACOOP_RPC_URL", url)
        .output()
        .context("no shell")?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "`{line}` failed with {}: {said}", output.status);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_five_minutes_go_as_the_readme_says() -> Result<()> {
    let (node, chain): (_, Chain) = start_node(NodeOptions::default()).await?;
    let folder = tempfile::tempdir()?;
    for name in TAKEN {
        std::os::unix::fs::symlink(workspace_root().join(name), folder.path().join(name))?;
    }
    let page = fs::read_to_string(workspace_root().join("README.md"))?;
    let lines = lines_of(&page, "The first five minutes");
    for (start, reason) in NOT_RUN {
        let is_there = lines.iter().any(|line| line.starts_with(start));
        ensure!(is_there, "the README has no `{start}` any more, which is not run since {reason}");
    }
    let (mut settings, mut count) = (Vec::new(), 0);
    for line in lines {
        if NOT_RUN.iter().any(|(start, _)| line.starts_with(start)) {
            continue;
        }
        let name = line.trim_start_matches("export ").split('=').next().unwrap_or_default();
        if name.len() < line.len() && !name.contains(' ') {
            settings.push(line);
            continue;
        }
        for (_, seconds) in WAITS.iter().filter(|(start, _)| line.starts_with(start)) {
            chain.advance_time(*seconds).await?;
        }
        run(&line, &settings, (&node.url(), folder.path()))?;
        count += 1;
    }
    ensure!(count > 20, "only {count} lines were run");
    Ok(())
}

//! `oracle batch`: a file comes onto the chain once, whatever happens on the way.

use std::{fmt::Write as _, fs, path::PathBuf};

use alloy::primitives::{Address, keccak256};
use anyhow::Result;
use datacoop_tests::{BreakingProxy, Coop};

use crate::process::{CHAIN, Datacoop, REJECTED, number};

const TOTAL: u64 = 120;
const CHUNK: &str = "10";

/// A file of faultless entries, each of another member.
fn entries(coop: &Coop, total: u64) -> Result<PathBuf> {
    let mut text = String::from("member,proof,quality,data_class\n");
    for number in 0..total {
        let proof = keccak256(number.to_be_bytes());
        writeln!(text, "{},{proof},0.5,clinical", Address::from_word(proof))?;
    }
    let path = coop.folder.path().join("entries.csv");
    fs::write(&path, text)?;
    Ok(path)
}

fn batch(coop: &Coop, file: &str) -> Datacoop {
    let words = [
        "oracle",
        "batch",
        file,
        "--from",
        "dev:1",
        "--chunk",
        CHUNK,
        "--in-flight",
        "3",
        "--json",
    ];
    Datacoop::on(coop, &words)
}

#[tokio::test]
async fn a_file_is_recorded_once_however_often_it_is_given() -> Result<()> {
    let coop = Coop::start().await?;
    let file = entries(&coop, TOTAL)?.display().to_string();
    let first = batch(&coop, &file).run().done().json();
    assert_eq!((number(&first["recorded"]), number(&first["known"])), (TOTAL, 0));
    assert_eq!(first["transactions"].as_array().map(Vec::len), Some(12));
    let second = batch(&coop, &file).run().done().json();
    assert_eq!((number(&second["recorded"]), number(&second["known"])), (0, TOTAL));
    Ok(())
}

#[tokio::test]
async fn a_batch_that_was_cut_off_says_so_and_is_carried_on() -> Result<()> {
    let coop = Coop::start().await?;
    let file = entries(&coop, TOTAL)?.display().to_string();
    let proxy = BreakingProxy::start(coop.node.port(), 5).await?;
    let url = proxy.url().to_owned();
    let cut = batch(&coop, &file).at(&url);
    let run = tokio::task::spawn_blocking(move || cut.run()).await?;
    let run = run.failed(CHAIN, &["run it again", "twice"]);
    assert_eq!(run.json()["ok"], false);
    let again = batch(&coop, &file).at(&url);
    tokio::task::spawn_blocking(move || again.run()).await?.failed(CHAIN, &[&url]);

    let rest = batch(&coop, &file).run().done().json();
    assert_eq!(number(&rest["known"]) + number(&rest["recorded"]), TOTAL);
    assert!(number(&rest["known"]) >= 60, "six transactions reached the node: {rest}");
    assert_eq!(rest["skipped"], serde_json::json!([]));
    Ok(())
}

#[tokio::test]
async fn bad_entries_are_listed_or_stop_a_strict_batch() -> Result<()> {
    let coop = Coop::start().await?;
    let path = entries(&coop, 3)?;
    let file = path.display().to_string();
    let mut text = fs::read_to_string(&path)?;
    let line = text.lines().nth(1).unwrap_or_default().to_owned();
    let member = line.split(',').next().unwrap_or_default();
    // The same member again at once: still in cooldown.
    writeln!(text, "{member},{},1,genomic", keccak256("another record"))?;
    fs::write(&path, text)?;

    let strict = ["oracle", "batch", &file, "--from", "dev:1", "--strict"];
    Datacoop::on(&coop, &strict).run().failed(REJECTED, &["entry 3"]);
    let lenient = batch(&coop, &file).run().done().json();
    assert_eq!(number(&lenient["recorded"]), 3);
    let skipped = &lenient["skipped"];
    assert_eq!(skipped.as_array().map(Vec::len), Some(1), "{skipped}");
    assert_eq!(skipped[0]["error"], "RewardsCooldownActive");
    assert!(
        skipped[0]["source"].as_str().is_some_and(|source| source.ends_with(":5")),
        "{skipped}"
    );
    Ok(())
}

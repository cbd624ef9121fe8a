//! Measures how fast `oracle batch` records contributions: `cargo test -p datacoop --test throughput`.
//!
//! It asserts nothing of the speed, and is no part of `cargo test`: a figure says as much of the
//! machine as of the tool. The number of contributions may be given: `-- 50000`.

use std::{
    fmt::Write as _,
    fs,
    io::{self, Write as _},
    process::Command,
};

use alloy::primitives::{Address, keccak256};
use anyhow::{Context, Result, ensure};
use datacoop_tests::Coop;
use serde_json::{Value, json};

/// Contributions, when no number is given.
const TOTAL: u64 = 10_000;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let total = match std::env::args().nth(1) {
        Some(number) => number.parse().with_context(|| format!("`{number}` is no number"))?,
        None => TOTAL,
    };
    let coop = Coop::start().await?;
    let file = coop.folder.path().join("entries.csv");
    fs::write(&file, entries(total)?)?;
    let output = Command::new(env!("CARGO_BIN_EXE_datacoop"))
        .args(["oracle", "batch", "--from", "dev:1", "--json"])
        .arg(&file)
        .env("DATACOOP_RPC_URL", coop.node.url())
        .env("DATACOOP_DEPLOYMENTS", coop.folder.path())
        .output()?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let report: Value = serde_json::from_slice(&output.stdout)?;
    ensure!(report["recorded"] == total, "not everything was recorded: {report}");
    let gas = report["gasUsed"].as_u64().context("no gas")?;
    let figures = json!({
        "contributions": total,
        "transactions": report["transactions"].as_array().map(Vec::len),
        "seconds": report["seconds"],
        "perSecond": report["perSecond"],
        "gasPerContribution": gas / total.max(1),
    });
    writeln!(io::stdout(), "{figures:#}")?;
    Ok(())
}

/// Faultless entries, each of another member, of all data classes.
fn entries(total: u64) -> Result<String> {
    let mut text = String::from("member,proof,quality,data_class\n");
    for number in 0..total {
        let proof = keccak256(number.to_be_bytes());
        let class = ["genomic", "clinical", "lifestyle", "imaging"][usize::from(proof[0] % 4)];
        writeln!(text, "{},{proof},0.75,{class}", Address::from_word(proof))?;
    }
    Ok(text)
}

//! Batches of the library: whole, carried on after a break, and never paid twice.

use std::collections::BTreeSet;

use alloy::primitives::{Address, B256, U256, keccak256};
use anyhow::{Result, bail};
use datacoop_deploy::{
    Error, Event, Progress, Silent, Stage,
    bindings::{
        IDataCoopRewards::{Entry, areRecordedCall, classCountCall},
        IDataToken::totalSupplyCall,
    },
    chain::{Chain, Sender},
    keys::dev_account,
    record::{BatchMode, BatchOptions, BatchReport, record_batch},
};
use datacoop_tests::{BreakingProxy, Coop};

/// Entries in one transaction: small, so that a batch has many.
const CHUNK: usize = 10;
const TOTAL: usize = 100;

const OPTIONS: BatchOptions =
    BatchOptions { mode: BatchMode::Lenient, chunk: Some(CHUNK), in_flight: 3 };

fn entries() -> Vec<Entry> {
    (0..TOTAL)
        .map(|number| Entry {
            member: Address::from_word(keccak256(number.to_be_bytes())),
            proof: B256::from(U256::from(number + 1)),
            quality: 500_000_000_000_000_000,
            dataClass: u8::try_from(number % 4).unwrap_or_default(),
        })
        .collect()
}

async fn record(chain: &Chain, coop: &Coop, options: &BatchOptions) -> Result<BatchReport, Error> {
    let oracle = Sender::new(chain, dev_account(1)?);
    record_batch(&oracle, coop.rewards.address, &entries(), options, &Silent).await
}

/// Asserts that every entry is on chain once, and paid once.
async fn assert_recorded_once(coop: &Coop) -> Result<()> {
    let proofs = entries().iter().map(|entry| entry.proof).collect();
    assert!(coop.rewards.read(areRecordedCall { proofs }).await?.into_iter().all(|known| known));
    let mut counted = U256::ZERO;
    for class in 0..4 {
        counted += coop.rewards.read(classCountCall { dataClass: class }).await?;
    }
    assert_eq!(counted, U256::from(TOTAL));
    let mut paid = coop.balance(datacoop_tests::GOVERNANCE).await?;
    for entry in entries() {
        paid += coop.balance(entry.member).await?;
    }
    assert_eq!(paid, coop.data.read(totalSupplyCall {}).await?);
    Ok(())
}

#[tokio::test]
async fn a_batch_that_is_run_again_finds_everything_known() -> Result<()> {
    let coop = Coop::start().await?;
    let first = record(&coop.chain, &coop, &OPTIONS).await?;
    assert_eq!((first.recorded, first.known, first.transactions.len()), (TOTAL, 0, TOTAL / CHUNK));
    assert_recorded_once(&coop).await?;
    let second = record(&coop.chain, &coop, &OPTIONS).await?;
    assert_eq!((second.recorded, second.known, second.transactions.len()), (0, TOTAL, 0));
    assert_recorded_once(&coop).await
}

#[tokio::test]
async fn a_batch_is_carried_on_after_the_connection_broke() -> Result<()> {
    let coop = Coop::start().await?;
    for answered in [0, 1, 4] {
        let proxy = BreakingProxy::start(coop.node.port(), answered).await?;
        let through_proxy = Chain::connect(proxy.url()).await?;
        let error = record(&through_proxy, &coop, &OPTIONS).await.unwrap_err();
        assert!(proxy.is_broken());
        match error {
            Error::BatchInterrupted { total, source, .. } => {
                assert_eq!(total, TOTAL);
                assert!(matches!(*source, Error::Unreachable { .. }), "{source}");
            }
            Error::Unreachable { .. } if answered == 0 => {}
            error => bail!("another error: {error}"),
        }
    }
    let report = record(&coop.chain, &coop, &OPTIONS).await?;
    // What was sent before a break is on chain, be it mined before or after the comparison.
    let early = report.known + report.skipped.len();
    assert_eq!(early + report.recorded, TOTAL);
    assert!(early >= 3 * CHUNK, "what was sent before each break is on chain");
    assert!(
        report.skipped.iter().all(|skipped| skipped.error.name == "RewardsProofAlreadyRecorded")
    );
    assert_recorded_once(&coop).await
}

#[tokio::test]
async fn entries_that_are_given_twice_are_paid_once() -> Result<()> {
    let coop = Coop::start().await?;
    let mut doubled = entries();
    doubled.extend(entries());
    let oracle = Sender::new(&coop.chain, dev_account(1)?);
    let report = record_batch(&oracle, coop.rewards.address, &doubled, &OPTIONS, &Silent).await?;
    assert_eq!((report.recorded, report.skipped.len()), (TOTAL, TOTAL));
    let names: BTreeSet<_> = report.skipped.iter().map(|skip| skip.error.name.as_str()).collect();
    assert_eq!(names, BTreeSet::from(["RewardsProofAlreadyRecorded"]));
    assert_recorded_once(&coop).await
}

/// Kills a process when the first transactions of a batch are on chain.
struct KillsAfter<'a> {
    recorded: u64,
    node: &'a str,
}

impl Progress for KillsAfter<'_> {
    fn report(&self, event: Event<'_>) {
        if let Event::Advanced { stage: Stage::Record, done } = event
            && done >= self.recorded
        {
            let killed = std::process::Command::new("kill").args(["-9", self.node]).status();
            assert!(killed.is_ok_and(|status| status.success()), "the node cannot be killed");
        }
    }
}

#[tokio::test]
async fn a_node_killed_in_mid_batch_is_one_clear_error() -> Result<()> {
    let coop = Coop::start().await?;
    let oracle = Sender::new(&coop.chain, dev_account(1)?);
    let pid = coop.node.pid().to_string();
    let killer = KillsAfter { recorded: 3 * CHUNK as u64, node: &pid };
    let options = BatchOptions { in_flight: 1, ..OPTIONS };
    let outcome = record_batch(&oracle, coop.rewards.address, &entries(), &options, &killer).await;
    match outcome.unwrap_err() {
        Error::BatchInterrupted { recorded, total, source } => {
            assert_eq!((recorded, total), (3 * CHUNK, TOTAL));
            assert!(matches!(*source, Error::Unreachable { .. }), "{source}");
        }
        error => bail!("another error: {error}"),
    }
    let error = Chain::connect(&coop.node.url()).await.unwrap_err();
    assert!(matches!(error, Error::Unreachable { .. }), "{error}");
    Ok(())
}

#[tokio::test]
async fn a_strict_batch_with_a_bad_entry_names_it_and_records_nothing() -> Result<()> {
    let coop = Coop::start().await?;
    let mut entries = entries();
    entries.truncate(CHUNK);
    entries[7].quality = 0;
    let oracle = Sender::new(&coop.chain, dev_account(1)?);
    let options = BatchOptions { mode: BatchMode::Strict, ..OPTIONS };
    let outcome = record_batch(&oracle, coop.rewards.address, &entries, &options, &Silent).await;
    match outcome.unwrap_err() {
        Error::Reverted { error, .. } => {
            assert_eq!(error.name, "RewardsBatchEntryFailed");
            assert!(error.text.contains("invalid quality"), "{}", error.text);
            assert_eq!(error.args[0].value, "7");
        }
        error => bail!("another error: {error}"),
    }
    let proofs = entries.iter().map(|entry| entry.proof).collect();
    assert!(!coop.rewards.read(areRecordedCall { proofs }).await?.contains(&true));
    Ok(())
}

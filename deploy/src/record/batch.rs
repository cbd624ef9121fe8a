//! Decides how a batch of contributions is sent, and what is said of it afterwards.

use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

use alloy::primitives::{Address, B256};
use serde::Serialize;

use super::{
    chunk::{Placed, Plan, call, placed},
    known_proofs,
};
use crate::{
    DecodedError, Error, Event, Progress, Stage,
    bindings::IDataCoopRewards::{ContributionScored, ContributionSkipped, Entry},
    chain::{Outgoing, Receipt, Sender},
    decode_error,
};

/// What becomes of a batch with a bad entry.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum BatchMode {
    /// The bad entry is left out, with its reason.
    #[default]
    Lenient,
    /// The transaction with the bad entry is rejected as a whole, and none after it is sent.
    Strict,
}

/// How a batch is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BatchOptions {
    /// What becomes of a batch with a bad entry.
    pub mode: BatchMode,
    /// Contributions in one transaction; as many as fit when none is given.
    pub chunk: Option<usize>,
    /// Transactions that are sent before the first of them is mined; one in a strict batch.
    pub in_flight: usize,
}

impl Default for BatchOptions {
    fn default() -> Self {
        Self { mode: BatchMode::Lenient, chunk: None, in_flight: 4 }
    }
}

/// An entry that the contract left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Skipped {
    /// Its place in the batch that was given, from 0.
    pub index: usize,
    /// Its member.
    pub member: Address,
    /// Its proof.
    pub proof: B256,
    /// Why it was left out.
    pub error: DecodedError,
}

/// A transaction of a batch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BatchTransaction {
    /// Its hash.
    pub transaction: B256,
    /// Its block.
    pub block: u64,
    /// The gas that it used.
    pub gas_used: u64,
    /// The entries that it had.
    pub entries: usize,
    /// How many of them it recorded.
    pub recorded: usize,
}

/// What became of a batch.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BatchReport {
    /// Entries that were given.
    pub total: usize,
    /// Entries that the chain had before.
    pub known: usize,
    /// Entries that were recorded now.
    pub recorded: usize,
    /// Entries that the contract left out.
    pub skipped: Vec<Skipped>,
    /// The transactions, in order.
    pub transactions: Vec<BatchTransaction>,
    /// The gas of all of them.
    pub gas_used: u64,
    /// How long sending and mining took.
    #[serde(serialize_with = "seconds", rename = "seconds")]
    pub elapsed: Duration,
}

impl BatchReport {
    /// Returns how many contributions were recorded in a second.
    #[must_use]
    #[allow(clippy::cast_precision_loss, reason = "a figure for people, far below 2^52")]
    pub fn per_second(&self) -> f64 {
        self.recorded as f64 / self.elapsed.as_secs_f64().max(f64::EPSILON)
    }

    fn add(&mut self, rewards: Address, entries: &[Placed<'_>], receipt: Receipt) {
        let recorded = receipt.events_of::<ContributionScored>(rewards).count();
        for event in receipt.events_of::<ContributionSkipped>(rewards) {
            let place = usize::try_from(event.index).ok().and_then(|at| entries.get(at));
            self.skipped.push(Skipped {
                index: place.map_or(usize::MAX, |(index, _)| *index),
                member: event.member,
                proof: event.proof,
                error: decode_error(&event.reason),
            });
        }
        self.recorded += recorded;
        self.gas_used += receipt.gas_used;
        self.transactions.push(BatchTransaction {
            transaction: receipt.transaction,
            block: receipt.block,
            gas_used: receipt.gas_used,
            entries: entries.len(),
            recorded,
        });
    }
}

fn seconds<S: serde::Serializer>(elapsed: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(elapsed.as_secs_f64())
}

/// A transaction of the batch that was sent.
struct Flying<'a> {
    entries: &'a [Placed<'a>],
    outgoing: Outgoing,
    transaction: B256,
}

/// Records those of `entries` that the chain does not have yet.
///
/// # Errors
///
/// - [`Error::BatchInterrupted`]: it stopped after something was sent; running it again carries
///   on. Its source is one of the following.
/// - [`Error::Reverted`]: a strict batch has a bad entry, or the sender is not the oracle.
/// - The failures of [`Sender::send`].
pub async fn record_batch(
    sender: &Sender,
    rewards: Address,
    entries: &[Entry],
    options: &BatchOptions,
    progress: &dyn Progress,
) -> Result<BatchReport, Error> {
    let proofs: Vec<B256> = entries.iter().map(|entry| entry.proof).collect();
    let known = known_proofs(sender.chain(), rewards, &proofs, progress).await?;
    let open: Vec<Placed<'_>> =
        entries.iter().enumerate().filter(|(index, _)| !known[*index]).collect();
    let mut report = BatchReport {
        total: entries.len(),
        known: entries.len() - open.len(),
        ..BatchReport::default()
    };
    if open.is_empty() {
        return Ok(report);
    }
    let stage = Stage::Record;
    let total = Some(open.len() as u64);
    progress.report(Event::Began { stage, subject: "contributions", total });
    let begun = Instant::now();
    let mut sent = 0;
    let run = Run { sender, rewards, options, progress };
    let result = run.all(&open, &mut sent, &mut report).await;
    report.elapsed = begun.elapsed();
    progress.report(Event::Ended { stage });
    match result {
        Ok(()) => Ok(report),
        Err(error) if sent == 0 => Err(error),
        Err(source) => Err(Error::BatchInterrupted {
            recorded: report.known + report.recorded,
            total: report.total,
            source: Box::new(source),
        }),
    }
}

/// A batch under way.
struct Run<'a> {
    sender: &'a Sender,
    rewards: Address,
    options: &'a BatchOptions,
    progress: &'a dyn Progress,
}

impl Run<'_> {
    async fn all(
        &self,
        open: &[Placed<'_>],
        sent: &mut usize,
        report: &mut BatchReport,
    ) -> Result<(), Error> {
        let strict = self.is_strict();
        let plan = Plan::of(self.sender, self.rewards, open, strict, self.options.chunk).await?;
        // A strict batch ends at its first bad entry: nothing after it may be on its way.
        let in_flight = if strict { 1 } else { self.options.in_flight.max(1) };
        let mut nonce = self.sender.next_nonce().await?;
        let mut flying = VecDeque::new();
        let mut result = Ok(());
        for entries in open.chunks(plan.entries) {
            match self.submit(entries, nonce, plan.gas(entries.len())).await {
                Ok(flown) => flying.push_back(flown),
                Err(error) => {
                    result = Err(error);
                    break;
                }
            }
            nonce += 1;
            *sent += entries.len();
            if flying.len() >= in_flight {
                result = self.land(&mut flying, report).await;
            }
            if result.is_err() {
                break;
            }
        }
        // What was sent may be mined even when something after it failed: it is counted.
        while !flying.is_empty() {
            let landed = self.land(&mut flying, report).await;
            result = result.and(landed);
        }
        result
    }

    async fn submit<'a>(
        &self,
        entries: &'a [Placed<'a>],
        nonce: u64,
        gas: u64,
    ) -> Result<Flying<'a>, Error> {
        let call = call(entries, self.is_strict());
        if self.is_strict() {
            // A simulation tells a bad entry before its transaction is paid for.
            let simulated = self.sender.simulate(self.rewards, &call).await;
            simulated.map_err(|error| placed(error, entries))?;
        }
        let outgoing = Outgoing::call(self.rewards, &call);
        let transaction = self.sender.submit(&outgoing, nonce, gas).await?;
        Ok(Flying { entries, outgoing, transaction })
    }

    /// Waits for the transaction that was sent first.
    async fn land(
        &self,
        flying: &mut VecDeque<Flying<'_>>,
        report: &mut BatchReport,
    ) -> Result<(), Error> {
        let Some(flown) = flying.pop_front() else { return Ok(()) };
        let receipt = self.sender.confirm(&flown.outgoing, flown.transaction).await;
        report.add(
            self.rewards,
            flown.entries,
            receipt.map_err(|error| placed(error, flown.entries))?,
        );
        let done = (report.recorded + report.skipped.len()) as u64;
        self.progress.report(Event::Advanced { stage: Stage::Record, done });
        Ok(())
    }

    fn is_strict(&self) -> bool {
        self.options.mode == BatchMode::Strict
    }
}

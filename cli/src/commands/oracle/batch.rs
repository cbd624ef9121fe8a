//! Decides what `datacoop oracle batch` does: a file of entries comes onto the chain, once.

use std::{
    collections::BTreeMap,
    io::{self, Write},
    path::PathBuf,
};

use alloy::primitives::B256;
use datacoop_deploy::{
    bindings::IDataCoopRewards::Entry,
    chain::Sender,
    record::{BatchMode, BatchOptions, BatchReport, BatchTransaction, record_batch},
};
use datacoop_ingest::read_entries;
use serde::Serialize;

use crate::{
    args::{RpcArgs, SenderArgs},
    cli::after_help,
    output::{Account, Out, Report, pairs, table},
    words,
};

/// How many left-out entries are shown to people; `--json` has all.
const SHOWN: usize = 20;

/// Records the contributions of a file, as many in one transaction as fit.
///
/// The file is CSV with the header `member,proof,quality,data_class`, or NDJSON with these fields.
/// It is read wholly before anything is sent. What the chain has already is left out, so that a
/// batch that was interrupted is carried on by running it again.
#[derive(Debug, clap::Args)]
#[command(after_help = after_help!(
    "datacoop oracle batch entries.csv --from dev:0"
    "datacoop oracle batch entries.ndjson --from keystore:oracle.json --password-file oracle.pw"
    "datacoop oracle batch entries.csv --from dev:0 --strict     nothing after a bad entry"
))]
pub(crate) struct BatchArgs {
    /// The entries: CSV or NDJSON.
    file: PathBuf,

    /// Stop at the first entry that the contract rejects, and record nothing of its transaction.
    /// Without it such entries are left out and listed.
    #[arg(long)]
    strict: bool,

    /// Contributions in one transaction [default: as many as fit]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    chunk: Option<u32>,

    /// Transactions sent before the first of them is mined.
    #[arg(
        long,
        value_name = "N",
        default_value_t = 4,
        value_parser = clap::value_parser!(u32).range(1..=64)
    )]
    in_flight: u32,

    #[command(flatten)]
    wallet: SenderArgs,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Recorded {
    total: usize,
    /// Entries of the file whose proof came before in the same file.
    duplicates: usize,
    /// Entries that the chain had before.
    known: usize,
    recorded: usize,
    skipped: Vec<LeftOut>,
    gas_used: u64,
    seconds: f64,
    per_second: f64,
    transactions: Vec<BatchTransaction>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LeftOut {
    source: String,
    member: Account,
    proof: B256,
    error: String,
    reason: String,
}

impl BatchArgs {
    pub(crate) async fn run(self, rpc: &RpcArgs, out: &Out) -> anyhow::Result<()> {
        let Self { file, strict, chunk, in_flight, wallet } = self;
        let file = read_entries(&file)?;
        if !file.duplicates.is_empty() {
            out.say(format_args!(
                "{} entries have a proof that came before in the file; they are left out",
                file.duplicates.len()
            ));
        }
        let signer = wallet.signer(rpc, out).await?;
        let coop = rpc.coop().await?;
        let sender = Sender::new(&coop.chain, signer);
        let entries: Vec<Entry> = file.entries.iter().map(for_chain).collect();
        let mode = if strict { BatchMode::Strict } else { BatchMode::Lenient };
        let chunk = chunk.map(|chunk| chunk as usize);
        let options = BatchOptions { mode, chunk, in_flight: in_flight as usize };
        let progress = out.progress();
        let report = record_batch(&sender, coop.rewards, &entries, &options, &progress).await?;
        let per_second = report.per_second();
        let BatchReport { total, known, recorded, skipped, transactions, gas_used, elapsed } =
            report;
        let left_out = skipped.into_iter().map(|skipped| LeftOut {
            source: file
                .entries
                .get(skipped.index)
                .map_or_else(String::new, |entry| entry.source.to_string()),
            member: Account(skipped.member),
            proof: skipped.proof,
            reason: words::explain(&skipped.error),
            error: skipped.error.name,
        });
        out.result(&Recorded {
            total,
            duplicates: file.duplicates.len(),
            known,
            recorded,
            skipped: left_out.collect(),
            gas_used,
            seconds: elapsed.as_secs_f64(),
            per_second,
            transactions,
        })
    }
}

/// An entry as the contract takes it.
pub(crate) const fn for_chain(entry: &datacoop_ingest::Entry) -> Entry {
    Entry {
        member: entry.member,
        proof: entry.proof,
        quality: entry.quality.fixed(),
        dataClass: entry.data_class as u8,
    }
}

impl Report for Recorded {
    const COMMAND: &'static str = "oracle batch";

    fn show(&self, to: &mut dyn Write) -> io::Result<()> {
        let Self { total, known, recorded, skipped, gas_used, seconds, per_second, .. } = self;
        let time = format!("{seconds:.1} s, {per_second:.0} a second");
        pairs(
            to,
            &[
                ("entries", total),
                ("known before", known),
                ("recorded", recorded),
                ("left out", &skipped.len()),
                ("transactions", &self.transactions.len()),
                ("gas", gas_used),
                ("time", &time),
            ],
        )?;
        if skipped.is_empty() {
            return Ok(());
        }
        let mut reasons = BTreeMap::<_, usize>::new();
        for left_out in skipped {
            *reasons.entry(&left_out.error).or_default() += 1;
        }
        let mut counts = table(["left out because of", "entries"], &[1]);
        for (reason, count) in reasons {
            counts.add_row([reason.clone(), count.to_string()]);
        }
        let mut rows = table(["left out", "reason"], &[]);
        for LeftOut { source, reason, .. } in skipped.iter().take(SHOWN) {
            rows.add_row([source, reason]);
        }
        writeln!(to, "\n{counts}\n{rows}")?;
        match skipped.len().checked_sub(SHOWN) {
            Some(more @ 1..) => writeln!(to, "and {more} more; --json lists all"),
            _ => Ok(()),
        }
    }
}

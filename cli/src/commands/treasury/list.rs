//! Decides what `datacoop treasury list` shows: transactions that wait, and what became of others.

use std::io::{self, Write};

use alloy::primitives::B256;
use datacoop_deploy::treasury::{Record, SafeTx, State, history};
use serde::Serialize;

use super::{names::Names, place::PlaceArgs, say};
use crate::{
    args::RpcArgs,
    cli::after_help,
    output::{Account, Out, Report, table},
    time::Time,
};

/// Lists the treasury's transactions, newest first: those that wait, and those that were executed,
/// cancelled or voided. What is signed in a file and not sent yet is not on chain.
#[derive(Debug, clap::Args)]
#[command(after_help = after_help!(
    "datacoop treasury list"
    "datacoop treasury list --limit 100 --json"
))]
pub(crate) struct ListArgs {
    /// How many are shown of those that do not wait.
    #[arg(long, value_name = "NUMBER", default_value_t = 20)]
    limit: usize,

    #[command(flatten)]
    place: PlaceArgs,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct List {
    chain_id: u64,
    treasury: Account,
    next_nonce: String,
    transactions: Vec<Row>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    safe_tx_hash: B256,
    state: &'static str,
    /// When it can be executed.
    #[serde(skip_serializing_if = "Option::is_none")]
    ready_at: Option<Time>,
    /// Until when it can be executed.
    #[serde(skip_serializing_if = "Option::is_none")]
    ready_until: Option<Time>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cancelled_by: Option<Account>,
    /// Missing when the chain does not tell.
    #[serde(skip_serializing_if = "Option::is_none")]
    transaction: Option<SafeTx>,
    does: Vec<String>,
    time: Time,
    block: u64,
    sent_in: B256,
}

impl ListArgs {
    pub(crate) async fn run(self, rpc: &RpcArgs, out: &Out) -> anyhow::Result<()> {
        let Self { limit, place } = self;
        let (treasury, names) = place.find(rpc).await?;
        let records = history(&treasury, limit).await?;
        out.result(&List {
            chain_id: treasury.chain().id(),
            treasury: Account(treasury.address()),
            next_nonce: treasury.nonce().await?.to_string(),
            transactions: records
                .into_iter()
                .map(|record| Row::of(record, treasury.address(), &names))
                .collect(),
        })
    }
}

impl Row {
    fn of(record: Record, treasury: alloy::primitives::Address, names: &Names) -> Self {
        let Record { hash, transaction, state, block, time, sent_in } = record;
        let (name, ready_at, ready_until, by) = match state {
            State::Queued { ready_at } => ("queued", Some(ready_at), None, None),
            State::Ready { until } => ("ready", None, Some(until), None),
            State::Expired => ("expired", None, None, None),
            State::Cancelled { by } => ("cancelled", None, None, Some(by)),
            State::Voided => ("voided", None, None, None),
            State::Executed => ("executed", None, None, None),
            State::Failed => ("failed", None, None, None),
        };
        let said = transaction.as_ref().map(|sent| say::transaction(sent, treasury, names));
        Self {
            safe_tx_hash: hash,
            state: name,
            ready_at: ready_at.map(Time),
            ready_until: ready_until.map(Time),
            cancelled_by: by.map(Account),
            does: said.unwrap_or_default(),
            transaction,
            time: Time(time),
            block,
            sent_in,
        }
    }

    /// When its state changes, or when it became what it is.
    fn when(&self) -> String {
        match (self.ready_at, self.ready_until) {
            (Some(time), _) => format!("ready from {time}"),
            (_, Some(time)) => format!("until {time}"),
            _ => self.time.to_string(),
        }
    }
}

impl Report for List {
    const COMMAND: &'static str = "treasury list";

    fn show(&self, to: &mut dyn Write) -> io::Result<()> {
        let mut rows = table(["nonce", "state", "when", "what", "hash"], &[0]);
        for row in &self.transactions {
            let nonce = row.transaction.as_ref().map(|sent| sent.nonce.to_string());
            rows.add_row([
                nonce.unwrap_or_default(),
                row.state.to_owned(),
                row.when(),
                row.does.join("\n"),
                row.safe_tx_hash.to_string(),
            ]);
        }
        writeln!(to, "{rows}")?;
        writeln!(to, "next nonce of {}: {}", self.treasury, self.next_nonce)
    }
}

//! Decides what `datacoop data history` tells: all that happened to a record, and that it adds up.

use std::io::{self, Write};

use alloy::primitives::B256;
use datacoop_deploy::data::{Deed, Step, history};
use serde::Serialize;

use super::registry;
use crate::{
    args::RpcArgs,
    cli::after_help,
    output::{Account, Out, Report, table},
    time::Time,
};

/// Lists all that happened to a record, and checks the chain of hashes that its changes make.
#[derive(Debug, clap::Args)]
#[command(after_help = after_help!(
    "datacoop data history 0x4e03…7d45"
))]
pub(crate) struct HistoryArgs {
    /// The record.
    record: B256,
}

#[derive(Serialize)]
struct Told {
    record: B256,
    head: B256,
    steps: Vec<Row>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    deed: Deed,
    actor: Account,
    at: Time,
    transaction: B256,
    head: Option<B256>,
}

impl HistoryArgs {
    pub(crate) async fn run(self, rpc: &RpcArgs, out: &Out) -> anyhow::Result<()> {
        let Self { record } = self;
        let registry = registry(rpc).await?;
        let steps = history(&registry, record).await?;
        let head = steps.iter().rev().find_map(|step| step.head).unwrap_or_default();
        let row = |Step { deed, actor, at, transaction, head }| {
            let (actor, at) = (Account(actor), Time(at));
            Row { deed, actor, at, transaction, head }
        };
        out.result(&Told { record, head, steps: steps.into_iter().map(row).collect() })
    }
}

/// What a deed is about, for people.
fn about(deed: &Deed) -> String {
    match deed {
        Deed::Registered { owner, pointer, .. } => {
            format!("for {}, at {pointer}", Account(*owner))
        }
        Deed::Offered { candidate: Some(candidate) } => format!("to {}", Account(*candidate)),
        Deed::Transferred { old_owner } => format!("from {}", Account(*old_owner)),
        Deed::Rotated { pointer } => format!("to {pointer}"),
        Deed::Attested | Deed::Offered { candidate: None } | Deed::Erased => String::new(),
    }
}

impl Report for Told {
    const COMMAND: &'static str = "data history";

    fn show(&self, to: &mut dyn Write) -> io::Result<()> {
        let mut rows = table(["when", "what", "by", ""], &[]);
        for Row { deed, actor, at, .. } in &self.steps {
            rows.add_row([at.to_string(), deed.name().to_owned(), actor.to_string(), about(deed)]);
        }
        writeln!(to, "{rows}")?;
        writeln!(to, "The history adds up to the head on chain, {}.", self.head)
    }
}

//! Decides what `datacoop consent log` shows: a member's consents from the first on, each change
//! proved by its receipt.

use std::{
    collections::BTreeMap,
    io::{self, Write},
    path::PathBuf,
};

use alloy::primitives::{Address, B256};
use datacoop_deploy::consent::{Change, Consents, Deed, terms_of};
use serde::Serialize;

use super::view::ScopeView;
use crate::{
    args::RpcArgs,
    cli::after_help,
    exit::ReceiptsBroken,
    output::{Account, Out, Report},
    time::Time,
};

/// Shows every change of a member's consents, and computes each receipt again.
///
/// A receipt is the hash of all that a change says, and of the receipt before it. With `--terms` the
/// changes are named whose terms are these files. Fails when a receipt is another one.
#[derive(Debug, clap::Args)]
#[command(after_help = after_help!(
    "datacoop consent log 0x7099…79C8"
    "datacoop consent log 0x7099…79C8 --terms terms.txt --json"
))]
pub(crate) struct LogArgs {
    /// The member.
    #[arg(value_name = "ADDRESS")]
    subject: Address,

    /// Documents of terms, to be found again in the log.
    #[arg(long, value_name = "FILE")]
    terms: Vec<PathBuf>,
}

#[derive(Serialize)]
struct Log {
    subject: Account,
    changes: Vec<Line>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Line {
    consent: String,
    version: u64,
    deed: Deed,
    at: Time,
    /// What is consented to from then on, or was until then.
    scope: ScopeView,
    /// The document that the terms are, if it was given.
    terms_file: Option<PathBuf>,
    receipt: B256,
    /// Whether the receipt, computed here, is the contract's, and follows on the one before.
    receipt_holds: bool,
    transaction: B256,
}

impl LogArgs {
    pub(crate) async fn run(self, rpc: &RpcArgs, out: &Out) -> anyhow::Result<()> {
        let Self { subject, terms } = self;
        let mut files = BTreeMap::new();
        for path in terms {
            files.insert(terms_of(&path)?, path);
        }
        let (chain, book) = rpc.deployed().await?;
        let consents = Consents::of_book(&chain, &book)?;
        let history = consents.history(subject).await?;
        let broken = history.iter().filter(|change| !change.holds).count();
        if broken > 0 {
            return Err(ReceiptsBroken { broken, of: history.len() }.into());
        }
        let changes = history.iter().map(|change| Line::of(change, &files)).collect();
        out.result(&Log { subject: Account(subject), changes })
    }
}

impl Line {
    fn of(change: &Change, files: &BTreeMap<B256, PathBuf>) -> Self {
        let said = &change.said;
        Self {
            consent: said.consent.to_string(),
            version: said.version,
            deed: change.deed,
            at: Time(said.at),
            scope: ScopeView::from(&said.scope),
            terms_file: files.get(&said.scope.terms).cloned(),
            receipt: change.receipt,
            receipt_holds: change.holds,
            transaction: change.transaction,
        }
    }
}

impl Report for Log {
    const COMMAND: &'static str = "consent log";

    fn show(&self, to: &mut dyn Write) -> io::Result<()> {
        if self.changes.is_empty() {
            return writeln!(to, "{} never consented to anything", self.subject);
        }
        for line in &self.changes {
            let Line { consent, version, deed, at, scope, terms_file, receipt, .. } = line;
            writeln!(to, "{at}  consent {consent}, version {version}: {deed}")?;
            writeln!(to, "    {scope}")?;
            match terms_file {
                Some(file) => writeln!(to, "    terms {}", file.display())?,
                None => writeln!(to, "    terms {}", scope.terms)?,
            }
            writeln!(to, "    receipt {receipt}, computed here too")?;
        }
        let count = self.changes.len();
        writeln!(to, "\nEach of {count} receipts is the hash of its change and of the one before.")
    }
}

//! Decides what `datacoop treasury execute` does: sends what enough owners have signed.

use std::{
    io::{self, Write},
    path::PathBuf,
};

use alloy::primitives::B256;
use datacoop_deploy::{
    DecodedEvent,
    chain::{Receipt, Sender},
    treasury::{Outcome, TransactionFile, execute},
};
use serde::Serialize;

use super::{place::PlaceArgs, say};
use crate::{
    args::{RpcArgs, SenderArgs},
    cli::after_help,
    output::{Account, Out, Report, pairs},
    time::Time,
};

/// Executes a transaction of the treasury that enough owners have signed. Anybody may.
///
/// Signatures are checked against the owners before anything is sent, and the call is simulated.
/// When the treasury has a delay the transaction is queued first; run the same command again when
/// the delay is over. Several files of one transaction have their signatures united.
#[derive(Debug, clap::Args)]
#[command(after_help = after_help!(
    "datacoop treasury execute treasury-7.json --from dev:0"
    "datacoop treasury execute alice.json bob.json --from dev:0     each signed a copy"
))]
pub(crate) struct ExecuteArgs {
    /// The transaction's file.
    #[arg(value_name = "FILE")]
    file: PathBuf,

    /// More files of the same transaction, with other signatures.
    #[arg(value_name = "MORE")]
    more: Vec<PathBuf>,

    #[command(flatten)]
    place: PlaceArgs,

    #[command(flatten)]
    wallet: SenderArgs,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Executed {
    /// `executed` or `queued`.
    state: &'static str,
    treasury: Account,
    safe_tx_hash: B256,
    does: Vec<String>,
    /// When what was queued can be executed.
    #[serde(skip_serializing_if = "Option::is_none")]
    ready_at: Option<Time>,
    #[serde(flatten)]
    receipt: Receipt,
    events: Vec<DecodedEvent>,
}

impl ExecuteArgs {
    pub(crate) async fn run(self, rpc: &RpcArgs, out: &Out) -> anyhow::Result<()> {
        let Self { file, more, place, wallet } = self;
        let file = TransactionFile::read_all(&file, &more)?;
        let signer = wallet.signer(rpc, out).await?;
        let (treasury, names) = place.find(rpc).await?;
        let sender = Sender::new(treasury.chain(), signer);
        let outcome = execute(&treasury, &sender, &file).await?;
        let (state, ready_at, receipt) = match outcome {
            Outcome::Executed(receipt) => ("executed", None, receipt),
            Outcome::Queued { receipt, ready_at } => ("queued", Some(Time(ready_at)), receipt),
        };
        out.result(&Executed {
            state,
            treasury: Account(treasury.address()),
            safe_tx_hash: file.safe_tx_hash,
            does: say::transaction(&file.transaction, file.treasury, &names),
            ready_at,
            events: receipt.events(),
            receipt,
        })
    }
}

impl Report for Executed {
    const COMMAND: &'static str = "treasury execute";

    fn show(&self, to: &mut dyn Write) -> io::Result<()> {
        say::lines(to, &self.does)?;
        let Self { state, treasury, safe_tx_hash, receipt, .. } = self;
        pairs(
            to,
            &[
                ("state", state),
                ("treasury", treasury),
                ("hash", safe_tx_hash),
                ("transaction", &receipt.transaction),
                ("gas", &receipt.gas_used),
            ],
        )?;
        match self.ready_at {
            Some(time) => writeln!(to, "\nnext: run this again from {time} on"),
            None => Ok(()),
        }
    }
}

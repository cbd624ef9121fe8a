//! Decides what `datacoop send` does: submits transactions that were signed elsewhere.

use std::{
    io::{self, Write},
    path::PathBuf,
};

use alloy::primitives::B256;
use datacoop_deploy::offline::{Sending, SentState, SignedFile};
use serde::Serialize;

use crate::{
    args::RpcArgs,
    cli::after_help,
    output::{Account, Out, Report, table},
};

/// Submits the transactions of a file that `--sign-only` wrote, in order, and waits for each.
///
/// The file is checked first: that it says what was signed, by whom, and for this chain. What is
/// mined already is left alone, so a run that was cut off is run again.
#[derive(Debug, clap::Args)]
#[command(after_help = after_help!(
    "datacoop send signed.json"
    "datacoop send signed.json --network arbitrum-sepolia --json"
    "datacoop send signed.json --check             looks at the file, and asks no chain"
))]
pub(crate) struct SendArgs {
    /// The file.
    #[arg(value_name = "FILE")]
    file: PathBuf,

    /// Checks and shows the file alone.
    #[arg(long)]
    check: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Sent {
    chain_id: u64,
    sender: Account,
    transactions: Vec<Line>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Line {
    nonce: u64,
    does: String,
    transaction: B256,
    /// What became of it, unless the file was only checked.
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<SentState>,
    #[serde(skip_serializing_if = "Option::is_none")]
    block: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    gas_used: Option<u64>,
}

impl SendArgs {
    pub(crate) async fn run(self, rpc: &RpcArgs, out: &Out) -> anyhow::Result<()> {
        let Self { file, check } = self;
        let file = SignedFile::read(&file)?;
        let mut lines: Vec<_> = file
            .transactions
            .iter()
            .map(|one| Line {
                nonce: one.nonce,
                does: one.call.clone().unwrap_or_else(|| one.does.clone()),
                transaction: one.hash,
                state: None,
                block: None,
                gas_used: None,
            })
            .collect();
        let (chain_id, sender) = (file.chain_id, Account(file.sender));
        if !check {
            let sending = Sending::new(&rpc.connect().await?, file)?;
            let outcomes = sending.run(&out.progress()).await?;
            for (line, (state, receipt)) in lines.iter_mut().zip(outcomes) {
                line.state = Some(state);
                line.block = Some(receipt.block);
                line.gas_used = Some(receipt.gas_used);
            }
        }
        out.result(&Sent { chain_id, sender, transactions: lines })
    }
}

impl Report for Sent {
    const COMMAND: &'static str = "send";

    fn show(&self, to: &mut dyn Write) -> io::Result<()> {
        let mut table = table(["nonce", "does", "transaction", "state"], &[0]);
        for line in &self.transactions {
            let state = match line.state {
                Some(SentState::Sent) => "sent",
                Some(SentState::AlreadyMined) => "mined before",
                None => "not sent",
            };
            let (nonce, hash) = (line.nonce.to_string(), line.transaction.to_string());
            table.add_row([nonce, line.does.clone(), hash, state.to_owned()]);
        }
        writeln!(to, "{table}")?;
        writeln!(to, "sender {} on chain {}", self.sender, self.chain_id)
    }
}

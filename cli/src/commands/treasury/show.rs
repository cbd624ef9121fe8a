//! Decides what `datacoop treasury show` shows: what a transaction's file would have signed.

use std::{
    io::{self, Write},
    path::PathBuf,
};

use alloy::primitives::B256;
use datacoop_deploy::treasury::{OwnerSignature, SafeTx, TransactionFile};
use serde::Serialize;

use super::{names::Names, say};
use crate::{
    args::RpcArgs,
    cli::after_help,
    output::{Account, Out, Report, pairs},
};

/// Shows a transaction of the treasury in its file, in words, and who has signed it. Needs neither
/// chain nor key; a file whose hash or signatures are not true is refused.
#[derive(Debug, clap::Args)]
#[command(after_help = after_help!(
    "datacoop treasury show treasury-7.json"
    "datacoop treasury show treasury-7.json --json"
))]
pub(crate) struct ShowArgs {
    /// The transaction's file.
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown {
    chain_id: u64,
    treasury: Account,
    safe_tx_hash: B256,
    does: Vec<String>,
    transaction: SafeTx,
    signatures: Vec<OwnerSignature>,
}

impl ShowArgs {
    pub(crate) fn run(self, rpc: &RpcArgs, out: &Out) -> anyhow::Result<()> {
        let Self { file } = self;
        let file = TransactionFile::read(&file)?;
        let names =
            rpc.book_path_of(file.chain_id).map(|path| Names::read(&path)).unwrap_or_default();
        out.result(&Shown {
            chain_id: file.chain_id,
            treasury: Account(file.treasury),
            safe_tx_hash: file.safe_tx_hash,
            does: say::transaction(&file.transaction, file.treasury, &names),
            transaction: file.transaction,
            signatures: file.signatures,
        })
    }
}

impl Report for Shown {
    const COMMAND: &'static str = "treasury show";

    fn show(&self, to: &mut dyn Write) -> io::Result<()> {
        say::lines(to, &self.does)?;
        let SafeTx { to: target, value, data, operation, nonce, .. } = &self.transaction;
        let signers: Vec<_> =
            self.signatures.iter().map(|signature| Account(signature.owner).to_string()).collect();
        let signers = if signers.is_empty() { "none".to_owned() } else { signers.join(" ") };
        pairs(
            to,
            &[
                ("treasury", &self.treasury),
                ("chain", &self.chain_id),
                ("nonce", nonce),
                ("to", &Account(*target)),
                ("value in wei", value),
                ("data", data),
                ("operation", &u8::from(*operation)),
                ("hash", &self.safe_tx_hash),
                ("signatures", &signers),
            ],
        )
    }
}

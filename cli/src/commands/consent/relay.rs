//! Decides what `datacoop consent relay` does: anybody submits what a subject signed.

use std::{
    io::{self, Write},
    path::PathBuf,
};

use datacoop_deploy::{
    chain::Sender,
    consent::{Consents, SignedConsent},
};
use serde::Serialize;

use super::view::Changed;
use crate::{
    args::{RpcArgs, SenderArgs},
    cli::after_help,
    output::{Out, Report},
};

/// Submits changes of consents that their subjects signed, and pays for them.
///
/// All files are read before the first is submitted. Changes of one subject go in the order of their
/// nonces.
#[derive(Debug, clap::Args)]
#[command(after_help = after_help!(
    "datacoop consent relay signed.json --from dev:0"
    "datacoop consent relay first.json second.json --from dev:0"
))]
pub(crate) struct RelayArgs {
    /// The signed changes, as `datacoop consent sign` wrote them.
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,

    #[command(flatten)]
    wallet: SenderArgs,
}

#[derive(Serialize)]
struct Relayed {
    changes: Vec<Changed>,
}

impl RelayArgs {
    pub(crate) async fn run(self, rpc: &RpcArgs, out: &Out) -> anyhow::Result<()> {
        let Self { files, wallet } = self;
        let signer = wallet.signer(rpc, out).await?;
        let mut signed = Vec::with_capacity(files.len());
        for path in files {
            signed.push((SignedConsent::read(&path)?, path));
        }
        signed.sort_by_key(|(signed, _)| (signed.subject, signed.nonce));
        let (chain, book) = rpc.deployed().await?;
        let consents = Consents::of_book(&chain, &book)?;
        let sender = Sender::new(&chain, signer);
        let mut changes = Vec::with_capacity(signed.len());
        for (signed, path) in &signed {
            let outgoing = consents.relay(path, signed).await?;
            changes.push(Changed::send(&consents, &sender, &outgoing).await?);
        }
        out.result(&Relayed { changes })
    }
}

impl Report for Relayed {
    const COMMAND: &'static str = "consent relay";

    fn show(&self, to: &mut dyn Write) -> io::Result<()> {
        for (index, change) in self.changes.iter().enumerate() {
            if index > 0 {
                writeln!(to)?;
            }
            change.show(to)?;
        }
        Ok(())
    }
}

//! Decides what `datacoop status` shows: how far a deployment is, and how long its programs live.

use std::io::{self, Write};

use datacoop_deploy::{
    calendar::write_utc,
    deploy::{self, Progressed, Status},
};
use serde::Serialize;

use super::{ether, link};
use crate::{
    args::RpcArgs,
    cli::after_help,
    output::{Account, Out, Report, pairs, table},
};

/// Shows how far the deployment to a chain is, what is under way, and what is there. Changes nothing.
#[derive(Debug, clap::Args)]
#[command(after_help = after_help!(
    "datacoop status                        of the local chain"
    "datacoop status --network arbitrum --json"
))]
pub(crate) struct StatusArgs {}

#[derive(Serialize)]
struct Shown(Status);

impl StatusArgs {
    pub(crate) async fn run(self, rpc: &RpcArgs, out: &Out) -> anyhow::Result<()> {
        let Self {} = self;
        let chain = rpc.connect().await?;
        let path = rpc.book_path(&chain)?;
        out.result(&Shown(deploy::status(&chain, &path).await?))
    }
}

impl Report for Shown {
    const COMMAND: &'static str = "status";

    fn show(&self, to: &mut dyn Write) -> io::Result<()> {
        let Status { chain_id, progress, deployer, balance, under_way, contracts } = &self.0;
        let state = match progress {
            Progressed::NotBegun => "nothing is deployed".to_owned(),
            Progressed::Interrupted { confirmed } => {
                format!("interrupted after {confirmed} transactions; `datacoop resume` carries on")
            }
            Progressed::Complete => "complete".to_owned(),
        };
        pairs(to, &[("chain", chain_id), ("deployment", &state)])?;
        if let Some(deployer) = deployer {
            pairs(to, &[("deployer", &Account(*deployer)), ("has", &ether(*balance))])?;
        }
        for transaction in under_way {
            let (step, nonce, hash) =
                (&transaction.title, transaction.nonce, transaction.transaction);
            writeln!(to, "under way   {step}: nonce {nonce}, {hash}")?;
        }
        if contracts.is_empty() {
            return Ok(());
        }
        let mut rows = table(["contract", "address", "code", "expires"], &[]);
        for contract in contracts {
            let code = if contract.is_there { "there" } else { "missing" };
            let expires = contract.expires_at.map_or_else(|| "never".to_owned(), write_utc);
            let address = link(*chain_id, contract.address);
            rows.add_row([contract.name.clone(), address, code.to_owned(), expires]);
        }
        writeln!(to, "\n{rows}")
    }
}

//! Decides what `datacoop token allowance` shows: what one account may spend of another's DATA.

use std::io::{self, Write};

use alloy::primitives::Address;
use datacoop_deploy::bindings::IDataToken::allowanceCall;
use serde::Serialize;

use crate::{
    amount::Amount,
    args::RpcArgs,
    cli::after_help,
    output::{Account, Out, Report},
};

/// Shows how much of an account's DATA another account may spend.
#[derive(Debug, clap::Args)]
#[command(after_help = after_help!(
    "datacoop token allowance --owner 0x7099…79C8 --spender 0x3C44…93BC"
))]
pub(crate) struct AllowanceArgs {
    /// The account that holds the DATA.
    #[arg(long, value_name = "ADDRESS")]
    owner: Address,

    /// The account that may spend it.
    #[arg(long, value_name = "ADDRESS")]
    spender: Address,
}

#[derive(Serialize)]
struct Allowance {
    owner: Account,
    spender: Account,
    allowance: Amount,
}

impl AllowanceArgs {
    pub(crate) async fn run(self, rpc: &RpcArgs, out: &Out) -> anyhow::Result<()> {
        let Self { owner, spender } = self;
        let coop = rpc.coop().await?;
        let allowance = coop.chain.read(coop.token, &allowanceCall { owner, spender }).await?;
        let (owner, spender) = (Account(owner), Account(spender));
        out.result(&Allowance { owner, spender, allowance: Amount(allowance) })
    }
}

impl Report for Allowance {
    const COMMAND: &'static str = "token allowance";

    fn show(&self, to: &mut dyn Write) -> io::Result<()> {
        writeln!(to, "{}", self.allowance)
    }
}

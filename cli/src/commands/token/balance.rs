//! Decides what `datacoop token balance` shows: what accounts hold.

use std::io::{self, Write};

use alloy::primitives::Address;
use datacoop_deploy::bindings::IDataToken::balanceOfCall;
use serde::Serialize;

use crate::{
    amount::Amount,
    args::RpcArgs,
    cli::after_help,
    output::{Account, Out, Report},
};

/// Shows how much DATA accounts hold.
#[derive(Debug, clap::Args)]
#[command(after_help = after_help!(
    "datacoop token balance 0x7099…79C8"
    "datacoop token balance 0x7099…79C8 0x3C44…93BC --json"
))]
pub(crate) struct BalanceArgs {
    /// The accounts.
    #[arg(required = true, value_name = "ADDRESS")]
    accounts: Vec<Address>,
}

#[derive(Serialize)]
struct Balances {
    balances: Vec<Balance>,
}

#[derive(Serialize)]
struct Balance {
    account: Account,
    balance: Amount,
}

impl BalanceArgs {
    pub(crate) async fn run(self, rpc: &RpcArgs, out: &Out) -> anyhow::Result<()> {
        let Self { accounts } = self;
        let coop = rpc.coop().await?;
        let mut balances = Vec::with_capacity(accounts.len());
        for account in accounts {
            let balance = Amount(coop.chain.read(coop.token, &balanceOfCall { account }).await?);
            balances.push(Balance { account: Account(account), balance });
        }
        out.result(&Balances { balances })
    }
}

impl Report for Balances {
    const COMMAND: &'static str = "token balance";

    fn show(&self, to: &mut dyn Write) -> io::Result<()> {
        self.balances
            .iter()
            .try_for_each(|Balance { account, balance }| writeln!(to, "{account}  {balance}"))
    }
}

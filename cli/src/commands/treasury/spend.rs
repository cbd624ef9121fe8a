//! Decides what `datacoop treasury spend` does: pays inside of the limit of the account that signs.

use std::io::{self, Write};

use alloy::primitives::Address;
use datacoop_deploy::{
    DecodedEvent,
    bindings::ITreasury::spendCall,
    chain::{Receipt, Sender},
};
use serde::Serialize;

use super::{place::PlaceArgs, token};
use crate::{
    args::{RpcArgs, SenderArgs},
    cli::after_help,
    output::{Account, Out, Report, pairs},
};

/// Pays from the treasury without its owners, inside of the limit that they or governance set for
/// the account that signs (`treasury propose --set-limit`), and of its budget line.
#[derive(Debug, clap::Args)]
#[command(after_help = after_help!(
    "datacoop treasury spend 20 DATA --to 0x… --from dev:4"
    "datacoop treasury spend 0.5 ETH --to 0x… --from keystore:spender.json"
))]
pub(crate) struct SpendArgs {
    /// How much, in the token's unit.
    #[arg(value_name = "AMOUNT")]
    amount: String,

    /// Of what: DATA, GOV, ETH or the token's address.
    #[arg(value_name = "TOKEN")]
    token: String,

    /// Who is paid.
    #[arg(long, value_name = "ADDRESS")]
    to: Address,

    #[command(flatten)]
    place: PlaceArgs,

    #[command(flatten)]
    wallet: SenderArgs,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Spent {
    treasury: Account,
    spender: Account,
    token: Account,
    to: Account,
    amount: String,
    /// The amount in the token's smallest unit.
    units: String,
    #[serde(flatten)]
    receipt: Receipt,
    events: Vec<DecodedEvent>,
}

impl SpendArgs {
    pub(crate) async fn run(self, rpc: &RpcArgs, out: &Out) -> anyhow::Result<()> {
        let Self { amount: text, token, to, place, wallet } = self;
        let signer = wallet.signer(rpc, out).await?;
        let (treasury, names) = place.find(rpc).await?;
        let token = token::find(&token, &names)?;
        let amount = token::amount(&text, token, treasury.chain(), &names).await?;
        let sender = Sender::new(treasury.chain(), signer);
        let receipt = sender.call(treasury.address(), &spendCall { token, to, amount }).await?;
        out.result(&Spent {
            treasury: Account(treasury.address()),
            spender: Account(sender.address()),
            token: Account(token),
            to: Account(to),
            amount: names.amount(token, amount),
            units: amount.to_string(),
            events: receipt.events(),
            receipt,
        })
    }
}

impl Report for Spent {
    const COMMAND: &'static str = "treasury spend";

    fn show(&self, to: &mut dyn Write) -> io::Result<()> {
        pairs(
            to,
            &[
                ("treasury", &self.treasury),
                ("paid", &self.amount),
                ("to", &self.to),
                ("transaction", &self.receipt.transaction),
                ("gas", &self.receipt.gas_used),
            ],
        )
    }
}

//! Decides what the commands do that send one transaction to DATA and show its receipt.

use std::io::{self, Write};

use alloy::{primitives::Address, sol_types::SolCall};
use datacoop_deploy::{
    DecodedEvent,
    bindings::IDataToken::{approveCall, burnCall, mintCall, transferCall},
    chain::{Receipt, Sender},
};
use serde::Serialize;

use crate::{
    amount::Amount,
    args::{RpcArgs, SenderArgs},
    cli::after_help,
    output::{Account, Out, Report, pairs},
};

/// Sends DATA to an account.
#[derive(Debug, clap::Args)]
#[command(after_help = after_help!(
    "datacoop token transfer --to 0x7099…79C8 --amount 12.5 --from dev:0"
))]
pub(crate) struct TransferArgs {
    /// Who receives it.
    #[arg(long, value_name = "ADDRESS")]
    to: Address,

    #[command(flatten)]
    send: SendArgs,
}

/// Allows an account to spend DATA of the signer.
#[derive(Debug, clap::Args)]
#[command(after_help = after_help!(
    "datacoop token approve --spender 0x7099…79C8 --amount 100 --from dev:0"
    "datacoop token approve --spender 0x7099…79C8 --amount 0 --from dev:0     takes it back"
))]
pub(crate) struct ApproveArgs {
    /// Who may spend it.
    #[arg(long, value_name = "ADDRESS")]
    spender: Address,

    #[command(flatten)]
    send: SendArgs,
}

/// Mints DATA, within the emission cap. The signer must hold the minter role.
#[derive(Debug, clap::Args)]
#[command(after_help = after_help!(
    "datacoop token mint --to 0x7099…79C8 --amount 1000 --from dev:0"
))]
pub(crate) struct MintArgs {
    /// Who receives it.
    #[arg(long, value_name = "ADDRESS")]
    to: Address,

    #[command(flatten)]
    send: SendArgs,
}

/// Burns DATA of the signer.
#[derive(Debug, clap::Args)]
#[command(after_help = after_help!(
    "datacoop token burn --amount 0.5 --from dev:0"
))]
pub(crate) struct BurnArgs {
    #[command(flatten)]
    send: SendArgs,
}

/// How much, and who signs.
#[derive(Debug, clap::Args)]
struct SendArgs {
    /// How much, in DATA, with up to 18 decimals.
    #[arg(long, value_name = "DATA")]
    amount: Amount,

    #[command(flatten)]
    wallet: SenderArgs,
}

/// A transaction that was mined.
#[derive(Serialize)]
struct Sent<const COMMAND: usize> {
    from: Account,
    amount: Amount,
    #[serde(flatten)]
    receipt: Receipt,
    events: Vec<DecodedEvent>,
}

/// The commands of this file, as their documents carry them.
const COMMANDS: [&str; 4] = ["token transfer", "token approve", "token mint", "token burn"];

impl TransferArgs {
    pub(crate) async fn run(self, rpc: &RpcArgs, out: &Out) -> anyhow::Result<()> {
        let Self { to, send } = self;
        let value = send.amount.0;
        send.run::<0>(&transferCall { to, value }, rpc, out).await
    }
}

impl ApproveArgs {
    pub(crate) async fn run(self, rpc: &RpcArgs, out: &Out) -> anyhow::Result<()> {
        let Self { spender, send } = self;
        let value = send.amount.0;
        send.run::<1>(&approveCall { spender, value }, rpc, out).await
    }
}

impl MintArgs {
    pub(crate) async fn run(self, rpc: &RpcArgs, out: &Out) -> anyhow::Result<()> {
        let Self { to, send } = self;
        let amount = send.amount.0;
        send.run::<2>(&mintCall { to, amount }, rpc, out).await
    }
}

impl BurnArgs {
    pub(crate) async fn run(self, rpc: &RpcArgs, out: &Out) -> anyhow::Result<()> {
        let Self { send } = self;
        let value = send.amount.0;
        send.run::<3>(&burnCall { value }, rpc, out).await
    }
}

impl SendArgs {
    async fn run<const COMMAND: usize>(
        self,
        call: &impl SolCall,
        rpc: &RpcArgs,
        out: &Out,
    ) -> anyhow::Result<()> {
        let Self { amount, wallet } = self;
        let signer = wallet.signer(rpc, out).await?;
        let coop = rpc.coop().await?;
        let sender = Sender::new(&coop.chain, signer);
        let receipt = sender.call(coop.token, call).await?;
        let events = receipt.events();
        out.result(&Sent::<COMMAND> { from: Account(sender.address()), amount, receipt, events })
    }
}

impl<const COMMAND: usize> Report for Sent<COMMAND> {
    const COMMAND: &'static str = COMMANDS[COMMAND];

    fn show(&self, to: &mut dyn Write) -> io::Result<()> {
        let Self { from, amount, receipt, .. } = self;
        let amount = format!("{amount} DATA");
        pairs(
            to,
            &[
                ("from", from),
                ("amount", &amount),
                ("transaction", &receipt.transaction),
                ("gas", &receipt.gas_used),
            ],
        )
    }
}

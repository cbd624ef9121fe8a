//! Decides which commands there are for DATA.

mod allowance;
mod balance;
mod info;
mod permit;
mod send;

use clap::Subcommand;

use crate::{args::RpcArgs, cli::after_help, output::Out};

#[derive(Debug, Subcommand)]
#[command(after_help = after_help!(
    "datacoop token info"
    "datacoop token transfer --to 0x7099…79C8 --amount 12.5 --from dev:0"
))]
pub(crate) enum TokenCommand {
    Info(info::InfoArgs),
    Balance(balance::BalanceArgs),
    Allowance(allowance::AllowanceArgs),
    Transfer(send::TransferArgs),
    Approve(send::ApproveArgs),
    Mint(send::MintArgs),
    Burn(send::BurnArgs),
    Permit(permit::PermitArgs),
}

impl TokenCommand {
    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::Info(_) => "token info",
            Self::Balance(_) => "token balance",
            Self::Allowance(_) => "token allowance",
            Self::Transfer(_) => "token transfer",
            Self::Approve(_) => "token approve",
            Self::Mint(_) => "token mint",
            Self::Burn(_) => "token burn",
            Self::Permit(_) => "token permit",
        }
    }

    pub(crate) async fn run(self, rpc: &RpcArgs, out: &Out) -> anyhow::Result<()> {
        match self {
            Self::Info(args) => args.run(rpc, out).await,
            Self::Balance(args) => args.run(rpc, out).await,
            Self::Allowance(args) => args.run(rpc, out).await,
            Self::Transfer(args) => args.run(rpc, out).await,
            Self::Approve(args) => args.run(rpc, out).await,
            Self::Mint(args) => args.run(rpc, out).await,
            Self::Burn(args) => args.run(rpc, out).await,
            Self::Permit(args) => args.run(rpc, out).await,
        }
    }
}

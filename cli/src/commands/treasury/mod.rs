//! Decides which commands there are for the treasury.

mod actions;
mod cancel;
mod execute;
mod limits;
mod list;
pub(super) mod names;
mod owners;
mod period;
mod place;
mod propose;
pub(super) mod say;
mod show;
mod sign;
mod spend;
mod token;

use clap::Subcommand;

use crate::{args::RpcArgs, cli::after_help, output::Out};

#[derive(Debug, Subcommand)]
#[command(after_help = after_help!(
    "datacoop treasury propose --pay 100 DATA --to 0x7099…79C8"
    "datacoop treasury sign treasury-0.json --from keystore:alice.json"
    "datacoop treasury execute treasury-0.json --from dev:0"
))]
pub(crate) enum TreasuryCommand {
    Propose(Box<propose::ProposeArgs>),
    Sign(sign::SignArgs),
    Show(show::ShowArgs),
    Execute(execute::ExecuteArgs),
    Cancel(cancel::CancelArgs),
    Spend(spend::SpendArgs),
    List(list::ListArgs),
    Owners(owners::OwnersArgs),
    Limits(limits::LimitsArgs),
}

impl TreasuryCommand {
    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::Propose(_) => "treasury propose",
            Self::Sign(_) => "treasury sign",
            Self::Show(_) => "treasury show",
            Self::Execute(_) => "treasury execute",
            Self::Cancel(_) => "treasury cancel",
            Self::Spend(_) => "treasury spend",
            Self::List(_) => "treasury list",
            Self::Owners(_) => "treasury owners",
            Self::Limits(_) => "treasury limits",
        }
    }

    pub(crate) async fn run(self, rpc: &RpcArgs, out: &Out) -> anyhow::Result<()> {
        match self {
            Self::Propose(args) => args.run(rpc, out).await,
            Self::Sign(args) => args.run(rpc, out).await,
            Self::Show(args) => args.run(rpc, out),
            Self::Execute(args) => args.run(rpc, out).await,
            Self::Cancel(args) => args.run(rpc, out).await,
            Self::Spend(args) => args.run(rpc, out).await,
            Self::List(args) => args.run(rpc, out).await,
            Self::Owners(args) => args.run(rpc, out).await,
            Self::Limits(args) => args.run(rpc, out).await,
        }
    }
}

//! Decides which commands there are for what data earned, and what they have in common.

mod claim;
mod show;
mod sources;

use clap::Subcommand;

use crate::{args::RpcArgs, cli::after_help, output::Out};

#[derive(Debug, Subcommand)]
#[command(after_help = after_help!(
    "datacoop revenue show --manifest edition-1.1.json"
    "datacoop revenue claim --all --manifest edition-1.1.json --from dev:0"
))]
pub(crate) enum RevenueCommand {
    Show(show::ShowArgs),
    Claim(Box<claim::ClaimArgs>),
}

impl RevenueCommand {
    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::Show(_) => "revenue show",
            Self::Claim(_) => "revenue claim",
        }
    }

    pub(crate) async fn run(self, rpc: &RpcArgs, out: &Out) -> anyhow::Result<()> {
        match self {
            Self::Show(args) => args.run(rpc, out).await,
            Self::Claim(args) => args.run(rpc, out).await,
        }
    }
}

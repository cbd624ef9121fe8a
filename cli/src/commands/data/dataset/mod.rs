//! Decides which commands there are for datasets.

mod create;
mod publish;
mod show;

use clap::Subcommand;

use crate::{args::RpcArgs, cli::after_help, output::Out};

#[derive(Debug, Subcommand)]
#[command(after_help = after_help!(
    "datacoop data dataset create heart --class clinical --purposes academic --from dev:1"
    "datacoop data dataset show heart"
))]
pub(crate) enum DatasetCommand {
    Create(create::CreateArgs),
    Publish(publish::PublishArgs),
    Show(show::ShowArgs),
}

impl DatasetCommand {
    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::Create(_) => "data dataset create",
            Self::Publish(_) => "data dataset publish",
            Self::Show(_) => "data dataset show",
        }
    }

    pub(crate) async fn run(self, rpc: &RpcArgs, out: &Out) -> anyhow::Result<()> {
        match self {
            Self::Create(args) => args.run(rpc, out).await,
            Self::Publish(args) => args.run(rpc, out).await,
            Self::Show(args) => args.run(rpc, out).await,
        }
    }
}

//! Decides which commands there are for keys.

mod address;
mod create;
mod import;
mod list;
mod view;

use clap::Subcommand;

use crate::{args::RpcArgs, cli::after_help, output::Out};

#[derive(Debug, Subcommand)]
#[command(after_help = after_help!(
    "datacoop key create deployer"
    "datacoop key list"
))]
pub(crate) enum KeyCommand {
    Create(create::CreateArgs),
    Import(import::ImportArgs),
    List(list::ListArgs),
    Address(address::AddressArgs),
}

impl KeyCommand {
    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::Create(_) => "key create",
            Self::Import(_) => "key import",
            Self::List(_) => "key list",
            Self::Address(_) => "key address",
        }
    }

    pub(crate) async fn run(self, rpc: &RpcArgs, out: &Out) -> anyhow::Result<()> {
        match self {
            Self::Create(args) => args.run(rpc, out),
            Self::Import(args) => args.run(rpc, out),
            Self::List(args) => args.run(rpc, out),
            Self::Address(args) => args.run(rpc, out).await,
        }
    }
}

//! Decides which commands there are for consents: given, changed, proved, signed, relayed, imported.

mod change;
mod check;
mod import;
mod log;
mod relay;
mod show;
mod sign;
mod terms;
mod view;

use clap::Subcommand;

use crate::{args::RpcArgs, cli::after_help, output::Out};

#[derive(Debug, Subcommand)]
#[command(after_help = after_help!(
    "datacoop consent grant --class genomic --purpose academic --to role:researcher --until '90 days' --terms terms.txt --from dev:3"
    "datacoop consent log 0x7099…79C8"
))]
pub(crate) enum ConsentCommand {
    Grant(change::GrantArgs),
    Amend(change::AmendArgs),
    Revoke(change::RevokeArgs),
    Show(show::ShowArgs),
    Check(check::CheckArgs),
    Log(log::LogArgs),
    /// Signs a change of a consent and sends nothing: anybody submits it with `consent relay`.
    #[command(subcommand)]
    Sign(sign::SignCommand),
    Relay(relay::RelayArgs),
    Import(import::ImportArgs),
}

impl ConsentCommand {
    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::Grant(_) => "consent grant",
            Self::Amend(_) => "consent amend",
            Self::Revoke(_) => "consent revoke",
            Self::Show(_) => "consent show",
            Self::Check(_) => "consent check",
            Self::Log(_) => "consent log",
            Self::Sign(command) => command.name(),
            Self::Relay(_) => "consent relay",
            Self::Import(_) => "consent import",
        }
    }

    pub(crate) async fn run(self, rpc: &RpcArgs, out: &Out) -> anyhow::Result<()> {
        match self {
            Self::Grant(args) => args.run(rpc, out).await,
            Self::Amend(args) => args.run(rpc, out).await,
            Self::Revoke(args) => args.run(rpc, out).await,
            Self::Show(args) => args.run(rpc, out).await,
            Self::Check(args) => args.run(rpc, out).await,
            Self::Log(args) => args.run(rpc, out).await,
            Self::Sign(command) => command.run(rpc, out).await,
            Self::Relay(args) => args.run(rpc, out).await,
            Self::Import(args) => args.run(rpc, out).await,
        }
    }
}

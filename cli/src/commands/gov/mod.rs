//! Decides which commands there are for governing: proposals from their words to their execution.

mod actions;
mod delegate;
mod list;
mod propose;
mod show;
mod simulate;
mod steps;
pub(super) mod view;
mod vote;

use clap::Subcommand;

use crate::{args::RpcArgs, cli::after_help, output::Out};

#[derive(Debug, Subcommand)]
#[command(after_help = after_help!(
    "datacoop gov propose -a 'set rewards.cooldown to 5 days' --description 'Shorter cooldown' --from dev:0"
    "datacoop gov show latest"
    "datacoop gov vote latest for --from dev:0"
))]
pub(crate) enum GovCommand {
    Propose(propose::ProposeArgs),
    List(list::ListArgs),
    Show(show::ShowArgs),
    Vote(vote::VoteArgs),
    Queue(steps::QueueArgs),
    Execute(steps::ExecuteArgs),
    Cancel(steps::CancelArgs),
    Delegate(delegate::DelegateArgs),
    Simulate(simulate::SimulateArgs),
}

impl GovCommand {
    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::Propose(_) => "gov propose",
            Self::List(_) => "gov list",
            Self::Show(_) => "gov show",
            Self::Vote(_) => "gov vote",
            Self::Queue(_) => "gov queue",
            Self::Execute(_) => "gov execute",
            Self::Cancel(_) => "gov cancel",
            Self::Delegate(_) => "gov delegate",
            Self::Simulate(_) => "gov simulate",
        }
    }

    pub(crate) async fn run(self, rpc: &RpcArgs, out: &Out) -> anyhow::Result<()> {
        match self {
            Self::Propose(args) => args.run(rpc, out).await,
            Self::List(args) => args.run(rpc, out).await,
            Self::Show(args) => args.run(rpc, out).await,
            Self::Vote(args) => args.run(rpc, out).await,
            Self::Queue(args) => args.run(rpc, out).await,
            Self::Execute(args) => args.run(rpc, out).await,
            Self::Cancel(args) => args.run(rpc, out).await,
            Self::Delegate(args) => args.run(rpc, out).await,
            Self::Simulate(args) => args.run(rpc, out).await,
        }
    }
}

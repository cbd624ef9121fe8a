//! Decides what `datacoop gov queue`, `execute` and `cancel` do: the steps after the vote.

use std::io::{self, Write};

use alloy::sol_types::SolCall;
use datacoop_deploy::{
    DecodedEvent,
    bindings::{
        IGovernor::{ProposalQueued, cancelCall, executeCall, queueCall},
        ITreasury::ExecutionFromModuleFailure,
    },
    chain::{Receipt, Sender},
    governance::{Dao, Next, Place, Proposal},
};
use serde::Serialize;

use crate::{
    args::{RpcArgs, SenderArgs},
    cli::after_help,
    output::{Account, Out, Report, pairs},
    time::Time,
};

/// Queues a proposal that has passed in the timelock. Anybody may.
#[derive(Debug, clap::Args)]
#[command(after_help = after_help!("datacoop gov queue latest --from dev:0"))]
pub(crate) struct QueueArgs {
    #[command(flatten)]
    step: StepArgs,
}

/// Executes a proposal whose delay is over. Anybody may.
#[derive(Debug, clap::Args)]
#[command(after_help = after_help!("datacoop gov execute latest --from dev:0"))]
pub(crate) struct ExecuteArgs {
    #[command(flatten)]
    step: StepArgs,
}

/// Cancels a proposal: its proposer before the vote, the guardian until it is executed.
#[derive(Debug, clap::Args)]
#[command(after_help = after_help!("datacoop gov cancel latest --from dev:0"))]
pub(crate) struct CancelArgs {
    #[command(flatten)]
    step: StepArgs,
}

/// Which proposal, and who pays.
#[derive(Debug, clap::Args)]
struct StepArgs {
    /// The proposal's id, the beginning of it, or `latest`.
    #[arg(value_name = "ID")]
    proposal: String,

    #[command(flatten)]
    wallet: SenderArgs,
}

/// A step that was taken.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Stepped<const COMMAND: usize> {
    proposal: String,
    from: Account,
    /// When the proposal can be executed, once it is queued.
    eta: Option<Time>,
    /// Calls that the treasury was to make and that failed.
    failed_payments: usize,
    #[serde(flatten)]
    receipt: Receipt,
    events: Vec<DecodedEvent>,
}

/// The commands of this file, as their documents carry them.
const COMMANDS: [&str; 3] = ["gov queue", "gov execute", "gov cancel"];

impl QueueArgs {
    pub(crate) async fn run(self, rpc: &RpcArgs, out: &Out) -> anyhow::Result<()> {
        let (dao, proposal, sender) = self.step.find(rpc, out).await?;
        dao.expect_next(&proposal, "queue", |next| next == Next::Queue).await?;
        let (targets, values, calldatas) = proposal.draft.lists();
        let hash = proposal.draft.description_hash();
        let call = queueCall { targets, values, calldatas, descriptionHash: hash };
        step::<0>(&dao, &proposal, &sender, &call, out).await
    }
}

impl ExecuteArgs {
    pub(crate) async fn run(self, rpc: &RpcArgs, out: &Out) -> anyhow::Result<()> {
        let (dao, proposal, sender) = self.step.find(rpc, out).await?;
        dao.expect_next(&proposal, "execute", |next| next == Next::Execute).await?;
        let (targets, values, calldatas) = proposal.draft.lists();
        let hash = proposal.draft.description_hash();
        let call = executeCall { targets, values, calldatas, descriptionHash: hash };
        step::<1>(&dao, &proposal, &sender, &call, out).await
    }
}

impl CancelArgs {
    pub(crate) async fn run(self, rpc: &RpcArgs, out: &Out) -> anyhow::Result<()> {
        let (dao, proposal, sender) = self.step.find(rpc, out).await?;
        dao.expect_next(&proposal, "cancel", |next| next != Next::Over).await?;
        let (targets, values, calldatas) = proposal.draft.lists();
        let hash = proposal.draft.description_hash();
        let call = cancelCall { targets, values, calldatas, descriptionHash: hash };
        step::<2>(&dao, &proposal, &sender, &call, out).await
    }
}

impl StepArgs {
    async fn find(self, rpc: &RpcArgs, out: &Out) -> anyhow::Result<(Dao, Proposal, Sender)> {
        let Self { proposal, wallet } = self;
        let signer = wallet.signer(rpc, out).await?;
        let dao = rpc.dao().await?;
        let proposal = dao.proposal(&proposal).await?;
        let sender = Sender::new(&dao.chain, signer);
        Ok((dao, proposal, sender))
    }
}

/// Sends a step to the governor.
async fn step<const COMMAND: usize>(
    dao: &Dao,
    proposal: &Proposal,
    sender: &Sender,
    call: &impl SolCall,
    out: &Out,
) -> anyhow::Result<()> {
    let receipt = sender.call(dao.governor, call).await?;
    let queued = receipt.events_of::<ProposalQueued>(dao.governor).next();
    let failed_payments = dao
        .vocabulary
        .address(Place::Treasury)
        .map_or(0, |treasury| receipt.events_of::<ExecutionFromModuleFailure>(treasury).count());
    if failed_payments > 0 {
        // As in Safe, what a module's call did wrong does not undo the rest.
        out.error(format_args!(
            "warning: {failed_payments} of the treasury's calls failed; the proposal is executed all the same"
        ));
    }
    out.result(&Stepped::<COMMAND> {
        proposal: proposal.id.to_string(),
        from: Account(sender.address()),
        eta: queued.map(|event| Time(event.etaSeconds.saturating_to())),
        failed_payments,
        events: receipt.events(),
        receipt,
    })
}

impl<const COMMAND: usize> Report for Stepped<COMMAND> {
    const COMMAND: &'static str = COMMANDS[COMMAND];

    fn show(&self, to: &mut dyn Write) -> io::Result<()> {
        let Self { proposal, from, eta, receipt, events, .. } = self;
        let mut rows: Vec<(&str, &dyn std::fmt::Display)> =
            vec![("proposal", proposal), ("from", from)];
        rows.extend(eta.as_ref().map(|eta| ("executable", eta as &dyn std::fmt::Display)));
        rows.push(("transaction", &receipt.transaction));
        rows.push(("gas", &receipt.gas_used));
        pairs(to, &rows)?;
        events.iter().try_for_each(|event| writeln!(to, "  {event}"))
    }
}

//! Decides what `datacoop gov propose` does: actions in words become a proposal.

use std::{
    fs,
    io::{self, Write},
    path::PathBuf,
};

use datacoop_deploy::{
    bindings::IGovernor::ProposalCreated,
    chain::{Receipt, Sender},
    governance::{Class, Draft},
};
use serde::Serialize;

use super::{
    actions::{ActionArgs, language},
    view::{ActionView, Calldata, clean, show_actions},
};
use crate::{
    args::{OptionalSenderArgs, RpcArgs},
    cli::after_help,
    exit::{Input, Usage},
    output::{Account, Out, Report, pairs},
    time::Time,
};

/// Proposes actions to the holders of GOV.
///
/// The account needs enough votes: GOV that are delegated to it, by itself or by others.
#[derive(Debug, clap::Args)]
#[command(after_help = format!("{}\n\n{}", language(), after_help!(
    "datacoop gov propose -a 'set rewards.cooldown to 5 days' --description 'Shorter cooldown' --from dev:0"
    "datacoop gov propose -a 'pay 100 DATA to 0x7099…79C8 from grants' --description-file why.md --from dev:0"
    "datacoop gov propose --file proposal.toml --class fast-track --from dev:0"
    "datacoop gov propose -a 'set timelock.delay to 2 days' --description Slower --dry-run"
    "datacoop gov propose -a 'set timelock.delay to 2 days' --description Slower --from 0x5FbDB2315678afecb367f032d93F642f64180aa3 --safe-batch slower.json"
)))]
pub(crate) struct ProposeArgs {
    #[command(flatten)]
    actions: ActionArgs,

    /// The class: standard, fast-track or optimistic [default: the file's, else standard]
    #[arg(long, value_name = "CLASS")]
    class: Option<Class>,

    /// What it is for. It is part of the id.
    #[arg(long, value_name = "TEXT", conflicts_with = "description_file")]
    description: Option<String>,

    /// A file that says what it is for.
    #[arg(long, value_name = "FILE")]
    description_file: Option<PathBuf>,

    /// Let nobody else submit this proposal, by a suffix of the description.
    #[arg(long)]
    reserved: bool,

    /// Show the proposal and send nothing. Needs no key.
    #[arg(long)]
    dry_run: bool,

    #[command(flatten)]
    wallet: OptionalSenderArgs,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Proposed {
    id: String,
    class: Class,
    dry_run: bool,
    proposer: Option<Account>,
    description: String,
    description_hash: String,
    actions: Vec<ActionView>,
    snapshot: Option<Time>,
    deadline: Option<Time>,
    #[serde(flatten)]
    receipt: Option<Receipt>,
}

impl ProposeArgs {
    pub(crate) async fn run(self, rpc: &RpcArgs, out: &Out) -> anyhow::Result<()> {
        let Self { actions, class, description, description_file, reserved, dry_run, wallet } =
            self;
        let signer = wallet.signer(rpc, out).await?;
        if signer.is_none() && (!dry_run || reserved) {
            return Err(Usage("say who proposes, with `--from`".to_owned()).into());
        }
        let file = actions.read_file()?;
        let text = description_file.map(|path| {
            fs::read_to_string(&path)
                .map_err(|source| Input(format!("cannot read `{}`: {source}", path.display())))
        });
        let description = description.or(text.transpose()?).or_else(|| file.description.clone());
        let description = description.map(|text| text.trim_end().to_owned()).unwrap_or_default();
        if description.is_empty() {
            return Err(
                Usage("say what the proposal is for, with `--description`".to_owned()).into()
            );
        }
        let class = class.or(file.class()?).unwrap_or_default();
        let mut dao = rpc.dao().await?;
        let actions = actions.encode(&file, &mut dao).await?;
        if actions.is_empty() {
            return Err(Usage("say what the proposal does, with `--action`".to_owned()).into());
        }
        let mut draft = Draft { class, actions, description };
        if let (true, Some(signer)) = (reserved, &signer) {
            draft = draft.reserved_for(signer.address());
        }
        let words = dao.describe(&draft.actions).await;
        let mut shown = Proposed {
            id: draft.id().to_string(),
            class,
            dry_run,
            proposer: signer.as_ref().map(|signer| Account(signer.address())),
            description_hash: draft.description_hash().to_string(),
            actions: ActionView::all(&draft.actions, words),
            description: draft.description.clone(),
            snapshot: None,
            deadline: None,
            receipt: None,
        };
        if let Some(signer) = signer {
            dao.expect_power(signer.address(), class).await?;
            let sender = Sender::new(&dao.chain, signer);
            if !dry_run {
                let receipt = dao.propose(&sender, &draft).await?;
                if let Some(event) = receipt.events_of::<ProposalCreated>(dao.governor).next() {
                    shown.snapshot = Some(Time(event.voteStart.saturating_to()));
                    shown.deadline = Some(Time(event.voteEnd.saturating_to()));
                }
                shown.receipt = Some(receipt);
            }
        }
        out.result(&shown)
    }
}

impl Report for Proposed {
    const COMMAND: &'static str = "gov propose";

    fn show(&self, to: &mut dyn Write) -> io::Result<()> {
        pairs(to, &[("id", &self.id), ("class", &self.class)])?;
        writeln!(to, "\n{}\n", clean(&self.description))?;
        let calldata = if self.dry_run { Calldata::Shown } else { Calldata::Hidden };
        show_actions(to, &self.actions, calldata)?;
        writeln!(to)?;
        match (&self.receipt, self.snapshot, self.deadline) {
            (Some(receipt), Some(snapshot), Some(deadline)) => pairs(
                to,
                &[
                    ("vote begins", &snapshot),
                    ("vote ends", &deadline),
                    ("transaction", &receipt.transaction),
                    ("gas", &receipt.gas_used),
                ],
            ),
            _ => writeln!(
                to,
                "Nothing was sent. `datacoop gov simulate` shows what it would change."
            ),
        }
    }
}

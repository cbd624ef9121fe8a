//! Decides what `datacoop gov show` shows: what a proposal does, where it stands, what happens next.

use std::io::{self, Write};

use alloy::primitives::B256;
use datacoop_deploy::governance::{
    Class, Dao, Proposal, Sentence, Setting, Standing, State, decode, present,
};
use serde::Serialize;

use super::view::{
    ActionView, Calldata, TallyView, TimesView, clean, short_id, show_actions, what_next,
};
use crate::{
    args::RpcArgs,
    cli::after_help,
    output::{Account, Out, Report, pairs},
};

/// Shows a proposal: its actions in words, its votes and times, and what happens next.
#[derive(Debug, clap::Args)]
#[command(after_help = after_help!(
    "datacoop gov show latest"
    "datacoop gov show 57101234 --calldata"
    "datacoop gov show latest --json"
))]
pub(crate) struct ShowArgs {
    /// The proposal's id, the beginning of it, or `latest`.
    #[arg(value_name = "ID")]
    proposal: String,

    /// Show the calldata beside the words.
    #[arg(long)]
    calldata: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown {
    id: String,
    state: State,
    class: Class,
    proposer: Account,
    description: String,
    description_hash: B256,
    transaction: B256,
    actions: Vec<ActionView>,
    times: TimesView,
    votes: TallyView,
    next: String,
    #[serde(skip)]
    calldata: Calldata,
}

impl ShowArgs {
    pub(crate) async fn run(self, rpc: &RpcArgs, out: &Out) -> anyhow::Result<()> {
        let Self { proposal, calldata } = self;
        let mut dao = rpc.dao().await?;
        let proposal = dao.proposal(&proposal).await?;
        let standing = dao.standing(&proposal).await?;
        let words = dao.describe(&proposal.draft.actions).await;
        let mut actions = Vec::with_capacity(words.len());
        for (action, words) in proposal.draft.actions.iter().zip(words) {
            let now = match decode(action, &dao.vocabulary) {
                Sentence::Set(settings) if is_open(&standing) => now(&dao, &settings).await,
                _ => None,
            };
            actions.push(ActionView::new(action, words, now));
        }
        let all = dao.proposals().await?;
        let times = TimesView::new(&standing, &proposal);
        let Proposal { id, proposer, draft, transaction, .. } = proposal;
        out.result(&Shown {
            id: id.to_string(),
            state: standing.state,
            class: draft.class,
            proposer: Account(proposer),
            description_hash: draft.description_hash(),
            description: draft.description,
            transaction,
            actions,
            times,
            votes: TallyView::new(&standing.tally),
            next: what_next(&standing, &short_id(id, &all)),
            calldata: if calldata { Calldata::Shown } else { Calldata::Hidden },
        })
    }
}

const fn is_open(standing: &Standing) -> bool {
    matches!(standing.state, State::Pending | State::Active | State::Succeeded | State::Queued)
}

/// Says the present values of what an action sets, where they can be read.
async fn now(dao: &Dao, settings: &[Setting]) -> Option<String> {
    let mut values = Vec::with_capacity(settings.len());
    for Setting { parameter, .. } in settings {
        let value = present(parameter, &dao.vocabulary, &dao.chain).await.ok()?;
        let value = parameter.unit.write(value, &dao.vocabulary);
        values.push(match settings {
            [_] => value,
            _ => format!("{} {value}", parameter.full_name()),
        });
    }
    Some(values.join(", "))
}

impl Report for Shown {
    const COMMAND: &'static str = "gov show";

    fn show(&self, to: &mut dyn Write) -> io::Result<()> {
        let Self { id, state, class, proposer, times, .. } = self;
        let [snapshot, deadline, eta] = times.all();
        pairs(
            to,
            &[
                ("proposal", id),
                ("state", state),
                ("class", class),
                ("proposer", proposer),
                ("votes count at", &snapshot),
                ("vote ends", &deadline),
                ("executable", &eta),
            ],
        )?;
        writeln!(to, "\n{}\n", clean(&self.description))?;
        show_actions(to, &self.actions, self.calldata)?;
        writeln!(to)?;
        self.votes.show(to)?;
        writeln!(to, "\n{}", self.next)
    }
}

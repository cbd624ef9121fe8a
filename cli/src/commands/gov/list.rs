//! Decides what `datacoop gov list` shows: every proposal, and how long its present state lasts.

use std::io::{self, Write};

use datacoop_deploy::{
    calendar::write_span,
    governance::{Class, Dao, Proposal, State},
};
use serde::Serialize;

use alloy::primitives::U256;

use super::view::{TallyView, TimesView, clean, short_id};
use crate::{
    args::RpcArgs,
    cli::after_help,
    output::{Account, Out, Report, table},
};

/// How many characters of a description are shown.
const TITLE: usize = 60;

/// Lists the proposals, the latest first.
#[derive(Debug, clap::Args)]
#[command(after_help = after_help!(
    "datacoop gov list"
    "datacoop gov list --open --json"
))]
pub(crate) struct ListArgs {
    /// Only those with which something can happen still.
    #[arg(long)]
    open: bool,
}

#[derive(Serialize)]
struct Proposals {
    proposals: Vec<Row>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    id: String,
    #[serde(skip)]
    short_id: String,
    state: State,
    class: Class,
    proposer: Account,
    title: String,
    times: TimesView,
    votes: TallyView,
    #[serde(skip)]
    left: Option<u64>,
}

impl ListArgs {
    pub(crate) async fn run(self, rpc: &RpcArgs, out: &Out) -> anyhow::Result<()> {
        let Self { open } = self;
        let dao = rpc.dao().await?;
        let all = dao.proposals().await?;
        let mut proposals = Vec::with_capacity(all.len());
        for proposal in all.iter().rev() {
            let row = Row::read(&dao, proposal, &all).await?;
            let is_over = matches!(
                row.state,
                State::Canceled | State::Defeated | State::Expired | State::Executed
            );
            if !open || !is_over {
                proposals.push(row);
            }
        }
        out.result(&Proposals { proposals })
    }
}

impl Row {
    async fn read(dao: &Dao, proposal: &Proposal, all: &[Proposal]) -> anyhow::Result<Self> {
        let standing = dao.standing(proposal).await?;
        let title = proposal.draft.description.lines().next().unwrap_or_default();
        Ok(Self {
            id: proposal.id.to_string(),
            short_id: short_id(proposal.id, all),
            state: standing.state,
            class: proposal.draft.class,
            proposer: Account(proposal.proposer),
            title: title.trim_start_matches('#').trim().to_owned(),
            times: TimesView::new(&standing, proposal),
            votes: TallyView::new(&standing.tally),
            left: standing.seconds_left(),
        })
    }
}

impl Report for Proposals {
    const COMMAND: &'static str = "gov list";

    fn show(&self, to: &mut dyn Write) -> io::Result<()> {
        if self.proposals.is_empty() {
            return writeln!(to, "There are no proposals.");
        }
        let mut rows = table(["proposal", "state", "class", "time left", "for what"], &[]);
        for row in &self.proposals {
            let left = row.left.map(|left| write_span(U256::from(left))).unwrap_or_default();
            let title: String = clean(&row.title).chars().take(TITLE).collect();
            let (state, class) = (row.state.to_string(), row.class.to_string());
            rows.add_row([row.short_id.clone(), state, class, left, title]);
        }
        writeln!(to, "{rows}")
    }
}

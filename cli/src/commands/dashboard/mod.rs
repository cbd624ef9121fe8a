//! Decides what `datacoop dashboard` does: one look at everything, again and again or once.

mod document;
mod live;
mod panels;
#[cfg(test)]
mod sample;
mod screen;

use std::{
    io::{self, IsTerminal, Write},
    time::Duration,
};

use datacoop_deploy::dashboard::{Dashboard, Snapshot};
use serde::{Serialize, Serializer};

use self::{document::Document, panels::Panels};
use super::treasury::names::Names;
use crate::{
    args::RpcArgs,
    cli::after_help,
    output::{Format, Out, Report},
};

/// Shows the cooperative on one screen that refreshes: contracts, proposals, treasury, rewards, oracle, sales.
///
/// Reads events and views, and sends nothing. Events are kept beside the address book, in
/// `<chain-id>.events.sqlite`, so that only the first look takes longer. On the screen `q` leaves, `r` refreshes, and
/// `1` to `5` and the arrows choose what is shown. When stdout is no terminal, or with `--json`, it looks once.
#[derive(Debug, clap::Args)]
#[command(after_help = after_help!(
    "datacoop dashboard"
    "datacoop dashboard --every 30 --network arbitrum"
    "datacoop dashboard --once                   as tables, for a mail or a log"
    "datacoop dashboard --json"
))]
pub(crate) struct DashboardArgs {
    /// How often the screen is refreshed, in seconds
    #[arg(
        long,
        value_name = "SECONDS",
        default_value_t = 5,
        value_parser = clap::value_parser!(u64).range(1..=86_400)
    )]
    every: u64,

    /// Look once, and print tables.
    #[arg(long, conflicts_with = "every")]
    once: bool,
}

/// One look, as tables and as a document.
struct Look {
    snapshot: Snapshot,
    names: Names,
}

impl DashboardArgs {
    pub(crate) async fn run(self, rpc: &RpcArgs, out: &Out) -> anyhow::Result<()> {
        let Self { every, once } = self;
        let chain = rpc.connect().await?;
        let book = rpc.book_path(&chain)?;
        let mut dashboard = Dashboard::open(&chain, &book).await?;
        let snapshot = dashboard.refresh(&out.progress()).await?;
        let look = Look { snapshot, names: Names::read(&book) };
        if once || out.format() != Format::Text || !io::stdout().is_terminal() {
            return out.result(&look);
        }
        live::run(dashboard, look, Duration::from_secs(every)).await
    }
}

impl Look {
    fn panels(&self) -> Panels {
        Panels::of(&self.snapshot, &self.names)
    }
}

impl Serialize for Look {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Document::of(&self.snapshot, &self.names).serialize(serializer)
    }
}

impl Report for Look {
    const COMMAND: &'static str = "dashboard";

    fn show(&self, to: &mut dyn Write) -> io::Result<()> {
        self.panels().write(to)
    }
}

//! Decides what `datacoop consent show` shows: what a member consents to now.

use std::io::{self, Write};

use alloy::primitives::{Address, U256};
use datacoop_deploy::consent::Consents;
use serde::Serialize;

use super::view::ConsentView;
use crate::{
    args::RpcArgs,
    cli::after_help,
    output::{Out, Report},
};

/// Shows what members consent to now, or consents by their ids.
#[derive(Debug, clap::Args)]
#[command(after_help = after_help!(
    "datacoop consent show 0x7099…79C8"
    "datacoop consent show --id 1 --id 2 --json"
))]
#[group(id = "which", required = true, multiple = true)]
pub(crate) struct ShowArgs {
    /// The members.
    #[arg(value_name = "ADDRESS")]
    subjects: Vec<Address>,

    /// A consent, whatever its status.
    #[arg(long = "id", value_name = "ID")]
    ids: Vec<U256>,
}

#[derive(Serialize)]
struct Shown {
    consents: Vec<ConsentView>,
}

impl ShowArgs {
    pub(crate) async fn run(self, rpc: &RpcArgs, out: &Out) -> anyhow::Result<()> {
        let Self { subjects, ids } = self;
        let (chain, book) = rpc.deployed().await?;
        let registry = Consents::of_book(&chain, &book)?;
        let mut consents = Vec::new();
        for subject in subjects {
            consents.extend(registry.live(subject).await?.iter().map(ConsentView::from));
        }
        for id in ids {
            consents.push(ConsentView::from(&registry.consent(id).await?));
        }
        out.result(&Shown { consents })
    }
}

impl Report for Shown {
    const COMMAND: &'static str = "consent show";

    fn show(&self, to: &mut dyn Write) -> io::Result<()> {
        if self.consents.is_empty() {
            return writeln!(to, "nothing is consented to");
        }
        for (index, consent) in self.consents.iter().enumerate() {
            if index > 0 {
                writeln!(to)?;
            }
            consent.show(to)?;
        }
        Ok(())
    }
}

//! Decides what `datacoop treasury owners` shows: who may do what with the treasury.

use std::io::{self, Write};

use alloy::primitives::Address;
use datacoop_deploy::treasury::Settings;
use serde::Serialize;

use super::{names::Names, place::PlaceArgs};
use crate::{
    args::RpcArgs,
    cli::after_help,
    output::{Account, Out, Report, pairs},
    time::Span,
};

/// Shows the treasury's owners and how many must sign, its modules, guards, delay and governor.
#[derive(Debug, clap::Args)]
#[command(after_help = after_help!(
    "datacoop treasury owners"
    "datacoop treasury owners --treasury 0x7099…79C8 --network arbitrum --json"
))]
pub(crate) struct OwnersArgs {
    #[command(flatten)]
    place: PlaceArgs,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Owners {
    chain_id: u64,
    treasury: Account,
    version: String,
    owners: Vec<Account>,
    threshold: u64,
    nonce: String,
    modules: Vec<Account>,
    guard: Option<Account>,
    module_guard: Option<Account>,
    fallback_handler: Option<Account>,
    delay_seconds: u64,
    governor: Option<Account>,
    strict_budgets: bool,
    #[serde(skip)]
    names: Names,
}

impl OwnersArgs {
    pub(crate) async fn run(self, rpc: &RpcArgs, out: &Out) -> anyhow::Result<()> {
        let Self { place } = self;
        let (treasury, names) = place.find(rpc).await?;
        let settings = treasury.settings().await?;
        let accounts = |list: Vec<Address>| list.into_iter().map(Account).collect();
        let Settings { version, owners, threshold, nonce, modules, .. } = settings;
        out.result(&Owners {
            chain_id: treasury.chain().id(),
            treasury: Account(treasury.address()),
            version,
            owners: accounts(owners),
            threshold,
            nonce: nonce.to_string(),
            modules: accounts(modules),
            guard: settings.guard.map(Account),
            module_guard: settings.module_guard.map(Account),
            fallback_handler: settings.fallback_handler.map(Account),
            delay_seconds: settings.delay,
            governor: settings.governor.map(Account),
            strict_budgets: settings.strict_budgets,
            names,
        })
    }
}

impl Report for Owners {
    const COMMAND: &'static str = "treasury owners";

    fn show(&self, to: &mut dyn Write) -> io::Result<()> {
        let one = |account: Option<Account>| {
            account
                .map_or_else(|| "none".to_owned(), |Account(address)| self.names.account(address))
        };
        let threshold = format!("{} of {} owners", self.threshold, self.owners.len());
        let delay = match self.delay_seconds {
            0 => "none".to_owned(),
            seconds => Span(seconds).to_string(),
        };
        pairs(
            to,
            &[
                ("treasury", &self.treasury),
                ("Safe", &self.version),
                ("must sign", &threshold),
                ("next nonce", &self.nonce),
                ("delay", &delay),
                ("governor", &one(self.governor)),
                ("guard", &one(self.guard)),
                ("module guard", &one(self.module_guard)),
                ("fallback handler", &one(self.fallback_handler)),
                ("strict budgets", &self.strict_budgets),
            ],
        )?;
        for (title, accounts) in [("owners", &self.owners), ("modules", &self.modules)] {
            writeln!(to, "\n{title}")?;
            for Account(address) in accounts {
                writeln!(to, "  {}", self.names.account(*address))?;
            }
            if accounts.is_empty() {
                writeln!(to, "  none")?;
            }
        }
        Ok(())
    }
}

//! Decides what `datacoop treasury limits` shows: what may be spent, by whom, and what is left.

use std::io::{self, Write};

use alloy::primitives::U256;
use datacoop_deploy::treasury::{Limit, Line, limits};
use serde::Serialize;

use super::{names::Names, place::PlaceArgs};
use crate::{
    args::RpcArgs,
    cli::after_help,
    output::{Account, Out, Report, table},
    time::{Span, Time},
};

/// Shows what accounts may spend by themselves, what may be paid from each budget line, and what is
/// left of it in the present period.
#[derive(Debug, clap::Args)]
#[command(after_help = after_help!(
    "datacoop treasury limits"
    "datacoop treasury limits --json"
))]
pub(crate) struct LimitsArgs {
    #[command(flatten)]
    place: PlaceArgs,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Limits {
    chain_id: u64,
    treasury: Account,
    strict_budgets: bool,
    spending_limits: Vec<Row>,
    budgets: Vec<Row>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    #[serde(skip_serializing_if = "Option::is_none")]
    spender: Option<Account>,
    line: Option<Line>,
    token: Account,
    cap: Units,
    spent: Units,
    left: Units,
    period_seconds: u64,
    period_end: Option<Time>,
}

/// An amount of any token.
#[derive(Serialize)]
struct Units {
    /// In the token's smallest unit.
    units: String,
    text: String,
}

impl LimitsArgs {
    pub(crate) async fn run(self, rpc: &RpcArgs, out: &Out) -> anyhow::Result<()> {
        let Self { place } = self;
        let (treasury, names) = place.find(rpc).await?;
        let limits = limits(&treasury).await?;
        let rows = |limits: &[Limit]| limits.iter().map(|limit| Row::of(limit, &names)).collect();
        out.result(&Limits {
            chain_id: treasury.chain().id(),
            treasury: Account(treasury.address()),
            strict_budgets: limits.strict_budgets,
            spending_limits: rows(&limits.spending),
            budgets: rows(&limits.budgets),
        })
    }
}

impl Row {
    fn of(limit: &Limit, names: &Names) -> Self {
        let units = |amount: U256| Units {
            units: amount.to_string(),
            text: names.amount(limit.token, amount),
        };
        Self {
            spender: limit.spender.map(Account),
            line: limit.line,
            token: Account(limit.token),
            cap: units(limit.cap),
            spent: units(limit.spent),
            left: units(limit.left()),
            period_seconds: limit.period,
            period_end: limit.period_end.map(Time),
        }
    }

    fn cells(&self) -> [String; 5] {
        let period = match self.period_seconds {
            0 => "once".to_owned(),
            seconds => Span(seconds).to_string(),
        };
        let end = self.period_end.map_or_else(|| "never".to_owned(), |time| time.to_string());
        let [cap, spent, left] = [&self.cap, &self.spent, &self.left].map(|u| u.text.clone());
        [cap, spent, left, period, end]
    }
}

impl Report for Limits {
    const COMMAND: &'static str = "treasury limits";

    fn show(&self, to: &mut dyn Write) -> io::Result<()> {
        let header = ["spender", "line", "cap", "spent", "left", "each", "ends"];
        let mut spending = table(header, &[2, 3, 4]);
        for row in &self.spending_limits {
            let spender = row.spender.map(|spender| spender.to_string()).unwrap_or_default();
            let line = row.line.map(|line| line.to_string()).unwrap_or_default();
            spending.add_row([spender, line].into_iter().chain(row.cells()));
        }
        writeln!(to, "{spending}\n")?;
        let header = ["budget line", "cap", "spent", "left", "each", "ends"];
        let mut budgets = table(header, &[1, 2, 3]);
        for row in &self.budgets {
            let line = row.line.map(|line| line.to_string()).unwrap_or_default();
            budgets.add_row([line].into_iter().chain(row.cells()));
        }
        writeln!(to, "{budgets}")?;
        if self.strict_budgets {
            writeln!(to, "Budgets are strict: owners may only pay from lines.")?;
        }
        Ok(())
    }
}

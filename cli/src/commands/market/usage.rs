//! Decides what `datacoop market usage` shows: who used a member's records, for what and when.

use std::io::{self, Write};

use alloy::primitives::{Address, B256};
use datacoop_deploy::market::Use;
use serde::Serialize;

use super::{place::PlaceArgs, say::Of};
use crate::{
    args::RpcArgs,
    cli::after_help,
    output::{Account, Out, Report, table},
    time::Time,
};

/// Shows who used a member's records: every reading that an access server logged on chain.
#[derive(Debug, clap::Args)]
#[command(after_help = after_help!(
    "datacoop market usage 0x7099…79C8"
    "datacoop market usage 0x7099…79C8 --from-block 1000 --to-block 2000 --json"
))]
pub(crate) struct UsageArgs {
    /// The member.
    member: Address,

    /// The first block to look at [default: that of the market]
    #[arg(long, value_name = "BLOCK")]
    from_block: Option<u64>,

    /// The last block to look at [default: the newest]
    #[arg(long, value_name = "BLOCK")]
    to_block: Option<u64>,

    #[command(flatten)]
    place: PlaceArgs,
}

#[derive(Serialize)]
struct Usage {
    member: Account,
    uses: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    at: Time,
    record: B256,
    by: Account,
    edition: Of,
    purpose: String,
    licence: String,
    block: u64,
    transaction: B256,
}

impl UsageArgs {
    pub(crate) async fn run(self, rpc: &RpcArgs, out: &Out) -> anyhow::Result<()> {
        let Self { member, from_block, to_block, place } = self;
        let market = place.find(rpc).await?;
        let uses = market.usage(member, (from_block, to_block)).await?;
        let uses = uses.into_iter().map(Row::of).collect();
        out.result(&Usage { member: Account(member), uses })
    }
}

impl Row {
    fn of(of: Use) -> Self {
        Self {
            at: Time(of.at),
            record: of.record,
            by: Account(of.holder),
            edition: Of(of.edition),
            purpose: of.purpose.to_string(),
            licence: of.licence.to_string(),
            block: of.block,
            transaction: of.transaction,
        }
    }
}

impl Report for Usage {
    const COMMAND: &'static str = "market usage";

    fn show(&self, to: &mut dyn Write) -> io::Result<()> {
        if self.uses.is_empty() {
            return writeln!(to, "nobody has used records of {}", self.member);
        }
        let mut rows = table(["when", "by", "for", "edition", "record"], &[]);
        for row in &self.uses {
            rows.add_row([
                row.at.to_string(),
                row.by.to_string(),
                row.purpose.clone(),
                row.edition.to_string(),
                row.record.to_string(),
            ]);
        }
        writeln!(to, "{rows}")
    }
}

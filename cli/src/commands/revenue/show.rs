//! Decides what `datacoop revenue show` shows: what editions and pools earned, and what of it an
//! account is owed.

use std::io::{self, Write};

use alloy::primitives::{Address, U256, keccak256};
use datacoop_deploy::{market::Edition, revenue::Revenue};
use serde::Serialize;

use super::sources::{Source, SourceArgs, Sum, Tokens};
use crate::{
    args::RpcArgs,
    cli::after_help,
    output::{Account, Out, Report, table},
};

/// Shows what editions earned, by token, and what of it an account got and is owed. Anybody can ask,
/// for anybody.
#[derive(Debug, clap::Args)]
#[command(after_help = after_help!(
    "datacoop revenue show --manifest heart-v1.json"
    "datacoop revenue show 0x7099…79C8 --manifest heart-v1.json --manifest heart-v2.json"
    "datacoop revenue show 0x7099…79C8 --pool VALIDATORS --json"
))]
pub(crate) struct ShowArgs {
    /// Whose part is shown [default: nobody's, only what came]
    account: Option<Address>,

    #[command(flatten)]
    sources: SourceArgs,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown {
    account: Option<Account>,
    editions: Vec<EditionRow>,
    pools: Vec<PoolRow>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct EditionRow {
    dataset: String,
    edition: String,
    contributors: usize,
    deposited: Sum,
    paid: Sum,
    total_shares: U256,
    /// What follows is of the account; none when it is no contributor.
    shares: Option<U256>,
    received: Option<Sum>,
    claimable: Option<Sum>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PoolRow {
    pool: String,
    shares: u64,
    total_shares: u64,
    claimable: Sum,
}

impl ShowArgs {
    pub(crate) async fn run(self, rpc: &RpcArgs, out: &Out) -> anyhow::Result<()> {
        let Self { account, sources: args } = self;
        let (revenue, sources) = args.find(rpc).await?;
        let mut tokens = Tokens::default();
        let mut editions = Vec::new();
        for source in &sources {
            editions.extend(edition_rows(&revenue, source, account, &mut tokens).await?);
        }
        let mut pools = Vec::new();
        for name in args.pools {
            let whose = account.unwrap_or_default();
            for due in revenue.pool(keccak256(&name), whose).await? {
                let claimable = tokens.sum(revenue.chain(), due.token, due.amount).await?;
                let (shares, total_shares) = (due.shares, due.total_shares);
                pools.push(PoolRow { pool: name.clone(), shares, total_shares, claimable });
            }
        }
        out.result(&Shown { account: account.map(Account), editions, pools })
    }
}

/// Returns one row for each token that came for an edition.
async fn edition_rows(
    revenue: &Revenue,
    Source { manifest, pots }: &Source,
    account: Option<Address>,
    tokens: &mut Tokens,
) -> anyhow::Result<Vec<EditionRow>> {
    let chain = revenue.chain();
    let dues = match account {
        Some(account) => revenue.due(manifest, pots, account).await?.unwrap_or_default(),
        None => Vec::new(),
    };
    let mut rows = Vec::new();
    for pot in pots {
        let due = dues.iter().find(|due| due.token == pot.token);
        let (mut received, mut claimable) = (None, None);
        if let Some(due) = due {
            received = Some(tokens.sum(chain, due.token, due.paid).await?);
            claimable = Some(tokens.sum(chain, due.token, due.amount).await?);
        }
        rows.push(EditionRow {
            dataset: manifest.head().name.clone(),
            edition: Edition(manifest.edition()).to_string(),
            contributors: manifest.contributors().len(),
            deposited: tokens.sum(chain, pot.token, pot.deposited).await?,
            paid: tokens.sum(chain, pot.token, pot.paid).await?,
            total_shares: manifest.total_shares(),
            shares: due.map(|due| due.shares),
            received,
            claimable,
        });
    }
    Ok(rows)
}

impl Report for Shown {
    const COMMAND: &'static str = "revenue show";

    fn show(&self, to: &mut dyn Write) -> io::Result<()> {
        let Self { account, editions, pools } = self;
        if editions.is_empty() && pools.is_empty() {
            return writeln!(to, "Nothing came yet.");
        }
        let written = |sum: &Option<Sum>| sum.as_ref().map(Sum::to_string).unwrap_or_default();
        if !editions.is_empty() {
            let header =
                ["dataset", "edition", "earned", "paid", "shares", "received", "claimable"];
            let mut rows = table(header, &[1, 2, 3, 4, 5, 6]);
            for row in editions {
                let shares = row.shares.map(|shares| format!("{shares} of {}", row.total_shares));
                rows.add_row([
                    row.dataset.clone(),
                    row.edition.clone(),
                    row.deposited.to_string(),
                    row.paid.to_string(),
                    shares.unwrap_or_default(),
                    written(&row.received),
                    written(&row.claimable),
                ]);
            }
            writeln!(to, "{rows}")?;
        }
        if !pools.is_empty() {
            let mut rows = table(["pool", "shares", "claimable"], &[1, 2]);
            for row in pools {
                let shares = format!("{} of {}", row.shares, row.total_shares);
                rows.add_row([row.pool.clone(), shares, row.claimable.to_string()]);
            }
            writeln!(to, "{rows}")?;
        }
        match account {
            Some(account) => writeln!(to, "Shares, received and claimable are those of {account}."),
            None => Ok(()),
        }
    }
}

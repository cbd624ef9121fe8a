//! Decides what `datacoop revenue claim` does: has an account, or everybody, paid what is owed.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{self, Write},
};

use alloy::primitives::{Address, B256, U256, keccak256};
use datacoop_deploy::{
    Error,
    bindings::IRevenueDistributor::{RevenueClaimed, SharedRevenueClaimed, claimSharedCall},
    chain::{Outgoing, Receipt, Sender},
    market::Edition,
    revenue::{Revenue, claims_of, claims_of_all},
};
use serde::Serialize;

use super::sources::{Source, SourceArgs, Sum, Tokens};
use crate::{
    args::{RpcArgs, SenderArgs},
    cli::after_help,
    output::{Account, Out, Report, table},
};

/// Has an account paid what it is owed. What is paid goes to the account that it belongs to, whoever
/// signs; the signer pays for the gas. Claims of many editions and tokens are one transaction.
#[derive(Debug, clap::Args)]
#[command(after_help = after_help!(
    "datacoop revenue claim --all --manifest heart-v1.json --from dev:3"
    "datacoop revenue claim --token 0x3C44…93BC --manifest heart-v1.json --from dev:3"
    "datacoop revenue claim --all --pool VALIDATORS --from dev:3"
    "datacoop revenue claim --all --everybody --manifest heart-v1.json --from dev:0"
))]
pub(crate) struct ClaimArgs {
    /// Claim every token.
    #[arg(long, required_unless_present = "token")]
    all: bool,

    /// Claim this token alone.
    #[arg(long, value_name = "ADDRESS", conflicts_with = "all")]
    token: Option<Address>,

    /// Whose part is claimed [default: the signer's]
    #[arg(long, value_name = "ADDRESS")]
    account: Option<Address>,

    /// Claim for every contributor of the editions.
    #[arg(long, conflicts_with_all = ["account", "pools"])]
    everybody: bool,

    #[command(flatten)]
    sources: SourceArgs,

    #[command(flatten)]
    wallet: SenderArgs,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Claimed {
    signer: Account,
    /// Whose part was claimed; none when it was everybody's.
    account: Option<Account>,
    paid: Vec<Paid>,
    transactions: Vec<B256>,
    gas_used: u64,
}

/// What was paid of one edition or pool in one token.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Paid {
    edition: Option<String>,
    pool: Option<String>,
    amount: Sum,
    /// To how many accounts.
    accounts: usize,
}

impl ClaimArgs {
    pub(crate) async fn run(self, rpc: &RpcArgs, out: &Out) -> anyhow::Result<()> {
        let Self { all: _, token, account, everybody, sources: args, wallet } = self;
        let signer = wallet.signer(rpc, out).await?;
        let (revenue, mut sources) = args.find(rpc).await?;
        for source in &mut sources {
            source.pots.retain(|pot| token.is_none_or(|token| token == pot.token));
        }
        let sender = Sender::new(revenue.chain(), signer);
        let account = account.unwrap_or_else(|| sender.address());
        let calls = match everybody {
            true => calls_of_all(&revenue, &sources),
            false => calls_of(&revenue, &sources, account).await?,
        };
        let mut receipts = Vec::new();
        for call in &calls {
            receipts.push(sender.send(call).await?);
        }
        for name in &args.pools {
            receipts.extend(claim_pool(&revenue, &sender, name, (account, token)).await?);
        }
        out.result(&Claimed {
            signer: Account(sender.address()),
            account: (!everybody).then_some(Account(account)),
            paid: paid(&revenue, &receipts, &args.pools).await?,
            transactions: receipts.iter().map(|receipt| receipt.transaction).collect(),
            gas_used: receipts.iter().map(|receipt| receipt.gas_used).sum(),
        })
    }
}

/// The calls that pay all contributors of editions.
fn calls_of_all(revenue: &Revenue, sources: &[Source]) -> Vec<Outgoing> {
    let mut calls = Vec::new();
    for Source { manifest, pots } in sources {
        for pot in pots.iter().filter(|pot| pot.paid < pot.deposited) {
            let claims = claims_of_all(manifest, pot.token);
            calls.extend(claims.iter().map(|call| Outgoing::call(revenue.address(), call)));
        }
    }
    calls
}

/// The calls that pay one account what it is owed of editions.
async fn calls_of(
    revenue: &Revenue,
    sources: &[Source],
    account: Address,
) -> anyhow::Result<Vec<Outgoing>> {
    let (mut dues, mut contributes) = (Vec::new(), sources.is_empty());
    for Source { manifest, pots } in sources {
        if let Some(more) = revenue.due(manifest, pots, account).await? {
            contributes = true;
            dues.extend(more);
        }
    }
    if !contributes {
        return Err(Error::NotContributor { account, manifests: sources.len() }.into());
    }
    let claims = claims_of(account, &dues);
    Ok(claims.iter().map(|call| Outgoing::call(revenue.address(), call)).collect())
}

/// Pays an account what it is owed of a pool: one transaction for each token.
async fn claim_pool(
    revenue: &Revenue,
    sender: &Sender,
    name: &str,
    (account, only): (Address, Option<Address>),
) -> anyhow::Result<Vec<Receipt>> {
    let pool = keccak256(name);
    let mut receipts = Vec::new();
    for due in revenue.pool(pool, account).await? {
        let is_meant = only.is_none_or(|token| token == due.token);
        if is_meant && !due.amount.is_zero() {
            let call = claimSharedCall { pool, token: due.token, account };
            receipts.push(sender.call(revenue.address(), &call).await?);
        }
    }
    Ok(receipts)
}

/// Adds up what transactions paid, by what it was for and token.
async fn paid(
    revenue: &Revenue,
    receipts: &[Receipt],
    pools: &[String],
) -> anyhow::Result<Vec<Paid>> {
    let mut sums: BTreeMap<_, (U256, BTreeSet<Address>)> = BTreeMap::new();
    for receipt in receipts {
        for event in receipt.events_of::<RevenueClaimed>(revenue.address()) {
            let (sum, who) = sums.entry((Some(event.edition), None, event.token)).or_default();
            *sum = sum.saturating_add(event.amount);
            who.insert(event.account);
        }
        for event in receipt.events_of::<SharedRevenueClaimed>(revenue.address()) {
            let name = pools.iter().find(|name| keccak256(name.as_str()) == event.pool).cloned();
            let (sum, who) = sums.entry((None, name, event.token)).or_default();
            *sum = sum.saturating_add(event.amount);
            who.insert(event.account);
        }
    }
    let (mut tokens, mut paid) = (Tokens::default(), Vec::with_capacity(sums.len()));
    for ((edition, pool, token), (sum, who)) in sums {
        let amount = tokens.sum(revenue.chain(), token, sum).await?;
        let edition = edition.map(|edition| Edition(edition).to_string());
        paid.push(Paid { edition, pool, amount, accounts: who.len() });
    }
    Ok(paid)
}

impl Report for Claimed {
    const COMMAND: &'static str = "revenue claim";

    fn show(&self, to: &mut dyn Write) -> io::Result<()> {
        if self.paid.is_empty() {
            return writeln!(to, "Nothing is owed; nothing was sent.");
        }
        let mut rows = table(["of", "paid", "accounts"], &[1, 2]);
        for row in &self.paid {
            let of = match (&row.edition, &row.pool) {
                (Some(edition), _) => format!("edition {edition}"),
                (None, Some(pool)) => format!("pool {pool}"),
                (None, None) => "a pool".to_owned(),
            };
            rows.add_row([of, row.amount.to_string(), row.accounts.to_string()]);
        }
        let count = self.transactions.len();
        writeln!(to, "{rows}\n{count} transactions, {} gas.", self.gas_used)
    }
}

//! Decides what `datacoop market bid` does: a bid in an auction, and back what was outbid.

use std::io::{self, Write};

use alloy::primitives::{B256, U256};
use datacoop_deploy::{
    DecodedEvent,
    chain::{Receipt, Sender},
};
use serde::Serialize;

use super::{
    confirm::confirm,
    place::{self, PlaceArgs, units},
    say::Sum,
};
use crate::{
    args::{RpcArgs, SenderArgs},
    cli::after_help,
    exit::Usage,
    output::{Account, Out, Report, pairs},
    time::Time,
};

/// Bids in an auction, or takes back what was outbid. The bidder must be a vetted researcher.
///
/// Allows the market to take the bid, when it may not yet. A bid in the last ten minutes moves the
/// end. Who is outbid takes the money back with `--withdraw`.
#[derive(Debug, clap::Args)]
#[command(after_help = after_help!(
    "datacoop market bid 1 --amount 120 --key 0x4e03…7d45 --from dev:3"
    "datacoop market bid 1 --key 0x4e03…7d45 --yes --from dev:3     the least that leads"
    "datacoop market bid --withdraw --token DATA --from dev:3"
))]
pub(crate) struct BidArgs {
    /// The auction's number.
    #[arg(required_unless_present = "withdraw")]
    auction: Option<U256>,

    /// How much, in the token's unit [default: the least that leads]
    #[arg(long, value_name = "AMOUNT")]
    amount: Option<String>,

    /// The public key that keys are released to, 32 bytes.
    #[arg(long, value_name = "KEY", required_unless_present = "withdraw")]
    key: Option<B256>,

    /// The hash of the terms that are accepted [default: the auction's]
    #[arg(long, value_name = "HASH")]
    terms: Option<B256>,

    /// Takes back what was outbid instead.
    #[arg(long, conflicts_with_all = ["auction", "amount", "key", "terms"])]
    withdraw: bool,

    /// What to take back: DATA or a token's address.
    #[arg(long, value_name = "TOKEN", default_value = "DATA", requires = "withdraw")]
    token: String,

    /// Bids without asking.
    #[arg(long)]
    yes: bool,

    #[command(flatten)]
    place: PlaceArgs,

    #[command(flatten)]
    wallet: SenderArgs,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Placed {
    /// `bid` or `withdrawn`.
    done: &'static str,
    account: Account,
    amount: Sum,
    /// When the auction ends now.
    #[serde(skip_serializing_if = "Option::is_none")]
    end: Option<Time>,
    #[serde(flatten)]
    receipt: Receipt,
    events: Vec<DecodedEvent>,
}

impl BidArgs {
    pub(crate) async fn run(self, rpc: &RpcArgs, out: &Out) -> anyhow::Result<()> {
        let Self { auction, amount, key, terms, withdraw: _, token, yes, place, wallet } = self;
        let signer = wallet.signer(rpc, out).await?;
        let market = place.find(rpc).await?;
        let sender = Sender::new(market.chain(), signer);
        let account = Account(sender.address());
        let (Some(id), Some(key)) = (auction, key) else {
            let token = place::token(&market, &token).await?;
            let owed = market.owed(sender.address(), token.address).await?;
            let receipt = market.withdraw(&sender, token.address).await?;
            let events = receipt.events();
            let (done, amount) = ("withdrawn", Sum::new(&token, owed));
            return out.result(&Placed { done, account, amount, end: None, receipt, events });
        };
        let auction = market.auction(id).await?;
        if auction.terms == B256::ZERO {
            return Err(Usage(format!("there is no auction {id}")).into());
        }
        let token = market.token(auction.token).await?;
        let amount = match amount {
            Some(text) => units(&token, &text)?,
            None => auction.minimum,
        };
        let terms = terms.unwrap_or(auction.terms);
        let sum = Sum::new(&token, amount);
        let question = format!(
            "bid {sum} for edition {} for {}, {} x 30 days, on terms {terms}",
            auction.edition, auction.purpose, auction.periods
        );
        confirm(out, yes, &question)?;
        let receipt = market.bid(&sender, &auction, amount, (terms, key)).await?;
        let end = Some(Time(market.auction(id).await?.end));
        let events = receipt.events();
        out.result(&Placed { done: "bid", account, amount: sum, end, receipt, events })
    }
}

impl Report for Placed {
    const COMMAND: &'static str = "market bid";

    fn show(&self, to: &mut dyn Write) -> io::Result<()> {
        let Self { done, account, amount, end, receipt, .. } = self;
        pairs(
            to,
            &[
                (done, amount),
                ("account", account),
                ("transaction", &receipt.transaction),
                ("gas", &receipt.gas_used),
            ],
        )?;
        match end {
            Some(end) => writeln!(to, "\nthe auction ends at {end}, unless a late bid moves that"),
            None => Ok(()),
        }
    }
}

//! Decides which commands there are for the data market.

mod access;
mod bid;
mod buy;
mod confirm;
mod list;
mod place;
mod quote;
mod say;
mod settle;
mod stake;
mod usage;

use clap::Subcommand;

use crate::{args::RpcArgs, output::Out};

#[derive(Debug, Subcommand)]
pub(crate) enum MarketCommand {
    List(list::ListArgs),
    Quote(quote::QuoteArgs),
    Buy(buy::BuyArgs),
    Bid(bid::BidArgs),
    Settle(settle::SettleArgs),
    Access(access::AccessArgs),
    Usage(usage::UsageArgs),
    Stake(stake::StakeArgs),
}

impl MarketCommand {
    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::List(_) => "market list",
            Self::Quote(_) => "market quote",
            Self::Buy(_) => "market buy",
            Self::Bid(_) => "market bid",
            Self::Settle(_) => "market settle",
            Self::Access(_) => "market access",
            Self::Usage(_) => "market usage",
            Self::Stake(_) => "market stake",
        }
    }

    pub(crate) async fn run(self, rpc: &RpcArgs, out: &Out) -> anyhow::Result<()> {
        match self {
            Self::List(args) => args.run(rpc, out).await,
            Self::Quote(args) => args.run(rpc, out).await,
            Self::Buy(args) => args.run(rpc, out).await,
            Self::Bid(args) => args.run(rpc, out).await,
            Self::Settle(args) => args.run(rpc, out).await,
            Self::Access(args) => args.run(rpc, out).await,
            Self::Usage(args) => args.run(rpc, out).await,
            Self::Stake(args) => args.run(rpc, out).await,
        }
    }
}

//! Decides which commands there are for the data market.

mod access;
mod auction;
mod bid;
mod buy;
mod cancel_auction;
mod confirm;
mod delist;
mod list;
mod log_access;
mod offer;
mod place;
mod quote;
mod release_key;
mod say;
mod settle;
mod stake;
mod terms;
mod usage;

use clap::Subcommand;

use crate::{args::RpcArgs, cli::after_help, output::Out};

#[derive(Debug, Subcommand)]
#[command(after_help = after_help!(
    "datacoop market list"
    "datacoop market buy 1.1 --purpose academic --key 0x4e03…7d45 --from dev:3"
    "datacoop market offer 1.1 --purposes academic --terms terms.pdf --from dev:1"
))]
pub(crate) enum MarketCommand {
    List(list::ListArgs),
    Quote(quote::QuoteArgs),
    Buy(buy::BuyArgs),
    Bid(bid::BidArgs),
    Settle(settle::SettleArgs),
    Access(access::AccessArgs),
    Usage(usage::UsageArgs),
    Stake(stake::StakeArgs),
    Offer(offer::OfferArgs),
    Delist(delist::DelistArgs),
    Auction(auction::AuctionArgs),
    CancelAuction(cancel_auction::CancelAuctionArgs),
    LogAccess(log_access::LogAccessArgs),
    ReleaseKey(release_key::ReleaseKeyArgs),
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
            Self::Offer(_) => "market offer",
            Self::Delist(_) => "market delist",
            Self::Auction(_) => "market auction",
            Self::CancelAuction(_) => "market cancel-auction",
            Self::LogAccess(_) => "market log-access",
            Self::ReleaseKey(_) => "market release-key",
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
            Self::Offer(args) => args.run(rpc, out).await,
            Self::Delist(args) => args.run(rpc, out).await,
            Self::Auction(args) => args.run(rpc, out).await,
            Self::CancelAuction(args) => args.run(rpc, out).await,
            Self::LogAccess(args) => args.run(rpc, out).await,
            Self::ReleaseKey(args) => args.run(rpc, out).await,
        }
    }
}

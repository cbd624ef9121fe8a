//! Decides what `datacoop market list` shows: what is for sale, and which auctions there are.

use std::io::{self, Write};

use alloy::primitives::B256;
use datacoop_deploy::market::{Auction, AuctionState, Market, Offer, Unit};
use serde::Serialize;

use super::{
    place::PlaceArgs,
    say::{self, Of, Sum},
};
use crate::{
    args::RpcArgs,
    cli::after_help,
    output::{Account, Out, Report, table},
    time::Time,
};

/// Shows the editions that are for sale, their prices, and the newest auctions.
#[derive(Debug, clap::Args)]
#[command(after_help = after_help!(
    "datacoop market list"
    "datacoop market list --json --network arbitrum-sepolia"
))]
pub(crate) struct ListArgs {
    /// How many auctions to show, the newest first.
    #[arg(long, value_name = "COUNT", default_value_t = 20)]
    auctions: u64,

    #[command(flatten)]
    place: PlaceArgs,
}

#[derive(Serialize)]
struct Listed {
    market: Account,
    offers: Vec<OfferRow>,
    auctions: Vec<AuctionRow>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct OfferRow {
    pub(super) edition: Of,
    pub(super) edition_number: String,
    pub(super) data_class: String,
    pub(super) records: u64,
    pub(super) contributors: u64,
    pub(super) purposes: Vec<String>,
    pub(super) max_periods: u32,
    /// `edition` or `record`.
    pub(super) priced_by: &'static str,
    pub(super) price_per_period: Sum,
    pub(super) terms_hash: B256,
    pub(super) is_live: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct AuctionRow {
    pub(super) id: String,
    pub(super) state: &'static str,
    pub(super) edition: Of,
    pub(super) purpose: String,
    pub(super) periods: u32,
    pub(super) is_exclusive: bool,
    pub(super) start: Time,
    pub(super) end: Time,
    pub(super) leader: Option<Account>,
    pub(super) best: Option<Sum>,
    pub(super) minimum: Sum,
    pub(super) terms_hash: B256,
}

impl ListArgs {
    pub(crate) async fn run(self, rpc: &RpcArgs, out: &Out) -> anyhow::Result<()> {
        let Self { auctions, place } = self;
        let market = place.find(rpc).await?;
        let mut listed =
            Listed { market: Account(market.address()), offers: Vec::new(), auctions: Vec::new() };
        for offer in market.offers().await? {
            listed.offers.push(OfferRow::of(&market, offer).await?);
        }
        for auction in market.auctions(auctions).await? {
            listed.auctions.push(AuctionRow::of(&market, auction).await?);
        }
        out.result(&listed)
    }
}

impl OfferRow {
    pub(super) async fn of(market: &Market, offer: Offer) -> anyhow::Result<Self> {
        let token = market.token(offer.token).await?;
        Ok(Self {
            edition: Of(offer.edition),
            edition_number: offer.edition.0.to_string(),
            data_class: say::class(offer.data_class),
            records: offer.records,
            contributors: offer.contributors,
            purposes: say::purposes(&offer.purposes),
            max_periods: offer.max_periods,
            priced_by: match offer.unit {
                Unit::Edition => "edition",
                Unit::Record => "record",
            },
            price_per_period: Sum::new(&token, offer.per_period),
            terms_hash: offer.terms,
            is_live: offer.is_live,
        })
    }
}

impl AuctionRow {
    pub(super) async fn of(market: &Market, auction: Auction) -> anyhow::Result<Self> {
        let token = market.token(auction.token).await?;
        Ok(Self {
            id: auction.id.to_string(),
            state: state(auction.state),
            edition: Of(auction.edition),
            purpose: auction.purpose.to_string(),
            periods: auction.periods,
            is_exclusive: auction.is_exclusive,
            start: Time(auction.start),
            end: Time(auction.end),
            leader: auction.best.map(|(leader, _)| Account(leader)),
            best: auction.best.map(|(_, best)| Sum::new(&token, best)),
            minimum: Sum::new(&token, auction.minimum),
            terms_hash: auction.terms,
        })
    }
}

/// The word for the state of an auction.
pub(super) const fn state(state: AuctionState) -> &'static str {
    match state {
        AuctionState::Coming => "coming",
        AuctionState::Running => "running",
        AuctionState::Ended => "ended",
        AuctionState::Settled => "settled",
        AuctionState::Failed => "failed",
        AuctionState::Cancelled => "cancelled",
    }
}

impl Report for Listed {
    const COMMAND: &'static str = "market list";

    fn show(&self, to: &mut dyn Write) -> io::Result<()> {
        if self.offers.is_empty() {
            writeln!(to, "nothing is for sale")?;
        } else {
            let header =
                ["edition", "class", "records", "people", "for", "per period", "at most", "live"];
            let mut offers = table(header, &[2, 3, 5, 6]);
            for row in &self.offers {
                offers.add_row([
                    row.edition.to_string(),
                    row.data_class.clone(),
                    row.records.to_string(),
                    row.contributors.to_string(),
                    row.purposes.join(", "),
                    row.price_per_period.to_string(),
                    format!("{} periods", row.max_periods),
                    if row.is_live { "yes" } else { "no" }.to_owned(),
                ]);
            }
            writeln!(to, "{offers}")?;
        }
        if self.auctions.is_empty() {
            return Ok(());
        }
        let header = ["auction", "edition", "for", "periods", "state", "ends", "best", "next"];
        let mut auctions = table(header, &[3, 6, 7]);
        for row in &self.auctions {
            auctions.add_row([
                row.id.clone(),
                row.edition.to_string(),
                format!("{}{}", row.purpose, if row.is_exclusive { ", alone" } else { "" }),
                row.periods.to_string(),
                row.state.to_owned(),
                row.end.to_string(),
                row.best.as_ref().map_or_else(String::new, ToString::to_string),
                row.minimum.to_string(),
            ]);
        }
        writeln!(to, "\n{auctions}")
    }
}

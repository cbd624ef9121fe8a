//! Decides what `datacoop market auction` does: one licence of an edition goes to the highest bid.

use std::io::{self, Write};

use alloy::primitives::U256;
use datacoop_deploy::{
    DecodedEvent,
    calendar::{read_span, read_utc},
    chain::{Receipt, Sender},
    consent::Until,
    governance::{Unit, Vocabulary},
    market::{Edition, Lot, Purpose},
};
use serde::Serialize;

use super::{
    list::AuctionRow,
    place::{self, PlaceArgs, units},
    terms::TermsArgs,
};
use crate::{
    args::{RpcArgs, WalletArgs},
    cli::after_help,
    exit::Usage,
    output::{Out, Report, pairs},
};

/// Auctions one licence of an edition, as a lister of the market.
///
/// An auction lasts an hour to 30 days; a bid in the last ten minutes moves its end. With
/// `--exclusive` nothing else of the edition is sold for that purpose until the licence ends.
#[derive(Debug, clap::Args)]
#[command(after_help = after_help!(
    "datacoop market auction 1.1 --purpose commercial --reserve 500 --until '7 days' --terms terms.pdf --from dev:1"
    "datacoop market auction 1.1 --purpose ai-training --periods 12 --exclusive --reserve 9000 --increment 10% --start 2027-01-01 --until 2027-01-07 --terms-hash 0x4e03…7d45 --from dev:1"
))]
pub(crate) struct AuctionArgs {
    /// The edition: dataset and version, as in `3.1`.
    edition: Edition,

    /// What the licence is for: academic, clinical, commercial, ai-training or public-health.
    #[arg(long, value_name = "PURPOSE")]
    purpose: Purpose,

    /// For how many periods of 30 days.
    #[arg(long, value_name = "COUNT", default_value_t = 1)]
    periods: u32,

    /// Sells nothing else of the edition for that purpose until the licence ends.
    #[arg(long)]
    exclusive: bool,

    /// The least that the first bid must be, in the token's unit.
    #[arg(long, value_name = "AMOUNT")]
    reserve: String,

    /// By how much a bid exceeds the one before: 1% to 50%, or basis points such as `250 bps`.
    #[arg(long, value_name = "SHARE", default_value = "5%")]
    increment: String,

    /// When it begins: a day with its first second, a time, or a span such as `2 hours` from now
    /// [default: at once]
    #[arg(long, value_name = "TIME")]
    start: Option<String>,

    /// When it ends: a day with its last second, a time, or a span such as `7 days` from its start.
    #[arg(long, value_name = "TIME")]
    until: Until,

    /// What is bid in: DATA or a token's address.
    #[arg(long, value_name = "TOKEN", default_value = "DATA")]
    token: String,

    #[command(flatten)]
    terms: TermsArgs,

    #[command(flatten)]
    place: PlaceArgs,

    #[command(flatten)]
    wallet: WalletArgs,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Started {
    #[serde(flatten)]
    auction: AuctionRow,
    #[serde(flatten)]
    receipt: Receipt,
    events: Vec<DecodedEvent>,
}

impl AuctionArgs {
    pub(crate) async fn run(self, rpc: &RpcArgs, out: &Out) -> anyhow::Result<()> {
        let Self { edition, purpose, periods, exclusive, place, .. } = &self;
        let (signer, terms) = (self.wallet.signer(rpc, out).await?, self.terms.hash()?);
        let increment_bps = increment(&self.increment)?;
        let market = place.find(rpc).await?;
        let token = place::token(&market, &self.token).await?;
        let now = market.chain().next_time().await?;
        let start = self.start.as_deref().map(|text| beginning(text, now)).transpose()?;
        let lot = Lot {
            edition: *edition,
            token: token.address,
            purpose: *purpose,
            periods: *periods,
            is_exclusive: *exclusive,
            reserve: units(&token, &self.reserve)?,
            increment_bps,
            start,
            end: self.until.from(start.unwrap_or(now)),
            terms,
        };
        let sender = Sender::new(market.chain(), signer);
        let (id, receipt) = market.start_auction(&sender, &lot).await?;
        let auction = AuctionRow::of(&market, market.auction(id).await?).await?;
        out.result(&Started { auction, events: receipt.events(), receipt })
    }
}

/// Reads by how much a bid must exceed the one before, in basis points.
fn increment(text: &str) -> anyhow::Result<u16> {
    let read = Unit::BasisPoints.read(text, &Vocabulary::default());
    let bps = read.map_err(datacoop_deploy::Error::from)?;
    // More than fits is more than the market takes.
    Ok(bps.saturating_to())
}

/// Reads when an auction begins.
fn beginning(text: &str, now: u64) -> anyhow::Result<u64> {
    let span = |span: U256| now.saturating_add(span.saturating_to());
    let time = read_utc(text).or_else(|| read_span(text).map(span));
    let wrong = || {
        Usage(format!(
            "`{text}` is no time; write `2027-01-01`, `2027-01-01T12:00:00Z`, or `2 hours` from now"
        ))
    };
    Ok(time.ok_or_else(wrong)?)
}

impl Report for Started {
    const COMMAND: &'static str = "market auction";

    fn show(&self, to: &mut dyn Write) -> io::Result<()> {
        let Self { auction, receipt, .. } = self;
        pairs(
            to,
            &[
                ("auction", &auction.id),
                ("edition", &auction.edition),
                ("for", &auction.purpose),
                ("periods", &auction.periods),
                ("exclusive", if auction.is_exclusive { &"yes" } else { &"no" }),
                ("first bid", &auction.minimum),
                ("begins", &auction.start),
                ("ends", &auction.end),
                ("terms", &auction.terms_hash),
                ("transaction", &receipt.transaction),
                ("gas", &receipt.gas_used),
            ],
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_beginning_is_a_time_or_a_span_from_now() {
        assert_eq!(beginning("2024-03-01", 5).unwrap(), 1_709_251_200);
        assert_eq!(beginning("2024-03-01T00:00:01Z", 5).unwrap(), 1_709_251_201);
        assert_eq!(beginning("2 hours", 5).unwrap(), 7_205);
        for text in ["", "soon", "7", "2024-02-30", "-1 hours"] {
            assert!(beginning(text, 5).unwrap_err().is::<Usage>(), "{text}");
        }
    }

    #[test]
    fn an_increment_is_a_share() {
        assert_eq!(increment("5%").unwrap(), 500);
        assert_eq!(increment("250 bps").unwrap(), 250);
        // The market refuses it, and says what it takes.
        assert_eq!(increment("1000%").unwrap(), u16::MAX);
        for text in ["", "5", "-5%", "0.001%", "five"] {
            assert!(increment(text).is_err(), "{text}");
        }
    }
}

//! Decides what `datacoop market offer` does: an edition is for sale at the governed price.

use std::io::{self, Write};

use datacoop_deploy::{
    DecodedEvent,
    chain::{Receipt, Sender},
    consent::Purposes,
    market::{Edition, Listing, Unit},
};
use serde::Serialize;

use super::{
    list::OfferRow,
    place::{self, PlaceArgs},
    terms::TermsArgs,
};
use crate::{
    args::{RpcArgs, WalletArgs},
    cli::after_help,
    exit::Input,
    output::{Out, Report, pairs},
};

/// Offers an edition for sale, as a lister of the market, in place of the offer before.
///
/// What it costs is governed, by the class of its data: per edition, or per record of it. It is sold
/// once the edition is live and there is a price; `isLive` tells whether it is.
#[derive(Debug, clap::Args)]
#[command(after_help = after_help!(
    "datacoop market offer 1.1 --purposes academic,public-health --terms terms.pdf --from dev:1"
    "datacoop market offer 1.1 --purposes all --by record --max-periods 3 --terms-hash 0x4e03…7d45 --from dev:1"
))]
pub(crate) struct OfferArgs {
    /// The edition: dataset and version, as in `3.1`.
    edition: Edition,

    /// What it may be bought for, within the dataset's: academic, clinical, commercial, ai-training,
    /// public-health, or `all`.
    #[arg(long, value_name = "PURPOSE,…")]
    purposes: Purposes,

    /// What is priced: the edition as a whole, or each of its records.
    #[arg(long = "by", value_name = "UNIT", value_enum, default_value_t = By::Edition)]
    by: By,

    /// The most periods of 30 days that a licence may last.
    #[arg(long, value_name = "COUNT", default_value_t = 12)]
    max_periods: u32,

    /// What to pay with: DATA or a token's address.
    #[arg(long, value_name = "TOKEN", default_value = "DATA")]
    token: String,

    #[command(flatten)]
    terms: TermsArgs,

    #[command(flatten)]
    place: PlaceArgs,

    #[command(flatten)]
    wallet: WalletArgs,
}

/// What a price is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum By {
    Edition,
    Record,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Offered {
    #[serde(flatten)]
    offer: OfferRow,
    #[serde(flatten)]
    receipt: Receipt,
    events: Vec<DecodedEvent>,
}

impl OfferArgs {
    pub(crate) async fn run(self, rpc: &RpcArgs, out: &Out) -> anyhow::Result<()> {
        let Self { edition, purposes, by, max_periods, token, terms, place, wallet } = self;
        let (signer, terms) = (wallet.signer(rpc, out).await?, terms.hash()?);
        let market = place.find(rpc).await?;
        let token = place::token(&market, &token).await?.address;
        let sender = Sender::new(market.chain(), signer);
        let unit = match by {
            By::Edition => Unit::Edition,
            By::Record => Unit::Record,
        };
        let listing = Listing { edition, token, unit, purposes, max_periods, terms };
        let receipt = market.list(&sender, &listing).await?;
        let offer = market.offer(edition, token).await?;
        let offer = offer.ok_or_else(|| Input(format!("edition {edition} is not offered")))?;
        let offer = OfferRow::of(&market, offer).await?;
        out.result(&Offered { offer, events: receipt.events(), receipt })
    }
}

impl Report for Offered {
    const COMMAND: &'static str = "market offer";

    fn show(&self, to: &mut dyn Write) -> io::Result<()> {
        let Self { offer, receipt, .. } = self;
        pairs(
            to,
            &[
                ("offered", &offer.edition),
                ("for", &offer.purposes.join(", ")),
                ("per period", &offer.price_per_period),
                ("at most", &format_args!("{} x 30 days", offer.max_periods)),
                ("terms", &offer.terms_hash),
                ("transaction", &receipt.transaction),
                ("gas", &receipt.gas_used),
            ],
        )?;
        if offer.is_live {
            return Ok(());
        }
        writeln!(to, "\nIt is not sold yet: the edition is not live, or there is no price for it.")
    }
}

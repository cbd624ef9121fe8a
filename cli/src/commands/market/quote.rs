//! Decides what `datacoop market quote` shows: what a licence costs at this moment.

use std::io::{self, Write};

use alloy::primitives::B256;
use datacoop_deploy::market::{Edition, Market, Purpose, TokenInfo};
use serde::Serialize;

use super::{
    place::{self, PlaceArgs},
    say::{Of, Sum, text},
};
use crate::{
    args::RpcArgs,
    cli::after_help,
    exit::Input,
    output::{Out, Report, pairs},
};

/// Shows what a licence costs at this moment, and on which terms; fails with the reason when it
/// cannot be bought.
#[derive(Debug, clap::Args)]
#[command(after_help = after_help!(
    "datacoop market quote 1.1 --purpose academic"
    "datacoop market quote 1.1 --purpose academic --periods 12 --token 0x3C44…93BC --json"
))]
pub(crate) struct QuoteArgs {
    #[command(flatten)]
    wish: WishArgs,

    #[command(flatten)]
    place: PlaceArgs,
}

/// What is wanted.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct WishArgs {
    /// The edition: dataset and version, as in `3.1`.
    pub(super) edition: Edition,

    /// What for: academic, clinical, commercial, ai-training or public-health.
    #[arg(long, value_name = "PURPOSE")]
    pub(super) purpose: Purpose,

    /// For how many periods of 30 days.
    #[arg(long, value_name = "COUNT", default_value_t = 1)]
    pub(super) periods: u32,

    /// What to pay with: DATA or a token's address.
    #[arg(long, value_name = "TOKEN", default_value = "DATA")]
    token: String,
}

/// What a wish costs.
pub(super) struct Quote {
    pub(super) token: TokenInfo,
    pub(super) price: Sum,
    pub(super) terms: B256,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Quoted {
    edition: Of,
    #[serde(serialize_with = "text")]
    purpose: Purpose,
    periods: u32,
    price: Sum,
    terms_hash: B256,
}

impl WishArgs {
    /// Asks what it costs, and on which terms.
    pub(super) async fn quote(&self, market: &Market) -> anyhow::Result<Quote> {
        let Self { edition, purpose, periods, token } = self;
        let token = place::token(market, token).await?;
        let price = market.quote(*edition, token.address, *purpose, *periods).await?;
        let offer = market.offer(*edition, token.address).await?;
        let offer = offer.ok_or_else(|| Input(format!("edition {edition} is not offered")))?;
        Ok(Quote { price: Sum::new(&token, price), token, terms: offer.terms })
    }
}

impl QuoteArgs {
    pub(crate) async fn run(self, rpc: &RpcArgs, out: &Out) -> anyhow::Result<()> {
        let Self { wish, place } = self;
        let market = place.find(rpc).await?;
        let Quote { price, terms, .. } = wish.quote(&market).await?;
        let WishArgs { edition, purpose, periods, .. } = wish;
        out.result(&Quoted { edition: Of(edition), purpose, periods, price, terms_hash: terms })
    }
}

impl Report for Quoted {
    const COMMAND: &'static str = "market quote";

    fn show(&self, to: &mut dyn Write) -> io::Result<()> {
        let Self { edition, purpose, periods, price, terms_hash } = self;
        pairs(
            to,
            &[
                ("edition", edition),
                ("for", purpose),
                ("periods", periods),
                ("price", price),
                ("terms", terms_hash),
            ],
        )
    }
}

//! Decides what `datacoop market buy` does: a licence, for at most what was quoted.

use std::io::{self, Write};

use alloy::primitives::B256;
use datacoop_deploy::{
    DecodedEvent,
    chain::{Receipt, Sender},
    market::{Bought, Order},
};
use serde::Serialize;

use super::{
    confirm::confirm,
    place::{PlaceArgs, units},
    quote::{Quote, WishArgs},
    say::{Of, Sum},
};
use crate::{
    args::{RpcArgs, SenderArgs},
    cli::after_help,
    output::{Account, Out, Report, pairs},
    time::Time,
};

/// Buys a licence. The signer must be a vetted researcher.
///
/// Asks for a quote, shows it, and asks whether to buy. Allows the market to take the price, when
/// it may not yet, and never pays more than was quoted, or than `--max-price`.
#[derive(Debug, clap::Args)]
#[command(after_help = after_help!(
    "datacoop market buy 1.1 --purpose academic --key 0x4e03…7d45 --from dev:3"
    "datacoop market buy 1.1 --purpose academic --periods 3 --key 0x4e03…7d45 --max-price 30 --yes --from dev:3"
))]
pub(crate) struct BuyArgs {
    #[command(flatten)]
    wish: WishArgs,

    /// The public key that keys are released to, 32 bytes.
    #[arg(long, value_name = "KEY")]
    key: B256,

    /// The hash of the terms that are accepted [default: those that are offered]
    #[arg(long, value_name = "HASH")]
    terms: Option<B256>,

    /// The most to pay, in the token's unit [default: what is quoted]
    #[arg(long, value_name = "AMOUNT")]
    max_price: Option<String>,

    /// Buys without asking.
    #[arg(long)]
    yes: bool,

    #[command(flatten)]
    place: PlaceArgs,

    #[command(flatten)]
    wallet: SenderArgs,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Purchase {
    licence: String,
    holder: Account,
    edition: Of,
    purpose: String,
    price: Sum,
    start: Time,
    end: Time,
    terms_hash: B256,
    /// The transaction that allowed the payment, if one was needed.
    #[serde(skip_serializing_if = "Option::is_none")]
    approval: Option<B256>,
    #[serde(flatten)]
    receipt: Receipt,
    events: Vec<DecodedEvent>,
}

impl BuyArgs {
    pub(crate) async fn run(self, rpc: &RpcArgs, out: &Out) -> anyhow::Result<()> {
        let Self { wish, key, terms, max_price, yes, place, wallet } = self;
        let signer = wallet.signer(rpc, out).await?;
        let market = place.find(rpc).await?;
        let Quote { token, price, terms: offered } = wish.quote(&market).await?;
        let max_price = match max_price {
            Some(text) => units(&token, &text)?,
            None => price.amount,
        };
        let terms = terms.unwrap_or(offered);
        let WishArgs { edition, purpose, periods, .. } = wish;
        let question = format!(
            "buy edition {edition} for {purpose}, {periods} x 30 days, for {price}, on terms {terms}"
        );
        confirm(out, yes, &question)?;
        let sender = Sender::new(market.chain(), signer);
        let order = Order {
            edition,
            token: token.address,
            purpose,
            periods,
            max_price,
            terms,
            public_key: key,
        };
        let Bought { licence, price, start, end, approval, receipt } =
            market.buy(&sender, &order).await?;
        out.result(&Purchase {
            licence: licence.to_string(),
            holder: Account(sender.address()),
            edition: Of(edition),
            purpose: purpose.to_string(),
            price: Sum::new(&token, price),
            start: Time(start),
            end: Time(end),
            terms_hash: terms,
            approval: approval.map(|receipt| receipt.transaction),
            events: receipt.events(),
            receipt,
        })
    }
}

impl Report for Purchase {
    const COMMAND: &'static str = "market buy";

    fn show(&self, to: &mut dyn Write) -> io::Result<()> {
        pairs(
            to,
            &[
                ("licence", &self.licence),
                ("holder", &self.holder),
                ("edition", &self.edition),
                ("for", &self.purpose),
                ("price", &self.price),
                ("from", &self.start),
                ("to", &self.end),
                ("transaction", &self.receipt.transaction),
                ("gas", &self.receipt.gas_used),
            ],
        )
    }
}

//! Decides what `datacoop market settle` does: grants the licence of an auction that has ended.

use std::io::{self, Write};

use alloy::primitives::U256;
use datacoop_deploy::{
    DecodedEvent,
    chain::{Receipt, Sender},
    market::Settled,
};
use serde::Serialize;

use super::place::PlaceArgs;
use crate::{
    args::{RpcArgs, SenderArgs},
    cli::after_help,
    output::{Out, Report, pairs},
};

/// Settles an auction that has ended: grants the licence to the highest bidder and splits its bid.
/// Anybody may. When the bidder is no longer vetted the auction fails, and the bid is owed back.
#[derive(Debug, clap::Args)]
#[command(after_help = after_help!(
    "datacoop market settle 1 --from dev:0"
))]
pub(crate) struct SettleArgs {
    /// The auction's number.
    auction: U256,

    #[command(flatten)]
    place: PlaceArgs,

    #[command(flatten)]
    wallet: SenderArgs,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Outcome {
    auction: String,
    /// `settled` or `failed`.
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    licence: Option<String>,
    #[serde(flatten)]
    receipt: Receipt,
    events: Vec<DecodedEvent>,
}

impl SettleArgs {
    pub(crate) async fn run(self, rpc: &RpcArgs, out: &Out) -> anyhow::Result<()> {
        let Self { auction, place, wallet } = self;
        let signer = wallet.signer(rpc, out).await?;
        let market = place.find(rpc).await?;
        let sender = Sender::new(market.chain(), signer);
        let Settled { licence, receipt } = market.settle(&sender, auction).await?;
        out.result(&Outcome {
            auction: auction.to_string(),
            state: if licence.is_some() { "settled" } else { "failed" },
            licence: licence.map(|id| id.to_string()),
            events: receipt.events(),
            receipt,
        })
    }
}

impl Report for Outcome {
    const COMMAND: &'static str = "market settle";

    fn show(&self, to: &mut dyn Write) -> io::Result<()> {
        let licence = self.licence.as_deref().unwrap_or("none; a bid is owed back to its bidder");
        pairs(
            to,
            &[
                ("auction", &self.auction),
                ("state", &self.state),
                ("licence", &licence),
                ("transaction", &self.receipt.transaction),
                ("gas", &self.receipt.gas_used),
            ],
        )
    }
}

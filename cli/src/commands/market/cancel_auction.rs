//! Decides what `datacoop market cancel-auction` does: an auction without bids ends.

use std::io::{self, Write};

use alloy::primitives::U256;
use datacoop_deploy::{
    DecodedEvent,
    chain::{Receipt, Sender},
};
use serde::Serialize;

use super::{list, place::PlaceArgs};
use crate::{
    args::{RpcArgs, WalletArgs},
    cli::after_help,
    output::{Out, Report, pairs},
};

/// Ends an auction in which nobody has bid, as a lister of the market.
#[derive(Debug, clap::Args)]
#[command(after_help = after_help!(
    "datacoop market cancel-auction 1 --from dev:1"
))]
pub(crate) struct CancelAuctionArgs {
    /// The auction's number.
    auction: U256,

    #[command(flatten)]
    place: PlaceArgs,

    #[command(flatten)]
    wallet: WalletArgs,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Cancelled {
    auction: String,
    state: &'static str,
    #[serde(flatten)]
    receipt: Receipt,
    events: Vec<DecodedEvent>,
}

impl CancelAuctionArgs {
    pub(crate) async fn run(self, rpc: &RpcArgs, out: &Out) -> anyhow::Result<()> {
        let Self { auction, place, wallet } = self;
        let signer = wallet.signer(rpc, out).await?;
        let market = place.find(rpc).await?;
        let sender = Sender::new(market.chain(), signer);
        let receipt = market.cancel_auction(&sender, auction).await?;
        let state = list::state(market.auction(auction).await?.state);
        let events = receipt.events();
        out.result(&Cancelled { auction: auction.to_string(), state, receipt, events })
    }
}

impl Report for Cancelled {
    const COMMAND: &'static str = "market cancel-auction";

    fn show(&self, to: &mut dyn Write) -> io::Result<()> {
        pairs(
            to,
            &[
                ("auction", &self.auction),
                ("state", &self.state),
                ("transaction", &self.receipt.transaction),
                ("gas", &self.receipt.gas_used),
            ],
        )
    }
}

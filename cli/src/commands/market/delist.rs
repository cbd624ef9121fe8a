//! Decides what `datacoop market delist` does: an edition is not for sale any more.

use std::io::{self, Write};

use datacoop_deploy::{
    DecodedEvent,
    chain::{Receipt, Sender},
    market::Edition,
};
use serde::Serialize;

use super::{
    place::{self, PlaceArgs},
    say::Of,
};
use crate::{
    args::{RpcArgs, WalletArgs},
    cli::after_help,
    output::{Account, Out, Report, pairs},
};

/// Ends the offer of an edition in a token, as a lister of the market. Licences that were sold stay.
#[derive(Debug, clap::Args)]
#[command(after_help = after_help!(
    "datacoop market delist 1.1 --from dev:1"
    "datacoop market delist 1.1 --token 0x3C44…93BC --from dev:1"
))]
pub(crate) struct DelistArgs {
    /// The edition: dataset and version, as in `3.1`.
    edition: Edition,

    /// Which offer of it: DATA or a token's address.
    #[arg(long, value_name = "TOKEN", default_value = "DATA")]
    token: String,

    #[command(flatten)]
    place: PlaceArgs,

    #[command(flatten)]
    wallet: WalletArgs,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Ended {
    edition: Of,
    token: Account,
    #[serde(flatten)]
    receipt: Receipt,
    events: Vec<DecodedEvent>,
}

impl DelistArgs {
    pub(crate) async fn run(self, rpc: &RpcArgs, out: &Out) -> anyhow::Result<()> {
        let Self { edition, token, place, wallet } = self;
        let signer = wallet.signer(rpc, out).await?;
        let market = place.find(rpc).await?;
        let token = place::token(&market, &token).await?.address;
        let sender = Sender::new(market.chain(), signer);
        let receipt = market.delist(&sender, edition, token).await?;
        let events = receipt.events();
        out.result(&Ended { edition: Of(edition), token: Account(token), receipt, events })
    }
}

impl Report for Ended {
    const COMMAND: &'static str = "market delist";

    fn show(&self, to: &mut dyn Write) -> io::Result<()> {
        pairs(
            to,
            &[
                ("not for sale", &self.edition),
                ("token", &self.token),
                ("transaction", &self.receipt.transaction),
                ("gas", &self.receipt.gas_used),
            ],
        )
    }
}

//! Decides what `datacoop market log-access` does: an access server logs that a record was read.

use std::{
    io::{self, Write},
    path::PathBuf,
};

use alloy::primitives::{B256, U256};
use datacoop_deploy::{
    DecodedEvent,
    chain::{Receipt, Sender},
    market::{Licence, Market},
};
use serde::Serialize;

use super::{access::prove, place::PlaceArgs, say::Of};
use crate::{
    args::{RpcArgs, WalletArgs},
    cli::after_help,
    exit::Input,
    output::{Account, Out, Report, pairs},
};

/// Logs on chain that a record was read by a licence, as an access server of the market, for its
/// owner to see.
///
/// A server logs before it serves. The market refuses unless at this moment the licence gives access
/// and the owner's consent covers it; `datacoop market access` tells which reason fails.
#[derive(Debug, clap::Args)]
#[command(after_help = after_help!(
    "datacoop market log-access 1 0x4e03…7d45 --manifest edition-1.1.json --from dev:1"
    "datacoop market log-access 1 0x4e03…7d45 --proof 0x4e03…7d45,0x4e03…7d45 --json --from dev:1"
))]
pub(crate) struct LogAccessArgs {
    /// The licence's number.
    licence: U256,

    /// The record.
    record: B256,

    #[command(flatten)]
    path: PathArgs,

    #[command(flatten)]
    place: PlaceArgs,

    #[command(flatten)]
    wallet: WalletArgs,
}

/// How it is proved that the edition has the record.
#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
struct PathArgs {
    /// The edition's manifest, from which it is proved that the record belongs to it.
    #[arg(long, value_name = "FILE")]
    manifest: Option<PathBuf>,

    /// The proof itself: the siblings, from the leaf up.
    #[arg(long, value_name = "HASHES", value_delimiter = ',')]
    proof: Option<Vec<B256>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Logged {
    licence: String,
    record: B256,
    edition: Of,
    holder: Account,
    purpose: String,
    #[serde(flatten)]
    receipt: Receipt,
    events: Vec<DecodedEvent>,
}

impl LogAccessArgs {
    pub(crate) async fn run(self, rpc: &RpcArgs, out: &Out) -> anyhow::Result<()> {
        let Self { licence: id, record, path: PathArgs { manifest, proof }, place, wallet } = self;
        let signer = wallet.signer(rpc, out).await?;
        let market = place.find(rpc).await?;
        let Licence { holder, edition, purpose, .. } = licence(&market, id).await?;
        let proof = match manifest {
            Some(path) => prove(&path, edition, record)?,
            None => proof.unwrap_or_default(),
        };
        let sender = Sender::new(market.chain(), signer);
        let receipt = market.log_access(&sender, id, (record, proof)).await?;
        out.result(&Logged {
            licence: id.to_string(),
            record,
            edition: Of(edition),
            holder: Account(holder),
            purpose: purpose.to_string(),
            events: receipt.events(),
            receipt,
        })
    }
}

/// Finds a licence.
pub(super) async fn licence(market: &Market, id: U256) -> anyhow::Result<Licence> {
    let found = market.licence(id).await?;
    Ok(found.ok_or_else(|| Input(format!("there is no licence {id}")))?)
}

impl Report for Logged {
    const COMMAND: &'static str = "market log-access";

    fn show(&self, to: &mut dyn Write) -> io::Result<()> {
        pairs(
            to,
            &[
                ("logged", &self.record),
                ("edition", &self.edition),
                ("read by", &self.holder),
                ("for", &self.purpose),
                ("licence", &self.licence),
                ("transaction", &self.receipt.transaction),
                ("gas", &self.receipt.gas_used),
            ],
        )
    }
}

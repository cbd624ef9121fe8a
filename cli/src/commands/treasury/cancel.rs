//! Decides what `datacoop treasury cancel` does: takes queued transactions back.

use std::{
    io::{self, Write},
    path::Path,
};

use alloy::primitives::B256;
use datacoop_deploy::{
    DecodedEvent, Error,
    chain::{Receipt, Sender},
    treasury::{TransactionFile, cancel_all, cancel_queued, check_place},
};
use serde::Serialize;

use super::place::PlaceArgs;
use crate::{
    args::{RpcArgs, SenderArgs},
    cli::after_help,
    output::{Account, Out, Report, pairs},
};

/// Cancels a queued transaction of the treasury, or all of them. Any one owner may.
///
/// What is signed and not yet queued is not cancelled but overtaken: `treasury propose --reject`
/// with the same nonce.
#[derive(Debug, clap::Args)]
#[command(after_help = after_help!(
    "datacoop treasury cancel 0x4e03…7d45 --from dev:1     the hash that `treasury list` shows"
    "datacoop treasury cancel treasury-7.json --from dev:1"
    "datacoop treasury cancel --all --from dev:1"
))]
pub(crate) struct CancelArgs {
    /// The transaction's hash, or its file.
    #[arg(value_name = "HASH", required_unless_present = "all", conflicts_with = "all")]
    transaction: Option<String>,

    /// All that is queued.
    #[arg(long)]
    all: bool,

    #[command(flatten)]
    place: PlaceArgs,

    #[command(flatten)]
    wallet: SenderArgs,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Cancelled {
    treasury: Account,
    /// None when all were cancelled.
    #[serde(skip_serializing_if = "Option::is_none")]
    safe_tx_hash: Option<B256>,
    #[serde(flatten)]
    receipt: Receipt,
    events: Vec<DecodedEvent>,
}

impl CancelArgs {
    pub(crate) async fn run(self, rpc: &RpcArgs, out: &Out) -> anyhow::Result<()> {
        let Self { transaction, all: _, place, wallet } = self;
        let signer = wallet.signer(rpc, out).await?;
        let named = transaction.as_deref().map(Named::read).transpose()?;
        let (treasury, _) = place.find(rpc).await?;
        let sender = Sender::new(treasury.chain(), signer);
        let hash = match &named {
            None => None,
            Some(Named::Hash(hash)) => Some(*hash),
            Some(Named::File(file)) => {
                check_place(&treasury, file).map_err(Error::from)?;
                Some(file.safe_tx_hash)
            }
        };
        let receipt = match hash {
            Some(hash) => cancel_queued(&treasury, &sender, hash).await?,
            None => cancel_all(&treasury, &sender).await?,
        };
        out.result(&Cancelled {
            treasury: Account(treasury.address()),
            safe_tx_hash: hash,
            events: receipt.events(),
            receipt,
        })
    }
}

/// A transaction that the user named.
enum Named {
    Hash(B256),
    File(Box<TransactionFile>),
}

impl Named {
    fn read(text: &str) -> Result<Self, Error> {
        match text.parse() {
            Ok(hash) => Ok(Self::Hash(hash)),
            Err(_) => Ok(Self::File(Box::new(TransactionFile::read(Path::new(text))?))),
        }
    }
}

impl Report for Cancelled {
    const COMMAND: &'static str = "treasury cancel";

    fn show(&self, to: &mut dyn Write) -> io::Result<()> {
        let all = "all that was queued".to_owned();
        let what = self.safe_tx_hash.map_or(all, |hash| hash.to_string());
        pairs(
            to,
            &[
                ("treasury", &self.treasury),
                ("cancelled", &what),
                ("transaction", &self.receipt.transaction),
                ("gas", &self.receipt.gas_used),
            ],
        )
    }
}

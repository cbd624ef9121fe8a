//! Decides what `datacoop market release-key` does: an access server hands a licensee the key to an
//! edition, encrypted so that nobody else can use it.

use std::{
    fs,
    io::{self, Write},
    path::PathBuf,
};

use alloy::primitives::{B256, Bytes, U256};
use datacoop_deploy::{
    DecodedEvent, Error,
    chain::{Receipt, Sender},
    market::Licence,
};
use serde::Serialize;

use super::{log_access::licence, place::PlaceArgs, say::Of};
use crate::{
    args::{RpcArgs, WalletArgs},
    cli::after_help,
    output::{Account, Out, Report, pairs},
};

/// Releases a key to the holder of a licence, as an access server of the market.
///
/// What is released is public for ever: it must be encrypted to the licence's public key before, with
/// the tool that the licensee made its key with. The market refuses unless the licence gives access
/// at this moment.
#[derive(Debug, clap::Args)]
#[command(after_help = after_help!(
    "datacoop market release-key 1 --file key.enc --from dev:1"
    "datacoop market release-key 1 --encrypted 0x4e03…7d45 --json --from dev:1"
))]
pub(crate) struct ReleaseKeyArgs {
    /// The licence's number.
    licence: U256,

    #[command(flatten)]
    key: KeyArgs,

    #[command(flatten)]
    place: PlaceArgs,

    #[command(flatten)]
    wallet: WalletArgs,
}

/// The key, encrypted.
#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
struct KeyArgs {
    /// A file with the encrypted key, of 1 to 1,024 bytes, which go on chain as they are.
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,

    /// The encrypted key itself.
    #[arg(long, value_name = "HEX")]
    encrypted: Option<Bytes>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Released {
    licence: String,
    edition: Of,
    holder: Account,
    /// What it must be encrypted to.
    public_key: B256,
    bytes: usize,
    #[serde(flatten)]
    receipt: Receipt,
    events: Vec<DecodedEvent>,
}

impl ReleaseKeyArgs {
    pub(crate) async fn run(self, rpc: &RpcArgs, out: &Out) -> anyhow::Result<()> {
        let Self { licence: id, key, place, wallet } = self;
        let (signer, key) = (wallet.signer(rpc, out).await?, key.read()?);
        let market = place.find(rpc).await?;
        let Licence { holder, edition, public_key, .. } = licence(&market, id).await?;
        let bytes = key.len();
        let sender = Sender::new(market.chain(), signer);
        let receipt = market.release_key(&sender, id, key).await?;
        out.result(&Released {
            licence: id.to_string(),
            edition: Of(edition),
            holder: Account(holder),
            public_key,
            bytes,
            events: receipt.events(),
            receipt,
        })
    }
}

impl KeyArgs {
    fn read(self) -> Result<Bytes, Error> {
        match self.file {
            Some(path) => match fs::read(&path) {
                Ok(bytes) => Ok(bytes.into()),
                Err(source) => Err(Error::Io { path, action: "read", source }),
            },
            None => Ok(self.encrypted.unwrap_or_default()),
        }
    }
}

impl Report for Released {
    const COMMAND: &'static str = "market release-key";

    fn show(&self, to: &mut dyn Write) -> io::Result<()> {
        pairs(
            to,
            &[
                ("released to", &self.holder),
                ("public key", &self.public_key),
                ("edition", &self.edition),
                ("licence", &self.licence),
                ("bytes", &self.bytes),
                ("transaction", &self.receipt.transaction),
                ("gas", &self.receipt.gas_used),
            ],
        )
    }
}

//! Decides what `datacoop data dataset publish` does: gathers, writes and publishes the next edition of
//! a dataset.

use std::{
    collections::BTreeMap,
    fs,
    io::{self, Write},
    path::PathBuf,
};

use alloy::primitives::{B256, U256};
use datacoop_deploy::{
    Error,
    chain::Sender,
    data::{DataError, Gathered, Manifest, next_edition, publish_call, read_weights},
};
use serde::Serialize;

use super::super::registry;
use crate::{
    args::{RpcArgs, SenderArgs},
    cli::after_help,
    output::{Out, Report, pairs},
    time::Time,
};

/// Publishes the next edition of a dataset: the attested records of its class whose owners' live consents
/// cover one of its purposes.
///
/// Whoever revoked since the last edition, or left, is not in it. The manifest, with all records and
/// shares, is written to a file, and its hash goes on chain: hand the file to buyers and contributors.
/// The edition is live when the challenge period is over.
#[derive(Debug, clap::Args)]
#[command(after_help = after_help!(
    "datacoop data dataset publish heart --from dev:3"
    "datacoop data dataset publish heart --out heart.json --uri https://x.example/heart.json --from dev:3"
    "datacoop data dataset publish heart --weights weights.csv --from dev:3     account,weight a line"
))]
pub(crate) struct PublishArgs {
    /// The dataset's name or id.
    dataset: String,

    /// Where the manifest goes [default: the dataset's name and the version, in this folder]
    #[arg(long, short, value_name = "FILE")]
    out: Option<PathBuf>,

    /// Where others find the manifest, of at most 256 bytes.
    #[arg(long, value_name = "URI", default_value = "")]
    uri: String,

    /// What the records of some contributors weigh: CSV of `account,weight`; all others weigh 1.
    #[arg(long, value_name = "FILE")]
    weights: Option<PathBuf>,

    #[command(flatten)]
    wallet: SenderArgs,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Published {
    edition: U256,
    dataset: u64,
    version: u32,
    records: u64,
    contributors: u64,
    total_shares: U256,
    records_root: B256,
    shares_root: B256,
    manifest: PathBuf,
    manifest_hash: B256,
    live_from: Time,
    left_out: LeftOut,
    transaction: B256,
    gas_used: u64,
}

/// Records of the class that are not in the edition.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LeftOut {
    unattested: u64,
    erased: u64,
    without_consent: u64,
}

impl PublishArgs {
    pub(crate) async fn run(self, rpc: &RpcArgs, out: &Out) -> anyhow::Result<()> {
        let Self { dataset: reference, out: file, uri, weights, wallet } = self;
        let weights = weights.as_deref().map(read_weights).transpose()?;
        let signer = wallet.signer(rpc, out).await?;
        let registry = registry(rpc).await?;
        let sender = Sender::new(registry.chain(), signer);
        let dataset = registry.dataset(&reference).await?;
        let weights = weights.unwrap_or_else(BTreeMap::new);
        let (manifest, gathered) = next_edition(&registry, &reference, &dataset, &weights).await?;
        let file = file.unwrap_or_else(|| default_file(&manifest));
        if file.exists() {
            return Err(Error::from(DataError::FileExists { path: file }).into());
        }
        let call = publish_call(&manifest, &uri);
        // What the contract would refuse is refused before anything is written.
        sender.simulate(registry.address(), &call).await?;
        manifest.write(&file)?;
        let receipt = match sender.call(registry.address(), &call).await {
            Ok(receipt) => receipt,
            Err(error) => {
                // It is not published: the file would be that of nothing.
                let _ = fs::remove_file(&file);
                return Err(error.into());
            }
        };
        let head = manifest.head();
        let edition = registry.edition(head.dataset, head.version).await?;
        let Gathered { unattested, erased, without_consent, .. } = gathered;
        out.result(&Published {
            edition: manifest.edition(),
            dataset: head.dataset,
            version: head.version,
            records: manifest.record_count(),
            contributors: manifest.contributors().len() as u64,
            total_shares: manifest.total_shares(),
            records_root: manifest.records_root(),
            shares_root: manifest.shares_root(),
            manifest: file,
            manifest_hash: manifest.hash(),
            live_from: Time(edition.live_from),
            left_out: LeftOut { unattested, erased, without_consent },
            transaction: receipt.transaction,
            gas_used: receipt.gas_used,
        })
    }
}

/// The file that a manifest goes to when none is named.
fn default_file(manifest: &Manifest) -> PathBuf {
    let head = manifest.head();
    let plain = |letter: char| if letter.is_ascii_alphanumeric() { letter } else { '-' };
    let name: String = head.name.chars().map(plain).collect();
    PathBuf::from(format!("{name}-v{}.json", head.version))
}

impl Report for Published {
    const COMMAND: &'static str = "data dataset publish";

    fn show(&self, to: &mut dyn Write) -> io::Result<()> {
        let Self { edition, version, records, contributors, total_shares, .. } = self;
        let LeftOut { unattested, erased, without_consent } = self.left_out;
        let left_out = format!(
            "{without_consent} without a live consent, {unattested} not attested, {erased} erased"
        );
        pairs(
            to,
            &[
                ("edition", edition),
                ("version", version),
                ("records", records),
                ("contributors", contributors),
                ("shares", total_shares),
                ("left out", &left_out),
                ("live from", &self.live_from),
                ("manifest", &self.manifest.display()),
                ("its hash", &self.manifest_hash),
                ("transaction", &self.transaction),
                ("gas", &self.gas_used),
            ],
        )
    }
}

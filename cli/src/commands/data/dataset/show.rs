//! Decides what `datacoop data dataset show` shows: a dataset's editions, and whether a manifest is that
//! of one of them.

use std::{
    io::{self, Write},
    path::PathBuf,
};

use alloy::primitives::{B256, U256};
use datacoop_deploy::data::{Dataset, Edition, EditionStanding, Manifest, Since, verify_manifest};
use serde::Serialize;

use super::super::{class_name, purpose::Purpose, registry};
use crate::{
    args::RpcArgs,
    cli::after_help,
    output::{Account, Out, Report, pairs, table},
    time::Time,
};

/// How many editions are shown, the last ones.
const SHOWN: u32 = 20;

/// Shows a dataset and its editions. With a manifest it tells whether that is the one on chain, and what
/// became of its records since.
#[derive(Debug, clap::Args)]
#[command(after_help = after_help!(
    "datacoop data dataset show heart"
    "datacoop data dataset show --manifest heart-v1.json --json"
))]
pub(crate) struct ShowArgs {
    /// The dataset's name or id [default: the manifest's]
    #[arg(required_unless_present = "manifest")]
    dataset: Option<String>,

    /// A manifest that is compared with the chain.
    #[arg(long, value_name = "FILE")]
    manifest: Option<PathBuf>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown {
    dataset: u64,
    curator: Account,
    data_class: String,
    purposes: Vec<&'static str>,
    editions: Vec<Row>,
    manifest: Option<Checked>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    edition: U256,
    version: u32,
    standing: EditionStanding,
    records: u64,
    contributors: u64,
    total_shares: U256,
    published_at: Time,
    live_from: Time,
    manifest_hash: B256,
}

/// A manifest that is the one on chain.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Checked {
    file: PathBuf,
    edition: U256,
    hash: B256,
    /// Records that are still attested.
    attested: u64,
    /// Records that were erased since.
    erased: u64,
    /// Records that nobody attests to: whoever shows one voids the edition before it is live.
    faulty: u64,
}

impl ShowArgs {
    pub(crate) async fn run(self, rpc: &RpcArgs, out: &Out) -> anyhow::Result<()> {
        let Self { dataset, manifest: path } = self;
        let manifest = path.as_deref().map(Manifest::read).transpose()?;
        let registry = registry(rpc).await?;
        let mut checked = None;
        if let (Some(path), Some(manifest)) = (&path, &manifest) {
            let (edition, since) = verify_manifest(&registry, path, manifest).await?;
            let Since { attested, erased, faulty } = since;
            let (file, hash) = (path.clone(), manifest.hash());
            let edition = edition.number;
            checked = Some(Checked { file, edition, hash, attested, erased, faulty });
        }
        let of_manifest = || manifest.as_ref().map(|one| one.head().dataset.to_string());
        let reference = dataset.or_else(of_manifest).unwrap_or_default();
        let Dataset { id, curator, data_class, purposes, latest } =
            registry.dataset(&reference).await?;
        let mut editions = Vec::new();
        for version in latest.saturating_sub(SHOWN) + 1..=latest {
            editions.push(Row::from(registry.edition(id, version).await?));
        }
        out.result(&Shown {
            dataset: id,
            curator: Account(curator),
            data_class: class_name(data_class),
            purposes: Purpose::names(purposes),
            editions,
            manifest: checked,
        })
    }
}

impl From<Edition> for Row {
    fn from(edition: Edition) -> Self {
        Self {
            edition: edition.number,
            version: edition.version,
            standing: edition.standing,
            records: edition.records,
            contributors: edition.contributors,
            total_shares: edition.total_shares,
            published_at: Time(edition.published_at),
            live_from: Time(edition.live_from),
            manifest_hash: edition.manifest_hash,
        }
    }
}

impl Report for Shown {
    const COMMAND: &'static str = "data dataset show";

    fn show(&self, to: &mut dyn Write) -> io::Result<()> {
        let Self { dataset, curator, data_class, purposes, editions, manifest } = self;
        let purposes = purposes.join(", ");
        pairs(
            to,
            &[
                ("dataset", dataset),
                ("curator", curator),
                ("class", data_class),
                ("purposes", &purposes),
            ],
        )?;
        let header = ["version", "edition", "", "records", "contributors", "shares", "live from"];
        let mut rows = table(header, &[0, 1, 3, 4, 5]);
        for row in editions {
            rows.add_row([
                row.version.to_string(),
                row.edition.to_string(),
                row.standing.name().to_owned(),
                row.records.to_string(),
                row.contributors.to_string(),
                row.total_shares.to_string(),
                row.live_from.to_string(),
            ]);
        }
        writeln!(to, "\n{rows}")?;
        let Some(Checked { file, edition, attested, erased, faulty, .. }) = manifest else {
            return Ok(());
        };
        writeln!(
            to,
            "\n`{}` is the manifest of edition {edition}: {attested} of its records are attested, \
             {erased} were erased since, {faulty} are at fault.",
            file.display()
        )
    }
}

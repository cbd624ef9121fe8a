//! Decides what is published as the next edition of a dataset, and whether a manifest is that of an
//! edition on chain.

use std::{collections::BTreeMap, path::Path};

use alloy::primitives::{Address, B256, U256};

use super::{
    DataError, Dataset, Gathered, Manifest, ManifestHead, Registry, Status, edition_number, gather,
};
use crate::{
    Error,
    bindings::IDataRegistry::{
        editionOfCall, editionOfReturn, manifestOfCall, publishCall, rootsOfCall,
    },
};

/// The status of an edition that was published and not voided.
const PUBLISHED: u8 = 1;

/// An edition, as the chain has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edition {
    /// Its number.
    pub number: U256,
    /// The number of the version, from one.
    pub version: u32,
    /// Where it stands.
    pub standing: EditionStanding,
    /// How many records it has.
    pub records: u64,
    /// How many owners these have.
    pub contributors: u64,
    /// When it was published, in seconds since 1970.
    pub published_at: u64,
    /// The first second at which it is live.
    pub live_from: u64,
    /// The root of the records.
    pub records_root: B256,
    /// The root of the shares.
    pub shares_root: B256,
    /// The sum of the shares.
    pub total_shares: U256,
    /// The hash of the manifest.
    pub manifest_hash: B256,
}

/// Where an edition stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub enum EditionStanding {
    /// There is no such edition.
    Unknown,
    /// It can be voided.
    Challengeable,
    /// It can be licensed and read.
    Live,
    /// It was voided.
    Voided,
}

impl EditionStanding {
    const fn of(status: u8, live_from: u64, now: u64) -> Self {
        match status {
            PUBLISHED if now >= live_from => Self::Live,
            PUBLISHED => Self::Challengeable,
            0 => Self::Unknown,
            _ => Self::Voided,
        }
    }

    /// Returns the name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Challengeable => "challengeable",
            Self::Live => "live",
            Self::Voided => "voided",
        }
    }
}

impl Registry {
    /// Returns an edition of a dataset.
    ///
    /// # Errors
    ///
    /// As [`crate::chain::Chain::read`].
    pub async fn edition(&self, dataset: u64, version: u32) -> Result<Edition, Error> {
        let (chain, number) = (self.chain(), edition_number(dataset, version));
        let call = editionOfCall { edition: number };
        let editionOfReturn { status, records, contributors, liveFrom: live_from, .. } =
            chain.read(self.address(), &call).await?;
        let roots = chain.read(self.address(), &rootsOfCall { edition: number }).await?;
        let manifest = chain.read(self.address(), &manifestOfCall { edition: number }).await?;
        Ok(Edition {
            number,
            version,
            standing: EditionStanding::of(status, live_from, chain.next_time().await?),
            records,
            contributors,
            published_at: manifest.publishedAt,
            live_from,
            records_root: roots.recordsRoot,
            shares_root: roots.sharesRoot,
            total_shares: roots.totalShares,
            manifest_hash: manifest.manifestHash,
        })
    }
}

/// Gathers the next edition of a dataset, and makes its manifest.
///
/// # Errors
///
/// As [`gather()`] and [`Manifest::new`].
pub async fn next_edition(
    registry: &Registry,
    name: &str,
    dataset: &Dataset,
    weights: &BTreeMap<Address, u64>,
) -> Result<(Manifest, Gathered), Error> {
    let mut gathered = gather(registry, dataset).await?;
    let head = ManifestHead {
        chain_id: registry.chain().id(),
        registry: registry.address(),
        dataset: dataset.id,
        version: dataset.latest.saturating_add(1),
        name: name.to_owned(),
        data_class: dataset.data_class,
        purposes: dataset.purposes,
        gathered_at: gathered.at,
    };
    let records = std::mem::take(&mut gathered.records);
    Ok((Manifest::new(head, records, weights)?, gathered))
}

/// Returns the call that publishes a manifest.
#[must_use]
pub fn publish_call(manifest: &Manifest, uri: &str) -> publishCall {
    publishCall {
        datasetId: U256::from(manifest.head().dataset),
        recordsRoot: manifest.records_root(),
        sharesRoot: manifest.shares_root(),
        records: manifest.record_count(),
        contributors: manifest.contributors().len() as u64,
        totalShares: manifest.total_shares(),
        manifestHash: manifest.hash(),
        manifestUri: uri.to_owned(),
    }
}

/// What became of the records of an edition since.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Since {
    /// Records that are still attested.
    pub attested: u64,
    /// Records that were erased.
    pub erased: u64,
    /// Records that nobody attests to: a fault of the edition.
    pub faulty: u64,
}

/// Requires that a manifest is that of an edition on chain, and tells what became of its records.
///
/// # Errors
///
/// - [`DataError::ManifestElsewhere`]: it is of another chain or registry.
/// - [`DataError::ManifestDiffers`]: the chain has another edition.
/// - The failures of reading.
pub async fn verify_manifest(
    registry: &Registry,
    path: &Path,
    manifest: &Manifest,
) -> Result<(Edition, Since), Error> {
    let head = manifest.head();
    let here = (registry.chain().id(), registry.address());
    if (head.chain_id, head.registry) != here {
        let place = |(chain, registry)| format!("registry {registry} on chain {chain}");
        return Err(DataError::ManifestElsewhere {
            path: path.to_path_buf(),
            found: place((head.chain_id, head.registry)),
            expected: place(here),
        }
        .into());
    }
    let edition = registry.edition(head.dataset, head.version).await?;
    let differences = differences(manifest, &edition);
    if !differences.is_empty() {
        let (path, number) = (path.to_path_buf(), edition.number);
        return Err(DataError::ManifestDiffers { path, number, differences }.into());
    }
    let records: Vec<_> = manifest.records().collect();
    let mut since = Since::default();
    for status in registry.statuses(&records).await? {
        match status {
            Status::Attested => since.attested += 1,
            Status::Erased => since.erased += 1,
            Status::Registered | Status::Unknown => since.faulty += 1,
        }
    }
    Ok((edition, since))
}

/// Lists what of a manifest the chain has otherwise.
fn differences(manifest: &Manifest, edition: &Edition) -> Vec<&'static str> {
    let contributors = manifest.contributors().len() as u64;
    [
        ("the edition", edition.standing != EditionStanding::Unknown),
        ("the hash of the manifest", manifest.hash() == edition.manifest_hash),
        ("the root of the records", manifest.records_root() == edition.records_root),
        ("the root of the shares", manifest.shares_root() == edition.shares_root),
        ("the sum of the shares", manifest.total_shares() == edition.total_shares),
        ("the number of records", manifest.record_count() == edition.records),
        ("the number of contributors", contributors == edition.contributors),
    ]
    .into_iter()
    .filter_map(|(what, same)| (!same).then_some(what))
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_edition_stands_where_status_and_time_put_it() {
        let standing = |status, now| EditionStanding::of(status, 100, now).name();
        assert_eq!(standing(0, 200), "unknown");
        assert_eq!(standing(1, 99), "challengeable");
        assert_eq!(standing(1, 100), "live");
        assert_eq!(standing(2, 200), "voided");
    }

    #[test]
    fn what_differs_is_named() {
        let head = ManifestHead {
            chain_id: 1,
            registry: Address::ZERO,
            dataset: 1,
            version: 1,
            name: "n".to_owned(),
            data_class: 1,
            purposes: 1,
            gathered_at: 0,
        };
        let records = BTreeMap::from([(Address::repeat_byte(1), vec![B256::repeat_byte(1)])]);
        let manifest = Manifest::new(head, records, &BTreeMap::new()).unwrap();
        let edition = Edition {
            number: edition_number(1, 1),
            version: 1,
            standing: EditionStanding::Live,
            records: 1,
            contributors: 1,
            published_at: 0,
            live_from: 0,
            records_root: manifest.records_root(),
            shares_root: manifest.shares_root(),
            total_shares: U256::ONE,
            manifest_hash: manifest.hash(),
        };
        assert!(differences(&manifest, &edition).is_empty());
        let other = Edition { records: 2, shares_root: B256::ZERO, ..edition };
        let expected = ["the root of the shares", "the number of records"];
        assert_eq!(differences(&manifest, &other), expected);
        let call = publish_call(&manifest, "u");
        assert_eq!((call.records, call.contributors, call.totalShares), (1, 1, U256::ONE));
    }
}

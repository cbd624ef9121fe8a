//! Decides what an edition of a dataset consists of, in a document that whoever holds it can prove from.
//!
//! Only hashes of it are on chain. It carries nothing that has to be believed: the trees are built again
//! whenever it is read, and roots that differ are refused. Records and contributors are sorted, so that
//! one edition has one document.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use alloy::primitives::{Address, B256, U256, keccak256};
use serde::{Deserialize, Serialize};

use super::{
    DataError,
    merkle::{Tree, record_leaf, share_leaf},
};
use crate::{Error, artifact::write_atomically};

/// The version of the document's form.
const SCHEMA: u64 = 1;

/// The most shares of an edition: what the contract takes.
const MAX_SHARES: U256 = U256::from_limbs([0, 1 << 32, 0, 0]);

/// Which edition it is, on which chain, of what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Head {
    /// The chain's id.
    pub chain_id: u64,
    /// The data registry.
    pub registry: Address,
    /// The dataset's id.
    pub dataset: u64,
    /// The number of the version, from one.
    pub version: u32,
    /// The dataset's name.
    pub name: String,
    /// The number of the data class.
    pub data_class: u8,
    /// Mask of the purposes.
    pub purposes: u8,
    /// When the records were gathered, in seconds since 1970.
    pub gathered_at: u64,
}

/// A contributor of an edition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Contributor {
    /// Whose records these are.
    pub account: Address,
    /// Its part of what the edition earns.
    pub shares: U256,
    /// The records, sorted.
    pub records: Vec<B256>,
}

/// The document as it is written.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Document {
    schema: u64,
    edition: Head,
    records_root: B256,
    shares_root: B256,
    total_shares: U256,
    contributors: Vec<Contributor>,
}

/// An edition, with the trees of its records and shares.
#[derive(Clone, Debug)]
pub struct Manifest {
    head: Head,
    contributors: Vec<Contributor>,
    total_shares: U256,
    records: Tree,
    shares: Tree,
    bytes: Vec<u8>,
}

impl Manifest {
    /// Makes the manifest of records by contributor; shares are the number of records, or the
    /// contributor's weight for each of them.
    ///
    /// # Errors
    ///
    /// [`DataError::EmptyManifest`], [`DataError::DuplicateRecord`], [`DataError::InvalidShares`].
    pub fn new(
        head: Head,
        records: BTreeMap<Address, Vec<B256>>,
        weights: &BTreeMap<Address, u64>,
    ) -> Result<Self, Error> {
        let contributors = records.into_iter().filter(|(_, records)| !records.is_empty());
        let contributors = contributors
            .map(|(account, mut records)| {
                records.sort_unstable();
                let weight = U256::from(weights.get(&account).copied().unwrap_or(1));
                let shares = U256::from(records.len()).saturating_mul(weight);
                Contributor { account, shares, records }
            })
            .collect();
        Self::build(head, contributors)
    }

    fn build(head: Head, contributors: Vec<Contributor>) -> Result<Self, Error> {
        if contributors.is_empty() {
            return Err(DataError::EmptyManifest { dataset: head.name }.into());
        }
        let leaves =
            contributors.iter().flat_map(|one| one.records.iter().copied().map(record_leaf));
        let records = Tree::of(leaves.collect()).ok_or(DataError::DuplicateRecord)?;
        let leaves = contributors.iter().map(|one| share_leaf(one.account, one.shares));
        let shares = Tree::of(leaves.collect()).ok_or(DataError::DuplicateRecord)?;
        let total_shares = contributors
            .iter()
            .try_fold(U256::ZERO, |sum, one| sum.checked_add(one.shares))
            .filter(|total| *total <= MAX_SHARES)
            .filter(|_| contributors.iter().all(|one| !one.shares.is_zero()))
            .ok_or(DataError::InvalidShares { maximum: MAX_SHARES })?;
        let document = Document {
            schema: SCHEMA,
            edition: head,
            records_root: records.root(),
            shares_root: shares.root(),
            total_shares,
            contributors,
        };
        let mut bytes = serde_json::to_vec(&document).map_err(|source| DataError::Malformed {
            path: PathBuf::new(),
            reason: source.to_string(),
        })?;
        bytes.push(b'\n');
        let Document { edition: head, contributors, .. } = document;
        Ok(Self { head, contributors, total_shares, records, shares, bytes })
    }

    /// Reads a manifest, and builds and compares its trees.
    ///
    /// # Errors
    ///
    /// - [`Error::Io`]: the file cannot be read.
    /// - [`DataError::Malformed`]: it is no manifest, or not written as one is.
    /// - [`DataError::ManifestVersion`]: a later version wrote it.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let failed = |source| Error::Io { path: path.to_path_buf(), action: "read", source };
        Self::parse(path, &fs::read(path).map_err(failed)?)
    }

    fn parse(path: &Path, bytes: &[u8]) -> Result<Self, Error> {
        let malformed = |reason: String| DataError::Malformed { path: path.to_path_buf(), reason };
        #[derive(Deserialize)]
        struct Version {
            schema: u64,
        }
        let Version { schema } =
            serde_json::from_slice(bytes).map_err(|source| malformed(source.to_string()))?;
        if schema != SCHEMA {
            let path = path.to_path_buf();
            return Err(DataError::ManifestVersion { path, version: schema, known: SCHEMA }.into());
        }
        let document: Document =
            serde_json::from_slice(bytes).map_err(|source| malformed(source.to_string()))?;
        let manifest = Self::build(document.edition, document.contributors)?;
        // Roots, sums, order and spelling are all in the bytes.
        if manifest.bytes != bytes {
            return Err(malformed(
                "its roots or its order are not those of its records; it was changed".to_owned(),
            )
            .into());
        }
        Ok(manifest)
    }

    /// Writes the manifest.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] when it cannot be written.
    pub fn write(&self, path: &Path) -> Result<(), Error> {
        write_atomically(path, &self.bytes)
    }

    /// Returns which edition it is.
    #[must_use]
    pub const fn head(&self) -> &Head {
        &self.head
    }

    /// Returns the number of the edition: `dataset << 32 | version`.
    #[must_use]
    pub fn edition(&self) -> U256 {
        U256::from(self.head.dataset) << 32 | U256::from(self.head.version)
    }

    /// Returns the contributors, sorted by account.
    #[must_use]
    pub fn contributors(&self) -> &[Contributor] {
        &self.contributors
    }

    /// Returns all records, by contributor.
    pub fn records(&self) -> impl Iterator<Item = B256> {
        self.contributors.iter().flat_map(|one| one.records.iter().copied())
    }

    /// Returns how many records there are.
    #[must_use]
    pub fn record_count(&self) -> u64 {
        self.contributors.iter().map(|one| one.records.len() as u64).sum()
    }

    /// Returns the sum of the shares.
    #[must_use]
    pub const fn total_shares(&self) -> U256 {
        self.total_shares
    }

    /// Returns the root of the records.
    #[must_use]
    pub fn records_root(&self) -> B256 {
        self.records.root()
    }

    /// Returns the root of the shares.
    #[must_use]
    pub fn shares_root(&self) -> B256 {
        self.shares.root()
    }

    /// Returns the hash of the document, which is on chain.
    #[must_use]
    pub fn hash(&self) -> B256 {
        keccak256(&self.bytes)
    }

    /// Returns the proof that the edition has a record; none when it has not.
    #[must_use]
    pub fn record_proof(&self, record: B256) -> Option<Vec<B256>> {
        self.records.proof(record_leaf(record))
    }

    /// Returns the shares of an account and their proof; none when it is no contributor.
    #[must_use]
    pub fn share_proof(&self, account: Address) -> Option<(U256, Vec<B256>)> {
        let place = self.contributors.binary_search_by_key(&account, |one| one.account).ok()?;
        let shares = self.contributors[place].shares;
        Some((shares, self.shares.proof(share_leaf(account, shares))?))
    }
}

#[cfg(test)]
#[path = "manifest_tests.rs"]
mod tests;

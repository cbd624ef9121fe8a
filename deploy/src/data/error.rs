//! Decides in how many ways records, salts and manifests are refused before the chain sees them, and
//! what each says.

use std::path::PathBuf;

use alloy::primitives::{B256, U256};

/// What can be wrong with records and datasets before the chain sees them.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DataError {
    // Manifests.
    /// A dataset would have no records.
    #[error(
        "`{dataset}` would have no records: none of its class is attested and covered by a live consent for one of its purposes"
    )]
    EmptyManifest {
        /// The dataset's name.
        dataset: String,
    },
    /// An edition would have a record or a contributor twice.
    #[error("a record is there twice, and an edition has each once")]
    DuplicateRecord,
    /// Shares are nothing for somebody, or too many for the contract.
    #[error("every contributor has a share, and all together have {maximum} at most")]
    InvalidShares {
        /// The most.
        maximum: U256,
    },
    /// A file is no manifest, or not as it was written.
    #[error("`{}` is no manifest of an edition: {reason}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A later version wrote a manifest.
    #[error("`{}` has version {version} and this version of the tool knows {known}; use a newer tool", path.display())]
    ManifestVersion {
        /// The file.
        path: PathBuf,
        /// The version in the file.
        version: u64,
        /// The version that is known.
        known: u64,
    },
    /// A manifest is of another chain or registry.
    #[error("`{}` is of {found}, and the chain has {expected}", path.display())]
    ManifestElsewhere {
        /// The file.
        path: PathBuf,
        /// What it is of.
        found: String,
        /// What there is here.
        expected: String,
    },
    /// A manifest is not that of the edition on chain.
    #[error("`{}` is not the manifest of edition {number}: the chain has otherwise {}", path.display(), differences.join(", "))]
    ManifestDiffers {
        /// The file.
        path: PathBuf,
        /// The edition.
        number: U256,
        /// What the chain has otherwise.
        differences: Vec<&'static str>,
    },
    /// A file is there already.
    #[error("`{}` is there already; move it away, or name another with `--out`", path.display())]
    FileExists {
        /// The file.
        path: PathBuf,
    },
    /// A file of weights cannot be used.
    #[error("`{}`, line {line}: {reason}; a line is `account,weight` with a weight from 1", path.display())]
    Weights {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong there.
        reason: String,
    },

    // Salts.
    /// A file of salts cannot be used.
    #[error("`{}`, line {line} is no salt of a record: {reason}", path.display())]
    Salts {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong there.
        reason: String,
    },
    /// Nothing is known of a document's salt.
    #[error(
        "`{}` has no salt for {what}: without the salt nobody can tell which record it is; name the file that `data register` wrote with `--salts`", path.display()
    )]
    NoSalt {
        /// The file.
        path: PathBuf,
        /// The document.
        what: String,
    },

    // Records and datasets.
    /// There is no such record.
    #[error("record {record} was never registered")]
    UnknownRecord {
        /// The record.
        record: B256,
    },
    /// The events of a record do not lead to the head of its history.
    #[error(
        "the history of record {record} does not add up: its events lead to {computed}, and the chain has {head}"
    )]
    BrokenHistory {
        /// The record.
        record: B256,
        /// The head that was computed.
        computed: B256,
        /// The head on chain.
        head: B256,
    },
    /// There is no such dataset.
    #[error("there is no dataset `{reference}`; `datacoop data dataset create` makes one")]
    UnknownDataset {
        /// Its name or id.
        reference: String,
    },
    /// A schema is not live.
    #[error(
        "schema `{name}` has no live version; whoever holds SCHEMA_ROLE publishes one (`datacoop data schema publish {name}`)"
    )]
    NoSchema {
        /// The schema's name.
        name: String,
    },
}

//! Decides in how many ways an event index cannot be used, and what each says.

use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;

/// Why an event index cannot be used. It is a copy of what the chain has, so that a new one can always
/// take its place.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IndexError {
    /// It was made of another chain.
    #[error("the event index `{}` is of another chain: {reason}; move it away, and it is made anew", path.display())]
    OtherChain {
        /// The file.
        path: PathBuf,
        /// What differs.
        reason: String,
    },
    /// It is no event index, or is damaged.
    #[error("`{}` is no event index that can be read: {reason}; move it away, and it is made anew", path.display())]
    NotAnIndex {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A later version wrote it.
    #[error("the event index `{}` has version {version} and this version of the tool knows {known}; use a newer tool, or move the file away, and it is made anew", path.display())]
    Version {
        /// The file.
        path: PathBuf,
        /// The version in the file.
        version: i64,
        /// The version that is known.
        known: i64,
    },
    /// Another process held it for too long.
    #[error("the event index `{}` is in use: another process has been writing to it for a while; run the command again", path.display())]
    Busy {
        /// The file.
        path: PathBuf,
    },
    /// It cannot be written or read.
    #[error("the event index `{}` cannot be used", path.display())]
    Unusable {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: rusqlite::Error,
    },
    /// The chain was reorganised again and again while it was read.
    #[error(
        "the chain was reorganised {rounds} times while its events were read; run the command again"
    )]
    Unsettled {
        /// How many times.
        rounds: usize,
    },
}

impl IndexError {
    /// Says what a failure of the database means for the file at `path`.
    pub(super) fn of(path: &Path, source: rusqlite::Error) -> Self {
        let path = path.to_path_buf();
        match (&source, source.sqlite_error_code()) {
            (_, Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked)) => Self::Busy { path },
            (_, Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt))
            | (
                rusqlite::Error::InvalidColumnType(..)
                | rusqlite::Error::FromSqlConversionFailure(..)
                | rusqlite::Error::IntegralValueOutOfRange(..)
                | rusqlite::Error::QueryReturnedNoRows,
                _,
            ) => Self::NotAnIndex { path, reason: source.to_string() },
            // A table or column that there is not.
            (rusqlite::Error::SqlInputError { msg, .. }, _) => {
                Self::NotAnIndex { path, reason: msg.clone() }
            }
            _ => Self::Unusable { path, source },
        }
    }
}

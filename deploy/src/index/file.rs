//! Decides what form an event index has, and to which chain it belongs.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use alloy::primitives::B256;
use rusqlite::{Connection, Transaction, TransactionBehavior, params};

use super::IndexError;
use crate::Error;

/// What marks a database as an event index (`application_id`: `DCOP` in ASCII).
const APPLICATION: i64 = 0x4443_4f50;

/// The version of the tables (`user_version`).
const VERSION: i64 = 1;

/// How long one process waits until another has written.
const PATIENCE: Duration = Duration::from_secs(10);

/// The tables. What is counted is kept by kind: contract, event and, where sums are kept apart, a key. The
/// index by kind has the order of the chain in it, since the table's key is part of it.
const TABLES: &str = "
CREATE TABLE bound (chain_id TEXT NOT NULL, genesis BLOB NOT NULL);
CREATE TABLE sources (address BLOB PRIMARY KEY, next INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE checkpoints (block INTEGER PRIMARY KEY, hash BLOB NOT NULL, time INTEGER NOT NULL);
CREATE TABLE times (block INTEGER PRIMARY KEY, time INTEGER NOT NULL);
CREATE TABLE kinds (
    id INTEGER PRIMARY KEY,
    address BLOB NOT NULL, topic0 BLOB NOT NULL, key BLOB NOT NULL,
    count INTEGER NOT NULL, sum BLOB NOT NULL,
    UNIQUE (address, topic0, key)
);
CREATE TABLE logs (
    block INTEGER NOT NULL, log_index INTEGER NOT NULL,
    kind INTEGER NOT NULL REFERENCES kinds (id),
    tx BLOB NOT NULL, topics BLOB NOT NULL, data BLOB NOT NULL,
    PRIMARY KEY (block, log_index)
) WITHOUT ROWID;
CREATE INDEX logs_by_kind ON logs (kind);
";

/// The events of a cooperative's contracts, in a file.
#[derive(Debug)]
pub struct EventIndex {
    pub(super) db: Connection,
    path: PathBuf,
    genesis: B256,
}

impl EventIndex {
    /// Returns where the index of a chain is kept, beside its address book.
    #[must_use]
    pub fn path_of(book: &Path) -> PathBuf {
        book.with_extension("events.sqlite")
    }

    /// Opens the index at `path`, or makes an empty one. `genesis` is the hash of the chain's first block.
    ///
    /// # Errors
    ///
    /// - [`Error::Io`]: its folder cannot be made.
    /// - [`IndexError::OtherChain`]: it is of another chain.
    /// - [`IndexError::NotAnIndex`], [`IndexError::Version`]: it is something else, is damaged, or a later
    ///   version wrote it.
    /// - [`IndexError::Busy`], [`IndexError::Unusable`]: it cannot be used at present, or at all.
    pub fn open(path: &Path, chain_id: u64, genesis: B256) -> Result<Self, Error> {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(|source| Error::Io {
                path: folder.to_path_buf(),
                action: "create",
                source,
            })?;
        }
        let db = Connection::open(path).map_err(|source| IndexError::of(path, source))?;
        let mut index = Self { db, path: path.to_path_buf(), genesis };
        index.prepare(chain_id)?;
        Ok(index)
    }

    fn prepare(&mut self, chain_id: u64) -> Result<(), IndexError> {
        let made = self.make(chain_id);
        match made.map_err(|source| self.fault(source))? {
            (application, _) if application != APPLICATION => {
                let reason = "it is a database of something else".to_owned();
                return Err(IndexError::NotAnIndex { path: self.path.clone(), reason });
            }
            (_, version) if version != VERSION => {
                let (path, known) = (self.path.clone(), VERSION);
                return Err(IndexError::Version { path, version, known });
            }
            _ => {}
        }
        let bound = self.db.query_row("SELECT chain_id, genesis FROM bound", [], |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, [u8; 32]>(1)?))
        });
        let (id, genesis) = bound.map_err(|source| self.fault(source))?;
        if id != chain_id.to_string() {
            return Err(self.other(format!("it has id {id}, and the chain has {chain_id}")));
        }
        self.expect_genesis(genesis.into())
    }

    /// Makes the tables in an empty file, and returns which program's it is and of which version.
    fn make(&mut self, chain_id: u64) -> rusqlite::Result<(i64, i64)> {
        self.db.busy_timeout(PATIENCE)?;
        if is_empty(&self.db)? {
            // Readers do not wait for writers then. When two make the file at once the other one has asked
            // for it, and this one is refused.
            let _ = self.db.pragma_update(None, "journal_mode", "wal");
            let genesis = self.genesis;
            let writing = self.db.transaction_with_behavior(TransactionBehavior::Immediate)?;
            if is_empty(&writing)? {
                writing.execute_batch(TABLES)?;
                writing.execute(
                    "INSERT INTO bound VALUES (?1, ?2)",
                    params![chain_id.to_string(), genesis.as_slice()],
                )?;
                writing.pragma_update(None, "application_id", APPLICATION)?;
                writing.pragma_update(None, "user_version", VERSION)?;
            }
            writing.commit()?;
        }
        // What a crash of the machine loses is asked for again.
        self.db.pragma_update(None, "synchronous", "normal")?;
        let number = |name: &str| self.db.pragma_query_value(None, name, |row| row.get(0));
        Ok((number("application_id")?, number("user_version")?))
    }

    /// Checks that the chain whose first block has this hash is the one that the index is of.
    pub(super) fn expect_genesis(&self, genesis: B256) -> Result<(), IndexError> {
        if genesis == self.genesis {
            return Ok(());
        }
        let reason = "its first block is another one (a local node that was started anew?)";
        Err(self.other(reason.to_owned()))
    }

    fn other(&self, reason: String) -> IndexError {
        IndexError::OtherChain { path: self.path.clone(), reason }
    }

    /// Returns where the index is kept.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Says what a failure of the database means.
    pub(super) fn fault(&self, source: rusqlite::Error) -> IndexError {
        IndexError::of(&self.path, source)
    }

    /// Does something as one transaction, which no other process comes between.
    pub(super) fn write<T>(
        &mut self,
        work: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>,
    ) -> Result<T, IndexError> {
        let path = &self.path;
        let all = || {
            let writing = self.db.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let done = work(&writing)?;
            writing.commit()?;
            Ok(done)
        };
        all().map_err(|source| IndexError::of(path, source))
    }
}

/// Whether nothing was ever made in a file.
fn is_empty(db: &Connection) -> rusqlite::Result<bool> {
    let tables: i64 = db.query_row("SELECT count(*) FROM sqlite_master", [], |row| row.get(0))?;
    let application: i64 = db.pragma_query_value(None, "application_id", |row| row.get(0))?;
    Ok(tables == 0 && application == 0)
}

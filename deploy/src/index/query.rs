//! Decides what can be asked of an index: logs, how many there are, and what they add up to.

use std::path::Path;

use alloy::{
    primitives::{Address, B256, Bytes, Log as RawLog, LogData, U256},
    rpc::types::Log,
};
use rusqlite::{Row, params, types::FromSqlError};

use super::{EventIndex, IndexError, measure::Measure};

/// How many events of a kind there are, and what their amounts add up to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counted {
    /// How many.
    pub count: u64,
    /// The sum, in the token's smallest unit; zero for events without an amount.
    pub sum: U256,
}

impl Counted {
    const fn and(self, other: Self) -> Self {
        let sum = self.sum.wrapping_add(other.sum);
        Self { count: self.count.saturating_add(other.count), sum }
    }
}

impl EventIndex {
    /// Returns the logs of some events of a contract, in the order of the chain.
    ///
    /// # Errors
    ///
    /// The failures of [`open`](Self::open).
    pub fn logs(&self, address: Address, events: &[B256]) -> Result<Vec<Log>, IndexError> {
        let each = || {
            let mut logs = Vec::new();
            for event in events {
                let mut statement = self.db.prepare_cached(
                    "SELECT block, log_index, tx, topics, data FROM logs
                     WHERE kind IN (SELECT id FROM kinds WHERE address = ?1 AND topic0 = ?2)",
                )?;
                let place = params![address.as_slice(), event.as_slice()];
                for log in statement.query_map(place, |row| log(address, row))? {
                    logs.push(log?);
                }
            }
            logs.sort_unstable_by_key(|log: &Log| (log.block_number, log.log_index));
            Ok(logs)
        };
        each().map_err(|source| self.fault(source))
    }

    /// Returns all logs of a contract, in the order of the chain.
    ///
    /// # Errors
    ///
    /// The failures of [`open`](Self::open).
    pub fn all_logs(&self, address: Address) -> Result<Vec<Log>, IndexError> {
        let events = || {
            let mut statement =
                self.db.prepare_cached("SELECT DISTINCT topic0 FROM kinds WHERE address = ?1")?;
            let events = statement.query_map([address.as_slice()], |row| row.get(0))?;
            events.map(|event| event.map(<[u8; 32]>::into)).collect::<Result<Vec<B256>, _>>()
        };
        let events = events().map_err(|source| self.fault(source))?;
        self.logs(address, &events)
    }

    /// Counts all events of one name of a contract.
    ///
    /// # Errors
    ///
    /// The failures of [`open`](Self::open).
    pub fn count(&self, address: Address, event: B256) -> Result<Counted, IndexError> {
        let keys = self.by_key(address, event)?;
        Ok(keys.into_iter().fold(Counted::default(), |all, (_, one)| all.and(one)))
    }

    /// Counts the events of one name of a contract for each key: the token that an amount is of, or
    /// [`MINTED`](super::MINTED) and [`BURNED`](super::BURNED) for transfers.
    ///
    /// # Errors
    ///
    /// The failures of [`open`](Self::open).
    pub fn by_key(
        &self,
        address: Address,
        event: B256,
    ) -> Result<Vec<(B256, Counted)>, IndexError> {
        let each = || {
            let mut statement = self.db.prepare_cached(
                "SELECT key, count, sum FROM kinds
                 WHERE address = ?1 AND topic0 = ?2 AND count > 0 ORDER BY key",
            )?;
            let place = params![address.as_slice(), event.as_slice()];
            let rows = statement.query_map(place, |row| {
                let (key, sum): ([u8; 32], [u8; 32]) = (row.get(0)?, row.get(2)?);
                let counted = Counted { count: row.get(1)?, sum: U256::from_be_bytes(sum) };
                Ok((key.into(), counted))
            })?;
            rows.collect::<Result<Vec<_>, _>>()
        };
        each().map_err(|source| self.fault(source))
    }

    /// Counts the events of one name and key of a contract from a block on, but for those of the
    /// transaction `except`.
    ///
    /// # Errors
    ///
    /// The failures of [`open`](Self::open).
    pub fn since(
        &self,
        (address, event, key): (Address, B256, B256),
        block: u64,
        except: B256,
    ) -> Result<Counted, IndexError> {
        let kind = "kind = (SELECT id FROM kinds WHERE address = ?1 AND topic0 = ?2 AND key = ?3)
                    AND block >= ?4 AND tx <> ?5";
        self.sum(kind, (address, event, key), block, except)
    }

    /// Adds up the amounts of the logs that a condition lets through.
    fn sum(
        &self,
        condition: &str,
        (address, event, key): (Address, B256, B256),
        block: u64,
        transaction: B256,
    ) -> Result<Counted, IndexError> {
        let each = || {
            let logs = format!("SELECT topics, data FROM logs WHERE {condition}");
            let mut statement = self.db.prepare_cached(&logs)?;
            let mut counted = Counted::default();
            let mut rows = statement.query(params![
                address.as_slice(),
                event.as_slice(),
                key.as_slice(),
                block,
                transaction.as_slice()
            ])?;
            while let Some(row) = rows.next()? {
                let log = log_data(row.get_ref(0)?.as_blob()?, row.get_ref(1)?.as_blob()?);
                counted = counted.and(Counted { count: 1, sum: Measure::of(&log).amount });
            }
            Ok(counted)
        };
        each().map_err(|source| self.fault(source))
    }

    /// Counts the events of one name and key of a contract that a transaction left.
    ///
    /// # Errors
    ///
    /// The failures of [`open`](Self::open).
    pub fn of_transaction(
        &self,
        (address, event, key): (Address, B256, B256),
        block: u64,
        transaction: B256,
    ) -> Result<Counted, IndexError> {
        let kind = "kind = (SELECT id FROM kinds WHERE address = ?1 AND topic0 = ?2 AND key = ?3)
                    AND block = ?4 AND tx = ?5";
        self.sum(kind, (address, event, key), block, transaction)
    }

    /// Returns how many events of one name of a contract there are from a block on.
    ///
    /// # Errors
    ///
    /// The failures of [`open`](Self::open).
    pub fn count_since(
        &self,
        address: Address,
        event: B256,
        block: u64,
    ) -> Result<u64, IndexError> {
        let count = self.db.query_row(
            "SELECT count(*) FROM logs WHERE block >= ?3
             AND kind IN (SELECT id FROM kinds WHERE address = ?1 AND topic0 = ?2)",
            params![address.as_slice(), event.as_slice(), block],
            |row| row.get(0),
        );
        count.map_err(|source| self.fault(source))
    }

    /// Returns the block of the last event of one name of a contract.
    ///
    /// # Errors
    ///
    /// The failures of [`open`](Self::open).
    pub fn last_block(&self, address: Address, event: B256) -> Result<Option<u64>, IndexError> {
        let last = self.db.query_row(
            "SELECT max((SELECT max(block) FROM logs WHERE kind = kinds.id)) FROM kinds
             WHERE address = ?1 AND topic0 = ?2",
            params![address.as_slice(), event.as_slice()],
            |row| row.get(0),
        );
        last.map_err(|source| self.fault(source))
    }

    /// Returns how many events there are in all.
    ///
    /// # Errors
    ///
    /// The failures of [`open`](Self::open).
    pub fn total(&self) -> Result<u64, IndexError> {
        let all = "SELECT coalesce(sum(count), 0) FROM kinds";
        let all = self.db.query_row(all, [], |row| row.get(0));
        all.map_err(|source| self.fault(source))
    }

    /// Returns how many bytes the index takes on the disk, with what is not yet in its main file.
    #[must_use]
    pub fn size_bytes(&self) -> u64 {
        let name = self.path().to_string_lossy();
        let files = [name.to_string(), format!("{name}-wal")];
        files.iter().filter_map(|file| Path::new(file).metadata().ok()).map(|meta| meta.len()).sum()
    }
}

/// Puts topics and data together as the chain gave them.
pub(super) fn log_data(topics: &[u8], data: &[u8]) -> LogData {
    let topics = topics.chunks_exact(32).map(B256::from_slice).collect();
    LogData::new_unchecked(topics, Bytes::copy_from_slice(data))
}

fn log(address: Address, row: &Row<'_>) -> rusqlite::Result<Log> {
    let blob = |place: usize| -> rusqlite::Result<&[u8]> {
        let wrong = |source: FromSqlError| {
            rusqlite::Error::FromSqlConversionFailure(
                place,
                rusqlite::types::Type::Blob,
                source.into(),
            )
        };
        row.get_ref(place)?.as_blob().map_err(wrong)
    };
    let transaction: [u8; 32] = row.get(2)?;
    Ok(Log {
        inner: RawLog { address, data: log_data(blob(3)?, blob(4)?) },
        block_number: Some(row.get(0)?),
        log_index: Some(row.get(1)?),
        transaction_hash: Some(transaction.into()),
        ..Log::default()
    })
}

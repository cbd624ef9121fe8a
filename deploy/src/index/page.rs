//! Decides how a range of blocks comes into an index: with its checkpoint, in one transaction.

use std::collections::{BTreeMap, HashMap};

use alloy::{
    primitives::{Address, B256, U256},
    rpc::types::Log,
};
use rusqlite::{OptionalExtension, Transaction, params};

use super::{EventIndex, IndexError, fork::Checkpoint, measure::Measure};
use crate::Error;

/// How many of the newest checkpoints are kept.
const NEWEST: u32 = 64;

/// Of the older ones, the last in each range of so many blocks is kept.
const SPACING: u32 = 4_096;

/// The logs of some contracts in a range of blocks.
#[derive(Debug)]
pub(super) struct Page<'a> {
    /// The contracts. Nothing of them is known from `from` on.
    pub(super) addresses: &'a [Address],
    /// The first block.
    pub(super) from: u64,
    /// The last block.
    pub(super) end: Checkpoint,
    /// The logs.
    pub(super) logs: &'a [Log],
}

/// A row of the table of logs.
struct Row<'a> {
    block: u64,
    log_index: u64,
    transaction: B256,
    log: &'a Log,
}

impl EventIndex {
    /// Writes a range of blocks, and returns how many logs were new; none when another process was faster
    /// and what is known is not what was known when the range was chosen.
    ///
    /// # Errors
    ///
    /// - [`Error::Answer`]: a log is in no block.
    /// - The failures of [`open`](Self::open).
    pub(super) fn add(&mut self, page: &Page<'_>) -> Result<Option<u64>, Error> {
        let rows: Result<Vec<_>, _> = page.logs.iter().map(Row::of).collect();
        let rows = rows?;
        Ok(self.write(|writing| {
            for address in page.addresses {
                if next(writing, *address)? != Some(page.from) {
                    return Ok(None);
                }
            }
            let added = insert(writing, &rows)?;
            let after = page.end.number.saturating_add(1);
            for address in page.addresses {
                writing.execute(
                    "UPDATE sources SET next = ?2 WHERE address = ?1",
                    params![address.as_slice(), after],
                )?;
            }
            set_checkpoint(writing, &page.end)?;
            Ok(Some(added))
        })?)
    }

    /// Makes contracts known whose events are to be kept, from a block on each.
    pub(super) fn register(&mut self, sources: &[super::Source]) -> Result<(), IndexError> {
        let known = sources.iter().map(|source| next(&self.db, source.address));
        let known: rusqlite::Result<Vec<_>> = known.collect();
        if known.map_err(|source| self.fault(source))?.iter().all(Option::is_some) {
            return Ok(());
        }
        self.write(|writing| {
            for source in sources {
                writing.execute(
                    "INSERT OR IGNORE INTO sources VALUES (?1, ?2)",
                    params![source.address.as_slice(), source.since],
                )?;
            }
            Ok(())
        })
    }

    /// Returns from which block on nothing is known of a contract.
    pub(super) fn next(&self, address: Address) -> Result<Option<u64>, IndexError> {
        next(&self.db, address).map_err(|source| self.fault(source))
    }
}

fn next(db: &rusqlite::Connection, address: Address) -> rusqlite::Result<Option<u64>> {
    let mut statement = db.prepare_cached("SELECT next FROM sources WHERE address = ?1")?;
    statement.query_row([address.as_slice()], |row| row.get(0)).optional()
}

fn set_checkpoint(writing: &Transaction<'_>, end: &Checkpoint) -> rusqlite::Result<()> {
    writing.execute(
        "INSERT OR REPLACE INTO checkpoints VALUES (?1, ?2, ?3)",
        params![end.number, end.hash.as_slice(), end.time],
    )?;
    writing.execute(
        "DELETE FROM checkpoints
         WHERE block < (SELECT min(block) FROM (SELECT block FROM checkpoints ORDER BY block DESC LIMIT ?1))
         AND block NOT IN (SELECT max(block) FROM checkpoints GROUP BY block / ?2)",
        params![NEWEST, SPACING],
    )?;
    Ok(())
}

impl<'a> Row<'a> {
    fn of(log: &'a Log) -> Result<Self, Error> {
        let missing = || Error::Answer {
            request: "eth_getLogs".to_owned(),
            reason: "a log is in no block".to_owned(),
        };
        Ok(Self {
            block: log.block_number.ok_or_else(missing)?,
            log_index: log.log_index.ok_or_else(missing)?,
            transaction: log.transaction_hash.ok_or_else(missing)?,
            log,
        })
    }
}

/// Writes logs and what they add to, and returns how many were new.
fn insert(writing: &Transaction<'_>, rows: &[Row<'_>]) -> rusqlite::Result<u64> {
    let mut kinds = HashMap::new();
    let mut sums: BTreeMap<i64, (i64, U256)> = BTreeMap::new();
    let mut statement =
        writing.prepare_cached("INSERT OR IGNORE INTO logs VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?;
    let mut timed = writing.prepare_cached("INSERT OR IGNORE INTO times VALUES (?1, ?2)")?;
    let mut added = 0;
    let mut last_time = None;
    for Row { block, log_index, transaction, log } in rows {
        let data = &log.inner.data;
        let measure = Measure::of(data);
        let place = (log.inner.address, measure.topic0, measure.key);
        let kind = match kinds.get(&place) {
            Some(kind) => *kind,
            None => *kinds.entry(place).or_insert(kind_of(writing, place)?),
        };
        let topics = data.topics().concat();
        let row =
            params![block, log_index, kind, transaction.as_slice(), topics, data.data.as_ref()];
        if statement.execute(row)? == 1 {
            let (count, sum) = sums.entry(kind).or_default();
            *count += 1;
            // Sums of amounts of one token stay below 2^256; whatever they do, what is taken back is what
            // was added.
            *sum = sum.wrapping_add(measure.amount);
            added += 1;
        }
        if let Some(time) = log.block_timestamp.filter(|_| last_time != Some(*block)) {
            timed.execute(params![block, time])?;
            last_time = Some(*block);
        }
    }
    add_to_kinds(writing, &sums)?;
    Ok(added)
}

/// Returns the id of a kind, which is made when it is new.
fn kind_of(
    writing: &Transaction<'_>,
    (address, topic0, key): (Address, B256, B256),
) -> rusqlite::Result<i64> {
    let place = params![address.as_slice(), topic0.as_slice(), key.as_slice()];
    let known = "SELECT id FROM kinds WHERE address = ?1 AND topic0 = ?2 AND key = ?3";
    let known = writing.query_row(known, place, |row| row.get(0)).optional()?;
    if let Some(id) = known {
        return Ok(id);
    }
    writing.execute(
        "INSERT INTO kinds (address, topic0, key, count, sum) VALUES (?1, ?2, ?3, 0, ?4)",
        params![address.as_slice(), topic0.as_slice(), key.as_slice(), [0u8; 32]],
    )?;
    Ok(writing.last_insert_rowid())
}

/// Adds to the counts and sums of kinds. Sums wrap around, so that what is taken away is added as its
/// opposite.
pub(super) fn add_to_kinds(
    writing: &Transaction<'_>,
    sums: &BTreeMap<i64, (i64, U256)>,
) -> rusqlite::Result<()> {
    for (kind, (count, sum)) in sums {
        let old: [u8; 32] =
            writing.query_row("SELECT sum FROM kinds WHERE id = ?1", [kind], |row| row.get(0))?;
        let new = U256::from_be_bytes(old).wrapping_add(*sum).to_be_bytes::<32>();
        writing.execute(
            "UPDATE kinds SET count = count + ?2, sum = ?3 WHERE id = ?1",
            params![kind, count, new],
        )?;
    }
    Ok(())
}

//! Decides which blocks of an index the chain has still, and deletes what it took back.

use std::collections::BTreeMap;

use alloy::{
    eips::BlockNumberOrTag,
    primitives::{B256, U256},
    providers::Provider,
    rpc::types::Header,
};
use rusqlite::OptionalExtension;

use super::{EventIndex, IndexError, measure::Measure, page::add_to_kinds};
use crate::{Error, chain::Chain};

/// A block up to which the events of a contract are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Checkpoint {
    /// Its number.
    pub(super) number: u64,
    /// Its hash.
    pub(super) hash: B256,
    /// Its time, in seconds since 1970.
    pub(super) time: u64,
}

impl Checkpoint {
    pub(super) const fn of(header: &Header) -> Self {
        Self { number: header.inner.number, hash: header.hash, time: header.inner.timestamp }
    }

    /// Asks whether the chain has this block.
    pub(super) async fn is_on(&self, chain: &Chain) -> Result<bool, Error> {
        Ok(header_at(chain, self.number).await?.is_some_and(|header| header.hash == self.hash))
    }
}

/// Asks for a block that there may not be.
pub(super) async fn header_at(chain: &Chain, number: u64) -> Result<Option<Header>, Error> {
    let block = chain.provider().get_block_by_number(BlockNumberOrTag::Number(number));
    let block = chain.ask("eth_getBlockByNumber", block).await?;
    Ok(block.map(|block| block.header))
}

impl EventIndex {
    /// Returns the newest checkpoint, if anything is known.
    pub(super) fn newest(&self) -> Result<Option<Checkpoint>, IndexError> {
        let newest = "SELECT block, hash, time FROM checkpoints ORDER BY block DESC LIMIT 1";
        let newest = self.db.query_row(newest, [], checkpoint).optional();
        newest.map_err(|source| self.fault(source))
    }

    /// Deletes what is above the newest checkpoint that the chain has, and returns the number of the first
    /// block that was deleted; none when the chain has all.
    pub(super) async fn reconcile(&mut self, chain: &Chain) -> Result<Option<u64>, Error> {
        let Some(newest) = self.newest()? else { return Ok(None) };
        if newest.is_on(chain).await? {
            return Ok(None);
        }
        let all = self.checkpoints()?;
        // Those that the chain has come before those that it has not.
        let (mut had, mut unknown) = (0, all.len());
        while had < unknown {
            let middle = had + (unknown - had) / 2;
            if all[middle].is_on(chain).await? {
                had = middle + 1;
            } else {
                unknown = middle;
            }
        }
        let first = had.checked_sub(1).map_or(0, |last| all[last].number.saturating_add(1));
        self.forget(first)?;
        Ok(Some(first))
    }

    fn checkpoints(&self) -> Result<Vec<Checkpoint>, IndexError> {
        let all = || {
            let mut all =
                self.db.prepare("SELECT block, hash, time FROM checkpoints ORDER BY block")?;
            all.query_map([], checkpoint)?.collect::<Result<Vec<_>, _>>()
        };
        all().map_err(|source| self.fault(source))
    }

    /// Deletes everything from a block on.
    pub(super) fn forget(&mut self, first: u64) -> Result<(), IndexError> {
        self.write(|writing| {
            let mut sums: BTreeMap<i64, (i64, U256)> = BTreeMap::new();
            let mut gone =
                writing.prepare("SELECT kind, topics, data FROM logs WHERE block >= ?1")?;
            let mut rows = gone.query([first])?;
            while let Some(row) = rows.next()? {
                let log =
                    super::query::log_data(row.get_ref(1)?.as_blob()?, row.get_ref(2)?.as_blob()?);
                let amount = Measure::of(&log).amount;
                let (count, sum) = sums.entry(row.get(0)?).or_default();
                *count -= 1;
                *sum = sum.wrapping_sub(amount);
            }
            add_to_kinds(writing, &sums)?;
            for table in ["logs", "times", "checkpoints"] {
                writing.execute(&format!("DELETE FROM {table} WHERE block >= ?1"), [first])?;
            }
            writing.execute("UPDATE sources SET next = min(next, ?1)", [first])?;
            Ok(())
        })
    }
}

fn checkpoint(row: &rusqlite::Row<'_>) -> rusqlite::Result<Checkpoint> {
    let hash: [u8; 32] = row.get(1)?;
    Ok(Checkpoint { number: row.get(0)?, hash: hash.into(), time: row.get(2)? })
}

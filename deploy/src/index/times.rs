//! Decides at which block a time begins: by asking for the times of few blocks, each of them once.

use rusqlite::{OptionalExtension, params};

use super::{EventIndex, IndexError, fork::header_at};
use crate::{Error, chain::Chain};

impl EventIndex {
    /// Returns the number of the first block that is not before a time, in seconds since 1970; the one
    /// after `head` when there is none up to it.
    ///
    /// # Errors
    ///
    /// The failures of [`open`](Self::open), and of asking the chain.
    pub async fn first_block_at(&self, chain: &Chain, time: u64, head: u64) -> Result<u64, Error> {
        if self.time_of(chain, 0).await? >= time {
            return Ok(0);
        }
        // The last block before the time, bit by bit: the blocks that are asked for are nearly the same
        // each time, so that their times are known.
        let mut last = 0;
        for bit in (0..u64::BITS).rev() {
            let next = last | 1 << bit;
            if next <= head && self.time_of(chain, next).await? < time {
                last = next;
            }
        }
        Ok(last + 1)
    }

    /// Returns the time of a block, in seconds since 1970.
    ///
    /// # Errors
    ///
    /// As [`first_block_at`](Self::first_block_at).
    pub async fn time_of(&self, chain: &Chain, block: u64) -> Result<u64, Error> {
        if let Some(time) = self.known_time(block)? {
            return Ok(time);
        }
        let header = header_at(chain, block).await?.ok_or_else(|| Error::Answer {
            request: "eth_getBlockByNumber".to_owned(),
            reason: format!("there is no block {block}"),
        })?;
        let time = header.inner.timestamp;
        let known =
            self.db.execute("INSERT OR REPLACE INTO times VALUES (?1, ?2)", params![block, time]);
        known.map_err(|source| self.fault(source))?;
        Ok(time)
    }

    fn known_time(&self, block: u64) -> Result<Option<u64>, IndexError> {
        let known = "SELECT time FROM times WHERE block = ?1";
        let known = self.db.query_row(known, [block], |row| row.get(0)).optional();
        known.map_err(|source| self.fault(source))
    }
}

//! Decides which blocks are asked for, in ranges that the node bears, until an index knows what the chain
//! knows.

use alloy::{
    eips::BlockId,
    primitives::{Address, B256},
    providers::Provider,
    rpc::types::{Filter, Log},
};

use super::{
    EventIndex, IndexError,
    fork::{Checkpoint, header_at},
    page::Page,
};
use crate::{Error, Event, Progress, Stage, chain::Chain};

/// How many blocks are asked for at first.
const FIRST_RANGE: u64 = 16_384;

/// The most logs that one answer is hoped to have: more of them make the next range smaller, and fewer
/// than a quarter make it larger.
const LOGS_PER_RANGE: usize = 20_000;

/// From how many blocks on it is told how far the work is.
const LONG: u64 = 1_000;

/// How often the chain may be reorganised while it is read.
const ROUNDS: usize = 8;

/// A contract whose events are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Source {
    /// Its address.
    pub address: Address,
    /// The block that it was made in, before which it has no events.
    pub since: u64,
}

/// What an index knows after it asked the chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Synced {
    /// The number of the latest block.
    pub block: u64,
    /// Its hash.
    pub hash: B256,
    /// Its time, in seconds since 1970.
    pub time: u64,
    /// How many events are new.
    pub added: u64,
    /// The first block that the chain took back, when it took some back.
    pub reorganised_from: Option<u64>,
}

/// A range of blocks that is asked for next.
struct Range {
    addresses: Vec<Address>,
    from: u64,
    to: u64,
}

/// What became of asking for ranges.
enum Course {
    Done,
    Reorganised,
}

impl EventIndex {
    /// Asks the chain for what is not known of contracts, up to its latest block. What was written before a
    /// cut is not asked for again; what the chain took back is deleted, and a contract that is new is asked
    /// for from its beginning.
    ///
    /// # Errors
    ///
    /// - [`IndexError::OtherChain`]: the node has another chain now.
    /// - [`IndexError::Unsettled`]: the chain was reorganised all the time.
    /// - The failures of [`open`](Self::open), and of asking for logs.
    pub async fn sync(
        &mut self,
        chain: &Chain,
        sources: &[Source],
        progress: &dyn Progress,
    ) -> Result<Synced, Error> {
        let genesis = chain.header(BlockId::number(0)).await?;
        self.expect_genesis(genesis.hash)?;
        self.register(sources)?;
        let (mut added, mut reorganised_from) = (0, None::<u64>);
        for _ in 0..ROUNDS {
            let head = Checkpoint::of(&chain.header(BlockId::latest()).await?);
            if let Some(first) = self.reconcile(chain).await? {
                reorganised_from = Some(reorganised_from.map_or(first, |known| known.min(first)));
            }
            let mut work = Work { chain, sources, head, progress, range: FIRST_RANGE, shown: None };
            let course = work.run(self, &mut added).await;
            work.end();
            if matches!(course?, Course::Done) {
                let Checkpoint { number: block, hash, time } = head;
                return Ok(Synced { block, hash, time, added, reorganised_from });
            }
        }
        Err(IndexError::Unsettled { rounds: ROUNDS }.into())
    }
}

/// The ranges up to one block.
struct Work<'a> {
    chain: &'a Chain,
    sources: &'a [Source],
    head: Checkpoint,
    progress: &'a dyn Progress,
    /// How many blocks are asked for at once.
    range: u64,
    /// The first block of those that are shown.
    shown: Option<u64>,
}

impl Work<'_> {
    async fn run(&mut self, index: &mut EventIndex, added: &mut u64) -> Result<Course, Error> {
        while let Some(range) = self.choose(index)? {
            self.show(&range);
            let end = match range.to == self.head.number {
                true => Some(self.head),
                false => header_at(self.chain, range.to).await?.as_ref().map(Checkpoint::of),
            };
            let Some(end) = end else { return Ok(Course::Reorganised) };
            let Some(logs) = self.ask(&range).await? else { continue };
            if !self.still_stands(index, &end).await? {
                return Ok(Course::Reorganised);
            }
            let Range { addresses, from, .. } = &range;
            let page = Page { addresses, from: *from, end, logs: &logs };
            // When another process was faster the next choice is another one.
            *added += index.add(&page)?.unwrap_or_default();
        }
        Ok(Course::Done)
    }

    /// Chooses the contracts of which least is known, and the blocks up to where more is known of others.
    fn choose(&self, index: &EventIndex) -> Result<Option<Range>, IndexError> {
        let mut places = Vec::with_capacity(self.sources.len());
        for Source { address, since } in self.sources {
            places.push((index.next(*address)?.unwrap_or(*since), *address));
        }
        let Some(from) = places.iter().map(|(next, _)| *next).min() else { return Ok(None) };
        if from > self.head.number {
            return Ok(None);
        }
        let known = places.iter().map(|(next, _)| *next).filter(|next| *next > from).min();
        let before = known.map_or(u64::MAX, |next| next - 1);
        let to = self.head.number.min(before).min(from.saturating_add(self.range - 1));
        let least = places.into_iter().filter(|(next, _)| *next == from);
        Ok(Some(Range { addresses: least.map(|(_, address)| address).collect(), from, to }))
    }

    /// Asks for the logs of a range; none when the node refuses so many blocks, and fewer are asked for
    /// next.
    async fn ask(&mut self, range: &Range) -> Result<Option<Vec<Log>>, Error> {
        let Range { addresses, from, to } = range;
        let filter = Filter::new().address(addresses.clone()).from_block(*from).to_block(*to);
        let logs = self.chain.provider().get_logs(&filter);
        match self.chain.ask("eth_getLogs", logs).await {
            Ok(logs) => {
                if logs.len() > LOGS_PER_RANGE {
                    self.range = self.range.div_ceil(2);
                } else if logs.len() < LOGS_PER_RANGE / 4 {
                    self.range = self.range.saturating_mul(2);
                }
                Ok(Some(logs))
            }
            Err(Error::Refusal { .. }) if from < to => {
                self.range = (to - from + 1).div_ceil(2);
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// Asks whether the chain was the same before and after logs were asked for: it has the last block of
    /// the range still, and whatever was known before.
    async fn still_stands(&self, index: &EventIndex, end: &Checkpoint) -> Result<bool, Error> {
        let newest = index.newest()?;
        let known = async {
            match newest {
                Some(newest) => newest.is_on(self.chain).await,
                None => Ok(true),
            }
        };
        let (has_end, has_known) = tokio::try_join!(end.is_on(self.chain), known)?;
        Ok(has_end && has_known)
    }

    fn show(&mut self, range: &Range) {
        let (stage, from) = (Stage::Index, range.from);
        match self.shown {
            Some(first) => {
                let done = from.saturating_sub(first);
                self.progress.report(Event::Advanced { stage, done });
            }
            None if self.head.number - from >= LONG => {
                let total = Some(self.head.number - from + 1);
                self.progress.report(Event::Began { stage, subject: "blocks of events", total });
                self.shown = Some(from);
            }
            None => {}
        }
    }

    fn end(&self) {
        if self.shown.is_some() {
            self.progress.report(Event::Ended { stage: Stage::Index });
        }
    }
}

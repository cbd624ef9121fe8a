//! Decides how a scenario runs: many actors use a whole cooperative on an Anvil, one interaction after another
//! chosen by a seed, and after each of them all invariants of the design are checked on chain.

mod actions;
mod breaks;
mod bundle;
mod invariants;
mod ledger;
mod manifest;
mod opening;
mod people;
mod reading;
mod stage;
mod tally;
mod view;

use alloy::{
    primitives::Bytes,
    providers::{Provider, ext::AnvilApi},
    rpc::types::Filter,
};
use anyhow::{Context, Result, ensure};
use datacoop_deploy::{
    AddressBook,
    chain::Chain,
    deploy::CoopConfig,
    node::{ForkUrl, Node, NodeOptions},
};
use rand::Rng;
use tempfile::TempDir;

use crate::{Random, random::seeded, start_node};
use actions::{Attempt, Composer, Kind};
use invariants::{Facts, Start};
use ledger::{Ledger, power::Proposed};
use manifest::Manifests;
use people::People;
use stage::Stage;
use view::{Subject, View};

pub use tally::Tally;

/// Seconds of an hour and of a day.
const HOUR: u64 = 3_600;
const DAY: u64 = 24 * HOUR;

/// The time at which every scenario begins, so that its seed says all that follows, in seconds since 1970.
const BEGINNING: u64 = 2_000_000_000;

/// The most seconds between two interactions that follow each other.
const PACE: u64 = 20;

/// One in how many interactions is preceded by a wait.
const WAITS: u32 = 10;

/// One in how many is of the kind that has succeeded least.
const NEGLECTED: u32 = 6;

/// A run on a cooperative of its own.
#[derive(Debug)]
pub struct Scenario {
    node: Node,
    folder: TempDir,
    config: CoopConfig,
    stage: Stage,
    ledger: Ledger,
    manifests: Manifests,
    start: Start,
    view: View,
    rng: Random,
    seed: u64,
    serial: u64,
    /// The time of the next block, in seconds since 1970.
    clock: u64,
    /// The first block whose logs were not read.
    next_block: u64,
    tally: Tally,
}

impl Scenario {
    /// Deploys a cooperative on an Anvil of its own, as operators do it, and lets it begin: people join, the
    /// treasury pays them, and the first edition is for sale.
    ///
    /// # Errors
    ///
    /// When a step of this is refused, or an invariant does not hold afterwards.
    pub async fn start(seed: u64) -> Result<Self> {
        let (node, chain) = start_node(NodeOptions::default()).await?;
        chain.provider().anvil_set_next_block_timestamp(BEGINNING).await?;
        chain.provider().anvil_mine(Some(1), None).await?;
        let people = People::new()?;
        let config = stage::config(&people, BEGINNING);
        let folder = tempfile::tempdir()?;
        let book = stage::deploy(&chain, &config, &stage::book_in(folder.path())).await?.book;
        let stage = Stage::new(&chain, &book, people).await?;
        let mut scenario =
            Self::on((node, folder), (config, stage), (Manifests::default(), 0), seed).await?;
        scenario.clock = BEGINNING + DAY;
        scenario.open().await.context("the opening")?;
        scenario.examine().await?;
        Ok(scenario)
    }

    /// Goes on with the same cooperative on a fork of its chain: what happened there is history here, and what
    /// happens here is nothing there.
    ///
    /// # Errors
    ///
    /// When the fork does not know that history, or an invariant does not hold on it.
    pub async fn fork(&self, seed: u64) -> Result<Self> {
        let fork = Some(ForkUrl::new(&self.node.url()));
        let (node, chain) = start_node(NodeOptions { fork, ..NodeOptions::default() }).await?;
        let folder = tempfile::tempdir()?;
        let stage = Stage::new(&chain, &self.stage.book, self.stage.people.clone()).await?;
        let known = (self.manifests.clone(), self.serial);
        let on = (self.config.clone(), stage);
        let mut scenario = Self::on((node, folder), on, known, seed).await?;
        scenario.clock = self.clock + DAY;
        ensure!(scenario.ledger == self.ledger, "the history of the fork is another one");
        scenario.check()?;
        Ok(scenario)
    }

    async fn on(
        (node, folder): (Node, TempDir),
        (config, stage): (CoopConfig, Stage),
        (manifests, serial): (Manifests, u64),
        seed: u64,
    ) -> Result<Self> {
        let ledger = Ledger::read(&stage).await?;
        let mut rng = seeded(seed);
        let subject = Subject { stage: &stage, ledger: &ledger, manifests: &manifests };
        let view = view::read(&subject, &mut rng).await?;
        let terms = config.self_government.as_ref().context("it governs itself")?;
        let start = Start::of(&stage, &ledger, &view, terms.quorum_percent);
        let next_block = stage.chain.provider().get_block_number().await? + 1;
        let (clock, tally) = (stage.now().await?, Tally::default());
        Ok(Self {
            node,
            folder,
            config,
            stage,
            ledger,
            manifests,
            start,
            view,
            rng,
            seed,
            serial,
            clock,
            next_block,
            tally,
        })
    }

    /// Has so many interactions happen, and checks all invariants after each.
    ///
    /// # Errors
    ///
    /// When one ends otherwise than foretold, or leaves an invariant broken; the text has the seed.
    pub async fn run(&mut self, interactions: usize) -> Result<()> {
        for number in 0..interactions {
            let seed = self.seed;
            self.interact()
                .await
                .with_context(|| format!("interaction {number} of seed {seed:#x}"))?;
        }
        Ok(())
    }

    /// Reads what happened since by other hands, and checks all invariants.
    ///
    /// # Errors
    ///
    /// When one is broken, by its name; or the node does not answer.
    pub async fn examine(&mut self) -> Result<()> {
        let filter =
            Filter::new().from_block(self.next_block).address(self.stage.at.all().to_vec());
        let provider = self.stage.chain.provider();
        let last = provider.get_block_number().await?;
        let logs =
            if last < self.next_block { Vec::new() } else { provider.get_logs(&filter).await? };
        for log in logs {
            self.ledger.take(&log)?;
        }
        self.next_block = last + 1;
        self.clock = self.clock.max(self.stage.now().await?);
        self.look().await?;
        self.check()
    }

    /// Breaks each invariant on purpose, in what is known and not on chain, and returns the names of those
    /// that were found broken then.
    #[must_use]
    pub fn broken_on_purpose(&self) -> Vec<(&'static str, Vec<&'static str>)> {
        let broken = breaks::BREAKS.iter().map(|(name, spoil)| {
            let (mut view, mut ledger) = (self.view.clone(), self.ledger.clone());
            spoil(&mut view, &mut ledger);
            let facts = Facts { view: &view, ledger: &ledger, ..self.facts() };
            (*name, invariants::broken(&facts).into_iter().map(|(name, _)| name).collect())
        });
        broken.collect()
    }

    /// How often what was done and refused.
    #[must_use]
    pub const fn tally(&self) -> &Tally {
        &self.tally
    }

    /// The chain.
    #[must_use]
    pub const fn chain(&self) -> &Chain {
        &self.stage.chain
    }

    /// Where the contracts are.
    #[must_use]
    pub const fn book(&self) -> &AddressBook {
        &self.stage.book
    }

    /// What the cooperative was declared to be.
    #[must_use]
    pub const fn config(&self) -> &CoopConfig {
        &self.config
    }

    /// Holds the address book and the journal.
    #[must_use]
    pub const fn folder(&self) -> &TempDir {
        &self.folder
    }

    const fn facts(&self) -> Facts<'_> {
        let Self { view, ledger, manifests, start, .. } = self;
        Facts { view, ledger, manifests, start }
    }

    fn check(&self) -> Result<()> {
        invariants::check(&self.facts())
    }

    async fn look(&mut self) -> Result<()> {
        let Self { stage, ledger, manifests, .. } = self;
        self.view = view::read(&Subject { stage, ledger, manifests }, &mut self.rng).await?;
        Ok(())
    }

    async fn interact(&mut self) -> Result<()> {
        loop {
            if self.rng.random_ratio(1, WAITS) {
                self.wait();
            }
            let earnest = self.rng.random_ratio(1, NEGLECTED);
            let kind = if earnest {
                self.tally.neglected(&mut self.rng)
            } else {
                actions::any_kind(&mut self.rng)
            };
            self.clock += self.rng.random_range(1..=PACE);
            let context = || format!("composing {kind:?}");
            if let Some(attempt) =
                self.composer(earnest).compose(kind).await.with_context(context)?
            {
                return self.take(kind, attempt).await;
            }
        }
    }

    /// Lets time pass: until something is due, some hours, some days, or, rarely, until most things are over.
    fn wait(&mut self) {
        let (power, access) = (&self.ledger.power, &self.ledger.access);
        let is_open = |made: &Proposed| {
            !made.cancelled && made.snapshot < self.clock && self.clock <= made.deadline
        };
        let mut open = power.proposals.values().filter(|made| is_open(made));
        if open.any(|made| made.ballots.is_empty()) && self.rng.random_ratio(3, 4) {
            return;
        }
        let proposals = power.proposals.values();
        let proposals = proposals
            .filter(|made| !made.executed && !made.cancelled)
            .flat_map(|made| [made.snapshot + 1, made.deadline + 1, made.eta.unwrap_or_default()]);
        let editions = access.editions.values().map(|edition| edition.live_from);
        let auctions = self.ledger.market.auctions.values().map(|auction| auction.end);
        let due = proposals.chain(editions).chain(auctions).filter(|time| *time > self.clock).min();
        self.clock = match (self.rng.random_range(0..40), due) {
            (0, _) => self.clock + self.rng.random_range(20 * DAY..40 * DAY),
            (1..=4, _) => self.clock + self.rng.random_range(HOUR..2 * DAY),
            (5..=8, _) | (_, None) => self.clock + self.rng.random_range(60..6 * HOUR),
            (_, Some(due)) => due,
        };
    }

    const fn composer(&mut self, earnest: bool) -> Composer<'_> {
        let Self { stage, ledger, manifests, rng, serial, clock, .. } = self;
        Composer { stage, ledger, manifests, rng, time: *clock, serial, earnest }
    }

    /// Sends an attempt, compares its end, and checks everything.
    async fn take(&mut self, kind: Kind, attempt: Attempt) -> Result<()> {
        let context = || {
            let Attempt { from, call, to, .. } = &attempt;
            format!("{kind:?}: {from} calls {call} of {to} at {}", self.clock)
        };
        let context = context();
        let before = self.view.standing.clone();
        self.send(&attempt).await.with_context(|| context.clone())?;
        self.look().await.with_context(|| context.clone())?;
        if !attempt.must_succeed() {
            let changed = self.view.standing.differs_from(&before);
            ensure!(changed.is_none(), "{context} is refused, and changes {changed:?}");
        }
        self.check().context(context)?;
        self.tally.count(kind, attempt.must_succeed());
        Ok(())
    }

    /// Sends an attempt, compares its end, and takes note of its logs.
    async fn send(&mut self, attempt: &Attempt) -> Result<()> {
        let data: Bytes = attempt.data.clone();
        let sent = self.stage.send((attempt.from, attempt.to), data, self.clock).await?;
        attempt.check(&sent)?;
        for log in sent.receipt.inner.logs() {
            self.ledger.take(log)?;
        }
        self.next_block = sent.receipt.block_number.context("it was not mined")? + 1;
        Ok(())
    }
}

//! Decides how it is shown that the dashboard is fast on a chain with many events: a cooperative records
//! contributions on a real Anvil, and is looked at.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use alloy::primitives::{Address, B256, U256, keccak256};
use datacoop_deploy::{
    Artifact, Event, Progress, Silent, Stage, Workspace,
    bindings::{IDataCoopRewards::Entry, IDataToken},
    build,
    chain::{Chain, Sender},
    contracts::{CONTRACTS, DATA_COOP_REWARDS, DATA_TOKEN},
    dashboard::Dashboard,
    deploy::{CoopConfig, Existing, GovernanceConfig, deploy_coop},
    keys::dev_account,
    node::{Node, NodeOptions},
    record::{BatchOptions, record_batch},
};
use serde::Serialize;

use crate::Error;

/// The events that a scored contribution leaves: it is recorded, its reward is minted, and DATA is transferred.
const EVENTS_OF_ONE: usize = 3;

/// How many contributions are recorded between two reports of progress.
const PORTION: usize = 2_500;

/// How often an answer is measured; the slowest counts.
const ANSWERS: usize = 5;

/// What DATA may be minted in a year, so that every reward is paid: a thousand million.
const EMISSION: u64 = 1_000_000_000;

/// What an event index costs on a chain with many events.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EventsReport {
    /// How many events the cooperative has.
    pub events: u64,
    /// How many blocks the chain has.
    pub blocks: u64,
    /// The first look, which reads all events, in milliseconds.
    pub first_ms: u64,
    /// A look by another process at a chain on which nothing happened since: the slowest, in milliseconds.
    pub again_ms: u64,
    /// A look after one more transaction, by who looked before: the slowest, in milliseconds.
    pub next_ms: u64,
    /// How large the index is, in bytes.
    pub index_bytes: u64,
}

/// The heading of the page's part about events.
pub const HEADING: &str = "## Events";

impl EventsReport {
    /// Returns the part of the page.
    #[must_use]
    pub fn markdown(&self) -> String {
        let Self { events, blocks, first_ms, again_ms, next_ms, index_bytes } = *self;
        let time = |ms: u64| match ms {
            0..1_000 => format!("{ms} ms"),
            _ => format!("{}.{:02} s", ms / 1_000, ms % 1_000 / 10),
        };
        format!(
            "{HEADING}

What `datacoop dashboard` takes with many events. `datacoop bench --events 100000` measures this on a real Anvil and writes
this part; unlike gas, times depend on the machine and on what else runs there.

| | |
| --- | ---: |
| events of the cooperative | {events} |
| blocks | {blocks} |
| the first look, which reads all of them | {} |
| a look by another process, when nothing happened | {} |
| a look after one more transaction | {} |
| size of the index | {}.{} MB |

Looks after the first ask for new blocks, and for views; counts and sums are kept with the events. Of five the slowest is
shown. A look by another process connects to the chain and finds the cooperative first.
",
            time(first_ms),
            time(again_ms),
            time(next_ms),
            index_bytes / 1_000_000,
            index_bytes % 1_000_000 / 100_000,
        )
    }
}

/// Deploys a cooperative, records so many contributions that there are `events` events, and looks at them.
/// `artifacts` are all contracts, built; address book and index are put into the empty `folder`.
///
/// # Errors
///
/// - [`Error::Deploy`]: the chain's failures, and calls that revert.
/// - [`Error::Missing`]: not all contributions were recorded.
pub async fn run(
    workspace: &Workspace,
    artifacts: &[Artifact],
    events: usize,
    folder: &Path,
    progress: &dyn Progress,
) -> Result<EventsReport, Error> {
    let node = Node::start(workspace, NodeOptions::default(), progress).await?;
    let chain = Chain::connect(&node.url()).await?;
    let (admin, oracle) =
        (Sender::new(&chain, dev_account(0)?), Sender::new(&chain, dev_account(1)?));
    let owners = [0, 1, 2].map(|index| dev_account(index).map(|signer| signer.address()));
    let owners = owners.into_iter().collect::<Result<Vec<_>, _>>()?;
    let book = folder.join("31337.json");
    let config = CoopConfig {
        self_government: Some(GovernanceConfig::local(&owners)),
        emission_floor: U256::from(EMISSION) * U256::from(10).pow(U256::from(18)),
        recipient: admin.address(),
        ..CoopConfig::of_one(admin.address(), oracle.address())
    };
    let deployed =
        deploy_coop(&admin, artifacts, &config, &book, Existing::Reuse, progress).await?.book;
    record(
        &oracle,
        deployed.address(&DATA_COOP_REWARDS)?,
        events.div_ceil(EVENTS_OF_ONE),
        progress,
    )
    .await?;

    let begun = Instant::now();
    let mut dashboard = Dashboard::open(&chain, &book).await?;
    let first = dashboard.refresh(progress).await?;
    let first_ms = millis(begun.elapsed());
    let (mut again_ms, mut next_ms) = (0, 0);
    for _ in 0..ANSWERS {
        let begun = Instant::now();
        let chain = Chain::connect(&node.url()).await?;
        Dashboard::open(&chain, &book).await?.refresh(&Silent).await?;
        again_ms = again_ms.max(millis(begun.elapsed()));
        let pay = IDataToken::transferCall { to: owners[1], value: U256::ONE };
        admin.call(deployed.address(&DATA_TOKEN)?, &pay).await?;
        let begun = Instant::now();
        dashboard.refresh(&Silent).await?;
        next_ms = next_ms.max(millis(begun.elapsed()));
    }
    let index_bytes = dashboard.index().size_bytes();
    let (events, blocks) = (first.events, first.synced.block);
    Ok(EventsReport { events, blocks, first_ms, again_ms, next_ms, index_bytes })
}

/// Builds the contracts of a cooperative. Blocks while the compilers run.
///
/// # Errors
///
/// [`Error::Deploy`] when one does not build.
pub fn prepare(workspace: &Workspace, progress: &dyn Progress) -> Result<Vec<Artifact>, Error> {
    Ok(build::build(workspace, &CONTRACTS, progress)?)
}

/// Records so many contributions, each of another member.
async fn record(
    oracle: &Sender,
    rewards: Address,
    count: usize,
    progress: &dyn Progress,
) -> Result<(), Error> {
    let (stage, total) = (Stage::Measure, Some(count as u64));
    progress.report(Event::Began { stage, subject: "recorded contributions", total });
    let numbers: Vec<_> = (0..count).collect();
    let mut done = 0;
    for portion in numbers.chunks(PORTION) {
        let entries: Vec<_> = portion.iter().map(|number| entry(*number)).collect();
        let options = BatchOptions::default();
        let report = record_batch(oracle, rewards, &entries, &options, &Silent).await?;
        if report.recorded != entries.len() {
            return Err(Error::Missing { wanted: "contribution that was sent" });
        }
        done += portion.len() as u64;
        progress.report(Event::Advanced { stage, done });
    }
    progress.report(Event::Ended { stage });
    Ok(())
}

fn entry(number: usize) -> Entry {
    Entry {
        member: Address::from_word(keccak256(format!("member {number}"))),
        proof: B256::from(keccak256(format!("contribution {number}"))),
        quality: 500_000_000_000_000_000,
        dataClass: u8::try_from(number % 4).unwrap_or_default(),
    }
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// Puts a part into a page in place of the one with the same heading, or at its end. A part goes from its
/// heading to the next one of the same rank.
#[must_use]
pub fn with_part(page: &str, heading: &str, part: &str) -> String {
    let (before, after) = match place(page, heading) {
        Some((start, end)) => (&page[..start], &page[end..]),
        None => (page, ""),
    };
    let after = if after.is_empty() { String::new() } else { format!("\n{after}") };
    format!("{}\n\n{part}{after}", before.trim_end())
}

/// Returns the part with a heading, if the page has it.
#[must_use]
pub fn part<'a>(page: &'a str, heading: &str) -> Option<&'a str> {
    place(page, heading).map(|(start, end)| page[start..end].trim_end())
}

fn place(page: &str, heading: &str) -> Option<(usize, usize)> {
    let mark = format!("\n{heading}\n");
    let start = page.find(&mark)? + 1;
    let inside = start + heading.len();
    let end = page[inside..].find("\n## ").map_or(page.len(), |next| inside + next + 1);
    Some((start, end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_takes_the_place_of_the_one_before() {
        let page = "# Scale\n\ntext\n";
        let with = with_part(page, HEADING, "## Events\n\none\n");
        assert_eq!(with, "# Scale\n\ntext\n\n## Events\n\none\n");
        let other = with_part(&with, HEADING, "## Events\n\ntwo\n");
        assert_eq!(other, "# Scale\n\ntext\n\n## Events\n\ntwo\n");
        assert_eq!(part(&other, HEADING), Some("## Events\n\ntwo"));
        assert_eq!(part(page, HEADING), None);
        let between = format!("{with}\n## Else\n\nthis stays\n");
        let other = with_part(&between, HEADING, "## Events\n\nthree\n");
        assert_eq!(other, "# Scale\n\ntext\n\n## Events\n\nthree\n\n## Else\n\nthis stays\n");
    }

    #[test]
    fn figures_are_written_in_units_for_people() {
        let report = EventsReport {
            events: 100_210,
            blocks: 300,
            first_ms: 4_210,
            again_ms: 95,
            next_ms: 8,
            index_bytes: 43_250_000,
        };
        let text = report.markdown();
        for row in ["| 100210 |", "| 4.21 s |", "| 95 ms |", "| 8 ms |", "| 43.2 MB |"] {
            assert!(text.contains(row), "no {row} in {text}");
        }
    }
}

//! Decides what `datacoop bench` does: measures what actions cost, and keeps or checks the table.

use std::{
    io::{self, Write},
    path::{Path, PathBuf},
};

use datacoop_bench::{
    ActionCost, Bench, PassTable, TOLERANCE_PERCENT, Worse,
    events::{self, EventsReport},
    scale::{SIZES, Scale, ScaleReport},
    worse,
};
use datacoop_deploy::{Error, Workspace};
use serde::Serialize;

use crate::{
    cli::after_help,
    exit::BenchmarksWorse,
    output::{Out, Report, pairs, table},
};

/// Where the committed table is, below the workspace's folder.
const TABLE: &str = "docs/BENCHMARKS.md";

/// Where the page about large datasets is, below the workspace's folder.
const SCALE: &str = "docs/SCALE.md";

/// Measures what users' actions cost on Anvil, beside their Solidity peers, and what they would
/// cost on a Stylus chain.
///
/// Starts a chain of its own and writes `docs/BENCHMARKS.md`, with `benchmarks.json` beside it.
/// Every run gives the same figures.
#[derive(Debug, clap::Args)]
#[command(after_help = after_help!(
    "datacoop bench                       writes docs/BENCHMARKS.md and docs/benchmarks.json"
    "datacoop bench --check               fails when a figure got worse than the committed one"
    "datacoop bench --action transfer     shows some actions and writes nothing"
    "datacoop bench --passes              what each pass of the translator is worth"
    "datacoop bench --scale               writes docs/SCALE.md: datasets of 10 to 100,000 records"
    "datacoop bench --events 100000       how fast the dashboard is, for docs/SCALE.md"
))]
pub(crate) struct BenchArgs {
    /// The page that is written [default: docs/BENCHMARKS.md of the workspace]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,

    /// Write nothing; fail with exit status 8 when a figure is more than 2 % worse than in the
    /// committed docs/benchmarks.json, or when its actions are not those of today.
    #[arg(long, conflicts_with_all = ["out", "action"])]
    check: bool,

    /// Measure only the actions whose names have this in them, and write nothing.
    #[arg(long, value_name = "NAME", conflicts_with = "out")]
    action: Option<String>,

    /// Leave out each pass of the translator in turn, show what that costs in gas on Anvil and in
    /// bytes, and write nothing.
    #[arg(long, conflicts_with_all = ["out", "check", "action"])]
    passes: bool,

    /// Publish, sell and pay out datasets of 10, 1,000 and 100,000 records, and write what that
    /// costs to docs/SCALE.md, or to `--out`.
    #[arg(long, conflicts_with_all = ["check", "action", "passes"])]
    scale: bool,

    /// Look at a cooperative with so many events, and write how long that takes into docs/SCALE.md, or
    /// `--out`.
    #[arg(long, value_name = "COUNT", conflicts_with_all = ["check", "action", "passes", "scale"])]
    events: Option<usize>,
}

/// What was measured of many events, and where it went.
#[derive(Serialize)]
struct Looked {
    #[serde(flatten)]
    figures: EventsReport,
    page: PathBuf,
}

/// What was measured of large datasets, and where it went.
#[derive(Serialize)]
struct Scaled {
    #[serde(flatten)]
    figures: ScaleReport,
    page: PathBuf,
}

/// What was measured, and where it went.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Measured {
    #[serde(flatten)]
    figures: datacoop_bench::Report,
    #[serde(skip_serializing_if = "Option::is_none")]
    page: Option<PathBuf>,
}

/// What each pass is worth.
#[derive(Serialize)]
#[serde(transparent)]
struct Passes(PassTable);

/// A comparison that found nothing worse.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Checked {
    tolerance_percent: u64,
    actions: usize,
    worse: Vec<Worse>,
}

impl BenchArgs {
    pub(crate) async fn run(self, out: &Out) -> anyhow::Result<()> {
        let Self { out: page, check, action, passes, scale, events } = self;
        let workspace = Workspace::find()?;
        if scale {
            let page = page.unwrap_or_else(|| workspace.root().join(SCALE));
            return measure_scale(&workspace, page, out).await;
        }
        if let Some(events) = events {
            let page = page.unwrap_or_else(|| workspace.root().join(SCALE));
            return measure_events(&workspace, events, page, out).await;
        }
        let table = workspace.root().join(TABLE);
        let committed = if check { Some(read(&figures_beside(&table))?) } else { None };
        let progress = out.progress();
        let bench = tokio::task::block_in_place(|| Bench::prepare(&workspace, &progress))?;
        if passes {
            return out.result(&Passes(bench.weigh_passes(&progress).await?));
        }
        let figures = bench.run(action.as_deref().unwrap_or_default(), &progress).await?;
        if let Some(committed) = committed {
            let worse = worse(&committed, &figures);
            if !worse.is_empty() {
                return Err(BenchmarksWorse(worse).into());
            }
            let (tolerance_percent, actions) = (TOLERANCE_PERCENT, figures.actions.len());
            return out.result(&Checked { tolerance_percent, actions, worse });
        }
        if action.is_some() {
            return out.result(&Measured { figures, page: None });
        }
        let page = page.unwrap_or(table);
        write(&page, &figures.markdown())?;
        write(&figures_beside(&page), &(serde_json::to_string_pretty(&figures)? + "\n"))?;
        out.result(&Measured { figures, page: Some(page) })
    }
}

/// Measures large datasets and writes the page about them.
async fn measure_scale(workspace: &Workspace, page: PathBuf, out: &Out) -> anyhow::Result<()> {
    let progress = out.progress();
    let scale = tokio::task::block_in_place(|| Scale::prepare(workspace, &progress))?;
    let figures = scale.run(&SIZES, &progress).await?;
    // What is about events stays as it is.
    let before = std::fs::read_to_string(&page).unwrap_or_default();
    let text = match events::part(&before, events::HEADING) {
        Some(part) => {
            let part = format!("{part}\n");
            events::with_part(&figures.markdown(), events::HEADING, &part)
        }
        None => figures.markdown(),
    };
    write(&page, &text)?;
    out.result(&Scaled { figures, page })
}

/// Measures the dashboard with many events, and puts that into the page.
async fn measure_events(
    workspace: &Workspace,
    count: usize,
    page: PathBuf,
    out: &Out,
) -> anyhow::Result<()> {
    let progress = out.progress();
    let artifacts = tokio::task::block_in_place(|| events::prepare(workspace, &progress))?;
    let folder = tempfile::tempdir()?;
    let figures = events::run(workspace, &artifacts, count, folder.path(), &progress).await?;
    let before = std::fs::read_to_string(&page).unwrap_or_else(|_| "# Scale\n".to_owned());
    write(&page, &events::with_part(&before, events::HEADING, &figures.markdown()))?;
    out.result(&Looked { figures, page })
}

/// The file of figures that belongs to a page: the same name in small letters, as JSON.
fn figures_beside(page: &Path) -> PathBuf {
    let name = page.file_stem().unwrap_or_default().to_string_lossy().to_lowercase();
    page.with_file_name(format!("{name}.json"))
}

fn read(path: &Path) -> Result<datacoop_bench::Report, Error> {
    let text = std::fs::read(path).map_err(|source| Error::Io {
        path: path.to_path_buf(),
        action: "read",
        source,
    })?;
    serde_json::from_slice(&text).map_err(|source| Error::MalformedFile {
        path: path.to_path_buf(),
        reason: source.to_string(),
    })
}

fn write(path: &Path, text: &str) -> Result<(), Error> {
    std::fs::write(path, text).map_err(|source| Error::Io {
        path: path.to_path_buf(),
        action: "write",
        source,
    })
}

impl Report for Measured {
    const COMMAND: &'static str = "bench";

    fn show(&self, to: &mut dyn Write) -> io::Result<()> {
        let header = ["action", "floor", "solidity", "anvil", "stylus, cached", "not cached"];
        let mut table = table(header, &[1, 2, 3, 4, 5]);
        for cost in &self.figures.actions {
            let ActionCost { action, floor, evm, peer, stylus, .. } = cost;
            table.add_row([
                action.clone(),
                floor.to_string(),
                peer.map_or_else(|| "–".to_owned(), |gas| gas.to_string()),
                evm.to_string(),
                stylus.cached.to_string(),
                stylus.uncached.to_string(),
            ]);
        }
        writeln!(to, "{table}\nGas of ours, of Solidity's, and the floor that nobody goes below.")?;
        match &self.page {
            Some(page) => writeln!(to, "Written to {}.", page.display()),
            None => Ok(()),
        }
    }
}

impl Report for Scaled {
    const COMMAND: &'static str = "bench";

    fn show(&self, to: &mut dyn Write) -> io::Result<()> {
        let header = ["records", "contributors", "publish", "buy", "canRead", "deposit", "claim"];
        let mut table = table(header, &[0, 1, 2, 3, 4, 5, 6]);
        for row in &self.figures.rows {
            let counts = [row.records, row.contributors].map(|count| count.to_string());
            let costs = [row.publish, row.buy, row.can_read, row.deposit, row.claim];
            table.add_row(counts.into_iter().chain(costs.map(|gas| gas.to_string())));
        }
        writeln!(to, "{table}\nGas on Anvil. Written to {}.", self.page.display())
    }
}

impl Report for Looked {
    const COMMAND: &'static str = "bench";

    fn show(&self, to: &mut dyn Write) -> io::Result<()> {
        let EventsReport { events, first_ms, again_ms, next_ms, index_bytes, .. } = &self.figures;
        pairs(
            to,
            &[
                ("events", events),
                ("first look, ms", first_ms),
                ("by another process, ms", again_ms),
                ("after a transaction, ms", next_ms),
                ("index, bytes", index_bytes),
            ],
        )?;
        writeln!(to, "Written to {}.", self.page.display())
    }
}

impl Report for Passes {
    const COMMAND: &'static str = "bench";

    fn show(&self, to: &mut dyn Write) -> io::Result<()> {
        to.write_all(self.0.markdown().as_bytes())
    }
}

impl Report for Checked {
    const COMMAND: &'static str = "bench";

    fn show(&self, to: &mut dyn Write) -> io::Result<()> {
        let Self { tolerance_percent, actions, .. } = self;
        writeln!(
            to,
            "{actions} actions, none more than {tolerance_percent} % worse than committed."
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_figures_lie_beside_the_page() {
        assert_eq!(figures_beside(Path::new(TABLE)), Path::new("docs/benchmarks.json"));
    }
}

//! Decides what `datacoop oracle ingest` does: FHIR resources become entries, off chain.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

use alloy::primitives::B256;
use anyhow::Context as _;
use datacoop_ingest::{AddressMap, DataClass, Entry, read_fhir, write_csv, write_ndjson};
use serde::Serialize;

use crate::{
    cli::after_help,
    exit::Input,
    output::{Account, Format, Out, Report, pairs, table},
};

/// How many unmapped patients an error names.
const NAMED: usize = 20;

/// Turns FHIR R4 resources into entries for `oracle batch`. Sends nothing.
///
/// Reads resources, Bundles and NDJSON from files and folders. An entry has the member, the proof
/// (the hash of the resource's canonical JSON), the quality (how complete the resource is) and the
/// data class. Nothing else of a resource is written anywhere.
#[derive(Debug, clap::Args)]
#[command(after_help = after_help!(
    "datacoop oracle ingest records/ --members members.csv --out entries.csv"
    "datacoop oracle ingest bundle.json --members members.json > entries.ndjson"
    "datacoop oracle ingest records/ --members members.csv --json"
    ""
    "The members file is CSV with the header `patient,member`, or a JSON object:"
    "{ \"Patient/example\": \"0x7099…79C8\" }"
))]
pub(crate) struct IngestArgs {
    /// Files and folders with FHIR resources (JSON, NDJSON).
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,

    /// The map from patients to members' addresses: CSV or JSON.
    #[arg(long, value_name = "FILE")]
    members: PathBuf,

    /// Where the entries go; CSV when its name ends in `.csv`, else NDJSON [default: stdout]
    #[arg(long, short, value_name = "FILE")]
    out: Option<PathBuf>,

    /// Leave out patients whom the map does not know; without it they are an error.
    #[arg(long)]
    skip_unmapped: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Ingested {
    resources: u64,
    entries: Vec<EntryRow>,
    members: usize,
    classes: BTreeMap<&'static str, u64>,
    skipped: BTreeMap<String, u64>,
    unmapped: BTreeMap<String, u64>,
    duplicates: Vec<DuplicateRow>,
    /// Resources with numbers that no double holds exactly as they are written.
    inexact_numbers: Vec<String>,
    #[serde(skip)]
    content: Vec<Entry>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct EntryRow {
    member: Account,
    proof: B256,
    quality: String,
    data_class: &'static str,
    source: String,
}

#[derive(Serialize)]
struct DuplicateRow {
    source: String,
    first: String,
}

impl IngestArgs {
    pub(crate) fn run(self, out: &Out) -> anyhow::Result<()> {
        let Self { paths, members, out: file, skip_unmapped } = self;
        let ingested = Ingested::from(read_fhir(&paths, &AddressMap::read(&members)?)?);
        if !skip_unmapped {
            refuse_unmapped(&ingested.unmapped)?;
        }
        if let Some(file) = &file {
            write_file(file, &ingested.content)?;
        }
        if file.is_none() && out.format() == Format::Text {
            // The entries are the result: they go to stdout alone, the summary beside it.
            let mut summary = Vec::new();
            ingested.show(&mut summary)?;
            out.say(String::from_utf8_lossy(&summary).trim_end());
            return Ok(write_ndjson(&ingested.content, io::stdout().lock())?);
        }
        out.result(&ingested)
    }
}

fn refuse_unmapped(unmapped: &BTreeMap<String, u64>) -> anyhow::Result<()> {
    if unmapped.is_empty() {
        return Ok(());
    }
    let named: Vec<_> =
        unmapped.keys().take(NAMED).map(|patient| format!("\n  {patient}")).collect();
    let more = match unmapped.len().checked_sub(NAMED) {
        Some(more @ 1..) => format!("\n  and {more} more"),
        _ => String::new(),
    };
    let reason = format!(
        "the members file does not know {} patients; add them or use `--skip-unmapped`:{}{more}",
        unmapped.len(),
        named.concat(),
    );
    Err(Input(reason).into())
}

/// Writes the entries beside the file and then in its place: it is there wholly or not at all.
fn write_file(file: &Path, entries: &[Entry]) -> anyhow::Result<()> {
    let failed = || format!("cannot write `{}`", file.display());
    let partial = file.with_added_extension("partial");
    let create = || -> Result<(), datacoop_ingest::Error> {
        let to = BufWriter::new(File::create(&partial).map_err(datacoop_ingest::Error::Write)?);
        let is_csv = file.extension().is_some_and(|extension| extension == "csv");
        if is_csv { write_csv(entries, to) } else { write_ndjson(entries, to) }
    };
    create().with_context(failed)?;
    std::fs::rename(&partial, file).map_err(datacoop_ingest::Error::Write).with_context(failed)
}

impl From<datacoop_ingest::Report> for Ingested {
    fn from(report: datacoop_ingest::Report) -> Self {
        let mut members: Vec<_> = report.entries.iter().map(|entry| entry.member).collect();
        members.sort_unstable();
        members.dedup();
        let mut classes: BTreeMap<_, u64> =
            DataClass::ALL.into_iter().map(|class| (class.name(), 0)).collect();
        for entry in &report.entries {
            *classes.entry(entry.data_class.name()).or_default() += 1;
        }
        Self {
            resources: report.seen,
            entries: report.entries.iter().map(EntryRow::from).collect(),
            members: members.len(),
            classes,
            skipped: report.skipped.iter().map(|(why, count)| (why.to_string(), *count)).collect(),
            unmapped: report.unmapped,
            duplicates: report
                .duplicates
                .iter()
                .map(|duplicate| DuplicateRow {
                    source: duplicate.source.to_string(),
                    first: duplicate.first.to_string(),
                })
                .collect(),
            inexact_numbers: report.inexact.iter().map(ToString::to_string).collect(),
            content: report.entries,
        }
    }
}

impl From<&Entry> for EntryRow {
    fn from(entry: &Entry) -> Self {
        Self {
            member: Account(entry.member),
            proof: entry.proof,
            quality: entry.quality.to_string(),
            data_class: entry.data_class.name(),
            source: entry.source.to_string(),
        }
    }
}

impl Report for Ingested {
    const COMMAND: &'static str = "oracle ingest";

    fn show(&self, to: &mut dyn Write) -> io::Result<()> {
        let unmapped: u64 = self.unmapped.values().sum();
        pairs(
            to,
            &[
                ("resources", &self.resources),
                ("entries", &self.entries.len()),
                ("members", &self.members),
                ("duplicates", &self.duplicates.len()),
                ("unmapped", &unmapped),
                ("with inexact numbers", &self.inexact_numbers.len()),
            ],
        )?;
        let mut counts = table(["data class, or why not", "resources"], &[1]);
        for (class, count) in &self.classes {
            counts.add_row([(*class).to_owned(), count.to_string()]);
        }
        for (reason, count) in &self.skipped {
            counts.add_row([reason.clone(), count.to_string()]);
        }
        writeln!(to, "\n{counts}")
    }
}

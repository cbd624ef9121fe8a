//! Decides what `datacoop data register` does: documents become records on chain, by hash and salt.

use std::{
    collections::BTreeMap,
    io::{self, Write},
    path::PathBuf,
};

use alloy::primitives::{B256, Bytes};
use datacoop_deploy::{
    chain::Sender,
    data::{Document, Kind, Salts, register},
};
use datacoop_ingest::{AddressMap, Entry, read_fhir_with};
use serde::Serialize;

use super::{class_name, registry};
use crate::{
    args::{RpcArgs, SenderArgs},
    cli::after_help,
    exit::Input,
    output::{Account, Out, Report, pairs, table},
};

/// How many records are shown to people; `--json` has all.
const SHOWN: usize = 20;

/// How many unmapped patients an error names.
const NAMED: usize = 20;

/// What the names of FHIR schemas begin with.
pub(super) const FHIR: &str = "hl7.fhir.r4/";

/// Registers FHIR R4 resources as records: their salted hashes, and where their bytes lie.
///
/// A record's id is the hash of a salt and of the resource's canonical form. Salts are kept in a file
/// on this machine, written before anything is sent, and never leave it: keep that file. A resource that
/// was registered before is left alone, so that running it again is safe. Without `--members` all
/// resources are the signer's own; with it the signer is an attestor, and attests to them.
#[derive(Debug, clap::Args)]
#[command(after_help = after_help!(
    "datacoop data register my-records/ --salts my.salts --from dev:1"
    "datacoop data register records/ --members members.csv --salts hospital.salts --from dev:2"
    "datacoop data register observation.json --pointer ipfs:// --from dev:1 --json"
    ""
    "The members file is CSV with the header `patient,member`, or a JSON object from patient to address."
))]
pub(crate) struct RegisterArgs {
    /// Files and folders with FHIR resources (JSON, NDJSON).
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,

    /// The map from patients to members' addresses: CSV or JSON. The signer is an attestor.
    #[arg(long, value_name = "FILE")]
    members: Option<PathBuf>,

    /// Leave out patients whom the map does not know; without it they are an error.
    #[arg(long, requires = "members")]
    skip_unmapped: bool,

    /// The file of salts; it is made when it is missing.
    #[arg(long, value_name = "FILE", default_value = "datacoop.salts")]
    salts: PathBuf,

    /// What the pointers to the encrypted bytes begin with; the record's id, 32 bytes, follows.
    #[arg(long, value_name = "TEXT", default_value = "urn:datacoop:")]
    pointer: String,

    #[command(flatten)]
    wallet: SenderArgs,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Registration {
    resources: u64,
    registered: usize,
    /// Records that the chain had before.
    known: usize,
    duplicates: usize,
    skipped: BTreeMap<String, u64>,
    unmapped: BTreeMap<String, u64>,
    /// Whether the signer attested to them.
    attested: bool,
    records: Vec<RecordRow>,
    salts: PathBuf,
    transactions: Vec<B256>,
    gas_used: u64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RecordRow {
    record: B256,
    owner: Account,
    data_class: String,
    schema: String,
    source: String,
}

impl RegisterArgs {
    pub(crate) async fn run(self, rpc: &RpcArgs, out: &Out) -> anyhow::Result<()> {
        let Self { paths, members, skip_unmapped, salts, pointer, wallet } = self;
        let signer = wallet.signer(rpc, out).await?;
        let own = signer.address();
        let map = members.as_deref().map(AddressMap::read).transpose()?;
        let found = read_fhir_with(&paths, |patient| match &map {
            Some(map) => map.member(patient),
            None => Some(own),
        })?;
        if !skip_unmapped {
            refuse_unmapped(&found.unmapped)?;
        }
        let mut salts = Salts::read(&salts)?;
        let registry = registry(rpc).await?;
        let sender = Sender::new(registry.chain(), signer);
        let documents: Vec<_> = found.entries.iter().map(document).collect();
        let base = Bytes::from(pointer.into_bytes());
        let progress = out.progress();
        let done = register(&registry, &sender, &mut salts, &documents, &base, &progress).await?;
        let row = |(document, record): (&Document, &B256)| RecordRow {
            record: *record,
            owner: Account(document.owner),
            data_class: class_name(document.kind.data_class),
            schema: document.kind.schema.clone(),
            source: document.source.clone(),
        };
        let skipped = found.skipped.iter().map(|(reason, count)| (reason.to_string(), *count));
        out.result(&Registration {
            resources: found.seen,
            registered: done.registered,
            known: done.known,
            duplicates: found.duplicates.len(),
            skipped: skipped.collect(),
            unmapped: found.unmapped,
            attested: map.is_some(),
            records: documents.iter().zip(&done.records).map(row).collect(),
            salts: salts.path().to_path_buf(),
            transactions: done.transactions,
            gas_used: done.gas_used,
        })
    }
}

/// A resource as a document that can be registered.
pub(crate) fn document(entry: &Entry) -> Document {
    let resource = entry.source.resource.as_deref().unwrap_or_default();
    let resource_type = resource.split('/').next().unwrap_or_default();
    Document {
        proof: entry.proof,
        owner: entry.member,
        kind: Kind { data_class: entry.data_class as u8, schema: format!("{FHIR}{resource_type}") },
        source: entry.source.to_string(),
    }
}

fn refuse_unmapped(unmapped: &BTreeMap<String, u64>) -> anyhow::Result<()> {
    if unmapped.is_empty() {
        return Ok(());
    }
    let named: String =
        unmapped.keys().take(NAMED).map(|patient| format!("\n  {patient}")).collect();
    let more = match unmapped.len().checked_sub(NAMED) {
        Some(more @ 1..) => format!("\n  and {more} more"),
        _ => String::new(),
    };
    let reason = format!(
        "the members file does not know {} patients; add them or use `--skip-unmapped`:{named}{more}",
        unmapped.len(),
    );
    Err(Input(reason).into())
}

impl Report for Registration {
    const COMMAND: &'static str = "data register";

    fn show(&self, to: &mut dyn Write) -> io::Result<()> {
        let Self { resources, registered, known, duplicates, skipped, unmapped, .. } = self;
        let left_out: u64 = skipped.values().chain(unmapped.values()).sum();
        let status = if self.attested { "registered and attested" } else { "registered" };
        pairs(
            to,
            &[
                ("resources", resources),
                (status, registered),
                ("known before", known),
                ("left out", &left_out),
                ("duplicates", duplicates),
                ("transactions", &self.transactions.len()),
                ("gas", &self.gas_used),
                ("salts", &self.salts.display()),
            ],
        )?;
        let mut rows = table(["record", "class", "owner", "source"], &[]);
        for RecordRow { record, owner, data_class, source, .. } in self.records.iter().take(SHOWN) {
            rows.add_row([&record.to_string(), data_class, &owner.to_string(), source]);
        }
        writeln!(to, "\n{rows}")?;
        if let Some(more @ 1..) = self.records.len().checked_sub(SHOWN) {
            writeln!(to, "and {more} more; --json lists all")?;
        }
        writeln!(
            to,
            "Keep `{}`: without it nobody tells which document is which record.",
            self.salts.display()
        )
    }
}

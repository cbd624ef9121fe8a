//! Decides what `datacoop data verify` tells: which record a document is, and who vouches for it.

use std::{
    io::{self, Write},
    path::PathBuf,
};

use alloy::primitives::{Address, B256};
use datacoop_deploy::{
    bindings::IDataRegistry::{RecordAttested, RecordRegistered},
    data::{DataError, Registry, Salts, Status},
};
use datacoop_ingest::{Entry, read_fhir_with};
use serde::Serialize;

use super::{class_name, registry};
use crate::{
    args::RpcArgs,
    cli::after_help,
    output::{Account, Out, Report, pairs},
    time::Time,
};

/// Tells which record a document is, by its hash and its salt, and what the chain knows of it.
///
/// Works for whoever holds the document and its salt. A document that was changed in anything but its
/// formatting is another one.
#[derive(Debug, clap::Args)]
#[command(after_help = after_help!(
    "datacoop data verify observation.json --salts my.salts"
    "datacoop data verify observation.json --salt 0x4e03…7d45 --json"
))]
pub(crate) struct VerifyArgs {
    /// A file with FHIR resources.
    file: PathBuf,

    /// The file of salts that `data register` wrote.
    #[arg(long, value_name = "FILE", default_value = "datacoop.salts")]
    salts: PathBuf,

    /// The salt of the document, in place of a file of salts.
    #[arg(long, value_name = "SALT", conflicts_with = "salts")]
    salt: Option<B256>,
}

#[derive(Serialize)]
struct Verified {
    documents: Vec<Row>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    source: String,
    record: B256,
    status: Status,
    owner: Option<Account>,
    data_class: Option<String>,
    /// Since when it has its status.
    since: Option<Time>,
    registered_by: Option<Account>,
    registered_at: Option<Time>,
    attested_by: Option<Account>,
    attested_at: Option<Time>,
}

impl VerifyArgs {
    pub(crate) async fn run(self, rpc: &RpcArgs, out: &Out) -> anyhow::Result<()> {
        let Self { file, salts: path, salt } = self;
        // Whose it is, the chain tells: anybody will do.
        let found = read_fhir_with(&[file], |_| Some(Address::repeat_byte(1)))?;
        let salts = if salt.is_none() { Some(Salts::read(&path)?) } else { None };
        let mut asked = Vec::new();
        for entry in &found.entries {
            let records = records_of(entry, salt, salts.as_ref());
            if records.is_empty() {
                let what = entry.source.to_string();
                return Err(datacoop_deploy::Error::from(DataError::NoSalt { path, what }).into());
            }
            asked.extend(records.into_iter().map(|record| (entry.source.to_string(), record)));
        }
        let registry = registry(rpc).await?;
        let mut documents = Vec::with_capacity(asked.len());
        for (source, record) in asked {
            documents.push(Row::read(&registry, source, record).await?);
        }
        out.result(&Verified { documents })
    }
}

/// The records that a document may be: by one salt, or by those of a file.
fn records_of(entry: &Entry, salt: Option<B256>, salts: Option<&Salts>) -> Vec<B256> {
    let named = salt.map(|salt| datacoop_deploy::data::record_id(salt, entry.proof));
    let kept = salts.into_iter().flat_map(|salts| salts.of(entry.proof)).map(|salt| salt.record);
    named.into_iter().chain(kept).collect()
}

impl Row {
    async fn read(registry: &Registry, source: String, record: B256) -> anyhow::Result<Self> {
        let found = registry.record(record).await?;
        let is_known = found.status != Status::Unknown;
        let (mut registered, mut attested) = (None, None);
        if is_known {
            registered = registry.event::<RecordRegistered>(record).await?;
            attested = registry.event::<RecordAttested>(record).await?;
        }
        // What an attestor registered is attested from the start.
        let at_once = registered.as_ref().filter(|event| event.status == 2);
        let by = attested.as_ref().map(|event| (event.attestor, event.at));
        let by = by.or_else(|| at_once.map(|event| (event.source, event.at)));
        Ok(Self {
            source,
            record,
            status: found.status,
            owner: is_known.then_some(Account(found.owner)),
            data_class: is_known.then(|| class_name(found.data_class)),
            since: is_known.then_some(Time(found.since)),
            registered_by: registered.as_ref().map(|event| Account(event.source)),
            registered_at: registered.as_ref().map(|event| Time(event.at)),
            attested_by: by.map(|(attestor, _)| Account(attestor)),
            attested_at: by.map(|(_, at)| Time(at)),
        })
    }
}

impl Report for Verified {
    const COMMAND: &'static str = "data verify";

    fn show(&self, to: &mut dyn Write) -> io::Result<()> {
        for (index, row) in self.documents.iter().enumerate() {
            if index > 0 {
                writeln!(to)?;
            }
            let by = |account: Option<Account>, at: Option<Time>| match (account, at) {
                (Some(account), Some(at)) => format!("{at} by {account}"),
                _ => "never".to_owned(),
            };
            let owner = row.owner.map_or_else(|| "nobody".to_owned(), |owner| owner.to_string());
            pairs(
                to,
                &[
                    ("document", &row.source),
                    ("record", &row.record),
                    ("status", &row.status.name()),
                    ("owner", &owner),
                    ("class", &row.data_class.as_deref().unwrap_or("none")),
                    ("registered", &by(row.registered_by, row.registered_at)),
                    ("attested", &by(row.attested_by, row.attested_at)),
                ],
            )?;
        }
        Ok(())
    }
}

//! Decides what `datacoop market access` shows: whether somebody may read, and each reason.

use std::{
    io::{self, Write},
    path::{Path, PathBuf},
};

use alloy::primitives::{Address, B256};
use datacoop_deploy::{
    data::Manifest,
    market::{Access, Asked, Check, Edition, Purpose, Reason},
};
use serde::Serialize;

use super::{place::PlaceArgs, say::Of};
use crate::{
    args::RpcArgs,
    cli::after_help,
    exit::{Denied, Input},
    output::{Account, Out, Report},
};

/// Tells whether somebody may read an edition, or one record of it, at this moment, and why.
///
/// Exit status 0 says yes, 1 says no.
#[derive(Debug, clap::Args)]
#[command(after_help = after_help!(
    "datacoop market access --holder 0x7099…79C8 --edition 1.1 --purpose academic"
    "datacoop market access --holder 0x7099…79C8 --edition 1.1 --purpose academic --record 0x4e03…7d45 --manifest edition-1.1.json"
))]
pub(crate) struct AccessArgs {
    /// Who wants to read.
    #[arg(long, value_name = "ADDRESS")]
    holder: Address,

    /// The edition: dataset and version, as in `3.1`.
    #[arg(long, value_name = "EDITION")]
    edition: Edition,

    /// What for: academic, clinical, commercial, ai-training or public-health.
    #[arg(long, value_name = "PURPOSE")]
    purpose: Purpose,

    /// One record of the edition.
    #[arg(long, value_name = "ID", requires = "path")]
    record: Option<B256>,

    /// The edition's manifest, from which it is proved that the record belongs to it.
    #[arg(long, value_name = "FILE", group = "path", requires = "record")]
    manifest: Option<PathBuf>,

    /// The proof itself: the siblings, from the leaf up.
    #[arg(long, value_name = "HASHES", value_delimiter = ',', group = "path", requires = "record")]
    proof: Option<Vec<B256>>,

    #[command(flatten)]
    place: PlaceArgs,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    is_allowed: bool,
    holder: Account,
    edition: Of,
    purpose: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    record: Option<B256>,
    reasons: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    reason: &'static str,
    holds: bool,
    detail: String,
}

impl AccessArgs {
    pub(crate) async fn run(self, rpc: &RpcArgs, out: &Out) -> anyhow::Result<()> {
        let Self { holder, edition, purpose, record, manifest, proof, place } = self;
        let proof = match (record, manifest) {
            (Some(record), Some(path)) => Some(prove(&path, edition, record)?),
            _ => proof,
        };
        let market = place.find(rpc).await?;
        let record = record.zip(proof);
        let asked = Asked { holder, edition, purpose, record };
        let Access { is_allowed, checks } = market.access(&asked).await?;
        out.result(&Answer {
            is_allowed,
            holder: Account(holder),
            edition: Of(edition),
            purpose: purpose.to_string(),
            record: asked.record.map(|(record, _)| record),
            reasons: checks.into_iter().map(Row::of).collect(),
        })?;
        if is_allowed { Ok(()) } else { Err(Denied.into()) }
    }
}

/// Proves by a manifest that an edition has a record. What is not in it has a proof that fails.
pub(super) fn prove(path: &Path, edition: Edition, record: B256) -> anyhow::Result<Vec<B256>> {
    let manifest = Manifest::read(path)?;
    let own = Edition(manifest.edition());
    if own != edition {
        let path = path.display();
        return Err(Input(format!("{path} is the manifest of edition {own}, not {edition}")).into());
    }
    Ok(manifest.record_proof(record).unwrap_or_default())
}

impl Row {
    fn of(check: Check) -> Self {
        let reason = match check.reason {
            Reason::Researcher => "researcher",
            Reason::Stake => "stake",
            Reason::NotBarred => "not barred",
            Reason::Licence => "licence",
            Reason::Term => "term",
            Reason::Edition => "edition",
            Reason::Record => "record",
            Reason::Attested => "attested",
            Reason::Consent => "consent",
        };
        Self { reason, holds: check.holds, detail: check.detail }
    }
}

impl Report for Answer {
    const COMMAND: &'static str = "market access";

    fn show(&self, to: &mut dyn Write) -> io::Result<()> {
        let answer = if self.is_allowed { "yes" } else { "no" };
        let what = if self.record.is_some() { "this record of edition" } else { "edition" };
        let Self { holder, edition, purpose, .. } = self;
        writeln!(to, "{answer}: {holder}, {what} {edition}, for {purpose}\n")?;
        self.reasons.iter().try_for_each(|Row { reason, holds, detail }| {
            let mark = if *holds { "yes" } else { "no " };
            writeln!(to, "{mark}  {reason:11} {detail}")
        })
    }
}

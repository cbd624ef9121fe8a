//! Decides what `datacoop consent import` does: the FHIR consents of a member come onto the chain.

use std::{
    collections::BTreeMap,
    io::{self, Write},
    path::PathBuf,
    time::{SystemTime, UNIX_EPOCH},
};

use alloy::primitives::{Address, B256};
use datacoop_deploy::{
    chain::{Receipt, Sender},
    consent::{Consents, DataClasses, Grantee, Importer, Plan, Purposes, Scope, Until, Wanted},
    members::{ActorRole, Members},
};
use datacoop_ingest::{AddressMap, ConsentDraft, DraftGrantee, FhirConsent, read_consents};
use serde::Serialize;

use super::view::ScopeView;
use crate::{
    args::{OptionalSenderArgs, RpcArgs},
    cli::after_help,
    exit::{Input, Usage},
    output::{Account, Out, Report},
    time::Time,
};

/// The longest that a consent lasts on chain, in seconds: ten years of 365 days.
const MAX_TERM_SECS: u64 = 3_650 * 86_400;

/// Brings FHIR R4 consents onto the chain, as the patient whom they are of.
///
/// Each `Consent` becomes a consent on chain, as far as the chain can say what it says and never
/// more; what cannot be said is shown with the reason. One that was imported before is amended when
/// the resource changed, and revoked when it says no more. docs/CONSENT.md has the table.
///
/// Only consents of the signer's own are sent: nobody consents for somebody else.
#[derive(Debug, clap::Args)]
#[command(after_help = after_help!(
    "datacoop consent import consents/ --dry-run"
    "datacoop consent import consent.json --dry-run --at 2015-12-01"
    "datacoop consent import consents/ --members map.csv --from dev:3"
))]
pub(crate) struct ImportArgs {
    /// Files and folders of FHIR R4 resources: resources, Bundles, NDJSON.
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<PathBuf>,

    /// The accounts of patients and of recipients: CSV with the header `patient,member`, as
    /// `Patient/example,0x…` and `Organization/lab,0x…`.
    #[arg(long, value_name = "FILE", required_unless_present = "dry_run")]
    members: Option<PathBuf>,

    /// How long a consent lasts whose resource does not say: a day, a time or a span from now.
    #[arg(long, value_name = "TIME", default_value = "365 days")]
    until: Until,

    /// Show what each resource maps to, without a chain.
    #[arg(long)]
    dry_run: bool,

    /// The time by which periods are judged [default: now]
    #[arg(long, value_name = "TIME", requires = "dry_run")]
    at: Option<Until>,

    #[command(flatten)]
    wallet: OptionalSenderArgs,
}

/// What became of a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
enum Action {
    /// It gives a consent, or would.
    Grant,
    /// It replaced one.
    Amend,
    /// It took one back.
    Revoke,
    /// What it says is on chain already.
    Unchanged,
    /// It was left out, for the reason that is said.
    Skipped,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Imported {
    dry_run: bool,
    /// The time by which periods were judged.
    at: Time,
    /// How many resources were seen, of whatever type.
    resources: u64,
    consents: Vec<Line>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Line {
    resource: String,
    file: PathBuf,
    line: u64,
    patient: Option<String>,
    subject: Option<Account>,
    terms: B256,
    action: Action,
    /// Why it was left out, or revoked.
    reason: Option<String>,
    scope: Option<ScopeView>,
    /// The consent on chain.
    consent: Option<String>,
    #[serde(flatten)]
    receipt: Option<Receipt>,
}

impl ImportArgs {
    pub(crate) async fn run(self, rpc: &RpcArgs, out: &Out) -> anyhow::Result<()> {
        let map = match &self.members {
            Some(path) => AddressMap::read(path)?,
            None => AddressMap::default(),
        };
        if self.dry_run { self.show(&map, out) } else { self.send(&map, rpc, out).await }
    }

    /// Shows what each resource maps to.
    fn show(&self, map: &AddressMap, out: &Out) -> anyhow::Result<()> {
        let clock = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let now = self.at.map_or(clock, |at| at.from(clock));
        let report = read_consents(&self.paths, map, now)?;
        let mut lines = Vec::with_capacity(report.consents.len());
        for consent in &report.consents {
            let mut line = Line::of(consent);
            if let Ok(draft) = &consent.outcome {
                line.action = Action::Grant;
                line.scope = Some(ScopeView::from(&self.scope(draft, consent.terms, now)));
            }
            lines.push(line);
        }
        let (resources, at) = (report.seen, Time(now));
        out.result(&Imported { dry_run: true, at, resources, consents: lines })
    }

    /// Sends what the signer's own resources want.
    async fn send(&self, map: &AddressMap, rpc: &RpcArgs, out: &Out) -> anyhow::Result<()> {
        let Some(wallet) = self.wallet.named() else {
            let reason = "say whose consents these are (`--from`), or `--dry-run`";
            return Err(Usage(reason.to_owned()).into());
        };
        let signer = wallet.signer(rpc, out).await?;
        let (chain, book) = rpc.deployed().await?;
        let now = chain.next_time().await?;
        let report = read_consents(&self.paths, map, now)?;
        expect_once(&report.consents)?;
        let consents = Consents::of_book(&chain, &book)?;
        let sender = Sender::new(&chain, signer);
        let account = sender.address();
        Members::of_book(&chain, &book)?.member(account).await?;
        let ledger = rpc.book_path(&chain)?.with_extension("consents.json");
        let mut importer = Importer::open(&consents, &sender, &ledger)?;
        let mut lines = Vec::with_capacity(report.consents.len());
        for consent in &report.consents {
            let mut line = Line::of(consent);
            match consent.member {
                Some(member) if member == account => {
                    let scope = consent.outcome.as_ref().ok();
                    let scope = scope.map(|draft| self.scope(draft, consent.terms, now));
                    let wanted = Wanted { key: key(consent), scope };
                    line.bring(&mut importer, &wanted).await?;
                }
                Some(member) => line.reason = Some(others(member)),
                None if consent.patient.is_some() => {
                    line.reason = Some("its patient has no account in the address map".to_owned());
                }
                None => {}
            }
            lines.push(line);
        }
        let (resources, at) = (report.seen, Time(now));
        out.result(&Imported { dry_run: false, at, resources, consents: lines })
    }

    /// The scope that a resource maps to: it ends when the resource says, or when the user does, and
    /// no later than the chain allows.
    fn scope(&self, draft: &ConsentDraft, terms: B256, now: u64) -> Scope {
        let latest = now.saturating_add(MAX_TERM_SECS);
        let expiry = draft.until.unwrap_or_else(|| self.until.from(now)).min(latest);
        let grantee = match draft.grantee {
            DraftGrantee::Account(account) => Grantee::Account(account),
            DraftGrantee::Role(role) => {
                ActorRole::of_number(role).map_or(Grantee::AnyoneVetted, Grantee::Role)
            }
            DraftGrantee::AnyoneVetted => Grantee::AnyoneVetted,
        };
        let (classes, purposes) = (DataClasses(draft.classes), Purposes(draft.purposes));
        Scope { classes, purposes, grantee, expiry, terms }
    }
}

/// By which name a resource is known from one import to the next.
fn key(consent: &FhirConsent) -> String {
    match &consent.source.resource {
        Some(name) if name.contains('/') => name.clone(),
        _ => consent.terms.to_string(),
    }
}

fn others(member: Address) -> String {
    format!("it is {}'s, who consents for itself", Account(member))
}

/// Refuses two versions of one resource, of which nobody says which holds.
fn expect_once(consents: &[FhirConsent]) -> anyhow::Result<()> {
    let mut seen = BTreeMap::new();
    for consent in consents.iter().filter(|consent| consent.member.is_some()) {
        if let Some(first) = seen.insert((consent.member, key(consent)), &consent.source) {
            let (name, second) = (key(consent), &consent.source);
            let reason = format!("{name} is found twice, in {first} and {second}; leave one out");
            return Err(Input(reason).into());
        }
    }
    Ok(())
}

impl Line {
    fn of(consent: &FhirConsent) -> Self {
        let source = &consent.source;
        Self {
            resource: source.resource.clone().unwrap_or_default(),
            file: source.file.clone(),
            line: source.line,
            patient: consent.patient.clone(),
            subject: consent.member.map(Account),
            terms: consent.terms,
            action: Action::Skipped,
            reason: consent.outcome.as_ref().err().map(ToString::to_string),
            scope: None,
            consent: None,
            receipt: None,
        }
    }

    /// Does what a document wants, and notes it here.
    async fn bring(&mut self, importer: &mut Importer<'_>, wanted: &Wanted) -> anyhow::Result<()> {
        let plan = importer.plan(wanted).await?;
        let done = importer.carry_out(wanted, &plan).await?;
        let id = match plan {
            Plan::Amend(id, _) | Plan::Revoke(id) | Plan::Unchanged(id) | Plan::Ended(id, _) => {
                Some(id)
            }
            Plan::Grant(_) | Plan::Nothing => done.as_ref().map(|(id, _)| *id),
        };
        self.consent = id.map(|id| id.to_string());
        self.receipt = done.map(|(_, receipt)| receipt);
        self.scope = wanted.scope.as_ref().map(ScopeView::from);
        self.action = match plan {
            Plan::Grant(_) => Action::Grant,
            Plan::Amend(..) => Action::Amend,
            Plan::Revoke(_) => Action::Revoke,
            Plan::Unchanged(_) => Action::Unchanged,
            Plan::Ended(_, status) => {
                self.reason =
                    Some(format!("its consent is {status} on chain, and it has not changed since"));
                Action::Skipped
            }
            Plan::Nothing => Action::Skipped,
        };
        Ok(())
    }
}

impl Action {
    const fn mark(self) -> char {
        match self {
            Self::Grant | Self::Amend => '✓',
            Self::Revoke => '✗',
            Self::Unchanged => '=',
            Self::Skipped => '–',
        }
    }

    const fn verb(self, is_dry_run: bool) -> &'static str {
        match (self, is_dry_run) {
            (Self::Grant, true) => "would grant",
            (Self::Grant, false) => "granted",
            (Self::Amend, _) => "amended to",
            (Self::Revoke, _) => "revoked",
            (Self::Unchanged, _) => "on chain already:",
            (Self::Skipped, _) => "left out",
        }
    }
}

impl Report for Imported {
    const COMMAND: &'static str = "consent import";

    fn show(&self, to: &mut dyn Write) -> io::Result<()> {
        for line in &self.consents {
            let Line { resource, action, reason, scope, consent, .. } = line;
            write!(to, " {} {resource}: {}", action.mark(), action.verb(self.dry_run))?;
            if let Some(scope) = scope.as_ref().filter(|_| *action != Action::Skipped) {
                write!(to, " {scope}")?;
            }
            if let Some(reason) = reason {
                write!(to, ": {reason}")?;
            }
            match consent {
                Some(id) => writeln!(to, " (consent {id})")?,
                None => writeln!(to)?,
            }
        }
        let count = |wanted| self.consents.iter().filter(|line| line.action == wanted).count();
        let (granted, skipped) = (count(Action::Grant), count(Action::Skipped));
        let all = self.consents.len();
        let verb = Action::Grant.verb(self.dry_run);
        writeln!(to, "\nOf {all} consents {granted} {verb}, {skipped} left out.")
    }
}

//! Decides which records the demo contributes, for whom, and in which order.

use std::{
    collections::{BTreeMap, VecDeque},
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use alloy::{
    primitives::{Address, keccak256},
    signers::local::PrivateKeySigner,
};
use anyhow::Context as _;
use datacoop_deploy::{bindings::IDataCoopRewards::Entry, data::Document};
use datacoop_ingest::read_fhir_with;
use serde::Serialize;

use crate::{
    commands::{data::document, oracle::for_chain},
    exit::Input,
};

/// The text that, with a patient, is hashed to a member's key: everybody can have it, and it holds
/// nothing anywhere.
const MEMBER_DOMAIN: &str = "datacoop demo member ";

/// How many patients with how many records the scenes need.
const ACTORS: usize = 3;
const RECORDS_OF_AN_ACTOR: usize = 3;

/// The records of every member, those to be contributed next in front.
pub(super) struct Records {
    /// Members by the patient whom they stand for.
    pub(super) members: BTreeMap<String, Address>,
    /// The records as they are registered.
    pub(super) documents: Vec<Document>,
    /// Where they were read.
    pub(super) folder: PathBuf,
    queues: BTreeMap<Address, VecDeque<Entry>>,
    summary: Summary,
}

/// What was read.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Summary {
    folder: PathBuf,
    /// All resources of the folder, those of Bundles included.
    pub(super) resources: u64,
    /// Those that are contributions.
    pub(super) contributions: usize,
    pub(super) patients: usize,
    classes: BTreeMap<&'static str, u64>,
    duplicates: usize,
    skipped: BTreeMap<String, u64>,
}

impl Records {
    /// Reads the records of a folder; every patient becomes a member.
    pub(super) fn read(folder: &Path) -> anyhow::Result<Self> {
        let members = Mutex::new(BTreeMap::new());
        let report = read_fhir_with(&[folder.to_path_buf()], |patient| {
            let address = key_of(patient).ok()?.address();
            let mut members = members.lock().unwrap_or_else(PoisonError::into_inner);
            members.insert(patient.to_owned(), address);
            Some(address)
        })?;
        let mut members = members.into_inner().unwrap_or_else(PoisonError::into_inner);
        let mut queues = BTreeMap::<_, VecDeque<_>>::new();
        let mut classes = BTreeMap::new();
        for entry in &report.entries {
            queues.entry(entry.member).or_default().push_back(for_chain(entry));
            *classes.entry(entry.data_class.name()).or_default() += 1;
        }
        members.retain(|_, member| queues.contains_key(member));
        let actors = queues.values().filter(|queue| queue.len() >= RECORDS_OF_AN_ACTOR).count();
        if actors < ACTORS {
            let folder = folder.display();
            let reason = format!(
                "`{folder}` has {actors} patients with {RECORDS_OF_AN_ACTOR} records or more; the demo needs {ACTORS}"
            );
            return Err(Input(reason).into());
        }
        let summary = Summary {
            folder: folder.to_path_buf(),
            resources: report.seen,
            contributions: report.entries.len(),
            patients: queues.len(),
            classes,
            duplicates: report.duplicates.len(),
            skipped: report.skipped.iter().map(|(why, count)| (why.to_string(), *count)).collect(),
        };
        let documents = report.entries.iter().map(document).collect();
        Ok(Self { members, documents, folder: folder.to_path_buf(), queues, summary })
    }

    pub(super) fn summary(&self) -> Summary {
        self.summary.clone()
    }

    /// Takes the first records of the members who have most: three for each of three.
    pub(super) fn actors(&mut self) -> Vec<Vec<Entry>> {
        let mut busiest: Vec<_> = self.queues.iter().map(|(m, queue)| (queue.len(), *m)).collect();
        busiest.sort_unstable_by(|a, b| b.cmp(a));
        busiest
            .into_iter()
            .take(ACTORS)
            .map(|(_, member)| {
                let queue = self.queues.entry(member).or_default();
                queue.drain(..RECORDS_OF_AN_ACTOR.min(queue.len())).collect()
            })
            .collect()
    }

    /// Puts a record back, to be contributed next.
    pub(super) fn put_back(&mut self, entry: Entry) {
        self.queues.entry(entry.member).or_default().push_front(entry);
    }

    /// Takes one record of every member who has one left.
    pub(super) fn next_round(&mut self) -> Vec<Entry> {
        self.queues.values_mut().filter_map(VecDeque::pop_front).collect()
    }

    /// How many records are left.
    pub(super) fn left(&self) -> usize {
        self.queues.values().map(VecDeque::len).sum()
    }
}

/// The key of the member that stands for a patient in the demo.
pub(super) fn key_of(patient: &str) -> anyhow::Result<PrivateKeySigner> {
    let key = keccak256(format!("{MEMBER_DOMAIN}{patient}"));
    PrivateKeySigner::from_bytes(&key).context("a patient's name hashes to no key")
}

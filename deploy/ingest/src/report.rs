//! Decides what the reader tells about its input beside the entries: nothing is dropped unsaid.

use std::{
    collections::{BTreeMap, HashMap},
    fmt,
};

use alloy::primitives::B256;

use crate::{Entry, Source};

/// What was read.
#[derive(Debug, Default)]
pub struct Report {
    /// The contributions, in the order of the input, each proof once.
    pub entries: Vec<Entry>,
    /// How many resources or rows were seen, those inside Bundles included.
    pub seen: u64,
    /// How many resources are no contributions, by reason.
    pub skipped: BTreeMap<Skipped, u64>,
    /// Patients whom the map does not know, with the number of their resources.
    pub unmapped: BTreeMap<String, u64>,
    /// Entries whose proof came before; they are left out.
    pub duplicates: Vec<Duplicate>,
    /// Resources with numbers that no double holds as written: see [`crate::prove`].
    pub inexact: Vec<Source>,
    first_seen: HashMap<B256, usize>,
}

/// Why a resource is no contribution.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Skipped {
    /// JSON without a `resourceType`.
    NotFhir,
    /// A type that holds no health data of a person: conformance, finance, administration.
    NotClinical,
    /// The resource names no patient.
    NoPatient,
    /// The patient is named by a text, without a reference or identifier.
    PatientUnreferenced,
    /// The subject is a group, a device or a place.
    SubjectIsNoPatient,
    /// The resource says that it was entered in error.
    Withdrawn,
    /// The resource fills in nothing of what its type is scored by.
    Empty,
}

impl fmt::Display for Skipped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotFhir => "not a FHIR resource",
            Self::NotClinical => "no clinical resource",
            Self::NoPatient => "no patient",
            Self::PatientUnreferenced => "patient named without a reference",
            Self::SubjectIsNoPatient => "subject is not a patient",
            Self::Withdrawn => "entered in error",
            Self::Empty => "quality 0: nothing filled in",
        })
    }
}

/// An entry that was left out because its proof had come before.
#[derive(Clone, Debug)]
pub struct Duplicate {
    /// Where it was read.
    pub source: Source,
    /// Where its proof came first.
    pub first: Source,
}

impl Report {
    /// Adds an entry, unless its proof came before.
    pub(crate) fn add(&mut self, entry: Entry) {
        if let Some(&at) = self.first_seen.get(&entry.proof) {
            let first = self.entries[at].source.clone();
            self.duplicates.push(Duplicate { source: entry.source, first });
            return;
        }
        self.first_seen.insert(entry.proof, self.entries.len());
        self.entries.push(entry);
    }

    /// Counts a resource that is no contribution.
    pub(crate) fn skip(&mut self, reason: Skipped) {
        *self.skipped.entry(reason).or_default() += 1;
    }
}

//! Decides what the crate offers: health records in, contribution entries out, no chain.
//!
//! An oracle attests a contribution by four values: the member who made it, the *proof* (a hash of
//! the record), its *quality* and its *data class*. This crate reads FHIR R4 resources and works
//! all four out, or reads entries that somebody else has worked out.
//!
//! | step | file |
//! | --- | --- |
//! | a folder, a Bundle, a resource or NDJSON is read, each resource with its place | `input` |
//! | the patient is found: relative, absolute, in the Bundle, contained, by identifier | `patient` |
//! | the resource is put into canonical form (RFC 8785) and hashed: the proof | `canonical` |
//! | the data class follows from type, category and code | `class` |
//! | the quality follows from which elements are filled in | `quality`, by the table in `rules` |
//! | the patient becomes a member through the operator's map | `map` |
//! | a `Consent` becomes a consent in the words of the chain, or none | `consent` |
//!
//! **Invariant:** of a resource nothing leaves this crate but its hash, its scores and where it was
//! found. **Invariant:** malformed input is an error that names its place, and then there is no
//! result at all: nothing is half read.

mod canonical;
mod class;
mod consent;
mod csv_text;
mod entries;
mod entry;
mod error;
mod fhir;
mod input;
mod json;
mod map;
mod patient;
mod quality;
mod report;
mod rules;

pub use canonical::{Proof, prove};
pub use class::{DataClass, NotAClass};
pub use consent::{
    ConsentDraft, ConsentReport, DraftGrantee, FhirConsent, Unmapped, read_consents,
};
pub use entries::{read_entries, write_csv, write_ndjson};
pub use entry::{Entry, NotAQuality, Quality, Source};
pub use error::{Error, Place};
pub use fhir::{read_fhir, read_fhir_with};
pub use map::AddressMap;
pub use report::{Duplicate, Report, Skipped};
pub use rules::{RULES, Rule};

/// The examples of the README, compiled and run as tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

//! Decides how FHIR input becomes entries: which resources count, and for whom.

use std::{borrow::Cow, path::PathBuf};

use alloy::primitives::Address;
use serde::Deserialize;
use serde_json::{Value, value::RawValue};

use crate::{
    AddressMap, Entry, Error, Quality, Report, Skipped, Source, canonical,
    class::classify,
    input::{Text, files, read_text},
    json::{self, Fault},
    patient::{self, BundlePatients, Subject},
    quality::{is_withdrawn, quality},
    rules::{Rule, rule},
};

/// Reads FHIR R4 resources from files and folders, with an address map.
///
/// A file is a resource, a Bundle (Bundles inside it included) or, by the ending `.ndjson` or
/// `.jsonl`, one of these a line. In a folder, JSON that is no FHIR resource is counted and passed
/// over; a file that was named must be one.
///
/// # Errors
///
/// Any file that cannot be read, is malformed, or is named and holds no FHIR resource; paths with
/// no FHIR resource at all. There is no partial result.
pub fn read_fhir(paths: &[PathBuf], map: &AddressMap) -> Result<Report, Error> {
    read_fhir_with(paths, |patient| map.member(patient))
}

/// Reads FHIR R4 resources as [`read_fhir`] does, with any way from patients to members.
///
/// # Errors
///
/// As [`read_fhir`].
pub fn read_fhir_with(
    paths: &[PathBuf],
    member_of: impl Fn(&str) -> Option<Address>,
) -> Result<Report, Error> {
    let mut reader = Reader { member_of, report: Report::default() };
    for file in files(paths)? {
        let whole = read_text(&file.path)?;
        if file.is_ndjson() {
            for (line, first_line) in whole.lines().zip(1..) {
                if !line.trim().is_empty() {
                    reader
                        .text(Text { path: &file.path, whole: line, first_line }, file.is_named)?;
                }
            }
        } else {
            reader.text(Text { path: &file.path, whole: &whole, first_line: 1 }, file.is_named)?;
        }
    }
    if reader.report.seen == 0 {
        let path = paths.first().cloned().unwrap_or_default();
        return Err(Error::Nothing { path, expected: "FHIR resource" });
    }
    Ok(reader.report)
}

/// The head of any JSON text that may be a resource.
#[derive(Deserialize)]
pub(crate) struct Head<'a> {
    #[serde(rename = "resourceType", borrow, default)]
    pub(crate) resource_type: Option<Cow<'a, str>>,
}

/// The head of a `Patient`.
#[derive(Deserialize)]
struct PatientHead<'a> {
    #[serde(borrow, default)]
    id: Option<Cow<'a, str>>,
}

/// A Bundle, its resources left as text.
#[derive(Deserialize)]
struct Bundle<'a> {
    #[serde(borrow, default)]
    entry: Vec<BundleEntry<'a>>,
}

#[derive(Deserialize)]
struct BundleEntry<'a> {
    #[serde(rename = "fullUrl", borrow, default)]
    full_url: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    resource: Option<&'a RawValue>,
}

struct Reader<F> {
    member_of: F,
    report: Report,
}

impl<F: Fn(&str) -> Option<Address>> Reader<F> {
    /// Reads one text of a file: a resource, or something else.
    fn text(&mut self, text: Text<'_>, is_named: bool) -> Result<(), Error> {
        let whole = text.whole;
        let not_fhir = |reason: &str| Error::NotFhir {
            place: text.place(whole.trim_start()),
            reason: reason.to_owned(),
        };
        let problem = if whole.trim_start().starts_with('{') {
            let head: Head<'_> = json::peek(whole).map_err(|fault| text.syntax(whole, fault))?;
            if let Some(resource_type) = head.resource_type {
                return self.resource(text, whole, &resource_type, &BundlePatients::new());
            }
            not_fhir("it has no `resourceType`")
        } else {
            json::parse(whole).map_err(|fault| text.syntax(whole, fault))?;
            not_fhir("it is no JSON object")
        };
        if is_named {
            return Err(problem);
        }
        self.report.skip(Skipped::NotFhir);
        Ok(())
    }

    /// Reads one resource, which is the slice `part` of `text`.
    fn resource(
        &mut self,
        text: Text<'_>,
        part: &str,
        resource_type: &str,
        bundle: &BundlePatients,
    ) -> Result<(), Error> {
        if resource_type == "Bundle" {
            return self.bundle(text, part);
        }
        self.report.seen += 1;
        let Some(rule) = rule(resource_type) else {
            self.report.skip(Skipped::NotClinical);
            return Ok(());
        };
        let value = json::parse(part).map_err(|fault| text.syntax(part, fault))?;
        let (patient, quality) = match judge(&value, rule, bundle) {
            Ok(judged) => judged,
            Err(reason) => {
                self.report.skip(reason);
                return Ok(());
            }
        };
        let Some(member) = (self.member_of)(&patient) else {
            *self.report.unmapped.entry(patient).or_default() += 1;
            return Ok(());
        };
        let source = Source {
            file: text.path.to_path_buf(),
            line: text.place(part).line,
            resource: Some(name(&value, resource_type)),
        };
        let proof = canonical::of_value(&value, part).map_err(|fault| text.syntax(part, fault))?;
        if proof.inexact > 0 {
            self.report.inexact.push(source.clone());
        }
        let data_class = classify(&value, rule.class);
        self.report.add(Entry { member, proof: proof.hash, quality, data_class, source });
        Ok(())
    }

    /// Reads the resources of a Bundle.
    fn bundle(&mut self, text: Text<'_>, part: &str) -> Result<(), Error> {
        let syntax = |part: &str, fault: Fault| text.syntax(part, fault);
        let bundle: Bundle<'_> = json::peek(part).map_err(|fault| syntax(part, fault))?;
        let mut resources = Vec::with_capacity(bundle.entry.len());
        let mut patients = BundlePatients::new();
        for BundleEntry { full_url, resource } in &bundle.entry {
            let Some(resource) = resource.map(RawValue::get) else { continue };
            let head: Head<'_> = json::peek(resource).map_err(|fault| syntax(resource, fault))?;
            let resource_type = head.resource_type.ok_or_else(|| Error::NotFhir {
                place: text.place(resource),
                reason: "a Bundle's entry has no `resourceType`".to_owned(),
            })?;
            if let ("Patient", Some(url)) = (&*resource_type, full_url) {
                let patient: PatientHead<'_> =
                    json::peek(resource).map_err(|fault| syntax(resource, fault))?;
                let key = patient.id.map_or_else(|| url.to_string(), |id| format!("Patient/{id}"));
                patients.insert(url.to_string(), key);
            }
            resources.push((resource, resource_type));
        }
        for (resource, resource_type) in resources {
            self.resource(text, resource, &resource_type, &patients)?;
        }
        Ok(())
    }
}

/// The patient and the quality of a resource, or why it is no contribution.
fn judge(
    resource: &Value,
    rule: &Rule,
    bundle: &BundlePatients,
) -> Result<(String, Quality), Skipped> {
    let patient = match patient::subject(resource, rule.patient, bundle) {
        Subject::Patient(key) => key,
        Subject::Nobody => return Err(Skipped::NoPatient),
        Subject::Unreferenced => return Err(Skipped::PatientUnreferenced),
        Subject::NotAPatient => return Err(Skipped::SubjectIsNoPatient),
    };
    if is_withdrawn(resource) {
        return Err(Skipped::Withdrawn);
    }
    match quality(resource, rule) {
        quality if quality == Quality::default() => Err(Skipped::Empty),
        quality => Ok((patient, quality)),
    }
}

/// Type and id of a resource, or only its type.
fn name(resource: &Value, resource_type: &str) -> String {
    resource["id"]
        .as_str()
        .map_or_else(|| resource_type.to_owned(), |id| format!("{resource_type}/{id}"))
}

#[cfg(test)]
#[path = "fhir_tests.rs"]
mod tests;

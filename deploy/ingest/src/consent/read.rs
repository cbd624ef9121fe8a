//! Decides which resources are consents, whose they are, and where they were found.

use std::path::PathBuf;

use alloy::primitives::{Address, B256};
use serde_json::Value;

use super::{
    codes::list,
    draft::{ConsentDraft, map},
    unmapped::Unmapped,
};
use crate::{
    AddressMap, Error, Source, canonical,
    fhir::Head,
    input::{Text, files, read_text},
    json,
    patient::{BundlePatients, Subject, subject},
};

/// The consents that were found.
#[derive(Clone, Debug, Default)]
pub struct ConsentReport {
    /// All resources that were seen, of whatever type.
    pub seen: u64,
    /// Those that are consents, in the order in which they were found.
    pub consents: Vec<FhirConsent>,
}

/// A FHIR `Consent`, and what it is on chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FhirConsent {
    /// Where it was found.
    pub source: Source,
    /// The patient, under the key of the address map.
    pub patient: Option<String>,
    /// The patient's account, if the map has it.
    pub member: Option<Address>,
    /// keccak-256 of its canonical JSON (RFC 8785): the hash of the terms.
    pub terms: B256,
    /// What it consents to, or why that is nothing on chain.
    pub outcome: Result<ConsentDraft, Unmapped>,
}

/// Reads the consents in files and folders of FHIR R4 resources: resources, Bundles and NDJSON.
///
/// `now` is the time by which periods are judged, in seconds since 1970. The map knows the accounts
/// of patients, and of recipients by their references.
///
/// # Errors
///
/// Any file that cannot be read or is malformed; paths with no consent at all. There is no partial
/// result.
pub fn read_consents(
    paths: &[PathBuf],
    map: &AddressMap,
    now: u64,
) -> Result<ConsentReport, Error> {
    let mut reader = Reader { map, now, report: ConsentReport::default() };
    for file in files(paths)? {
        let whole = read_text(&file.path)?;
        if file.is_ndjson() {
            for (line, first_line) in whole.lines().zip(1..) {
                if !line.trim().is_empty() {
                    reader.text(Text { path: &file.path, whole: line, first_line })?;
                }
            }
        } else {
            reader.text(Text { path: &file.path, whole: &whole, first_line: 1 })?;
        }
    }
    if reader.report.consents.is_empty() {
        let path = paths.first().cloned().unwrap_or_default();
        return Err(Error::Nothing { path, expected: "FHIR Consent" });
    }
    Ok(reader.report)
}

struct Reader<'a> {
    map: &'a AddressMap,
    now: u64,
    report: ConsentReport,
}

impl Reader<'_> {
    /// Reads one text of a file. What can hold no consent is only looked at.
    fn text(&mut self, text: Text<'_>) -> Result<(), Error> {
        let whole = text.whole;
        if whole.trim_start().starts_with('{') {
            let head: Head<'_> = json::peek(whole).map_err(|fault| text.syntax(whole, fault))?;
            match head.resource_type.as_deref() {
                Some("Consent" | "Bundle") => {}
                other => {
                    self.report.seen += u64::from(other.is_some());
                    return Ok(());
                }
            }
        }
        let value = json::parse(whole).map_err(|fault| text.syntax(whole, fault))?;
        self.resource(text, &value, &BundlePatients::new())
    }

    fn resource(
        &mut self,
        text: Text<'_>,
        resource: &Value,
        bundle: &BundlePatients,
    ) -> Result<(), Error> {
        match resource["resourceType"].as_str() {
            Some("Bundle") => {
                let bundle = patients(resource);
                for entry in list(&resource["entry"]) {
                    self.resource(text, &entry["resource"], &bundle)?;
                }
            }
            Some("Consent") => {
                self.report.seen += 1;
                let consent = self.consent(text, resource, bundle)?;
                self.report.consents.push(consent);
            }
            Some(_) => self.report.seen += 1,
            None => {}
        }
        Ok(())
    }

    fn consent(
        &self,
        text: Text<'_>,
        resource: &Value,
        bundle: &BundlePatients,
    ) -> Result<FhirConsent, Error> {
        let patient = match subject(resource, "patient", bundle) {
            Subject::Patient(key) => Some(key),
            _ => None,
        };
        let outcome = match &patient {
            Some(_) => map(resource, self.now, &|reference| self.map.member(reference)),
            None => Err(Unmapped::NoPatient),
        };
        let proof = canonical::of_value(resource, text.whole)
            .map_err(|fault| text.syntax(text.whole, fault))?;
        let id = resource["id"].as_str().map(|id| format!("Consent/{id}"));
        Ok(FhirConsent {
            source: Source {
                file: text.path.to_path_buf(),
                line: text.place(text.whole.trim_start()).line,
                resource: Some(id.unwrap_or_else(|| "Consent".to_owned())),
            },
            member: patient.as_ref().and_then(|patient| self.map.member(patient)),
            patient,
            terms: proof.hash,
            outcome,
        })
    }
}

/// The patients of a Bundle, by their full URLs.
fn patients(bundle: &Value) -> BundlePatients {
    list(&bundle["entry"])
        .filter(|entry| entry["resource"]["resourceType"] == "Patient")
        .filter_map(|entry| {
            let url = entry["fullUrl"].as_str()?;
            let id = entry["resource"]["id"].as_str().map(|id| format!("Patient/{id}"));
            Some((url.to_owned(), id.unwrap_or_else(|| url.to_owned())))
        })
        .collect()
}

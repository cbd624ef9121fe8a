//! Decides that FHIR input of every shape gives the right entries, and bad input none.

use std::fs;

use alloy::primitives::keccak256;

use super::*;
use crate::{DataClass, Place};

/// A folder with the given files.
fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

fn member(patient: &str) -> Option<Address> {
    let known = patient.starts_with("Patient/") && patient != "Patient/stranger";
    known.then(|| Address::from_slice(&keccak256(patient)[12..]))
}

fn read(folder: &tempfile::TempDir, name: &str) -> Result<Report, Error> {
    read_fhir_with(&[folder.path().join(name)], member)
}

fn observation(id: &str, patient: &str) -> String {
    let subject = format!(r#""subject":{{"reference":"{patient}"}}"#);
    format!(r#"{{"resourceType":"Observation","id":"{id}",{subject},"status":"final"}}"#)
}

#[test]
fn a_resource_becomes_an_entry() {
    let text = observation("o1", "Patient/alice");
    let folder = folder(&[("o1.json", &text)]);
    let report = read(&folder, "o1.json").unwrap();
    let [entry] = &report.entries[..] else { panic!("{report:?}") };
    assert_eq!(Some(entry.member), member("Patient/alice"));
    assert_eq!(entry.proof, prove_text(&text));
    assert_eq!(entry.data_class, DataClass::Clinical);
    assert_eq!(entry.source.resource.as_deref(), Some("Observation/o1"));
    assert_eq!(entry.source.line, 1);
}

fn prove_text(text: &str) -> alloy::primitives::B256 {
    crate::prove(text).unwrap().hash
}

#[test]
fn a_bundle_gives_its_resources_nested_ones_too() {
    let inner = observation("o2", "Patient/bob");
    let bundle = format!(
        r#"{{"resourceType":"Bundle","entry":[
            {{"fullUrl":"urn:uuid:1","resource":{{"resourceType":"Patient","id":"alice"}}}},
            {{"resource":{}}},
            {{"request":{{"method":"GET"}}}},
            {{"resource":{{"resourceType":"Bundle","entry":[{{"resource":{inner}}}]}}}}
        ]}}"#,
        observation("o1", "urn:uuid:1"),
    );
    let folder = folder(&[("bundle.json", &bundle)]);
    let report = read(&folder, "bundle.json").unwrap();
    let members: Vec<_> = report.entries.iter().map(|entry| Some(entry.member)).collect();
    assert_eq!(members, [member("Patient/alice"), member("Patient/bob")]);
    assert_eq!(report.entries[1].proof, prove_text(&inner));
    assert_eq!(report.entries[0].source.line, 3);
    assert_eq!(report.seen, 3);
    assert_eq!(report.skipped[&Skipped::NotClinical], 1);
}

#[test]
fn ndjson_gives_one_resource_a_line() {
    let lines = [observation("o1", "Patient/a"), String::new(), observation("o2", "Patient/a")];
    let folder = folder(&[("all.ndjson", &lines.join("\r\n"))]);
    let report = read(&folder, "all.ndjson").unwrap();
    assert_eq!(report.entries.iter().map(|e| e.source.line).collect::<Vec<_>>(), [1, 3]);
}

#[test]
fn a_folder_is_read_in_order_and_everything_is_accounted_for() {
    let folder = folder(&[
        ("b/o1.json", &observation("o1", "Patient/alice")),
        ("a/o2.json", &observation("o2", "Patient/stranger")),
        ("a/o3.json", &observation("o3", "Group/herd")),
        ("c.json", &observation("o1", "Patient/alice").replace(':', ": ")),
        ("d.json", r#"{"resourceType":"Observation","subject":{"display":"Jane"}}"#),
        ("e.json", r#"{"resourceType":"Observation"}"#),
        ("f.json", r#"{"resourceType":"ValueSet"}"#),
        ("g.json", &observation("o4", "Patient/alice").replace("final", "entered-in-error")),
        ("h.json", &observation("o5", "Patient/alice").replace("final", "")),
        ("package.json", r#"{"name":"x"}"#),
        ("list.json", "[1]"),
        (".hidden/broken.json", "{"),
        ("notes.txt", "{"),
    ]);
    let report = read(&folder, "").unwrap();
    assert_eq!(report.entries.len(), 1);
    assert_eq!(report.seen, 9);
    assert_eq!(report.unmapped["Patient/stranger"], 1);
    assert!(report.duplicates[0].first.file.ends_with("b/o1.json"));
    assert!(report.duplicates[0].source.file.ends_with("c.json"));
    for (reason, count) in [
        (Skipped::NotFhir, 2),
        (Skipped::NotClinical, 1),
        (Skipped::NoPatient, 1),
        (Skipped::PatientUnreferenced, 1),
        (Skipped::SubjectIsNoPatient, 1),
        (Skipped::Withdrawn, 1),
        (Skipped::Empty, 1),
    ] {
        assert_eq!(report.skipped[&reason], count, "{reason}");
    }
}

#[test]
fn malformed_input_names_its_place_and_gives_nothing() {
    let good = observation("o1", "Patient/a");
    let check = |name: &str, text: &str, line: u64, column: u64, reason: &str| {
        let folder = folder(&[("0.json", &good), (name, text)]);
        let path = folder.path().join(name);
        let expected = format!("{}: {reason}", Place::new(&path, line, column));
        assert_eq!(read(&folder, "").unwrap_err().to_string(), expected);
    };
    check("x.json", "{\"resourceType\": \n  oops}", 2, 3, "expected value");
    check("x.json", "", 1, 1, "EOF while parsing a value");
    let line = format!("{good}\n{good}\n{{\"resourceType\": 1}}\n");
    check("x.ndjson", &line, 3, 18, "invalid type: integer `1`, expected a string");
    let bundle = "{\"resourceType\":\"Bundle\",\"entry\":[\n {\"resource\":\n  {\"resourceType\":\"Flag\",\"id\":\"a\",\"id\":\"b\"}}]}";
    check("x.json", bundle, 3, 43, "property `id` appears twice");
    let huge = good.replace("\"o1\"", "1e400");
    check("x.json", &huge, 1, 40, "number out of range");
}

#[test]
fn a_named_file_must_be_fhir() {
    let folder = folder(&[("a.json", "\n {\"name\":1}"), ("b.json", "[]")]);
    let check = |name: &str, place: &str, reason: &str| {
        let path = folder.path().join(name);
        let expected = format!("{}:{place}: not a FHIR resource: {reason}", path.display());
        assert_eq!(read(&folder, name).unwrap_err().to_string(), expected);
    };
    check("a.json", "2:2", "it has no `resourceType`");
    check("b.json", "1:1", "it is no JSON object");
    assert!(matches!(read(&folder, ""), Err(Error::Nothing { .. })));
    assert!(matches!(read(&folder, "absent"), Err(Error::Read { .. })));
}

#[test]
fn text_that_is_not_utf_8_is_refused_and_a_byte_order_mark_is_not() {
    let folder = folder(&[("mark.json", &format!("\u{feff}{}", observation("1", "Patient/a")))]);
    assert_eq!(read(&folder, "mark.json").unwrap().entries.len(), 1);
    let path = folder.path().join("latin.json");
    fs::write(&path, b"{\n \"a\": \"\xe9\"}").unwrap();
    let error = read(&folder, "latin.json").unwrap_err().to_string();
    assert_eq!(error, format!("{}:2:8: not UTF-8", path.display()));
}

#[test]
fn a_number_that_no_double_holds_is_noted() {
    let text = observation("o1", "Patient/a").replace("{\"ref", "{\"x\":66.899999999999991,\"ref");
    let folder = folder(&[("o.json", &text)]);
    assert_eq!(read(&folder, "o.json").unwrap().inexact.len(), 1);
}

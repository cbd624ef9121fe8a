//! Decides who the patient of a resource is: the key under which the address map knows them.
//!
//! | the resource refers to its patient by | key |
//! | --- | --- |
//! | `Patient/123`, also `Patient/123/_history/2` | `Patient/123` |
//! | the `fullUrl` of a `Patient` in the same Bundle | `Patient/<its id>`, or the `fullUrl` if it has none |
//! | any other absolute URL of a Patient | that URL, without a version |
//! | `#p`, a contained `Patient` with an identifier | `system\|value` of its first identifier |
//! | `#p`, a contained `Patient` without one | `<Type>/<id>#p` of the resource |
//! | an identifier alone, where a patient is meant | `system\|value` |
//!
//! A folder or Bundle is taken as one server's: `Patient/123` is one person throughout.

use std::collections::HashMap;

use serde_json::Value;

/// Who a resource is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Subject {
    /// A patient, under this key.
    Patient(String),
    /// Nobody is named.
    Nobody,
    /// Somebody is named, but by a display text only.
    Unreferenced,
    /// A group, a device, a place.
    NotAPatient,
}

/// The Patients of a Bundle: from `fullUrl` to key.
pub(crate) type BundlePatients = HashMap<String, String>;

/// Finds the patient that `element` of `resource` refers to.
pub(crate) fn subject(resource: &Value, element: &str, bundle: &BundlePatients) -> Subject {
    let subject = &resource[element];
    if subject.is_null() {
        return Subject::Nobody;
    }
    if let Some(reference) = subject["reference"].as_str() {
        return by_reference(resource, reference, bundle);
    }
    let means_patient = element == "patient" || subject["type"] == "Patient";
    match identifier(&subject["identifier"]) {
        Some(key) if means_patient => Subject::Patient(key),
        _ => Subject::Unreferenced,
    }
}

fn by_reference(resource: &Value, reference: &str, bundle: &BundlePatients) -> Subject {
    if let Some(id) = reference.strip_prefix('#') {
        return contained(resource, id);
    }
    let unversioned = reference.split("/_history/").next().unwrap_or(reference);
    if let Some(key) = bundle.get(unversioned) {
        return Subject::Patient(key.clone());
    }
    let mut segments = unversioned.rsplit('/');
    match (segments.next(), segments.next()) {
        (Some(id), Some("Patient")) if !id.is_empty() => Subject::Patient(unversioned.to_owned()),
        _ => Subject::NotAPatient,
    }
}

fn contained(resource: &Value, id: &str) -> Subject {
    let found = resource["contained"]
        .as_array()
        .and_then(|contained| contained.iter().find(|inner| inner["id"] == id));
    let Some(inner) = found.filter(|inner| inner["resourceType"] == "Patient") else {
        return Subject::NotAPatient;
    };
    let first = inner["identifier"].as_array().and_then(|all| all.iter().find_map(identifier));
    let local = || {
        let part = |name: &str| resource[name].as_str().unwrap_or_default().to_owned();
        format!("{}/{}#{id}", part("resourceType"), part("id"))
    };
    Subject::Patient(first.unwrap_or_else(local))
}

/// `system|value` of a FHIR identifier that has a value.
fn identifier(identifier: &Value) -> Option<String> {
    let value = identifier["value"].as_str().filter(|value| !value.is_empty())?;
    Some(format!("{}|{value}", identifier["system"].as_str().unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(subject_element: Value, expected: Subject) {
        let resource = json!({
            "resourceType": "Observation",
            "id": "o1",
            "subject": subject_element,
            "contained": [
                {"resourceType": "Patient", "id": "known", "identifier": [{"system": "urn:mrn", "value": "7"}]},
                {"resourceType": "Patient", "id": "bare"},
                {"resourceType": "Group", "id": "herd"},
            ],
        });
        let bundle = BundlePatients::from([
            ("urn:uuid:1".to_owned(), "Patient/9".to_owned()),
            ("http://a.example/Patient/9".to_owned(), "Patient/9".to_owned()),
        ]);
        assert_eq!(subject(&resource, "subject", &bundle), expected, "{resource}");
    }

    fn patient(key: &str) -> Subject {
        Subject::Patient(key.to_owned())
    }

    #[test]
    fn a_reference_names_its_patient() {
        check(json!({"reference": "Patient/example"}), patient("Patient/example"));
        check(json!({"reference": "Patient/45/_history/2"}), patient("Patient/45"));
        check(json!({"reference": "urn:uuid:1"}), patient("Patient/9"));
        check(json!({"reference": "http://a.example/Patient/9"}), patient("Patient/9"));
        check(
            json!({"reference": "http://b.example/Patient/9/_history/1"}),
            patient("http://b.example/Patient/9"),
        );
        check(json!({"reference": "#known"}), patient("urn:mrn|7"));
        check(json!({"reference": "#bare"}), patient("Observation/o1#bare"));
        check(
            json!({"type": "Patient", "identifier": {"system": "s", "value": "v"}}),
            patient("s|v"),
        );
    }

    #[test]
    fn what_is_no_patient_is_told_apart() {
        check(Value::Null, Subject::Nobody);
        check(json!({"display": "Jane Doe"}), Subject::Unreferenced);
        check(json!({"identifier": {"value": "v"}}), Subject::Unreferenced);
        check(json!({"reference": "Group/herd1"}), Subject::NotAPatient);
        check(json!({"reference": "#herd"}), Subject::NotAPatient);
        check(json!({"reference": "#gone"}), Subject::NotAPatient);
        check(json!({"reference": "urn:uuid:2"}), Subject::NotAPatient);
        check(json!({"reference": "Patient/"}), Subject::NotAPatient);
        check(json!({"reference": "InPatient/1"}), Subject::NotAPatient);
    }
}

//! Decides which codes of FHIR stand for which purposes and data classes of the chain: a table to
//! permit by, and a wider one to deny by.

use serde_json::Value;

/// Purposes on chain, one bit each.
pub(super) const ACADEMIC: u8 = 1;
pub(super) const CARE: u8 = 1 << 1;
pub(super) const COMMERCIAL: u8 = 1 << 2;
pub(super) const AI_TRAINING: u8 = 1 << 3;
pub(super) const PUBLIC_HEALTH: u8 = 1 << 4;
pub(super) const ALL_PURPOSES: u8 = (1 << 5) - 1;

/// Data classes on chain, one bit each.
pub(super) const GENOMIC: u8 = 1;
pub(super) const CLINICAL: u8 = 1 << 1;
pub(super) const LIFESTYLE: u8 = 1 << 2;
pub(super) const IMAGING: u8 = 1 << 3;
pub(super) const ALL_CLASSES: u8 = (1 << 4) - 1;

/// The code systems in which purposes, classes and actor roles are named as on chain.
pub(super) const PURPOSE_SYSTEM: &str = "urn:datacoop:purpose";
pub(super) const CLASS_SYSTEM: &str = "urn:datacoop:data-class";
pub(super) const ROLE_SYSTEM: &str = "urn:datacoop:actor-role";

const ACT_REASON: &str = "http://terminology.hl7.org/CodeSystem/v3-ActReason";
const RESOURCE_TYPES: &str = "http://hl7.org/fhir/resource-types";

/// A code, and what it stands for.
struct Code {
    system: &'static str,
    code: &'static str,
    /// What is given by permitting it: no more than it means.
    permits: u8,
    /// What is taken by denying it: no less than it touches.
    denies: u8,
}

const fn code(system: &'static str, code: &'static str, permits: u8, denies: u8) -> Code {
    Code { system, code, permits, denies }
}

/// Research denied is training denied: who trains a model on data does research with it.
const RESEARCH: u8 = ACADEMIC | AI_TRAINING;

/// Purposes.
#[rustfmt::skip]
const PURPOSES: &[Code] = &[
    code(PURPOSE_SYSTEM, "academic", ACADEMIC, ACADEMIC),
    code(PURPOSE_SYSTEM, "clinical", CARE, CARE),
    code(PURPOSE_SYSTEM, "commercial", COMMERCIAL, COMMERCIAL),
    code(PURPOSE_SYSTEM, "ai-training", AI_TRAINING, AI_TRAINING),
    code(PURPOSE_SYSTEM, "public-health", PUBLIC_HEALTH, PUBLIC_HEALTH),
    code(ACT_REASON, "PurposeOfUse", ALL_PURPOSES, ALL_PURPOSES),
    code(ACT_REASON, "TREAT", CARE, CARE),
    code(ACT_REASON, "ETREAT", 0, CARE),
    code(ACT_REASON, "BTG", 0, CARE),
    code(ACT_REASON, "ERTREAT", 0, CARE),
    code(ACT_REASON, "POPHLTH", 0, CARE | PUBLIC_HEALTH),
    code(ACT_REASON, "CAREMGT", 0, CARE),
    code(ACT_REASON, "HRESCH", ACADEMIC, RESEARCH),
    code(ACT_REASON, "BIORCH", 0, RESEARCH),
    code(ACT_REASON, "CLINTRCH", 0, RESEARCH | CARE),
    code(ACT_REASON, "CLINTRCHNPC", 0, RESEARCH),
    code(ACT_REASON, "CLINTRCHPC", 0, RESEARCH | CARE),
    code(ACT_REASON, "PRECLINTRCH", 0, RESEARCH),
    code(ACT_REASON, "DSRCH", 0, RESEARCH),
    code(ACT_REASON, "POARCH", 0, RESEARCH),
    code(ACT_REASON, "TRANSRCH", 0, RESEARCH),
    code(ACT_REASON, "HMARKT", 0, COMMERCIAL),
    code(ACT_REASON, "HPAYMT", 0, COMMERCIAL),
    code(ACT_REASON, "COVERAGE", 0, COMMERCIAL),
    code(ACT_REASON, "PUBHLTH", PUBLIC_HEALTH, PUBLIC_HEALTH),
    code(ACT_REASON, "DISASTER", 0, PUBLIC_HEALTH),
    code(ACT_REASON, "THREAT", 0, PUBLIC_HEALTH),
    code(ACT_REASON, "PATRQT", 0, 0),
    code(ACT_REASON, "FAMRQT", 0, 0),
    code(ACT_REASON, "PWATRNY", 0, 0),
    code(ACT_REASON, "SUPNWK", 0, 0),
];

/// Classes. A type of resource is less than a class, since others are of that class too; and most
/// types have resources of every class.
#[rustfmt::skip]
const CLASSES: &[Code] = &[
    code(CLASS_SYSTEM, "genomic", GENOMIC, GENOMIC),
    code(CLASS_SYSTEM, "clinical", CLINICAL, CLINICAL),
    code(CLASS_SYSTEM, "lifestyle", LIFESTYLE, LIFESTYLE),
    code(CLASS_SYSTEM, "imaging", IMAGING, IMAGING),
    code(RESOURCE_TYPES, "MolecularSequence", 0, GENOMIC),
    code(RESOURCE_TYPES, "ImagingStudy", 0, IMAGING),
    code(RESOURCE_TYPES, "NutritionOrder", 0, LIFESTYLE),
];

/// What permitting these purposes gives.
pub(super) fn purposes_permitted(codings: &Value) -> u8 {
    list(codings).fold(0, |mask, coding| mask | find(PURPOSES, coding).map_or(0, |c| c.permits))
}

/// What denying these purposes takes; all, for a code that is not known.
pub(super) fn purposes_denied(codings: &Value) -> u8 {
    let all = ALL_PURPOSES;
    list(codings).fold(0, |mask, coding| mask | find(PURPOSES, coding).map_or(all, |c| c.denies))
}

/// What permitting these classes gives.
pub(super) fn classes_permitted(codings: &Value) -> u8 {
    list(codings).fold(0, |mask, coding| mask | find(CLASSES, coding).map_or(0, |c| c.permits))
}

/// What denying these classes takes; all, for a code that is not known.
pub(super) fn classes_denied(codings: &Value) -> u8 {
    let all = ALL_CLASSES;
    list(codings).fold(0, |mask, coding| mask | find(CLASSES, coding).map_or(all, |c| c.denies))
}

/// The codes of codings, for people.
pub(super) fn names(codings: &Value) -> String {
    let names: Vec<_> =
        list(codings).map(|coding| coding["code"].as_str().unwrap_or("?")).collect();
    names.join(", ")
}

/// The codes of a list of `CodeableConcept`s, or of one.
pub(super) fn concepts(concepts: &Value) -> impl Iterator<Item = &str> {
    let one = (!concepts.is_array()).then_some(concepts);
    list(concepts)
        .chain(one)
        .flat_map(|concept| list(&concept["coding"]))
        .filter_map(|coding| coding["code"].as_str())
}

/// The items of a JSON array; none when it is missing.
pub(super) fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn find<'a>(table: &'a [Code], coding: &Value) -> Option<&'a Code> {
    table.iter().find(|row| coding["system"] == row.system && coding["code"] == row.code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_code_gives_it_also_takes() {
        for row in PURPOSES.iter().chain(CLASSES) {
            assert_eq!(row.permits & !row.denies, 0, "{}", row.code);
        }
    }

    #[test]
    fn a_code_that_is_not_known_gives_nothing_and_takes_all() {
        let unknown = serde_json::json!([{"system": ACT_REASON, "code": "FUN"}]);
        assert_eq!((purposes_permitted(&unknown), purposes_denied(&unknown)), (0, ALL_PURPOSES));
        let unknown = serde_json::json!([{"system": "urn:x", "code": "genomic"}]);
        assert_eq!((classes_permitted(&unknown), classes_denied(&unknown)), (0, ALL_CLASSES));
    }
}

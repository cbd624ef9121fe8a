//! Decides the data class of a resource: genomic, clinical, lifestyle or imaging.
//!
//! A resource's type gives its class (the table in [`crate::RULES`]). Categories, codes and
//! extensions refine it, since an `Observation` may be anything; the first rule that holds decides:
//!
//! | rule | class |
//! | --- | --- |
//! | an extension or profile whose name has `genetics` or `genotyping`, or HL7 genomics reporting | genomic |
//! | category `GE` (v2-0074), or a LOINC code for gene, variant or HLA typing | genomic |
//! | category `imaging`, or a radiology section of v2-0074 | imaging |
//! | category `social-history`, `activity` or `survey`, or a LOINC code for habit, steps or sleep | lifestyle |

use std::{fmt, str::FromStr};

use serde_json::Value;

/// What kind of data a contribution is; the numbers are the contract's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum DataClass {
    /// Sequences, variants, genotypes.
    Genomic = 0,
    /// Diagnoses, laboratory, medication, care.
    Clinical = 1,
    /// Habits, activity, nutrition, what people say about themselves.
    Lifestyle = 2,
    /// Studies, pictures and recordings, and their reports.
    Imaging = 3,
}

impl DataClass {
    /// All classes, in the order of their numbers.
    pub const ALL: [Self; 4] = [Self::Genomic, Self::Clinical, Self::Lifestyle, Self::Imaging];

    /// The class's name, as files and people write it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Genomic => "genomic",
            Self::Clinical => "clinical",
            Self::Lifestyle => "lifestyle",
            Self::Imaging => "imaging",
        }
    }
}

impl fmt::Display for DataClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// Why a text is not a data class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not one of genomic, clinical, lifestyle, imaging")]
pub struct NotAClass;

impl FromStr for DataClass {
    type Err = NotAClass;

    fn from_str(text: &str) -> Result<Self, NotAClass> {
        Self::ALL.into_iter().find(|class| class.name() == text).ok_or(NotAClass)
    }
}

/// HL7 v2 table 0074, the diagnostic service sections that make pictures.
const IMAGING_SECTIONS: &[&str] =
    &["CT", "CUS", "IMG", "NMR", "NMS", "OUS", "RAD", "RUS", "RX", "VUS", "XRC"];

/// LOINC codes of genes, variants and HLA types.
const GENOMIC_LOINC: &[&str] = &[
    "13303-3", // HLA-A+B+C (class I)
    "48018-6", // Gene studied
    "51969-4", // Genetic analysis report
    "57290-9", // HLA-A by high resolution
    "57291-7", // HLA-B by high resolution
    "69548-6", // Genetic variant assessment
    "77636-9", // HLA-C by high resolution
    "81247-9", // Master HL7 genetic variant reporting panel
];

/// LOINC codes of habits and of what wearables count.
const LIFESTYLE_LOINC: &[&str] = &[
    "41950-7", // Number of steps in 24 hours
    "41981-2", // Calories burned
    "55423-8", // Number of steps
    "72166-2", // Tobacco smoking status
    "74013-4", // Alcoholic drinks per day
    "93832-4", // Sleep duration
];

/// The class of `resource`, whose type alone would give `by_type`.
pub(crate) fn classify(resource: &Value, by_type: DataClass) -> DataClass {
    let category = |wanted: &[&str]| codings(&resource["category"]).any(|c| wanted.contains(&c));
    let code = |wanted: &[&str]| codings(&resource["code"]).any(|c| wanted.contains(&c));
    if names_genomics(resource) || category(&["GE"]) || code(GENOMIC_LOINC) {
        DataClass::Genomic
    } else if category(&["imaging"]) || category(IMAGING_SECTIONS) {
        DataClass::Imaging
    } else if category(&["social-history", "activity", "survey"]) || code(LIFESTYLE_LOINC) {
        DataClass::Lifestyle
    } else {
        by_type
    }
}

/// The codes in a `CodeableConcept` or a list of them.
fn codings(concepts: &Value) -> impl Iterator<Item = &str> {
    list(concepts)
        .flat_map(|concept| list(&concept["coding"]))
        .filter_map(|coding| coding["code"].as_str())
}

/// Whether an extension or profile says that the resource is about genes.
fn names_genomics(resource: &Value) -> bool {
    let extensions = list(&resource["extension"]).filter_map(|e| e["url"].as_str());
    let profiles = list(&resource["meta"]["profile"]).filter_map(Value::as_str);
    extensions.chain(profiles).any(|url| {
        let name = url.rsplit('/').next().unwrap_or(url).to_ascii_lowercase();
        name.contains("genetics")
            || name.contains("genotyping")
            || url.contains("/uv/genomics-reporting/")
    })
}

/// The items of an array, or the value itself; nothing for null.
fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value
        .as_array()
        .map_or_else(
            || if value.is_null() { &[] } else { std::slice::from_ref(value) },
            Vec::as_slice,
        )
        .iter()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(resource: &Value, expected: DataClass) {
        assert_eq!(classify(resource, DataClass::Clinical), expected, "{resource}");
    }

    #[test]
    fn categories_codes_and_extensions_refine_the_class() {
        let category = |code: &str| json!({"category": [{"coding": [{"code": code}]}]});
        let loinc = |code: &str| json!({"code": {"coding": [{"code": "x"}, {"code": code}]}});
        check(&json!({}), DataClass::Clinical);
        check(&category("laboratory"), DataClass::Clinical);
        check(&category("GE"), DataClass::Genomic);
        check(&category("imaging"), DataClass::Imaging);
        check(&category("RAD"), DataClass::Imaging);
        check(&category("social-history"), DataClass::Lifestyle);
        check(&loinc("69548-6"), DataClass::Genomic);
        check(&loinc("72166-2"), DataClass::Lifestyle);
        let url = "http://hl7.org/fhir/StructureDefinition/observation-geneticsGene";
        check(&json!({"extension": [{"url": url}]}), DataClass::Genomic);
        let url = "http://hl7.org/fhir/uv/genomics-reporting/StructureDefinition/variant";
        check(&json!({"meta": {"profile": [url]}}), DataClass::Genomic);
    }

    #[test]
    fn the_first_rule_that_holds_decides() {
        let both = json!({
            "category": {"coding": [{"code": "survey"}, {"code": "imaging"}]},
            "code": {"coding": [{"code": "57290-9"}]},
        });
        check(&both, DataClass::Genomic);
    }

    #[test]
    fn resources_of_unexpected_shape_keep_the_class_of_their_type() {
        for odd in [json!({"category": "GE"}), json!({"category": [[1]]}), json!({"extension": 7})]
        {
            check(&odd, DataClass::Clinical);
        }
    }
}

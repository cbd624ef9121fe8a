//! Decides, per FHIR R4 type, where its patient stands, its data class and what makes it complete.
//!
//! The types are those that R4's own definitions put into a `Clinical.*` category, and the records
//! of care among `Base.Management` (`Encounter`, `EpisodeOfCare`, `Flag`, `List`), as far as they
//! have a patient. Financial, administrative and conformance resources are no contributions.
//!
//! An element is named as FHIR names it: `value[x]` is any of its typed forms, `a|b` is either,
//! `a.b` is `b` inside `a`. *Core* elements say what happened and weigh 2; *context* elements say
//! how, where, why and by whom, and weigh 1. Elements that a good record need not have
//! (`abatement`, `note`, `priority` …) are in neither list.

use crate::DataClass::{self, Clinical, Genomic, Imaging, Lifestyle};

/// What is known of one FHIR type.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// The type's name.
    pub resource: &'static str,
    /// The element that refers to the patient.
    pub patient: &'static str,
    /// The class, where nothing in the resource says otherwise.
    pub class: DataClass,
    /// The elements without which the record says little; each weighs 2.
    pub core: &'static [&'static str],
    /// The elements that make it usable for research; each weighs 1.
    pub context: &'static [&'static str],
}

/// The rule of a type, if its resources are contributions.
pub(crate) fn rule(resource_type: &str) -> Option<&'static Rule> {
    let at = RULES.binary_search_by_key(&resource_type, |rule| rule.resource).ok()?;
    Some(&RULES[at])
}

const fn rule_of(
    resource: &'static str,
    patient: &'static str,
    class: DataClass,
    core: &'static [&'static str],
    context: &'static [&'static str],
) -> Rule {
    Rule { resource, patient, class, core, context }
}

/// The rules, sorted by type.
#[rustfmt::skip]
pub const RULES: &[Rule] = &[
    rule_of("AdverseEvent", "subject", Clinical,
        &["actuality", "event.coding|event.text", "date|detected"],
        &["category", "seriousness", "severity", "outcome", "suspectEntity", "recorder"]),
    rule_of("AllergyIntolerance", "patient", Clinical,
        &["code.coding", "clinicalStatus", "verificationStatus"],
        &["type", "category", "criticality", "onset[x]|recordedDate", "reaction", "recorder|asserter"]),
    rule_of("BodyStructure", "patient", Clinical,
        &["location.coding", "morphology|image"],
        &["identifier", "locationQualifier", "description"]),
    rule_of("CarePlan", "subject", Clinical,
        &["status", "intent", "activity|description"],
        &["category", "period", "addresses", "goal", "author|contributor", "careTeam"]),
    rule_of("CareTeam", "subject", Clinical,
        &["status", "participant"],
        &["category", "name", "period", "managingOrganization|encounter"]),
    rule_of("ClinicalImpression", "subject", Clinical,
        &["status", "effective[x]|date", "finding|summary"],
        &["code|description", "assessor", "problem", "investigation", "encounter"]),
    rule_of("Communication", "subject", Clinical,
        &["status", "payload", "sent|received"],
        &["category", "recipient", "sender", "reasonCode|reasonReference|about"]),
    rule_of("CommunicationRequest", "subject", Clinical,
        &["status", "payload", "occurrence[x]|authoredOn"],
        &["category", "recipient", "requester|sender", "reasonCode|reasonReference|about"]),
    rule_of("Condition", "subject", Clinical,
        &["code.coding", "clinicalStatus", "verificationStatus", "onset[x]|recordedDate"],
        &["category", "severity", "bodySite", "recorder|asserter", "evidence|stage", "encounter"]),
    rule_of("DetectedIssue", "patient", Clinical,
        &["status", "code|detail", "implicated"],
        &["severity", "identified[x]", "author", "evidence", "mitigation"]),
    rule_of("DeviceRequest", "subject", Clinical,
        &["status", "intent", "code[x]"],
        &["occurrence[x]|authoredOn", "requester", "reasonCode|reasonReference", "encounter"]),
    rule_of("DeviceUseStatement", "subject", Clinical,
        &["status", "device", "timing[x]|recordedOn"],
        &["source", "reasonCode|reasonReference", "bodySite"]),
    rule_of("DiagnosticReport", "subject", Clinical,
        &["status", "code.coding", "effective[x]|issued", "result|conclusion|conclusionCode|presentedForm|media"],
        &["category", "performer|resultsInterpreter", "specimen|imagingStudy", "basedOn", "encounter"]),
    rule_of("Encounter", "subject", Clinical,
        &["status", "class", "period"],
        &["type", "participant", "reasonCode|reasonReference", "diagnosis", "location", "serviceProvider"]),
    rule_of("EpisodeOfCare", "patient", Clinical,
        &["status", "period", "diagnosis|type"],
        &["managingOrganization", "careManager|team", "statusHistory"]),
    rule_of("FamilyMemberHistory", "patient", Clinical,
        &["status", "relationship.coding", "condition"],
        &["date", "sex", "born[x]|age[x]|deceased[x]", "condition.onset[x]|condition.onsetAge"]),
    rule_of("Flag", "subject", Clinical,
        &["status", "code.coding"],
        &["category", "period", "author", "encounter"]),
    rule_of("Goal", "subject", Clinical,
        &["lifecycleStatus", "description", "target"],
        &["category", "achievementStatus", "start[x]|statusDate", "addresses", "expressedBy"]),
    rule_of("GuidanceResponse", "subject", Clinical,
        &["status", "module[x]", "occurrenceDateTime"],
        &["performer", "reasonCode|reasonReference", "result|outputParameters"]),
    rule_of("ImagingStudy", "subject", Imaging,
        &["status", "started", "series", "series.uid"],
        &["modality|series.modality", "series.bodySite", "series.instance", "numberOfInstances",
          "procedureCode|procedureReference", "endpoint|series.endpoint", "referrer|interpreter"]),
    rule_of("Immunization", "patient", Clinical,
        &["status", "vaccineCode.coding", "occurrence[x]"],
        &["lotNumber", "manufacturer", "doseQuantity", "site", "route", "performer",
          "protocolApplied", "primarySource"]),
    rule_of("ImmunizationEvaluation", "patient", Clinical,
        &["status", "targetDisease", "immunizationEvent", "doseStatus"],
        &["date", "authority", "doseNumber[x]", "seriesDoses[x]"]),
    rule_of("ImmunizationRecommendation", "patient", Clinical,
        &["date", "recommendation", "recommendation.forecastStatus"],
        &["recommendation.vaccineCode|recommendation.targetDisease", "recommendation.dateCriterion",
          "recommendation.doseNumber[x]", "recommendation.supportingImmunization", "authority"]),
    rule_of("List", "subject", Clinical,
        &["status", "mode", "entry"],
        &["code.coding", "title", "date", "source"]),
    rule_of("Media", "subject", Imaging,
        &["status", "content.contentType", "content.data|content.url", "created[x]"],
        &["type", "modality", "bodySite", "device|deviceName", "operator", "width|frames|duration"]),
    rule_of("MedicationAdministration", "subject", Clinical,
        &["status", "medication[x]", "effective[x]"],
        &["dosage.dose|dosage.rate[x]", "dosage.route", "performer", "request",
          "reasonCode|reasonReference", "context"]),
    rule_of("MedicationDispense", "subject", Clinical,
        &["status", "medication[x]", "whenHandedOver|whenPrepared"],
        &["quantity", "daysSupply", "dosageInstruction", "performer", "authorizingPrescription", "type"]),
    rule_of("MedicationRequest", "subject", Clinical,
        &["status", "intent", "medication[x]", "authoredOn"],
        &["dosageInstruction.doseAndRate", "dosageInstruction.timing", "dosageInstruction.route",
          "requester", "reasonCode|reasonReference", "dispenseRequest", "encounter"]),
    rule_of("MedicationStatement", "subject", Clinical,
        &["status", "medication[x]", "effective[x]|dateAsserted"],
        &["dosage", "informationSource", "reasonCode|reasonReference", "category", "context|derivedFrom"]),
    rule_of("MolecularSequence", "patient", Genomic,
        &["type", "coordinateSystem", "referenceSeq", "variant|observedSeq|pointer|repository"],
        &["specimen", "device|performer", "quality", "readCoverage", "quantity",
          "referenceSeq.referenceSeqId|referenceSeq.referenceSeqString|referenceSeq.genomeBuild"]),
    rule_of("NutritionOrder", "patient", Lifestyle,
        &["status", "intent", "dateTime", "oralDiet|supplement|enteralFormula"],
        &["orderer", "encounter", "allergyIntolerance", "foodPreferenceModifier|excludeFoodModifier"]),
    rule_of("Observation", "subject", Clinical,
        &["status", "code.coding", "effective[x]|issued", "value[x]|component|hasMember"],
        &["category", "performer", "interpretation", "referenceRange|component.referenceRange",
          "method|device", "specimen|bodySite", "encounter|basedOn|partOf"]),
    rule_of("Procedure", "subject", Clinical,
        &["status", "code.coding", "performed[x]"],
        &["category", "performer", "reasonCode|reasonReference", "bodySite", "outcome|report", "encounter"]),
    rule_of("QuestionnaireResponse", "subject", Lifestyle,
        &["status", "questionnaire", "authored", "item.answer|item.item.answer"],
        &["author", "source", "encounter|basedOn|partOf"]),
    rule_of("RequestGroup", "subject", Clinical,
        &["status", "intent", "action"],
        &["code", "authoredOn", "author", "reasonCode|reasonReference"]),
    rule_of("RiskAssessment", "subject", Clinical,
        &["status", "occurrence[x]", "prediction", "prediction.probability[x]|prediction.qualitativeRisk"],
        &["method|code", "basis", "performer", "condition|prediction.outcome", "encounter"]),
    rule_of("ServiceRequest", "subject", Clinical,
        &["status", "intent", "code.coding"],
        &["category", "authoredOn|occurrence[x]", "requester", "reasonCode|reasonReference",
          "specimen|bodySite", "encounter"]),
    rule_of("Specimen", "subject", Clinical,
        &["status", "type.coding", "collection"],
        &["receivedTime", "collection.collected[x]", "collection.method", "collection.bodySite",
          "processing", "container"]),
    rule_of("SupplyDelivery", "patient", Clinical,
        &["status", "suppliedItem", "occurrence[x]"],
        &["type", "supplier", "basedOn"]),
    rule_of("VisionPrescription", "patient", Clinical,
        &["status", "lensSpecification", "dateWritten"],
        &["prescriber", "encounter", "lensSpecification.sphere", "lensSpecification.cylinder"]),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_names_no_type_twice() {
        assert!(RULES.is_sorted_by(|a, b| a.resource < b.resource));
    }

    #[test]
    fn the_table_in_the_readme_is_this_one() {
        let mut table =
            "| type | class | patient | core (2 each) | context (1 each) |\n".to_owned();
        table += "| --- | --- | --- | --- | --- |\n";
        for Rule { resource, patient, class, core, context } in RULES {
            let list = |names: &[&str]| names.join(", ").replace('|', " or ");
            let (core, context) = (list(core), list(context));
            table += &format!("| {resource} | {class} | {patient} | {core} | {context} |\n");
        }
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");
        let readme = std::fs::read_to_string(path).unwrap();
        let (begin, end) = ("<!-- rules -->\n", "<!-- /rules -->\n");
        let (before, rest) = readme.split_once(begin).unwrap();
        let (_, after) = rest.split_once(end).unwrap();
        let wanted = format!("{before}{begin}{table}{end}{after}");
        if std::env::var_os("BLESS").is_some() {
            std::fs::write(path, &wanted).unwrap();
        }
        assert!(std::env::var_os("BLESS").is_some() || readme == wanted, "run with BLESS=1");
    }
}

//! Every real consent of the HL7 examples with its expected result, and each rule of the mapping.

use alloy::primitives::{Address, address};
use serde_json::{Value, json};

use super::{
    draft::{ConsentDraft, DraftGrantee, map},
    read::read_consents,
    unmapped::Unmapped,
};
use crate::AddressMap;

/// The time at which the examples are judged, unless a test says another: 2026-11-21.
const NOW: u64 = 1_795_219_200;

const ALICE: Address = address!("90F79bf6EB2c4f870365E785982E1f101E93b906");
const LAB: Address = address!("15d34AAf54267DB7D7c367839AAf71A00a2C6A65");

const CARE: u8 = 2;
const ALL_CLASSES: u8 = 15;

fn account(reference: &str) -> Option<Address> {
    (reference == "Organization/lab").then_some(LAB)
}

fn mapped(consent: &Value) -> Result<ConsentDraft, Unmapped> {
    map(consent, NOW, &account)
}

/// An opt-in to privacy with a rule.
fn opt_in(provision: Value) -> Value {
    consent("OPTIN", provision)
}

fn consent(policy: &str, provision: Value) -> Value {
    json!({
        "resourceType": "Consent",
        "status": "active",
        "scope": {"coding": [{"code": "patient-privacy"}]},
        "patient": {"reference": "Patient/p"},
        "policyRule": {"coding": [{"code": policy}]},
        "provision": provision,
    })
}

fn coding(system: &str, code: &str) -> Value {
    let system = match system {
        "reason" => "http://terminology.hl7.org/CodeSystem/v3-ActReason",
        "type" => "http://hl7.org/fhir/resource-types",
        system => system,
    };
    json!([{"system": system, "code": code}])
}

fn recipient(who: &str) -> Value {
    json!([{"role": {"coding": [{"code": "PRCP"}]}, "reference": {"reference": who}}])
}

const fn draft(classes: u8, purposes: u8, grantee: DraftGrantee) -> ConsentDraft {
    ConsentDraft { classes, purposes, grantee, until: None }
}

/// What an opt-in to privacy without any rule is.
const EVERYTHING: ConsentDraft = draft(ALL_CLASSES, CARE, DraftGrantee::AnyoneVetted);

#[track_caller]
fn check(consent: &Value, expected: Result<ConsentDraft, Unmapped>) {
    assert_eq!(mapped(consent), expected, "{consent}");
}

/// The real consents by their ids, as they are at a time.
fn examples(now: u64) -> Vec<(String, Option<String>, Result<ConsentDraft, Unmapped>)> {
    let folder = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../anvil-fixtures/node_modules/hl7.fhir.r4.examples"
    );
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            name.starts_with("Consent-") && name.ends_with(".json")
        })
        .collect();
    files.sort();
    let report = read_consents(&files, &AddressMap::default(), now).unwrap();
    let short = |name: String| name.replace("Consent/consent-example-", "");
    report
        .consents
        .into_iter()
        .map(|c| (short(c.source.resource.unwrap_or_default()), c.patient, c.outcome))
        .collect()
}

#[test]
fn each_of_the_twelve_real_consents_is_what_is_written_here() {
    let who = |who: &str| who.to_owned();
    let expected = [
        ("Emergency", "Patient/f001", Unmapped::OptOut),
        ("Out", "Patient/f001", Unmapped::OptOut),
        ("basic", "Patient/f001", Unmapped::Ended { end: 1_451_692_799 }),
        ("grantor", "Patient/f001", Unmapped::OptOut),
        ("notAuthor", "Patient/f001", Unmapped::UntypedActor { who: who("Organization/f001") }),
        ("notOrg", "Patient/f001", Unmapped::CannotLeaveOut { who: who("Organization/f001") }),
        ("notThem", "Patient/f001", Unmapped::UntypedActor { who: who("Practitioner/f204") }),
        ("notThis", "Patient/f001", Unmapped::Restricted { element: "data" }),
        ("notTime", "Patient/f001", Unmapped::Ended { end: 1_422_835_199 }),
        ("pkb", "Patient/example", Unmapped::UntypedRule),
        ("signature", "Patient/72", Unmapped::UntypedActor { who: who("Practitioner/13") }),
        (
            "smartonfhir",
            "Patient/xcda",
            Unmapped::LessThanAClass { codes: who("MedicationRequest") },
        ),
    ];
    let found = examples(NOW);
    assert_eq!(found.len(), expected.len());
    for ((name, patient, outcome), (id, whose, reason)) in found.iter().zip(expected) {
        assert_eq!((name.as_str(), patient.as_deref()), (id, Some(whose)));
        assert_eq!(outcome, &Err(reason), "{name}");
    }
}

#[test]
fn the_one_that_gives_something_gave_it_while_it_was_in_force() {
    // 2015-11-18: all data for care, until the end of 2016-01-01.
    let then = 1_447_804_800;
    let gave: Vec<_> =
        examples(then).into_iter().filter(|(_, _, outcome)| outcome.is_ok()).collect();
    let until = Some(1_451_692_799);
    let expected = ConsentDraft { until, ..EVERYTHING };
    assert_eq!(gave, [("basic".to_owned(), Some("Patient/f001".to_owned()), Ok(expected))]);
}

#[test]
fn only_what_is_active_counts() {
    let mut resource = opt_in(json!({}));
    check(&resource, Ok(EVERYTHING));
    for status in ["draft", "proposed", "rejected", "inactive", "entered-in-error", ""] {
        resource["status"] = status.into();
        check(&resource, Err(Unmapped::NotActive { status: status.to_owned() }));
    }
}

#[test]
fn the_scope_gives_the_purpose_when_no_rule_does() {
    let mut resource = opt_in(json!({}));
    for (scope, purposes) in [("patient-privacy", CARE), ("treatment", CARE), ("research", 1)] {
        resource["scope"] = json!({"coding": [{"code": scope}]});
        check(&resource, Ok(ConsentDraft { purposes, ..EVERYTHING }));
    }
    resource["scope"] = json!({"coding": [{"code": "adr"}]});
    check(&resource, Err(Unmapped::Scope { scope: "adr".to_owned() }));
    resource["scope"] = Value::Null;
    check(&resource, Err(Unmapped::Scope { scope: String::new() }));
}

#[test]
fn purposes_are_given_by_codes_that_mean_no_less() {
    let permitting = |purpose: Value| opt_in(json!({"type": "permit", "purpose": purpose}));
    for (system, code, purposes) in [
        ("reason", "HRESCH", 1),
        ("reason", "TREAT", 2),
        ("reason", "PUBHLTH", 16),
        ("reason", "PurposeOfUse", 31),
        ("urn:datacoop:purpose", "ai-training", 8),
        ("urn:datacoop:purpose", "commercial", 4),
    ] {
        check(&permitting(coding(system, code)), Ok(ConsentDraft { purposes, ..EVERYTHING }));
    }
    for code in ["CLINTRCH", "ETREAT", "HMARKT", "HPAYMT", "FUN"] {
        let less = Unmapped::LessThanAPurpose { codes: code.to_owned() };
        check(&permitting(coding("reason", code)), Err(less));
    }
}

#[test]
fn classes_are_given_by_their_own_codes_alone() {
    let permitting = |class: Value| opt_in(json!({"type": "permit", "class": class}));
    let genomic = permitting(coding("urn:datacoop:data-class", "genomic"));
    check(&genomic, Ok(ConsentDraft { classes: 1, ..EVERYTHING }));
    for code in ["MolecularSequence", "Observation"] {
        let less = Unmapped::LessThanAClass { codes: code.to_owned() };
        check(&permitting(coding("type", code)), Err(less));
    }
}

#[test]
fn a_recipient_is_an_account_or_an_actor_role() {
    let permitting = |actor: Value| opt_in(json!({"type": "permit", "actor": actor}));
    let to = |grantee| Ok(ConsentDraft { grantee, ..EVERYTHING });
    check(&permitting(recipient("Organization/lab")), to(DraftGrantee::Account(LAB)));
    check(&permitting(recipient("Organization/lab/_history/3")), to(DraftGrantee::Account(LAB)));
    let role = json!([{
        "role": {"coding": [{"system": "urn:datacoop:actor-role", "code": "researcher"}]},
        "reference": {"display": "whoever does research"},
    }]);
    check(&permitting(role), to(DraftGrantee::Role(4)));

    let unknown = Unmapped::UnknownRecipient { who: "Organization/x".to_owned() };
    check(&permitting(recipient("Organization/x")), Err(unknown));
    let custodian = json!([{"role": {"coding": [{"code": "CST"}]}, "reference": {"reference": "Organization/lab"}}]);
    let of_one = Unmapped::OfOne { who: "Organization/lab".to_owned() };
    check(&permitting(custodian), Err(of_one));
}

#[test]
fn a_first_rule_that_names_somebody_says_whether_it_permits() {
    let untyped = |policy| consent(policy, json!({"actor": recipient("Organization/lab")}));
    let who = || "Organization/lab".to_owned();
    check(&untyped("OPTIN"), Err(Unmapped::UntypedActor { who: who() }));
    check(&untyped("OPTOUT"), Err(Unmapped::OptOut));
    check(&untyped("OTHER"), Err(Unmapped::NoPolicy));
    let permit = json!({"type": "permit", "purpose": coding("reason", "HRESCH")});
    let nested = json!({"actor": recipient("Organization/lab"), "provision": [permit]});
    check(&consent("OPTOUT", nested), Err(Unmapped::UntypedActor { who: who() }));
}

#[test]
fn an_opt_out_gives_what_one_rule_permits() {
    let permit = json!({"type": "permit", "purpose": coding("reason", "HRESCH")});
    let academic = ConsentDraft { purposes: 1, ..EVERYTHING };
    check(&consent("OPTOUT", permit.clone()), Ok(academic));
    check(&consent("OPTOUT", json!({"provision": [permit]})), Ok(academic));
    // What the first rule restricts, the nested one is restricted by.
    let within = json!({
        "class": coding("urn:datacoop:data-class", "imaging"), "provision": [permit],
    });
    check(&consent("OPTOUT", within), Ok(ConsentDraft { classes: 8, ..academic }));
    let two = json!({"provision": [permit, permit]});
    check(&consent("OPTOUT", two), Err(Unmapped::SeveralPermits { count: 2 }));
    check(&consent("OPTOUT", json!({})), Err(Unmapped::OptOut));
    check(&consent("EMRGONLY", json!({})), Err(Unmapped::NoPolicy));
    check(&consent("EMRGONLY", permit), Ok(academic));
}

#[test]
fn nested_rules_narrow_and_never_widen() {
    let nested = json!({"type": "permit", "purpose": coding("reason", "PUBHLTH")});
    let rule = json!({
        "type": "permit", "purpose": coding("reason", "HRESCH"), "provision": [nested],
    });
    check(&opt_in(rule), Err(Unmapped::NothingLeft));
    let untyped = json!({"type": "permit", "provision": [{"purpose": coding("reason", "TREAT")}]});
    check(&opt_in(untyped), Err(Unmapped::UntypedRule));
    check(&opt_in(json!({"type": "perhaps"})), Err(Unmapped::UntypedRule));
}

#[test]
fn what_the_chain_cannot_restrict_is_not_given() {
    for element in ["data", "code", "securityLabel", "dataPeriod"] {
        let mut rule = json!({"type": "permit"});
        rule[element] = json!([{}]);
        check(&opt_in(rule), Err(Unmapped::Restricted { element }));
    }
    let action = |code: &str| json!({"type": "permit", "action": [{"coding": [{"code": code}]}]});
    check(&opt_in(action("access")), Ok(EVERYTHING));
    check(&opt_in(action("correct")), Err(Unmapped::NoUse { actions: "correct".to_owned() }));
}

#[test]
fn what_changes_the_meaning_unknown_here_is_not_given() {
    let extension = || json!([{"url": "urn:not", "valueBoolean": true}]);
    let modified = || Err(Unmapped::Modified { element: "modifierExtension" });
    let mut resource = opt_in(json!({"provision": [{"type": "permit", "actor": [{}]}]}));
    resource["provision"]["provision"][0]["actor"][0]["modifierExtension"] = extension();
    check(&resource, modified());
    let mut resource = opt_in(json!({}));
    resource["modifierExtension"] = extension();
    check(&resource, modified());
    let mut resource = opt_in(json!({}));
    resource["implicitRules"] = "urn:rules".into();
    check(&resource, Err(Unmapped::Modified { element: "implicitRules" }));
}

#[test]
fn a_denial_takes_all_of_what_it_touches() {
    let all = coding("reason", "PurposeOfUse");
    let denying =
        |denial: Value| opt_in(json!({"type": "permit", "purpose": all, "provision": [denial]}));
    let purpose = |code: &str| json!({"type": "deny", "purpose": coding("reason", code)});
    let left = |purposes| Ok(ConsentDraft { purposes, ..EVERYTHING });
    check(&denying(purpose("HMARKT")), left(0b11011));
    check(&denying(purpose("ETREAT")), left(0b11101));
    // Research denied is training denied.
    check(&denying(purpose("CLINTRCHNPC")), left(0b10110));
    check(&denying(purpose("FUN")), Err(Unmapped::NothingLeft));
    check(&denying(purpose("PATRQT")), left(31));

    let class = |code: &str| json!({"type": "deny", "class": coding("type", code)});
    let left = |classes| Ok(ConsentDraft { classes, purposes: 31, ..EVERYTHING });
    check(&denying(class("MolecularSequence")), left(0b1110));
    check(&denying(class("ImagingStudy")), left(0b0111));
    // Observations are of every class.
    check(&denying(class("Observation")), Err(Unmapped::NothingLeft));

    // What restricts a denial beyond the chain's words makes it larger, never smaller.
    let mut labelled = class("MolecularSequence");
    labelled["securityLabel"] = json!([{}]);
    check(&denying(labelled), left(0b1110));
    check(&denying(json!({"type": "deny", "data": [{}]})), Err(Unmapped::NothingLeft));
    check(&denying(json!({"type": "deny"})), Err(Unmapped::NothingLeft));
    // Nothing that is nested in a denial gives back.
    let mut back = purpose("HMARKT");
    back["provision"] = json!([{"type": "permit", "purpose": all}]);
    check(&denying(back), Ok(ConsentDraft { purposes: 0b11011, ..EVERYTHING }));
    let correct = json!({"type": "deny", "action": [{"coding": [{"code": "correct"}]}]});
    check(&denying(correct), Ok(ConsentDraft { purposes: 31, ..EVERYTHING }));
}

#[test]
fn whoever_is_denied_is_never_a_grantee() {
    let permitting = |to: &str, denied: &str| {
        let denial = json!({"type": "deny", "actor": recipient(denied)});
        let rule = json!({"type": "permit", "actor": recipient(to), "provision": [denial]});
        map(&opt_in(rule), NOW, &|who| match who {
            "Organization/lab" => Some(LAB),
            "Patient/alice" => Some(ALICE),
            _ => None,
        })
    };
    let to_lab = ConsentDraft { grantee: DraftGrantee::Account(LAB), ..EVERYTHING };
    assert_eq!(permitting("Organization/lab", "Patient/alice"), Ok(to_lab));
    assert_eq!(permitting("Organization/lab", "Organization/lab"), Err(Unmapped::NothingLeft));
    // Who has no account might be the same.
    assert_eq!(permitting("Organization/lab", "Organization/x"), Err(Unmapped::NothingLeft));

    let root = opt_in(json!({"type": "deny", "actor": recipient("Organization/lab")}));
    let cannot = Unmapped::CannotLeaveOut { who: "Organization/lab".to_owned() };
    check(&root, Err(cannot));
}

#[test]
fn a_period_is_judged_by_the_time_that_it_is() {
    let within = |start: &str, end: &str| opt_in(json!({"period": {"start": start, "end": end}}));
    let until = Some(4_102_444_799);
    check(&within("2020", "2099"), Ok(ConsentDraft { until, ..EVERYTHING }));
    check(&within("2099-01-01", "2099-12-31"), Err(Unmapped::NotYet { start: 4_070_908_800 }));
    check(&within("2015", "2016-12"), Err(Unmapped::Ended { end: 1_483_228_799 }));
    check(&within("2015", "soon"), Err(Unmapped::NotATime { text: "soon".to_owned() }));
    // A nested rule ends when the first of both does.
    let nested = json!({"type": "permit", "period": {"end": "2030-01-01"}});
    let rule = json!({"period": {"start": "2020", "end": "2099"}, "provision": [nested]});
    let until = Some(1_893_542_399);
    check(&opt_in(rule), Ok(ConsentDraft { until, ..EVERYTHING }));
}

#[test]
fn consents_are_found_in_bundles_and_lines_with_their_patients() {
    let folder = tempfile::tempdir().unwrap();
    let mut inside = opt_in(json!({}));
    inside["patient"]["reference"] = "urn:uuid:1".into();
    let bundle = json!({"resourceType": "Bundle", "entry": [
        {"fullUrl": "urn:uuid:1", "resource": {"resourceType": "Patient", "id": "alice"}},
        {"resource": inside},
    ]});
    let mut nobodys = opt_in(json!({}));
    nobodys["patient"] = json!({"display": "somebody"});
    let lines = format!("{bundle}\n\n{nobodys}\n");
    let (file, map) = (folder.path().join("c.ndjson"), folder.path().join("map.csv"));
    std::fs::write(&file, lines).unwrap();
    std::fs::write(&map, format!("patient,member\nPatient/alice,{ALICE}\n")).unwrap();
    let map = AddressMap::read(&map).unwrap();
    let report = read_consents(&[file], &map, NOW).unwrap();
    assert_eq!((report.seen, report.consents.len()), (3, 2));
    let [alices, nobodys] = &report.consents[..] else { panic!("{report:?}") };
    assert_eq!((alices.member, &alices.outcome), (Some(ALICE), &Ok(EVERYTHING)));
    assert_eq!((nobodys.member, &nobodys.outcome), (None, &Err(Unmapped::NoPatient)));
    assert_eq!(nobodys.source.line, 3);
    assert_ne!(alices.terms, nobodys.terms);
    let nothing = read_consents(&[folder.path().join("map.csv")], &map, NOW);
    assert!(nothing.is_err());
}

//! Decides the quality of a resource: the weighted share of its rule's elements that it fills in.
//!
//! `quality = (2 · core filled in + context filled in) / (2 · core + context)`, rounded down in
//! 18-decimal fixed point. An element counts as filled in when it is there and holds something:
//! not null, not an empty text, list or object. What it says is not judged.

use serde_json::Value;

use crate::{Quality, rules::Rule};

/// Weight of a core element.
const CORE: u32 = 2;
/// Weight of a context element.
const CONTEXT: u32 = 1;

/// The quality of `resource` by `rule`.
pub(crate) fn quality(resource: &Value, rule: &Rule) -> Quality {
    let weighted = rule.core.iter().map(|element| (element, CORE));
    let (mut filled, mut whole) = (0, 0);
    for (element, weight) in weighted.chain(rule.context.iter().map(|e| (e, CONTEXT))) {
        whole += weight;
        if has(resource, element) {
            filled += weight;
        }
    }
    Quality::share(filled, whole)
}

/// Whether the author of the resource withdrew it.
pub(crate) fn is_withdrawn(resource: &Value) -> bool {
    const WITHDRAWN: &str = "entered-in-error";
    let in_verification = resource["verificationStatus"]["coding"]
        .as_array()
        .is_some_and(|codings| codings.iter().any(|coding| coding["code"] == WITHDRAWN));
    resource["status"] == WITHDRAWN || in_verification
}

/// Whether the resource fills in the element that a rule names.
fn has(resource: &Value, element: &str) -> bool {
    element.split('|').any(|path| has_path(resource, path))
}

/// Whether `path` leads to something; in a list, any item may lead there.
fn has_path(value: &Value, path: &str) -> bool {
    if let Value::Array(items) = value {
        return items.iter().any(|item| has_path(item, path));
    }
    let Value::Object(object) = value else { return false };
    let (name, rest) = match path.split_once('.') {
        Some((name, rest)) => (name, Some(rest)),
        None => (path, None),
    };
    let fills = |value: &Value| rest.map_or_else(|| is_filled(value), |rest| has_path(value, rest));
    match name.strip_suffix("[x]") {
        None => object.get(name).is_some_and(fills),
        Some(stem) => object.iter().any(|(key, value)| is_choice(key, stem) && fills(value)),
    }
}

/// Whether `key` is a typed form of `stem[x]`: `valueQuantity` is one of `value[x]`.
fn is_choice(key: &str, stem: &str) -> bool {
    key.strip_prefix(stem).is_some_and(|kind| kind.starts_with(|c: char| c.is_ascii_uppercase()))
}

fn is_filled(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::String(text) => !text.trim().is_empty(),
        Value::Array(items) => items.iter().any(is_filled),
        Value::Object(object) => object.values().any(is_filled),
        Value::Bool(_) | Value::Number(_) => true,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::rules::rule;

    #[test]
    fn every_element_adds_its_weight() {
        let rule = rule("Observation").unwrap();
        let check = |resource: Value, expected: u32| {
            assert_eq!(quality(&resource, rule), Quality::share(expected, 15), "{resource}");
        };
        check(json!({}), 0);
        check(json!({"status": "final"}), 2);
        check(json!({"code": {"text": "weight"}}), 0);
        check(json!({"code": {"coding": [{"code": "29463-7"}]}}), 2);
        check(json!({"valueQuantity": {"value": 0}}), 2);
        check(json!({"component": [{"referenceRange": [{"text": "n"}]}]}), 3);
        check(json!({"performer": [{}], "category": [], "method": {"text": " "}}), 0);
        check(json!({"valuedAt": "x", "valueDateTime": "2020"}), 2);
        check(json!({"dataAbsentReason": {"text": "asked"}}), 0);
    }

    #[test]
    fn a_full_resource_has_quality_one() {
        for rule in crate::RULES {
            let mut resource = json!({});
            for element in rule.core.iter().chain(rule.context) {
                let path = element.split('|').next().unwrap_or(element).replace("[x]", "String");
                let mut at = &mut resource;
                for name in path.split('.') {
                    at = &mut at[name];
                    if at.is_string() {
                        *at = json!({});
                    }
                }
                if at.is_null() {
                    *at = json!("x");
                }
            }
            assert_eq!(quality(&resource, rule), Quality::ONE, "{}", rule.resource);
        }
    }

    #[test]
    fn what_was_entered_in_error_is_withdrawn() {
        let code = json!({"coding": [{"code": "entered-in-error"}]});
        assert!(is_withdrawn(&json!({"status": "entered-in-error"})));
        assert!(is_withdrawn(&json!({"verificationStatus": code})));
        assert!(!is_withdrawn(&json!({"status": "final", "code": code})));
    }
}

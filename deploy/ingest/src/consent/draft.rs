//! Decides what a `Consent` consents to: which of its rules permit, what its rules deny, and whether
//! it is in force.

use alloy::primitives::Address;
use serde_json::Value;

use super::{
    codes::{ACADEMIC, CARE, concepts, list},
    period::Period,
    provision::{self, Allowed, is_modified},
    unmapped::Unmapped,
};

/// A consent in the words of the chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConsentDraft {
    /// Mask of the data classes.
    pub classes: u8,
    /// Mask of the purposes.
    pub purposes: u8,
    /// Whom it is given to.
    pub grantee: DraftGrantee,
    /// The last second of it, since 1970, when the resource says one.
    pub until: Option<u64>,
}

/// Whom a resource consents to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DraftGrantee {
    /// One account.
    Account(Address),
    /// Members with the actor role of this number.
    Role(u8),
    /// Anyone vetted.
    AnyoneVetted,
}

/// What holds where no rule says otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Policy {
    OptIn,
    OptOut,
    Unsaid,
}

/// The rules of a consent: those that permit, each within the one before, and those that deny.
struct Rules<'a> {
    permits: Vec<&'a Value>,
    denials: Vec<&'a Value>,
}

/// Maps a resource, when it is `now`, in seconds since 1970. `account` knows the accounts of
/// recipients.
pub(super) fn map(
    consent: &Value,
    now: u64,
    account: &dyn Fn(&str) -> Option<Address>,
) -> Result<ConsentDraft, Unmapped> {
    let status = consent["status"].as_str().unwrap_or_default();
    if status != "active" {
        return Err(Unmapped::NotActive { status: status.to_owned() });
    }
    expect_known(consent)?;
    let by_scope = purposes_of_scope(consent)?;
    let Rules { permits, denials } = rules(consent)?;
    let mut allowed = Allowed::everything();
    for rule in permits {
        allowed.narrow(rule, account)?;
    }
    allowed.purposes.get_or_insert(by_scope);
    for rule in denials {
        allowed.deny(rule, account)?;
    }
    let purposes = allowed.purposes.unwrap_or_default();
    if allowed.classes == 0 || purposes == 0 {
        return Err(Unmapped::NothingLeft);
    }
    let until = in_force(allowed.period, now)?;
    let (classes, grantee) = (allowed.classes, allowed.grantee);
    Ok(ConsentDraft { classes, purposes, grantee, until })
}

/// Refuses what changes the meaning of a resource without being known here (FHIR R4, "Modifier
/// Extensions").
fn expect_known(consent: &Value) -> Result<(), Unmapped> {
    let modified = |element| Err(Unmapped::Modified { element });
    if !consent["implicitRules"].is_null() {
        return modified("implicitRules");
    }
    if is_modified(consent) || provision::any_modified(&consent["provision"]) {
        return modified("modifierExtension");
    }
    Ok(())
}

/// The purposes that a consent is for when no rule names any: the narrowest that its scope means.
fn purposes_of_scope(consent: &Value) -> Result<u8, Unmapped> {
    let mut scopes = concepts(&consent["scope"]);
    let scope = scopes.next().unwrap_or_default();
    match scope {
        "patient-privacy" | "treatment" if scopes.next().is_none() => Ok(CARE),
        "research" if scopes.next().is_none() => Ok(ACADEMIC),
        _ => Err(Unmapped::Scope { scope: scope.to_owned() }),
    }
}

/// Finds out which rules permit and which deny.
fn rules(consent: &Value) -> Result<Rules<'_>, Unmapped> {
    let (root, policy) = (&consent["provision"], policy(consent));
    let mut rules = Rules { permits: Vec::new(), denials: Vec::new() };
    let mut nested = Vec::new();
    match root["type"].as_str() {
        // It takes what it names, and what is nested in it could only give back.
        Some("deny") => rules.denials.push(root),
        Some("permit") | None => collect(root, &mut nested, &mut rules.denials)?,
        Some(_) => return Err(Unmapped::UntypedRule),
    }
    let is_permit = root["type"] == "permit";
    match (is_permit || policy == Policy::OptIn, nested.len()) {
        (_, 1) | (true, 0) => {}
        (false, 0) if policy == Policy::OptOut => return Err(Unmapped::OptOut),
        (false, 0) => return Err(Unmapped::NoPolicy),
        (_, count) => return Err(Unmapped::SeveralPermits { count }),
    }
    if root["type"].is_null()
        && let Some(who) = provision::actors(root).next()
    {
        return Err(Unmapped::UntypedActor { who: provision::name(who) });
    }
    if root["type"] != "deny" {
        rules.permits.push(root);
    }
    rules.permits.extend(nested);
    Ok(rules)
}

/// Collects the rules that are nested in a rule which does not deny.
fn collect<'a>(
    rule: &'a Value,
    permits: &mut Vec<&'a Value>,
    denials: &mut Vec<&'a Value>,
) -> Result<(), Unmapped> {
    for nested in list(&rule["provision"]) {
        match nested["type"].as_str() {
            Some("permit") => {
                permits.push(nested);
                collect(nested, permits, denials)?;
            }
            Some("deny") => denials.push(nested),
            _ => return Err(Unmapped::UntypedRule),
        }
    }
    Ok(())
}

/// The base policy, when exactly one of the codes for it is given.
fn policy(consent: &Value) -> Policy {
    let mut policies = concepts(&consent["policyRule"]).map(|code| match code {
        "OPTIN" => Policy::OptIn,
        "OPTOUT" | "OPTOUTE" | "NOPP" | "NOAUTH" => Policy::OptOut,
        _ => Policy::Unsaid,
    });
    let first = policies.next().unwrap_or(Policy::Unsaid);
    if policies.all(|policy| policy == first) { first } else { Policy::Unsaid }
}

/// The last second of a consent that is in force now.
fn in_force(period: Period, now: u64) -> Result<Option<u64>, Unmapped> {
    let now = i64::try_from(now).unwrap_or(i64::MAX);
    match (period.start, period.end) {
        (_, Some(end)) if end < now => Err(Unmapped::Ended { end }),
        (Some(start), _) if start > now => Err(Unmapped::NotYet { start }),
        (_, end) => Ok(end.and_then(|end| u64::try_from(end).ok())),
    }
}

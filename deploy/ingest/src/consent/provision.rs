//! Decides what one rule of a `Consent` (a `provision`) gives, and what it takes.

use alloy::primitives::Address;
use serde_json::Value;

use super::{
    codes::{self, ALL_CLASSES, ROLE_SYSTEM, concepts, list},
    draft::DraftGrantee,
    period::Period,
    unmapped::Unmapped,
};

/// Elements that restrict a rule to data which the chain cannot tell from other data.
const RESTRICTIONS: [&str; 4] = ["securityLabel", "code", "dataPeriod", "data"];

/// The actions by which data is used; the chain knows no others.
const USES: [&str; 3] = ["access", "use", "disclose"];

/// How somebody takes part who receives data (v3-ParticipationType).
const RECIPIENTS: [&str; 2] = ["PRCP", "IRCP"];

/// The names of actor roles, by their numbers on chain.
const ACTOR_ROLES: [&str; 7] =
    ["patient", "practitioner", "provider", "payer", "researcher", "oracle", "validator"];

/// What is allowed by the rules that were looked at.
#[derive(Clone, Copy, Debug)]
pub(super) struct Allowed {
    pub(super) classes: u8,
    /// None while no rule names any.
    pub(super) purposes: Option<u8>,
    pub(super) grantee: DraftGrantee,
    pub(super) period: Period,
}

impl Allowed {
    /// Everything, to anyone vetted.
    pub(super) const fn everything() -> Self {
        Self {
            classes: ALL_CLASSES,
            purposes: None,
            grantee: DraftGrantee::AnyoneVetted,
            period: Period { start: None, end: None },
        }
    }

    /// Leaves only what a rule permits.
    pub(super) fn narrow(
        &mut self,
        rule: &Value,
        account: &dyn Fn(&str) -> Option<Address>,
    ) -> Result<(), Unmapped> {
        if let Some(element) = RESTRICTIONS.into_iter().find(|name| !rule[*name].is_null()) {
            return Err(Unmapped::Restricted { element });
        }
        if !is_use(rule) {
            let actions: Vec<_> = concepts(&rule["action"]).collect();
            return Err(Unmapped::NoUse { actions: actions.join(", ") });
        }
        if is_said(&rule["purpose"]) {
            let permitted = codes::purposes_permitted(&rule["purpose"]);
            if permitted == 0 {
                return Err(Unmapped::LessThanAPurpose { codes: codes::names(&rule["purpose"]) });
            }
            self.purposes = Some(self.purposes.map_or(permitted, |before| before & permitted));
        }
        if is_said(&rule["class"]) {
            let permitted = codes::classes_permitted(&rule["class"]);
            if permitted == 0 {
                return Err(Unmapped::LessThanAClass { codes: codes::names(&rule["class"]) });
            }
            self.classes &= permitted;
        }
        self.period = self.period.and(Period::of(&rule["period"])?);
        self.narrow_grantee(rule, account)
    }

    /// Leaves only the recipient that a rule names, if it names one.
    fn narrow_grantee(
        &mut self,
        rule: &Value,
        account: &dyn Fn(&str) -> Option<Address>,
    ) -> Result<(), Unmapped> {
        if let Some(keeper) = actors(rule).find(|actor| !is_recipient(actor)) {
            return Err(Unmapped::OfOne { who: name(keeper) });
        }
        let mut named = None;
        for actor in actors(rule) {
            let grantee = grantee(actor, account)
                .ok_or_else(|| Unmapped::UnknownRecipient { who: name(actor) })?;
            match named {
                None => named = Some(grantee),
                Some(same) if same == grantee => {}
                Some(_) => {
                    let count = actors(rule).count();
                    return Err(Unmapped::SeveralRecipients { count });
                }
            }
        }
        match (self.grantee, named) {
            (_, None) => {}
            (DraftGrantee::AnyoneVetted, Some(named)) => self.grantee = named,
            (before, Some(named)) if before == named => {}
            // Who is both is not for the chain to find out.
            _ => return Err(Unmapped::NothingLeft),
        }
        Ok(())
    }

    /// Takes what a rule denies, and all of each purpose or class that it touches. What restricts
    /// the rule in ways that the chain cannot say is passed over, so that it takes more.
    pub(super) fn deny(
        &mut self,
        rule: &Value,
        account: &dyn Fn(&str) -> Option<Address>,
    ) -> Result<(), Unmapped> {
        if !is_use(rule) || self.spares_grantee(rule, account) {
            return Ok(());
        }
        if is_said(&rule["purpose"]) {
            let denied = codes::purposes_denied(&rule["purpose"]);
            self.purposes = self.purposes.map(|before| before & !denied);
        } else if is_said(&rule["class"]) {
            self.classes &= !codes::classes_denied(&rule["class"]);
        } else {
            let group = self.grantee_account().is_none();
            if let Some(who) = actors(rule).find(|actor| group && is_recipient(actor)) {
                return Err(Unmapped::CannotLeaveOut { who: name(who) });
            }
            self.classes = 0;
        }
        Ok(())
    }

    /// Whether a denial is about recipients, each of whom is known to be another than the one
    /// grantee.
    fn spares_grantee(&self, rule: &Value, account: &dyn Fn(&str) -> Option<Address>) -> bool {
        let Some(own) = self.grantee_account() else { return false };
        let mut recipients = actors(rule).filter(|actor| is_recipient(actor)).peekable();
        recipients.peek().is_some()
            && recipients.all(|actor| match grantee(actor, account) {
                Some(DraftGrantee::Account(other)) => other != own,
                _ => false,
            })
    }

    const fn grantee_account(&self) -> Option<Address> {
        match self.grantee {
            DraftGrantee::Account(account) => Some(account),
            DraftGrantee::Role(_) | DraftGrantee::AnyoneVetted => None,
        }
    }
}

/// The actors of a rule.
pub(super) fn actors(rule: &Value) -> impl Iterator<Item = &Value> {
    list(&rule["actor"])
}

/// Who an actor is, for people.
pub(super) fn name(actor: &Value) -> String {
    actor["reference"]["reference"].as_str().unwrap_or("somebody").to_owned()
}

/// Whether an element has modifier extensions.
pub(super) fn is_modified(element: &Value) -> bool {
    !element["modifierExtension"].is_null()
}

/// Whether a rule, a part of it, or a rule nested in it has modifier extensions.
pub(super) fn any_modified(rule: &Value) -> bool {
    is_modified(rule)
        || actors(rule).any(is_modified)
        || list(&rule["data"]).any(is_modified)
        || list(&rule["provision"]).any(any_modified)
}

/// Whether a rule is about the use of data, which it is when it does not say about what.
fn is_use(rule: &Value) -> bool {
    !is_said(&rule["action"]) || concepts(&rule["action"]).any(|action| USES.contains(&action))
}

fn is_said(value: &Value) -> bool {
    !value.is_null()
}

/// Whether an actor receives data; others keep it, or wrote it.
fn is_recipient(actor: &Value) -> bool {
    let mut roles = concepts(&actor["role"]);
    roles.any(|role| RECIPIENTS.contains(&role)) || actor_role(actor).is_some()
}

/// Whom an actor that receives data is on chain.
fn grantee(actor: &Value, account: &dyn Fn(&str) -> Option<Address>) -> Option<DraftGrantee> {
    if let Some(role) = actor_role(actor) {
        return Some(DraftGrantee::Role(role));
    }
    let reference = actor["reference"]["reference"].as_str()?;
    let unversioned = reference.split("/_history/").next().unwrap_or(reference);
    account(unversioned).map(DraftGrantee::Account)
}

/// The actor role by which an actor is named, as on chain.
fn actor_role(actor: &Value) -> Option<u8> {
    let coding = list(&actor["role"]["coding"]).find(|coding| coding["system"] == ROLE_SYSTEM)?;
    let number = ACTOR_ROLES.iter().position(|role| coding["code"] == *role)?;
    u8::try_from(number).ok()
}

//! Decides what members consent to, and what they take back.

use alloy::primitives::{Address, B256};
use anyhow::Result;
use datacoop_deploy::bindings::IConsentRegistry::{consentsOfCall, grantCall, revokeCall};
use rand::Rng;

use super::{Attempt, Composer};
use crate::scenario::people::{PATIENT, RESEARCHERS};

/// The hash of what was read before consenting.
const TERMS: B256 = B256::repeat_byte(0x7e);

/// Seconds of a day.
const DAY: u64 = 86_400;

/// How many live consents a member has at most here.
const MANY: usize = 12;

impl Composer<'_> {
    pub(super) async fn grant(&mut self) -> Result<Option<Attempt>> {
        let at = self.stage.at.consents;
        let patients = self.ledger.access.acting_as(PATIENT);
        let Some(subject) = self.pick(&patients) else { return Ok(None) };
        let (kind, account, actor_role) = match self.rng.random_range(0..3) {
            0 => {
                let number = self.rng.random_range(RESEARCHERS);
                (0, self.stage.people.member(number), 0)
            }
            // Researchers.
            1 => (1, Address::ZERO, 4),
            _ => (2, Address::ZERO, 0),
        };
        let call = grantCall {
            dataClasses: self.rng.random_range(1..16),
            purposes: self.rng.random_range(1..32),
            granteeKind: kind,
            account,
            actorRole: actor_role,
            expiry: self.time + self.rng.random_range(DAY..90 * DAY),
            terms: TERMS,
        };
        if self.is_flawed() {
            let (from, call, error) = match self.rng.random_range(0..3) {
                0 => (self.outsider(), call, "ConsentSubjectNotMember"),
                1 => (subject, grantCall { terms: B256::ZERO, ..call }, "ConsentMissingTerms"),
                _ => (subject, grantCall { purposes: 0, ..call }, "ConsentInvalidPurposes"),
            };
            return Ok(Some(Attempt::refused(from, at, &call, error)));
        }
        if self.ask(at, consentsOfCall { subject }).await?.len() >= MANY {
            return Ok(None);
        }
        Ok(Some(Attempt::done(subject, at, &call)))
    }

    /// The subject of a consent ends it, and nobody else does, and not twice.
    pub(super) fn revoke(&mut self) -> Option<Attempt> {
        let at = self.stage.at.consents;
        let (time, flaw) = (self.time, self.is_flawed());
        let consents = self.ledger.access.consents.iter();
        let is_live = |revoked: bool, expiry: u64| !revoked && expiry >= time;
        let wanted = |dead: bool| -> Vec<_> {
            let some = consents
                .clone()
                .filter(|(_, consent)| is_live(consent.revoked, consent.scope.expiry) != dead);
            some.map(|(id, consent)| (*id, consent.subject)).collect()
        };
        if flaw && self.rng.random() {
            let (id, subject) = self.pick(&wanted(true))?;
            let call = revokeCall { consentId: id };
            return Some(Attempt::refused(subject, at, &call, "ConsentNotLive"));
        }
        let (id, subject) = self.pick(&wanted(false))?;
        let call = revokeCall { consentId: id };
        if flaw {
            let error = "ConsentUnauthorizedSubject";
            return Some(Attempt::refused(self.outsider(), at, &call, error));
        }
        Some(Attempt::done(subject, at, &call))
    }
}

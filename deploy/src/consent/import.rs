//! Decides how consents that are kept elsewhere, such as FHIR resources, come onto the chain: given
//! once, amended when they change, taken back when they say no more.
//!
//! Which consent on chain stands for which document is noted in a ledger, a file beside the address
//! book. A ledger that was lost is found again as far as the terms of live consents tell.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use alloy::primitives::{Address, U256};
use serde::{Deserialize, Serialize};

use super::{Consent, Consents, Scope, Status};
use crate::{
    Error,
    bindings::IConsentRegistry::ConsentGranted,
    chain::{Receipt, Sender},
    document,
};

/// The version of the ledger's form.
const SCHEMA: u64 = 1;

/// What a document wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// By which name the document is known from one import to the next.
    pub key: String,
    /// What it consents to; nothing when it consents to nothing that the chain can say.
    pub scope: Option<Scope>,
}

/// What is to be done for a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plan {
    /// A consent is given.
    Grant(Scope),
    /// A consent is replaced by its next version.
    Amend(U256, Scope),
    /// A consent is taken back.
    Revoke(U256),
    /// The consent is there, and says the same.
    Unchanged(U256),
    /// The document gave a consent that has ended on chain; it has not changed since.
    Ended(U256, Status),
    /// Nothing is consented to, and nothing was.
    Nothing,
}

/// Which consents stand for which documents.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Entries {
    schema: u64,
    chain_id: u64,
    registry: Address,
    /// By subject and key, the id in decimal digits.
    consents: BTreeMap<String, String>,
}

/// Brings the documents of one subject onto the chain.
#[derive(Debug)]
pub struct Importer<'a> {
    consents: &'a Consents,
    sender: &'a Sender,
    path: PathBuf,
    entries: Entries,
}

impl<'a> Importer<'a> {
    /// Reads the ledger, which is made when it is missing. One of another registry is begun anew.
    ///
    /// # Errors
    ///
    /// [`Error::Io`], [`Error::MalformedFile`]: it cannot be read or is no ledger.
    pub fn open(consents: &'a Consents, sender: &'a Sender, path: &Path) -> Result<Self, Error> {
        let (chain_id, registry) = (consents.chain.id(), consents.address);
        let read = path.exists().then(|| document::read::<Entries>(path, SCHEMA)).transpose()?;
        let own = read.filter(|read| read.chain_id == chain_id && read.registry == registry);
        let new = || Entries { schema: SCHEMA, chain_id, registry, consents: BTreeMap::new() };
        let entries = own.unwrap_or_else(new);
        Ok(Self { consents, sender, path: path.to_path_buf(), entries })
    }

    /// Finds out what is to be done for a document of the sender.
    ///
    /// # Errors
    ///
    /// The failures of [`Chain::read`](crate::chain::Chain::read).
    pub async fn plan(&self, wanted: &Wanted) -> Result<Plan, Error> {
        Ok(plan(wanted.scope, self.standing(wanted).await?.as_ref()))
    }

    /// Does what was planned for a document, and notes it. Nothing is sent when nothing is to be
    /// done.
    ///
    /// # Errors
    ///
    /// The failures of [`Sender::send`], and [`Error::Io`] when the ledger cannot be written.
    pub async fn carry_out(
        &mut self,
        wanted: &Wanted,
        plan: &Plan,
    ) -> Result<Option<(U256, Receipt)>, Error> {
        let outgoing = match plan {
            Plan::Grant(scope) => self.consents.grant(scope),
            Plan::Amend(id, scope) => self.consents.amend(*id, scope),
            Plan::Revoke(id) => self.consents.revoke(*id),
            Plan::Unchanged(id) => {
                self.note(wanted, *id)?;
                return Ok(None);
            }
            Plan::Ended(..) | Plan::Nothing => return Ok(None),
        };
        let receipt = self.sender.send(&outgoing).await?;
        let id = match plan {
            Plan::Amend(id, _) | Plan::Revoke(id) => *id,
            _ => {
                let granted = receipt.events_of::<ConsentGranted>(self.consents.address).next();
                let missing = || Error::Answer {
                    request: outgoing.call.clone(),
                    reason: "no consent was granted".to_owned(),
                };
                granted.ok_or_else(missing)?.consentId
            }
        };
        self.note(wanted, id)?;
        Ok(Some((id, receipt)))
    }

    /// The consent that stands for a document.
    async fn standing(&self, wanted: &Wanted) -> Result<Option<Consent>, Error> {
        let noted = self.entries.consents.get(&self.entry(wanted));
        if let Some(id) = noted.and_then(|id| U256::from_str_radix(id, 10).ok()) {
            return Ok(Some(self.consents.consent(id).await?));
        }
        let Some(scope) = wanted.scope else { return Ok(None) };
        let live = self.consents.live(self.sender.address()).await?;
        Ok(live.into_iter().find(|consent| consent.scope.terms == scope.terms))
    }

    fn note(&mut self, wanted: &Wanted, id: U256) -> Result<(), Error> {
        let entry = self.entry(wanted);
        let id = id.to_string();
        if self.entries.consents.get(&entry) == Some(&id) {
            return Ok(());
        }
        self.entries.consents.insert(entry, id);
        document::write(&self.path, &self.entries)
    }

    fn entry(&self, wanted: &Wanted) -> String {
        format!("{}/{}", self.sender.address(), wanted.key)
    }
}

/// Decides what is to be done for a document, given what stands for it on chain.
fn plan(wanted: Option<Scope>, standing: Option<&Consent>) -> Plan {
    let live = standing.filter(|consent| consent.status == Status::Live);
    match (wanted, standing, live) {
        (None, _, None) => Plan::Nothing,
        (None, _, Some(consent)) => Plan::Revoke(consent.id),
        (Some(scope), None, _) => Plan::Grant(scope),
        (Some(scope), _, Some(consent)) if says_the_same(&scope, &consent.scope) => {
            Plan::Unchanged(consent.id)
        }
        (Some(scope), _, Some(consent)) => Plan::Amend(consent.id, scope),
        // What its subject took back comes back by a new document alone.
        (Some(scope), Some(consent), None) if consent.scope.terms == scope.terms => {
            Plan::Ended(consent.id, consent.status)
        }
        (Some(scope), Some(_), None) => Plan::Grant(scope),
    }
}

/// Whether two scopes of one document are the same; the end of one that names none is as long as
/// whoever imports it says.
fn says_the_same(a: &Scope, b: &Scope) -> bool {
    Scope { expiry: 0, ..*a } == Scope { expiry: 0, ..*b }
}

#[cfg(test)]
mod tests {
    use alloy::primitives::B256;

    use super::*;
    use crate::consent::{DataClasses, Grantee, Purposes};

    fn scope(terms: u8, purposes: u8) -> Scope {
        Scope {
            classes: DataClasses(3),
            purposes: Purposes(purposes),
            grantee: Grantee::AnyoneVetted,
            expiry: 100,
            terms: B256::repeat_byte(terms),
        }
    }

    fn standing(status: Status) -> Consent {
        Consent {
            id: U256::from(7),
            subject: Address::repeat_byte(1),
            version: 1,
            status,
            scope: scope(1, 1),
            at: 10,
            receipt: B256::ZERO,
        }
    }

    #[test]
    fn what_a_document_says_is_given_once_and_amended_when_it_changes() {
        let live = standing(Status::Live);
        let (same, changed) = (scope(1, 1), scope(2, 1));
        assert_eq!(plan(Some(same), None), Plan::Grant(same));
        assert_eq!(plan(Some(same), Some(&live)), Plan::Unchanged(live.id));
        let longer = Scope { expiry: 200, ..same };
        assert_eq!(plan(Some(longer), Some(&live)), Plan::Unchanged(live.id));
        assert_eq!(plan(Some(changed), Some(&live)), Plan::Amend(live.id, changed));
        let wider = scope(1, 3);
        assert_eq!(plan(Some(wider), Some(&live)), Plan::Amend(live.id, wider));
    }

    #[test]
    fn what_a_document_says_no_more_is_taken_back() {
        assert_eq!(plan(None, Some(&standing(Status::Live))), Plan::Revoke(U256::from(7)));
        assert_eq!(plan(None, Some(&standing(Status::Revoked))), Plan::Nothing);
        assert_eq!(plan(None, None), Plan::Nothing);
    }

    #[test]
    fn what_its_subject_took_back_comes_back_by_a_new_document_alone() {
        for status in [Status::Revoked, Status::Expired] {
            let ended = standing(status);
            assert_eq!(plan(Some(scope(1, 1)), Some(&ended)), Plan::Ended(ended.id, status));
            let changed = scope(2, 1);
            assert_eq!(plan(Some(changed), Some(&ended)), Plan::Grant(changed));
        }
    }
}

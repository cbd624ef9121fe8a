//! Decides what is asked of the consent registry, and how it is changed in person.

use std::fmt;

use alloy::primitives::{Address, B256, U256};
use serde::Serialize;

use super::Scope;
use crate::{
    AddressBook, Error,
    bindings::IConsentRegistry::{
        amendCall, consentCall, consentsOfCall, coveringConsentCall, grantCall, noncesCall,
        revokeCall,
    },
    chain::{Chain, Outgoing},
    contracts::CONSENT_REGISTRY,
};

/// The consent registry of a cooperative.
#[derive(Clone, Debug)]
pub struct Consents {
    /// Its chain.
    pub chain: Chain,
    /// Where it is.
    pub address: Address,
    /// The block that it was created in.
    pub since: u64,
}

/// Where a consent stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Status {
    /// It was given and is neither revoked nor over.
    Live,
    /// Its last second is over.
    Expired,
    /// Its subject took it back.
    Revoked,
}

/// A consent's last version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Consent {
    /// Its id.
    pub id: U256,
    /// Whose it is.
    pub subject: Address,
    /// The number of the version, from 1.
    pub version: u64,
    /// Where it stands.
    pub status: Status,
    /// What is consented to, or was.
    pub scope: Scope,
    /// When the version was made, in seconds since 1970.
    pub at: u64,
    /// The version's receipt.
    pub receipt: B256,
}

impl Consents {
    /// Finds the consent registry of an address book.
    ///
    /// # Errors
    ///
    /// [`Error::NotInBook`]: the cooperative has none.
    pub fn of_book(chain: &Chain, book: &AddressBook) -> Result<Self, Error> {
        let address = book.address(&CONSENT_REGISTRY)?;
        let since = book.contracts.get(CONSENT_REGISTRY.name).map_or(0, |entry| entry.block);
        Ok(Self { chain: chain.clone(), address, since })
    }

    /// Looks a consent up.
    ///
    /// # Errors
    ///
    /// [`Error::NoSuchConsent`], and the failures of [`Chain::read`].
    pub async fn consent(&self, id: U256) -> Result<Consent, Error> {
        let found = self.chain.read_next(self.address, &consentCall { consentId: id }).await?;
        let now = self.chain.next_time().await?;
        let scope = Scope::of_chain(&found.scope).filter(|_| found.status != 0);
        let scope = scope.ok_or(Error::NoSuchConsent { id })?;
        let status = match found.status {
            1 if scope.expiry < now => Status::Expired,
            1 => Status::Live,
            _ => Status::Revoked,
        };
        Ok(Consent {
            id,
            subject: found.subject,
            version: found.version,
            status,
            scope,
            at: found.at,
            receipt: found.receipt,
        })
    }

    /// Looks a consent up that an account is about to change.
    ///
    /// # Errors
    ///
    /// Those of [`consent`](Self::consent), and [`Error::NotYourConsent`].
    pub async fn consent_of(&self, id: U256, account: Address) -> Result<Consent, Error> {
        let consent = self.consent(id).await?;
        if consent.subject != account {
            return Err(Error::NotYourConsent { id, subject: consent.subject });
        }
        Ok(consent)
    }

    /// Looks up the consents of a subject that are live.
    ///
    /// # Errors
    ///
    /// The failures of [`Chain::read`].
    pub async fn live(&self, subject: Address) -> Result<Vec<Consent>, Error> {
        let ids = self.chain.read_next(self.address, &consentsOfCall { subject }).await?;
        let mut consents = Vec::with_capacity(ids.len());
        for id in ids {
            consents.push(self.consent(id).await?);
        }
        Ok(consents)
    }

    /// Asks which consent lets an account use data of a class for a purpose; none when none does.
    ///
    /// # Errors
    ///
    /// The failures of [`Chain::read`].
    pub async fn covering(
        &self,
        subject: Address,
        data_class: u8,
        purpose: u8,
        grantee: Address,
    ) -> Result<Option<U256>, Error> {
        let call = coveringConsentCall { subject, dataClass: data_class, purpose, grantee };
        let id = self.chain.read_next(self.address, &call).await?;
        Ok((!id.is_zero()).then_some(id))
    }

    /// Asks for the nonce that an account signs with next.
    ///
    /// # Errors
    ///
    /// The failures of [`Chain::read`].
    pub async fn nonce(&self, owner: Address) -> Result<U256, Error> {
        self.chain.read(self.address, &noncesCall { owner }).await
    }

    /// Makes the call that gives a consent.
    #[must_use]
    pub fn grant(&self, scope: &Scope) -> Outgoing {
        let (grantee_kind, account, actor_role) = scope.grantee.parts();
        let call = grantCall {
            dataClasses: scope.classes.0,
            purposes: scope.purposes.0,
            granteeKind: grantee_kind,
            account,
            actorRole: actor_role,
            expiry: scope.expiry,
            terms: scope.terms,
        };
        Outgoing::call(self.address, &call)
    }

    /// Makes the call that replaces a consent by its next version.
    #[must_use]
    pub fn amend(&self, id: U256, scope: &Scope) -> Outgoing {
        let (grantee_kind, account, actor_role) = scope.grantee.parts();
        let call = amendCall {
            consentId: id,
            dataClasses: scope.classes.0,
            purposes: scope.purposes.0,
            granteeKind: grantee_kind,
            account,
            actorRole: actor_role,
            expiry: scope.expiry,
            terms: scope.terms,
        };
        Outgoing::call(self.address, &call)
    }

    /// Makes the call that takes a consent back.
    #[must_use]
    pub fn revoke(&self, id: U256) -> Outgoing {
        Outgoing::call(self.address, &revokeCall { consentId: id })
    }
}

impl Status {
    /// Returns the status in lower case.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Expired => "expired",
            Self::Revoked => "revoked",
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

//! Decides what a subject signs so that somebody else can submit the change of a consent, and the
//! file that carries it.

use std::path::Path;

use alloy::{
    primitives::{Address, B256, Bytes, Signature, U256},
    sol,
};
use serde::{Deserialize, Serialize};

use super::{Consents, Scope, receipt};
use crate::{
    AddressBook, Error,
    bindings::IConsentRegistry::{
        DOMAIN_SEPARATORCall, amendBySigCall, grantBySigCall, revokeBySigCall,
    },
    calendar::write_utc,
    chain::Outgoing,
    contracts::CONSENT_REGISTRY,
    document,
    keys::{Signer, Typed},
};

/// The version of the file's form.
const SCHEMA: u64 = 1;

mod typed {
    //! What is signed.
    #![allow(missing_docs, reason = "the fields are those of the type hashes")]

    use super::sol;

    sol! {
        #[derive(serde::Serialize)]
        struct Grant {
            address subject;
            uint8 dataClasses;
            uint8 purposes;
            uint8 granteeKind;
            address account;
            uint8 actorRole;
            uint64 expiry;
            bytes32 terms;
            uint256 nonce;
            uint256 deadline;
        }

        #[derive(serde::Serialize)]
        struct Amend {
            uint256 consentId;
            uint64 version;
            uint8 dataClasses;
            uint8 purposes;
            uint8 granteeKind;
            address account;
            uint8 actorRole;
            uint64 expiry;
            bytes32 terms;
            uint256 nonce;
            uint256 deadline;
        }

        #[derive(serde::Serialize)]
        struct Revoke {
            uint256 consentId;
            uint256 nonce;
            uint256 deadline;
        }
    }
}

/// What a subject wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "action")]
pub enum Wish {
    /// A new consent.
    Grant {
        /// What is consented to.
        scope: Scope,
    },
    /// The next version of a consent.
    Amend {
        /// The consent.
        #[serde(with = "decimal")]
        consent: U256,
        /// The version that is replaced.
        version: u64,
        /// What is consented to from then on.
        scope: Scope,
    },
    /// The end of a consent.
    Revoke {
        /// The consent.
        #[serde(with = "decimal")]
        consent: U256,
    },
}

/// The registry that a change is signed for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConsentDomain {
    /// The chain's id.
    pub chain_id: u64,
    /// The consent registry.
    pub registry: Address,
}

/// A signed change of a consent, as a file carries it to whoever submits it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SignedConsent {
    schema: u64,
    /// The chain's id.
    pub chain_id: u64,
    /// The consent registry.
    pub registry: Address,
    /// Who signed it, whose consent it is.
    pub subject: Address,
    /// What is to be done.
    #[serde(flatten)]
    pub wish: Wish,
    /// The subject's nonce.
    #[serde(with = "decimal")]
    pub nonce: U256,
    /// Until when it can be submitted, in seconds since 1970.
    pub deadline: u64,
    /// The signature: 65 bytes, or what the subject's contract takes (ERC-1271).
    pub signature: Bytes,
}

mod decimal {
    //! Decides how numbers that JSON has no place for are written: in decimal digits, as a text.

    use alloy::primitives::U256;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(number: &U256, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(number)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<U256, D::Error> {
        let text = String::deserialize(from)?;
        U256::from_str_radix(&text, 10)
            .map_err(|_| D::Error::custom(format!("`{text}` is no number")))
    }
}

impl ConsentDomain {
    /// Takes the registry of an address book, without asking a chain.
    ///
    /// # Errors
    ///
    /// [`Error::NotInBook`]: the cooperative has none.
    pub fn of_book(book: &AddressBook) -> Result<Self, Error> {
        Ok(Self { chain_id: book.chain_id, registry: book.address(&CONSENT_REGISTRY)? })
    }
}

impl Wish {
    /// Returns what is done, in a word.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Grant { .. } => "grant",
            Self::Amend { .. } => "amend",
            Self::Revoke { .. } => "revoke",
        }
    }

    /// Returns the hash that the subject signs (EIP-712).
    #[must_use]
    pub fn digest(&self, to: &ConsentDomain, subject: Address, nonce: U256, deadline: u64) -> B256 {
        self.typed(to, subject, nonce, deadline).digest()
    }

    fn typed(&self, to: &ConsentDomain, subject: Address, nonce: U256, deadline: u64) -> Typed {
        let domain = receipt::domain(to.chain_id, to.registry);
        let deadline = U256::from(deadline);
        match *self {
            Self::Grant { scope } => {
                let (grantee_kind, account, actor_role) = scope.grantee.parts();
                let payload = typed::Grant {
                    subject,
                    dataClasses: scope.classes.0,
                    purposes: scope.purposes.0,
                    granteeKind: grantee_kind,
                    account,
                    actorRole: actor_role,
                    expiry: scope.expiry,
                    terms: scope.terms,
                    nonce,
                    deadline,
                };
                Typed::new(&payload, &domain)
            }
            Self::Amend { consent, version, scope } => {
                let (grantee_kind, account, actor_role) = scope.grantee.parts();
                let payload = typed::Amend {
                    consentId: consent,
                    version,
                    dataClasses: scope.classes.0,
                    purposes: scope.purposes.0,
                    granteeKind: grantee_kind,
                    account,
                    actorRole: actor_role,
                    expiry: scope.expiry,
                    terms: scope.terms,
                    nonce,
                    deadline,
                };
                Typed::new(&payload, &domain)
            }
            Self::Revoke { consent } => {
                let payload = typed::Revoke { consentId: consent, nonce, deadline };
                Typed::new(&payload, &domain)
            }
        }
    }

    /// Signs it as the subject. No chain is asked.
    ///
    /// # Errors
    ///
    /// As [`Signer::sign_typed`].
    pub async fn sign(
        self,
        to: &ConsentDomain,
        nonce: U256,
        deadline: u64,
        subject: &Signer,
    ) -> Result<SignedConsent, Error> {
        let typed = self.typed(to, subject.address(), nonce, deadline);
        let signature = subject.sign_typed(&typed).await?;
        Ok(SignedConsent {
            schema: SCHEMA,
            chain_id: to.chain_id,
            registry: to.registry,
            subject: subject.address(),
            wish: self,
            nonce,
            deadline,
            signature: signature.as_bytes().into(),
        })
    }
}

impl SignedConsent {
    /// Reads a file.
    ///
    /// # Errors
    ///
    /// [`Error::Io`], [`Error::MalformedFile`]: it cannot be read or is no signed change.
    pub fn read(path: &Path) -> Result<Self, Error> {
        document::read(path, SCHEMA)
    }

    /// Writes a file.
    ///
    /// # Errors
    ///
    /// [`Error::Io`]: it cannot be written.
    pub fn write(&self, path: &Path) -> Result<(), Error> {
        document::write(path, self)
    }

    /// Returns who made the signature, if it is an account's.
    fn signer(&self) -> Option<Address> {
        let to = ConsentDomain { chain_id: self.chain_id, registry: self.registry };
        let digest = self.wish.digest(&to, self.subject, self.nonce, self.deadline);
        Signature::from_raw(&self.signature).ok()?.recover_address_from_prehash(&digest).ok()
    }

    fn call(&self) -> Outgoing {
        let (to, subject, signature) = (self.registry, self.subject, self.signature.clone());
        let deadline = U256::from(self.deadline);
        match self.wish {
            Wish::Grant { scope } => {
                let (grantee_kind, account, actor_role) = scope.grantee.parts();
                let call = grantBySigCall {
                    subject,
                    dataClasses: scope.classes.0,
                    purposes: scope.purposes.0,
                    granteeKind: grantee_kind,
                    account,
                    actorRole: actor_role,
                    expiry: scope.expiry,
                    terms: scope.terms,
                    deadline,
                    signature,
                };
                Outgoing::call(to, &call)
            }
            Wish::Amend { consent, scope, .. } => {
                let (grantee_kind, account, actor_role) = scope.grantee.parts();
                let call = amendBySigCall {
                    consentId: consent,
                    dataClasses: scope.classes.0,
                    purposes: scope.purposes.0,
                    granteeKind: grantee_kind,
                    account,
                    actorRole: actor_role,
                    expiry: scope.expiry,
                    terms: scope.terms,
                    deadline,
                    signature,
                };
                Outgoing::call(to, &call)
            }
            Wish::Revoke { consent } => {
                Outgoing::call(to, &revokeBySigCall { consentId: consent, deadline, signature })
            }
        }
    }
}

impl Consents {
    /// Returns what changes are signed for, after making sure that the registry has the domain that
    /// this version signs for.
    ///
    /// # Errors
    ///
    /// - [`Error::OtherDomain`]: it has another.
    /// - The failures of [`Chain::read`](crate::chain::Chain::read).
    pub async fn domain(&self) -> Result<ConsentDomain, Error> {
        let to = ConsentDomain { chain_id: self.chain.id(), registry: self.address };
        let found = self.chain.read(self.address, &DOMAIN_SEPARATORCall {}).await?;
        if receipt::domain(to.chain_id, to.registry).separator() != found {
            return Err(Error::OtherDomain { contract: self.address, name: receipt::DOMAIN.0 });
        }
        Ok(to)
    }

    /// Makes the call that submits a signed change, after checking that it still can be.
    ///
    /// # Errors
    ///
    /// - [`Error::Signed`]: it is for another contract or chain, was used, is too old, is about
    ///   another version, or was not signed by its subject.
    /// - The failures of [`Chain::read`](crate::chain::Chain::read).
    pub async fn relay(&self, path: &Path, signed: &SignedConsent) -> Result<Outgoing, Error> {
        let refused = |reason: String| Error::Signed { path: path.to_path_buf(), reason };
        let to = self.domain().await?;
        if signed.chain_id != to.chain_id {
            let (other, this) = (signed.chain_id, to.chain_id);
            return Err(refused(format!("it is for chain {other}, and this is chain {this}")));
        }
        if signed.registry != to.registry {
            return Err(refused(format!("it is for the consent registry at {}", signed.registry)));
        }
        if self.chain.next_time().await? > signed.deadline {
            let until = write_utc(signed.deadline);
            return Err(refused(format!("it could be submitted until {until}")));
        }
        let (given, subject) = (signed.nonce, signed.subject);
        let nonce = self.nonce(subject).await?;
        if given != nonce {
            return Err(refused(format!(
                "its nonce is {given} and the next one of {subject} is {nonce}: {}",
                if given < nonce { "it was used, or voided" } else { "another comes before it" }
            )));
        }
        if let Wish::Amend { consent, version, .. } = signed.wish {
            let found = self.consent(consent).await?.version;
            if found != version {
                return Err(refused(format!(
                    "it replaces version {version} of consent {consent}, which has version {found} by now"
                )));
            }
        }
        // A contract decides for itself what its signatures are.
        let is_contract = !self.chain.code(subject).await?.is_empty();
        if !is_contract && signed.signer() != Some(subject) {
            return Err(refused(format!("{subject} did not sign this")));
        }
        Ok(signed.call())
    }
}

#[cfg(test)]
#[path = "signed_tests.rs"]
mod tests;

//! Decides what is consented to: which data, which purposes, whom, until when, on which terms.

use std::{fmt, fs, path::Path, str::FromStr};

use alloy::primitives::{Address, B256, keccak256};
use serde::{Deserialize, Serialize};

use super::{ConsentWordsError, DataClasses, Purposes};
use crate::{Error, bindings::IConsentRegistry, members::ActorRole};

/// The kinds of grantees, as the contract numbers them.
const ONE_ACCOUNT: u8 = 0;
const ACTOR_ROLE: u8 = 1;
const ANYONE_VETTED: u8 = 2;

/// What a grantee that is an actor role begins with.
const ROLE: &str = "role:";

/// The word for anyone vetted.
const ANYONE: &str = "anyone";

/// Whom a consent is given to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grantee {
    /// One account.
    Account(Address),
    /// Every member that acts as this.
    Role(ActorRole),
    /// Every member with an actor role other than patient.
    AnyoneVetted,
}

/// What is consented to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "ScopeDocument", into = "ScopeDocument")]
pub struct Scope {
    /// Which data.
    pub classes: DataClasses,
    /// What for.
    pub purposes: Purposes,
    /// To whom.
    pub grantee: Grantee,
    /// The last second at which it covers anything, in seconds since 1970.
    pub expiry: u64,
    /// The hash of the terms.
    pub terms: B256,
}

/// A scope, as documents have it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ScopeDocument {
    data_classes: Vec<String>,
    purposes: Vec<String>,
    grantee: String,
    expiry: u64,
    terms: B256,
}

/// Returns the hash of a document of terms: keccak-256 of its bytes.
///
/// # Errors
///
/// [`Error::Io`] when it cannot be read.
pub fn terms_of(path: &Path) -> Result<B256, Error> {
    let read = fs::read(path);
    let bytes =
        read.map_err(|source| Error::Io { path: path.to_path_buf(), action: "read", source })?;
    Ok(keccak256(bytes))
}

impl Grantee {
    /// Returns kind, account and actor role, as the contract takes them.
    #[must_use]
    pub const fn parts(self) -> (u8, Address, u8) {
        match self {
            Self::Account(account) => (ONE_ACCOUNT, account, 0),
            Self::Role(role) => (ACTOR_ROLE, Address::ZERO, role.number()),
            Self::AnyoneVetted => (ANYONE_VETTED, Address::ZERO, 0),
        }
    }

    fn of_parts(kind: u8, account: Address, role: u8) -> Option<Self> {
        match kind {
            ONE_ACCOUNT => Some(Self::Account(account)),
            ACTOR_ROLE => ActorRole::of_number(role).map(Self::Role),
            ANYONE_VETTED => Some(Self::AnyoneVetted),
            _ => None,
        }
    }
}

impl Scope {
    /// Takes a scope from the contract; none when the grantee is of a kind that is not known.
    #[must_use]
    pub fn of_chain(scope: &IConsentRegistry::Scope) -> Option<Self> {
        Some(Self {
            classes: DataClasses(scope.dataClasses),
            purposes: Purposes(scope.purposes),
            grantee: Grantee::of_parts(scope.granteeKind, scope.account, scope.actorRole)?,
            expiry: scope.expiry,
            terms: scope.terms,
        })
    }
}

impl fmt::Display for Grantee {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Account(account) => f.pad(&account.to_checksum(None)),
            Self::Role(role) => f.pad(&format!("{ROLE}{role}")),
            Self::AnyoneVetted => f.pad(ANYONE),
        }
    }
}

impl FromStr for Grantee {
    type Err = ConsentWordsError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.eq_ignore_ascii_case(ANYONE) {
            return Ok(Self::AnyoneVetted);
        }
        if let Some(role) = text.strip_prefix(ROLE) {
            return Ok(Self::Role(role.parse()?));
        }
        let account = text.parse().ok().filter(|account: &Address| !account.is_zero());
        let nobody = || ConsentWordsError::Grantee { text: text.to_owned() };
        account.map(Self::Account).ok_or_else(nobody)
    }
}

impl From<Scope> for ScopeDocument {
    fn from(scope: Scope) -> Self {
        Self {
            data_classes: scope.classes.names().map(str::to_owned).collect(),
            purposes: scope.purposes.names().map(str::to_owned).collect(),
            grantee: scope.grantee.to_string(),
            expiry: scope.expiry,
            terms: scope.terms,
        }
    }
}

impl TryFrom<ScopeDocument> for Scope {
    type Error = ConsentWordsError;

    fn try_from(document: ScopeDocument) -> Result<Self, Self::Error> {
        Ok(Self {
            classes: document.data_classes.join(",").parse()?,
            purposes: document.purposes.join(",").parse()?,
            grantee: document.grantee.parse()?,
            expiry: document.expiry,
            terms: document.terms,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grantee_is_read_as_it_is_written_and_told_to_the_contract() {
        let account = Address::repeat_byte(0xab);
        for (grantee, parts) in [
            (Grantee::Account(account), (0, account, 0)),
            (Grantee::Role(ActorRole::Researcher), (1, Address::ZERO, 4)),
            (Grantee::AnyoneVetted, (2, Address::ZERO, 0)),
        ] {
            assert_eq!(grantee.to_string().parse(), Ok(grantee));
            assert_eq!(grantee.parts(), parts);
            assert_eq!(Grantee::of_parts(parts.0, parts.1, parts.2), Some(grantee));
        }
        assert_eq!(Grantee::of_parts(3, account, 0), None);
    }

    #[test]
    fn who_is_nobody_is_refused() {
        for text in ["", "everybody", "role:", "role:nurse", "0x12", &Address::ZERO.to_string()] {
            assert!(text.parse::<Grantee>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_scope_is_read_as_it_was_written() {
        let scope = Scope {
            classes: DataClasses(3),
            purposes: Purposes(9),
            grantee: Grantee::Role(ActorRole::Researcher),
            expiry: 2_000_000_000,
            terms: B256::repeat_byte(5),
        };
        let mut json = serde_json::to_value(scope).unwrap();
        assert_eq!(serde_json::from_value::<Scope>(json.clone()).unwrap(), scope);
        json["purposes"] = serde_json::json!(["profit"]);
        assert!(serde_json::from_value::<Scope>(json).is_err());
    }
}

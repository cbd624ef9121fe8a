//! Decides what the receipt of a change is: an EIP-712 hash that whoever knows what was changed
//! computes again.

use alloy::{
    primitives::{Address, B256, U256},
    sol,
    sol_types::{Eip712Domain, SolStruct, eip712_domain},
};

use super::Scope;

/// The EIP-712 name and version of the consent registry.
pub(super) const DOMAIN: (&str, &str) = ("Datacoop Consent", "1");

mod typed {
    //! What a receipt is the hash of.
    #![allow(missing_docs, reason = "the fields are those of the type hash")]

    use super::sol;

    sol! {
        struct Receipt {
            uint256 consentId;
            uint64 version;
            uint8 action;
            address subject;
            uint8 dataClasses;
            uint8 purposes;
            uint8 granteeKind;
            address account;
            uint8 actorRole;
            uint64 expiry;
            bytes32 terms;
            uint64 at;
            bytes32 previous;
        }
    }
}

/// All that a receipt says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Receipted {
    /// The consent.
    pub consent: U256,
    /// The version that the change made.
    pub version: u64,
    /// What was done: 1 grants, 2 amends, 3 revokes.
    pub action: u8,
    /// Whose consent it is.
    pub subject: Address,
    /// What is consented to, or was, when it is revoked.
    pub scope: Scope,
    /// When, in seconds since 1970.
    pub at: u64,
    /// The receipt of the version before; zero for the first.
    pub previous: B256,
}

impl Receipted {
    /// Returns the receipt.
    #[must_use]
    pub fn receipt(&self, chain_id: u64, registry: Address) -> B256 {
        let Self { consent, version, action, subject, scope, at, previous } = *self;
        let (kind, account, role) = scope.grantee.parts();
        typed::Receipt {
            consentId: consent,
            version,
            action,
            subject,
            dataClasses: scope.classes.0,
            purposes: scope.purposes.0,
            granteeKind: kind,
            account,
            actorRole: role,
            expiry: scope.expiry,
            terms: scope.terms,
            at,
            previous,
        }
        .eip712_signing_hash(&domain(chain_id, registry))
    }
}

/// The domain of a registry on a chain.
pub(super) fn domain(chain_id: u64, registry: Address) -> Eip712Domain {
    eip712_domain! {
        name: DOMAIN.0,
        version: DOMAIN.1,
        chain_id: chain_id,
        verifying_contract: registry,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_type_is_the_contracts() {
        let text = "Receipt(uint256 consentId,uint64 version,uint8 action,address subject,uint8 dataClasses,uint8 purposes,uint8 granteeKind,address account,uint8 actorRole,uint64 expiry,bytes32 terms,uint64 at,bytes32 previous)";
        assert_eq!(typed::Receipt::eip712_encode_type(), text);
    }
}

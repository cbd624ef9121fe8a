//! Decides what is asked of Membership, and how its register is read.

use alloy::primitives::{Address, B256, U256, keccak256};

use super::ActorRoles;
use crate::{
    AddressBook, Error,
    bindings::IMembership::{
        credentialNonceCall, credentialOfCall, didOfCall, issueCall, membershipOfCall, reissueCall,
        revokeCall, setActorRolesCall,
    },
    chain::{Chain, Outgoing},
    contracts::MEMBERSHIP,
};

/// The role that checks credentials: `keccak256("ISSUER_ROLE")`.
pub(super) const ISSUER_ROLE: B256 =
    alloy::primitives::b256!("114e74f6ea3bd819998f78687bfcb11b140da08e9b7d222fa9c1f1ba1f2aa122");

/// The Membership of a cooperative.
#[derive(Clone, Debug)]
pub struct Members {
    /// Its chain.
    pub chain: Chain,
    /// Where it is.
    pub address: Address,
}

/// A membership, as the register has it now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Member {
    /// The account.
    pub account: Address,
    /// The token's id.
    pub id: U256,
    /// What the member acts as.
    pub roles: ActorRoles,
    /// Since when, in seconds since 1970.
    pub since: u64,
    /// The person's credential.
    pub credential: B256,
    /// The hash of the DID; zero when none is bound.
    pub did: B256,
}

impl Members {
    /// Finds the Membership of an address book.
    ///
    /// # Errors
    ///
    /// [`Error::NotInBook`]: the cooperative has none.
    pub fn of_book(chain: &Chain, book: &AddressBook) -> Result<Self, Error> {
        Ok(Self { chain: chain.clone(), address: book.address(&MEMBERSHIP)? })
    }

    /// Looks an account up; there is nothing when it is no member.
    ///
    /// # Errors
    ///
    /// The failures of [`Chain::read`].
    pub async fn find(&self, account: Address) -> Result<Option<Member>, Error> {
        let found = self.chain.read(self.address, &membershipOfCall { account }).await?;
        let id = found.tokenId;
        if id.is_zero() {
            return Ok(None);
        }
        let roles = ActorRoles(found.actorRoles);
        let credential = self.chain.read(self.address, &credentialOfCall { tokenId: id }).await?;
        let did = self.chain.read(self.address, &didOfCall { tokenId: id }).await?;
        Ok(Some(Member { account, id, roles, since: found.since, credential, did }))
    }

    /// Looks a member up.
    ///
    /// # Errors
    ///
    /// [`Error::NotAMember`], and the failures of [`Chain::read`].
    pub async fn member(&self, account: Address) -> Result<Member, Error> {
        self.find(account).await?.ok_or(Error::NotAMember { account })
    }

    /// Asks how often a credential's membership began, moved or ended: what an issuer signs next.
    ///
    /// # Errors
    ///
    /// The failures of [`Chain::read`].
    pub async fn nonce(&self, credential: B256) -> Result<U256, Error> {
        self.chain.read(self.address, &credentialNonceCall { credential }).await
    }

    /// Makes the call by which an issuer makes an account a member.
    #[must_use]
    pub fn issue(&self, account: Address, credential: B256, roles: ActorRoles) -> Outgoing {
        let call = issueCall { account, credential, actorRoles: roles.0 };
        Outgoing::call(self.address, &call)
    }

    /// Makes the call by which an issuer says what a member acts as.
    #[must_use]
    pub fn set_roles(&self, member: &Member, roles: ActorRoles) -> Outgoing {
        let call = setActorRolesCall { tokenId: member.id, actorRoles: roles.0 };
        Outgoing::call(self.address, &call)
    }

    /// Makes the call by which an issuer moves the membership of a lost account to another. On chain
    /// is the hash of the reason alone.
    #[must_use]
    pub fn reissue(&self, lost: Address, replacement: Address, reason: &str) -> Outgoing {
        let call = reissueCall { lost, replacement, reason: keccak256(reason) };
        Outgoing::call(self.address, &call)
    }

    /// Makes the call by which an issuer ends a membership. On chain is the hash of the reason alone.
    #[must_use]
    pub fn revoke(&self, member: &Member, reason: &str) -> Outgoing {
        let call = revokeCall { tokenId: member.id, reason: keccak256(reason) };
        Outgoing::call(self.address, &call)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_issuers_role_is_the_hash_of_its_name() {
        assert_eq!(ISSUER_ROLE, keccak256("ISSUER_ROLE"));
    }
}

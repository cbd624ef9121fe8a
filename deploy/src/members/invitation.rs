//! Decides what an issuer signs so that somebody can join, and the file that carries it.

use std::path::Path;

use alloy::{
    primitives::{Address, B256, Bytes, Signature, U256},
    sol,
    sol_types::{Eip712Domain, eip712_domain},
};
use serde::{Deserialize, Serialize};

use super::{ActorRoles, Members};
use crate::{
    Error,
    bindings::IMembership::{DOMAIN_SEPARATORCall, credentialNonceCall, hasRoleCall, joinCall},
    chain::Outgoing,
    document,
    keys::{Signer, Typed},
};

/// The EIP-712 name and version of Membership, for signing without a chain.
const DOMAIN: (&str, &str) = ("Datacoop Membership", "1");

/// The version of the file's form.
const SCHEMA: u64 = 1;

mod typed {
    //! What is signed.
    #![allow(missing_docs, reason = "the fields are those of the type hash")]

    use super::sol;

    sol! {
        #[derive(serde::Serialize)]
        struct Credential {
            address account;
            bytes32 credential;
            uint8 actorRoles;
            uint256 nonce;
            uint256 deadline;
        }
    }
}

/// What an invitation says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvitationTerms {
    /// Who may join with it.
    pub account: Address,
    /// The person's credential.
    pub credential: B256,
    /// What the member will act as.
    pub roles: ActorRoles,
    /// The credential's nonce.
    pub nonce: U256,
    /// Until when it can be used, in seconds since 1970.
    pub deadline: u64,
}

/// A signed invitation, as a file carries it to whoever is invited.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Invitation {
    schema: u64,
    /// The chain's id.
    pub chain_id: u64,
    /// The Membership contract.
    pub membership: Address,
    /// Who signed it.
    pub issuer: Address,
    /// Who may join with it.
    pub account: Address,
    /// The person's credential.
    pub credential: B256,
    /// What the member will act as: Membership's mask.
    pub actor_roles: u8,
    /// The credential's nonce, in decimal digits.
    pub nonce: String,
    /// Until when it can be used, in seconds since 1970.
    pub deadline: u64,
    /// The signature: 65 bytes, or what the issuer's contract takes (ERC-1271).
    pub signature: Bytes,
}

impl InvitationTerms {
    /// Returns the hash that the issuer signs (EIP-712).
    #[must_use]
    pub fn digest(&self, chain_id: u64, membership: Address) -> B256 {
        self.typed(chain_id, membership).digest()
    }

    fn typed(&self, chain_id: u64, membership: Address) -> Typed {
        let Self { account, credential, roles: ActorRoles(roles), nonce, deadline } = *self;
        let deadline = U256::from(deadline);
        let payload = typed::Credential { account, credential, actorRoles: roles, nonce, deadline };
        Typed::new(&payload, &domain(chain_id, membership))
    }

    /// Signs it as an issuer. No chain is asked.
    ///
    /// # Errors
    ///
    /// As [`Signer::sign_typed`].
    pub async fn sign(
        &self,
        chain_id: u64,
        membership: Address,
        issuer: &Signer,
    ) -> Result<Invitation, Error> {
        let signature = issuer.sign_typed(&self.typed(chain_id, membership)).await?;
        Ok(Invitation {
            schema: SCHEMA,
            chain_id,
            membership,
            issuer: issuer.address(),
            account: self.account,
            credential: self.credential,
            actor_roles: self.roles.0,
            nonce: self.nonce.to_string(),
            deadline: self.deadline,
            signature: signature.as_bytes().into(),
        })
    }
}

impl Invitation {
    /// Reads a file.
    ///
    /// # Errors
    ///
    /// [`Error::Io`], [`Error::MalformedFile`]: it cannot be read or is no invitation.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let invitation: Self = document::read(path, SCHEMA)?;
        if invitation.terms().is_none() {
            let reason = "its nonce is no number".to_owned();
            return Err(Error::MalformedFile { path: path.to_path_buf(), reason });
        }
        Ok(invitation)
    }

    /// Writes a file.
    ///
    /// # Errors
    ///
    /// [`Error::Io`]: it cannot be written.
    pub fn write(&self, path: &Path) -> Result<(), Error> {
        document::write(path, self)
    }

    /// Returns what was signed.
    #[must_use]
    pub fn terms(&self) -> Option<InvitationTerms> {
        Some(InvitationTerms {
            account: self.account,
            credential: self.credential,
            roles: ActorRoles(self.actor_roles),
            nonce: U256::from_str_radix(&self.nonce, 10).ok()?,
            deadline: self.deadline,
        })
    }

    /// Returns who made the signature, if it is an account's.
    fn signer(&self) -> Option<Address> {
        let digest = self.terms()?.digest(self.chain_id, self.membership);
        Signature::from_raw(&self.signature).ok()?.recover_address_from_prehash(&digest).ok()
    }

    /// Why an account cannot join with it, as far as it alone tells.
    fn fault(&self, account: Address, chain_id: u64, membership: Address) -> Option<String> {
        if self.chain_id != chain_id {
            let other = self.chain_id;
            Some(format!("it is for chain {other}, and this is chain {chain_id}"))
        } else if self.membership != membership {
            Some(format!("it is for the Membership at {}", self.membership))
        } else if self.account != account {
            Some(format!("it invites {}, and you are {account}", self.account))
        } else {
            None
        }
    }
}

impl Members {
    /// Makes the call by which an account joins with an invitation, after checking that it still
    /// can.
    ///
    /// # Errors
    ///
    /// - [`Error::Signed`]: it is for somebody else, another contract or chain, was used, is too old,
    ///   or was not signed by a present issuer.
    /// - The failures of [`Chain::read`](crate::chain::Chain::read).
    pub async fn join(
        &self,
        account: Address,
        path: &Path,
        invitation: &Invitation,
    ) -> Result<Outgoing, Error> {
        let refused = |reason| Error::Signed { path: path.to_path_buf(), reason };
        if let Some(reason) = invitation.fault(account, self.chain.id(), self.address) {
            return Err(refused(reason));
        }
        let terms = invitation.terms().ok_or_else(|| refused("it has no nonce".to_owned()))?;
        let InvitationTerms { credential, roles, nonce, deadline, .. } = terms;
        let now = self.chain.next_time().await?;
        if now > deadline {
            let until = crate::calendar::write_utc(deadline);
            return Err(refused(format!("it could be used until {until}; ask for another")));
        }
        let next = self.chain.read(self.address, &credentialNonceCall { credential }).await?;
        if nonce != next {
            return Err(refused(
                "the person's membership has begun, moved or ended since it was signed; ask for another"
                    .to_owned(),
            ));
        }
        let issuer = invitation.issuer;
        let role = super::register::ISSUER_ROLE;
        if !self.chain.read(self.address, &hasRoleCall { role, account: issuer }).await? {
            return Err(refused(format!("{issuer} is no issuer")));
        }
        // A contract decides for itself what its signatures are.
        let is_contract = !self.chain.code(issuer).await?.is_empty();
        if !is_contract && invitation.signer() != Some(issuer) {
            return Err(refused(format!("{issuer} did not sign this")));
        }
        let signature = invitation.signature.clone();
        let (ActorRoles(actor_roles), deadline) = (roles, U256::from(deadline));
        let call = joinCall { issuer, credential, actorRoles: actor_roles, deadline, signature };
        Ok(Outgoing::call(self.address, &call))
    }

    /// Checks that Membership has the domain that invitations are signed for without asking it.
    ///
    /// # Errors
    ///
    /// - [`Error::OtherDomain`]: it has another.
    /// - The failures of [`Chain::read`](crate::chain::Chain::read).
    pub async fn expect_domain(&self) -> Result<(), Error> {
        let found = self.chain.read(self.address, &DOMAIN_SEPARATORCall {}).await?;
        if domain(self.chain.id(), self.address).separator() == found {
            return Ok(());
        }
        Err(Error::OtherDomain { contract: self.address, name: DOMAIN.0 })
    }
}

fn domain(chain_id: u64, membership: Address) -> Eip712Domain {
    eip712_domain! {
        name: DOMAIN.0,
        version: DOMAIN.1,
        chain_id: chain_id,
        verifying_contract: membership,
    }
}

#[cfg(test)]
mod tests {
    use alloy::sol_types::SolStruct;

    use super::*;
    use crate::keys::{dev_account, testing::wait};

    const CHAIN: u64 = 31_337;
    const MEMBERSHIP: Address = Address::repeat_byte(7);

    fn terms() -> InvitationTerms {
        InvitationTerms {
            account: Address::repeat_byte(3),
            credential: B256::repeat_byte(4),
            roles: ActorRoles(1),
            nonce: U256::ZERO,
            deadline: 2_000_000_000,
        }
    }

    fn invitation() -> Invitation {
        wait(terms().sign(CHAIN, MEMBERSHIP, &dev_account(1).unwrap().into())).unwrap()
    }

    #[test]
    fn the_type_is_the_contracts() {
        let text = "Credential(address account,bytes32 credential,uint8 actorRoles,uint256 nonce,uint256 deadline)";
        assert_eq!(typed::Credential::eip712_encode_type(), text);
    }

    #[test]
    fn an_invitation_is_read_as_it_was_written_and_names_its_signer() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("invitation.json");
        invitation().write(&path).unwrap();
        let read = Invitation::read(&path).unwrap();
        assert_eq!(read, invitation());
        assert_eq!(read.terms(), Some(terms()));
        assert_eq!(read.signer(), Some(read.issuer));
        assert_eq!(read.fault(terms().account, CHAIN, MEMBERSHIP), None);
    }

    #[test]
    fn an_invitation_that_was_changed_names_another_signer() {
        let good = invitation();
        let changed = [
            Invitation { account: Address::ZERO, ..good.clone() },
            Invitation { credential: B256::ZERO, ..good.clone() },
            Invitation { actor_roles: 16, ..good.clone() },
            Invitation { nonce: "1".to_owned(), ..good.clone() },
            Invitation { deadline: good.deadline + 1, ..good.clone() },
            Invitation { chain_id: 1, ..good.clone() },
            Invitation { membership: Address::ZERO, ..good.clone() },
        ];
        for changed in changed {
            assert_ne!(changed.signer(), Some(good.issuer), "{changed:?}");
        }
    }

    #[test]
    fn an_invitation_is_for_one_account_contract_and_chain() {
        let good = invitation();
        let fault = |account, chain, membership| good.fault(account, chain, membership).unwrap();
        assert!(fault(Address::ZERO, CHAIN, MEMBERSHIP).contains("and you are"));
        assert!(fault(good.account, 1, MEMBERSHIP).contains("for chain 31337"));
        assert!(fault(good.account, CHAIN, Address::ZERO).contains("for the Membership at"));
    }

    #[test]
    fn a_file_that_is_no_invitation_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("invitation.json");
        let good = serde_json::to_value(invitation()).unwrap();
        for (field, value) in [
            ("schema", serde_json::json!(2)),
            ("nonce", "x".into()),
            ("account", "alice".into()),
            ("actorRoles", 256.into()),
            ("more", 1.into()),
        ] {
            let mut document = good.clone();
            document[field] = value;
            std::fs::write(&path, document.to_string()).unwrap();
            let read = Invitation::read(&path);
            assert!(matches!(read, Err(Error::MalformedFile { .. })), "{field}");
        }
    }
}

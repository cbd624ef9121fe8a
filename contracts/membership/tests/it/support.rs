//! Decides what the tests start from: a membership on a chain, its issuers, and people.

use std::ops::Deref;

use alloy_primitives::{Address, B256, U256, address, keccak256};
use alloy_sol_types::{Eip712Domain, SolEvent, SolStruct, SolValue, eip712_domain, sol};
use datacoop_kit::testing::{Chain, Log, START, Signer, Subject};
use membership::{
    IMembership::{
        balanceOfCall, credentialNonceCall, grantRoleCall, issueCall, joinCall, membershipOfCall,
        membershipOfReturn, ownerOfCall,
    },
    ISSUER_ROLE, program,
};

/// Where the membership is.
pub(crate) const MEMBERSHIP: Address = address!("00000000000000000000000000000000da7a0003");
/// Holds the admin role.
pub(crate) const ADMIN: Address = address!("00000000000000000000000000000000000000ad");
/// Holds no role, and is no member.
pub(crate) const MALLORY: Address = address!("00000000000000000000000000000000000000bb");

/// The base URI that the tests start with.
pub(crate) const BASE: &str = "https://coop.example/member/";

/// What a patient acts as.
pub(crate) const PATIENT: u8 = 1;
/// What a researcher acts as.
pub(crate) const RESEARCHER: u8 = 1 << 4;

sol! {
    struct Credential {
        address account;
        bytes32 credential;
        uint8 actorRoles;
        uint256 nonce;
        uint256 deadline;
    }
}

pub(crate) fn alice() -> Signer {
    Signer::new(1)
}

pub(crate) fn bob() -> Signer {
    Signer::new(2)
}

/// Holds the issuer role.
pub(crate) fn issuer() -> Signer {
    Signer::new(9)
}

/// The credential with a number.
pub(crate) fn credential(number: u64) -> B256 {
    keccak256(number.to_be_bytes())
}

/// The hash of a reason.
pub(crate) fn reason() -> B256 {
    keccak256("key lost")
}

/// The domain that signatures are bound to, on a chain and at a contract.
pub(crate) const fn domain(chain_id: u64, contract: Address) -> Eip712Domain {
    eip712_domain! {
        name: "Datacoop Membership",
        version: "1",
        chain_id: chain_id,
        verifying_contract: contract,
    }
}

/// The call by which the account of a credential joins, signed for a domain.
pub(crate) fn signed_for(by: &Signer, credential: &Credential, domain: &Eip712Domain) -> joinCall {
    let (v, r, s) = by.sign(credential.eip712_signing_hash(domain));
    joinCall {
        issuer: by.address(),
        credential: credential.credential,
        actorRoles: credential.actorRoles,
        deadline: credential.deadline,
        signature: [r.as_slice(), s.as_slice(), &[v]].concat().into(),
    }
}

/// The call by which the account of a credential joins.
pub(crate) fn signed(by: &Signer, credential: &Credential) -> joinCall {
    signed_for(by, credential, &domain(Chain::ID, MEMBERSHIP))
}

/// What an issuer signs for an account with the first credential, for its first membership.
pub(crate) fn invitation(account: Address) -> Credential {
    Credential {
        account,
        credential: credential(1),
        actorRoles: PATIENT,
        nonce: U256::ZERO,
        deadline: U256::from(START),
    }
}

/// A membership on a chain.
pub(crate) struct Members {
    subject: Subject,
}

impl Deref for Members {
    type Target = Subject;

    fn deref(&self) -> &Subject {
        &self.subject
    }
}

impl Members {
    /// A membership with one issuer and nobody in it.
    pub(crate) fn new() -> Self {
        let chain = Chain::new();
        let args = (ADMIN, BASE.to_owned()).abi_encode_params();
        chain.deploy(ADMIN, MEMBERSHIP, program, &args).expect("the membership is constructed");
        let members = Self { subject: Subject::new(chain, MEMBERSHIP) };
        members.ok(ADMIN, &grantRoleCall { role: ISSUER_ROLE, account: issuer().address() });
        let _ = members.chain.take_logs();
        members
    }

    /// A membership with alice in it, by the first credential, as a patient: id 1.
    pub(crate) fn with_alice() -> Self {
        let members = Self::new();
        members.issue(alice().address(), 1, PATIENT);
        members
    }

    /// Makes an account a member by the credential with a number, and returns its id.
    #[track_caller]
    pub(crate) fn issue(&self, account: Address, number: u64, actorRoles: u8) -> U256 {
        let call = issueCall { account, credential: credential(number), actorRoles };
        let id = self.ok(issuer().address(), &call);
        let _ = self.chain.take_logs();
        id
    }

    pub(crate) fn is_member(&self, account: Address) -> bool {
        let balance = self.ok(MALLORY, &balanceOfCall { owner: account });
        assert!(balance <= U256::ONE);
        balance == U256::ONE
    }

    pub(crate) fn of(&self, account: Address) -> membershipOfReturn {
        self.ok(MALLORY, &membershipOfCall { account })
    }

    pub(crate) fn owner(&self, id: u64) -> Address {
        self.ok(MALLORY, &ownerOfCall { tokenId: U256::from(id) })
    }

    pub(crate) fn nonce(&self, number: u64) -> U256 {
        self.ok(MALLORY, &credentialNonceCall { credential: credential(number) })
    }
}

/// The log of an event.
pub(crate) fn log<E: SolEvent>(event: &E) -> Log {
    Log::of(MEMBERSHIP, event)
}

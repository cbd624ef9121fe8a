//! Decides what the tests start from: the registry and the membership on a chain, and people.

use std::ops::Deref;

use alloy_primitives::{Address, B256, U256, address, keccak256};
use alloy_sol_types::{Eip712Domain, SolCall, SolEvent, SolStruct, SolValue, eip712_domain, sol};
use consent_registry::IConsentRegistry::{
    Scope, amendBySigCall, amendCall, consentCall, consentReturn, consentsOfCall,
    coveringConsentCall, coversCall, grantBySigCall, grantCall, noncesCall, revokeBySigCall,
};
use datacoop_kit::testing::{Chain, Log, START, Signer, Subject};
use membership::{
    IMembership::{grantRoleCall, issueCall},
    ISSUER_ROLE,
};

/// Where the membership is.
pub(crate) const MEMBERSHIP: Address = address!("00000000000000000000000000000000da7a0003");
/// Where the registry is.
pub(crate) const REGISTRY: Address = address!("00000000000000000000000000000000da7a0004");
/// Issues memberships.
pub(crate) const ISSUER: Address = address!("00000000000000000000000000000000000000ad");
/// A member and practitioner.
pub(crate) const DOCTOR: Address = address!("00000000000000000000000000000000000000d0");
/// No member.
pub(crate) const MALLORY: Address = address!("00000000000000000000000000000000000000bb");

/// Bits of data classes.
pub(crate) const GENOMIC: u8 = 1;
pub(crate) const CLINICAL: u8 = 1 << 1;
/// Bits of purposes.
pub(crate) const ACADEMIC: u8 = 1;
pub(crate) const COMMERCIAL: u8 = 1 << 2;
/// Numbers of actor roles.
pub(crate) const PATIENT: u8 = 0;
pub(crate) const PRACTITIONER: u8 = 1;
pub(crate) const RESEARCHER: u8 = 4;

sol! {
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

    struct Revoke {
        uint256 consentId;
        uint256 nonce;
        uint256 deadline;
    }
}

/// A member and patient: the subject of most consents.
pub(crate) fn alice() -> Signer {
    Signer::new(1)
}

/// A member and researcher: the grantee of most consents.
pub(crate) fn bob() -> Signer {
    Signer::new(2)
}

/// The domain that signatures are bound to, on a chain and at a contract.
pub(crate) const fn domain(chain_id: u64, contract: Address) -> Eip712Domain {
    eip712_domain! {
        name: "Datacoop Consent",
        version: "1",
        chain_id: chain_id,
        verifying_contract: contract,
    }
}

/// Bob may use genomic and clinical data for academic research, for a thousand seconds.
pub(crate) fn scope() -> Scope {
    Scope {
        dataClasses: GENOMIC | CLINICAL,
        purposes: ACADEMIC,
        granteeKind: 0,
        account: bob().address(),
        actorRole: 0,
        expiry: START + 1_000,
        terms: keccak256("terms"),
    }
}

/// Everybody with an actor role may.
pub(crate) fn for_role(actorRole: u8) -> Scope {
    Scope { granteeKind: 1, account: Address::ZERO, actorRole, ..scope() }
}

/// Anyone vetted may.
pub(crate) fn for_anyone() -> Scope {
    Scope { granteeKind: 2, account: Address::ZERO, ..scope() }
}

/// The call that gives a consent.
pub(crate) const fn grant(scope: &Scope) -> grantCall {
    let Scope { dataClasses, purposes, granteeKind, account, actorRole, expiry, terms } = *scope;
    grantCall { dataClasses, purposes, granteeKind, account, actorRole, expiry, terms }
}

/// The call that replaces a consent.
pub(crate) fn amend(id: u64, scope: &Scope) -> amendCall {
    let Scope { dataClasses, purposes, granteeKind, account, actorRole, expiry, terms } = *scope;
    let consentId = U256::from(id);
    amendCall { consentId, dataClasses, purposes, granteeKind, account, actorRole, expiry, terms }
}

/// The signature of a struct, as bytes.
pub(crate) fn sign(by: &Signer, message: &impl SolStruct, domain: &Eip712Domain) -> Vec<u8> {
    let (v, r, s) = by.sign(message.eip712_signing_hash(domain));
    [r.as_slice(), s.as_slice(), &[v]].concat()
}

/// The domain of the registry under test.
pub(crate) const fn here() -> Eip712Domain {
    domain(Chain::ID, REGISTRY)
}

/// The call that gives a consent of alice's, signed for a domain at a nonce, until [`START`].
pub(crate) fn signed_grant(
    by: &Signer,
    scope: &Scope,
    nonce: u64,
    domain: &Eip712Domain,
) -> grantBySigCall {
    let Scope { dataClasses, purposes, granteeKind, account, actorRole, expiry, terms } = *scope;
    let (subject, deadline) = (alice().address(), U256::from(START));
    let nonce = U256::from(nonce);
    let message = Grant {
        subject,
        dataClasses,
        purposes,
        granteeKind,
        account,
        actorRole,
        expiry,
        terms,
        nonce,
        deadline,
    };
    let signature = sign(by, &message, domain).into();
    grantBySigCall {
        subject,
        dataClasses,
        purposes,
        granteeKind,
        account,
        actorRole,
        expiry,
        terms,
        deadline,
        signature,
    }
}

/// The call that replaces a version of the first consent, signed at a nonce, until [`START`].
pub(crate) fn signed_amend(by: &Signer, version: u64, scope: &Scope, nonce: u64) -> amendBySigCall {
    let Scope { dataClasses, purposes, granteeKind, account, actorRole, expiry, terms } = *scope;
    let (consentId, deadline) = (U256::ONE, U256::from(START));
    let nonce = U256::from(nonce);
    let message = Amend {
        consentId,
        version,
        dataClasses,
        purposes,
        granteeKind,
        account,
        actorRole,
        expiry,
        terms,
        nonce,
        deadline,
    };
    let signature = sign(by, &message, &here()).into();
    amendBySigCall {
        consentId,
        dataClasses,
        purposes,
        granteeKind,
        account,
        actorRole,
        expiry,
        terms,
        deadline,
        signature,
    }
}

/// The call that ends the first consent, signed at a nonce, until [`START`].
pub(crate) fn signed_revoke(by: &Signer, nonce: u64) -> revokeBySigCall {
    let (consentId, deadline) = (U256::ONE, U256::from(START));
    let message = Revoke { consentId, nonce: U256::from(nonce), deadline };
    revokeBySigCall { consentId, deadline, signature: sign(by, &message, &here()).into() }
}

/// The registry and the membership on a chain.
pub(crate) struct Registry {
    subject: Subject,
}

impl Deref for Registry {
    type Target = Subject;

    fn deref(&self) -> &Subject {
        &self.subject
    }
}

impl Registry {
    /// A registry without consents, where alice, bob and the doctor are members.
    pub(crate) fn new() -> Self {
        let chain = Chain::new();
        let args = (ISSUER, String::new()).abi_encode_params();
        chain.deploy(ISSUER, MEMBERSHIP, membership::program, &args).expect("the membership");
        let args = (MEMBERSHIP,).abi_encode_params();
        chain.deploy(ISSUER, REGISTRY, consent_registry::program, &args).expect("the registry");
        let registry = Self { subject: Subject::new(chain, REGISTRY) };
        registry.member(&grantRoleCall { role: ISSUER_ROLE, account: ISSUER });
        let people =
            [(alice().address(), PATIENT), (bob().address(), RESEARCHER), (DOCTOR, PRACTITIONER)];
        for (account, role) in people {
            registry.enrol(account, 1 << role);
        }
        let _ = registry.chain.take_logs();
        registry
    }

    /// The same, where alice has given the first consent: [`scope`].
    pub(crate) fn with_consent() -> Self {
        let registry = Self::new();
        registry.ok(alice().address(), &grant(&scope()));
        let _ = registry.chain.take_logs();
        registry
    }

    /// Makes an account a member, by a credential of its own.
    pub(crate) fn enrol(&self, account: Address, actorRoles: u8) {
        self.member(&issueCall { account, credential: keccak256(account), actorRoles });
    }

    /// Calls the membership as its issuer, and it agrees.
    #[track_caller]
    pub(crate) fn member<C: SolCall>(&self, call: &C) -> C::Return {
        self.chain.send(ISSUER, MEMBERSHIP, call).expect("the membership agrees")
    }

    /// Whether a use of alice's data, of a class for a purpose by number, is covered.
    pub(crate) fn covers(&self, dataClass: u8, purpose: u8, grantee: Address) -> bool {
        let subject = alice().address();
        let call = coversCall { subject, dataClass, purpose, grantee };
        let covered = self.ok(MALLORY, &call);
        let call = coveringConsentCall { subject, dataClass, purpose, grantee };
        assert_eq!(self.ok(MALLORY, &call) != U256::ZERO, covered);
        covered
    }

    /// Whether bob may use alice's genomic data for academic research.
    pub(crate) fn covers_bob(&self) -> bool {
        self.covers(0, 0, bob().address())
    }

    pub(crate) fn consent(&self, id: u64) -> consentReturn {
        self.ok(MALLORY, &consentCall { consentId: U256::from(id) })
    }

    /// The ids of alice's live consents.
    pub(crate) fn ids(&self) -> Vec<u64> {
        let ids = self.ok(MALLORY, &consentsOfCall { subject: alice().address() });
        ids.into_iter().map(|id| id.to()).collect()
    }

    /// What alice signs next.
    pub(crate) fn nonce(&self) -> u64 {
        self.ok(MALLORY, &noncesCall { owner: alice().address() }).to()
    }
}

/// The log of an event.
pub(crate) fn log<E: SolEvent>(event: &E) -> Log {
    Log::of(REGISTRY, event)
}

/// The receipt of a change, by a second implementation.
pub(crate) fn receipt(
    (consentId, version, action): (u64, u64, u8),
    scope: &Scope,
    at: u64,
    previous: B256,
) -> B256 {
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
    let Scope { dataClasses, purposes, granteeKind, account, actorRole, expiry, terms } = *scope;
    let (consentId, subject) = (U256::from(consentId), alice().address());
    let receipt = Receipt {
        consentId,
        version,
        action,
        subject,
        dataClasses,
        purposes,
        granteeKind,
        account,
        actorRole,
        expiry,
        terms,
        at,
        previous,
    };
    receipt.eip712_signing_hash(&here())
}

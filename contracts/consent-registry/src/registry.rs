//! Decides what the registry is: who may change a consent, where its storage lies, and which function
//! of the interface runs what.

#![allow(clippy::too_many_arguments, reason = "`sol!` makes a function of all fields of an event")]

use alloy_primitives::B256;
use alloy_sol_types::{sol, sol_data};
use datacoop_kit::{
    Account, Result, Revert, Uint, contract,
    dynamic::List,
    eip712::{Eip712, hash_of},
    event::emit,
    host, layout,
    nonces::{Nonces, NoncesStorage},
    output, routes, signature_checker,
    word::Word,
};
use stylus_sdk::host::VM;

use crate::{
    ledger::{Consent, GRANTED, LedgerStorage, REVOKED, Use},
    members,
    receipt::Action,
    scope::{Bits, Scope},
};

sol!("IConsentRegistry.sol");

use IConsentRegistry::{
    ConsentAmended, ConsentGranted, ConsentInvalidMembership, ConsentInvalidSignature,
    ConsentNotCovered, ConsentRevoked, ConsentSignatureExpired, ConsentSignaturesVoided,
    ConsentSubjectNotMember, ConsentUnauthorizedSubject,
};

/// The type of what a subject signs to give a consent.
const GRANT_TYPEHASH: B256 = hash_of(
    "Grant(address subject,uint8 dataClasses,uint8 purposes,uint8 granteeKind,address account,\
     uint8 actorRole,uint64 expiry,bytes32 terms,uint256 nonce,uint256 deadline)",
);

/// The type of what a subject signs to replace the given version of a consent.
const AMEND_TYPEHASH: B256 = hash_of(
    "Amend(uint256 consentId,uint64 version,uint8 dataClasses,uint8 purposes,uint8 granteeKind,\
     address account,uint8 actorRole,uint64 expiry,bytes32 terms,uint256 nonce,uint256 deadline)",
);

/// The type of what a subject signs to end a consent.
const REVOKE_TYPEHASH: B256 = hash_of("Revoke(uint256 consentId,uint256 nonce,uint256 deadline)");

// The layout: append only, never reorder. `layout.txt` is its snapshot.

const MEMBERS: MembersStorage = MembersStorage::at(0);

impl Nonces for ConsentRegistry {
    const NONCES: NoncesStorage = NoncesStorage::at(1);
}

const LEDGER: LedgerStorage = LedgerStorage::at(2);

layout! {
    /// The storage of what is fixed for ever.
    pub struct MembersStorage {
        /// The Membership contract. Written by the constructor.
        membership: Slot<Account>,
    }
}

impl Eip712 for ConsentRegistry {
    const NAME: &'static str = "Datacoop Consent";
    const VERSION: &'static str = "1";
}

/// A scope as it is given: the arguments in their order.
type ScopeArgs<'a> = (u8, u8, u8, &'a Account, u8, u64, &'a B256);

impl From<ScopeArgs<'_>> for Scope {
    fn from(args: ScopeArgs<'_>) -> Self {
        let (data_classes, purposes, grantee_kind, account, actor_role, expiry, terms) = args;
        let bits = Bits { data_classes, purposes, grantee_kind, actor_role };
        Self { bits, account: *account, expiry, terms: *terms }
    }
}

/// The registry.
#[derive(Debug)]
pub struct ConsentRegistry {
    vm: VM,
}

impl ConsentRegistry {
    /// Makes the registry.
    ///
    /// # Errors
    ///
    /// `ConsentInvalidMembership` when that is not a contract.
    fn construct(&mut self, membership: &Account) -> Result<()> {
        if !host::is_contract(&self.vm, membership) {
            return Err(Revert::new::<ConsentInvalidMembership>((membership,)));
        }
        MEMBERS.membership.set(&mut self.vm, membership);
        Ok(())
    }

    /// Gives a consent of `subject`, who said so, and returns its id.
    fn grant(&mut self, subject: &Account, scope: Scope) -> Result<Uint> {
        let at = self.admit(subject, &scope)?;
        let id = LEDGER.next_id(&mut self.vm);
        let mut consent = Consent {
            subject: *subject,
            version: 1,
            status: GRANTED,
            scope,
            at,
            receipt: B256::ZERO,
        };
        consent.receipt = self.receipt(&id, Action::Grant, &consent);
        LEDGER.write(&mut self.vm, &id, &consent)?;
        let topics = (&id, subject, &consent.receipt);
        emit::<ConsentGranted>(&mut self.vm, topics, (scope, at));
        Ok(id)
    }

    /// Replaces a live consent by its next version, as its subject said.
    fn amend(&mut self, id: &Uint, old: &Consent, scope: Scope) -> Result<()> {
        let at = self.admit(&old.subject, &scope)?;
        let new = self.change(id, Action::Amend, Consent { scope, at, ..*old })?;
        let topics = (id, &old.subject, &new.receipt);
        let data = (new.version, old.scope, scope, at, &old.receipt);
        emit::<ConsentAmended>(&mut self.vm, topics, data);
        Ok(())
    }

    /// Ends a live consent, as its subject said.
    fn revoke(&mut self, id: &Uint, old: &Consent) -> Result<()> {
        let at = host::timestamp(&self.vm);
        let new = self.change(id, Action::Revoke, Consent { status: REVOKED, at, ..*old })?;
        let topics = (id, &old.subject, &new.receipt);
        let data = (new.version, old.scope, at, &old.receipt);
        emit::<ConsentRevoked>(&mut self.vm, topics, data);
        Ok(())
    }

    /// Writes the next version of a consent, whose receipt follows the one in `consent`.
    fn change(&mut self, id: &Uint, action: Action, mut consent: Consent) -> Result<Consent> {
        // Each version was made by a transaction.
        consent.version = consent.version.wrapping_add(1);
        consent.receipt = self.receipt(id, action, &consent);
        LEDGER.write(&mut self.vm, id, &consent)?;
        Ok(consent)
    }

    /// Requires that a subject can give a consent for a scope, and returns the time.
    fn admit(&self, subject: &Account, scope: &Scope) -> Result<u64> {
        let now = host::timestamp(&self.vm);
        scope.check(now)?;
        if members::standing(&self.vm, &self.membership(), subject).is_none() {
            return Err(Revert::new::<ConsentSubjectNotMember>((subject,)));
        }
        Ok(now)
    }

    /// Returns a live consent of the caller.
    fn own(&self, id: &Uint) -> Result<Consent> {
        let consent = LEDGER.live_consent(&self.vm, id)?;
        let caller = host::sender(&self.vm);
        if caller != consent.subject {
            let parties = (&caller, &consent.subject);
            return Err(Revert::new::<ConsentUnauthorizedSubject>(parties));
        }
        Ok(consent)
    }

    /// Requires that `subject` signed the struct that the output holds from `start` on, less its
    /// last two fields: the nonce, which this uses, and the deadline.
    fn authorize(
        &mut self,
        subject: &Account,
        start: usize,
        deadline: &Uint,
        signature: &[u8],
    ) -> Result<()> {
        let is_late = deadline.to_u64() < host::timestamp(&self.vm);
        let nonce = self.use_nonce(subject);
        output::push(nonce.word());
        output::push(deadline.word());
        let struct_hash = host::hash_output(&self.vm, start);
        if is_late {
            return Err(Revert::new::<ConsentSignatureExpired>((deadline,)));
        }
        let digest = self.typed_data_hash(&struct_hash);
        if !signature_checker::is_valid(&self.vm, subject, &digest, signature) {
            return Err(Revert::new::<ConsentInvalidSignature>((subject,)));
        }
        Ok(())
    }

    /// Gives a consent that its subject signed.
    fn grant_by_sig(
        &mut self,
        subject: &Account,
        scope: Scope,
        deadline: &Uint,
        signature: &[u8],
    ) -> Result<Uint> {
        let start = output::len();
        output::push_constant(GRANT_TYPEHASH);
        output::push(subject.word());
        scope.push();
        self.authorize(subject, start, deadline, signature)?;
        self.grant(subject, scope)
    }

    /// Replaces a consent, as its subject signed.
    fn amend_by_sig(
        &mut self,
        id: &Uint,
        scope: Scope,
        deadline: &Uint,
        signature: &[u8],
    ) -> Result<()> {
        let old = LEDGER.live_consent(&self.vm, id)?;
        let start = output::len();
        output::push_constant(AMEND_TYPEHASH);
        output::push(id.word());
        output::push_number(old.version);
        scope.push();
        self.authorize(&old.subject, start, deadline, signature)?;
        self.amend(id, &old, scope)
    }

    /// Ends a consent, as its subject signed.
    fn revoke_by_sig(&mut self, id: &Uint, deadline: &Uint, signature: &[u8]) -> Result<()> {
        let old = LEDGER.live_consent(&self.vm, id)?;
        let start = output::len();
        output::push_constant(REVOKE_TYPEHASH);
        output::push(id.word());
        self.authorize(&old.subject, start, deadline, signature)?;
        self.revoke(id, &old)
    }

    /// Voids what the caller has signed.
    fn void_signatures(&mut self) {
        let caller = host::sender(&self.vm);
        let old = self.use_nonce(&caller);
        let new = self.nonces(&caller);
        emit::<ConsentSignaturesVoided>(&mut self.vm, (&caller,), (&old, &new));
    }

    /// Returns a consent that covers a use at this moment, or zero.
    fn covering(&self, asked: &Use<'_>) -> u64 {
        LEDGER.covering(&self.vm, &self.membership(), asked)
    }

    /// Requires that a use is covered at this moment.
    fn require_covers(&self, asked: &Use<'_>) -> Result<()> {
        if self.covering(asked) == 0 {
            let Use { subject, data_class, purpose, grantee } = *asked;
            let values = (subject, data_class, purpose, grantee);
            return Err(Revert::new::<ConsentNotCovered>(values));
        }
        Ok(())
    }

    /// Returns the Membership contract.
    fn membership(&self) -> Account {
        MEMBERS.membership.get(&self.vm)
    }
}

contract!(ConsentRegistry);

routes! {
    ConsentRegistry as IConsentRegistry (IConsentRegistryCalls);

    constructor(sol_data::Address) => |registry, (membership,)| registry.construct(membership);

    reads {
        coversCall => |registry, (subject, data_class, purpose, grantee)| {
            registry.covering(&Use { subject, data_class, purpose, grantee }) != 0
        };
        coveringConsentCall => |registry, (subject, data_class, purpose, grantee)| {
            registry.covering(&Use { subject, data_class, purpose, grantee })
        };
        consentCall => |registry, (id,)| {
            let consent = LEDGER.consent(&registry.vm, id);
            let Consent { subject, version, status, scope, at, receipt } = consent;
            (subject, version, status, scope, at, receipt)
        };
        consentsOfCall => |registry, (subject,)| {
            let (ids, count) = LEDGER.ids(&registry.vm, subject);
            List(ids.into_iter().take(count))
        };
        membershipCall => |registry, ()| registry.membership();
        noncesCall => |registry, (owner,)| registry.nonces(owner);
        DOMAIN_SEPARATORCall => |registry, ()| registry.domain_separator();
        eip712DomainCall => |registry, ()| registry.eip712_domain();
    }

    views {
        requireCoversCall => |registry, (subject, data_class, purpose, grantee)| {
            registry.require_covers(&Use { subject, data_class, purpose, grantee })
        };
    }

    acts {
        grantCall => |registry, scope: ScopeArgs<'_>| {
            let subject = host::sender(&registry.vm);
            registry.grant(&subject, scope.into())
        };
        amendCall => |registry, (id, classes, purposes, kind, account, role, expiry, terms)| {
            let old = registry.own(id)?;
            let scope = (classes, purposes, kind, account, role, expiry, terms);
            registry.amend(id, &old, scope.into())
        };
        revokeCall => |registry, (id,)| {
            let old = registry.own(id)?;
            registry.revoke(id, &old)
        };
        grantBySigCall => |registry, args| {
            let (subject, classes, purposes, kind, account, role, expiry, terms, until, signature) =
                args;
            let scope = (classes, purposes, kind, account, role, expiry, terms);
            registry.grant_by_sig(subject, scope.into(), until, signature)
        };
        amendBySigCall => |registry, args| {
            let (id, classes, purposes, kind, account, role, expiry, terms, until, signature) =
                args;
            let scope = (classes, purposes, kind, account, role, expiry, terms);
            registry.amend_by_sig(id, scope.into(), until, signature)
        };
        revokeBySigCall => |registry, (id, deadline, signature)| {
            registry.revoke_by_sig(id, deadline, signature)
        };
        voidSignaturesCall => |registry, ()| {
            registry.void_signatures();
            Ok(())
        };
    }
}

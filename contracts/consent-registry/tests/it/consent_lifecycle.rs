//! Granting, amending and revoking in person, and the receipts.

use alloy_primitives::{Address, B256, U256, keccak256};
use alloy_sol_types::SolValue;
use consent_registry::{
    IConsentRegistry::{
        ConsentAmended, ConsentGranted, ConsentNotLive, ConsentRevoked, ConsentSubjectNotMember,
        ConsentTooMany, ConsentUnauthorizedSubject, Scope, revokeCall,
    },
    ledger::MAX_LIVE,
};
use datacoop_kit::testing::START;
use membership::IMembership::leaveCall;

use crate::support::{
    COMMERCIAL, DOCTOR, ISSUER, MALLORY, MEMBERSHIP, REGISTRY, Registry, alice, amend, bob,
    for_anyone, for_role, grant, log, receipt, scope,
};

fn revoke(id: u64) -> revokeCall {
    revokeCall { consentId: U256::from(id) }
}

#[test]
fn every_change_has_a_receipt_that_the_document_gives_again() {
    let registry = Registry::new();
    let (subject, consentId) = (alice().address(), U256::ONE);
    let first = receipt((1, 1, 1), &scope(), START, B256::ZERO);
    assert_eq!(registry.ok(subject, &grant(&scope())), consentId);
    registry.emitted(&[log(&ConsentGranted {
        consentId,
        subject,
        receipt: first,
        scope: scope(),
        at: START,
    })]);

    registry.chain.set_time(START + 10);
    let wider = Scope { purposes: COMMERCIAL, expiry: START + 5_000, ..for_role(4) };
    let second = receipt((1, 2, 2), &wider, START + 10, first);
    registry.ok(subject, &amend(1, &wider));
    registry.emitted(&[log(&ConsentAmended {
        consentId,
        subject,
        receipt: second,
        version: 2,
        oldScope: scope(),
        newScope: wider.clone(),
        at: START + 10,
        oldReceipt: first,
    })]);
    let found = registry.consent(1);
    assert_eq!((found.subject, found.version, found.status, found.at), (subject, 2, 1, START + 10));
    assert_eq!((found.scope.abi_encode(), found.receipt), (wider.abi_encode(), second));

    registry.chain.set_time(START + 20);
    let third = receipt((1, 3, 3), &wider, START + 20, second);
    registry.ok(subject, &revoke(1));
    registry.emitted(&[log(&ConsentRevoked {
        consentId,
        subject,
        receipt: third,
        version: 3,
        oldScope: wider.clone(),
        at: START + 20,
        oldReceipt: second,
    })]);
    let found = registry.consent(1);
    assert_eq!((found.subject, found.version, found.status, found.at), (subject, 3, 2, START + 20));
    assert_eq!((found.scope.abi_encode(), found.receipt), (wider.abi_encode(), third));
    assert!(registry.ids().is_empty());
}

#[test]
fn the_type_of_a_receipt_is_the_one_that_is_told() {
    let fields = "uint256 consentId,uint64 version,uint8 action,address subject,uint8 dataClasses,\
                  uint8 purposes,uint8 granteeKind,address account,uint8 actorRole,uint64 expiry,\
                  bytes32 terms,uint64 at,bytes32 previous";
    assert_eq!(consent_registry::receipt::RECEIPT_TYPE, format!("Receipt({fields})"));
}

#[test]
fn a_change_in_any_field_changes_the_receipt() {
    let base = receipt((1, 1, 1), &scope(), START, B256::ZERO);
    let scopes = [
        Scope { dataClasses: 1, ..scope() },
        Scope { purposes: 2, ..scope() },
        Scope { account: DOCTOR, ..scope() },
        Scope { expiry: START + 999, ..scope() },
        Scope { terms: keccak256("other terms"), ..scope() },
        for_anyone(),
        for_role(4),
    ];
    for other in scopes {
        let registry = Registry::new();
        registry.ok(alice().address(), &grant(&other));
        let found = registry.consent(1).receipt;
        assert_ne!(found, base);
        assert_eq!(found, receipt((1, 1, 1), &other, START, B256::ZERO));
    }
    // The same consent again is another one: it has another id.
    let registry = Registry::with_consent();
    registry.ok(alice().address(), &grant(&scope()));
    assert_ne!(registry.consent(2).receipt, base);
}

#[test]
fn only_the_subject_changes_a_consent() {
    let registry = Registry::with_consent();
    let subject = alice().address();
    for caller in [bob().address(), DOCTOR, MALLORY, ISSUER, MEMBERSHIP, REGISTRY, Address::ZERO] {
        let error = ConsentUnauthorizedSubject { caller, subject };
        registry.fails(caller, &amend(1, &scope()), &error);
        registry.fails(caller, &revoke(1), &error);
    }
    assert_eq!(registry.consent(1).version, 1);
}

#[test]
fn a_consent_that_is_not_live_is_not_changed() {
    fn refused(registry: &Registry, id: u64) {
        let error = ConsentNotLive { consentId: U256::from(id) };
        for caller in [alice().address(), MALLORY] {
            registry.fails(caller, &amend(id, &scope()), &error);
            registry.fails(caller, &revoke(id), &error);
        }
    }
    let registry = Registry::with_consent();
    refused(&registry, 0);
    refused(&registry, 2);
    registry.ok(alice().address(), &revoke(1));
    let _ = registry.chain.take_logs();
    refused(&registry, 1);
    let registry = Registry::with_consent();
    registry.chain.set_time(scope().expiry + 1);
    refused(&registry, 1);
    let registry = Registry::with_consent();
    registry.chain.set_time(scope().expiry);
    registry.ok(alice().address(), &revoke(1));
}

#[test]
fn an_id_beyond_64_bits_is_none() {
    let registry = Registry::with_consent();
    let consentId = (U256::ONE << 64) + U256::ONE;
    registry.fails(alice().address(), &revokeCall { consentId }, &ConsentNotLive { consentId });
    assert!(registry.covers_bob());
}

#[test]
fn only_members_consent_and_who_left_still_revokes() {
    let registry = Registry::with_consent();
    let error = ConsentSubjectNotMember { subject: MALLORY };
    registry.fails(MALLORY, &grant(&scope()), &error);
    let subject = alice().address();
    registry.chain.send(subject, MEMBERSHIP, &leaveCall {}).expect("alice leaves");
    let _ = registry.chain.take_logs();
    let error = ConsentSubjectNotMember { subject };
    registry.fails(subject, &grant(&scope()), &error);
    registry.fails(subject, &amend(1, &scope()), &error);
    registry.ok(subject, &revoke(1));
    assert!(registry.ids().is_empty());
}

#[test]
fn a_subject_has_32_live_consents_and_no_more() {
    let registry = Registry::new();
    let subject = alice().address();
    assert_eq!(MAX_LIVE, 32);
    for _ in 0..MAX_LIVE {
        registry.ok(subject, &grant(&scope()));
    }
    assert_eq!(registry.ids(), (1..=32).collect::<Vec<_>>());
    let _ = registry.chain.take_logs();
    let error = ConsentTooMany { subject, maximum: U256::from(MAX_LIVE) };
    registry.fails(subject, &grant(&scope()), &error);
    // Others are not in the way, amending needs no room, and revoking makes some.
    registry.ok(bob().address(), &grant(&scope()));
    registry.ok(subject, &amend(32, &for_anyone()));
    registry.ok(subject, &revoke(7));
    assert_eq!(registry.ok(subject, &grant(&scope())), U256::from(34));
    let mut ids = registry.ids();
    ids.sort_unstable();
    let expected: Vec<_> = (1..=32).filter(|id| *id != 7).chain([34]).collect();
    assert_eq!(ids, expected);
}

#[test]
fn an_expired_consent_gives_its_place_away() {
    let registry = Registry::new();
    let subject = alice().address();
    for index in 0..MAX_LIVE {
        let expiry = if index == 11 { START + 5 } else { START + 1_000 };
        registry.ok(subject, &grant(&Scope { expiry, ..scope() }));
    }
    let _ = registry.chain.take_logs();
    registry.chain.set_time(START + 5);
    let error = ConsentTooMany { subject, maximum: U256::from(MAX_LIVE) };
    registry.fails(subject, &grant(&scope()), &error);
    registry.chain.set_time(START + 6);
    assert_eq!(registry.ids().len(), 31);
    registry.ok(subject, &grant(&scope()));
    let _ = registry.chain.take_logs();
    assert!(registry.ids().contains(&33) && !registry.ids().contains(&12));
    registry.fails(subject, &grant(&scope()), &error);
}

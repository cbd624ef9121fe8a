//! What is covered at this moment, at every edge of it.

use alloy_primitives::{Address, B256, U256, keccak256};
use consent_registry::IConsentRegistry::{
    ConsentNotCovered, Scope, coveringConsentCall, coversCall, requireCoversCall, revokeCall,
};
use datacoop_kit::testing::{START, Signer};
use membership::IMembership::{
    issueCall, leaveCall, reissueCall, revokeCall as endCall, setActorRolesCall,
};
use stylus_sdk::{ArbResult, host::VM};

use crate::support::{
    ACADEMIC, CLINICAL, COMMERCIAL, DOCTOR, GENOMIC, ISSUER, MALLORY, MEMBERSHIP, PATIENT,
    PRACTITIONER, RESEARCHER, Registry, alice, amend, bob, for_anyone, for_role, grant, scope,
};

/// A registry where alice has given one consent.
fn with(scope: &Scope) -> Registry {
    let registry = Registry::new();
    registry.ok(alice().address(), &grant(scope));
    registry
}

#[test]
fn a_consent_covers_its_classes_and_purposes_and_none_beside() {
    for (dataClasses, purposes) in [(1, 1), (0b1010, 0b1_0100), (15, 31), (8, 16), (0b0111, 2)] {
        let registry = with(&Scope { dataClasses, purposes, ..scope() });
        for class in (0..=9).chain([31, 32, 64, 128, 255]) {
            for purpose in (0..=9).chain([31, 32, 64, 128, 255]) {
                let expected = class < 4
                    && purpose < 5
                    && dataClasses >> class & 1 == 1
                    && purposes >> purpose & 1 == 1;
                let covered = registry.covers(class, purpose, bob().address());
                assert_eq!(covered, expected, "{dataClasses} {purposes} {class} {purpose}");
            }
        }
    }
}

#[test]
fn two_consents_are_not_added_up() {
    // Genomic data for academic research, clinical data for commercial use: not the other pairs.
    let registry = with(&Scope { dataClasses: GENOMIC, purposes: ACADEMIC, ..scope() });
    let other = Scope { dataClasses: CLINICAL, purposes: COMMERCIAL, ..scope() };
    registry.ok(alice().address(), &grant(&other));
    let bob = bob().address();
    assert!(registry.covers(0, 0, bob) && registry.covers(1, 2, bob));
    assert!(!registry.covers(0, 2, bob) && !registry.covers(1, 0, bob));
}

#[test]
fn a_consent_to_one_account_covers_it_alone_member_or_not() {
    let registry = with(&scope());
    assert!(registry.covers_bob());
    for grantee in [alice().address(), DOCTOR, MALLORY, ISSUER, Address::ZERO] {
        assert!(!registry.covers(0, 0, grantee));
    }
    assert!(with(&Scope { account: MALLORY, ..scope() }).covers(0, 0, MALLORY));
}

#[test]
fn a_consent_to_an_actor_role_covers_members_with_it() {
    let registry = with(&for_role(RESEARCHER));
    assert!(registry.covers_bob());
    for grantee in [alice().address(), DOCTOR, MALLORY, Address::ZERO] {
        assert!(!registry.covers(0, 0, grantee));
    }
    // At an issuer's word, in both directions and at once.
    registry.member(&setActorRolesCall { tokenId: U256::from(2), actorRoles: 1 << PRACTITIONER });
    assert!(!registry.covers_bob());
    registry.member(&setActorRolesCall { tokenId: U256::from(3), actorRoles: 1 << RESEARCHER });
    assert!(registry.covers(0, 0, DOCTOR));
    registry.chain.send(DOCTOR, MEMBERSHIP, &leaveCall {}).expect("the doctor leaves");
    assert!(!registry.covers(0, 0, DOCTOR));
}

#[test]
fn a_consent_to_anyone_vetted_covers_members_that_are_more_than_patients() {
    let registry = with(&for_anyone());
    for role in 0..7 {
        let grantee = Address::repeat_byte(0x40 + role);
        assert!(!registry.covers(0, 0, grantee));
        registry.enrol(grantee, 1 << role);
        assert_eq!(registry.covers(0, 0, grantee), role != PATIENT, "{role}");
    }
    let (none, both) = (Address::repeat_byte(0x50), Address::repeat_byte(0x51));
    registry.enrol(none, 0);
    registry.enrol(both, 1 << PATIENT | 1 << RESEARCHER);
    assert!(!registry.covers(0, 0, none) && registry.covers(0, 0, both));
    assert!(!registry.covers(0, 0, MALLORY) && !registry.covers(0, 0, Address::ZERO));
}

#[test]
fn a_consent_covers_until_its_expiry_and_no_second_longer() {
    let registry = with(&scope());
    for (time, expected) in [(START, true), (START + 1_000, true), (START + 1_001, false)] {
        registry.chain.set_time(time);
        assert_eq!(registry.covers_bob(), expected, "{time}");
    }
    let brief = with(&Scope { expiry: START, ..scope() });
    assert!(brief.covers_bob());
    brief.chain.set_time(START + 1);
    assert!(!brief.covers_bob());
}

#[test]
fn a_change_takes_effect_at_once() {
    let registry = with(&scope());
    let alice = alice().address();
    registry.ok(alice, &amend(1, &Scope { account: DOCTOR, ..scope() }));
    assert!(!registry.covers_bob() && registry.covers(0, 0, DOCTOR));
    registry.ok(alice, &revokeCall { consentId: U256::ONE });
    assert!(!registry.covers(0, 0, DOCTOR));
}

#[test]
fn one_revocation_leaves_the_other_consents() {
    let registry = with(&scope());
    let (subject, grantee) = (alice().address(), bob().address());
    for _ in 0..2 {
        registry.ok(subject, &grant(&scope()));
    }
    let call = coveringConsentCall { subject, dataClass: 0, purpose: 0, grantee };
    for (revoked, next) in [(1, 3), (3, 2), (2, 0)] {
        registry.ok(subject, &revokeCall { consentId: U256::from(revoked) });
        assert_eq!(registry.ok(MALLORY, &call), U256::from(next));
    }
    assert!(!registry.covers_bob());
}

#[test]
fn a_consent_is_of_its_subject_alone() {
    let registry = with(&scope());
    for subject in [bob().address(), DOCTOR, MALLORY, Address::ZERO] {
        let call = coversCall { subject, dataClass: 0, purpose: 0, grantee: bob().address() };
        assert!(!registry.ok(MALLORY, &call));
    }
}

#[test]
fn who_requires_consent_is_told_what_lacks() {
    let registry = with(&scope());
    let (subject, grantee) = (alice().address(), bob().address());
    let require = |dataClass| requireCoversCall { subject, dataClass, purpose: 0, grantee };
    registry.ok(MALLORY, &require(0));
    let _ = registry.chain.take_logs();
    let error = ConsentNotCovered { subject, dataClass: 2, purpose: 0, grantee };
    registry.fails(MALLORY, &require(2), &error);
}

#[test]
fn nothing_of_somebody_who_left_is_covered_until_consented_to_again() {
    let registry = with(&scope());
    let subject = alice().address();
    registry.chain.set_time(START + 1);
    registry.chain.send(subject, MEMBERSHIP, &leaveCall {}).expect("alice leaves");
    assert!(!registry.covers_bob());
    registry.chain.set_time(START + 2);
    registry.enrol(subject, 1 << PATIENT);
    assert!(!registry.covers_bob(), "coming back revives nothing");
    registry.ok(subject, &amend(1, &scope()));
    assert!(registry.covers_bob(), "her own word does");
}

#[test]
fn nothing_of_a_lost_account_or_of_a_revoked_member_is_covered() {
    let (lost, replacement) = (alice().address(), Signer::new(3).address());
    let registry = with(&scope());
    registry.member(&reissueCall { lost, replacement, reason: B256::repeat_byte(1) });
    assert!(!registry.covers_bob());
    let call =
        coversCall { subject: replacement, dataClass: 0, purpose: 0, grantee: bob().address() };
    assert!(!registry.ok(MALLORY, &call), "the new account consents for itself");
    // The thief's account comes back as somebody else's: what was consented to stays void.
    registry.chain.set_time(START + 1);
    let credential = keccak256("another person");
    registry.member(&issueCall { account: lost, credential, actorRoles: 1 });
    assert!(!registry.covers_bob());

    let registry = with(&scope());
    registry.member(&endCall { tokenId: U256::ONE, reason: B256::repeat_byte(1) });
    assert!(!registry.covers_bob());
}

#[test]
fn nothing_of_somebody_who_left_is_covered_who_comes_back_as_a_replacement() {
    let registry = with(&scope());
    let (subject, elder) = (alice().address(), Signer::new(3).address());
    // Somebody has been a member for longer than alice's consent.
    let credential = keccak256("an elder");
    registry.chain.set_time(START - 1);
    registry.member(&issueCall { account: elder, credential, actorRoles: 1 });
    registry.chain.set_time(START + 1);
    registry.chain.send(subject, MEMBERSHIP, &leaveCall {}).expect("alice leaves");
    registry.chain.set_time(START + 2);
    let (lost, reason) = (elder, B256::repeat_byte(1));
    registry.member(&reissueCall { lost, replacement: subject, reason });
    assert!(!registry.covers_bob(), "her old word is void, whosever membership she has now");
    registry.ok(subject, &amend(1, &scope()));
    assert!(registry.covers_bob(), "her own word does");
}

/// A membership that answers with too little, with too much, or not at all.
fn broken(input: &[u8], _: VM) -> ArbResult {
    // The last byte of the account that is asked about.
    match input.get(35) {
        Some(1) => Ok(vec![1; 95]),
        Some(2) => Ok(vec![0xff; 96]),
        Some(3) => Ok(Vec::new()),
        _ => Err(vec![1]),
    }
}

#[test]
fn a_membership_that_does_not_answer_well_is_no_membership() {
    let registry = with(&for_anyone());
    assert!(registry.covers_bob());
    let _ = registry.chain.deploy(ISSUER, MEMBERSHIP, broken, &[]);
    assert!(!registry.covers_bob());
    let alice = alice().address();
    assert!(registry.call(alice, &grant(&scope())).is_err());
    for last in 1..=4 {
        let subject = Address::with_last_byte(last);
        assert!(registry.call(subject, &grant(&scope())).is_err());
        let call = coversCall { subject, dataClass: 0, purpose: 0, grantee: bob().address() };
        assert!(!registry.ok(MALLORY, &call));
    }
}

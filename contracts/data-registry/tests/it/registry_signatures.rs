//! Records that their owners sign for: once, here, for what they signed.

use alloy_primitives::{Address, B256, U256};
use data_registry::IDataRegistry::{
    RecordInvalidSignature, RecordOwnerNotPatient, RecordSignatureExpired, RecordSignaturesVoided,
    eraseCall, noncesCall, registerBySigCall, voidSignaturesCall,
};
use datacoop_kit::testing::{Chain, START};
use membership::IMembership::leaveCall;

use crate::support::{
    CLINICAL, Change, HOSPITAL, MALLORY, MEMBERSHIP, REGISTERED, REGISTRY, Registry, alice, bob,
    domain, here, record, signed_register,
};

fn refused() -> RecordInvalidSignature {
    RecordInvalidSignature { owner: alice().address() }
}

#[test]
fn anybody_relays_what_the_owner_signed() {
    let registry = Registry::new();
    let owner = alice().address();
    registry.ok(MALLORY, &signed_register(&alice(), 1, 0, &here()));
    assert_eq!(registry.record_of(1), (owner, CLINICAL, REGISTERED));
    // It is the owner who acts, not who relays.
    assert_eq!(registry.head(1), Change::registered(1).head(record(1)));
    assert_eq!(registry.ok(MALLORY, &noncesCall { owner }), U256::ONE);
    registry.ok(HOSPITAL, &signed_register(&alice(), 2, 1, &here()));
    assert_eq!(registry.record_of(2).2, REGISTERED);
}

#[test]
fn a_signature_is_good_once_and_in_its_order() {
    let registry = Registry::new();
    registry.fails(MALLORY, &signed_register(&alice(), 1, 1, &here()), &refused());
    let call = signed_register(&alice(), 1, 0, &here());
    registry.ok(MALLORY, &call);
    registry.forget();
    registry.fails(MALLORY, &call, &refused());
    registry.ok(alice().address(), &eraseCall { recordId: record(1) });
    registry.forget();
    registry.fails(MALLORY, &call, &refused());
}

#[test]
fn a_signature_is_for_everything_that_was_signed() {
    let registry = Registry::new();
    let good = || signed_register(&alice(), 1, 0, &here());
    let changed = [
        registerBySigCall { recordId: B256::repeat_byte(1), ..good() },
        registerBySigCall { pointer: vec![1].into(), ..good() },
        registerBySigCall { dataClass: 0, ..good() },
        registerBySigCall { schemaId: 1, ..good() },
        registerBySigCall { schemaVersion: 2, ..good() },
        registerBySigCall { deadline: U256::from(START + 1), ..good() },
    ];
    for call in changed {
        registry.fails(MALLORY, &call, &refused());
    }
    let call = registerBySigCall { owner: bob().address(), ..good() };
    registry.fails(MALLORY, &call, &RecordInvalidSignature { owner: bob().address() });
    registry.fails(MALLORY, &signed_register(&bob(), 1, 0, &here()), &refused());
    registry.ok(MALLORY, &good());
}

#[test]
fn a_signature_is_for_one_chain_and_contract() {
    let registry = Registry::new();
    let elsewhere = [
        domain(Chain::ID + 1, REGISTRY),
        domain(Chain::ID, Address::repeat_byte(3)),
        domain(Chain::ID, MEMBERSHIP),
    ];
    for domain in elsewhere {
        registry.fails(MALLORY, &signed_register(&alice(), 1, 0, &domain), &refused());
    }
}

#[test]
fn a_signature_ends_with_its_deadline_and_at_its_owners_word() {
    let registry = Registry::new();
    let call = signed_register(&alice(), 1, 0, &here());
    registry.chain.set_time(START + 1);
    let late = RecordSignatureExpired { deadline: U256::from(START) };
    registry.fails(MALLORY, &call, &late);
    registry.chain.set_time(START);
    let owner = alice().address();
    registry.ok(owner, &voidSignaturesCall {});
    let event = RecordSignaturesVoided { owner, oldNonce: U256::ZERO, newNonce: U256::ONE };
    registry.emitted(&[crate::support::log(&event)]);
    registry.fails(MALLORY, &call, &refused());
    registry.ok(MALLORY, &signed_register(&alice(), 1, 1, &here()));
}

#[test]
fn who_signs_is_a_patient_when_it_is_relayed() {
    let registry = Registry::new();
    let owner = alice().address();
    registry.chain.send(owner, MEMBERSHIP, &leaveCall {}).expect("she may leave");
    registry.forget();
    let call = signed_register(&alice(), 1, 0, &here());
    registry.fails(MALLORY, &call, &RecordOwnerNotPatient { owner });
}

#[test]
fn malformed_signatures_are_refused() {
    let registry = Registry::new();
    let good = signed_register(&alice(), 1, 0, &here());
    let bytes = good.signature.to_vec();
    for bad in [Vec::new(), bytes[..64].to_vec(), [bytes.as_slice(), &[0]].concat(), vec![0; 65]] {
        let call = registerBySigCall { signature: bad.into(), ..good.clone() };
        registry.fails(MALLORY, &call, &refused());
    }
}

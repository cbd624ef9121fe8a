//! What somebody would try with signatures: again, elsewhere, turned, out of order.

use alloy_primitives::{Address, U256, uint};
use consent_registry::IConsentRegistry::{
    ConsentInvalidSignature, ConsentNotLive, Scope, grantBySigCall, revokeCall,
};
use datacoop_kit::testing::Chain;

use crate::support::{
    COMMERCIAL, MALLORY, REGISTRY, Registry, alice, amend, domain, for_anyone, grant, here, scope,
    signed_amend, signed_grant, signed_revoke,
};

/// The order of secp256k1.
const ORDER: U256 = uint!(0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141_U256);

fn refused() -> ConsentInvalidSignature {
    ConsentInvalidSignature { subject: alice().address() }
}

#[test]
fn a_grant_is_not_replayed_after_its_revocation() {
    let registry = Registry::new();
    let call = signed_grant(&alice(), &scope(), 0, &here());
    registry.ok(MALLORY, &call);
    let _ = registry.chain.take_logs();
    registry.fails(MALLORY, &call, &refused());
    registry.ok(alice().address(), &revokeCall { consentId: U256::ONE });
    let _ = registry.chain.take_logs();
    registry.fails(MALLORY, &call, &refused());
    assert!(!registry.covers_bob());
}

#[test]
fn an_amendment_is_not_replayed_and_replaces_the_signed_version_alone() {
    let registry = Registry::with_consent();
    let wide = Scope { purposes: 31, ..for_anyone() };
    let call = signed_amend(&alice(), 1, &wide, 0);
    // She narrows it herself before the relayer comes with the wide one.
    let narrow = Scope { dataClasses: 1, ..scope() };
    registry.ok(alice().address(), &amend(1, &narrow));
    let _ = registry.chain.take_logs();
    registry.fails(MALLORY, &call, &refused());
    assert_eq!(registry.consent(1).scope.dataClasses, 1);
    let call = signed_amend(&alice(), 2, &wide, 0);
    registry.ok(MALLORY, &call);
    let _ = registry.chain.take_logs();
    registry.fails(MALLORY, &call, &refused());
}

#[test]
fn signatures_for_another_chain_or_contract_are_refused() {
    let registry = Registry::new();
    let foreign = [
        domain(Chain::ID + 1, REGISTRY),
        domain(1, REGISTRY),
        domain(Chain::ID, Address::repeat_byte(3)),
    ];
    for domain in foreign {
        registry.fails(MALLORY, &signed_grant(&alice(), &scope(), 0, &domain), &refused());
    }
}

#[test]
fn the_other_signature_of_the_same_key_is_refused() {
    let registry = Registry::new();
    let good = signed_grant(&alice(), &scope(), 0, &here());
    let s = ORDER - U256::from_be_slice(&good.signature[32..64]);
    let v = 27 + 28 - good.signature[64];
    let twin = [&good.signature[..32], &s.to_be_bytes::<32>(), &[v]].concat();
    let call =
        grantBySigCall { signature: twin.into(), ..signed_grant(&alice(), &scope(), 0, &here()) };
    registry.fails(MALLORY, &call, &refused());
    registry.ok(MALLORY, &good);
}

#[test]
fn signatures_are_used_in_their_order() {
    let registry = Registry::with_consent();
    registry.fails(MALLORY, &signed_grant(&alice(), &scope(), 1, &here()), &refused());
    registry.fails(MALLORY, &signed_revoke(&alice(), 1), &refused());
    registry.ok(MALLORY, &signed_revoke(&alice(), 0));
    let _ = registry.chain.take_logs();
    registry.fails(MALLORY, &signed_grant(&alice(), &scope(), 0, &here()), &refused());
}

#[test]
fn a_revocation_is_not_taken_for_another_consent() {
    let registry = Registry::with_consent();
    registry.ok(alice().address(), &grant(&scope()));
    let call = signed_revoke(&alice(), 0);
    let other = consent_registry::IConsentRegistry::revokeBySigCall {
        consentId: U256::from(2),
        ..call.clone()
    };
    let _ = registry.chain.take_logs();
    registry.fails(MALLORY, &other, &refused());
    registry.ok(MALLORY, &call);
    let _ = registry.chain.take_logs();
    registry.fails(MALLORY, &call, &ConsentNotLive { consentId: U256::ONE });
    assert_eq!(registry.ids(), [2]);
}

#[test]
fn a_struct_of_one_kind_is_not_taken_for_another() {
    // What was signed as an amendment of the first version is no grant, whatever the fields.
    let registry = Registry::with_consent();
    let scope = Scope { purposes: COMMERCIAL, ..scope() };
    let amendment = signed_amend(&alice(), 1, &scope, 0);
    let call = grantBySigCall {
        signature: amendment.signature,
        ..signed_grant(&alice(), &scope, 0, &here())
    };
    registry.fails(MALLORY, &call, &refused());
}

//! Granting, amending and revoking by signature, through anybody.

use alloy_primitives::{Address, B256, U256};
use alloy_sol_types::{SolCall, sol};
use consent_registry::IConsentRegistry::{
    ConsentAmended, ConsentGranted, ConsentInvalidSignature, ConsentNotLive, ConsentRevoked,
    ConsentSignatureExpired, ConsentSignaturesVoided, Scope, grantBySigCall, revokeCall,
    voidSignaturesCall,
};
use datacoop_kit::testing::START;
use stylus_sdk::{ArbResult, host::VM};

use crate::support::{
    COMMERCIAL, ISSUER, MALLORY, Registry, alice, bob, for_anyone, here, log, receipt, scope,
    signed_amend, signed_grant, signed_revoke,
};

sol! {
    function isValidSignature(bytes32 hash, bytes memory signature) external view returns (bytes4);
}

#[test]
fn a_relayer_brings_what_the_subject_signed() {
    let registry = Registry::new();
    let (subject, consentId) = (alice().address(), U256::ONE);
    let first = receipt((1, 1, 1), &scope(), START, B256::ZERO);
    let call = signed_grant(&alice(), &scope(), 0, &here());
    assert_eq!(registry.ok(MALLORY, &call), consentId);
    registry.emitted(&[log(&ConsentGranted {
        consentId,
        subject,
        receipt: first,
        scope: scope(),
        at: START,
    })]);
    let new = Scope { purposes: COMMERCIAL, ..for_anyone() };
    let second = receipt((1, 2, 2), &new, START, first);
    registry.ok(MALLORY, &signed_amend(&alice(), 1, &new, 1));
    registry.emitted(&[log(&ConsentAmended {
        consentId,
        subject,
        receipt: second,
        version: 2,
        oldScope: scope(),
        newScope: new.clone(),
        at: START,
        oldReceipt: first,
    })]);
    registry.ok(MALLORY, &signed_revoke(&alice(), 2));
    registry.emitted(&[log(&ConsentRevoked {
        consentId,
        subject,
        receipt: receipt((1, 3, 3), &new, START, second),
        version: 3,
        oldScope: new,
        at: START,
        oldReceipt: second,
    })]);
    assert_eq!(registry.nonce(), 3);
}

#[test]
fn a_signature_is_void_after_its_deadline() {
    let registry = Registry::with_consent();
    registry.chain.set_time(START + 1);
    let error = ConsentSignatureExpired { deadline: U256::from(START) };
    registry.fails(MALLORY, &signed_grant(&alice(), &scope(), 0, &here()), &error);
    registry.fails(MALLORY, &signed_amend(&alice(), 1, &scope(), 0), &error);
    registry.fails(MALLORY, &signed_revoke(&alice(), 0), &error);
    assert_eq!(registry.nonce(), 0);
}

#[test]
fn nobody_signs_for_another() {
    let registry = Registry::with_consent();
    let error = ConsentInvalidSignature { subject: alice().address() };
    registry.fails(MALLORY, &signed_grant(&bob(), &scope(), 0, &here()), &error);
    registry.fails(MALLORY, &signed_amend(&bob(), 1, &scope(), 0), &error);
    registry.fails(bob().address(), &signed_revoke(&bob(), 0), &error);
    let nobody = grantBySigCall {
        subject: Address::ZERO,
        signature: vec![0; 65].into(),
        ..signed_grant(&alice(), &scope(), 0, &here())
    };
    registry.fails(MALLORY, &nobody, &ConsentInvalidSignature { subject: Address::ZERO });
}

#[test]
fn every_field_of_a_grant_is_signed() {
    let registry = Registry::new();
    let good = signed_grant(&alice(), &scope(), 0, &here());
    let error = ConsentInvalidSignature { subject: alice().address() };
    let altered = [
        grantBySigCall { dataClasses: 15, ..good.clone() },
        grantBySigCall { purposes: 31, ..good.clone() },
        grantBySigCall { granteeKind: 2, ..good.clone() },
        grantBySigCall { account: MALLORY, ..good.clone() },
        grantBySigCall { actorRole: 1, ..good.clone() },
        grantBySigCall { expiry: START + 1_001, ..good.clone() },
        grantBySigCall { terms: B256::repeat_byte(1), ..good.clone() },
        grantBySigCall { deadline: U256::from(START + 1), ..good.clone() },
        grantBySigCall { signature: Default::default(), ..good.clone() },
        grantBySigCall { signature: good.signature[..64].to_vec().into(), ..good.clone() },
    ];
    for call in altered {
        registry.fails(MALLORY, &call, &error);
    }
    // Nor is it another's, who is a member too.
    let other = grantBySigCall { subject: bob().address(), ..good.clone() };
    registry.fails(MALLORY, &other, &ConsentInvalidSignature { subject: bob().address() });
    registry.ok(MALLORY, &good);
}

#[test]
fn a_subject_voids_what_was_signed() {
    let registry = Registry::new();
    let (alice, kept) = (alice(), signed_grant(&alice(), &scope(), 0, &here()));
    registry.ok(alice.address(), &voidSignaturesCall {});
    let (oldNonce, newNonce) = (U256::ZERO, U256::ONE);
    registry.emitted(&[log(&ConsentSignaturesVoided {
        subject: alice.address(),
        oldNonce,
        newNonce,
    })]);
    registry.fails(MALLORY, &kept, &ConsentInvalidSignature { subject: alice.address() });
    // Another's voiding voids nothing of hers.
    registry.ok(MALLORY, &voidSignaturesCall {});
    registry.ok(MALLORY, &signed_grant(&alice, &scope(), 1, &here()));
}

#[test]
fn nothing_is_amended_or_revoked_that_is_not_live() {
    let registry = Registry::with_consent();
    registry.ok(alice().address(), &revokeCall { consentId: U256::ONE });
    let _ = registry.chain.take_logs();
    let error = ConsentNotLive { consentId: U256::ONE };
    registry.fails(MALLORY, &signed_amend(&alice(), 2, &scope(), 0), &error);
    registry.fails(MALLORY, &signed_revoke(&alice(), 0), &error);
}

/// A contract that calls every signature of one byte its own, and others not.
fn wallet(input: &[u8], _: VM) -> ArbResult {
    let call = isValidSignatureCall::abi_decode(input).map_err(|_| Vec::new())?;
    let answer = if call.signature.len() == 1 { isValidSignatureCall::SELECTOR } else { [0; 4] };
    let mut word = answer.to_vec();
    word.resize(32, 0);
    Ok(word)
}

#[test]
fn a_subject_that_is_a_contract_signs_by_its_own_word() {
    let registry = Registry::new();
    let subject = Address::repeat_byte(0xcc);
    registry.enrol(subject, 1);
    // It has no constructor; that call fails and changes nothing.
    assert_eq!(registry.chain.deploy(ISSUER, subject, wallet, &[]), Err(Vec::new()));
    let _ = registry.chain.take_logs();
    let of_len = |len| grantBySigCall {
        subject,
        signature: vec![7; len].into(),
        ..signed_grant(&alice(), &scope(), 0, &here())
    };
    for len in [0, 2, 65] {
        registry.fails(MALLORY, &of_len(len), &ConsentInvalidSignature { subject });
    }
    registry.ok(MALLORY, &of_len(1));
}

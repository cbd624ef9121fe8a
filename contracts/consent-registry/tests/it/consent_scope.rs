//! What can be consented to, each bound at its edges.

use alloy_primitives::{Address, B256};
use alloy_sol_types::SolError;
use consent_registry::{
    IConsentRegistry::{
        ConsentInvalidDataClasses, ConsentInvalidExpiry, ConsentInvalidGrantee,
        ConsentInvalidPurposes, ConsentMissingTerms, Scope,
    },
    scope::{ALL_DATA_CLASSES, ALL_PURPOSES, MAX_TERM_SECS},
};
use datacoop_kit::testing::START;

use crate::support::{
    MALLORY, Registry, alice, amend, bob, for_anyone, for_role, grant, here, scope, signed_amend,
    signed_grant,
};

/// A scope that is refused on every way there is: given, amended to, in person and by signature.
#[track_caller]
fn refused(scope: &Scope, error: &impl SolError) {
    let registry = Registry::with_consent();
    let alice = alice();
    registry.fails(alice.address(), &grant(scope), error);
    registry.fails(alice.address(), &amend(1, scope), error);
    registry.fails(MALLORY, &signed_grant(&alice, scope, 0, &here()), error);
    registry.fails(MALLORY, &signed_amend(&alice, 1, scope, 0), error);
    assert_eq!((registry.ids(), registry.consent(1).version), (vec![1], 1));
}

/// A scope that is accepted.
#[track_caller]
fn accepted(scope: &Scope) {
    let registry = Registry::new();
    registry.ok(alice().address(), &grant(scope));
    registry.ok(alice().address(), &amend(1, scope));
}

#[test]
fn data_classes_are_some_of_those_there_are() {
    for dataClasses in 0..=255 {
        let scope = Scope { dataClasses, ..scope() };
        if (1..=15).contains(&dataClasses) {
            accepted(&scope);
        } else if !(20..=250).contains(&dataClasses) {
            let error = ConsentInvalidDataClasses { dataClasses, maximum: ALL_DATA_CLASSES };
            refused(&scope, &error);
        }
    }
}

#[test]
fn purposes_are_some_of_those_there_are() {
    for purposes in 0..=255 {
        let scope = Scope { purposes, ..scope() };
        if (1..=31).contains(&purposes) {
            accepted(&scope);
        } else if !(36..=250).contains(&purposes) {
            refused(&scope, &ConsentInvalidPurposes { purposes, maximum: ALL_PURPOSES });
        }
    }
}

#[test]
fn a_grantee_is_one_of_its_kind() {
    for actorRole in 0..7 {
        accepted(&for_role(actorRole));
    }
    accepted(&for_anyone());
    accepted(&Scope { account: MALLORY, ..scope() });
    let wrong = [
        Scope { account: Address::ZERO, ..scope() },
        Scope { actorRole: 1, ..scope() },
        for_role(7),
        for_role(255),
        Scope { account: bob().address(), ..for_role(1) },
        Scope { account: bob().address(), ..for_anyone() },
        Scope { actorRole: 1, ..for_anyone() },
        Scope { granteeKind: 3, ..for_anyone() },
        Scope { granteeKind: 255, ..scope() },
    ];
    for scope in wrong {
        let Scope { granteeKind, account, actorRole, .. } = scope;
        refused(&scope, &ConsentInvalidGrantee { granteeKind, account, actorRole });
    }
}

#[test]
fn an_expiry_is_from_now_to_ten_years_ahead() {
    let (minimum, maximum) = (START, START + MAX_TERM_SECS);
    assert_eq!(MAX_TERM_SECS, 315_360_000);
    for expiry in [minimum, minimum + 1, maximum] {
        accepted(&Scope { expiry, ..scope() });
    }
    for expiry in [0, minimum - 1, maximum + 1, u64::MAX] {
        let error = ConsentInvalidExpiry { expiry, minimum, maximum };
        refused(&Scope { expiry, ..scope() }, &error);
    }
}

#[test]
fn there_are_terms() {
    refused(&Scope { terms: B256::ZERO, ..scope() }, &ConsentMissingTerms {});
}

//! Attesting: by attestors alone, of what is registered, and never of their own.

use alloy_sol_types::SolError;
use data_registry::{
    ATTESTOR_ROLE,
    IDataRegistry::{
        AccessControlUnauthorizedAccount, RecordAttested, RecordBatchEmpty, RecordBatchEntryFailed,
        RecordSelfAttestation, RecordWrongStatus, attestCall, attestManyCall, eraseCall,
    },
};
use datacoop_kit::testing::START;

use crate::support::{
    ATTESTED, CLINICAL, Change, ERASED, HOSPITAL, MALLORY, REGISTERED, Registry, alice, bob, log,
    record, register,
};

fn attest(number: u64) -> attestCall {
    attestCall { recordId: record(number) }
}

fn attest_many(numbers: &[u64]) -> attestManyCall {
    attestManyCall { recordIds: numbers.iter().map(|number| record(*number)).collect() }
}

#[test]
fn an_attestor_attests_to_a_registered_record() {
    let registry = Registry::with_record();
    let owner = alice().address();
    registry.chain.set_time(START + 5);
    registry.ok(HOSPITAL, &attest(1));
    let first = Change::registered(1);
    let second = Change {
        action: 2,
        actor: HOSPITAL,
        status: ATTESTED,
        since: START + 5,
        at: START + 5,
        ..first
    };
    let head = second.head(first.head(record(1)));
    let event =
        RecordAttested { recordId: record(1), owner, attestor: HOSPITAL, at: START + 5, head };
    registry.emitted(&[log(&event)]);
    assert_eq!(registry.record_of(1), (owner, CLINICAL, ATTESTED));
    assert_eq!((registry.head(1), registry.details(1).since), (head, START + 5));
    assert_eq!(registry.details(1).pointerHash, first.pointer_hash);
}

#[test]
fn only_attestors_attest() {
    let registry = Registry::with_record();
    for account in [MALLORY, alice().address(), bob().address()] {
        let refused = AccessControlUnauthorizedAccount { account, neededRole: ATTESTOR_ROLE };
        registry.fails(account, &attest(1), &refused);
        registry.fails(account, &attest_many(&[1]), &refused);
    }
    registry.set_attestor(HOSPITAL, false);
    let refused = AccessControlUnauthorizedAccount { account: HOSPITAL, neededRole: ATTESTOR_ROLE };
    registry.fails(HOSPITAL, &attest(1), &refused);
}

#[test]
fn nobody_attests_to_a_record_of_their_own() {
    let registry = Registry::with_record();
    let account = alice().address();
    registry.set_attestor(account, true);
    let refused = RecordSelfAttestation { recordId: record(1), account };
    registry.fails(account, &attest(1), &refused);
    let failed = RecordBatchEntryFailed {
        index: 0.try_into().unwrap(),
        reason: refused.abi_encode().into(),
    };
    registry.fails(account, &attest_many(&[1]), &failed);
    assert_eq!(registry.record_of(1).2, REGISTERED);
}

#[test]
fn a_record_is_attested_once_and_only_while_it_is_registered() {
    let registry = Registry::with_record();
    let refused =
        |number, status| RecordWrongStatus { recordId: record(number), status, needed: REGISTERED };
    registry.fails(HOSPITAL, &attest(2), &refused(2, 0));
    registry.ok(HOSPITAL, &attest(1));
    registry.forget();
    registry.fails(HOSPITAL, &attest(1), &refused(1, ATTESTED));
    registry.ok(alice().address(), &eraseCall { recordId: record(1) });
    registry.forget();
    registry.fails(HOSPITAL, &attest(1), &refused(1, ERASED));
}

#[test]
fn many_are_attested_as_a_whole_or_not_at_all() {
    let registry = Registry::with_record();
    registry.ok(bob().address(), &register(2));
    registry.forget();
    let reason = RecordWrongStatus { recordId: record(3), status: 0, needed: REGISTERED };
    let failed =
        RecordBatchEntryFailed { index: 1.try_into().unwrap(), reason: reason.abi_encode().into() };
    registry.fails(HOSPITAL, &attest_many(&[1, 3, 2]), &failed);
    assert_eq!(registry.record_of(1).2, REGISTERED);
    let reason = RecordWrongStatus { recordId: record(1), status: ATTESTED, needed: REGISTERED };
    let failed =
        RecordBatchEntryFailed { index: 2.try_into().unwrap(), reason: reason.abi_encode().into() };
    registry.fails(HOSPITAL, &attest_many(&[1, 2, 1]), &failed);
    registry.ok(HOSPITAL, &attest_many(&[1, 2]));
    assert_eq!((registry.record_of(1).2, registry.record_of(2).2), (ATTESTED, ATTESTED));
    assert_eq!(registry.chain.take_logs().len(), 2);
    registry.fails(HOSPITAL, &attest_many(&[]), &RecordBatchEmpty {});
}

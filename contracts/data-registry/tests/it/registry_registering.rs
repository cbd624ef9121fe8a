//! Registering: who may, what of, under which schema, once.

use alloy_primitives::{Address, B256, Bytes, keccak256};
use alloy_sol_types::SolError;
use data_registry::{
    ATTESTOR_ROLE,
    IDataRegistry::{
        AccessControlUnauthorizedAccount, RecordAlreadyRegistered, RecordBatchEmpty,
        RecordBatchEntryFailed, RecordInvalidDataClass, RecordInvalidId, RecordInvalidPointer,
        RecordOwnerNotPatient, RecordRegistered, RecordSchemaNotLive, RecordSelfAttestation,
        eraseCall, registerCall, registerForCall, registerManyCall, statusesOfCall,
    },
};
use datacoop_kit::testing::START;
use membership::IMembership::leaveCall;

use crate::support::{
    ATTESTED, CLINICAL, Change, ERASED, HOSPITAL, MALLORY, MEMBERSHIP, REGISTERED, Registry,
    SCHEMA, alice, batch_pointer, bob, log, patient, pointer, record, register, register_for,
    register_many, schema_id,
};

fn registered(
    number: u64,
    source: Address,
    status: u8,
    pointer: Vec<u8>,
    head: B256,
) -> RecordRegistered {
    RecordRegistered {
        recordId: record(number),
        owner: alice().address(),
        source,
        dataClass: CLINICAL,
        schemaId: schema_id(SCHEMA),
        schemaVersion: 1,
        status,
        pointer: pointer.into(),
        at: START,
        head,
    }
}

#[test]
fn a_patient_registers_a_record_of_their_own() {
    let registry = Registry::new();
    let owner = alice().address();
    registry.ok(owner, &register(1));
    let head = Change::registered(1).head(record(1));
    registry.emitted(&[log(&registered(1, owner, REGISTERED, pointer(1), head))]);
    assert_eq!(registry.record_of(1), (owner, CLINICAL, REGISTERED));
    let details = registry.details(1);
    assert_eq!((details.schemaId, details.schemaVersion), (schema_id(SCHEMA), 1));
    assert_eq!((details.since, details.candidate), (START, Address::ZERO));
    assert_eq!((details.pointerHash, details.head), (keccak256(pointer(1)), head));
}

#[test]
fn nothing_is_known_of_a_record_that_is_not_registered() {
    let registry = Registry::with_record();
    assert_eq!(registry.record_of(2), (Address::ZERO, 0, 0));
    let details = registry.details(2);
    assert_eq!((details.schemaId, details.schemaVersion, details.since), (0, 0, 0));
    assert_eq!((details.pointerHash, details.head), (B256::ZERO, B256::ZERO));
}

#[test]
fn an_attestor_registers_for_a_patient_and_attests_at_once() {
    let registry = Registry::new();
    let owner = alice().address();
    registry.ok(HOSPITAL, &register_for(owner, 1));
    let change = Change { actor: HOSPITAL, status: ATTESTED, ..Change::registered(1) };
    let head = change.head(record(1));
    registry.emitted(&[log(&registered(1, HOSPITAL, ATTESTED, pointer(1), head))]);
    assert_eq!(registry.record_of(1), (owner, CLINICAL, ATTESTED));
    assert_eq!(registry.head(1), head);
}

#[test]
fn a_batch_registers_as_single_calls_do() {
    let registry = Registry::new();
    let owner = alice().address();
    registry.ok(HOSPITAL, &register_many(&[(owner, 1), (owner, 2), (bob().address(), 3)]));
    let head = |number| {
        let pointer_hash = keccak256(batch_pointer(number));
        let change = Change {
            actor: HOSPITAL,
            status: ATTESTED,
            pointer_hash,
            ..Change::registered(number)
        };
        change.head(record(number))
    };
    let event =
        |number| registered(number, HOSPITAL, ATTESTED, batch_pointer(number), head(number));
    let logs = registry.chain.take_logs();
    assert_eq!(logs[..2], [log(&event(1)), log(&event(2))]);
    assert_eq!(logs.len(), 3);
    let recordIds = (0..5).map(record).collect();
    let statuses = registry.ok(MALLORY, &statusesOfCall { recordIds });
    assert_eq!(statuses, [0, ATTESTED, ATTESTED, ATTESTED, 0]);
    assert_eq!(registry.record_of(3), (bob().address(), CLINICAL, ATTESTED));
}

#[test]
fn only_members_that_are_patients_have_records() {
    let registry = Registry::new();
    registry.enrol(MALLORY, 0x7e);
    registry.forget();
    let refused = RecordOwnerNotPatient { owner: MALLORY };
    registry.fails(MALLORY, &register(1), &refused);
    registry.fails(HOSPITAL, &register_for(MALLORY, 1), &refused);
    let nobody = Address::ZERO;
    registry.fails(HOSPITAL, &register_for(nobody, 1), &RecordOwnerNotPatient { owner: nobody });
    let owner = alice().address();
    registry.chain.send(owner, MEMBERSHIP, &leaveCall {}).expect("she may leave");
    registry.forget();
    registry.fails(owner, &register(1), &RecordOwnerNotPatient { owner });
}

#[test]
fn only_attestors_register_for_others() {
    let registry = Registry::new();
    let owner = alice().address();
    let refused = |account| AccessControlUnauthorizedAccount { account, neededRole: ATTESTOR_ROLE };
    for caller in [MALLORY, owner, bob().address()] {
        registry.fails(caller, &register_for(owner, 1), &refused(caller));
        registry.fails(caller, &register_many(&[(owner, 1)]), &refused(caller));
    }
}

#[test]
fn an_attestor_does_not_register_its_own_records_as_attested() {
    let registry = Registry::new();
    let account = alice().address();
    registry.set_attestor(account, true);
    let refused = RecordSelfAttestation { recordId: record(1), account };
    registry.fails(account, &register_for(account, 1), &refused);
    let failed = RecordBatchEntryFailed {
        index: 1.try_into().unwrap(),
        reason: refused.abi_encode().into(),
    };
    registry.fails(account, &register_many(&[(bob().address(), 2), (account, 1)]), &failed);
    // In her own name she does, and nobody has attested.
    registry.ok(account, &register(1));
    assert_eq!(registry.record_of(1).2, REGISTERED);
}

#[test]
fn a_record_is_registered_once_whoever_comes() {
    let registry = Registry::with_record();
    let recordId = record(1);
    let refused = |status| RecordAlreadyRegistered { recordId, status };
    let again = |status| {
        registry.fails(alice().address(), &register(1), &refused(status));
        registry.fails(bob().address(), &register(1), &refused(status));
        registry.fails(HOSPITAL, &register_for(bob().address(), 1), &refused(status));
    };
    again(REGISTERED);
    registry.ok(alice().address(), &eraseCall { recordId });
    registry.forget();
    again(ERASED);
}

#[test]
fn a_record_twice_in_a_batch_is_refused() {
    let registry = Registry::new();
    let owner = alice().address();
    let reason = RecordAlreadyRegistered { recordId: record(1), status: ATTESTED };
    let failed =
        RecordBatchEntryFailed { index: 2.try_into().unwrap(), reason: reason.abi_encode().into() };
    registry.fails(HOSPITAL, &register_many(&[(owner, 1), (owner, 2), (owner, 1)]), &failed);
    assert_eq!(registry.record_of(1).2, 0);
}

#[test]
fn the_zero_id_is_refused() {
    let registry = Registry::new();
    let call = registerCall { recordId: B256::ZERO, ..register(1) };
    registry.fails(alice().address(), &call, &RecordInvalidId {});
}

#[test]
fn a_data_class_is_one_of_four() {
    let registry = Registry::new();
    for dataClass in [4, 15, 16, 255] {
        let refused = RecordInvalidDataClass { dataClass, maximum: 3 };
        let call = registerCall { dataClass, ..register(1) };
        registry.fails(alice().address(), &call, &refused);
        let call = registerManyCall { dataClass, ..register_many(&[(alice().address(), 1)]) };
        registry.fails(HOSPITAL, &call, &refused);
    }
    for (number, dataClass) in (0..4).enumerate() {
        let call = registerCall { dataClass, ..register(number as u64) };
        registry.ok(alice().address(), &call);
        assert_eq!(registry.record_of(number as u64).1, dataClass);
    }
}

#[test]
fn a_pointer_has_1_to_256_bytes() {
    let registry = Registry::new();
    let call = |len: usize| registerCall { pointer: vec![7; len].into(), ..register(len as u64) };
    for len in [0, 257, 1_000] {
        let length = len.try_into().unwrap();
        let refused = RecordInvalidPointer {
            length,
            minimum: 1.try_into().unwrap(),
            maximum: 256.try_into().unwrap(),
        };
        registry.fails(alice().address(), &call(len), &refused);
    }
    for len in [1, 31, 32, 33, 256] {
        registry.ok(alice().address(), &call(len));
        assert_eq!(registry.details(len as u64).pointerHash, keccak256(vec![7; len]));
    }
}

#[test]
fn the_base_of_a_batch_has_at_most_224_bytes() {
    let registry = Registry::new();
    let call = |len: usize, number| registerManyCall {
        base: vec![7; len].into(),
        ..register_many(&[(alice().address(), number)])
    };
    let refused = RecordInvalidPointer {
        length: 225.try_into().unwrap(),
        minimum: 0.try_into().unwrap(),
        maximum: 224.try_into().unwrap(),
    };
    registry.fails(HOSPITAL, &call(225, 1), &refused);
    for (number, len) in [(1, 0), (2, 224)] {
        registry.ok(HOSPITAL, &call(len, number));
        let pointer = [vec![7; len].as_slice(), record_locator(number).as_slice()].concat();
        assert_eq!(registry.details(number).pointerHash, keccak256(pointer));
    }
}

fn record_locator(number: u64) -> B256 {
    B256::from(alloy_primitives::U256::from(number))
}

#[test]
fn an_empty_batch_is_refused() {
    let registry = Registry::new();
    registry.fails(HOSPITAL, &register_many(&[]), &RecordBatchEmpty {});
}

#[test]
fn a_batch_is_registered_as_a_whole_or_not_at_all() {
    let registry = Registry::new();
    let reason = RecordOwnerNotPatient { owner: MALLORY };
    let failed =
        RecordBatchEntryFailed { index: 2.try_into().unwrap(), reason: reason.abi_encode().into() };
    let batch = [(patient(10), 1), (patient(10), 2), (MALLORY, 3), (patient(10), 4)];
    registry.fails(HOSPITAL, &register_many(&batch), &failed);
    for number in 1..5 {
        assert_eq!(registry.record_of(number).2, 0);
    }
}

#[test]
fn a_record_needs_a_live_schema() {
    let registry = Registry::new();
    let owner = alice().address();
    for (schemaId, schemaVersion) in [(schema_id("unknown"), 1), (schema_id(SCHEMA), 2), (0, 0)] {
        let refused = RecordSchemaNotLive { schemaId, schemaVersion };
        registry.fails(owner, &registerCall { schemaId, schemaVersion, ..register(1) }, &refused);
        let call = registerForCall { schemaId, schemaVersion, ..register_for(owner, 1) };
        registry.fails(HOSPITAL, &call, &refused);
        let call = registerManyCall { schemaId, schemaVersion, ..register_many(&[(owner, 1)]) };
        registry.fails(HOSPITAL, &call, &refused);
    }
}

#[test]
fn the_pointer_of_an_event_is_the_one_that_was_given() {
    let registry = Registry::new();
    let pointer = Bytes::from((0..=255).collect::<Vec<u8>>());
    registry.ok(alice().address(), &registerCall { pointer: pointer.clone(), ..register(1) });
    let event: RecordRegistered = registry.chain.take_logs()[0].decode().expect("it is one");
    assert_eq!(event.pointer, pointer);
}

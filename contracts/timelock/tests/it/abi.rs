//! The edges of the ABI: tokens and ether that are received, malformed calldata, and the interface
//! against the components.

use alloy_primitives::{Address, B256, Bytes, FixedBytes, U256, hex, keccak256};
use alloy_sol_types::{SolCall, SolEvent};
use datacoop_kit::{
    access_control::{self, AccessControlStorage, IAccessControlErrors, IAccessControlEvents},
    testing,
};
use timelock::{
    CANCELLER_ROLE, EXECUTOR_ROLE,
    ITimelock::{
        self, ITimelockErrors, ITimelockEvents, cancelCall, hashOperationBatchCall,
        hashOperationCall, onERC721ReceivedCall, onERC1155BatchReceivedCall, onERC1155ReceivedCall,
        supportsInterfaceCall,
    },
    PROPOSER_ROLE,
    operations::OperationsStorage,
};

use crate::support::{ECHO, EXECUTOR, MALLORY, Operation, PROPOSER, TIMELOCK, Timelock};

#[test]
fn roles_are_named_as_openzeppelin_names_them() {
    let timelock = Timelock::new();
    assert_eq!(timelock.ok(MALLORY, &ITimelock::DEFAULT_ADMIN_ROLECall {}), B256::ZERO);
    assert_eq!(timelock.ok(MALLORY, &ITimelock::PROPOSER_ROLECall {}), PROPOSER_ROLE);
    assert_eq!(timelock.ok(MALLORY, &ITimelock::EXECUTOR_ROLECall {}), EXECUTOR_ROLE);
    assert_eq!(timelock.ok(MALLORY, &ITimelock::CANCELLER_ROLECall {}), CANCELLER_ROLE);
    let names = ["PROPOSER_ROLE", "EXECUTOR_ROLE", "CANCELLER_ROLE"];
    assert_eq!(names.map(keccak256), [PROPOSER_ROLE, EXECUTOR_ROLE, CANCELLER_ROLE]);
}

#[test]
fn interfaces_are_those_of_openzeppelin() {
    let timelock = Timelock::new();
    let supports =
        |id: [u8; 4]| timelock.ok(MALLORY, &supportsInterfaceCall { interfaceId: FixedBytes(id) });
    let [single, batch] = [onERC1155ReceivedCall::SELECTOR, onERC1155BatchReceivedCall::SELECTOR];
    assert!(supports(core::array::from_fn(|i| single[i] ^ batch[i])));
    assert!(supports(supportsInterfaceCall::SELECTOR));
    assert!(supports(hex!("7965db0b")));
    assert!(!supports([0xff; 4]) && !supports([0; 4]));
}

#[test]
fn tokens_are_received() {
    let timelock = Timelock::new();
    let (operator, from, data) = (MALLORY, ECHO, Bytes::from_static(b"data"));
    let [id, value] = [U256::ONE, U256::from(2)];
    let call = onERC721ReceivedCall { operator, from, tokenId: id, data: data.clone() };
    assert_eq!(timelock.ok(MALLORY, &call), onERC721ReceivedCall::SELECTOR);
    let call = onERC1155ReceivedCall { operator, from, id, value, data: data.clone() };
    assert_eq!(timelock.ok(MALLORY, &call), onERC1155ReceivedCall::SELECTOR);
    let (ids, values) = (vec![id; 3], vec![value; 3]);
    let call = onERC1155BatchReceivedCall { operator, from, ids, values, data };
    assert_eq!(timelock.ok(MALLORY, &call), onERC1155BatchReceivedCall::SELECTOR);
}

#[test]
fn ether_comes_without_calldata_or_with_an_execution_and_not_otherwise() {
    let timelock = Timelock::new();
    let send = |data: &[u8]| timelock.chain.call_with_value(MALLORY, TIMELOCK, data, U256::ONE);
    assert_eq!(send(&[]), Ok(Vec::new()));
    assert_eq!(timelock.chain.balance(TIMELOCK), U256::ONE);
    let calls = [
        cancelCall { id: B256::ZERO }.abi_encode(),
        Operation::number(1).schedule(0).abi_encode(),
        Operation::number(1).hash().abi_encode(),
        hex!("12345678").to_vec(),
        hex!("12").to_vec(),
    ];
    for call in calls {
        assert_eq!(send(&call), Err(Vec::new()));
    }
}

#[test]
fn malformed_calldata_is_refused_without_a_word() {
    let timelock = Timelock::new();
    let refused = |from: Address, data: &[u8]| {
        assert_eq!(timelock.chain.call(from, TIMELOCK, data), Err(Vec::new()));
    };
    let operation = Operation::new(ECHO, &[7; 40]);
    let (schedule, execute) =
        (operation.schedule(u64::from(u32::MAX)).abi_encode(), operation.execute().abi_encode());
    // The last 24 bytes are padding, which may be missing.
    for len in 1..schedule.len() - 24 {
        refused(PROPOSER, &schedule[..len]);
    }
    for len in 1..execute.len() - 24 {
        refused(EXECUTOR, &execute[..len]);
    }
    let batch = hashOperationBatchCall {
        targets: vec![ECHO],
        values: vec![U256::ZERO],
        payloads: vec![Bytes::from_static(b"one")],
        predecessor: B256::ZERO,
        salt: B256::ZERO,
    };
    let batch = batch.abi_encode();
    for len in 1..batch.len() - 29 {
        refused(MALLORY, &batch[..len]);
    }
    // Places beyond everything.
    for word in 0..3 {
        for byte in [0, 24, 28] {
            let mut calldata = batch.clone();
            calldata[4 + 32 * word + byte] = 0xff;
            refused(MALLORY, &calldata);
        }
    }
}

#[test]
fn a_hash_does_not_depend_on_how_the_calldata_is_laid_out() {
    let timelock = Timelock::new();
    let operation = Operation::new(ECHO, b"bytes");
    let mut calldata = operation.hash().abi_encode();
    // The bytes move one word on, and something else lies between.
    let place = 4 + 5 * 32;
    calldata.splice(place..place, [0xaa; 32]);
    calldata[4 + 2 * 32 + 31] += 32;
    calldata.extend([0xbb; 7]);
    let output = timelock.chain.call(MALLORY, TIMELOCK, &calldata).expect("it is read");
    assert_eq!(B256::from_slice(&output), operation.id());
    assert_eq!(calldata[..4], hashOperationCall::SELECTOR);
}

#[test]
fn errors_and_events_of_the_components_are_in_the_interface() {
    for selector in IAccessControlErrors::SELECTORS {
        assert!(ITimelockErrors::SELECTORS.contains(selector), "{selector:02x?}");
    }
    for selector in IAccessControlEvents::SELECTORS {
        assert!(ITimelockEvents::SELECTORS.contains(selector), "{selector:02x?}");
    }
}

/// Compiles only when two events have the same topics, indexed arguments included.
const fn same_topics<E: SolEvent, F: SolEvent<TopicList = E::TopicList>>() {}

#[test]
fn events_of_the_components_index_what_the_interface_indexes() {
    same_topics::<access_control::RoleGranted, ITimelock::RoleGranted>();
    same_topics::<access_control::RoleRevoked, ITimelock::RoleRevoked>();
}

#[test]
fn the_storage_layout_is_that_of_the_snapshot() {
    let components: [(&str, &[(&str, &str)]); 2] = [
        ("AccessControl", AccessControlStorage::FIELDS),
        ("Operations", OperationsStorage::FIELDS),
    ];
    let layout = testing::describe_layout(&components);
    testing::snapshot(concat!(env!("CARGO_MANIFEST_DIR"), "/layout.txt"), &layout);
}

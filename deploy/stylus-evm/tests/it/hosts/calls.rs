//! Calls of all kinds, creation, return data and being entered again.

use alloy_primitives::{Address, TxKind, U256};

use super::{chain, contract, fails, word};
use crate::support::chain::{ALICE, CONTRACT, Chain, Outcome};

const CALLEE: Address = Address::repeat_byte(0xbb);

/// Calls the address at 0 with the value at 32 and the data at 64; returns the status, the length
/// that the call reports, and the return data.
fn caller(kind: &str) -> String {
    let value = if kind == "call_contract" { "(i32.const 32)" } else { "" };
    format!(
        "(i32.store8 (i32.const 1000)
            (call ${kind} (i32.const 0) (i32.const 64) (i32.sub (local.get $length) (i32.const 64))
                {value} (i64.const -1) (i32.const 1001)))
         (i32.store (i32.const 1005) (call $return_data_size))
         (drop (call $read_return_data (i32.const 1009) (i32.const 0) (i32.const 1000)))
         (call $write_result (i32.const 1000) (i32.add (i32.const 9) (call $return_data_size)))
         (i32.const 0)"
    )
}

fn args(to: Address, value: u64, data: &[u8]) -> Vec<u8> {
    [to.as_slice(), &[0; 12], &word(value), data].concat()
}

/// What [`caller`] returned: status and return data, whose length is reported twice.
fn returned(outcome: &Outcome) -> (u8, Vec<u8>) {
    assert!(outcome.succeeded(), "{outcome:?}");
    let data = outcome.output[9..].to_vec();
    let length = u32::try_from(data.len()).unwrap().to_le_bytes();
    assert_eq!(outcome.output[1..5], length);
    assert_eq!(outcome.output[5..9], length);
    (outcome.output[0], data)
}

/// A contract that returns caller, address, value and its arguments.
fn mirror() -> Vec<u8> {
    contract(
        "(call $msg_sender (i32.const 2000)) (call $contract_address (i32.const 2020))
         (call $msg_value (i32.const 2040))
         (memory.copy (i32.const 2072) (i32.const 0) (local.get $length))
         (call $write_result (i32.const 2000) (i32.add (i32.const 72) (local.get $length)))
         (i32.const 0)",
    )
}

fn pair(kind: &str, callee: &[u8]) -> Chain {
    let mut chain = chain(&caller(kind));
    chain.set_code(CALLEE, callee);
    chain
}

#[test]
fn each_kind_of_call_has_its_own_sender_address_and_value() {
    let cases = [
        ("call_contract", CONTRACT, CALLEE, 0),
        ("static_call_contract", CONTRACT, CALLEE, 0),
        ("delegate_call_contract", ALICE, CONTRACT, 0),
    ];
    for (kind, sender, address, value) in cases {
        let outcome = pair(kind, &mirror()).call(CONTRACT, &args(CALLEE, 0, b"data of a call"));
        let expected =
            [sender.as_slice(), address.as_slice(), &word(value), b"data of a call"].concat();
        assert_eq!(returned(&outcome), (0, expected), "{kind}");
    }
}

#[test]
fn a_call_pays_what_it_says() {
    let mut chain = pair("call_contract", &mirror());
    let data = args(CALLEE, 1_000, &[]);
    let (outcome, _) = chain.send(TxKind::Call(CONTRACT), &data, U256::from(5_000));
    let (status, data) = returned(&outcome);
    assert_eq!((status, &data[40..72]), (0, &word(1_000)[..]));
    assert_eq!(chain.balance(CALLEE), U256::from(1_000));
    assert_eq!(chain.balance(CONTRACT), U256::from(4_000));
}

#[test]
fn a_call_that_cannot_pay_fails_without_data() {
    let outcome = pair("call_contract", &mirror()).call(CONTRACT, &args(CALLEE, 1, b"x"));
    assert_eq!(returned(&outcome), (2, vec![]));
}

#[test]
fn a_failed_call_has_status_2_and_the_reason() {
    let reverts = contract("(call $write_result (i32.const 0) (local.get $length)) (i32.const 1)");
    for kind in ["call_contract", "static_call_contract", "delegate_call_contract"] {
        let outcome = pair(kind, &reverts).call(CONTRACT, &args(CALLEE, 0, b"the reason"));
        assert_eq!(returned(&outcome), (2, b"the reason".to_vec()), "{kind}");
        let outcome = pair(kind, &contract("(unreachable)")).call(CONTRACT, &args(CALLEE, 0, b""));
        assert_eq!(returned(&outcome), (2, vec![]), "{kind}");
    }
}

#[test]
fn a_call_of_nothing_succeeds() {
    let outcome = pair("call_contract", &[]).call(CONTRACT, &args(ALICE, 0, b"x"));
    assert_eq!(returned(&outcome), (0, vec![]));
}

#[test]
fn a_static_call_cannot_write() {
    let writer = "(call $storage_cache_bytes32 (i32.const 0) (i32.const 32))
        (call $storage_flush_cache (i32.const 0)) (i32.const 0)";
    for (body, topics) in [
        (writer, 0),
        ("(call $emit_log (i32.const 0) (i32.const 0) (i32.const 0)) (i32.const 0)", 1),
    ] {
        let _ = topics;
        let outcome = pair("static_call_contract", &contract(body))
            .call(CONTRACT, &args(CALLEE, 0, &[1; 64]));
        assert_eq!(returned(&outcome), (2, vec![]));
    }
}

#[test]
fn a_delegate_call_writes_the_callers_storage() {
    let writer = contract(
        "(call $storage_cache_bytes32 (i32.const 0) (i32.const 32))
         (call $storage_flush_cache (i32.const 0)) (i32.const 0)",
    );
    let mut chain = pair("delegate_call_contract", &writer);
    chain.call(CONTRACT, &args(CALLEE, 0, &[word(1), word(2)].concat()));
    assert_eq!(chain.storage(CONTRACT, U256::from(1)), U256::from(2));
    assert_eq!(chain.storage(CALLEE, U256::from(1)), U256::ZERO);
}

#[test]
fn a_call_gets_no_more_gas_than_it_is_given() {
    let body = "(i64.store (i32.const 1000) (i64.const 0))
        (i32.store8 (i32.const 1000)
            (call $call_contract (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 32)
                (i64.const 500) (i32.const 1001)))
        (call $write_result (i32.const 1000) (i32.const 5)) (i32.const 0)";
    let mut chain = chain(body);
    chain.set_code(CALLEE, &mirror());
    let outcome = chain.call(CONTRACT, &args(CALLEE, 0, &[]));
    assert_eq!(outcome.output[..], [2, 0, 0, 0, 0]);
}

#[test]
fn return_data_is_copied_as_far_as_there_is_any() {
    let cases = [(0, 72, 72), (0, 10, 10), (70, 10, 2), (72, 10, 0), (500, 10, 0), (20, 0, 0)];
    for (offset, size, expected) in cases {
        let body = format!(
            "(drop (call $call_contract (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 32)
                (i64.const -1) (i32.const 900)))
             (memory.fill (i32.const 1000) (i32.const 0xee) (i32.const 90))
             (i32.store (i32.const 996)
                (call $read_return_data (i32.const 1000) (i32.const {offset}) (i32.const {size})))
             (call $write_result (i32.const 996) (i32.const 94)) (i32.const 0)"
        );
        let mut chain = chain(&body);
        chain.set_code(CALLEE, &mirror());
        let outcome = chain.call(CONTRACT, &args(CALLEE, 0, &[]));
        let data = [CONTRACT.as_slice(), CALLEE.as_slice(), &word(0)].concat();
        let mut wanted = vec![0xee; 90];
        if expected > 0 {
            wanted[..expected].copy_from_slice(&data[offset..offset + expected]);
        }
        assert_eq!(outcome.output[..4], u32::try_from(expected).unwrap().to_le_bytes());
        assert_eq!(outcome.output[4..], wanted, "{offset} {size}");
    }
}

#[test]
fn before_any_call_there_is_no_return_data() {
    let body = "(i32.store (i32.const 1000) (call $return_data_size))
        (i32.store (i32.const 1004) (call $read_return_data (i32.const 0) (i32.const 0) (i32.const 9)))
        (call $write_result (i32.const 1000) (i32.const 8)) (i32.const 0)";
    assert_eq!(chain(body).call(CONTRACT, &[]).output[..], [0; 8]);
}

/// Creates a contract from the code at 64, paying what stands at 0, with the salt at 32.
fn creator(call: &str) -> String {
    format!(
        "{call}
         (call $write_result (i32.const 1000) (i32.add (i32.const 24)
            (call $read_return_data (i32.const 1024) (i32.const 0) (i32.const 100))))
         (i32.const 0)"
    )
}

const CODE: &str = "(i32.const 64) (i32.sub (local.get $length) (i32.const 64)) (i32.const 0)";

/// Returns the code `0x6001`: MSTORE8(0, 0x60), MSTORE8(1, 1), RETURN(0, 2).
const INITCODE: [u8; 15] =
    [0x60, 0x60, 0x5f, 0x53, 0x60, 0x01, 0x60, 0x01, 0x53, 0x60, 0x02, 0x5f, 0xf3, 0, 0];
/// Reverts with one byte, 0x2a.
const FAILING: [u8; 9] = [0x60, 0x2a, 0x5f, 0x53, 0x60, 0x01, 0x5f, 0xfd, 0];

#[test]
fn created_contracts_have_the_addresses_of_the_opcodes() {
    let create1 = format!("(call $create1 {CODE} (i32.const 1000) (i32.const 1020))");
    let create2 =
        format!("(call $create2 {CODE} (i32.const 32) (i32.const 1000) (i32.const 1020))");
    let args = [&word(3)[..], &word(9), &INITCODE].concat();
    let second = CONTRACT.create2_from_code(word(9), INITCODE);
    for (call, expected) in [(create1, CONTRACT.create(1)), (create2, second)] {
        let mut chain = chain(&creator(&call));
        let (outcome, _) = chain.send(TxKind::Call(CONTRACT), &args, U256::from(10));
        assert!(outcome.succeeded());
        assert_eq!(outcome.output[..20], expected[..]);
        assert_eq!(outcome.output[20..], [0; 4]);
        assert_eq!(chain.code(expected)[..], [0x60, 0x01]);
        assert_eq!(chain.balance(expected), U256::from(3));
    }
}

#[test]
fn a_failed_creation_has_address_zero_and_the_reason() {
    let create1 = format!("(call $create1 {CODE} (i32.const 1000) (i32.const 1020))");
    let args = [&word(0)[..], &word(9), &FAILING].concat();
    let outcome = chain(&creator(&create1)).call(CONTRACT, &args);
    assert!(outcome.succeeded());
    assert_eq!(outcome.output[..20], [0; 20]);
    assert_eq!(outcome.output[20..], [1, 0, 0, 0, 0x2a]);
}

/// Returns whether it was entered again and, if its arguments say so, what a call of the address in
/// them returned.
const ASKER: &str = "(i32.store8 (i32.const 1000) (call $msg_reentrant))
    (if (local.get $length) (then
        (drop (call $CALL (i32.const 0) (i32.const 64) (i32.sub (local.get $length) (i32.const 64))
            VALUE (i64.const -1) (i32.const 1100)))))
    (call $write_result (i32.const 1000) (i32.add (i32.const 1)
        (call $read_return_data (i32.const 1001) (i32.const 0) (i32.const 100))))
    (i32.const 0)";

fn asker(kind: &str) -> Vec<u8> {
    let value = if kind == "call_contract" { "(i32.const 32)" } else { "" };
    contract(&ASKER.replace("CALL", kind).replace("VALUE", value))
}

#[test]
fn a_contract_knows_that_it_was_entered_again() {
    for kind in ["call_contract", "static_call_contract"] {
        let mut chain = Chain::default();
        chain.set_code(CONTRACT, &asker(kind));
        chain.set_code(CALLEE, &asker(kind));
        // CONTRACT → CALLEE → CONTRACT.
        let inner = args(CONTRACT, 0, &[]);
        let outcome = chain.call(CONTRACT, &args(CALLEE, 0, &inner));
        assert_eq!(outcome.output[..], [0, 0, 1], "{kind}");
        // Once it has returned it may be entered anew.
        assert_eq!(chain.call(CONTRACT, &[]).output[..], [0]);
        // CONTRACT → CONTRACT.
        assert_eq!(chain.call(CONTRACT, &args(CONTRACT, 0, &[])).output[..], [0, 1], "{kind}");
    }
}

#[test]
fn the_request_for_the_mark_is_answered_to_nobody_else() {
    let mut chain = Chain::default();
    chain.set_code(CONTRACT, &asker("call_contract"));
    let request = alloy_primitives::keccak256("stylus-evm.enter");
    // From outside it is calldata like any other: an address and no more.
    let outcome = chain.call(CONTRACT, &[&request[..], &[0; 32]].concat());
    assert_eq!(outcome.output[..1], [0]);
}

#[test]
fn a_pointer_to_calldata_outside_the_memory_fails() {
    let body = "(call $call_contract (i32.const 0) (i32.const 0x7fffffff) (i32.const 8)
        (i32.const 32) (i64.const -1) (i32.const 1001))";
    assert!(fails(&chain(body).call(CONTRACT, &args(CALLEE, 0, &[]))));
}

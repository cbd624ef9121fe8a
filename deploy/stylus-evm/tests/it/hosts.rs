//! Every host function on a chain in memory, with its failures.

mod calls;
mod environment;
mod math;
mod state;

use alloy_primitives::{Address, U256, keccak256};
use stylus_evm::{Options, translate};

use crate::support::chain::{CONTRACT, Chain, Outcome};

/// Imports of all host functions, in the text format.
const IMPORTS: &str = r#"
    (import "vm_hooks" "account_balance" (func $account_balance (param i32 i32)))
    (import "vm_hooks" "account_code" (func $account_code (param i32 i32 i32 i32) (result i32)))
    (import "vm_hooks" "account_code_size" (func $account_code_size (param i32) (result i32)))
    (import "vm_hooks" "account_codehash" (func $account_codehash (param i32 i32)))
    (import "vm_hooks" "block_basefee" (func $block_basefee (param i32)))
    (import "vm_hooks" "block_coinbase" (func $block_coinbase (param i32)))
    (import "vm_hooks" "block_gas_limit" (func $block_gas_limit (result i64)))
    (import "vm_hooks" "block_number" (func $block_number (result i64)))
    (import "vm_hooks" "block_timestamp" (func $block_timestamp (result i64)))
    (import "vm_hooks" "call_contract" (func $call_contract (param i32 i32 i32 i32 i64 i32) (result i32)))
    (import "vm_hooks" "chainid" (func $chainid (result i64)))
    (import "vm_hooks" "contract_address" (func $contract_address (param i32)))
    (import "vm_hooks" "create1" (func $create1 (param i32 i32 i32 i32 i32)))
    (import "vm_hooks" "create2" (func $create2 (param i32 i32 i32 i32 i32 i32)))
    (import "vm_hooks" "delegate_call_contract" (func $delegate_call_contract (param i32 i32 i32 i64 i32) (result i32)))
    (import "vm_hooks" "emit_log" (func $emit_log (param i32 i32 i32)))
    (import "vm_hooks" "evm_gas_left" (func $evm_gas_left (result i64)))
    (import "vm_hooks" "evm_ink_left" (func $evm_ink_left (result i64)))
    (import "vm_hooks" "exit_early" (func $exit_early (param i32)))
    (import "vm_hooks" "math_add_mod" (func $math_add_mod (param i32 i32 i32)))
    (import "vm_hooks" "math_div" (func $math_div (param i32 i32)))
    (import "vm_hooks" "math_mod" (func $math_mod (param i32 i32)))
    (import "vm_hooks" "math_mul_mod" (func $math_mul_mod (param i32 i32 i32)))
    (import "vm_hooks" "math_pow" (func $math_pow (param i32 i32)))
    (import "vm_hooks" "msg_reentrant" (func $msg_reentrant (result i32)))
    (import "vm_hooks" "msg_sender" (func $msg_sender (param i32)))
    (import "vm_hooks" "msg_value" (func $msg_value (param i32)))
    (import "vm_hooks" "native_keccak256" (func $native_keccak256 (param i32 i32 i32)))
    (import "vm_hooks" "pay_for_memory_grow" (func $pay_for_memory_grow (param i32)))
    (import "vm_hooks" "read_args" (func $read_args (param i32)))
    (import "vm_hooks" "read_return_data" (func $read_return_data (param i32 i32 i32) (result i32)))
    (import "vm_hooks" "return_data_size" (func $return_data_size (result i32)))
    (import "vm_hooks" "static_call_contract" (func $static_call_contract (param i32 i32 i32 i64 i32) (result i32)))
    (import "vm_hooks" "storage_cache_bytes32" (func $storage_cache_bytes32 (param i32 i32)))
    (import "vm_hooks" "storage_flush_cache" (func $storage_flush_cache (param i32)))
    (import "vm_hooks" "storage_load_bytes32" (func $storage_load_bytes32 (param i32 i32)))
    (import "vm_hooks" "transient_load_bytes32" (func $transient_load_bytes32 (param i32 i32)))
    (import "vm_hooks" "transient_store_bytes32" (func $transient_store_bytes32 (param i32 i32)))
    (import "vm_hooks" "tx_gas_price" (func $tx_gas_price (param i32)))
    (import "vm_hooks" "tx_ink_price" (func $tx_ink_price (result i32)))
    (import "vm_hooks" "tx_origin" (func $tx_origin (param i32)))
    (import "vm_hooks" "write_result" (func $write_result (param i32 i32)))"#;

/// A contract with all imports whose entry point has this body; its arguments lie at 0.
fn contract(body: &str) -> Vec<u8> {
    let text = format!(
        r#"(module {IMPORTS}
            (memory (export "memory") 1 1)
            (func (export "user_entrypoint") (param $length i32) (result i32)
                (local $i i32)
                (call $read_args (i32.const 0))
                {body}))"#
    );
    let wasm = wat::parse_str(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    translate(&wasm, &Options::default()).expect("it can be translated").deployed_bytecode
}

/// A chain with a contract at [`CONTRACT`].
fn chain(body: &str) -> Chain {
    let mut chain = Chain::default();
    chain.set_code(CONTRACT, &contract(body));
    chain
}

/// Calls a contract with this body, which must succeed.
fn output(body: &str, args: &[u8]) -> Vec<u8> {
    let outcome = chain(body).call(CONTRACT, args);
    assert!(outcome.succeeded(), "{body}: {outcome:?}");
    outcome.output.to_vec()
}

/// A body that calls a host function that writes a value to 1000, and returns `length` bytes.
fn writes(call: &str, length: usize) -> String {
    format!("{call} (call $write_result (i32.const 1000) (i32.const {length})) (i32.const 0)")
}

/// A body that returns the 64-bit integer that an expression gives.
fn integer(expression: &str) -> u64 {
    let body = writes(&format!("(i64.store (i32.const 1000) {expression})"), 8);
    u64::from_le_bytes(output(&body, &[]).try_into().unwrap())
}

fn word(value: u64) -> [u8; 32] {
    U256::from(value).to_be_bytes()
}

fn fails(outcome: &Outcome) -> bool {
    !outcome.succeeded() && outcome.output.is_empty()
}

#[test]
fn hashes_of_any_length_are_those_of_the_bytes_in_order() {
    let body =
        writes("(call $native_keccak256 (i32.const 0) (local.get $length) (i32.const 1000))", 32);
    for length in [0, 1, 31, 32, 33, 63, 64, 65, 96, 100, 255, 256, 900] {
        let bytes: Vec<u8> = (0..length).map(|i| u8::try_from(i % 251).unwrap()).collect();
        assert_eq!(output(&body, &bytes), keccak256(&bytes)[..], "{length} bytes");
    }
}

#[test]
fn arguments_of_any_length_come_back_in_order() {
    let body = "(call $write_result (i32.const 0) (local.get $length)) (i32.const 0)";
    for length in [0, 1, 4, 31, 32, 33, 64, 68, 100, 1000] {
        let bytes: Vec<u8> = (0..length).map(|i| u8::try_from(i % 253).unwrap()).collect();
        assert_eq!(output(body, &bytes), bytes, "{length} bytes");
    }
}

#[test]
fn arguments_leave_the_memory_around_them_alone() {
    let text = format!(
        r#"(module {IMPORTS}
            (memory (export "memory") 1 1)
            (data (i32.const 96) "\01\02\03\04\05\06\07\08")
            (func (export "user_entrypoint") (param i32) (result i32)
                (call $read_args (i32.const 100))
                (call $write_result (i32.const 96) (i32.const 9))
                (i32.const 0)))"#
    );
    let wasm = wat::parse_str(text).unwrap();
    let translation = translate(&wasm, &Options::default()).unwrap();
    let mut chain = Chain::default();
    chain.set_code(CONTRACT, &translation.deployed_bytecode);
    let outcome = chain.call(CONTRACT, &[0xaa, 0xbb, 0xcc]);
    assert_eq!(outcome.output[..], [1, 2, 3, 4, 0xaa, 0xbb, 0xcc, 8, 0]);
}

#[test]
fn a_status_that_is_not_zero_reverts_with_the_result() {
    for status in [1, 2, -1] {
        let body =
            format!("(call $write_result (i32.const 0) (local.get $length)) (i32.const {status})");
        let outcome = chain(&body).call(CONTRACT, b"reason");
        assert!(!outcome.succeeded());
        assert_eq!(outcome.output[..], *b"reason");
    }
}

#[test]
fn a_result_that_is_changed_afterwards_is_what_it_was() {
    let body = "(call $write_result (i32.const 0) (local.get $length))
        (i32.store8 (i32.const 0) (i32.const 0x58)) (i32.const 0)";
    assert_eq!(output(body, b"Hello"), b"Hello");
}

#[test]
fn the_last_result_counts() {
    let body = "(call $write_result (i32.const 0) (local.get $length))
        (call $write_result (i32.const 1) (i32.const 2)) (i32.const 0)";
    assert_eq!(output(body, b"Hello"), b"el");
    assert!(output("(i32.const 0)", b"Hello").is_empty());
}

#[test]
fn exit_early_ends_with_status_and_result() {
    for (status, succeeds) in [(0, true), (1, false), (7, false)] {
        let body = format!(
            "(call $write_result (i32.const 0) (local.get $length))
             (call $exit_early (i32.const {status})) (unreachable)"
        );
        let outcome = chain(&body).call(CONTRACT, b"bye");
        assert_eq!((outcome.succeeded(), &outcome.output[..]), (succeeds, &b"bye"[..]));
    }
}

#[test]
fn a_trap_reverts_without_data_and_without_taking_all_gas() {
    let outcome = chain("(unreachable)").call(CONTRACT, b"abc");
    assert!(fails(&outcome));
    assert!(outcome.gas < 100_000);
}

#[test]
fn pointers_outside_the_memory_fail() {
    for call in [
        "(call $read_args (i32.const 65535))",
        "(call $msg_sender (i32.const 65535))",
        "(call $write_result (i32.const -1) (i32.const 32))",
        "(call $native_keccak256 (i32.const 0) (i32.const -1) (i32.const 0))",
        "(call $native_keccak256 (i32.const -1) (i32.const 32) (i32.const 0))",
        "(call $storage_load_bytes32 (i32.const -32) (i32.const 0))",
        "(call $emit_log (i32.const 0x7fffffff) (i32.const 10) (i32.const 0))",
    ] {
        let outcome = chain(&format!("{call} (i32.const 0)")).call(CONTRACT, &[7; 2000]);
        assert!(fails(&outcome), "{call}: {outcome:?}");
    }
}

fn address_bytes(address: Address) -> Vec<u8> {
    address.to_vec()
}

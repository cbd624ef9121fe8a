//! Decides the programs that tests are made of: all host functions imported, the body written out.

use alloy_primitives::{Address, B256, U256};

/// Every host function: its name and wasm type.
const IMPORTS: &[(&str, &str)] = &[
    ("read_args", "(param i32)"),
    ("write_result", "(param i32 i32)"),
    ("exit_early", "(param i32)"),
    ("native_keccak256", "(param i32 i32 i32)"),
    ("pay_for_memory_grow", "(param i32)"),
    ("storage_load_bytes32", "(param i32 i32)"),
    ("storage_cache_bytes32", "(param i32 i32)"),
    ("storage_flush_cache", "(param i32)"),
    ("transient_load_bytes32", "(param i32 i32)"),
    ("transient_store_bytes32", "(param i32 i32)"),
    ("call_contract", "(param i32 i32 i32 i32 i64 i32) (result i32)"),
    ("delegate_call_contract", "(param i32 i32 i32 i64 i32) (result i32)"),
    ("static_call_contract", "(param i32 i32 i32 i64 i32) (result i32)"),
    ("create1", "(param i32 i32 i32 i32 i32)"),
    ("create2", "(param i32 i32 i32 i32 i32 i32)"),
    ("read_return_data", "(param i32 i32 i32) (result i32)"),
    ("return_data_size", "(result i32)"),
    ("emit_log", "(param i32 i32 i32)"),
    ("account_balance", "(param i32 i32)"),
    ("account_code", "(param i32 i32 i32 i32) (result i32)"),
    ("account_code_size", "(param i32) (result i32)"),
    ("account_codehash", "(param i32 i32)"),
    ("block_basefee", "(param i32)"),
    ("block_coinbase", "(param i32)"),
    ("block_gas_limit", "(result i64)"),
    ("block_number", "(result i64)"),
    ("block_timestamp", "(result i64)"),
    ("chainid", "(result i64)"),
    ("contract_address", "(param i32)"),
    ("msg_reentrant", "(result i32)"),
    ("msg_sender", "(param i32)"),
    ("msg_value", "(param i32)"),
    ("tx_gas_price", "(param i32)"),
    ("tx_ink_price", "(result i32)"),
    ("tx_origin", "(param i32)"),
    ("evm_gas_left", "(result i64)"),
    ("evm_ink_left", "(result i64)"),
    ("math_div", "(param i32 i32)"),
    ("math_mod", "(param i32 i32)"),
    ("math_pow", "(param i32 i32)"),
    ("math_add_mod", "(param i32 i32 i32)"),
    ("math_mul_mod", "(param i32 i32 i32)"),
];

/// Returns a program with one page of memory, growing to four, that copies its calldata to 0 and
/// runs `body`. The body sees `$len` and spare `$x`, `$pc` and `$out`, and leaves the status.
pub(crate) fn program(body: &str) -> Vec<u8> {
    let imports: String = IMPORTS
        .iter()
        .map(|(name, ty)| format!("(import \"vm_hooks\" \"{name}\" (func ${name} {ty}))\n"))
        .collect();
    let text = format!(
        "(module {imports} (memory (export \"memory\") 1 4)
            (func (export \"user_entrypoint\") (param $len i32) (result i32)
                (local $x i32) (local $pc i32) (local $out i32)
                (call $read_args (i32.const 0))
                {body}))"
    );
    wat::parse_str(&text).unwrap()
}

/// Returns a program that calls the address in its calldata, with the value in the second word and
/// the rest as data, and returns status ‖ length ‖ return data.
pub(crate) fn caller(call: &str) -> String {
    format!(
        "(i32.store (i32.const 1024)
            (call ${call} (i32.const 0) (i32.const 64) (i32.sub (local.get $len) (i32.const 64))
                {} (i64.const -1) (i32.const 1028)))
         (call $write_result (i32.const 1024) (i32.add (i32.const 8)
            (call $read_return_data (i32.const 1032) (i32.const 0) (i32.const 1000))))
         (i32.const 0)",
        if call == "call_contract" { "(i32.const 32)" } else { "" }
    )
}

/// Returns the calldata of a [`caller`].
pub(crate) fn to(address: Address, value: u64, data: &[u8]) -> Vec<u8> {
    address_then(address, &[word(value).as_slice(), data].concat())
}

/// Returns a word with a small number in it.
pub(crate) fn word(value: u64) -> B256 {
    B256::from(U256::from(value))
}

/// Returns an address as the 32 bytes that tests pass it in, followed by `rest`.
pub(crate) fn address_then(address: Address, rest: &[u8]) -> Vec<u8> {
    let mut data = address.to_vec();
    data.resize(32, 0);
    data.extend_from_slice(rest);
    data
}

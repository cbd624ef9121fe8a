//! The table of host functions: every import of module `vm_hooks` that a Stylus chain provides,
//! with its type. Source: Nitro's `user-host-trait` and stylus-sdk's `hostio.rs`.
//!
//! To add one, add its row in the order of names and write its lowering in the file of its kind.

use super::{
    HostFunction, account as acc, calls as call, environment as env, input_output as io, math,
    storage,
};
use crate::wasm::module::Type::{I32, I64};

macro_rules! hosts {
    ($($name:ident($($param:ident)*) -> ($($result:ident)?) = $build:path;)*) => {
        /// All host functions, by name.
        pub(crate) static TABLE: &[HostFunction] = &[
            $(HostFunction { name: stringify!($name), params: &[$($param),*], results: &[$($result)?], build: $build },)*
        ];
    };
}

hosts! {
    account_balance(I32 I32) -> () = acc::balance;
    account_code(I32 I32 I32 I32) -> (I32) = acc::code;
    account_code_size(I32) -> (I32) = acc::code_size;
    account_codehash(I32 I32) -> () = acc::code_hash;
    block_basefee(I32) -> () = env::basefee;
    block_coinbase(I32) -> () = env::coinbase;
    block_gas_limit() -> (I64) = env::gas_limit;
    block_number() -> (I64) = env::number;
    block_timestamp() -> (I64) = env::timestamp;
    call_contract(I32 I32 I32 I32 I64 I32) -> (I32) = call::call;
    chainid() -> (I64) = env::chain_id;
    contract_address(I32) -> () = env::address;
    create1(I32 I32 I32 I32 I32) -> () = call::create1;
    create2(I32 I32 I32 I32 I32 I32) -> () = call::create2;
    delegate_call_contract(I32 I32 I32 I64 I32) -> (I32) = call::delegate_call;
    emit_log(I32 I32 I32) -> () = io::emit_log;
    evm_gas_left() -> (I64) = env::gas_left;
    evm_ink_left() -> (I64) = env::ink_left;
    exit_early(I32) -> () = io::exit_early;
    math_add_mod(I32 I32 I32) -> () = math::add_mod;
    math_div(I32 I32) -> () = math::div;
    math_mod(I32 I32) -> () = math::modulo;
    math_mul_mod(I32 I32 I32) -> () = math::mul_mod;
    math_pow(I32 I32) -> () = math::pow;
    msg_reentrant() -> (I32) = call::reentrant;
    msg_sender(I32) -> () = env::sender;
    msg_value(I32) -> () = env::value;
    native_keccak256(I32 I32 I32) -> () = io::keccak256;
    pay_for_memory_grow(I32) -> () = env::pay_for_memory_grow;
    read_args(I32) -> () = io::read_args;
    read_return_data(I32 I32 I32) -> (I32) = call::read_return_data;
    return_data_size() -> (I32) = call::return_data_size;
    static_call_contract(I32 I32 I32 I64 I32) -> (I32) = call::static_call;
    storage_cache_bytes32(I32 I32) -> () = storage::cache;
    storage_flush_cache(I32) -> () = storage::flush;
    storage_load_bytes32(I32 I32) -> () = storage::load;
    transient_load_bytes32(I32 I32) -> () = storage::transient_load;
    transient_store_bytes32(I32 I32) -> () = storage::transient_store;
    tx_gas_price(I32) -> () = env::gas_price;
    tx_ink_price() -> (I32) = env::ink_price;
    tx_origin(I32) -> () = env::origin;
    write_result(I32 I32) -> () = io::write_result;
}

/// Finds the host function of an import.
pub(crate) fn find(module: &str, name: &str) -> Option<&'static HostFunction> {
    if module != "vm_hooks" {
        return None;
    }
    let row = TABLE.binary_search_by(|host| host.name.cmp(name)).ok()?;
    Some(&TABLE[row])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted() {
        assert!(TABLE.is_sorted_by(|a, b| a.name < b.name));
    }

    #[test]
    fn other_modules_have_no_functions() {
        assert!(find("console", "log_txt").is_none());
        assert!(find("vm_hooks", "msg_sender").is_some());
    }
}

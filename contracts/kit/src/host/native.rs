//! Decides how a contract that runs natively reaches the host: through the SDK's [`VM`].

#![allow(unsafe_code, reason = "the SDK's host marks writes and calls unsafe")]
// SAFETY, for every call below: the kit holds no SDK storage types, so nothing is aliased, and
// pointers are valid for the lengths that go with them.

use alloy_primitives::U256;
use stylus_sdk::stylus_core::{
    AccountAccess, BlockAccess, CalldataAccess, ChainAccess, CryptographyAccess, MessageAccess,
    MeteringAccess, RawLogAccess, StorageAccess, UnsafeCallAccess,
};

use super::{Account, B256, Uint, VM};

pub(super) fn load(vm: &VM, key: &B256) -> Uint {
    Uint::new(vm.storage_load_bytes32(U256::from_be_bytes(key.0)))
}

pub(super) fn store(vm: &VM, key: &B256, value: &B256) {
    unsafe { vm.storage_cache_bytes32(U256::from_be_bytes(key.0), *value) };
}

pub(super) fn keccak(vm: &VM, data: &[u8]) -> B256 {
    vm.native_keccak256(data)
}

pub(super) fn sender(vm: &VM) -> Account {
    Account::from(vm.msg_sender())
}

pub(super) fn this(vm: &VM) -> Account {
    Account::from(vm.contract_address())
}

pub(super) fn code_size(vm: &VM, of: &Account) -> usize {
    vm.code_size(*of.address())
}

pub(super) fn value(vm: &VM) -> B256 {
    vm.msg_value().into()
}

pub(super) fn log(vm: &VM, data: &[u8], topics: usize) {
    vm.emit_log(data, topics);
}

pub(super) fn div(_: &VM, value: &mut B256, divisor: &B256) {
    let (number, divisor) = (U256::from_be_bytes(value.0), U256::from_be_bytes(divisor.0));
    *value = number.checked_div(divisor).unwrap_or_default().into();
}

pub(super) fn mul_mod(_: &VM, value: &mut B256, multiplier: &B256, modulus: &B256) {
    let [number, multiplier, modulus] =
        [&*value, multiplier, modulus].map(|word| U256::from_be_bytes(word.0));
    *value = number.mul_mod(multiplier, modulus).into();
}

pub(super) fn timestamp(vm: &VM) -> u64 {
    vm.block_timestamp()
}

pub(super) fn chain_id(vm: &VM) -> u64 {
    vm.chain_id()
}

pub(super) fn call(vm: &VM, to: &Account, value: &B256, gas: u64, data: &[u8]) -> bool {
    let to = to.address();
    let mut len = 0;
    vm.flush_cache(true);
    unsafe {
        vm.call_contract(to.as_ptr(), data.as_ptr(), data.len(), value.as_ptr(), gas, &mut len) == 0
    }
}

pub(super) fn delegate_call(vm: &VM, to: &Account, gas: u64, data: &[u8]) -> bool {
    let to = to.address();
    let mut len = 0;
    vm.flush_cache(true);
    unsafe { vm.delegate_call_contract(to.as_ptr(), data.as_ptr(), data.len(), gas, &mut len) == 0 }
}

pub(super) fn balance(vm: &VM, of: &Account) -> B256 {
    vm.balance(*of.address()).into()
}

pub(super) fn code_hash(vm: &VM, of: &Account) -> B256 {
    vm.code_hash(*of.address())
}

pub(super) fn gas_left(vm: &VM) -> u64 {
    vm.evm_gas_left()
}

pub(super) fn gas_price(vm: &VM) -> B256 {
    vm.tx_gas_price().into()
}

pub(super) fn origin(vm: &VM) -> Account {
    Account::from(vm.tx_origin())
}

pub(super) fn static_call(vm: &VM, to: &Account, data: &[u8]) -> bool {
    let to = to.address();
    let mut len = 0;
    vm.flush_cache(false);
    unsafe {
        vm.static_call_contract(to.as_ptr(), data.as_ptr(), data.len(), u64::MAX, &mut len) == 0
    }
}

pub(super) fn returned_len(vm: &VM) -> usize {
    vm.return_data_size()
}

pub(super) fn read_returned(vm: &VM, room: &mut [u8]) {
    room.copy_from_slice(&vm.read_return_data(0, Some(room.len())));
}

pub(super) fn returned_word(vm: &VM) -> (B256, usize) {
    let data = vm.read_return_data(0, Some(32));
    let mut word = B256::ZERO;
    for (to, from) in word.iter_mut().zip(&data) {
        *to = *from;
    }
    (word, data.len())
}

//! Decides how the host is reached: by its raw functions in a program, through the SDK's [`VM`]
//! everywhere else. `program` and `native` are all that differs.
//!
//! The SDK's own wrappers take storage keys as numbers and so reverse 32 bytes for each access;
//! these take words as the host has them.

use alloy_primitives::B256;
use alloy_sol_types::SolCall;
use stylus_sdk::host::VM;

use crate::{
    Account, Uint,
    abi::ToWords,
    output,
    word::{self, Word},
};

#[cfg(not(target_arch = "wasm32"))]
#[path = "native.rs"]
mod imp;
#[cfg(target_arch = "wasm32")]
#[path = "program.rs"]
mod imp;

/// Reads a storage slot.
#[must_use]
#[inline(always)]
pub fn load(vm: &VM, key: &B256) -> Uint {
    imp::load(vm, key)
}

/// Writes a storage slot.
#[inline(always)]
#[allow(clippy::needless_pass_by_ref_mut, reason = "only who may write the contract may store")]
pub fn store(vm: &mut VM, key: &B256, value: &B256) {
    imp::store(vm, key, value);
}

/// Takes what the output holds after the first `from` bytes, and returns its keccak-256 hash.
#[must_use]
#[inline(never)]
pub fn hash_output(vm: &VM, from: usize) -> B256 {
    output::take(from, |bytes| imp::keccak(vm, bytes))
}

/// Returns the keccak-256 hash of bytes.
#[must_use]
#[inline(never)]
pub fn hash(vm: &VM, bytes: &[u8]) -> B256 {
    imp::keccak(vm, bytes)
}

/// Returns who called.
#[must_use]
#[inline(always)]
pub fn sender(vm: &VM) -> Account {
    imp::sender(vm)
}

/// Returns the address of this contract.
#[must_use]
#[inline(always)]
pub fn this(vm: &VM) -> Account {
    imp::this(vm)
}

/// Returns whether an account is a contract.
#[must_use]
#[inline]
pub fn is_contract(vm: &VM, account: &Account) -> bool {
    imp::code_size(vm, account) != 0
}

/// Returns the ether that the call brought, in wei.
#[must_use]
#[inline]
pub fn value(vm: &VM) -> Uint {
    Uint::new(imp::value(vm))
}

/// Returns whether the call brought ether.
#[must_use]
#[inline]
pub fn has_value(vm: &VM) -> bool {
    !word::is_zero(&imp::value(vm))
}

/// Returns the ether that an account has, in wei.
#[must_use]
#[inline]
pub fn balance(vm: &VM, of: &Account) -> Uint {
    Uint::new(imp::balance(vm, of))
}

/// Returns the hash of an account's code, as `EXTCODEHASH` does.
#[must_use]
#[inline]
pub fn code_hash(vm: &VM, of: &Account) -> B256 {
    imp::code_hash(vm, of)
}

/// Returns the gas that is left.
#[must_use]
#[inline]
pub fn gas_left(vm: &VM) -> u64 {
    imp::gas_left(vm)
}

/// Returns the transaction's price of gas, in wei.
#[must_use]
#[inline]
pub fn gas_price(vm: &VM) -> Uint {
    Uint::new(imp::gas_price(vm))
}

/// Returns who signed the transaction. It proves nothing about who calls.
#[must_use]
#[inline]
pub fn origin(vm: &VM) -> Account {
    imp::origin(vm)
}

/// Takes what the output holds after the first `from` bytes, and emits it as a log: topics first,
/// then data.
#[inline(never)]
#[allow(clippy::needless_pass_by_ref_mut, reason = "only who may write the contract may log")]
pub(crate) fn log(vm: &mut VM, from: usize, topics: usize) {
    output::take(from, |bytes| imp::log(vm, bytes, topics));
}

/// Returns the block's time, in seconds since 1970.
#[must_use]
#[inline(always)]
pub fn timestamp(vm: &VM) -> u64 {
    imp::timestamp(vm)
}

/// Returns the chain's id.
#[must_use]
#[inline(always)]
pub fn chain_id(vm: &VM) -> u64 {
    imp::chain_id(vm)
}

/// Returns `number / divisor`, rounded down, and zero when the divisor is zero.
#[must_use]
#[inline(never)]
pub fn div(vm: &VM, number: &Uint, divisor: &Uint) -> Uint {
    let mut value = *number.word();
    imp::div(vm, &mut value, divisor.word());
    Uint::new(value)
}

/// Returns `number · multiplier / divisor`, rounded down, and zero when the divisor is zero.
///
/// The product must be below 2^256 − 1. The host multiplies and divides, so that the program
/// carries neither.
#[must_use]
#[inline(never)]
pub fn mul_div(vm: &VM, number: &Uint, multiplier: &Uint, divisor: &Uint) -> Uint {
    let mut value = *number.word();
    // A product below the modulus is not changed by it.
    imp::mul_mod(vm, &mut value, multiplier.word(), &B256::repeat_byte(0xff));
    imp::div(vm, &mut value, divisor.word());
    Uint::new(value)
}

/// Calls a function of a contract with all the gas there is, and returns whether it succeeded.
#[inline(always)]
pub fn call<'a, C: SolCall>(
    vm: &mut VM,
    to: &Account,
    args: impl ToWords<C::Parameters<'a>>,
) -> bool {
    let start = push_call::<C>(args);
    call_output(vm, to, &Uint::ZERO, start)
}

/// Takes what the output holds after the first `from` bytes, sends it to an account with ether and
/// all the gas there is, and returns whether that succeeded.
#[inline(never)]
#[allow(clippy::needless_pass_by_ref_mut, reason = "only who may write the contract may call")]
pub fn call_output(vm: &mut VM, to: &Account, value: &Uint, from: usize) -> bool {
    output::take(from, |data| imp::call(vm, to, value.word(), u64::MAX, data))
}

/// Sends bytes and ether to an account with all the gas there is, and returns whether that
/// succeeded.
#[inline(always)]
pub fn call_raw(vm: &mut VM, to: &Account, value: &Uint, data: &[u8]) -> bool {
    call_raw_gas(vm, to, value, u64::MAX, data)
}

/// Sends bytes and ether to an account with at most `gas`, and returns whether that succeeded.
#[inline(never)]
#[allow(clippy::needless_pass_by_ref_mut, reason = "only who may write the contract may call")]
pub fn call_raw_gas(vm: &mut VM, to: &Account, value: &Uint, gas: u64, data: &[u8]) -> bool {
    imp::call(vm, to, value.word(), gas, data)
}

/// Runs the code of another account on this contract's storage, with at most `gas`, and returns
/// whether that succeeded. Whatever that code does, this contract does.
#[inline(never)]
#[allow(clippy::needless_pass_by_ref_mut, reason = "only who may write the contract may call")]
pub fn delegate_call_raw(vm: &mut VM, to: &Account, gas: u64, data: &[u8]) -> bool {
    imp::delegate_call(vm, to, gas, data)
}

/// Sends bytes to an account that must not change anything, and returns whether that succeeded.
#[must_use]
#[inline(never)]
pub fn static_call_raw(vm: &VM, to: &Account, data: &[u8]) -> bool {
    imp::static_call(vm, to, data)
}

/// Calls a function of a contract that must not change anything, and returns whether it succeeded.
#[must_use]
#[inline(always)]
pub fn static_call<'a, C: SolCall>(
    vm: &VM,
    to: &Account,
    args: impl ToWords<C::Parameters<'a>>,
) -> bool {
    let start = push_call::<C>(args);
    static_call_output(vm, to, start)
}

/// Takes what the output holds after the first `from` bytes, sends it to an account that must not
/// change anything, and returns whether that succeeded.
#[must_use]
#[inline(never)]
pub fn static_call_output(vm: &VM, to: &Account, from: usize) -> bool {
    output::take(from, |data| imp::static_call(vm, to, data))
}

/// Appends a call to the output, and returns where it starts there.
#[inline(always)]
pub fn push_call<'a, C: SolCall>(args: impl ToWords<C::Parameters<'a>>) -> usize {
    let start = output::len();
    output::push_selector(u32::from_be_bytes(C::SELECTOR));
    args.push_all();
    start
}

/// Takes what the output holds after the first `from` bytes and sends it to a precompile, and
/// returns whether that succeeded.
#[must_use]
#[inline(always)]
pub(crate) fn call_precompile(vm: &VM, number: u64, from: usize) -> bool {
    output::take(from, |data| imp::static_call(vm, &Account::small(number), data))
}

/// Returns the first word of what the last call returned, and how many of its bytes were there.
#[must_use]
#[inline(always)]
pub fn returned_word(vm: &VM) -> (B256, usize) {
    imp::returned_word(vm)
}

/// Returns how many bytes the last call returned.
#[must_use]
#[inline(always)]
pub fn returned_len(vm: &VM) -> usize {
    imp::returned_len(vm)
}

/// Appends to the output what the last call returned.
#[inline(never)]
pub fn returned(vm: &VM) {
    output::append(imp::returned_len(vm), |room| imp::read_returned(vm, room));
}

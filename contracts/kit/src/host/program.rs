//! Decides how a program reaches the host: by its raw functions.

#![allow(unsafe_code, reason = "the functions of the host take raw pointers")]
// SAFETY, for every call below: the pointers are valid for the length that the host reads or
// writes (32 bytes for words, 20 for addresses, the slice's own length otherwise), and the
// host keeps none of them.

use core::mem::MaybeUninit;

use stylus_sdk::hostio;

use super::{Account, B256, Uint, VM};

mod raw {
    //! The functions of the host that the SDK does not wrap.

    #[link(wasm_import_module = "vm_hooks")]
    #[allow(unsafe_code, reason = "the functions of the host take raw pointers")]
    unsafe extern "C" {
        /// `value = value / divisor`, zero when the divisor is zero, as `DIV`.
        pub(super) fn math_div(value: *mut u8, divisor: *const u8);
        /// `value = value · multiplier mod modulus` without wrapping, as `MULMOD`.
        pub(super) fn math_mul_mod(value: *mut u8, multiplier: *const u8, modulus: *const u8);
    }
}

#[inline(always)]
fn written<W>(fill: impl FnOnce(*mut u8)) -> W {
    let mut word = MaybeUninit::<W>::uninit();
    fill(word.as_mut_ptr().cast());
    unsafe { word.assume_init() }
}

#[inline(always)]
pub(super) fn load(_: &VM, key: &B256) -> Uint {
    written(|out| unsafe { hostio::storage_load_bytes32(key.as_ptr(), out) })
}

#[inline(always)]
pub(super) fn store(_: &VM, key: &B256, value: &B256) {
    unsafe { hostio::storage_cache_bytes32(key.as_ptr(), value.as_ptr()) };
}

#[inline(always)]
pub(super) fn keccak(_: &VM, data: &[u8]) -> B256 {
    written(|out| unsafe { hostio::native_keccak256(data.as_ptr(), data.len(), out) })
}

/// Has an account written where it is needed.
///
/// `fill` is called with a place of 32 bytes. It is a function of its own, lest the compiler
/// builds the account elsewhere and copies it.
#[inline(always)]
fn account(fill: unsafe fn(*mut u8)) -> Account {
    let mut account = MaybeUninit::<Account>::uninit();
    unsafe {
        fill(account.as_mut_ptr().cast());
        account.assume_init()
    }
}

#[inline(always)]
pub(super) fn sender(_: &VM) -> Account {
    #[inline(never)]
    unsafe fn fill(out: *mut u8) {
        unsafe {
            out.write_bytes(0, 12);
            hostio::msg_sender(out.add(12));
        }
    }
    account(fill)
}

#[inline(always)]
pub(super) fn this(_: &VM) -> Account {
    #[inline(never)]
    unsafe fn fill(out: *mut u8) {
        unsafe {
            out.write_bytes(0, 12);
            hostio::contract_address(out.add(12));
        }
    }
    account(fill)
}

#[inline(always)]
pub(super) fn code_size(_: &VM, of: &Account) -> usize {
    unsafe { hostio::account_code_size(of.address().as_ptr()) }
}

#[inline(always)]
pub(super) fn value(_: &VM) -> B256 {
    written(|out| unsafe { hostio::msg_value(out) })
}

#[inline(always)]
pub(super) fn log(_: &VM, data: &[u8], topics: usize) {
    unsafe { hostio::emit_log(data.as_ptr(), data.len(), topics) };
}

#[inline(always)]
pub(super) fn div(_: &VM, value: &mut B256, divisor: &B256) {
    unsafe { raw::math_div(value.as_mut_ptr(), divisor.as_ptr()) };
}

#[inline(always)]
pub(super) fn mul_mod(_: &VM, value: &mut B256, multiplier: &B256, modulus: &B256) {
    unsafe { raw::math_mul_mod(value.as_mut_ptr(), multiplier.as_ptr(), modulus.as_ptr()) };
}

#[inline(always)]
pub(super) fn timestamp(_: &VM) -> u64 {
    unsafe { hostio::block_timestamp() }
}

#[inline(always)]
pub(super) fn chain_id(_: &VM) -> u64 {
    unsafe { hostio::chainid() }
}

#[inline(always)]
pub(super) fn call(_: &VM, to: &Account, value: &B256, gas: u64, data: &[u8]) -> bool {
    let to = to.address();
    let mut len = 0;
    unsafe {
        // The callee must see what was written, and may change what was read.
        hostio::storage_flush_cache(true);
        hostio::call_contract(
            to.as_ptr(),
            data.as_ptr(),
            data.len(),
            value.as_ptr(),
            gas,
            &raw mut len,
        ) == 0
    }
}

#[inline(always)]
pub(super) fn delegate_call(_: &VM, to: &Account, gas: u64, data: &[u8]) -> bool {
    let to = to.address();
    let mut len = 0;
    unsafe {
        // The callee's code reads and writes this contract's storage.
        hostio::storage_flush_cache(true);
        hostio::delegate_call_contract(to.as_ptr(), data.as_ptr(), data.len(), gas, &raw mut len)
            == 0
    }
}

#[inline(always)]
pub(super) fn balance(_: &VM, of: &Account) -> B256 {
    written(|out| unsafe { hostio::account_balance(of.address().as_ptr(), out) })
}

#[inline(always)]
pub(super) fn code_hash(_: &VM, of: &Account) -> B256 {
    written(|out| unsafe { hostio::account_codehash(of.address().as_ptr(), out) })
}

#[inline(always)]
pub(super) fn gas_left(_: &VM) -> u64 {
    unsafe { hostio::evm_gas_left() }
}

#[inline(always)]
pub(super) fn gas_price(_: &VM) -> B256 {
    written(|out| unsafe { hostio::tx_gas_price(out) })
}

#[inline(always)]
pub(super) fn origin(_: &VM) -> Account {
    #[inline(never)]
    unsafe fn fill(out: *mut u8) {
        unsafe {
            out.write_bytes(0, 12);
            hostio::tx_origin(out.add(12));
        }
    }
    account(fill)
}

#[inline(always)]
pub(super) fn static_call(_: &VM, to: &Account, data: &[u8]) -> bool {
    let to = to.address();
    let mut len = 0;
    unsafe {
        // A read-only callee changes nothing, but must see what was written.
        hostio::storage_flush_cache(false);
        hostio::static_call_contract(to.as_ptr(), data.as_ptr(), data.len(), u64::MAX, &raw mut len)
            == 0
    }
}

#[inline(always)]
pub(super) fn returned_len(_: &VM) -> usize {
    unsafe { hostio::return_data_size() }
}

#[inline(always)]
pub(super) fn read_returned(_: &VM, room: &mut [u8]) {
    unsafe { hostio::read_return_data(room.as_mut_ptr(), 0, room.len()) };
}

#[inline(always)]
pub(super) fn returned_word(_: &VM) -> (B256, usize) {
    let mut word = B256::ZERO;
    let len = unsafe { hostio::read_return_data(word.as_mut_ptr(), 0, 32) };
    (word, len)
}

//! Decides how the host is reached: by its raw functions in a program, through the SDK's [`VM`]
//! everywhere else. This is the one file where the two differ.
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

#[cfg(target_arch = "wasm32")]
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

#[cfg(target_arch = "wasm32")]
mod imp {
    #![allow(unsafe_code, reason = "the functions of the host take raw pointers")]
    // SAFETY, for every call below: the pointers are valid for the length that the host reads or
    // writes (32 bytes for words, 20 for addresses, the slice's own length otherwise), and the
    // host keeps none of them.

    use core::mem::MaybeUninit;

    use stylus_sdk::hostio;

    use super::{Account, B256, Uint, VM, raw};

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
    pub(super) fn call(_: &VM, to: &Account, data: &[u8]) -> bool {
        let (to, none) = (to.address(), B256::ZERO);
        let mut len = 0;
        unsafe {
            // The callee must see what was written, and may change what was read.
            hostio::storage_flush_cache(true);
            hostio::call_contract(
                to.as_ptr(),
                data.as_ptr(),
                data.len(),
                none.as_ptr(),
                u64::MAX,
                &raw mut len,
            ) == 0
        }
    }

    #[inline(always)]
    pub(super) fn static_call(_: &VM, to: &Account, data: &[u8]) -> bool {
        let to = to.address();
        let mut len = 0;
        unsafe {
            // A read-only callee changes nothing, but must see what was written.
            hostio::storage_flush_cache(false);
            hostio::static_call_contract(
                to.as_ptr(),
                data.as_ptr(),
                data.len(),
                u64::MAX,
                &raw mut len,
            ) == 0
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
}

#[cfg(not(target_arch = "wasm32"))]
mod imp {
    #![allow(unsafe_code, reason = "the SDK's host marks writes and calls unsafe")]
    // SAFETY, for every call below: the kit holds no SDK storage types, so nothing is aliased, and
    // pointers are valid for the lengths that go with them.

    use alloy_primitives::U256;
    use stylus_sdk::stylus_core::{
        AccountAccess, BlockAccess, CalldataAccess, ChainAccess, CryptographyAccess, MessageAccess,
        RawLogAccess, StorageAccess, UnsafeCallAccess,
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

    pub(super) fn call(vm: &VM, to: &Account, data: &[u8]) -> bool {
        let (to, none) = (to.address(), B256::ZERO);
        let mut len = 0;
        vm.flush_cache(true);
        unsafe {
            vm.call_contract(
                to.as_ptr(),
                data.as_ptr(),
                data.len(),
                none.as_ptr(),
                u64::MAX,
                &mut len,
            ) == 0
        }
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
}

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
pub(crate) fn hash_output(vm: &VM, from: usize) -> B256 {
    output::take(from, |bytes| imp::keccak(vm, bytes))
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

/// Returns whether the call brought ether.
#[must_use]
#[inline]
pub fn has_value(vm: &VM) -> bool {
    !word::is_zero(&imp::value(vm))
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
    push_call::<C>(args);
    output::take(0, |data| imp::call(vm, to, data))
}

/// Calls a function of a contract that must not change anything, and returns whether it succeeded.
#[must_use]
#[inline(always)]
pub fn static_call<'a, C: SolCall>(
    vm: &VM,
    to: &Account,
    args: impl ToWords<C::Parameters<'a>>,
) -> bool {
    push_call::<C>(args);
    output::take(0, |data| imp::static_call(vm, to, data))
}

/// Appends a call to the output.
#[inline(always)]
fn push_call<'a, C: SolCall>(args: impl ToWords<C::Parameters<'a>>) {
    output::begin();
    output::push_selector(u32::from_be_bytes(C::SELECTOR));
    args.push_all();
}

/// Takes what the output holds and sends it to a precompile, and returns whether that succeeded.
#[must_use]
#[inline(always)]
pub(crate) fn call_precompile(vm: &VM, number: u64) -> bool {
    output::take(0, |data| imp::static_call(vm, &Account::small(number), data))
}

/// Returns the first word of what the last call returned, and how many of its bytes were there.
#[must_use]
#[inline(always)]
pub fn returned_word(vm: &VM) -> (B256, usize) {
    imp::returned_word(vm)
}

/// Writes to the output what the last call returned, or nothing when it is longer than the room
/// there.
#[inline(never)]
pub fn returned(vm: &VM) {
    let len = imp::returned_len(vm);
    if len <= output::room() {
        output::append(len, |room| imp::read_returned(vm, room));
    }
}

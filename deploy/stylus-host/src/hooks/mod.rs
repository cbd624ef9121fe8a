//! Decides which host functions a program may import: one row each, with its wasm signature.
//!
//! To add one: write it in the module of its kind as a method of [`Hook`], charging ink in the
//! order of the chain's `user-host-trait`, and add its row to the table.

mod account;
mod block;
mod call;
mod io;
mod math;
mod storage;

use wasmi::{Caller, Engine, Linker};

use crate::{
    frame::{Env, Escape, Meters},
    message::Message,
    outcome::Status,
    units::{Gas, Ink},
};

/// Links host functions of the module `vm_hooks`: `name(arguments) -> result;` calls the method of
/// that name on [`Hook`].
macro_rules! vm_hooks {
    ($linker:ident; $($name:ident($($argument:ident: $ty:ty),*) $(-> $result:ty)?;)*) => {
        $(
            let linked = $linker.func_wrap(
                "vm_hooks",
                stringify!($name),
                |caller: Caller<'_, Env>, $($argument: $ty),*| -> Result<vm_hooks!(@ $($result)?), wasmi::Error> {
                    Hook::run(caller, stringify!($name), |hook| hook.$name($($argument),*))
                },
            );
            debug_assert!(linked.is_ok(), "each host function is linked once");
        )*
    };
    (@) => { () };
    (@ $result:ty) => { $result };
}

/// Returns a linker with every host function.
#[rustfmt::skip]
pub(crate) fn linker(engine: &Engine) -> Linker<Env> {
    let mut linker = Linker::new(engine);
    vm_hooks! { linker;
        // Input, output, hashing, memory.
        read_args(dest: u32);
        write_result(data: u32, len: u32);
        exit_early(status: u32);
        native_keccak256(bytes: u32, len: u32, output: u32);
        pay_for_memory_grow(pages: u32);
        // Storage.
        storage_load_bytes32(key: u32, dest: u32);
        storage_cache_bytes32(key: u32, value: u32);
        storage_flush_cache(clear: u32);
        transient_load_bytes32(key: u32, dest: u32);
        transient_store_bytes32(key: u32, value: u32);
        // Calls, creations, logs.
        call_contract(contract: u32, data: u32, len: u32, value: u32, gas: u64, ret_len: u32) -> u32;
        delegate_call_contract(contract: u32, data: u32, len: u32, gas: u64, ret_len: u32) -> u32;
        static_call_contract(contract: u32, data: u32, len: u32, gas: u64, ret_len: u32) -> u32;
        create1(code: u32, len: u32, endowment: u32, contract: u32, ret_len: u32);
        create2(code: u32, len: u32, endowment: u32, salt: u32, contract: u32, ret_len: u32);
        read_return_data(dest: u32, offset: u32, size: u32) -> u32;
        return_data_size() -> u32;
        emit_log(data: u32, len: u32, topics: u32);
        // Accounts.
        account_balance(address: u32, dest: u32);
        account_code(address: u32, offset: u32, size: u32, dest: u32) -> u32;
        account_code_size(address: u32) -> u32;
        account_codehash(address: u32, dest: u32);
        // Block, transaction, message.
        block_basefee(dest: u32);
        block_coinbase(dest: u32);
        block_gas_limit() -> u64;
        block_number() -> u64;
        block_timestamp() -> u64;
        chainid() -> u64;
        contract_address(dest: u32);
        msg_reentrant() -> u32;
        msg_sender(dest: u32);
        msg_value(dest: u32);
        tx_gas_price(dest: u32);
        tx_ink_price() -> u32;
        tx_origin(dest: u32);
        evm_gas_left() -> u64;
        evm_ink_left() -> u64;
        // 256-bit arithmetic.
        math_div(value: u32, divisor: u32);
        math_mod(value: u32, modulus: u32);
        math_pow(value: u32, exponent: u32);
        math_add_mod(value: u32, addend: u32, modulus: u32);
        math_mul_mod(value: u32, multiplier: u32, modulus: u32);
    }
    linker
}

/// A host function at work: the calling program's memory, ink and surroundings.
pub(crate) struct Hook<'a> {
    caller: Caller<'a, Env>,
    meters: Meters,
}

impl<'a> Hook<'a> {
    /// Runs a host function, and notes what it cost when the program is profiled.
    fn run<T>(
        caller: Caller<'a, Env>,
        name: &'static str,
        body: impl FnOnce(&mut Self) -> Result<T, Escape>,
    ) -> Result<T, wasmi::Error> {
        let meters = caller.data().meters.ok_or_else(|| Escape::Internal(name.to_owned()));
        let mut hook = Self { meters: meters.map_err(wasmi::Error::host)?, caller };
        let before = hook.ink_left();
        let result = body(&mut hook);
        hook.note(name, before);
        if matches!(result, Err(Escape::OutOfInk)) {
            hook.meters.exhaust(&mut hook.caller);
        }
        result.map_err(wasmi::Error::host)
    }

    fn note(&mut self, name: &'static str, before: Ink) {
        let Some(function) = self.meters.current(&self.caller) else { return };
        let spent = before - self.ink_left();
        let hooks = self.env().frame.hook_inks.entry(function);
        let sum = hooks.or_default().entry(name).or_default();
        sum.0 += 1;
        sum.1 += spent;
    }

    fn env(&mut self) -> &mut Env {
        self.caller.data_mut()
    }

    fn message(&self) -> &Message {
        &self.caller.data().frame.message
    }

    // Ink and gas.

    fn ink_left(&self) -> Ink {
        self.meters.ink_left(&self.caller)
    }

    fn gas_left(&self) -> Gas {
        self.ink_left().to_gas()
    }

    fn buy_ink(&mut self, ink: Ink) -> Result<(), Escape> {
        self.require_ink(ink)?;
        let left = self.ink_left() - ink;
        self.meters.set_ink(&mut self.caller, left);
        Ok(())
    }

    fn require_ink(&self, ink: Ink) -> Result<(), Escape> {
        if self.ink_left() < ink { Err(Escape::OutOfInk) } else { Ok(()) }
    }

    fn require_gas(&self, gas: Gas) -> Result<(), Escape> {
        self.require_ink(gas.to_ink())
    }

    /// Pays a price of the EVM.
    fn buy_gas(&mut self, gas: Gas) -> Result<(), Escape> {
        self.spend_gas(gas)?;
        self.env().chain.report.evm += gas;
        Ok(())
    }

    /// Pays gas that is accounted for elsewhere.
    fn spend_gas(&mut self, gas: Gas) -> Result<(), Escape> {
        self.buy_ink(gas.to_ink())
    }

    // Memory.

    fn read(&self, ptr: u32, len: usize) -> Result<Vec<u8>, Escape> {
        let memory = self.meters.memory.data(&self.caller);
        let start = ptr as usize;
        let bytes = start.checked_add(len).and_then(|end| memory.get(start..end));
        bytes.map(<[u8]>::to_vec).ok_or(Escape::Memory { ptr, len })
    }

    fn read_array<const N: usize>(&self, ptr: u32) -> Result<[u8; N], Escape> {
        let memory = self.meters.memory.data(&self.caller);
        let bytes = memory.get(ptr as usize..).and_then(|rest| rest.first_chunk());
        bytes.copied().ok_or(Escape::Memory { ptr, len: N })
    }

    fn write(&mut self, ptr: u32, bytes: &[u8]) -> Result<(), Escape> {
        let memory = self.meters.memory.data_mut(&mut self.caller);
        let (start, len) = (ptr as usize, bytes.len());
        let place = start.checked_add(len).and_then(|end| memory.get_mut(start..end));
        place.ok_or(Escape::Memory { ptr, len })?.copy_from_slice(bytes);
        Ok(())
    }

    fn write_u32(&mut self, ptr: u32, value: u32) -> Result<(), Escape> {
        self.write(ptr, &value.to_le_bytes())
    }
}

/// Returns the length of bytes that a program may ask for.
fn len_u32(bytes: &[u8]) -> u32 {
    u32::try_from(bytes.len()).unwrap_or(u32::MAX)
}

/// Returns the part of `bytes` between `offset` and `offset + size` that exists.
fn overlap(bytes: &[u8], offset: u32, size: u32) -> &[u8] {
    let start = (offset as usize).min(bytes.len());
    let end = (offset.saturating_add(size) as usize).min(bytes.len());
    &bytes[start..end.max(start)]
}

/// Returns the status that a call's caller sees: 0 for success, 2 for every failure.
const fn call_status(status: &Status) -> u32 {
    if status.is_success() { 0 } else { 2 }
}

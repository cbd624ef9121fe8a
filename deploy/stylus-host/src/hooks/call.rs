//! Decides the host functions that call and create other contracts, and emit logs.

use std::sync::Arc;

use alloy_primitives::{Address, B256, Bytes, Log, LogData, U256};

use super::{Hook, call_status, len_u32, overlap};
use crate::{
    chain::Chain,
    create::Creation,
    frame::Escape,
    message::{CallKind, Message},
    outcome::Status,
    prices::{
        CALL_STIPEND, CALL_VALUE_GAS, COLD_ACCOUNT_GAS, CREATE_GAS, EVM_API_INK, HOSTIO_INK,
        NEW_ACCOUNT_GAS, PTR_INK, WARM_ACCESS_GAS, initcode_hash_gas, log_gas, read_ink, write_ink,
    },
    units::{Gas, Ink},
};

/// Where a call's arguments lie in memory.
struct CallArguments {
    contract: u32,
    data: u32,
    len: u32,
    /// Absent for calls that send no value of their own.
    value: Option<u32>,
    gas: u64,
    ret_len: u32,
}

/// Where a creation's arguments lie in memory.
struct CreateArguments {
    code: u32,
    len: u32,
    endowment: u32,
    /// Absent for `create1`.
    salt: Option<u32>,
    contract: u32,
    ret_len: u32,
}

impl Hook<'_> {
    /// Calls a contract with value; returns 0 if it succeeded.
    pub(super) fn call_contract(
        &mut self,
        contract: u32,
        data: u32,
        len: u32,
        value: u32,
        gas: u64,
        ret_len: u32,
    ) -> Result<u32, Escape> {
        let value = Some(value);
        let arguments = CallArguments { contract, data, len, value, gas, ret_len };
        self.call(CallKind::Call, &arguments)
    }

    /// Runs a contract's code as this program's own; returns 0 if it succeeded.
    pub(super) fn delegate_call_contract(
        &mut self,
        contract: u32,
        data: u32,
        len: u32,
        gas: u64,
        ret_len: u32,
    ) -> Result<u32, Escape> {
        let arguments = CallArguments { contract, data, len, value: None, gas, ret_len };
        self.call(CallKind::Delegate, &arguments)
    }

    /// Calls a contract that may not write; returns 0 if it succeeded.
    pub(super) fn static_call_contract(
        &mut self,
        contract: u32,
        data: u32,
        len: u32,
        gas: u64,
        ret_len: u32,
    ) -> Result<u32, Escape> {
        let arguments = CallArguments { contract, data, len, value: None, gas, ret_len };
        self.call(CallKind::Static, &arguments)
    }

    fn call(&mut self, kind: CallKind, arguments: &CallArguments) -> Result<u32, Escape> {
        self.buy_ink(HOSTIO_INK + PTR_INK * 3 + EVM_API_INK)?;
        self.buy_ink(read_ink(arguments.len))?;
        self.buy_ink(read_ink(arguments.len))?;
        let gas_left = self.gas_left();
        let gas_asked = Gas(arguments.gas).min(gas_left);
        let contract = Address::from(self.read_array(arguments.contract)?);
        let input = self.read(arguments.data, arguments.len as usize)?.into();
        let value = match arguments.value {
            Some(ptr) => U256::from_be_bytes(self.read_array::<32>(ptr)?),
            None => U256::ZERO,
        };
        let message = self.outgoing(kind, contract, value, input);
        let (status, output) = self.send(message, !value.is_zero(), gas_left, gas_asked)?;
        self.write_u32(arguments.ret_len, len_u32(&output))?;
        self.env().frame.return_data = output;
        Ok(status)
    }

    /// Returns the message of a call, without its gas.
    fn outgoing(&self, kind: CallKind, contract: Address, value: U256, input: Bytes) -> Message {
        let own = self.message();
        let (caller, target, value) = match kind {
            CallKind::Delegate => (own.caller, own.target, own.value),
            CallKind::Call | CallKind::Static => (own.target, contract, value),
        };
        let read_only = own.read_only || kind == CallKind::Static;
        Message { kind, caller, target, code: contract, value, input, gas: Gas(0), read_only }
    }

    /// Sends a message and pays for it (Nitro `api.go`, `doCall`).
    fn send(
        &mut self,
        message: Message,
        sends_value: bool,
        gas_left: Gas,
        gas_asked: Gas,
    ) -> Result<(u32, Bytes), Escape> {
        if self.message().read_only && sends_value {
            return Ok((2, Bytes::new()));
        }
        let base = call_gas(&mut self.env().chain, message.code, sends_value);
        let Some(after_base) = gas_left.pay(base) else {
            self.buy_gas(gas_left)?;
            return Ok((2, Bytes::new()));
        };
        let mut gas = Gas(after_base.0 * 63 / 64).min(gas_asked);
        if sends_value {
            gas += CALL_STIPEND;
        }
        let machine = self.machine()?;
        let result = self.env().chain.execute(&machine, Message { gas, ..message });
        if let Status::Unsupported(what) = result.status {
            return Err(Escape::Unsupported(what));
        }
        self.pay_base_and_spent(base, gas - result.gas_left)?;
        Ok((call_status(&result.status), result.output))
    }

    /// Pays the EVM's price of a call, and the gas that the callee itself accounted for.
    fn pay_base_and_spent(&mut self, base: Gas, spent: Gas) -> Result<(), Escape> {
        self.spend_gas(base + spent)?;
        self.env().chain.report.evm += base;
        Ok(())
    }

    fn machine(&mut self) -> Result<Arc<crate::program::Machine>, Escape> {
        let machine = self.env().machine.clone();
        machine.ok_or_else(|| Escape::Internal("the machine".to_owned()))
    }

    /// Creates a contract at the address of this one's next nonce.
    pub(super) fn create1(
        &mut self,
        code: u32,
        len: u32,
        endowment: u32,
        contract: u32,
        ret_len: u32,
    ) -> Result<(), Escape> {
        let salt = None;
        let arguments = CreateArguments { code, len, endowment, salt, contract, ret_len };
        self.create(&arguments, PTR_INK * 3)
    }

    /// Creates a contract at the address of its initcode and a salt.
    pub(super) fn create2(
        &mut self,
        code: u32,
        len: u32,
        endowment: u32,
        salt: u32,
        contract: u32,
        ret_len: u32,
    ) -> Result<(), Escape> {
        let salt = Some(salt);
        let arguments = CreateArguments { code, len, endowment, salt, contract, ret_len };
        self.create(&arguments, PTR_INK * 4)
    }

    /// Creates a contract and pays for it (Nitro `api.go`, `create`). On failure the address
    /// written is zero.
    fn create(&mut self, arguments: &CreateArguments, pointers: Ink) -> Result<(), Escape> {
        self.buy_ink(HOSTIO_INK + pointers + EVM_API_INK)?;
        self.buy_ink(read_ink(arguments.len))?;
        self.buy_ink(read_ink(arguments.len))?;
        let initcode = self.read(arguments.code, arguments.len as usize)?;
        let value = U256::from_be_bytes(self.read_array::<32>(arguments.endowment)?);
        let salt = match arguments.salt {
            Some(ptr) => Some(B256::from(self.read_array(ptr)?)),
            None => None,
        };
        let start = self.gas_left();
        if self.message().read_only {
            return Err(Escape::WriteProtection);
        }
        let hashing = salt.map_or(Gas(0), |_| initcode_hash_gas(initcode.len()));
        let left = start.pay(CREATE_GAS + hashing).ok_or(Escape::OutOfInk)?;
        let gas = left.all_but_one_64th();
        let creator = self.message().target;
        let creation = Creation { creator, value, initcode: initcode.into(), salt, gas };
        let machine = self.machine()?;
        let created = self.env().chain.create(&machine, creation);
        if let Status::Unsupported(what) = created.status {
            return Err(Escape::Unsupported(what));
        }
        let output = if created.status == Status::Revert { created.output } else { Bytes::new() };
        self.buy_gas(CREATE_GAS + hashing + (gas - created.gas_left))?;
        self.write_u32(arguments.ret_len, len_u32(&output))?;
        self.env().frame.return_data = output;
        self.write(arguments.contract, created.address.unwrap_or_default().as_slice())
    }

    /// Copies the part of the last call's return data that exists; returns its length.
    pub(super) fn read_return_data(
        &mut self,
        dest: u32,
        offset: u32,
        size: u32,
    ) -> Result<u32, Escape> {
        self.buy_ink(HOSTIO_INK + EVM_API_INK)?;
        let data = self.env().frame.return_data.clone();
        self.buy_ink(write_ink(size.min(len_u32(&data).saturating_sub(offset))))?;
        let part = overlap(&data, offset, size);
        if !part.is_empty() {
            self.write(dest, part)?;
        }
        Ok(len_u32(part))
    }

    /// Returns the length of the last call's return data.
    pub(super) fn return_data_size(&mut self) -> Result<u32, Escape> {
        self.buy_ink(HOSTIO_INK)?;
        Ok(len_u32(&self.env().frame.return_data))
    }

    /// Emits a log whose first words are its topics.
    pub(super) fn emit_log(&mut self, data: u32, len: u32, topics: u32) -> Result<(), Escape> {
        self.buy_ink(HOSTIO_INK + EVM_API_INK)?;
        if topics > 4 || len < topics * 32 {
            return Err(Escape::Topics { topics, len });
        }
        self.buy_ink(read_ink(len))?;
        self.buy_gas(log_gas(topics, len - topics * 32))?;
        let bytes = self.read(data, len as usize)?;
        if self.message().read_only {
            return Err(Escape::WriteProtection);
        }
        let (head, body) = bytes.split_at(topics as usize * 32);
        let topics = head.chunks_exact(32).map(B256::from_slice).collect();
        let data = LogData::new_unchecked(topics, Bytes::copy_from_slice(body));
        let address = self.message().target;
        self.env().chain.state.add_log(Log { address, data });
        Ok(())
    }
}

/// Touches a callee and returns the gas of starting a call of it (go-ethereum `gasCall`).
fn call_gas(chain: &mut Chain, contract: Address, sends_value: bool) -> Gas {
    let mut gas = WARM_ACCESS_GAS;
    if chain.state.warm_account(contract) {
        gas = COLD_ACCOUNT_GAS;
    }
    if sends_value {
        gas += CALL_VALUE_GAS;
        if chain.state.is_empty(contract) {
            gas += NEW_ACCOUNT_GAS;
        }
    }
    gas
}

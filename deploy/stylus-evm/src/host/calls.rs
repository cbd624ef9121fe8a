//! Host functions that give control to other contracts, and what they leave behind.
//!
//! Gas operands need no clamp: like a Stylus chain, the EVM gives at most 63/64 of what is left.
//! Return data stays in the EVM's own buffer, so it is what the last call left, or empty.

use alloy_primitives::{U256, keccak256};

use super::{HostBuilder, routine::Routine};
use crate::{evm::opcode::Opcode, ir::Value};

/// Status of a call that failed (Nitro, `arbos/programs/api.go`).
const FAILURE: u64 = 2;

/// Transient storage key that is set while the contract is calling out: the hash of a text.
pub(crate) fn calling_out_key() -> U256 {
    keccak256("stylus-evm.calling-out").into()
}

/// `call_contract(contract, data, length, value, gas, return_data_length) → status`.
pub(super) fn call(h: &mut HostBuilder<'_>) {
    let [contract, data, length, value] = [0, 1, 2, 3].map(|number| h.b.param(number));
    let (gas, return_length) = (h.b.param(4), h.b.param(5));
    let address = h.read_address(contract);
    let value = h.read_word(value);
    let staging = h.stage(data, length);
    let entered = enter(h);
    let zero = h.b.int(0);
    let success = h.b.evm(Opcode::CALL, [gas, address, value, staging, length, zero, zero]);
    finish_call(h, entered, staging, length, return_length, success);
}

/// `static_call_contract(contract, data, length, gas, return_data_length) → status`.
pub(super) fn static_call(h: &mut HostBuilder<'_>) {
    let [contract, data, length, gas, return_length] =
        [0, 1, 2, 3, 4].map(|number| h.b.param(number));
    let address = h.read_address(contract);
    let staging = h.stage(data, length);
    let entered = enter(h);
    let zero = h.b.int(0);
    let success = h.b.evm(Opcode::STATICCALL, [gas, address, staging, length, zero, zero]);
    finish_call(h, entered, staging, length, return_length, success);
}

/// `delegate_call_contract(contract, data, length, gas, return_data_length) → status`.
///
/// The callee acts as this contract, which a Stylus chain does not count as entering it again.
pub(super) fn delegate_call(h: &mut HostBuilder<'_>) {
    let [contract, data, length, gas, return_length] =
        [0, 1, 2, 3, 4].map(|number| h.b.param(number));
    let address = h.read_address(contract);
    let staging = h.stage(data, length);
    let zero = h.b.int(0);
    let success = h.b.evm(Opcode::DELEGATECALL, [gas, address, staging, length, zero, zero]);
    finish_call(h, None, staging, length, return_length, success);
}

fn finish_call(
    h: &mut HostBuilder<'_>,
    entered: Option<Value>,
    staging: Value,
    length: Value,
    return_length: Value,
    success: Value,
) {
    leave(h, entered);
    h.wipe(staging, length);
    let size = h.b.evm(Opcode::RETURNDATASIZE, []);
    h.write_u32(return_length, size);
    let failed = h.b.is_zero(success);
    let failure = h.b.int(FAILURE);
    let status = h.b.mul(failed, failure);
    h.b.ret(vec![status]);
}

/// `create1(code, length, endowment, contract, return_data_length)`.
pub(super) fn create1(h: &mut HostBuilder<'_>) {
    let [code, length, endowment, contract, return_length] =
        [0, 1, 2, 3, 4].map(|number| h.b.param(number));
    let endowment = h.read_word(endowment);
    let staging = h.stage(code, length);
    let entered = enter(h);
    let address = h.b.evm(Opcode::CREATE, [endowment, staging, length]);
    finish_create(h, entered, [staging, length, contract, return_length], address);
}

/// `create2(code, length, endowment, salt, contract, return_data_length)`.
pub(super) fn create2(h: &mut HostBuilder<'_>) {
    let [code, length, endowment, salt, contract, return_length] =
        [0, 1, 2, 3, 4, 5].map(|number| h.b.param(number));
    let endowment = h.read_word(endowment);
    let salt = h.read_word(salt);
    let staging = h.stage(code, length);
    let entered = enter(h);
    let address = h.b.evm(Opcode::CREATE2, [endowment, staging, length, salt]);
    finish_create(h, entered, [staging, length, contract, return_length], address);
}

/// The address of a contract that could not be created is zero.
fn finish_create(
    h: &mut HostBuilder<'_>,
    entered: Option<Value>,
    [staging, length, contract, return_length]: [Value; 4],
    address: Value,
) {
    leave(h, entered);
    h.wipe(staging, length);
    let size = h.b.evm(Opcode::RETURNDATASIZE, []);
    h.write_u32(return_length, size);
    h.write_address(contract, address);
    h.b.ret(vec![]);
}

/// `return_data_size() → length`.
pub(super) fn return_data_size(h: &mut HostBuilder<'_>) {
    let size = h.b.evm(Opcode::RETURNDATASIZE, []);
    h.b.ret(vec![size]);
}

/// `read_return_data(dest, offset, size) → written`. Unlike `RETURNDATACOPY` it copies what there
/// is and does not fail.
pub(super) fn read_return_data(h: &mut HostBuilder<'_>) {
    let [dest, offset, size] = [0, 1, 2].map(|number| h.b.param(number));
    let total = h.b.evm(Opcode::RETURNDATASIZE, []);
    let rest = h.saturating_sub(total, offset);
    let length = h.smaller(size, rest);
    // An offset behind the end would fail even for no bytes.
    let offset = h.smaller(offset, total);
    let staging = h.staging(dest);
    h.b.evm(Opcode::RETURNDATACOPY, [staging, offset, length]);
    h.unstage(staging, dest, length);
    h.b.ret(vec![length]);
}

/// `msg_reentrant() → flag`: whether this contract is already on the call stack, which then is
/// calling out.
pub(super) fn reentrant(h: &mut HostBuilder<'_>) {
    let key = h.b.word(calling_out_key());
    let flag = h.b.evm(Opcode::TLOAD, [key]);
    h.b.ret(vec![flag]);
}

/// Marks the contract as calling out; gives whether it was this call that did. Programs that do
/// not ask [`reentrant`] are not marked.
fn enter(h: &mut HostBuilder<'_>) -> Option<Value> {
    if !h.layout.tracks_reentrancy {
        return None;
    }
    let callee = h.routines.get(Routine::Enter);
    h.b.call(callee, vec![], &[1]).first().copied()
}

/// Undoes [`enter`].
fn leave(h: &mut HostBuilder<'_>, entered: Option<Value>) {
    if let Some(entered) = entered {
        h.call(Routine::Leave, vec![entered]);
    }
}

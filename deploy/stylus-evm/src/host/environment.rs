//! Host functions about the message, the transaction and the block.

use super::HostBuilder;
use crate::evm::opcode::Opcode;

/// Ink per gas on a Stylus chain with default settings (Nitro, `initialInkPrice`).
const INK_PER_GAS: u64 = 10_000;

/// Writes the word that an opcode gives.
fn word(h: &mut HostBuilder<'_>, op: Opcode) {
    let word = h.b.evm(op, []);
    h.write_word(h.b.param(0), word);
    h.b.ret(vec![]);
}

/// Writes the address that an opcode gives.
fn address_of(h: &mut HostBuilder<'_>, op: Opcode) {
    let address = h.b.evm(op, []);
    h.write_address(h.b.param(0), address);
    h.b.ret(vec![]);
}

/// Returns the low 64 bits of the word that an opcode gives.
fn integer(h: &mut HostBuilder<'_>, op: Opcode) {
    let word = h.b.evm(op, []);
    let low = h.b.low_bits(64, word);
    h.b.ret(vec![low]);
}

/// `block_basefee(dest)`.
pub(super) fn basefee(h: &mut HostBuilder<'_>) {
    word(h, Opcode::BASEFEE);
}

/// `block_coinbase(dest)`.
pub(super) fn coinbase(h: &mut HostBuilder<'_>) {
    address_of(h, Opcode::COINBASE);
}

/// `block_gas_limit() → gas`.
pub(super) fn gas_limit(h: &mut HostBuilder<'_>) {
    integer(h, Opcode::GASLIMIT);
}

/// `block_number() → number`.
pub(super) fn number(h: &mut HostBuilder<'_>) {
    integer(h, Opcode::NUMBER);
}

/// `block_timestamp() → seconds`.
pub(super) fn timestamp(h: &mut HostBuilder<'_>) {
    integer(h, Opcode::TIMESTAMP);
}

/// `chainid() → id`.
pub(super) fn chain_id(h: &mut HostBuilder<'_>) {
    integer(h, Opcode::CHAINID);
}

/// `contract_address(dest)`.
pub(super) fn address(h: &mut HostBuilder<'_>) {
    address_of(h, Opcode::ADDRESS);
}

/// `msg_sender(dest)`.
pub(super) fn sender(h: &mut HostBuilder<'_>) {
    address_of(h, Opcode::CALLER);
}

/// `msg_value(dest)`.
pub(super) fn value(h: &mut HostBuilder<'_>) {
    word(h, Opcode::CALLVALUE);
}

/// `tx_gas_price(dest)`.
pub(super) fn gas_price(h: &mut HostBuilder<'_>) {
    word(h, Opcode::GASPRICE);
}

/// `tx_origin(dest)`.
pub(super) fn origin(h: &mut HostBuilder<'_>) {
    address_of(h, Opcode::ORIGIN);
}

/// `tx_ink_price() → ink per gas`: the EVM has no ink, so the default of Stylus chains.
pub(super) fn ink_price(h: &mut HostBuilder<'_>) {
    let price = h.b.int(INK_PER_GAS);
    h.b.ret(vec![price]);
}

/// `evm_gas_left() → gas`.
pub(super) fn gas_left(h: &mut HostBuilder<'_>) {
    integer(h, Opcode::GAS);
}

/// `evm_ink_left() → ink`: the gas left at the price of [`ink_price`].
pub(super) fn ink_left(h: &mut HostBuilder<'_>) {
    let (gas, price) = (h.b.evm(Opcode::GAS, []), h.b.int(INK_PER_GAS));
    let ink = h.b.mul(gas, price);
    let ink = h.b.low_bits(64, ink);
    h.b.ret(vec![ink]);
}

/// `pay_for_memory_grow(pages)`: the EVM charges for memory by itself.
pub(super) fn pay_for_memory_grow(h: &mut HostBuilder<'_>) {
    h.b.ret(vec![]);
}

//! Host functions of 256-bit arithmetic. All write their result over the first operand.

use super::HostBuilder;
use crate::{evm::opcode::Opcode, ir::Value};

/// `math_div(value, divisor)`: zero if the divisor is.
pub(super) fn div(h: &mut HostBuilder<'_>) {
    let [a, b] = operands(h);
    let result = h.b.evm(Opcode::DIV, [a, b]);
    finish(h, result);
}

/// `math_mod(value, modulus)`: zero if the modulus is.
pub(super) fn modulo(h: &mut HostBuilder<'_>) {
    let [a, b] = operands(h);
    let result = h.b.evm(Opcode::MOD, [a, b]);
    finish(h, result);
}

/// `math_pow(value, exponent)`, modulo 2^256.
pub(super) fn pow(h: &mut HostBuilder<'_>) {
    let [a, b] = operands(h);
    let result = h.b.evm(Opcode::EXP, [a, b]);
    finish(h, result);
}

/// `math_add_mod(value, addend, modulus)`: zero if the modulus is.
pub(super) fn add_mod(h: &mut HostBuilder<'_>) {
    let [a, b, modulus] = operands(h);
    let result = h.b.evm(Opcode::ADDMOD, [a, b, modulus]);
    finish(h, result);
}

/// `math_mul_mod(value, multiplier, modulus)`: zero if the modulus is.
pub(super) fn mul_mod(h: &mut HostBuilder<'_>) {
    let [a, b, modulus] = operands(h);
    let result = h.b.evm(Opcode::MULMOD, [a, b, modulus]);
    finish(h, result);
}

fn operands<const N: usize>(h: &mut HostBuilder<'_>) -> [Value; N] {
    std::array::from_fn(|number| h.read_word(h.b.param(number)))
}

fn finish(h: &mut HostBuilder<'_>, result: Value) {
    h.write_word(h.b.param(0), result);
    h.b.ret(vec![]);
}

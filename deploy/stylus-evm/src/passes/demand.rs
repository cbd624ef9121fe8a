//! Finds which bits of every value anybody looks at; drops masks of bits that nobody does, and
//! recognises numbers whose bytes are in the other order.

use alloy_primitives::U256;

use super::Renames;
use crate::{
    evm::opcode::Opcode,
    ir::{Function, Op, Value, cfg::Cfg},
};

/// Runs the pass; says whether anything changed.
pub(crate) fn run(function: &mut Function) -> bool {
    let demand = demands(function);
    let mut renames = Renames::default();
    let mut changed = false;
    for block in function.block_ids() {
        for op in function.block(block).ops.clone() {
            let wanted = demand[op.0 as usize];
            if let Some(operand) = passed(function, op, wanted) {
                renames.insert(op, operand);
            } else if let Op::Load { bytes, offset, dirty: false } = function.def(op).op
                && bytes > 1
                && bytes < 32
                && wanted <= ones(8 * usize::from(bytes))
            {
                function.def_mut(op).op = Op::Load { bytes, offset, dirty: true };
                changed = true;
            }
        }
    }
    changed |= !renames.is_empty();
    renames.apply(function);
    changed
}

/// The operand of an operation that changes no bit that is wanted.
fn passed(function: &Function, op: Value, wanted: U256) -> Option<Value> {
    let definition = function.def(op);
    let &[a, b] = &definition.args[..] else { return None };
    match definition.op {
        Op::Evm(Opcode::AND) => [(a, b), (b, a)].into_iter().find_map(|(mask, other)| {
            let mask = function.constant(mask)?;
            (wanted & !mask == U256::ZERO).then_some(other)
        }),
        Op::Evm(Opcode::SIGNEXTEND) => {
            let byte = usize::try_from(function.constant(a)?).ok().filter(|byte| *byte < 31)?;
            (wanted <= ones(8 * (byte + 1))).then_some(b)
        }
        _ => None,
    }
}

/// The lowest `bits` bits.
fn ones(bits: usize) -> U256 {
    if bits == 0 { U256::ZERO } else { U256::MAX >> (256 - bits) }
}

/// All bits up to the highest one that is wanted: those that a carry can come from.
fn up_to(wanted: U256) -> U256 {
    ones(wanted.bit_len())
}

/// Bits of every value that somebody looks at.
pub(crate) fn demands(function: &Function) -> Vec<U256> {
    let cfg = Cfg::new(function);
    let mut demand = vec![U256::ZERO; function.values.len()];
    loop {
        let mut changed = false;
        let mut want = |demand: &mut Vec<U256>, value: Value, bits: U256| {
            let old = demand[value.0 as usize];
            demand[value.0 as usize] |= bits;
            changed |= demand[value.0 as usize] != old;
        };
        for &id in cfg.order.iter().rev() {
            let block = function.block(id);
            for value in block.end.operands() {
                want(&mut demand, value, U256::MAX);
            }
            for edge in block.end.edges() {
                for (&param, &arg) in function.block(edge.block).params.iter().zip(&edge.args) {
                    let wanted = demand[param.0 as usize];
                    want(&mut demand, arg, wanted);
                }
            }
            for &op in block.ops.iter().rev() {
                for number in 0..function.def(op).args.len() {
                    let bits = wanted_of(function, op, number, demand[op.0 as usize]);
                    want(&mut demand, function.def(op).args[number], bits);
                }
            }
        }
        if !changed {
            return demand;
        }
    }
}

/// Bits of an operand that matter when `wanted` bits of the result do.
fn wanted_of(function: &Function, op: Value, number: usize, wanted: U256) -> U256 {
    let definition = function.def(op);
    let other = definition.args.len().checked_sub(1 + number).map(|i| definition.args[i]);
    let constant = |value: Option<Value>| function.constant(value?);
    let shift = || constant(other).and_then(|bits| usize::try_from(bits).ok());
    match (&definition.op, number) {
        (Op::Store { bytes, .. }, 1) => ones(8 * usize::from(*bytes)),
        (Op::Evm(opcode), _) => match (*opcode, number) {
            (Opcode::AND, _) => constant(other).map_or(wanted, |mask| wanted & mask),
            (Opcode::OR | Opcode::XOR | Opcode::NOT, _) => wanted,
            (Opcode::ADD | Opcode::SUB | Opcode::MUL, _) => up_to(wanted),
            (Opcode::MSTORE8, 1) => ones(8),
            (Opcode::SHL, 1) => match shift() {
                Some(bits) if bits < 256 => wanted >> bits,
                _ => up_to(wanted),
            },
            (Opcode::SHR, 1) => match shift() {
                Some(bits) if bits < 256 => wanted << bits,
                _ => everything(wanted),
            },
            (Opcode::SIGNEXTEND, 1) => match shift() {
                Some(byte) if byte < 31 => ones(8 * (byte + 1)),
                _ => everything(wanted),
            },
            (_, _)
                if opcode.pushes() > 0
                    && definition.op.effect() == crate::evm::opcode::Effect::Pure =>
            {
                everything(wanted)
            }
            _ => U256::MAX,
        },
        (Op::Bswap, _) => {
            let mut bytes = wanted.to_be_bytes::<32>();
            bytes.reverse();
            U256::from_be_bytes(bytes)
        }
        _ => U256::MAX,
    }
}

/// All bits, if any is wanted.
fn everything(wanted: U256) -> U256 {
    if wanted.is_zero() { U256::ZERO } else { U256::MAX }
}

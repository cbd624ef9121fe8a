//! Finds an upper bound for every value and removes masks that cannot change anything.

#![allow(clippy::match_same_arms, reason = "a table: one operator, one line")]

use alloy_primitives::U256;

use super::Renames;
use crate::{
    evm::opcode::Opcode,
    ir::{Function, Op, Value, cfg::Cfg},
};

/// Rounds of exact growth of a parameter's bound before it is rounded up to a power of two.
const EXACT_ROUNDS: u32 = 3;

/// Runs the pass; says whether anything changed.
pub(crate) fn run(function: &mut Function) -> bool {
    let bounds = upper_bounds(function);
    let mut renames = Renames::default();
    for block in function.block_ids() {
        for &op in &function.block(block).ops {
            if let Some(same) = masked(function, &bounds, op) {
                renames.insert(op, same);
            }
        }
    }
    let changed = !renames.is_empty();
    renames.apply(function);
    changed | drop_signs(function, &bounds)
}

/// What an operation masks, if the mask keeps all bits that may be set; likewise for an extension
/// of a sign that is never set.
fn masked(function: &Function, bounds: &[U256], op: Value) -> Option<Value> {
    let definition = function.def(op);
    let &[a, b] = &definition.args[..] else { return None };
    match definition.op {
        Op::Evm(Opcode::AND) => [(a, b), (b, a)].into_iter().find_map(|(mask, other)| {
            let mask = function.constant(mask)?;
            let low_ones = mask & mask.wrapping_add(U256::ONE) == U256::ZERO;
            (low_ones && bounds[other.0 as usize] <= mask).then_some(other)
        }),
        Op::Evm(Opcode::SIGNEXTEND) => {
            let byte = usize::try_from(function.constant(a)?).ok().filter(|byte| *byte < 31)?;
            (bounds[b.0 as usize] < U256::ONE << (8 * byte + 7)).then_some(b)
        }
        _ => None,
    }
}

/// Signed comparisons of values without a sign become unsigned ones, which other passes know
/// better.
fn drop_signs(function: &mut Function, bounds: &[U256]) -> bool {
    let mut changed = false;
    let positive = |value: Value| !bounds[value.0 as usize].bit(255);
    for definition in &mut function.values {
        let unsigned = match definition.op {
            Op::Evm(Opcode::SLT) => Opcode::LT,
            Op::Evm(Opcode::SGT) => Opcode::GT,
            _ => continue,
        };
        if definition.args.iter().all(|&arg| positive(arg)) {
            definition.op = Op::Evm(unsigned);
            changed = true;
        }
    }
    changed
}

/// An upper bound for every value.
pub(crate) fn upper_bounds(function: &Function) -> Vec<U256> {
    let cfg = Cfg::new(function);
    let mut bounds = vec![U256::ZERO; function.values.len()];
    for (value, definition) in function.values.iter().enumerate() {
        if let Op::Const(word) = definition.op {
            bounds[value] = word;
        }
    }
    let params = &function.block(Function::ENTRY).params;
    for (&param, &bits) in params.iter().zip(&function.param_bits) {
        bounds[param.0 as usize] = low_ones(bits);
    }
    let mut round = 0;
    loop {
        let mut changed = false;
        for &block in &cfg.order {
            for &op in &function.block(block).ops {
                for &value in function.def(op).results.iter().chain([&op]) {
                    bounds[value.0 as usize] = bound(function, &bounds, value);
                }
            }
            for edge in function.block(block).end.edges() {
                for (&param, &arg) in function.block(edge.block).params.iter().zip(&edge.args) {
                    let new = bounds[arg.0 as usize];
                    let old = &mut bounds[param.0 as usize];
                    if new > *old {
                        *old = if round < EXACT_ROUNDS { new } else { widened(new) };
                        changed = true;
                    }
                }
            }
        }
        round += 1;
        if !changed {
            return bounds;
        }
    }
}

/// The next bound of a few that a growing one steps through.
fn widened(bound: U256) -> U256 {
    let steps = [8_u32, 16, 32, 64, 128].map(|bits| (U256::ONE << bits) - U256::ONE);
    steps.into_iter().find(|step| bound <= *step).unwrap_or(U256::MAX)
}

/// The least number of the form 2^n − 1 that is not smaller.
fn ones(bound: U256) -> U256 {
    match bound.bit_len() {
        0 => U256::ZERO,
        bits => U256::MAX >> (256 - bits),
    }
}

/// The largest number of so many bits.
fn low_ones(bits: u16) -> U256 {
    U256::MAX >> (256 - usize::from(bits.min(256)))
}

/// Bound of one value, from those of its operands.
fn bound(function: &Function, bounds: &[U256], value: Value) -> U256 {
    let definition = function.def(value);
    let arg = |number: usize| bounds[definition.args[number].0 as usize];
    let constant = |number: usize| function.constant(definition.args[number]);
    let shift = |number: usize| {
        constant(number).and_then(|word| usize::try_from(word).ok()).filter(|bits| *bits < 256)
    };
    let flag = U256::ONE;
    match &definition.op {
        Op::Const(word) => *word,
        Op::Load { dirty: true, .. } => U256::MAX,
        Op::Load { bytes, .. } => U256::MAX >> (256 - 8 * usize::from(*bytes)),
        // Results of functions and static words are clean.
        Op::SlotLoad(_) | Op::DataOffset(_) | Op::CodeLength => U256::from(u64::MAX),
        Op::Result { bits } => low_ones(*bits),
        Op::Evm(op) => match *op {
            Opcode::AND => arg(0).min(arg(1)),
            Opcode::OR | Opcode::XOR => ones(arg(0)) | ones(arg(1)),
            Opcode::ADD => arg(0).checked_add(arg(1)).unwrap_or(U256::MAX),
            Opcode::MUL => arg(0).checked_mul(arg(1)).unwrap_or(U256::MAX),
            // Only a smaller constant taken from a constant cannot wrap.
            Opcode::SUB => match constant(0) {
                Some(word) if arg(1) <= word => word,
                _ => U256::MAX,
            },
            Opcode::DIV => arg(0),
            Opcode::MOD => arg(0).min(arg(1)),
            Opcode::SHR => shift(0).map_or_else(|| arg(1), |bits| arg(1) >> bits),
            Opcode::SHL => match shift(0) {
                Some(bits) if arg(1).bit_len() + bits <= 256 => arg(1) << bits,
                _ => U256::MAX,
            },
            Opcode::SAR if !arg(1).bit(255) => {
                shift(0).map_or_else(|| arg(1), |bits| arg(1) >> bits)
            }
            Opcode::SIGNEXTEND => match constant(0).and_then(|byte| usize::try_from(byte).ok()) {
                Some(byte) if byte < 31 && arg(1) < U256::ONE << (8 * byte + 7) => arg(1),
                _ => U256::MAX,
            },
            Opcode::LT
            | Opcode::GT
            | Opcode::SLT
            | Opcode::SGT
            | Opcode::EQ
            | Opcode::ISZERO
            | Opcode::CALL
            | Opcode::STATICCALL
            | Opcode::DELEGATECALL => flag,
            Opcode::BYTE => U256::from(255),
            Opcode::CALLDATASIZE
            | Opcode::CODESIZE
            | Opcode::RETURNDATASIZE
            | Opcode::EXTCODESIZE
            | Opcode::MSIZE => U256::from(u32::MAX),
            Opcode::GAS => U256::from(u64::MAX),
            Opcode::ADDRESS | Opcode::CALLER | Opcode::ORIGIN | Opcode::COINBASE => U256::MAX >> 96,
            _ => U256::MAX,
        },
        _ => U256::MAX,
    }
}

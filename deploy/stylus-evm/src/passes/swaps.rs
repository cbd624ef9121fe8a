//! Recognises numbers whose bytes are put in the other order one by one, as compilers for
//! WebAssembly must, and swaps neighbours of growing size instead.

use std::collections::HashMap;

use alloy_primitives::U256;

use super::{Renames, demand};
use crate::{
    evm::{asm::Source, opcode::Opcode},
    ir::{Function, Op, Value},
};

/// Bytes that are followed.
const BYTES: usize = 8;

/// What a byte of a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Byte {
    Zero,
    /// The byte of another value with this number, the lowest being 0.
    Of(Value, u8),
    Unknown,
}

/// The low bytes of a value.
type Bytes = [Byte; BYTES];

/// Runs the pass; says whether anything changed.
pub(crate) fn run(function: &mut Function) -> bool {
    let demands = demand::demands(function);
    let mut origins: HashMap<Value, Bytes> = HashMap::new();
    let mut renames = Renames::default();
    for block in function.block_ids() {
        let mut ops = Vec::new();
        for op in function.block(block).ops.clone() {
            let bytes = origin(function, &origins, op);
            origins.insert(op, bytes);
            // Only what ends a chain is looked at closer: a part of one has zeros.
            let swapped = (function.def(op).op == Op::Evm(Opcode::OR))
                .then(|| swapped(&bytes, demands[op.0 as usize]))
                .flatten();
            if let Some((of, width)) = swapped {
                let new = swap(function, of, width, function.def(op).source, &mut ops);
                renames.insert(op, new);
            }
            ops.push(op);
        }
        function.block_mut(block).ops = ops;
    }
    let changed = !renames.is_empty();
    renames.apply(function);
    changed
}

/// What the low bytes of an operation are.
fn origin(function: &Function, origins: &HashMap<Value, Bytes>, op: Value) -> Bytes {
    let itself = |value: Value| -> Bytes {
        std::array::from_fn(|i| Byte::Of(value, u8::try_from(i).unwrap_or(u8::MAX)))
    };
    let of = |value: Value| -> Bytes {
        match function.def(value).op {
            Op::Const(word) => std::array::from_fn(|i| match word.byte(i) {
                0 => Byte::Zero,
                _ => Byte::Unknown,
            }),
            _ => origins.get(&value).copied().unwrap_or_else(|| itself(value)),
        }
    };
    let definition = function.def(op);
    let Op::Evm(opcode) = definition.op else { return itself(op) };
    let &[a, b] = &definition.args[..] else { return itself(op) };
    let shift = || {
        let bits = usize::try_from(function.constant(a)?).ok()?;
        (bits % 8 == 0 && bits < 8 * BYTES).then_some(bits / 8)
    };
    let mask = || match (function.constant(a), function.constant(b)) {
        (Some(mask), None) => Some((mask, b)),
        (None, Some(mask)) => Some((mask, a)),
        _ => None,
    };
    match opcode {
        Opcode::SHL => shift().map(|by| {
            let from = of(b);
            std::array::from_fn(|i| if i < by { Byte::Zero } else { from[i - by] })
        }),
        // What comes down from above the bytes that are followed is not known.
        Opcode::SHR => shift().map(|by| {
            let from = of(b);
            std::array::from_fn(|i| from.get(i + by).copied().unwrap_or(Byte::Unknown))
        }),
        Opcode::AND => mask().map(|(mask, value)| {
            let from = of(value);
            std::array::from_fn(|i| match mask.byte(i) {
                0 => Byte::Zero,
                0xff => from[i],
                _ => Byte::Unknown,
            })
        }),
        Opcode::OR => {
            let (left, right) = (of(a), of(b));
            Some(std::array::from_fn(|i| match (left[i], right[i]) {
                (Byte::Zero, byte) | (byte, Byte::Zero) => byte,
                (x, y) if x == y => x,
                _ => Byte::Unknown,
            }))
        }
        _ => None,
    }
    .unwrap_or_else(|| itself(op))
}

/// The value whose 4 or 8 low bytes these are in the other order, if nobody looks at more.
fn swapped(bytes: &Bytes, wanted: U256) -> Option<(Value, usize)> {
    [4, 8].into_iter().find_map(|width| {
        let Byte::Of(value, _) = bytes[0] else { return None };
        let reversed = |i: usize| Byte::Of(value, u8::try_from(width - 1 - i).unwrap_or(u8::MAX));
        let all = (0..width).all(|i| bytes[i] == reversed(i));
        (all && wanted.bit_len() <= 8 * width).then_some((value, width))
    })
}

/// Swaps neighbours of one byte, of two, and so on.
///
/// `[x] → [(x & m) << n | (x >> n) & m]` for each size `n`; the last leaves bits above the number.
fn swap(
    function: &mut Function,
    of: Value,
    width: usize,
    source: Source,
    ops: &mut Vec<Value>,
) -> Value {
    let mut add = |function: &mut Function, opcode, args: [Value; 2]| {
        let value = function.add(Op::Evm(opcode), args.to_vec(), source);
        ops.push(value);
        value
    };
    let mut value = of;
    let mut bits = 8;
    while bits < 8 * width {
        let ones = U256::MAX >> (256 - 8 * width);
        // The low half of every pair.
        let mask = function.word(ones / ((U256::ONE << bits) + U256::ONE));
        let by = function.word(U256::from(bits));
        let low = add(function, Opcode::AND, [mask, value]);
        let low = add(function, Opcode::SHL, [by, low]);
        let high = add(function, Opcode::SHR, [by, value]);
        let high = add(function, Opcode::AND, [mask, high]);
        value = add(function, Opcode::OR, [low, high]);
        bits *= 2;
    }
    value
}

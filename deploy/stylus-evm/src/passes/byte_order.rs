//! Recognises 64-bit numbers whose bytes are put in the other order, and has the EVM do it at half
//! the price.
//!
//! Compilers for WebAssembly move the eight bytes one by one, or by halves. Words of 256 bits have
//! room for four copies of the number: of each, two bytes are kept such that the remainder of a
//! division by 2^72 − 1, in which the byte at place `p` counts like the one at place `p mod 9`, has
//! all of them where they belong.
//!
//! Whatever its operations are, a value is recognised by where its bytes come from.

use alloy_primitives::U256;

use super::{demand::demands, ranges::upper_bounds};
use crate::{
    evm::opcode::Opcode,
    ir::{BlockId, Function, Op, Value, builder::Builder},
};

/// Bytes of a number.
const BYTES: usize = 8;
/// Bytes of a word.
const WORD_BYTES: usize = 32;

/// What makes four copies, side by side.
const COPIES: U256 = U256::from_limbs([1, 1, 1, 1]);
/// Places of the copies' bytes 4, 0, 5 and 1 that are kept as they are.
const NEAR: U256 = bytes_at([4, 8, 21, 25]);
/// Places of the copies' bytes 6, 2, 7 and 3 that are kept four places lower.
const FAR: U256 = bytes_at([6, 10, 23, 27]);
/// How far the far bytes are moved, in bits.
const FAR_BITS: u64 = 32;
/// How far all of them are moved after that, in bits.
const ALL_BITS: u64 = 8;
/// 2^72 − 1.
const NINE_BYTES: U256 = U256::from_limbs([u64::MAX, 0xff, 0, 0]);

/// A word whose bytes at the given places, counted from the lowest, are ones.
const fn bytes_at(places: [usize; 4]) -> U256 {
    let mut limbs = [0_u64; 4];
    let mut number = 0;
    while number < places.len() {
        limbs[places[number] / BYTES] |= 0xff << (8 * (places[number] % BYTES));
        number += 1;
    }
    U256::from_limbs(limbs)
}

/// Whatever takes operations one after the other.
pub(crate) trait Sink {
    /// A constant.
    fn constant(&mut self, word: U256) -> Value;
    /// An operation on two operands, the top of the stack first.
    fn operation(&mut self, op: Opcode, args: [Value; 2]) -> Value;
}

impl Sink for Builder {
    fn constant(&mut self, word: U256) -> Value {
        self.word(word)
    }

    fn operation(&mut self, op: Opcode, args: [Value; 2]) -> Value {
        self.evm(op, args)
    }
}

/// Adds what reverses the eight bytes of a clean number: the operands of the last operation, which
/// is a `MOD`.
fn swap(sink: &mut impl Sink, number: Value) -> [Value; 2] {
    let [copies, near, far] = [COPIES, NEAR, FAR].map(|word| sink.constant(word));
    let [far_bits, all_bits] = [FAR_BITS, ALL_BITS].map(|bits| sink.constant(U256::from(bits)));
    let four = sink.operation(Opcode::MUL, [copies, number]);
    let far = sink.operation(Opcode::AND, [far, four]);
    let far = sink.operation(Opcode::SHR, [far_bits, far]);
    let near = sink.operation(Opcode::AND, [near, four]);
    let kept = sink.operation(Opcode::OR, [near, far]);
    let kept = sink.operation(Opcode::SHR, [all_bits, kept]);
    [kept, sink.constant(NINE_BYTES)]
}

/// Reverses the eight bytes of a clean number.
pub(crate) fn swap64(sink: &mut impl Sink, number: Value) -> Value {
    let operands = swap(sink, number);
    sink.operation(Opcode::MOD, operands)
}

/// Runs the pass; says whether anything changed.
pub(crate) fn run(function: &mut Function) -> bool {
    let bounds = upper_bounds(function);
    let found = find(function, &bounds);
    let changed = !found.is_empty();
    for (block, root, number) in found {
        let is_clean = bounds[number.0 as usize].bit_len() <= 8 * BYTES;
        let mut rest = Splice { function, made: Vec::new(), root };
        let number = if is_clean { number } else { low_bytes(&mut rest, number) };
        let operands = swap(&mut rest, number);
        let made = rest.made;
        let definition = function.def_mut(root);
        definition.op = Op::Evm(Opcode::MOD);
        definition.args = operands.to_vec();
        let ops = &mut function.block_mut(block).ops;
        let at = ops.iter().position(|&op| op == root).unwrap_or_default();
        ops.splice(at..at, made);
    }
    changed
}

/// Cuts off what is above the eight bytes of a number.
fn low_bytes(sink: &mut impl Sink, number: Value) -> Value {
    let mask = sink.constant(U256::from(u64::MAX));
    sink.operation(Opcode::AND, [mask, number])
}

/// Operations in front of another one.
struct Splice<'a> {
    function: &'a mut Function,
    made: Vec<Value>,
    root: Value,
}

impl Sink for Splice<'_> {
    fn constant(&mut self, word: U256) -> Value {
        self.function.word(word)
    }

    fn operation(&mut self, op: Opcode, args: [Value; 2]) -> Value {
        let source = self.function.def(self.root).source;
        let value = self.function.add(Op::Evm(op), args.to_vec(), source);
        self.made.push(value);
        value
    }
}

/// What a byte of a value is: zero, or a byte of another value.
type Byte = Option<(Value, usize)>;

/// Values that are another one in the other order, with the block they are in, and that one.
fn find(function: &Function, bounds: &[U256]) -> Vec<(BlockId, Value, Value)> {
    let mut bytes: Vec<Option<[Byte; WORD_BYTES]>> = vec![None; function.values.len()];
    let mut candidates = Vec::new();
    for block in function.block_ids() {
        for &op in &function.block(block).ops {
            let Some(known) = permuted(function, bounds, &bytes, op) else { continue };
            bytes[op.0 as usize] = Some(known);
            if let Some(number) = reversed(&known) {
                candidates.push((block, op, number));
            }
        }
    }
    if candidates.is_empty() {
        return candidates;
    }
    let demand = demands(function);
    candidates.retain(|&(_, op, _)| {
        let is_clean = |known: &[Byte]| known[BYTES..].iter().all(Option::is_none);
        let wanted = demand[op.0 as usize];
        bytes[op.0 as usize].is_some_and(|known| is_clean(&known)) || wanted.bit_len() <= 8 * BYTES
    });
    candidates
}

/// The value whose lowest eight bytes these are in the other order.
fn reversed(known: &[Byte; WORD_BYTES]) -> Option<Value> {
    let (number, _) = known[0]?;
    let at = |place: usize| known[place] == Some((number, BYTES - 1 - place));
    (0..BYTES).all(at).then_some(number)
}

/// The bytes of an operation that moves or drops whole bytes, or puts those of others together.
fn permuted(
    function: &Function,
    bounds: &[U256],
    bytes: &[Option<[Byte; WORD_BYTES]>],
    op: Value,
) -> Option<[Byte; WORD_BYTES]> {
    let definition = function.def(op);
    let Op::Evm(opcode) = definition.op else { return None };
    let &[a, b] = &definition.args[..] else { return None };
    let of = |value: Value| {
        let known = bytes.get(value.0 as usize).copied().flatten();
        known.unwrap_or_else(|| own(bounds[value.0 as usize], value))
    };
    let shift = || {
        let bits = usize::try_from(function.constant(a)?).ok()?;
        (bits % 8 == 0 && bits < 256).then_some(bits / 8)
    };
    match opcode {
        Opcode::SHL => shift().map(|by| moved(&of(b), |place| place.checked_sub(by))),
        Opcode::SHR => shift().map(|by| moved(&of(b), |place| Some(place + by))),
        Opcode::AND => {
            let (mask, other) = match (function.constant(a), function.constant(b)) {
                (Some(mask), _) => (mask, b),
                (_, Some(mask)) => (mask, a),
                _ => return None,
            };
            masked(&of(other), mask)
        }
        Opcode::OR => united(&of(a), &of(b)),
        _ => None,
    }
}

/// The bytes of a value that is only known by its bound.
fn own(bound: U256, value: Value) -> [Byte; WORD_BYTES] {
    let len = bound.bit_len().div_ceil(8);
    std::array::from_fn(|place| (place < len).then_some((value, place)))
}

/// Each byte from another place, or zero where there is none.
fn moved(known: &[Byte; WORD_BYTES], from: impl Fn(usize) -> Option<usize>) -> [Byte; WORD_BYTES] {
    std::array::from_fn(|place| from(place).and_then(|from| known.get(from).copied().flatten()))
}

/// The bytes that a mask keeps, if it keeps only whole ones.
fn masked(known: &[Byte; WORD_BYTES], mask: U256) -> Option<[Byte; WORD_BYTES]> {
    let mask = mask.to_le_bytes::<WORD_BYTES>();
    let is_whole = (0..WORD_BYTES).all(|p| matches!(mask[p], 0 | 0xff) || known[p].is_none());
    is_whole.then(|| std::array::from_fn(|place| known[place].filter(|_| mask[place] != 0)))
}

/// The bytes of both, if no two meet.
fn united(a: &[Byte; WORD_BYTES], b: &[Byte; WORD_BYTES]) -> Option<[Byte; WORD_BYTES]> {
    let apart = (0..WORD_BYTES).all(|p| a[p].is_none() || b[p].is_none());
    apart.then(|| std::array::from_fn(|place| a[place].or(b[place])))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ir::{Origin, Terminator, fold::binary};

    /// Computes with constants.
    struct Words(Vec<U256>);

    impl Sink for Words {
        fn constant(&mut self, word: U256) -> Value {
            self.0.push(word);
            Value(u32::try_from(self.0.len() - 1).unwrap())
        }

        fn operation(&mut self, op: Opcode, [a, b]: [Value; 2]) -> Value {
            let [a, b] = [a, b].map(|value| self.0[value.0 as usize]);
            self.constant(binary(op, a, b).unwrap())
        }
    }

    fn swapped(number: u64) -> U256 {
        let mut words = Words(Vec::new());
        let value = words.constant(U256::from(number));
        let value = swap64(&mut words, value);
        words.0[value.0 as usize]
    }

    #[test]
    fn every_byte_goes_to_its_place() {
        let mut number = 0x0123_4567_89ab_cdef_u64;
        for _ in 0..10_000 {
            number = number.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(1);
            assert_eq!(swapped(number), U256::from(number.swap_bytes()), "{number:#x}");
        }
        for number in (0..64).map(|bit| 1_u64 << bit).chain([0, u64::MAX]) {
            assert_eq!(swapped(number), U256::from(number.swap_bytes()), "{number:#x}");
        }
    }

    /// A function that returns what `build` makes of its parameter, which has `bits` bits.
    fn function(bits: u16, build: impl Fn(&mut Builder, Value) -> Value) -> Function {
        let mut b = Builder::new("f", Origin::Own, &[bits], Some(1));
        let number = b.param(0);
        let result = build(&mut b, number);
        b.ret(vec![result]);
        b.function
    }

    /// Moves the eight bytes one by one; `at` says where each goes.
    fn by_bytes(b: &mut Builder, number: Value, at: impl Fn(u64) -> u64) -> Value {
        (0..8).fold(b.int(0), |sum, byte| {
            let moved = b.shr(8 * byte, number);
            let moved = b.low_bits(8, moved);
            let moved = b.shl(8 * at(byte), moved);
            b.or(sum, moved)
        })
    }

    /// Runs a function of one block on a number.
    fn evaluate(function: &Function, number: U256) -> U256 {
        let block = function.block(Function::ENTRY);
        let values = (0..).map(Value).take(function.values.len());
        let known = values.map(|value| function.constant(value).unwrap_or_default());
        let mut words: Vec<_> = known.collect();
        words[block.params[1].0 as usize] = number;
        for &op in &block.ops {
            let definition = function.def(op);
            let Op::Evm(opcode) = definition.op else { panic!("an opcode") };
            let [a, b] = [0, 1].map(|arg| words[definition.args[arg].0 as usize]);
            words[op.0 as usize] = binary(opcode, a, b).unwrap();
        }
        match &block.end {
            Terminator::Return { values, .. } => words[values[0].0 as usize],
            _ => panic!("a return"),
        }
    }

    #[test]
    fn a_reversal_is_recognised_and_stays_one() {
        for bits in [64, 128, 256] {
            let mut changed = function(bits, |b, number| by_bytes(b, number, |byte| 7 - byte));
            assert!(run(&mut changed));
            for limbs in [[u64::MAX, 0, 0, 0], [0x0123_4567_89ab_cdef, 1, u64::MAX, 7 << 60]] {
                let number = U256::from_limbs(limbs) & (U256::MAX >> (256 - usize::from(bits)));
                assert_eq!(evaluate(&changed, number), U256::from(limbs[0].swap_bytes()));
            }
        }
    }

    #[test]
    fn no_other_order_is_taken_for_a_reversal() {
        for (first, second) in (0..8).flat_map(|a| (0..a).map(move |b| (a, b))) {
            let at = |byte: u64| match byte {
                _ if byte == first => 7 - second,
                _ if byte == second => 7 - first,
                _ => 7 - byte,
            };
            assert!(!run(&mut function(64, |b, number| by_bytes(b, number, at))));
        }
    }

    #[test]
    fn what_is_above_matters_unless_nobody_looks() {
        let dirty = |b: &mut Builder, number| {
            let swapped = by_bytes(b, number, |byte| 7 - byte);
            let above = b.shl(64, number);
            b.or(swapped, above)
        };
        let clean = |b: &mut Builder, number| {
            let value = dirty(b, number);
            b.low_bits(64, value)
        };
        let mut looked_at = function(64, dirty);
        let ops = looked_at.block(Function::ENTRY).ops.clone();
        let last = *ops.last().unwrap();
        run(&mut looked_at);
        assert_eq!(looked_at.def(last).op, Op::Evm(Opcode::OR));
        assert!(run(&mut function(64, clean)));
    }
}

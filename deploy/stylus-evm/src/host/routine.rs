//! Routines of the translator's own that lowered code calls: bit tricks, byte reversal, memory.

use alloy_primitives::{U256, keccak256};

use super::{HostBuilder, calls::calling_out_key};
use crate::{
    evm::opcode::Opcode,
    ir::{BlockId, FnId, Function, Op, Origin, Terminator, Value, builder::Builder},
    program::{KEY, KEY_IN_MEMORY, Layout},
};

/// A routine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Routine {
    /// `[x] → [x with its 32 bytes reversed]`.
    Bswap,
    /// The same of a word that the program wrote, which often is a number below 2^64.
    BswapIn,
    /// The same of a word that the program gets, which often is a number below 2^64.
    BswapOut,
    /// `[word of memory] → [storage key]`: the same once more, of what was just hashed or asked for.
    Key,
    /// `[⌊x⌋] → [bits up to the highest set one]`, for 64 bits.
    BitLength,
    /// `[⌊x⌋] → [number of set bits]`, for 64 bits.
    PopCount,
    /// `[to byte n] → []`: fills `n` bytes of EVM memory.
    MemoryFill,
    /// `[⌊n⌋] → [pages before, or −1]`.
    MemoryGrow,
    /// `[to from n] → []`: copies `n` bytes in reverse order, and zeros up to a whole word (one at
    /// least, when `n` is zero), to where nothing is kept.
    ReverseOut,
    /// `[to from n] → []`: copies `n` bytes in reverse order.
    ReverseIn,
    /// `[status] → never`: ends the frame with the remembered result.
    Finish,
    /// `[] → [flag]`: marks the contract as calling out; 0 if it was or cannot be.
    Enter,
    /// `[flag] → []`: undoes [`Routine::Enter`] if it gave 1.
    Leave,
}

impl Routine {
    /// All routines.
    const ALL: [Self; 13] = [
        Self::Bswap,
        Self::BswapIn,
        Self::BswapOut,
        Self::Key,
        Self::BitLength,
        Self::PopCount,
        Self::MemoryFill,
        Self::MemoryGrow,
        Self::ReverseOut,
        Self::ReverseIn,
        Self::Finish,
        Self::Enter,
        Self::Leave,
    ];
}

/// Where the routines are in the program.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Routines {
    first: FnId,
}

impl Routines {
    /// The routines stand in a row that starts with `first`.
    pub(crate) const fn starting_at(first: FnId) -> Self {
        Self { first }
    }

    /// The function of a routine.
    pub(crate) const fn get(&self, routine: Routine) -> FnId {
        FnId(self.first.0 + routine as u32)
    }

    /// Builds all routines, in a row.
    pub(crate) fn build(&self, layout: &Layout) -> Vec<Function> {
        Routine::ALL.iter().map(|&routine| self.function(routine, layout)).collect()
    }

    fn function(&self, routine: Routine, layout: &Layout) -> Function {
        let (name, params, results, build): (_, _, _, fn(&mut HostBuilder<'_>)) = match routine {
            Routine::Bswap => ("bswap", 1, Some(1), bswap),
            Routine::BswapIn => ("bswap_in", 1, Some(1), bswap_in),
            Routine::BswapOut => ("bswap_out", 1, Some(1), bswap_out),
            Routine::Key => ("key", 1, Some(1), key),
            Routine::BitLength => ("bit_length", 1, Some(1), bit_length),
            Routine::PopCount => ("pop_count", 1, Some(1), pop_count),
            Routine::MemoryFill => ("memory_fill", 3, Some(0), memory_fill),
            Routine::MemoryGrow => ("memory_grow", 1, Some(1), memory_grow),
            Routine::ReverseOut => ("reverse_out", 3, Some(0), reverse_out),
            Routine::ReverseIn => ("reverse_in", 3, Some(0), reverse_in),
            Routine::Finish => ("finish", 1, Some(0), finish),
            Routine::Enter => ("enter", 0, Some(1), enter),
            Routine::Leave => ("leave", 1, Some(0), leave),
        };
        // Words that routines get are mostly addresses, which out of bounds are any word.
        let params = vec![256; params];
        let b = Builder::new(format!("routine::{name}"), Origin::Own, &params, results);
        let mut host = HostBuilder { b, layout, routines: self };
        build(&mut host);
        host.b.function
    }
}

/// Swaps neighbours of ever larger size: bytes, pairs, fours, eights, halves. Where two neighbours
/// differ, both change: `x ^ d ^ (d << bits)`, which is one product.
fn bswap(h: &mut HostBuilder<'_>) {
    let mut word = h.b.param(0);
    for bits in [8_u64, 16, 32, 64] {
        let both = (U256::ONE << bits) + U256::ONE;
        // The low half of every pair of `bits`-bit groups.
        let low_halves = h.b.word(U256::MAX / both);
        let neighbours = h.b.shr(bits, word);
        let differ = h.b.xor(neighbours, word);
        let differ = h.b.and(low_halves, differ);
        let both = h.b.word(both);
        let change = h.b.mul(both, differ);
        word = h.b.xor(change, word);
    }
    let (high, low) = (h.b.shr(128, word), h.b.shl(128, word));
    let swapped = h.b.or(low, high);
    h.b.ret(vec![swapped]);
}

/// A small number lies in the high bytes.
fn bswap_in(h: &mut HostBuilder<'_>) {
    let word = h.b.param(0);
    let rest = h.b.shl(64, word);
    let number = small_or_bswap(h, rest);
    let number_bytes = h.b.shr(192, number);
    let swapped = h.b.swap64(number_bytes);
    h.b.ret(vec![swapped]);
}

/// A small number lies in the low bytes.
fn bswap_out(h: &mut HostBuilder<'_>) {
    let word = h.b.param(0);
    let rest = h.b.shr(64, word);
    let number = small_or_bswap(h, rest);
    let swapped = h.b.swap64(number);
    let word = h.b.shl(192, swapped);
    h.b.ret(vec![word]);
}

/// Returns what [`Routine::Bswap`] makes of the parameter unless `rest` is zero; goes on, with the
/// parameter, where it is.
fn small_or_bswap(h: &mut HostBuilder<'_>, rest: Value) -> Value {
    let word = h.b.param(0);
    let (large, small) = (h.b.new_block(), h.b.new_block());
    h.b.branch(rest, large, small);
    h.b.switch_to(large);
    let swapped = h.reverse(Routine::Bswap, word);
    h.b.ret(vec![swapped]);
    h.b.switch_to(small);
    word
}

/// A key is mostly a hash that was just made, or the one before once more; else it is a small
/// number, the slot of a layout.
fn key(h: &mut HostBuilder<'_>) {
    let word = h.b.param(0);
    let (again, other) = (h.b.new_block(), h.b.new_block());
    let (small, large) = (h.b.new_block(), h.b.new_block());
    let [in_memory, in_order] = [KEY_IN_MEMORY, KEY].map(|at| h.b.int(at));
    let known = h.b.evm(Opcode::MLOAD, [in_memory]);
    let is_known = h.b.evm(Opcode::EQ, [known, word]);
    h.b.branch(is_known, again, other);
    h.b.switch_to(again);
    let key = h.b.evm(Opcode::MLOAD, [in_order]);
    h.b.ret(vec![key]);
    h.b.switch_to(other);
    let rest = h.b.shl(8, word);
    h.b.branch(rest, large, small);
    h.b.switch_to(small);
    let key = h.b.shr(248, word);
    h.b.ret(vec![key]);
    h.b.switch_to(large);
    let key = h.reverse(Routine::Bswap, word);
    h.remember_key(word, key);
    h.b.ret(vec![key]);
}

/// Halves the place where the highest bit can be.
fn bit_length(h: &mut HostBuilder<'_>) {
    let mut rest = h.b.param(0);
    let mut length = h.b.int(0);
    for log in (0..6_u64).rev() {
        let limit = h.b.word((U256::ONE << (1_u64 << log)) - U256::ONE);
        let above = h.b.evm(Opcode::GT, [rest, limit]);
        let bits = h.b.shl(log, above);
        rest = h.b.evm(Opcode::SHR, [bits, rest]);
        length = h.b.add(length, bits);
    }
    let length = h.b.add(length, rest);
    h.b.ret(vec![length]);
}

/// Adds bits in groups of two, four and eight, then all groups by one multiplication.
fn pop_count(h: &mut HostBuilder<'_>) {
    let [pairs, fours, eights, ones] = [
        0x5555_5555_5555_5555,
        0x3333_3333_3333_3333,
        0x0f0f_0f0f_0f0f_0f0f,
        0x0101_0101_0101_0101,
    ]
    .map(|mask| h.b.int(mask));
    let x = h.b.param(0);
    let half = h.b.shr(1, x);
    let half = h.b.and(pairs, half);
    let x = h.b.sub(x, half);
    let high = h.b.shr(2, x);
    let (low, high) = (h.b.and(fours, x), h.b.and(fours, high));
    let x = h.b.add(low, high);
    let high = h.b.shr(4, x);
    let sum = h.b.add(x, high);
    let x = h.b.and(eights, sum);
    let total = h.b.mul(x, ones);
    let total = h.b.shr(56, total);
    let total = h.b.low_bits(8, total);
    h.b.ret(vec![total]);
}

/// A loop: `header` with `params` parameters that start as `args`.
fn open_loop(h: &mut HostBuilder<'_>, args: Vec<Value>) -> (BlockId, Vec<Value>) {
    let header = h.b.new_block();
    let params = args.iter().map(|_| h.b.add_param(header)).collect();
    h.b.jump(header, args);
    h.b.switch_to(header);
    (header, params)
}

/// Writes the first byte, then doubles what is written.
fn memory_fill(h: &mut HostBuilder<'_>) {
    let [to, byte, length] = [0, 1, 2].map(|number| h.b.param(number));
    let (start, done) = (h.b.new_block(), h.b.new_block());
    h.b.branch(length, start, done);
    h.b.switch_to(start);
    h.b.evm(Opcode::MSTORE8, [to, byte]);
    let one = h.b.int(1);
    let (header, params) = open_loop(h, vec![one]);
    let filled = params[0];
    let (body, rest) = (h.b.new_block(), h.b.sub(length, filled));
    h.b.branch(rest, body, done);
    h.b.switch_to(body);
    let count = h.smaller(rest, filled);
    let behind = h.b.add(to, filled);
    h.b.evm(Opcode::MCOPY, [behind, to, count]);
    let filled = h.b.add(filled, count);
    h.b.jump(header, vec![filled]);
    h.b.switch_to(done);
    h.b.ret(vec![]);
}

/// Grows up to the limit of the layout.
fn memory_grow(h: &mut HostBuilder<'_>) {
    let more = h.b.param(0);
    let Some(slot) = h.layout.pages else {
        // Without a word for the size nothing grows; the routine is not called.
        return;
    };
    let before = h.b.slot_load(slot);
    let after = h.b.add(before, more);
    let limit = h.b.int(h.layout.limit_pages);
    let too_much = h.b.evm(Opcode::GT, [after, limit]);
    let (fails, grows) = (h.b.new_block(), h.b.new_block());
    h.b.branch(too_much, fails, grows);
    h.b.switch_to(fails);
    let minus_one = h.b.int(u64::from(u32::MAX));
    h.b.ret(vec![minus_one]);
    h.b.switch_to(grows);
    h.b.slot_store(slot, after);
    h.b.ret(vec![before]);
}

/// What is more than whole words comes first, moved to the top of a word, so that the words behind a
/// selector are whole; then those, each from before the one that was copied last.
fn reverse_out(h: &mut HostBuilder<'_>) {
    let [to, from, length] = [0, 1, 2].map(|number| h.b.param(number));
    let (odd, even) = (h.b.new_block(), h.b.new_block());
    let (next, left) = (h.b.add_param(even), h.b.add_param(even));
    let word_bytes = h.b.int(32);
    let more = h.b.low_bits(5, length);
    let words = h.b.sub(length, more);
    // Nothing at all is looked at too: from beyond the end of memory it is a trap.
    let is_empty = h.b.evm(Opcode::ISZERO, [length]);
    let looks = h.b.or(more, is_empty);
    h.b.branch_with(looks, (odd, vec![]), (even, vec![to, length]));

    h.b.switch_to(odd);
    let at = h.b.add(from, words);
    let word = h.b.evm(Opcode::MLOAD, [at]);
    let word = h.reverse(Routine::Bswap, word);
    let unused = h.b.sub(word_bytes, more);
    let unused_bits = h.b.shl(3, unused);
    let word = h.b.evm(Opcode::SHL, [unused_bits, word]);
    h.b.evm(Opcode::MSTORE, [to, word]);
    let behind = h.b.add(to, more);
    h.b.jump(even, vec![behind, words]);

    h.b.switch_to(even);
    let (header, params) = open_loop(h, vec![next, left]);
    let (to, left) = (params[0], params[1]);
    let (body, done) = (h.b.new_block(), h.b.new_block());
    h.b.branch(left, body, done);
    h.b.switch_to(body);
    let rest = h.b.sub(left, word_bytes);
    let at = h.b.add(from, rest);
    let word = h.b.evm(Opcode::MLOAD, [at]);
    let word = h.reverse(Routine::BswapIn, word);
    h.b.evm(Opcode::MSTORE, [to, word]);
    let next = h.b.add(to, word_bytes);
    h.b.jump(header, vec![next, rest]);
    h.b.switch_to(done);
    h.b.ret(vec![]);
}

/// What is more than whole words comes first, as the start of a word that the next one overwrites,
/// so that the words behind a selector are whole; then those. Less than a word goes through the
/// scratch word.
fn reverse_in(h: &mut HostBuilder<'_>) {
    let [to, from, length] = [0, 1, 2].map(|number| h.b.param(number));
    let (short, long) = (h.b.new_block(), h.b.new_block());
    let word_bytes = h.b.int(32);
    let is_short = h.b.evm(Opcode::LT, [length, word_bytes]);
    h.b.branch(is_short, short, long);

    h.b.switch_to(short);
    let word = h.b.evm(Opcode::MLOAD, [from]);
    let word = h.reverse(Routine::Bswap, word);
    let scratch = h.b.int(0);
    h.b.evm(Opcode::MSTORE, [scratch, word]);
    let start = h.b.sub(word_bytes, length);
    h.b.evm(Opcode::MCOPY, [to, start, length]);
    h.b.ret(vec![]);

    h.b.switch_to(long);
    let (odd, even) = (h.b.new_block(), h.b.new_block());
    let (start, left) = (h.b.add_param(even), h.b.add_param(even));
    let more = h.b.low_bits(5, length);
    h.b.branch_with(more, (odd, vec![]), (even, vec![from, length]));
    h.b.switch_to(odd);
    let word = h.b.evm(Opcode::MLOAD, [from]);
    let word = h.reverse(Routine::Bswap, word);
    let last = h.b.sub(length, word_bytes);
    let at = h.b.add(to, last);
    h.b.evm(Opcode::MSTORE, [at, word]);
    let (behind, words) = (h.b.add(from, more), h.b.sub(length, more));
    h.b.jump(even, vec![behind, words]);

    h.b.switch_to(even);
    let (header, params) = open_loop(h, vec![start, left]);
    let (from, left) = (params[0], params[1]);
    let (body, done) = (h.b.new_block(), h.b.new_block());
    h.b.branch(left, body, done);
    h.b.switch_to(body);
    let rest = h.b.sub(left, word_bytes);
    let word = h.b.evm(Opcode::MLOAD, [from]);
    let word = h.reverse(Routine::BswapOut, word);
    let at = h.b.add(to, rest);
    h.b.evm(Opcode::MSTORE, [at, word]);
    let next = h.b.add(from, word_bytes);
    h.b.jump(header, vec![next, rest]);
    h.b.switch_to(done);
    h.b.ret(vec![]);
}

/// Returns the result if the status is zero, else reverts with it. A constructor that succeeds
/// leaves the code instead of its result.
fn finish(h: &mut HostBuilder<'_>) {
    let status = h.b.param(0);
    let address = h.b.slot_load(h.layout.result_address);
    let length = h.b.slot_load(h.layout.result_length);
    let end = h.b.add(address, length);
    let size = h.b.evm(Opcode::MSIZE, []);
    let staging = h.larger(end, size);
    h.call(Routine::ReverseOut, vec![staging, address, length]);
    let (reverts, returns) = (h.b.new_block(), h.b.new_block());
    h.b.branch(status, reverts, returns);
    h.b.switch_to(reverts);
    h.b.halt(Opcode::REVERT, vec![staging, length]);
    h.b.switch_to(returns);
    if h.layout.runs_constructor {
        let (created, called) = (h.b.new_block(), h.b.new_block());
        let deployed = h.b.op(Op::CodeLength, vec![]);
        let total = h.b.evm(Opcode::CODESIZE, []);
        let creates = h.b.evm(Opcode::GT, [total, deployed]);
        h.b.branch(creates, created, called);
        h.b.switch_to(created);
        h.return_code();
        h.b.switch_to(called);
    }
    h.b.halt(Opcode::RETURN, vec![staging, length]);
}

/// The call data by which a contract asks itself to be marked as calling out.
pub(crate) fn enter_request() -> U256 {
    keccak256("stylus-evm.enter").into()
}

/// Gas for the request: enough to set the mark behind a proxy, little enough to lose.
const ENTER_GAS: u64 = 5_000;

/// Asks the contract itself to set the mark. A write to transient storage would fail the frame in
/// a static call; here it fails only the inner one, and the mark stays unset.
fn enter(h: &mut HostBuilder<'_>) {
    let key = h.b.word(calling_out_key());
    let marked = h.b.evm(Opcode::TLOAD, [key]);
    let (is_marked, ask) = (h.b.new_block(), h.b.new_block());
    h.b.branch(marked, is_marked, ask);
    h.b.switch_to(is_marked);
    let zero = h.b.int(0);
    h.b.ret(vec![zero]);
    h.b.switch_to(ask);
    let request = h.b.word(enter_request());
    h.b.evm(Opcode::MSTORE, [zero, request]);
    let (gas, this) = (h.b.int(ENTER_GAS), h.b.evm(Opcode::ADDRESS, []));
    let word_bytes = h.b.int(32);
    let done = h.b.evm(Opcode::CALL, [gas, this, zero, zero, word_bytes, zero, zero]);
    h.b.ret(vec![done]);
}

fn leave(h: &mut HostBuilder<'_>) {
    let entered = h.b.param(0);
    let (clear, done) = (h.b.new_block(), h.b.new_block());
    h.b.branch(entered, clear, done);
    h.b.switch_to(clear);
    let (key, zero) = (h.b.word(calling_out_key()), h.b.int(0));
    h.b.evm(Opcode::TSTORE, [key, zero]);
    h.b.jump(done, vec![]);
    h.b.switch_to(done);
    h.b.ret(vec![]);
}

/// A function that enters a function of the table.
pub(crate) fn dispatcher(
    type_index: usize,
    params: &[u16],
    results: usize,
    table: Vec<Option<FnId>>,
) -> Function {
    let name = format!("routine::call_indirect[{type_index}]");
    let with_index: Vec<_> = params.iter().copied().chain([32]).collect();
    let mut b = Builder::new(name, Origin::Own, &with_index, Some(results));
    let mut args = vec![b.return_address()];
    args.extend((0..params.len()).map(|number| b.param(number)));
    let index = b.param(params.len());
    b.end(Terminator::TableJump { index, args, table });
    b.function
}

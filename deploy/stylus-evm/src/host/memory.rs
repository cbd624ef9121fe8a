//! How host functions reach the program's memory, which lies reversed in the EVM's.
//!
//! Host data is big-endian and in order; the program's bytes lie reversed. So words are
//! byte-swapped on the way, and longer data passes through a *staging* area behind all memory
//! touched so far, which is zeroed again after use: memory that the program has never touched
//! must read as zeros.

use alloy_primitives::U256;

use super::{HostBuilder, routine::Routine};
use crate::{
    evm::opcode::Opcode,
    ir::{Op, Value},
    program::{KEY, KEY_IN_MEMORY},
};

impl HostBuilder<'_> {
    /// `K − pointer`: the EVM address just above the byte at `pointer`.
    pub(crate) fn above(&mut self, pointer: Value) -> Value {
        let mirror = self.b.word(self.layout.mirror);
        self.b.sub(mirror, pointer)
    }

    /// `K − pointer − length`: the EVM address of the last of `length` bytes at `pointer`.
    pub(crate) fn below(&mut self, pointer: Value, length: Value) -> Value {
        let above = self.above(pointer);
        self.b.sub(above, length)
    }

    /// Reads 32 big-endian bytes.
    pub(crate) fn read_word(&mut self, pointer: Value) -> Value {
        self.read_word_at(pointer, 0)
    }

    /// Reads 32 big-endian bytes at `pointer + offset`.
    pub(crate) fn read_word_at(&mut self, pointer: Value, offset: u32) -> Value {
        let word = self.b.op(Op::Load { bytes: 32, offset, dirty: false }, vec![pointer]);
        self.reverse(Routine::BswapIn, word)
    }

    /// Reads a storage key.
    pub(crate) fn read_key(&mut self, pointer: Value) -> Value {
        let word = self.b.op(Op::Load { bytes: 32, offset: 0, dirty: false }, vec![pointer]);
        self.reverse(Routine::Key, word)
    }

    /// Writes a hash, which may become a storage key.
    pub(crate) fn write_hash(&mut self, pointer: Value, hash: Value) {
        let reversed = self.reverse(Routine::Bswap, hash);
        self.b.op(Op::Store { bytes: 32, offset: 0 }, vec![pointer, reversed]);
        self.remember_key(reversed, hash);
    }

    /// Remembers a storage key, and how the program's memory has it.
    pub(crate) fn remember_key(&mut self, in_memory: Value, key: Value) {
        for (at, word) in [(KEY_IN_MEMORY, in_memory), (KEY, key)] {
            let at = self.b.int(at);
            self.b.evm(Opcode::MSTORE, [at, word]);
        }
    }

    /// Has a routine put the bytes of a word in the other order.
    pub(crate) fn reverse(&mut self, routine: Routine, word: Value) -> Value {
        let results = self.b.call(self.routines.get(routine), vec![word], &[256]);
        results.first().copied().unwrap_or(word)
    }

    /// Reads a 20-byte address; the bits above it are dirty, which the EVM ignores.
    pub(crate) fn read_address(&mut self, pointer: Value) -> Value {
        let bottom = self.b.word(self.layout.mirror.wrapping_sub(U256::from(20)));
        let at = self.b.sub(bottom, pointer);
        let word = self.b.evm(Opcode::MLOAD, [at]);
        self.b.bswap(word)
    }

    /// Writes 32 big-endian bytes.
    pub(crate) fn write_word(&mut self, pointer: Value, word: Value) {
        let reversed = self.reverse(Routine::BswapOut, word);
        self.b.op(Op::Store { bytes: 32, offset: 0 }, vec![pointer, reversed]);
    }

    /// Writes the 20 bytes of a clean address.
    pub(crate) fn write_address(&mut self, pointer: Value, address: Value) {
        // The swapped word has the 20 bytes at its top.
        let reversed = self.b.bswap(address);
        let (scratch, length) = (self.b.int(0), self.b.int(20));
        self.b.evm(Opcode::MSTORE, [scratch, reversed]);
        let bottom = self.b.word(self.layout.mirror.wrapping_sub(U256::from(20)));
        let at = self.b.sub(bottom, pointer);
        self.b.evm(Opcode::MCOPY, [at, scratch, length]);
    }

    /// Writes a 32-bit integer as the program's own type.
    pub(crate) fn write_u32(&mut self, pointer: Value, value: Value) {
        self.b.op(Op::Store { bytes: 4, offset: 0 }, vec![pointer, value]);
    }

    /// Start of a staging area that overlaps neither touched memory nor the bytes at `pointer`.
    pub(crate) fn staging(&mut self, pointer: Value) -> Value {
        let above = self.above(pointer);
        let size = self.b.evm(Opcode::MSIZE, []);
        self.larger(above, size)
    }

    /// The larger of two words: `a + (b − a) · (b > a)`.
    pub(crate) fn larger(&mut self, a: Value, b: Value) -> Value {
        let more = self.b.evm(Opcode::GT, [b, a]);
        let difference = self.b.sub(b, a);
        let surplus = self.b.mul(difference, more);
        self.b.add(a, surplus)
    }

    /// The smaller of two words: `a − (a − b) · (a > b)`.
    pub(crate) fn smaller(&mut self, a: Value, b: Value) -> Value {
        let more = self.b.evm(Opcode::GT, [a, b]);
        let difference = self.b.sub(a, b);
        let surplus = self.b.mul(difference, more);
        self.b.sub(a, surplus)
    }

    /// `a − b`, or zero if that is negative.
    pub(crate) fn saturating_sub(&mut self, a: Value, b: Value) -> Value {
        let more = self.b.evm(Opcode::GT, [a, b]);
        let difference = self.b.sub(a, b);
        self.b.mul(difference, more)
    }

    /// Copies the program's bytes in order to a staging area, padded with zeros to whole words.
    pub(crate) fn stage(&mut self, pointer: Value, length: Value) -> Value {
        let staging = self.staging(pointer);
        let from = self.below(pointer, length);
        self.call(Routine::ReverseOut, vec![staging, from, length]);
        staging
    }

    /// Copies bytes from a staging area to the program's memory.
    pub(crate) fn unstage(&mut self, staging: Value, pointer: Value, length: Value) {
        let to = self.below(pointer, length);
        self.call(Routine::ReverseIn, vec![to, staging, length]);
        self.wipe(staging, length);
    }

    /// Zeroes a staging area: what lies behind the call data is zero.
    pub(crate) fn wipe(&mut self, staging: Value, length: Value) {
        let behind = self.b.evm(Opcode::CALLDATASIZE, []);
        self.b.evm(Opcode::CALLDATACOPY, [staging, behind, length]);
    }

    /// Ends creation: the deployed code is the first part of the running code.
    pub(crate) fn return_code(&mut self) {
        let (zero, length) = (self.b.int(0), self.b.op(Op::CodeLength, vec![]));
        self.b.evm(Opcode::CODECOPY, [zero, zero, length]);
        self.b.halt(Opcode::RETURN, vec![zero, length]);
    }

    /// Calls a routine without results.
    pub(crate) fn call(&mut self, routine: Routine, args: Vec<Value>) {
        let callee = self.routines.get(routine);
        self.b.call(callee, args, &[]);
    }
}

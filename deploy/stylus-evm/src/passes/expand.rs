//! Expands accesses to linear memory into the EVM's: address `a` lies at `K − 1 − a`.
//!
//! A little-endian value of `n` bytes at `a` lies big-endian at `K − a − n`. A load takes the top
//! `n` bytes of the word there; a store writes the value to the scratch word, whose last `n` bytes
//! it then copies. A dirty load takes the word that ends where the value does. An address behind the memory gives a negative EVM address, which is so large
//! that the frame runs out of gas.
//!
//! This file is the bounds check of the translation: a change wants two readers.

use std::collections::HashMap;

use alloy_primitives::U256;

use crate::{
    evm::{asm::Source, opcode::Opcode},
    ir::{Function, Op, Value},
    program::{Layout, SCRATCH},
};

/// Runs the pass.
pub(crate) fn run(function: &mut Function, layout: &Layout) {
    for block in function.block_ids() {
        let ops = std::mem::take(&mut function.block_mut(block).ops);
        let mut expansion = Expansion { function, layout, ops: Vec::new(), words: HashMap::new() };
        for op in ops {
            expansion.op(op);
        }
        let ops = expansion.ops;
        function.block_mut(block).ops = ops;
    }
}

struct Expansion<'a> {
    function: &'a mut Function,
    layout: &'a Layout,
    ops: Vec<Value>,
    words: HashMap<U256, Value>,
}

impl Expansion<'_> {
    fn op(&mut self, op: Value) {
        let definition = self.function.def(op).clone();
        match definition.op {
            Op::Load { offset, dirty: true, .. } => {
                self.load(op, 32, offset, definition.args[0]);
            }
            Op::Load { bytes, offset, dirty: false } => {
                self.load(op, bytes, offset, definition.args[0]);
            }
            Op::Store { bytes, offset } => {
                self.store(op, bytes, offset, [definition.args[0], definition.args[1]]);
            }
            _ => self.ops.push(op),
        }
    }

    fn word(&mut self, word: U256) -> Value {
        let function = &mut *self.function;
        *self.words.entry(word).or_insert_with(|| function.word(word))
    }

    /// Adds an operation in front of the one that is expanded.
    fn add(&mut self, op: Opcode, args: Vec<Value>, source: Source) -> Value {
        let value = self.function.add(Op::Evm(op), args, source);
        self.ops.push(value);
        value
    }

    /// The operation itself becomes this one.
    fn become_(&mut self, value: Value, op: Opcode, args: Vec<Value>) {
        let definition = self.function.def_mut(value);
        definition.op = Op::Evm(op);
        definition.args = args;
        self.ops.push(value);
    }

    /// `K − offset − bytes − address`.
    fn address(&mut self, bytes: u8, offset: u32, address: Value, source: Source) -> Value {
        let below = U256::from(offset) + U256::from(bytes);
        let bottom = self.layout.mirror.wrapping_sub(below);
        if let Some(constant) = self.function.constant(address) {
            return self.word(bottom.wrapping_sub(constant));
        }
        let bottom = self.word(bottom);
        self.add(Opcode::SUB, vec![bottom, address], source)
    }

    /// *mnemonic* · *stack after*: `MLOAD` · `word`; `SHR` · `word >> (256 − 8n)`.
    fn load(&mut self, value: Value, bytes: u8, offset: u32, address: Value) {
        let source = self.function.def(value).source;
        let at = self.address(bytes, offset, address, source);
        if bytes == 32 {
            self.become_(value, Opcode::MLOAD, vec![at]);
            return;
        }
        let word = self.add(Opcode::MLOAD, vec![at], source);
        if bytes == 1 {
            let first = self.word(U256::ZERO);
            self.become_(value, Opcode::BYTE, vec![first, word]);
        } else {
            let unused = self.word(U256::from(256 - 8 * u64::from(bytes)));
            self.become_(value, Opcode::SHR, vec![unused, word]);
        }
    }

    /// `MSTORE(scratch, value)`, `MCOPY(address, scratch + 32 − n, n)`; the EVM has an opcode for
    /// one byte and for 32.
    fn store(&mut self, op: Value, bytes: u8, offset: u32, [address, value]: [Value; 2]) {
        let source = self.function.def(op).source;
        let at = self.address(bytes, offset, address, source);
        match bytes {
            1 => self.become_(op, Opcode::MSTORE8, vec![at, value]),
            32 => self.become_(op, Opcode::MSTORE, vec![at, value]),
            _ => {
                let scratch = self.word(U256::from(SCRATCH));
                self.add(Opcode::MSTORE, vec![scratch, value], source);
                let from = self.word(U256::from(SCRATCH + 32 - u64::from(bytes)));
                let length = self.word(U256::from(bytes));
                self.become_(op, Opcode::MCOPY, vec![at, from, length]);
            }
        }
    }
}

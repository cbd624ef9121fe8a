//! Builds a function block by block, folding constants and sharing equal operations of a block.

use std::collections::HashMap;

use alloy_primitives::U256;

use super::{
    BlockId, Edge, FnId, Function, Op, Origin, Slot, Terminator, Value,
    fold::{Simpler, simplify},
};
use crate::evm::{
    asm::Source,
    opcode::{Effect, Opcode},
};

/// A function under construction.
#[derive(Debug)]
pub(crate) struct Builder {
    pub(crate) function: Function,
    block: BlockId,
    /// The operator that is being lowered.
    pub(crate) source: Source,
    /// Pure operations of the current block.
    known: HashMap<(Op, Vec<Value>), Value>,
    constants: HashMap<U256, Value>,
}

impl Builder {
    /// Starts a function whose parameters have so many bits, besides the return address that comes
    /// first when `results` says how much it returns.
    pub(crate) fn new(
        name: impl Into<String>,
        origin: Origin,
        params: &[u16],
        results: Option<usize>,
    ) -> Self {
        let address = results.is_some().then_some(32);
        let param_bits: Vec<_> = address.into_iter().chain(params.iter().copied()).collect();
        let count = param_bits.len();
        let function = Function {
            name: name.into(),
            origin,
            values: Vec::new(),
            blocks: Vec::new(),
            param_bits,
            results: results.unwrap_or_default(),
            returns: results.is_some(),
        };
        let mut builder = Self {
            function,
            block: Function::ENTRY,
            source: Source::default(),
            known: HashMap::new(),
            constants: HashMap::new(),
        };
        builder.function.add_block();
        for _ in 0..count {
            builder.add_param(Function::ENTRY);
        }
        builder
    }

    /// The parameter with this number, not counting the return address.
    pub(crate) fn param(&self, number: usize) -> Value {
        self.function.block(Function::ENTRY).params[number + 1]
    }

    /// The return address.
    pub(crate) fn return_address(&self) -> Value {
        self.function.block(Function::ENTRY).params[0]
    }

    pub(crate) fn new_block(&mut self) -> BlockId {
        self.function.add_block()
    }

    /// Adds a parameter to a block.
    pub(crate) fn add_param(&mut self, block: BlockId) -> Value {
        let value = self.function.add(Op::Param, Vec::new(), self.source);
        self.function.block_mut(block).params.push(value);
        value
    }

    /// Goes on in another block.
    pub(crate) fn switch_to(&mut self, block: BlockId) {
        self.block = block;
        self.known.clear();
    }

    pub(crate) const fn current(&self) -> BlockId {
        self.block
    }

    pub(crate) fn end(&mut self, end: Terminator) {
        let block = self.block;
        self.function.block_mut(block).end = end;
    }

    pub(crate) fn jump(&mut self, block: BlockId, args: Vec<Value>) {
        self.end(Terminator::Jump(Edge { block, args }));
    }

    pub(crate) fn branch(&mut self, condition: Value, if_true: BlockId, if_false: BlockId) {
        let edge = |block| Edge { block, args: Vec::new() };
        self.end(Terminator::Branch {
            condition,
            if_true: edge(if_true),
            if_false: edge(if_false),
        });
    }

    /// As [`branch`](Self::branch), to blocks that have parameters.
    pub(crate) fn branch_with(
        &mut self,
        condition: Value,
        if_true: (BlockId, Vec<Value>),
        if_false: (BlockId, Vec<Value>),
    ) {
        let edge = |(block, args)| Edge { block, args };
        let (if_true, if_false) = (edge(if_true), edge(if_false));
        self.end(Terminator::Branch { condition, if_true, if_false });
    }

    pub(crate) fn ret(&mut self, values: Vec<Value>) {
        let to = self.return_address();
        self.end(Terminator::Return { to, values });
    }

    pub(crate) fn halt(&mut self, op: Opcode, args: Vec<Value>) {
        self.end(Terminator::Halt { op, args });
    }

    /// A constant.
    pub(crate) fn word(&mut self, word: U256) -> Value {
        if let Some(&value) = self.constants.get(&word) {
            return value;
        }
        let value = self.function.add(Op::Const(word), Vec::new(), self.source);
        self.constants.insert(word, value);
        value
    }

    /// A small constant.
    pub(crate) fn int(&mut self, word: u64) -> Value {
        self.word(U256::from(word))
    }

    /// Adds an operation, or finds a simpler or an equal one.
    pub(crate) fn op(&mut self, op: Op, args: Vec<Value>) -> Value {
        match simplify(&self.function, &op, &args) {
            Some(Simpler::Known(value)) => return value,
            Some(Simpler::Word(word)) => return self.word(word),
            Some(Simpler::Operation(op, args)) => return self.op(op, args),
            None => {}
        }
        if op.effect() != Effect::Pure {
            return self.push(op, args);
        }
        let key = (op, args);
        if let Some(&value) = self.known.get(&key) {
            return value;
        }
        let value = self.push(key.0.clone(), key.1.clone());
        self.known.insert(key, value);
        value
    }

    fn push(&mut self, op: Op, args: Vec<Value>) -> Value {
        let value = self.function.add(op, args, self.source);
        let block = self.block;
        self.function.block_mut(block).ops.push(value);
        value
    }

    /// An opcode on operands, the top of the stack first.
    pub(crate) fn evm<const N: usize>(&mut self, op: Opcode, args: [Value; N]) -> Value {
        self.op(Op::Evm(op), args.to_vec())
    }

    /// Calls a function; gives its results, which have so many bits.
    pub(crate) fn call(&mut self, callee: FnId, args: Vec<Value>, results: &[u16]) -> Vec<Value> {
        let call = self.push(Op::Call(callee), args);
        let source = self.source;
        let add = |&bits: &u16| self.function.add(Op::Result { bits }, Vec::new(), source);
        let results: Vec<_> = results.iter().map(add).collect();
        self.function.def_mut(call).results.clone_from(&results);
        results
    }

    pub(crate) fn slot_load(&mut self, slot: Slot) -> Value {
        self.op(Op::SlotLoad(slot), Vec::new())
    }

    pub(crate) fn slot_store(&mut self, slot: Slot, value: Value) {
        self.op(Op::SlotStore(slot), vec![value]);
    }

    /// Fails the frame if the condition is not zero.
    pub(crate) fn trap_if(&mut self, condition: Value) {
        match self.function.constant(condition) {
            Some(U256::ZERO) => {}
            _ => {
                self.op(Op::TrapIf, vec![condition]);
            }
        }
    }

    pub(crate) fn add(&mut self, a: Value, b: Value) -> Value {
        self.evm(Opcode::ADD, [a, b])
    }

    pub(crate) fn sub(&mut self, a: Value, b: Value) -> Value {
        self.evm(Opcode::SUB, [a, b])
    }

    pub(crate) fn mul(&mut self, a: Value, b: Value) -> Value {
        self.evm(Opcode::MUL, [a, b])
    }

    pub(crate) fn and(&mut self, a: Value, b: Value) -> Value {
        self.evm(Opcode::AND, [a, b])
    }

    pub(crate) fn or(&mut self, a: Value, b: Value) -> Value {
        self.evm(Opcode::OR, [a, b])
    }

    pub(crate) fn xor(&mut self, a: Value, b: Value) -> Value {
        self.evm(Opcode::XOR, [a, b])
    }

    pub(crate) fn is_zero(&mut self, a: Value) -> Value {
        self.evm(Opcode::ISZERO, [a])
    }

    /// `value << bits`.
    pub(crate) fn shl(&mut self, bits: u64, value: Value) -> Value {
        let bits = self.int(bits);
        self.evm(Opcode::SHL, [bits, value])
    }

    /// `value >> bits`, filled with zeros.
    pub(crate) fn shr(&mut self, bits: u64, value: Value) -> Value {
        let bits = self.int(bits);
        self.evm(Opcode::SHR, [bits, value])
    }

    /// Keeps the low `bits` bits.
    pub(crate) fn low_bits(&mut self, bits: u64, value: Value) -> Value {
        let mask = self.word((U256::ONE << bits) - U256::ONE);
        self.and(mask, value)
    }

    /// Reverses the bytes of a word.
    pub(crate) fn bswap(&mut self, value: Value) -> Value {
        self.op(Op::Bswap, vec![value])
    }

    /// Reverses the eight bytes of a clean number.
    pub(crate) fn swap64(&mut self, number: Value) -> Value {
        crate::passes::byte_order::swap64(self, number)
    }
}

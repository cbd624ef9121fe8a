//! The intermediate representation: functions in SSA form whose operations are the EVM's own.
//!
//! Values are 256-bit words. A WebAssembly `i32` or `i64` lives in a word whose bits above its
//! width are arbitrary ("dirty") unless lowering masks them with an explicit `AND`; passes remove
//! the masks that are proved useless. Blocks have parameters instead of phi nodes.

pub(crate) mod builder;
pub(crate) mod cfg;
pub(crate) mod display;
pub(crate) mod fold;
pub(crate) mod verify;

use alloy_primitives::U256;

use crate::evm::{
    asm::Source,
    opcode::{Effect, Opcode},
};

/// A value of a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Value(pub(crate) u32);

/// A basic block of a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct BlockId(pub(crate) u32);

/// A function of the program: a WebAssembly function, a host function or a routine of our own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct FnId(pub(crate) u32);

/// A word of EVM memory outside the linear memory that keeps a global variable or the like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Slot(pub(crate) u32);

/// What a value is computed by.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Op {
    /// A constant.
    Const(U256),
    /// A parameter of a block. Those of the entry block are the function's: the return address
    /// first, if it returns.
    Param,
    /// A result of a call, with so many bits that may be set.
    Result { bits: u16 },
    /// An opcode on its operands, the top of the stack first.
    Evm(Opcode),
    /// `[address] → [value]`: reads `bytes` bytes of linear memory, zero-extended, or with any bits
    /// above them if `dirty`. The address is a clean 32-bit word.
    Load { bytes: u8, offset: u32, dirty: bool },
    /// `[address value] → []`: writes the low `bytes` bytes of a dirty value.
    Store { bytes: u8, offset: u32 },
    /// `[value] → [value]`: reverses the 32 bytes of a word.
    Bswap,
    /// Reads a static word.
    SlotLoad(Slot),
    /// `[value] → []`: writes a static word.
    SlotStore(Slot),
    /// Fails the call frame, without data, if the operand is not zero.
    TrapIf,
    /// Calls a function. Its results are [`Op::Result`] values of their own.
    Call(FnId),
    /// Position of a piece of data in the code.
    DataOffset(u32),
    /// Length of the deployed code.
    CodeLength,
}

/// A value's definition.
#[derive(Clone, Debug)]
pub(crate) struct Definition {
    pub(crate) op: Op,
    pub(crate) args: Vec<Value>,
    /// Results of a call.
    pub(crate) results: Vec<Value>,
    /// The operator it comes from.
    pub(crate) source: Source,
}

/// A way from one block to another, with the values of the other's parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Edge {
    pub(crate) block: BlockId,
    pub(crate) args: Vec<Value>,
}

/// How a block ends.
#[derive(Clone, Debug)]
pub(crate) enum Terminator {
    /// Goes on elsewhere.
    Jump(Edge),
    /// Goes to the first if the condition (any word) is not zero, else to the second.
    Branch { condition: Value, if_true: Edge, if_false: Edge },
    /// Goes to the edge with the number, or to the last. The index is a clean word.
    Switch { index: Value, edges: Vec<Edge> },
    /// Returns to the caller.
    Return { to: Value, values: Vec<Value> },
    /// Enters the function with the number, with the caller's return address and arguments; fails
    /// the frame when there is none. The index is a clean word.
    TableJump { index: Value, args: Vec<Value>, table: Vec<Option<FnId>> },
    /// Enters a function for good, with all that it finds on the stack: the caller's return address
    /// first, if the function returns.
    TailCall { callee: FnId, args: Vec<Value> },
    /// Ends the call frame by an opcode.
    Halt { op: Opcode, args: Vec<Value> },
    /// Fails the call frame, without data.
    Trap,
}

/// A basic block.
#[derive(Clone, Debug)]
pub(crate) struct Block {
    pub(crate) params: Vec<Value>,
    /// Operations in order. Pure ones are placed where they are used by the code generator.
    pub(crate) ops: Vec<Value>,
    pub(crate) end: Terminator,
}

/// Where a function comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// A function of the module.
    Wasm(u32),
    /// A host function or a routine of the translator.
    Own,
}

/// A function.
#[derive(Clone, Debug)]
pub(crate) struct Function {
    pub(crate) name: String,
    pub(crate) origin: Origin,
    pub(crate) values: Vec<Definition>,
    pub(crate) blocks: Vec<Block>,
    /// Bits that may be set in each parameter of the entry block.
    pub(crate) param_bits: Vec<u16>,
    /// Number of results.
    pub(crate) results: usize,
    /// Whether the first parameter is a return address.
    pub(crate) returns: bool,
}

/// All functions. The first is where the runtime starts.
#[derive(Clone, Debug, Default)]
pub(crate) struct Program {
    pub(crate) functions: Vec<Function>,
    /// Data for [`Op::DataOffset`].
    pub(crate) data: Vec<Vec<u8>>,
}

impl Op {
    /// What the operation touches.
    pub(crate) const fn effect(&self) -> Effect {
        match self {
            Self::Const(_)
            | Self::Param
            | Self::Result { .. }
            | Self::Bswap
            | Self::DataOffset(_)
            | Self::CodeLength => Effect::Pure,
            Self::Evm(op) => op.effect(),
            Self::Load { .. } => Effect::ReadsMemory,
            Self::SlotLoad(_) | Self::TrapIf => Effect::Ordered,
            Self::Store { .. } | Self::SlotStore(_) | Self::Call(_) => Effect::WritesMemory,
        }
    }

    /// Whether it may be dropped when its value is not used.
    pub(crate) const fn is_removable(&self) -> bool {
        match self.effect() {
            Effect::Pure | Effect::ReadsMemory => true,
            _ => matches!(self, Self::SlotLoad(_)),
        }
    }

    /// Whether it leaves a word on the stack (results of calls are values of their own).
    pub(crate) const fn has_value(&self) -> bool {
        match self {
            Self::Evm(op) => op.pushes() > 0,
            Self::Store { .. } | Self::SlotStore(_) | Self::TrapIf | Self::Call(_) => false,
            _ => true,
        }
    }
}

impl Terminator {
    /// The edges, in a fixed order.
    pub(crate) fn edges(&self) -> Vec<&Edge> {
        match self {
            Self::Jump(edge) => vec![edge],
            Self::Branch { if_true, if_false, .. } => vec![if_true, if_false],
            Self::Switch { edges, .. } => edges.iter().collect(),
            Self::Return { .. }
            | Self::TableJump { .. }
            | Self::TailCall { .. }
            | Self::Halt { .. }
            | Self::Trap => Vec::new(),
        }
    }

    /// The edges, in the same order, to be changed.
    pub(crate) fn edges_mut(&mut self) -> Vec<&mut Edge> {
        match self {
            Self::Jump(edge) => vec![edge],
            Self::Branch { if_true, if_false, .. } => vec![if_true, if_false],
            Self::Switch { edges, .. } => edges.iter_mut().collect(),
            Self::Return { .. }
            | Self::TableJump { .. }
            | Self::TailCall { .. }
            | Self::Halt { .. }
            | Self::Trap => Vec::new(),
        }
    }

    /// Values that the end itself uses, without those that edges carry.
    pub(crate) fn operands(&self) -> Vec<Value> {
        match self {
            Self::Jump(_) | Self::Trap => Vec::new(),
            Self::Branch { condition, .. } => vec![*condition],
            Self::Switch { index, .. } => vec![*index],
            Self::Return { to, values } => values.iter().copied().chain([*to]).collect(),
            Self::TableJump { index, args, .. } => args.iter().copied().chain([*index]).collect(),
            Self::TailCall { args, .. } | Self::Halt { args, .. } => args.clone(),
        }
    }

    /// Calls `change` on every value used, by the end itself or by its edges.
    pub(crate) fn for_each_value_mut(&mut self, mut change: impl FnMut(&mut Value)) {
        match self {
            Self::Jump(_) | Self::Trap => {}
            Self::Branch { condition, .. } => change(condition),
            Self::Switch { index, .. } => change(index),
            Self::Return { to, values } => {
                values.iter_mut().for_each(&mut change);
                change(to);
            }
            Self::TableJump { index, args, .. } => {
                args.iter_mut().for_each(&mut change);
                change(index);
            }
            Self::TailCall { args, .. } | Self::Halt { args, .. } => {
                args.iter_mut().for_each(&mut change);
            }
        }
        for edge in self.edges_mut() {
            edge.args.iter_mut().for_each(&mut change);
        }
    }
}

impl Function {
    /// The entry block.
    pub(crate) const ENTRY: BlockId = BlockId(0);

    pub(crate) fn def(&self, value: Value) -> &Definition {
        &self.values[value.0 as usize]
    }

    pub(crate) fn def_mut(&mut self, value: Value) -> &mut Definition {
        &mut self.values[value.0 as usize]
    }

    pub(crate) fn block(&self, block: BlockId) -> &Block {
        &self.blocks[block.0 as usize]
    }

    pub(crate) fn block_mut(&mut self, block: BlockId) -> &mut Block {
        &mut self.blocks[block.0 as usize]
    }

    /// The word, if the value is a constant.
    pub(crate) fn constant(&self, value: Value) -> Option<U256> {
        match self.def(value).op {
            Op::Const(word) => Some(word),
            _ => None,
        }
    }

    /// Adds a value that no block has yet.
    pub(crate) fn add(&mut self, op: Op, args: Vec<Value>, source: Source) -> Value {
        self.values.push(Definition { op, args, results: Vec::new(), source });
        Value(u32::try_from(self.values.len() - 1).unwrap_or(u32::MAX))
    }

    /// Adds a constant, which belongs to no block.
    pub(crate) fn word(&mut self, word: U256) -> Value {
        self.add(Op::Const(word), Vec::new(), Source::default())
    }

    /// Adds a block that traps until it gets another end.
    pub(crate) fn add_block(&mut self) -> BlockId {
        self.blocks.push(Block { params: Vec::new(), ops: Vec::new(), end: Terminator::Trap });
        BlockId(u32::try_from(self.blocks.len() - 1).unwrap_or(u32::MAX))
    }

    /// All block numbers.
    pub(crate) fn block_ids(&self) -> impl Iterator<Item = BlockId> + use<> {
        (0..u32::try_from(self.blocks.len()).unwrap_or(u32::MAX)).map(BlockId)
    }
}

impl Program {
    pub(crate) fn function(&self, id: FnId) -> &Function {
        &self.functions[id.0 as usize]
    }

    /// Adds a function.
    pub(crate) fn add(&mut self, function: Function) -> FnId {
        let id = FnId(u32::try_from(self.functions.len()).unwrap_or(u32::MAX));
        self.functions.push(function);
        self.sign(id);
        id
    }

    /// Puts another function in the place of one.
    pub(crate) fn replace(&mut self, id: FnId, function: Function) {
        self.functions[id.0 as usize] = function;
        self.sign(id);
    }

    /// Notes in all definitions of a function whose they are.
    fn sign(&mut self, id: FnId) {
        for definition in &mut self.functions[id.0 as usize].values {
            definition.source.function = id.0;
        }
    }
}

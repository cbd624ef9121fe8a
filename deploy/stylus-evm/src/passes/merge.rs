//! Gives blocks that end alike one common end.
//!
//! Routers end in the same few ways over and over: decode, call, encode, leave. What two blocks do
//! alike up to their end, on constants, on what they compute on that way or on the function's own
//! parameters, is moved to a block that both jump to. Only code outside loops is merged, and only
//! code of the same function of the module, so that a trace still names it.

use std::collections::HashMap;

use alloy_primitives::U256;

use crate::{
    evm::opcode::Opcode,
    ir::{Block, BlockId, Edge, FnId, Function, Op, Terminator, Value, cfg::Cfg},
};

/// Most operations of a common end.
const LONGEST: usize = 48;
/// Rounds: what is merged once may make longer ends equal.
const ROUNDS: usize = 4;
/// Bytes of a jump to the common end.
const JUMP_BYTES: usize = 4;
/// Bytes that a block must save for the gas of its jump.
const LEAST_BYTES: usize = 4;

/// A value by what it is, wherever it is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Name {
    Word(U256),
    /// A parameter of the function.
    Param(Value),
    /// The operation that is so many before the block's end, and its result with this number.
    Inside(usize, usize),
}

/// What a block does from some operation on.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Ending {
    ops: Vec<(Op, u32, Vec<Name>)>,
    end: End,
}

/// The end of a block that may be shared.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum End {
    Jump(BlockId, Vec<Name>),
    Return(Vec<Name>),
    TailCall(FnId, Vec<Name>),
    Halt(Opcode, Vec<Name>),
}

/// Runs the pass; says whether anything changed.
pub(crate) fn run(function: &mut Function) -> bool {
    let mut changed = false;
    for _ in 0..ROUNDS {
        if !round(function) {
            break;
        }
        changed = true;
        while super::branches::run(function) {}
    }
    changed
}

fn round(function: &mut Function) -> bool {
    let mut groups = groups(function);
    // The order of the first blocks makes the choice the same in every run.
    groups.sort_by_cached_key(|group| {
        let saved = group.saved_bytes(function);
        (usize::MAX - saved, usize::MAX - group.ending.ops.len(), group.blocks.clone())
    });
    let mut taken = vec![false; function.blocks.len()];
    let mut changed = false;
    for mut group in groups {
        group.blocks.retain(|(_, block)| !taken[block.0 as usize]);
        group.keep_worthwhile(function);
        if group.saved_bytes(function) == 0 {
            continue;
        }
        for (_, block) in &group.blocks {
            taken[block.0 as usize] = true;
        }
        share(function, &group);
        changed = true;
    }
    changed
}

/// Blocks that end alike, with their ranks.
struct Group {
    ending: Ending,
    blocks: Vec<(usize, BlockId)>,
}

impl Group {
    /// Whether the ending is all that a block does: others can then go past it.
    fn is_whole(&self, function: &Function, block: BlockId) -> bool {
        function.block(block).ops.len() == self.ending.ops.len()
    }

    /// Leaves out blocks that would save too little.
    fn keep_worthwhile(&mut self, function: &Function) {
        if self.ending.bytes() < JUMP_BYTES + LEAST_BYTES {
            let blocks = std::mem::take(&mut self.blocks);
            let whole = blocks.into_iter().filter(|&(_, block)| self.is_whole(function, block));
            self.blocks = whole.collect();
        }
    }

    /// About how many bytes it saves to share the ending.
    fn saved_bytes(&self, function: &Function) -> usize {
        let bytes = self.ending.bytes();
        let saved = |&(_, block): &(usize, BlockId)| {
            if self.is_whole(function, block) { bytes } else { bytes.saturating_sub(JUMP_BYTES) }
        };
        let saved = self.blocks.iter().map(saved).sum::<usize>();
        saved.saturating_sub(bytes + LEAST_BYTES)
    }
}

/// All endings that several blocks have.
fn groups(function: &Function) -> Vec<Group> {
    let cfg = Cfg::new(function);
    let escapes = escapes(function);
    let mut groups: HashMap<Ending, Vec<(usize, BlockId)>> = HashMap::new();
    for (rank, &block) in cfg.order.iter().enumerate() {
        if cfg.depth[block.0 as usize] == 0 {
            for ending in endings(function, &escapes, block) {
                groups.entry(ending).or_default().push((rank, block));
            }
        }
    }
    let groups = groups.into_iter().filter(|(_, blocks)| blocks.len() > 1);
    groups.map(|(ending, blocks)| Group { ending, blocks }).collect()
}

impl Ending {
    /// About how many bytes of code it is.
    fn bytes(&self) -> usize {
        let names = |names: &[Name]| names.iter().map(Name::bytes).sum::<usize>();
        let ops = self.ops.iter().map(|(op, _, args)| {
            names(args)
                + match op {
                    Op::Call(_) | Op::Bswap => 8,
                    Op::SlotLoad(_) | Op::SlotStore(_) | Op::DataOffset(_) => 3,
                    Op::TrapIf => 4,
                    _ => 1,
                }
        });
        let end = match &self.end {
            End::Jump(_, args) | End::TailCall(_, args) => JUMP_BYTES + names(args),
            End::Return(args) | End::Halt(_, args) => 1 + names(args),
        };
        ops.sum::<usize>() + end
    }
}

impl Name {
    const fn bytes(&self) -> usize {
        match self {
            Self::Word(word) => 1 + word.byte_len(),
            Self::Param(_) => 1,
            Self::Inside(..) => 0,
        }
    }
}

/// Values that are used in another block than the one that computes them.
fn escapes(function: &Function) -> Vec<bool> {
    let mut home: Vec<Option<BlockId>> = vec![None; function.values.len()];
    for id in function.block_ids() {
        for &op in &function.block(id).ops {
            for value in function.def(op).results.iter().chain([&op]) {
                home[value.0 as usize] = Some(id);
            }
        }
    }
    let mut escapes = vec![false; function.values.len()];
    for id in function.block_ids() {
        let block = function.block(id);
        let args = block.ops.iter().flat_map(|&op| &function.def(op).args).copied();
        let carried = block.end.edges().into_iter().flat_map(|edge| edge.args.iter().copied());
        for value in args.chain(block.end.operands()).chain(carried) {
            escapes[value.0 as usize] |= home[value.0 as usize] != Some(id);
        }
    }
    escapes
}

/// All endings of a block that stand for themselves.
fn endings(function: &Function, escapes: &[bool], id: BlockId) -> Vec<Ending> {
    let block = function.block(id);
    let mut naming = Naming { function, places: HashMap::new(), length: 0 };
    let mut found = Vec::new();
    for start in (0..=block.ops.len()).rev().take(LONGEST + 1) {
        let ops = &block.ops[start..];
        if let Some(&first) = ops.first() {
            // What others use cannot move.
            let results = &function.def(first).results;
            if results.iter().chain([&first]).any(|value| escapes[value.0 as usize]) {
                break;
            }
            naming.enter(first);
        }
        let Some(end) = naming.end(&block.end) else { continue };
        let Some(ops) = ops.iter().map(|&op| naming.op(op)).collect() else { continue };
        found.push(Ending { ops, end });
    }
    found
}

/// Names of the values of an ending.
struct Naming<'a> {
    function: &'a Function,
    places: HashMap<Value, (usize, usize)>,
    /// Operations that have names. Places are counted from the end, so that equal endings have
    /// equal names.
    length: usize,
}

impl Naming<'_> {
    /// Gives names to the operation in front.
    fn enter(&mut self, op: Value) {
        self.length += 1;
        let results = self.function.def(op).results.iter();
        for (number, &value) in [op].iter().chain(results).enumerate() {
            self.places.insert(value, (self.length, number));
        }
    }

    fn name(&self, value: Value) -> Option<Name> {
        match self.function.def(value).op {
            Op::Const(word) => Some(Name::Word(word)),
            _ if self.function.block(Function::ENTRY).params.contains(&value) => {
                Some(Name::Param(value))
            }
            _ => self.places.get(&value).map(|&(place, result)| Name::Inside(place, result)),
        }
    }

    fn names(&self, values: &[Value]) -> Option<Vec<Name>> {
        values.iter().map(|&value| self.name(value)).collect()
    }

    fn op(&self, op: Value) -> Option<(Op, u32, Vec<Name>)> {
        let definition = self.function.def(op);
        let args = self.names(&definition.args)?;
        Some((definition.op.clone(), definition.source.function, args))
    }

    fn end(&self, end: &Terminator) -> Option<End> {
        Some(match end {
            Terminator::Jump(edge) => End::Jump(edge.block, self.names(&edge.args)?),
            Terminator::Return { to, values } => {
                let all: Vec<_> = values.iter().chain([to]).copied().collect();
                End::Return(self.names(&all)?)
            }
            Terminator::TailCall { callee, args } => End::TailCall(*callee, self.names(args)?),
            Terminator::Halt { op, args } => End::Halt(*op, self.names(args)?),
            Terminator::Trap
            | Terminator::Branch { .. }
            | Terminator::Switch { .. }
            | Terminator::TableJump { .. } => return None,
        })
    }
}

/// Moves the ending of the first block to a new one, to which all jump.
fn share(function: &mut Function, group: &Group) {
    let shared = function.add_block();
    for (number, &(_, id)) in group.blocks.iter().enumerate() {
        let block = function.block_mut(id);
        let ops = block.ops.split_off(block.ops.len() - group.ending.ops.len());
        let jump = Terminator::Jump(Edge { block: shared, args: Vec::new() });
        let end = std::mem::replace(&mut block.end, jump);
        if number == 0 {
            *function.block_mut(shared) = Block { params: Vec::new(), ops, end };
        }
    }
}

//! Finds out whether the result that `write_result` is given stays as it is until the frame ends.
//!
//! If it does, remembering where it lies is enough, and it need not be copied. That is so when only
//! the entry point writes results and what follows a write neither calls anything nor writes memory
//! except at addresses that are known, which can be compared with the result's when it is written.

use std::collections::BTreeSet;

use crate::{
    evm::opcode::Effect,
    ir::{BlockId, FnId, Function, Op, Program},
};

/// What may happen to a result between `write_result` and the end of the frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It stays, but for these ranges of addresses, start and end.
    Stays(Vec<(u64, u64)>),
    /// Nobody knows.
    Unknown,
}

/// Most ranges that are worth comparing.
const MAX_RANGES: usize = 4;

/// Judges the results of a program; `write` is the host function.
pub(crate) fn fate(program: &Program, entry: FnId, write: FnId) -> Fate {
    for (id, function) in (0..).map(FnId).zip(&program.functions) {
        let callees = function.blocks.iter().flat_map(|block| &block.ops);
        for &op in callees {
            let wrong = match function.def(op).op {
                Op::Call(callee) if callee == write => id != entry,
                // The start calls the entry point; nobody else may.
                Op::Call(callee) if callee == entry => id != FnId(0),
                _ => false,
            };
            if wrong {
                return Fate::Unknown;
            }
        }
        let tables = function.blocks.iter().filter_map(|block| match &block.end {
            crate::ir::Terminator::TableJump { table, .. } => Some(table),
            _ => None,
        });
        if tables.flatten().flatten().any(|&target| target == write || target == entry) {
            return Fate::Unknown;
        }
    }
    after_writes(program.function(entry), write).map_or(Fate::Unknown, Fate::Stays)
}

/// The ranges that are written after a write of the result, if nothing worse happens.
fn after_writes(function: &Function, write: FnId) -> Option<Vec<(u64, u64)>> {
    let mut ranges = BTreeSet::new();
    let mut seen = BTreeSet::new();
    let mut todo: Vec<(BlockId, usize)> = Vec::new();
    for block in function.block_ids() {
        for (position, &op) in function.block(block).ops.iter().enumerate() {
            if function.def(op).op == Op::Call(write) {
                todo.push((block, position + 1));
            }
        }
    }
    while let Some((block, from)) = todo.pop() {
        for &op in &function.block(block).ops[from..] {
            let definition = function.def(op);
            match definition.op {
                Op::SlotLoad(_) | Op::SlotStore(_) | Op::TrapIf => {}
                Op::Store { bytes, offset } => {
                    let address = function.constant(definition.args[0])?;
                    let start = u64::try_from(address).ok()?.checked_add(u64::from(offset))?;
                    ranges.insert((start, start + u64::from(bytes)));
                }
                _ if matches!(definition.op.effect(), Effect::Pure | Effect::ReadsMemory) => {}
                _ => return None,
            }
        }
        for edge in function.block(block).end.edges() {
            if seen.insert(edge.block) {
                todo.push((edge.block, 0));
            }
        }
    }
    (ranges.len() <= MAX_RANGES).then(|| ranges.into_iter().collect())
}

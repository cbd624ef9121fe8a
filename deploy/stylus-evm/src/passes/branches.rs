//! Simplifies control flow: known conditions, double negations, blocks that only lead on.

use super::Renames;
use crate::{
    evm::opcode::Opcode,
    ir::{Block, BlockId, Edge, Function, Op, Terminator, cfg::Cfg},
};

/// Runs the pass; says whether anything changed.
pub(crate) fn run(function: &mut Function) -> bool {
    let mut changed = false;
    for block in function.block_ids() {
        while let Some(end) = simpler(function, block) {
            function.block_mut(block).end = end;
            changed = true;
        }
    }
    changed | thread(function) | merge(function)
}

/// A simpler end of a block.
fn simpler(function: &Function, block: BlockId) -> Option<Terminator> {
    match &function.block(block).end {
        Terminator::Branch { condition, if_true, if_false } => {
            if if_true == if_false {
                return Some(Terminator::Jump(if_true.clone()));
            }
            if let Some(word) = function.constant(*condition) {
                let edge = if word.is_zero() { if_false } else { if_true };
                return Some(Terminator::Jump(edge.clone()));
            }
            let definition = function.def(*condition);
            (definition.op == Op::Evm(Opcode::ISZERO)).then(|| Terminator::Branch {
                condition: definition.args[0],
                if_true: if_false.clone(),
                if_false: if_true.clone(),
            })
        }
        Terminator::Switch { index, edges } => {
            if let Some(word) = function.constant(*index) {
                let last = edges.len() - 1;
                let number = usize::try_from(word).map_or(last, |number| number.min(last));
                return Some(Terminator::Jump(edges[number].clone()));
            }
            match &edges[..] {
                [only] => Some(Terminator::Jump(only.clone())),
                [zero, other] => Some(Terminator::Branch {
                    condition: *index,
                    if_true: other.clone(),
                    if_false: zero.clone(),
                }),
                _ => None,
            }
        }
        _ => None,
    }
}

/// Leads edges past empty blocks without parameters.
fn thread(function: &mut Function) -> bool {
    let mut changed = false;
    for block in function.block_ids() {
        let mut end = function.block(block).end.clone();
        for edge in end.edges_mut() {
            // A chain of empty blocks may be a loop.
            for _ in 0..8 {
                let Some(next) = passed(function, edge) else { break };
                if next == *edge {
                    break;
                }
                *edge = next;
                changed = true;
            }
        }
        function.block_mut(block).end = end;
    }
    changed
}

fn passed(function: &Function, edge: &Edge) -> Option<Edge> {
    let target = function.block(edge.block);
    match &target.end {
        Terminator::Jump(next) if target.ops.is_empty() && target.params.is_empty() => {
            Some(next.clone())
        }
        _ => None,
    }
}

/// Joins a block to its only predecessor if that leads nowhere else, and lets blocks that jump to
/// a bare trap trap themselves.
fn merge(function: &mut Function) -> bool {
    let cfg = Cfg::new(function);
    let mut renames = Renames::default();
    let mut changed = false;
    for &block in &cfg.order {
        while let Terminator::Jump(edge) = &function.block(block).end {
            let edge = edge.clone();
            let target = edge.block;
            if is_bare_trap(function, target) {
                function.block_mut(block).end = Terminator::Trap;
                changed = true;
                break;
            }
            let only = cfg.preds[target.0 as usize].len() == 1;
            if !only || target == block || target == Function::ENTRY {
                break;
            }
            let empty = Block { params: Vec::new(), ops: Vec::new(), end: Terminator::Trap };
            let joined = std::mem::replace(function.block_mut(target), empty);
            for (param, arg) in joined.params.iter().zip(&edge.args) {
                renames.insert(*param, *arg);
            }
            let block = function.block_mut(block);
            block.ops.extend(joined.ops);
            block.end = joined.end;
            changed = true;
        }
    }
    renames.apply(function);
    changed
}

fn is_bare_trap(function: &Function, block: BlockId) -> bool {
    let block = function.block(block);
    block.ops.is_empty() && matches!(block.end, Terminator::Trap)
}

//! Removes operations and block parameters that nobody uses, and blocks that nobody reaches.

use super::params;
use crate::ir::{Function, Terminator, Value, cfg::Cfg};

/// Runs the pass; says whether anything changed.
pub(crate) fn run(function: &mut Function) -> bool {
    let cfg = Cfg::new(function);
    let mut changed = false;
    for block in function.block_ids() {
        let unreachable = !cfg.is_reachable(block);
        let block = function.block_mut(block);
        if unreachable && !(block.ops.is_empty() && block.params.is_empty()) {
            block.ops.clear();
            block.params.clear();
            block.end = Terminator::Trap;
            changed = true;
        } else if unreachable {
            block.end = Terminator::Trap;
        }
    }
    let live = mark(function, &cfg);
    let is_dead = |value: Value| !live[value.0 as usize];
    for &block in &cfg.order {
        let before = function.block(block).ops.len();
        let ops = std::mem::take(&mut function.block_mut(block).ops);
        let ops: Vec<_> = ops
            .into_iter()
            .filter(|&op| !is_dead(op) || !function.def(op).op.is_removable())
            .collect();
        changed |= ops.len() != before;
        function.block_mut(block).ops = ops;
        if block != Function::ENTRY {
            let unused: Vec<_> =
                function.block(block).params.iter().copied().filter(|&p| is_dead(p)).collect();
            changed |= !unused.is_empty();
            for param in unused {
                params::remove(function, block, param);
            }
        }
    }
    changed
}

/// Marks what effects and ends of blocks need, directly or not.
fn mark(function: &Function, cfg: &Cfg) -> Vec<bool> {
    let mut live = vec![false; function.values.len()];
    let mut todo = Vec::new();
    // Which block and number a parameter has.
    let mut home = vec![None; function.values.len()];
    for &block in &cfg.order {
        for (number, &param) in function.block(block).params.iter().enumerate() {
            home[param.0 as usize] = Some((block, number));
        }
        for &op in &function.block(block).ops {
            let definition = function.def(op);
            if !definition.op.is_removable() {
                todo.extend(&definition.args);
            }
        }
        todo.extend(function.block(block).end.operands());
    }
    while let Some(value) = todo.pop() {
        if std::mem::replace(&mut live[value.0 as usize], true) {
            continue;
        }
        todo.extend(&function.def(value).args);
        if let Some((block, number)) = home[value.0 as usize] {
            for &pred in &cfg.preds[block.0 as usize] {
                let edges = function.block(pred).end.edges().into_iter();
                todo.extend(edges.filter(|e| e.block == block).map(|e| e.args[number]));
            }
        }
    }
    live
}

//! Turns calls whose results are only passed on, or that never come back, into jumps.
//!
//! A function that never comes back needs no return address: it loses that parameter. Functions of
//! the table keep it, since their callers do not know which one they enter, and so do dispatchers,
//! which pass it on.

use alloy_primitives::U256;

use crate::ir::{Function, Op, Program, Terminator, Value};

/// Runs the pass. It is the last on the whole program: others do not know functions without a
/// return address.
pub(crate) fn run(program: &mut Program) {
    let comes_back = comes_back(program);
    let keeps = in_table(program);
    let returns: Vec<_> =
        comes_back.iter().zip(keeps).map(|(back, keeps)| *back || keeps).collect();
    for (number, function) in program.functions.iter_mut().enumerate() {
        if function.returns && !returns[number] {
            function.block_mut(Function::ENTRY).params.remove(0);
            function.returns = false;
        }
        jump(function, &comes_back, &returns);
    }
}

/// Which functions may give control back to their callers.
fn comes_back(program: &Program) -> Vec<bool> {
    let mut back = vec![false; program.functions.len()];
    let mut changed = true;
    while changed {
        changed = false;
        for (number, function) in program.functions.iter().enumerate() {
            if !back[number] && may_return(function, &back) {
                back[number] = true;
                changed = true;
            }
        }
    }
    back
}

/// Whether a function may return, if only those that are marked do.
fn may_return(function: &Function, back: &[bool]) -> bool {
    let mut seen = vec![false; function.blocks.len()];
    let mut todo = vec![Function::ENTRY];
    while let Some(id) = todo.pop() {
        if std::mem::replace(&mut seen[id.0 as usize], true) {
            continue;
        }
        let block = function.block(id);
        let stops = block.ops.iter().any(|&op| match function.def(op).op {
            Op::Call(callee) => !back[callee.0 as usize],
            _ => false,
        });
        if stops {
            continue;
        }
        match &block.end {
            Terminator::Return { .. } => return true,
            Terminator::TableJump { table, .. } => {
                if table.iter().flatten().any(|callee| back[callee.0 as usize]) {
                    return true;
                }
            }
            end => todo.extend(end.edges().iter().map(|edge| edge.block)),
        }
    }
    false
}

/// Functions of the table and those that dispatch to it.
fn in_table(program: &Program) -> Vec<bool> {
    let mut found = vec![false; program.functions.len()];
    for (number, function) in program.functions.iter().enumerate() {
        for block in &function.blocks {
            if let Terminator::TableJump { table, .. } = &block.end {
                found[number] = true;
                for callee in table.iter().flatten() {
                    found[callee.0 as usize] = true;
                }
            }
        }
    }
    found
}

fn jump(function: &mut Function, comes_back: &[bool], returns: &[bool]) {
    for id in function.block_ids() {
        let block = function.block(id);
        let last = block.ops.iter().enumerate().find_map(|(position, &op)| {
            let definition = function.def(op);
            let Op::Call(callee) = definition.op else { return None };
            let passed_on = position + 1 == block.ops.len()
                && matches!(&block.end, Terminator::Return { values, .. } if *values == definition.results);
            let ends = !comes_back[callee.0 as usize];
            (ends || passed_on).then_some((position, callee, op))
        });
        let Some((position, callee, op)) = last else { continue };
        let mut args = function.def(op).args.clone();
        if returns[callee.0 as usize] {
            args.insert(0, return_address(function));
        }
        let block = function.block_mut(id);
        block.ops.truncate(position);
        block.end = Terminator::TailCall { callee, args };
    }
}

/// The return address to pass on: a function that has none calls only what never comes back,
/// which may get any word.
fn return_address(function: &mut Function) -> Value {
    if function.returns {
        function.block(Function::ENTRY).params[0]
    } else {
        function.word(U256::ZERO)
    }
}

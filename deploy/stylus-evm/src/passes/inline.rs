//! Puts the bodies of functions where they are called, when that makes less code: functions that
//! hardly do anything, those that are called once, and short ones on constants, of which little or
//! nothing is left to compute.

use std::collections::HashMap;

use crate::{
    evm::opcode::Effect,
    ir::{Block, BlockId, Edge, FnId, Function, Op, Program, Terminator, Value},
};

/// Most operations of a function without branches that is no more code than its call.
const TINY: usize = 2;
/// Most operations with an effect of a function that is worth its call with known arguments.
const FEW_EFFECTS: usize = 2;

/// Runs the pass; says whether anything changed.
pub(crate) fn run(program: &mut Program, start: FnId) -> bool {
    let mut changed = false;
    for caller in (0..).map(FnId).take(program.functions.len()) {
        // What is inlined may hold further calls; the next round sees them.
        let calls = count_calls(program, start);
        let function = program.function(caller);
        let sites = sites(function, |op, callee| {
            let body = program.function(callee);
            callee != caller
                && (worthwhile(body, calls[callee.0 as usize]) || folds(body, function, op))
        });
        for (op, callee) in sites {
            let body = program.function(callee).clone();
            splice(&mut program.functions[caller.0 as usize], op, &body);
            changed = true;
        }
    }
    changed
}

/// Calls of a function by a caller.
fn sites(function: &Function, wanted: impl Fn(Value, FnId) -> bool) -> Vec<(Value, FnId)> {
    let ops = function.blocks.iter().flat_map(|block| &block.ops);
    let calls = ops.filter_map(|&op| match function.def(op).op {
        Op::Call(callee) => Some((op, callee)),
        _ => None,
    });
    calls.filter(|&(op, callee)| wanted(op, callee)).collect()
}

/// How often each function is called or in a table, by functions that can run.
fn count_calls(program: &Program, start: FnId) -> Vec<usize> {
    let mut counts = vec![0; program.functions.len()];
    let mut seen = vec![false; program.functions.len()];
    let mut todo = vec![start];
    while let Some(id) = todo.pop() {
        if std::mem::replace(&mut seen[id.0 as usize], true) {
            continue;
        }
        let function = program.function(id);
        for (_, callee) in sites(function, |_, _| true) {
            counts[callee.0 as usize] += 1;
            todo.push(callee);
        }
        for block in &function.blocks {
            if let Terminator::TableJump { table, .. } = &block.end {
                for &callee in table.iter().flatten() {
                    // Never the only call.
                    counts[callee.0 as usize] += 2;
                    todo.push(callee);
                }
            }
        }
    }
    counts
}

fn worthwhile(function: &Function, calls: usize) -> bool {
    let ends = |block: &Block| matches!(block.end, Terminator::TableJump { .. });
    if function.blocks.iter().any(ends) {
        return false;
    }
    calls == 1 || is_tiny(function)
}

/// Whether a call has nothing but known arguments, so that next to nothing is left of a function
/// without branches and with few effects.
fn folds(body: &Function, caller: &Function, call: Value) -> bool {
    let block = body.block(Function::ENTRY);
    let effects = block.ops.iter().filter(|&&op| body.def(op).op.effect() != Effect::Pure);
    let args = &caller.def(call).args;
    matches!(block.end, Terminator::Return { .. })
        && effects.count() <= FEW_EFFECTS
        && !args.is_empty()
        && args.iter().all(|&arg| caller.constant(arg).is_some())
}

/// Whether a function does little more than its call would.
fn is_tiny(function: &Function) -> bool {
    let Terminator::Return { .. } = &function.block(Function::ENTRY).end else { return false };
    let ops = &function.block(Function::ENTRY).ops;
    let weight = |&op: &Value| match function.def(op).op {
        Op::Store { .. } | Op::Load { .. } => 2,
        _ => 1,
    };
    ops.iter().map(weight).sum::<usize>() <= TINY
}

/// Replaces a call by the body of its callee.
fn splice(function: &mut Function, call: Value, body: &Function) {
    let position = function.block_ids().find_map(|id| {
        let ops = &function.block(id).ops;
        ops.iter().position(|&op| op == call).map(|position| (id, position))
    });
    let Some((block, position)) = position else { return };
    let rest = function.add_block();
    let tail = function.block_mut(block).ops.split_off(position + 1);
    function.block_mut(block).ops.pop();
    let end = std::mem::replace(&mut function.block_mut(block).end, Terminator::Trap);
    let call = function.def(call).clone();
    *function.block_mut(rest) = Block { params: call.results.clone(), ops: tail, end };
    for &result in &call.results {
        function.def_mut(result).op = Op::Param;
    }
    let mut copy = Copy { function, values: HashMap::new() };
    let entry = &body.block(Function::ENTRY).params;
    // The return address is not needed any more.
    for (&param, &arg) in entry[1..].iter().zip(&call.args) {
        copy.values.insert(param, arg);
    }
    let first = copy.blocks(body, rest);
    function.block_mut(block).end = Terminator::Jump(Edge { block: first, args: Vec::new() });
}

/// A body on its way into another function.
struct Copy<'a> {
    function: &'a mut Function,
    values: HashMap<Value, Value>,
}

impl Copy<'_> {
    /// Copies all blocks; returns go to `rest`. Gives the first block.
    fn blocks(&mut self, body: &Function, rest: BlockId) -> BlockId {
        let ids: Vec<_> = body.blocks.iter().map(|_| self.function.add_block()).collect();
        let entry = ids[Function::ENTRY.0 as usize];
        for (block, &id) in body.blocks.iter().zip(&ids) {
            let params = if id == entry {
                Vec::new()
            } else {
                block.params.iter().map(|&param| self.define(body, param)).collect()
            };
            self.function.block_mut(id).params = params;
            for &op in &block.ops {
                let new = self.define(body, op);
                let results: Vec<_> =
                    body.def(op).results.iter().map(|&result| self.define(body, result)).collect();
                self.function.def_mut(new).results = results;
                self.function.block_mut(id).ops.push(new);
            }
        }
        // Operands may be defined in any block, so they are translated last.
        for (block, &id) in body.blocks.iter().zip(&ids) {
            for &op in &block.ops {
                let args = body.def(op).args.iter().map(|&arg| self.value(body, arg)).collect();
                let new = self.values[&op];
                self.function.def_mut(new).args = args;
            }
            let end = self.end(body, &block.end, &ids, rest);
            self.function.block_mut(id).end = end;
        }
        entry
    }

    fn define(&mut self, body: &Function, value: Value) -> Value {
        let definition = body.def(value);
        let new = self.function.add(definition.op.clone(), Vec::new(), definition.source);
        self.values.insert(value, new);
        new
    }

    /// A value of the body; constants have no block and are made when they are met.
    fn value(&mut self, body: &Function, value: Value) -> Value {
        match self.values.get(&value) {
            Some(&new) => new,
            None => self.define(body, value),
        }
    }

    fn end(
        &mut self,
        body: &Function,
        end: &Terminator,
        ids: &[BlockId],
        rest: BlockId,
    ) -> Terminator {
        let mut end = match end {
            Terminator::Return { values, .. } => {
                let args = values.iter().map(|&value| self.value(body, value)).collect();
                return Terminator::Jump(Edge { block: rest, args });
            }
            other => other.clone(),
        };
        end.for_each_value_mut(|value| *value = self.value(body, *value));
        for edge in end.edges_mut() {
            edge.block = ids[edge.block.0 as usize];
        }
        end
    }
}

//! What functions know about each other: bounds of arguments and results, arguments that are
//! always the same constant, parameters that nobody reads.

use alloy_primitives::U256;

use super::ranges::upper_bounds;
use crate::ir::{FnId, Function, Op, Program, Terminator, Value};

/// Bounds are rounded up to one of these numbers of bits, so that few rounds are needed.
const STEPS: [u16; 10] = [0, 1, 8, 16, 18, 20, 24, 31, 32, 64];

/// Runs the pass; says whether anything changed.
pub(crate) fn run(program: &mut Program) -> bool {
    let changed = constants(program) | unused(program);
    bounds(program);
    changed
}

/// A place where a function is entered.
struct Entry<'a> {
    callee: FnId,
    /// Arguments without the return address.
    args: &'a [Value],
}

/// All places in a function where others are entered.
fn entries(function: &Function) -> Vec<Entry<'_>> {
    let mut entries = Vec::new();
    for block in &function.blocks {
        for &op in &block.ops {
            let definition = function.def(op);
            if let Op::Call(callee) = definition.op {
                entries.push(Entry { callee, args: &definition.args });
            }
        }
        if let Terminator::TableJump { args, table, .. } = &block.end {
            for &callee in table.iter().flatten() {
                entries.push(Entry { callee, args: &args[1..] });
            }
        }
    }
    entries
}

/// Functions that run, judged by who is entered from the start on.
fn running(program: &Program) -> Vec<bool> {
    let mut seen = vec![false; program.functions.len()];
    let mut todo = vec![FnId(0)];
    while let Some(id) = todo.pop() {
        if !std::mem::replace(&mut seen[id.0 as usize], true) {
            todo.extend(entries(program.function(id)).iter().map(|entry| entry.callee));
        }
    }
    seen
}

/// Computes the bits of all parameters and results, from none upwards.
fn bounds(program: &mut Program) {
    let running = running(program);
    let declared: Vec<_> = program.functions.iter().map(|f| f.param_bits.clone()).collect();
    let mut params: Vec<Vec<u16>> = declared.iter().map(|bits| vec![0; bits.len()]).collect();
    let mut results: Vec<Vec<u16>> = program.functions.iter().map(|f| vec![0; f.results]).collect();
    loop {
        let mut changed = false;
        for id in (0..program.functions.len()).filter(|&id| running[id]) {
            assume(&mut program.functions[id], &params[id], &results);
            let function = &program.functions[id];
            let bounds = upper_bounds(function);
            let bits = |value: Value| rounded(bounds[value.0 as usize]);
            for entry in entries(function) {
                let callee = entry.callee.0 as usize;
                for (number, &arg) in entry.args.iter().enumerate() {
                    let number = number + 1;
                    let limit = declared[callee].get(number).copied().unwrap_or(256);
                    changed |= raise(&mut params[callee][number], bits(arg).min(limit));
                }
            }
            for block in &function.blocks {
                match &block.end {
                    Terminator::Return { values, .. } => {
                        for (number, &value) in values.iter().enumerate() {
                            changed |= raise(&mut results[id][number], bits(value));
                        }
                    }
                    Terminator::TableJump { table, .. } => {
                        for callee in table.iter().flatten() {
                            for number in 0..function.results {
                                let inner = results[callee.0 as usize][number];
                                changed |= raise(&mut results[id][number], inner);
                            }
                        }
                    }
                    _ => {}
                }
            }
        }
        if !changed {
            return;
        }
    }
}

/// Sets what a function may assume of its parameters and of the results of calls.
fn assume(function: &mut Function, params: &[u16], results: &[Vec<u16>]) {
    for (number, bits) in function.param_bits.iter_mut().enumerate() {
        // The return address is a position in the code.
        *bits = if number == 0 { 32 } else { params[number] };
    }
    for index in 0..function.values.len() {
        let Op::Call(callee) = function.values[index].op else { continue };
        let values = function.values[index].results.clone();
        for (result, &bits) in values.into_iter().zip(&results[callee.0 as usize]) {
            function.def_mut(result).op = Op::Result { bits };
        }
    }
}

fn raise(old: &mut u16, new: u16) -> bool {
    let grows = new > *old;
    *old = new.max(*old);
    grows
}

fn rounded(bound: U256) -> u16 {
    let bits = u16::try_from(bound.bit_len()).unwrap_or(256);
    STEPS.into_iter().find(|&step| bits <= step).unwrap_or(256)
}

/// Replaces parameters that always get the same constant.
fn constants(program: &mut Program) -> bool {
    let running = running(program);
    let mut known: Vec<Vec<Known>> =
        program.functions.iter().map(|f| vec![Known::Nothing; f.param_bits.len()]).collect();
    for function in program.functions.iter().zip(&running).filter(|(_, on)| **on).map(|(f, _)| f) {
        for entry in entries(function) {
            for (number, &arg) in entry.args.iter().enumerate() {
                let fact = &mut known[entry.callee.0 as usize][number + 1];
                *fact = fact.and(function.constant(arg));
            }
        }
    }
    let mut changed = false;
    for (function, known) in program.functions.iter_mut().zip(known) {
        let params = function.block(Function::ENTRY).params.clone();
        let mut renames = super::Renames::default();
        for (param, fact) in params.into_iter().zip(known) {
            if let Known::Word(word) = fact {
                let constant = function.word(word);
                renames.insert(param, constant);
            }
        }
        if uses_any(function, &renames) {
            renames.apply(function);
            changed = true;
        }
    }
    changed
}

/// Whether a function uses a value that would be renamed.
fn uses_any(function: &Function, renames: &super::Renames) -> bool {
    !renames.is_empty() && {
        let used = used(function);
        (0..function.values.len()).any(|index| {
            let value = Value(u32::try_from(index).unwrap_or(u32::MAX));
            used[index] && renames.get(value) != value
        })
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Known {
    Nothing,
    Word(U256),
    Several,
}

impl Known {
    fn and(self, word: Option<U256>) -> Self {
        match (self, word) {
            (Self::Nothing, Some(word)) => Self::Word(word),
            (Self::Word(known), Some(word)) if known == word => self,
            _ => Self::Several,
        }
    }
}

/// Values that a function's blocks use.
fn used(function: &Function) -> Vec<bool> {
    let mut used = vec![false; function.values.len()];
    for block in &function.blocks {
        let args = block.ops.iter().flat_map(|&op| &function.def(op).args).copied();
        let carried = block.end.edges().into_iter().flat_map(|edge| edge.args.iter().copied());
        for value in args.chain(block.end.operands()).chain(carried) {
            used[value.0 as usize] = true;
        }
    }
    used
}

/// Removes parameters that nobody reads, and their arguments. Functions of the table keep theirs.
fn unused(program: &mut Program) -> bool {
    let mut in_table = vec![false; program.functions.len()];
    for function in &program.functions {
        for block in &function.blocks {
            if let Terminator::TableJump { table, .. } = &block.end {
                for callee in table.iter().flatten() {
                    in_table[callee.0 as usize] = true;
                }
            }
        }
    }
    let mut keeps: Vec<Vec<bool>> = Vec::new();
    for (function, in_table) in program.functions.iter().zip(in_table) {
        let used = used(function);
        let params = &function.block(Function::ENTRY).params;
        let keep = params.iter().enumerate().map(|(number, param)| {
            in_table || number < usize::from(function.returns) || used[param.0 as usize]
        });
        keeps.push(keep.collect());
    }
    let mut changed = false;
    for (function, keep) in program.functions.iter_mut().zip(&keeps) {
        if keep.iter().all(|&keep| keep) {
            continue;
        }
        changed = true;
        retain(&mut function.block_mut(Function::ENTRY).params, keep);
        retain(&mut function.param_bits, keep);
    }
    for function in &mut program.functions {
        for definition in &mut function.values {
            if let Op::Call(callee) = definition.op {
                retain(&mut definition.args, &keeps[callee.0 as usize][1..]);
            }
        }
    }
    changed
}

fn retain<T>(list: &mut Vec<T>, keep: &[bool]) {
    let mut number = 0;
    list.retain(|_| {
        number += 1;
        keep.get(number - 1).copied().unwrap_or(true)
    });
}

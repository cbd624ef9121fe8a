//! Gives every function's shadow stack frame a fixed address.
//!
//! Compilers keep variables that have an address on a stack in linear memory, and its pointer in a
//! global. Contracts hardly recurse, so the pointer's value at the start of a function can be
//! fixed: the lowest it has on any way there. Frames then never overlap those of callers, as
//! before, and all addresses in them are constants.
//!
//! The pass takes the global for a stack pointer only if every function changes it by constants and
//! restores it, if no function is seen to look above where the pointer stood at its start, and only
//! if the deepest way still ends above the data below the stack.

use std::collections::HashMap;

use alloy_primitives::U256;

use super::Renames;
use crate::{
    evm::opcode::Opcode,
    ir::{FnId, Function, Op, Program, Slot, Terminator, Value, cfg::Cfg},
};

/// What is known of a stack before the pass.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ShadowStack {
    /// The static word of the pointer.
    pub(crate) slot: Slot,
    /// The pointer's first value.
    pub(crate) top: u64,
    /// Nothing may be kept below this address.
    pub(crate) bottom: u64,
}

/// Where the pointer stands in a function, relative to the function's start.
#[derive(Debug, Default)]
struct Course {
    /// At each load of the pointer.
    loads: HashMap<Value, i64>,
    /// At each call.
    calls: Vec<(FnId, i64)>,
    /// The lowest value that it has.
    lowest: i64,
}

/// Runs the pass; says whether anything changed.
pub(crate) fn run(program: &mut Program, stack: &ShadowStack) -> bool {
    let mut courses = Vec::new();
    for (id, function) in program.functions.iter().enumerate() {
        // Only the start sets the pointer for the first time.
        let first = (id == 0).then_some(stack.top);
        match course(function, stack.slot, first) {
            Some(course) => courses.push(course),
            None => return false,
        }
    }
    let Some(starts) = starts(program, &courses, stack) else { return false };
    for (id, course) in courses.iter().enumerate() {
        let Some(start) = starts[id] else { continue };
        fix(&mut program.functions[id], course, start, stack.slot);
    }
    true
}

/// The least pointer at each function's start, for those that run; nothing if a cycle of calls
/// would move it on and on, or it gets too low.
fn starts(program: &Program, courses: &[Course], stack: &ShadowStack) -> Option<Vec<Option<i64>>> {
    let mut starts = vec![None; program.functions.len()];
    let top = i64::try_from(stack.top).ok()?;
    starts[0] = Some(top);
    // A way without a cycle is at most as long as there are functions.
    for _ in 0..=program.functions.len() {
        let mut changed = false;
        for id in 0..program.functions.len() {
            let Some(start) = starts[id] else { continue };
            let tables = program.functions[id].blocks.iter().filter_map(|block| match &block.end {
                Terminator::TableJump { table, .. } => Some(table),
                _ => None,
            });
            let entered = tables.flatten().flatten().map(|&callee| (callee, 0));
            for (callee, at) in courses[id].calls.iter().copied().chain(entered) {
                let old = &mut starts[callee.0 as usize];
                let new = start + at;
                if old.is_none_or(|old| new < old) {
                    *old = Some(new);
                    changed = true;
                }
            }
        }
        if !changed {
            let bottom = i64::try_from(stack.bottom).ok()?;
            let fits = starts
                .iter()
                .zip(courses)
                .all(|(start, course)| start.is_none_or(|start| start + course.lowest >= bottom));
            return fits.then_some(starts);
        }
    }
    None
}

/// Follows the pointer through a function; nothing if it is used in another way than a stack
/// pointer is.
fn course(function: &Function, slot: Slot, first: Option<u64>) -> Option<Course> {
    let cfg = Cfg::new(function);
    let mut course = Course::default();
    // The pointer at the start of each block, and values that are the pointer plus a constant.
    let mut at_start: HashMap<u32, i64> = HashMap::from([(Function::ENTRY.0, 0)]);
    let mut offsets: HashMap<Value, i64> = HashMap::new();
    for &id in &cfg.order {
        let mut at = *at_start.get(&id.0)?;
        for &op in &function.block(id).ops {
            let definition = function.def(op);
            match definition.op {
                Op::SlotLoad(known) if known == slot => {
                    course.loads.insert(op, at);
                    offsets.insert(op, at);
                }
                Op::SlotStore(known) if known == slot => {
                    let value = definition.args[0];
                    at = match offsets.get(&value) {
                        Some(&offset) => offset,
                        None if function.constant(value) == Some(U256::from(first?)) => 0,
                        None => return None,
                    };
                    course.lowest = course.lowest.min(at);
                }
                Op::Call(callee) => course.calls.push((callee, at)),
                Op::Load { bytes, offset, .. } | Op::Store { bytes, offset }
                    if offsets
                        .get(&definition.args[0])
                        .is_some_and(|&frame| frame + i64::from(offset) + i64::from(bytes) > 0) =>
                {
                    return None;
                }
                Op::Evm(opcode) => {
                    if let Some(offset) = moved(function, &offsets, opcode, &definition.args) {
                        if offset > 0 {
                            return None;
                        }
                        offsets.insert(op, offset);
                        // A leaf function may use what lies below the pointer without moving it.
                        course.lowest = course.lowest.min(offset);
                    }
                }
                _ => {}
            }
        }
        match &function.block(id).end {
            Terminator::Return { .. } | Terminator::TableJump { .. } if at != 0 => return None,
            end => {
                for edge in end.edges() {
                    if *at_start.entry(edge.block.0).or_insert(at) != at {
                        return None;
                    }
                }
            }
        }
    }
    Some(course)
}

/// The pointer plus or minus a constant, masked to 32 bits or not.
fn moved(
    function: &Function,
    offsets: &HashMap<Value, i64>,
    op: Opcode,
    args: &[Value],
) -> Option<i64> {
    let &[a, b] = args else { return None };
    let small = |value: Value| i64::try_from(function.constant(value)?).ok();
    match op {
        Opcode::ADD => match (offsets.get(&a), offsets.get(&b)) {
            (Some(at), None) => at.checked_add(small(b)?),
            (None, Some(at)) => at.checked_add(small(a)?),
            _ => None,
        },
        Opcode::SUB => offsets.get(&a)?.checked_sub(small(b)?),
        Opcode::AND => {
            let mask = U256::from(u32::MAX);
            let (value, other) = if function.constant(a) == Some(mask) { (b, a) } else { (a, b) };
            (function.constant(other) == Some(mask)).then(|| offsets.get(&value).copied())?
        }
        _ => None,
    }
}

/// Replaces loads of the pointer by constants and drops its stores.
fn fix(function: &mut Function, course: &Course, start: i64, slot: Slot) {
    let mut renames = Renames::default();
    for (&load, &offset) in &course.loads {
        let word = U256::from((start + offset).cast_unsigned());
        let constant = function.word(word);
        renames.insert(load, constant);
    }
    renames.apply(function);
    for id in function.block_ids() {
        let ops = std::mem::take(&mut function.block_mut(id).ops);
        let kept = ops.into_iter().filter(|&op| {
            let op = &function.def(op).op;
            *op != Op::SlotLoad(slot) && *op != Op::SlotStore(slot)
        });
        let kept = kept.collect();
        function.block_mut(id).ops = kept;
    }
}

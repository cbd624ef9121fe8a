//! Checks that a function is well formed; run after every pass in debug builds.

use super::{Function, Op, Value, cfg::Cfg};
use crate::error::Error;

/// Checks operand counts, parameter counts and that definitions come before uses.
pub(crate) fn verify(function: &Function) -> Result<(), Error> {
    let cfg = Cfg::new(function);
    let fault = |what: String| Error::internal(format!("{}: {what}", function.name));
    // Block and position where a value is defined.
    let mut place = vec![None; function.values.len()];
    for &block in &cfg.order {
        for &param in &function.block(block).params {
            place[param.0 as usize] = Some((block, 0));
        }
        for (position, &op) in function.block(block).ops.iter().enumerate() {
            for value in function.def(op).results.iter().chain([&op]) {
                if place[value.0 as usize].replace((block, position + 1)).is_some() {
                    return Err(fault(format!("{value} is defined twice")));
                }
            }
        }
    }
    for &block in &cfg.order {
        let available = |value: Value, position: usize| match place[value.0 as usize] {
            None => matches!(function.def(value).op, Op::Const(_)),
            Some((home, at)) if home == block => at < position,
            Some((home, _)) => cfg.dominates(home, block),
        };
        for (position, &op) in function.block(block).ops.iter().enumerate() {
            let def = function.def(op);
            if let Op::Evm(opcode) = def.op
                && usize::from(opcode.pops()) != def.args.len()
            {
                return Err(fault(format!("{op} has {} operands", def.args.len())));
            }
            if let Some(arg) = def.args.iter().find(|&&arg| !available(arg, position + 1)) {
                return Err(fault(format!("{op} in b{} uses {arg}", block.0)));
            }
        }
        let end = &function.block(block).end;
        let carried = end.edges().into_iter().flat_map(|edge| edge.args.iter().copied());
        for value in end.operands().into_iter().chain(carried) {
            if !available(value, usize::MAX) {
                return Err(fault(format!("the end of b{} uses {value}", block.0)));
            }
        }
        for edge in end.edges() {
            if edge.args.len() != function.block(edge.block).params.len() {
                return Err(fault(format!("b{} gives b{} wrong arguments", block.0, edge.block.0)));
            }
        }
    }
    Ok(())
}

//! Replaces block parameters that always get the same value.

use super::Renames;
use crate::ir::{BlockId, Function, Value, cfg::Cfg};

/// Runs the pass; says whether anything changed.
pub(crate) fn run(function: &mut Function) -> bool {
    let mut any = false;
    loop {
        let cfg = Cfg::new(function);
        let mut renames = Renames::default();
        let mut gone = Vec::new();
        for &block in cfg.order.iter().filter(|&&block| block != Function::ENTRY) {
            for (number, &param) in function.block(block).params.iter().enumerate() {
                if let Some(value) = only_argument(function, &cfg, &renames, block, number, param) {
                    renames.insert(param, value);
                    gone.push((block, param));
                }
            }
        }
        if gone.is_empty() {
            return any;
        }
        any = true;
        for (block, param) in gone {
            remove(function, block, param);
        }
        renames.apply(function);
    }
}

/// The one value, besides itself, that a parameter gets.
fn only_argument(
    function: &Function,
    cfg: &Cfg,
    renames: &Renames,
    block: BlockId,
    number: usize,
    param: Value,
) -> Option<Value> {
    let mut only = None;
    for &pred in &cfg.preds[block.0 as usize] {
        for edge in function.block(pred).end.edges() {
            if edge.block != block {
                continue;
            }
            let arg = renames.get(edge.args[number]);
            if arg == param || only == Some(arg) {
                continue;
            }
            if only.replace(arg).is_some() {
                return None;
            }
        }
    }
    only
}

/// Removes a parameter and its arguments.
pub(crate) fn remove(function: &mut Function, block: BlockId, param: Value) {
    let params = &mut function.block_mut(block).params;
    let Some(number) = params.iter().position(|&known| known == param) else { return };
    params.remove(number);
    for other in &mut function.blocks {
        for edge in other.end.edges_mut() {
            if edge.block == block {
                edge.args.remove(number);
            }
        }
    }
}

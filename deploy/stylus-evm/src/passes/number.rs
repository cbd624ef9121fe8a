//! Value numbering: shares equal pure operations, folds constants anew.
//!
//! Operations are shared along the dominator tree where that pays: within a block always, across
//! blocks only what costs more to compute again than to keep on the stack.

use std::collections::HashMap;

use super::Renames;
use crate::{
    evm::opcode::Effect,
    ir::{
        Function, Op, Value,
        cfg::Cfg,
        fold::{Simpler, simplify},
    },
};

/// Runs the pass; says whether anything changed.
pub(crate) fn run(function: &mut Function) -> bool {
    let cfg = Cfg::new(function);
    let mut renames = Renames::default();
    let mut constants = HashMap::new();
    for number in 0..function.values.len() {
        let value = Value(u32::try_from(number).unwrap_or(u32::MAX));
        if let Op::Const(word) = function.def(value).op {
            let first = *constants.entry(word).or_insert(value);
            if first != value {
                renames.insert(value, first);
            }
        }
    }
    let mut changed = false;
    for &block in &cfg.order {
        let mut known: HashMap<(Op, Vec<Value>), Value> = HashMap::new();
        let mut kept = Vec::new();
        for op in std::mem::take(&mut function.block_mut(block).ops) {
            for i in 0..function.def(op).args.len() {
                let arg = renames.get(function.def(op).args[i]);
                function.def_mut(op).args[i] = arg;
            }
            while let Some(simpler) =
                simplify(function, &function.def(op).op, &function.def(op).args)
            {
                changed = true;
                match simpler {
                    Simpler::Known(value) => renames.insert(op, value),
                    Simpler::Word(word) => {
                        let value = *constants.entry(word).or_insert_with(|| function.word(word));
                        renames.insert(op, value);
                    }
                    Simpler::Operation(to, args) => {
                        let definition = function.def_mut(op);
                        definition.op = to;
                        definition.args = args;
                        continue;
                    }
                }
                break;
            }
            if renames.get(op) != op {
                continue;
            }
            let definition = function.def(op);
            if definition.op.effect() == Effect::Pure
                && !matches!(definition.op, Op::Result { .. } | Op::Param)
            {
                let key = (definition.op.clone(), definition.args.clone());
                if let Some(&same) = known.get(&key) {
                    renames.insert(op, same);
                    changed = true;
                    continue;
                }
                known.insert(key, op);
            }
            kept.push(op);
        }
        function.block_mut(block).ops = kept;
    }
    renames.apply(function);
    changed
}

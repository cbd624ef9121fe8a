//! Which values each block needs from others.

use std::collections::HashSet;

use crate::{
    evm::opcode::Effect,
    ir::{BlockId, Edge, Function, Op, Terminator, Value, cfg::Cfg},
};

/// Values needed at the start of each block, without its parameters.
#[derive(Debug)]
pub(crate) struct Liveness {
    pub(crate) live_in: Vec<HashSet<Value>>,
    /// Whether a block may come to a return.
    pub(crate) returns: Vec<bool>,
}

/// Whether a value is made anew wherever it is used: constants and opcodes without operands that
/// give the same word throughout the frame.
pub(crate) fn is_leaf(function: &Function, value: Value) -> bool {
    match &function.def(value).op {
        Op::Const(_) | Op::DataOffset(_) | Op::CodeLength => true,
        Op::Evm(op) => op.effect() == Effect::Pure && op.pops() == 0,
        _ => false,
    }
}

/// Whether each block may come to a return, for which the stack must be as at the start.
fn returns(function: &Function, cfg: &Cfg) -> Vec<bool> {
    let mut returns = vec![false; function.blocks.len()];
    let mut changed = true;
    while changed {
        changed = false;
        for &id in cfg.order.iter().rev() {
            let end = &function.block(id).end;
            let here = match end {
                Terminator::Return { .. } | Terminator::TableJump { .. } => true,
                Terminator::TailCall { .. } => function.returns,
                _ => end.edges().iter().any(|edge| returns[edge.block.0 as usize]),
            };
            changed |= here != returns[id.0 as usize];
            returns[id.0 as usize] = here;
        }
    }
    returns
}

impl Liveness {
    pub(crate) fn new(function: &Function, cfg: &Cfg) -> Self {
        let mut live_in = vec![HashSet::new(); function.blocks.len()];
        let mut changed = true;
        while changed {
            changed = false;
            for &id in cfg.order.iter().rev() {
                let block = function.block(id);
                let mut live: HashSet<Value> = HashSet::new();
                for edge in block.end.edges() {
                    live.extend(&live_in[edge.block.0 as usize]);
                    live.extend(&edge.args);
                }
                live.extend(block.end.operands());
                for &op in block.ops.iter().rev() {
                    let definition = function.def(op);
                    live.remove(&op);
                    for result in &definition.results {
                        live.remove(result);
                    }
                    live.extend(&definition.args);
                }
                for param in &block.params {
                    live.remove(param);
                }
                live.retain(|&value| !is_leaf(function, value));
                if live != live_in[id.0 as usize] {
                    live_in[id.0 as usize] = live;
                    changed = true;
                }
            }
        }
        Self { live_in, returns: returns(function, cfg) }
    }

    /// Whether a block needs nothing of the stack, now or later: no value of other blocks, no return
    /// address, and no loop in which words that are left behind would pile up. Anybody may jump to
    /// it as things are.
    pub(crate) fn is_bottomless(&self, function: &Function, cfg: &Cfg, block: BlockId) -> bool {
        block != Function::ENTRY
            && function.block(block).params.is_empty()
            && self.needs_no_bottom(function, cfg, block)
    }

    /// Whether an edge needs nothing of the stack: its target does not, and what it carries is made
    /// on the way.
    pub(crate) fn is_bottomless_way(&self, function: &Function, cfg: &Cfg, edge: &Edge) -> bool {
        edge.args.iter().all(|&arg| is_leaf(function, arg))
            && self.needs_no_bottom(function, cfg, edge.block)
    }

    fn needs_no_bottom(&self, function: &Function, cfg: &Cfg, block: BlockId) -> bool {
        let at = block.0 as usize;
        !self.returns[at]
            && cfg.depth[at] == 0
            && self.live_in[at].iter().all(|&value| is_leaf(function, value))
    }

    /// How much it costs to keep each value in memory: uses, more in loops, and more for what
    /// lives in few blocks, since that frees little.
    pub(crate) fn weights(&self, function: &Function, cfg: &Cfg) -> Vec<u64> {
        let mut uses = vec![0_u64; function.values.len()];
        let mut blocks = vec![1_u64; function.values.len()];
        for &id in &cfg.order {
            let factor = 8_u64.pow(cfg.depth[id.0 as usize].min(6));
            let block = function.block(id);
            let args = block.ops.iter().flat_map(|&op| &function.def(op).args);
            for value in args.copied().chain(block.end.operands()) {
                uses[value.0 as usize] += factor;
            }
            for edge in block.end.edges() {
                for &value in &edge.args {
                    uses[value.0 as usize] += factor;
                }
                for &param in &function.block(edge.block).params {
                    uses[param.0 as usize] += factor;
                }
            }
            for &value in &self.live_in[id.0 as usize] {
                blocks[value.0 as usize] += factor;
            }
        }
        uses.into_iter().zip(blocks).map(|(uses, blocks)| uses * 1024 / blocks).collect()
    }
}

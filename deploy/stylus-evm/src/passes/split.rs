//! Gives every edge out of a branch a block of its own, unless its target has no other
//! predecessor or needs nothing of the stack: what an edge must do to the stack then has a place.

use crate::{
    codegen::Liveness,
    ir::{Block, Edge, Function, Terminator, cfg::Cfg},
};

/// Runs the pass.
pub(crate) fn run(function: &mut Function) {
    let cfg = Cfg::new(function);
    let liveness = Liveness::new(function, &cfg);
    // Ways that need nothing of the stack are shared by all that go them.
    let mut free: Vec<(Edge, Edge)> = Vec::new();
    for &block in &cfg.order {
        let mut end = function.block(block).end.clone();
        if matches!(end, Terminator::Jump(_)) {
            continue;
        }
        let mut made: Vec<(Edge, Edge)> = Vec::new();
        for edge in end.edges_mut() {
            let target = function.block(edge.block);
            let private = cfg.preds[edge.block.0 as usize].len() == 1;
            let bare = target.ops.is_empty() && matches!(target.end, Terminator::Trap);
            let as_is = (bare && target.params.is_empty())
                || liveness.is_bottomless(function, &cfg, edge.block);
            if (private && edge.args.is_empty()) || as_is {
                continue;
            }
            // Equal edges of a switch share their block.
            if let Some((_, same)) = made.iter().chain(&free).find(|(old, _)| old == edge) {
                *edge = same.clone();
                continue;
            }
            let shared = liveness.is_bottomless_way(function, &cfg, edge);
            let new = function.add_block();
            *function.block_mut(new) =
                Block { params: Vec::new(), ops: Vec::new(), end: Terminator::Jump(edge.clone()) };
            let to = Edge { block: new, args: Vec::new() };
            if shared { &mut free } else { &mut made }.push((edge.clone(), to.clone()));
            *edge = to;
        }
        function.block_mut(block).end = end;
    }
}

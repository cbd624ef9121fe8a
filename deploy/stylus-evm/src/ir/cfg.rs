//! The shape of a function's control flow: order, predecessors, dominators, loops.

use super::{BlockId, Function};

/// What passes want to know about the blocks of a function.
#[derive(Clone, Debug)]
pub(crate) struct Cfg {
    /// Blocks that can be reached, each before those it dominates; ends of loops come before
    /// what follows the loop.
    pub(crate) order: Vec<BlockId>,
    /// Position of a block in `order`, if it can be reached.
    pub(crate) rank: Vec<Option<usize>>,
    /// Predecessors, one entry for each edge.
    pub(crate) preds: Vec<Vec<BlockId>>,
    /// Immediate dominators.
    pub(crate) idom: Vec<Option<BlockId>>,
    /// How many loops a block is in.
    pub(crate) depth: Vec<u32>,
    /// Innermost loop header of a block, which may be itself.
    pub(crate) is_header: Vec<bool>,
}

impl Cfg {
    pub(crate) fn new(function: &Function) -> Self {
        let order = reverse_postorder(function);
        let count = function.blocks.len();
        let mut rank = vec![None; count];
        let mut preds = vec![Vec::new(); count];
        for (position, &block) in order.iter().enumerate() {
            rank[block.0 as usize] = Some(position);
            for edge in function.block(block).end.edges() {
                preds[edge.block.0 as usize].push(block);
            }
        }
        let mut cfg = Self {
            order,
            rank,
            preds,
            idom: vec![None; count],
            depth: vec![0; count],
            is_header: vec![false; count],
        };
        cfg.find_dominators();
        cfg.find_loops();
        cfg
    }

    pub(crate) fn is_reachable(&self, block: BlockId) -> bool {
        self.rank[block.0 as usize].is_some()
    }

    /// Cooper, Harvey and Kennedy's algorithm.
    fn find_dominators(&mut self) {
        self.idom[Function::ENTRY.0 as usize] = Some(Function::ENTRY);
        let mut changed = true;
        while changed {
            changed = false;
            for &block in &self.order[1..] {
                let known = self.preds[block.0 as usize]
                    .iter()
                    .copied()
                    .filter(|pred| self.idom[pred.0 as usize].is_some());
                let new = known.reduce(|a, b| self.common_dominator(a, b));
                if new != self.idom[block.0 as usize] {
                    self.idom[block.0 as usize] = new;
                    changed = true;
                }
            }
        }
    }

    fn common_dominator(&self, mut a: BlockId, mut b: BlockId) -> BlockId {
        while a != b {
            while self.rank[a.0 as usize] > self.rank[b.0 as usize] {
                a = self.idom[a.0 as usize].unwrap_or(Function::ENTRY);
            }
            while self.rank[b.0 as usize] > self.rank[a.0 as usize] {
                b = self.idom[b.0 as usize].unwrap_or(Function::ENTRY);
            }
        }
        a
    }

    /// Whether every way to `b` leads through `a`.
    pub(crate) fn dominates(&self, a: BlockId, mut b: BlockId) -> bool {
        while self.rank[b.0 as usize] > self.rank[a.0 as usize] {
            match self.idom[b.0 as usize] {
                Some(up) if up != b => b = up,
                _ => break,
            }
        }
        a == b
    }

    fn find_loops(&mut self) {
        for position in 0..self.order.len() {
            let header = self.order[position];
            let latches: Vec<_> = self.preds[header.0 as usize]
                .iter()
                .copied()
                .filter(|&latch| self.dominates(header, latch))
                .collect();
            if latches.is_empty() {
                continue;
            }
            self.is_header[header.0 as usize] = true;
            let mut inside = vec![false; self.rank.len()];
            inside[header.0 as usize] = true;
            let mut todo = latches;
            while let Some(block) = todo.pop() {
                if !std::mem::replace(&mut inside[block.0 as usize], true) {
                    todo.extend(self.preds[block.0 as usize].iter().copied());
                }
            }
            for (depth, inside) in self.depth.iter_mut().zip(inside) {
                *depth += u32::from(inside);
            }
        }
    }
}

/// Reverse postorder in which, of two successors, the first listed comes last among equals: the
/// body of a structured program keeps its order.
fn reverse_postorder(function: &Function) -> Vec<BlockId> {
    let mut seen = vec![false; function.blocks.len()];
    let mut order = Vec::new();
    let mut stack = vec![(Function::ENTRY, 0)];
    seen[Function::ENTRY.0 as usize] = true;
    while let Some((block, next)) = stack.pop() {
        let edges = function.block(block).end.edges();
        if let Some(edge) = edges.get(next) {
            stack.push((block, next + 1));
            if !std::mem::replace(&mut seen[edge.block.0 as usize], true) {
                stack.push((edge.block, 0));
            }
        } else {
            order.push(block);
        }
    }
    order.reverse();
    order
}

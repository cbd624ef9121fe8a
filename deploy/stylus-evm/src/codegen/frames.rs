//! The call graph and where each function's static frame lies.
//!
//! Frames of functions that may be active together do not overlap: a function's frame lies behind
//! those of all its callers. Functions that call each other in a cycle lie side by side, and save
//! what they need around calls inside the cycle.

use crate::ir::{FnId, Function, Op, Program, Terminator};

/// Who calls whom.
#[derive(Debug)]
pub(crate) struct CallGraph {
    callees: Vec<Vec<FnId>>,
    /// The cycle that each function is in; callees come before callers.
    component: Vec<usize>,
    /// Functions of each component.
    members: Vec<Vec<FnId>>,
    /// Whether a component is a cycle.
    cyclic: Vec<bool>,
}

/// Static frames.
#[derive(Debug)]
pub(crate) struct Frames {
    /// First word of each function's frame.
    pub(crate) start: Vec<u32>,
    /// Words of all frames.
    pub(crate) words: u32,
}

/// Functions that a function may give control to.
pub(crate) fn callees(function: &Function, bswap: FnId) -> Vec<FnId> {
    let mut callees = Vec::new();
    for block in &function.blocks {
        for &op in &block.ops {
            match function.def(op).op {
                Op::Call(callee) => callees.push(callee),
                Op::Bswap => callees.push(bswap),
                _ => {}
            }
        }
        match &block.end {
            Terminator::TableJump { table, .. } => callees.extend(table.iter().flatten()),
            Terminator::TailCall { callee, .. } => callees.push(*callee),
            _ => {}
        }
    }
    callees.sort_unstable();
    callees.dedup();
    callees
}

impl CallGraph {
    pub(crate) fn new(program: &Program, bswap: FnId) -> Self {
        let callees: Vec<_> = program.functions.iter().map(|f| callees(f, bswap)).collect();
        let component = components(&callees);
        let count = component.iter().max().map_or(0, |max| max + 1);
        let mut members = vec![Vec::new(); count];
        for (id, &component) in (0..).zip(&component) {
            members[component].push(FnId(id));
        }
        let cyclic = members
            .iter()
            .map(|members: &Vec<FnId>| match members[..] {
                [only] => callees[only.0 as usize].contains(&only),
                _ => true,
            })
            .collect();
        Self { callees, component, members, cyclic }
    }

    /// Whether a call of `callee` by `caller` may come back to `caller` before it returns.
    pub(crate) fn may_reach(&self, callee: FnId, caller: FnId) -> bool {
        let component = self.component[caller.0 as usize];
        self.component[callee.0 as usize] == component && self.cyclic[component]
    }

    /// Functions that may run, when the first one does.
    pub(crate) fn reachable(&self, first: FnId) -> Vec<bool> {
        let mut seen = vec![false; self.callees.len()];
        let mut todo = vec![first];
        while let Some(id) = todo.pop() {
            if !std::mem::replace(&mut seen[id.0 as usize], true) {
                todo.extend(&self.callees[id.0 as usize]);
            }
        }
        seen
    }

    /// Lays out frames of so many words each.
    pub(crate) fn frames(&self, words: &[u32]) -> Frames {
        let mut base = vec![0_u32; self.members.len()];
        let mut start = vec![0; words.len()];
        let mut total = 0;
        // Callers come first in this order.
        for component in (0..self.members.len()).rev() {
            let mut at = base[component];
            for &member in &self.members[component] {
                start[member.0 as usize] = at;
                at += words[member.0 as usize];
            }
            total = total.max(at);
            for &member in &self.members[component] {
                for callee in &self.callees[member.0 as usize] {
                    let inner = self.component[callee.0 as usize];
                    if inner != component {
                        base[inner] = base[inner].max(at);
                    }
                }
            }
        }
        Frames { start, words: total }
    }
}

/// Tarjan's algorithm, without recursion: numbers of strongly connected components, callees first.
fn components(callees: &[Vec<FnId>]) -> Vec<usize> {
    const UNSEEN: usize = usize::MAX;
    let mut state = Tarjan {
        index: vec![UNSEEN; callees.len()],
        low: vec![0; callees.len()],
        component: vec![UNSEEN; callees.len()],
        open: Vec::new(),
        next: 0,
        count: 0,
    };
    for root in 0..callees.len() {
        if state.index[root] != UNSEEN {
            continue;
        }
        let mut walk = vec![(root, 0)];
        state.enter(root);
        while let Some((node, edge)) = walk.pop() {
            if let Some(callee) = callees[node].get(edge) {
                walk.push((node, edge + 1));
                let callee = callee.0 as usize;
                if state.index[callee] == UNSEEN {
                    state.enter(callee);
                    walk.push((callee, 0));
                } else if state.component[callee] == UNSEEN {
                    state.low[node] = state.low[node].min(state.index[callee]);
                }
            } else {
                state.leave(node);
                if let Some(&(parent, _)) = walk.last() {
                    state.low[parent] = state.low[parent].min(state.low[node]);
                }
            }
        }
    }
    state.component
}

struct Tarjan {
    index: Vec<usize>,
    low: Vec<usize>,
    component: Vec<usize>,
    open: Vec<usize>,
    next: usize,
    count: usize,
}

impl Tarjan {
    fn enter(&mut self, node: usize) {
        self.index[node] = self.next;
        self.low[node] = self.next;
        self.next += 1;
        self.open.push(node);
    }

    fn leave(&mut self, node: usize) {
        if self.low[node] != self.index[node] {
            return;
        }
        while let Some(member) = self.open.pop() {
            self.component[member] = self.count;
            if member == node {
                break;
            }
        }
        self.count += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn callees_come_before_callers() {
        // 0 → 1 ⇄ 2, 1 → 3.
        let callees = [vec![1], vec![2, 3], vec![1], vec![]];
        let callees: Vec<Vec<_>> =
            callees.iter().map(|list| list.iter().map(|&id| FnId(id)).collect()).collect();
        let component = components(&callees);
        assert_eq!(component[1], component[2]);
        assert!(component[3] < component[1] && component[1] < component[0]);
    }
}

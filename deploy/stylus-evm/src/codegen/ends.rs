//! Generates the ends of blocks.

use alloy_primitives::U256;

use super::{
    Generator,
    shuffle::Bottom,
    stack::{Entry, Stuck},
};
use crate::{
    evm::{
        asm::{Blob, Item, Label, Source},
        opcode::Opcode,
    },
    ir::{BlockId, Edge, Function, Terminator, Value},
    program::JUMP_WORD,
};

/// Most targets of a switch that are compared one by one.
const FEW: usize = 4;

impl Generator<'_> {
    /// Generates the end of a block; `next` is the block that will follow.
    pub(super) fn end(&mut self, id: BlockId, next: Option<BlockId>) -> Result<(), Stuck> {
        let function: &Function = self.function;
        let source = function.block(id).ops.last().map(|&op| function.def(op).source);
        match &function.block(id).end {
            Terminator::Jump(edge) => self.jump(id, edge, next),
            Terminator::Branch { condition, if_true, if_false } => {
                self.branch(*condition, if_true.block, if_false.block, next)
            }
            Terminator::Switch { index, edges } => self.switch(*index, edges),
            Terminator::Return { to, values } => {
                let mut target = values.clone();
                target.push(*to);
                self.leave_with(&target, Bottom::Closed)?;
                self.op(Opcode::JUMP);
                Ok(())
            }
            Terminator::TableJump { index, args, table } => {
                let labels: Vec<_> = table
                    .iter()
                    .map(|entry| match entry {
                        Some(function) => self.shared.labels[function.0 as usize],
                        None => self.shared.trap,
                    })
                    .collect();
                let mut target = args.clone();
                target.push(*index);
                self.leave_with(&target, Bottom::Closed)?;
                self.enter_table(labels)
            }
            Terminator::TailCall { callee, args } => {
                let bottom = if self.function.returns { Bottom::Closed } else { Bottom::Open };
                self.leave_with(args, bottom)?;
                self.text.push(Item::PushLabel(self.shared.labels[callee.0 as usize]));
                self.op(Opcode::JUMP);
                Ok(())
            }
            Terminator::Halt { op, args } => {
                let operands: Vec<_> = args.iter().rev().copied().collect();
                self.prepare(&operands)?;
                self.place(&operands)?;
                self.op(*op);
                Ok(())
            }
            Terminator::Trap => {
                self.source(source.unwrap_or(Source { function: self.id.0, offset: 0 }));
                self.trap();
                Ok(())
            }
        }
    }

    /// Fails the frame without data, as a trap does on a Stylus chain.
    fn trap(&mut self) {
        self.text.push(Item::Push(U256::ZERO));
        self.text.push(Item::Push(U256::ZERO));
        self.op(Opcode::REVERT);
    }

    /// Makes the stack this and nothing else above an open bottom.
    fn leave_with(&mut self, target: &[Value], bottom: Bottom) -> Result<(), Stuck> {
        self.prepare_all(target)?;
        self.shuffle(target, bottom)
    }

    /// Computes values, each of which will be copied or moved.
    fn prepare_all(&mut self, values: &[Value]) -> Result<(), Stuck> {
        for &value in values {
            self.materialize(value)?;
        }
        Ok(())
    }

    /// Computes what other blocks need.
    fn compute_live_out(&mut self) -> Result<(), Stuck> {
        let mut values: Vec<_> = self.live_out.iter().copied().collect();
        values.sort_unstable();
        for value in values {
            self.materialize(value)?;
        }
        Ok(())
    }

    fn jump(&mut self, from: BlockId, edge: &Edge, next: Option<BlockId>) -> Result<(), Stuck> {
        let target = edge.block.0 as usize;
        self.compute_live_out()?;
        self.prepare_all(&edge.args)?;
        self.store_params(edge)?;
        let layout = match self.layouts[target].clone() {
            Some(layout) => layout,
            None => {
                let layout: Vec<_> =
                    self.choose_layout(edge).into_iter().map(Entry::Value).collect();
                self.layouts[target] = Some(layout.clone());
                layout
            }
        };
        let params = &self.function.block(edge.block).params;
        let sources: Vec<_> = layout
            .iter()
            .filter_map(|entry| match entry {
                Entry::Value(value) => Some(value),
                Entry::Operand(_) => None,
            })
            .map(|value| match params.iter().position(|param| param == value) {
                Some(number) => edge.args[number],
                None => *value,
            })
            .collect();
        self.shuffle(&sources, self.bottom(from, edge.block))?;
        if next != Some(edge.block) {
            self.text.push(Item::PushLabel(self.labels[target]));
            self.op(Opcode::JUMP);
        }
        Ok(())
    }

    /// What a jump may leave on the stack: anything, if no return follows and no loop would let it
    /// grow.
    fn bottom(&self, from: BlockId, to: BlockId) -> Bottom {
        let depth = |block: BlockId| self.cfg.depth[block.0 as usize];
        let enters = self.cfg.is_header[to.0 as usize] && depth(from) < depth(to);
        let grows = depth(to) > u32::from(enters);
        if self.liveness.returns[to.0 as usize] || grows { Bottom::Closed } else { Bottom::Open }
    }

    /// Writes arguments to parameters that live in memory: all are read before one is written.
    fn store_params(&mut self, edge: &Edge) -> Result<(), Stuck> {
        let params = &self.function.block(edge.block).params;
        let mut slots = Vec::new();
        for (&param, &arg) in params.iter().zip(&edge.args) {
            let Some(&slot) = self.spills.get(&param) else { continue };
            if param != arg {
                self.push_copy(arg, Entry::Operand(None))?;
                slots.push(slot);
            }
        }
        for slot in slots.into_iter().rev() {
            self.push_frame(slot);
            self.op(Opcode::MSTORE);
            self.stack.pop()?;
        }
        Ok(())
    }

    /// The order in which a block gets its values: as they lie when it is first jumped to.
    fn choose_layout(&self, edge: &Edge) -> Vec<Value> {
        let live = &self.liveness.live_in[edge.block.0 as usize];
        let params = &self.function.block(edge.block).params;
        let mut open: Vec<_> = params
            .iter()
            .copied()
            .zip(edge.args.iter().copied())
            .filter(|(param, _)| !self.spills.contains_key(param))
            .collect();
        let mut layout = Vec::new();
        for entry in &self.stack.entries {
            let Entry::Value(value) = *entry else { continue };
            if live.contains(&value) {
                if !layout.contains(&value) {
                    layout.push(value);
                }
            } else if let Some(number) = open.iter().position(|(_, arg)| *arg == value) {
                layout.push(open.remove(number).0);
            }
        }
        layout.extend(open.into_iter().map(|(param, _)| param));
        layout
    }

    /// `JUMPI` to one side, falling through to the other if it comes next.
    fn branch(
        &mut self,
        condition: Value,
        if_true: BlockId,
        if_false: BlockId,
        next: Option<BlockId>,
    ) -> Result<(), Stuck> {
        self.compute_live_out()?;
        self.prepare(&[condition])?;
        self.place(&[condition])?;
        let invert =
            !self.is_bare_trap(if_true) && (next == Some(if_true) || self.is_bare_trap(if_false));
        let (jumps, falls) = if invert {
            self.op(Opcode::ISZERO);
            (if_false, if_true)
        } else {
            (if_true, if_false)
        };
        let label = self.target(jumps);
        self.text.push(Item::PushLabel(label));
        self.op(Opcode::JUMPI);
        self.stack.pop()?;
        self.give_layout(jumps);
        self.give_layout(falls);
        if next != Some(falls) {
            let label = self.target(falls);
            self.text.push(Item::PushLabel(label));
            self.op(Opcode::JUMP);
        }
        Ok(())
    }

    /// The label of a block; all that do nothing but trap share one.
    fn target(&self, block: BlockId) -> Label {
        if self.is_bare_trap(block) { self.shared.trap } else { self.labels[block.0 as usize] }
    }

    /// A block behind a branch finds the stack as the branch leaves it.
    fn give_layout(&mut self, block: BlockId) {
        if self.liveness.is_bottomless(self.function, self.cfg, block) {
            return;
        }
        let entries = self.stack.entries.iter().map(|entry| match *entry {
            Entry::Value(value) => Entry::Value(value),
            // An operand that was left behind is nobody's word.
            Entry::Operand(_) => Entry::Operand(None),
        });
        let layout = entries.collect();
        self.layouts[block.0 as usize] = Some(layout);
    }

    fn switch(&mut self, index: Value, edges: &[Edge]) -> Result<(), Stuck> {
        self.compute_live_out()?;
        self.prepare(&[index])?;
        self.place(&[index])?;
        let (last, listed) = edges.split_last().ok_or_else(|| Stuck::bug("an empty switch"))?;
        let targets = listed.iter().filter(|edge| edge.block != last.block).count();
        if targets <= FEW {
            return self.compare(listed, last);
        }
        let labels: Vec<_> = listed.iter().map(|edge| self.target(edge.block)).collect();
        let default = self.target(last.block);
        let count = U256::from(listed.len() - 1);
        // DUP1 · i i; PUSH n−1 · i i n−1; LT · i n−1<i; JUMPI · i
        let pop = self.text.label();
        self.op(Opcode::dup(1));
        self.text.push(Item::Push(count));
        self.op(Opcode::LT);
        self.text.push(Item::PushLabel(pop));
        self.op(Opcode::JUMPI);
        self.table_jump(labels);
        self.text.push(Item::Label(pop));
        self.op(Opcode::POP);
        self.text.push(Item::PushLabel(default));
        self.op(Opcode::JUMP);
        self.stack.pop()?;
        for edge in edges {
            self.give_layout(edge.block);
        }
        Ok(())
    }

    /// Compares the index, on top of the stack, with every number; the blocks behind find it there.
    fn compare(&mut self, listed: &[Edge], last: &Edge) -> Result<(), Stuck> {
        for (number, edge) in listed.iter().enumerate() {
            if edge.block == last.block {
                continue;
            }
            self.op(Opcode::dup(1));
            if number == 0 {
                self.op(Opcode::ISZERO);
            } else {
                self.text.push(Item::Push(U256::from(number)));
                self.op(Opcode::EQ);
            }
            let label = self.target(edge.block);
            self.text.push(Item::PushLabel(label));
            self.op(Opcode::JUMPI);
            self.give_layout(edge.block);
        }
        self.give_layout(last.block);
        let label = self.target(last.block);
        self.text.push(Item::PushLabel(label));
        self.op(Opcode::JUMP);
        Ok(())
    }

    /// The stack is `… index`: jumps to the label with that number, or traps.
    fn enter_table(&mut self, labels: Vec<Label>) -> Result<(), Stuck> {
        if labels.is_empty() {
            self.trap();
            return Ok(());
        }
        let last = U256::from(labels.len() - 1);
        self.op(Opcode::dup(1));
        self.text.push(Item::Push(last));
        self.op(Opcode::LT);
        self.text.push(Item::PushLabel(self.shared.trap));
        self.op(Opcode::JUMPI);
        self.table_jump(labels);
        Ok(())
    }

    /// *mnemonic* · *stack after*, from `i`: `PUSH w` · `i w`; `MUL` · `iw`; `PUSH table` ·
    /// `iw table`; `ADD` · `from`; `PUSH w` · `from w`; `SWAP1` · `w from`; `PUSH to` ·
    /// `w from to`; `CODECOPY` · ; `PUSH word` · `word`; `MLOAD` · `target`; `JUMP` · .
    fn table_jump(&mut self, labels: Vec<Label>) {
        let entry_bytes = self.shared.entry_bytes;
        let width = Item::Push(U256::from(entry_bytes));
        let table = self.text.blob(Blob::Table { labels, entry_bytes });
        self.text.push(width.clone());
        self.op(Opcode::MUL);
        self.text.push(Item::PushBlob(table));
        self.op(Opcode::ADD);
        self.text.push(width);
        self.op(Opcode::swap(1));
        self.text.push(Item::Push(U256::from(JUMP_WORD + 32 - u64::from(entry_bytes))));
        self.op(Opcode::CODECOPY);
        self.text.push(Item::Push(U256::from(JUMP_WORD)));
        self.op(Opcode::MLOAD);
        self.op(Opcode::JUMP);
    }
}

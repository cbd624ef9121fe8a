//! Generates the operations of a block.

use super::{
    Generator,
    stack::{Entry, Stuck},
};
use crate::{
    evm::{
        asm::{Item, Source},
        opcode::{Effect, Opcode},
    },
    ir::{BlockId, FnId, Function, Op, Value},
};

/// Height of the stack above which words that nobody needs are removed at once.
const TALL: usize = 11;

/// Most operations that wait inside each other for their users.
const NESTED: u8 = 40;

impl Generator<'_> {
    /// Generates one block; `next` is the one that will follow it.
    pub(super) fn block(&mut self, id: BlockId, next: Option<BlockId>) -> Result<(), Stuck> {
        self.open(id)?;
        let function = self.function;
        for &op in &function.block(id).ops {
            match function.def(op).op.effect() {
                Effect::Pure => self.nest(op)?,
                Effect::ReadsMemory => {
                    self.nest(op)?;
                    self.pending_loads.push(op);
                }
                Effect::WritesMemory => {
                    self.place_loads(op)?;
                    self.effect(op)?;
                }
                Effect::Ordered => self.effect(op)?,
                Effect::Terminal | Effect::Control => {
                    return Err(Stuck::bug("control among operations"));
                }
            }
            self.tidy()?;
        }
        self.end(id, next)
    }

    /// Lets an operation wait for its users, unless too many wait for each other.
    fn nest(&mut self, op: Value) -> Result<(), Stuck> {
        let args = self.function.def(op).args.iter();
        let waiting = args.filter(|&&arg| !self.computed[arg.0 as usize]);
        let deepest = waiting.map(|arg| self.nesting[arg.0 as usize]).max();
        let nesting = deepest.unwrap_or_default() + 1;
        self.nesting[op.0 as usize] = nesting;
        if nesting >= NESTED { self.materialize(op) } else { Ok(()) }
    }

    /// Starts a block: its label, its stack, and what is used how often.
    fn open(&mut self, id: BlockId) -> Result<(), Stuck> {
        let layout = self.layouts[id.0 as usize].clone();
        let layout = layout.ok_or_else(|| Stuck::bug(format!("nothing leads to b{}", id.0)))?;
        self.stack.entries = layout;
        self.is_open = !self.liveness.returns[id.0 as usize] && self.cfg.depth[id.0 as usize] == 0;
        let source = self.function.block(id).ops.first().map(|&op| self.function.def(op).source);
        self.source(source.unwrap_or(Source { function: self.id.0, offset: 0 }));
        self.text.push(Item::Label(self.labels[id.0 as usize]));
        self.pending_loads.clear();
        self.count_uses(id);
        let params = &self.function.block(id).params;
        for &param in params {
            self.computed[param.0 as usize] = true;
        }
        if id == Function::ENTRY {
            for &param in params {
                self.store_param(param)?;
            }
        }
        self.tidy()
    }

    fn count_uses(&mut self, id: BlockId) {
        self.uses.fill(0);
        let block = self.function.block(id);
        for &op in &block.ops {
            for arg in &self.function.def(op).args {
                self.uses[arg.0 as usize] += 1;
            }
        }
        for value in block.end.operands() {
            self.uses[value.0 as usize] += 1;
        }
        self.live_out.clear();
        for edge in block.end.edges() {
            for arg in &edge.args {
                self.uses[arg.0 as usize] += 1;
            }
            self.live_out.extend(&self.liveness.live_in[edge.block.0 as usize]);
        }
    }

    /// Moves a parameter of the function to memory if it lives there; its word stays behind.
    fn store_param(&mut self, param: Value) -> Result<(), Stuck> {
        let Some(&slot) = self.spills.get(&param) else { return Ok(()) };
        if let Some(depth) = self.stack.find(param) {
            self.emit_dup(depth, Entry::Operand(None))?;
            self.push_frame(slot);
            self.op(Opcode::MSTORE);
            self.stack.pop()?;
            // The word on the stack is nobody's now.
            let at = self.stack.len() - 1 - depth;
            self.stack.entries[at] = Entry::Operand(None);
        }
        Ok(())
    }

    /// Places loads before memory is written, except those that the writer itself takes.
    fn place_loads(&mut self, writer: Value) -> Result<(), Stuck> {
        let loads = std::mem::take(&mut self.pending_loads);
        let mut taken = Vec::new();
        self.inline_tree(&self.function.def(writer).args, &mut taken);
        for load in loads {
            if !self.computed[load.0 as usize] && !taken.contains(&load) {
                self.materialize(load)?;
            }
        }
        Ok(())
    }

    /// Values that are computed when these operands are.
    fn inline_tree(&self, operands: &[Value], tree: &mut Vec<Value>) {
        for &value in operands {
            if !self.is_leaf(value) && !self.computed[value.0 as usize] {
                tree.push(value);
                self.inline_tree(&self.function.def(value).args, tree);
            }
        }
    }

    /// Generates an operation that has its place.
    fn effect(&mut self, op: Value) -> Result<(), Stuck> {
        let definition = self.function.def(op);
        let mut operands: Vec<_> = definition.args.iter().rev().copied().collect();
        match definition.op.clone() {
            Op::Call(callee) => {
                operands.reverse();
                return self.call(op, callee, &operands);
            }
            Op::Evm(opcode) => {
                self.prepare(&operands)?;
                self.place(&operands)?;
                self.source(definition.source);
                self.op(opcode);
                self.drop_operands(operands.len())?;
                if opcode.pushes() > 0 {
                    self.stack.push(Entry::Value(op));
                    self.keep_top(op)?;
                }
            }
            Op::SlotLoad(slot) => {
                self.source(definition.source);
                self.text.push(Item::Push((self.shared.slot_address)(slot)));
                self.op(Opcode::MLOAD);
                self.stack.push(Entry::Value(op));
                self.keep_top(op)?;
            }
            Op::SlotStore(slot) => {
                self.prepare(&operands)?;
                self.place(&operands)?;
                self.source(definition.source);
                self.text.push(Item::Push((self.shared.slot_address)(slot)));
                self.op(Opcode::MSTORE);
                self.drop_operands(1)?;
            }
            Op::TrapIf => {
                self.prepare(&operands)?;
                self.place(&operands)?;
                self.source(definition.source);
                self.text.push(Item::PushLabel(self.shared.trap));
                self.op(Opcode::JUMPI);
                self.drop_operands(1)?;
            }
            other => return Err(Stuck::bug(format!("{other:?} reached the code generator"))),
        }
        Ok(())
    }

    /// Generates a call. A function that may come back to this one before it returns would reuse
    /// this one's static frame: what is needed of it waits on the stack.
    fn call(&mut self, op: Value, callee: FnId, args: &[Value]) -> Result<(), Stuck> {
        let definition = self.function.def(op);
        self.prepare(args)?;
        let mut saved = Vec::new();
        if self.shared.graph.may_reach(callee, self.id) {
            let mut later = self.uses.clone();
            for arg in args {
                later[arg.0 as usize] = later[arg.0 as usize].saturating_sub(1);
            }
            for (&value, &slot) in self.spills {
                let needed = later[value.0 as usize] > 0 || self.live_out.contains(&value);
                if needed && self.computed[value.0 as usize] {
                    self.push_frame(slot);
                    self.op(Opcode::MLOAD);
                    self.stack.push(Entry::Operand(None));
                    saved.push(slot);
                }
            }
        }
        self.place_call(args)?;
        self.source(definition.source);
        self.jump_to(callee);
        self.drop_operands(args.len() + 1)?;
        for &result in &definition.results {
            self.stack.push(Entry::Value(result));
        }
        for slot in saved.into_iter().rev() {
            self.emit_swap(definition.results.len())?;
            self.push_frame(slot);
            self.op(Opcode::MSTORE);
            self.stack.pop()?;
        }
        for &result in &definition.results {
            self.computed[result.0 as usize] = true;
        }
        self.store_results(&definition.results)
    }

    /// Moves results to memory that live there.
    fn store_results(&mut self, results: &[Value]) -> Result<(), Stuck> {
        while let Some(Entry::Value(top)) = self.stack.top() {
            if !results.contains(&top) || !self.spills.contains_key(&top) {
                break;
            }
            self.keep_top(top)?;
        }
        for &result in results {
            if self.stack.find(result).is_some() {
                self.store_param(result)?;
            }
        }
        Ok(())
    }

    /// Whether a word of the stack is nobody's.
    fn is_junk(&self, entry: Entry) -> bool {
        match entry {
            Entry::Value(value) => !self.is_needed(value),
            Entry::Operand(_) => true,
        }
    }

    /// Removes words that nobody needs: from below when the stack is tall, from the top always,
    /// unless no return and no loop follows. No operation is under way.
    pub(super) fn tidy(&mut self) -> Result<(), Stuck> {
        loop {
            match self.stack.top() {
                Some(top) if self.is_junk(top) && (!self.is_open || self.stack.len() > TALL) => {
                    self.emit_pop()?;
                }
                _ if self.stack.len() > TALL => {
                    let entries = self.stack.entries.iter().rev().take(super::stack::REACH + 1);
                    let junk = entries.enumerate().skip(1).find(|(_, e)| self.is_junk(**e));
                    match junk.map(|(depth, _)| depth) {
                        Some(depth) => self.emit_swap(depth)?,
                        None => return Ok(()),
                    }
                }
                _ => return Ok(()),
            }
        }
    }
}

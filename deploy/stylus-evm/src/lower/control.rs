//! Control operators: structured control becomes basic blocks with parameters.

use wasmparser::{BlockType, BrTable, Operator};

use super::{Lowering, Width};
use crate::{
    error::{Error, Position},
    ir::{BlockId, Edge, Terminator, Value},
    wasm::module::Signature,
};

/// A way to a label that has been taken, with the state at that point.
#[derive(Debug)]
pub(crate) struct Incoming {
    /// Block that ends with the edge.
    from: BlockId,
    /// Number of the edge in that block's end.
    edge: usize,
    /// Values that the label takes.
    operands: Vec<Value>,
    locals: Vec<Value>,
}

/// What kind of construct a frame is.
#[derive(Debug)]
enum Kind {
    /// The function's body: its label returns.
    Function,
    /// `block`, or an `if` after its `else`: the label is its end.
    Block,
    /// `if` before its `else`: the alternative has not been lowered yet.
    If {
        /// Where the condition leads when it does not hold.
        alternative: BlockId,
        /// State at the `if`.
        locals: Vec<Value>,
        params: Vec<Value>,
    },
    /// `loop`: the label is its start.
    Loop {
        header: BlockId,
        /// Locals that are parameters of the header.
        assigned: Vec<u32>,
    },
}

/// A control frame.
#[derive(Debug)]
pub(crate) struct Frame {
    kind: Kind,
    /// Height of the operand stack below the construct's parameters.
    height: usize,
    /// Number of parameters.
    params: usize,
    /// Number of results.
    results: usize,
    /// The block that follows the construct.
    after: BlockId,
    /// Ways to it.
    incoming: Vec<Incoming>,
}

impl Frame {
    /// How many values a branch to the frame's label carries.
    const fn arity(&self) -> usize {
        match self.kind {
            Kind::Loop { .. } => self.params,
            _ => self.results,
        }
    }
}

impl Lowering<'_> {
    /// Opens the frame of the function itself.
    pub(super) fn enter(&mut self, signature: &Signature) {
        let after = self.b.current();
        let results = signature.results.len();
        let frame = Frame {
            kind: Kind::Function,
            height: 0,
            params: 0,
            results,
            after,
            incoming: Vec::new(),
        };
        self.control.push(frame);
    }

    fn frame(&self, depth: u32) -> Result<usize, Error> {
        let index = self.control.len().checked_sub(1 + depth as usize);
        index.ok_or_else(|| Error::internal("no such label"))
    }

    fn block_type(&self, ty: BlockType, position: Position) -> Result<(usize, usize), Error> {
        Ok(match ty {
            BlockType::Empty => (0, 0),
            BlockType::Type(_) => (0, 1),
            BlockType::FuncType(index) => {
                let signature = self.context.module.type_at(index, position)?;
                (signature.params.len(), signature.results.len())
            }
        })
    }

    fn push_frame(&mut self, kind: Kind, params: usize, results: usize) {
        let after = self.b.new_block();
        let height = self.stack.len() - params;
        self.control.push(Frame { kind, height, params, results, after, incoming: Vec::new() });
    }

    /// `block`.
    pub(super) fn block(&mut self, ty: BlockType, position: Position) -> Result<(), Error> {
        let (params, results) = self.block_type(ty, position)?;
        self.push_frame(Kind::Block, params, results);
        Ok(())
    }

    /// `loop`: a header block whose parameters are the loop's and the locals assigned in it.
    pub(super) fn loop_(
        &mut self,
        ty: BlockType,
        number: usize,
        position: Position,
    ) -> Result<(), Error> {
        let (params, results) = self.block_type(ty, position)?;
        let assigned = self.assigned.get(&number).cloned().unwrap_or_default();
        let operands = self.stack.split_off(self.stack.len() - params);
        let header = self.b.new_block();
        let args = self.loop_args(operands, &assigned);
        self.b.jump(header, args);
        self.b.switch_to(header);
        for _ in 0..params {
            let param = self.b.add_param(header);
            self.stack.push(param);
        }
        for &local in &assigned {
            self.locals[local as usize] = self.b.add_param(header);
        }
        self.push_frame(Kind::Loop { header, assigned }, params, results);
        Ok(())
    }

    /// What a branch to a loop carries: operands, then assigned locals.
    fn loop_args(&self, mut operands: Vec<Value>, assigned: &[u32]) -> Vec<Value> {
        operands.extend(assigned.iter().map(|&local| self.locals[local as usize]));
        operands
    }

    /// `if`.
    pub(super) fn if_(&mut self, ty: BlockType, position: Position) -> Result<(), Error> {
        let condition = self.pop()?;
        let condition = self.clean(Width::W32, condition);
        let (params, results) = self.block_type(ty, position)?;
        let (consequence, alternative) = (self.b.new_block(), self.b.new_block());
        self.b.branch(condition, consequence, alternative);
        self.b.switch_to(consequence);
        let state = Kind::If {
            alternative,
            locals: self.locals.clone(),
            params: self.stack[self.stack.len() - params..].to_vec(),
        };
        self.push_frame(state, params, results);
        Ok(())
    }

    /// `else`.
    pub(super) fn else_(&mut self) -> Result<(), Error> {
        let top = self.frame(0)?;
        self.leave(top)?;
        let frame = &mut self.control[top];
        let Kind::If { alternative, locals, params } =
            std::mem::replace(&mut frame.kind, Kind::Block)
        else {
            return Err(Error::internal("`else` without `if`"));
        };
        self.stack.truncate(frame.height);
        self.stack.extend(params);
        self.locals = locals;
        self.b.switch_to(alternative);
        Ok(())
    }

    /// `end`.
    pub(super) fn end(&mut self) -> Result<(), Error> {
        let top = self.frame(0)?;
        self.leave(top)?;
        self.close()
    }

    /// Falls through to the end of the frame.
    fn leave(&mut self, frame: usize) -> Result<(), Error> {
        if self.unreachable.is_some() {
            return Ok(());
        }
        let results = self.control[frame].results;
        let operands = self.pop_many(results)?;
        self.leave_with(frame, operands)
    }

    fn leave_with(&mut self, frame: usize, operands: Vec<Value>) -> Result<(), Error> {
        if matches!(self.control[frame].kind, Kind::Function) {
            return self.return_values(operands);
        }
        let after = self.control[frame].after;
        self.b.jump(after, Vec::new());
        self.arrive(frame, 0, operands);
        Ok(())
    }

    /// Records that the current block's edge with this number leads to the end of the frame.
    fn arrive(&mut self, frame: usize, edge: usize, operands: Vec<Value>) {
        let (from, locals) = (self.b.current(), self.locals.clone());
        self.control[frame].incoming.push(Incoming { from, edge, operands, locals });
    }

    /// Closes the innermost frame and goes on after it.
    fn close(&mut self) -> Result<(), Error> {
        let Some(mut frame) = self.control.pop() else {
            return Err(Error::internal("`end` without a frame"));
        };
        let kind = std::mem::replace(&mut frame.kind, Kind::Block);
        if let Kind::If { alternative, locals, params } = kind {
            // An `if` without `else`: its parameters are its results.
            self.b.switch_to(alternative);
            self.b.jump(frame.after, Vec::new());
            frame.incoming.push(Incoming { from: alternative, edge: 0, operands: params, locals });
        }
        self.stack.truncate(frame.height);
        if frame.incoming.is_empty() {
            self.unreachable = Some(0);
            return Ok(());
        }
        self.unreachable = None;
        self.b.switch_to(frame.after);
        for number in 0..frame.results {
            let value = self.merge(&frame, |incoming| incoming.operands[number]);
            self.stack.push(value);
        }
        for number in 0..self.locals.len() {
            self.locals[number] = self.merge(&frame, |incoming| incoming.locals[number]);
        }
        Ok(())
    }

    /// The value that all ways bring, or a parameter of the following block.
    fn merge(&mut self, frame: &Frame, value: impl Fn(&Incoming) -> Value) -> Value {
        let first = value(&frame.incoming[0]);
        if frame.incoming.iter().all(|incoming| value(incoming) == first) {
            return first;
        }
        for incoming in &frame.incoming {
            let end = &mut self.b.function.block_mut(incoming.from).end;
            if let Some(edge) = end.edges_mut().into_iter().nth(incoming.edge) {
                edge.args.push(value(incoming));
            }
        }
        self.b.add_param(frame.after)
    }

    /// Lets the current block's edge number `edge` lead to the label at `depth`; the operands stay
    /// on the stack.
    fn branch_to(&mut self, depth: u32, edge: usize) -> Result<(), Error> {
        let index = self.frame(depth)?;
        let arity = self.control[index].arity();
        let operands = self.stack[self.stack.len() - arity..].to_vec();
        if let Kind::Loop { assigned, .. } = &self.control[index].kind {
            let args = self.loop_args(operands, assigned);
            let block = self.b.current();
            let end = &mut self.b.function.block_mut(block).end;
            if let Some(edge) = end.edges_mut().into_iter().nth(edge) {
                edge.args = args;
            }
        } else {
            self.arrive(index, edge, operands);
        }
        Ok(())
    }

    /// The block at a label. That of the function is a block that returns.
    fn label(&mut self, depth: u32) -> Result<BlockId, Error> {
        let index = self.frame(depth)?;
        match &self.control[index].kind {
            Kind::Loop { header, .. } => Ok(*header),
            Kind::Block | Kind::If { .. } => Ok(self.control[index].after),
            Kind::Function => {
                let results = self.control[index].results;
                let values = self.stack[self.stack.len() - results..].to_vec();
                let (here, block) = (self.b.current(), self.b.new_block());
                self.b.switch_to(block);
                self.return_values(values)?;
                self.b.switch_to(here);
                Ok(block)
            }
        }
    }

    fn is_function(&self, depth: u32) -> Result<bool, Error> {
        Ok(matches!(self.control[self.frame(depth)?].kind, Kind::Function))
    }

    /// `br`.
    pub(super) fn br(&mut self, depth: u32) -> Result<(), Error> {
        if self.is_function(depth)? {
            return self.return_();
        }
        let block = self.label(depth)?;
        self.b.jump(block, Vec::new());
        self.branch_to(depth, 0)?;
        self.unreachable = Some(0);
        Ok(())
    }

    /// `br_if`: `[⌊c⌋] → []`.
    pub(super) fn br_if(&mut self, depth: u32) -> Result<(), Error> {
        let condition = self.pop()?;
        let condition = self.clean(Width::W32, condition);
        let (target, next) = (self.label(depth)?, self.b.new_block());
        self.b.branch(condition, target, next);
        if !self.is_function(depth)? {
            self.branch_to(depth, 0)?;
        }
        self.b.switch_to(next);
        Ok(())
    }

    /// `br_table`: `[⌊i⌋] → []`.
    pub(super) fn br_table(&mut self, targets: &BrTable<'_>) -> Result<(), Error> {
        let index = self.pop()?;
        let index = self.clean(Width::W32, index);
        let listed: Result<Vec<_>, _> = targets.targets().collect();
        let mut depths = listed.map_err(|_| Error::internal("a malformed `br_table`"))?;
        depths.push(targets.default());
        let mut edges = Vec::with_capacity(depths.len());
        for &depth in &depths {
            edges.push(Edge { block: self.label(depth)?, args: Vec::new() });
        }
        self.b.end(Terminator::Switch { index, edges });
        for (number, &depth) in depths.iter().enumerate() {
            if !self.is_function(depth)? {
                self.branch_to(depth, number)?;
            }
        }
        self.unreachable = Some(0);
        Ok(())
    }

    /// `return`.
    pub(super) fn return_(&mut self) -> Result<(), Error> {
        let results = self.control[0].results;
        let operands = self.pop_many(results)?;
        self.return_values(operands)?;
        self.unreachable = Some(0);
        Ok(())
    }

    fn return_values(&mut self, values: Vec<Value>) -> Result<(), Error> {
        let types = self.context.module.signature(self.function)?.results.clone();
        let values = self.clean_all(values, &types);
        self.b.ret(values);
        Ok(())
    }

    /// `unreachable`: the frame fails without data, as a trap does on a Stylus chain.
    pub(super) fn unreachable(&mut self) -> Result<(), Error> {
        self.b.end(Terminator::Trap);
        self.unreachable = Some(0);
        Ok(())
    }

    /// `call`: `[⌊args⌋] → [results]`.
    pub(super) fn call(&mut self, function: u32) -> Result<(), Error> {
        let signature = self.context.module.signature(function)?.clone();
        let args = self.pop_many(signature.params.len())?;
        let args = self.clean_all(args, &signature.params);
        let callee = self.context.functions[function as usize];
        let results = self.b.call(callee, args, &super::bits(&signature.results));
        self.stack.extend(results);
        Ok(())
    }

    /// `call_indirect`: `[⌊args⌋ ⌊i⌋] → [results]`, through the routine of the type.
    pub(super) fn call_indirect(&mut self, ty: u32, position: Position) -> Result<(), Error> {
        let signature = self.context.module.type_at(ty, position)?.clone();
        let index = self.pop()?;
        let index = self.clean(Width::W32, index);
        let args = self.pop_many(signature.params.len())?;
        let mut args = self.clean_all(args, &signature.params);
        args.push(index);
        let callee = self.context.dispatchers[ty as usize]
            .ok_or_else(|| Error::internal("a type without a dispatcher"))?;
        let results = self.b.call(callee, args, &super::bits(&signature.results));
        self.stack.extend(results);
        Ok(())
    }

    /// Passes over an operator that cannot be reached, keeping track of nesting.
    pub(super) fn skip(&mut self, operator: &Operator<'_>) -> Result<(), Error> {
        let depth = self.unreachable.unwrap_or_default();
        match operator {
            Operator::Block { .. } | Operator::Loop { .. } | Operator::If { .. } => {
                self.unreachable = Some(depth + 1);
            }
            Operator::Else if depth == 0 => {
                let top = self.frame(0)?;
                self.stack.truncate(self.control[top].height);
                self.else_()?;
                self.unreachable = None;
            }
            Operator::End if depth == 0 => self.close()?,
            Operator::End => self.unreachable = Some(depth - 1),
            _ => {}
        }
        Ok(())
    }
}

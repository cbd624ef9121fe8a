//! Places operands: makes them, copies them, or takes them where they lie.

use super::{
    Generator,
    stack::{Entry, REACH, Stuck},
};
use crate::{
    evm::{asm::Item, opcode::Opcode},
    ir::{FnId, Op, Value},
};

impl Generator<'_> {
    pub(super) fn emit_dup(&mut self, depth: usize, entry: Entry) -> Result<(), Stuck> {
        if depth >= REACH {
            return Err(Stuck::TooDeep(self.stack.values()));
        }
        self.op(Opcode::dup(u8::try_from(depth + 1).unwrap_or(u8::MAX)));
        self.stack.push(entry);
        Ok(())
    }

    pub(super) fn emit_swap(&mut self, depth: usize) -> Result<(), Stuck> {
        if depth == 0 {
            return Ok(());
        }
        if depth > REACH {
            return Err(Stuck::TooDeep(self.stack.values()));
        }
        self.op(Opcode::swap(u8::try_from(depth).unwrap_or(u8::MAX)));
        self.stack.swap(depth);
        Ok(())
    }

    pub(super) fn emit_pop(&mut self) -> Result<(), Stuck> {
        self.op(Opcode::POP);
        self.stack.pop().map(drop)
    }

    /// Whether this use is the value's last, when `uses` of them are at hand.
    fn dies_after(&self, value: Value, uses: usize) -> bool {
        self.uses[value.0 as usize] as usize == uses && !self.live_out.contains(&value)
    }

    fn consume(&mut self, value: Value) -> Result<(), Stuck> {
        let left = &mut self.uses[value.0 as usize];
        *left =
            left.checked_sub(1).ok_or_else(|| Stuck::bug(format!("{value} is used too often")))?;
        Ok(())
    }

    /// Whether a value is computed only when its one user is.
    fn is_inline(&self, value: Value) -> bool {
        !self.is_leaf(value)
            && !self.computed[value.0 as usize]
            && self.dies_after(value, 1)
            && !self.spills.contains_key(&value)
    }

    /// Computes whatever operands share with others, so that it can be copied.
    pub(super) fn prepare(&mut self, operands: &[Value]) -> Result<(), Stuck> {
        for &value in operands {
            if self.is_leaf(value) || self.computed[value.0 as usize] {
                continue;
            }
            if self.is_inline(value) {
                let args = self.function.def(value).args.clone();
                let args: Vec<_> = args.into_iter().rev().collect();
                self.prepare(&args)?;
            } else {
                self.materialize(value)?;
            }
        }
        Ok(())
    }

    /// Computes a value and keeps it.
    pub(super) fn materialize(&mut self, value: Value) -> Result<(), Stuck> {
        if self.is_leaf(value) || self.computed[value.0 as usize] {
            return Ok(());
        }
        let operands: Vec<_> = self.function.def(value).args.iter().rev().copied().collect();
        self.prepare(&operands)?;
        self.compute(value)?;
        self.stack.pop()?;
        self.stack.push(Entry::Value(value));
        self.keep_top(value)
    }

    /// The top of the stack is a value that was just made: moves it to memory if it lives there.
    pub(super) fn keep_top(&mut self, value: Value) -> Result<(), Stuck> {
        self.computed[value.0 as usize] = true;
        if let Some(&slot) = self.spills.get(&value) {
            self.push_frame(slot);
            self.op(Opcode::MSTORE);
            self.stack.pop()?;
        }
        Ok(())
    }

    /// Computes a pure operation; the result is an operand on top of the stack.
    fn compute(&mut self, value: Value) -> Result<(), Stuck> {
        let definition = self.function.def(value);
        let mut operands: Vec<_> = definition.args.iter().rev().copied().collect();
        match definition.op.clone() {
            Op::Evm(op) => {
                let op = self.best_order(op, &mut operands);
                self.place(&operands)?;
                self.source(definition.source);
                self.op(op);
                self.drop_operands(operands.len())?;
            }
            Op::Bswap => {
                let callee = self.shared.routines.get(crate::host::routine::Routine::Bswap);
                self.place_call(&operands)?;
                self.source(definition.source);
                self.jump_to(callee);
                self.drop_operands(operands.len() + 1)?;
            }
            other => return Err(Stuck::bug(format!("{value} ({other:?}) is not pure"))),
        }
        self.stack.push(Entry::Operand(Some(value)));
        self.computed[value.0 as usize] = true;
        Ok(())
    }

    pub(super) fn drop_operands(&mut self, count: usize) -> Result<(), Stuck> {
        for _ in 0..count {
            self.stack.pop()?;
        }
        Ok(())
    }

    /// Jumps to a function and comes back: the return address is pushed by [`Self::place_call`].
    pub(super) fn jump_to(&mut self, callee: FnId) {
        let label = self.shared.labels[callee.0 as usize];
        self.text.push(Item::PushLabel(label));
        self.op(Opcode::JUMP);
        if let Some(back) = self.return_labels.pop() {
            self.text.push(Item::Label(back));
        }
    }

    /// Chooses the order of operands of which more lie where they must be.
    pub(super) fn best_order(&self, op: Opcode, operands: &mut [Value]) -> Opcode {
        let (Some(mirrored), &mut [a, b]) = (op.mirrored(), &mut *operands) else { return op };
        if self.order_score(&[b, a]) > self.order_score(&[a, b]) {
            operands.swap(0, 1);
            return mirrored;
        }
        op
    }

    /// How good it is to have operands in this order, the deepest first.
    fn order_score(&self, operands: &[Value; 2]) -> u32 {
        let in_place = self.in_place(operands);
        if in_place > 0 {
            return 4 + u32::try_from(in_place).unwrap_or(2);
        }
        // What dies is better brought up than copied; what must be made is better made last,
        // unless it starts with what lies on top.
        let [first, _] = *operands;
        match self.stack.find(first) {
            Some(_) if self.dies_after(first, 1) => 2,
            _ if self.is_inline(first) => 1,
            _ => 0,
        }
    }

    /// How many operands, the deepest first, lie on top of the stack for their last use.
    fn in_place(&self, operands: &[Value]) -> usize {
        let entries = &self.stack.entries;
        let matches = |count: usize| {
            let start = entries.len() - count;
            (0..count).all(|i| {
                let value = operands[i];
                let uses = operands.iter().filter(|&&other| other == value).count();
                entries[start + i] == Entry::Value(value)
                    && operands[..i].iter().all(|&before| before != value)
                    && self.dies_after(value, uses)
            })
        };
        (1..=operands.len().min(entries.len())).rev().find(|&count| matches(count)).unwrap_or(0)
    }

    /// Brings operands to the top of the stack, the deepest first, for one operation.
    pub(super) fn place(&mut self, operands: &[Value]) -> Result<(), Stuck> {
        let taken = self.take(operands)?;
        if taken == 0 && self.takes_second(operands) {
            let [first, second] = [operands[0], operands[1]];
            self.mark_operand(second)?;
            self.push_operand(first)?;
            return self.emit_swap(1);
        }
        for &operand in &operands[taken..] {
            self.push_operand(operand)?;
        }
        Ok(())
    }

    /// Whether of two operands the second lies on top for its last use while the first does not
    /// lie anywhere to be taken.
    fn takes_second(&self, operands: &[Value]) -> bool {
        let &[first, second] = operands else { return false };
        first != second
            && self.stack.top() == Some(Entry::Value(second))
            && self.dies_after(second, 1)
    }

    /// Takes as many operands as possible where they lie; gives their number.
    fn take(&mut self, operands: &[Value]) -> Result<usize, Stuck> {
        let mut taken = self.in_place(operands);
        if taken == 0
            && let Some(depth) = self.worth_bringing(operands)
        {
            self.emit_swap(depth)?;
            taken = 1;
        }
        let start = self.stack.len() - taken;
        for (i, &operand) in operands[..taken].iter().enumerate() {
            self.stack.entries[start + i] = Entry::Operand(Some(operand));
            self.consume(operand)?;
        }
        Ok(taken)
    }

    /// The depth of the first operand if it should be exchanged with the top: it dies, and the top
    /// is neither an operand under way nor one that this operation takes.
    fn worth_bringing(&self, operands: &[Value]) -> Option<usize> {
        let &first = operands.first()?;
        let depth = self.stack.find(first).filter(|&depth| depth > 0 && depth <= REACH)?;
        let at = self.stack.len() - 1 - depth;
        let Some(Entry::Value(top)) = self.stack.top() else { return None };
        let free = self.stack.entries[at..].iter().all(|e| matches!(e, Entry::Value(_)));
        let uses = operands.iter().filter(|&&other| other == first).count();
        (free && self.dies_after(first, uses) && !operands.contains(&top)).then_some(depth)
    }

    fn mark_operand(&mut self, value: Value) -> Result<(), Stuck> {
        self.stack.pop()?;
        self.stack.push(Entry::Operand(Some(value)));
        self.consume(value)
    }

    /// Makes or copies an operand to the top of the stack.
    pub(super) fn push_operand(&mut self, value: Value) -> Result<(), Stuck> {
        if !self.is_leaf(value) && !self.computed[value.0 as usize] {
            self.compute(value)?;
            return self.consume(value);
        }
        self.consume(value)?;
        self.push_copy(value, Entry::Operand(Some(value)))
    }

    /// Copies a value that exists to the top of the stack.
    pub(super) fn push_copy(&mut self, value: Value, entry: Entry) -> Result<(), Stuck> {
        match &self.function.def(value).op {
            Op::Const(word) => self.text.push(Item::Push(*word)),
            Op::DataOffset(data) => {
                let blob = self.shared.data[*data as usize];
                self.text.push(Item::PushBlob(blob));
            }
            Op::CodeLength => self.text.push(Item::PushLength),
            Op::Evm(op) if self.is_leaf(value) => self.op(*op),
            _ => {
                if let Some(depth) = self.stack.find(value) {
                    return self.emit_dup(depth, entry);
                }
                let slot = self.spills.get(&value);
                let slot = *slot.ok_or_else(|| Stuck::bug(format!("{value} is lost")))?;
                self.push_frame(slot);
                self.op(Opcode::MLOAD);
            }
        }
        self.stack.push(entry);
        Ok(())
    }

    /// Places a return address and, above it, the arguments of a call.
    pub(super) fn place_call(&mut self, args: &[Value]) -> Result<(), Stuck> {
        let taken = self.take(args)?;
        let back = self.text.label();
        self.return_labels.push(back);
        self.text.push(Item::PushLabel(back));
        self.stack.push(Entry::Operand(None));
        for depth in (1..=taken).rev() {
            self.emit_swap(depth)?;
        }
        for &arg in &args[taken..] {
            self.push_operand(arg)?;
        }
        Ok(())
    }
}

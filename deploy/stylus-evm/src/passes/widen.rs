//! Writes neighbours in memory at once.
//!
//! Compilers for WebAssembly write at most eight bytes at a time; the EVM writes up to 32 for the
//! same price. Stores of a block to neighbouring addresses become one, at the place of the last,
//! if nothing between them could see the difference: no other access to memory but stores and loads
//! from the same base that are elsewhere. A trap in between undoes them all, as it would one by one.

use alloy_primitives::U256;

use crate::{
    evm::opcode::{Effect, Opcode},
    ir::{Function, Op, Value, cfg::Cfg},
};

/// Bytes of the widest store.
const WORD_BYTES: i64 = 32;

/// A store that waits for neighbours.
#[derive(Clone, Copy, Debug)]
struct Pending {
    op: Value,
    /// First address, relative to the base.
    at: i64,
    bytes: i64,
    value: Value,
}

/// Stores to one base, in the order of the program.
#[derive(Debug, Default)]
struct Run {
    /// The address that all are relative to; nothing if all addresses are known.
    base: Option<Value>,
    stores: Vec<Pending>,
}

/// Runs the pass; says whether anything changed.
pub(crate) fn run(function: &mut Function) -> bool {
    let mut changed = false;
    for block in Cfg::new(function).order {
        let ops = std::mem::take(&mut function.block_mut(block).ops);
        let mut widening = Widening { function, out: Vec::new(), run: Run::default() };
        for op in ops {
            changed |= widening.op(op);
        }
        changed |= widening.close();
        let out = widening.out;
        function.block_mut(block).ops = out;
    }
    changed
}

/// A block under way.
struct Widening<'a> {
    function: &'a mut Function,
    out: Vec<Value>,
    run: Run,
}

impl Widening<'_> {
    /// Takes the next operation; says whether stores were joined.
    fn op(&mut self, op: Value) -> bool {
        let definition = self.function.def(op);
        let (kind, args) = (definition.op.clone(), definition.args.clone());
        match kind {
            Op::Store { bytes, offset } => {
                let (base, at) = self.place(args[0], offset);
                let store = Pending { op, at, bytes: bytes.into(), value: args[1] };
                let mut changed = false;
                if base != self.run.base || self.touches(at, store.bytes) {
                    changed = self.close();
                }
                self.run.base = base;
                self.run.stores.push(store);
                self.out.push(op);
                changed
            }
            Op::Load { bytes, offset, .. } => {
                let (base, at) = self.place(args[0], offset);
                let apart = base == self.run.base && !self.touches(at, bytes.into());
                let changed = !apart && self.close();
                self.out.push(op);
                changed
            }
            // A trap undoes what was written; static words lie elsewhere.
            Op::TrapIf | Op::SlotLoad(_) | Op::SlotStore(_) => {
                self.out.push(op);
                false
            }
            _ => {
                let changed = kind.effect() != Effect::Pure && self.close();
                self.out.push(op);
                changed
            }
        }
    }

    /// An address as a base and a distance from it.
    fn place(&self, address: Value, offset: u32) -> (Option<Value>, i64) {
        let known = self.function.constant(address).and_then(|word| i64::try_from(word).ok());
        match known.and_then(|word| word.checked_add(offset.into())) {
            Some(at) => (None, at),
            None => (Some(address), offset.into()),
        }
    }

    /// Whether a range overlaps one of the run's stores.
    fn touches(&self, at: i64, bytes: i64) -> bool {
        self.run.stores.iter().any(|store| at < store.at + store.bytes && store.at < at + bytes)
    }

    /// Joins the stores of the run; says whether there were any to join.
    fn close(&mut self) -> bool {
        let mut run = std::mem::take(&mut self.run);
        run.stores.sort_by_key(|store| store.at);
        let mut changed = false;
        let mut rest = &run.stores[..];
        while let Some(first) = rest.first() {
            let mut end = first.at;
            let joined = rest.iter().take_while(|store| {
                let fits = store.at == end && end + store.bytes <= first.at + WORD_BYTES;
                end += store.bytes;
                fits
            });
            let (group, others) = rest.split_at(joined.count().max(1));
            rest = others;
            if group.len() > 1 {
                self.join(group);
                changed = true;
            }
        }
        changed
    }

    /// Puts one store in the place of the last of a group, whose addresses ascend.
    fn join(&mut self, group: &[Pending]) {
        let ops = self.out.clone();
        let position = |op: Value| ops.iter().position(|&other| other == op);
        let Some(last) = group.iter().max_by_key(|store| position(store.op)) else { return };
        let (target, lowest) = (last.op, group[0].op);
        let bytes = group.iter().map(|store| store.bytes).sum::<i64>();
        let mut made = Vec::new();
        let copied = self.copied(group, target);
        let value = copied.unwrap_or_else(|| self.joined_value(group, &mut made));
        made.extend(copied);
        let low = self.function.def(lowest).clone();
        let Op::Store { offset, .. } = low.op else { return };
        let bytes = u8::try_from(bytes).unwrap_or(u8::MAX);
        let definition = self.function.def_mut(target);
        definition.op = Op::Store { bytes, offset };
        definition.args = vec![low.args[0], value];
        self.out.retain(|&op| op == target || group.iter().all(|store| store.op != op));
        let at = self.out.iter().position(|&op| op == target).unwrap_or_default();
        self.out.splice(at..at, made);
    }

    /// If a group stores what was loaded from neighbours in the same order, and nothing else was
    /// written since: a load of all of them, to stand where the group does.
    fn copied(&mut self, group: &[Pending], target: Value) -> Option<Value> {
        let mut source: Option<(Value, u32)> = None;
        let mut since = usize::MAX;
        for store in group {
            let definition = self.function.def(store.value);
            let Op::Load { bytes, offset, .. } = definition.op else { return None };
            let base = definition.args[0];
            since = since.min(self.out.iter().position(|&op| op == store.value)?);
            let distance = store.at - group[0].at;
            let &mut (first, lowest) = source.get_or_insert((base, offset));
            if i64::from(bytes) != store.bytes
                || base != first
                || i64::from(offset) != i64::from(lowest) + distance
            {
                return None;
            }
        }
        let until = self.out.iter().position(|&op| op == target)?;
        let is_quiet = |&op: &Value| match self.function.def(op).op.effect() {
            Effect::Pure | Effect::ReadsMemory => true,
            _ => group.iter().any(|store| store.op == op),
        };
        if !self.out[since..until].iter().all(is_quiet) {
            return None;
        }
        let (base, offset) = source?;
        let bytes = group.iter().map(|store| store.bytes).sum::<i64>();
        let op = Op::Load { bytes: u8::try_from(bytes).ok()?, offset, dirty: bytes < WORD_BYTES };
        let from = self.run_source(group[0].value);
        Some(self.function.add(op, vec![base], from))
    }

    /// `Σ ⌊value⌋ · 2^(8 · distance)`.
    fn joined_value(&mut self, group: &[Pending], made: &mut Vec<Value>) -> Value {
        let mut known = U256::ZERO;
        let mut sum: Option<Value> = None;
        for (number, store) in group.iter().enumerate() {
            let shift = usize::try_from(8 * (store.at - group[0].at)).unwrap_or_default();
            let ones = U256::MAX >> (256 - usize::try_from(8 * store.bytes).unwrap_or(256));
            if let Some(word) = self.function.constant(store.value) {
                known |= (word & ones) << shift;
                continue;
            }
            let mut term = store.value;
            // The store cuts off what is above the last.
            if number + 1 < group.len() {
                let mask = self.function.word(ones);
                term = self.add(Opcode::AND, [mask, term], made);
            }
            if shift > 0 {
                let shift = self.function.word(U256::from(shift));
                term = self.add(Opcode::SHL, [shift, term], made);
            }
            sum = Some(match sum {
                Some(sum) => self.add(Opcode::OR, [sum, term], made),
                None => term,
            });
        }
        match sum {
            Some(sum) if known.is_zero() => sum,
            Some(sum) => {
                let known = self.function.word(known);
                self.add(Opcode::OR, [known, sum], made)
            }
            None => self.function.word(known),
        }
    }

    fn add(&mut self, op: Opcode, args: [Value; 2], made: &mut Vec<Value>) -> Value {
        let source = self.run_source(args[1]);
        let value = self.function.add(Op::Evm(op), args.to_vec(), source);
        made.push(value);
        value
    }

    /// Where the code of a value comes from.
    fn run_source(&self, value: Value) -> crate::evm::asm::Source {
        self.function.def(value).source
    }
}

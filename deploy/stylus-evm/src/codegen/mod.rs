//! Turns functions into assembly text: values live on the EVM stack, and in static words of memory
//! when the stack is too deep.
//!
//! A function's stack holds its return address and its values, and nothing has a fixed place:
//! [`stack`] tracks what lies where. Pure operations are placed where they are first needed
//! ([`operands`]); between blocks the stack is brought into the order that the next block expects
//! ([`shuffle`]). When something lies too deep for `DUP16`, a value is moved to memory and the
//! function is generated anew.

mod block;
mod ends;
mod frames;
mod liveness;
mod operands;
mod shuffle;
mod stack;

use std::collections::{BTreeMap, HashSet};

use crate::{
    error::Error,
    evm::{
        asm::{BlobId, Item, Label, Source, Text},
        opcode::Opcode,
    },
    host::routine::Routines,
    ir::{BlockId, FnId, Function, Program, Slot, Terminator, Value, cfg::Cfg},
};
use stack::{Entry, Stuck};

pub(crate) use frames::CallGraph;
pub(crate) use liveness::Liveness;

/// What all functions share.
#[derive(Debug)]
pub(crate) struct Shared<'a> {
    pub(crate) program: &'a Program,
    pub(crate) graph: &'a CallGraph,
    pub(crate) routines: Routines,
    /// Bytes of an entry of a jump table.
    pub(crate) entry_bytes: u8,
    /// Where each function starts.
    pub(crate) labels: Vec<Label>,
    /// Where the program's data is.
    pub(crate) data: Vec<BlobId>,
    /// Where frames that fail end.
    pub(crate) trap: Label,
    /// Where a static word lies.
    pub(crate) slot_address: fn(Slot) -> alloy_primitives::U256,
}

/// Values of a function that live in memory, with their word of the static frame.
pub(crate) type Spills = BTreeMap<Value, u32>;

/// Most values of one function that may be moved to memory, far above what any needs.
const MAX_SPILLS: usize = 100_000;

/// Generates one function at the end of `text`; gives the words of its static frame.
pub(crate) fn function(shared: &Shared<'_>, text: &mut Text, id: FnId) -> Result<u32, Error> {
    let function = shared.program.function(id);
    let cfg = Cfg::new(function);
    let liveness = Liveness::new(function, &cfg);
    let weights = liveness.weights(function, &cfg);
    let mut spills = Spills::new();
    loop {
        let mut attempt = text.attempt();
        let generator = Generator::new(shared, function, id, &cfg, &liveness, &spills);
        match generator.run(&mut attempt) {
            Ok(()) => {
                text.append(attempt);
                return Ok(u32::try_from(spills.len()).unwrap_or(u32::MAX));
            }
            Err(Stuck::TooDeep(candidates)) => {
                let victim = candidates
                    .into_iter()
                    .filter(|value| !spills.contains_key(value))
                    .min_by_key(|value| weights[value.0 as usize]);
                let number = u32::try_from(spills.len()).unwrap_or(u32::MAX);
                let Some(victim) = victim.filter(|_| spills.len() < MAX_SPILLS) else {
                    let reason = format!("{}: the stack is too deep", function.name);
                    return Err(Error::internal(reason));
                };
                spills.insert(victim, number);
            }
            Err(Stuck::Bug(reason)) => {
                return Err(Error::internal(format!("{}: {reason}", function.name)));
            }
        }
    }
}

/// One attempt to generate a function.
struct Generator<'a> {
    shared: &'a Shared<'a>,
    function: &'a Function,
    id: FnId,
    cfg: &'a Cfg,
    liveness: &'a Liveness,
    spills: &'a Spills,
    /// Code of this attempt.
    text: Text,
    /// Where each block starts.
    labels: Vec<Label>,
    /// What each block finds on the stack, from the bottom.
    layouts: Vec<Option<Vec<Entry>>>,
    stack: stack::Stack,
    /// Whether words may stay on the current block's stack that nobody needs.
    is_open: bool,
    /// Uses of each value that are still to come in the current block.
    uses: Vec<u32>,
    /// Values that other blocks need.
    live_out: HashSet<Value>,
    /// Values that have been computed.
    computed: Vec<bool>,
    /// Operations that wait for their users, one inside the other, up to each value.
    nesting: Vec<u8>,
    /// Loads of the current block that have not been placed yet.
    pending_loads: Vec<Value>,
    /// Return addresses that have been pushed for calls under way.
    return_labels: Vec<Label>,
}

impl<'a> Generator<'a> {
    fn new(
        shared: &'a Shared<'a>,
        function: &'a Function,
        id: FnId,
        cfg: &'a Cfg,
        liveness: &'a Liveness,
        spills: &'a Spills,
    ) -> Self {
        Self {
            shared,
            function,
            id,
            cfg,
            liveness,
            spills,
            text: Text::default(),
            labels: Vec::new(),
            layouts: vec![None; function.blocks.len()],
            stack: stack::Stack::default(),
            is_open: false,
            uses: vec![0; function.values.len()],
            live_out: HashSet::new(),
            computed: vec![false; function.values.len()],
            nesting: vec![0; function.values.len()],
            pending_loads: Vec::new(),
            return_labels: Vec::new(),
        }
    }

    /// Generates all blocks in order.
    fn run(mut self, text: &mut Text) -> Result<(), Stuck> {
        self.text = std::mem::take(text);
        self.labels = self.function.blocks.iter().map(|_| self.text.label()).collect();
        let entry = self.function.block(Function::ENTRY).params.clone();
        let entry = entry.into_iter().map(Entry::Value).collect();
        self.layouts[Function::ENTRY.0 as usize] = Some(entry);
        for &block in &self.cfg.order {
            if self.liveness.is_bottomless(self.function, self.cfg, block) {
                self.layouts[block.0 as usize] = Some(Vec::new());
            }
        }
        self.text.push(Item::Label(self.shared.labels[self.id.0 as usize]));
        let order: Vec<_> =
            self.cfg.order.iter().copied().filter(|&b| !self.is_bare_trap(b)).collect();
        for (position, &block) in order.iter().enumerate() {
            self.block(block, order.get(position + 1).copied())?;
        }
        *text = self.text;
        Ok(())
    }

    /// Says that the code that follows comes from an operator.
    fn source(&mut self, source: Source) {
        self.text.push(Item::Source(source));
    }

    fn op(&mut self, op: Opcode) {
        self.text.op(op);
    }

    /// Pushes the address of a value's word in the static frame.
    fn push_frame(&mut self, slot: u32) {
        self.text.push(Item::PushFrame { function: self.id.0, slot });
    }

    /// Whether a block does nothing but trap: all such are one place outside the function.
    fn is_bare_trap(&self, block: BlockId) -> bool {
        let target = self.function.block(block);
        block != Function::ENTRY && target.ops.is_empty() && matches!(target.end, Terminator::Trap)
    }

    /// Whether the value must be kept.
    fn is_needed(&self, value: Value) -> bool {
        self.uses[value.0 as usize] > 0 || self.live_out.contains(&value)
    }

    /// Whether the value is as cheap to make as to copy.
    fn is_leaf(&self, value: Value) -> bool {
        liveness::is_leaf(self.function, value)
    }
}

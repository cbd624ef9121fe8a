//! A model of what lies on the EVM stack.

use crate::ir::Value;

/// Words that `DUP` and `SWAP` can reach.
pub(crate) const REACH: usize = 16;

/// Why an attempt to generate a function failed.
#[derive(Debug)]
pub(crate) enum Stuck {
    /// Something lies too deep; one of these values should be moved to memory.
    TooDeep(Vec<Value>),
    /// A broken invariant.
    Bug(String),
}

impl Stuck {
    pub(crate) fn bug(reason: impl Into<String>) -> Self {
        Self::Bug(reason.into())
    }
}

/// A word of the stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Entry {
    /// A value that stays until nobody needs it.
    Value(Value),
    /// An operand of the operation under way; the value it is a copy of, if any.
    Operand(Option<Value>),
}

/// The stack of the current function, its bottom first.
#[derive(Clone, Debug, Default)]
pub(crate) struct Stack {
    pub(crate) entries: Vec<Entry>,
}

impl Stack {
    pub(crate) fn push(&mut self, entry: Entry) {
        self.entries.push(entry);
    }

    pub(crate) fn pop(&mut self) -> Result<Entry, Stuck> {
        self.entries.pop().ok_or_else(|| Stuck::bug("the stack model is empty"))
    }

    pub(crate) const fn len(&self) -> usize {
        self.entries.len()
    }

    pub(crate) fn top(&self) -> Option<Entry> {
        self.entries.last().copied()
    }

    /// Depth of a value, 0 for the top, nearest copy first.
    pub(crate) fn find(&self, value: Value) -> Option<usize> {
        self.entries.iter().rev().position(|entry| match *entry {
            Entry::Value(known) | Entry::Operand(Some(known)) => known == value,
            Entry::Operand(None) => false,
        })
    }

    /// Exchanges the top with the word `depth` below it.
    pub(crate) fn swap(&mut self, depth: usize) {
        let top = self.entries.len() - 1;
        self.entries.swap(top, top - depth);
    }

    /// Values that lie on the stack: those that could be moved to memory.
    pub(crate) fn values(&self) -> Vec<Value> {
        let values = self.entries.iter().filter_map(|entry| match *entry {
            Entry::Value(value) => Some(value),
            Entry::Operand(_) => None,
        });
        values.collect()
    }
}

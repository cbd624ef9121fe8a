//! Brings the stack into a given order.

use super::{
    Generator,
    stack::{Entry, Stuck},
};
use crate::ir::Value;

/// Whether words may stay below those that are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bottom {
    /// The stack must be exactly as wanted.
    Closed,
    /// Nobody will ever look below: the way does not lead back to a return.
    Open,
}

impl Generator<'_> {
    /// Makes the stack of the function equal to `target`, its bottom first: the whole stack, or its
    /// top if the bottom is open. Values that are not on the stack are leaves or live in memory.
    ///
    /// Every step removes a word too many, adds one that is missing or puts one in its place.
    pub(super) fn shuffle(&mut self, target: &[Value], bottom: Bottom) -> Result<(), Stuck> {
        let base = match bottom {
            Bottom::Closed => 0,
            Bottom::Open => self.cheapest_base(target),
        };
        // Far more than any shuffle needs: a cycle would be a bug.
        let limit = 8 * (target.len() + self.stack.len()) + 64;
        for _ in 0..limit {
            if self.shuffle_step(target, base)? {
                self.stack.entries.drain(..base);
                return Ok(());
            }
        }
        Err(Stuck::bug("a shuffle does not end"))
    }

    /// How many words to leave below the target so that most of it is in place.
    fn cheapest_base(&self, target: &[Value]) -> usize {
        let here = &self.stack.entries;
        let cost = |base: usize| {
            let right = target.iter().enumerate().filter(|&(at, &wanted)| {
                here.get(base + at).is_some_and(|&entry| named(entry) == Some(wanted))
            });
            let surplus = here.len().saturating_sub(base + target.len());
            2 * (target.len() - right.count()) + surplus
        };
        (0..=here.len()).rev().min_by_key(|&base| cost(base)).unwrap_or_default()
    }

    /// One step; says whether the order is reached.
    fn shuffle_step(&mut self, target: &[Value], base: usize) -> Result<bool, Stuck> {
        let here: Vec<_> = self.stack.entries[base..].iter().copied().map(named).collect();
        let height = here.len();
        let count = |list: &[Value], value: Value| list.iter().filter(|&&v| v == value).count();
        let right = |at: usize| target.get(at).is_some_and(|&wanted| here[at] == Some(wanted));
        let surplus = |value: Option<Value>| {
            value.is_none_or(|value| {
                here.iter().filter(|&&v| v == Some(value)).count() > count(target, value)
            })
        };
        if let Some(&top) = here.last() {
            let at = height - 1;
            if surplus(top) && !right(at) {
                self.emit_pop()?;
                return Ok(false);
            }
            if !right(at) {
                // The top goes where it belongs, the deepest such place first.
                let fits = |&p: &usize| top.is_some() && target.get(p) == top.as_ref() && !right(p);
                if let Some(place) = (0..at).find(fits) {
                    self.emit_swap(at - place)?;
                    return Ok(false);
                }
            }
        }
        let missing = |value: Value| {
            here.iter().filter(|&&v| v == Some(value)).count() < count(target, value)
        };
        let next = target.get(height).copied().filter(|&value| missing(value));
        let wanted = next.or_else(|| target.iter().copied().find(|&value| missing(value)));
        if let Some(value) = wanted {
            self.push_copy(value, Entry::Value(value))?;
            return Ok(false);
        }
        match (0..height).rev().find(|&at| !right(at)) {
            Some(at) if at + 1 < height => self.emit_swap(height - 1 - at).map(|()| false),
            Some(_) => Err(Stuck::bug("the top of a shuffle has no place")),
            None => Ok(height == target.len()),
        }
    }
}

const fn named(entry: Entry) -> Option<Value> {
    match entry {
        Entry::Value(value) => Some(value),
        Entry::Operand(value) => value,
    }
}

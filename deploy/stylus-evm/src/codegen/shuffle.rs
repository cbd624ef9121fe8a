//! Brings the stack into a given order.

use super::{
    Generator,
    stack::{Entry, Stuck},
};
use crate::ir::Value;

impl Generator<'_> {
    /// Makes the whole stack of the function equal to `target`, its bottom first. Values that are
    /// not on the stack are leaves or live in memory.
    ///
    /// Every step removes a word too many, adds one that is missing or puts one in its place.
    pub(super) fn shuffle(&mut self, target: &[Value]) -> Result<(), Stuck> {
        // Far more than any shuffle needs: a cycle would be a bug.
        let limit = 8 * (target.len() + self.stack.len()) + 64;
        for _ in 0..limit {
            if self.shuffle_step(target)? {
                return Ok(());
            }
        }
        Err(Stuck::bug("a shuffle does not end"))
    }

    /// One step; says whether the order is reached.
    fn shuffle_step(&mut self, target: &[Value]) -> Result<bool, Stuck> {
        let here: Vec<_> = self.stack.entries.iter().copied().map(named).collect();
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
                let place =
                    (0..at).find(|&p| top.is_some() && target.get(p) == top.as_ref() && !right(p));
                if let Some(place) = place {
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

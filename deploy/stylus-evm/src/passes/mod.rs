//! Passes over functions and programs, one purpose and one file each.

pub(crate) mod branches;
pub(crate) mod byte_order;
pub(crate) mod dead;
pub(crate) mod demand;
pub(crate) mod expand;
pub(crate) mod inline;
pub(crate) mod interprocedural;
pub(crate) mod masks;
pub(crate) mod merge;
pub(crate) mod number;
pub(crate) mod params;
pub(crate) mod ranges;
pub(crate) mod results;
pub(crate) mod shadow_stack;
pub(crate) mod split;
pub(crate) mod tail;
pub(crate) mod widen;

use crate::ir::{Function, Value};

/// Values that stand for others; chains are followed.
#[derive(Debug, Default)]
pub(crate) struct Renames {
    to: std::collections::HashMap<Value, Value>,
}

impl Renames {
    pub(crate) fn is_empty(&self) -> bool {
        self.to.is_empty()
    }

    pub(crate) fn insert(&mut self, from: Value, to: Value) {
        self.to.insert(from, to);
    }

    /// What a value is called now.
    pub(crate) fn get(&self, mut value: Value) -> Value {
        while let Some(&next) = self.to.get(&value) {
            value = next;
        }
        value
    }

    /// Renames all uses in a function.
    pub(crate) fn apply(&self, function: &mut Function) {
        if self.is_empty() {
            return;
        }
        for definition in &mut function.values {
            for arg in &mut definition.args {
                *arg = self.get(*arg);
            }
        }
        for block in &mut function.blocks {
            block.end.for_each_value_mut(|value| *value = self.get(*value));
        }
    }
}

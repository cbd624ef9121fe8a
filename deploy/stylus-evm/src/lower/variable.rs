//! Variables: locals are names for values, globals are static words of memory.

use std::collections::{BTreeMap, BTreeSet};

use wasmparser::Operator;

use super::Lowering;
use crate::{error::Error, ir::Value};

impl Lowering<'_> {
    fn local(&mut self, index: u32) -> Result<&mut Value, Error> {
        self.locals.get_mut(index as usize).ok_or_else(|| Error::internal("no such local"))
    }

    /// `[] → [local]`.
    pub(super) fn local_get(&mut self, index: u32) -> Result<(), Error> {
        let value = *self.local(index)?;
        self.push(value);
        Ok(())
    }

    /// `[a] → []`.
    pub(super) fn local_set(&mut self, index: u32) -> Result<(), Error> {
        *self.local(index)? = self.pop()?;
        Ok(())
    }

    /// `[a] → [a]`.
    pub(super) fn local_tee(&mut self, index: u32) -> Result<(), Error> {
        self.local_set(index)?;
        self.local_get(index)
    }

    /// `[] → [global]`; one that cannot change is a constant.
    pub(super) fn global_get(&mut self, index: u32) -> Result<(), Error> {
        let global = self.context.module.globals[index as usize];
        let value = if global.mutable {
            let slot = self.global_slot(index);
            self.b.slot_load(slot)
        } else {
            self.b.int(global.initial)
        };
        self.push(value);
        Ok(())
    }

    /// `[⌊a⌋] → []`.
    pub(super) fn global_set(&mut self, index: u32) -> Result<(), Error> {
        let value = self.pop()?;
        let ty = self.context.module.globals[index as usize].ty;
        let value = self.clean(super::Width::of(ty), value);
        let slot = self.global_slot(index);
        self.b.slot_store(slot, value);
        Ok(())
    }
}

/// Finds the locals that are assigned in each loop, by position of the loop operator.
pub(super) fn assigned_in_loops(operators: &[(Operator<'_>, u64)]) -> BTreeMap<usize, Vec<u32>> {
    let mut done = BTreeMap::new();
    let mut open: Vec<(Option<usize>, BTreeSet<u32>)> = Vec::new();
    for (number, (operator, _)) in operators.iter().enumerate() {
        match operator {
            Operator::Block { .. } | Operator::If { .. } => open.push((None, BTreeSet::new())),
            Operator::Loop { .. } => open.push((Some(number), BTreeSet::new())),
            Operator::LocalSet { local_index } | Operator::LocalTee { local_index } => {
                if let Some((_, assigned)) = open.last_mut() {
                    assigned.insert(*local_index);
                }
            }
            Operator::End => {
                let Some((number, assigned)) = open.pop() else { continue };
                if let Some((_, outer)) = open.last_mut() {
                    outer.extend(&assigned);
                }
                if let Some(number) = number {
                    done.insert(number, assigned.into_iter().collect());
                }
            }
            _ => {}
        }
    }
    done
}

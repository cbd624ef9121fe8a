//! Masks a value once, where it is made, if several blocks would each mask it again.

use std::collections::HashMap;

use alloy_primitives::U256;

use super::demand;
use crate::{
    evm::opcode::Opcode,
    ir::{BlockId, Function, Op, Value},
};

/// Masks of one value from which on one mask is better.
const SEVERAL: usize = 2;

/// Runs the pass; says whether anything changed.
pub(crate) fn run(function: &mut Function) -> bool {
    let mut masks: HashMap<(Value, U256), Vec<BlockId>> = HashMap::new();
    for id in function.block_ids() {
        for &op in &function.block(id).ops {
            if let Some(key) = masked(function, op) {
                masks.entry(key).or_default().push(id);
            }
        }
    }
    let demands = demand::demands(function);
    let mut wanted: Vec<_> = masks
        .into_iter()
        .filter(|((value, mask), blocks)| {
            blocks.len() >= SEVERAL && demands[value.0 as usize] & !*mask == U256::ZERO
        })
        .map(|(key, _)| key)
        .collect();
    wanted.sort_unstable();
    for &(value, mask) in &wanted {
        mask_at_birth(function, value, mask);
    }
    !wanted.is_empty()
}

/// The value that an operation masks, and the mask, if it is the low bits.
fn masked(function: &Function, op: Value) -> Option<(Value, U256)> {
    let definition = function.def(op);
    if definition.op != Op::Evm(Opcode::AND) {
        return None;
    }
    let &[a, b] = &definition.args[..] else { return None };
    [(a, b), (b, a)].into_iter().find_map(|(mask, value)| {
        let mask = function.constant(mask)?;
        let low_ones = mask & mask.wrapping_add(U256::ONE) == U256::ZERO;
        (low_ones && function.constant(value).is_none()).then_some((value, mask))
    })
}

/// Puts the mask behind the definition, and the masked value wherever the value was used.
fn mask_at_birth(function: &mut Function, value: Value, mask: U256) {
    let place = function.block_ids().find_map(|id| {
        let block = function.block(id);
        if block.params.contains(&value) {
            return Some((id, 0));
        }
        let position = block
            .ops
            .iter()
            .position(|&op| op == value || function.def(op).results.contains(&value))?;
        Some((id, position + 1))
    });
    let Some((id, position)) = place else { return };
    let mut renames = super::Renames::default();
    let source = function.def(value).source;
    let masked = function.add(Op::Evm(Opcode::AND), Vec::new(), source);
    renames.insert(value, masked);
    renames.apply(function);
    let mask = function.word(mask);
    function.def_mut(masked).args = vec![mask, value];
    function.block_mut(id).ops.insert(position, masked);
}

//! Decides whether something belongs to a set of which only the Merkle root is known, as
//! OpenZeppelin's `MerkleProof` and the trees of its `StandardMerkleTree` do.
//!
//! A leaf is hashed twice and a node once, over exactly two words: no node can be passed off as a
//! leaf. Siblings are hashed in ascending order, so that a proof needs no directions.

use alloy_primitives::B256;
use stylus_sdk::host::VM;

use crate::{Uint, host, output, word};

/// Takes what the output holds after the first `from` bytes, the ABI encoding of an element, and
/// returns its leaf.
#[must_use]
#[inline(never)]
pub fn leaf(vm: &VM, from: usize) -> B256 {
    let hash = host::hash_output(vm, from);
    host::hash(vm, hash.as_slice())
}

/// Returns whether the leaf and its proof, the siblings from the leaf up, lead to the root.
#[must_use]
#[inline(never)]
pub fn verify(vm: &VM, root: &B256, leaf: &B256, proof: &[B256]) -> bool {
    let mut node = *leaf;
    for sibling in proof {
        let ascends = Uint::from_word(&node) < Uint::from_word(sibling);
        let (first, second) = if ascends { (&node, sibling) } else { (sibling, &node) };
        let start = output::len();
        output::push(first);
        output::push(second);
        node = host::hash_output(vm, start);
    }
    word::same(&node, root)
}

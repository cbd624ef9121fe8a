//! Decides how the tests' Merkle trees are built: with the leaves and nodes of OpenZeppelin's
//! `StandardMerkleTree`, in the order in which the elements come.

use alloy_primitives::{B256, keccak256};
use alloy_sol_types::SolValue;

/// A tree with a leaf for each element.
#[derive(Clone, Debug)]
pub struct Tree {
    /// The rows from the leaves to the root.
    rows: Vec<Vec<B256>>,
}

/// Returns the leaf of an element, given its encoded words.
#[must_use]
pub fn leaf(element: &[u8]) -> B256 {
    keccak256(keccak256(element))
}

/// Returns the node above two others.
#[must_use]
pub fn node(left: B256, right: B256) -> B256 {
    let (first, second) = if left < right { (left, right) } else { (right, left) };
    keccak256((first, second).abi_encode())
}

impl Tree {
    /// The tree of the leaves in their order: an odd one goes up as it is.
    ///
    /// # Panics
    ///
    /// Panics without leaves.
    #[must_use]
    pub fn new(leaves: Vec<B256>) -> Self {
        assert!(!leaves.is_empty(), "a tree without leaves");
        let mut rows = vec![leaves];
        while rows[rows.len().wrapping_sub(1)].len() > 1 {
            let up = |pair: &[B256]| pair.get(1).map_or(pair[0], |right| node(pair[0], *right));
            let row = rows[rows.len().wrapping_sub(1)].chunks(2).map(up).collect();
            rows.push(row);
        }
        Self { rows }
    }

    /// Returns the root.
    #[must_use]
    pub fn root(&self) -> B256 {
        self.rows[self.rows.len().wrapping_sub(1)][0]
    }

    /// Returns the proof of the leaf with an index: the siblings from it up.
    #[must_use]
    pub fn proof(&self, index: usize) -> Vec<B256> {
        let rows = self.rows.iter().enumerate();
        rows.filter_map(|(height, row)| row.get((index >> height) ^ 1)).copied().collect()
    }
}

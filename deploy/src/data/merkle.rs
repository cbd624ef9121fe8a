//! Decides how a set is put under one hash: OpenZeppelin's `StandardMerkleTree`, leaf by leaf.
//!
//! A leaf is hashed twice, a node once over its two children in ascending order; leaves are sorted. The
//! tree is one list, the root first, the children of node `i` at `2i + 1` and `2i + 2`, the leaves at
//! the end in reverse. Building hashes each node once.

use std::collections::HashMap;

use alloy::primitives::{Address, B256, Keccak256, U256, keccak256};

/// Returns the leaf of a record.
#[must_use]
pub fn record_leaf(record: B256) -> B256 {
    keccak256(keccak256(record))
}

/// Returns the leaf of a contributor and its shares.
#[must_use]
pub fn share_leaf(account: Address, shares: U256) -> B256 {
    let mut hasher = Keccak256::new();
    hasher.update(account.into_word());
    hasher.update(shares.to_be_bytes::<32>());
    keccak256(hasher.finalize())
}

/// A set under one hash.
#[derive(Clone, Debug)]
pub struct Tree {
    /// All nodes, the root first.
    nodes: Vec<B256>,
    /// Where each leaf is.
    places: HashMap<B256, usize>,
}

impl Tree {
    /// Builds the tree of some leaves; none for no leaf, and for one that is there twice.
    #[must_use]
    pub fn of(mut leaves: Vec<B256>) -> Option<Self> {
        leaves.sort_unstable();
        let count = leaves.len();
        if count == 0 || leaves.windows(2).any(|pair| pair[0] == pair[1]) {
            return None;
        }
        let mut nodes = vec![B256::ZERO; 2 * count - 1];
        let mut places = HashMap::with_capacity(count);
        for (index, leaf) in leaves.into_iter().enumerate() {
            let place = 2 * count - 2 - index;
            nodes[place] = leaf;
            places.insert(leaf, place);
        }
        for place in (0..count - 1).rev() {
            nodes[place] = parent(nodes[2 * place + 1], nodes[2 * place + 2]);
        }
        Some(Self { nodes, places })
    }

    /// Returns the one hash.
    #[must_use]
    pub fn root(&self) -> B256 {
        self.nodes[0]
    }

    /// Returns the siblings of a leaf, from the leaf up, if it is there.
    #[must_use]
    pub fn proof(&self, leaf: B256) -> Option<Vec<B256>> {
        let mut place = *self.places.get(&leaf)?;
        let mut proof = Vec::new();
        while place > 0 {
            // Left children have odd places.
            let sibling = if place % 2 == 1 { place + 1 } else { place - 1 };
            proof.push(self.nodes[sibling]);
            place = (place - 1) / 2;
        }
        Some(proof)
    }
}

/// Returns whether a leaf and its proof lead to a root.
#[must_use]
pub fn verify(root: B256, leaf: B256, proof: &[B256]) -> bool {
    proof.iter().fold(leaf, |node, sibling| parent(node, *sibling)) == root
}

fn parent(left: B256, right: B256) -> B256 {
    let mut hasher = Keccak256::new();
    hasher.update(left.min(right));
    hasher.update(left.max(right));
    hasher.finalize()
}

#[cfg(test)]
mod tests {
    use alloy::primitives::{address, b256};

    use super::*;

    fn leaf(number: u64) -> B256 {
        record_leaf(keccak256(number.to_be_bytes()))
    }

    #[test]
    fn every_leaf_is_proven_and_nothing_else() {
        for count in 1..40 {
            let tree = Tree::of((0..count).map(leaf).collect()).unwrap();
            for number in 0..count {
                let proof = tree.proof(leaf(number)).unwrap();
                assert!(verify(tree.root(), leaf(number), &proof));
                assert!(!verify(tree.root(), leaf(count), &proof));
                assert!(!verify(tree.root(), leaf(number), &[proof, vec![B256::ZERO]].concat()));
            }
            assert_eq!(tree.proof(leaf(count)), None);
            assert_eq!(tree.proof(tree.root()).is_some(), count == 1);
        }
    }

    #[test]
    fn the_order_of_the_leaves_is_nothing_and_repetition_is_refused() {
        let leaves: Vec<_> = (0..9).map(leaf).collect();
        let root = Tree::of(leaves.clone()).unwrap().root();
        assert_eq!(Tree::of(leaves.iter().rev().copied().collect()).unwrap().root(), root);
        assert!(Tree::of(Vec::new()).is_none());
        assert!(Tree::of([&leaves[..], &leaves[3..4]].concat()).is_none());
    }

    #[test]
    fn a_share_is_that_of_open_zeppelins_example() {
        // The first value and the root of the example in the documentation of
        // `@openzeppelin/merkle-tree`: two accounts with 5 and 2.5 ether.
        let ether = U256::from(10).pow(U256::from(18));
        let leaves = vec![
            share_leaf(address!("1111111111111111111111111111111111111111"), ether * U256::from(5)),
            share_leaf(
                address!("2222222222222222222222222222222222222222"),
                ether * U256::from(5) / U256::from(2),
            ),
        ];
        assert_eq!(
            Tree::of(leaves).unwrap().root(),
            b256!("d4dee0beab2d53f2cc83e567171bd2820e49898130a22622b10ead383e90bd77")
        );
    }
}

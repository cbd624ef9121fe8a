//! Elements are proved to belong to a tree as OpenZeppelin's `StandardMerkleTree` builds it.

use alloy_primitives::{Address, B256, U256, address, b256, keccak256};
use alloy_sol_types::SolValue;
use proptest::prelude::*;

use crate::mirror::{CALLER, IMirror, MIRROR, chain};

fn leaf(who: Address, amount: u64) -> B256 {
    keccak256(keccak256((who, U256::from(amount)).abi_encode()))
}

fn node(left: B256, right: B256) -> B256 {
    let (first, second) = if left < right { (left, right) } else { (right, left) };
    keccak256((first, second).abi_encode())
}

/// The root of the leaves in their order, and the proof of each: an odd one goes up as it is.
fn tree(leaves: &[B256]) -> (B256, Vec<Vec<B256>>) {
    let mut proofs = vec![Vec::new(); leaves.len()];
    let mut places: Vec<usize> = (0..leaves.len()).collect();
    let mut row = leaves.to_vec();
    while row.len() > 1 {
        for (place, proof) in places.iter_mut().zip(&mut proofs) {
            proof.extend(row.get(*place ^ 1));
            *place /= 2;
        }
        let up = |pair: &[B256]| pair.get(1).map_or(pair[0], |right| node(pair[0], *right));
        row = row.chunks(2).map(up).collect();
    }
    (row[0], proofs)
}

fn proves(root: B256, who: Address, amount: u64, proof: &[B256]) -> bool {
    let proof = proof.to_vec();
    let call = IMirror::provesCall { root, who, amount: U256::from(amount), proof };
    chain().send(CALLER, MIRROR, &call).unwrap()
}

#[test]
fn the_example_of_open_zeppelin_is_proved() {
    // The tree of the two entries in the README of @openzeppelin/merkle-tree.
    let first = (address!("1111111111111111111111111111111111111111"), 5_000_000_000_000_000_000);
    let second = (address!("2222222222222222222222222222222222222222"), 2_500_000_000_000_000_000);
    let root = b256!("d4dee0beab2d53f2cc83e567171bd2820e49898130a22622b10ead383e90bd77");
    assert!(proves(root, first.0, first.1, &[leaf(second.0, second.1)]));
    assert!(proves(root, second.0, second.1, &[leaf(first.0, first.1)]));
    assert!(!proves(root, second.0, first.1, &[leaf(first.0, first.1)]));
}

#[test]
fn a_node_is_no_leaf() {
    let leaves = [leaf(CALLER, 1), leaf(CALLER, 2), leaf(CALLER, 3), leaf(CALLER, 4)];
    let (root, _) = tree(&leaves);
    let left = node(leaves[0], leaves[1]);
    // The two words of a node, given as an element whose hash would be the node.
    let (first, second) =
        if leaves[0] < leaves[1] { (leaves[0], leaves[1]) } else { (leaves[1], leaves[0]) };
    assert_eq!(keccak256((first, second).abi_encode()), left);
    let right = node(leaves[2], leaves[3]);
    assert_ne!(keccak256(keccak256((first, second).abi_encode())), left);
    // A proof that is a level short, and one that is a level too long.
    assert!(!proves(root, CALLER, 1, &[right]));
    assert!(!proves(root, CALLER, 1, &[leaves[1], right, root]));
    assert!(!proves(root, CALLER, 1, &[]));
    assert!(proves(leaves[0], CALLER, 1, &[]));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn each_element_is_proved_and_nothing_else(count in 1_usize..40, amount in 0_u64..1_000, bit in 0_usize..256) {
        let leaves: Vec<B256> = (0..count as u64).map(|n| leaf(CALLER, amount + n)).collect();
        let (root, proofs) = tree(&leaves);
        for (n, proof) in proofs.iter().enumerate() {
            let amount = amount + n as u64;
            prop_assert!(proves(root, CALLER, amount, proof));
            prop_assert!(!proves(root, MIRROR, amount, proof));
            prop_assert!(!proves(root, CALLER, amount + 1, proof));
            let mut bent = proof.clone();
            if let Some(word) = bent.first_mut() {
                word.0[bit / 8] ^= 1 << (bit % 8);
                prop_assert!(!proves(root, CALLER, amount, &bent));
            }
        }
    }
}

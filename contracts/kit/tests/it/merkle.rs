//! Elements are proved to belong to a tree as OpenZeppelin's `StandardMerkleTree` builds it.

use alloy_primitives::{Address, B256, U256, address, b256, keccak256};
use alloy_sol_types::SolValue;
use datacoop_kit::testing::tree::{self, Tree, node};
use proptest::prelude::*;

use crate::mirror::{CALLER, IMirror, MIRROR, chain};

fn leaf(who: Address, amount: u64) -> B256 {
    tree::leaf(&(who, U256::from(amount)).abi_encode())
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
    let root = Tree::new(leaves.to_vec()).root();
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
        let tree = Tree::new(leaves);
        let root = tree.root();
        for n in 0..count {
            let proof = &tree.proof(n);
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

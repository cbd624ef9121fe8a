//! Sequences lie in storage where Solidity puts a dynamic array.

use alloy_primitives::{Address, B256, U256, keccak256};
use alloy_sol_types::SolValue;

use crate::mirror::{CALLER, IMirror, MIRROR, chain};

fn keep(value: u64) -> IMirror::keepCall {
    IMirror::keepCall { key: CALLER, value: U256::from(value) }
}

#[test]
fn values_lie_in_a_row_from_the_hash_of_the_slot() {
    let chain = chain();
    for value in [11, 12, 13] {
        chain.send(CALLER, MIRROR, &keep(value)).unwrap();
    }
    let read = |key: U256| U256::from_be_bytes(chain.storage(MIRROR, key.into()).0);
    let by_key = keccak256((CALLER, U256::from(1)).abi_encode());
    for root in [U256::ZERO, by_key.into()] {
        assert_eq!(read(root), U256::from(3));
        let first = U256::from_be_bytes(keccak256(B256::from(root)).0);
        for (index, value) in [(0, 11), (1, 12), (2, 13), (3, 0)] {
            assert_eq!(read(first + U256::from(index)), U256::from(value));
        }
    }
}

#[test]
fn the_last_value_is_removed_and_its_slot_cleared() {
    let chain = chain();
    let drop = IMirror::dropCall { key: CALLER };
    chain.send(CALLER, MIRROR, &keep(1)).unwrap();
    chain.send(CALLER, MIRROR, &keep(2)).unwrap();
    chain.send(CALLER, MIRROR, &drop).unwrap();
    let at = |key: Address, index| {
        let call = IMirror::keptCall { key, index: U256::from(index) };
        let kept = chain.send(CALLER, MIRROR, &call).unwrap();
        (kept._0, kept._1)
    };
    assert_eq!(at(CALLER, 0), (U256::from(1), U256::from(1)));
    assert_eq!(at(CALLER, 1), (U256::ZERO, U256::from(1)));
    // Removing from nothing changes nothing.
    chain.send(CALLER, MIRROR, &drop).unwrap();
    chain.send(CALLER, MIRROR, &drop).unwrap();
    assert_eq!(at(CALLER, 0), (U256::ZERO, U256::ZERO));
}

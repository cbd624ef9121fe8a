//! The edges of the ABI: malformed batches, the interface, and the storage layout.

use alloy_primitives::U256;
use alloy_sol_types::SolCall;
use data_coop_rewards::{
    IDataCoopRewards::{
        IDataCoopRewardsCalls, areRecordedCall, rarityMultiplierCall, recordBatchCall,
    },
    offices::OfficesStorage,
    parameters::ParametersStorage,
    records::RecordsStorage,
};
use datacoop_kit::{pausable::PausableStorage, testing};

use crate::support::{Coop, MALLORY, ORACLE, REWARDS, entry, proof};

/// Sends raw calldata, which is refused without a word.
#[track_caller]
fn refused(coop: &Coop, calldata: &[u8]) {
    assert_eq!(coop.chain.call(ORACLE, REWARDS, calldata), Err(Vec::new()));
    assert_eq!(coop.chain.take_logs(), []);
}

#[test]
fn a_malformed_batch_is_refused_without_a_word_in_both_modes() {
    let coop = Coop::new();
    for strict in [true, false] {
        let good = recordBatchCall { entries: vec![entry(1, 1), entry(2, 2)], strict }.abi_encode();
        for len in 4..good.len() {
            refused(&coop, &good[..len]);
        }
        let word = |index: usize| 4 + index * 32;
        // Offset, flag and length, then for each entry member, quality and class.
        let mut dirty = vec![word(0), word(1), word(2)];
        for at in [word(3), word(7)] {
            dirty.extend([at, at + 11, at + 64, at + 64 + 23, at + 96, at + 96 + 30]);
        }
        for at in dirty {
            let mut calldata = good.clone();
            calldata[at] = 1;
            refused(&coop, &calldata);
        }
        let mut two = good.clone();
        two[word(1) + 31] = 2;
        refused(&coop, &two);
        let mut huge = good.clone();
        huge[word(2) + 24..word(3)].fill(0xff);
        refused(&coop, &huge);
    }
}

#[test]
fn an_array_may_lie_anywhere_after_the_heads() {
    let coop = Coop::new();
    let good = recordBatchCall { entries: vec![entry(1, 1)], strict: true }.abi_encode();
    let mut moved = good[..4 + 64].to_vec();
    moved.extend([0xee; 7]);
    moved.extend(&good[4 + 64..]);
    moved[4 + 31] += 7;
    let output = coop.chain.call(ORACLE, REWARDS, &moved).expect("it is read");
    assert_eq!(U256::from_be_slice(&output), U256::ONE);
}

#[test]
fn every_function_is_routed() {
    // The compiler holds this too; here it is seen to run. Arrays need a clean head, and a class
    // or an address of zero is refused with a typed error.
    let coop = Coop::new();
    for selector in IDataCoopRewardsCalls::SELECTORS {
        let calldata = match *selector {
            recordBatchCall::SELECTOR => {
                recordBatchCall { entries: Vec::new(), strict: true }.abi_encode()
            }
            areRecordedCall::SELECTOR => areRecordedCall { proofs: vec![proof(1)] }.abi_encode(),
            _ => [selector.as_slice(), &[0; 7 * 32]].concat(),
        };
        assert_ne!(
            coop.chain.call(MALLORY, REWARDS, &calldata),
            Err(Vec::new()),
            "{selector:02x?}"
        );
    }
    refused(&coop, &[0xff; 4]);
    refused(&coop, &rarityMultiplierCall { dataClass: 1 }.abi_encode()[..4]);
}

#[test]
fn the_storage_layout_is_that_of_the_snapshot() {
    let layout = testing::describe_layout(&[
        ("Offices", OfficesStorage::FIELDS),
        ("Pausable", PausableStorage::FIELDS),
        ("Parameters", ParametersStorage::FIELDS),
        ("Records", RecordsStorage::FIELDS),
        ("Tokens", &[("data", "Slot<Account>")]),
    ]);
    testing::snapshot(concat!(env!("CARGO_MANIFEST_DIR"), "/layout.txt"), &layout);
}

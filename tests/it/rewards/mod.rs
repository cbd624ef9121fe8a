//! DataCoopRewards on a real Anvil: every path, with its exact error and its events.

mod batch;
mod governance;
mod single;

use alloy::primitives::{Address, B256, U256};
use datacoop_deploy::bindings::IDataCoopRewards::Entry;

/// One, in the contracts' fixed point of 18 decimals.
const ONE: u64 = 1_000_000_000_000_000_000;

/// The data classes, as in `IDataCoopRewards.Entry`.
const GENOMIC: u8 = 0;
const CLINICAL: u8 = 1;

/// A proof that stands for the `number`th record.
fn proof(number: u64) -> B256 {
    B256::from(U256::from(number + 1))
}

/// A faultless clinical entry.
const fn entry(member: Address, proof: B256) -> Entry {
    Entry { member, proof, quality: ONE / 2, dataClass: CLINICAL }
}

//! Decides how many contributions go into one transaction, and with how much gas.

use crate::{
    Error,
    bindings::IDataCoopRewards::{Entry, recordBatchCall},
    chain::{Outgoing, Sender},
};
use alloy::primitives::Address;

/// How many contributions are tried out to learn what one costs.
const SAMPLE: usize = 8;

/// The most contributions of one transaction: their calldata stays below the sizes that nodes
/// take (128 KiB), and the contract's memory small.
const MOST: usize = 200;

/// The most gas of one transaction (EIP-7825), which newer chains enforce.
const TRANSACTION_GAS_LIMIT: u64 = 1 << 24;

/// Gas that a transaction is given beyond twice its contributions' estimate.
const SPARE_GAS: u64 = 300_000;

/// How contributions are put into transactions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Plan {
    /// Contributions in one transaction, at most.
    pub(super) entries: usize,
    /// Gas for one contribution, by the node's estimate of a few.
    gas_per_entry: u64,
    /// The most gas that a transaction may be given.
    gas_limit: u64,
}

impl Plan {
    /// Makes a plan by letting the node estimate the first contributions.
    pub(super) async fn of(
        sender: &Sender,
        rewards: Address,
        entries: &[&Entry],
        strict: bool,
        wanted: Option<usize>,
    ) -> Result<Self, Error> {
        let sample = &entries[..entries.len().min(SAMPLE)];
        let gas = sender.estimate(&call(rewards, sample, strict)).await?;
        Ok(Self::new(gas, sample.len(), sender.chain().block_gas_limit(), wanted))
    }

    fn new(sample_gas: u64, sample: usize, block_gas: u64, wanted: Option<usize>) -> Self {
        let gas_per_entry = (sample_gas / (sample.max(1) as u64)).max(1);
        let gas_limit = block_gas.min(TRANSACTION_GAS_LIMIT);
        let affordable = gas_limit.saturating_sub(SPARE_GAS) / (2 * gas_per_entry);
        let affordable = usize::try_from(affordable).unwrap_or(usize::MAX).max(1);
        Self {
            entries: wanted.unwrap_or(MOST).clamp(1, MOST).min(affordable),
            gas_per_entry,
            gas_limit,
        }
    }

    /// Returns the gas limit of a transaction with `entries` contributions.
    pub(super) fn gas(&self, entries: usize) -> u64 {
        (SPARE_GAS + 2 * self.gas_per_entry * entries as u64).min(self.gas_limit)
    }
}

/// Makes the transaction that records `entries`.
pub(super) fn call(rewards: Address, entries: &[&Entry], strict: bool) -> Outgoing {
    let entries = entries.iter().map(|entry| (*entry).clone()).collect();
    Outgoing::call(rewards, &recordBatchCall { entries, strict })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_transaction_has_as_many_contributions_as_its_gas_allows() {
        let plan = Plan::new(800_000, 8, 30_000_000, None);
        assert_eq!(plan.entries, 82);
        assert_eq!(plan.gas(82), 300_000 + 200_000 * 82);
        assert!(plan.gas(82) <= TRANSACTION_GAS_LIMIT);
    }

    #[test]
    fn a_transaction_has_no_more_contributions_than_wanted() {
        assert_eq!(Plan::new(8_000, 8, 30_000_000, Some(50)).entries, 50);
        assert_eq!(Plan::new(8_000, 8, 30_000_000, Some(5_000)).entries, MOST);
        assert_eq!(Plan::new(8_000, 8, 30_000_000, Some(0)).entries, 1);
    }

    #[test]
    fn there_is_always_one_contribution() {
        let plan = Plan::new(30_000_000, 1, 20_000_000, None);
        assert_eq!((plan.entries, plan.gas(1)), (1, TRANSACTION_GAS_LIMIT));
    }
}

//! Decides how many contributions go into one transaction, and with how much gas.
//!
//! A node's estimate takes some twenty runs of the transaction, so that only a few contributions
//! are estimated. They may be cheap ones, which the contract leaves out: no contribution is taken
//! to cost less than a new member's first one does.

use alloy::{
    primitives::{Address, U256},
    sol_types::SolError,
};

use crate::{
    Error,
    bindings::IDataCoopRewards::{Entry, RewardsBatchEntryFailed, recordBatchCall},
    chain::{Outgoing, Sender},
    decode_error,
};

/// How many contributions are estimated.
const SAMPLE: usize = 8;

/// The most contributions of one transaction: their calldata stays below the sizes that nodes
/// take (128 KiB), and the contract's memory small.
const MOST_ENTRIES: usize = 200;

/// The gas that each contribution is given at least. A new member's first contribution was
/// measured at 264,000 gas, with the translated contracts on Anvil.
const ENTRY_GAS: u64 = 330_000;

/// The gas that a transaction is given beside that of its contributions.
const SPARE_GAS: u64 = 300_000;

/// The most gas of one transaction (EIP-7825), which newer chains enforce.
const TRANSACTION_GAS_LIMIT: u64 = 1 << 24;

/// A contribution with its place in the batch that was given.
pub(super) type Placed<'a> = (usize, &'a Entry);

/// How contributions are put into transactions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Plan {
    /// Contributions in one transaction, at most.
    pub(super) entries: usize,
    entry_gas: u64,
    gas_limit: u64,
}

impl Plan {
    /// Makes a plan by letting the node estimate the first contributions.
    pub(super) async fn of(
        sender: &Sender,
        rewards: Address,
        entries: &[Placed<'_>],
        strict: bool,
        wanted: Option<usize>,
    ) -> Result<Self, Error> {
        let sample = &entries[..entries.len().min(SAMPLE)];
        let call = call(sample, strict);
        let gas = sender
            .estimate(&Outgoing::call(rewards, &call))
            .await
            .map_err(|error| placed(error, sample))?;
        Ok(Self::new(gas, sample.len(), sender.chain().block_gas_limit(), wanted))
    }

    fn new(sample_gas: u64, sample: usize, block_gas: u64, wanted: Option<usize>) -> Self {
        let entry_gas = (sample_gas / sample.max(1) as u64).max(ENTRY_GAS);
        let gas_limit = block_gas.min(TRANSACTION_GAS_LIMIT);
        let affordable = gas_limit.saturating_sub(SPARE_GAS) / entry_gas;
        let affordable = usize::try_from(affordable).unwrap_or(usize::MAX).max(1);
        let entries = wanted.unwrap_or(MOST_ENTRIES).clamp(1, MOST_ENTRIES).min(affordable);
        Self { entries, entry_gas, gas_limit }
    }

    /// Returns the gas limit of a transaction with `entries` contributions.
    pub(super) fn gas(&self, entries: usize) -> u64 {
        (SPARE_GAS + self.entry_gas * entries as u64).min(self.gas_limit)
    }
}

/// Makes the call that records `entries`.
pub(super) fn call(entries: &[Placed<'_>], strict: bool) -> recordBatchCall {
    let entries = entries.iter().map(|(_, entry)| (*entry).clone()).collect();
    recordBatchCall { entries, strict }
}

/// Gives the error of a bad entry the entry's place in the batch that was given.
pub(super) fn placed(error: Error, entries: &[Placed<'_>]) -> Error {
    let Error::Reverted { call, error, transaction } = error else { return error };
    let failed = RewardsBatchEntryFailed::abi_decode(&error.data).ok();
    let place = failed.as_ref().and_then(|failed| {
        let (place, _) = entries.get(usize::try_from(failed.index).ok()?)?;
        Some(U256::from(*place))
    });
    let error = match failed.zip(place) {
        Some((failed, index)) => {
            let moved = RewardsBatchEntryFailed { index, ..failed };
            Box::new(decode_error(&moved.abi_encode()))
        }
        None => error,
    };
    Error::Reverted { call, error, transaction }
}

#[cfg(test)]
mod tests {
    use alloy::primitives::{Bytes, uint};

    use super::*;

    fn reverted(data: Vec<u8>) -> Error {
        let error = Box::new(decode_error(&data));
        Error::Reverted { call: "recordBatch".to_owned(), error, transaction: None }
    }

    #[test]
    fn a_bad_entry_is_named_by_its_place_in_the_batch() {
        let entry = Entry::default();
        let entries = [(40, &entry), (42, &entry)];
        let failed = RewardsBatchEntryFailed { index: uint!(1_U256), reason: Bytes::new() };
        let Error::Reverted { error, .. } = placed(reverted(failed.abi_encode()), &entries) else {
            panic!("it is a revert");
        };
        assert_eq!(
            (error.name.as_str(), error.args[0].value.as_str()),
            ("RewardsBatchEntryFailed", "42")
        );
    }

    #[test]
    fn other_errors_stay_as_they_are() {
        let entry = Entry::default();
        let text = |error: &Error| error.to_string();
        let data = vec![1, 2, 3, 4];
        assert_eq!(text(&placed(reverted(data.clone()), &[(7, &entry)])), text(&reverted(data)));
    }

    #[test]
    fn a_transaction_has_as_many_contributions_as_its_gas_allows() {
        let plan = Plan::new(4_000_000, 8, 30_000_000, None);
        assert_eq!(plan.entries, 32);
        assert_eq!(plan.gas(32), 300_000 + 500_000 * 32);
        assert!(plan.gas(32) <= TRANSACTION_GAS_LIMIT);
    }

    #[test]
    fn contributions_that_look_cheap_are_not_trusted() {
        assert_eq!(Plan::new(80_000, 8, 30_000_000, None).entries, 49);
    }

    #[test]
    fn a_transaction_has_no_more_contributions_than_wanted() {
        assert_eq!(Plan::new(8_000, 8, 30_000_000, Some(20)).entries, 20);
        assert_eq!(Plan::new(8_000, 8, 30_000_000, Some(0)).entries, 1);
    }

    #[test]
    fn there_is_always_one_contribution() {
        let plan = Plan::new(30_000_000, 1, 20_000_000, None);
        assert_eq!((plan.entries, plan.gas(1)), (1, TRANSACTION_GAS_LIMIT));
    }
}

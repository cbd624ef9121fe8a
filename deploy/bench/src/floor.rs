//! Decides what an action must cost whoever implements it: the chain's prices for what it leaves
//! behind, and nothing for computing it.

use alloy::primitives::{B256, Bytes};
use stylus_host::{
    Gas,
    prices::{
        COLD_ACCOUNT_GAS, COLD_SLOAD_GAS, ECRECOVER_GAS, REFUND_QUOTIENT, SSTORE_CLEAR_REFUND,
        SSTORE_RESET_GAS, SSTORE_SET_GAS, intrinsic_gas, log_gas,
    },
};

/// What one transaction touched.
#[derive(Clone, Debug, Default)]
pub(crate) struct Footprint {
    /// Its calldata.
    pub(crate) calldata: Bytes,
    /// Each storage slot, as it was before and after.
    pub(crate) slots: Vec<(B256, B256)>,
    /// Contracts other than the called one.
    pub(crate) contracts: u64,
    /// Each log: how many topics, and how many bytes of data.
    pub(crate) logs: Vec<(usize, usize)>,
    /// Signers that it had to recover.
    pub(crate) recoveries: u64,
}

impl Footprint {
    /// Returns the least gas that leaves this footprint: the transaction and its calldata, each
    /// slot and contract touched once, each changed slot written once, the logs, the signatures,
    /// less the refund.
    pub(crate) fn floor(&self) -> Gas {
        let mut gas = intrinsic_gas(&self.calldata);
        let mut refund = 0;
        for (before, after) in &self.slots {
            gas += COLD_SLOAD_GAS;
            if before == after {
                continue;
            }
            gas += if before.is_zero() { SSTORE_SET_GAS } else { SSTORE_RESET_GAS };
            if after.is_zero() {
                refund += SSTORE_CLEAR_REFUND;
            }
        }
        for (topics, bytes) in &self.logs {
            let count = |value: &usize| u32::try_from(*value).unwrap_or(u32::MAX);
            gas += log_gas(count(topics), count(bytes));
        }
        gas += COLD_ACCOUNT_GAS * self.contracts;
        gas += ECRECOVER_GAS * self.recoveries;
        gas - Gas(refund.min(gas.0 / REFUND_QUOTIENT))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ZERO: B256 = B256::ZERO;
    const ONE: B256 = B256::with_last_byte(1);
    const TWO: B256 = B256::with_last_byte(2);

    #[track_caller]
    fn check(footprint: &Footprint, gas: u64) {
        assert_eq!(footprint.floor(), Gas(gas));
    }

    #[test]
    fn nothing_is_cheaper_than_a_transaction() {
        check(&Footprint::default(), 21_000);
        let calldata = Bytes::from_static(&[0, 0, 7]);
        check(&Footprint { calldata, ..Footprint::default() }, 21_000 + 4 + 4 + 16);
    }

    #[test]
    fn a_slot_costs_what_happens_to_it() {
        let slots =
            |slots: &[(B256, B256)]| Footprint { slots: slots.to_vec(), ..Footprint::default() };
        check(&slots(&[(ONE, ONE)]), 21_000 + 2_100);
        check(&slots(&[(ZERO, ONE)]), 21_000 + 22_100);
        check(&slots(&[(ONE, TWO)]), 21_000 + 5_000);
        check(&slots(&[(ONE, ZERO)]), 21_000 + 5_000 - 4_800);
    }

    #[test]
    fn a_refund_is_at_most_a_fifth() {
        let slots = vec![(ONE, ZERO); 10];
        check(&Footprint { slots, ..Footprint::default() }, 71_000 - 71_000 / 5);
    }

    #[test]
    fn logs_contracts_and_signatures_have_their_price() {
        let logs = vec![(3, 32)];
        check(&Footprint { logs, ..Footprint::default() }, 21_000 + 4 * 375 + 8 * 32);
        check(&Footprint { contracts: 1, ..Footprint::default() }, 23_600);
        check(&Footprint { recoveries: 2, ..Footprint::default() }, 27_000);
    }
}

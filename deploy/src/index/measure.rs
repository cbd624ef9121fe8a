//! Decides what each log adds to: a count, and a sum where the event has an amount.

use alloy::{
    primitives::{B256, LogData, U256},
    sol_types::SolEvent,
};

use crate::bindings::{
    IDataCoopRewards::{GovRewardMinted, RewardMinted},
    IDataMarket::{LicenceGranted, LicenceRenewed},
    IDataToken::Transfer,
    IRevenueDistributor::{
        RevenueClaimed, RevenueDeposited, SharedRevenueClaimed, SharedRevenueDeposited,
    },
};

/// The key of transfers that made tokens (ERC-20 and ERC-721: from the zero address).
pub const MINTED: B256 = B256::with_last_byte(1);

/// The key of transfers that ended tokens (to the zero address).
pub const BURNED: B256 = B256::with_last_byte(2);

/// What a log adds to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Measure {
    /// The event.
    pub(super) topic0: B256,
    /// What keeps sums of one event apart: the token that an amount is of, or what a transfer did.
    pub(super) key: B256,
    /// The amount, in the token's smallest unit.
    pub(super) amount: U256,
}

impl Measure {
    /// Finds out what a log adds to.
    pub(super) fn of(log: &LogData) -> Self {
        let topic0 = log.topics().first().copied().unwrap_or_default();
        let (key, amount) = keyed(topic0, log).unwrap_or_default();
        Self { topic0, key, amount }
    }
}

fn keyed(topic0: B256, log: &LogData) -> Option<(B256, U256)> {
    Some(match topic0 {
        Transfer::SIGNATURE_HASH => {
            let [_, from, to, ..] = log.topics() else { return None };
            let key = match (from.is_zero(), to.is_zero()) {
                (true, _) => MINTED,
                (_, true) => BURNED,
                _ => B256::ZERO,
            };
            // One of ERC-721 has no amount.
            (key, U256::try_from_be_slice(&log.data).unwrap_or_default())
        }
        RewardMinted::SIGNATURE_HASH => {
            (B256::ZERO, RewardMinted::decode_log_data(log).ok()?.amount)
        }
        GovRewardMinted::SIGNATURE_HASH => {
            (B256::ZERO, GovRewardMinted::decode_log_data(log).ok()?.amount)
        }
        LicenceGranted::SIGNATURE_HASH => {
            let event = LicenceGranted::decode_log_data(log).ok()?;
            (event.token.into_word(), event.price)
        }
        LicenceRenewed::SIGNATURE_HASH => {
            let event = LicenceRenewed::decode_log_data(log).ok()?;
            (event.token.into_word(), event.price)
        }
        RevenueDeposited::SIGNATURE_HASH => {
            let event = RevenueDeposited::decode_log_data(log).ok()?;
            (event.token.into_word(), event.received)
        }
        SharedRevenueDeposited::SIGNATURE_HASH => {
            let event = SharedRevenueDeposited::decode_log_data(log).ok()?;
            (event.token.into_word(), event.received)
        }
        RevenueClaimed::SIGNATURE_HASH => {
            let event = RevenueClaimed::decode_log_data(log).ok()?;
            (event.token.into_word(), event.amount)
        }
        SharedRevenueClaimed::SIGNATURE_HASH => {
            let event = SharedRevenueClaimed::decode_log_data(log).ok()?;
            (event.token.into_word(), event.amount)
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use alloy::primitives::Address;

    use super::*;

    #[test]
    fn transfers_are_kept_apart_by_what_they_did() {
        let (alice, bob) = (Address::repeat_byte(1), Address::repeat_byte(2));
        for (from, to, key) in
            [(Address::ZERO, bob, MINTED), (alice, Address::ZERO, BURNED), (alice, bob, B256::ZERO)]
        {
            let value = U256::from(7);
            let measure = Measure::of(&Transfer { from, to, value }.encode_log_data());
            assert_eq!((measure.key, measure.amount), (key, value));
        }
    }

    #[test]
    fn a_price_is_of_its_token_and_what_is_not_understood_is_only_counted() {
        let token = Address::repeat_byte(9);
        let sold = LicenceGranted { token, price: U256::from(5), ..Default::default() };
        let mut log = sold.encode_log_data();
        let measure = Measure::of(&log);
        assert_eq!((measure.key, measure.amount), (token.into_word(), U256::from(5)));
        log.data = log.data.slice(..31);
        let measure = Measure::of(&log);
        assert_eq!((measure.key, measure.amount), (B256::ZERO, U256::ZERO));
        assert_eq!(measure.topic0, LicenceGranted::SIGNATURE_HASH);
        assert_eq!(Measure::of(&LogData::empty()).topic0, B256::ZERO);
    }
}

//! Decides what is shown of contributions: what they earn, what may be minted still, and who attests.

use alloy::{
    primitives::{Address, B256, U256},
    providers::Provider,
    sol_types::SolEvent,
};

use super::View;
use crate::{
    Error,
    bindings::{
        IDataCoopRewards::{
            ContributionRecorded, ContributionScored, ContributionSkipped, RewardMinted,
            rewardRateCall, verifiedOracleCall,
        },
        IDataToken::{
            Transfer, emissionBpsCall, emissionFloorCall, mintableCall, totalBurnedCall,
            totalSupplyCall,
        },
    },
    contracts::{DATA_COOP_REWARDS, DATA_TOKEN},
    index::MINTED,
};

/// A twelfth of 365 days, in seconds: what is minted counts against the cap from the start of the twelfth
/// that is twelve before the present one (`contracts/data-token/src/emission.rs`).
const TWELFTH_SECS: u64 = 365 * 86_400 / 12;

/// Twelfths before the present one that count.
const TWELFTHS_BACK: u64 = 12;

/// One, in basis points.
const ONE_BPS: u64 = 10_000;

/// The events of contributions that were recorded: at the plain rate, and by their score.
const RECORDED: [B256; 2] =
    [ContributionRecorded::SIGNATURE_HASH, ContributionScored::SIGNATURE_HASH];

/// The event of contributions that were left out of a batch.
const REJECTED: B256 = ContributionSkipped::SIGNATURE_HASH;

/// What contributions earn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rewards {
    /// What a plain contribution earns, in wei of DATA.
    pub rate: U256,
    /// What was ever paid for contributions, in wei of DATA.
    pub paid: U256,
    /// The contributions of all times.
    pub ever: Recorded,
    /// Those of the last 24 hours.
    pub last_day: Recorded,
    /// What may be minted.
    pub emission: Emission,
}

/// Contributions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Recorded {
    /// How many were recorded.
    pub recorded: u64,
    /// How many were rejected, each with a reason.
    pub rejected: u64,
}

/// What may be minted, in wei of DATA.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Emission {
    /// All DATA that there is.
    pub supply: U256,
    /// All that was ever burned.
    pub burned: U256,
    /// What may be minted in the present window.
    pub cap: U256,
    /// What was minted in it.
    pub minted: U256,
    /// What may be minted at this moment.
    pub left: U256,
}

/// Who attests to contributions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Oracle {
    /// Its address.
    pub address: Address,
    /// What it has to pay for gas, in wei.
    pub balance: U256,
    /// The last contribution that was recorded or rejected.
    pub last: Option<LastReport>,
}

/// The last report of an oracle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LastReport {
    /// Its block.
    pub block: u64,
    /// When, in seconds since 1970.
    pub at: u64,
}

impl View<'_> {
    pub(super) async fn rewards(&self, head: u64) -> Result<Rewards, Error> {
        let rewards = self.book.address(&DATA_COOP_REWARDS)?;
        let (rate, emission) = tokio::try_join!(
            self.chain.read_next(rewards, &rewardRateCall {}),
            self.emission(head)
        )?;
        let (mut ever, mut last_day) = (Recorded::default(), Recorded::default());
        for event in RECORDED {
            ever.recorded += self.index.count(rewards, event)?.count;
            last_day.recorded += self.index.count_since(rewards, event, self.day)?;
        }
        ever.rejected = self.index.count(rewards, REJECTED)?.count;
        last_day.rejected = self.index.count_since(rewards, REJECTED, self.day)?;
        let paid = self.index.count(rewards, RewardMinted::SIGNATURE_HASH)?.sum;
        Ok(Rewards { rate, paid, ever, last_day, emission })
    }

    async fn emission(&self, head: u64) -> Result<Emission, Error> {
        let (token, chain) = (self.book.address(&DATA_TOKEN)?, self.chain);
        let begin = (self.now / TWELFTH_SECS).saturating_sub(TWELFTHS_BACK) * TWELFTH_SECS;
        let (begin, supply, burned, floor, bps, left) = tokio::try_join!(
            self.index.first_block_at(chain, begin, head),
            chain.read_next(token, &totalSupplyCall {}),
            chain.read_next(token, &totalBurnedCall {}),
            chain.read_next(token, &emissionFloorCall {}),
            chain.read_next(token, &emissionBpsCall {}),
            chain.read_next(token, &mintableCall {}),
        )?;
        // What the constructor creates is no emission.
        let entry = self.book.contracts.get(DATA_TOKEN.name);
        let (created, since) =
            entry.map_or((B256::ZERO, 0), |entry| (entry.transaction, entry.block));
        let place = (token, Transfer::SIGNATURE_HASH, MINTED);
        let minted = if begin <= since {
            // Everything counts, which needs no look at each.
            let ever = self.index.by_key(token, Transfer::SIGNATURE_HASH)?;
            let ever = ever.into_iter().find(|(key, _)| *key == MINTED);
            let ever = ever.map(|(_, counted)| counted.sum).unwrap_or_default();
            ever.saturating_sub(self.index.of_transaction(place, since, created)?.sum)
        } else {
            self.index.since(place, begin, created)?.sum
        };
        let share = supply.saturating_sub(minted).saturating_mul(bps) / U256::from(ONE_BPS);
        Ok(Emission { supply, burned, cap: floor.max(share), minted, left })
    }

    pub(super) async fn oracle(&self) -> Result<Oracle, Error> {
        let rewards = self.book.address(&DATA_COOP_REWARDS)?;
        let address = self.chain.read_next(rewards, &verifiedOracleCall {}).await?;
        let balance = self.chain.provider().get_balance(address);
        let balance = self.chain.ask("eth_getBalance", balance).await?;
        let mut newest = self.index.last_block(rewards, REJECTED)?;
        for event in RECORDED {
            newest = newest.max(self.index.last_block(rewards, event)?);
        }
        let last = match newest {
            Some(block) => {
                Some(LastReport { block, at: self.index.time_of(self.chain, block).await? })
            }
            None => None,
        };
        Ok(Oracle { address, balance, last })
    }
}

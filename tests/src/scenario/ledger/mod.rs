//! Decides what is known of a cooperative without asking it: the fold of all logs that its contracts ever
//! wrote. The invariants compare it with what the contracts say of themselves.

pub(super) mod access;
pub(super) mod money;
pub(super) mod power;
pub(super) mod tokens;

use alloy::{
    primitives::{Address, B256},
    providers::Provider,
    rpc::types::{Filter, Log},
    sol_types::{SolEvent, SolEventInterface},
};
use anyhow::{Context, Result};
use datacoop_deploy::bindings::{
    IConsentRegistry::IConsentRegistryEvents,
    IDataCoopRewards::IDataCoopRewardsEvents,
    IDataMarket::IDataMarketEvents,
    IDataRegistry::IDataRegistryEvents,
    IDataToken::{IDataTokenEvents, RoleGranted, RoleRevoked, Transfer},
    IGovToken::IGovTokenEvents,
    IGovernor::IGovernorEvents,
    IMembership::IMembershipEvents,
    IRevenueDistributor::IRevenueDistributorEvents,
    ITimelock::ITimelockEvents,
    ITreasury::{
        ExecutionFromModuleSuccess, ExecutionSuccess, ITreasuryEvents, Paid as TreasuryPaid,
    },
};

use super::stage::{Places, Stage};
use access::Access;
use money::{Market, Paid, Revenue};
use power::Power;
use tokens::{Token, Votes};

/// What the treasury logs when its owners, a module or a spender have it pay.
const AUTHORISING: [B256; 3] = [
    ExecutionSuccess::SIGNATURE_HASH,
    ExecutionFromModuleSuccess::SIGNATURE_HASH,
    TreasuryPaid::SIGNATURE_HASH,
];

/// All that the logs say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Ledger {
    at: Places,
    pub(super) data: Token,
    pub(super) gov: Token,
    pub(super) votes: Votes,
    pub(super) power: Power,
    pub(super) access: Access,
    pub(super) market: Market,
    pub(super) revenue: Revenue,
    pub(super) paid: Paid,
}

impl Ledger {
    /// Reads everything that a chain has of a cooperative.
    pub(super) async fn read(stage: &Stage) -> Result<Self> {
        let mut ledger = Self::empty(stage.at);
        let filter = Filter::new().from_block(0).address(stage.at.all().to_vec());
        for log in stage.chain.provider().get_logs(&filter).await? {
            ledger.take(&log)?;
        }
        Ok(ledger)
    }

    fn empty(at: Places) -> Self {
        Self {
            at,
            data: Token::default(),
            gov: Token::default(),
            votes: Votes::default(),
            power: Power::default(),
            access: Access::default(),
            market: Market::default(),
            revenue: Revenue::default(),
            paid: Paid::default(),
        }
    }

    /// Takes a log, if it is the cooperative's.
    pub(super) fn take(&mut self, log: &Log) -> Result<()> {
        let time = log.block_timestamp.context("the node does not tell when a log was written")?;
        let place = log.address();
        let context = || format!("log {:?} of block {:?}", log.log_index, log.block_number);
        self.take_role(place, log);
        self.take_outflow(log)?;
        let at = self.at;
        if place == at.data {
            self.data.take(decode::<IDataTokenEvents>(log)?, time).with_context(context)?;
        } else if place == at.gov {
            let event = decode::<IGovTokenEvents>(log)?;
            self.gov.take_gov(&mut self.votes, event, time).with_context(context)?;
        } else if place == at.rewards {
            self.paid.take(decode::<IDataCoopRewardsEvents>(log)?);
        } else if place == at.governor {
            self.power.take_governor(decode::<IGovernorEvents>(log)?).with_context(context)?;
        } else if place == at.timelock {
            self.power
                .take_timelock(decode::<ITimelockEvents>(log)?, time)
                .with_context(context)?;
        } else if place == at.treasury {
            self.power.take_treasury(decode::<ITreasuryEvents>(log)?, time);
        } else if place == at.membership {
            self.access.take_membership(decode::<IMembershipEvents>(log)?, time);
        } else if place == at.consents {
            self.access.take_consents(decode::<IConsentRegistryEvents>(log)?);
        } else if place == at.registry {
            self.access.take_registry(decode::<IDataRegistryEvents>(log)?);
        } else if place == at.revenue {
            self.revenue.take(decode::<IRevenueDistributorEvents>(log)?);
        } else if place == at.market {
            self.market.take(decode::<IDataMarketEvents>(log)?);
        }
        Ok(())
    }

    /// Where the distributor is.
    pub(super) const fn revenue_place(&self) -> Address {
        self.at.revenue
    }

    /// Takes that something left the treasury, or that it was right that it did.
    fn take_outflow(&mut self, log: &Log) -> Result<()> {
        let transaction = log.transaction_hash.context("a log of no transaction")?;
        let (place, data) = (log.address(), &log.inner.data);
        if place == self.at.data {
            let moved = Transfer::decode_log_data(data);
            if moved.is_ok_and(|moved| moved.from == self.at.treasury) {
                self.power.outflows.insert(transaction);
            }
        } else if place == self.at.treasury {
            let signature = data.topics().first();
            if AUTHORISING.iter().any(|event| Some(event) == signature) {
                self.power.authorised.insert(transaction);
            }
        }
        Ok(())
    }

    fn take_role(&mut self, place: Address, log: &Log) {
        if let Ok(given) = RoleGranted::decode_log_data(&log.inner.data) {
            self.power.take_role((place, given.role, given.account), true);
        } else if let Ok(taken) = RoleRevoked::decode_log_data(&log.inner.data) {
            self.power.take_role((place, taken.role, taken.account), false);
        }
    }
}

fn decode<E: SolEventInterface>(log: &Log) -> Result<E> {
    let decoded = E::decode_raw_log(log.topics(), &log.inner.data.data);
    decoded.with_context(|| format!("{} logs what its interface has not", log.address()))
}

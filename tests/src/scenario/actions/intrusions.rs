//! Decides what somebody tries who may do nothing: an outsider, the account that deployed everything, or a
//! member beyond its office.

use alloy::primitives::{Address, B256, Bytes, U256, keccak256};
use datacoop_deploy::bindings::{
    IDataCoopRewards::{setGuardianCall, setRewardRateCall, setVerifiedOracleCall},
    IDataMarket::{barCall, setPriceCall, setSplitCall, slashCall},
    IDataRegistry::{publishSchemaCall, setMinCohortCall},
    IDataToken::{grantRoleCall, mintCall, setEmissionCapCall},
    IGovToken::{self, setTransferPolicyCall},
    IGovernor::{relayCall, setVotingPeriodCall, updateTimelockCall},
    IMembership::{setActorRolesCall, setBaseURICall},
    IRevenueDistributor::{listPoolTokenCall, setActivationDelayCall, setSharesCall},
    ITimelock::{scheduleCall, updateDelayCall},
    ITreasury::{execTransactionFromModuleCall, payCall, setGovernorCall, setSpendingLimitCall},
};
use rand::Rng;

use super::{Attempt, Composer};
use crate::{GOVERNANCE, TOKEN};

/// A ruling, hashed.
const RULING: B256 = B256::repeat_byte(0x21);

/// How contracts with roles refuse.
const NO_ROLE: &str = "AccessControlUnauthorizedAccount";

impl Composer<'_> {
    /// Something that takes a role, an office or a vote, by somebody without.
    pub(super) fn intrude(&mut self) -> Attempt {
        let member = self.member().unwrap_or(GOVERNANCE);
        let from = [self.outsider(), GOVERNANCE, member][self.rng.random_range(0..3)];
        let (at, me) = (self.stage.at, from);
        let role = B256::ZERO;
        let grant = grantRoleCall { role, account: me };
        match self.rng.random_range(0..16) {
            0 => Attempt::refused(from, at.data, &mintCall { to: me, amount: TOKEN }, NO_ROLE),
            1 => {
                let with_roles = [
                    at.data,
                    at.gov,
                    at.timelock,
                    at.membership,
                    at.registry,
                    at.revenue,
                    at.market,
                ];
                let to = with_roles[self.rng.random_range(0..with_roles.len())];
                Attempt::refused(from, to, &grant, NO_ROLE)
            }
            2 => {
                let call = setEmissionCapCall { floor: U256::MAX, bps: U256::ZERO };
                Attempt::refused(from, at.data, &call, NO_ROLE)
            }
            3 => {
                let call = IGovToken::mintCall { to: me, amount: TOKEN };
                Attempt::refused(from, at.gov, &call, NO_ROLE)
            }
            4 => Attempt::refused(from, at.gov, &setTransferPolicyCall { policy: 0 }, NO_ROLE),
            number @ 5..=10 => self.intrude_pay(from, number),
            11 => {
                let (target, value, data) = (at.data, U256::ZERO, Vec::new().into());
                let (predecessor, salt, delay) = (B256::ZERO, B256::ZERO, U256::from(600));
                let call = scheduleCall { target, value, data, predecessor, salt, delay };
                Attempt::refused(from, at.timelock, &call, NO_ROLE)
            }
            12 => {
                let call = updateDelayCall { newDelay: U256::ZERO };
                Attempt::refused(from, at.timelock, &call, "TimelockUnauthorizedCaller")
            }
            number => self.intrude_elsewhere(from, number),
        }
    }

    /// What is paid, and to whom.
    fn intrude_pay(&self, from: Address, number: u32) -> Attempt {
        let (at, me) = (self.stage.at, from);
        match number {
            5 => {
                let call = setRewardRateCall { newRate: TOKEN };
                Attempt::refused(from, at.rewards, &call, "RewardsUnauthorizedGovernance")
            }
            6 => {
                let call = setVerifiedOracleCall { newOracle: me };
                Attempt::refused(from, at.rewards, &call, "RewardsUnauthorizedGovernance")
            }
            7 => {
                let call = setGuardianCall { newGuardian: me };
                Attempt::refused(from, at.rewards, &call, "RewardsUnauthorizedGovernance")
            }
            8 => {
                let call = setSharesCall { pool: keccak256("VALIDATORS"), account: me, shares: 9 };
                Attempt::refused(from, at.revenue, &call, NO_ROLE)
            }
            9 => {
                let call = setActivationDelayCall { delay: 0 };
                Attempt::refused(from, at.revenue, &call, NO_ROLE)
            }
            _ => Attempt::refused(from, at.revenue, &listPoolTokenCall { token: me }, NO_ROLE),
        }
    }

    /// What governs, and the rest.
    fn intrude_elsewhere(&mut self, from: Address, number: u32) -> Attempt {
        let (at, me, token) = (self.stage.at, from, self.stage.at.data);
        let (value, data) = (U256::ZERO, Bytes::new());
        let which = self.rng.random_range(0..4);
        match (number, which) {
            (13, 0) => {
                let call = setVotingPeriodCall { newVotingPeriod: 1 };
                Attempt::refused(from, at.governor, &call, "GovernorOnlyExecutor")
            }
            (13, 1) => {
                let call = updateTimelockCall { newTimelock: me };
                Attempt::refused(from, at.governor, &call, "GovernorOnlyExecutor")
            }
            (13, _) => {
                let call = relayCall { target: at.data, value, data };
                Attempt::refused(from, at.governor, &call, "GovernorOnlyExecutor")
            }
            (14, 0) => {
                let (to, operation) = (at.data, 0);
                let call = execTransactionFromModuleCall { to, value, data, operation };
                Attempt::refused(from, at.treasury, &call, "GS104")
            }
            (14, 1) => {
                let call = payCall { line: 1, token, to: me, amount: TOKEN };
                Attempt::refused(from, at.treasury, &call, "GS031")
            }
            (14, 2) => {
                let call = setGovernorCall { newGovernor: me };
                Attempt::refused(from, at.treasury, &call, "GS031")
            }
            (14, _) => {
                let (cap, period) = (TOKEN, U256::ZERO);
                let call = setSpendingLimitCall { spender: me, token, cap, period, line: 0 };
                Attempt::refused(from, at.treasury, &call, "GS031")
            }
            _ => self.intrude_access(from, which),
        }
    }

    /// Who may use what, and for how much.
    fn intrude_access(&mut self, from: Address, which: u32) -> Attempt {
        let (at, token) = (self.stage.at, self.stage.at.data);
        match which {
            0 => {
                let account = self.researcher();
                let call = slashCall { account, amount: TOKEN, rulingHash: RULING };
                let bar = barCall { account, rulingHash: RULING };
                if self.rng.random() {
                    Attempt::refused(from, at.market, &call, NO_ROLE)
                } else {
                    Attempt::refused(from, at.market, &bar, NO_ROLE)
                }
            }
            1 => {
                let split = setSplitCall {
                    contributors: 10_000,
                    validators: 0,
                    treasury: 0,
                    infrastructure: 0,
                    burned: 0,
                };
                let price = setPriceCall { dataClass: 0, unit: 0, token, amount: U256::ONE };
                if self.rng.random() {
                    Attempt::refused(from, at.market, &split, NO_ROLE)
                } else {
                    Attempt::refused(from, at.market, &price, NO_ROLE)
                }
            }
            2 => {
                let (token_id, actor_roles) = (U256::ONE, 127);
                let roles = setActorRolesCall { tokenId: token_id, actorRoles: actor_roles };
                let uri = setBaseURICall { newURI: String::new() };
                if self.rng.random() {
                    Attempt::refused(from, at.membership, &roles, NO_ROLE)
                } else {
                    Attempt::refused(from, at.membership, &uri, NO_ROLE)
                }
            }
            _ => {
                let (name, uri) = ("mine".to_owned(), String::new());
                let schema = publishSchemaCall { name, hash: RULING, uri };
                let cohort = setMinCohortCall { newCohort: 2 };
                if self.rng.random() {
                    Attempt::refused(from, at.registry, &schema, NO_ROLE)
                } else {
                    Attempt::refused(from, at.registry, &cohort, NO_ROLE)
                }
            }
        }
    }
}

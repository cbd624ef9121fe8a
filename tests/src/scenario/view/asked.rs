//! Decides what is asked, and of whom.

use std::collections::BTreeMap;

use alloy::primitives::{Address, B256, U256, keccak256};
use anyhow::Result;
use datacoop_deploy::bindings::{
    IDataCoopRewards as W, IDataMarket as M, IDataToken as D, IGovToken as G, IGovernor,
    IMembership, IRevenueDistributor as R, ITimelock, ITreasury as T,
};

use super::{Read, RoleOf, Spent, Subject};
use crate::{
    Random,
    scenario::bundle::{Answers, Asked, Bundle},
};

/// How many proposals are looked at: the last ones.
const PROPOSALS: usize = 6;

/// What is asked of the tokens, the votes and the rewards.
pub(super) struct AskedOfTokens {
    pub(super) data: (Asked<D::totalSupplyCall>, Vec<(Address, Asked<D::balanceOfCall>)>),
    pub(super) burned: Asked<D::totalBurnedCall>,
    pub(super) gov: (Asked<G::totalSupplyCall>, Vec<(Address, Asked<G::balanceOfCall>)>),
    pub(super) votes: Vec<(Address, Asked<G::getVotesCall>)>,
    pub(super) counted: Vec<(U256, Asked<IGovernor::proposalVotesCall>)>,
    pub(super) past_votes: Vec<((Address, u64), Asked<G::getPastVotesCall>)>,
    pub(super) past_supply: Vec<(u64, Asked<G::getPastTotalSupplyCall>)>,
    pub(super) proofs: Vec<(B256, Asked<W::contributionCall>)>,
    pub(super) members: Vec<(Address, Asked<IMembership::membershipOfCall>)>,
}

impl AskedOfTokens {
    pub(super) fn new(of: &Subject<'_>, bundle: &mut Bundle, rng: &mut Random, now: u64) -> Self {
        let (at, holders) = (of.stage.at, of.holders());
        let moments = of.moments(rng, now);
        let times: Vec<u64> = moments.iter().map(|(_, time)| *time).collect();
        let proposals = of.ledger.power.proposals.iter().rev();
        let mut latest: Vec<_> = proposals.map(|(id, made)| (made.snapshot, *id)).collect();
        latest.sort_unstable();
        let latest = latest.into_iter().rev().take(PROPOSALS).map(|(_, id)| id);
        Self {
            data: (
                bundle.ask(at.data, &D::totalSupplyCall {}),
                bundle.ask_each(at.data, holders.clone(), |account| D::balanceOfCall { account }),
            ),
            burned: bundle.ask(at.data, &D::totalBurnedCall {}),
            gov: (
                bundle.ask(at.gov, &G::totalSupplyCall {}),
                bundle.ask_each(at.gov, holders.clone(), |account| G::balanceOfCall { account }),
            ),
            votes: bundle.ask_each(at.gov, holders, |account| G::getVotesCall { account }),
            counted: bundle.ask_each(at.governor, latest, |id| IGovernor::proposalVotesCall {
                proposalId: id,
            }),
            past_votes: bundle.ask_each(at.gov, moments, |(account, time)| G::getPastVotesCall {
                account,
                timepoint: U256::from(time),
            }),
            past_supply: bundle.ask_each(at.gov, times, |time| G::getPastTotalSupplyCall {
                timepoint: U256::from(time),
            }),
            proofs: bundle
                .ask_each(at.rewards, of.proofs(rng), |proof| W::contributionCall { proof }),
            members: bundle.ask_each(at.membership, of.stage.people.all(), |account| {
                IMembership::membershipOfCall { account }
            }),
        }
    }
}

/// What is asked of those who hold money that is others'.
pub(super) struct AskedOfMoney {
    pub(super) staked: Asked<M::totalStakedCall>,
    pub(super) stakes: Vec<(Address, Asked<M::stakeOfCall>)>,
    pub(super) required: Asked<M::requiredStakeCall>,
    pub(super) owed: Vec<(Address, Asked<M::owedCall>)>,
    pub(super) bids: Vec<(U256, Asked<M::leadingBidCall>)>,
    pub(super) totals: Asked<R::totalsOfCall>,
    pub(super) pots: Vec<(U256, Asked<R::potOfCall>)>,
    pub(super) claimable: Vec<((U256, Address), Asked<R::claimableCall>)>,
    pub(super) shared: Vec<(Address, Asked<R::claimableSharedCall>)>,
    pub(super) reads: Vec<(Read, Asked<M::canReadCall>)>,
}

impl AskedOfMoney {
    pub(super) fn new(of: &Subject<'_>, bundle: &mut Bundle, rng: &mut Random) -> Self {
        let (at, market) = (of.stage.at, &of.ledger.market);
        let token = at.data;
        let mut claimable = Vec::new();
        for (id, edition) in &of.ledger.access.editions {
            // What was never paid into owes nothing.
            if !of.ledger.revenue.pots.contains_key(&(*id, token)) {
                continue;
            }
            for (account, shares) in of.manifests.shares(edition.root) {
                let call = R::claimableCall { edition: *id, token, account, shares };
                claimable.push(((*id, account), bundle.ask(at.revenue, &call)));
            }
        }
        let pool = keccak256("VALIDATORS");
        let sharers = of.ledger.revenue.sharers.iter().map(|(_, account)| *account);
        let reads = of.reads(rng).into_iter().filter_map(|read| {
            let edition = of.ledger.access.editions.get(&read.edition)?;
            let proof = of.manifests.of(edition.root)?.proof_of(read.record)?;
            let Read { holder, edition, purpose, record } = read;
            let call = M::canReadCall { holder, edition, purpose, recordId: record, proof };
            Some((read, bundle.ask(at.market, &call)))
        });
        let reads = reads.collect();
        Self {
            staked: bundle.ask(at.market, &M::totalStakedCall {}),
            stakes: bundle.ask_each(at.market, market.stakers.iter().copied(), |account| {
                M::stakeOfCall { account }
            }),
            required: bundle.ask(at.market, &M::requiredStakeCall {}),
            owed: bundle.ask_each(at.market, market.owed.keys().map(|key| key.0), |account| {
                M::owedCall { account, token }
            }),
            bids: bundle.ask_each(at.market, market.auctions.keys().copied(), |id| {
                M::leadingBidCall { auctionId: id }
            }),
            totals: bundle.ask(at.revenue, &R::totalsOfCall { token }),
            pots: bundle.ask_each(
                at.revenue,
                of.ledger.revenue.pots.keys().map(|key| key.0),
                |edition| R::potOfCall { edition, token },
            ),
            claimable,
            shared: bundle.ask_each(at.revenue, sharers, |account| R::claimableSharedCall {
                pool,
                token,
                account,
            }),
            reads,
        }
    }
}

/// What is asked of those who have power.
pub(super) struct AskedOfPower {
    pub(super) roles: Vec<(RoleOf, Asked<D::hasRoleCall>)>,
    rewards: (
        Asked<W::governanceCall>,
        Asked<W::pendingGovernanceCall>,
        Asked<W::verifiedOracleCall>,
        Asked<W::guardianCall>,
    ),
    executor: Asked<IGovernor::timelockCall>,
    governor: Asked<T::governorCall>,
    pub(super) owners: (Asked<T::getOwnersCall>, Asked<T::getThresholdCall>),
    pub(super) nonce: Asked<T::nonceCall>,
    pub(super) least_delay: Asked<ITimelock::getMinDelayCall>,
    pub(super) pending: Asked<ITimelock::pendingCountCall>,
    limits: Vec<((Address, Address), Asked<T::spendingLimitCall>)>,
    budgets: Vec<((u8, Address), Asked<T::budgetCall>)>,
    pub(super) paused: (Asked<D::pausedCall>, Asked<W::pausedCall>, Asked<M::pausedCall>),
}

impl AskedOfPower {
    pub(super) fn new(of: &Subject<'_>, bundle: &mut Bundle) -> Self {
        let (at, power) = (of.stage.at, &of.ledger.power);
        let roles = of.roles().into_iter().map(|held| {
            let (contract, role, account) = held;
            (held, bundle.ask(contract, &D::hasRoleCall { role, account }))
        });
        Self {
            roles: roles.collect(),
            rewards: (
                bundle.ask(at.rewards, &W::governanceCall {}),
                bundle.ask(at.rewards, &W::pendingGovernanceCall {}),
                bundle.ask(at.rewards, &W::verifiedOracleCall {}),
                bundle.ask(at.rewards, &W::guardianCall {}),
            ),
            executor: bundle.ask(at.governor, &IGovernor::timelockCall {}),
            governor: bundle.ask(at.treasury, &T::governorCall {}),
            owners: (
                bundle.ask(at.treasury, &T::getOwnersCall {}),
                bundle.ask(at.treasury, &T::getThresholdCall {}),
            ),
            nonce: bundle.ask(at.treasury, &T::nonceCall {}),
            least_delay: bundle.ask(at.timelock, &ITimelock::getMinDelayCall {}),
            pending: bundle.ask(at.timelock, &ITimelock::pendingCountCall {}),
            limits: bundle.ask_each(
                at.treasury,
                power.limits.keys().copied(),
                |(spender, token)| T::spendingLimitCall { spender, token },
            ),
            budgets: bundle.ask_each(at.treasury, power.lines.keys().copied(), |(line, token)| {
                T::budgetCall { line, token }
            }),
            paused: (
                bundle.ask(at.data, &D::pausedCall {}),
                bundle.ask(at.rewards, &W::pausedCall {}),
                bundle.ask(at.market, &M::pausedCall {}),
            ),
        }
    }

    pub(super) fn offices(&self, answers: &Answers) -> Result<Vec<(&'static str, Address)>> {
        Ok(vec![
            ("governance of the rewards", answers.get(&self.rewards.0)?),
            ("next governance of the rewards", answers.get(&self.rewards.1)?),
            ("verified oracle", answers.get(&self.rewards.2)?),
            ("guardian of the rewards", answers.get(&self.rewards.3)?),
            ("executor of the governor", answers.get(&self.executor)?),
            ("governor of the treasury", answers.get(&self.governor)?),
        ])
    }

    pub(super) fn spent(&self, answers: &Answers) -> Result<BTreeMap<(Address, Address), Spent>> {
        let limits = self.limits.iter().map(|(key, asked)| {
            let T::spendingLimitReturn { cap, spent, periodStart: since, .. } =
                answers.get(asked)?;
            Ok((*key, Spent { cap, spent, since }))
        });
        limits.collect()
    }

    pub(super) fn budgets(&self, answers: &Answers) -> Result<BTreeMap<(u8, Address), Spent>> {
        let budgets = self.budgets.iter().map(|(key, asked)| {
            let T::budgetReturn { cap, spent, periodStart: since, .. } = answers.get(asked)?;
            Ok((*key, Spent { cap, spent, since }))
        });
        budgets.collect()
    }
}

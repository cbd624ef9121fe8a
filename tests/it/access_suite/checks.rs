//! Decides what must hold after every step.

use alloy::primitives::{Address, U256, keccak256};
use data_market::IDataMarket::{self, SaleSplit};
use data_token::IDataToken;
use datacoop_kit::testing::odd_token::IOddToken;
use datacoop_tests::Random;
use rand::Rng;
use revenue_distributor::IRevenueDistributor::{self, SharedRevenueDeposited};

use super::world::{
    DATA, MARKET, REVENUE, TOKENS, VALIDATOR, World, researchers,
};

/// How many reads are compared after a step.
const SAMPLE: usize = 24;

/// The supply of DATA.
pub(super) fn supply(world: &World) -> U256 {
    world.ask(DATA, &IDataToken::totalSupplyCall {})
}

/// The supply has moved by the burned parts of what was sold, whose parts sum to the price, and by
/// nothing else.
pub(super) fn supply_moved_by_what_was_burned(world: &World, before: U256, context: &str) {
    let logs = world.take_logs();
    let mut burned = U256::ZERO;
    for log in &logs {
        if let Some(sale) = log.decode::<SaleSplit>() {
            burned += sale.burned;
            assert!(sale.token == DATA || sale.burned.is_zero(), "{context}");
        }
        if let Some(deposit) = log.decode::<SharedRevenueDeposited>() {
            assert_eq!(deposit.amount, deposit.received, "{context}");
        }
    }
    assert_eq!(before - supply(world), burned, "{context}");
}

fn balance(world: &World, token: Address, account: Address) -> U256 {
    world.ask(token, &IOddToken::balanceOfCall { account })
}

/// The market holds the stakes, what it owes and what is bid; the distributor holds what can be
/// claimed, and less than a unit of dust a contributor.
pub(super) fn money(world: &World, context: &str) {
    for token in TOKENS {
        assert_eq!(balance(world, token, MARKET), held_by_market(world, token), "{context}");
        let totals = world.ask(REVENUE, &IRevenueDistributor::totalsOfCall { token });
        let left = totals.deposited - totals.paid;
        assert_eq!(balance(world, token, REVENUE), left, "{context}");
        let (pool, account) = (keccak256("VALIDATORS"), VALIDATOR);
        let call = IRevenueDistributor::claimableSharedCall { pool, token, account };
        let mut claimable = world.ask(REVENUE, &call);
        // A pool and each edition keep the dust of what cannot be divided.
        let mut dust = U256::from(3);
        for edition in &world.model.editions {
            let id = edition.id;
            let pot = world.ask(REVENUE, &IRevenueDistributor::potOfCall { edition: id, token });
            let (mut paid, mut due) = (U256::ZERO, U256::ZERO);
            for (account, shares) in &edition.shares {
                let (account, shares) = (*account, U256::from(*shares));
                let call = IRevenueDistributor::paidToCall { edition: id, token, account };
                paid += world.ask(REVENUE, &call);
                let call = IRevenueDistributor::claimableCall { edition: id, token, account, shares };
                due += world.ask(REVENUE, &call);
            }
            assert_eq!(paid, pot.paid, "{context}");
            let contributors = U256::from(edition.shares.len());
            assert!(pot.deposited - pot.paid - due < contributors, "{context}: dust");
            claimable += due;
            dust += contributors;
        }
        assert!(claimable <= left && left - claimable < dust, "{context}: {claimable} of {left}");
    }
}

fn held_by_market(world: &World, token: Address) -> U256 {
    let mut held = U256::ZERO;
    if token == DATA {
        held += world.ask(MARKET, &IDataMarket::totalStakedCall {});
    }
    for account in researchers() {
        held += world.ask(MARKET, &IDataMarket::owedCall { account, token });
    }
    let count: u64 = world.ask(MARKET, &IDataMarket::auctionCountCall {}).saturating_to();
    for auctionId in (1..=count).map(U256::from) {
        let auction = world.ask(MARKET, &IDataMarket::auctionCall { auctionId });
        if (auction.status, auction.token) == (1, token) {
            held += world.ask(MARKET, &IDataMarket::leadingBidCall { auctionId }).amount;
        }
    }
    held
}

/// What can be read is what the model says: a sample of it, or all. Returns how much of that is
/// readable.
pub(super) fn readable(world: &World, rng: &mut Random, all: bool, context: &str) -> usize {
    let mut allowed = 0;
    let mut compare = |edition: usize, index: usize, holder: Address, purpose: u8| {
        let edition = &world.model.editions[edition];
        let recordId = edition.records[index];
        let record = world.model.records.iter().find(|record| record.id == recordId);
        let expected = record.is_some_and(|record| {
            world.model.can_read(holder, edition, purpose, record, world.time())
        });
        let proof = edition.tree.proof(index);
        let call =
            IDataMarket::canReadCall { holder, edition: edition.id, purpose, recordId, proof };
        let can = world.ask(MARKET, &call);
        assert_eq!(can, expected, "{context}: {call:?}");
        allowed += usize::from(can);
    };
    let editions = world.model.editions.len();
    let holders: Vec<Address> = researchers().collect();
    if all {
        for edition in 0..editions {
            for index in 0..world.model.editions[edition].records.len() {
                for holder in &holders {
                    for purpose in 0..5 {
                        compare(edition, index, *holder, purpose);
                    }
                }
            }
        }
    } else if editions > 0 {
        for _ in 0..SAMPLE {
            let edition = rng.random_range(0..editions);
            let index = rng.random_range(0..world.model.editions[edition].records.len());
            let holder = holders[rng.random_range(0..holders.len())];
            compare(edition, index, holder, rng.random_range(0..6));
        }
    }
    allowed
}

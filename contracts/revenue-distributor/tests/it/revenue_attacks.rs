//! What somebody would try: calling back, false trees, tokens that lie, taking what is not theirs.

use alloy_primitives::{Address, U256};
use alloy_sol_types::{SolCall, SolValue};
use datacoop_kit::testing::{
    odd_token::{Habit, IOddToken},
    tree::{self, node},
};
use revenue_distributor::IRevenueDistributor::{
    IRevenueDistributorCalls, RevenueInvalidProof, claimCall, claimSharedCall,
};

use crate::support::{
    ADMIN, ALICE, BOB, CAROL, COIN, DATA, EDITION, MALLORY, MARKET, REVENUE, Revenue, Shares,
    deposit, leaf, pool,
};

/// Has a token call the distributor when it moves.
fn aim(revenue: &Revenue, token: Address, call: &impl SolCall) {
    let data = call.abi_encode().into();
    revenue.chain.send(ADMIN, token, &IOddToken::aimCall { target: REVENUE, data }).expect("aimed");
    revenue.behave(token, Habit::Calling);
}

/// How often a token called back, and how often it was let in.
fn calls(revenue: &Revenue, token: Address) -> (u64, u64) {
    let calls = revenue.chain.send(ADMIN, token, &IOddToken::callsCall {}).expect("it tells");
    (calls.made.to(), calls.succeeded.to())
}

#[test]
fn a_token_that_calls_back_is_not_let_in() {
    let (revenue, shares) = Revenue::with_edition();
    revenue.earn(EDITION, DATA, 600);
    revenue.earn(EDITION, COIN, 600);
    let claim = shares.claim(EDITION, DATA, 0);
    // The same claim, another one, and a deposit, from within the transfer.
    aim(&revenue, DATA, &claim);
    assert_eq!(revenue.paid(&claim), 300);
    aim(&revenue, DATA, &shares.claim(EDITION, COIN, 0));
    assert_eq!(revenue.paid(&shares.claim(EDITION, DATA, 1)), 200);
    aim(&revenue, DATA, &deposit(EDITION, COIN, 5));
    assert_eq!(revenue.earn(EDITION, DATA, 60), 60);
    assert_eq!(calls(&revenue, DATA), (3, 0));
    assert_eq!(revenue.balance(DATA, ALICE), 300);
    assert_eq!((revenue.totals(DATA), revenue.totals(COIN)), ((660, 500), (600, 0)));
}

#[test]
fn nothing_but_deposits_and_claims_moves_money() {
    // Whoever has every role, with every function and nothing but its own address and small numbers,
    // gets nothing of what others have earned.
    let (revenue, _) = Revenue::with_edition();
    revenue.earn(EDITION, DATA, 600);
    for selector in IRevenueDistributorCalls::SELECTORS {
        for word in [ADMIN.into_word().into(), U256::ZERO, U256::from(EDITION)] {
            let words: Vec<u8> =
                [word; 5].iter().flat_map(|word: &U256| word.to_be_bytes::<32>()).collect();
            let _ = revenue.chain.call(ADMIN, REVENUE, &[selector.as_slice(), &words].concat());
        }
    }
    assert_eq!(revenue.balance(DATA, REVENUE), 600);
    assert_eq!(revenue.balance(DATA, ADMIN), 0);
    assert_eq!(revenue.totals(DATA), (600, 0));
}

#[test]
fn a_node_is_not_taken_for_a_leaf() {
    // Two words that are the children of a node, as if they were an account and its shares: no child
    // begins with twelve zero bytes, and a leaf is hashed twice.
    let revenue = Revenue::new();
    let shares = Shares::new(&[(ALICE, 1), (BOB, 2), (CAROL, 3), (MARKET, 4)]);
    revenue.publish(EDITION, &shares);
    revenue.earn(EDITION, DATA, 600);
    let [first, second] = [leaf(ALICE, 1), leaf(BOB, 2)];
    let left = node(first, second);
    let right = shares.tree.proof(0)[1];
    assert_eq!(node(left, right), shares.tree.root());
    let (low, high) = if first < second { (first, second) } else { (second, first) };
    let call = claimCall {
        edition: U256::from(EDITION),
        token: DATA,
        account: MALLORY,
        shares: U256::from_be_bytes(high.0),
        proof: vec![right],
    };
    let mut data = call.abi_encode();
    data[4 + 2 * 32..4 + 3 * 32].copy_from_slice(low.as_slice());
    // Not an address.
    assert_eq!(revenue.chain.call(MALLORY, REVENUE, &data), Err(Vec::new()));
    // And one that is, but is hashed once too often.
    let element = (MALLORY, U256::from(6)).abi_encode();
    let once = alloy_primitives::keccak256(&element);
    assert_ne!(once, tree::leaf(&element));
    let forged = Shares { list: vec![(MALLORY, 6)], tree: tree::Tree::new(vec![once]) };
    revenue.publish(EDITION + 1, &forged);
    revenue.earn(EDITION + 1, DATA, 6);
    let call = forged.claim(EDITION + 1, DATA, 0);
    let (edition, shares) = (U256::from(EDITION + 1), U256::from(6));
    let error = RevenueInvalidProof { edition, account: MALLORY, shares };
    revenue.fails(MALLORY, &call, &error);
}

#[test]
fn a_token_that_robs_harms_its_own_pots_alone() {
    let (revenue, shares) = Revenue::with_edition();
    revenue.earn(EDITION, DATA, 600);
    revenue.earn(EDITION, COIN, 600);
    revenue.behave(COIN, Habit::Robbing);
    assert_eq!(revenue.paid(&shares.claim(EDITION, COIN, 0)), 300);
    for index in 0..3 {
        revenue.paid(&shares.claim(EDITION, DATA, index));
    }
    assert_eq!(revenue.balance(DATA, REVENUE), 0);
}

#[test]
fn what_is_sent_without_a_deposit_is_nobodys() {
    let (revenue, shares) = Revenue::with_edition();
    revenue.earn(EDITION, DATA, 600);
    let gift = IOddToken::mintCall { to: REVENUE, amount: U256::from(1_000) };
    revenue.chain.send(MALLORY, DATA, &gift).expect("it mints");
    assert_eq!(revenue.claimable(&shares.claim(EDITION, DATA, 0)), 300);
    // Nor does the next deposit count it.
    assert_eq!(revenue.earn(EDITION, DATA, 6), 6);
    for index in 0..3 {
        revenue.paid(&shares.claim(EDITION, DATA, index));
    }
    assert_eq!(revenue.balance(DATA, REVENUE), 1_000);
}

#[test]
fn an_account_of_a_pool_has_no_claim_on_an_edition() {
    let revenue = Revenue::with_pool();
    let shares = Shares::usual();
    revenue.publish(EDITION, &shares);
    revenue.earn(EDITION, DATA, 600);
    revenue.share(40);
    for account in [ALICE, BOB] {
        revenue.ok(account, &claimSharedCall { pool: pool(), token: DATA, account });
    }
    assert_eq!(revenue.balance(DATA, REVENUE), 600);
    for index in 0..3 {
        revenue.paid(&shares.claim(EDITION, DATA, index));
    }
    assert_eq!(revenue.balance(DATA, REVENUE), 0);
}

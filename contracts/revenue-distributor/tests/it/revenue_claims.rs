//! What contributors get of an edition's pot, by proof: exactly their part, once.

use alloy_primitives::{Address, U256};
use datacoop_kit::{safe_erc20::SafeERC20FailedOperation, testing::odd_token::Habit};
use revenue_distributor::IRevenueDistributor::{
    RevenueClaimed, RevenueInvalidProof, RevenueNothingToClaim, claimCall, paidToCall, potOfCall,
};

use crate::support::{
    ALICE, BOB, CAROL, COIN, DATA, EDITION, MALLORY, REVENUE, Revenue, Shares, log,
};

const fn nothing(token: Address, account: Address) -> RevenueNothingToClaim {
    RevenueNothingToClaim { token, account }
}

const fn bad_proof(call: &claimCall) -> RevenueInvalidProof {
    let claimCall { edition, account, shares, .. } = *call;
    RevenueInvalidProof { edition, account, shares }
}

#[test]
fn a_contributor_gets_its_part_whoever_calls() {
    let (revenue, shares) = Revenue::with_edition();
    revenue.earn(EDITION, DATA, 600);
    revenue.forget_logs();
    let call = shares.claim(EDITION, DATA, 0);
    assert_eq!(revenue.claimable(&call), 300);
    assert_eq!(revenue.paid(&call), 300);
    let claimed = |amount: u64, paid: u64| RevenueClaimed {
        edition: U256::from(EDITION),
        token: DATA,
        account: ALICE,
        amount: U256::from(amount),
        paid: U256::from(paid),
    };
    revenue.emitted(&[log(&claimed(300, 300))]);
    assert_eq!((revenue.balance(DATA, ALICE), revenue.balance(DATA, MALLORY)), (300, 0));
    assert_eq!(revenue.totals(DATA), (600, 300));
    // Later deposits, of which she gets the same part.
    revenue.earn(EDITION, DATA, 60);
    revenue.forget_logs();
    assert_eq!(revenue.paid(&call), 30);
    revenue.emitted(&[log(&claimed(30, 330))]);
    let edition = U256::from(EDITION);
    let paid = revenue.ok(BOB, &paidToCall { edition, token: DATA, account: ALICE });
    assert_eq!(paid, U256::from(330));
    let pot = revenue.ok(BOB, &potOfCall { edition, token: DATA });
    assert_eq!((pot.deposited, pot.paid), (U256::from(660), U256::from(330)));
}

#[test]
fn tokens_and_editions_have_pots_of_their_own() {
    let (revenue, shares) = Revenue::with_edition();
    let others = Shares::new(&[(ALICE, 1), (MALLORY, 1)]);
    revenue.publish(EDITION + 1, &others);
    revenue.earn(EDITION, DATA, 600);
    revenue.earn(EDITION, COIN, 60);
    revenue.earn(EDITION + 1, DATA, 10);
    assert_eq!(revenue.paid(&shares.claim(EDITION, DATA, 0)), 300);
    assert_eq!(revenue.paid(&shares.claim(EDITION, COIN, 0)), 30);
    assert_eq!(revenue.paid(&others.claim(EDITION + 1, DATA, 0)), 5);
    // A proof of one edition proves nothing of the other.
    let foreign = claimCall { edition: U256::from(EDITION), ..others.claim(EDITION + 1, DATA, 1) };
    revenue.fails(MALLORY, &foreign, &bad_proof(&foreign));
}

#[test]
fn the_same_claim_finds_nothing_the_second_time() {
    let (revenue, shares) = Revenue::with_edition();
    revenue.earn(EDITION, DATA, 600);
    let call = shares.claim(EDITION, DATA, 1);
    assert_eq!(revenue.paid(&call), 200);
    assert_eq!(revenue.claimable(&call), 0);
    revenue.fails(BOB, &call, &nothing(DATA, BOB));
    revenue.fails(BOB, &shares.claim(EDITION, COIN, 1), &nothing(COIN, BOB));
    assert_eq!(revenue.balance(DATA, BOB), 200);
}

#[test]
fn only_what_the_tree_says_is_paid() {
    let (revenue, shares) = Revenue::with_edition();
    revenue.earn(EDITION, DATA, 600);
    let good = shares.claim(EDITION, DATA, 0);
    let mut bent = good.proof.clone();
    bent[0].0[31] ^= 1;
    let bad = [
        claimCall { account: MALLORY, ..good.clone() },
        claimCall { shares: U256::from(4), ..good.clone() },
        claimCall { shares: U256::ZERO, ..good.clone() },
        claimCall { shares: U256::MAX, ..good.clone() },
        claimCall { proof: bent, ..good.clone() },
        claimCall { proof: good.proof[1..].to_vec(), ..good.clone() },
        claimCall { proof: Vec::new(), ..good.clone() },
        claimCall {
            proof: [good.proof.clone(), vec![shares.tree.root()]].concat(),
            ..good.clone()
        },
        // Nothing ever came for that one.
        claimCall { edition: U256::from(EDITION + 1), ..good.clone() },
        claimCall { edition: U256::MAX, ..good.clone() },
    ];
    for call in &bad {
        revenue.fails(MALLORY, call, &bad_proof(call));
    }
    assert_eq!(revenue.paid(&good), 300);
}

#[test]
fn shares_without_a_proof_are_worth_what_they_would_be() {
    let (revenue, shares) = Revenue::with_edition();
    revenue.earn(EDITION, DATA, 600);
    let call = |number: U256| claimCall { shares: number, ..shares.claim(EDITION, DATA, 0) };
    assert_eq!(revenue.claimable(&call(U256::from(6))), 600);
    assert_eq!(revenue.claimable(&call(U256::from(7))), 0);
    assert_eq!(revenue.claimable(&call(U256::MAX)), 0);
    let unknown = claimCall { edition: U256::from(9), ..call(U256::ZERO) };
    assert_eq!(revenue.claimable(&unknown), 0);
}

#[test]
fn two_leaves_of_one_account_pay_what_the_greater_is_worth() {
    let revenue = Revenue::new();
    let shares = Shares::new(&[(ALICE, 10), (ALICE, 30), (BOB, 60), (ALICE, 10)]);
    revenue.put(EDITION, true, shares.tree.root(), U256::from(110));
    revenue.earn(EDITION, DATA, 1_100);
    assert_eq!(revenue.paid(&shares.claim(EDITION, DATA, 0)), 100);
    let again = shares.claim(EDITION, DATA, 3);
    revenue.fails(ALICE, &again, &nothing(DATA, ALICE));
    assert_eq!(revenue.paid(&shares.claim(EDITION, DATA, 1)), 200);
    revenue.fails(ALICE, &shares.claim(EDITION, DATA, 0), &nothing(DATA, ALICE));
    assert_eq!(revenue.paid(&shares.claim(EDITION, DATA, 2)), 600);
    assert_eq!(revenue.totals(DATA), (1_100, 900));
}

#[test]
fn shares_that_add_up_to_more_than_was_said_empty_their_own_pot_alone() {
    let (revenue, good) = Revenue::with_edition();
    let greedy = Shares::new(&[(MALLORY, 100), (ALICE, 100), (BOB, 1_000)]);
    revenue.put(EDITION + 1, true, greedy.tree.root(), U256::from(100));
    revenue.earn(EDITION, DATA, 600);
    revenue.earn(EDITION + 1, DATA, 500);
    assert_eq!(revenue.paid(&greedy.claim(EDITION + 1, DATA, 0)), 500);
    let late = greedy.claim(EDITION + 1, DATA, 1);
    assert_eq!(revenue.claimable(&late), 0);
    revenue.fails(ALICE, &late, &nothing(DATA, ALICE));
    revenue.fails(BOB, &greedy.claim(EDITION + 1, DATA, 2), &nothing(DATA, BOB));
    // What comes next is shared by who comes first, and no more than that is paid.
    revenue.earn(EDITION + 1, DATA, 50);
    assert_eq!(revenue.paid(&late), 50);
    for index in 0..3 {
        assert!(revenue.paid(&good.claim(EDITION, DATA, index)) > 0);
    }
    assert_eq!(revenue.totals(DATA), (1_150, 1_150));
    assert_eq!(revenue.balance(DATA, REVENUE), 0);
}

#[test]
fn a_transfer_that_fails_takes_nothing_away() {
    let (revenue, shares) = Revenue::with_edition();
    revenue.earn(EDITION, DATA, 600);
    let call = shares.claim(EDITION, DATA, 2);
    for habit in [Habit::False, Habit::Two, Habit::Reverting] {
        revenue.behave(DATA, habit);
        revenue.fails(CAROL, &call, &SafeERC20FailedOperation { token: DATA });
        assert_eq!(revenue.claimable(&call), 100);
    }
    assert_eq!(revenue.totals(DATA), (600, 0));
    revenue.behave(DATA, Habit::Silent);
    assert_eq!(revenue.paid(&call), 100);
    assert_eq!(revenue.balance(DATA, CAROL), 100);
}

#[test]
fn the_largest_sums_fit() {
    let revenue = Revenue::new();
    let most = U256::from(1_u128 << 96);
    // All shares but one are alice's, in words that are wider than the other tests'.
    let words = |account: Address, shares: U256| {
        datacoop_kit::testing::tree::leaf(&alloy_sol_types::SolValue::abi_encode(&(
            account, shares,
        )))
    };
    let leaves = vec![words(ALICE, most - U256::ONE), words(BOB, U256::ONE)];
    let tree = datacoop_kit::testing::tree::Tree::new(leaves);
    revenue.put(EDITION, true, tree.root(), most);
    let amount = U256::from(u128::MAX);
    let mint = datacoop_kit::testing::odd_token::IOddToken::mintCall { to: MALLORY, amount };
    revenue.chain.send(MALLORY, DATA, &mint).expect("it mints");
    let mut deposit = crate::support::deposit(EDITION, DATA, 0);
    deposit.amount = amount;
    assert_eq!(revenue.ok(MALLORY, &deposit), amount);
    let claim = |account, shares, index| claimCall {
        edition: U256::from(EDITION),
        token: DATA,
        account,
        shares,
        proof: tree.proof(index),
    };
    let part = U256::from(u128::MAX >> 96);
    assert_eq!(revenue.ok(MALLORY, &claim(BOB, U256::ONE, 1)), part);
    let rest = revenue.ok(MALLORY, &claim(ALICE, most - U256::ONE, 0));
    // The two parts, rounded down, are a unit less than all.
    assert_eq!(rest, amount - part - U256::ONE);
}

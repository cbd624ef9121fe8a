//! What comes for an edition: counted as it came, told, and refused when it could be nobody's.

use alloy_primitives::{Address, B256, U256};
use datacoop_kit::{
    safe_erc20::SafeERC20FailedOperation,
    testing::odd_token::{Habit, IOddToken},
};
use revenue_distributor::IRevenueDistributor::{
    EditionOpened, RevenueDeposited, RevenueEditionNotLive, RevenueInvalidTotalShares,
    RevenueNothingDeposited, RevenueTooMuch, potOfCall, termsOfCall,
};

use crate::support::{
    COIN, DATA, EDITION, MALLORY, MARKET, PURSE, REVENUE, Revenue, Shares, deposit, log, tag,
};

fn edition() -> U256 {
    U256::from(EDITION)
}

fn deposited(token: Address, amount: u64, received: u64, sum: u64) -> RevenueDeposited {
    let [amount, received, deposited] = [amount, received, sum].map(U256::from);
    let tag = tag();
    RevenueDeposited { edition: edition(), token, from: MARKET, amount, received, deposited, tag }
}

#[test]
fn the_first_deposit_opens_the_edition_and_each_is_told() {
    let (revenue, shares) = Revenue::with_edition();
    assert_eq!(revenue.earn(EDITION, DATA, 600), 600);
    let opened = EditionOpened {
        edition: edition(),
        sharesRoot: shares.tree.root(),
        totalShares: U256::from(6),
    };
    revenue.emitted(&[log(&opened), log(&deposited(DATA, 600, 600, 600))]);
    assert_eq!(revenue.earn(EDITION, DATA, 7), 7);
    revenue.emitted(&[log(&deposited(DATA, 7, 7, 607))]);
    assert_eq!(revenue.earn(EDITION, COIN, 50), 50);
    revenue.emitted(&[log(&deposited(COIN, 50, 50, 50))]);
    assert_eq!(revenue.balance(DATA, REVENUE), 607);
    assert_eq!(revenue.balance(DATA, MARKET), PURSE - 607);
    assert_eq!((revenue.totals(DATA), revenue.totals(COIN)), ((607, 0), (50, 0)));
    let pot = revenue.ok(MALLORY, &potOfCall { edition: edition(), token: DATA });
    assert_eq!((pot.deposited, pot.paid), (U256::from(607), U256::ZERO));
}

#[test]
fn what_came_counts_and_not_what_was_said() {
    let (revenue, _) = Revenue::with_edition();
    revenue.behave(DATA, Habit::Fee);
    assert_eq!(revenue.earn(EDITION, DATA, 1_000), 990);
    revenue.behave(DATA, Habit::Good);
    assert_eq!(revenue.totals(DATA), (990, 0));
    assert_eq!(revenue.balance(DATA, REVENUE), 990);
}

#[test]
fn an_edition_that_is_not_live_takes_nothing() {
    let (revenue, shares) = Revenue::with_edition();
    let other = EDITION + 1;
    let refused = |edition: u64| RevenueEditionNotLive { edition: U256::from(edition) };
    revenue.fails(MARKET, &deposit(other, DATA, 1), &refused(other));
    revenue.put(other, false, shares.tree.root(), U256::from(6));
    revenue.fails(MARKET, &deposit(other, DATA, 1), &refused(other));
    // Not one that was live before, either.
    revenue.earn(EDITION, DATA, 1);
    revenue.put(EDITION, false, shares.tree.root(), U256::from(6));
    revenue.fails(MARKET, &deposit(EDITION, DATA, 1), &refused(EDITION));
    assert_eq!(revenue.totals(DATA), (1, 0));
}

#[test]
fn an_edition_without_shares_or_with_too_many_takes_nothing() {
    let (revenue, shares) = Revenue::with_edition();
    let maximum = U256::from(1_u128 << 96);
    for totalShares in [U256::ZERO, maximum + U256::ONE, U256::MAX] {
        revenue.put(EDITION, true, shares.tree.root(), totalShares);
        let error = RevenueInvalidTotalShares { edition: edition(), totalShares, maximum };
        revenue.fails(MARKET, &deposit(EDITION, DATA, 1), &error);
    }
    revenue.put(EDITION, true, shares.tree.root(), maximum);
    revenue.earn(EDITION, DATA, 1);
}

#[test]
fn the_shares_are_those_of_the_first_deposit_for_ever() {
    let (revenue, shares) = Revenue::with_edition();
    let terms = || {
        let terms = revenue.ok(MALLORY, &termsOfCall { edition: edition() });
        (terms.sharesRoot, terms.totalShares)
    };
    assert_eq!(terms(), (B256::ZERO, U256::ZERO));
    revenue.earn(EDITION, DATA, 600);
    // A registry that broke its word would change nothing.
    let theirs = Shares::new(&[(MALLORY, 1)]);
    revenue.publish(EDITION, &theirs);
    revenue.earn(EDITION, DATA, 600);
    assert_eq!(terms(), (shares.tree.root(), U256::from(6)));
    assert_eq!(revenue.paid(&shares.claim(EDITION, DATA, 0)), 600);
}

#[test]
fn nothing_is_no_deposit() {
    let (revenue, _) = Revenue::with_edition();
    let error = RevenueNothingDeposited { token: DATA, amount: U256::ZERO };
    revenue.fails(MARKET, &deposit(EDITION, DATA, 0), &error);
}

#[test]
fn what_is_no_token_or_does_not_move_is_refused_with_nothing_changed() {
    let (revenue, _) = Revenue::with_edition();
    for token in [MALLORY, Address::ZERO] {
        let error = SafeERC20FailedOperation { token };
        revenue.fails(MARKET, &deposit(EDITION, token, 1), &error);
    }
    let error = SafeERC20FailedOperation { token: DATA };
    for habit in [Habit::False, Habit::Two, Habit::Reverting, Habit::Secret] {
        revenue.behave(DATA, habit);
        revenue.fails(MARKET, &deposit(EDITION, DATA, 5), &error);
    }
    revenue.behave(DATA, Habit::Good);
    // More than the market has.
    revenue.fails(MARKET, &deposit(EDITION, DATA, PURSE + 1), &error);
    assert_eq!(revenue.totals(DATA), (0, 0));
    assert_eq!(revenue.balance(DATA, MARKET), PURSE);
    // A token that answers nothing is fine.
    revenue.behave(DATA, Habit::Silent);
    assert_eq!(revenue.earn(EDITION, DATA, 5), 5);
}

#[test]
fn all_of_a_token_is_below_two_to_the_128() {
    let (revenue, _) = Revenue::with_edition();
    let most = U256::from(u128::MAX);
    let mint = IOddToken::mintCall { to: MARKET, amount: U256::MAX - U256::from(PURSE) };
    revenue.chain.send(MARKET, DATA, &mint).expect("it mints");
    let call = |amount: U256| {
        let mut call = deposit(EDITION, DATA, 0);
        call.amount = amount;
        call
    };
    let too_much =
        |received: U256, deposited: U256| RevenueTooMuch { token: DATA, received, deposited };
    let first = most + U256::ONE;
    revenue.fails(MARKET, &call(first), &too_much(first, U256::ZERO));
    revenue.fails(MARKET, &call(U256::MAX), &too_much(U256::MAX, U256::ZERO));
    revenue.ok(MARKET, &call(most));
    revenue.fails(MARKET, &call(U256::ONE), &too_much(U256::ONE, most));
    // Another token has its own bound.
    revenue.earn(EDITION, COIN, 1);
}

//! Pools: shared by the shares that count when something comes, and by nothing that happens later.

use alloy_primitives::{Address, B256, U256, keccak256};
use datacoop_kit::{
    access_control::{AccessControlUnauthorizedAccount, DEFAULT_ADMIN_ROLE},
    safe_erc20::SafeERC20FailedOperation,
    testing::{START, odd_token::Habit},
};
use revenue_distributor::{
    IRevenueDistributor::{
        ActivationDelayChanged, PoolTokenListed, RevenueInvalidAccount, RevenueInvalidDelay,
        RevenueInvalidToken, RevenueNothingScheduled, RevenueNothingToClaim,
        RevenueSharesNotActive, RevenueTokenAlreadyListed, RevenueTokenNotListed,
        RevenueTooManyTokens, SharedRevenueClaimed, SharedRevenueDeposited, SharesChanged,
        SharesScheduled, activateCall, activationDelayCall, claimSharedCall, depositSharedCall,
        listPoolTokenCall, poolTokensCall, setActivationDelayCall, setSharesCall, sharesOfCall,
        totalSharesOfCall,
    },
    SHARES_ROLE,
};

use crate::support::{
    ADMIN, ALICE, BOB, CAROL, COIN, DATA, DAY, MALLORY, MARKET, REVENUE, Revenue, deposit_shared,
    log, pool, tag,
};

fn set(account: Address, shares: u64) -> setSharesCall {
    setSharesCall { pool: pool(), account, shares }
}

fn activate(account: Address) -> activateCall {
    activateCall { pool: pool(), account }
}

fn claim(account: Address) -> claimSharedCall {
    claimSharedCall { pool: pool(), token: DATA, account }
}

const fn nothing(account: Address) -> RevenueNothingToClaim {
    RevenueNothingToClaim { token: DATA, account }
}

/// The shares of an account that count, those that are scheduled, and from when.
fn shares_of(revenue: &Revenue, account: Address) -> (u64, u64, u64) {
    let shares = revenue.ok(MALLORY, &sharesOfCall { pool: pool(), account });
    (shares.shares, shares.scheduled, shares.activeFrom)
}

fn total(revenue: &Revenue) -> u64 {
    revenue.ok(MALLORY, &totalSharesOfCall { pool: pool() })
}

#[test]
fn what_comes_is_shared_and_each_takes_its_part() {
    let revenue = Revenue::with_pool();
    assert_eq!(revenue.share(400), 400);
    let deposited = SharedRevenueDeposited {
        pool: pool(),
        token: DATA,
        from: MARKET,
        amount: U256::from(400),
        received: U256::from(400),
        totalShares: 4,
        tag: tag(),
    };
    revenue.emitted(&[log(&deposited)]);
    assert_eq!((revenue.owed(ALICE), revenue.owed(BOB), revenue.owed(CAROL)), (300, 100, 0));
    revenue.forget_logs();
    assert_eq!(revenue.ok(MALLORY, &claim(ALICE)), U256::from(300));
    let amount = U256::from(300);
    let claimed = SharedRevenueClaimed { pool: pool(), token: DATA, account: ALICE, amount };
    revenue.emitted(&[log(&claimed)]);
    assert_eq!((revenue.balance(DATA, ALICE), revenue.owed(ALICE)), (300, 0));
    revenue.fails(ALICE, &claim(ALICE), &nothing(ALICE));
    revenue.fails(CAROL, &claim(CAROL), &nothing(CAROL));
    assert_eq!(revenue.totals(DATA), (400, 300));
    revenue.share(4);
    assert_eq!((revenue.owed(ALICE), revenue.owed(BOB)), (3, 101));
}

#[test]
fn pools_and_tokens_are_apart() {
    let revenue = Revenue::with_pool();
    revenue.share(400);
    let other = claimSharedCall { pool: keccak256("OTHERS"), ..claim(ALICE) };
    revenue.fails(ALICE, &other, &nothing(ALICE));
    let other = claimSharedCall { token: COIN, ..claim(ALICE) };
    let error = RevenueNothingToClaim { token: COIN, account: ALICE };
    revenue.fails(ALICE, &other, &error);
}

#[test]
fn parts_of_a_unit_stay_owed_until_they_are_one() {
    let revenue = Revenue::with_pool();
    for _ in 0..3 {
        revenue.share(1);
    }
    // Alice three quarters of each, bob a quarter.
    assert_eq!((revenue.owed(ALICE), revenue.owed(BOB)), (2, 0));
    assert_eq!(revenue.ok(ALICE, &claim(ALICE)), U256::from(2));
    revenue.share(1);
    assert_eq!((revenue.owed(ALICE), revenue.owed(BOB)), (1, 1));
    // Changes of shares lose nothing of it either: a third and two thirds of what is left.
    revenue.have(BOB, 6);
    revenue.share(1);
    revenue.share(1);
    revenue.ok(ADMIN, &set(BOB, 1));
    revenue.share(1);
    for account in [ALICE, BOB] {
        revenue.ok(account, &claim(account));
    }
    let (came, paid) = revenue.totals(DATA);
    assert_eq!((came, paid), (7, 6));
    // Five times out of each, with thirds and quarters of units: the next three make it whole.
    revenue.share(1);
    assert_eq!(revenue.owed(ALICE) + revenue.owed(BOB), 1);
}

#[test]
fn more_shares_count_after_the_delay_and_fewer_at_once() {
    let revenue = Revenue::with_pool();
    let now = revenue.chain.time();
    revenue.ok(ADMIN, &set(BOB, 5));
    let scheduled = |old: u64, new: u64, activeFrom: u64| SharesScheduled {
        pool: pool(),
        account: BOB,
        oldShares: old,
        newShares: new,
        activeFrom,
    };
    let changed = |old: u64, new: u64, oldTotalShares: u64, newTotalShares: u64| SharesChanged {
        pool: pool(),
        account: BOB,
        oldShares: old,
        newShares: new,
        oldTotalShares,
        newTotalShares,
    };
    revenue.emitted(&[log(&scheduled(1, 5, now + 7 * DAY))]);
    assert_eq!(shares_of(&revenue, BOB), (1, 5, now + 7 * DAY));
    assert_eq!(total(&revenue), 4);
    revenue.wait(7 * DAY - 1);
    let activeFrom = now + 7 * DAY;
    let early = RevenueSharesNotActive { pool: pool(), account: BOB, activeFrom };
    revenue.fails(BOB, &activate(BOB), &early);
    revenue.wait(1);
    revenue.ok(MALLORY, &activate(BOB));
    revenue.emitted(&[log(&changed(1, 5, 4, 8))]);
    assert_eq!((shares_of(&revenue, BOB), total(&revenue)), ((5, 0, 0), 8));
    let error = RevenueNothingScheduled { pool: pool(), account: BOB };
    revenue.fails(BOB, &activate(BOB), &error);
    // More, then thought better of: what was scheduled is dropped.
    let now = revenue.chain.time();
    revenue.ok(ADMIN, &set(BOB, 9));
    revenue.ok(ADMIN, &set(BOB, 2));
    let dropped =
        [log(&scheduled(5, 9, now + 7 * DAY)), log(&scheduled(5, 5, 0)), log(&changed(5, 2, 8, 5))];
    revenue.emitted(&dropped);
    revenue.wait(8 * DAY);
    revenue.fails(BOB, &activate(BOB), &error);
    // The same again is no change, and scheduling again waits again.
    revenue.ok(ADMIN, &set(BOB, 2));
    revenue.emitted(&[]);
    revenue.ok(ADMIN, &set(BOB, 4));
    revenue.wait(6 * DAY);
    revenue.ok(ADMIN, &set(BOB, 6));
    revenue.wait(2 * DAY);
    assert!(revenue.call(BOB, &activate(BOB)).is_err());
    revenue.wait(5 * DAY);
    revenue.ok(BOB, &activate(BOB));
    assert_eq!(shares_of(&revenue, BOB).0, 6);
}

#[test]
fn without_a_delay_more_shares_count_at_once() {
    let revenue = Revenue::with_pool();
    revenue.ok(ADMIN, &set(BOB, 7));
    revenue.ok(ADMIN, &setActivationDelayCall { delay: 0 });
    revenue.ok(ADMIN, &set(BOB, 5));
    assert_eq!((shares_of(&revenue, BOB), total(&revenue)), ((5, 0, 0), 8));
    revenue.ok(ADMIN, &set(CAROL, 2));
    assert_eq!((shares_of(&revenue, CAROL), total(&revenue)), ((2, 0, 0), 10));
}

#[test]
fn who_is_removed_keeps_what_was_earned() {
    let revenue = Revenue::with_pool();
    revenue.ok(ADMIN, &listPoolTokenCall { token: COIN });
    revenue.share(400);
    revenue.ok(MARKET, &deposit_shared(COIN, 80));
    revenue.ok(ADMIN, &set(BOB, 0));
    assert_eq!(total(&revenue), 3);
    revenue.share(300);
    assert_eq!((revenue.owed(ALICE), revenue.owed(BOB)), (600, 100));
    assert_eq!(revenue.ok(MALLORY, &claim(BOB)), U256::from(100));
    let coins = claimSharedCall { token: COIN, ..claim(BOB) };
    assert_eq!(revenue.ok(MALLORY, &coins), U256::from(20));
    revenue.fails(BOB, &claim(BOB), &nothing(BOB));
}

#[test]
fn a_token_that_is_listed_later_is_shared_from_then_on() {
    let revenue = Revenue::with_pool();
    let error = RevenueTokenNotListed { token: COIN };
    revenue.fails(MARKET, &deposit_shared(COIN, 80), &error);
    revenue.ok(ADMIN, &listPoolTokenCall { token: COIN });
    let listed = PoolTokenListed { token: COIN, oldCount: U256::ONE, newCount: U256::from(2) };
    revenue.emitted(&[log(&listed)]);
    revenue.ok(MARKET, &deposit_shared(COIN, 80));
    let coins = claimSharedCall { token: COIN, ..claim(ALICE) };
    assert_eq!(revenue.ok(ALICE, &coins), U256::from(60));
    assert_eq!(revenue.ok(ALICE, &poolTokensCall {}), vec![DATA, COIN]);
}

#[test]
fn eight_contracts_are_listed_once_each() {
    let revenue = Revenue::with_pool();
    let error = RevenueTokenAlreadyListed { token: DATA };
    revenue.fails(ADMIN, &listPoolTokenCall { token: DATA }, &error);
    for token in [MALLORY, Address::ZERO] {
        let error = RevenueInvalidToken { token };
        revenue.fails(ADMIN, &listPoolTokenCall { token }, &error);
    }
    let more: Vec<Address> = (1..=8).map(Address::repeat_byte).collect();
    for token in &more {
        let program = datacoop_kit::testing::odd_token::program;
        revenue.chain.deploy(ADMIN, *token, program, &[]).expect("a token");
    }
    for token in &more[..7] {
        revenue.ok(ADMIN, &listPoolTokenCall { token: *token });
    }
    let error = RevenueTooManyTokens { count: U256::from(9), maximum: U256::from(8) };
    revenue.fails(ADMIN, &listPoolTokenCall { token: more[7] }, &error);
    assert_eq!(revenue.ok(ALICE, &poolTokensCall {}).len(), 8);
    // With all of them listed, shares are changed as before.
    revenue.share(400);
    revenue.ok(ADMIN, &set(ALICE, 0));
    assert_eq!(revenue.owed(ALICE), 300);
}

#[test]
fn shares_are_somebodys_and_fit() {
    let revenue = Revenue::with_pool();
    let error = RevenueInvalidAccount { account: Address::ZERO };
    revenue.fails(ADMIN, &set(Address::ZERO, 1), &error);
    revenue.ok(ADMIN, &set(CAROL, u64::MAX));
    revenue.wait(7 * DAY);
    let panic = alloy_sol_types::Panic::from(0x11_u64);
    revenue.fails(CAROL, &activate(CAROL), &panic);
    assert_eq!(total(&revenue), 4);
    revenue.ok(ADMIN, &set(CAROL, u64::MAX - 4));
    revenue.wait(7 * DAY);
    revenue.ok(CAROL, &activate(CAROL));
    assert_eq!(total(&revenue), u64::MAX);
    // One unit, of which nobody owns a whole one yet, and many.
    revenue.share(1);
    assert_eq!(revenue.owed(CAROL), 0);
    revenue.share(1 << 40);
    assert_eq!((revenue.owed(CAROL), revenue.owed(ALICE)), (1 << 40, 0));
}

#[test]
fn only_the_admin_sets_and_only_the_role_shares() {
    let revenue = Revenue::with_pool();
    let refused = |account: Address, neededRole: B256| AccessControlUnauthorizedAccount {
        account,
        neededRole,
    };
    let no_admin = refused(MALLORY, DEFAULT_ADMIN_ROLE);
    revenue.fails(MALLORY, &setActivationDelayCall { delay: 0 }, &no_admin);
    revenue.fails(MALLORY, &listPoolTokenCall { token: COIN }, &no_admin);
    revenue.fails(MALLORY, &set(MALLORY, 1), &refused(MALLORY, SHARES_ROLE));
    let call = revenue_distributor::IRevenueDistributor::revokeRoleCall {
        role: SHARES_ROLE,
        account: ADMIN,
    };
    revenue.ok(ADMIN, &call);
    revenue.fails(ADMIN, &set(MALLORY, 1), &refused(ADMIN, SHARES_ROLE));
}

#[test]
fn the_delay_is_at_most_thirty_days_and_does_not_touch_what_is_scheduled() {
    let revenue = Revenue::with_pool();
    assert_eq!(revenue.ok(ALICE, &activationDelayCall {}), 7 * DAY);
    let maximum = 30 * DAY;
    for delay in [maximum + 1, u64::MAX] {
        let error = RevenueInvalidDelay { delay, maximum };
        revenue.fails(ADMIN, &setActivationDelayCall { delay }, &error);
    }
    revenue.ok(ADMIN, &set(CAROL, 1));
    revenue.forget_logs();
    revenue.ok(ADMIN, &setActivationDelayCall { delay: maximum });
    let changed = ActivationDelayChanged { oldDelay: 7 * DAY, newDelay: maximum };
    revenue.emitted(&[log(&changed)]);
    assert_eq!(shares_of(&revenue, CAROL).2, revenue.chain.time() + 7 * DAY);
    assert!(revenue.chain.time() > START);
}

#[test]
fn a_failed_transfer_takes_nothing_away() {
    let revenue = Revenue::with_pool();
    revenue.share(400);
    let failed = SafeERC20FailedOperation { token: DATA };
    for habit in [Habit::False, Habit::Reverting, Habit::Two] {
        revenue.behave(DATA, habit);
        revenue.fails(ALICE, &claim(ALICE), &failed);
        let call = depositSharedCall { amount: U256::from(5), ..deposit_shared(DATA, 5) };
        revenue.fails(MARKET, &call, &failed);
        assert_eq!(revenue.owed(ALICE), 300);
    }
    revenue.behave(DATA, Habit::Fee);
    assert_eq!(revenue.share(100), 99);
    revenue.behave(DATA, Habit::Good);
    assert_eq!(revenue.ok(ALICE, &claim(ALICE)), U256::from(374));
    assert_eq!(revenue.balance(DATA, REVENUE), 125);
}

//! The four faults of paying in a loop over all who have a share, none of which is possible here.

use alloy_primitives::U256;
use datacoop_kit::{safe_erc20::SafeERC20FailedOperation, testing::odd_token::Habit};
use revenue_distributor::IRevenueDistributor::{
    RevenueInvalidTotalShares, RevenueNoShares, RevenueSharesNotActive, activateCall,
    claimSharedCall, setSharesCall,
};

use crate::support::{
    ADMIN, ALICE, BOB, CAROL, DATA, DAY, EDITION, MALLORY, MARKET, REVENUE, Revenue, Shares,
    deposit, deposit_shared, pool,
};

#[test]
fn nobody_buys_in_before_a_payout() {
    let revenue = Revenue::with_pool();
    // Mallory is to have nearly everything, and knows that a payout is near.
    revenue.ok(ADMIN, &setSharesCall { pool: pool(), account: MALLORY, shares: 1_000_000 });
    revenue.wait(DAY);
    let early = revenue.call(MALLORY, &activateCall { pool: pool(), account: MALLORY });
    let activeFrom = revenue.chain.time() + 6 * DAY;
    let error = RevenueSharesNotActive { pool: pool(), account: MALLORY, activeFrom };
    assert_eq!(early.map(|_| ()), Err(datacoop_kit::testing::error(&error)));
    revenue.share(400);
    assert_eq!((revenue.owed(MALLORY), revenue.owed(ALICE), revenue.owed(BOB)), (0, 300, 100));
    // Nor does what came before count once the shares do.
    revenue.wait(6 * DAY);
    revenue.ok(MALLORY, &activateCall { pool: pool(), account: MALLORY });
    assert_eq!((revenue.owed(MALLORY), revenue.owed(ALICE), revenue.owed(BOB)), (0, 300, 100));
    // The shares of an edition are those of its root, whatever the registry says once money came.
    let shares = Shares::usual();
    revenue.publish(EDITION, &shares);
    revenue.earn(EDITION, DATA, 6);
    revenue.publish(EDITION, &Shares::new(&[(MALLORY, 1)]));
    revenue.earn(EDITION, DATA, 6);
    assert_eq!(revenue.claimable(&shares.claim(EDITION, DATA, 0)), 6);
}

#[test]
fn the_result_of_a_transfer_is_never_ignored() {
    let (revenue, shares) = Revenue::with_edition();
    revenue.earn(EDITION, DATA, 600);
    revenue.behave(DATA, Habit::False);
    let error = SafeERC20FailedOperation { token: DATA };
    let call = shares.claim(EDITION, DATA, 0);
    revenue.fails(ALICE, &call, &error);
    revenue.fails(MARKET, &deposit(EDITION, DATA, 1), &error);
    assert_eq!(revenue.totals(DATA), (600, 0));
    revenue.behave(DATA, Habit::Good);
    assert_eq!(revenue.paid(&call), 300);
}

#[test]
fn no_dust_is_stranded() {
    let (revenue, shares) = Revenue::with_edition();
    // Seven units in six parts, again and again, claimed each time: after six deposits everything is
    // out, with nothing left over.
    for round in 1..=6 {
        revenue.earn(EDITION, DATA, 7);
        for index in 0..3 {
            let call = shares.claim(EDITION, DATA, index);
            if revenue.claimable(&call) > 0 {
                revenue.paid(&call);
            }
        }
        let rest = revenue.balance(DATA, REVENUE);
        assert!(rest < 3, "{rest} units are left after round {round}");
    }
    assert_eq!(revenue.balance(DATA, REVENUE), 0);
    let paid = [ALICE, BOB, CAROL].map(|account| revenue.balance(DATA, account));
    assert_eq!(paid, [21, 14, 7]);
    // And in a pool, where three shares of four and one of four get seven units four times.
    let revenue = Revenue::with_pool();
    for _ in 0..4 {
        revenue.share(7);
        for account in [ALICE, BOB] {
            if revenue.owed(account) > 0 {
                revenue.ok(account, &claimSharedCall { pool: pool(), token: DATA, account });
            }
        }
    }
    assert_eq!([ALICE, BOB].map(|account| revenue.balance(DATA, account)), [21, 7]);
    assert_eq!(revenue.balance(DATA, REVENUE), 0);
}

#[test]
fn zero_shares_do_not_divide() {
    let revenue = Revenue::new();
    let shares = Shares::usual();
    revenue.put(EDITION, true, shares.tree.root(), U256::ZERO);
    let error = RevenueInvalidTotalShares {
        edition: U256::from(EDITION),
        totalShares: U256::ZERO,
        maximum: U256::from(1_u128 << 96),
    };
    revenue.fails(MARKET, &deposit(EDITION, DATA, 7), &error);
    let revenue = Revenue::with_pool();
    for account in [ALICE, BOB] {
        revenue.ok(ADMIN, &setSharesCall { pool: pool(), account, shares: 0 });
    }
    revenue.fails(MARKET, &deposit_shared(DATA, 7), &RevenueNoShares { pool: pool() });
    assert_eq!(revenue.totals(DATA), (0, 0));
}

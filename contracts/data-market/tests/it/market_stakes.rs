//! Stakes: they vet, wait, are slashed by rulings alone, and stay while a licence lives.

use alloy_primitives::{B256, U256};
use data_market::IDataMarket::*;
use datacoop_kit::testing::START;

use crate::support::{
    ADMIN, BOB, CAROL, DATA, INFRA, LISTER, MALLORY, MARKET, Market, PAUSER, PERIOD, PRICE, RULER,
    RULING, STAKE, TREASURY, auction, bid, renew,
};

const DAY: u64 = 86_400;

const fn request(amount: U256) -> requestUnstakeCall {
    requestUnstakeCall { amount }
}

#[test]
fn a_stake_is_paid_back_after_the_cooldown_and_vets_no_more_from_the_request_on() {
    let market = Market::new();
    let before = market.balance(DATA, BOB);
    assert!(market.ok(MALLORY, &isVettedCall { account: BOB }));
    market.ok(BOB, &request(STAKE));
    let readyAt = START + 14 * DAY;
    let requested =
        UnstakeRequested { account: BOB, oldAmount: U256::ZERO, newAmount: STAKE, readyAt };
    market.logged(&[requested]);
    assert!(!market.ok(MALLORY, &isVettedCall { account: BOB }));
    let error = MarketUnstakeNotReady { account: BOB, amount: STAKE, readyAt };
    market.fails(BOB, &unstakeCall {}, &error);
    market.wait(14 * DAY - 1);
    market.fails(BOB, &unstakeCall {}, &error);
    market.wait(1);
    // A pause stops no withdrawal of what is one's own.
    market.ok(PAUSER, &pauseCall {});
    assert_eq!(market.ok(BOB, &unstakeCall {}), STAKE);
    let unstaked = Unstaked { account: BOB, amount: STAKE, oldStake: STAKE, newStake: U256::ZERO };
    market.logged(&[unstaked]);
    assert_eq!(market.balance(DATA, BOB), before + STAKE);
    assert_eq!(market.ok(MALLORY, &totalStakedCall {}), STAKE * U256::from(2));
    let error = MarketUnstakeNotReady { account: BOB, amount: U256::ZERO, readyAt };
    market.fails(BOB, &unstakeCall {}, &error);
}

#[test]
fn a_request_is_replaced_taken_back_and_bounded() {
    let market = Market::new();
    market.ok(BOB, &request(U256::from(5)));
    market.wait(DAY);
    market.ok(BOB, &request(U256::ZERO));
    assert!(market.ok(MALLORY, &isVettedCall { account: BOB }));
    for needed in [STAKE + U256::ONE, U256::MAX] {
        let error = MarketInsufficientStake { account: BOB, stake: STAKE, needed };
        market.fails(BOB, &request(needed), &error);
    }
    let error = MarketInsufficientStake { account: MALLORY, stake: U256::ZERO, needed: U256::ONE };
    market.fails(MALLORY, &request(U256::ONE), &error);
}

#[test]
fn amounts_of_stakes_are_bounded() {
    let market = Market::new();
    let maximum = (U256::ONE << 96) - U256::ONE;
    for amount in [U256::ZERO, U256::ONE << 96, U256::MAX] {
        let error = MarketInvalidAmount { amount, minimum: U256::ONE, maximum };
        market.fails(BOB, &stakeCall { amount }, &error);
    }
    let amount = U256::ONE << 96;
    let error = MarketInvalidAmount { amount, minimum: U256::ZERO, maximum };
    market.fails(ADMIN, &setRequiredStakeCall { amount }, &error);
    for secs in [DAY - 1, 90 * DAY + 1] {
        let error = MarketInvalidCooldown { secs, minimum: DAY, maximum: 90 * DAY };
        market.fails(ADMIN, &setUnstakeCooldownCall { secs }, &error);
    }
    market.ok(ADMIN, &setUnstakeCooldownCall { secs: DAY });
    let changed = UnstakeCooldownChanged { oldSecs: 14 * DAY, newSecs: DAY };
    market.logged(&[changed]);
    market.ok(ADMIN, &setRequiredStakeCall { amount: U256::ZERO });
    let changed = RequiredStakeChanged { oldAmount: STAKE, newAmount: U256::ZERO };
    market.logged(&[changed]);
    assert_eq!(market.ok(MALLORY, &unstakeCooldownCall {}), DAY);
    assert_eq!(market.ok(MALLORY, &requiredStakeCall {}), U256::ZERO);
}

#[test]
fn a_stake_stays_while_a_licence_lives() {
    let market = Market::new();
    market.ok(BOB, &stakeCall { amount: STAKE });
    // Half of it is asked for before he buys with the rest.
    market.ok(BOB, &request(STAKE));
    let licence = market.bought();
    let until = START + PERIOD;
    let locked = |until| MarketStakeLocked { account: BOB, until, auctionsLed: 0 };
    market.fails(BOB, &request(STAKE + U256::ONE), &locked(until));
    // Less may be asked for at any time; it waits anew.
    market.ok(BOB, &request(STAKE / U256::from(2)));
    market.fails(BOB, &request(STAKE), &locked(until));
    market.wait(20 * DAY);
    market.fails(BOB, &unstakeCall {}, &locked(until));
    // Giving the licence away does not free it.
    market.ok(BOB, &crate::support::transfer(BOB, CAROL, licence));
    market.fails(BOB, &unstakeCall {}, &locked(until));
    // Whoever uses it next is kept too, and longer when it is renewed.
    market.ok(CAROL, &request(U256::ZERO));
    market.ok(CAROL, &useLicenceCall { licenceId: licence, publicKey: RULING });
    market.ok(CAROL, &renew(licence, DATA, PRICE));
    let error = MarketStakeLocked { account: CAROL, until: until + PERIOD, auctionsLed: 0 };
    market.fails(CAROL, &request(STAKE), &error);
    market.wait(10 * DAY);
    assert_eq!(market.ok(BOB, &unstakeCall {}), STAKE / U256::from(2));
}

#[test]
fn who_leads_in_an_auction_keeps_its_stake_there() {
    let market = Market::new();
    market.ok(BOB, &request(U256::ONE));
    market.ok(BOB, &stakeCall { amount: U256::ONE });
    market.ok(LISTER, &auction());
    market.ok(BOB, &bid(1_000));
    let error = MarketStakeLocked { account: BOB, until: 0, auctionsLed: 1 };
    market.fails(BOB, &request(STAKE), &error);
    market.wait(30 * DAY);
    market.fails(BOB, &unstakeCall {}, &error);
    // Too late to be settled: it fails, and lets him go.
    assert_eq!(market.ok(MALLORY, &settleCall { auctionId: U256::ONE }), U256::ZERO);
    assert_eq!(market.ok(BOB, &unstakeCall {}), U256::ONE);
}

#[test]
fn a_ruling_slashes_to_the_treasury_what_was_asked_for_too() {
    let market = Market::new();
    market.ok(BOB, &request(STAKE));
    let before = market.balance(DATA, TREASURY);
    let amount = STAKE / U256::from(4) * U256::from(3);
    let call = slashCall { account: BOB, amount, rulingHash: RULING };
    market.ok(RULER, &call);
    let rest = STAKE - amount;
    let slashed =
        Slashed { account: BOB, rulingHash: RULING, amount, oldStake: STAKE, newStake: rest };
    market.logged(&[slashed]);
    assert_eq!(market.balance(DATA, TREASURY), before + amount);
    assert_eq!(market.balance(DATA, MARKET), STAKE * U256::from(2) + rest);
    let held = market.ok(MALLORY, &stakeOfCall { account: BOB });
    assert_eq!((held.staked, held.unstaking), (rest, rest));
    // Beyond the stake nothing is taken: the others' stakes lie in the same balance.
    let error = MarketInsufficientStake { account: BOB, stake: rest, needed: amount };
    market.fails(RULER, &call, &error);
    for needed in [rest + U256::ONE, U256::MAX] {
        let call = slashCall { account: BOB, amount: needed, rulingHash: RULING };
        let error = MarketInsufficientStake { account: BOB, stake: rest, needed };
        market.fails(RULER, &call, &error);
    }
    let call = slashCall { account: BOB, amount: rest, rulingHash: B256::ZERO };
    market.fails(RULER, &call, &MarketMissingRuling {});
    let call = slashCall { account: BOB, amount: U256::ZERO, rulingHash: RULING };
    let maximum = U256::from(u128::MAX);
    let error = MarketInvalidAmount { amount: U256::ZERO, minimum: U256::ONE, maximum };
    market.fails(RULER, &call, &error);
    market.wait(14 * DAY);
    assert_eq!(market.ok(BOB, &unstakeCall {}), rest);
}

#[test]
fn a_ruling_bars_and_lets_in_again() {
    let market = Market::new();
    market.bought();
    assert!(market.has_access(BOB));
    market.ok(RULER, &barCall { account: BOB, rulingHash: RULING });
    let barred = Barred { account: BOB, rulingHash: RULING, oldBarred: false, newBarred: true };
    market.logged(&[barred]);
    assert!(!market.has_access(BOB));
    assert!(market.ok(MALLORY, &stakeOfCall { account: BOB }).barred);
    market.fails(BOB, &crate::support::buy(DATA, PRICE), &MarketNotVetted { account: BOB });
    let call = unbarCall { account: BOB, rulingHash: B256::ZERO };
    market.fails(RULER, &call, &MarketMissingRuling {});
    market.ok(RULER, &unbarCall { account: BOB, rulingHash: RULING });
    assert!(market.has_access(BOB));
    assert_eq!(market.balance(DATA, INFRA), PRICE / U256::from(20));
}

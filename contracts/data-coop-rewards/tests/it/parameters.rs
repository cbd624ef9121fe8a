//! Every parameter: what it starts with, how far it goes, and what is told when it changes.

use alloy_primitives::{Address, U256};
use alloy_sol_types::{SolCall, SolError, SolEvent};
use data_coop_rewards::IDataCoopRewards::{
    CooldownPeriodChanged, GovRewardChanged, GovRewardMinted, MinQualityChanged,
    RarityCurveChanged, RewardRateChanged, RewardsInvalidAddress, RewardsOutOfBounds,
    TimeBonusChanged, cooldownPeriodCall, govRewardCall, minQualityCall, rarityCurveCall,
    rewardRateCall, setCooldownPeriodCall, setGovRewardCall, setMinQualityCall, setRarityCurveCall,
    setRewardRateCall, setTimeBonusCall, timeBonusCall,
};

use crate::support::{Coop, DATA_TOKEN, DAY, GOVERNANCE, MALLORY, ONE, data, log, logs, member};

/// Governance sets a parameter and exactly this event tells of it.
#[track_caller]
fn sets(coop: &Coop, call: &impl SolCall, event: &impl SolEvent) {
    coop.ok(GOVERNANCE, call);
    assert_eq!(logs(coop), [log(event)]);
}

/// Governance is refused a value.
#[track_caller]
fn bounded(coop: &Coop, call: &impl SolCall, value: U256, minimum: u64, maximum: U256) {
    let error = RewardsOutOfBounds { value, minimum: U256::from(minimum), maximum };
    coop.fails(GOVERNANCE, call, &error);
}

#[test]
fn everything_starts_as_documented() {
    let coop = Coop::new();
    assert_eq!(coop.ok(MALLORY, &rewardRateCall {}), data(10));
    assert_eq!(coop.ok(MALLORY, &cooldownPeriodCall {}), U256::from(7 * DAY));
    assert_eq!(coop.ok(MALLORY, &minQualityCall {}), U256::from(ONE / 10));
    let curve = coop.ok(MALLORY, &rarityCurveCall {});
    assert_eq!((curve.peak, curve.floor), (data(3), data(1)));
    assert_eq!(curve.halfCount, U256::from(1_000));
    let bonus = coop.ok(MALLORY, &timeBonusCall {});
    assert_eq!((bonus.step, bonus.maximum), (U256::from(ONE / 100), U256::from(ONE / 2)));
    assert_eq!((bonus.period, bonus.gap), (U256::from(7 * DAY), U256::from(30 * DAY)));
    let gov = coop.ok(MALLORY, &govRewardCall {});
    assert_eq!((gov.token, gov.rate), (Address::ZERO, U256::ZERO));
}

#[test]
fn the_rate_is_bounded() {
    let coop = Coop::new();
    let set = |newRate| setRewardRateCall { newRate };
    sets(&coop, &set(data(1_000)), &RewardRateChanged { oldRate: data(10), newRate: data(1_000) });
    assert_eq!(coop.ok(MALLORY, &rewardRateCall {}), data(1_000));
    for value in [data(1_000) + U256::ONE, U256::MAX, U256::ONE << 128] {
        bounded(&coop, &set(value), value, 0, data(1_000));
    }
    sets(&coop, &set(U256::ZERO), &RewardRateChanged { oldRate: data(1_000), newRate: U256::ZERO });
    assert_eq!(coop.ok(MALLORY, &cooldownPeriodCall {}), U256::from(7 * DAY), "left alone");
}

#[test]
fn the_cooldown_is_bounded() {
    let coop = Coop::new();
    let set = |newPeriod| setCooldownPeriodCall { newPeriod };
    let (week, year) = (U256::from(7 * DAY), U256::from(365 * DAY));
    sets(&coop, &set(year), &CooldownPeriodChanged { oldPeriod: week, newPeriod: year });
    assert_eq!(coop.ok(MALLORY, &cooldownPeriodCall {}), year);
    for value in [year + U256::ONE, U256::MAX, U256::ONE << 64] {
        bounded(&coop, &set(value), value, 0, year);
    }
    let none = U256::ZERO;
    sets(&coop, &set(none), &CooldownPeriodChanged { oldPeriod: year, newPeriod: none });
    assert_eq!(coop.ok(MALLORY, &rewardRateCall {}), data(10), "left alone");
}

#[test]
fn the_least_quality_is_bounded() {
    let coop = Coop::new();
    let set = |newMinimum| setMinQualityCall { newMinimum };
    let (tenth, half) = (U256::from(ONE / 10), U256::from(ONE / 2));
    sets(&coop, &set(half), &MinQualityChanged { oldMinimum: tenth, newMinimum: half });
    assert_eq!(coop.ok(MALLORY, &minQualityCall {}), half);
    for value in [U256::ZERO, half + U256::ONE, U256::MAX] {
        bounded(&coop, &set(value), value, 1, half);
    }
    assert_eq!(coop.ok(MALLORY, &rarityCurveCall {}).peak, data(3), "left alone");
}

#[test]
fn the_rarity_curve_is_bounded() {
    let coop = Coop::new();
    let set = |newPeak, newFloor, newHalfCount: u64| setRarityCurveCall {
        newPeak,
        newFloor,
        newHalfCount: U256::from(newHalfCount),
    };
    sets(
        &coop,
        &set(data(10), data(10), 1_000_000_000),
        &RarityCurveChanged {
            oldPeak: data(3),
            oldFloor: data(1),
            oldHalfCount: U256::from(1_000),
            newPeak: data(10),
            newFloor: data(10),
            newHalfCount: U256::from(1_000_000_000),
        },
    );
    let curve = coop.ok(MALLORY, &rarityCurveCall {});
    assert_eq!((curve.peak, curve.floor), (data(10), data(10)));
    assert_eq!(curve.halfCount, U256::from(1_000_000_000));
    let over = data(10) + U256::ONE;
    bounded(&coop, &set(over, data(1), 1), over, 0, data(10));
    bounded(&coop, &set(data(2), over, 1), over, 0, data(2));
    bounded(&coop, &set(data(2), data(1), 0), U256::ZERO, 1, U256::from(1_000_000_000));
    let many = 1_000_000_001;
    let most = U256::from(1_000_000_000);
    bounded(&coop, &set(data(2), data(1), many), U256::from(many), 1, most);
    coop.ok(GOVERNANCE, &set(U256::ZERO, U256::ZERO, 1));
    assert_eq!(coop.ok(MALLORY, &minQualityCall {}), U256::from(ONE / 10), "left alone");
}

#[test]
fn the_time_bonus_is_bounded() {
    let coop = Coop::new();
    let set = |step: u64, maximum: u64, period: u64, gap: u64| setTimeBonusCall {
        newStep: U256::from(step),
        newMaximum: U256::from(maximum),
        newPeriod: U256::from(period),
        newGap: U256::from(gap),
    };
    sets(
        &coop,
        &set(ONE, ONE, 365 * DAY, 730 * DAY),
        &TimeBonusChanged {
            oldStep: U256::from(ONE / 100),
            oldMaximum: U256::from(ONE / 2),
            oldPeriod: U256::from(7 * DAY),
            oldGap: U256::from(30 * DAY),
            newStep: U256::from(ONE),
            newMaximum: U256::from(ONE),
            newPeriod: U256::from(365 * DAY),
            newGap: U256::from(730 * DAY),
        },
    );
    let number = U256::from;
    bounded(&coop, &set(0, ONE + 1, DAY, DAY), number(ONE + 1), 0, number(ONE));
    bounded(&coop, &set(2, 1, DAY, DAY), number(2), 0, number(1));
    bounded(&coop, &set(1, 1, DAY - 1, DAY), number(DAY - 1), DAY, number(365 * DAY));
    let long = 365 * DAY + 1;
    bounded(&coop, &set(1, 1, long, long), number(long), DAY, number(365 * DAY));
    bounded(&coop, &set(1, 1, DAY, DAY - 1), number(DAY - 1), DAY, number(730 * DAY));
    let longer = 730 * DAY + 1;
    bounded(&coop, &set(1, 1, DAY, longer), number(longer), DAY, number(730 * DAY));
    coop.ok(GOVERNANCE, &set(0, 0, DAY, DAY));
}

#[test]
fn gov_is_paid_at_its_rate() {
    // DATA stands in for GOV: what is called is the same function.
    let coop = Coop::new().without_cooldown();
    let set = |newToken, newRate| setGovRewardCall { newToken, newRate };
    let zero = Address::ZERO;
    sets(
        &coop,
        &set(DATA_TOKEN, data(2)),
        &GovRewardChanged {
            oldToken: zero,
            oldRate: U256::ZERO,
            newToken: DATA_TOKEN,
            newRate: data(2),
        },
    );
    coop.record(1, 1);
    assert_eq!(coop.balance(1), data(12));
    assert_eq!(logs(&coop)[2], log(&GovRewardMinted { member: member(1), amount: data(2) }));
    // A run of two entries of one member is paid once for both.
    let entries = vec![crate::support::entry(2, 2), crate::support::entry(2, 3)];
    assert_eq!(coop.strict(entries), Ok(2));
    assert!(logs(&coop).contains(&log(&GovRewardMinted { member: member(2), amount: data(4) })));
    sets(
        &coop,
        &set(zero, U256::ZERO),
        &GovRewardChanged {
            oldToken: DATA_TOKEN,
            oldRate: data(2),
            newToken: zero,
            newRate: U256::ZERO,
        },
    );
    coop.record(3, 4);
    assert_eq!(coop.balance(3), data(10));
}

#[test]
fn gov_needs_a_token_and_is_bounded() {
    let coop = Coop::new();
    let set = |newToken, newRate| setGovRewardCall { newToken, newRate };
    let over = data(1_000) + U256::ONE;
    bounded(&coop, &set(DATA_TOKEN, over), over, 0, data(1_000));
    for account in [Address::ZERO, MALLORY] {
        coop.fails(GOVERNANCE, &set(account, data(1)), &RewardsInvalidAddress { account });
    }
    coop.fails(GOVERNANCE, &set(MALLORY, U256::ZERO), &RewardsInvalidAddress { account: MALLORY });
    coop.ok(GOVERNANCE, &set(DATA_TOKEN, data(1_000)));
    let gov = coop.ok(MALLORY, &govRewardCall {});
    assert_eq!((gov.token, gov.rate), (DATA_TOKEN, data(1_000)));
    assert_ne!(RewardsOutOfBounds::SELECTOR, RewardsInvalidAddress::SELECTOR);
}

//! The score: rarity, time bonus and damping, compared with exact numbers.

use alloy_primitives::U256;
use data_coop_rewards::IDataCoopRewards::{
    ContributionScored, Entry, RewardsInvalidDataClass, RewardsInvalidQuality, memberRecordCall,
    previewRewardCall, rarityMultiplierCall, setRarityCurveCall,
};
use datacoop_kit::testing::START;

use crate::support::{Coop, DAY, GOVERNANCE, MALLORY, ONE, data, entry, member};

/// Records one scored contribution and returns its points.
fn points(coop: &Coop, entry: Entry) -> u64 {
    assert_eq!(coop.strict(vec![entry]), Ok(1));
    let scored = coop.chain.take_logs().iter().find_map(|log| log.decode::<ContributionScored>());
    scored.expect("it is scored").points.to()
}

/// Governance flattens the curve: every multiplier is one.
fn flat(coop: &Coop) {
    let one = U256::from(ONE);
    coop.ok(
        GOVERNANCE,
        &setRarityCurveCall { newPeak: one, newFloor: one, newHalfCount: U256::ONE },
    );
}

#[test]
fn rarity_falls_with_the_classs_own_count() {
    let coop = Coop::new();
    coop.ok(
        GOVERNANCE,
        &setRarityCurveCall { newPeak: data(3), newFloor: data(1), newHalfCount: U256::from(2) },
    );
    let multiplier = |dataClass| coop.ok(MALLORY, &rarityMultiplierCall { dataClass }).to::<u64>();
    // 1 + 2 · 2 / (2 + c)
    for (count, expect) in
        [(0, 3 * ONE), (1, ONE + 4 * ONE / 3), (2, 2 * ONE), (3, ONE + 4 * ONE / 5)]
    {
        assert_eq!(multiplier(2), expect);
        assert_eq!(points(&coop, Entry { dataClass: 2, ..entry(count, count) }), expect);
    }
    for other in [0, 1, 3] {
        assert_eq!(multiplier(other), 3 * ONE, "another class is untouched");
    }
}

#[test]
fn the_time_bonus_grows_with_the_unbroken_record_and_lapses_with_a_gap() {
    let coop = Coop::new();
    flat(&coop);
    let mut number = 0;
    let mut next = |wait| {
        coop.wait(wait);
        number += 1;
        points(&coop, entry(1, number)) - ONE
    };
    let step = ONE / 100;
    assert_eq!(next(0), 0);
    assert_eq!(next(7 * DAY), step);
    assert_eq!(next(13 * DAY), 2 * step, "20 days are two whole periods");
    assert_eq!(next(30 * DAY), 7 * step, "a silence of exactly the gap does not break");
    assert_eq!(next(30 * DAY + 1), 0, "a longer one does");
    let streak_start = coop.ok(MALLORY, &memberRecordCall { member: member(1) }).streakStart;
    assert_eq!(streak_start, START + 80 * DAY + 1);
    for periods in 1..50 {
        assert_eq!(next(7 * DAY), periods * step);
    }
    assert_eq!(next(7 * DAY), 50 * step);
    assert_eq!(next(7 * DAY), 50 * step, "never above the maximum");
}

#[test]
fn a_plain_contribution_counts_in_the_record() {
    let coop = Coop::new();
    flat(&coop);
    coop.record(1, 1);
    coop.wait(7 * DAY);
    assert_eq!(points(&coop, entry(1, 2)), ONE + ONE / 100);
}

#[test]
fn more_contributions_in_one_period_count_half_each_time() {
    let coop = Coop::new().without_cooldown();
    flat(&coop);
    assert_eq!(points(&coop, entry(1, 1)), ONE);
    coop.wait(7 * DAY);
    assert_eq!(points(&coop, entry(1, 2)), ONE + ONE / 100);
    for halvings in 1..70 {
        let expect = ONE.checked_shr(halvings).unwrap_or_default();
        assert_eq!(points(&coop, entry(1, 2 + u64::from(halvings))), expect, "without a bonus");
    }
    coop.wait(7 * DAY);
    assert_eq!(points(&coop, entry(1, 100)), ONE + 2 * ONE / 100, "a new period starts afresh");
}

#[test]
fn the_preview_is_what_is_paid() {
    let coop = Coop::new().without_cooldown();
    for (number, wait) in [0, 0, DAY, 7 * DAY, 20 * DAY, 40 * DAY].into_iter().enumerate() {
        coop.wait(wait);
        let number = number as u64;
        let entry = Entry { quality: ONE / 3, dataClass: 1, ..entry(1, number) };
        let call = previewRewardCall { member: member(1), quality: ONE / 3, dataClass: 1 };
        let preview = coop.ok(MALLORY, &call);
        let before = coop.balance(1);
        assert_eq!(points(&coop, entry), preview.points.to::<u64>());
        assert_eq!(coop.balance(1) - before, preview.amount);
        assert_eq!(preview.amount, preview.points * U256::from(10));
    }
}

#[test]
fn a_preview_of_what_cannot_be_is_refused() {
    let coop = Coop::new();
    let preview = |quality, dataClass| previewRewardCall { member: member(1), quality, dataClass };
    coop.fails(MALLORY, &preview(ONE, 4), &RewardsInvalidDataClass { dataClass: 4 });
    coop.fails(
        MALLORY,
        &preview(0, 0),
        &RewardsInvalidQuality { quality: 0, minimum: ONE / 10, maximum: ONE },
    );
    coop.fails(
        MALLORY,
        &rarityMultiplierCall { dataClass: 4 },
        &RewardsInvalidDataClass { dataClass: 4 },
    );
}

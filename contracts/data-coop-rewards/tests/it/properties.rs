//! Long random runs: rewards add up, a proof pays once, cooldowns hold, and no flood beats its
//! bound.

use std::collections::{BTreeMap, BTreeSet};

use alloy_primitives::{Address, B256, U256};
use data_coop_rewards::IDataCoopRewards::{
    ContributionRecorded, ContributionScored, Entry, RewardMinted, areRecordedCall,
    setCooldownPeriodCall, setRarityCurveCall,
};
use proptest::{collection::vec, prelude::*, test_runner::RngSeed};

use crate::support::{
    Coop, DAY, GOVERNANCE, IDataToken, MALLORY, ONE, ORACLE, data, entry, member, plain, proof,
};

/// A fixed seed: a failure comes again.
fn config() -> ProptestConfig {
    ProptestConfig { cases: 48, rng_seed: RngSeed::Fixed(20_260_102), ..Default::default() }
}

#[derive(Clone, Debug)]
enum Step {
    Plain(u64, u64),
    Batch(Vec<(u64, u64, u64, u8)>, bool),
    Wait(u64),
    Cooldown(u64),
}

fn step() -> impl Strategy<Value = Step> {
    let one = (0..5_u64, 0..60_u64, 0..ONE + 2, 0..5_u8);
    prop_oneof![
        2 => (0..5_u64, 0..60_u64).prop_map(|(member, proof)| Step::Plain(member, proof)),
        3 => (vec(one, 0..8), any::<bool>()).prop_map(|(entries, strict)| Step::Batch(entries, strict)),
        3 => (0..9 * DAY).prop_map(Step::Wait),
        1 => prop_oneof![Just(0), 0..10 * DAY].prop_map(Step::Cooldown),
    ]
}

/// Every contribution that the logs tell of.
fn contributions(coop: &Coop, rewards: &mut BTreeMap<Address, U256>) -> Vec<(Address, B256)> {
    let mut found = Vec::new();
    for log in coop.chain.take_logs() {
        if let Some(event) = log.decode::<ContributionRecorded>() {
            found.push((event.member, event.proof));
        } else if let Some(event) = log.decode::<ContributionScored>() {
            found.push((event.member, event.proof));
        } else if let Some(event) = log.decode::<RewardMinted>() {
            *rewards.entry(event.member).or_default() += event.amount;
        }
    }
    found
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn rewards_add_up_proofs_pay_once_and_cooldowns_hold(steps in vec(step(), 1..60)) {
        let cap = data(700);
        let coop = Coop::with_emission(cap);
        let mut cooldown = 7 * DAY;
        let (mut proofs, mut last) = (BTreeSet::new(), BTreeMap::new());
        let mut rewards = BTreeMap::new();
        for step in steps {
            match step {
                Step::Plain(member, proof) => {
                    let _ = coop.call(ORACLE, &plain(member, proof));
                }
                Step::Batch(entries, strict) => {
                    let entries = entries
                        .into_iter()
                        .map(|(member, proof, quality, dataClass)| {
                            Entry { quality, dataClass, ..entry(member, proof) }
                        })
                        .collect();
                    if strict {
                        let _ = coop.strict(entries);
                    } else {
                        coop.lenient(entries);
                    }
                }
                Step::Wait(secs) => coop.wait(secs),
                Step::Cooldown(secs) => {
                    cooldown = secs;
                    let newPeriod = U256::from(secs);
                    coop.ok(GOVERNANCE, &setCooldownPeriodCall { newPeriod });
                }
            }
            let now = coop.chain.time();
            for (member, proof) in contributions(&coop, &mut rewards) {
                prop_assert!(proofs.insert(proof), "a proof pays once");
                if let Some(last) = last.insert(member, now) {
                    prop_assert!(now - last >= cooldown);
                }
            }
        }
        let mut sum = U256::ZERO;
        for number in 0..5 {
            let reward = rewards.get(&member(number)).copied().unwrap_or_default();
            prop_assert_eq!(coop.balance(number), reward);
            sum += reward;
        }
        prop_assert!(sum <= cap);
        let supply = coop.token(MALLORY, &IDataToken::totalSupplyCall {});
        prop_assert_eq!(supply, sum + data(1));
        let known = coop.ok(MALLORY, &areRecordedCall { proofs: (0..60).map(proof).collect() });
        for (number, known) in (0..).zip(known) {
            prop_assert_eq!(known, proofs.contains(&proof(number)));
        }
    }

    #[test]
    fn a_flood_never_beats_one_contribution_of_twice_its_quality(
        quality in ONE / 10..=ONE / 2,
        others in vec((ONE / 10..=ONE, 0..4_u8, 0..7 * DAY), 1..40),
        peak in 0..10 * ONE,
        half_count in 1..2_000_u64,
        record_before in 0..3_u64,
    ) {
        let start = || {
            let coop = Coop::new().without_cooldown();
            coop.ok(GOVERNANCE, &setRarityCurveCall {
                newPeak: U256::from(peak),
                newFloor: U256::from(peak / 3),
                newHalfCount: U256::from(half_count),
            });
            for number in 0..record_before {
                coop.strict(vec![entry(1, 1_000 + number)]).expect("a record to build on");
                coop.wait(7 * DAY);
            }
            (coop.balance(1), coop)
        };
        // A flood within one period, none of it better than `quality`.
        let (before, flood) = start();
        let beginning = flood.chain.time();
        let mut times = others.iter().map(|(_, _, at)| *at).collect::<Vec<_>>();
        times.sort_unstable();
        times[0] = 0;
        for (number, ((other, data_class, _), at)) in (0..).zip(others.iter().zip(times)) {
            flood.chain.set_time(beginning + at);
            let quality = (*other).min(quality);
            let entry = Entry { quality, dataClass: *data_class, ..entry(1, number) };
            flood.strict(vec![entry]).expect("it is recorded");
        }
        let earned = flood.balance(1) - before;
        // One of twice the quality, of a class that is as rare as any.
        let (before, single) = start();
        single.strict(vec![Entry { quality: 2 * quality, dataClass: 3, ..entry(1, 1) }])
            .expect("it is recorded");
        prop_assert!(earned <= single.balance(1) - before);
    }
}

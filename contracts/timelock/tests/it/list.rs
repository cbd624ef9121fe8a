//! The list of pending operations, page by page.

use std::collections::BTreeMap;

use alloy_primitives::{B256, U256};
use proptest::{collection::vec, prelude::*, test_runner::RngSeed};
use timelock::{
    ITimelock::{cancelCall, pendingCountCall, pendingOperationsCall, pendingOperationsReturn},
    operations::MAX_PAGE,
};

use crate::support::{DELAY_SECS, EXECUTOR, MALLORY, Operation, PROPOSER, Timelock};

fn page(timelock: &Timelock, offset: U256, limit: U256) -> Vec<(B256, U256)> {
    let call = pendingOperationsCall { offset, limit };
    let pendingOperationsReturn { ids, timestamps } = timelock.ok(MALLORY, &call);
    assert_eq!(ids.len(), timestamps.len());
    ids.into_iter().zip(timestamps).collect()
}

#[test]
fn operations_are_listed_in_the_order_in_which_they_were_scheduled() {
    let timelock = Timelock::new();
    assert_eq!(page(&timelock, U256::ZERO, U256::MAX), []);
    let mut expected = Vec::new();
    for number in 0..3 {
        let operation = Operation::number(number);
        timelock.ok(PROPOSER, &operation.schedule(DELAY_SECS + number));
        let ready_at = U256::from(timelock.chain.time() + DELAY_SECS + number);
        expected.push((operation.id(), ready_at));
    }
    assert_eq!(timelock.ok(MALLORY, &pendingCountCall {}), U256::from(3));
    assert_eq!(page(&timelock, U256::ZERO, U256::from(10)), expected);
    assert_eq!(page(&timelock, U256::ONE, U256::ONE), expected[1..2]);
    assert_eq!(page(&timelock, U256::from(2), U256::MAX), expected[2..]);
    for offset in [U256::from(3), U256::from(4), U256::MAX] {
        assert_eq!(page(&timelock, offset, U256::MAX), []);
    }
    assert_eq!(page(&timelock, U256::ZERO, U256::ZERO), []);
}

#[test]
fn the_last_takes_the_place_of_one_that_ends() {
    let timelock = Timelock::new();
    let operations = [0, 1, 2, 3].map(Operation::number);
    for operation in &operations {
        timelock.ok(PROPOSER, &operation.schedule(DELAY_SECS));
    }
    let ids = || -> Vec<_> {
        page(&timelock, U256::ZERO, U256::MAX).into_iter().map(|(id, _)| id).collect()
    };
    let [first, second, third, last] = operations.each_ref().map(Operation::id);
    timelock.ok(PROPOSER, &cancelCall { id: second });
    assert_eq!(ids(), [first, last, third]);
    timelock.wait(DELAY_SECS);
    timelock.ok(EXECUTOR, &operations[2].execute());
    assert_eq!(ids(), [first, last]);
    timelock.ok(EXECUTOR, &operations[0].execute());
    assert_eq!(ids(), [last]);
    timelock.ok(EXECUTOR, &operations[3].execute());
    assert!(ids().is_empty());
}

#[test]
fn a_page_is_never_longer_than_its_bound() {
    let timelock = Timelock::new();
    let count = MAX_PAGE + 5;
    for number in 0..count {
        timelock.ok(PROPOSER, &Operation::number(number).schedule(DELAY_SECS));
    }
    for limit in [U256::from(MAX_PAGE), U256::from(MAX_PAGE + 1), U256::MAX] {
        assert_eq!(page(&timelock, U256::ZERO, limit).len(), 100);
        assert_eq!(page(&timelock, U256::from(MAX_PAGE), limit).len(), 5);
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 64, rng_seed: RngSeed::Fixed(20_260_103), ..Default::default()
    })]

    #[test]
    fn the_list_has_exactly_the_pending_operations(
        steps in vec((0..4_u8, 0..12_u64, 0..2 * DELAY_SECS), 1..80),
    ) {
        let timelock = Timelock::new();
        let mut pending: BTreeMap<B256, U256> = BTreeMap::new();
        for (step, number, secs) in steps {
            let operation = Operation::number(number);
            let id = operation.id();
            match step {
                0 | 1 => {
                    if timelock.call(PROPOSER, &operation.schedule(DELAY_SECS)).is_ok() {
                        pending.insert(id, U256::from(timelock.chain.time() + DELAY_SECS));
                    }
                }
                2 => {
                    let executed = timelock.call(EXECUTOR, &operation.execute()).is_ok();
                    prop_assert!(!executed || pending.remove(&id).is_some());
                }
                _ => {
                    let cancelled = timelock.call(PROPOSER, &cancelCall { id }).is_ok();
                    prop_assert_eq!(cancelled, pending.remove(&id).is_some());
                }
            }
            timelock.wait(secs / 4);
            let listed = page(&timelock, U256::ZERO, U256::MAX);
            prop_assert_eq!(listed.len(), pending.len());
            prop_assert_eq!(listed.into_iter().collect::<BTreeMap<_, _>>(), pending.clone());
            prop_assert_eq!(timelock.ok(MALLORY, &pendingCountCall {}), U256::from(pending.len()));
        }
    }
}

//! The delay and its queue: who waits how long, who cancels, and what voids.

use alloy_primitives::U256;
use alloy_sol_types::SolCall;
use treasury::{
    ITreasury::{
        TreasuryDelayActive, TreasuryDelayTooLong, TreasuryNoDelay, TreasuryNotQueued,
        TreasuryNotReady, TreasuryQueueExpired, TreasuryUnauthorizedCanceller, cancelAllQueuedCall,
        cancelQueuedCall, changeThresholdCall, readyAtCall, setDelayCall,
    },
    MAX_DELAY_SECS, QUEUE_LIFE_SECS,
};

use crate::support::{GOVERNOR, MALLORY, PAYEE, Treasury, executed, queued};

/// The delay, in seconds.
const DELAY_SECS: u64 = 172_800;

#[test]
fn what_is_queued_is_executed_once_and_not_before_its_time() {
    let treasury = Treasury::with(GOVERNOR, DELAY_SECS);
    let call = treasury.signed(PAYEE, 7, &[]);
    let txHash = treasury.hash(PAYEE, 7, &[]);
    treasury.fails(MALLORY, &call, &TreasuryDelayActive { delay: U256::from(DELAY_SECS) });
    treasury.fails(MALLORY, &executed(PAYEE, 7, 0), &TreasuryNotQueued { txHash });
    assert_eq!(treasury.ok(MALLORY, &queued(call)), txHash);
    let readyAt = treasury.ok(MALLORY, &readyAtCall { txHash });
    assert_eq!(readyAt, U256::from(treasury.chain.time() + DELAY_SECS));
    treasury.wait(DELAY_SECS - 1);
    treasury.fails(MALLORY, &executed(PAYEE, 7, 0), &TreasuryNotReady { txHash, readyAt });
    treasury.wait(1);
    assert!(treasury.ok(MALLORY, &executed(PAYEE, 7, 0)));
    assert_eq!(treasury.balance(PAYEE), U256::from(7));
    treasury.fails(MALLORY, &executed(PAYEE, 7, 0), &TreasuryNotQueued { txHash });
}

#[test]
fn what_is_queued_expires() {
    for (late, succeeds) in [(QUEUE_LIFE_SECS - 1, true), (QUEUE_LIFE_SECS, false)] {
        let treasury = Treasury::with(GOVERNOR, DELAY_SECS);
        let txHash = treasury.ok(MALLORY, &queued(treasury.signed(PAYEE, 7, &[])));
        treasury.wait(DELAY_SECS);
        let expiredAt = U256::from(treasury.chain.time() + QUEUE_LIFE_SECS);
        treasury.wait(late);
        if succeeds {
            assert!(treasury.ok(MALLORY, &executed(PAYEE, 7, 0)));
        } else {
            let error = TreasuryQueueExpired { txHash, expiredAt };
            treasury.fails(MALLORY, &executed(PAYEE, 7, 0), &error);
        }
    }
}

#[test]
fn one_owner_or_the_governor_cancels_and_nobody_else() {
    for index in 0..2 {
        let treasury = Treasury::with(GOVERNOR, DELAY_SECS);
        let txHash = treasury.ok(MALLORY, &queued(treasury.signed(PAYEE, 7, &[])));
        let stranger = TreasuryUnauthorizedCanceller { account: MALLORY };
        treasury.fails(MALLORY, &cancelQueuedCall { txHash }, &stranger);
        treasury.fails(MALLORY, &cancelAllQueuedCall {}, &stranger);
        let canceller = [treasury.owner(2), GOVERNOR][index];
        treasury.ok(canceller, &cancelQueuedCall { txHash });
        treasury.fails(canceller, &cancelQueuedCall { txHash }, &TreasuryNotQueued { txHash });
        treasury.wait(DELAY_SECS);
        treasury.fails(MALLORY, &executed(PAYEE, 7, 0), &TreasuryNotQueued { txHash });
    }
}

#[test]
fn all_that_is_queued_is_cancelled_at_once() {
    let treasury = Treasury::with(GOVERNOR, DELAY_SECS);
    let first = treasury.ok(MALLORY, &queued(treasury.signed(PAYEE, 7, &[])));
    let second = treasury.ok(MALLORY, &queued(treasury.signed(PAYEE, 8, &[])));
    treasury.ok(treasury.owner(0), &cancelAllQueuedCall {});
    treasury.wait(DELAY_SECS);
    let error = |txHash| TreasuryNotQueued { txHash };
    treasury.fails(MALLORY, &executed(PAYEE, 7, 0), &error(first));
    treasury.fails(MALLORY, &executed(PAYEE, 8, 1), &error(second));
}

#[test]
fn a_stale_queue_is_void_after_the_owners_changed() {
    let treasury = Treasury::with(GOVERNOR, DELAY_SECS);
    let txHash = treasury.ok(MALLORY, &queued(treasury.signed(PAYEE, 7, &[])));
    treasury.govern(&changeThresholdCall { _threshold: U256::from(3) }).unwrap();
    treasury.wait(DELAY_SECS);
    treasury.fails(MALLORY, &executed(PAYEE, 7, 0), &TreasuryNotQueued { txHash });
}

#[test]
fn the_delay_has_a_bound_and_can_be_none() {
    let treasury = Treasury::with(GOVERNOR, 0);
    let call = queued(treasury.signed(PAYEE, 7, &[]));
    treasury.fails(MALLORY, &call, &TreasuryNoDelay {});
    let maximum = U256::from(MAX_DELAY_SECS);
    treasury.govern(&setDelayCall { newDelay: maximum }).unwrap();
    for delay in [maximum + U256::ONE, U256::MAX] {
        let error = TreasuryDelayTooLong { delay, maximum };
        treasury.ungoverned(&setDelayCall { newDelay: delay }, &error);
    }
    // The owners cannot shorten it but by waiting.
    let data = setDelayCall { newDelay: U256::ZERO }.abi_encode();
    let call = treasury.signed(crate::support::TREASURY, 0, &data);
    treasury.fails(MALLORY, &call, &TreasuryDelayActive { delay: maximum });
}

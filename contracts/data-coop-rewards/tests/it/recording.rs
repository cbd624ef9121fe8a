//! Plain contributions: what they pay, and every reason why one is refused.

use alloy_primitives::{Address, B256, U256};
use alloy_sol_types::{SolCall, SolError};
use data_coop_rewards::IDataCoopRewards::{
    ContributionRecorded, EnforcedPause, RewardMinted, RewardsCooldownActive, RewardsInvalidMember,
    RewardsInvalidProof, RewardsProofAlreadyRecorded, RewardsUnauthorizedOracle, areRecordedCall,
    contributionCall, lastContributionCall, memberRecordCall, pauseCall, recordContributionCall,
    setRewardRateCall,
};
use datacoop_kit::testing::START;

use crate::support::{
    Coop, DATA_TOKEN, DAY, GOVERNANCE, GUARDIAN, IDataToken, MALLORY, ORACLE, data, log, member,
    plain, proof,
};

#[test]
fn a_contribution_pays_exactly_the_rate() {
    let coop = Coop::new();
    coop.record(1, 1);
    let logs = coop.chain.take_logs();
    assert_eq!(logs[0], log(&ContributionRecorded { member: member(1), proof: proof(1) }));
    assert_eq!(logs[1], log(&RewardMinted { member: member(1), amount: data(10) }));
    let transfer = logs[2].decode::<IDataToken::Transfer>().expect("DATA is minted");
    assert_eq!((logs[2].emitter, transfer.value), (DATA_TOKEN, data(10)));
    assert_eq!(logs.len(), 3);
    assert_eq!(coop.balance(1), data(10));
    let last = coop.ok(MALLORY, &lastContributionCall { member: member(1) });
    assert_eq!(last, U256::from(START));
    let record = coop.ok(MALLORY, &memberRecordCall { member: member(1) });
    assert_eq!((record.streakStart, record.count), (START, 1));
    let known = coop.ok(MALLORY, &contributionCall { proof: proof(1) });
    assert_eq!((known.member, known.recordedAt), (member(1), START));
    let unknown = coop.ok(MALLORY, &contributionCall { proof: proof(2) });
    assert_eq!((unknown.member, unknown.recordedAt), (Address::ZERO, 0));
    coop.ok(GOVERNANCE, &setRewardRateCall { newRate: U256::from(7) });
    coop.record(2, 2);
    assert_eq!(coop.balance(2), U256::from(7));
}

#[test]
fn the_first_contribution_is_never_in_cooldown_whatever_the_clock_says() {
    for time in [0, 1, 7 * DAY - 1, 7 * DAY, START] {
        let coop = Coop::new();
        coop.chain.set_time(time);
        coop.record(1, 1);
        let member = member(1);
        let last = coop.ok(MALLORY, &lastContributionCall { member });
        assert_eq!(last, U256::from(time));
        // And the second one is, even when the first was at the time zero.
        let _ = coop.chain.take_logs();
        coop.fails(
            ORACLE,
            &plain(1, 2),
            &RewardsCooldownActive { member, allowedAt: U256::from(time + 7 * DAY) },
        );
    }
}

#[test]
fn a_member_may_contribute_again_at_exactly_last_plus_cooldown() {
    let coop = Coop::new();
    coop.record(1, 1);
    let _ = coop.chain.take_logs();
    let error = RewardsCooldownActive { member: member(1), allowedAt: U256::from(START + 7 * DAY) };
    coop.fails(ORACLE, &plain(1, 2), &error);
    coop.wait(7 * DAY - 1);
    coop.fails(ORACLE, &plain(1, 2), &error);
    coop.record(2, 3);
    coop.wait(1);
    coop.record(1, 2);
    assert_eq!(coop.balance(1), data(20));
}

#[test]
fn a_proof_never_pays_twice_for_anybody() {
    let coop = Coop::new();
    coop.record(1, 1);
    coop.wait(100 * DAY);
    let _ = coop.chain.take_logs();
    let error =
        RewardsProofAlreadyRecorded { proof: proof(1), member: member(1), recordedAt: START };
    coop.fails(ORACLE, &plain(1, 1), &error);
    coop.fails(ORACLE, &plain(2, 1), &error);
    assert_eq!(coop.balance(2), U256::ZERO);
}

#[test]
fn only_the_verified_oracle_records() {
    let coop = Coop::new();
    for caller in [MALLORY, GOVERNANCE, GUARDIAN, Address::ZERO, member(1)] {
        coop.fails(caller, &plain(1, 1), &RewardsUnauthorizedOracle { caller });
    }
}

#[test]
fn nobody_and_nothing_cannot_be_recorded() {
    let coop = Coop::new();
    coop.fails(
        ORACLE,
        &recordContributionCall { member: Address::ZERO, proof: proof(1) },
        &RewardsInvalidMember { member: Address::ZERO },
    );
    coop.fails(
        ORACLE,
        &recordContributionCall { member: member(1), proof: B256::ZERO },
        &RewardsInvalidProof { proof: B256::ZERO },
    );
}

#[test]
fn a_pause_stops_recording() {
    let coop = Coop::new();
    coop.ok(GUARDIAN, &pauseCall {});
    let _ = coop.chain.take_logs();
    coop.fails(ORACLE, &plain(1, 1), &EnforcedPause {});
}

#[test]
fn what_data_refuses_is_passed_on_and_nothing_is_recorded() {
    let coop = Coop::with_emission(data(15));
    coop.record(1, 1);
    let _ = coop.chain.take_logs();
    coop.fails(
        ORACLE,
        &plain(2, 2),
        &IDataToken::EmissionCapExceeded { requested: data(10), available: data(5) },
    );
    coop.token(GOVERNANCE, &IDataToken::pauseCall {});
    let outcome = coop.call(ORACLE, &plain(2, 2)).map(|_| ());
    assert_eq!(outcome, Err(IDataToken::EnforcedPause {}.abi_encode()));
    let known = coop.ok(MALLORY, &contributionCall { proof: proof(2) });
    assert_eq!(known.member, Address::ZERO);
    let last = coop.ok(MALLORY, &lastContributionCall { member: member(2) });
    assert_eq!(last, U256::ZERO);
}

#[test]
fn recorded_proofs_are_told_in_bulk() {
    let coop = Coop::new();
    coop.record(1, 1);
    coop.record(2, 3);
    let proofs = (0..5).map(proof).collect();
    let known = coop.ok(MALLORY, &areRecordedCall { proofs });
    assert_eq!(known, [false, true, false, true, false]);
    assert!(coop.ok(MALLORY, &areRecordedCall { proofs: Vec::new() }).is_empty());
    assert_eq!(recordContributionCall::SIGNATURE, "recordContribution(address,bytes32)");
}

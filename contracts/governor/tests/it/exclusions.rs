//! Votes that do not count for the quorum.

use alloy_primitives::{Address, U256};
use alloy_sol_types::SolCall;
use governor::IGovernor::{
    self, GovernorExcludedVoter, GovernorQuorumExclusionUnchanged, GovernorTooManyQuorumExclusions,
    ProposalState, QuorumExclusionSet,
};

use crate::support::{ALICE, BOB, CAROL, DELAY, EXTENSION, PERIOD, Plan, QUORUM, Stage};

const fn set(account: Address, excluded: bool) -> IGovernor::setQuorumExclusionCall {
    IGovernor::setQuorumExclusionCall { account, excluded }
}

const fn event(account: Address, excluded: bool) -> QuorumExclusionSet {
    QuorumExclusionSet { account, oldExcluded: !excluded, newExcluded: excluded }
}

#[track_caller]
fn quorum(stage: &Stage, time: u64) -> U256 {
    stage.ask(&IGovernor::quorumCall { timepoint: U256::from(time) })
}

#[track_caller]
fn exclusion(stage: &Stage, index: u64) -> (Address, u64, u64) {
    let exclusion = stage.ask(&IGovernor::quorumExclusionCall { index: U256::from(index) });
    (exclusion.account, exclusion.since, exclusion.until)
}

#[test]
fn quorums_of_the_past_stay_what_they_were() {
    let stage = Stage::new();
    let before = stage.chain.time();
    stage.governs(&set(ALICE, true), &event(ALICE, true));
    let since = stage.chain.time();
    assert_eq!(exclusion(&stage, 0), (ALICE, since, 0));
    stage.wait(10);
    // Alice's sixty are not there any more; of the rest a fifth.
    assert_eq!(quorum(&stage, before), U256::from(QUORUM));
    assert_eq!(quorum(&stage, since - 1), U256::from(QUORUM));
    assert_eq!(quorum(&stage, since), U256::from(8));
    // Bob's thirty decide now, and end it.
    let plan =
        Plan::of("include her", &[(crate::support::GOVERNOR, set(ALICE, false).abi_encode())]);
    stage.ok(ALICE, &plan.propose());
    stage.wait(DELAY + 1);
    stage.vote(BOB, &plan, 1);
    stage.wait(PERIOD + EXTENSION);
    stage.ok(BOB, &plan.queue());
    stage.wait(40 * 86_400);
    stage.ok(BOB, &plan.execute());
    let until = stage.chain.time();
    assert_eq!(exclusion(&stage, 0), (ALICE, since, until));
    stage.wait(10);
    assert_eq!(quorum(&stage, since), U256::from(8));
    assert_eq!(quorum(&stage, until - 1), U256::from(8));
    assert_eq!(quorum(&stage, until), U256::from(QUORUM));
    assert_eq!(stage.ask(&IGovernor::quorumExclusionsCall {}), U256::from(1));
}

#[test]
fn a_defeated_proposal_does_not_come_back_to_life() {
    let stage = Stage::new();
    let plan = Plan::one("defeated");
    stage.ok(ALICE, &plan.propose());
    stage.wait(DELAY + 1);
    // Ten of the twenty that it takes; of forty it would take eight.
    stage.vote(CAROL, &plan, 1);
    stage.wait(PERIOD + EXTENSION);
    assert_eq!(stage.state(&plan), ProposalState::Defeated);
    stage.governs(&set(ALICE, true), &event(ALICE, true));
    stage.wait(1);
    assert_eq!(stage.state(&plan), ProposalState::Defeated);
}

#[test]
fn excluded_votes_are_not_cast() {
    let stage = Stage::new();
    let before = Plan::one("before");
    stage.govern(&[set(BOB, true).abi_encode()]).expect("governance may");
    stage.ok(ALICE, &before.propose());
    stage.wait(DELAY + 1);
    let vote = IGovernor::castVoteCall { proposalId: before.id(), support: 1 };
    stage.fails(BOB, &vote, &GovernorExcludedVoter { voter: BOB });
    stage.vote(CAROL, &before, 1);
    // The one whose exclusion ended meanwhile still counted as excluded at the snapshot.
    stage.govern(&[set(BOB, false).abi_encode()]).expect("governance may");
    let after = Plan::one("after");
    stage.ok(ALICE, &after.propose());
    stage.wait(DELAY + 1);
    stage.vote(BOB, &after, 1);
}

#[test]
fn an_exclusion_is_made_and_ended_once() {
    let stage = Stage::new();
    let unchanged = |account, excluded| GovernorQuorumExclusionUnchanged { account, excluded };
    stage.govern_fails(&set(CAROL, false), &unchanged(CAROL, false));
    stage.governs(&set(CAROL, true), &event(CAROL, true));
    stage.govern_fails(&set(CAROL, true), &unchanged(CAROL, true));
    stage.governs(&set(CAROL, false), &event(CAROL, false));
    stage.govern_fails(&set(CAROL, false), &unchanged(CAROL, false));
    // In the same second: it never held.
    let both = [set(CAROL, true).abi_encode(), set(CAROL, false).abi_encode()];
    stage.govern(&both).expect("governance may");
    let now = stage.chain.time();
    assert_eq!(exclusion(&stage, 1), (CAROL, now, now));
    stage.wait(1);
    assert_eq!(quorum(&stage, now), U256::from(QUORUM));
}

#[test]
fn there_are_sixteen_exclusions_at_most() {
    let stage = Stage::new();
    for number in 1..=16_u8 {
        stage.govern(&[set(Address::repeat_byte(number), true).abi_encode()]).expect("room");
    }
    assert_eq!(stage.ask(&IGovernor::quorumExclusionsCall {}), U256::from(16));
    stage.govern_fails(
        &set(Address::repeat_byte(17), true),
        &GovernorTooManyQuorumExclusions { maximum: U256::from(16) },
    );
    // Ended ones are kept.
    let first = Address::repeat_byte(1);
    stage.governs(&set(first, false), &event(first, false));
    stage.govern_fails(
        &set(first, true),
        &GovernorTooManyQuorumExclusions { maximum: U256::from(16) },
    );
    assert_eq!(exclusion(&stage, 16), (Address::ZERO, 0, 0));
    assert_eq!(exclusion(&stage, u64::MAX), (Address::ZERO, 0, 0));
}

#[test]
fn a_quorum_is_of_all_votes_but_the_excluded_ones() {
    let stage = Stage::new();
    for account in [BOB, CAROL] {
        stage.govern(&[set(account, true).abi_encode()]).expect("governance may");
    }
    stage.wait(1);
    // A fifth of sixty.
    assert_eq!(quorum(&stage, stage.chain.time() - 1), U256::from(12));
}

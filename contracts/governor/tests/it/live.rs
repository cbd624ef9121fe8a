//! One live proposal per proposer, when governance wants it so.

use alloy_primitives::U256;
use governor::IGovernor::{self, GovernorLiveProposal, OneLiveProposalSet};

use crate::support::{ALICE, BOB, DELAY, PERIOD, Plan, Stage};

/// A stage on which the rule is on.
fn strict() -> Stage {
    let stage = Stage::new();
    stage.governs(
        &IGovernor::setOneLiveProposalCall { newValue: true },
        &OneLiveProposalSet { oldValue: false, newValue: true },
    );
    assert!(stage.ask(&IGovernor::oneLiveProposalCall {}));
    stage
}

#[track_caller]
fn latest(stage: &Stage) -> U256 {
    stage.ask(&IGovernor::latestProposalCall { proposer: ALICE })
}

#[test]
fn without_the_rule_there_may_be_many() {
    let stage = Stage::new();
    for plan in ["one", "two", "three"].map(Plan::one) {
        stage.ok(ALICE, &plan.propose());
    }
    assert_eq!(latest(&stage), U256::ZERO);
}

#[test]
fn a_second_live_proposal_is_refused_to_the_last_second_of_the_vote() {
    let stage = strict();
    let [first, second, others] = ["first", "second", "of bob"].map(Plan::one);
    stage.ok(ALICE, &first.propose());
    let proposed = stage.chain.time();
    assert_eq!(latest(&stage), first.id());
    let error = GovernorLiveProposal { proposer: ALICE, proposalId: first.id() };
    for time in [proposed, proposed + DELAY, proposed + DELAY + 1, proposed + DELAY + PERIOD] {
        stage.chain.set_time(time);
        stage.fails(ALICE, &second.propose(), &error);
    }
    stage.ok(BOB, &others.propose());
    stage.chain.set_time(proposed + DELAY + PERIOD + 1);
    stage.ok(ALICE, &second.propose());
    assert_eq!(latest(&stage), second.id());
}

#[test]
fn an_extended_vote_is_live_longer() {
    let stage = strict();
    let [first, second] = ["first", "second"].map(Plan::one);
    stage.ok(ALICE, &first.propose());
    stage.wait(DELAY + PERIOD);
    stage.vote(ALICE, &first, 1);
    let deadline = stage.ask(&IGovernor::proposalDeadlineCall { proposalId: first.id() });
    stage.chain.set_time(deadline.to());
    let error = GovernorLiveProposal { proposer: ALICE, proposalId: first.id() };
    stage.fails(ALICE, &second.propose(), &error);
    stage.wait(1);
    stage.ok(ALICE, &second.propose());
}

#[test]
fn who_cancels_may_propose_again() {
    let stage = strict();
    let [first, second] = ["first", "second"].map(Plan::one);
    stage.ok(ALICE, &first.propose());
    stage.ok(ALICE, &first.cancel());
    stage.ok(ALICE, &second.propose());
}

#[test]
fn the_rule_can_be_lifted() {
    let stage = strict();
    stage.governs(
        &IGovernor::setOneLiveProposalCall { newValue: false },
        &OneLiveProposalSet { oldValue: true, newValue: false },
    );
    for plan in ["one", "two"].map(Plan::one) {
        stage.ok(ALICE, &plan.propose());
    }
}

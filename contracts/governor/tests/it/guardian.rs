//! The guardian's veto: any proposal until its expiry, and nothing else.

use alloy_primitives::{Address, U256};
use governor::IGovernor::{
    self, GovernorGuardianExpired, GovernorGuardianTermTooLong, GovernorUnableToCancel,
    GovernorUnexpectedProposalState, GuardianSet, ProposalCanceled, ProposalState, ProposalVetoed,
};

use crate::support::{ALICE, BOB, CAROL, DAY, DELAY, EXTENSION, MALLORY, PERIOD, Plan, Stage, log};

/// A stage whose guardian is carol for a year from now.
fn guarded() -> (Stage, u64) {
    let stage = Stage::new();
    // Governing takes less than 40 days, and nobody knows how much less.
    let expiry = stage.chain.time() + 365 * DAY;
    let call = IGovernor::setGuardianCall { account: CAROL, expiry };
    let event = GuardianSet {
        oldGuardian: Address::ZERO,
        oldExpiry: 0,
        newGuardian: CAROL,
        newExpiry: expiry,
    };
    stage.governs(&call, &event);
    let guardian = stage.ask(&IGovernor::guardianCall {});
    assert_eq!((guardian.account, guardian.expiry), (CAROL, expiry));
    (stage, expiry)
}

#[track_caller]
fn vetoes(stage: &Stage, plan: &Plan) {
    let _ = stage.chain.take_logs();
    stage.ok(CAROL, &plan.cancel());
    let (proposalId, guardian) = (plan.id(), CAROL);
    let expected =
        [log(&ProposalCanceled { proposalId }), log(&ProposalVetoed { proposalId, guardian })];
    assert_eq!(stage.chain.take_logs(), expected);
    assert_eq!(stage.state(plan), ProposalState::Canceled);
}

#[test]
fn the_guardian_vetoes_in_every_state_before_execution() {
    let (stage, _) = guarded();
    let plans = ["pending", "active", "defeated", "succeeded", "queued"].map(Plan::one);
    for (steps, plan) in plans.iter().enumerate() {
        stage.ok(ALICE, &plan.propose());
        if steps > 0 {
            stage.wait(DELAY + 1);
        }
        if steps > 2 {
            stage.vote(ALICE, plan, 1);
        }
        if steps > 1 {
            stage.wait(PERIOD + EXTENSION);
        }
        if steps > 3 {
            stage.ok(MALLORY, &plan.queue());
        }
        let states = [
            ProposalState::Pending,
            ProposalState::Active,
            ProposalState::Defeated,
            ProposalState::Succeeded,
            ProposalState::Queued,
        ];
        assert_eq!(stage.state(plan), states[steps]);
        // Only the guardian may, and the proposer while it is pending.
        for account in [MALLORY, BOB] {
            let error = GovernorUnableToCancel { proposalId: plan.id(), account };
            stage.fails(account, &plan.cancel(), &error);
        }
        vetoes(&stage, plan);
    }
}

#[test]
fn what_was_vetoed_on_the_timelock_is_not_executed() {
    let (stage, _) = guarded();
    let plan = Plan::one("vetoed");
    stage.ok(ALICE, &plan.propose());
    stage.pass(&plan);
    vetoes(&stage, &plan);
    stage.wait(40 * DAY);
    let error = GovernorUnexpectedProposalState {
        proposalId: plan.id(),
        current: ProposalState::Canceled,
        expectedStates: U256::from(1 << 5).into(),
    };
    stage.fails(ALICE, &plan.execute(), &error);
}

#[test]
fn the_guardian_cannot_veto_what_is_done() {
    let (stage, _) = guarded();
    let plan = Plan::one("done");
    stage.ok(ALICE, &plan.propose());
    stage.pass(&plan);
    stage.wait(DAY);
    stage.ok(MALLORY, &plan.execute());
    let error = |current| GovernorUnexpectedProposalState {
        proposalId: plan.id(),
        current,
        expectedStates: U256::from(0b0011_1011).into(),
    };
    stage.fails(CAROL, &plan.cancel(), &error(ProposalState::Executed));
}

#[test]
fn the_veto_ends_at_the_second_of_its_expiry() {
    let (stage, expiry) = guarded();
    let plans = ["in time", "too late", "own"].map(Plan::one);
    for plan in &plans[..2] {
        stage.ok(ALICE, &plan.propose());
    }
    stage.chain.set_time(expiry - 1);
    vetoes(&stage, &plans[0]);
    stage.chain.set_time(expiry);
    let error = GovernorGuardianExpired { guardian: CAROL, expiry: U256::from(expiry) };
    stage.fails(CAROL, &plans[1].cancel(), &error);
    // Who was a guardian is a proposer like all others.
    stage.ok(CAROL, &plans[2].propose());
    let _ = stage.chain.take_logs();
    stage.ok(CAROL, &plans[2].cancel());
    stage.emitted(&ProposalCanceled { proposalId: plans[2].id() });
}

#[test]
fn nobody_guards_for_longer_than_two_years() {
    let stage = Stage::new();
    let _ = guarded();
    // From proposing to executing.
    let passing = DELAY + 1 + PERIOD + EXTENSION + 31 * DAY;
    let maximum = stage.chain.time() + passing + 730 * DAY;
    let expiry = maximum + 1;
    stage.govern_fails(
        &IGovernor::setGuardianCall { account: CAROL, expiry },
        &GovernorGuardianTermTooLong { expiry: U256::from(expiry), maximum: U256::from(maximum) },
    );
    let expiry = maximum + passing;
    stage.governs(
        &IGovernor::setGuardianCall { account: BOB, expiry },
        &GuardianSet {
            oldGuardian: Address::ZERO,
            oldExpiry: 0,
            newGuardian: BOB,
            newExpiry: expiry,
        },
    );
    stage.governs(
        &IGovernor::setGuardianCall { account: Address::ZERO, expiry: 0 },
        &GuardianSet {
            oldGuardian: BOB,
            oldExpiry: expiry,
            newGuardian: Address::ZERO,
            newExpiry: 0,
        },
    );
    let plan = Plan::one("unguarded");
    stage.ok(ALICE, &plan.propose());
    let error = GovernorUnableToCancel { proposalId: plan.id(), account: BOB };
    stage.fails(BOB, &plan.cancel(), &error);
}

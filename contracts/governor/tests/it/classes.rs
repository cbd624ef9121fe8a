//! Proposal classes: the fast track and the optimistic class, and what they may not do.

use alloy_primitives::{Address, FixedBytes, U256};
use governor::IGovernor::{
    self, ActionAllowed, ClassTermsSet, GovernorActionNotAllowed, GovernorClassDisabled,
    GovernorInsufficientProposerVotes, GovernorInvalidActionRule, GovernorInvalidClassTerms,
    GovernorNotOptimisticProposer, GovernorRestrictedProposer, GovernorUnexpectedProposalState,
    OptimisticProposerSet, ProposalClass, ProposalClassified, ProposalState,
};

use crate::{
    stand_ins::MIN_DELAY,
    support::{
        ALICE, BOB, CAROL, DAY, DELAY, GOVERNOR, MALLORY, OTHER_TIMELOCK, PERIOD, Plan, SELECTOR,
        Stage, TARGET, TIMELOCK, log,
    },
};

const HOUR: u64 = 3_600;

/// Calls, ether of one of them in wei, and which one that is.
type Beyond = (Vec<(Address, Vec<u8>)>, u64, usize);

const CLASSES: [ProposalClass; 2] = [ProposalClass::FastTrack, ProposalClass::Optimistic];

fn terms(class: ProposalClass, [delay, period, veto]: [u64; 3]) -> IGovernor::setClassTermsCall {
    IGovernor::setClassTermsCall {
        proposalClass: class,
        votingDelay: delay.to_string().parse().expect("it fits"),
        votingPeriod: period.try_into().expect("it fits"),
        vetoNumerator: U256::from(veto),
    }
}

const fn allow(
    proposalClass: ProposalClass,
    target: Address,
    selector: [u8; 4],
) -> IGovernor::setActionAllowedCall {
    let selector = FixedBytes(selector);
    IGovernor::setActionAllowedCall { proposalClass, target, selector, allowed: true }
}

/// The terms of the classes on the stage below.
const FAST: [u64; 3] = [10, HOUR, 0];
const OPTIMISTIC: [u64; 3] = [20, DAY, 25];

/// A stage with both classes on, which may call the target; carol may propose optimistically.
fn classy() -> Stage {
    use alloy_sol_types::SolCall;
    let stage = Stage::new();
    stage
        .govern(&[
            terms(ProposalClass::FastTrack, FAST).abi_encode(),
            terms(ProposalClass::Optimistic, OPTIMISTIC).abi_encode(),
            allow(ProposalClass::FastTrack, TARGET, SELECTOR).abi_encode(),
            allow(ProposalClass::Optimistic, TARGET, SELECTOR).abi_encode(),
            IGovernor::setOptimisticProposerCall { proposer: CAROL, allowed: true }.abi_encode(),
            IGovernor::setStandardDelayCall { newDelay: 172_800 }.abi_encode(),
        ])
        .expect("governance may");
    let _ = stage.chain.take_logs();
    stage
}

#[test]
fn classes_are_off_until_governance_turns_them_on() {
    let stage = Stage::new();
    let plan = Plan::one("early");
    let fast = plan.propose_as(ProposalClass::FastTrack);
    let off = GovernorClassDisabled { proposalClass: ProposalClass::FastTrack };
    stage.fails(ALICE, &fast, &off);
    stage.governs(
        &terms(ProposalClass::FastTrack, FAST),
        &ClassTermsSet {
            proposalClass: ProposalClass::FastTrack,
            oldVotingDelay: U256::ZERO,
            oldVotingPeriod: U256::ZERO,
            oldVetoNumerator: U256::ZERO,
            newVotingDelay: U256::from(10),
            newVotingPeriod: U256::from(HOUR),
            newVetoNumerator: U256::ZERO,
        },
    );
    let shut = GovernorActionNotAllowed {
        proposalClass: ProposalClass::FastTrack,
        index: U256::ZERO,
        target: TARGET,
        selector: SELECTOR.into(),
    };
    stage.fails(ALICE, &fast, &shut);
    stage.governs(
        &allow(ProposalClass::FastTrack, TARGET, SELECTOR),
        &ActionAllowed {
            proposalClass: ProposalClass::FastTrack,
            target: TARGET,
            selector: SELECTOR.into(),
            oldAllowed: false,
            newAllowed: true,
        },
    );
    stage.ok(ALICE, &fast);
    stage.governs(
        &terms(ProposalClass::FastTrack, [0; 3]),
        &ClassTermsSet {
            proposalClass: ProposalClass::FastTrack,
            oldVotingDelay: U256::from(10),
            oldVotingPeriod: U256::from(HOUR),
            oldVetoNumerator: U256::ZERO,
            newVotingDelay: U256::ZERO,
            newVotingPeriod: U256::ZERO,
            newVetoNumerator: U256::ZERO,
        },
    );
    stage.fails(ALICE, &Plan::one("late").propose_as(ProposalClass::FastTrack), &off);
}

#[test]
fn class_terms_stay_within_their_bounds() {
    let stage = Stage::new();
    let (week, month) = (7 * DAY, 30 * DAY);
    for (class, good) in [
        (ProposalClass::FastTrack, [[0, HOUR, 0], [week, month, 0], [0, 0, 0]]),
        (ProposalClass::Optimistic, [[0, DAY, 1], [week, month, 50], [0, 0, 0]]),
    ] {
        for [delay, period, veto] in good {
            let call = terms(class, [delay, period, veto]);
            stage.govern(&[alloy_sol_types::SolCall::abi_encode(&call)]).expect("in bounds");
            let now = stage.ask(&IGovernor::classTermsCall { proposalClass: class });
            assert_eq!(now.votingDelay, U256::from(delay));
            assert_eq!(now.votingPeriod, U256::from(period));
            assert_eq!(now.vetoNumerator, U256::from(veto));
        }
    }
    for (class, [delay, period, veto]) in [
        (ProposalClass::Standard, [0, HOUR, 0]),
        (ProposalClass::Standard, [0, 0, 0]),
        (ProposalClass::FastTrack, [0, HOUR - 1, 0]),
        (ProposalClass::FastTrack, [week + 1, HOUR, 0]),
        (ProposalClass::FastTrack, [0, month + 1, 0]),
        (ProposalClass::FastTrack, [0, HOUR, 1]),
        (ProposalClass::FastTrack, [1, 0, 0]),
        (ProposalClass::FastTrack, [0, 0, 1]),
        (ProposalClass::Optimistic, [0, DAY - 1, 1]),
        (ProposalClass::Optimistic, [week + 1, DAY, 1]),
        (ProposalClass::Optimistic, [0, month + 1, 1]),
        (ProposalClass::Optimistic, [0, DAY, 0]),
        (ProposalClass::Optimistic, [0, DAY, 51]),
        (ProposalClass::Optimistic, [0, 0, 1]),
    ] {
        stage.govern_fails(
            &terms(class, [delay, period, veto]),
            &GovernorInvalidClassTerms {
                proposalClass: class,
                votingDelay: U256::from(delay),
                votingPeriod: U256::from(period),
                vetoNumerator: U256::from(veto),
            },
        );
    }
    let standard = IGovernor::classTermsCall { proposalClass: ProposalClass::Standard };
    assert_eq!(stage.ask(&standard).votingPeriod, U256::from(PERIOD));
}

#[test]
fn the_fast_track_is_fast() {
    let stage = classy();
    let plan = Plan::one("quick");
    let call = plan.propose_as(ProposalClass::FastTrack);
    stage.ok(BOB, &call);
    let classified =
        ProposalClassified { proposalId: plan.id(), proposalClass: ProposalClass::FastTrack };
    assert_eq!(stage.chain.take_logs().last(), Some(&log(&classified)));
    let class = stage.ask(&IGovernor::proposalClassCall { proposalId: plan.id() });
    assert_eq!(class, ProposalClass::FastTrack);
    stage.wait(11);
    stage.vote(ALICE, &plan, 1);
    stage.wait(HOUR - 1);
    assert_eq!(stage.state(&plan), ProposalState::Active);
    stage.wait(1);
    stage.ok(MALLORY, &plan.queue());
    // The timelock's own delay, not the standard one.
    stage.wait(MIN_DELAY);
    stage.ok(MALLORY, &plan.execute());
    let ordinary = Plan::one("ordinary");
    stage.ok(BOB, &ordinary.propose());
    stage.pass(&ordinary);
    let eta = stage.ask(&IGovernor::proposalEtaCall { proposalId: ordinary.id() });
    assert_eq!(eta, U256::from(stage.chain.time() + 172_800));
}

#[test]
fn the_fast_track_still_needs_votes() {
    let stage = classy();
    let plan = Plan::one("quick");
    let call = plan.propose_as(ProposalClass::FastTrack);
    let error = GovernorInsufficientProposerVotes {
        proposer: MALLORY,
        votes: U256::ZERO,
        threshold: U256::from(5),
    };
    stage.fails(MALLORY, &call, &error);
    stage.ok(ALICE, &call);
    stage.wait(11);
    stage.vote(CAROL, &plan, 1);
    stage.wait(HOUR);
    assert_eq!(stage.state(&plan), ProposalState::Defeated);
}

#[test]
fn the_whitelist_cannot_be_passed_by() {
    let stage = classy();
    let other = [0xda, 0x7a, 0xc0, 0x0a];
    let beyond: [Beyond; 7] = [
        // Another function, another contract, no function, part of one, and all of that behind an
        // allowed action.
        (vec![(TARGET, other.to_vec())], 0, 0),
        (vec![(MALLORY, SELECTOR.to_vec())], 0, 0),
        (vec![(TARGET, Vec::new())], 0, 0),
        (vec![(TARGET, SELECTOR[..3].to_vec())], 0, 0),
        (vec![(TARGET, SELECTOR.to_vec()), (TARGET, other.to_vec())], 0, 1),
        // Ether.
        (vec![(TARGET, SELECTOR.to_vec())], 1, 0),
        // What is allowed with its bytes in another order.
        (
            vec![(TARGET, [SELECTOR.to_vec(), vec![1]].concat()), (TIMELOCK, SELECTOR.to_vec())],
            0,
            1,
        ),
    ];
    for class in CLASSES {
        for (calls, value, index) in &beyond {
            let mut plan = Plan::of("beyond", calls);
            plan.values[*index] = U256::from(*value);
            let (target, data) = &calls[*index];
            let selector = data.first_chunk().copied().unwrap_or_default();
            let error = GovernorActionNotAllowed {
                proposalClass: class,
                index: U256::from(*index),
                target: *target,
                selector: selector.into(),
            };
            stage.fails(CAROL, &plan.propose_as(class), &error);
        }
    }
    // Each class has its own list.
    let call = allow(ProposalClass::Optimistic, TARGET, other);
    stage.govern(&[alloy_sol_types::SolCall::abi_encode(&call)]).expect("governance may");
    let plan = Plan::of("other", &[(TARGET, other.to_vec())]);
    let error = GovernorActionNotAllowed {
        proposalClass: ProposalClass::FastTrack,
        index: U256::ZERO,
        target: TARGET,
        selector: other.into(),
    };
    stage.fails(CAROL, &plan.propose_as(ProposalClass::FastTrack), &error);
    stage.ok(CAROL, &plan.propose_as(ProposalClass::Optimistic));
}

#[test]
fn no_class_may_touch_the_governor_or_the_timelock() {
    let stage = classy();
    let invalid = |class, target| GovernorInvalidActionRule {
        proposalClass: class,
        target,
        selector: SELECTOR.into(),
    };
    for class in CLASSES {
        for target in [GOVERNOR, TIMELOCK] {
            stage.govern_fails(&allow(class, target, SELECTOR), &invalid(class, target));
        }
        // Allowed while it was anything, but not when it has become the timelock.
        let call = allow(class, OTHER_TIMELOCK, SELECTOR);
        stage.govern(&[alloy_sol_types::SolCall::abi_encode(&call)]).expect("governance may");
    }
    let standard = allow(ProposalClass::Standard, TARGET, SELECTOR);
    stage.govern_fails(&standard, &invalid(ProposalClass::Standard, TARGET));
    let moved = IGovernor::updateTimelockCall { newTimelock: OTHER_TIMELOCK };
    stage.govern(&[alloy_sol_types::SolCall::abi_encode(&moved)]).expect("governance may");
    for class in CLASSES {
        let plan = Plan::of("take over", &[(OTHER_TIMELOCK, SELECTOR.to_vec())]);
        let error = GovernorActionNotAllowed {
            proposalClass: class,
            index: U256::ZERO,
            target: OTHER_TIMELOCK,
            selector: SELECTOR.into(),
        };
        stage.fails(CAROL, &plan.propose_as(class), &error);
        let (target, selector) = (OTHER_TIMELOCK, SELECTOR.into());
        let question = IGovernor::isActionAllowedCall { proposalClass: class, target, selector };
        assert!(!stage.ask(&question));
    }
    let anything = IGovernor::isActionAllowedCall {
        proposalClass: ProposalClass::Standard,
        target: GOVERNOR,
        selector: [0; 4].into(),
    };
    assert!(stage.ask(&anything));
}

#[test]
fn an_optimistic_proposal_passes_in_silence() {
    let stage = classy();
    let plan = Plan::one("as usual");
    stage.ok(CAROL, &plan.propose_as(ProposalClass::Optimistic));
    stage.wait(21);
    let quorum = IGovernor::vetoQuorumCall { proposalId: plan.id() };
    assert_eq!(stage.ask(&quorum), U256::from(25));
    // Ten of the 25 that it takes.
    stage.vote(CAROL, &plan, 0);
    stage.wait(DAY);
    assert_eq!(stage.state(&plan), ProposalState::Succeeded);
    stage.ok(MALLORY, &plan.queue());
    // It waits for the standard delay: only the fast track does not.
    stage.wait(172_800 - 1);
    assert_eq!(stage.call(MALLORY, &plan.execute()), Err(b"not ready".to_vec()));
    stage.wait(1);
    stage.ok(MALLORY, &plan.execute());
}

#[test]
fn an_optimistic_proposal_fails_at_its_veto_quorum() {
    for (votes, state) in [(24, ProposalState::Succeeded), (25, ProposalState::Defeated)] {
        let stage = classy();
        let plan = Plan::one("as usual");
        let call = crate::stand_ins::IToken::setCall { account: BOB, votes: U256::from(votes) };
        let rest =
            crate::stand_ins::IToken::setCall { account: ALICE, votes: U256::from(90 - votes) };
        stage.chain.send(BOB, crate::support::TOKEN, &call).expect("anybody may");
        stage.chain.send(BOB, crate::support::TOKEN, &rest).expect("anybody may");
        stage.ok(CAROL, &plan.propose_as(ProposalClass::Optimistic));
        // What is changed afterwards is not for this proposal.
        stage.wait(21);
        stage.vote(BOB, &plan, 0);
        // However many are for it.
        stage.vote(ALICE, &plan, 1);
        stage.wait(DAY);
        assert_eq!(stage.state(&plan), state);
    }
}

#[test]
fn the_veto_quorum_is_that_of_the_proposals_beginning() {
    let stage = classy();
    let plan = Plan::one("as usual");
    stage.ok(CAROL, &plan.propose_as(ProposalClass::Optimistic));
    stage.wait(21);
    stage.vote(BOB, &plan, 0);
    let easier = terms(ProposalClass::Optimistic, [0, DAY, 50]);
    stage.govern(&[alloy_sol_types::SolCall::abi_encode(&easier)]).expect("governance may");
    assert_eq!(stage.state(&plan), ProposalState::Defeated);
    let quorum = IGovernor::vetoQuorumCall { proposalId: plan.id() };
    assert_eq!(stage.ask(&quorum), U256::from(25));
    let standard = IGovernor::vetoQuorumCall { proposalId: U256::from(1) };
    assert_eq!(stage.ask(&standard), U256::ZERO);
}

#[test]
fn a_late_veto_extends_nothing() {
    let stage = classy();
    let plan = Plan::one("as usual");
    stage.ok(CAROL, &plan.propose_as(ProposalClass::Optimistic));
    stage.wait(20 + DAY);
    let deadline = IGovernor::proposalDeadlineCall { proposalId: plan.id() };
    let before = stage.ask(&deadline);
    stage.vote(ALICE, &plan, 1);
    assert_eq!(stage.ask(&deadline), before);
}

#[test]
fn only_optimistic_proposers_propose_optimistically() {
    let stage = classy();
    let plan = Plan::one("as usual");
    let call = plan.propose_as(ProposalClass::Optimistic);
    stage.fails(ALICE, &call, &GovernorNotOptimisticProposer { proposer: ALICE });
    assert!(!stage.ask(&IGovernor::isOptimisticProposerCall { proposer: ALICE }));
    stage.governs(
        &IGovernor::setOptimisticProposerCall { proposer: MALLORY, allowed: true },
        &OptimisticProposerSet { proposer: MALLORY, oldAllowed: false, newAllowed: true },
    );
    // A committee needs no votes.
    stage.ok(MALLORY, &call);
    stage.governs(
        &IGovernor::setOptimisticProposerCall { proposer: MALLORY, allowed: false },
        &OptimisticProposerSet { proposer: MALLORY, oldAllowed: true, newAllowed: false },
    );
    let call = Plan::one("again").propose_as(ProposalClass::Optimistic);
    stage.fails(MALLORY, &call, &GovernorNotOptimisticProposer { proposer: MALLORY });
}

#[test]
fn a_proposal_has_one_class_for_ever() {
    let stage = classy();
    let plan = Plan::one("once");
    stage.ok(ALICE, &plan.propose());
    let error = GovernorUnexpectedProposalState {
        proposalId: plan.id(),
        current: ProposalState::Pending,
        expectedStates: U256::ZERO.into(),
    };
    for class in [ProposalClass::Standard, ProposalClass::FastTrack, ProposalClass::Optimistic] {
        stage.fails(CAROL, &plan.propose_as(class), &error);
    }
    // The suffix keeps the id for its proposer in every class.
    let own = Plan::one(&format!("mine#proposer={ALICE}"));
    for class in [ProposalClass::Standard, ProposalClass::FastTrack, ProposalClass::Optimistic] {
        stage.fails(CAROL, &own.propose_as(class), &GovernorRestrictedProposer { proposer: CAROL });
    }
    stage.ok(ALICE, &own.propose_as(ProposalClass::Standard));
    stage.wait(DELAY + 1);
    assert_eq!(stage.state(&own), ProposalState::Active);
}

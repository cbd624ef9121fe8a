//! What governance may change, and that nobody else may.

use alloy_primitives::{Address, Bytes, FixedBytes, U256};
use alloy_sol_types::{Panic, SolCall, SolError};
use governor::IGovernor::{
    self, FailedCall, GovernorDelayTooLong, GovernorDisabledDeposit, GovernorInvalidQuorumFraction,
    GovernorInvalidVotingPeriod, GovernorNotTimelockProposer, GovernorOnlyExecutor,
    GovernorPreventLateQuorumVoteExtensionTooLarge, LateQuorumVoteExtensionSet, ProposalClass,
    ProposalState, ProposalThresholdSet, QuorumNumeratorUpdated, StandardDelaySet, TimelockChange,
    VotingDelaySet, VotingPeriodSet,
};

use crate::{
    stand_ins::MIN_DELAY,
    support::{
        ALICE, CLOSED_TIMELOCK, DAY, DELAY, EXTENSION, GOVERNOR, MALLORY, OTHER_TIMELOCK, PERIOD,
        Plan, QUORUM, Stage, THRESHOLD, TIMELOCK,
    },
};

/// Every call that only governance may make.
fn governed() -> Vec<Vec<u8>> {
    let account = MALLORY;
    vec![
        IGovernor::setVotingDelayCall { newVotingDelay: "1".parse().expect("it fits") }
            .abi_encode(),
        IGovernor::setVotingPeriodCall { newVotingPeriod: 1 }.abi_encode(),
        IGovernor::setProposalThresholdCall { newProposalThreshold: U256::ZERO }.abi_encode(),
        IGovernor::setLateQuorumVoteExtensionCall {
            newVoteExtension: "1".parse().expect("it fits"),
        }
        .abi_encode(),
        IGovernor::updateQuorumNumeratorCall { newQuorumNumerator: U256::ZERO }.abi_encode(),
        IGovernor::relayCall { target: account, value: U256::ZERO, data: Bytes::new() }
            .abi_encode(),
        IGovernor::setGuardianCall { account, expiry: 1 }.abi_encode(),
        IGovernor::setDaoURICall { newURI: "ipfs://dao".to_owned() }.abi_encode(),
        IGovernor::setOneLiveProposalCall { newValue: true }.abi_encode(),
        IGovernor::setClassTermsCall {
            proposalClass: ProposalClass::FastTrack,
            votingDelay: "1".parse().expect("it fits"),
            votingPeriod: 3_600,
            vetoNumerator: U256::ZERO,
        }
        .abi_encode(),
        IGovernor::setActionAllowedCall {
            proposalClass: ProposalClass::FastTrack,
            target: account,
            selector: FixedBytes([1; 4]),
            allowed: true,
        }
        .abi_encode(),
        IGovernor::setOptimisticProposerCall { proposer: account, allowed: true }.abi_encode(),
        IGovernor::setStandardDelayCall { newDelay: 1 }.abi_encode(),
        IGovernor::setQuorumExclusionCall { account, excluded: true }.abi_encode(),
        // The last, since the timelock that calls is another one afterwards.
        IGovernor::updateTimelockCall { newTimelock: OTHER_TIMELOCK }.abi_encode(),
    ]
}

#[test]
fn only_the_timelock_governs_and_only_while_a_proposal_is_executed() {
    let stage = Stage::new();
    for call in governed() {
        for account in [MALLORY, ALICE, GOVERNOR, Address::ZERO] {
            let outcome = stage.chain.call(account, GOVERNOR, &call);
            assert_eq!(outcome, Err(GovernorOnlyExecutor { account }.abi_encode()));
        }
        // Others may schedule on the timelock, too.
        let outcome = stage.chain.call(TIMELOCK, GOVERNOR, &call);
        assert_eq!(outcome, Err(Panic { code: U256::from(0x31) }.abi_encode()));
    }
    let written = stage.chain.take_logs();
    assert_eq!(written, []);
    stage.govern(&governed()).expect("governance may do all of it");
}

#[test]
fn governance_changes_the_voting_terms_within_their_bounds() {
    let stage = Stage::new();
    stage.governs(
        &IGovernor::setVotingDelayCall { newVotingDelay: "7".parse().expect("it fits") },
        &VotingDelaySet { oldVotingDelay: U256::from(DELAY), newVotingDelay: U256::from(7) },
    );
    stage.governs(
        &IGovernor::setProposalThresholdCall { newProposalThreshold: U256::from(60) },
        &ProposalThresholdSet {
            oldProposalThreshold: U256::from(THRESHOLD),
            newProposalThreshold: U256::from(60),
        },
    );
    stage.governs(
        &IGovernor::setLateQuorumVoteExtensionCall {
            newVoteExtension: "1000".parse().expect("it fits"),
        },
        &LateQuorumVoteExtensionSet { oldVoteExtension: EXTENSION, newVoteExtension: PERIOD },
    );
    stage.governs(
        &IGovernor::setLateQuorumVoteExtensionCall {
            newVoteExtension: "300".parse().expect("it fits"),
        },
        &LateQuorumVoteExtensionSet { oldVoteExtension: PERIOD, newVoteExtension: EXTENSION },
    );
    stage.govern_fails(
        &IGovernor::setLateQuorumVoteExtensionCall {
            newVoteExtension: "1001".parse().expect("it fits"),
        },
        &GovernorPreventLateQuorumVoteExtensionTooLarge {
            newVoteExtension: U256::from(PERIOD + 1),
            maxVoteExtension: U256::from(PERIOD),
        },
    );
    stage.govern_fails(
        &IGovernor::setVotingPeriodCall { newVotingPeriod: 0 },
        &GovernorInvalidVotingPeriod { votingPeriod: U256::ZERO },
    );
    stage.governs(
        &IGovernor::setVotingPeriodCall { newVotingPeriod: 1 },
        &VotingPeriodSet { oldVotingPeriod: U256::from(PERIOD), newVotingPeriod: U256::from(1) },
    );
}

#[test]
fn the_quorum_numerator_has_a_history() {
    let stage = Stage::new();
    let before = stage.chain.time();
    stage.govern_fails(
        &IGovernor::updateQuorumNumeratorCall { newQuorumNumerator: U256::from(101) },
        &GovernorInvalidQuorumFraction {
            quorumNumerator: U256::from(101),
            quorumDenominator: U256::from(100),
        },
    );
    let mut times = vec![(before, QUORUM)];
    for (old, new) in [(QUORUM, 60), (60, 0), (0, 35), (35, 36), (36, 37), (37, 38)] {
        stage.governs(
            &IGovernor::updateQuorumNumeratorCall { newQuorumNumerator: U256::from(new) },
            &QuorumNumeratorUpdated {
                oldQuorumNumerator: U256::from(old),
                newQuorumNumerator: U256::from(new),
            },
        );
        times.push((stage.chain.time(), new));
    }
    stage.wait(1);
    let numerator =
        |time: u64| stage.ask(&IGovernor::quorumNumerator_1Call { timepoint: U256::from(time) });
    assert_eq!(numerator(before - 1), U256::ZERO);
    for (index, (time, value)) in times.iter().enumerate() {
        assert_eq!(numerator(*time), U256::from(*value));
        let until = times.get(index + 1).map_or(*time, |next| next.0 - 1);
        assert_eq!(numerator(until), U256::from(*value));
        let quorum = stage.ask(&IGovernor::quorumCall { timepoint: U256::from(*time) });
        assert_eq!(quorum, U256::from(*value), "of a hundred votes");
    }
    let never = IGovernor::quorumNumerator_1Call { timepoint: U256::MAX };
    assert_eq!(stage.ask(&never), U256::from(38));
}

#[test]
fn the_governor_is_never_locked_out_of_its_timelock() {
    let stage = Stage::new();
    for newTimelock in [CLOSED_TIMELOCK, MALLORY, GOVERNOR, Address::ZERO] {
        stage.govern_fails(
            &IGovernor::updateTimelockCall { newTimelock },
            &GovernorNotTimelockProposer { timelock: newTimelock },
        );
    }
    stage.governs(
        &IGovernor::updateTimelockCall { newTimelock: OTHER_TIMELOCK },
        &TimelockChange { oldTimelock: TIMELOCK, newTimelock: OTHER_TIMELOCK },
    );
    assert_eq!(stage.ask(&IGovernor::timelockCall {}), OTHER_TIMELOCK);
    // The old one has no power any more; the new one has.
    let call = IGovernor::setVotingPeriodCall { newVotingPeriod: 1 }.abi_encode();
    let outcome = stage.chain.call(TIMELOCK, GOVERNOR, &call);
    assert_eq!(outcome, Err(GovernorOnlyExecutor { account: TIMELOCK }.abi_encode()));
    stage.govern(&[call]).expect("governance goes on");
}

#[test]
fn standard_proposals_wait_for_the_longer_of_two_delays() {
    let stage = Stage::new();
    let month = u32::try_from(30 * DAY).expect("small");
    stage.govern_fails(
        &IGovernor::setStandardDelayCall { newDelay: month + 1 },
        &GovernorDelayTooLong { delay: U256::from(month + 1), maximum: U256::from(month) },
    );
    for (old, new) in [(0, month), (month, 1), (1, 2 * 86_400)] {
        stage.governs(
            &IGovernor::setStandardDelayCall { newDelay: new },
            &StandardDelaySet { oldDelay: U256::from(old), newDelay: U256::from(new) },
        );
        assert_eq!(stage.ask(&IGovernor::standardDelayCall {}), U256::from(new));
        let plan = Plan::one(&format!("after {new}"));
        stage.ok(ALICE, &plan.propose());
        stage.pass(&plan);
        let eta = stage.ask(&IGovernor::proposalEtaCall { proposalId: plan.id() });
        let delay = u64::from(new).max(MIN_DELAY);
        assert_eq!(eta, U256::from(stage.chain.time() + delay));
        stage.wait(delay - 1);
        assert_eq!(stage.call(MALLORY, &plan.execute()), Err(b"not ready".to_vec()));
        stage.wait(1);
        stage.ok(MALLORY, &plan.execute());
        assert_eq!(stage.state(&plan), ProposalState::Executed);
    }
}

#[test]
fn nothing_can_be_deposited() {
    let stage = Stage::new();
    let refusal = GovernorDisabledDeposit {}.abi_encode();
    for value in [U256::ZERO, U256::from(1)] {
        let outcome = stage.chain.call_with_value(MALLORY, GOVERNOR, &[], value);
        assert_eq!(outcome, Err(refusal.clone()));
    }
    let call = IGovernor::onERC721ReceivedCall {
        operator: MALLORY,
        from: MALLORY,
        tokenId: U256::ZERO,
        data: Bytes::new(),
    };
    assert_eq!(stage.call(MALLORY, &call).map(|_| ()), Err(refusal));
}

#[test]
fn what_was_sent_by_mistake_is_relayed_on() {
    let stage = Stage::new();
    stage.chain.give(GOVERNOR, U256::from(10));
    let relay = |value: u64, data: &[u8]| IGovernor::relayCall {
        target: MALLORY,
        value: U256::from(value),
        data: Bytes::copy_from_slice(data),
    };
    stage.govern(&[relay(4, &[]).abi_encode()]).expect("there are ten");
    assert_eq!(stage.chain.balance(MALLORY), U256::from(4));
    // More than there is: refused without a word, which has a word here.
    stage.govern_fails(&relay(7, &[]), &FailedCall {});
    assert_eq!(stage.chain.balance(MALLORY), U256::from(4));
}

//! How a governor comes to be.

use alloy_primitives::{Address, U256};
use alloy_sol_types::{SolError, SolValue};
use datacoop_kit::testing::START;
use governor::IGovernor::{
    self, ERC6372InconsistentClock, GovernorGuardianTermTooLong, GovernorInvalidQuorumFraction,
    GovernorInvalidVotingPeriod, GovernorPreventLateQuorumVoteExtensionTooLarge, GuardianSet,
    LateQuorumVoteExtensionSet, ProposalThresholdSet, QuorumNumeratorUpdated, TimelockChange,
    VotingDelaySet, VotingPeriodSet,
};

use crate::{
    stand_ins,
    support::{
        ALICE, Arguments, BOB, DAY, DELAY, EXTENSION, GOVERNOR, PERIOD, QUORUM, Stage, THRESHOLD,
        TIMELOCK, TOKEN, arguments, log,
    },
};

/// Constructs a governor whose arguments `change` has had a say in.
fn construct(change: impl FnOnce(&mut Arguments)) -> (Stage, Result<(), Vec<u8>>) {
    let stage = Stage::before();
    let mut arguments = arguments();
    change(&mut arguments);
    let outcome = stage.deploy(arguments).map(|_| ());
    (stage, outcome)
}

#[track_caller]
fn refused(change: impl FnOnce(&mut Arguments), error: &impl SolError) {
    let (stage, outcome) = construct(change);
    assert_eq!(outcome, Err(error.abi_encode()));
    assert_eq!(stage.chain.take_logs(), []);
}

#[test]
fn the_terms_are_those_of_the_constructor() {
    let (stage, outcome) = construct(|_| ());
    outcome.expect("it is constructed");
    let zero = U256::ZERO;
    let [delay, period, extension] = [DELAY, PERIOD, EXTENSION].map(U256::from);
    assert_eq!(
        stage.chain.take_logs(),
        [
            log(&VotingDelaySet { oldVotingDelay: zero, newVotingDelay: delay }),
            log(&VotingPeriodSet { oldVotingPeriod: zero, newVotingPeriod: period }),
            log(&ProposalThresholdSet {
                oldProposalThreshold: zero,
                newProposalThreshold: U256::from(THRESHOLD),
            }),
            log(&QuorumNumeratorUpdated {
                oldQuorumNumerator: zero,
                newQuorumNumerator: U256::from(QUORUM),
            }),
            log(&LateQuorumVoteExtensionSet { oldVoteExtension: 0, newVoteExtension: EXTENSION }),
            log(&TimelockChange { oldTimelock: Address::ZERO, newTimelock: TIMELOCK }),
        ]
    );
    assert_eq!(stage.ask(&IGovernor::votingDelayCall {}), delay);
    assert_eq!(stage.ask(&IGovernor::votingPeriodCall {}), period);
    assert_eq!(stage.ask(&IGovernor::proposalThresholdCall {}), U256::from(THRESHOLD));
    assert_eq!(stage.ask(&IGovernor::quorumNumerator_0Call {}), U256::from(QUORUM));
    assert_eq!(U256::from(stage.ask(&IGovernor::lateQuorumVoteExtensionCall {})), extension);
    assert_eq!(stage.ask(&IGovernor::timelockCall {}), TIMELOCK);
    assert_eq!(stage.ask(&IGovernor::tokenCall {}), TOKEN);
}

#[test]
fn everything_beyond_openzeppelins_is_off() {
    let stage = Stage::new();
    let guardian = stage.ask(&IGovernor::guardianCall {});
    assert_eq!((guardian.account, guardian.expiry), (Address::ZERO, 0));
    assert!(!stage.ask(&IGovernor::oneLiveProposalCall {}));
    assert_eq!(stage.ask(&IGovernor::standardDelayCall {}), U256::ZERO);
    assert_eq!(stage.ask(&IGovernor::quorumExclusionsCall {}), U256::ZERO);
    for class in [IGovernor::ProposalClass::FastTrack, IGovernor::ProposalClass::Optimistic] {
        let terms = stage.ask(&IGovernor::classTermsCall { proposalClass: class });
        assert_eq!(terms.votingPeriod, U256::ZERO);
    }
}

#[test]
fn a_guardian_may_be_there_from_the_beginning() {
    let (stage, outcome) = construct(|arguments| {
        (arguments.7, arguments.8) = (BOB, START + 730 * DAY);
    });
    outcome.expect("it is constructed");
    let set = GuardianSet {
        oldGuardian: Address::ZERO,
        oldExpiry: 0,
        newGuardian: BOB,
        newExpiry: START + 730 * DAY,
    };
    assert_eq!(stage.chain.take_logs().last(), Some(&log(&set)));
    let (expiry, maximum) = (U256::from(START + 730 * DAY + 1), U256::from(START + 730 * DAY));
    refused(
        |arguments| (arguments.7, arguments.8) = (BOB, START + 730 * DAY + 1),
        &GovernorGuardianTermTooLong { expiry, maximum },
    );
}

#[test]
fn terms_out_of_their_bounds_are_refused() {
    refused(|arguments| arguments.3 = 0, &GovernorInvalidVotingPeriod { votingPeriod: U256::ZERO });
    refused(
        |arguments| arguments.5 = U256::from(101),
        &GovernorInvalidQuorumFraction {
            quorumNumerator: U256::from(101),
            quorumDenominator: U256::from(100),
        },
    );
    refused(
        |arguments| arguments.6 = PERIOD + 1,
        &GovernorPreventLateQuorumVoteExtensionTooLarge {
            newVoteExtension: U256::from(PERIOD + 1),
            maxVoteExtension: U256::from(PERIOD),
        },
    );
    construct(|arguments| {
        arguments.5 = U256::from(100);
        arguments.6 = PERIOD;
    })
    .1
    .expect("the bounds themselves are fine");
}

#[test]
fn a_token_that_does_not_count_seconds_is_refused() {
    let stage = Stage::before();
    stage.chain.deploy(ALICE, TOKEN, stand_ins::token_of_blocks, &[]).expect("it takes every call");
    let outcome = stage.deploy(arguments());
    assert_eq!(outcome, Err(ERC6372InconsistentClock {}.abi_encode()));
    refused_without_a_word(|arguments| arguments.0 = ALICE);
}

/// A token that is no contract answers nothing.
#[track_caller]
fn refused_without_a_word(change: impl FnOnce(&mut Arguments)) {
    assert_eq!(construct(change).1, Err(Vec::new()));
}

#[test]
fn a_governor_is_constructed_once_and_from_clean_arguments() {
    let stage = Stage::new();
    assert_eq!(stage.deploy(arguments()), Err(Vec::new()));
    let encoded = arguments().abi_encode_params();
    for dirty in [0, 32, 64 + 25, 96 + 27, 6 * 32 + 25, 7 * 32 + 11, 8 * 32 + 23] {
        let stage = Stage::before();
        let mut encoded = encoded.clone();
        encoded[dirty] = 1;
        let outcome = stage.chain.deploy(ALICE, GOVERNOR, governor::program, &encoded);
        assert_eq!(outcome, Err(Vec::new()), "byte {dirty}");
    }
}

//! Decides what the tests start from: a governor, a token, a timelock and the people around them.

use std::ops::Deref;

use alloy_primitives::{Address, B256, Bytes, U256, address, keccak256};
use alloy_sol_types::{SolCall, SolError, SolEvent, SolValue};
use datacoop_kit::testing::{Chain, Log, Subject};
use governor::{
    IGovernor::{self, ProposalClass, ProposalState},
    program,
};

use crate::stand_ins::{self, IToken};

pub(crate) const GOVERNOR: Address = address!("0000000000000000000000000000000060000001");
pub(crate) const TOKEN: Address = address!("0000000000000000000000000000000060000002");
pub(crate) const TIMELOCK: Address = address!("0000000000000000000000000000000060000003");
pub(crate) const OTHER_TIMELOCK: Address = address!("0000000000000000000000000000000060000004");
pub(crate) const CLOSED_TIMELOCK: Address = address!("0000000000000000000000000000000060000005");
pub(crate) const TARGET: Address = address!("0000000000000000000000000000000060000006");

/// Has 60 of 100 votes.
pub(crate) const ALICE: Address = address!("00000000000000000000000000000000000000a1");
/// Has 30 of 100 votes.
pub(crate) const BOB: Address = address!("00000000000000000000000000000000000000b2");
/// Has 10 of 100 votes.
pub(crate) const CAROL: Address = address!("00000000000000000000000000000000000000c3");
/// Has none.
pub(crate) const MALLORY: Address = address!("00000000000000000000000000000000000000bb");

pub(crate) const DELAY: u64 = 100;
pub(crate) const PERIOD: u64 = 1_000;
pub(crate) const THRESHOLD: u64 = 5;
pub(crate) const QUORUM: u64 = 20;
pub(crate) const EXTENSION: u64 = 300;
pub(crate) const DAY: u64 = 86_400;

/// The function that proposals call, of the target.
pub(crate) const SELECTOR: [u8; 4] = [0xda, 0x7a, 0xc0, 0x09];

/// The arguments of the constructor.
pub(crate) type Arguments = (Address, Address, u64, u32, U256, U256, u64, Address, u64, String);

/// Those that the tests begin with.
pub(crate) fn arguments() -> Arguments {
    let period = u32::try_from(PERIOD).expect("small");
    let (threshold, quorum) = (U256::from(THRESHOLD), U256::from(QUORUM));
    (TOKEN, TIMELOCK, DELAY, period, threshold, quorum, EXTENSION, Address::ZERO, 0, String::new())
}

/// What is proposed.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) targets: Vec<Address>,
    pub(crate) values: Vec<U256>,
    pub(crate) calldatas: Vec<Bytes>,
    pub(crate) description: String,
}

impl Plan {
    /// One call of the target.
    pub(crate) fn one(description: &str) -> Self {
        Self::of(description, &[(TARGET, SELECTOR.to_vec())])
    }

    /// Calls without ether.
    pub(crate) fn of(description: &str, calls: &[(Address, Vec<u8>)]) -> Self {
        let (targets, calldatas): (Vec<_>, Vec<_>) = calls.iter().cloned().unzip();
        Self {
            values: vec![U256::ZERO; targets.len()],
            targets,
            calldatas: calldatas.into_iter().map(Bytes::from).collect(),
            description: description.to_owned(),
        }
    }

    pub(crate) fn hash(&self) -> B256 {
        keccak256(&self.description)
    }

    pub(crate) fn id(&self) -> U256 {
        let Self { targets, values, calldatas, .. } = self.clone();
        keccak256((targets, values, calldatas, self.hash()).abi_encode_params()).into()
    }

    pub(crate) fn propose(&self) -> IGovernor::proposeCall {
        let Self { targets, values, calldatas, description } = self.clone();
        IGovernor::proposeCall { targets, values, calldatas, description }
    }

    pub(crate) fn propose_as(&self, class: ProposalClass) -> IGovernor::proposeWithClassCall {
        let Self { targets, values, calldatas, description } = self.clone();
        let proposalClass = class;
        IGovernor::proposeWithClassCall { proposalClass, targets, values, calldatas, description }
    }

    pub(crate) fn queue(&self) -> IGovernor::queueCall {
        let Self { targets, values, calldatas, .. } = self.clone();
        IGovernor::queueCall { targets, values, calldatas, descriptionHash: self.hash() }
    }

    pub(crate) fn execute(&self) -> IGovernor::executeCall {
        let Self { targets, values, calldatas, .. } = self.clone();
        IGovernor::executeCall { targets, values, calldatas, descriptionHash: self.hash() }
    }

    pub(crate) fn cancel(&self) -> IGovernor::cancelCall {
        let Self { targets, values, calldatas, .. } = self.clone();
        IGovernor::cancelCall { targets, values, calldatas, descriptionHash: self.hash() }
    }
}

/// A governor on a chain.
pub(crate) struct Stage {
    subject: Subject,
}

impl Deref for Stage {
    type Target = Subject;

    fn deref(&self) -> &Subject {
        &self.subject
    }
}

impl Stage {
    /// The people and contracts around, before the governor is there.
    pub(crate) fn before() -> Self {
        Self { subject: Subject::new(Self::around(), GOVERNOR) }
    }

    /// A governor with the terms above, and 100 votes given out.
    pub(crate) fn new() -> Self {
        let stage = Self::before();
        stage.deploy(arguments()).expect("the governor is constructed");
        let _ = stage.chain.take_logs();
        stage
    }

    /// A chain with everything but a governor.
    pub(crate) fn around() -> Chain {
        let chain = Chain::new();
        for (at, program) in [
            (TOKEN, stand_ins::token as datacoop_kit::testing::Program),
            (TIMELOCK, stand_ins::timelock),
            (OTHER_TIMELOCK, stand_ins::timelock),
            (CLOSED_TIMELOCK, stand_ins::closed_timelock),
            (TARGET, stand_ins::target),
        ] {
            chain.deploy(ALICE, at, program, &[]).expect("a stand-in takes every call");
        }
        for (account, votes) in [(ALICE, 60), (BOB, 30), (CAROL, 10)] {
            let call = IToken::setCall { account, votes: U256::from(votes) };
            chain.send(ALICE, TOKEN, &call).expect("anybody may set votes");
        }
        chain
    }

    /// Constructs a governor.
    pub(crate) fn deploy(&self, arguments: Arguments) -> Result<Vec<u8>, Vec<u8>> {
        self.chain.deploy(ALICE, GOVERNOR, program, &arguments.abi_encode_params())
    }

    /// Asks the governor.
    #[track_caller]
    pub(crate) fn ask<C: SolCall>(&self, call: &C) -> C::Return {
        self.ok(MALLORY, call)
    }

    /// Requires that exactly this event was emitted.
    #[track_caller]
    pub(crate) fn emitted<E: SolEvent>(&self, event: &E) {
        assert_eq!(self.chain.take_logs(), [log(event)]);
    }

    #[track_caller]
    pub(crate) fn state(&self, plan: &Plan) -> ProposalState {
        self.ask(&IGovernor::stateCall { proposalId: plan.id() })
    }

    #[track_caller]
    pub(crate) fn vote(&self, voter: Address, plan: &Plan, support: u8) {
        self.ok(voter, &IGovernor::castVoteCall { proposalId: plan.id(), support });
    }

    /// Has a proposal of alice's that is pending pass, and queues it.
    #[track_caller]
    pub(crate) fn pass(&self, plan: &Plan) {
        self.wait(DELAY + 1);
        self.vote(ALICE, plan, 1);
        self.wait(PERIOD + EXTENSION);
        self.ok(MALLORY, &plan.queue());
    }

    /// Has governance make calls of the governor, and returns what came of it. Only what the
    /// governor itself logged by those calls is left in the logs.
    #[track_caller]
    pub(crate) fn govern(&self, calls: &[Vec<u8>]) -> Result<(), Vec<u8>> {
        let calls: Vec<_> = calls.iter().map(|call| (GOVERNOR, call.clone())).collect();
        let plan = Plan::of(&format!("Proposed at {}", self.chain.time()), &calls);
        self.ok(ALICE, &plan.propose());
        self.pass(&plan);
        // Longer than any standard delay.
        self.wait(31 * DAY);
        let _ = self.chain.take_logs();
        self.call(MALLORY, &plan.execute()).map(|_| ())
    }

    /// Has governance make one call, which succeeds with one event.
    #[track_caller]
    pub(crate) fn governs<E: SolEvent>(&self, call: &impl SolCall, event: &E) {
        self.govern(&[call.abi_encode()]).expect("governance may");
        let logs = self.chain.take_logs();
        assert_eq!(logs.first(), Some(&log(event)));
        assert_eq!(logs.len(), 2, "the change, and `ProposalExecuted`");
    }

    /// Has governance make one call, which is refused with an error.
    #[track_caller]
    pub(crate) fn govern_fails(&self, call: &impl SolCall, error: &impl SolError) {
        assert_eq!(self.govern(&[call.abi_encode()]), Err(error.abi_encode()));
    }
}

/// The log of an event of the governor.
pub(crate) fn log<E: SolEvent>(event: &E) -> Log {
    Log::of(GOVERNOR, event)
}

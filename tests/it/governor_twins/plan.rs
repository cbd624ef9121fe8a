//! What is proposed: random actions on a target, on the governor itself and on the timelock.

use alloy::{
    primitives::{Address, B256, Bytes, U256, keccak256},
    sol_types::{SolCall, SolValue},
};
use datacoop_deploy::bindings::IGovernor;
use datacoop_tests::random;
use rand::{Rng, seq::IndexedRandom};

use super::{
    run::Run,
    world::{GovernorWorldTarget, GovernorWorldTimelock, MIN_DELAY},
};

/// A proposal as it is proposed, queued and executed.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    pub(super) targets: Vec<Address>,
    pub(super) values: Vec<U256>,
    pub(super) calldatas: Vec<Bytes>,
    pub(super) description: String,
    /// The actor that proposes it.
    pub(super) proposer: usize,
}

impl Plan {
    pub(super) fn id(&self) -> U256 {
        let Self { targets, values, calldatas, .. } = self.clone();
        keccak256((targets, values, calldatas, self.hash()).abi_encode_params()).into()
    }

    pub(super) fn hash(&self) -> B256 {
        keccak256(&self.description)
    }

    pub(super) fn propose(&self) -> Vec<u8> {
        let Self { targets, values, calldatas, description, .. } = self.clone();
        IGovernor::proposeCall { targets, values, calldatas, description }.abi_encode()
    }

    pub(super) fn queue(&self) -> Vec<u8> {
        let Self { targets, values, calldatas, .. } = self.clone();
        IGovernor::queueCall { targets, values, calldatas, descriptionHash: self.hash() }
            .abi_encode()
    }

    pub(super) fn execute(&self) -> Vec<u8> {
        let Self { targets, values, calldatas, .. } = self.clone();
        IGovernor::executeCall { targets, values, calldatas, descriptionHash: self.hash() }
            .abi_encode()
    }

    pub(super) fn cancel(&self) -> Vec<u8> {
        let Self { targets, values, calldatas, .. } = self.clone();
        IGovernor::cancelCall { targets, values, calldatas, descriptionHash: self.hash() }
            .abi_encode()
    }

    /// The salt of the governor's operation on the timelock.
    fn salt(&self, governor: Address) -> B256 {
        let mut salt = self.hash();
        for (byte, other) in salt.iter_mut().zip(governor) {
            *byte ^= other;
        }
        salt
    }

    /// The same operation executed by anybody on the timelock, past the governor.
    pub(super) fn execute_on_timelock(&self, governor: Address) -> Vec<u8> {
        let Self { targets, values, calldatas, .. } = self.clone();
        GovernorWorldTimelock::executeBatchCall {
            targets,
            values,
            payloads: calldatas,
            predecessor: B256::ZERO,
            salt: self.salt(governor),
        }
        .abi_encode()
    }

    /// The same operation canceled on the timelock, past the governor.
    pub(super) fn cancel_on_timelock(&self, governor: Address) -> Vec<u8> {
        let Self { targets, values, calldatas, .. } = self.clone();
        let salt = self.salt(governor);
        let parts = (targets, values, calldatas, B256::ZERO, salt);
        GovernorWorldTimelock::cancelCall { id: keccak256(parts.abi_encode_params()) }.abi_encode()
    }

    /// A random plan; in one of some that are refused, the lists are of different lengths.
    pub(super) fn random(run: &mut Run, proposer: usize) -> Self {
        let count = *[1, 1, 1, 2, 2, 3, 0, 5].choose(&mut run.rng).expect("there are some");
        let mut plan = Self {
            targets: Vec::new(),
            values: Vec::new(),
            calldatas: Vec::new(),
            description: description(run, run.world.places.actors[proposer]),
            proposer,
        };
        for _ in 0..count {
            let (target, value, data) = action(run);
            plan.targets.push(target);
            plan.values.push(value);
            plan.calldatas.push(data.into());
        }
        match run.rng.random_range(0..30) {
            0 => drop(plan.targets.pop()),
            1 => drop(plan.values.pop()),
            2 => drop(plan.calldatas.pop()),
            _ => {}
        }
        plan
    }
}

/// A description, for all or for one.
fn description(run: &mut Run, proposer: Address) -> String {
    let len = run.rng.random_range(0..90);
    let text: String = (0..len).map(|_| run.rng.random::<char>()).collect();
    let number = run.rng.random::<u32>();
    let stranger = random::address(&mut run.rng);
    match run.rng.random_range(0..12) {
        0 => format!("{text}{number}#proposer={proposer}"),
        1 => format!("{text}{number}#proposer={proposer:#x}"),
        2 => format!("{text}{number}#proposer={stranger}"),
        3 => format!("{text}{number}#proposer={stranger} "),
        4 => format!("{text}{number}#proposer=0X{}", &format!("{stranger}")[2..]),
        5 => format!("{text}{number}#proposer=0xz{}", &format!("{stranger}")[3..]),
        _ => format!("{text}{number}"),
    }
}

/// An action: target, ether and calldata.
fn action(run: &mut Run) -> (Address, U256, Vec<u8>) {
    let places = run.world.places.clone();
    let value = U256::from(u8::from(run.rng.random_ratio(1, 5)));
    let number = U256::from(run.rng.random_range(0..1_000_u32));
    match run.rng.random_range(0..10) {
        0..3 => {
            let call = GovernorWorldTarget::setCall { newValue: number };
            (places.target, value, call.abi_encode())
        }
        3 => {
            let len = run.rng.random_range(0..100);
            let data = random::bytes(len, &mut run.rng);
            let call = GovernorWorldTarget::mirrorCall { data: data.into() };
            (places.target, value, call.abi_encode())
        }
        4 => {
            let len = run.rng.random_range(0..10);
            (places.actors[0], value, random::bytes(len, &mut run.rng))
        }
        5 if run.rng.random() => {
            let secs = run.rng.random_range(0..2 * MIN_DELAY);
            let call = GovernorWorldTimelock::updateDelayCall { newDelay: U256::from(secs) };
            (places.timelocks[0], U256::ZERO, call.abi_encode())
        }
        _ => (places.governor, U256::ZERO, on_governor(run)),
    }
}

/// A call of the governor by the timelock.
fn on_governor(run: &mut Run) -> Vec<u8> {
    let places = run.world.places.clone();
    let some = |run: &mut Run, most: u64| run.rng.random_range(0..=most);
    match run.rng.random_range(0..16) {
        0 | 12 => {
            IGovernor::setVotingDelayCall { newVotingDelay: u48(some(run, 200)) }.abi_encode()
        }
        1 | 2 => {
            let period = if run.rng.random_ratio(1, 2) { 0 } else { 300 + some(run, 900) };
            let period = u32::try_from(period).expect("small");
            IGovernor::setVotingPeriodCall { newVotingPeriod: period }.abi_encode()
        }
        3 | 13 => {
            let threshold = U256::from(some(run, 1_500));
            IGovernor::setProposalThresholdCall { newProposalThreshold: threshold }.abi_encode()
        }
        4 | 14 => {
            let extension = u48(some(run, 1_800));
            IGovernor::setLateQuorumVoteExtensionCall { newVoteExtension: extension }.abi_encode()
        }
        5 | 6 => {
            let numerator = if run.rng.random_ratio(1, 2) { 101 } else { some(run, 45) };
            let numerator = U256::from(numerator);
            IGovernor::updateQuorumNumeratorCall { newQuorumNumerator: numerator }.abi_encode()
        }
        7 | 15 => {
            let timelock = *places.timelocks.choose(&mut run.rng).expect("there are some");
            IGovernor::updateTimelockCall { newTimelock: timelock }.abi_encode()
        }
        8 | 9 => {
            let number = U256::from(some(run, 1_000));
            let data = GovernorWorldTarget::setCall { newValue: number }.abi_encode();
            let (target, data) = match run.rng.random_range(0..6) {
                // Accepts everything; refuses without a word.
                0 => (places.actors[1], vec![]),
                1 => (places.driver, vec![1, 2, 3, 4]),
                _ => (places.target, data),
            };
            let value = U256::from(u8::from(run.rng.random_ratio(1, 8)));
            IGovernor::relayCall { target, value, data: data.into() }.abi_encode()
        }
        10 => run.any_plan().map_or_else(Vec::new, |plan| match run.rng.random_range(0..4) {
            0 => plan.execute(),
            1 => plan.queue(),
            2 => plan.cancel(),
            _ => plan.propose(),
        }),
        _ => {
            let id = run.any_plan().map_or(U256::ZERO, |plan| plan.id());
            IGovernor::castVoteCall { proposalId: id, support: 1 }.abi_encode()
        }
    }
}

/// A number of 48 bits.
pub(super) fn u48(number: u64) -> alloy::primitives::aliases::U48 {
    alloy::primitives::aliases::U48::from(number)
}

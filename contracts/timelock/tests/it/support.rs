//! Decides what the tests start from: a timelock on a chain, the people around it, and contracts
//! for its operations to call.

use std::ops::Deref;

use alloy_primitives::{Address, B256, Bytes, U256, address};
use alloy_sol_types::{SolCall, SolEvent, SolValue};
use datacoop_kit::{
    Uint, host,
    reexport::stylus_sdk::{ArbResult, host::VM},
    testing::{Chain, Log, Subject},
};
use timelock::{
    ITimelock::{
        OperationState, executeCall, getOperationStateCall, hashOperationCall, scheduleCall,
        updateDelayCall,
    },
    operations::State,
    program,
};

/// Where the timelock is.
pub(crate) const TIMELOCK: Address = address!("0000000000000000000000000000000071e10001");
/// A contract that returns what it is called with.
pub(crate) const ECHO: Address = address!("00000000000000000000000000000000000000c1");
/// A contract that reverts with what it is called with.
pub(crate) const REFUSER: Address = address!("00000000000000000000000000000000000000c2");
/// A contract that calls its caller with what it is called with.
pub(crate) const CALLER: Address = address!("00000000000000000000000000000000000000c3");
/// Administers beside the timelock itself.
pub(crate) const ADMIN: Address = address!("00000000000000000000000000000000000000ad");
/// Proposes and cancels.
pub(crate) const PROPOSER: Address = address!("00000000000000000000000000000000000000e1");
/// Executes.
pub(crate) const EXECUTOR: Address = address!("00000000000000000000000000000000000000f1");
/// Holds nothing.
pub(crate) const MALLORY: Address = address!("00000000000000000000000000000000000000bb");

/// The minimum delay, in seconds.
pub(crate) const DELAY_SECS: u64 = 172_800;

#[allow(clippy::unnecessary_wraps, reason = "a program may fail")]
fn echo(input: &[u8], _: VM) -> ArbResult {
    Ok(input.to_vec())
}

fn refuse(input: &[u8], _: VM) -> ArbResult {
    Err(input.to_vec())
}

fn call_back(input: &[u8], mut vm: VM) -> ArbResult {
    let caller = host::sender(&vm);
    if host::call_raw(&mut vm, &caller, &Uint::ZERO, input) { Ok(vec![]) } else { Err(vec![9]) }
}

/// A timelock on a chain.
pub(crate) struct Timelock {
    subject: Subject,
}

impl Deref for Timelock {
    type Target = Subject;

    fn deref(&self) -> &Subject {
        &self.subject
    }
}

/// An operation of one call.
#[derive(Clone)]
pub(crate) struct Operation {
    pub(crate) target: Address,
    pub(crate) value: U256,
    pub(crate) data: Bytes,
    pub(crate) predecessor: B256,
    pub(crate) salt: B256,
}

impl Operation {
    /// Calls a contract with some bytes.
    pub(crate) fn new(target: Address, data: &[u8]) -> Self {
        let data = Bytes::copy_from_slice(data);
        let (predecessor, salt) = (B256::ZERO, B256::ZERO);
        Self { target, value: U256::ZERO, data, predecessor, salt }
    }

    /// Calls the timelock itself.
    pub(crate) fn of_its_own(call: &impl SolCall) -> Self {
        Self::new(TIMELOCK, &call.abi_encode())
    }

    /// Echoes, told apart by a number.
    pub(crate) fn number(number: u64) -> Self {
        Self { salt: U256::from(number).into(), ..Self::new(ECHO, b"echo") }
    }

    pub(crate) fn schedule(&self, delay: u64) -> scheduleCall {
        let Self { target, value, data, predecessor, salt } = self.clone();
        scheduleCall { target, value, data, predecessor, salt, delay: U256::from(delay) }
    }

    pub(crate) fn execute(&self) -> executeCall {
        let Self { target, value, data, predecessor, salt } = self.clone();
        executeCall { target, value, payload: data, predecessor, salt }
    }

    pub(crate) fn hash(&self) -> hashOperationCall {
        let Self { target, value, data, predecessor, salt } = self.clone();
        hashOperationCall { target, value, data, predecessor, salt }
    }

    pub(crate) fn id(&self) -> B256 {
        let Self { target, value, data, predecessor, salt } = self.clone();
        let encoded = (target, value, data, predecessor, salt).abi_encode_params();
        alloy_primitives::keccak256(encoded)
    }
}

/// What the constructor is given.
pub(crate) fn arguments(delay: U256, executors: &[Address], admin: Address) -> Vec<u8> {
    (delay, &[PROPOSER][..], executors, admin).abi_encode_params()
}

/// A chain with the contracts that operations call.
pub(crate) fn chain() -> Chain {
    let chain = Chain::new();
    for (at, program) in [(ECHO, echo as _), (REFUSER, refuse as _), (CALLER, call_back as _)] {
        let _ = chain.deploy(ADMIN, at, program, &[]);
    }
    chain
}

impl Timelock {
    pub(crate) fn new() -> Self {
        Self::with(&[EXECUTOR])
    }

    pub(crate) fn with(executors: &[Address]) -> Self {
        let chain = chain();
        let args = arguments(U256::from(DELAY_SECS), executors, ADMIN);
        chain.deploy(MALLORY, TIMELOCK, program, &args).expect("the timelock is constructed");
        let _ = chain.take_logs();
        Self { subject: Subject::new(chain, TIMELOCK) }
    }

    /// Schedules an operation and waits until it is ready.
    #[track_caller]
    pub(crate) fn prepare(&self, operation: &Operation) {
        self.ok(PROPOSER, &operation.schedule(DELAY_SECS));
        self.wait(DELAY_SECS);
    }

    /// Schedules an operation, waits, and executes it.
    #[track_caller]
    pub(crate) fn perform(&self, operation: &Operation) {
        self.prepare(operation);
        self.ok(EXECUTOR, &operation.execute());
    }

    /// Changes the minimum delay by an operation of the timelock's own.
    #[track_caller]
    pub(crate) fn change_delay(&self, delay: u64) {
        self.perform(&Operation::of_its_own(&updateDelayCall { newDelay: U256::from(delay) }));
    }

    pub(crate) fn state(&self, id: B256) -> State {
        match self.ok(MALLORY, &getOperationStateCall { id }) {
            OperationState::Unset => State::Unset,
            OperationState::Waiting => State::Waiting,
            OperationState::Ready => State::Ready,
            OperationState::Done => State::Done,
            OperationState::__Invalid => unreachable!("the result is checked"),
        }
    }
}

/// The log of an event.
pub(crate) fn log<E: SolEvent>(event: &E) -> Log {
    Log::of(TIMELOCK, event)
}

/// A set of states, as errors name them.
pub(crate) fn states(bits: u64) -> B256 {
    U256::from(bits).into()
}

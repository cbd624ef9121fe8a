//! The life of an operation: scheduled, ready, executed or cancelled, and every refusal on the way.

use alloy_primitives::{Address, B256, Bytes, U256};
use alloy_sol_types::{Panic, SolCall, SolValue};
use timelock::{
    CANCELLER_ROLE, EXECUTOR_ROLE,
    ITimelock::{
        AccessControlUnauthorizedAccount, CallExecuted, CallSalt, CallScheduled, Cancelled,
        FailedCall, MinDelayChange, RoleGranted, TimelockDelayTooLong, TimelockInsufficientDelay,
        TimelockInvalidOperationLength, TimelockUnauthorizedCaller, TimelockUnexecutedPredecessor,
        TimelockUnexpectedOperationState, cancelCall, executeBatchCall, getMinDelayCall,
        getTimestampCall, hashOperationBatchCall, isOperationCall, isOperationDoneCall,
        isOperationPendingCall, isOperationReadyCall, scheduleBatchCall, updateDelayCall,
    },
    PROPOSER_ROLE,
    operations::{MAX_DELAY_SECS, State},
    program,
};

use crate::support::{
    ADMIN, DELAY_SECS, ECHO, EXECUTOR, MALLORY, Operation, PROPOSER, REFUSER, TIMELOCK, Timelock,
    arguments, chain, log, states,
};

/// The bits of the states in errors.
const UNSET: u64 = 1;
const PENDING: u64 = 2 | 4;
const READY: u64 = 4;

#[test]
fn construction_gives_the_roles_and_logs_them() {
    let chain = chain();
    let _ = chain.take_logs();
    let args = arguments(U256::from(5), &[EXECUTOR], ADMIN);
    chain.deploy(MALLORY, TIMELOCK, program, &args).expect("the timelock is constructed");
    let granted = |role, account| log(&RoleGranted { role, account, sender: MALLORY });
    let expected = [
        granted(B256::ZERO, TIMELOCK),
        granted(B256::ZERO, ADMIN),
        granted(PROPOSER_ROLE, PROPOSER),
        granted(CANCELLER_ROLE, PROPOSER),
        granted(EXECUTOR_ROLE, EXECUTOR),
        log(&MinDelayChange { oldDuration: U256::ZERO, newDuration: U256::from(5) }),
    ];
    assert_eq!(chain.take_logs(), expected);
    let again = chain.deploy(MALLORY, TIMELOCK, program, &args);
    assert_eq!(again, Err(Vec::new()));
}

#[test]
fn the_delay_is_bounded_at_construction_and_later() {
    for (delay, fits) in [(0, true), (MAX_DELAY_SECS, true), (MAX_DELAY_SECS + 1, false)] {
        let args = arguments(U256::from(delay), &[], Address::ZERO);
        let outcome = chain().deploy(MALLORY, TIMELOCK, program, &args);
        assert_eq!(outcome.is_ok(), fits, "{delay}");
    }
    let timelock = Timelock::new();
    timelock.change_delay(MAX_DELAY_SECS);
    let delay = timelock.ok(MALLORY, &getMinDelayCall {});
    assert_eq!(delay, U256::from(MAX_DELAY_SECS));
    for new in [U256::from(MAX_DELAY_SECS + 1), U256::MAX, U256::ONE.wrapping_shl(64)] {
        let timelock = Timelock::new();
        let operation = Operation::of_its_own(&updateDelayCall { newDelay: new });
        timelock.prepare(&operation);
        let error = TimelockDelayTooLong { delay: new, maximum: U256::from(MAX_DELAY_SECS) };
        timelock.fails(EXECUTOR, &operation.execute(), &error);
    }
}

#[test]
fn an_operation_is_scheduled_then_ready_then_done() {
    let timelock = Timelock::new();
    let operation = Operation { salt: B256::repeat_byte(7), ..Operation::new(ECHO, b"hello") };
    let id = operation.id();
    assert_eq!(timelock.ok(MALLORY, &operation.hash()), id);
    assert_eq!(timelock.state(id), State::Unset);
    timelock.ok(PROPOSER, &operation.schedule(DELAY_SECS));
    let Operation { target, value, data, predecessor, salt } = operation.clone();
    let delay = U256::from(DELAY_SECS);
    let index = U256::ZERO;
    timelock.emitted(&[
        log(&CallScheduled { id, index, target, value, data: data.clone(), predecessor, delay }),
        log(&CallSalt { id, salt }),
    ]);
    let ready_at = U256::from(timelock.chain.time() + DELAY_SECS);
    assert_eq!(timelock.ok(MALLORY, &getTimestampCall { id }), ready_at);
    timelock.wait(DELAY_SECS - 1);
    assert_eq!(timelock.state(id), State::Waiting);
    let error = TimelockUnexpectedOperationState { operationId: id, expectedStates: states(READY) };
    timelock.fails(EXECUTOR, &operation.execute(), &error);
    timelock.wait(1);
    assert_eq!(timelock.state(id), State::Ready);
    timelock.ok(EXECUTOR, &operation.execute());
    timelock.emitted(&[log(&CallExecuted { id, index, target, value, data })]);
    assert_eq!(timelock.state(id), State::Done);
    assert_eq!(timelock.ok(MALLORY, &getTimestampCall { id }), U256::ONE);
}

#[test]
fn states_are_told_by_name() {
    let timelock = Timelock::new();
    let operation = Operation::new(ECHO, b"");
    let id = operation.id();
    let told = || {
        [
            timelock.ok(MALLORY, &isOperationCall { id }),
            timelock.ok(MALLORY, &isOperationPendingCall { id }),
            timelock.ok(MALLORY, &isOperationReadyCall { id }),
            timelock.ok(MALLORY, &isOperationDoneCall { id }),
        ]
    };
    assert_eq!(told(), [false, false, false, false]);
    timelock.ok(PROPOSER, &operation.schedule(DELAY_SECS));
    assert_eq!(told(), [true, true, false, false]);
    timelock.wait(DELAY_SECS);
    assert_eq!(told(), [true, true, true, false]);
    timelock.ok(EXECUTOR, &operation.execute());
    assert_eq!(told(), [true, false, false, true]);
}

#[test]
fn roles_are_required() {
    let timelock = Timelock::new();
    let operation = Operation::new(ECHO, b"");
    let unauthorized =
        |account, neededRole| AccessControlUnauthorizedAccount { account, neededRole };
    for account in [MALLORY, ADMIN, EXECUTOR, TIMELOCK] {
        let error = unauthorized(account, PROPOSER_ROLE);
        timelock.fails(account, &operation.schedule(DELAY_SECS), &error);
        let error = unauthorized(account, CANCELLER_ROLE);
        timelock.fails(account, &cancelCall { id: operation.id() }, &error);
    }
    timelock.prepare(&operation);
    for account in [MALLORY, ADMIN, PROPOSER, TIMELOCK] {
        timelock.fails(account, &operation.execute(), &unauthorized(account, EXECUTOR_ROLE));
    }
    let open = Timelock::with(&[Address::ZERO]);
    open.prepare(&operation);
    open.ok(MALLORY, &operation.execute());
}

#[test]
fn a_delay_is_long_enough_and_ends_some_day() {
    let timelock = Timelock::new();
    let operation = Operation::new(ECHO, b"");
    for delay in [0, 1, DELAY_SECS - 1] {
        let (delay_, minDelay) = (U256::from(delay), U256::from(DELAY_SECS));
        let error = TimelockInsufficientDelay { delay: delay_, minDelay };
        timelock.fails(PROPOSER, &operation.schedule(delay), &error);
    }
    let overflow = Panic { code: U256::from(0x11) };
    let latest = u64::MAX - timelock.chain.time();
    timelock.fails(PROPOSER, &operation.schedule(latest + 1), &overflow);
    // What wraps around would be ready at once.
    for delay in
        [U256::MAX, U256::MAX - U256::from(timelock.chain.time()), U256::ONE.wrapping_shl(64)]
    {
        let mut call = operation.schedule(0);
        call.delay = delay;
        timelock.fails(PROPOSER, &call, &overflow);
    }
    timelock.ok(PROPOSER, &operation.schedule(latest));
    let id = operation.id();
    assert_eq!(timelock.ok(MALLORY, &getTimestampCall { id }), U256::from(u64::MAX));
}

#[test]
fn a_cancelled_operation_may_come_again_and_a_done_one_may_not() {
    let timelock = Timelock::new();
    let operation = Operation::new(ECHO, b"");
    let id = operation.id();
    let unexpected =
        |bits| TimelockUnexpectedOperationState { operationId: id, expectedStates: states(bits) };
    timelock.fails(PROPOSER, &cancelCall { id }, &unexpected(PENDING));
    timelock.ok(PROPOSER, &operation.schedule(DELAY_SECS));
    timelock.fails(PROPOSER, &operation.schedule(DELAY_SECS), &unexpected(UNSET));
    timelock.ok(PROPOSER, &cancelCall { id });
    timelock.emitted(&[log(&Cancelled { id })]);
    assert_eq!(timelock.state(id), State::Unset);
    timelock.prepare(&operation);
    timelock.fails(PROPOSER, &operation.schedule(DELAY_SECS), &unexpected(UNSET));
    timelock.ok(PROPOSER, &cancelCall { id });
    timelock.perform(&operation);
    timelock.fails(PROPOSER, &operation.schedule(DELAY_SECS), &unexpected(UNSET));
    timelock.fails(PROPOSER, &cancelCall { id }, &unexpected(PENDING));
    timelock.fails(EXECUTOR, &operation.execute(), &unexpected(READY));
}

#[test]
fn an_operation_waits_for_its_predecessor() {
    let timelock = Timelock::new();
    let first = Operation::number(1);
    let predecessor = first.id();
    let second = Operation { predecessor, ..Operation::number(2) };
    timelock.prepare(&second);
    let error = TimelockUnexecutedPredecessor { predecessorId: predecessor };
    timelock.fails(EXECUTOR, &second.execute(), &error);
    timelock.prepare(&first);
    timelock.fails(EXECUTOR, &second.execute(), &error);
    timelock.ok(EXECUTOR, &first.execute());
    timelock.ok(EXECUTOR, &second.execute());
}

#[test]
fn what_a_call_reverts_with_is_passed_on() {
    let timelock = Timelock::new();
    let operation = Operation::new(REFUSER, b"for a reason of more than thirty-two bytes");
    timelock.prepare(&operation);
    timelock.refuses(EXECUTOR, &operation.execute(), &operation.data);
    assert_eq!(timelock.state(operation.id()), State::Ready);
    let silent = Operation::new(REFUSER, b"");
    timelock.prepare(&silent);
    timelock.fails(EXECUTOR, &silent.execute(), &FailedCall {});
    // More ether than there is.
    let poor = Operation { value: U256::ONE, ..Operation::new(ECHO, b"") };
    timelock.prepare(&poor);
    timelock.fails(EXECUTOR, &poor.execute(), &FailedCall {});
}

#[test]
fn ether_comes_with_the_call_or_from_the_timelock() {
    let timelock = Timelock::new();
    let two = Operation { value: U256::from(2), ..Operation::new(ECHO, b"") };
    timelock.prepare(&two);
    let call = two.execute().abi_encode();
    let outcome = timelock.chain.call_with_value(EXECUTOR, TIMELOCK, &call, U256::ONE);
    assert_eq!(outcome, Err(alloy_sol_types::SolError::abi_encode(&FailedCall {})));
    let received = timelock.chain.call_with_value(MALLORY, TIMELOCK, &[], U256::ONE);
    assert_eq!(received, Ok(Vec::new()));
    let outcome = timelock.chain.call_with_value(EXECUTOR, TIMELOCK, &call, U256::ONE);
    assert_eq!(outcome, Ok(Vec::new()));
    assert_eq!(timelock.chain.balance(ECHO), U256::from(2));
}

/// A batch of two calls.
fn batch(second: Address) -> scheduleBatchCall {
    scheduleBatchCall {
        targets: vec![ECHO, second],
        values: vec![U256::ZERO; 2],
        payloads: vec![Bytes::from_static(b"one"), Bytes::from(vec![2; 40])],
        predecessor: B256::ZERO,
        salt: B256::ZERO,
        delay: U256::from(DELAY_SECS),
    }
}

fn execution(call: &scheduleBatchCall) -> executeBatchCall {
    let scheduleBatchCall { targets, values, payloads, predecessor, salt, .. } = call.clone();
    executeBatchCall { targets, values, payloads, predecessor, salt }
}

#[test]
fn a_batch_is_one_operation() {
    let timelock = Timelock::new();
    let call = batch(ECHO);
    let scheduleBatchCall { targets, values, payloads, predecessor, salt, .. } = call.clone();
    let hash = hashOperationBatchCall { targets, values, payloads, predecessor, salt };
    let id = timelock.ok(MALLORY, &hash);
    assert_eq!(id, alloy_primitives::keccak256(&hash.abi_encode()[4..]));
    timelock.ok(PROPOSER, &call);
    let scheduled = |index: usize| CallScheduled {
        id,
        index: U256::from(index),
        target: ECHO,
        value: U256::ZERO,
        data: call.payloads[index].clone(),
        predecessor,
        delay: U256::from(DELAY_SECS),
    };
    timelock.emitted(&[log(&scheduled(0)), log(&scheduled(1))]);
    timelock.wait(DELAY_SECS);
    timelock.ok(EXECUTOR, &execution(&call));
    let executed = |index: usize| CallExecuted {
        id,
        index: U256::from(index),
        target: ECHO,
        value: U256::ZERO,
        data: call.payloads[index].clone(),
    };
    timelock.emitted(&[log(&executed(0)), log(&executed(1))]);
    assert_eq!(timelock.state(id), State::Done);
}

#[test]
fn a_batch_is_executed_wholly_or_not_at_all() {
    let timelock = Timelock::new();
    let call = batch(REFUSER);
    timelock.ok(PROPOSER, &call);
    timelock.wait(DELAY_SECS);
    timelock.refuses(EXECUTOR, &execution(&call), &[2; 40]);
}

#[test]
fn lists_of_different_lengths_are_refused() {
    let timelock = Timelock::new();
    for (targets, values, payloads) in [(2, 1, 1), (1, 2, 1), (1, 1, 2), (0, 1, 1), (1, 0, 0)] {
        let call = scheduleBatchCall {
            targets: vec![ECHO; targets],
            values: vec![U256::ZERO; values],
            payloads: vec![Bytes::new(); payloads],
            ..batch(ECHO)
        };
        let [targets, payloads, values] = [targets, payloads, values].map(U256::from);
        let error = TimelockInvalidOperationLength { targets, payloads, values };
        timelock.fails(PROPOSER, &call, &error);
        timelock.fails(EXECUTOR, &execution(&call), &error);
    }
}

#[test]
fn a_target_that_is_no_address_is_refused_without_a_word() {
    let timelock = Timelock::new();
    let mut calldata = batch(ECHO).abi_encode();
    let target = calldata.windows(32).position(|word| word == ECHO.abi_encode());
    calldata[target.expect("it is there")] = 1;
    assert_eq!(timelock.chain.call(PROPOSER, TIMELOCK, &calldata), Err(Vec::new()));
}

#[test]
fn the_delay_changes_by_an_operation_alone() {
    let timelock = Timelock::new();
    for caller in [MALLORY, ADMIN, PROPOSER, EXECUTOR] {
        let call = updateDelayCall { newDelay: U256::ZERO };
        timelock.fails(caller, &call, &TimelockUnauthorizedCaller { caller });
    }
    // What is scheduled already keeps its time.
    let scheduled = Operation::number(1);
    timelock.change_delay(10);
    timelock.ok(PROPOSER, &scheduled.schedule(10));
    timelock.ok(PROPOSER, &Operation::number(2).schedule(DELAY_SECS));
    assert_eq!(timelock.ok(MALLORY, &getMinDelayCall {}), U256::from(10));
    timelock.wait(10);
    timelock.ok(EXECUTOR, &scheduled.execute());
}

//! Attacks on the delay and on the order of operations, each refused.

use alloy_primitives::{Address, B256, Bytes, U256};
use alloy_sol_types::{SolCall, SolError};
use datacoop_kit::{
    Account, Uint, host,
    reexport::stylus_sdk::{ArbResult, host::VM},
};
use timelock::{
    CANCELLER_ROLE, EXECUTOR_ROLE,
    ITimelock::{
        AccessControlUnauthorizedAccount, TimelockUnauthorizedCaller,
        TimelockUnexecutedPredecessor, TimelockUnexpectedOperationState, cancelCall,
        executeBatchCall, executeCall, getMinDelayCall, grantRoleCall, hasRoleCall,
        renounceRoleCall, revokeRoleCall, scheduleCall, updateDelayCall,
    },
    PROPOSER_ROLE,
    operations::State,
};

use crate::support::{
    ADMIN, CALLER, DELAY_SECS, ECHO, EXECUTOR, MALLORY, Operation, PROPOSER, TIMELOCK, Timelock,
    states,
};

/// A contract that does something to the very operation that calls it, and lets no failure show.
const MEDDLER: Address = Address::repeat_byte(0xd1);

/// What it is called with.
const AGAIN: &[u8] = b"again";

/// Executes the very operation that calls it once more.
#[allow(clippy::unnecessary_wraps, reason = "a program may fail")]
fn reexecute(input: &[u8], mut vm: VM) -> ArbResult {
    let guard = B256::ZERO;
    if input == AGAIN && host::load(&vm, &guard).is_zero() {
        host::store(&mut vm, &guard, &B256::repeat_byte(1));
        let call = executeCall {
            target: MEDDLER,
            value: U256::ZERO,
            payload: Bytes::copy_from_slice(input),
            predecessor: B256::ZERO,
            salt: B256::ZERO,
        };
        let timelock = Account::from(TIMELOCK);
        let _ = host::call_raw(&mut vm, &timelock, &Uint::ZERO, &call.abi_encode());
    }
    Ok(Vec::new())
}

/// Cancels the very operation that calls it.
#[allow(clippy::unnecessary_wraps, reason = "a program may fail")]
fn cancel_itself(input: &[u8], mut vm: VM) -> ArbResult {
    let call = cancelCall { id: Operation::new(MEDDLER, input).id() };
    let timelock = Account::from(TIMELOCK);
    let _ = host::call_raw(&mut vm, &timelock, &Uint::ZERO, &call.abi_encode());
    Ok(Vec::new())
}

fn not_ready(id: B256) -> TimelockUnexpectedOperationState {
    TimelockUnexpectedOperationState { operationId: id, expectedStates: states(4) }
}

#[test]
fn an_operation_that_executes_itself_again_is_undone() {
    let timelock = Timelock::with(&[Address::ZERO]);
    let _ = timelock.chain.deploy(ADMIN, MEDDLER, reexecute, &[]);
    let operation = Operation::new(MEDDLER, AGAIN);
    timelock.prepare(&operation);
    timelock.fails(MALLORY, &operation.execute(), &not_ready(operation.id()));
    assert_eq!(timelock.state(operation.id()), State::Ready);
}

#[test]
fn a_called_contract_may_neither_schedule_nor_cancel_nor_administer() {
    let timelock = Timelock::with(&[Address::ZERO]);
    let other = Operation::number(1);
    timelock.prepare(&other);
    let account = CALLER;
    let calls = [
        Operation::number(2).schedule(DELAY_SECS).abi_encode(),
        cancelCall { id: other.id() }.abi_encode(),
        updateDelayCall { newDelay: U256::ZERO }.abi_encode(),
        grantRoleCall { role: PROPOSER_ROLE, account }.abi_encode(),
        revokeRoleCall { role: PROPOSER_ROLE, account: PROPOSER }.abi_encode(),
    ];
    for call in calls {
        let operation = Operation::new(CALLER, &call);
        timelock.prepare(&operation);
        timelock.refuses(MALLORY, &operation.execute(), &[9]);
    }
    assert!(!timelock.ok(MALLORY, &hasRoleCall { role: PROPOSER_ROLE, account }));
    assert_eq!(timelock.state(other.id()), State::Ready);
}

#[test]
fn a_called_contract_with_a_role_still_waits_for_the_delay() {
    let timelock = Timelock::with(&[Address::ZERO]);
    timelock.ok(ADMIN, &grantRoleCall { role: PROPOSER_ROLE, account: CALLER });
    let inner = Operation::of_its_own(&updateDelayCall { newDelay: U256::ZERO });
    for (delay, allowed) in [(0, false), (DELAY_SECS - 1, false), (DELAY_SECS, true)] {
        let outer = Operation::new(CALLER, &inner.schedule(delay).abi_encode());
        timelock.prepare(&outer);
        assert_eq!(timelock.call(MALLORY, &outer.execute()).is_ok(), allowed, "{delay}");
    }
    timelock.fails(MALLORY, &inner.execute(), &not_ready(inner.id()));
    timelock.wait(DELAY_SECS);
    timelock.ok(MALLORY, &inner.execute());
    assert_eq!(timelock.ok(MALLORY, &getMinDelayCall {}), U256::ZERO);
}

#[test]
fn an_operation_that_cancels_itself_is_undone() {
    let timelock = Timelock::new();
    let _ = timelock.chain.deploy(ADMIN, MEDDLER, cancel_itself, &[]);
    timelock.ok(ADMIN, &grantRoleCall { role: CANCELLER_ROLE, account: MEDDLER });
    let operation = Operation::new(MEDDLER, AGAIN);
    timelock.prepare(&operation);
    timelock.fails(EXECUTOR, &operation.execute(), &not_ready(operation.id()));
    assert_eq!(timelock.state(operation.id()), State::Ready);
}

#[test]
fn an_operation_that_another_one_cancelled_is_not_executed() {
    let timelock = Timelock::new();
    timelock.ok(ADMIN, &grantRoleCall { role: CANCELLER_ROLE, account: CALLER });
    let cancelled = Operation::number(1);
    timelock.prepare(&cancelled);
    timelock.perform(&Operation::new(CALLER, &cancelCall { id: cancelled.id() }.abi_encode()));
    assert_eq!(timelock.state(cancelled.id()), State::Unset);
    timelock.fails(EXECUTOR, &cancelled.execute(), &not_ready(cancelled.id()));
}

#[test]
fn an_operation_executes_once() {
    let timelock = Timelock::new();
    let operation = Operation::number(1);
    timelock.perform(&operation);
    for secs in [0, 1, DELAY_SECS, u64::from(u32::MAX)] {
        timelock.wait(secs);
        timelock.fails(EXECUTOR, &operation.execute(), &not_ready(operation.id()));
    }
}

#[test]
fn nothing_else_is_executed_than_what_was_scheduled() {
    let timelock = Timelock::new();
    let right = Operation { value: U256::ONE, ..Operation::new(ECHO, b"right") };
    timelock.prepare(&right);
    let wrong = [
        Operation { target: MALLORY, ..right.clone() },
        Operation { value: U256::from(2), ..right.clone() },
        Operation { data: Bytes::from_static(b"wrong"), ..right.clone() },
        Operation { data: Bytes::from_static(b"right\0"), ..right.clone() },
        Operation { predecessor: B256::repeat_byte(1), ..right.clone() },
        Operation { salt: B256::repeat_byte(1), ..right.clone() },
    ];
    for operation in wrong {
        timelock.fails(EXECUTOR, &operation.execute(), &not_ready(operation.id()));
    }
    // The same as a batch of one is another operation.
    let Operation { target, value, data, predecessor, salt } = right;
    let call = executeBatchCall {
        targets: vec![target],
        values: vec![value],
        payloads: vec![data],
        predecessor,
        salt,
    };
    assert!(timelock.call(EXECUTOR, &call).is_err());
}

#[test]
fn a_predecessor_that_is_unknown_cancelled_or_waiting_holds_an_operation_up() {
    let timelock = Timelock::new();
    let first = Operation::number(1);
    for predecessor in [B256::repeat_byte(1), first.id()] {
        let second = Operation { predecessor, ..Operation::number(2) };
        timelock.prepare(&second);
        let error = TimelockUnexecutedPredecessor { predecessorId: predecessor };
        timelock.fails(EXECUTOR, &second.execute(), &error);
        timelock.ok(PROPOSER, &first.schedule(DELAY_SECS));
        timelock.fails(EXECUTOR, &second.execute(), &error);
        timelock.ok(PROPOSER, &cancelCall { id: first.id() });
        timelock.wait(DELAY_SECS);
        timelock.fails(EXECUTOR, &second.execute(), &error);
    }
}

#[test]
fn a_batch_cannot_be_its_own_shortcut_to_a_shorter_delay() {
    let timelock = Timelock::new();
    // One operation sets the delay to zero; what it schedules then is another operation, which
    // nobody but a proposer can make.
    let account = MALLORY;
    let next = Operation::of_its_own(&grantRoleCall { role: B256::ZERO, account });
    let call = next.schedule(0).abi_encode();
    let outer = Operation::of_its_own(&scheduleCall::abi_decode(&call).expect("a call"));
    timelock.prepare(&outer);
    let error = AccessControlUnauthorizedAccount { account: TIMELOCK, neededRole: PROPOSER_ROLE };
    timelock.fails(EXECUTOR, &outer.execute(), &error);
}

#[test]
fn roles_are_out_of_reach_once_the_admin_has_renounced() {
    let timelock = Timelock::new();
    let renounce = renounceRoleCall { role: B256::ZERO, callerConfirmation: ADMIN };
    timelock.ok(ADMIN, &renounce);
    let account = MALLORY;
    for role in [B256::ZERO, PROPOSER_ROLE, EXECUTOR_ROLE, CANCELLER_ROLE] {
        for caller in [ADMIN, PROPOSER, EXECUTOR, MALLORY] {
            let error =
                AccessControlUnauthorizedAccount { account: caller, neededRole: B256::ZERO };
            timelock.fails(caller, &grantRoleCall { role, account }, &error);
            timelock.fails(caller, &revokeRoleCall { role, account: PROPOSER }, &error);
        }
    }
    // By an operation they change.
    timelock.perform(&Operation::of_its_own(&grantRoleCall { role: PROPOSER_ROLE, account }));
    assert!(timelock.ok(MALLORY, &hasRoleCall { role: PROPOSER_ROLE, account }));
    let call = updateDelayCall { newDelay: U256::ZERO };
    let error = TimelockUnauthorizedCaller { caller: MALLORY };
    assert_eq!(timelock.call(MALLORY, &call).map(|_| ()), Err(error.abi_encode()));
}

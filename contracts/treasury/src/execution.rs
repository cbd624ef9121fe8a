//! Decides how transactions of owners and modules are executed, as Safe does.

use alloy_primitives::B256;
use alloy_sol_types::{SolCall, sol_data};
use datacoop_kit::{Account, Result, Revert, Uint, abi::Encode, event::emit, host, output};
use stylus_sdk::host::VM;

use crate::{
    guards, payments,
    revert::gs,
    settings::Settings,
    transaction::{Action, Operation, Transaction},
    treasury::{
        ITreasury::{
            ExecutionFailure, ExecutionFromModuleFailure, ExecutionFromModuleSuccess,
            ExecutionSuccess, TreasuryDelayActive, TreasuryModuleNotGovernor,
            TreasuryOwnersMayOnlyPay, payCall,
        },
        MODULES, SETTINGS, SIGNATURES,
    },
};

/// What must be left beside the transaction's own gas, to emit events after it.
const EVENT_GAS: u64 = 2_500;

/// What must be left beside that, to come to the execution.
const CHECK_GAS: u64 = 500;

/// A result that is written already.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Written;

impl Encode<(sol_data::Bool, sol_data::Bytes)> for Written {
    #[inline(always)]
    fn encode(self) {}
}

impl Encode<(sol_data::Bytes,)> for Written {
    #[inline(always)]
    fn encode(self) {}
}

/// Executes a transaction that the owners signed with the next nonce.
///
/// # Errors
///
/// - `TreasuryDelayActive` while there is a delay,
/// - as [`SignaturesStorage::check`](crate::SignaturesStorage::check) and [`execute`].
pub(crate) fn execute_signed(vm: &mut VM, tx: &Transaction<'_>, signatures: &[u8]) -> Result<bool> {
    let settings = SETTINGS.get(vm);
    if settings.delay != 0 {
        return Err(Revert::new::<TreasuryDelayActive>((settings.delay,)));
    }
    let hash = take_signed(vm, tx, signatures)?.0;
    execute(vm, &settings, tx, &hash, signatures)
}

/// Uses up the next nonce for a transaction that the owners signed, and returns its hash and the
/// nonce.
///
/// # Errors
///
/// As [`SignaturesStorage::check`](crate::SignaturesStorage::check).
#[inline(never)]
pub(crate) fn take_signed(
    vm: &mut VM,
    tx: &Transaction<'_>,
    signatures: &[u8],
) -> Result<(B256, Uint)> {
    let nonce = SIGNATURES.use_nonce(vm);
    let hash = tx.hash(vm, &nonce);
    let executor = host::sender(vm);
    SIGNATURES.check(vm, &executor, &hash, signatures)?;
    Ok((hash, nonce))
}

/// Executes a transaction that the owners have agreed to, and returns whether it succeeded.
///
/// # Errors
///
/// - `TreasuryOwnersMayOnlyPay` when budgets are strict and it is anything but a call of `pay`,
/// - GS010 when there is less gas than the transaction is to have,
/// - what it reverts with, when it names neither gas nor a price of gas,
/// - as [`payments::refund`], and what the guard reverts with.
///
/// # Events
///
/// `ExecutionSuccess` or `ExecutionFailure`.
#[inline(never)]
pub(crate) fn execute(
    vm: &mut VM,
    settings: &Settings,
    tx: &Transaction<'_>,
    hash: &B256,
    signatures: &[u8],
) -> Result<bool> {
    if settings.strict {
        only_pays(vm, tx)?;
    }
    let guard = guards::before(vm, tx, signatures)?;
    let before = host::gas_left(vm);
    let own_gas = tx.safe_tx_gas.to_u64();
    check_gas(before, tx.safe_tx_gas)?;
    let priced = !tx.gas_price.is_zero();
    let gas = if priced { own_gas } else { u64::MAX };
    let success = run(vm, &tx.action, gas);
    // Gas only gets less.
    let used = before.wrapping_sub(host::gas_left(vm));
    if !success && !priced && own_gas == 0 {
        return Err(Revert::bubble(vm));
    }
    let payment = if priced { payments::refund(vm, tx, used)? } else { Uint::ZERO };
    if success {
        emit::<ExecutionSuccess>(vm, (hash,), (&payment,));
    } else {
        emit::<ExecutionFailure>(vm, (hash,), (&payment,));
    }
    guards::after(vm, &guard, hash, success)?;
    Ok(success)
}

/// Requires that a transaction does nothing but call `pay`. A refund would be a payment of another
/// kind: it names any sum, token and receiver.
#[inline(never)]
fn only_pays(vm: &VM, tx: &Transaction<'_>) -> Result<()> {
    let Action { to, data, operation, .. } = tx.action;
    if *to == host::this(vm)
        && operation == Operation::Call
        && data.first_chunk() == Some(&payCall::SELECTOR)
        && tx.gas_price.is_zero()
    {
        return Ok(());
    }
    Err(Revert::new::<TreasuryOwnersMayOnlyPay>((to,)))
}

/// Requires that enough gas is left for a transaction, with the 64th that a call keeps back.
#[inline(never)]
fn check_gas(left: u64, own: &Uint) -> Result<()> {
    let mut sum = *own;
    if !sum.add(&Uint::from(EVENT_GAS.wrapping_add(CHECK_GAS))) {
        return Err(Revert::overflow());
    }
    // More than 2^64 is more than there is. The 63rd part of 64 times a number below 2^57 fits.
    let own = own.to_u64();
    if own >> 57 == 0 {
        let with_events = sum.to_u64();
        let with_rest = (own << 6).wrapping_div(63).wrapping_add(CHECK_GAS);
        if left >= with_events && left >= with_rest {
            return Ok(());
        }
    }
    Err(gs(10))
}

/// Executes an action with at most `gas`, and returns whether it succeeded.
#[inline(never)]
fn run(vm: &mut VM, action: &Action<'_>, gas: u64) -> bool {
    let Action { to, value, data, operation } = *action;
    match operation {
        Operation::Call => host::call_raw_gas(vm, to, value, gas, data),
        Operation::DelegateCall => host::delegate_call_raw(vm, to, gas, data),
    }
}

/// Executes an action of the calling module, and returns whether it succeeded.
///
/// # Errors
///
/// - GS104 when the caller is no enabled module,
/// - `TreasuryModuleNotGovernor` when there is a governor, and another module makes the treasury
///   call itself or run foreign code,
/// - what the module guard reverts with. It is not asked what the governor makes the treasury do
///   with itself, so that no guard can keep the governor from removing it.
///
/// # Events
///
/// `ExecutionFromModuleSuccess` or `ExecutionFromModuleFailure`.
pub(crate) fn execute_from_module(vm: &mut VM, action: &Action<'_>) -> Result<bool> {
    module_run(vm, action, |_, _| ())
}

/// Executes an action of the calling module, and writes whether it succeeded and what it returned.
///
/// # Errors
///
/// As [`execute_from_module`].
///
/// # Events
///
/// As [`execute_from_module`].
pub(crate) fn execute_with_data(vm: &mut VM, action: &Action<'_>) -> Result<Written> {
    module_run(vm, action, |vm, success| {
        output::push_number(success.into());
        output::push_number(64);
        let len = host::returned_len(vm);
        output::push_number(len as u64);
        host::returned(vm);
        // Zeros up to a whole word.
        let padded = output::len().wrapping_add(len.wrapping_neg() % 32);
        output::push(&B256::ZERO);
        output::truncate(padded);
    })?;
    Ok(Written)
}

/// Does what both functions of modules do; `keep` writes the result before guards are told.
#[inline(always)]
fn module_run(vm: &mut VM, action: &Action<'_>, keep: impl FnOnce(&VM, bool)) -> Result<bool> {
    let module = host::sender(vm);
    let (guard, hash) = admit_module(vm, action, &module)?;
    let success = run(vm, action, u64::MAX);
    keep(vm, success);
    end_module(vm, (&guard, &hash), &module, success)?;
    Ok(success)
}

/// Requires that a module may do what it wants to do, and returns the guard that is asked and what
/// it calls the transaction.
#[inline(never)]
fn admit_module(vm: &mut VM, action: &Action<'_>, module: &Account) -> Result<(Account, B256)> {
    if !MODULES.is_enabled(vm, module) {
        return Err(gs(104));
    }
    let governor = SETTINGS.get(vm).governor;
    let to_itself = *action.to == host::this(vm);
    let mut guard = guards::module_guard(vm);
    if governor == *module {
        if to_itself {
            guard = Account::ZERO;
        }
    } else if !governor.is_zero() && (to_itself || action.operation == Operation::DelegateCall) {
        return Err(Revert::new::<TreasuryModuleNotGovernor>((module, &governor)));
    }
    let hash = guards::before_module(vm, &guard, action, module)?;
    Ok((guard, hash))
}

/// Tells how a module's transaction ended.
#[inline(never)]
fn end_module(
    vm: &mut VM,
    (guard, hash): (&Account, &B256),
    module: &Account,
    success: bool,
) -> Result<()> {
    guards::after_module(vm, guard, hash, success)?;
    if success {
        emit::<ExecutionFromModuleSuccess>(vm, (module,), ());
    } else {
        emit::<ExecutionFromModuleFailure>(vm, (module,), ());
    }
    Ok(())
}

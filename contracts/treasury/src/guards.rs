//! Decides who is asked before and after a transaction: Safe's transaction guard and module guard,
//! and the fallback handler, each in Safe's own slot.

use alloy_primitives::{B256, b256};
use alloy_sol_types::{SolCall, sol, sol_data};
use datacoop_kit::{
    Account, Result, Revert, Uint, abi::FromWord, event::emit, host, output, storage::Place, word,
};
use stylus_sdk::host::VM;

use crate::{
    revert::gs,
    transaction::{Action, Transaction},
    treasury::ITreasury::{ChangedFallbackHandler, ChangedGuard, ChangedModuleGuard},
};

sol! {
    /// What is asked of guards.
    interface IGuards {
        function supportsInterface(bytes4 interfaceId) external view returns (bool);
        function checkTransaction(
            address to,
            uint256 value,
            bytes memory data,
            uint8 operation,
            uint256 safeTxGas,
            uint256 baseGas,
            uint256 gasPrice,
            address gasToken,
            address payable refundReceiver,
            bytes memory signatures,
            address msgSender
        ) external;
        function checkAfterExecution(bytes32 hash, bool success) external;
        function checkModuleTransaction(
            address to,
            uint256 value,
            bytes memory data,
            uint8 operation,
            address module
        ) external returns (bytes32 moduleTxHash);
        function checkAfterModuleExecution(bytes32 txHash, bool success) external;
    }
}

/// Where the transaction guard is: `keccak256("guard_manager.guard.address")`.
const GUARD_SLOT: B256 = b256!("4a204f620c8c5ccdca3fd54d003badd85ba500436a431f0cbda4f558c93c34c8");

/// Where the module guard is: `keccak256("module_manager.module_guard.address")`.
const MODULE_GUARD_SLOT: B256 =
    b256!("b104e0b93118902c651344349b610029d694cfdec91c589c91ebafbcd0289947");

/// Where the fallback handler is: `keccak256("fallback_manager.handler.address")`.
const HANDLER_SLOT: B256 =
    b256!("6c9a6c4a39284e37ed1cf53d337577d14212a4870fb976a4366c693b939918d5");

/// The ERC-165 id of transaction guards: the exclusive or of their two selectors.
const GUARD_INTERFACE: u32 = 0xe6d7_a83a;

/// The ERC-165 id of module guards.
const MODULE_GUARD_INTERFACE: u32 = 0x5840_1ed8;

fn guard_place() -> Place<Account> {
    Place::at(word::constant(GUARD_SLOT))
}

fn module_guard_place() -> Place<Account> {
    Place::at(word::constant(MODULE_GUARD_SLOT))
}

fn handler_place() -> Place<Account> {
    Place::at(word::constant(HANDLER_SLOT))
}

/// Sets the transaction guard; zero for none.
///
/// # Errors
///
/// GS300 when it says that it is none, and what it reverts with.
pub(crate) fn set_guard(vm: &mut VM, guard: &Account) -> Result<()> {
    if !guard.is_zero() && !supports(vm, guard, GUARD_INTERFACE)? {
        return Err(gs(300));
    }
    guard_place().set(vm, guard);
    emit::<ChangedGuard>(vm, (guard,), ());
    Ok(())
}

/// Sets the module guard; zero for none.
///
/// # Errors
///
/// GS301 when it says that it is none, and what it reverts with.
pub(crate) fn set_module_guard(vm: &mut VM, guard: &Account) -> Result<()> {
    if !guard.is_zero() && !supports(vm, guard, MODULE_GUARD_INTERFACE)? {
        return Err(gs(301));
    }
    module_guard_place().set(vm, guard);
    emit::<ChangedModuleGuard>(vm, (guard,), ());
    Ok(())
}

/// Sets the fallback handler without a word, as the constructor does; zero for none.
///
/// # Errors
///
/// GS400 for the treasury itself: whoever calls it with three bytes would choose the fourth.
pub(crate) fn start_handler(vm: &mut VM, handler: &Account) -> Result<()> {
    if *handler == host::this(vm) {
        return Err(gs(400));
    }
    handler_place().set(vm, handler);
    Ok(())
}

/// Sets the fallback handler; zero for none.
///
/// # Errors
///
/// As [`start_handler`].
pub(crate) fn set_handler(vm: &mut VM, handler: &Account) -> Result<()> {
    start_handler(vm, handler)?;
    emit::<ChangedFallbackHandler>(vm, (handler,), ());
    Ok(())
}

/// Hands a call to the fallback handler, with the caller's address after it, and returns what that
/// returns; without a handler it does nothing.
///
/// # Errors
///
/// What the handler reverts with.
pub(crate) fn fall_back(vm: &mut VM, calldata: &[u8]) -> Result<()> {
    let handler = handler_place().get(vm);
    if handler.is_zero() {
        return Ok(());
    }
    let start = output::len();
    output::push_bytes(calldata);
    output::push_bytes(host::sender(vm).address().as_slice());
    let succeeded = host::call_output(vm, &handler, &Uint::ZERO, start);
    host::returned(vm);
    if succeeded { Ok(()) } else { Err(Revert::empty()) }
}

/// Asks a contract whether it has the functions of an ERC-165 interface.
///
/// # Errors
///
/// What it reverts with; nothing when it answers with less than a clean boolean.
#[inline(never)]
fn supports(vm: &VM, contract: &Account, interface: u32) -> Result<bool> {
    if !host::static_call::<IGuards::supportsInterfaceCall>(vm, contract, (interface,)) {
        return Err(Revert::bubble(vm));
    }
    let (answer, len) = host::returned_word(vm);
    match <bool as FromWord<'_, sol_data::Bool>>::from_word(&answer) {
        Some(answer) if len == 32 => Ok(answer),
        _ => Err(Revert::empty()),
    }
}

/// Sends a guard what the output holds from `start` on.
///
/// # Errors
///
/// What it reverts with; nothing when it is no contract.
#[inline(never)]
fn tell(vm: &mut VM, guard: &Account, start: usize) -> Result<()> {
    let succeeded =
        host::is_contract(vm, guard) && host::call_output(vm, guard, &Uint::ZERO, start);
    if succeeded {
        return Ok(());
    }
    output::truncate(0);
    Err(if host::is_contract(vm, guard) { Revert::bubble(vm) } else { Revert::empty() })
}

/// Asks the transaction guard, if there is one, and returns it.
///
/// # Errors
///
/// What it reverts with.
pub(crate) fn before(vm: &mut VM, tx: &Transaction<'_>, signatures: &[u8]) -> Result<Account> {
    let guard = guard_place().get(vm);
    if !guard.is_zero() {
        let Action { to, value, data, operation } = tx.action;
        let sender = host::sender(vm);
        let start = host::push_call::<IGuards::checkTransactionCall>((
            to,
            value,
            data,
            operation,
            tx.safe_tx_gas,
            tx.base_gas,
            tx.gas_price,
            tx.gas_token,
            tx.refund_receiver,
            signatures,
            &sender,
        ));
        tell(vm, &guard, start)?;
    }
    Ok(guard)
}

/// Tells the guard that was asked before how a transaction ended.
///
/// # Errors
///
/// What it reverts with.
pub(crate) fn after(vm: &mut VM, guard: &Account, hash: &B256, success: bool) -> Result<()> {
    if guard.is_zero() {
        return Ok(());
    }
    let start = host::push_call::<IGuards::checkAfterExecutionCall>((hash, success));
    tell(vm, guard, start)
}

/// Returns the module guard; zero when there is none.
pub(crate) fn module_guard(vm: &VM) -> Account {
    module_guard_place().get(vm)
}

/// Asks the module guard, if there is one, and returns the hash that it gives the transaction.
///
/// # Errors
///
/// What it reverts with; nothing when it answers with less than a word.
pub(crate) fn before_module(
    vm: &mut VM,
    guard: &Account,
    action: &Action<'_>,
    module: &Account,
) -> Result<B256> {
    if guard.is_zero() {
        return Ok(B256::ZERO);
    }
    let Action { to, value, data, operation } = *action;
    let start = host::push_call::<IGuards::checkModuleTransactionCall>((
        to, value, data, operation, module,
    ));
    tell(vm, guard, start)?;
    match host::returned_word(vm) {
        (hash, 32) => Ok(hash),
        _ => Err(Revert::empty()),
    }
}

/// Tells the module guard how a module's transaction ended.
///
/// # Errors
///
/// What it reverts with.
pub(crate) fn after_module(vm: &mut VM, guard: &Account, hash: &B256, success: bool) -> Result<()> {
    if guard.is_zero() {
        return Ok(());
    }
    let start = host::push_call::<IGuards::checkAfterModuleExecutionCall>((hash, success));
    tell(vm, guard, start)
}

const _: () = {
    const fn id(selectors: &[[u8; 4]]) -> u32 {
        let mut id = 0;
        let mut index = 0;
        while index < selectors.len() {
            id ^= u32::from_be_bytes(selectors[index]);
            index = index.wrapping_add(1);
        }
        id
    }
    use IGuards as I;
    assert!(
        id(&[I::checkTransactionCall::SELECTOR, I::checkAfterExecutionCall::SELECTOR])
            == GUARD_INTERFACE
    );
    assert!(
        id(&[I::checkModuleTransactionCall::SELECTOR, I::checkAfterModuleExecutionCall::SELECTOR])
            == MODULE_GUARD_INTERFACE
    );
};

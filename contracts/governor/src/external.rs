//! Decides what the governor asks of the token and of the timelock.

use alloy_primitives::B256;
use alloy_sol_types::{SolCall, sol};
use datacoop_kit::{Account, Result, Revert, Uint, abi::ToWords, host, word};
use stylus_sdk::host::VM;

sol! {
    /// What is asked of the votes token (ERC-5805, ERC-6372).
    #[derive(Debug)]
    interface IVotesToken {
        function clock() external view returns (uint256);
        function getPastVotes(address account, uint256 timepoint) external view returns (uint256);
        function getPastTotalSupply(uint256 timepoint) external view returns (uint256);
    }

    /// What is asked of the timelock, an OpenZeppelin `TimelockController`.
    #[derive(Debug)]
    interface ITimelockController {
        function getMinDelay() external view returns (uint256);
        function hasRole(bytes32 role, address account) external view returns (uint256);
        function isOperationPending(bytes32 id) external view returns (uint256);
        function isOperationDone(bytes32 id) external view returns (uint256);
        function scheduleBatch(
            address[] calldata targets,
            uint256[] calldata values,
            bytes[] calldata payloads,
            bytes32 predecessor,
            bytes32 salt,
            uint256 delay
        ) external;
        function executeBatch(
            address[] calldata targets,
            uint256[] calldata values,
            bytes[] calldata payloads,
            bytes32 predecessor,
            bytes32 salt
        ) external payable;
        function cancel(bytes32 id) external;
    }
}

/// Asks a contract for a number.
///
/// # Errors
///
/// What the contract reverts with; nothing when it answers too little.
#[inline(always)]
pub(crate) fn ask<'a, C: SolCall>(
    vm: &VM,
    whom: &Account,
    args: impl ToWords<C::Parameters<'a>>,
) -> Result<Uint> {
    let start = host::push_call::<C>(args);
    answer(vm, whom, start)
}

/// Sends what the output holds after its first `start` bytes, and returns the answer.
#[inline(never)]
fn answer(vm: &VM, whom: &Account, start: usize) -> Result<Uint> {
    if !host::static_call_output(vm, whom, start) {
        return Err(Revert::bubble(vm));
    }
    let (word, len) = host::returned_word(vm);
    if len < size_of::<B256>() {
        return Err(Revert::empty());
    }
    Ok(Uint::new(word))
}

/// Sends what the output holds after its first `start` bytes, with ether, to a contract that answers
/// nothing.
///
/// # Errors
///
/// What the contract reverts with; nothing when there is none.
#[inline(never)]
pub(crate) fn tell(vm: &mut VM, whom: &Account, value: &Uint, start: usize) -> Result<()> {
    if !host::is_contract(vm, whom) {
        return Err(Revert::empty());
    }
    if host::call_output(vm, whom, value, start) { Ok(()) } else { Err(Revert::bubble(vm)) }
}

/// The role that a governor needs on its timelock: `keccak256("PROPOSER_ROLE")`.
const PROPOSER_ROLE: B256 = datacoop_kit::eip712::hash_of("PROPOSER_ROLE");

/// Returns whether an account is a timelock on which this contract may schedule.
pub(crate) fn may_schedule_on(vm: &VM, timelock: &Account) -> bool {
    let args = (&word::constant(PROPOSER_ROLE), &host::this(vm));
    let start = host::push_call::<ITimelockController::hasRoleCall>(args);
    let answered = host::static_call_output(vm, timelock, start);
    let (word, len) = host::returned_word(vm);
    answered && len == size_of::<B256>() && !word::is_zero(&word)
}

//! Decides what stands in for the token and the timelock: programs that do just what the governor
//! asks of them. (Beside the real ones it runs in the integration tests.)

use alloy_primitives::{Address, B256, U256, keccak256};
use alloy_sol_types::{SolCall, SolValue, sol};
use datacoop_kit::{Account, Uint, host, output, storage::Place, word::Word};
use stylus_sdk::{ArbResult, host::VM};

sol! {
    interface IToken {
        function clock() external view returns (uint256);
        function getPastVotes(address account, uint256 timepoint) external view returns (uint256);
        function getPastTotalSupply(uint256 timepoint) external view returns (uint256);
        /// Gives an account votes from a time on.
        function set(address account, uint256 votes) external;
    }

    interface ITimelock {
        function getMinDelay() external view returns (uint256);
        function hasRole(bytes32 role, address account) external view returns (bool);
        function isOperationPending(bytes32 id) external view returns (bool);
        function isOperationDone(bytes32 id) external view returns (bool);
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

/// The delay of the timelock, in seconds.
pub(crate) const MIN_DELAY: u64 = 7_200;

/// Where the token notes how many votes there are.
const SUPPLY: Address = Address::ZERO;

fn place(of: impl SolValue) -> Place<Uint> {
    Place::at(keccak256(of.abi_encode()))
}

fn read(vm: &VM, of: impl SolValue) -> U256 {
    U256::from_be_bytes(place(of).get(vm).word().0)
}

fn write(vm: &mut VM, of: impl SolValue, value: U256) {
    place(of).set(vm, &Uint::new(value.into()));
}

/// A token whose votes are what they were set to, at any time but the future. Its clock is the
/// chain's.
pub(crate) fn token(input: &[u8], mut vm: VM) -> ArbResult {
    let Some(selector) = input.first_chunk::<4>() else { return Err(Vec::new()) };
    let now = U256::from(host::timestamp(&vm));
    match *selector {
        IToken::clockCall::SELECTOR => Ok(now.abi_encode()),
        IToken::getPastVotesCall::SELECTOR => {
            let call = IToken::getPastVotesCall::abi_decode(input).expect("it decodes");
            if call.timepoint >= now {
                Err(b"future".to_vec())
            } else {
                Ok(read(&vm, call.account).abi_encode())
            }
        }
        IToken::getPastTotalSupplyCall::SELECTOR => {
            let call = IToken::getPastTotalSupplyCall::abi_decode(input).expect("it decodes");
            if call.timepoint >= now {
                Err(b"future".to_vec())
            } else {
                Ok(read(&vm, SUPPLY).abi_encode())
            }
        }
        IToken::setCall::SELECTOR => {
            let call = IToken::setCall::abi_decode(input).expect("it decodes");
            let supply = read(&vm, SUPPLY) + call.votes - read(&vm, call.account);
            write(&mut vm, SUPPLY, supply);
            write(&mut vm, call.account, call.votes);
            Ok(Vec::new())
        }
        // Another constructor than ours: it takes no arguments.
        _ => Ok(Vec::new()),
    }
}

/// A token that counts blocks.
pub(crate) fn token_of_blocks(_: &[u8], _: VM) -> ArbResult {
    Ok(U256::from(1).abi_encode())
}

/// A timelock on which everybody may do everything, after the delay, but nobody has a role.
pub(crate) fn closed_timelock(input: &[u8], vm: VM) -> ArbResult {
    if input.starts_with(&ITimelock::hasRoleCall::SELECTOR) {
        return Ok(false.abi_encode());
    }
    timelock(input, vm)
}

/// A timelock on which everybody may do everything, after the delay.
pub(crate) fn timelock(input: &[u8], mut vm: VM) -> ArbResult {
    let Some(selector) = input.first_chunk::<4>() else { return Ok(Vec::new()) };
    let now = host::timestamp(&vm);
    match *selector {
        ITimelock::getMinDelayCall::SELECTOR => Ok(U256::from(MIN_DELAY).abi_encode()),
        ITimelock::hasRoleCall::SELECTOR => {
            let call = ITimelock::hasRoleCall::abi_decode(input).expect("it decodes");
            Ok((call.role == keccak256("PROPOSER_ROLE")).abi_encode())
        }
        ITimelock::isOperationPendingCall::SELECTOR => {
            let call = ITimelock::isOperationPendingCall::abi_decode(input).expect("it decodes");
            Ok((read(&vm, call.id) > U256::from(1)).abi_encode())
        }
        ITimelock::isOperationDoneCall::SELECTOR => {
            let call = ITimelock::isOperationDoneCall::abi_decode(input).expect("it decodes");
            Ok((read(&vm, call.id) == U256::from(1)).abi_encode())
        }
        ITimelock::scheduleBatchCall::SELECTOR => {
            let call = ITimelock::scheduleBatchCall::abi_decode(input).expect("it decodes");
            let id = operation(&call.targets, &call.values, &call.payloads, call.salt);
            assert!(call.delay >= U256::from(MIN_DELAY), "a delay that is too short");
            assert_eq!(read(&vm, id), U256::ZERO, "scheduled before");
            write(&mut vm, id, U256::from(now) + call.delay);
            Ok(Vec::new())
        }
        ITimelock::executeBatchCall::SELECTOR => {
            let call = ITimelock::executeBatchCall::abi_decode(input).expect("it decodes");
            let id = operation(&call.targets, &call.values, &call.payloads, call.salt);
            let ready = read(&vm, id);
            if ready <= U256::from(1) || ready > U256::from(now) {
                return Err(b"not ready".to_vec());
            }
            execute(&mut vm, &call)?;
            write(&mut vm, id, U256::from(1));
            Ok(Vec::new())
        }
        ITimelock::cancelCall::SELECTOR => {
            let call = ITimelock::cancelCall::abi_decode(input).expect("it decodes");
            write(&mut vm, call.id, U256::ZERO);
            Ok(Vec::new())
        }
        _ => Ok(Vec::new()),
    }
}

fn execute(vm: &mut VM, call: &ITimelock::executeBatchCall) -> Result<(), Vec<u8>> {
    for ((target, value), data) in call.targets.iter().zip(&call.values).zip(&call.payloads) {
        let value = Uint::new((*value).into());
        if !host::call_raw(vm, &Account::from(*target), &value, data) {
            let start = output::len();
            host::returned(vm);
            return Err(output::take(start, <[u8]>::to_vec));
        }
    }
    Ok(())
}

/// The id of an operation without a predecessor, as OpenZeppelin's timelock has it.
fn operation(
    targets: &[Address],
    values: &[U256],
    payloads: &[alloy_primitives::Bytes],
    salt: B256,
) -> B256 {
    let parts = (targets.to_vec(), values.to_vec(), payloads.to_vec(), B256::ZERO, salt);
    keccak256(parts.abi_encode_params())
}

/// Keeps nothing and takes every call.
pub(crate) fn target(_: &[u8], _: VM) -> ArbResult {
    Ok(Vec::new())
}

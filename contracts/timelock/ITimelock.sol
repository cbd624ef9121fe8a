// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

/// @title The timelock: what has power in the cooperative happens through it, after a delay
/// @notice The ABI of OpenZeppelin Contracts 5.7 TimelockController, and a list of the pending operations. Times are in
/// seconds, ether in wei.
///
/// Constructor: `(uint256 minDelay, address[] proposers, address[] executors, address admin)`.
/// The timelock administers itself; `admin`, when not zero, is a further administrator for the setup and is to be
/// renounced. Proposers are cancellers too. The zero address as executor lets everybody execute.
///
/// A call that executes passes on whatever the called contract reverts with. The timelock receives ether, ERC-721 and
/// ERC-1155 tokens.
///
/// The contract is compiled against this file: the compiler refuses a contract that differs from it.
interface ITimelock {
    // ---- Operations ----

    enum OperationState {
        /// There is none.
        Unset,
        /// Its delay is not over.
        Waiting,
        /// It can be executed.
        Ready,
        /// It was executed.
        Done
    }

    event CallScheduled(
        bytes32 indexed id,
        uint256 indexed index,
        address target,
        uint256 value,
        bytes data,
        bytes32 predecessor,
        uint256 delay
    );
    event CallExecuted(bytes32 indexed id, uint256 indexed index, address target, uint256 value, bytes data);
    event CallSalt(bytes32 indexed id, bytes32 salt);
    event Cancelled(bytes32 indexed id);
    event MinDelayChange(uint256 oldDuration, uint256 newDuration);

    error TimelockInvalidOperationLength(uint256 targets, uint256 payloads, uint256 values);
    error TimelockInsufficientDelay(uint256 delay, uint256 minDelay);
    error TimelockUnexpectedOperationState(bytes32 operationId, bytes32 expectedStates);
    error TimelockUnexecutedPredecessor(bytes32 predecessorId);
    error TimelockUnauthorizedCaller(address caller);
    /// A call failed without a word.
    error FailedCall();

    function isOperation(bytes32 id) external view returns (bool);
    function isOperationPending(bytes32 id) external view returns (bool);
    function isOperationReady(bytes32 id) external view returns (bool);
    function isOperationDone(bytes32 id) external view returns (bool);
    /// When an operation becomes ready; 0 when there is none, 1 when it is done.
    function getTimestamp(bytes32 id) external view returns (uint256);
    function getOperationState(bytes32 id) external view returns (OperationState);
    function getMinDelay() external view returns (uint256);
    function hashOperation(address target, uint256 value, bytes calldata data, bytes32 predecessor, bytes32 salt)
        external
        pure
        returns (bytes32);
    function hashOperationBatch(
        address[] calldata targets,
        uint256[] calldata values,
        bytes[] calldata payloads,
        bytes32 predecessor,
        bytes32 salt
    ) external pure returns (bytes32);
    /// Only PROPOSER_ROLE.
    function schedule(
        address target,
        uint256 value,
        bytes calldata data,
        bytes32 predecessor,
        bytes32 salt,
        uint256 delay
    ) external;
    /// Only PROPOSER_ROLE.
    function scheduleBatch(
        address[] calldata targets,
        uint256[] calldata values,
        bytes[] calldata payloads,
        bytes32 predecessor,
        bytes32 salt,
        uint256 delay
    ) external;
    /// Only CANCELLER_ROLE.
    function cancel(bytes32 id) external;
    /// Only EXECUTOR_ROLE, or everybody when the zero address has it.
    function execute(address target, uint256 value, bytes calldata payload, bytes32 predecessor, bytes32 salt)
        external
        payable;
    /// Only EXECUTOR_ROLE, or everybody when the zero address has it.
    function executeBatch(
        address[] calldata targets,
        uint256[] calldata values,
        bytes[] calldata payloads,
        bytes32 predecessor,
        bytes32 salt
    ) external payable;
    /// Only the timelock itself, by an operation.
    function updateDelay(uint256 newDelay) external;

    // ---- Receiving tokens ----

    function onERC721Received(address operator, address from, uint256 tokenId, bytes calldata data)
        external
        returns (bytes4);
    function onERC1155Received(address operator, address from, uint256 id, uint256 value, bytes calldata data)
        external
        returns (bytes4);
    function onERC1155BatchReceived(
        address operator,
        address from,
        uint256[] calldata ids,
        uint256[] calldata values,
        bytes calldata data
    ) external returns (bytes4);

    // ---- Roles and ERC-165 ----

    event RoleAdminChanged(bytes32 indexed role, bytes32 indexed previousAdminRole, bytes32 indexed newAdminRole);
    event RoleGranted(bytes32 indexed role, address indexed account, address indexed sender);
    event RoleRevoked(bytes32 indexed role, address indexed account, address indexed sender);

    error AccessControlUnauthorizedAccount(address account, bytes32 neededRole);
    error AccessControlBadConfirmation();

    function DEFAULT_ADMIN_ROLE() external view returns (bytes32);
    function PROPOSER_ROLE() external view returns (bytes32);
    function EXECUTOR_ROLE() external view returns (bytes32);
    function CANCELLER_ROLE() external view returns (bytes32);
    function hasRole(bytes32 role, address account) external view returns (bool);
    function getRoleAdmin(bytes32 role) external view returns (bytes32);
    function grantRole(bytes32 role, address account) external;
    function revokeRole(bytes32 role, address account) external;
    function renounceRole(bytes32 role, address callerConfirmation) external;
    function supportsInterface(bytes4 interfaceId) external view returns (bool);

    // ---- Pending operations, and the bound of the delay ----

    /// The minimum delay can be 365 days at most.
    error TimelockDelayTooLong(uint256 delay, uint256 maximum);

    /// How many operations are scheduled and neither executed nor cancelled.
    function pendingCount() external view returns (uint256);
    /// The pending operations from place `offset` on, at most `limit` of them and never more than 100, with the times
    /// at which they become ready. The order changes whenever an operation ends.
    function pendingOperations(uint256 offset, uint256 limit)
        external
        view
        returns (bytes32[] memory ids, uint256[] memory timestamps);
}

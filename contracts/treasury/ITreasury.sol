// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

/// @title The cooperative's treasury
/// @notice The ABI and the hashes of Safe 1.5.0: an m-of-n multisig with modules, guards and a fallback handler. And
/// what Safe has not, off until it is switched on: a governor, a delay with a queue, spending limits, budget lines.
/// Amounts are in the token's smallest unit (ether, as token zero, in wei), times in seconds.
///
/// Constructor: `(address[] owners, uint256 threshold, address fallbackHandler, address governor, uint256 delay)`.
/// It does what Safe's `setup` does, without its delegate call and its payment: the owners are `owners`, of whom
/// `threshold` must sign. `governor`, unless zero, is enabled as a module: the timelock, as a rule.
///
/// The contract is compiled against this file: the compiler refuses a contract that differs from it.
interface ITreasury {
    // ---- Safe: transactions ----

    event SafeSetup(
        address indexed initiator, address[] owners, uint256 threshold, address initializer, address fallbackHandler
    );
    event ApproveHash(bytes32 indexed approvedHash, address indexed owner);
    event SignMsg(bytes32 indexed msgHash);
    event ExecutionFailure(bytes32 indexed txHash, uint256 payment);
    event ExecutionSuccess(bytes32 indexed txHash, uint256 payment);
    event SafeReceived(address indexed sender, uint256 value);

    /// Takes ether.
    receive() external payable;
    /// Forwards an unknown call to the fallback handler, with the caller's address after it; without one it does nothing.
    fallback() external;

    function VERSION() external view returns (string memory);
    function nonce() external view returns (uint256);
    function signedMessages(bytes32 messageHash) external view returns (uint256);
    function approvedHashes(address owner, bytes32 messageHash) external view returns (uint256);
    function domainSeparator() external view returns (bytes32);
    function getTransactionHash(
        address to,
        uint256 value,
        bytes calldata data,
        uint8 operation,
        uint256 safeTxGas,
        uint256 baseGas,
        uint256 gasPrice,
        address gasToken,
        address refundReceiver,
        uint256 _nonce
    ) external view returns (bytes32);
    /// Always reverts with GS200: the constructor has set the treasury up.
    function setup(
        address[] calldata _owners,
        uint256 _threshold,
        address to,
        bytes calldata data,
        address fallbackHandler,
        address paymentToken,
        uint256 payment,
        address payable paymentReceiver
    ) external;
    /// `operation` is 0 for a call and 1 for a delegate call. Refused while there is a delay: see queueTransaction.
    function execTransaction(
        address to,
        uint256 value,
        bytes calldata data,
        uint8 operation,
        uint256 safeTxGas,
        uint256 baseGas,
        uint256 gasPrice,
        address gasToken,
        address payable refundReceiver,
        bytes memory signatures
    ) external payable returns (bool success);
    function approveHash(bytes32 hashToApprove) external;
    function checkSignatures(address executor, bytes32 dataHash, bytes memory signatures) external view;
    function checkSignatures(bytes32 dataHash, bytes calldata data, bytes memory signatures) external view;
    function checkNSignatures(
        address executor,
        bytes32 dataHash,
        bytes memory signatures,
        uint256 requiredSignatures
    ) external view;
    function checkNSignatures(
        bytes32 dataHash,
        bytes calldata data,
        bytes memory signatures,
        uint256 requiredSignatures
    ) external view;

    // ---- Safe: owners ----

    event AddedOwner(address indexed owner);
    event RemovedOwner(address indexed owner);
    event ChangedThreshold(uint256 threshold);

    function getThreshold() external view returns (uint256);
    function isOwner(address owner) external view returns (bool);
    function getOwners() external view returns (address[] memory);
    function addOwnerWithThreshold(address owner, uint256 _threshold) external;
    /// Voids what is queued, as swapOwner and changeThreshold do: it was approved by others than would be asked now.
    function removeOwner(address prevOwner, address owner, uint256 _threshold) external;
    function swapOwner(address prevOwner, address oldOwner, address newOwner) external;
    function changeThreshold(uint256 _threshold) external;

    // ---- Safe: modules ----

    event EnabledModule(address indexed module);
    event DisabledModule(address indexed module);
    event ExecutionFromModuleSuccess(address indexed module);
    event ExecutionFromModuleFailure(address indexed module);
    event ChangedModuleGuard(address indexed moduleGuard);

    function isModuleEnabled(address module) external view returns (bool);
    function getModulesPaginated(address start, uint256 pageSize)
        external
        view
        returns (address[] memory array, address next);
    function enableModule(address module) external;
    function disableModule(address prevModule, address module) external;
    function execTransactionFromModule(address to, uint256 value, bytes memory data, uint8 operation)
        external
        returns (bool success);
    function execTransactionFromModuleReturnData(address to, uint256 value, bytes memory data, uint8 operation)
        external
        returns (bool success, bytes memory returnData);
    function setModuleGuard(address moduleGuard) external;

    // ---- Safe: guard, fallback handler, storage ----

    event ChangedGuard(address indexed guard);
    event ChangedFallbackHandler(address indexed handler);

    function setGuard(address guard) external;
    function setFallbackHandler(address handler) external;
    function getStorageAt(uint256 offset, uint256 length) external view returns (bytes memory);
    function simulateAndRevert(address targetContract, bytes memory calldataPayload) external;

    // ---- The governor ----

    event GovernorChanged(address indexed oldGovernor, address indexed newGovernor);

    /// The governor is an enabled module.
    error TreasuryGovernorNotModule(address governor);
    /// With a governor, no other module makes the treasury call itself or execute foreign code.
    error TreasuryModuleNotGovernor(address module, address governor);
    /// The governor's module stays enabled while it is the governor.
    error TreasuryModuleIsGovernor(address module);

    /// The module that may do all that the owners may, and cancel what they queue; zero when there is none.
    function governor() external view returns (address);
    /// Only the treasury itself, as every setter here: by a transaction of the owners or of the governor.
    function setGovernor(address newGovernor) external;

    // ---- The delay and its queue ----

    event DelayChanged(uint256 oldDelay, uint256 newDelay);
    event TransactionQueued(
        bytes32 indexed txHash,
        uint256 indexed nonce,
        uint256 readyAt,
        address to,
        uint256 value,
        bytes data,
        uint8 operation,
        uint256 safeTxGas,
        uint256 baseGas,
        uint256 gasPrice,
        address gasToken,
        address refundReceiver
    );
    event TransactionCancelled(bytes32 indexed txHash, address indexed canceller);
    event QueueCancelled(address indexed canceller);

    error TreasuryDelayTooLong(uint256 delay, uint256 maximum);
    /// While there is a delay, transactions are queued first.
    error TreasuryDelayActive(uint256 delay);
    /// Without a delay, nothing is queued.
    error TreasuryNoDelay();
    /// Never queued, executed, cancelled, or voided by a change of owners or threshold.
    error TreasuryNotQueued(bytes32 txHash);
    error TreasuryNotReady(bytes32 txHash, uint256 readyAt);
    error TreasuryQueueExpired(bytes32 txHash, uint256 expiredAt);
    error TreasuryUnauthorizedCanceller(address account);

    /// Seconds between the queueing of the owners' transactions and their execution; zero: no queue, as in Safe.
    function delay() external view returns (uint256);
    function setDelay(uint256 newDelay) external;
    /// When a queued transaction can be executed, for 14 days; zero when it is not queued.
    function readyAt(bytes32 txHash) external view returns (uint256);
    /// Queues the transaction that `signatures` are for and uses its nonce up, so that they are good only once.
    function queueTransaction(
        address to,
        uint256 value,
        bytes calldata data,
        uint8 operation,
        uint256 safeTxGas,
        uint256 baseGas,
        uint256 gasPrice,
        address gasToken,
        address payable refundReceiver,
        bytes memory signatures
    ) external returns (bytes32 txHash);
    /// Executes a queued transaction after the delay, in any order. Anybody may call it. As execTransaction, except
    /// that a guard sees no signatures.
    function executeQueued(
        address to,
        uint256 value,
        bytes calldata data,
        uint8 operation,
        uint256 safeTxGas,
        uint256 baseGas,
        uint256 gasPrice,
        address gasToken,
        address payable refundReceiver,
        uint256 queuedNonce
    ) external payable returns (bool success);
    /// Any one owner, the governor, or the treasury itself.
    function cancelQueued(bytes32 txHash) external;
    /// Cancels all that is queued. Any one owner, the governor, or the treasury itself.
    function cancelAllQueued() external;

    // ---- Spending limits and budget lines ----

    // Lines: 0 none, 1 grants, 2 audits, 3 infrastructure, 4 research, 5 operations, 6 dividends. A period of zero never
    // starts anew. Token zero is ether.

    event SpendingLimitChanged(
        address indexed spender,
        address indexed token,
        uint256 oldCap,
        uint256 oldPeriod,
        uint8 oldLine,
        uint256 newCap,
        uint256 newPeriod,
        uint8 newLine
    );
    event BudgetChanged(
        uint8 indexed line,
        address indexed token,
        uint256 oldCap,
        uint256 oldPeriod,
        uint256 newCap,
        uint256 newPeriod
    );
    event StrictBudgetsChanged(bool oldStrict, bool newStrict);
    /// `spender` is the treasury itself when the owners or the governor pay.
    event Paid(
        address indexed spender, address indexed token, address indexed to, uint256 amount, uint8 line
    );

    error TreasuryInvalidSpender(address spender);
    error TreasuryInvalidLine(uint8 line, uint8 maximum);
    error TreasuryCapTooHigh(uint256 cap, uint256 maximum);
    error TreasuryPeriodOutOfBounds(uint256 period, uint256 minimum, uint256 maximum);
    error TreasurySpendingLimitExceeded(address spender, address token, uint256 requested, uint256 available);
    error TreasuryBudgetExceeded(uint8 line, address token, uint256 requested, uint256 available);
    error TreasuryTransferFailed(address token, address to, uint256 amount);
    /// Budgets are strict: a transaction of the owners may only be a call of `pay`.
    error TreasuryOwnersMayOnlyPay(address to);
    /// Strict budgets need a governor, who alone can change anything then.
    error TreasuryGovernorRequired();

    /// What `spender` may spend of `token` in each period, what it has spent in the present one, when that began, and
    /// the line that it spends from.
    function spendingLimit(address spender, address token)
        external
        view
        returns (uint256 cap, uint256 period, uint256 spent, uint256 periodStart, uint8 line);
    /// Keeps what was spent in the present period.
    function setSpendingLimit(address spender, address token, uint256 cap, uint256 period, uint8 line) external;
    /// What may be paid from a line in each period, what was paid in the present one, and when that began.
    function budget(uint8 line, address token)
        external
        view
        returns (uint256 cap, uint256 period, uint256 spent, uint256 periodStart);
    /// Keeps what was paid in the present period.
    function setBudget(uint8 line, address token, uint256 cap, uint256 period) external;
    /// Whether the transactions of the owners may only be calls of `pay`.
    function strictBudgets() external view returns (bool);
    function setStrictBudgets(bool strict) external;
    /// Pays inside the caller's spending limit, and inside the line that goes with it.
    function spend(address token, address to, uint256 amount) external;
    /// Pays from a line, inside its budget. Only the treasury itself.
    function pay(uint8 line, address token, address to, uint256 amount) external;
}

// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

/// @title RevenueDistributor, what data earned, for whom to take it
/// @notice A deposit costs the same however many share it; each takes its part when it likes. Two kinds of pots:
///
/// - An **edition** (a frozen version of a dataset, `datasetId << 32 | version`) is shared by its contributors, as the
///   Merkle root of shares in DataRegistry says. A leaf is `keccak256(keccak256(abi.encode(address contributor, uint256
///   shares)))`, as in OpenZeppelin's StandardMerkleTree. An account is owed `deposited * shares / totalShares` in all,
///   rounded down once over everything that was ever deposited, so that the dust of one deposit is part of the next.
/// - A **pool** (such as `keccak256("VALIDATORS")`) is shared by accounts with shares that SHARES_ROLE gives. More
///   shares count only after a delay, fewer at once; what was earned until then stays owed.
///
/// Deposits and claims are counted for each pot: none pays more than came into it, whatever its shares add up to. What
/// is claimed goes to the account that it belongs to, whoever calls. Nobody can take out anything else, and nobody can
/// stop a claim. Tokens that are sent here without a deposit belong to nobody. A token may keep a fee of what it moves
/// (what came counts); one that takes from its holders' balances is not to be deposited. Times are in seconds.
///
/// Constructor: `(address admin, address dataRegistry)`.
/// `admin` receives DEFAULT_ADMIN_ROLE and nothing else. `dataRegistry` is a contract, for ever.
///
/// The contract is compiled against this file: the compiler refuses a contract that differs from it.
interface IRevenueDistributor {
    // ---- Editions ----

    /// `received` is what came, `deposited` all that ever came into this pot. `tag` says what for.
    event RevenueDeposited(
        uint256 indexed edition,
        address indexed token,
        address indexed from,
        uint256 amount,
        uint256 received,
        uint256 deposited,
        bytes32 tag
    );
    /// `paid` is all that the account ever got from this pot, with this `amount`.
    event RevenueClaimed(
        uint256 indexed edition, address indexed token, address indexed account, uint256 amount, uint256 paid
    );
    /// The first deposit for an edition: its shares, which are frozen, are kept here from then on.
    event EditionOpened(uint256 indexed edition, bytes32 sharesRoot, uint256 totalShares);

    error RevenueEditionNotLive(uint256 edition);
    /// The edition has no shares, or more than 2^96.
    error RevenueInvalidTotalShares(uint256 edition, uint256 totalShares, uint256 maximum);
    /// Nothing is deposited, or nothing came.
    error RevenueNothingDeposited(address token, uint256 amount);
    /// All that ever came of a token is at most 2^128 - 1.
    error RevenueTooMuch(address token, uint256 received, uint256 deposited);
    error RevenueInvalidProof(uint256 edition, address account, uint256 shares);
    error RevenueNothingToClaim(address token, address account);

    /// Takes tokens that the caller allowed for the contributors of an edition that is live.
    function deposit(uint256 edition, address token, uint256 amount, bytes32 tag) external returns (uint256 received);
    /// Pays an account what it is owed of a pot.
    function claim(uint256 edition, address token, address account, uint256 shares, bytes32[] calldata proof)
        external
        returns (uint256 paid);

    // ---- Many claims in one transaction ----

    error RevenueTooManyTokens(uint256 count, uint256 maximum);
    /// There is not one length for each entry, or the lengths do not add up to the siblings.
    error RevenueMismatchedProofs(uint256 entries, uint256 lengths, uint256 siblings);

    /// Pays one account what it is owed of many editions, in at most 8 tokens: one transfer a token. An entry is
    /// `edition << 96 | shares`; `lengths` has one byte for each entry, how many of the `siblings` are its proof.
    /// An entry of which nothing is owed is no fault; a false proof is.
    function claimMany(
        address account,
        address[] calldata tokens,
        uint256[] calldata entries,
        bytes calldata lengths,
        bytes32[] calldata siblings
    ) external returns (uint256[] memory paid);
    /// Pays many accounts what they are owed of one pot. An entry is `account << 96 | shares`, the rest is as above.
    function claimFor(
        uint256 edition,
        address token,
        uint256[] calldata entries,
        bytes calldata lengths,
        bytes32[] calldata siblings
    ) external returns (uint256 paid);

    // ---- What editions have earned ----

    /// What an account with these shares, which are not proved here, would be paid now.
    function claimable(uint256 edition, address token, address account, uint256 shares)
        external
        view
        returns (uint256);
    /// All that ever came into a pot, and all that was paid out of it.
    function potOf(uint256 edition, address token) external view returns (uint256 deposited, uint256 paid);
    /// All that an account ever got from a pot.
    function paidTo(uint256 edition, address token, address account) external view returns (uint256);
    /// The shares of an edition for which something was deposited; zeros before.
    function termsOf(uint256 edition) external view returns (bytes32 sharesRoot, uint256 totalShares);
    /// All that ever came of a token, and all that was paid, of editions and pools: the difference is here.
    function totalsOf(address token) external view returns (uint256 deposited, uint256 paid);

    // ---- Pools ----

    event SharedRevenueDeposited(
        bytes32 indexed pool,
        address indexed token,
        address indexed from,
        uint256 amount,
        uint256 received,
        uint64 totalShares,
        bytes32 tag
    );
    event SharedRevenueClaimed(bytes32 indexed pool, address indexed token, address indexed account, uint256 amount);
    /// The account's shares are to become `newShares`, when somebody calls `activate` at `activeFrom` or later. The
    /// same as `oldShares`, and at zero, when what was to be is not any more.
    event SharesScheduled(
        bytes32 indexed pool, address indexed account, uint64 oldShares, uint64 newShares, uint64 activeFrom
    );
    event SharesChanged(
        bytes32 indexed pool,
        address indexed account,
        uint64 oldShares,
        uint64 newShares,
        uint64 oldTotalShares,
        uint64 newTotalShares
    );

    /// Nobody has shares of the pool that count: what is deposited would be nobody's.
    error RevenueNoShares(bytes32 pool);
    error RevenueTokenNotListed(address token);
    error RevenueInvalidAccount(address account);
    error RevenueNothingScheduled(bytes32 pool, address account);
    error RevenueSharesNotActive(bytes32 pool, address account, uint64 activeFrom);

    /// Takes tokens that the caller allowed, of a kind that is listed, for those who have shares of a pool.
    function depositShared(bytes32 pool, address token, uint256 amount, bytes32 tag)
        external
        returns (uint256 received);
    /// Pays an account what it is owed of a pool.
    function claimShared(bytes32 pool, address token, address account) external returns (uint256 paid);
    function claimableShared(bytes32 pool, address token, address account) external view returns (uint256);
    /// Fewer shares count at once, more after the delay and `activate`; what was scheduled before is dropped. Only
    /// SHARES_ROLE.
    function setShares(bytes32 pool, address account, uint64 shares) external;
    /// Lets scheduled shares count, when their time has come. Anybody.
    function activate(bytes32 pool, address account) external;
    /// The shares that count, those that are scheduled, and from when they can; the last two are zero when none are.
    function sharesOf(bytes32 pool, address account)
        external
        view
        returns (uint64 shares, uint64 scheduled, uint64 activeFrom);
    /// The shares of a pool that count.
    function totalSharesOf(bytes32 pool) external view returns (uint64);

    // ---- Settings: only DEFAULT_ADMIN_ROLE ----

    event ActivationDelayChanged(uint64 oldDelay, uint64 newDelay);
    event PoolTokenListed(address indexed token, uint256 oldCount, uint256 newCount);

    error RevenueInvalidDelay(uint64 delay, uint64 maximum);
    error RevenueInvalidToken(address token);
    error RevenueTokenAlreadyListed(address token);
    error RevenueInvalidRegistry(address dataRegistry);

    /// At most 30 days; starts at 7. What is scheduled keeps its time.
    function setActivationDelay(uint64 delay) external;
    function activationDelay() external view returns (uint64);
    /// Lets a token into pools, for ever: at most 8.
    function listPoolToken(address token) external;
    function poolTokens() external view returns (address[] memory);
    function dataRegistry() external view returns (address);

    // ---- Roles and ERC-165 ----

    event RoleAdminChanged(bytes32 indexed role, bytes32 indexed previousAdminRole, bytes32 indexed newAdminRole);
    event RoleGranted(bytes32 indexed role, address indexed account, address indexed sender);
    event RoleRevoked(bytes32 indexed role, address indexed account, address indexed sender);

    error AccessControlUnauthorizedAccount(address account, bytes32 neededRole);
    error AccessControlBadConfirmation();
    /// A token did not do what it was asked.
    error SafeERC20FailedOperation(address token);

    function DEFAULT_ADMIN_ROLE() external view returns (bytes32);
    function SHARES_ROLE() external view returns (bytes32);
    function hasRole(bytes32 role, address account) external view returns (bool);
    function getRoleAdmin(bytes32 role) external view returns (bytes32);
    function grantRole(bytes32 role, address account) external;
    function revokeRole(bytes32 role, address account) external;
    function renounceRole(bytes32 role, address callerConfirmation) external;
    function supportsInterface(bytes4 interfaceId) external view returns (bool);
}

// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

/// @title GOV, the cooperative's governance token
/// @notice The ABI of OpenZeppelin Contracts 5.7 ERC20 + ERC20Burnable + ERC20Capped + AccessControl + ERC20Permit +
/// ERC20Votes with a timestamp clock (ERC-6372), a genesis allocation by bucket, and a transfer policy. Amounts are in
/// wei of GOV (18 decimals), times in seconds.
///
/// Constructor: `(address admin, uint256 cap, address membership, bytes32[] buckets, address[] recipients, uint256[] amounts)`.
/// `admin` receives DEFAULT_ADMIN_ROLE and nothing else. The three lists are the genesis allocation: bucket `i` mints
/// `amounts[i]` to `recipients[i]`; there is no other supply at first. `membership` may be zero until there is such a
/// contract: then nobody is a member. The transfer policy starts as members only. The name is `Datacoop Governance`,
/// the symbol `GOV`, the EIP-712 version `1`.
///
/// The contract is compiled against this file: the compiler refuses a contract that differs from it.
interface IGovToken {
    // ---- ERC-20 ----

    event Transfer(address indexed from, address indexed to, uint256 value);
    event Approval(address indexed owner, address indexed spender, uint256 value);

    error ERC20InsufficientBalance(address sender, uint256 balance, uint256 needed);
    error ERC20InvalidSender(address sender);
    error ERC20InvalidReceiver(address receiver);
    error ERC20InsufficientAllowance(address spender, uint256 allowance, uint256 needed);
    error ERC20InvalidApprover(address approver);
    error ERC20InvalidSpender(address spender);

    function name() external view returns (string memory);
    function symbol() external view returns (string memory);
    function decimals() external view returns (uint8);
    function totalSupply() external view returns (uint256);
    function balanceOf(address account) external view returns (uint256);
    function allowance(address owner, address spender) external view returns (uint256);
    function transfer(address to, uint256 value) external returns (bool);
    function approve(address spender, uint256 value) external returns (bool);
    function transferFrom(address from, address to, uint256 value) external returns (bool);

    // ---- Mint inside the cap, and burn ----

    error ERC20ExceededCap(uint256 increasedSupply, uint256 cap);
    error ERC20InvalidCap(uint256 cap);
    error ERC20ExceededSafeSupply(uint256 increasedSupply, uint256 cap);

    /// The most that the total supply can ever be. Fixed at construction.
    function cap() external view returns (uint256);
    /// Mints inside the cap. Only MINTER_ROLE.
    function mint(address to, uint256 amount) external;
    function burn(uint256 value) external;
    function burnFrom(address account, uint256 value) external;

    // ---- ERC-2612 permit, EIP-712 domain, nonces ----

    event EIP712DomainChanged();

    error ERC2612ExpiredSignature(uint256 deadline);
    error ERC2612InvalidSigner(address signer, address owner);
    error ECDSAInvalidSignature();
    error ECDSAInvalidSignatureLength(uint256 length);
    error ECDSAInvalidSignatureS(bytes32 s);
    error InvalidAccountNonce(address account, uint256 currentNonce);

    function permit(address owner, address spender, uint256 value, uint256 deadline, uint8 v, bytes32 r, bytes32 s)
        external;
    /// The nonce of an account's next signature: permits and delegations count together.
    function nonces(address owner) external view returns (uint256);
    function DOMAIN_SEPARATOR() external view returns (bytes32);
    function eip712Domain()
        external
        view
        returns (
            bytes1 fields,
            string memory name,
            string memory version,
            uint256 chainId,
            address verifyingContract,
            bytes32 salt,
            uint256[] memory extensions
        );

    // ---- ERC-5805 votes, ERC-6372 clock, checkpoints ----

    struct Checkpoint208 {
        uint48 _key;
        uint208 _value;
    }

    event DelegateChanged(address indexed delegator, address indexed fromDelegate, address indexed toDelegate);
    event DelegateVotesChanged(address indexed delegate, uint256 previousVotes, uint256 newVotes);

    error VotesExpiredSignature(uint256 expiry);
    error ERC5805FutureLookup(uint256 timepoint, uint48 clock);
    error CheckpointUnorderedInsertion();
    error SafeCastOverflowedUintDowncast(uint8 bits, uint256 value);

    /// The block's time.
    function clock() external view returns (uint48);
    /// `mode=timestamp`.
    function CLOCK_MODE() external view returns (string memory);
    function delegates(address account) external view returns (address);
    function delegate(address delegatee) external;
    function delegateBySig(address delegatee, uint256 nonce, uint256 expiry, uint8 v, bytes32 r, bytes32 s) external;
    function getVotes(address account) external view returns (uint256);
    /// The votes of an account at a past time, at the end of that second.
    function getPastVotes(address account, uint256 timepoint) external view returns (uint256);
    /// The total supply at a past time, at the end of that second.
    function getPastTotalSupply(uint256 timepoint) external view returns (uint256);
    function numCheckpoints(address account) external view returns (uint32);
    function checkpoints(address account, uint32 pos) external view returns (Checkpoint208 memory);

    // ---- Roles and ERC-165 ----

    event RoleAdminChanged(bytes32 indexed role, bytes32 indexed previousAdminRole, bytes32 indexed newAdminRole);
    event RoleGranted(bytes32 indexed role, address indexed account, address indexed sender);
    event RoleRevoked(bytes32 indexed role, address indexed account, address indexed sender);

    error AccessControlUnauthorizedAccount(address account, bytes32 neededRole);
    error AccessControlBadConfirmation();

    function DEFAULT_ADMIN_ROLE() external view returns (bytes32);
    function MINTER_ROLE() external view returns (bytes32);
    function hasRole(bytes32 role, address account) external view returns (bool);
    function getRoleAdmin(bytes32 role) external view returns (bytes32);
    function grantRole(bytes32 role, address account) external;
    function revokeRole(bytes32 role, address account) external;
    function renounceRole(bytes32 role, address callerConfirmation) external;
    function supportsInterface(bytes4 interfaceId) external view returns (bool);

    // ---- Genesis allocation ----

    event GenesisAllocated(bytes32 indexed bucket, address indexed recipient, uint256 amount);

    error GovGenesisInvalidLength(uint256 buckets, uint256 recipients, uint256 amounts);
    error GovGenesisTooManyBuckets(uint256 buckets, uint256 maximum);
    error GovGenesisDuplicateBucket(bytes32 bucket);

    /// The buckets of the genesis allocation, in the constructor's order.
    function genesisBuckets() external view returns (bytes32[] memory);
    /// Who received a bucket at genesis, and how much; zeros when there is no such bucket.
    function genesisAllocation(bytes32 bucket) external view returns (address recipient, uint256 amount);

    // ---- Transfer policy ----

    event TransferPolicyChanged(uint8 oldPolicy, uint8 newPolicy);
    event MembershipChanged(address indexed oldMembership, address indexed newMembership);
    event TransferExemptionChanged(address indexed account, bool oldExempt, bool newExempt);

    /// No tokens move but by mint and burn.
    error GovTransfersLocked(address from, address to);
    /// Tokens go to members and exempt accounts only.
    error GovReceiverNotMember(address receiver);
    error GovInvalidTransferPolicy(uint8 policy, uint8 maximum);
    /// A membership contract has code.
    error GovInvalidMembership(address membership);

    /// 0 open: tokens move freely. 1 members only: tokens go to accounts that hold a membership or are exempt; anybody
    /// may send theirs to those. 2 locked: no transfers. Minting and burning are free of the policy.
    function transferPolicy() external view returns (uint8);
    /// Whose `balanceOf(account)` above zero makes an account a member. When it does not answer, nobody is one.
    function membership() external view returns (address);
    /// Whether an account may receive without being a member, as contracts that must hold GOV do.
    function isTransferExempt(address account) external view returns (bool);
    /// Whether the policy lets an account receive a transfer now.
    function canReceive(address account) external view returns (bool);
    /// Only DEFAULT_ADMIN_ROLE.
    function setTransferPolicy(uint8 policy) external;
    /// Only DEFAULT_ADMIN_ROLE. Zero: nobody is a member.
    function setMembership(address membership) external;
    /// Only DEFAULT_ADMIN_ROLE.
    function setTransferExemption(address account, bool exempt) external;
}

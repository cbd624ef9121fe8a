// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

/// @title DATA, the cooperative's utility token
/// @notice The ABI of OpenZeppelin Contracts 5.7 ERC20 + ERC20Permit + ERC20Burnable + ERC20Pausable +
/// AccessControl, and the annual emission cap. Amounts are in wei of DATA (18 decimals).
///
/// Constructor: `(address admin, address recipient, uint256 supply, uint256 emissionFloor, uint256 emissionBps)`.
/// `admin` receives DEFAULT_ADMIN_ROLE and nothing else; `supply` is minted to `recipient` and does not count as
/// emission. The name is `Datacoop Data`, the symbol `DATA`, the EIP-712 version `1`.
///
/// The contract is compiled against this file: the compiler refuses a contract that differs from it.
interface IDataToken {
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

    // ---- Mint and burn ----

    /// Mints inside the emission cap. Only MINTER_ROLE.
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

    // ---- Pause ----

    event Paused(address account);
    event Unpaused(address account);

    error EnforcedPause();
    error ExpectedPause();

    function paused() external view returns (bool);
    /// Stops every transfer, mint and burn. Only PAUSER_ROLE.
    function pause() external;
    /// Only PAUSER_ROLE.
    function unpause() external;

    // ---- Roles and ERC-165 ----

    event RoleAdminChanged(bytes32 indexed role, bytes32 indexed previousAdminRole, bytes32 indexed newAdminRole);
    event RoleGranted(bytes32 indexed role, address indexed account, address indexed sender);
    event RoleRevoked(bytes32 indexed role, address indexed account, address indexed sender);

    error AccessControlUnauthorizedAccount(address account, bytes32 neededRole);
    error AccessControlBadConfirmation();

    function DEFAULT_ADMIN_ROLE() external view returns (bytes32);
    function MINTER_ROLE() external view returns (bytes32);
    function PAUSER_ROLE() external view returns (bytes32);
    function hasRole(bytes32 role, address account) external view returns (bool);
    function getRoleAdmin(bytes32 role) external view returns (bytes32);
    function grantRole(bytes32 role, address account) external;
    function revokeRole(bytes32 role, address account) external;
    function renounceRole(bytes32 role, address callerConfirmation) external;
    function supportsInterface(bytes4 interfaceId) external view returns (bool);

    // ---- Annual emission cap ----

    event EmissionCapChanged(uint256 oldFloor, uint256 oldBps, uint256 newFloor, uint256 newBps);

    /// `available` is what may be minted at this moment.
    error EmissionCapExceeded(uint256 requested, uint256 available);
    error EmissionFloorTooHigh(uint256 floor, uint256 maximum);
    error EmissionBpsTooHigh(uint256 bps, uint256 maximum);

    /// What may be minted in any rolling year whatever the supply, in wei of DATA.
    function emissionFloor() external view returns (uint256);
    /// Basis points of the supply at the year's start that may be minted in any rolling year.
    function emissionBps() external view returns (uint256);
    /// What may be minted at this moment, in wei of DATA.
    function mintable() external view returns (uint256);
    /// Everything that was ever burned, in wei of DATA.
    function totalBurned() external view returns (uint256);
    /// Changes the cap within its bounds. Only DEFAULT_ADMIN_ROLE.
    function setEmissionCap(uint256 floor, uint256 bps) external;
}

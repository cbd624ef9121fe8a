// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

/// @title Membership, who belongs to the cooperative and as what
/// @notice A soulbound ERC-721 (ERC-5192): one live membership per account and per credential. A token id belongs to
/// a credential for ever, so that a person who leaves and comes back, or whose account is replaced, keeps the id.
/// Times are in seconds since 1970.
///
/// Constructor: `(address admin, string baseURI)`.
/// `admin` receives DEFAULT_ADMIN_ROLE and nothing else. The name is `Datacoop Membership`, the symbol `MEMBER`, the
/// EIP-712 version `1`.
///
/// A credential is the hash of what an issuer knows a person by. It must be salted or keyed: a bare hash of a number
/// that can be guessed tells the number.
///
/// Actor roles are the bits of a mask: patient 0, practitioner 1, provider 2, payer 3, researcher 4, oracle 5,
/// validator 6.
///
/// The contract is compiled against this file: the compiler refuses a contract that differs from it.
interface IMembership {
    // ---- ERC-721 and its metadata ----

    event Transfer(address indexed from, address indexed to, uint256 indexed tokenId);
    /// Never emitted: nobody can approve.
    event Approval(address indexed owner, address indexed approved, uint256 indexed tokenId);
    /// Never emitted: nobody can approve.
    event ApprovalForAll(address indexed owner, address indexed operator, bool approved);

    error ERC721InvalidOwner(address owner);
    error ERC721NonexistentToken(uint256 tokenId);
    error ERC721InvalidReceiver(address receiver);

    function name() external view returns (string memory);
    function symbol() external view returns (string memory);
    /// The base URI and the id in decimal, or nothing when there is no base URI.
    function tokenURI(uint256 tokenId) external view returns (string memory);
    /// One for a member, zero for anybody else.
    function balanceOf(address owner) external view returns (uint256);
    function ownerOf(uint256 tokenId) external view returns (address);
    /// Nobody, for a membership that exists.
    function getApproved(uint256 tokenId) external view returns (address);
    /// False.
    function isApprovedForAll(address owner, address operator) external view returns (bool);

    // ---- Soulbound: each of these reverts, whoever calls ----

    error MembershipSoulbound();

    function transferFrom(address from, address to, uint256 tokenId) external;
    function safeTransferFrom(address from, address to, uint256 tokenId) external;
    function safeTransferFrom(address from, address to, uint256 tokenId, bytes calldata data) external;
    function approve(address to, uint256 tokenId) external;
    function setApprovalForAll(address operator, bool approved) external;

    // ---- ERC-5192 ----

    event Locked(uint256 tokenId);
    /// Never emitted: a membership stays locked.
    event Unlocked(uint256 tokenId);

    /// True; reverts for a membership that does not exist.
    function locked(uint256 tokenId) external view returns (bool);

    // ---- Joining ----

    event MembershipIssued(
        uint256 indexed tokenId, address indexed account, bytes32 indexed credential, address issuer, uint8 actorRoles
    );

    error MembershipAlreadyMember(address account, uint256 tokenId);
    error MembershipInvalidCredential(bytes32 credential);
    error MembershipCredentialInUse(bytes32 credential, uint256 tokenId);
    error MembershipInvalidActorRoles(uint8 actorRoles, uint8 maximum);
    error MembershipSignatureExpired(uint256 deadline);
    error MembershipInvalidSignature(address issuer);

    /// Makes an account a member. Only ISSUER_ROLE.
    function issue(address account, bytes32 credential, uint8 actorRoles) external returns (uint256 tokenId);
    /// Makes the caller a member, by the credential that an issuer signed for it:
    /// `Credential(address account,bytes32 credential,uint8 actorRoles,uint256 nonce,uint256 deadline)`,
    /// where `account` is the caller and `nonce` the credential's.
    function join(address issuer, bytes32 credential, uint8 actorRoles, uint256 deadline, bytes calldata signature)
        external
        returns (uint256 tokenId);
    /// How often the credential's membership began, moved or ended: what an issuer signs next. So each of these
    /// voids every signature that was given before it.
    function credentialNonce(bytes32 credential) external view returns (uint256);
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

    // ---- Leaving, revocation, replacement of a lost account ----

    event MembershipLeft(uint256 indexed tokenId, address indexed account);
    event MembershipRevoked(uint256 indexed tokenId, address indexed account, address indexed issuer, bytes32 reason);
    event MembershipReissued(
        uint256 indexed tokenId,
        address indexed oldAccount,
        address indexed newAccount,
        address issuer,
        bytes32 reason
    );

    error MembershipNotMember(address account);
    error MembershipMissingReason();

    /// Ends the caller's membership.
    function leave() external;
    /// Ends a membership, for a reason whose hash is not zero. Only ISSUER_ROLE.
    function revoke(uint256 tokenId, bytes32 reason) external;
    /// Moves the membership of a lost account to another, for a reason whose hash is not zero: the lost one is no
    /// member from then on. Only ISSUER_ROLE.
    function reissue(address lost, address replacement, bytes32 reason) external;

    // ---- Actor roles ----

    event ActorRolesChanged(uint256 indexed tokenId, uint8 oldRoles, uint8 newRoles);

    /// Sets what a member acts as. Only ISSUER_ROLE.
    function setActorRoles(uint256 tokenId, uint8 actorRoles) external;
    /// Whether an account is a member that acts as this; false for a role that there is not.
    function hasActorRole(address account, uint8 role) external view returns (bool);
    /// The mask of what an account acts as; zero for anybody but members.
    function actorRolesOf(address account) external view returns (uint8);

    // ---- DID ----

    event DidChanged(uint256 indexed tokenId, bytes32 indexed oldDid, bytes32 indexed newDid, string did);

    error MembershipInvalidDid(uint256 length, uint256 minimum, uint256 maximum);
    error MembershipDidInUse(bytes32 did, uint256 tokenId);

    /// Binds a DID to the caller's membership in place of the one before, or none when the text is empty. Only the
    /// hash is kept. That the member controls the DID is for its document to say.
    function bindDid(string calldata did) external;
    /// The hash of a membership's DID; zero when it has none.
    function didOf(uint256 tokenId) external view returns (bytes32);
    /// The membership that a DID, by its hash, is bound to; zero when it is to none.
    function tokenOfDid(bytes32 did) external view returns (uint256);

    // ---- Looking up ----

    /// An account's membership: zeros when it has none. `since` is when this account got it, by joining or as the
    /// replacement of a lost one.
    function membershipOf(address account) external view returns (uint256 tokenId, uint8 actorRoles, uint64 since);
    /// The credential that an id belongs to, whether it is live or not; zero for an id that never was.
    function credentialOf(uint256 tokenId) external view returns (bytes32);
    /// The live membership of a credential; zero when it has none.
    function tokenOfCredential(bytes32 credential) external view returns (uint256);
    /// How many memberships are live.
    function totalSupply() external view returns (uint256);

    // ---- Metadata ----

    event BaseURIChanged(string oldURI, string newURI);

    error MembershipBaseURITooLong(uint256 length, uint256 maximum);

    function baseURI() external view returns (string memory);
    /// At most 128 bytes. Only DEFAULT_ADMIN_ROLE.
    function setBaseURI(string calldata newURI) external;

    // ---- Roles and ERC-165 ----

    event RoleAdminChanged(bytes32 indexed role, bytes32 indexed previousAdminRole, bytes32 indexed newAdminRole);
    event RoleGranted(bytes32 indexed role, address indexed account, address indexed sender);
    event RoleRevoked(bytes32 indexed role, address indexed account, address indexed sender);

    error AccessControlUnauthorizedAccount(address account, bytes32 neededRole);
    error AccessControlBadConfirmation();

    function DEFAULT_ADMIN_ROLE() external view returns (bytes32);
    function ISSUER_ROLE() external view returns (bytes32);
    function hasRole(bytes32 role, address account) external view returns (bool);
    function getRoleAdmin(bytes32 role) external view returns (bytes32);
    function grantRole(bytes32 role, address account) external;
    function revokeRole(bytes32 role, address account) external;
    function renounceRole(bytes32 role, address callerConfirmation) external;
    function supportsInterface(bytes4 interfaceId) external view returns (bool);
}

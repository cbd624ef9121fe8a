// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

/// @title ConsentRegistry, who may use which data of whom for which purpose until when
/// @notice A consent is given, amended and revoked by its subject alone: in person, or by EIP-712 signature (of a key
/// or, by ERC-1271, of a contract) that anybody relays. There is no administrator. Times are in seconds since 1970.
///
/// Constructor: `(address membership)`.
/// `membership` tells who is a member and as what, for ever. The EIP-712 domain is `Datacoop Consent`, version `1`.
///
/// Data classes are the bits of a mask: genomic 0, clinical 1, lifestyle 2, imaging 3. Purposes too: academic
/// research 0, clinical care 1, commercial use 2, AI training 3, public health 4. Actor roles are those of Membership,
/// by number.
///
/// The contract is compiled against this file: the compiler refuses a contract that differs from it.
interface IConsentRegistry {
    // ---- What is consented to ----

    struct Scope {
        /// Mask of the data classes, not empty.
        uint8 dataClasses;
        /// Mask of the purposes, not empty.
        uint8 purposes;
        /// To whom: 0 one account, 1 members with an actor role, 2 anyone vetted, which is every member with an actor
        /// role other than patient.
        uint8 granteeKind;
        /// The account of kind 0; the zero address otherwise.
        address account;
        /// The number of the actor role of kind 1; zero otherwise.
        uint8 actorRole;
        /// The last second at which the consent covers anything: at most ten years ahead.
        uint64 expiry;
        /// The hash of the terms that the subject read, not zero.
        bytes32 terms;
    }

    error ConsentInvalidDataClasses(uint8 dataClasses, uint8 maximum);
    error ConsentInvalidPurposes(uint8 purposes, uint8 maximum);
    error ConsentInvalidGrantee(uint8 granteeKind, address account, uint8 actorRole);
    error ConsentInvalidExpiry(uint64 expiry, uint64 minimum, uint64 maximum);
    error ConsentMissingTerms();

    // ---- Granting, amending, revoking in person ----

    event ConsentGranted(
        uint256 indexed consentId, address indexed subject, bytes32 indexed receipt, Scope scope, uint64 at
    );
    event ConsentAmended(
        uint256 indexed consentId,
        address indexed subject,
        bytes32 indexed receipt,
        uint64 version,
        Scope oldScope,
        Scope newScope,
        uint64 at,
        bytes32 oldReceipt
    );
    event ConsentRevoked(
        uint256 indexed consentId,
        address indexed subject,
        bytes32 indexed receipt,
        uint64 version,
        Scope oldScope,
        uint64 at,
        bytes32 oldReceipt
    );

    error ConsentSubjectNotMember(address subject);
    /// The subject has as many live consents as are allowed, and none of them has expired.
    error ConsentTooMany(address subject, uint256 maximum);
    /// There is no such consent, or it was revoked or has expired.
    error ConsentNotLive(uint256 consentId);
    error ConsentUnauthorizedSubject(address caller, address subject);

    /// Gives a consent. The caller, its subject, is a member.
    function grant(
        uint8 dataClasses,
        uint8 purposes,
        uint8 granteeKind,
        address account,
        uint8 actorRole,
        uint64 expiry,
        bytes32 terms
    ) external returns (uint256 consentId);
    /// Replaces a live consent of the caller by its next version.
    function amend(
        uint256 consentId,
        uint8 dataClasses,
        uint8 purposes,
        uint8 granteeKind,
        address account,
        uint8 actorRole,
        uint64 expiry,
        bytes32 terms
    ) external;
    /// Ends a live consent of the caller, who need not be a member any more.
    function revoke(uint256 consentId) external;

    // ---- The same by signature, relayed by anybody ----

    event ConsentSignaturesVoided(address indexed subject, uint256 oldNonce, uint256 newNonce);

    error ConsentSignatureExpired(uint256 deadline);
    error ConsentInvalidSignature(address subject);

    /// Signed: `Grant(address subject,uint8 dataClasses,uint8 purposes,uint8 granteeKind,address account,uint8
    /// actorRole,uint64 expiry,bytes32 terms,uint256 nonce,uint256 deadline)`.
    function grantBySig(
        address subject,
        uint8 dataClasses,
        uint8 purposes,
        uint8 granteeKind,
        address account,
        uint8 actorRole,
        uint64 expiry,
        bytes32 terms,
        uint256 deadline,
        bytes calldata signature
    ) external returns (uint256 consentId);
    /// Signed: `Amend(uint256 consentId,uint64 version,uint8 dataClasses,uint8 purposes,uint8 granteeKind,address
    /// account,uint8 actorRole,uint64 expiry,bytes32 terms,uint256 nonce,uint256 deadline)`, where `version` is the one
    /// that is replaced.
    function amendBySig(
        uint256 consentId,
        uint8 dataClasses,
        uint8 purposes,
        uint8 granteeKind,
        address account,
        uint8 actorRole,
        uint64 expiry,
        bytes32 terms,
        uint256 deadline,
        bytes calldata signature
    ) external;
    /// Signed: `Revoke(uint256 consentId,uint256 nonce,uint256 deadline)`.
    function revokeBySig(uint256 consentId, uint256 deadline, bytes calldata signature) external;
    /// Voids every signature that the caller has given and that was not used.
    function voidSignatures() external;
    /// What an account signs next.
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

    // ---- Checking, at this moment ----

    error ConsentNotCovered(address subject, uint8 dataClass, uint8 purpose, address grantee);

    /// Whether a live consent of the subject lets the grantee use data of the class for the purpose.
    function covers(address subject, uint8 dataClass, uint8 purpose, address grantee) external view returns (bool);
    /// The consent that does; zero when none does.
    function coveringConsent(address subject, uint8 dataClass, uint8 purpose, address grantee)
        external
        view
        returns (uint256 consentId);
    /// Reverts with ConsentNotCovered when none does.
    function requireCovers(address subject, uint8 dataClass, uint8 purpose, address grantee) external view;

    // ---- Looking up ----

    /// A consent's last version. `status` is 0 for one that never was, 1 for granted, 2 for revoked; one that is
    /// granted may have expired, and covers nothing unless its subject has been a member since `at`. `receipt` is
    /// that version's.
    function consent(uint256 consentId)
        external
        view
        returns (address subject, uint64 version, uint8 status, Scope memory scope, uint64 at, bytes32 receipt);
    /// The consents of a subject that are neither revoked nor expired: at most 32.
    function consentsOf(address subject) external view returns (uint256[] memory consentIds);

    // ---- Membership ----

    error ConsentInvalidMembership(address membership);

    function membership() external view returns (address);
}

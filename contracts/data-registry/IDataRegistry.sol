// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

/// @title DataRegistry, which records there are, whose they are, who attests to them, and which of them make a dataset
/// @notice Nothing of a record is here but its content hash, the hash of the pointer to its encrypted bytes, and what
/// is said of it. A record id is the hash of the plaintext document with a salt that its holder keeps. Times are in
/// seconds since 1970.
///
/// Constructor: `(address admin, address membership, address consentRegistry)`.
/// `admin` receives DEFAULT_ADMIN_ROLE and nothing else. The other two are for ever; what a use needs of consents is
/// asked of the consent registry at the use, by whoever lets it happen. The EIP-712 domain is `Datacoop Records`,
/// version `1`.
///
/// Data classes: genomic 0, clinical 1, lifestyle 2, imaging 3. Purposes are the bits of a mask: academic research 0,
/// clinical care 1, commercial use 2, AI training 3, public health 4. The status of a record: 0 unknown, 1 registered,
/// 2 attested, 3 erased.
///
/// The history of a record is a chain of hashes. Each change makes
/// `head = keccak256(abi.encode(previous, action, actor, state, pointerHash, at))`, where `previous` is the head before,
/// or the record id at first; `action` is 1 registered, 2 attested, 3 custody transferred, 4 pointer rotated, 5 erased;
/// `actor` is who called (the owner, for what the owner signed); `state` and `pointerHash` are those after the change.
/// `state` is a word: the owner in the low 160 bits, then 4 bits of data class, 4 of status, 16 of schema version, 32 of
/// schema id and 40 of the time since which the record has its status.
///
/// The contract is compiled against this file: the compiler refuses a contract that differs from it.
interface IDataRegistry {
    // ---- Registering ----

    struct Entry {
        address owner;
        bytes32 recordId;
        /// What follows the batch's `base` in the pointer.
        bytes32 locator;
    }

    /// `source` is who registered it: the owner, or an attestor, whose records are attested from the start.
    event RecordRegistered(
        bytes32 indexed recordId,
        address indexed owner,
        address indexed source,
        uint8 dataClass,
        uint32 schemaId,
        uint16 schemaVersion,
        uint8 status,
        bytes pointer,
        uint64 at,
        bytes32 head
    );

    error RecordInvalidId();
    error RecordInvalidDataClass(uint8 dataClass, uint8 maximum);
    error RecordInvalidPointer(uint256 length, uint256 minimum, uint256 maximum);
    /// A record id is good once, after its erasure too.
    error RecordAlreadyRegistered(bytes32 recordId, uint8 status);
    error RecordOwnerNotPatient(address owner);
    error RecordSchemaNotLive(uint32 schemaId, uint16 schemaVersion);
    error RecordSignatureExpired(uint256 deadline);
    error RecordInvalidSignature(address owner);
    error RecordBatchEmpty();
    error RecordBatchEntryFailed(uint256 index, bytes reason);

    event RecordSignaturesVoided(address indexed owner, uint256 oldNonce, uint256 newNonce);

    /// Registers a record of the caller, a member that is a patient. The pointer has 1 to 256 bytes.
    function register(
        bytes32 recordId,
        bytes calldata pointer,
        uint8 dataClass,
        uint32 schemaId,
        uint16 schemaVersion
    ) external;
    /// Registers a record of somebody else, and attests to it. Only ATTESTOR_ROLE.
    function registerFor(
        address owner,
        bytes32 recordId,
        bytes calldata pointer,
        uint8 dataClass,
        uint32 schemaId,
        uint16 schemaVersion
    ) external;
    /// The same for many records of one class and one schema, all or none. The pointer of each is `base`, of at most
    /// 224 bytes, and its locator. Only ATTESTOR_ROLE.
    function registerMany(
        uint8 dataClass,
        uint32 schemaId,
        uint16 schemaVersion,
        bytes calldata base,
        Entry[] calldata entries
    ) external;
    /// Registers a record that its owner signed for, relayed by anybody: `Register(address owner,bytes32 recordId,bytes
    /// pointer,uint8 dataClass,uint32 schemaId,uint16 schemaVersion,uint256 nonce,uint256 deadline)`.
    function registerBySig(
        address owner,
        bytes32 recordId,
        bytes calldata pointer,
        uint8 dataClass,
        uint32 schemaId,
        uint16 schemaVersion,
        uint256 deadline,
        bytes calldata signature
    ) external;
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

    // ---- Attesting ----

    event RecordAttested(
        bytes32 indexed recordId, address indexed owner, address indexed attestor, uint64 at, bytes32 head
    );

    /// The record is not registered, or not in the status that the change needs.
    error RecordWrongStatus(bytes32 recordId, uint8 status, uint8 needed);
    /// Nobody attests to a record of their own, nor takes one while being an attestor.
    error RecordSelfAttestation(bytes32 recordId, address account);

    /// Attests to a registered record of somebody else. Only ATTESTOR_ROLE.
    function attest(bytes32 recordId) external;
    /// The same for many, all or none. Only ATTESTOR_ROLE.
    function attestMany(bytes32[] calldata recordIds) external;

    // ---- What the owner of a record may do ----

    event CustodyOffered(bytes32 indexed recordId, address indexed owner, address oldCandidate, address newCandidate);
    event CustodyTransferred(
        bytes32 indexed recordId, address indexed oldOwner, address indexed newOwner, uint64 at, bytes32 head
    );
    event PointerRotated(
        bytes32 indexed recordId,
        address indexed owner,
        bytes32 oldPointerHash,
        bytes32 newPointerHash,
        bytes pointer,
        uint64 at,
        bytes32 head
    );
    event RecordErased(
        bytes32 indexed recordId,
        address indexed owner,
        uint8 oldStatus,
        bytes32 oldPointerHash,
        uint64 at,
        bytes32 head
    );

    /// There is no such record, or it is erased.
    error RecordNotLive(bytes32 recordId, uint8 status);
    error RecordUnauthorizedOwner(address caller, address owner);
    error RecordUnauthorizedCandidate(address caller, address candidate);
    error RecordCandidateNotMember(address candidate);

    /// Offers a record to another account; the zero address takes the offer back.
    function offerCustody(bytes32 recordId, address candidate) external;
    /// Takes a record that was offered to the caller, a member without ATTESTOR_ROLE.
    function acceptCustody(bytes32 recordId) external;
    /// Says where the encrypted bytes lie now.
    function rotatePointer(bytes32 recordId, bytes calldata pointer) external;
    /// Erases a record: its pointer's hash is forgotten, its id stays and is never good again.
    function erase(bytes32 recordId) external;

    // ---- Looking up records ----

    function recordOf(bytes32 recordId) external view returns (address owner, uint8 dataClass, uint8 status);
    /// `since` is when it got its status, `candidate` whom it is offered to.
    function recordDetails(bytes32 recordId)
        external
        view
        returns (
            uint32 schemaId,
            uint16 schemaVersion,
            uint64 since,
            bytes32 pointerHash,
            bytes32 head,
            address candidate
        );
    /// The status of each of many records.
    function statusesOf(bytes32[] calldata recordIds) external view returns (uint8[] memory statuses);

    // ---- Schemas ----

    event SchemaPublished(
        uint32 indexed schemaId, uint16 indexed version, bytes32 indexed hash, string name, string uri
    );
    event SchemaRetired(uint32 indexed schemaId, uint16 indexed version);

    error SchemaInvalidName(uint256 length, uint256 minimum, uint256 maximum);
    error SchemaNameCollision(uint32 schemaId, bytes32 nameHash);
    error SchemaMissingHash();
    error SchemaUriTooLong(uint256 length, uint256 maximum);
    error SchemaTooManyVersions(uint32 schemaId, uint16 maximum);
    error SchemaNotLive(uint32 schemaId, uint16 version);

    /// Makes the next version of a schema live. Its id is the first four bytes of the keccak-256 of its name, of 1 to 64
    /// bytes; the URI has at most 256. Only SCHEMA_ROLE.
    function publishSchema(string calldata name, bytes32 hash, string calldata uri)
        external
        returns (uint32 schemaId, uint16 version);
    /// Ends a live version: nothing is registered under it any more. Only SCHEMA_ROLE.
    function retireSchema(uint32 schemaId, uint16 version) external;
    /// `latest` is the last version's number; zeros for a schema that there is not.
    function schemaOf(uint32 schemaId) external view returns (bytes32 nameHash, uint16 latest);
    /// `status` is 0 unknown, 1 live, 2 retired.
    function schemaVersionOf(uint32 schemaId, uint16 version) external view returns (uint8 status, bytes32 hash);

    // ---- Datasets ----

    event DatasetCreated(
        uint256 indexed datasetId,
        address indexed curator,
        bytes32 indexed nameHash,
        uint8 dataClass,
        uint8 purposes,
        string name
    );
    event CuratorChanged(uint256 indexed datasetId, address indexed oldCurator, address indexed newCurator);

    error DatasetInvalidPurposes(uint8 purposes, uint8 maximum);
    error DatasetInvalidName(uint256 length, uint256 minimum, uint256 maximum);
    error DatasetNameInUse(bytes32 nameHash, uint256 datasetId);
    error DatasetUnknown(uint256 datasetId);
    error DatasetUnauthorizedCurator(address caller, address curator);
    error DatasetInvalidCurator(address curator);

    /// Begins a dataset of one data class, for some purposes, whose curator is the caller. The name, of 1 to 64 bytes,
    /// is not in use. Only CURATOR_ROLE.
    function createDataset(uint8 dataClass, uint8 purposes, string calldata name) external returns (uint256 datasetId);
    /// Hands a dataset to another curator, who has CURATOR_ROLE. Only DEFAULT_ADMIN_ROLE.
    function setCurator(uint256 datasetId, address newCurator) external;
    /// `latest` is the last version's number; zeros for a dataset that there is not.
    function datasetOf(uint256 datasetId)
        external
        view
        returns (address curator, uint8 dataClass, uint8 purposes, uint32 latest, bytes32 nameHash);
    /// The dataset with the name that has this hash; zero when there is none.
    function datasetByName(bytes32 nameHash) external view returns (uint256 datasetId);
    /// How many datasets there are; the last one's id.
    function datasetCount() external view returns (uint256);

    // ---- Editions: the versions of a dataset, each frozen for ever ----

    event EditionPublished(
        uint256 indexed edition,
        address indexed curator,
        bytes32 indexed manifestHash,
        bytes32 recordsRoot,
        bytes32 sharesRoot,
        uint64 records,
        uint64 contributors,
        uint256 totalShares,
        uint64 liveFrom,
        string manifestUri
    );
    /// `cause` is 1 for a faulty record, 2 for a record that is there twice, 3 for a decision of the guardian or the
    /// admin; `reason` is the record's id, or the hash of the reason for the decision.
    event EditionVoided(uint256 indexed edition, address indexed by, bytes32 indexed reason, uint8 cause);

    error EditionMissingHash();
    error EditionCohortTooSmall(uint64 contributors, uint64 minimum);
    error EditionInvalidCounts(uint64 records, uint64 contributors);
    error EditionInvalidShares(uint256 totalShares, uint256 minimum, uint256 maximum);
    error EditionUriTooLong(uint256 length, uint256 maximum);
    /// It was never published, is voided, or is live: it cannot be voided (any more).
    error EditionNotChallengeable(uint256 edition, uint8 status, uint64 liveFrom);
    error EditionNoFault(uint256 edition, bytes32 recordId);
    error EditionMissingReason();

    /// Publishes the next version of a dataset, which is live after the challenge period. Leaves are hashed twice and
    /// nodes are of sorted pairs: `recordsRoot` is of leaves `abi.encode(bytes32 recordId)`, `sharesRoot` of leaves
    /// `abi.encode(address contributor, uint256 shares)`, one for each contributor, whose sum is `totalShares`, at most
    /// 2^96. The URI has at most 256 bytes. Only the dataset's curator, while it has CURATOR_ROLE.
    function publish(
        uint256 datasetId,
        bytes32 recordsRoot,
        bytes32 sharesRoot,
        uint64 records,
        uint64 contributors,
        uint256 totalShares,
        bytes32 manifestHash,
        string calldata manifestUri
    ) external returns (uint256 edition);
    /// Voids an edition that is not live yet, by proof that it has a record which is not attested, or was erased before
    /// it was published, or is of another data class. Anybody. What is erased afterwards is no fault: nobody reads it.
    function voidForRecord(uint256 edition, bytes32 recordId, bytes32[] calldata proof) external;
    /// Voids an edition that is not live yet, by proof that it has a record twice: two different proofs, or one that
    /// passes two equal halves, given twice. Anybody.
    function voidForDuplicate(
        uint256 edition,
        bytes32 recordId,
        bytes32[] calldata proof,
        bytes32[] calldata otherProof
    ) external;
    /// Voids an edition that is not live yet, for a reason whose hash is not zero. Only GUARDIAN_ROLE and
    /// DEFAULT_ADMIN_ROLE.
    function voidByDecision(uint256 edition, bytes32 reason) external;

    /// `edition` is `datasetId << 32 | version`. `status` is 0 unknown, 1 published, 2 voided; it is live when it is
    /// published and the time is `liveFrom` or later.
    function editionOf(uint256 edition)
        external
        view
        returns (
            uint8 status,
            uint8 dataClass,
            uint8 purposes,
            uint64 records,
            uint64 contributors,
            uint64 liveFrom
        );
    function rootsOf(uint256 edition)
        external
        view
        returns (bytes32 recordsRoot, bytes32 sharesRoot, uint256 totalShares);
    function manifestOf(uint256 edition) external view returns (bytes32 manifestHash, uint64 publishedAt);
    function isLive(uint256 edition) external view returns (bool);
    /// Whether a record belongs to an edition, live or not.
    function contains(uint256 edition, bytes32 recordId, bytes32[] calldata proof) external view returns (bool);

    // ---- Parameters ----

    event ChallengePeriodChanged(uint64 oldPeriod, uint64 newPeriod);
    event MinCohortChanged(uint64 oldCohort, uint64 newCohort);

    error DataRegistryParameterOutOfBounds(uint256 value, uint256 minimum, uint256 maximum);
    error DataRegistryInvalidContract(address account);

    /// How long an edition can be voided before it is live, in seconds.
    function challengePeriod() external view returns (uint64);
    /// 0 to 30 days; for editions that are published from then on. Only DEFAULT_ADMIN_ROLE.
    function setChallengePeriod(uint64 newPeriod) external;
    /// The fewest contributors of an edition.
    function minCohort() external view returns (uint64);
    /// 2 to 1,000,000. Only DEFAULT_ADMIN_ROLE.
    function setMinCohort(uint64 newCohort) external;
    function membership() external view returns (address);
    function consentRegistry() external view returns (address);

    // ---- Roles and ERC-165 ----

    event RoleAdminChanged(bytes32 indexed role, bytes32 indexed previousAdminRole, bytes32 indexed newAdminRole);
    event RoleGranted(bytes32 indexed role, address indexed account, address indexed sender);
    event RoleRevoked(bytes32 indexed role, address indexed account, address indexed sender);

    error AccessControlUnauthorizedAccount(address account, bytes32 neededRole);
    error AccessControlBadConfirmation();

    function DEFAULT_ADMIN_ROLE() external view returns (bytes32);
    function ATTESTOR_ROLE() external view returns (bytes32);
    function CURATOR_ROLE() external view returns (bytes32);
    function GUARDIAN_ROLE() external view returns (bytes32);
    function SCHEMA_ROLE() external view returns (bytes32);
    function hasRole(bytes32 role, address account) external view returns (bool);
    function getRoleAdmin(bytes32 role) external view returns (bytes32);
    function grantRole(bytes32 role, address account) external;
    function revokeRole(bytes32 role, address account) external;
    function renounceRole(bytes32 role, address callerConfirmation) external;
    function supportsInterface(bytes4 interfaceId) external view returns (bool);
}

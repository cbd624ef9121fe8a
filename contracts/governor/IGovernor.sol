// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

/// @title Governor: the holders of GOV propose, vote and act through the timelock
/// @notice The ABI of OpenZeppelin Contracts 5.7 Governor + GovernorSettings + GovernorCountingSimple +
/// GovernorVotes + GovernorVotesQuorumFraction + GovernorPreventLateQuorum + GovernorTimelockControl, and beyond it:
/// a guardian's veto with an expiry date, one live proposal per proposer, proposal classes (fast track, optimistic)
/// that may only touch allowed functions, a longer delay for all but the fast track, and votes that do not count
/// for the quorum. All of that is off until governance turns it on. Times are in seconds, votes in wei of GOV.
///
/// Constructor: `(address token, address timelock, uint48 votingDelay, uint32 votingPeriod, uint256 proposalThreshold, uint256 quorumNumerator, uint48 voteExtension, address guardian, uint64 guardianExpiry, string daoURI)`.
/// `token` counts time in seconds (ERC-6372); `timelock` is an OpenZeppelin TimelockController on which this contract
/// is a proposer and canceller; `guardian` and `guardianExpiry` may be zero, `daoURI` may be
/// empty. The EIP-712 name is `Datacoop Governor`, the version `1`.
///
/// "Only governance" means: only by a call that is part of a proposal while this contract executes it.
///
/// The contract is compiled against this file: the compiler refuses a contract that differs from it.
interface IGovernor {
    enum ProposalState {
        Pending,
        Active,
        Canceled,
        Defeated,
        Succeeded,
        Queued,
        Expired,
        Executed
    }

    /// Standard: any action; as OpenZeppelin's. FastTrack: allowed actions only, its own voting delay and period,
    /// and only the timelock's own delay. Optimistic: allowed actions only, proposed by optimistic proposers, passes
    /// unless the votes against it reach its veto quorum.
    enum ProposalClass {
        Standard,
        FastTrack,
        Optimistic
    }

    // ---- Name, clock, ERC-165, EIP-712 domain, nonces ----

    error InvalidAccountNonce(address account, uint256 currentNonce);
    /// The token does not count time in seconds.
    error ERC6372InconsistentClock();

    event EIP712DomainChanged();

    function name() external view returns (string memory);
    function version() external view returns (string memory);
    function clock() external view returns (uint48);
    function CLOCK_MODE() external view returns (string memory);
    function COUNTING_MODE() external pure returns (string memory);
    function supportsInterface(bytes4 interfaceId) external view returns (bool);
    function nonces(address owner) external view returns (uint256);
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

    // ---- Proposals ----

    event ProposalCreated(
        uint256 proposalId,
        address proposer,
        address[] targets,
        uint256[] values,
        string[] signatures,
        bytes[] calldatas,
        uint256 voteStart,
        uint256 voteEnd,
        string description
    );
    event ProposalQueued(uint256 proposalId, uint256 etaSeconds);
    event ProposalExecuted(uint256 proposalId);
    event ProposalCanceled(uint256 proposalId);

    error GovernorInvalidProposalLength(uint256 targets, uint256 calldatas, uint256 values);
    error GovernorNonexistentProposal(uint256 proposalId);
    error GovernorUnexpectedProposalState(uint256 proposalId, ProposalState current, bytes32 expectedStates);
    error GovernorInsufficientProposerVotes(address proposer, uint256 votes, uint256 threshold);
    error GovernorRestrictedProposer(address proposer);
    error GovernorUnableToCancel(uint256 proposalId, address account);
    error SafeCastOverflowedUintDowncast(uint8 bits, uint256 value);

    function hashProposal(
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        bytes32 descriptionHash
    ) external pure returns (uint256);
    function getProposalId(
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        bytes32 descriptionHash
    ) external view returns (uint256);
    function state(uint256 proposalId) external view returns (ProposalState);
    function proposalSnapshot(uint256 proposalId) external view returns (uint256);
    function proposalDeadline(uint256 proposalId) external view returns (uint256);
    function proposalProposer(uint256 proposalId) external view returns (address);
    function proposalEta(uint256 proposalId) external view returns (uint256);
    function proposalNeedsQueuing(uint256 proposalId) external view returns (bool);
    function propose(
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        string memory description
    ) external returns (uint256 proposalId);
    function queue(
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        bytes32 descriptionHash
    ) external returns (uint256 proposalId);
    function execute(
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        bytes32 descriptionHash
    ) external payable returns (uint256 proposalId);
    /// The proposer, while the proposal is pending; the guardian, until its expiry and until it is executed.
    function cancel(
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        bytes32 descriptionHash
    ) external returns (uint256 proposalId);

    // Of OpenZeppelin's interface; no call can raise them here.
    error GovernorAlreadyQueuedProposal(uint256 proposalId);
    error GovernorProposalQueueingFailed(uint256 proposalId);
    error GovernorProposalQueueingNotRequired(uint256 proposalId);
    error GovernorInvalidVoteParams();

    // ---- Votes ----

    event VoteCast(address indexed voter, uint256 proposalId, uint8 support, uint256 weight, string reason);
    event VoteCastWithParams(
        address indexed voter,
        uint256 proposalId,
        uint8 support,
        uint256 weight,
        string reason,
        bytes params
    );

    error GovernorAlreadyCastVote(address voter);
    error GovernorInvalidVoteType();
    error GovernorInvalidSignature(address voter);

    function BALLOT_TYPEHASH() external view returns (bytes32);
    function EXTENDED_BALLOT_TYPEHASH() external view returns (bytes32);
    function token() external view returns (address);
    function getVotes(address account, uint256 timepoint) external view returns (uint256);
    function getVotesWithParams(address account, uint256 timepoint, bytes memory params)
        external
        view
        returns (uint256);
    function hasVoted(uint256 proposalId, address account) external view returns (bool);
    function proposalVotes(uint256 proposalId)
        external
        view
        returns (uint256 againstVotes, uint256 forVotes, uint256 abstainVotes);
    /// `support`: 0 against, 1 for, 2 abstain.
    function castVote(uint256 proposalId, uint8 support) external returns (uint256 balance);
    function castVoteWithReason(uint256 proposalId, uint8 support, string calldata reason)
        external
        returns (uint256 balance);
    function castVoteWithReasonAndParams(
        uint256 proposalId,
        uint8 support,
        string calldata reason,
        bytes memory params
    ) external returns (uint256 balance);
    function castVoteBySig(uint256 proposalId, uint8 support, address voter, bytes memory signature)
        external
        returns (uint256 balance);
    function castVoteWithReasonAndParamsBySig(
        uint256 proposalId,
        uint8 support,
        address voter,
        string calldata reason,
        bytes memory params,
        bytes memory signature
    ) external returns (uint256 balance);

    // ---- Settings ----

    event VotingDelaySet(uint256 oldVotingDelay, uint256 newVotingDelay);
    event VotingPeriodSet(uint256 oldVotingPeriod, uint256 newVotingPeriod);
    event ProposalThresholdSet(uint256 oldProposalThreshold, uint256 newProposalThreshold);
    event LateQuorumVoteExtensionSet(uint64 oldVoteExtension, uint64 newVoteExtension);
    event ProposalExtended(uint256 indexed proposalId, uint64 extendedDeadline);

    error GovernorInvalidVotingPeriod(uint256 votingPeriod);
    error GovernorPreventLateQuorumVoteExtensionTooLarge(uint256 newVoteExtension, uint256 maxVoteExtension);

    function votingDelay() external view returns (uint256);
    function votingPeriod() external view returns (uint256);
    function proposalThreshold() external view returns (uint256);
    function lateQuorumVoteExtension() external view returns (uint48);
    /// Only governance.
    function setVotingDelay(uint48 newVotingDelay) external;
    /// Only governance.
    function setVotingPeriod(uint32 newVotingPeriod) external;
    /// Only governance.
    function setProposalThreshold(uint256 newProposalThreshold) external;
    /// Only governance.
    function setLateQuorumVoteExtension(uint48 newVoteExtension) external;

    // ---- Quorum ----

    event QuorumNumeratorUpdated(uint256 oldQuorumNumerator, uint256 newQuorumNumerator);

    error GovernorInvalidQuorumFraction(uint256 quorumNumerator, uint256 quorumDenominator);
    error CheckpointUnorderedInsertion();

    /// A fraction of the votes that existed at `timepoint`, without those of accounts excluded then.
    function quorum(uint256 timepoint) external view returns (uint256);
    function quorumNumerator() external view returns (uint256);
    function quorumNumerator(uint256 timepoint) external view returns (uint256);
    function quorumDenominator() external view returns (uint256);
    /// Only governance.
    function updateQuorumNumerator(uint256 newQuorumNumerator) external;

    // ---- Executor ----

    event TimelockChange(address oldTimelock, address newTimelock);

    error GovernorOnlyExecutor(address account);
    error GovernorDisabledDeposit();
    error FailedCall();
    /// This contract may not schedule on the timelock, and could never act again.
    error GovernorNotTimelockProposer(address timelock);

    function timelock() external view returns (address);
    /// Only governance. Unlike OpenZeppelin's, only to a timelock on which this contract is a proposer.
    function updateTimelock(address newTimelock) external;
    /// Calls from this contract. Only governance.
    function relay(address target, uint256 value, bytes calldata data) external payable;
    function onERC721Received(address operator, address from, uint256 tokenId, bytes memory data)
        external
        returns (bytes4);
    function onERC1155Received(address operator, address from, uint256 id, uint256 value, bytes memory data)
        external
        returns (bytes4);
    function onERC1155BatchReceived(
        address operator,
        address from,
        uint256[] memory ids,
        uint256[] memory values,
        bytes memory data
    ) external returns (bytes4);

    // ---- Guardian: may cancel any proposal that is not executed, until a date ----

    event GuardianSet(address oldGuardian, uint64 oldExpiry, address newGuardian, uint64 newExpiry);
    /// The guardian canceled the proposal; `ProposalCanceled` goes before it.
    event ProposalVetoed(uint256 proposalId, address guardian);

    error GovernorGuardianExpired(address guardian, uint256 expiry);
    /// `maximum` is the latest expiry that may be set at this moment.
    error GovernorGuardianTermTooLong(uint256 expiry, uint256 maximum);

    /// The veto ends at `expiry`: at that second it is over.
    function guardian() external view returns (address account, uint64 expiry);
    /// Only governance. At most 730 days ahead.
    function setGuardian(address account, uint64 expiry) external;

    // ---- Where the cooperative describes itself (ERC-4824) ----

    event DAOURIUpdate(address daoAddress, string daoURI);

    error GovernorDAOURITooLong(uint256 length, uint256 maximum);

    /// The URI of a JSON-LD document about the cooperative; empty when there is none.
    function daoURI() external view returns (string memory);
    /// At most 256 bytes; none to take it away. Only governance.
    function setDaoURI(string calldata newURI) external;

    // ---- One live proposal per proposer ----

    event OneLiveProposalSet(bool oldValue, bool newValue);

    /// `proposalId` is still pending or active.
    error GovernorLiveProposal(address proposer, uint256 proposalId);

    /// Whether a proposer may have only one proposal that is pending or active.
    function oneLiveProposal() external view returns (bool);
    /// What the proposer proposed last while the rule was on, or zero.
    function latestProposal(address proposer) external view returns (uint256 proposalId);
    /// Only governance.
    function setOneLiveProposal(bool newValue) external;

    // ---- Proposal classes ----

    /// Follows `ProposalCreated` of every proposal that is not of the standard class.
    event ProposalClassified(uint256 proposalId, ProposalClass proposalClass);
    event ClassTermsSet(
        ProposalClass indexed proposalClass,
        uint256 oldVotingDelay,
        uint256 oldVotingPeriod,
        uint256 oldVetoNumerator,
        uint256 newVotingDelay,
        uint256 newVotingPeriod,
        uint256 newVetoNumerator
    );
    event ActionAllowed(
        ProposalClass indexed proposalClass,
        address indexed target,
        bytes4 indexed selector,
        bool oldAllowed,
        bool newAllowed
    );
    event OptimisticProposerSet(address indexed proposer, bool oldAllowed, bool newAllowed);
    event StandardDelaySet(uint256 oldDelay, uint256 newDelay);

    error GovernorClassDisabled(ProposalClass proposalClass);
    /// The action with the given index calls what its class may not call, brings ether, or has no selector.
    error GovernorActionNotAllowed(ProposalClass proposalClass, uint256 index, address target, bytes4 selector);
    error GovernorNotOptimisticProposer(address proposer);
    error GovernorInvalidClassTerms(
        ProposalClass proposalClass, uint256 votingDelay, uint256 votingPeriod, uint256 vetoNumerator
    );
    /// The standard class allows everything; no other class may touch this contract or the timelock.
    error GovernorInvalidActionRule(ProposalClass proposalClass, address target, bytes4 selector);
    error GovernorDelayTooLong(uint256 delay, uint256 maximum);

    /// As `propose`, in a class of its own. The id is the same whatever the class.
    function proposeWithClass(
        ProposalClass proposalClass,
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        string memory description
    ) external returns (uint256 proposalId);
    /// Standard also when there is no such proposal.
    function proposalClass(uint256 proposalId) external view returns (ProposalClass);
    /// How many votes against it defeat an optimistic proposal; zero for every other one.
    function vetoQuorum(uint256 proposalId) external view returns (uint256);
    /// A class with a voting period of zero is off. For the standard class these are `votingDelay`, `votingPeriod`, 0.
    function classTerms(ProposalClass proposalClass)
        external
        view
        returns (uint256 votingDelay, uint256 votingPeriod, uint256 vetoNumerator);
    /// Only governance. All zero turns the class off. Else: the delay at most 7 days; the period 1 hour (fast track)
    /// or 1 day (optimistic) to 30 days; `vetoNumerator` 0 (fast track) or 1 to 50 hundredths of the votes (optimistic).
    function setClassTerms(
        ProposalClass proposalClass,
        uint48 votingDelay,
        uint32 votingPeriod,
        uint256 vetoNumerator
    ) external;
    /// Whether proposals of the class may call `selector` of `target`.
    function isActionAllowed(ProposalClass proposalClass, address target, bytes4 selector)
        external
        view
        returns (bool);
    /// Only governance.
    function setActionAllowed(ProposalClass proposalClass, address target, bytes4 selector, bool allowed) external;
    function isOptimisticProposer(address proposer) external view returns (bool);
    /// Only governance. Optimistic proposers need no votes to propose in that class.
    function setOptimisticProposer(address proposer, bool allowed) external;
    /// The least time between queuing and execution of proposals that are not on the fast track, if the timelock's
    /// own is shorter. In seconds.
    function standardDelay() external view returns (uint256);
    /// Only governance. At most 30 days.
    function setStandardDelay(uint32 newDelay) external;

    // ---- Votes that do not count for the quorum ----

    event QuorumExclusionSet(address indexed account, bool oldExcluded, bool newExcluded);

    error GovernorTooManyQuorumExclusions(uint256 maximum);
    error GovernorQuorumExclusionUnchanged(address account, bool excluded);
    /// The account's votes did not count for the quorum when the proposal's votes were counted.
    error GovernorExcludedVoter(address voter);

    /// How many exclusions were ever made, at most 16; ended ones are kept, so that past quorums stay what they were.
    function quorumExclusions() external view returns (uint256 count);
    /// The account was excluded at timepoints from `since` until before `until`; while it is, `until` is zero.
    function quorumExclusion(uint256 index) external view returns (address account, uint64 since, uint64 until);
    /// Only governance. The votes of an excluded account neither count for quorums nor can be cast.
    function setQuorumExclusion(address account, bool excluded) external;
}

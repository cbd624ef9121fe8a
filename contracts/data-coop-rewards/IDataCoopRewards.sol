// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

/// @title DataCoopRewards: contributions recorded by the oracle, rewarded in DATA
/// @notice Holds MINTER_ROLE on DATA. Amounts are in wei (18 decimals), times in seconds, and quality, multipliers and
/// points in fixed point with 18 decimals (1e18 is one).
///
/// Constructor: `(address dataToken, address governance, address verifiedOracle, address guardian)`.
/// Only `guardian` may be the zero address (then governance alone can pause).
///
/// A call that mints passes on whatever DATA reverts with, such as `EmissionCapExceeded` or `EnforcedPause`.
///
/// The contract is compiled against this file: the compiler refuses a contract that differs from it.
interface IDataCoopRewards {
    // ---- Recording ----

    /// One contribution of a batch. `quality` is more than zero and at most 1e18, and at least `minQuality()`.
    /// `dataClass` is 0 genomic, 1 clinical, 2 lifestyle or 3 imaging.
    struct Entry {
        address member;
        bytes32 proof;
        uint64 quality;
        uint8 dataClass;
    }

    event RewardMinted(address indexed member, uint256 amount);
    event GovRewardMinted(address indexed member, uint256 amount);
    /// A contribution at the plain rate.
    event ContributionRecorded(address indexed member, bytes32 indexed proof);
    /// A contribution at the scored rate.
    event ContributionScored(
        address indexed member, bytes32 indexed proof, uint8 dataClass, uint64 quality, uint256 points
    );
    /// An entry that a lenient batch left out; `reason` is the error that a strict batch would give.
    event ContributionSkipped(uint256 indexed index, address indexed member, bytes32 indexed proof, bytes reason);

    error RewardsUnauthorizedOracle(address caller);
    error RewardsInvalidMember(address member);
    error RewardsInvalidProof(bytes32 proof);
    error RewardsProofAlreadyRecorded(bytes32 proof, address member, uint64 recordedAt);
    error RewardsCooldownActive(address member, uint256 allowedAt);
    error RewardsInvalidQuality(uint64 quality, uint64 minimum, uint64 maximum);
    error RewardsInvalidDataClass(uint8 dataClass);
    error RewardsBatchEntryFailed(uint256 index, bytes reason);

    /// Records one contribution and mints exactly `rewardRate()`. Only the verified oracle.
    function recordContribution(address member, bytes32 proof) external;
    /// Records many scored contributions. A bad entry reverts the whole batch when `strict`, and is skipped with
    /// its reason in an event otherwise. Only the verified oracle.
    /// @return recorded how many entries were recorded.
    function recordBatch(Entry[] calldata entries, bool strict) external returns (uint256 recorded);

    /// When the member last contributed; zero when never.
    function lastContribution(address member) external view returns (uint256);
    /// When the member's unbroken record began, and how many contributions the member ever made.
    function memberRecord(address member) external view returns (uint64 streakStart, uint64 count);
    /// Who contributed a proof and when; zeros when nobody did.
    function contribution(bytes32 proof) external view returns (address member, uint64 recordedAt);
    /// For each proof whether it is recorded.
    function areRecorded(bytes32[] calldata proofs) external view returns (bool[] memory);
    /// How many scored contributions of a data class were recorded.
    function classCount(uint8 dataClass) external view returns (uint256);
    /// The multiplier that the next contribution of a data class gets.
    function rarityMultiplier(uint8 dataClass) external view returns (uint256);
    /// What a scored contribution would earn now, cooldown and emission cap apart.
    function previewReward(address member, uint64 quality, uint8 dataClass)
        external
        view
        returns (uint256 points, uint256 amount);

    // ---- Parameters ----

    event RewardRateChanged(uint256 oldRate, uint256 newRate);
    event CooldownPeriodChanged(uint256 oldPeriod, uint256 newPeriod);
    event MinQualityChanged(uint256 oldMinimum, uint256 newMinimum);
    event RarityCurveChanged(
        uint256 oldPeak, uint256 oldFloor, uint256 oldHalfCount, uint256 newPeak, uint256 newFloor, uint256 newHalfCount
    );
    event TimeBonusChanged(
        uint256 oldStep,
        uint256 oldMaximum,
        uint256 oldPeriod,
        uint256 oldGap,
        uint256 newStep,
        uint256 newMaximum,
        uint256 newPeriod,
        uint256 newGap
    );
    event GovRewardChanged(address oldToken, uint256 oldRate, address newToken, uint256 newRate);

    error RewardsUnauthorizedGovernance(address caller);
    error RewardsOutOfBounds(uint256 value, uint256 minimum, uint256 maximum);
    error RewardsInvalidAddress(address account);

    /// DATA for a plain contribution, and for one point of a scored one, in wei.
    function rewardRate() external view returns (uint256);
    /// Seconds between two contributions of a member.
    function cooldownPeriod() external view returns (uint256);
    /// The least quality that a scored contribution may have.
    function minQuality() external view returns (uint256);
    /// The rarity multiplier falls from `peak` towards `floor`; it has come half the way after `halfCount`
    /// contributions of the class.
    function rarityCurve() external view returns (uint256 peak, uint256 floor, uint256 halfCount);
    /// The time bonus is `step` points for each whole `period` of the member's unbroken record, at most `maximum`;
    /// a silence longer than `gap` breaks the record.
    function timeBonus() external view returns (uint256 step, uint256 maximum, uint256 period, uint256 gap);
    /// GOV for each contribution, in wei; zero when none is paid.
    function govReward() external view returns (address token, uint256 rate);
    function dataToken() external view returns (address);

    function setRewardRate(uint256 newRate) external;
    function setCooldownPeriod(uint256 newPeriod) external;
    function setMinQuality(uint256 newMinimum) external;
    function setRarityCurve(uint256 newPeak, uint256 newFloor, uint256 newHalfCount) external;
    function setTimeBonus(uint256 newStep, uint256 newMaximum, uint256 newPeriod, uint256 newGap) external;
    function setGovReward(address newToken, uint256 newRate) external;

    // ---- Offices ----

    event GovernanceTransferStarted(address indexed governance, address indexed pending);
    event GovernanceTransferred(address indexed oldGovernance, address indexed newGovernance);
    event VerifiedOracleChanged(address indexed oldOracle, address indexed newOracle);
    event GuardianChanged(address indexed oldGuardian, address indexed newGuardian);

    function governance() external view returns (address);
    function pendingGovernance() external view returns (address);
    function verifiedOracle() external view returns (address);
    function guardian() external view returns (address);

    /// Offers governance to `newGovernance`, who takes it with `acceptGovernance`; the zero address withdraws an offer.
    function transferGovernance(address newGovernance) external;
    function acceptGovernance() external;
    function setVerifiedOracle(address newOracle) external;
    function setGuardian(address newGuardian) external;

    // ---- Pause ----

    event Paused(address account);
    event Unpaused(address account);

    error EnforcedPause();
    error ExpectedPause();
    error RewardsUnauthorizedGuardian(address caller);

    function paused() external view returns (bool);
    /// Stops recording. Only governance or the guardian.
    function pause() external;
    /// Only governance.
    function unpause() external;
}

// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

/// @title DataMarket, where vetted researchers buy licences for editions of datasets
/// @notice A purchase takes the governed price, burns and splits it, and mints a licence, in one transaction. Times are
/// in seconds since 1970, amounts in the smallest unit of their token, shares in basis points. A period is 30 days.
///
/// Constructor: `(address admin, address membership, address consentRegistry, address dataRegistry, address distributor, address dataToken, address stakeToken)`.
/// `admin` receives DEFAULT_ADMIN_ROLE and nothing else; the six contracts are fixed for ever.
///
/// An edition is one frozen version of a dataset, as DataRegistry knows it. Data classes (0 to 3) and purposes (0 to 4)
/// are those of ConsentRegistry, by number; `purposes` is a mask of them. An account is vetted while it is a member
/// that acts as a researcher (actor role 4), its stake is what is required, and it is not barred.
///
/// The contract is compiled against this file: the compiler refuses a contract that differs from it.
interface IDataMarket {
    // ---- Prices, by data class and unit ----

    /// An amount of zero is no price.
    event PriceChanged(
        uint8 indexed dataClass, uint8 indexed unit, address indexed token, uint256 oldAmount, uint256 newAmount
    );
    event TokenAllowed(address indexed token, bool oldAllowed, bool newAllowed);

    error MarketInvalidDataClass(uint8 dataClass, uint8 maximum);
    error MarketInvalidUnit(uint8 unit, uint8 maximum);
    error MarketPriceTooHigh(uint256 amount, uint256 maximum);
    error MarketTokenNotAllowed(address token);
    error MarketInvalidContract(address account);

    /// Unit 0: the price of a whole edition for one period. Unit 1: of each of its records. Zero takes the price away.
    /// Only DEFAULT_ADMIN_ROLE.
    function setPrice(uint8 dataClass, uint8 unit, address token, uint256 amount) external;
    function priceOf(uint8 dataClass, uint8 unit, address token) external view returns (uint256);
    /// A token that is not allowed neither buys nor is bid; what is owed in it can be withdrawn. Only
    /// DEFAULT_ADMIN_ROLE.
    function setTokenAllowed(address token, bool allowed) external;
    function isTokenAllowed(address token) external view returns (bool);

    // ---- Who gets what of a price ----

    event SplitChanged(uint16[5] oldShares, uint16[5] newShares);
    event RecipientsChanged(
        address oldTreasury, address oldInfrastructure, address newTreasury, address newInfrastructure
    );
    /// The five parts sum to the price.
    event SaleSplit(
        uint256 indexed licenceId,
        uint256 indexed edition,
        address indexed token,
        uint256 contributors,
        uint256 validators,
        uint256 treasury,
        uint256 infrastructure,
        uint256 burned
    );

    error MarketInvalidSplit(uint256 sum, uint16 contributors, uint16 minimumContributors);
    error MarketInvalidRecipients(address treasury, address infrastructure);
    /// The recipients were never set.
    error MarketNoRecipients();
    /// More or less than the price came, or a payment left more or less than it should.
    error MarketInexactPayment(address token, uint256 expected, uint256 received);

    /// Shares in basis points that sum to 10,000. The contributors get the rounding dust too, the burned share of a
    /// price that is not in DATA, and the validators' while nobody has shares of their pool. Only DEFAULT_ADMIN_ROLE.
    function setSplit(uint16 contributors, uint16 validators, uint16 treasury, uint16 infrastructure, uint16 burned)
        external;
    function split()
        external
        view
        returns (uint16 contributors, uint16 validators, uint16 treasury, uint16 infrastructure, uint16 burned);
    /// Only DEFAULT_ADMIN_ROLE.
    function setRecipients(address treasury, address infrastructure) external;
    function recipients() external view returns (address treasury, address infrastructure);

    // ---- Listings: what is for sale at the governed price ----

    event Listed(
        uint256 indexed edition, address indexed token, uint8 unit, uint8 purposes, uint32 maxPeriods, bytes32 termsHash
    );
    event Delisted(uint256 indexed edition, address indexed token);

    /// The edition is unknown or voided (`status` is not 1), or not live before `liveFrom`.
    error MarketEditionNotLive(uint256 edition, uint8 status, uint64 liveFrom);
    error MarketInvalidPurposes(uint8 purposes, uint8 allowed);
    error MarketInvalidPeriods(uint32 periods, uint32 minimum, uint32 maximum);
    error MarketMissingTerms();
    error MarketNotListed(uint256 edition, address token);
    error MarketNoPrice(uint8 dataClass, uint8 unit, address token);

    /// Offers an edition in a token for some of its purposes; replaces the offer before. Only LISTER_ROLE.
    function list(
        uint256 edition,
        address token,
        uint8 unit,
        uint8 purposes,
        uint32 maxPeriods,
        bytes32 termsHash
    ) external;
    /// Ends an offer. Licences that were sold stay. Only LISTER_ROLE.
    function delist(uint256 edition, address token) external;
    /// Zeros when the edition is not offered in the token.
    function listing(uint256 edition, address token)
        external
        view
        returns (uint8 unit, uint8 purposes, uint32 maxPeriods, bytes32 termsHash);
    /// The price at this moment. Reverts with the reason when the edition could not be bought so.
    function quote(uint256 edition, address token, uint8 purpose, uint32 periods)
        external
        view
        returns (uint256 price);

    // ---- Buying ----

    event LicenceGranted(
        uint256 indexed licenceId,
        uint256 indexed edition,
        address indexed holder,
        uint8 purpose,
        uint64 start,
        uint64 end,
        address token,
        uint256 price,
        bytes32 termsHash,
        bytes32 publicKey
    );
    event LicenceRenewed(
        uint256 indexed licenceId,
        uint256 indexed edition,
        address indexed holder,
        uint64 oldEnd,
        uint64 newEnd,
        address token,
        uint256 price,
        bytes32 oldTermsHash,
        bytes32 newTermsHash
    );

    error MarketNotVetted(address account);
    error MarketPurposeNotListed(uint256 edition, uint8 purpose);
    error MarketPriceAboveMaximum(uint256 price, uint256 maximum);
    error MarketTermsMismatch(bytes32 given, bytes32 listed);
    error MarketMissingPublicKey();
    /// It is being auctioned as exclusive (`auctionId` is not zero), or was sold so until then.
    error MarketExclusive(uint256 edition, uint8 purpose, uint256 auctionId, uint64 until);

    /// Buys a licence from now on, and uses it. The caller is vetted, pays `price` <= `maxPrice` and accepts the terms
    /// by their hash. Keys are released to `publicKey`.
    function buy(
        uint256 edition,
        address token,
        uint8 purpose,
        uint32 periods,
        uint256 maxPrice,
        bytes32 termsHash,
        bytes32 publicKey
    ) external returns (uint256 licenceId);
    /// Lengthens a licence of the caller from its end, or from now when it is over, under the terms that are listed
    /// now; it then ends at most the listing's `maxPeriods` ahead.
    function renew(uint256 licenceId, address token, uint32 periods, uint256 maxPrice, bytes32 termsHash)
        external
        returns (uint64 newEnd);

    // ---- Licences: ERC-1155, each id of supply one ----

    event TransferSingle(
        address indexed operator, address indexed from, address indexed to, uint256 id, uint256 value
    );
    event TransferBatch(
        address indexed operator, address indexed from, address indexed to, uint256[] ids, uint256[] values
    );
    event ApprovalForAll(address indexed account, address indexed operator, bool approved);
    /// Never emitted: all licences share one URI; see BaseURIChanged.
    event URI(string value, uint256 indexed id);
    event BaseURIChanged(string oldURI, string newURI);
    event LicenceUsed(
        uint256 indexed licenceId,
        address indexed holder,
        uint256 oldLicenceId,
        bytes32 oldPublicKey,
        bytes32 newPublicKey
    );

    error ERC1155InsufficientBalance(address sender, uint256 balance, uint256 needed, uint256 tokenId);
    error ERC1155InvalidReceiver(address receiver);
    error ERC1155MissingApprovalForAll(address operator, address owner);
    error ERC1155InvalidOperator(address operator);
    error ERC1155InvalidArrayLength(uint256 idsLength, uint256 valuesLength);
    error MarketNotHolder(uint256 licenceId, address account);
    error MarketLicenceNotLive(uint256 licenceId, uint64 end);
    error MarketURITooLong(uint256 length, uint256 maximum);

    /// 1 for the holder of a licence, 0 for anybody else.
    function balanceOf(address account, uint256 id) external view returns (uint256);
    function balanceOfBatch(address[] calldata accounts, uint256[] calldata ids)
        external
        view
        returns (uint256[] memory);
    function setApprovalForAll(address operator, bool approved) external;
    function isApprovedForAll(address account, address operator) external view returns (bool);
    /// Moves a licence to an account that is vetted. It is in nobody's use until the receiver uses it.
    function safeTransferFrom(address from, address to, uint256 id, uint256 value, bytes calldata data) external;
    function safeBatchTransferFrom(
        address from,
        address to,
        uint256[] calldata ids,
        uint256[] calldata values,
        bytes calldata data
    ) external;
    /// The URI of every licence, where clients put the id in place of `{id}`.
    function uri(uint256 id) external view returns (string memory);
    /// At most 128 bytes. Only DEFAULT_ADMIN_ROLE.
    function setURI(string calldata newURI) external;
    /// Makes a live licence of the caller the one by which it has access, and sets the key that keys are released to.
    function useLicence(uint256 licenceId, bytes32 publicKey) external;
    /// Zeros for a licence that never was.
    function licence(uint256 licenceId)
        external
        view
        returns (
            address holder,
            uint256 edition,
            uint8 purpose,
            uint64 start,
            uint64 end,
            bytes32 termsHash,
            bytes32 publicKey
        );
    /// The licence by which an account has access to an edition for a purpose; zero when none was used. It may be over.
    function licenceInUse(address holder, uint256 edition, uint8 purpose) external view returns (uint256 licenceId);
    /// How many licences were ever granted; the last one's id.
    function licenceCount() external view returns (uint256);

    // ---- Access, at this moment ----

    /// `owner` is the member whose record it is.
    event AccessLogged(
        uint256 indexed licenceId,
        bytes32 indexed recordId,
        address indexed owner,
        address holder,
        uint8 purpose,
        uint64 at
    );
    event KeyReleased(uint256 indexed licenceId, address indexed holder, bytes32 publicKey, bytes encryptedKey);

    error MarketNoAccess(uint256 licenceId, address holder);
    error MarketUnreadable(uint256 licenceId, bytes32 recordId);
    error MarketInvalidKeyLength(uint256 length, uint256 minimum, uint256 maximum);

    /// Whether the account is vetted and the licence that it uses lives.
    function hasAccess(address holder, uint256 edition, uint8 purpose) external view returns (bool);
    /// Whether, besides, the edition is live, the record belongs to it and is attested, and its owner's consent lets
    /// the holder use it for the purpose.
    function canRead(address holder, uint256 edition, uint8 purpose, bytes32 recordId, bytes32[] calldata proof)
        external
        view
        returns (bool);
    /// Logs that a record was read by a licence in use, which is possible only while it can be. Only SERVER_ROLE.
    function logAccess(uint256 licenceId, bytes32 recordId, bytes32[] calldata proof) external;
    /// Releases a key of 1 to 1,024 bytes, encrypted to the licence's public key, while it gives access. Only
    /// SERVER_ROLE.
    function releaseKey(uint256 licenceId, bytes calldata encryptedKey) external;

    // ---- Vetting: stakes and rulings ----

    event Staked(address indexed account, uint256 amount, uint256 oldStake, uint256 newStake);
    event UnstakeRequested(address indexed account, uint256 oldAmount, uint256 newAmount, uint64 readyAt);
    event Unstaked(address indexed account, uint256 amount, uint256 oldStake, uint256 newStake);
    event Slashed(
        address indexed account, bytes32 indexed rulingHash, uint256 amount, uint256 oldStake, uint256 newStake
    );
    event Barred(address indexed account, bytes32 indexed rulingHash, bool oldBarred, bool newBarred);
    event RequiredStakeChanged(uint256 oldAmount, uint256 newAmount);
    event UnstakeCooldownChanged(uint64 oldSecs, uint64 newSecs);

    error MarketInvalidAmount(uint256 amount, uint256 minimum, uint256 maximum);
    error MarketInsufficientStake(address account, uint256 stake, uint256 needed);
    /// A licence that the account used lives until then, or it leads in auctions.
    error MarketStakeLocked(address account, uint64 until, uint32 auctionsLed);
    error MarketUnstakeNotReady(address account, uint256 amount, uint64 readyAt);
    error MarketMissingRuling();
    error MarketInvalidCooldown(uint64 secs, uint64 minimum, uint64 maximum);

    function stakeToken() external view returns (address);
    /// Adds to the caller's stake.
    function stake(uint256 amount) external;
    /// Asks for a part of the stake back, in place of what was asked for before; zero takes the request back. What is
    /// asked for no longer vets, and is slashed like the rest. More than before is refused while a licence that the
    /// caller used lives, or while it leads in an auction.
    function requestUnstake(uint256 amount) external;
    /// Pays what was asked for, once the cooldown is over; refused while a licence that the caller used lives, or
    /// while it leads in an auction.
    function unstake() external returns (uint256 amount);
    /// Takes a part of a stake to the treasury, by a ruling. Only RULING_ROLE.
    function slash(address account, uint256 amount, bytes32 rulingHash) external;
    /// Only RULING_ROLE.
    function bar(address account, bytes32 rulingHash) external;
    /// Only RULING_ROLE.
    function unbar(address account, bytes32 rulingHash) external;
    /// `staked` is all of it, `unstaking` what of it was asked for and is paid from `readyAt` on.
    function stakeOf(address account)
        external
        view
        returns (
            uint256 staked,
            uint256 unstaking,
            uint64 readyAt,
            uint64 lockedUntil,
            uint32 auctionsLed,
            bool barred
        );
    /// Everything that is staked.
    function totalStaked() external view returns (uint256);
    function isVetted(address account) external view returns (bool);
    /// Only DEFAULT_ADMIN_ROLE.
    function setRequiredStake(uint256 amount) external;
    function requiredStake() external view returns (uint256);
    /// 1 to 90 days. Only DEFAULT_ADMIN_ROLE.
    function setUnstakeCooldown(uint64 secs) external;
    function unstakeCooldown() external view returns (uint64);

    // ---- English auctions ----

    event AuctionStarted(
        uint256 indexed auctionId,
        uint256 indexed edition,
        address indexed token,
        uint8 purpose,
        uint32 periods,
        bool exclusive,
        uint256 reserve,
        uint16 incrementBps,
        uint64 start,
        uint64 end,
        bytes32 termsHash
    );
    event BidPlaced(
        uint256 indexed auctionId,
        address indexed bidder,
        address indexed oldBidder,
        uint256 oldBid,
        uint256 newBid,
        uint64 oldEnd,
        uint64 newEnd
    );
    event AuctionSettled(uint256 indexed auctionId, uint256 indexed licenceId, address indexed winner, uint256 price);
    /// Nothing was sold; the bid, if there is one, is owed to the bidder.
    event AuctionFailed(uint256 indexed auctionId, address indexed bidder, uint256 refund);
    event AuctionCancelled(uint256 indexed auctionId);
    event RefundOwed(address indexed account, address indexed token, uint256 oldAmount, uint256 newAmount);
    event Withdrawn(address indexed account, address indexed token, uint256 amount);

    error MarketInvalidIncrement(uint16 bps, uint16 minimum, uint16 maximum);
    error MarketInvalidTimes(uint64 start, uint64 end);
    error MarketAuctionRunning(uint256 edition, uint8 purpose, uint256 auctionId);
    /// Licences for this edition and purpose live until then: it cannot be sold as exclusive.
    error MarketLicencesLive(uint256 edition, uint8 purpose, uint64 until);
    /// `status` is 0 unknown, 1 open, 2 settled, 3 failed, 4 cancelled.
    error MarketAuctionNotOpen(uint256 auctionId, uint8 status);
    error MarketOutsideAuction(uint256 auctionId, uint64 start, uint64 end, uint64 at);
    error MarketBidTooLow(uint256 auctionId, uint256 amount, uint256 minimum);
    error MarketAlreadyLeading(uint256 auctionId);
    error MarketAuctionHasBid(uint256 auctionId);
    error MarketNothingOwed(address account, address token);

    /// Auctions one licence of a live edition; `start` 0 is now. As `exclusive`, nothing else of the edition is sold for
    /// the purpose from now until the licence ends. Only LISTER_ROLE.
    function startAuction(
        uint256 edition,
        address token,
        uint8 purpose,
        uint32 periods,
        bool exclusive,
        uint256 reserve,
        uint16 incrementBps,
        uint64 start,
        uint64 end,
        bytes32 termsHash
    ) external returns (uint256 auctionId);
    /// Takes the bid of a vetted caller who accepts the terms; the one before is owed to its bidder. A bid in the last
    /// ten minutes moves the end to ten minutes from it, up to a day after the end that was set.
    function bid(uint256 auctionId, uint256 amount, bytes32 termsHash, bytes32 publicKey) external;
    /// After the end, by anybody: mints the licence to the highest bidder and splits its bid. The auction fails, and
    /// the bid is owed to the bidder, when that is no longer vetted, the edition is not live, or 14 days have passed.
    function settle(uint256 auctionId) external returns (uint256 licenceId);
    /// Ends an auction without bids. Only LISTER_ROLE.
    function cancelAuction(uint256 auctionId) external;
    /// Pays what the caller is owed in a token.
    function withdraw(address token) external returns (uint256 amount);
    function owed(address account, address token) external view returns (uint256);
    function auctionCount() external view returns (uint256);
    /// Zeros for an auction that never was. `status` is 1 open, 2 settled, 3 failed, 4 cancelled.
    function auction(uint256 auctionId)
        external
        view
        returns (
            uint8 status,
            uint256 edition,
            address token,
            uint8 purpose,
            uint32 periods,
            bool exclusive,
            uint64 start,
            uint64 end
        );
    function auctionTerms(uint256 auctionId)
        external
        view
        returns (uint256 reserve, uint16 incrementBps, uint64 latestEnd, bytes32 termsHash);
    /// The highest bid, and the least that the next one must be.
    function leadingBid(uint256 auctionId)
        external
        view
        returns (address bidder, uint256 amount, uint256 minimumNext);
    /// What is sold of an edition for a purpose: the auction that runs (0 none), until when it is sold as exclusive,
    /// and when the last licence ends.
    function salesOf(uint256 edition, uint8 purpose)
        external
        view
        returns (uint256 auctionId, uint64 exclusiveUntil, uint64 lastEnd);

    // ---- The neighbours ----

    function membership() external view returns (address);
    function consentRegistry() external view returns (address);
    function dataRegistry() external view returns (address);
    function distributor() external view returns (address);
    function dataToken() external view returns (address);

    // ---- Pause: stops purchases, renewals, auctions and bids; what is one's own can be withdrawn ----

    event Paused(address account);
    event Unpaused(address account);

    error EnforcedPause();
    error ExpectedPause();

    error SafeERC20FailedOperation(address token);

    function paused() external view returns (bool);
    /// Only PAUSER_ROLE.
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
    function LISTER_ROLE() external view returns (bytes32);
    function RULING_ROLE() external view returns (bytes32);
    function SERVER_ROLE() external view returns (bytes32);
    function PAUSER_ROLE() external view returns (bytes32);
    function hasRole(bytes32 role, address account) external view returns (bool);
    function getRoleAdmin(bytes32 role) external view returns (bytes32);
    function grantRole(bytes32 role, address account) external;
    function revokeRole(bytes32 role, address account) external;
    function renounceRole(bytes32 role, address callerConfirmation) external;
    function supportsInterface(bytes4 interfaceId) external view returns (bool);
}

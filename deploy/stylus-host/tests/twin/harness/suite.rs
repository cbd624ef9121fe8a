//! Decides which contracts run as twins, and how a cooperative of them is set up.
//!
//! To add a contract: one line in [`SUITE`], after those whose addresses its constructor takes. The
//! random calls come from its ABI. What only one person may do, or what must be set up before much
//! of it succeeds, can be said in [`HABITS`], [`RANGES`] and [`SETUP`].

use alloy::dyn_abi::DynSolValue;
use alloy_primitives::{Address, U256, keccak256};
use datacoop_deploy::contracts::{
    CONSENT_REGISTRY, Contract, DATA_COOP_REWARDS, DATA_MARKET, DATA_REGISTRY, DATA_TOKEN,
    GOV_TOKEN, GOVERNOR, MEMBERSHIP, REVENUE_DISTRIBUTOR, TIMELOCK, TREASURY,
};

use super::actors::{ADMIN, Cast, GUARDIAN, ORACLE};

/// A contract and its constructor's arguments.
pub(crate) type Member = (Contract, fn(&Cast) -> Vec<DynSolValue>);

/// The contracts, in order of deployment.
#[rustfmt::skip]
pub(crate) const SUITE: &[Member] = &[
    (DATA_TOKEN, |cast| vec![cast.address(ADMIN), cast.address(ADMIN), ether(1_000_000), ether(100_000), uint(500)]),
    (DATA_COOP_REWARDS, |cast| vec![cast.contract("DataToken"), cast.address(ADMIN), cast.address(ORACLE), cast.address(GUARDIAN)]),
    (GOV_TOKEN, |cast| vec![
        cast.address(ADMIN), ether(3_000_000), address(Address::ZERO),
        list(vec![role("community")]), list(vec![cast.address(ADMIN)]), list(vec![ether(1_000_000)]),
    ]),
    (TIMELOCK, |cast| vec![uint(0), list(vec![cast.address(ADMIN)]), list(vec![address(Address::ZERO)]), cast.address(ADMIN)]),
    (GOVERNOR, |cast| vec![
        cast.contract("GovToken"), cast.contract("Timelock"), number(0, 48), number(DAY, 32), uint(0), uint(4), number(600, 48),
        address(Address::ZERO), number(0, 64), text("https://coop.example/dao.json"),
    ]),
    (TREASURY, |cast| vec![list(vec![cast.address(ADMIN), cast.address(ORACLE)]), uint(1), address(Address::ZERO), address(Address::ZERO), uint(0)]),
    (MEMBERSHIP, |cast| vec![cast.address(ADMIN), DynSolValue::String("https://coop.example/member/".to_owned())]),
    (CONSENT_REGISTRY, |cast| vec![cast.contract("Membership")]),
    (DATA_REGISTRY, |cast| vec![cast.address(ADMIN), cast.contract("Membership"), cast.contract("ConsentRegistry")]),
    (REVENUE_DISTRIBUTOR, |cast| vec![cast.address(ADMIN), cast.contract("DataRegistry")]),
    (DATA_MARKET, |cast| vec![
        cast.address(ADMIN), cast.contract("Membership"), cast.contract("ConsentRegistry"), cast.contract("DataRegistry"),
        cast.contract("RevenueDistributor"), cast.contract("DataToken"), cast.contract("DataToken"),
    ]),
];

/// A call that sets the cooperative up: contract, function, arguments. The admin makes it.
pub(crate) type Setup = (&'static str, &'static str, fn(&Cast) -> Vec<DynSolValue>);

/// What is done after deployment.
#[rustfmt::skip]
pub(crate) const SETUP: &[Setup] = &[
    ("DataToken", "grantRole", |cast| vec![role("MINTER_ROLE"), cast.contract("DataCoopRewards")]),
    ("DataToken", "grantRole", |cast| vec![role("MINTER_ROLE"), cast.address(ADMIN)]),
    ("DataToken", "grantRole", |cast| vec![role("PAUSER_ROLE"), cast.address(GUARDIAN)]),
    ("DataToken", "grantRole", |cast| vec![role("PAUSER_ROLE"), cast.address(ADMIN)]),
    ("GovToken", "grantRole", |cast| vec![role("MINTER_ROLE"), cast.address(ADMIN)]),
    ("GovToken", "setTransferPolicy", |_| vec![DynSolValue::Uint(U256::ZERO, 8)]),
    ("Membership", "grantRole", |cast| vec![role("ISSUER_ROLE"), cast.address(ADMIN)]),
    ("Membership", "issue", |cast| vec![cast.address(ADMIN), role("the admin"), DynSolValue::Uint(U256::from(0x11), 8)]),
    ("Membership", "issue", |cast| vec![cast.address(ORACLE), role("the oracle"), DynSolValue::Uint(U256::from(0x7f), 8)]),
    ("DataRegistry", "grantRole", |cast| vec![role("ATTESTOR_ROLE"), cast.address(ADMIN)]),
    ("DataRegistry", "grantRole", |cast| vec![role("CURATOR_ROLE"), cast.address(ADMIN)]),
    ("DataRegistry", "grantRole", |cast| vec![role("SCHEMA_ROLE"), cast.address(ADMIN)]),
    ("DataRegistry", "publishSchema", |_| vec![text("observation"), role("the schema"), text("")]),
    ("DataRegistry", "setMinCohort", |_| vec![number(2, 64)]),
    ("DataRegistry", "createDataset", |_| vec![number(0, 8), number(31, 8), text("everything")]),
    ("DataRegistry", "setChallengePeriod", |_| vec![number(0, 64)]),
    ("DataRegistry", "publish", |_| vec![
        uint(1), role("records"), role("shares"), number(10, 64), number(5, 64), uint(10), role("manifest"), text(""),
    ]),
    ("DataMarket", "grantRole", |cast| vec![role("LISTER_ROLE"), cast.address(ADMIN)]),
    ("DataMarket", "grantRole", |cast| vec![role("RULING_ROLE"), cast.address(ADMIN)]),
    ("DataMarket", "grantRole", |cast| vec![role("SERVER_ROLE"), cast.address(ADMIN)]),
    ("DataMarket", "grantRole", |cast| vec![role("PAUSER_ROLE"), cast.address(ADMIN)]),
    ("DataMarket", "setRequiredStake", |_| vec![uint(0)]),
    ("DataMarket", "setRecipients", |cast| vec![cast.contract("Treasury"), cast.address(GUARDIAN)]),
    ("DataMarket", "setTokenAllowed", |cast| vec![cast.contract("DataToken"), DynSolValue::Bool(true)]),
    ("DataMarket", "setPrice", |cast| vec![number(0, 8), number(0, 8), cast.contract("DataToken"), ether(1)]),
    ("DataMarket", "list", |cast| vec![
        uint(EDITION), cast.contract("DataToken"), number(0, 8), number(31, 8), number(12, 32), role("terms"),
    ]),
    ("DataToken", "approve", |cast| vec![cast.contract("DataMarket"), ether(1_000_000)]),
];

/// How often a function is called, and by whom mostly, where chance alone would make a dull run:
/// because only one person may, or because it stops everything.
#[rustfmt::skip]
pub(crate) const HABITS: &[(&str, u32, Option<usize>)] = &[
    ("pause", 1, Some(GUARDIAN)),
    ("unpause", 16, Some(ADMIN)),
    ("grantRole", 6, Some(ADMIN)),
    ("revokeRole", 2, Some(ADMIN)),
    ("renounceRole", 2, None),
    ("acceptGovernance", 3, None),
    ("transferGovernance", 2, Some(ADMIN)),
    ("setVerifiedOracle", 2, Some(ADMIN)),
    ("setGuardian", 2, Some(ADMIN)),
    ("setEmissionCap", 5, Some(ADMIN)),
    ("setRewardRate", 6, Some(ADMIN)),
    ("setCooldownPeriod", 6, Some(ADMIN)),
    ("setMinQuality", 6, Some(ADMIN)),
    ("setRarityCurve", 6, Some(ADMIN)),
    ("setTimeBonus", 6, Some(ADMIN)),
    ("setGovReward", 6, Some(ADMIN)),
    ("recordBatch", 60, Some(ORACLE)),
    ("recordContribution", 40, Some(ORACLE)),
    ("permit", 25, None),
    ("mint", 25, Some(ADMIN)),
    ("transfer", 25, None),
    ("transferFrom", 25, None),
    ("delegate", 25, None),
    ("getPastVotes", 12, None),
    ("setTransferPolicy", 4, Some(ADMIN)),
    ("setMembership", 2, Some(ADMIN)),
    ("setTransferExemption", 4, Some(ADMIN)),
    ("schedule", 16, Some(ADMIN)),
    ("scheduleBatch", 12, Some(ADMIN)),
    ("cancel", 4, Some(ADMIN)),
    ("issue", 40, Some(ADMIN)),
    ("setActorRoles", 12, Some(ADMIN)),
    ("reissue", 12, Some(ADMIN)),
    ("revoke", 4, Some(ADMIN)),
    ("leave", 3, None),
    ("grant", 80, Some(ADMIN)),
    ("amend", 25, Some(ADMIN)),
    ("covers", 40, None),
    ("register", 60, Some(ORACLE)),
    ("registerFor", 30, Some(ADMIN)),
    ("registerMany", 30, Some(ADMIN)),
    ("attest", 25, Some(ADMIN)),
    ("offerCustody", 20, Some(ORACLE)),
    ("publishSchema", 12, Some(ADMIN)),
    ("retireSchema", 1, Some(ADMIN)),
    ("createDataset", 12, Some(ADMIN)),
    ("publish", 40, Some(ADMIN)),
    ("voidByDecision", 12, Some(ADMIN)),
    ("erase", 6, Some(ORACLE)),
    ("buy", 60, Some(ADMIN)),
    ("renew", 20, Some(ADMIN)),
    ("useLicence", 20, Some(ADMIN)),
    ("stake", 20, Some(ADMIN)),
    ("requestUnstake", 12, Some(ADMIN)),
    ("unstake", 12, Some(ADMIN)),
    ("bid", 25, Some(ADMIN)),
    ("startAuction", 25, Some(ADMIN)),
    ("releaseKey", 12, Some(ADMIN)),
    ("bar", 1, Some(ADMIN)),
    ("unbar", 12, Some(ADMIN)),
    ("slash", 6, Some(ADMIN)),
    ("delist", 2, Some(ADMIN)),
    ("setPrice", 6, Some(ADMIN)),
    ("setRequiredStake", 1, Some(ADMIN)),
    ("setTokenAllowed", 2, Some(ADMIN)),
    ("safeTransferFrom", 20, Some(ADMIN)),
    ("hasAccess", 40, None),
];

/// The weight of a function that is not in [`HABITS`]; those that only read have a third of it.
pub(crate) const WEIGHT: u32 = 9;

/// Ranges that numbers of these names are mostly in, for numbers that are mostly refused
/// otherwise.
#[rustfmt::skip]
pub(crate) const RANGES: &[(&str, u64, u64)] = &[
    ("quality", 50_000_000_000_000_000, 1_000_000_000_000_000_000),
    ("dataClass", 0, 3),
    ("v", 26, 29),
    ("newRate", 0, 10_000_000_000_000_000_000),
    ("newPeriod", 0, 40 * DAY),
    ("newGap", 10 * DAY, 700 * DAY),
    ("newMinimum", 0, 500_000_000_000_000_000),
    ("newPeak", 900_000_000_000_000_000, 10_000_000_000_000_000_000),
    ("newFloor", 0, 1_100_000_000_000_000_000),
    ("newHalfCount", 0, 1_000),
    ("newStep", 0, 100_000_000_000_000_000),
    ("newMaximum", 0, 1_000_000_000_000_000_000),
    ("bps", 0, 2_100),
    ("policy", 0, 3),
    ("delay", 0, 40 * DAY),
    ("tokenId", 0, 8),
    ("actorRoles", 0, 130),
    ("role", 0, 8),
    ("dataClasses", 1, 16),
    ("purposes", 1, 33),
    ("purpose", 0, 5),
    ("granteeKind", 0, 0),
    ("actorRole", 0, 0),
    ("consentId", 0, 6),
    ("edition", EDITION, EDITION),
    ("unit", 0, 1),
    ("periods", 1, 12),
    ("maxPeriods", 1, 12),
    ("licenceId", 0, 6),
    ("auctionId", 0, 4),
    ("incrementBps", 90, 5_100),
    ("reserve", 0, 1_000),
    ("schemaId", OBSERVATION, OBSERVATION),
    ("schemaVersion", 1, 2),
    ("version", 0, 3),
    ("datasetId", 1, 2),
    ("records", 4, 9),
    ("contributors", 2, 6),
    ("totalShares", 2, 1_000_000),
    ("edition", 1 << 32, (1 << 32) + 4),
    ("newCohort", 1, 5),
];

/// The id of the schema `observation`: the first four bytes of the hash of its name.
const OBSERVATION: u64 = 0x80cb_7b12;

/// The first version of the first dataset.
const EDITION: u64 = 1 << 32 | 1;

/// Seconds of a day.
const DAY: u64 = 86_400;

/// Words that mean something to a contract.
pub(crate) fn known_words() -> Vec<[u8; 32]> {
    [
        "MINTER_ROLE",
        "PAUSER_ROLE",
        "PROPOSER_ROLE",
        "EXECUTOR_ROLE",
        "CANCELLER_ROLE",
        "ISSUER_ROLE",
        "terms",
        "ATTESTOR_ROLE",
        "CURATOR_ROLE",
        "one record",
        "another record",
    ]
    .map(|name| keccak256(name).0)
    .into_iter()
    .chain([[0; 32]])
    .collect()
}

fn text(text: &str) -> DynSolValue {
    DynSolValue::String(text.to_owned())
}

fn role(name: &str) -> DynSolValue {
    DynSolValue::FixedBytes(keccak256(name), 32)
}

const fn list(items: Vec<DynSolValue>) -> DynSolValue {
    DynSolValue::Array(items)
}

fn ether(amount: u64) -> DynSolValue {
    DynSolValue::Uint(U256::from(amount) * U256::from(10).pow(U256::from(18)), 256)
}

fn uint(value: u64) -> DynSolValue {
    number(value, 256)
}

fn number(value: u64, bits: usize) -> DynSolValue {
    DynSolValue::Uint(U256::from(value), bits)
}

/// Returns an address as an argument.
pub(crate) const fn address(address: Address) -> DynSolValue {
    DynSolValue::Address(address)
}

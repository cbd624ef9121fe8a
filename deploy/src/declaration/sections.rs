//! Decides which sections a declaration has, and what each may say.
//!
//! Names are those of the contracts' parameters, as proposals have them: `rewards.cooldown` is `cooldown` in
//! the section `rewards`. A section that contradicts itself is refused with its line.

use std::collections::BTreeSet;

use alloy::primitives::{B256, U256};
use serde::{Deserialize, Deserializer, de::Error as _};

use super::{
    rules::{Allowance, Limit},
    values::{Account, BasisPoints, DataAmount, GovAmount, Number, Percent, Span, Time},
};
use crate::deploy::TransferPolicy;

/// The cooperative itself.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Coop {
    /// Its name.
    pub name: Name,
    /// What it is for, in a sentence or two.
    #[serde(default)]
    pub description: String,
    /// Sets it apart from others of the same deployer on one chain.
    pub salt: String,
    /// Where its ERC-4824 document is published.
    #[serde(default)]
    pub dao_uri: Option<DaoUri>,
    /// Its legal form.
    #[serde(default)]
    pub legal: Option<Legal>,
}

/// The legal form that a cooperative has beside its contracts.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Legal {
    /// The form, such as `Swiss cooperative`.
    pub form: String,
    /// Under whose law.
    pub jurisdiction: String,
    /// Its number in a register.
    #[serde(default)]
    pub registration: Option<String>,
    /// Where its statutes are.
    #[serde(default)]
    pub statutes: Option<String>,
}

/// A name of 1 to 64 characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name(pub String);

/// A URI of 1 to 256 bytes without quotes and blanks, as the governor takes it and a proposal says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DaoUri(pub String);

/// The chain that it is deployed to.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Network {
    /// The chain's id.
    pub chain_id: u64,
    /// What runs the contracts; asked of the chain by default.
    #[serde(default)]
    pub target: WantedTarget,
}

/// What is to run the contracts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WantedTarget {
    /// What the chain has.
    #[default]
    Auto,
    /// The EVM.
    Evm,
    /// Stylus.
    Stylus,
}

/// Who deploys.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Deployer {
    /// Where the key is, as `--from` has it; never the key.
    pub from: String,
}

/// Who holds which office.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Offices {
    /// Governs, where the cooperative does not govern itself.
    #[serde(default)]
    pub governance: Option<Account>,
    /// Records contributions.
    pub oracle: Account,
    /// May pause, and veto as long as `governor.vetoUntil` says.
    #[serde(default)]
    pub guardian: Option<Account>,
    /// Checks credentials; the oracle by default.
    #[serde(default)]
    pub issuer: Option<Account>,
    /// Attests to records; the oracle by default.
    #[serde(default)]
    pub attestor: Option<Account>,
    /// Publishes datasets and offers them; the oracle by default.
    #[serde(default)]
    pub curator: Option<Account>,
    /// Runs the access server; the oracle by default.
    #[serde(default)]
    pub server: Option<Account>,
}

/// DATA.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Data {
    /// The first supply.
    pub supply: DataAmount,
    /// Who receives it; the treasury by default.
    #[serde(default)]
    pub recipient: Option<Account>,
    /// What may be minted in any year whatever the supply.
    pub emission_floor: DataAmount,
    /// What may be minted in any year, as a share of the supply at its start.
    pub emission_bps: BasisPoints,
}

/// GOV.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gov {
    /// The most that there can ever be.
    pub cap: GovAmount,
    /// Who may send it to whom.
    pub policy: TransferPolicy,
    /// The first supply.
    pub genesis: Vec<Allocation>,
}

/// A part of the first supply of GOV.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Allocation {
    /// What it is for, in up to 31 ASCII letters.
    pub bucket: Bucket,
    /// Who receives it; the treasury by default.
    #[serde(default)]
    pub recipient: Option<Account>,
    /// How much.
    pub amount: GovAmount,
}

/// The name of an allocation: 1 to 31 ASCII characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bucket(pub String);

/// The timelock.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Timelock {
    /// From queueing to execution.
    pub delay: Span,
}

/// The governor.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Governor {
    /// From proposal to vote.
    pub voting_delay: Span,
    /// How long a vote lasts.
    pub voting_period: Span,
    /// How many votes it takes to propose.
    pub proposal_threshold: GovAmount,
    /// Which share of all votes must be cast for, or abstain.
    pub quorum: Percent,
    /// How long a vote lasts at least after the quorum was reached.
    pub vote_extension: Span,
    /// Until when the guardian may veto.
    #[serde(default)]
    pub veto_until: Option<Time>,
    /// Whether nobody may have two proposals at once that are pending or active.
    #[serde(default)]
    pub one_live_proposal: Option<bool>,
    /// How long standard proposals wait in the timelock; its delay by default.
    #[serde(default)]
    pub standard_delay: Option<Span>,
    /// The terms of the fast track.
    #[serde(default)]
    pub fast_track: Option<ClassTerms>,
    /// The terms of optimistic proposals.
    #[serde(default)]
    pub optimistic: Option<ClassTerms>,
}

/// The terms of a class of proposals.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ClassTerms {
    /// From proposal to vote.
    pub voting_delay: Span,
    /// How long a vote lasts.
    pub voting_period: Span,
    /// Which share of all votes stops it.
    pub veto_quorum: Percent,
    /// What they may call; others that governance has allowed stay allowed.
    #[serde(default)]
    pub allow: Vec<Allowance>,
}

/// The treasury.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Treasury {
    /// Who owns it, each once.
    pub owners: Vec<Account>,
    /// How many owners must sign; from 1 to all of them.
    pub threshold: u64,
    /// From queueing to execution of what owners sign.
    pub delay: Span,
    /// Whether owners may only pay from budget lines; what is on chain by default.
    pub strict_budgets: Option<bool>,
    /// Budgets of lines, and what accounts may spend; others that governance has set stay.
    pub limits: Vec<Limit>,
}

/// DataCoopRewards. What is left out stays as the contract begins with it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct Rewards {
    /// What a contribution of one point is paid.
    pub reward_rate: Option<DataAmount>,
    /// How long a member waits between plain contributions.
    pub cooldown: Option<Span>,
    /// The least quality that is paid.
    pub min_quality: Option<Number>,
    /// How rarity pays.
    pub rarity_curve: Option<RarityCurve>,
    /// How steadiness pays.
    pub time_bonus: Option<TimeBonus>,
}

/// How much more rare data classes are paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct RarityCurve {
    /// The multiplier of a class without contributions.
    pub peak: Number,
    /// The multiplier that it falls to.
    pub floor: Number,
    /// After how many contributions it is half way down.
    pub half_count: u64,
}

/// How much more steady members are paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct TimeBonus {
    /// What each period adds.
    pub step: Number,
    /// The most that it becomes.
    pub maximum: Number,
    /// A period.
    pub period: Span,
    /// The gap after which it lapses.
    pub gap: Span,
}

/// Membership.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct Membership {
    /// What the metadata of a membership begins with.
    pub base_uri: String,
}

/// The data registry.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Registry {
    /// How long an edition can be challenged before it is live.
    pub challenge_period: Span,
    /// The fewest contributors of an edition.
    pub min_cohort: u64,
    /// The schemas that records can have from the start.
    pub schemas: Vec<Schema>,
}

/// A schema of records.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Schema {
    /// Its name.
    pub name: Name,
    /// The hash of the document that defines it.
    pub hash: B256,
    /// Where that document is.
    pub uri: String,
}

/// The distributor of revenue.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Distributor {
    /// From giving a validator shares to their counting.
    pub activation_delay: Span,
    /// The validators.
    #[serde(default)]
    pub validators: Vec<Validator>,
}

/// A validator, and its shares of the validators' pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Validator {
    /// The account.
    pub account: Account,
    /// Its shares.
    pub shares: u64,
}

/// The market.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Market {
    /// What a researcher has staked.
    pub required_stake: DataAmount,
    /// From asking for a stake back to getting it.
    pub unstake_cooldown: Span,
    /// Who gets what of a price.
    pub split: Split,
    /// Who receives the part for infrastructure; the treasury by default.
    #[serde(default)]
    pub infrastructure: Option<Account>,
    /// What editions cost for 30 days.
    pub prices: Prices,
}

/// Who gets what of a price; together it is all of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Split(pub [BasisPoints; 5]);

/// Prices by data class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Prices {
    /// Of genomic data.
    pub genomic: Price,
    /// Of clinical data.
    pub clinical: Price,
    /// Of lifestyle data.
    pub lifestyle: Price,
    /// Of imaging.
    pub imaging: Price,
}

/// What an edition costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Price {
    /// Whatever its size.
    pub edition: DataAmount,
    /// For each of its records.
    pub record: DataAmount,
}

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        match text.chars().count() {
            1..=64 => Ok(Self(text)),
            count => Err(D::Error::custom(format!("a name has 1 to 64 characters, not {count}"))),
        }
    }
}

impl<'de> Deserialize<'de> for DaoUri {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let is_plain = text.bytes().all(|byte| byte.is_ascii_graphic() && !b"'\"".contains(&byte));
        if is_plain && (1..=256).contains(&text.len()) {
            return Ok(Self(text));
        }
        Err(D::Error::custom(
            "a URI has 1 to 256 ASCII characters, none of them a quote or a blank",
        ))
    }
}

impl<'de> Deserialize<'de> for Bucket {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if text.is_ascii() && (1..=31).contains(&text.len()) {
            return Ok(Self(text));
        }
        Err(D::Error::custom("the name of an allocation has 1 to 31 ASCII characters"))
    }
}

impl<'de> Deserialize<'de> for Gov {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields, rename_all = "camelCase")]
        struct Raw {
            cap: GovAmount,
            policy: Policy,
            genesis: Vec<Allocation>,
        }
        #[derive(Deserialize)]
        #[serde(rename_all = "kebab-case")]
        enum Policy {
            Open,
            MembersOnly,
            Locked,
        }
        let Raw { cap, policy, genesis } = Raw::deserialize(deserializer)?;
        let sum = genesis.iter().try_fold(U256::ZERO, |sum, part| sum.checked_add(part.amount.0));
        let sum = sum.ok_or_else(|| D::Error::custom("the allocations are too large"))?;
        if sum > cap.0 {
            let sum = GovAmount(sum);
            return Err(D::Error::custom(format!(
                "{sum} are allocated, and there are {cap} at most"
            )));
        }
        let policy = match policy {
            Policy::Open => TransferPolicy::Open,
            Policy::MembersOnly => TransferPolicy::MembersOnly,
            Policy::Locked => TransferPolicy::Locked,
        };
        Ok(Self { cap, policy, genesis })
    }
}

impl<'de> Deserialize<'de> for Treasury {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields, rename_all = "camelCase")]
        struct Raw {
            owners: Vec<Account>,
            threshold: u64,
            delay: Span,
            #[serde(default)]
            strict_budgets: Option<bool>,
            #[serde(default)]
            limits: Vec<Limit>,
        }
        let Raw { owners, threshold, delay, strict_budgets, limits } =
            Raw::deserialize(deserializer)?;
        let mut seen = BTreeSet::new();
        if let Some(twice) = owners.iter().find(|owner| !seen.insert(**owner)) {
            return Err(D::Error::custom(format!("{twice} is named twice as an owner")));
        }
        if threshold == 0 || threshold > owners.len() as u64 {
            let owners = owners.len();
            let reason = format!("of {owners} owners {threshold} cannot sign");
            return Err(D::Error::custom(reason));
        }
        for (index, limit) in limits.iter().enumerate() {
            if limits[..index].iter().any(|before| before.is_of_the_same_as(limit)) {
                let reason = format!("`{}` limits what a line before it limits", limit.0);
                return Err(D::Error::custom(reason));
            }
        }
        Ok(Self { owners, threshold, delay, strict_budgets, limits })
    }
}

impl<'de> Deserialize<'de> for Split {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields, rename_all = "camelCase")]
        struct Raw {
            contributors: BasisPoints,
            validators: BasisPoints,
            treasury: BasisPoints,
            infrastructure: BasisPoints,
            burned: BasisPoints,
        }
        let raw = Raw::deserialize(deserializer)?;
        let parts =
            [raw.contributors, raw.validators, raw.treasury, raw.infrastructure, raw.burned];
        match parts.iter().map(|part| u32::from(part.0)).sum::<u32>() {
            10_000 => Ok(Self(parts)),
            sum => {
                let sum = f64::from(sum) / 100.0;
                Err(D::Error::custom(format!("the parts of a price are {sum}% together, not 100%")))
            }
        }
    }
}

//! Decides what a declaration looks like that somebody begins with: every value, and what it is for.
//!
//! The values are those of the profiles in [`crate::deploy`]; a test holds that a template is read as them.

use std::fmt::Write;

use alloy::primitives::{Address, U256};

use super::values::{BasisPoints, DataAmount, GovAmount, Percent, Span};
use crate::deploy::{AccessTerms, Allocation, GovernanceConfig};
use crate::governance::LINES;

/// For what a cooperative is deployed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// A chain on this machine: votes of minutes.
    Local,
    /// A chain without value: votes of minutes, owners as on a main chain.
    Testnet,
    /// A chain with value: 3 of 5 owners, two days in the timelock, a week to vote.
    MainnetStandard,
    /// As standard with 5 of 8 owners, who wait 48 hours for what they signed.
    MainnetEnhanced,
}

impl Profile {
    /// Returns how many owners the treasury has with this profile, and how many must sign; any number
    /// will do on a local chain.
    #[must_use]
    pub const fn owners(self) -> Option<(u64, usize)> {
        match self {
            Self::Local | Self::Testnet => None,
            Self::MainnetStandard => Some((3, 5)),
            Self::MainnetEnhanced => Some((5, 8)),
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::Testnet => "testnet",
            Self::MainnetStandard => "mainnet-standard",
            Self::MainnetEnhanced => "mainnet-enhanced",
        }
    }

    fn governance(self, owners: &[Address]) -> GovernanceConfig {
        match self {
            Self::Local | Self::Testnet => GovernanceConfig::local(owners),
            Self::MainnetStandard => GovernanceConfig::standard(owners),
            Self::MainnetEnhanced => GovernanceConfig::enhanced(owners),
        }
    }

    fn access(self, operator: Address) -> AccessTerms {
        match self {
            Self::Local | Self::Testnet => AccessTerms::local(operator),
            Self::MainnetStandard => AccessTerms::standard(operator),
            Self::MainnetEnhanced => AccessTerms::enhanced(operator),
        }
    }
}

/// What is known of a cooperative that a declaration is begun for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template<'a> {
    /// For what it is deployed.
    pub profile: Profile,
    /// Its name.
    pub name: &'a str,
    /// The chain's id.
    pub chain_id: u64,
    /// Where the deployer's key is.
    pub from: &'a str,
    /// Who owns the treasury; who is missing is left to be filled in.
    pub owners: &'a [Address],
    /// Who records contributions; left to be filled in when it is not known.
    pub oracle: Option<Address>,
    /// Who may pause and veto; left to be filled in when it is not known.
    pub guardian: Option<Address>,
}

/// What stands where an address is to be filled in. It is no address, so that it cannot be forgotten.
const FILL_IN: &str = "0x… (fill in)";

/// Writes a declaration to begin with.
#[must_use]
pub fn template(of: &Template<'_>) -> String {
    let mut text = String::new();
    let _ = write_template(&mut text, of);
    text
}

fn write_template(to: &mut String, of: &Template<'_>) -> std::fmt::Result {
    let owners = of.owners.len().max(of.profile.owners().map_or(1, |(_, owners)| owners));
    let known = of.owners.iter().copied();
    let nobody = std::iter::repeat(Address::ZERO);
    let owners: Vec<_> = known.chain(nobody).take(owners).collect();
    head(to, of)?;
    offices(to, of)?;
    organs(to, of.profile, &owners)?;
    access(to, &of.profile.access(of.oracle.unwrap_or(Address::ZERO)))
}

fn account(account: Address) -> String {
    if account.is_zero() { FILL_IN.to_owned() } else { account.to_checksum(None) }
}

fn head(to: &mut String, of: &Template<'_>) -> std::fmt::Result {
    let Template { profile, name, chain_id, from, .. } = of;
    let (profile, name) = (profile.name(), toml::Value::from(*name));
    let from = toml::Value::from(*from);
    write!(
        to,
        r#"# A patient-data cooperative, declared: profile {profile}.
#
# `datacoop plan` shows what this means for the chain and changes nothing, `datacoop apply` does it.
# Once it is deployed, change a value here and plan again: what governance owns becomes a proposal.
# Durations are written `5 days` or `1 day 12 hours`, amounts `12.5 DATA`, shares `2.5%`.

[coop]
name = {name}
description = ""
# All addresses follow from the name, this text and the rest of what a contract is created with:
# another text makes another cooperative on the same chain.
salt = "1"
# Where the ERC-4824 document is published that says who this is; `apply` writes it to a file.
# An address that follows from the document, such as `ipfs://…`, is added here after the deployment.
# daoUri = "https://example.org/dao.json"

# The legal form beside the contracts, for the ERC-4824 document.
# [coop.legal]
# form = "cooperative"
# jurisdiction = "CH"
# registration = "CHE-000.000.000"
# statutes = "https://example.org/statutes"

[network]
# 42161 is Arbitrum One, 421614 its Sepolia test chain, 31337 a local Anvil. Another chain is refused.
chainId = {chain_id}
# What runs the contracts: `auto` asks the chain, `stylus` and `evm` insist.
target = "auto"

[deployer]
# Where the key is, never the key: `keystore:NAME`, `ledger`, `env:VARIABLE`, on a dev chain `dev:0`.
# This account pays, and holds no power in the end.
from = {from}

"#
    )
}

fn offices(to: &mut String, of: &Template<'_>) -> std::fmt::Result {
    let oracle = account(of.oracle.unwrap_or(Address::ZERO));
    let guardian = account(of.guardian.unwrap_or(Address::ZERO));
    let mark = if of.guardian.is_some() { "" } else { "# " };
    let million = DataAmount(U256::from(10).pow(U256::from(24)));
    let tenth = BasisPoints(1_000);
    write!(
        to,
        r#"[offices]
# Records contributions.
oracle = "{oracle}"
# May pause, and nothing else; governance alone may when nobody is named.
{mark}guardian = "{guardian}"
# Who checks credentials, attests to records, publishes datasets, runs the access server: the oracle,
# unless others are named here.
# issuer = "{FILL_IN}"
# attestor = "{FILL_IN}"
# curator = "{FILL_IN}"
# server = "{FILL_IN}"

# DATA: what contributions earn and access costs.
[data]
# The first supply, and who receives it (the treasury, unless somebody is named).
supply = "{million}"
# recipient = "{FILL_IN}"
# What may be minted in any year: the larger of this and a share of the supply at its start.
emissionFloor = "{million}"
emissionBps = "{tenth}"

# What the contract of rewards begins with is not said here. Governance changes it: a line such as this
# becomes a proposal once the cooperative is deployed.
# [rewards]
# rewardRate = "10 DATA"
# cooldown = "7 days"

"#
    )
}

fn organs(to: &mut String, profile: Profile, owners: &[Address]) -> std::fmt::Result {
    let terms = profile.governance(owners);
    let threshold = profile.owners().map_or(terms.threshold, |(threshold, _)| threshold);
    let (cap, proposal) = (GovAmount(terms.gov_cap), GovAmount(terms.proposal_threshold));
    write!(
        to,
        r#"# GOV: votes. Who may send it to whom: `open`, `members-only` or `locked`.
[gov]
cap = "{cap}"
policy = "members-only"

# The first supply, in parts; the treasury receives what names no recipient.
"#
    )?;
    for Allocation { bucket, recipient, amount } in &terms.genesis {
        let (recipient, amount) = (account(*recipient), GovAmount(*amount));
        writeln!(
            to,
            "[[gov.genesis]]\nbucket = \"{bucket}\"\nrecipient = \"{recipient}\"\namount = \"{amount}\"\n"
        )?;
    }
    let list: Vec<_> =
        owners.iter().map(|owner| format!("    \"{}\",\n", account(*owner))).collect();
    let (delay, voting_delay) = (Span(terms.timelock_delay), Span(terms.voting_delay));
    let (period, extension) = (Span(terms.voting_period), Span(terms.vote_extension));
    let (quorum, treasury_delay) = (Percent(terms.quorum_percent), Span(terms.treasury_delay));
    write!(
        to,
        r#"# Whatever has power waits here first; the timelock owns every role in the end.
[timelock]
delay = "{delay}"

[governor]
# From proposal to vote, and how long a vote lasts.
votingDelay = "{voting_delay}"
votingPeriod = "{period}"
# How many votes it takes to propose.
proposalThreshold = "{proposal}"
# Which share of all votes must be cast for a proposal, or abstain.
quorum = "{quorum}"
# How long a vote lasts at least after the quorum was reached, against votes at the last moment.
voteExtension = "{extension}"
# Until when the guardian may veto, as a date; there is no veto without this line.
# vetoUntil = "2028-01-01"
# Whether everybody may have one proposal at a time that is pending or active.
# oneLiveProposal = true

# Proposals that are decided sooner, and may call nothing but what is allowed here.
# [governor.fastTrack]
# votingDelay = "1 hour"
# votingPeriod = "1 day"
# vetoQuorum = "0%"
# allow = ["rewards.cooldown", "registry setMinCohort(uint64)"]

# A multisig for payments, beside what governance decides.
[treasury]
owners = [
{list}]
# How many of them must sign.
threshold = {threshold}
# From their signatures to a payment.
delay = "{treasury_delay}"
# What may be paid from a line of the budget, and what an account may spend by itself. The treasury is
# the timelock's from the first block on: these become a proposal. Lines: {lines}.
# limits = [
#     "grants to 1000 DATA per 30 days",
#     "{FILL_IN} to 0.5 ETH per 7 days from operations",
# ]
# Whether owners may pay from these lines only, and change nothing else.
# strictBudgets = true

"#,
        list = list.concat(),
        lines = LINES[1..].join(", ")
    )
}

fn access(to: &mut String, terms: &AccessTerms) -> std::fmt::Result {
    let (challenge, cohort) = (Span(terms.challenge_period), terms.min_cohort);
    let (activation, cooldown) = (Span(terms.activation_delay), Span(terms.unstake_cooldown));
    let stake = DataAmount(terms.required_stake);
    write!(
        to,
        r#"[registry]
# How long anybody can prove a fault of an edition before it is sold.
challengePeriod = "{challenge}"
# The fewest contributors of an edition, so that nobody stands out in it.
minCohort = {cohort}

"#
    )?;
    for schema in &terms.schemas {
        let (name, hash, uri) = (&schema.name, schema.hash, &schema.uri);
        writeln!(
            to,
            "[[registry.schemas]]\nname = \"{name}\"\nhash = \"{hash}\"\nuri = \"{uri}\"\n"
        )?;
    }
    write!(
        to,
        "[distributor]\n# From giving a validator shares to their counting.\nactivationDelay = \"{activation}\"\n\n"
    )?;
    for (validator, shares) in &terms.validators {
        let validator = account(*validator);
        writeln!(to, "[[distributor.validators]]\naccount = \"{validator}\"\nshares = {shares}\n")?;
    }
    let [contributors, validators, treasury, infrastructure, burned] = terms.split.map(BasisPoints);
    write!(
        to,
        r#"[market]
# What a researcher stakes, which a ruling of governance can take, and how long it takes to get it back.
requiredStake = "{stake}"
unstakeCooldown = "{cooldown}"
# Who receives the part for infrastructure: the treasury, unless somebody is named.
# infrastructure = "{FILL_IN}"

# Who gets what of a price; together it is all of it.
[market.split]
contributors = "{contributors}"
validators = "{validators}"
treasury = "{treasury}"
infrastructure = "{infrastructure}"
burned = "{burned}"

# What 30 days of an edition cost, and what each of its records adds.
[market.prices]
"#
    )?;
    let names = ["genomic", "clinical", "lifestyle", "imaging"];
    for (class, name) in (0u8..).zip(names) {
        let of = |unit| {
            let price = terms.prices.iter().find(|p| (p.data_class, p.unit) == (class, unit));
            DataAmount(price.map_or(U256::ZERO, |price| price.amount))
        };
        let (edition, record) = (of(0), of(1));
        writeln!(to, "{name} = {{ edition = \"{edition}\", record = \"{record}\" }}")?;
    }
    Ok(())
}

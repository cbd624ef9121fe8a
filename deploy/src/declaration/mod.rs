//! Decides what a cooperative declares of itself in one file, `coop.toml`, and what follows from it: what
//! is deployed, and which values its parameters have and what is ruled from then on.
//!
//! What a declaration says is read into types that cannot hold nonsense; an error names the line and
//! the reason. [`template`] writes a commented file to begin with.

mod document;
mod parameters;
mod rules;
mod sections;
mod template;
mod values;

use std::{fs, path::Path, str::FromStr};

use alloy::primitives::{Address, U256, keccak256};
use serde::Deserialize;

pub use document::{DaoDocument, dao_document};
pub use rules::{Allowance, Limit, Rule};
pub use sections::{
    Allocation, Bucket, ClassTerms, Coop, DaoUri, Data, Deployer, Distributor, Gov, Governor,
    Legal, Market, Membership, Name, Network, Offices, Price, Prices, RarityCurve, Registry,
    Rewards, Schema, Split, TimeBonus, Timelock, Treasury, Validator, WantedTarget,
};
pub use template::{Profile, Template, template};
pub use values::{Account, BasisPoints, DataAmount, GovAmount, Number, Percent, Span, Time};

use crate::{
    Error,
    deploy::{self, AccessConfig, AccessTerms, CoopConfig, FirstSchema, GovernanceConfig},
};

/// What a cooperative declares of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Declaration {
    /// The cooperative itself.
    pub coop: Coop,
    /// Its chain.
    pub network: Network,
    /// Who deploys it.
    pub deployer: Deployer,
    /// Who holds which office.
    pub offices: Offices,
    /// DATA.
    pub data: Data,
    /// How it governs itself, if it does.
    pub organs: Option<Organs>,
    /// DataCoopRewards.
    pub rewards: Rewards,
    /// Membership.
    pub membership: Membership,
    /// The data registry.
    pub registry: Registry,
    /// The distributor of revenue.
    pub distributor: Distributor,
    /// The market.
    pub market: Market,
}

/// The organs of a cooperative that governs itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Organs {
    /// GOV.
    pub gov: Gov,
    /// The timelock.
    pub timelock: Timelock,
    /// The governor.
    pub governor: Governor,
    /// The treasury.
    pub treasury: Treasury,
}

impl Declaration {
    /// Reads a declaration.
    ///
    /// # Errors
    ///
    /// - [`Error::Io`]: the file cannot be read.
    /// - [`Error::Declaration`]: it is no declaration; the reason names the line.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let text = fs::read_to_string(path).map_err(|source| Error::Io {
            path: path.to_path_buf(),
            action: "read",
            source,
        })?;
        text.parse().map_err(|reason: Malformed| Error::Declaration {
            path: path.to_path_buf(),
            reason: reason.0,
        })
    }

    /// Returns what is deployed.
    #[must_use]
    pub fn config(&self) -> CoopConfig {
        let Offices { governance, oracle, guardian, .. } = self.offices;
        let deployer = governance.map_or(Address::ZERO, |account| account.0);
        CoopConfig {
            salt: Some(keccak256(format!("{}\n{}", self.coop.name.0, self.coop.salt))),
            self_government: self.organs.as_ref().map(|organs| organs.config(&self.coop)),
            governance: deployer,
            oracle: oracle.0,
            guardian: address(guardian),
            // Governance is the treasury where there is no other.
            recipient: self.data.recipient.map_or(deployer, |account| account.0),
            supply: self.data.supply.0,
            emission_floor: self.data.emission_floor.0,
            emission_bps: U256::from(self.data.emission_bps.0),
            access: self.access(),
        }
    }

    fn access(&self) -> AccessConfig {
        let Offices { oracle, issuer, attestor, curator, server, .. } = self.offices;
        let or_oracle = |office: Option<Account>| office.unwrap_or(oracle).0;
        AccessConfig {
            issuer: or_oracle(issuer),
            attestor: or_oracle(attestor),
            curator: or_oracle(curator),
            server: or_oracle(server),
            base_uri: self.membership.base_uri.clone(),
            terms: self.terms(),
        }
    }

    fn terms(&self) -> AccessTerms {
        let Self { registry, distributor, market, .. } = self;
        let schema = |schema: &Schema| FirstSchema {
            name: schema.name.0.clone(),
            hash: schema.hash,
            uri: schema.uri.clone(),
        };
        let price = |(data_class, unit, DataAmount(amount)): (u8, u8, DataAmount)| deploy::Price {
            data_class,
            unit,
            amount,
        };
        let validator = |validator: &Validator| (validator.account.0, validator.shares);
        AccessTerms {
            challenge_period: registry.challenge_period.0,
            min_cohort: registry.min_cohort,
            schemas: registry.schemas.iter().map(schema).collect(),
            activation_delay: distributor.activation_delay.0,
            validators: distributor.validators.iter().map(validator).collect(),
            prices: market.prices.all().into_iter().map(price).collect(),
            split: market.split.0.map(|part| part.0),
            infrastructure: address(market.infrastructure),
            required_stake: market.required_stake.0,
            unstake_cooldown: market.unstake_cooldown.0,
        }
    }
}

impl Organs {
    fn config(&self, coop: &Coop) -> GovernanceConfig {
        let Self { gov, timelock, governor, treasury } = self;
        let part = |part: &Allocation| deploy::Allocation {
            bucket: part.bucket.0.clone(),
            recipient: address(part.recipient),
            amount: part.amount.0,
        };
        GovernanceConfig {
            gov_cap: gov.cap.0,
            genesis: gov.genesis.iter().map(part).collect(),
            transfer_policy: gov.policy,
            timelock_delay: timelock.delay.0,
            voting_delay: governor.voting_delay.0,
            voting_period: governor.voting_period.0,
            proposal_threshold: governor.proposal_threshold.0,
            quorum_percent: governor.quorum.0,
            vote_extension: governor.vote_extension.0,
            veto_until: governor.veto_until.map_or(0, |time| time.0),
            dao_uri: coop.dao_uri.as_ref().map_or_else(String::new, |uri| uri.0.clone()),
            owners: treasury.owners.iter().map(|owner| owner.0).collect(),
            threshold: treasury.threshold,
            treasury_delay: treasury.delay.0,
        }
    }
}

impl Prices {
    /// Returns every price with its data class and unit: 0 the edition, 1 each of its records.
    #[must_use]
    pub const fn all(&self) -> [(u8, u8, DataAmount); 8] {
        let Self { genomic, clinical, lifestyle, imaging } = self;
        [
            (0, 0, genomic.edition),
            (0, 1, genomic.record),
            (1, 0, clinical.edition),
            (1, 1, clinical.record),
            (2, 0, lifestyle.edition),
            (2, 1, lifestyle.record),
            (3, 0, imaging.edition),
            (3, 1, imaging.record),
        ]
    }
}

/// The zero address stands for nobody in what is deployed.
fn address(account: Option<Account>) -> Address {
    account.map_or(Address::ZERO, |account| account.0)
}

/// Why a text is no declaration: line, column, and reason.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Malformed(String);

/// The sections of a file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    coop: Coop,
    network: Network,
    deployer: Deployer,
    offices: Offices,
    data: Data,
    gov: Option<Gov>,
    timelock: Option<Timelock>,
    governor: Option<Governor>,
    treasury: Option<Treasury>,
    #[serde(default)]
    rewards: Rewards,
    #[serde(default)]
    membership: Membership,
    registry: Registry,
    distributor: Distributor,
    market: Market,
}

impl FromStr for Declaration {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let file: File =
            toml::from_str(text).map_err(|error| Malformed(error.to_string().trim().to_owned()))?;
        let organs = file.organs().map_err(|reason| Malformed(reason.to_owned()))?;
        let File { coop, network, deployer, offices, data, rewards, membership, .. } = file;
        let File { registry, distributor, market, .. } = file;
        Ok(Self {
            coop,
            network,
            deployer,
            offices,
            data,
            organs,
            rewards,
            membership,
            registry,
            distributor,
            market,
        })
    }
}

impl File {
    /// Takes the sections of self-government together: all of them are there, or none.
    fn organs(&self) -> Result<Option<Organs>, &'static str> {
        let Self { gov, timelock, governor, treasury, offices, .. } = self;
        let organs = match (gov.clone(), timelock.clone(), governor.clone(), treasury.clone()) {
            (None, None, None, None) => None,
            (Some(gov), Some(timelock), Some(governor), Some(treasury)) => {
                Some(Organs { gov, timelock, governor, treasury })
            }
            _ => {
                return Err(
                    "a cooperative that governs itself has all of the sections `[gov]`, `[timelock]`, `[governor]` and `[treasury]`, and one that does not has none of them",
                );
            }
        };
        let has_veto = organs.as_ref().is_some_and(|organs| organs.governor.veto_until.is_some());
        match (&organs, offices.governance) {
            (None, None) => Err(
                "nobody governs: name `governance` in `[offices]`, or give the cooperative the sections `[gov]`, `[timelock]`, `[governor]` and `[treasury]`",
            ),
            (Some(_), Some(_)) => Err(
                "`[offices]` names `governance`, and the timelock governs a cooperative that has `[governor]`; take one of them out",
            ),
            _ if has_veto && offices.guardian.is_none() => Err(
                "`governor.vetoUntil` gives the guardian a veto, and `[offices]` names no `guardian`",
            ),
            _ => Ok(organs),
        }
    }
}

#[cfg(test)]
mod tests;

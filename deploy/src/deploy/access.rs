//! Decides which contracts say who belongs to the cooperative and who may use whose data, and who
//! holds which power over them.
//!
//! Membership comes first, since GOV asks it who is a member; the consent registry, the data registry,
//! the distributor of revenue and the market come last, since they ask those before them. What they
//! start with is in [`AccessTerms`].

use alloy::{
    dyn_abi::DynSolValue,
    primitives::{Address, B256, U256, keccak256, uint},
};

use serde::{Deserialize, Serialize};

use super::steps::Steps;
use crate::{
    Error,
    contracts::{CONSENT_REGISTRY, MEMBERSHIP},
};

/// One DATA in its smallest unit, of which there are 10^18.
const DATA: U256 = uint!(1_000_000_000_000_000_000_U256);

/// Seconds of a day.
const DAY: u64 = 86_400;

/// Prices of an edition, and of each of its records, for 30 days: by data class, in thousandths of
/// a DATA.
const PRICES: [(u64, u64); 4] =
    [(500_000, 2_000), (200_000, 1_000), (100_000, 500), (300_000, 1_500)];

/// Who runs access to data, and on which terms.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AccessConfig {
    /// Checks credentials: makes members, says what they act as, and replaces lost accounts.
    pub issuer: Address,
    /// Registers records for members and attests to them.
    pub attestor: Address,
    /// Makes datasets, publishes their editions and offers them.
    pub curator: Address,
    /// Runs the access server: logs every use, and releases keys.
    pub server: Address,
    /// What the metadata of a membership begins with, in up to 128 bytes; there is none when it is
    /// empty.
    pub base_uri: String,
    /// What the contracts start with.
    pub terms: AccessTerms,
}

/// What registry, distributor and market start with. Governance changes all of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AccessTerms {
    /// How long an edition can be challenged before it is live, in seconds.
    pub challenge_period: u64,
    /// The fewest contributors of an edition.
    pub min_cohort: u64,
    /// The schemas that records can have from the start.
    pub schemas: Vec<FirstSchema>,
    /// From giving a validator shares to their counting, in seconds.
    pub activation_delay: u64,
    /// The validators, and their shares of the validators' pool.
    pub validators: Vec<(Address, u64)>,
    /// What editions cost, in DATA.
    pub prices: Vec<Price>,
    /// Who gets what of a price, in basis points: contributors, validators, treasury,
    /// infrastructure, and what is burned (DESIGN decision 3).
    pub split: [u16; 5],
    /// Receives the part for infrastructure; the treasury when it is the zero address.
    pub infrastructure: Address,
    /// What a researcher has staked, in wei of DATA (DESIGN decision 5).
    pub required_stake: U256,
    /// From asking for a stake back to getting it, in seconds.
    pub unstake_cooldown: u64,
}

/// A price in DATA for 30 days.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Price {
    /// The data class.
    pub data_class: u8,
    /// What is counted: 0 the edition, 1 each of its records.
    pub unit: u8,
    /// How much, in wei of DATA.
    pub amount: U256,
}

/// A schema of records.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FirstSchema {
    /// Its name, in 1 to 64 bytes.
    pub name: String,
    /// The hash of the document that defines it.
    pub hash: B256,
    /// Where that document is.
    pub uri: String,
}

impl AccessConfig {
    /// Returns a configuration in which `operator` does everything, on [`AccessTerms::standard`],
    /// and memberships have no metadata.
    #[must_use]
    pub fn of(operator: Address) -> Self {
        Self {
            issuer: operator,
            attestor: operator,
            curator: operator,
            server: operator,
            base_uri: String::new(),
            terms: AccessTerms::standard(operator),
        }
    }
}

impl AccessTerms {
    /// Returns terms for a chain with value: three days to challenge an edition of five
    /// contributors or more, and a stake of 1,000 DATA. `validator` has all of the validators' pool.
    #[must_use]
    pub fn standard(validator: Address) -> Self {
        let price = |data_class, unit, thousandths: u64| {
            let amount = U256::from(thousandths) * DATA / uint!(1_000_U256);
            Price { data_class, unit, amount }
        };
        let prices = (0..).zip(PRICES).flat_map(|(class, (edition, record))| {
            [price(class, 0, edition), price(class, 1, record)]
        });
        let r4 = FirstSchema {
            name: "hl7.fhir.r4".to_owned(),
            hash: keccak256("hl7.fhir.r4.core#4.0.1"),
            uri: "http://hl7.org/fhir/R4".to_owned(),
        };
        Self {
            challenge_period: 3 * DAY,
            min_cohort: 5,
            schemas: vec![r4],
            activation_delay: 7 * DAY,
            validators: vec![(validator, 1)],
            prices: prices.collect(),
            split: [7_000, 1_000, 1_000, 500, 500],
            infrastructure: Address::ZERO,
            required_stake: uint!(1_000_U256) * DATA,
            unstake_cooldown: 14 * DAY,
        }
    }

    /// Returns terms for a local chain: those of [`standard`](Self::standard), but five minutes to
    /// challenge an edition, a day to get a stake back, and shares that count at once.
    #[must_use]
    pub fn local(validator: Address) -> Self {
        Self {
            challenge_period: 300,
            activation_delay: 0,
            unstake_cooldown: DAY,
            ..Self::standard(validator)
        }
    }

    /// Returns the terms of [`standard`](Self::standard) with a week to challenge an edition of ten
    /// contributors or more.
    #[must_use]
    pub fn enhanced(validator: Address) -> Self {
        Self { challenge_period: 7 * DAY, min_cohort: 10, ..Self::standard(validator) }
    }
}

/// Who is what to the contracts of access.
#[derive(Clone, Copy, Debug)]
pub(super) struct Offices {
    /// Administers them in the end.
    pub(super) governance: Address,
    /// Receives what is the treasury's.
    pub(super) treasury: Address,
    /// May pause, and void editions.
    pub(super) guardian: Address,
}

impl Steps<'_> {
    /// Membership. GOV asks it who is a member, and so comes after it.
    pub(super) fn membership(&mut self) -> Result<Address, Error> {
        let base_uri = self.config.access.base_uri.clone();
        let deployer = self.deployer;
        self.contract(&MEMBERSHIP, &[DynSolValue::Address(deployer), DynSolValue::String(base_uri)])
    }

    /// What asks Membership; all of it is handed to governance.
    pub(super) fn access(
        &mut self,
        membership: Address,
        token: Address,
        offices: Offices,
    ) -> Result<(), Error> {
        let issuer = self.config.access.issuer;
        let consents = self.contract(&CONSENT_REGISTRY, &[DynSolValue::Address(membership)])?;
        self.grant((&MEMBERSHIP, membership), "ISSUER", issuer);
        self.hand_over((&MEMBERSHIP, membership), offices.governance);
        let registry = self.data_registry([membership, consents], offices)?;
        let distributor = self.distributor(registry, token, offices)?;
        let asked = [membership, consents, registry, distributor, token];
        self.market(asked, offices)
    }
}

//! Decides what a cooperative consists of on chain, and in which order it comes there.
//!
//! Each step asks the chain or the address book whether it is done, so that a deployment that was
//! interrupted is carried on by running it again. One that is complete is left as it is, whatever
//! the roles have become since: they are governance's from then on.

use std::{fs, io, path::Path};

use alloy::{
    dyn_abi::DynSolValue,
    primitives::{Address, U256, uint},
};
use serde::Serialize;

use super::{
    access::{AccessConfig, Offices},
    governance::GovernanceConfig,
    run::Run,
};
use crate::{
    AddressBook, Artifact, Error, Event, Progress, Stage,
    chain::{Receipt, Sender},
    contracts::{DATA_COOP_REWARDS, DATA_TOKEN, GOVERNOR},
};

/// One DATA in its smallest unit, of which there are 10^18.
const DATA: U256 = uint!(1_000_000_000_000_000_000_U256);

/// The steps of DATA and its rewards, and of finishing: two contracts, three roles given and one given up, and the end.
const STEPS: u64 = 7;

/// Who holds which office, and how much DATA there is and may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CoopConfig {
    /// How the cooperative governs itself. With it the timelock is what `governance` says, and the
    /// treasury receives the first supply when `recipient` is the zero address.
    pub self_government: Option<GovernanceConfig>,
    /// Administers DATA's roles and its emission cap, and governs DataCoopRewards, unless the
    /// cooperative governs itself.
    pub governance: Address,
    /// Records contributions.
    pub oracle: Address,
    /// May pause DATA and DataCoopRewards; governance alone when it is the zero address.
    pub guardian: Address,
    /// Receives the first supply of DATA.
    pub recipient: Address,
    /// The first supply, in wei of DATA.
    pub supply: U256,
    /// What may be minted in any year whatever the supply, in wei of DATA.
    pub emission_floor: U256,
    /// What may be minted in any year, in basis points of the supply at the year's start.
    pub emission_bps: U256,
    /// The terms of membership, and of access to data.
    pub access: AccessConfig,
}

impl CoopConfig {
    /// Returns a configuration in which `account` holds every office but the oracle's, who checks
    /// credentials too: a first supply of 1,000,000 DATA, and at most 1,000,000 DATA or a tenth of
    /// the supply in a year.
    #[must_use]
    pub fn of_one(account: Address, oracle: Address) -> Self {
        let million = uint!(1_000_000_U256) * DATA;
        Self {
            self_government: None,
            governance: account,
            oracle,
            guardian: Address::ZERO,
            recipient: account,
            supply: million,
            emission_floor: million,
            emission_bps: uint!(1_000_U256),
            access: AccessConfig::of(oracle),
        }
    }
}

/// What is done with an address book that does not fit the chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Existing {
    /// It is an error. A book that fits is used.
    Reuse,
    /// Any book is overwritten.
    Replace,
}

/// A step that was taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Step {
    /// What it did, in words.
    pub name: String,
    /// Its transaction.
    #[serde(flatten)]
    pub receipt: Receipt,
}

/// A deployed cooperative.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deployment {
    /// Where everything is.
    pub book: AddressBook,
    /// The steps that were taken now; none when everything was there.
    pub steps: Vec<Step>,
}

/// Deploys Membership, whatever governs the cooperative, DATA and DataCoopRewards, and what decides
/// about access to data, and hands out all roles, as far as it is not done already.
///
/// The sender pays, and holds no role afterwards unless the configuration says so.
///
/// # Errors
///
/// - The failures of [`create`](super::create) and of [`Sender::call`].
/// - [`Error::BookOfAnotherChain`], [`Error::BookIsStale`], [`Error::BookVersion`],
///   [`Error::MalformedFile`]: the address book cannot be used.
/// - [`Error::NotSelfGoverned`]: the cooperative is there, and does not govern itself as asked.
/// - [`Error::UnknownContract`]: an artifact is missing.
pub async fn deploy_coop(
    sender: &Sender,
    artifacts: &[Artifact],
    config: &CoopConfig,
    book: &Path,
    existing: Existing,
    progress: &dyn Progress,
) -> Result<Deployment, Error> {
    let chain = sender.chain();
    if existing == Existing::Replace {
        remove(book)?;
    }
    let book = match AddressBook::read_for(book, chain).await? {
        Some(book) => book,
        None => AddressBook::new(book, chain),
    };
    let stage = Stage::Deploy;
    let steps = STEPS
        + config.access.steps()
        + config.self_government.as_ref().map_or(0, GovernanceConfig::steps);
    progress.report(Event::Began { stage, subject: "the cooperative", total: Some(steps) });
    let mut run = Run { sender, artifacts, config, progress, book, steps: Vec::new(), done: 0 };
    let result = run.all().await;
    progress.report(Event::Ended { stage });
    result.map(|()| Deployment { book: run.book, steps: run.steps })
}

impl Run<'_> {
    async fn all(&mut self) -> Result<(), Error> {
        let config = self.config;
        if self.book.roles_given {
            return match config.self_government {
                Some(_) if !self.book.contracts.contains_key(GOVERNOR.name) => {
                    Err(Error::NotSelfGoverned { path: self.book.path().to_path_buf() })
                }
                _ => Ok(()),
            };
        }
        let membership = self.membership().await?;
        let (governance, treasury, recipient) = match &config.self_government {
            None => (config.governance, config.recipient, config.recipient),
            Some(terms) => {
                let organs = self.organs(terms, membership).await?;
                let is_treasury = config.recipient.is_zero();
                let recipient = if is_treasury { organs.treasury } else { config.recipient };
                (organs.timelock, organs.treasury, recipient)
            }
        };
        let guardian = if config.guardian.is_zero() { governance } else { config.guardian };
        let token = self.data(governance, guardian, recipient).await?;
        let offices = Offices { governance, treasury, guardian };
        self.access(membership, token, offices).await?;
        self.book.roles_given = true;
        self.book.write()?;
        self.advance();
        Ok(())
    }

    /// Creates DATA and DataCoopRewards and hands out their roles.
    async fn data(
        &mut self,
        governance: Address,
        pauser: Address,
        recipient: Address,
    ) -> Result<Address, Error> {
        let (config, deployer) = (self.config, self.sender.address());
        let token = self
            .contract(
                &DATA_TOKEN,
                &[
                    // The deployer gives out the roles, and gives its own up in the end.
                    DynSolValue::Address(deployer),
                    DynSolValue::Address(recipient),
                    DynSolValue::Uint(config.supply, 256),
                    DynSolValue::Uint(config.emission_floor, 256),
                    DynSolValue::Uint(config.emission_bps, 256),
                ],
            )
            .await?;
        let rewards = self
            .contract(
                &DATA_COOP_REWARDS,
                &[
                    DynSolValue::Address(token),
                    DynSolValue::Address(governance),
                    DynSolValue::Address(config.oracle),
                    DynSolValue::Address(config.guardian),
                ],
            )
            .await?;
        let data = (&DATA_TOKEN, token);
        self.grant(data, "MINTER", rewards).await?;
        self.grant(data, "PAUSER", pauser).await?;
        self.hand_over(data, governance).await?;
        Ok(token)
    }
}

fn remove(path: &Path) -> Result<(), Error> {
    match fs::remove_file(path) {
        Err(source) if source.kind() != io::ErrorKind::NotFound => {
            Err(Error::Io { path: path.to_path_buf(), action: "remove", source })
        }
        _ => Ok(()),
    }
}

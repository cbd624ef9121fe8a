//! Decides what a cooperative consists of on chain, and in which order it comes there.
//!
//! Each step asks the chain or the address book whether it is done, so that a deployment that was
//! interrupted is carried on by running it again. One that is complete is left as it is, whatever
//! the roles have become since: they are governance's from then on.

use std::{fs, io, path::Path};

use alloy::{
    dyn_abi::DynSolValue,
    primitives::{Address, B256, U256, keccak256, uint},
};
use serde::Serialize;

use super::create;
use crate::{
    AddressBook, Artifact, Error, Event, Progress, Stage,
    bindings::IDataToken::{
        DEFAULT_ADMIN_ROLECall, MINTER_ROLECall, PAUSER_ROLECall, grantRoleCall, hasRoleCall,
        renounceRoleCall,
    },
    book::Entry,
    chain::{Chain, Receipt, Sender},
    contracts::{Contract, DATA_COOP_REWARDS, DATA_TOKEN},
};

/// One DATA in its smallest unit, of which there are 10^18.
const DATA: U256 = uint!(1_000_000_000_000_000_000_U256);

/// The steps of a deployment: two contracts, three roles given and one given up.
const STEPS: u64 = 6;

/// Who holds which office, and how much DATA there is and may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CoopConfig {
    /// Administers DATA's roles and its emission cap, and governs DataCoopRewards.
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
}

impl CoopConfig {
    /// Returns a configuration in which `account` holds every office but the oracle's: a first
    /// supply of 1,000,000 DATA, and at most 1,000,000 DATA or a tenth of the supply in a year.
    #[must_use]
    pub fn of_one(account: Address, oracle: Address) -> Self {
        let million = uint!(1_000_000_U256) * DATA;
        Self {
            governance: account,
            oracle,
            guardian: Address::ZERO,
            recipient: account,
            supply: million,
            emission_floor: million,
            emission_bps: uint!(1_000_U256),
        }
    }

    /// Returns who may pause DATA.
    fn pauser(&self) -> Address {
        if self.guardian.is_zero() { self.governance } else { self.guardian }
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

/// Deploys DATA and DataCoopRewards and hands out their roles, as far as it is not done already.
///
/// The sender pays, and holds no role afterwards unless the configuration says so.
///
/// # Errors
///
/// - The failures of [`create`] and of [`Sender::call`].
/// - [`Error::BookOfAnotherChain`], [`Error::BookIsStale`], [`Error::BookVersion`],
///   [`Error::MalformedFile`]: the address book cannot be used.
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
    progress.report(Event::Began { stage, subject: "the cooperative", total: Some(STEPS) });
    let mut run = Run { sender, artifacts, config, progress, book, steps: Vec::new(), done: 0 };
    let result = run.all().await;
    progress.report(Event::Ended { stage });
    result.map(|()| Deployment { book: run.book, steps: run.steps })
}

/// A deployment under way.
struct Run<'a> {
    sender: &'a Sender,
    artifacts: &'a [Artifact],
    config: &'a CoopConfig,
    progress: &'a dyn Progress,
    book: AddressBook,
    steps: Vec<Step>,
    done: u64,
}

impl Run<'_> {
    async fn all(&mut self) -> Result<(), Error> {
        let (config, deployer) = (self.config, self.sender.address());
        let token = self
            .contract(
                &DATA_TOKEN,
                &[
                    // The deployer gives out the roles, and gives its own up in the end.
                    DynSolValue::Address(deployer),
                    DynSolValue::Address(config.recipient),
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
                    DynSolValue::Address(config.governance),
                    DynSolValue::Address(config.oracle),
                    DynSolValue::Address(config.guardian),
                ],
            )
            .await?;
        if self.book.roles_given {
            return Ok(());
        }
        let chain = self.sender.chain();
        let admin = chain.read(token, &DEFAULT_ADMIN_ROLECall {}).await?;
        let minter = chain.read(token, &MINTER_ROLECall {}).await?;
        let pauser = chain.read(token, &PAUSER_ROLECall {}).await?;
        self.grant(token, minter, "minter", rewards).await?;
        self.grant(token, pauser, "pauser", config.pauser()).await?;
        self.grant(token, admin, "administrator", config.governance).await?;
        if deployer != config.governance {
            self.renounce(token, admin).await?;
        }
        self.book.roles_given = true;
        self.book.write()?;
        self.advance();
        Ok(())
    }

    /// Creates a contract, unless the address book has it.
    async fn contract(
        &mut self,
        contract: &Contract,
        values: &[DynSolValue],
    ) -> Result<Address, Error> {
        if let Some(entry) = self.book.contracts.get(contract.name) {
            let address = entry.address;
            self.advance();
            return Ok(address);
        }
        let artifact = self.artifacts.iter().find(|artifact| artifact.name == contract.name);
        let artifact = artifact.ok_or_else(|| Error::UnknownContract {
            name: contract.name.to_owned(),
            known: self.artifacts.iter().map(|artifact| artifact.name.as_str()).collect(),
        })?;
        let arguments = contract.encode_constructor(values)?;
        let created = create(self.sender, artifact, &arguments).await?;
        let entry = Entry {
            address: created.address,
            deployer: self.sender.address(),
            transaction: created.receipt.transaction,
            block: created.receipt.block,
            gas_used: created.receipt.gas_used,
            code_hash: keccak256(&artifact.deployed_bytecode),
            constructor_arguments: arguments.into(),
        };
        self.book.contracts.insert(contract.name.to_owned(), entry);
        self.book.write()?;
        self.took(format!("{} created", contract.name), created.receipt);
        Ok(created.address)
    }

    async fn grant(
        &mut self,
        token: Address,
        role: B256,
        name: &str,
        account: Address,
    ) -> Result<(), Error> {
        if holds(self.sender.chain(), token, role, account).await? {
            self.advance();
            return Ok(());
        }
        let receipt = self.sender.call(token, &grantRoleCall { role, account }).await?;
        self.took(format!("{account} made {name} of DataToken"), receipt);
        Ok(())
    }

    async fn renounce(&mut self, token: Address, role: B256) -> Result<(), Error> {
        let account = self.sender.address();
        if !holds(self.sender.chain(), token, role, account).await? {
            return Ok(());
        }
        let call = renounceRoleCall { role, callerConfirmation: account };
        let receipt = self.sender.call(token, &call).await?;
        let name = "the deployer's administration of DataToken given up".to_owned();
        self.steps.push(Step { name, receipt });
        Ok(())
    }

    fn took(&mut self, name: String, receipt: Receipt) {
        self.steps.push(Step { name, receipt });
        self.advance();
    }

    fn advance(&mut self) {
        self.done += 1;
        self.progress.report(Event::Advanced { stage: Stage::Deploy, done: self.done });
    }
}

async fn holds(chain: &Chain, token: Address, role: B256, account: Address) -> Result<bool, Error> {
    chain.read(token, &hasRoleCall { role, account }).await
}

fn remove(path: &Path) -> Result<(), Error> {
    match fs::remove_file(path) {
        Err(source) if source.kind() != io::ErrorKind::NotFound => {
            Err(Error::Io { path: path.to_path_buf(), action: "remove", source })
        }
        _ => Ok(()),
    }
}

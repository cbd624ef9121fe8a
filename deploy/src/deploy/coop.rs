//! Decides what makes a cooperative what it is, and when a deployment is begun, carried on, or refused because
//! it was begun as another one.
//!
//! A deployment that is complete is left as it is, whatever the roles have become since: they are
//! governance's from then on.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use alloy::primitives::{Address, B256, U256, keccak256, uint};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    Target,
    access::AccessConfig,
    apply::Apply,
    aside::lay_aside,
    governance::GovernanceConfig,
    journal::{Beginning, Journal, Line, State},
    step, steps,
};
use crate::{
    AddressBook, Artifact, Error, Event, Progress, Stage,
    chain::{Chain, Receipt, Sender},
    contracts::GOVERNOR,
};

/// One DATA in its smallest unit, of which there are 10^18.
const DATA: U256 = uint!(1_000_000_000_000_000_000_U256);

/// Who holds which office, and how much DATA there is and may be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CoopConfig {
    /// Sets this cooperative apart from others of the same deployer on a chain: all addresses follow
    /// from it. Without one it is made of everything else here.
    pub salt: Option<B256>,
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
            salt: None,
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

    /// Returns the salt of every contract's address.
    pub(super) fn salt(&self) -> B256 {
        self.salt.unwrap_or_else(|| keccak256(value(self).to_string()))
    }

    /// Returns this configuration of a cooperative after `replaced` others of the same.
    fn after(&self, replaced: u64) -> Self {
        if replaced == 0 {
            return self.clone();
        }
        let salt = keccak256([self.salt().as_slice(), &replaced.to_be_bytes()].concat());
        Self { salt: Some(salt), ..self.clone() }
    }
}

/// What is done with an address book that does not fit the chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Existing {
    /// It is an error. A book that fits is used.
    Reuse,
    /// Any book is moved aside with its journal, and another cooperative is deployed.
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
/// The sender pays, and holds no role afterwards unless the configuration says so. A deployment that was
/// interrupted is carried on; what is sent is written to a journal beside the address book first.
///
/// # Errors
///
/// - The failures of [`Sender::send`].
/// - [`Error::BookOfAnotherChain`], [`Error::BookIsStale`], [`Error::BookVersion`],
///   [`Error::MalformedFile`], [`Error::JournalCorrupted`], [`Error::Busy`]: the address book or the
///   journal cannot be used.
/// - [`Error::BegunOtherwise`]: the deployment was begun with another account, configuration or code.
/// - [`Error::NotSelfGoverned`]: the cooperative is there, and does not govern itself as asked.
/// - [`Error::CodeTooLarge`], [`Error::CodeDiffers`], [`Error::Stylus`], [`Error::NoFactory`]:
///   a contract cannot be created.
/// - [`Error::UnknownContract`]: an artifact is missing.
/// - [`Error::Offline`]: the transactions were laid aside in place of sent, or cannot be.
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
        set_aside(book)?;
    }
    let path = book;
    let book = match AddressBook::read_begun(path, chain).await? {
        Some(book) if book.roles_given => return finished(book, config),
        Some(book) => book,
        None => AddressBook::new(path, chain),
    };
    if chain.outbox().is_some() {
        lay_aside(sender, artifacts, config, path).await?;
    }
    let target = Target::of(chain).await?;
    let wanted = Wanted::new(chain, sender.address(), artifacts, (config, target), path)?;
    let mut journal = Journal::open(&Journal::path_of(path))?;
    expect(&journal.state, &wanted.beginning, journal.path())?;
    if journal.state.beginning.as_deref() != Some(&wanted.beginning) {
        journal.write(Line::Begun(Box::new(wanted.beginning)))?;
    }
    let stage = Stage::Deploy;
    let total = Some(wanted.steps.len() as u64);
    progress.report(Event::Began { stage, subject: "the cooperative", total });
    let steps = (target, wanted.steps.as_slice());
    let mut apply = Apply::new(sender, artifacts, steps, (journal, book), progress);
    let result = apply.run().await;
    progress.report(Event::Ended { stage });
    result.map(|()| apply.into_deployment())
}

/// Leaves a deployment that is complete as it is: what it has is governance's from then on.
fn finished(book: AddressBook, config: &CoopConfig) -> Result<Deployment, Error> {
    let is_governed = book.contracts.contains_key(GOVERNOR.name);
    if config.self_government.is_some() && !is_governed {
        return Err(Error::NotSelfGoverned { path: book.path().to_path_buf() });
    }
    Ok(Deployment { book, steps: Vec::new() })
}

/// What is wanted of a chain: the steps, and what they are made of.
pub(super) struct Wanted {
    pub(super) beginning: Beginning,
    pub(super) steps: Vec<step::Step>,
    /// Who holds which power in the end.
    pub(super) powers: Vec<steps::Power>,
}

impl Wanted {
    /// Lists what a configuration wants. The book says how many cooperatives it comes after.
    pub(super) fn new(
        chain: &Chain,
        deployer: Address,
        artifacts: &[Artifact],
        (config, target): (&CoopConfig, Target),
        book: &Path,
    ) -> Result<Self, Error> {
        let config = &config.after(replaced(book)?);
        let (steps, powers) = steps::steps(config, deployer, artifacts, target)?;
        let code = artifacts.iter().map(|a| (a.name.clone(), target.code_hash(a)));
        let beginning = Beginning::new(chain, deployer, target, config, code.collect());
        Ok(Self { beginning, steps, powers })
    }
}

/// Makes sure that a deployment is the one that was begun, if one was.
pub(super) fn expect(state: &State, now: &Beginning, path: &Path) -> Result<(), Error> {
    match &state.beginning {
        // Nothing was sent: nothing is lost. What is complete is governance's from then on.
        Some(_) if state.is_complete || (state.sent.is_empty() && state.open.is_empty()) => Ok(()),
        Some(begun) if **begun != *now => Err(differs(path, begun, now)),
        _ => Ok(()),
    }
}

/// Says in what a deployment is not the one that was begun.
fn differs(path: &Path, begun: &Beginning, now: &Beginning) -> Error {
    let path = path.to_path_buf();
    if begun.genesis != now.genesis || begun.chain_id != now.chain_id {
        let reason = "its first block is another one (a local node that was started anew?)";
        return Error::BookOfAnotherChain { path, reason: reason.to_owned() };
    }
    let mut differences = Vec::new();
    compare("", &value(begun), &value(now), &mut differences);
    Error::BegunOtherwise { path, differences }
}

/// Adds the fields in which two documents differ.
fn compare(name: &str, left: &Value, right: &Value, to: &mut Vec<String>) {
    match (left, right) {
        (Value::Object(left), Value::Object(right)) => {
            let keys = left.keys().chain(right.keys().filter(|key| !left.contains_key(*key)));
            for key in keys {
                let field = |object: &serde_json::Map<String, Value>| {
                    object.get(key).cloned().unwrap_or_default()
                };
                let name = if name.is_empty() { key.clone() } else { format!("{name}.{key}") };
                compare(&name, &field(left), &field(right), to);
            }
        }
        _ if left == right => {}
        _ => to.push(format!("{name} was {left} and is {right}")),
    }
}

/// Returns a value as JSON. Maps have texts for keys here, so that it cannot fail.
fn value<T: Serialize>(of: &T) -> Value {
    serde_json::to_value(of).unwrap_or_default()
}

/// Returns where files go that were replaced by the `number`th deployment to a chain.
fn aside(path: &Path, number: u64) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!("{name}.{number}"))
}

/// Returns how many deployments of a book were replaced.
fn replaced(book: &Path) -> Result<u64, Error> {
    let journal = Journal::path_of(book);
    let mut number = 0;
    while exists(&aside(book, number + 1))? || exists(&aside(&journal, number + 1))? {
        number += 1;
    }
    Ok(number)
}

/// Moves a book and its journal out of the way. Nothing is lost.
fn set_aside(book: &Path) -> Result<(), Error> {
    let number = replaced(book)? + 1;
    for path in [book, &Journal::path_of(book)] {
        match fs::rename(path, aside(path, number)) {
            Err(source) if source.kind() != io::ErrorKind::NotFound => {
                return Err(Error::Io { path: path.to_path_buf(), action: "move", source });
            }
            _ => {}
        }
    }
    Ok(())
}

fn exists(path: &Path) -> Result<bool, Error> {
    path.try_exists().map_err(|source| Error::Io {
        path: path.to_path_buf(),
        action: "read",
        source,
    })
}

//! Decides what is said of a deployment without changing anything: how far it is, what is under way, and
//! how long its programs live.

use std::path::Path;

use alloy::{
    primitives::{Address, B256, U256, keccak256},
    providers::Provider,
};
use serde::Serialize;

use super::journal::{Journal, State};
use crate::{
    AddressBook, Error,
    chain::{Chain, ChainKind},
    stylus::{self, Life},
};

/// How a deployment stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Status {
    /// The chain's id.
    pub chain_id: u64,
    /// How far it is.
    pub progress: Progressed,
    /// Who deploys, once it was begun.
    pub deployer: Option<Address>,
    /// What the deployer has, in wei.
    pub balance: U256,
    /// Transactions of which it is not known what became.
    pub under_way: Vec<UnderWay>,
    /// The contracts that are there.
    pub contracts: Vec<ContractStatus>,
}

/// How far a deployment is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase", tag = "state")]
pub enum Progressed {
    /// Nothing was sent.
    NotBegun,
    /// It was cut off.
    Interrupted {
        /// How many transactions are known to be mined.
        confirmed: usize,
    },
    /// Everything is done.
    Complete,
}

/// A transaction of which it is not known what became.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct UnderWay {
    /// What it does, in words.
    pub title: String,
    /// Its nonce.
    pub nonce: u64,
    /// Its hash.
    pub transaction: B256,
}

/// A contract of a deployment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ContractStatus {
    /// Its name.
    pub name: String,
    /// Its address.
    pub address: Address,
    /// Whether its code is there, as it was deployed.
    pub is_there: bool,
    /// When it stops working unless it is renewed, in seconds since 1970; never on an EVM chain.
    pub expires_at: Option<u64>,
}

/// Says how the deployment of an address book stands.
///
/// # Errors
///
/// - [`Error::JournalCorrupted`], [`Error::MalformedFile`], [`Error::BookOfAnotherChain`]: the journal or
///   the address book cannot be used.
/// - The failures of [`Chain::read`].
pub async fn status(chain: &Chain, book: &Path) -> Result<Status, Error> {
    let state = Journal::peek(&Journal::path_of(book))?.unwrap_or_default();
    let book = AddressBook::read(book)?;
    if let Some(book) = &book {
        book.expect_on(chain)?;
    }
    let begun = state.beginning.as_ref();
    if let Some(begun) = begun.filter(|begun| begun.genesis != chain.genesis()) {
        return Err(Error::WrongChain { expected: begun.chain_id, actual: chain.id() });
    }
    let deployer = begun.map(|begun| begun.deployer).or_else(|| {
        let entries = book.iter().flat_map(|book| book.contracts.values());
        entries.map(|entry| entry.deployer).next()
    });
    let balance = match deployer {
        Some(account) => chain.ask("eth_getBalance", chain.provider().get_balance(account)).await?,
        None => U256::ZERO,
    };
    Ok(Status {
        chain_id: chain.id(),
        progress: progressed(&state, book.as_ref()),
        deployer,
        balance,
        under_way: under_way(&state),
        contracts: contracts(chain, book.as_ref()).await?,
    })
}

fn progressed(state: &State, book: Option<&AddressBook>) -> Progressed {
    if state.is_complete || book.is_some_and(|book| book.roles_given) {
        Progressed::Complete
    } else if state.sent.is_empty() && state.open.is_empty() {
        Progressed::NotBegun
    } else {
        Progressed::Interrupted { confirmed: state.sent.len() }
    }
}

fn under_way(state: &State) -> Vec<UnderWay> {
    let open = state.open.iter().map(|intent| UnderWay {
        title: intent.title.clone(),
        nonce: intent.nonce,
        transaction: intent.transaction,
    });
    open.collect()
}

async fn contracts(
    chain: &Chain,
    book: Option<&AddressBook>,
) -> Result<Vec<ContractStatus>, Error> {
    let mut list = Vec::new();
    for (name, entry) in book.iter().flat_map(|book| &book.contracts) {
        let code = chain.code(entry.address).await?;
        let expires_at = match chain.kind() {
            ChainKind::Evm => None,
            ChainKind::Stylus { .. } => match stylus::life(chain, entry.address).await?.1 {
                Life::Active(expiry) => Some(expiry.expires_at),
                // What has ended has ended by now.
                Life::Ended(_) => Some(0),
                Life::EvmCode => None,
            },
        };
        list.push(ContractStatus {
            name: name.clone(),
            address: entry.address,
            is_there: keccak256(&code) == entry.code_hash,
            expires_at,
        });
    }
    Ok(list)
}

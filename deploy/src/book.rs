//! Decides what is kept of a deployment, and when the record of it is no longer true.
//!
//! The address book of a chain is `deployments/<chain-id>.json`. It is written wholly or not at
//! all, after every contract, and holds no secrets. A book is tied to its chain by the hash of
//! the chain's first block: a local node that was started again has another one.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use alloy::primitives::{Address, B256, Bytes, keccak256};
use futures_util::future::try_join_all;
use serde::{Deserialize, Serialize};

use crate::{Error, Workspace, chain::Chain, contracts::Contract, document};

/// The version of the book's form.
const SCHEMA: u64 = 1;

/// The contracts that were deployed to one chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AddressBook {
    /// The version of this form.
    schema: u64,
    /// The chain's id.
    pub chain_id: u64,
    /// The hash of the chain's first block.
    pub genesis: B256,
    /// Whether the deployment handed out all roles, and is complete.
    pub roles_given: bool,
    /// The contracts by name.
    pub contracts: BTreeMap<String, Entry>,
    /// Where the book is kept.
    #[serde(skip)]
    path: PathBuf,
}

/// A deployed contract.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    /// Its address.
    pub address: Address,
    /// The account that deployed it.
    pub deployer: Address,
    /// The transaction that ran its constructor.
    pub transaction: B256,
    /// The block of that transaction.
    pub block: u64,
    /// The gas that it used.
    pub gas_used: u64,
    /// The hash of the contract's code.
    pub code_hash: B256,
    /// The encoded arguments of the constructor.
    pub constructor_arguments: Bytes,
}

impl AddressBook {
    /// Makes an empty book of a chain, to be kept at `path`.
    #[must_use]
    pub fn new(path: &Path, chain: &Chain) -> Self {
        Self::empty(path, chain.id(), chain.genesis())
    }

    fn empty(path: &Path, chain_id: u64, genesis: B256) -> Self {
        let (contracts, path) = (BTreeMap::new(), path.to_path_buf());
        Self { schema: SCHEMA, chain_id, genesis, roles_given: false, contracts, path }
    }

    /// Returns where a workspace keeps the book of a chain.
    #[must_use]
    pub fn path_of(workspace: &Workspace, chain: &Chain) -> PathBuf {
        workspace.deployments().join(format!("{}.json", chain.id()))
    }

    /// Reads a book; there is none when the file is missing.
    ///
    /// # Errors
    ///
    /// - [`Error::Io`]: the file cannot be read.
    /// - [`Error::BookVersion`]: a later version wrote it.
    /// - [`Error::MalformedFile`]: it is no address book.
    pub fn read(path: &Path) -> Result<Option<Self>, Error> {
        let text = match fs::read(path) {
            Ok(text) => text,
            Err(source) if source.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(source) => {
                return Err(Error::Io { path: path.to_path_buf(), action: "read", source });
            }
        };
        let malformed = |source: serde_json::Error| Error::MalformedFile {
            path: path.to_path_buf(),
            reason: source.to_string(),
        };
        let value: serde_json::Value = serde_json::from_slice(&text).map_err(malformed)?;
        match value["schema"].as_u64() {
            Some(version) if version > SCHEMA => {
                Err(Error::BookVersion { path: path.to_path_buf(), version, known: SCHEMA })
            }
            _ => {
                let mut book: Self = serde_json::from_value(value).map_err(malformed)?;
                book.path = path.to_path_buf();
                Ok(Some(book))
            }
        }
    }

    /// Reads a book and checks it against the chain; there is none when the file is missing.
    ///
    /// # Errors
    ///
    /// Those of [`read`](Self::read), and
    /// - [`Error::BookOfAnotherChain`]: it was written for another chain.
    /// - [`Error::BookIsStale`]: a contract's code is gone from the chain or is another.
    /// - [`Error::Unreachable`], [`Error::Refusal`]: the chain's failures.
    pub async fn read_for(path: &Path, chain: &Chain) -> Result<Option<Self>, Error> {
        let Some(book) = Self::read(path)? else { return Ok(None) };
        if chain.is_offline() {
            book.expect_chain(chain.id(), book.genesis)?;
            return Ok(Some(book));
        }
        book.expect_on(chain)?;
        let codes = book.contracts.values().map(|entry| chain.code(entry.address));
        let codes = try_join_all(codes).await?;
        for ((name, entry), code) in book.contracts.iter().zip(codes) {
            let found = match keccak256(&code) {
                _ if code.is_empty() => "no code",
                hash if hash == entry.code_hash => continue,
                _ => "other code",
            };
            return Err(Error::BookIsStale {
                path: path.to_path_buf(),
                contract: name.clone(),
                address: entry.address,
                found,
            });
        }
        Ok(Some(book))
    }

    /// Reads the book of a deployment that may be under way: as [`read_for`](Self::read_for), but what
    /// is not on the chain any more is no fault until the deployment is complete.
    ///
    /// # Errors
    ///
    /// As [`read_for`](Self::read_for).
    pub(crate) async fn read_begun(path: &Path, chain: &Chain) -> Result<Option<Self>, Error> {
        match Self::read(path)? {
            Some(book) if !book.roles_given => {
                book.expect_on(chain)?;
                Ok(Some(book))
            }
            _ => Self::read_for(path, chain).await,
        }
    }

    /// Reads the book of a chain in which the cooperative is deployed.
    ///
    /// # Errors
    ///
    /// Those of [`read_for`](Self::read_for), and [`Error::NotDeployed`] when there is no book or
    /// the deployment is not complete.
    pub async fn deployed(path: &Path, chain: &Chain) -> Result<Self, Error> {
        let book = Self::read_for(path, chain).await?;
        book.filter(|book| book.roles_given)
            .ok_or_else(|| Error::NotDeployed { chain_id: chain.id(), path: path.to_path_buf() })
    }

    /// Returns the address of a contract.
    ///
    /// # Errors
    ///
    /// [`Error::NotInBook`] when the book does not have it.
    pub fn address(&self, contract: &Contract) -> Result<Address, Error> {
        self.contracts
            .get(contract.name)
            .map(|entry| entry.address)
            .ok_or_else(|| Error::NotInBook { contract: contract.name, path: self.path.clone() })
    }

    /// Returns where the book is kept.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes the book.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] when it cannot be written.
    pub fn write(&self) -> Result<(), Error> {
        document::write(&self.path, self)
    }

    /// Checks that the book is of this chain.
    ///
    /// # Errors
    ///
    /// [`Error::BookOfAnotherChain`] when it is not.
    pub fn expect_on(&self, chain: &Chain) -> Result<(), Error> {
        self.expect_chain(chain.id(), chain.genesis())
    }

    fn expect_chain(&self, id: u64, genesis: B256) -> Result<(), Error> {
        let reason = if self.chain_id != id {
            format!("it has id {}, and the chain has {id}", self.chain_id)
        } else if self.genesis != genesis {
            "its first block is another one (a local node that was started anew?)".to_owned()
        } else {
            return Ok(());
        };
        Err(Error::BookOfAnotherChain { path: self.path.clone(), reason })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contracts::{DATA_COOP_REWARDS, DATA_TOKEN};

    fn book(path: &Path) -> AddressBook {
        let mut book = AddressBook::empty(path, 31337, B256::repeat_byte(1));
        let entry = Entry {
            address: Address::repeat_byte(2),
            deployer: Address::repeat_byte(3),
            transaction: B256::repeat_byte(4),
            block: 5,
            gas_used: 6,
            code_hash: B256::repeat_byte(7),
            constructor_arguments: Bytes::from_static(&[8]),
        };
        book.contracts.insert("DataToken".to_owned(), entry);
        book
    }

    #[test]
    fn a_book_is_read_as_it_was_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deployments/31337.json");
        assert_eq!(AddressBook::read(&path).unwrap(), None);
        book(&path).write().unwrap();
        let read = AddressBook::read(&path).unwrap().unwrap();
        assert_eq!(read, book(&path));
        assert_eq!(read.address(&DATA_TOKEN).unwrap(), Address::repeat_byte(2));
        let missing = read.address(&DATA_COOP_REWARDS).unwrap_err();
        assert!(matches!(missing, Error::NotInBook { contract: "DataCoopRewards", .. }));
    }

    #[test]
    fn a_book_of_another_chain_is_told_apart() {
        let book = book(Path::new("book.json"));
        assert!(book.expect_chain(31337, B256::repeat_byte(1)).is_ok());
        let other_id = book.expect_chain(1, B256::repeat_byte(1)).unwrap_err();
        assert!(other_id.to_string().contains("it has id 31337, and the chain has 1"));
        let other_start = book.expect_chain(31337, B256::ZERO).unwrap_err();
        assert!(other_start.to_string().contains("first block is another one"));
        assert!(matches!(other_start, Error::BookOfAnotherChain { .. }));
    }

    #[test]
    fn a_book_that_is_not_understood_says_so() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("1.json");
        fs::write(&path, "{\"schema\": 2}").unwrap();
        let newer = AddressBook::read(&path).unwrap_err();
        assert!(matches!(newer, Error::BookVersion { version: 2, known: 1, .. }));
        for text in ["", "{}", "[]", "{\"schema\": 1}"] {
            fs::write(&path, text).unwrap();
            let error = AddressBook::read(&path).unwrap_err();
            assert!(matches!(error, Error::MalformedFile { .. }), "{text}");
        }
    }
}

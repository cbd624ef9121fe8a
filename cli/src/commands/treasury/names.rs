//! Decides by which names addresses are known: those of this machine's address book, and no file's.

use std::{collections::BTreeMap, path::Path};

use alloy::primitives::{Address, U256};
use datacoop_deploy::{
    AddressBook,
    contracts::{CONTRACTS, Contract, DATA_TOKEN, GOV_TOKEN},
};

use crate::{amount::Amount, output::Account};

/// The decimals of ether, DATA and GOV.
pub(crate) const DECIMALS: usize = 18;

/// What addresses are.
#[derive(Clone, Debug, Default)]
pub(crate) struct Names(BTreeMap<Address, &'static Contract>);

impl Names {
    /// The names in an address book.
    pub(crate) fn of(book: &AddressBook) -> Self {
        let known = CONTRACTS.iter().filter_map(|contract| {
            let entry = book.contracts.get(contract.name)?;
            Some((entry.address, contract))
        });
        Self(known.collect())
    }

    /// The names in the book at a path, or none: they help to read, and nothing depends on them.
    pub(crate) fn read(path: &Path) -> Self {
        AddressBook::read(path).ok().flatten().map(|book| Self::of(&book)).unwrap_or_default()
    }

    /// The contract at an address.
    pub(crate) fn contract(&self, address: Address) -> Option<&'static Contract> {
        self.0.get(&address).copied()
    }

    /// The address of a contract.
    pub(crate) fn address(&self, name: &str) -> Option<Address> {
        self.0.iter().find(|(_, contract)| contract.name == name).map(|(address, _)| *address)
    }

    /// An address with the contract's name, where it is known.
    pub(crate) fn account(&self, address: Address) -> String {
        let account = Account(address);
        match self.contract(address) {
            Some(contract) => format!("{} {account}", contract.name),
            None => account.to_string(),
        }
    }

    /// The symbol of a token that is known.
    pub(crate) fn symbol(&self, token: Address) -> Option<&'static str> {
        if token.is_zero() {
            return Some("ETH");
        }
        match self.contract(token)?.name {
            name if name == DATA_TOKEN.name => Some("DATA"),
            name if name == GOV_TOKEN.name => Some("GOV"),
            _ => None,
        }
    }

    /// An amount of a token: in its unit when it is known, else in its smallest.
    pub(crate) fn amount(&self, token: Address, amount: U256) -> String {
        match self.symbol(token) {
            Some(symbol) => format!("{} {symbol}", Amount(amount)),
            None => format!("{amount} (smallest unit) of token {}", Account(token)),
        }
    }
}

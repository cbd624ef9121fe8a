//! Decides who takes part in a run: people with keys, and contracts with names.

use alloy::{dyn_abi::DynSolValue, json_abi::JsonAbi, signers::local::PrivateKeySigner};
use alloy_primitives::{Address, B256};

use super::suite;

/// Has every role in the beginning.
pub(crate) const ADMIN: usize = 0;
/// Records contributions.
pub(crate) const ORACLE: usize = 1;
/// May pause.
pub(crate) const GUARDIAN: usize = 2;
/// People in a run, members and strangers included.
const PEOPLE: u8 = 6;

/// The people and contracts of a run.
pub(crate) struct Cast {
    people: Vec<PrivateKeySigner>,
    contracts: Vec<(&'static str, Address, JsonAbi)>,
}

impl Cast {
    pub(crate) fn new() -> Self {
        let key = |index: u8| PrivateKeySigner::from_bytes(&B256::repeat_byte(index + 1));
        let people = (0..PEOPLE).map(|index| key(index).expect("a valid key")).collect();
        Self { people, contracts: Vec::new() }
    }

    pub(crate) fn add(&mut self, name: &'static str, address: Address, abi: JsonAbi) {
        self.contracts.push((name, address, abi));
    }

    pub(crate) fn people(&self) -> &[PrivateKeySigner] {
        &self.people
    }

    pub(crate) fn contracts(&self) -> &[(&'static str, Address, JsonAbi)] {
        &self.contracts
    }

    /// Returns every address, people first.
    pub(crate) fn addresses(&self) -> Vec<Address> {
        let people = self.people.iter().map(PrivateKeySigner::address);
        people.chain(self.contracts.iter().map(|contract| contract.1)).collect()
    }

    /// Returns a person's address as an argument.
    pub(crate) fn address(&self, person: usize) -> DynSolValue {
        suite::address(self.people[person].address())
    }

    /// Returns a contract's address as an argument.
    pub(crate) fn contract(&self, name: &str) -> DynSolValue {
        let found = self.contracts.iter().find(|contract| contract.0 == name);
        suite::address(found.map(|contract| contract.1).expect("deployed before"))
    }
}

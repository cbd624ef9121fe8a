//! Decides whether a cooperative on a chain is what its configuration and this build of the contracts say: code,
//! what the contracts were created with, and the whole table of roles.

use std::path::Path;

use alloy::primitives::{Address, B256, Bytes, keccak256};
use serde::Serialize;

use super::{CoopConfig, Target, coop::Wanted, steps::Power};
use crate::{
    AddressBook, Argument, Artifact, Error,
    chain::Chain,
    contracts::Contract,
    roles::{self, Held},
};

/// What a constructor's argument says that nobody can change afterwards. What governance changes is compared
/// as a parameter, and who holds an office by the table of roles.
const FIXED: [(&str, &str); 19] = [
    ("DataToken", "recipient"),
    ("DataToken", "supply"),
    ("DataCoopRewards", "dataToken"),
    ("GovToken", "cap"),
    ("GovToken", "buckets"),
    ("GovToken", "recipients"),
    ("GovToken", "amounts"),
    ("Governor", "token"),
    ("ConsentRegistry", "membership"),
    ("DataRegistry", "membership"),
    ("DataRegistry", "consentRegistry"),
    ("RevenueDistributor", "dataRegistry"),
    ("DataMarket", "membership"),
    ("DataMarket", "consentRegistry"),
    ("DataMarket", "dataRegistry"),
    ("DataMarket", "distributor"),
    ("DataMarket", "dataToken"),
    ("DataMarket", "stakeToken"),
    ("Treasury", "fallbackHandler"),
];

/// What was found of a cooperative.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Verification {
    /// Its contracts.
    pub contracts: Vec<VerifiedContract>,
    /// Powers that the configuration gives and the chain does not have.
    pub missing: Vec<MissingPower>,
    /// Powers that the chain has and the configuration does not give.
    pub unexpected: Vec<Held>,
    /// How many powers are as they should be.
    pub as_configured: usize,
}

/// What was found of a contract.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct VerifiedContract {
    /// Its name.
    pub name: &'static str,
    /// Its address.
    pub address: Address,
    /// Whether its code is that of this build.
    pub code: bool,
    /// Whether its address is the one that its code, its arguments and the salt make.
    pub foretold: bool,
    /// What it was created with.
    pub arguments: Vec<Argument>,
    /// What of that is not as configured: the argument as it should be.
    pub differs: Vec<Argument>,
}

/// A power that somebody should have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MissingPower {
    /// The contract.
    pub contract: &'static str,
    /// The role or office.
    pub role: String,
    /// Who should hold it.
    pub holder: Address,
}

impl Verification {
    /// Returns whether everything is as configured.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        let is_clean = |contract: &VerifiedContract| contract.code && contract.differs.is_empty();
        self.contracts.iter().all(is_clean) && self.missing.is_empty() && self.unexpected.is_empty()
    }
}

/// Compares a cooperative with its configuration and with this build of the contracts.
///
/// # Errors
///
/// - [`Error::NotDeployed`], [`Error::BookOfAnotherChain`], [`Error::BookIsStale`]: the address book
///   has no cooperative on this chain.
/// - The failures of [`Chain::read`].
pub async fn verify(
    chain: &Chain,
    artifacts: &[Artifact],
    config: &CoopConfig,
    book: &Path,
) -> Result<Verification, Error> {
    let target = Target::of(chain).await?;
    let entries = AddressBook::deployed(book, chain).await?;
    let deployer = entries.contracts.values().next().map_or(Address::ZERO, |entry| entry.deployer);
    let wanted = Wanted::new(chain, deployer, artifacts, (config, target), book)?;
    let places = Places::of(&wanted, &entries);
    let powers = places.powers(wanted.powers);
    let mut contracts = Vec::new();
    for creation in wanted.steps.iter().filter_map(|step| step.creation()) {
        let contract = Contract::named(creation.contract)?;
        let entry = entries.contracts.get(contract.name).ok_or_else(|| Error::NotInBook {
            contract: contract.name,
            path: book.to_path_buf(),
        })?;
        let code = chain.code(entry.address).await?;
        contracts.push(VerifiedContract {
            name: contract.name,
            address: entry.address,
            code: keccak256(&code) == creation.code_hash,
            foretold: entry.address == creation.address,
            arguments: contract.decode_constructor(&entry.constructor_arguments),
            differs: differs(
                &contract,
                &entry.constructor_arguments,
                &places.arguments(&creation.arguments),
            ),
        });
    }
    let table = roles::table(chain, &entries).await?;
    let is_held = |(contract, role, holder): &&(&str, String, Address)| {
        table.iter().any(|held| is(held, contract, role, *holder))
    };
    let missing = powers.iter().filter(|power| !is_held(power));
    let missing = missing.map(|(contract, role, holder)| MissingPower {
        contract,
        role: role.clone(),
        holder: *holder,
    });
    let is_wanted = |held: &&Held| {
        powers.iter().any(|(contract, role, holder)| is(held, contract, role, *holder))
    };
    let unexpected: Vec<_> = table.iter().filter(|held| !is_wanted(held)).cloned().collect();
    Ok(Verification {
        contracts,
        missing: missing.collect(),
        as_configured: table.len() - unexpected.len(),
        unexpected,
    })
}

/// Where contracts are that are foretold elsewhere: terms that governance has changed since, and that the
/// declaration follows, are other arguments of a constructor, and a new governor is elsewhere.
struct Places(Vec<(Address, Address)>);

impl Places {
    fn of(wanted: &Wanted, book: &AddressBook) -> Self {
        let creations = wanted.steps.iter().filter_map(|step| step.creation());
        let moved = creations.filter_map(|creation| {
            let entry = book.contracts.get(creation.contract)?;
            Some((creation.address, entry.address))
        });
        Self(moved.filter(|(foretold, found)| foretold != found).collect())
    }

    fn of_account(&self, account: Address) -> Address {
        self.0.iter().find(|(foretold, _)| *foretold == account).map_or(account, |(_, at)| *at)
    }

    fn powers(&self, powers: Vec<Power>) -> Vec<Power> {
        let place = |(contract, role, holder)| (contract, role, self.of_account(holder));
        powers.into_iter().map(place).collect()
    }

    /// Puts the addresses into the encoded arguments of a constructor, where each is a word.
    fn arguments(&self, arguments: &Bytes) -> Bytes {
        let mut words = arguments.to_vec();
        for word in words.chunks_exact_mut(32) {
            let account = Address::from_word(B256::from_slice(word));
            if account.into_word() == *word {
                word.copy_from_slice(self.of_account(account).into_word().as_slice());
            }
        }
        words.into()
    }
}

fn is(held: &Held, contract: &str, role: &str, holder: Address) -> bool {
    (held.contract, held.role.as_str(), held.holder) == (contract, role, holder)
}

/// Returns what a contract was not created with of what nobody can change.
fn differs(contract: &Contract, found: &Bytes, wanted: &Bytes) -> Vec<Argument> {
    let found = contract.decode_constructor(found);
    let wanted = contract.decode_constructor(wanted);
    let is_fixed = |argument: &Argument| FIXED.contains(&(contract.name, argument.name.as_str()));
    wanted.into_iter().filter(|a| is_fixed(a) && !found.contains(a)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contracts_that_are_elsewhere_are_meant_where_they_are() {
        let [foretold, found, other] = [1, 2, 3].map(Address::with_last_byte);
        let places = Places(vec![(foretold, found)]);
        assert_eq!([foretold, other].map(|account| places.of_account(account)), [found, other]);
        let words = |accounts: [Address; 2]| {
            Bytes::from(accounts.map(|account| account.into_word().0).concat())
        };
        assert_eq!(places.arguments(&words([foretold, other])), words([found, other]));
    }

    #[test]
    fn what_is_fixed_is_what_constructors_take() {
        for (contract, argument) in FIXED {
            let contract = Contract::named(contract).unwrap();
            let inputs = contract.abi().constructor.unwrap().inputs;
            assert!(inputs.iter().any(|input| input.name == argument), "{argument}");
        }
    }
}

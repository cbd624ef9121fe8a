//! Decides who holds which power over a cooperative: the table of roles, read from the chain.
//!
//! Holders of roles are found by the events of giving and taking, and each is confirmed by asking
//! the contract. Offices that have one holder are asked for.

use std::collections::BTreeSet;

use alloy::{
    primitives::{Address, B256, keccak256},
    providers::Provider,
    rpc::types::Filter,
    sol_types::{SolCall, SolEvent},
};
use serde::Serialize;

use crate::{
    AddressBook, BookEntry, Error,
    bindings::{
        IDataCoopRewards, IDataToken::RoleGranted, IDataToken::hasRoleCall, IGovernor, ITreasury,
    },
    chain::Chain,
    contracts::{
        Contract, DATA_COOP_REWARDS, DATA_MARKET, DATA_REGISTRY, DATA_TOKEN, GOV_TOKEN, GOVERNOR,
        MEMBERSHIP, REVENUE_DISTRIBUTOR, TIMELOCK, TREASURY,
    },
};

/// The first of the treasury's linked list of modules (Safe's `SENTINEL_MODULES`).
const SENTINEL: Address = Address::with_last_byte(1);

/// How many modules of the treasury are asked for at a time.
const MODULES_AT_A_TIME: u64 = 100;

/// The contracts with OpenZeppelin's `AccessControl`.
const WITH_ROLES: [Contract; 7] =
    [DATA_TOKEN, GOV_TOKEN, TIMELOCK, MEMBERSHIP, DATA_REGISTRY, REVENUE_DISTRIBUTOR, DATA_MARKET];

/// The roles by name; the administrator's is zero.
const ROLES: [&str; 14] = [
    "MINTER",
    "PAUSER",
    "PROPOSER",
    "EXECUTOR",
    "CANCELLER",
    "ISSUER",
    "ATTESTOR",
    "CURATOR",
    "GUARDIAN",
    "SCHEMA",
    "SHARES",
    "LISTER",
    "SERVER",
    "RULING",
];

/// Somebody's power over a contract.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Held {
    /// The contract.
    pub contract: &'static str,
    /// The role or office.
    pub role: String,
    /// Who holds it; everybody when it is the zero address.
    pub holder: Address,
    /// What the holder is, when the address book knows it.
    pub holder_name: Option<String>,
}

/// Returns everybody's power over the contracts of an address book, sorted.
///
/// # Errors
///
/// The failures of [`Chain::read`], and of asking for logs.
pub async fn table(chain: &Chain, book: &AddressBook) -> Result<Vec<Held>, Error> {
    let mut table = Table { chain, book, rows: Vec::new() };
    for contract in WITH_ROLES {
        table.roles(&contract).await?;
    }
    table.rewards().await?;
    table.governor().await?;
    table.treasury().await?;
    table.rows.sort();
    Ok(table.rows)
}

/// Returns the rows of a table that give power to the account that deployed the contract.
#[must_use]
pub fn left_with_deployer(table: &[Held], book: &AddressBook) -> Vec<Held> {
    let deployers: BTreeSet<_> = book.contracts.values().map(|entry| entry.deployer).collect();
    table.iter().filter(|held| deployers.contains(&held.holder)).cloned().collect()
}

/// A table that is being read.
struct Table<'a> {
    chain: &'a Chain,
    book: &'a AddressBook,
    rows: Vec<Held>,
}

impl<'a> Table<'a> {
    /// The entry of a contract in the book, if it is deployed.
    fn entry(&self, contract: &Contract) -> Option<&'a BookEntry> {
        self.book.contracts.get(contract.name)
    }

    fn add(&mut self, contract: &Contract, role: impl Into<String>, holder: Address) {
        let known = self.book.contracts.iter().find(|(_, entry)| entry.address == holder);
        let holder_name = known.map(|(name, _)| name.clone());
        self.rows.push(Held { contract: contract.name, role: role.into(), holder, holder_name });
    }

    /// Adds the office of one holder, unless nobody holds it.
    fn office(&mut self, contract: &Contract, office: &str, holder: Address) {
        if !holder.is_zero() {
            self.add(contract, office, holder);
        }
    }

    /// Reads the roles of a contract with OpenZeppelin's `AccessControl`.
    async fn roles(&mut self, contract: &Contract) -> Result<(), Error> {
        let Some(entry) = self.entry(contract) else { return Ok(()) };
        let filter = Filter::new()
            .address(entry.address)
            .from_block(entry.block)
            .event_signature(RoleGranted::SIGNATURE_HASH);
        let logs = self.chain.ask("eth_getLogs", self.chain.provider().get_logs(&filter)).await?;
        let given: BTreeSet<_> = logs
            .iter()
            .filter_map(|log| RoleGranted::decode_log_data(&log.inner.data).ok())
            .map(|event| (event.role, event.account))
            .collect();
        for (role, account) in given {
            if self.read(entry.address, &hasRoleCall { role, account }).await? {
                self.add(contract, role_name(role), account);
            }
        }
        Ok(())
    }

    async fn rewards(&mut self) -> Result<(), Error> {
        use IDataCoopRewards::{
            governanceCall, guardianCall, pendingGovernanceCall, verifiedOracleCall,
        };
        let Some(BookEntry { address, .. }) = self.entry(&DATA_COOP_REWARDS) else { return Ok(()) };
        let offices = [
            ("governance", self.read(*address, &governanceCall {}).await?),
            ("pending governance", self.read(*address, &pendingGovernanceCall {}).await?),
            ("verified oracle", self.read(*address, &verifiedOracleCall {}).await?),
            ("guardian", self.read(*address, &guardianCall {}).await?),
        ];
        for (office, holder) in offices {
            self.office(&DATA_COOP_REWARDS, office, holder);
        }
        Ok(())
    }

    async fn governor(&mut self) -> Result<(), Error> {
        let Some(BookEntry { address, .. }) = self.entry(&GOVERNOR) else { return Ok(()) };
        let executor = self.read(*address, &IGovernor::timelockCall {}).await?;
        let guardian = self.read(*address, &IGovernor::guardianCall {}).await?;
        self.office(&GOVERNOR, "executor", executor);
        self.office(&GOVERNOR, "guardian", guardian.account);
        Ok(())
    }

    async fn treasury(&mut self) -> Result<(), Error> {
        use ITreasury::{getModulesPaginatedCall, getOwnersCall, getThresholdCall, governorCall};
        let Some(BookEntry { address, .. }) = self.entry(&TREASURY) else { return Ok(()) };
        let threshold = self.read(*address, &getThresholdCall {}).await?;
        let owners = self.read(*address, &getOwnersCall {}).await?;
        let role = format!("owner, {threshold} of {} must sign", owners.len());
        for owner in owners {
            self.add(&TREASURY, role.as_str(), owner);
        }
        let governor = self.read(*address, &governorCall {}).await?;
        self.office(&TREASURY, "governor", governor);
        let mut start = SENTINEL;
        loop {
            let page = alloy::primitives::U256::from(MODULES_AT_A_TIME);
            let call = getModulesPaginatedCall { start, pageSize: page };
            let modules = self.read(*address, &call).await?;
            for module in modules.array {
                self.add(&TREASURY, "module", module);
            }
            if modules.next == SENTINEL || modules.next.is_zero() {
                return Ok(());
            }
            start = modules.next;
        }
    }

    async fn read<C: SolCall>(&self, to: Address, call: &C) -> Result<C::Return, Error> {
        self.chain.read(to, call).await
    }
}

/// Returns the name of a role, or its id when it has none here.
fn role_name(role: B256) -> String {
    if role.is_zero() {
        return "administrator".to_owned();
    }
    let known = ROLES.iter().find(|name| keccak256(format!("{name}_ROLE")) == role);
    known.map_or_else(|| role.to_string(), |name| name.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contracts::CONTRACTS;

    #[test]
    fn roles_have_the_names_that_their_ids_are_hashes_of() {
        assert_eq!(role_name(B256::ZERO), "administrator");
        assert_eq!(role_name(keccak256("PROPOSER_ROLE")), "proposer");
        assert_eq!(role_name(B256::repeat_byte(7)), B256::repeat_byte(7).to_string());
    }

    #[test]
    fn every_contract_with_roles_is_asked_for_them() {
        let with_roles = CONTRACTS.iter().filter(|contract| {
            let abi = (contract.abi)();
            abi.function("hasRole").is_some()
        });
        for contract in with_roles {
            let is_asked = WITH_ROLES.iter().any(|asked| asked.name == contract.name);
            assert!(is_asked, "the roles of {} are in no table", contract.name);
        }
    }

    #[test]
    fn every_role_of_the_suite_has_a_name() {
        for contract in WITH_ROLES {
            for function in (contract.abi)().functions() {
                let Some(role) = function.name.strip_suffix("_ROLE") else { continue };
                let is_named = role == "DEFAULT_ADMIN" || ROLES.contains(&role);
                assert!(is_named, "{role} of {} has no name", contract.name);
            }
        }
    }
}

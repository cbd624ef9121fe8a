//! Decides how a deployment goes from step to step: what is done already is not done again, and
//! the address book knows of every contract that was created.

use alloy::{
    dyn_abi::DynSolValue,
    primitives::{Address, B256, keccak256},
    sol_types::SolCall,
};

use super::{CoopConfig, Step, create};
use crate::{
    AddressBook, Artifact, Error, Event, Progress, Stage,
    bindings::IDataToken::{grantRoleCall, hasRoleCall, renounceRoleCall},
    book::Entry,
    chain::{Receipt, Sender},
    contracts::Contract,
};

/// The role that administers all others, on every contract that has roles.
pub(super) const DEFAULT_ADMIN: B256 = B256::ZERO;

/// A deployment under way.
pub(super) struct Run<'a> {
    pub(super) sender: &'a Sender,
    pub(super) artifacts: &'a [Artifact],
    pub(super) config: &'a CoopConfig,
    pub(super) progress: &'a dyn Progress,
    pub(super) book: AddressBook,
    pub(super) steps: Vec<Step>,
    pub(super) done: u64,
}

impl Run<'_> {
    /// Creates a contract, unless the address book has it.
    pub(super) async fn contract(
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

    /// Gives an account a role of a contract.
    pub(super) async fn grant(
        &mut self,
        on: (&Contract, Address),
        role: &str,
        account: Address,
    ) -> Result<(), Error> {
        let (contract, at) = on;
        let (name, role) = (role.to_lowercase(), role_id(role));
        if self.holds(at, role, account).await? {
            self.advance();
            return Ok(());
        }
        let said = format!("{account} made {name} of {}", contract.name);
        self.call(at, &grantRoleCall { role, account }, said).await
    }

    /// Takes a role for the deployer, to set up what only its holders can, unless that is done.
    pub(super) async fn borrow(
        &mut self,
        is_done: bool,
        on: (&Contract, Address),
        role: &str,
    ) -> Result<(), Error> {
        if is_done {
            self.advance();
            return Ok(());
        }
        self.grant(on, role, self.sender.address()).await
    }

    /// Gives a role of the deployer up, unless the deployer is its `owner`.
    pub(super) async fn take_back(
        &mut self,
        on: (&Contract, Address),
        role: &str,
        owner: Address,
    ) -> Result<(), Error> {
        let ((contract, at), deployer) = (on, self.sender.address());
        let (name, role) = (role.to_lowercase(), role_id(role));
        let is_held = deployer != owner && self.holds(at, role, deployer).await?;
        let call = renounceRoleCall { role, callerConfirmation: deployer };
        let said = format!("the deployer is no longer {name} of {}", contract.name);
        self.set(!is_held, at, &call, said).await
    }

    /// Sends a call, unless what it would do is done.
    pub(super) async fn set<C: SolCall>(
        &mut self,
        is_done: bool,
        to: Address,
        call: &C,
        said: String,
    ) -> Result<(), Error> {
        if is_done {
            self.advance();
            return Ok(());
        }
        self.call(to, call, said).await
    }

    /// Calls a view.
    pub(super) async fn read<C: SolCall>(&self, to: Address, call: &C) -> Result<C::Return, Error> {
        self.sender.chain().read(to, call).await
    }

    /// Makes `heir` the administrator of a contract, and gives the deployer's administration up.
    pub(super) async fn hand_over(
        &mut self,
        on: (&Contract, Address),
        heir: Address,
    ) -> Result<(), Error> {
        let (contract, at) = on;
        let deployer = self.sender.address();
        self.grant(on, "ADMINISTRATOR", heir).await?;
        if deployer != heir && self.holds(at, DEFAULT_ADMIN, deployer).await? {
            let call = renounceRoleCall { role: DEFAULT_ADMIN, callerConfirmation: deployer };
            let said = format!("the deployer's administration of {} given up", contract.name);
            self.call(at, &call, said).await?;
        }
        Ok(())
    }

    /// Sends a call and notes it as a step, in words.
    pub(super) async fn call<C: SolCall>(
        &mut self,
        to: Address,
        call: &C,
        said: String,
    ) -> Result<(), Error> {
        let receipt = self.sender.call(to, call).await?;
        self.took(said, receipt);
        Ok(())
    }

    async fn holds(&self, at: Address, role: B256, account: Address) -> Result<bool, Error> {
        self.sender.chain().read(at, &hasRoleCall { role, account }).await
    }

    fn took(&mut self, name: String, receipt: Receipt) {
        self.steps.push(Step { name, receipt });
        self.advance();
    }

    pub(super) fn advance(&mut self) {
        self.done += 1;
        self.progress.report(Event::Advanced { stage: Stage::Deploy, done: self.done });
    }
}

/// Returns the id of a role by its name in words: `MINTER` is `keccak256("MINTER_ROLE")`.
fn role_id(name: &str) -> B256 {
    match name {
        "ADMINISTRATOR" => DEFAULT_ADMIN,
        name => keccak256(format!("{name}_ROLE")),
    }
}

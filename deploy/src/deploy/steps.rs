//! Decides in which order a cooperative comes onto a chain: the list of steps, made from its
//! configuration alone, since every address is foretold.

use alloy::{
    dyn_abi::DynSolValue,
    primitives::{Address, B256, keccak256},
    sol_types::SolCall,
};

use super::{
    CoopConfig,
    access::Offices,
    fact::Fact,
    step::{Creation, Deed, Step},
    target::Target,
};
use crate::{
    Artifact, Error,
    bindings::IDataToken::{grantRoleCall, hasRoleCall, renounceRoleCall},
    contracts::{Contract, DATA_COOP_REWARDS, DATA_TOKEN},
};

/// The role that administers all others, on every contract that has roles.
const DEFAULT_ADMIN: B256 = B256::ZERO;

/// The steps of a deployment, as they are listed.
pub(super) struct Steps<'a> {
    pub(super) config: &'a CoopConfig,
    /// Who sends them.
    pub(super) deployer: Address,
    artifacts: &'a [Artifact],
    target: Target,
    list: Vec<Step>,
    /// Who holds what in the end: contract, role or office as the table of roles has it, and holder.
    powers: Vec<Power>,
}

/// Who holds a role or an office of a contract in the end.
pub(super) type Power = (&'static str, String, Address);

/// Lists the steps that bring a cooperative onto a chain, and who holds which power afterwards.
///
/// # Errors
///
/// [`Error::UnknownContract`] when an artifact is missing, [`Error::ConstructorArguments`] when the
/// configuration does not fit a constructor, [`Error::Stylus`] when a program would not fit the chain.
pub(super) fn steps(
    config: &CoopConfig,
    deployer: Address,
    artifacts: &[Artifact],
    target: Target,
) -> Result<(Vec<Step>, Vec<Power>), Error> {
    let (list, powers) = (Vec::new(), Vec::new());
    let mut steps = Steps { config, deployer, artifacts, target, list, powers };
    steps.all()?;
    Ok((steps.list, steps.powers))
}

impl Steps<'_> {
    fn all(&mut self) -> Result<(), Error> {
        let config = self.config;
        let membership = self.membership()?;
        let (governance, treasury, recipient) = match &config.self_government {
            None => (config.governance, config.recipient, config.recipient),
            Some(terms) => {
                let organs = self.organs(terms, membership)?;
                let is_treasury = config.recipient.is_zero();
                let recipient = if is_treasury { organs.treasury } else { config.recipient };
                (organs.timelock, organs.treasury, recipient)
            }
        };
        let guardian = if config.guardian.is_zero() { governance } else { config.guardian };
        let token = self.data(governance, guardian, recipient)?;
        let offices = Offices { governance, treasury, guardian };
        self.access(membership, token, offices)
    }

    /// DATA and DataCoopRewards, and their roles.
    fn data(
        &mut self,
        governance: Address,
        pauser: Address,
        recipient: Address,
    ) -> Result<Address, Error> {
        let (config, deployer) = (self.config, self.deployer);
        let token = self.contract(
            &DATA_TOKEN,
            &[
                // The deployer gives out the roles, and gives its own up in the end.
                DynSolValue::Address(deployer),
                DynSolValue::Address(recipient),
                DynSolValue::Uint(config.supply, 256),
                DynSolValue::Uint(config.emission_floor, 256),
                DynSolValue::Uint(config.emission_bps, 256),
            ],
        )?;
        let rewards = self.contract(
            &DATA_COOP_REWARDS,
            &[token, governance, config.oracle, config.guardian].map(DynSolValue::Address),
        )?;
        for (office, holder) in [
            ("governance", governance),
            ("verified oracle", config.oracle),
            ("guardian", config.guardian),
        ] {
            self.office(&DATA_COOP_REWARDS, office, holder);
        }
        let data = (&DATA_TOKEN, token);
        self.grant(data, "MINTER", rewards);
        self.grant(data, "PAUSER", pauser);
        self.hand_over(data, governance);
        Ok(token)
    }

    /// Creates a contract, and returns where it will be.
    pub(super) fn contract(
        &mut self,
        contract: &Contract,
        values: &[DynSolValue],
    ) -> Result<Address, Error> {
        let artifact = self.artifacts.iter().find(|artifact| artifact.name == contract.name);
        let artifact = artifact.ok_or_else(|| Error::UnknownContract {
            name: contract.name.to_owned(),
            known: self.artifacts.iter().map(|artifact| artifact.name.as_str()).collect(),
        })?;
        let arguments = contract.encode_constructor(values)?;
        let salt = self.config.salt();
        let (address, data) = self.target.creation(artifact, &arguments, salt)?;
        let creation = Creation {
            contract: contract.name,
            address,
            arguments: arguments.into(),
            code_hash: self.target.code_hash(artifact),
            factory: self.target.factory(),
            data,
        };
        let title = format!("{} created", contract.name);
        let (deed, done) = (Deed::Create(creation), Vec::new());
        self.list.push(Step { title, deed, done, or: None });
        Ok(address)
    }

    /// Calls a function, so that `fact` holds.
    pub(super) fn set<C: SolCall>(&mut self, to: Address, call: &C, title: String, fact: Fact) {
        self.list.push(Step::call(to, call, title, vec![fact]));
    }

    /// Gives an account a role of a contract.
    pub(super) fn grant(&mut self, on: (&Contract, Address), role: &str, account: Address) {
        let (contract, at) = on;
        let title = format!("{account} made {} of {}", role.to_lowercase(), contract.name);
        self.office(contract, &role.to_lowercase(), account);
        let role = role_id(role);
        self.set(at, &grantRoleCall { role, account }, title, holds(at, role, account));
    }

    /// Notes that an account holds an office that a constructor gives it, unless it is nobody.
    pub(super) fn office(&mut self, contract: &Contract, office: &str, holder: Address) {
        if !holder.is_zero() {
            self.power(contract, office, holder);
        }
    }

    /// Notes that an account, or everybody by the zero address, holds an office.
    pub(super) fn power(&mut self, contract: &Contract, office: &str, holder: Address) {
        self.powers.push((contract.name, office.to_owned(), holder));
    }

    /// Makes `heir` the administrator of a contract, and gives the deployer's administration up.
    pub(super) fn hand_over(&mut self, on: (&Contract, Address), heir: Address) {
        let ((contract, at), deployer) = (on, self.deployer);
        // Its constructor made the deployer the administrator.
        if heir == deployer {
            self.office(contract, "administrator", heir);
            return;
        }
        self.grant(on, "ADMINISTRATOR", heir);
        let title = format!("the deployer's administration of {} given up", contract.name);
        let call = renounceRoleCall { role: DEFAULT_ADMIN, callerConfirmation: deployer };
        self.set(at, &call, title, lacks(at, DEFAULT_ADMIN, deployer));
    }

    /// Takes `inner` steps that need a role of a contract, for which the deployer takes it and gives
    /// it up again, unless it is the `owner` that holds it anyway. All of it is done when what the
    /// inner steps are for is so.
    pub(super) fn with_role(
        &mut self,
        on: (&Contract, Address),
        role: &str,
        owner: Address,
        inner: Vec<Step>,
    ) {
        let ((contract, at), deployer) = (on, self.deployer);
        let done: Vec<_> = inner.iter().flat_map(|step| step.done.iter().cloned()).collect();
        if inner.is_empty() || deployer == owner {
            self.list.extend(inner);
            return;
        }
        let (name, role) = (role.to_lowercase(), role_id(role));
        let title = format!("{deployer} made {name} of {}", contract.name);
        let call = grantRoleCall { role, account: deployer };
        let borrowed = Some(holds(at, role, deployer));
        self.list.push(Step { or: borrowed, ..Step::call(at, &call, title, done.clone()) });
        self.list.extend(inner);
        let title = format!("the deployer is no longer {name} of {}", contract.name);
        let call = renounceRoleCall { role, callerConfirmation: deployer };
        let done = [done, vec![lacks(at, role, deployer)]].concat();
        self.list.push(Step::call(at, &call, title, done));
    }
}

fn holds(at: Address, role: B256, account: Address) -> Fact {
    Fact::new(at, &hasRoleCall { role, account }, |holds| holds)
}

fn lacks(at: Address, role: B256, account: Address) -> Fact {
    Fact::new(at, &hasRoleCall { role, account }, |holds| !holds)
}

/// Returns the id of a role by its name in words: `MINTER` is `keccak256("MINTER_ROLE")`.
fn role_id(name: &str) -> B256 {
    match name {
        "ADMINISTRATOR" => DEFAULT_ADMIN,
        name => keccak256(format!("{name}_ROLE")),
    }
}

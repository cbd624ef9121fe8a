//! Decides what a plan says: which transactions would bring a chain to what is wanted, where every contract
//! will be, and what it costs. Making a plan changes nothing, neither on the chain nor on the disk.

use std::path::Path;

use alloy::{
    network::TransactionBuilder,
    primitives::{Address, Bytes, U256},
    providers::Provider,
    rpc::types::{
        TransactionRequest,
        simulate::{SimBlock, SimCallResult, SimulatePayload},
        state::StateOverridesBuilder,
    },
};
use serde::Serialize;

use super::{
    CoopConfig, Target,
    apply::{self, done},
    coop::{self, Wanted},
    fact::Fact,
    journal::Journal,
    step::{Deed, Step},
    target::Preparation,
};
use crate::{
    AddressBook, Argument, Artifact, Error,
    chain::{Chain, Outgoing},
    contracts::Contract,
    decode_call, decode_error, stylus,
};

/// What it takes to bring a cooperative onto a chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Plan {
    /// The chain's id.
    pub chain_id: u64,
    /// What runs the contracts.
    pub target: Target,
    /// Who sends.
    pub deployer: Address,
    /// What the deployer has, in wei.
    pub balance: U256,
    /// Every contract, and where it is or will be.
    pub contracts: Vec<PlannedContract>,
    /// What is left to send, in order.
    pub transactions: Vec<PlannedTransaction>,
    /// The gas of all of it, when it could be simulated.
    pub gas: Option<u64>,
    /// The gas that pays for its bytes on the parent chain, which comes on top; zero on a chain without one.
    pub data_gas: u64,
    /// What a unit of gas costs at present, in wei.
    pub gas_price: U256,
    /// What goes along with the transactions, in wei: fees for the activation of programs.
    pub value: U256,
}

/// A contract, and where it is or will be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PlannedContract {
    /// Its name.
    pub name: &'static str,
    /// Its address.
    pub address: Address,
    /// Whether it is there.
    pub is_there: bool,
}

/// A transaction that is left to send.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PlannedTransaction {
    /// What it does, in words.
    pub title: String,
    /// The contract that it creates or calls.
    pub contract: Option<&'static str>,
    /// Whom it is sent to.
    pub to: Address,
    /// The function that it calls, or `constructor`.
    pub function: String,
    /// The arguments of the function or the constructor.
    pub arguments: Vec<Argument>,
    /// The calldata.
    pub data: Bytes,
    /// What goes along, in wei.
    pub value: U256,
    /// The gas that it uses, when it could be simulated.
    pub gas: Option<u64>,
    /// The gas that pays for its bytes on the parent chain, which comes on top.
    pub data_gas: u64,
}

impl Plan {
    /// Returns what all of it costs, in wei, when it could be simulated.
    #[must_use]
    pub fn cost(&self) -> Option<U256> {
        let gas = U256::from(self.gas?).saturating_add(U256::from(self.data_gas));
        let gas = self.gas_price.saturating_mul(gas);
        Some(gas.saturating_add(self.value))
    }

    /// Returns whether nothing is left to do.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.transactions.is_empty()
    }
}

/// Plans what brings a cooperative onto a chain, from what is there already.
///
/// # Errors
///
/// - [`Error::BegunOtherwise`], [`Error::BookOfAnotherChain`], [`Error::BookIsStale`],
///   [`Error::JournalCorrupted`]: a deployment was begun that this one does not carry on.
/// - [`Error::Reverted`]: a step would be rejected.
/// - [`Error::CodeDiffers`]: something else is at a foretold address.
/// - The failures of [`Target::of`] and of [`Chain::read`].
pub async fn plan(
    chain: &Chain,
    deployer: Address,
    artifacts: &[Artifact],
    config: &CoopConfig,
    book: &Path,
) -> Result<Plan, Error> {
    let target = Target::of(chain).await?;
    let wanted = Wanted::new(chain, deployer, artifacts, (config, target), book)?;
    if let Some(state) = Journal::peek(&Journal::path_of(book))? {
        coop::expect(&state, &wanted.beginning, &Journal::path_of(book))?;
    }
    let is_complete =
        AddressBook::read_begun(book, chain).await?.is_some_and(|book| book.roles_given);
    let steps = &wanted.steps;
    let done = if is_complete { vec![true; steps.len()] } else { done(chain, steps).await? };
    let contracts = steps.iter().zip(&done).filter_map(|(step, done)| {
        let creation = step.creation()?;
        let (name, address) = (creation.contract, creation.address);
        Some(PlannedContract { name, address, is_there: *done })
    });
    let contracts: Vec<_> = contracts.collect();
    let left: Vec<_> =
        steps.iter().zip(&done).filter(|(_, done)| !**done).map(|(step, _)| step).collect();
    let mut values = Vec::with_capacity(left.len());
    for step in &left {
        let is_of = |artifact: &&Artifact| {
            step.creation().is_some_and(|creation| creation.contract == artifact.name)
        };
        values.push(match artifacts.iter().find(is_of) {
            Some(artifact) => target.value(chain, artifact).await?,
            None => U256::ZERO,
        });
    }
    let creates = left.iter().any(|step| step.creation().is_some());
    let preparation =
        if creates { target.preparation(chain).await? } else { Preparation::default() };
    let simulated = simulate(chain, deployer, (&left, &values), &preparation).await?;
    let needed = left.iter().zip(values).zip(simulated);
    let needed = needed.filter(|(_, simulated)| *simulated != Simulated::Needless);
    let mut transactions: Vec<_> = preparation.transactions.into_iter().map(prepared).collect();
    for ((step, value), simulated) in needed {
        let mut transaction = planned(step, &contracts, (value, simulated.gas()));
        transaction.data_gas = data_gas(chain, target, &transaction).await?;
        transactions.push(transaction);
    }
    let data_gas = transactions.iter().map(|transaction| transaction.data_gas).sum();
    let gas = transactions.iter().map(|transaction| transaction.gas).sum();
    let value = transactions.iter().fold(U256::ZERO, |sum, t| sum.saturating_add(t.value));
    let balance = chain.ask("eth_getBalance", chain.provider().get_balance(deployer)).await?;
    let gas_price = chain.ask("eth_gasPrice", chain.provider().get_gas_price()).await?;
    Ok(Plan {
        chain_id: chain.id(),
        target,
        deployer,
        balance,
        contracts,
        transactions,
        gas,
        data_gas,
        gas_price: U256::from(gas_price),
        value,
    })
}

/// Asks for the gas that pays for a transaction's bytes on the parent chain, which a simulation leaves out.
async fn data_gas(
    chain: &Chain,
    target: Target,
    transaction: &PlannedTransaction,
) -> Result<u64, Error> {
    if target == Target::Evm {
        return Ok(0);
    }
    let gas = stylus::l1_gas(chain, transaction.to, transaction.data.clone()).await?;
    Ok(gas.map_or(0, |gas| gas.gas))
}

/// What a simulation found of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Simulated {
    /// It uses this much gas.
    Gas(u64),
    /// The steps before it do what it is for.
    Needless,
    /// It could not be simulated.
    Unknown,
}

impl Simulated {
    const fn gas(self) -> Option<u64> {
        match self {
            Self::Gas(gas) => Some(gas),
            Self::Needless | Self::Unknown => None,
        }
    }
}

/// Simulates steps one after the other (`eth_simulateV1`), each after asking whether it is done by
/// those before it. A node that cannot simulate leaves it unknown.
async fn simulate(
    chain: &Chain,
    deployer: Address,
    (steps, values): (&[&Step], &[U256]),
    preparation: &Preparation,
) -> Result<Vec<Simulated>, Error> {
    let mut calls = Vec::new();
    for (step, value) in steps.iter().zip(values) {
        for Fact { to, data, .. } in step.facts() {
            calls.push(TransactionRequest::default().with_to(*to).with_input(data.clone()));
        }
        let outgoing = apply::outgoing(step);
        let request = TransactionRequest::default().with_from(deployer).with_input(outgoing.data);
        let request = request.with_to(outgoing.to.unwrap_or_default()).with_value(*value);
        calls.push(request);
    }
    if calls.is_empty() {
        return Ok(Vec::new());
    }
    let factory = preparation.factory_code.clone();
    if factory.is_none() && !preparation.transactions.is_empty() {
        // What creates the contracts is not there yet, and what it will do is not known.
        return Ok(vec![Simulated::Unknown; steps.len()]);
    }
    let state_overrides = factory.map(|code| {
        StateOverridesBuilder::default().with_code(Target::Evm.factory(), code).build()
    });
    let block = SimBlock { calls, state_overrides, ..SimBlock::default() };
    let payload = SimulatePayload::default().extend(block);
    let Ok(blocks) = chain.provider().simulate(&payload).await else {
        return Ok(vec![Simulated::Unknown; steps.len()]);
    };
    let mut results = blocks.into_iter().flat_map(|block| block.calls);
    let mut found = Vec::with_capacity(steps.len());
    for step in steps {
        let simulated = read(step, &mut results)?;
        found.push(simulated);
        if step.creation().is_some() && simulated == Simulated::Unknown {
            // What follows would have called a contract that is not there.
            found.resize(steps.len(), Simulated::Unknown);
            break;
        }
    }
    Ok(found)
}

/// Reads what was found of a step.
fn read(
    step: &Step,
    results: &mut impl Iterator<Item = SimCallResult>,
) -> Result<Simulated, Error> {
    let shown = |(fact, answer): (&Fact, SimCallResult)| {
        answer.status && fact.is_shown_by(&answer.return_data)
    };
    let hold: Vec<_> = step.facts().zip(results.by_ref()).map(shown).collect();
    match results.next() {
        _ if step.is_done_when(&hold) => Ok(Simulated::Needless),
        Some(result) if result.status => Ok(Simulated::Gas(result.gas_used)),
        // A factory does not say why, and a node may not simulate what it can do: sending it will tell.
        _ if step.creation().is_some() => Ok(Simulated::Unknown),
        Some(result) => Err(Error::Reverted {
            call: step.title.clone(),
            error: Box::new(decode_error(&result.return_data)),
            transaction: None,
        }),
        None => Ok(Simulated::Unknown),
    }
}

/// What is sent before the first contract.
fn prepared((outgoing, gas): (Outgoing, Option<u64>)) -> PlannedTransaction {
    let Outgoing { call, to, data, value } = outgoing;
    PlannedTransaction {
        title: call,
        contract: None,
        to: to.unwrap_or_default(),
        function: String::new(),
        arguments: Vec::new(),
        data,
        value,
        gas,
        data_gas: 0,
    }
}

fn planned(
    step: &Step,
    contracts: &[PlannedContract],
    (value, gas): (U256, Option<u64>),
) -> PlannedTransaction {
    let outgoing = apply::outgoing(step);
    let to = outgoing.to.unwrap_or_default();
    let name = |to: Address| contracts.iter().find(|c| c.address == to).map(|c| c.name);
    let (contract, function, arguments) = match &step.deed {
        Deed::Create(creation) => {
            let arguments = Contract::named(creation.contract)
                .map(|contract| contract.decode_constructor(&creation.arguments))
                .unwrap_or_default();
            (Some(creation.contract), "constructor".to_owned(), arguments)
        }
        Deed::Call { to, function, data } => {
            let call = name(*to)
                .and_then(|name| Contract::named(name).ok())
                .and_then(|contract| decode_call(&contract, data));
            let arguments = call.map(|call| call.args).unwrap_or_default();
            (name(*to), (*function).to_owned(), arguments)
        }
    };
    let title = step.title.clone();
    PlannedTransaction {
        title,
        contract,
        to,
        function,
        arguments,
        data: outgoing.data,
        value,
        gas,
        data_gas: 0,
    }
}

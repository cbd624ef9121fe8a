//! Decides how a scene of the demo acts on chain, and how its outcome is kept.

use alloy::{
    primitives::{Address, B256},
    providers::Provider,
    sol_types::SolCall,
};
use anyhow::{bail, ensure};
use datacoop_deploy::{
    AddressBook, DecodedError, Error, Progress,
    chain::{Chain, Outgoing, Receipt, Sender},
    contracts::{DATA_COOP_REWARDS, DATA_TOKEN},
    deploy,
};
use serde::Serialize;

use crate::words;

/// Gas for a call that is expected to be rejected: none is estimated for it.
const GAS_OF_A_REJECTION: u64 = 3_000_000;

/// A cooperative, and who acts in it.
pub(super) struct Coop {
    pub(super) token: Address,
    pub(super) rewards: Address,
    pub(super) governance: Sender,
    pub(super) oracle: Sender,
    pub(super) stranger: Sender,
    /// Where all contracts are.
    pub(super) book: AddressBook,
    founding: Vec<deploy::Step>,
}

impl Coop {
    pub(super) fn new(
        book: &AddressBook,
        [governance, oracle, stranger]: [Sender; 3],
        founding: Vec<deploy::Step>,
    ) -> Result<Self, Error> {
        let (token, rewards) = (book.address(&DATA_TOKEN)?, book.address(&DATA_COOP_REWARDS)?);
        Ok(Self { token, rewards, governance, oracle, stranger, book: book.clone(), founding })
    }
}

/// The demo under way.
pub(super) struct Stage<'a> {
    pub(super) coop: Coop,
    pub(super) progress: &'a dyn Progress,
    pub(super) steps: Vec<Step>,
    /// What could not be shown on this chain, and why.
    pub(super) not_shown: Vec<String>,
}

/// Something that was shown.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Step {
    /// A name that does not change, for programs.
    pub(super) name: &'static str,
    /// What was done, for people.
    pub(super) title: String,
    pub(super) outcome: Outcome,
    /// What came of it, for people; empty when the title says it all.
    pub(super) result: String,
    /// The error with which a contract rejected it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) error: Option<DecodedError>,
    /// The last transaction of the step.
    pub(super) transaction: B256,
    /// The gas of all transactions of the step.
    pub(super) gas_used: u64,
    pub(super) transactions: usize,
}

/// How a step ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Outcome {
    Done,
    Rejected,
}

impl<'a> Stage<'a> {
    pub(super) fn new(mut coop: Coop, progress: &'a dyn Progress) -> Self {
        let founding = std::mem::take(&mut coop.founding);
        let mut stage = Self { coop, progress, steps: Vec::new(), not_shown: Vec::new() };
        let is_contract = |step: &deploy::Step| step.receipt.contract.is_some();
        let (contracts, rest): (Vec<_>, Vec<_>) = founding.into_iter().partition(is_contract);
        for deploy::Step { name, receipt } in contracts {
            stage.done("deploy", name, String::new(), &[receipt]);
        }
        let rest: Vec<_> = rest.into_iter().map(|step| step.receipt).collect();
        stage.done("deploy", "roles given out and terms set", String::new(), &rest);
        stage
    }

    pub(super) const fn chain(&self) -> &Chain {
        self.coop.oracle.chain()
    }

    /// Keeps a step that was done.
    pub(super) fn done(
        &mut self,
        name: &'static str,
        title: impl Into<String>,
        result: String,
        receipts: &[Receipt],
    ) {
        let last = receipts.last().map(|receipt| receipt.transaction).unwrap_or_default();
        let gas_used = receipts.iter().map(|receipt| receipt.gas_used).sum();
        self.took(name, title, result, last, (gas_used, receipts.len()));
    }

    /// Keeps a step that was done, by its last transaction, and the gas and number of all of them.
    pub(super) fn took(
        &mut self,
        name: &'static str,
        title: impl Into<String>,
        result: String,
        transaction: B256,
        (gas_used, transactions): (u64, usize),
    ) {
        self.steps.push(Step {
            name,
            title: title.into(),
            outcome: Outcome::Done,
            result,
            error: None,
            transaction,
            gas_used,
            transactions,
        });
    }

    /// Sends a call that a contract must reject with `expected`, and keeps what it said. The call
    /// is sent although it is known to fail: the rejection is on the chain, for anybody to see.
    pub(super) async fn rejected(
        &mut self,
        name: &'static str,
        title: &str,
        sender: &Sender,
        (to, call): (Address, &impl SolCall),
        expected: &str,
    ) -> anyhow::Result<()> {
        let sent = sender.send_with_gas(&Outgoing::call(to, call), GAS_OF_A_REJECTION).await;
        let Err(Error::Reverted { error, transaction: Some(transaction), .. }) = sent else {
            sent?;
            bail!("the demo expected `{expected}`, and the call was not rejected");
        };
        ensure!(
            error.name == expected,
            "the demo expected `{expected}`, and the call was rejected with `{}`: {error}",
            error.name
        );
        let receipt = self.chain().provider().get_transaction_receipt(transaction).await?;
        let gas_used = receipt.map(|receipt| receipt.gas_used).unwrap_or_default();
        self.steps.push(Step {
            name,
            title: title.to_owned(),
            outcome: Outcome::Rejected,
            result: words::explain(&error),
            error: Some(*error),
            transaction,
            gas_used,
            transactions: 1,
        });
        Ok(())
    }
}

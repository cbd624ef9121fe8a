//! Decides how signed transactions are submitted: in order, each awaited, none twice.

use alloy::{primitives::B256, providers::Provider};
use serde::Serialize;

use super::{OfflineError, SignedFile, SignedTransaction};
use crate::{
    Error, Event, Progress, Stage,
    chain::{Chain, Outgoing, Receipt, Sender, Signed},
    keys::Signer,
};

/// What became of a signed transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum SentState {
    /// It was sent, and mined.
    Sent,
    /// It had been mined before.
    AlreadyMined,
}

/// Signed transactions on their way to a chain.
#[derive(Clone, Debug)]
pub struct Sending {
    chain: Chain,
    sender: Sender,
    file: SignedFile,
}

impl Sending {
    /// Takes a file to the chain that it is for.
    ///
    /// # Errors
    ///
    /// [`Error::WrongChain`] when it is for another one.
    pub fn new(chain: &Chain, file: SignedFile) -> Result<Self, Error> {
        chain.expect_id(file.chain_id)?;
        let sender = Sender::new(chain, Signer::Watched(file.sender));
        Ok(Self { chain: chain.clone(), sender, file })
    }

    /// Submits them in order and waits for each. Those that were mined before are left alone, so
    /// that a run that was cut off is run again.
    ///
    /// # Errors
    ///
    /// - [`OfflineError::NonceUsed`], [`OfflineError::NonceAhead`]: one cannot be mined, or not yet.
    /// - [`Error::Reverted`]: one was mined and reverted; those after it are not sent.
    /// - The failures of [`Sender::send`].
    pub async fn run(&self, progress: &dyn Progress) -> Result<Vec<(SentState, Receipt)>, Error> {
        let transactions = &self.file.transactions;
        let stage = Stage::Send;
        let total = Some(transactions.len() as u64);
        progress.report(Event::Began { stage, subject: "signed transactions", total });
        let mut outcomes = Vec::with_capacity(transactions.len());
        for transaction in transactions {
            outcomes.push(self.one(transaction).await?);
            progress.report(Event::Advanced { stage, done: outcomes.len() as u64 });
        }
        progress.report(Event::Ended { stage });
        Ok(outcomes)
    }

    async fn one(&self, transaction: &SignedTransaction) -> Result<(SentState, Receipt), Error> {
        let SignedTransaction { nonce, hash, .. } = *transaction;
        let sender = self.file.sender;
        let outgoing = Outgoing {
            call: transaction.does.clone(),
            to: transaction.to,
            data: transaction.data(),
            value: transaction.value,
        };
        // The count first: a transaction that is mined in between has its receipt.
        let count = self.chain.provider().get_transaction_count(sender);
        let mined = self.chain.ask("eth_getTransactionCount", count).await?;
        if let Some(receipt) = self.chain.receipt(hash).await? {
            if !receipt.status() {
                return Err(self.sender.reason(&outgoing, &receipt).await);
            }
            return Ok((SentState::AlreadyMined, receipt.into()));
        }
        if mined > nonce {
            return Err(OfflineError::NonceUsed { sender, nonce, transaction: hash }.into());
        }
        let next = self.sender.next_nonce().await?;
        if next < nonce {
            return Err(OfflineError::NonceAhead { sender, nonce, next }.into());
        }
        if !self.is_known(hash).await? {
            self.sender.broadcast(&outgoing, &signed(transaction)).await?;
        }
        let receipt = self.sender.confirm(&outgoing, hash).await?;
        Ok((SentState::Sent, receipt))
    }

    /// Whether the node has the transaction already, and it waits to be mined.
    async fn is_known(&self, hash: B256) -> Result<bool, Error> {
        let found = self.chain.provider().get_transaction_by_hash(hash);
        Ok(self.chain.ask("eth_getTransactionByHash", found).await?.is_some())
    }
}

fn signed(transaction: &SignedTransaction) -> Signed {
    Signed {
        hash: transaction.hash,
        raw: transaction.raw.clone(),
        nonce: transaction.nonce,
        gas: transaction.gas_limit,
        max_fee: transaction.max_fee_per_gas,
    }
}

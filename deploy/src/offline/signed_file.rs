//! Decides how signed transactions are carried to a chain: a file, and when it is trusted.
//!
//! A file carries nothing that has to be believed. Whatever it says of a transaction is compared
//! with what was signed, and the signature with the sender, before anything is sent.

use std::path::Path;

use alloy::{
    consensus::{TxEip1559, TxEnvelope},
    eips::eip2718::Decodable2718,
    primitives::{Address, B256, Bytes, TxKind, U256},
};
use serde::{Deserialize, Serialize};

use super::{LaidAside, OfflineError};
use crate::{Error, decode::decode_any_call, document};

/// The version of the file's form.
const SCHEMA: u64 = 1;

/// Signed transactions of one account, in the order of their nonces.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SignedFile {
    schema: u64,
    /// The chain that they are for.
    pub chain_id: u64,
    /// Whose they are.
    pub sender: Address,
    /// The transactions.
    pub transactions: Vec<SignedTransaction>,
}

/// A signed transaction, and what it says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SignedTransaction {
    /// What it does, in words.
    pub does: String,
    /// The call with its arguments, when it is one of the suite's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call: Option<String>,
    /// The account that is called; none to create a contract.
    pub to: Option<Address>,
    /// The ether that goes with it, in wei.
    pub value: U256,
    /// Its nonce.
    pub nonce: u64,
    /// Its gas limit.
    pub gas_limit: u64,
    /// The most that it pays for a unit of gas, in wei.
    pub max_fee_per_gas: u128,
    /// What it pays the block's producer for a unit of gas, in wei.
    pub max_priority_fee_per_gas: u128,
    /// Its hash.
    pub hash: B256,
    /// What is sent (EIP-2718).
    pub raw: Bytes,
}

impl SignedFile {
    /// Takes what was laid aside.
    #[must_use]
    pub fn of(chain_id: u64, sender: Address, laid: &[LaidAside]) -> Self {
        let transaction = |laid: &LaidAside| SignedTransaction {
            does: laid.outgoing.call.clone(),
            call: called(laid.outgoing.to, &laid.outgoing.data),
            to: laid.outgoing.to,
            value: laid.outgoing.value,
            nonce: laid.signed.nonce,
            gas_limit: laid.signed.gas,
            max_fee_per_gas: laid.signed.max_fee,
            max_priority_fee_per_gas: signed(&laid.signed.raw)
                .map_or(0, |(tx, ..)| tx.max_priority_fee_per_gas),
            hash: laid.signed.hash,
            raw: laid.signed.raw.clone(),
        };
        let transactions = laid.iter().map(transaction).collect();
        Self { schema: SCHEMA, chain_id, sender, transactions }
    }

    /// Reads a file and checks all of it.
    ///
    /// # Errors
    ///
    /// - [`Error::Io`], [`Error::MalformedFile`]: it cannot be read, or is none.
    /// - [`OfflineError::Tampered`]: it says something else than what was signed.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let file: Self = document::read(path, SCHEMA)?;
        if file.transactions.is_empty() {
            let reason = "it has no transaction".to_owned();
            return Err(Error::MalformedFile { path: path.to_path_buf(), reason });
        }
        let first = file.transactions[0].nonce;
        for (index, transaction) in file.transactions.iter().enumerate() {
            let expected = first.checked_add(index as u64);
            transaction.check(file.chain_id, file.sender, expected).map_err(|reason| {
                OfflineError::Tampered { path: path.to_path_buf(), number: index + 1, reason }
            })?;
        }
        Ok(file)
    }

    /// Writes it.
    ///
    /// # Errors
    ///
    /// [`Error::Io`]: it cannot be written.
    pub fn write(&self, path: &Path) -> Result<(), Error> {
        document::write(path, self)
    }
}

impl SignedTransaction {
    /// Returns the calldata or initcode that was signed.
    pub(super) fn data(&self) -> Bytes {
        signed(&self.raw).map(|(tx, ..)| tx.input).unwrap_or_default()
    }

    /// Compares what the file says with what was signed.
    fn check(&self, chain_id: u64, sender: Address, nonce: Option<u64>) -> Result<(), String> {
        let (tx, hash, by) = signed(&self.raw)?;
        let to = match tx.to {
            TxKind::Call(to) => Some(to),
            TxKind::Create => None,
        };
        let call = called(to, &tx.input);
        let same = [
            ("chain", tx.chain_id == chain_id),
            ("sender", by == Some(sender)),
            ("hash", hash == self.hash),
            ("nonce", tx.nonce == self.nonce),
            ("receiver", to == self.to),
            ("value", tx.value == self.value),
            ("gas limit", tx.gas_limit == self.gas_limit),
            ("fee", tx.max_fee_per_gas == self.max_fee_per_gas),
            ("priority fee", tx.max_priority_fee_per_gas == self.max_priority_fee_per_gas),
            ("call", call == self.call),
        ];
        if let Some((what, _)) = same.iter().find(|(_, is_same)| !is_same) {
            return Err(format!("the {what} is not that which was signed"));
        }
        if nonce != Some(tx.nonce) {
            return Err("its nonce does not follow the one before".to_owned());
        }
        Ok(())
    }
}

fn called(to: Option<Address>, data: &[u8]) -> Option<String> {
    to.and_then(|_| decode_any_call(data)).map(|call| call.to_string())
}

/// Takes apart what was signed: the transaction, its hash, and who signed it.
fn signed(raw: &Bytes) -> Result<(TxEip1559, B256, Option<Address>), String> {
    let mut rest = raw.as_ref();
    let envelope = TxEnvelope::decode_2718(&mut rest).map_err(|error| error.to_string())?;
    match envelope {
        TxEnvelope::Eip1559(signed) if rest.is_empty() => {
            let digest = signed.signature_hash();
            let by = signed.signature().recover_address_from_prehash(&digest).ok();
            Ok((signed.tx().clone(), *signed.hash(), by))
        }
        _ => Err("it is no transaction with a maximal fee (EIP-1559)".to_owned()),
    }
}

//! Decides how transactions are laid aside: with which nonce, gas and fees, and in which order.

use std::{
    path::Path,
    sync::{Mutex, MutexGuard, PoisonError},
};

use alloy::{
    eips::eip1559::Eip1559Estimation,
    primitives::{Address, B256, keccak256},
};

use super::{OfflineError, SignedFile};
use crate::{
    Error,
    chain::{Outgoing, Receipt, Signed},
    treasury::{Batch, Call},
};

/// In which form transactions are laid aside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Signed, so that anybody may submit them.
    Signed,
    /// As calls that a Safe makes, once its owners signed.
    Batch,
}

/// What was decided about transactions beforehand. What was not is asked of the chain.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Terms {
    /// The nonce of the first.
    pub nonce: Option<u64>,
    /// The gas limit of each.
    pub gas_limit: Option<u64>,
    /// The most that each pays for a unit of gas, in wei.
    pub max_fee_wei: Option<u128>,
    /// What each pays the block's producer for a unit of gas, in wei.
    pub priority_fee_wei: Option<u128>,
}

/// A transaction that was laid aside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LaidAside {
    /// What it does.
    pub outgoing: Outgoing,
    /// The chain that it is for.
    pub chain_id: u64,
    /// Whose it is.
    pub from: Address,
    pub(super) signed: Signed,
}

/// Where transactions are laid aside.
#[derive(Debug)]
pub struct Outbox {
    way: Way,
    terms: Terms,
    laid: Mutex<Vec<LaidAside>>,
}

impl Outbox {
    /// Makes an empty one.
    #[must_use]
    pub const fn new(way: Way, terms: Terms) -> Self {
        Self { way, terms, laid: Mutex::new(Vec::new()) }
    }

    /// Returns the form.
    #[must_use]
    pub const fn way(&self) -> Way {
        self.way
    }

    /// Returns what was laid aside so far, in order.
    #[must_use]
    pub fn laid(&self) -> Vec<LaidAside> {
        self.all().clone()
    }

    /// Writes what was laid aside, in its form. `now_ms` is the time, in milliseconds since 1970.
    ///
    /// # Errors
    ///
    /// - [`OfflineError::Nothing`]: there is nothing.
    /// - [`OfflineError::Exists`], [`Error::Io`]: the file is there, or cannot be written.
    /// - [`OfflineError::Creation`]: a Safe would have to create a contract.
    pub fn write(&self, path: &Path, now_ms: u64) -> Result<(), Error> {
        let laid = self.laid();
        let Some(first) = laid.first() else { return Err(OfflineError::Nothing.into()) };
        if path.exists() {
            return Err(OfflineError::Exists { path: path.to_path_buf() }.into());
        }
        match self.way {
            Way::Signed => SignedFile::of(first.chain_id, first.from, &laid).write(path),
            Way::Batch => {
                let calls = laid.iter().map(call).collect::<Result<Vec<_>, _>>()?;
                Batch::write(path, first.chain_id, first.from, &calls, now_ms)
            }
        }
    }

    /// The gas limit of the next transaction, when it need not be asked for. The state that a later
    /// one of a Safe's batch finds is not there yet, so it cannot be estimated, and needs no limit.
    pub(crate) fn gas_limit(&self) -> Option<u64> {
        let is_later = self.way == Way::Batch && !self.all().is_empty();
        self.terms.gas_limit.or_else(|| is_later.then_some(0))
    }

    /// The nonce of an account's next transaction, when it need not be asked for.
    pub(crate) fn nonce(&self, from: Address) -> Option<u64> {
        let last = self.all().iter().rfind(|one| one.from == from).map(|one| one.signed.nonce);
        let safe = (self.way == Way::Batch).then_some(0);
        last.map(|nonce| nonce + 1).or(self.terms.nonce).or(safe)
    }

    /// The fees, when they need not be asked for.
    pub(crate) const fn fees(&self) -> Option<Eip1559Estimation> {
        let Terms { max_fee_wei, priority_fee_wei, .. } = self.terms;
        match (self.way, max_fee_wei, priority_fee_wei) {
            (Way::Batch, ..) => {
                Some(Eip1559Estimation { max_fee_per_gas: 0, max_priority_fee_per_gas: 0 })
            }
            (Way::Signed, Some(max_fee_per_gas), Some(max_priority_fee_per_gas)) => {
                Some(Eip1559Estimation { max_fee_per_gas, max_priority_fee_per_gas })
            }
            _ => None,
        }
    }

    /// The chain's fees, with what was decided in their place.
    pub(crate) fn decided(&self, fees: Eip1559Estimation) -> Eip1559Estimation {
        let Terms { max_fee_wei, priority_fee_wei, .. } = self.terms;
        let max_fee_per_gas = max_fee_wei.unwrap_or(fees.max_fee_per_gas);
        let priority = priority_fee_wei.unwrap_or(fees.max_priority_fee_per_gas);
        Eip1559Estimation {
            max_fee_per_gas,
            max_priority_fee_per_gas: priority.min(max_fee_per_gas),
        }
    }

    /// What stands for a signed transaction in a Safe's batch.
    pub(crate) fn unsigned(outgoing: &Outgoing, nonce: u64) -> Signed {
        let hash = keccak256([&nonce.to_be_bytes()[..], &outgoing.data].concat());
        Signed { hash, raw: Default::default(), nonce, gas: 0, max_fee: 0 }
    }

    /// Lays a transaction aside.
    pub(crate) fn lay(
        &self,
        chain_id: u64,
        from: Address,
        outgoing: &Outgoing,
        signed: &Signed,
    ) -> B256 {
        let (outgoing, signed) = (outgoing.clone(), signed.clone());
        let hash = signed.hash;
        let laid = LaidAside { outgoing, chain_id, from, signed };
        self.all().push(laid);
        hash
    }

    /// What stands for the receipt of a transaction that was laid aside.
    pub(crate) fn receipt(&self, transaction: B256) -> Receipt {
        let all = self.all();
        let laid = all.iter().find(|laid| laid.signed.hash == transaction);
        let created = laid.filter(|laid| laid.outgoing.to.is_none());
        let contract = created.map(|laid| laid.from.create(laid.signed.nonce));
        Receipt { transaction, block: 0, gas_used: 0, contract, logs: Vec::new() }
    }

    fn all(&self) -> MutexGuard<'_, Vec<LaidAside>> {
        self.laid.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn call(laid: &LaidAside) -> Result<Call, OfflineError> {
    let Outgoing { call, to, data, value } = laid.outgoing.clone();
    let to = to.ok_or(OfflineError::Creation { call })?;
    Ok(Call { to, value, data })
}

//! Decides what is kept of a mined transaction.

use alloy::{
    primitives::{Address, B256, Log},
    rpc::types::TransactionReceipt,
    sol_types::SolEvent,
};
use serde::Serialize;

use crate::{DecodedEvent, Error, decode_event, offline::OfflineError};

/// A transaction that was mined and did not revert, or one that was laid aside (see
/// [`offline`](crate::offline)).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Receipt {
    /// The transaction's hash.
    pub transaction: B256,
    /// The number of its block; 0 when it was laid aside.
    pub block: u64,
    /// The gas that it used.
    pub gas_used: u64,
    /// The contract that it created.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contract: Option<Address>,
    /// The logs that it left.
    #[serde(skip)]
    pub logs: Vec<Log>,
}

impl Receipt {
    /// Returns the events of the suite that the transaction left, in order.
    #[must_use]
    pub fn events(&self) -> Vec<DecodedEvent> {
        self.logs.iter().filter_map(|log| decode_event(&log.data)).collect()
    }

    /// Returns what is wrong when an event is not there: nothing, when the transaction was laid
    /// aside and did not happen yet.
    pub(crate) fn lacks(&self, request: &str, reason: &str) -> Error {
        if self.block == 0 {
            return OfflineError::LaidAside.into();
        }
        Error::Answer { request: request.to_owned(), reason: reason.to_owned() }
    }

    /// Returns the events of one kind that `contract` left, in order.
    pub fn events_of<E: SolEvent>(&self, contract: Address) -> impl Iterator<Item = E> {
        self.logs
            .iter()
            .filter(move |log| log.address == contract)
            .filter_map(|log| E::decode_log_data(&log.data).ok())
    }
}

impl From<TransactionReceipt> for Receipt {
    fn from(receipt: TransactionReceipt) -> Self {
        Self {
            transaction: receipt.transaction_hash,
            block: receipt.block_number.unwrap_or_default(),
            gas_used: receipt.gas_used,
            contract: receipt.contract_address,
            logs: receipt.inner.logs().iter().map(|log| log.inner.clone()).collect(),
        }
    }
}

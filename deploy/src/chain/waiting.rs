//! Decides how a transaction is handed to a node, and how it is waited for.

use std::time::{Duration, Instant};

use alloy::{
    hex,
    primitives::{B256, Bytes},
    providers::Provider,
    rpc::types::TransactionReceipt,
};

use super::Chain;
use crate::Error;

/// How soon a receipt is first asked for again, and at most how seldom. A dev node mines at once.
const POLL: (Duration, Duration) = (Duration::from_millis(2), Duration::from_secs(1));

impl Chain {
    /// Hands a signed transaction to the node.
    pub(crate) async fn send_raw(&self, raw: &Bytes) -> Result<B256, Error> {
        let sent =
            self.provider.client().request("eth_sendRawTransaction", (hex::encode_prefixed(raw),));
        self.ask("eth_sendRawTransaction", sent).await
    }

    /// Returns the receipt of a transaction, if it was mined.
    pub(crate) async fn receipt(
        &self,
        transaction: B256,
    ) -> Result<Option<TransactionReceipt>, Error> {
        let receipt = self.provider.get_transaction_receipt(transaction);
        self.ask("eth_getTransactionReceipt", receipt).await
    }

    /// Waits until a transaction is mined, but no longer than `patience`.
    pub(crate) async fn wait_for(
        &self,
        transaction: B256,
        patience: Duration,
    ) -> Result<Option<TransactionReceipt>, Error> {
        let begun = Instant::now();
        let mut pause = POLL.0;
        while begun.elapsed() < patience {
            if let Some(receipt) = self.receipt(transaction).await? {
                return Ok(Some(receipt));
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 3 / 2).min(POLL.1);
        }
        Ok(None)
    }
}

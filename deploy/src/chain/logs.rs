//! Decides how many blocks a node is asked about at once when logs are looked for.

use alloy::{
    providers::Provider,
    rpc::types::{Filter, Log},
};

use super::Chain;
use crate::Error;

/// The most logs that one answer is hoped to have: more of them make the next page smaller.
const LOGS_PER_PAGE: usize = 20_000;

impl Chain {
    /// Returns the logs that a filter lets through, from block `since` on, in order. Nodes that
    /// refuse a range of blocks are asked for smaller ones.
    ///
    /// # Errors
    ///
    /// As [`connect`](Self::connect).
    pub async fn logs(&self, filter: &Filter, since: u64) -> Result<Vec<Log>, Error> {
        let last = self.ask("eth_blockNumber", self.provider.get_block_number()).await?;
        let mut logs = Vec::new();
        let (mut from, mut count) = (since, last.saturating_sub(since) + 1);
        while from <= last {
            let to = last.min(from.saturating_add(count - 1));
            let page = filter.clone().from_block(from).to_block(to);
            match self.ask("eth_getLogs", self.provider.get_logs(&page)).await {
                Ok(some) => {
                    if some.len() > LOGS_PER_PAGE {
                        count = count.div_ceil(2);
                    }
                    logs.extend(some);
                    from = to + 1;
                }
                Err(Error::Refusal { .. }) if count > 1 => count = count.div_ceil(2),
                Err(error) => return Err(error),
            }
        }
        Ok(logs)
    }
}

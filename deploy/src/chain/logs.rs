//! Decides how logs are asked for: all at once, and by halves from nodes that refuse so many blocks.

use alloy::{
    providers::Provider,
    rpc::types::{Filter, Log},
};

use super::Chain;
use crate::Error;

impl Chain {
    /// Returns the logs that a filter lets through from the block `since` on, in order.
    ///
    /// # Errors
    ///
    /// The failures of asking for logs.
    pub async fn logs(&self, filter: &Filter, since: u64) -> Result<Vec<Log>, Error> {
        let last = self.ask("eth_blockNumber", self.provider.get_block_number()).await?;
        let mut ranges = vec![(since, last)];
        let mut logs = Vec::new();
        while let Some((first, last)) = ranges.pop() {
            let filter = filter.clone().from_block(first).to_block(last);
            match self.ask("eth_getLogs", self.provider.get_logs(&filter)).await {
                Ok(found) => logs.extend(found),
                Err(Error::Refusal { .. }) if first < last => {
                    let middle = first + (last - first) / 2;
                    ranges.extend([(middle + 1, last), (first, middle)]);
                }
                Err(error) => return Err(error),
            }
        }
        Ok(logs)
    }
}

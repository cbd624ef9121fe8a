//! Decides which uses of a member's records there were: those that access servers logged.

use alloy::{
    primitives::{Address, B256, U256},
    sol_types::SolEvent,
};

use super::{Edition, Market, Purpose};
use crate::{
    Error,
    bindings::IDataMarket::{AccessLogged, licenceCall},
};

/// A use of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Use {
    /// The record.
    pub record: B256,
    /// Who read it.
    pub holder: Address,
    /// By which licence.
    pub licence: U256,
    /// Of which edition.
    pub edition: Edition,
    /// What for.
    pub purpose: Purpose,
    /// When, in seconds since 1970.
    pub at: u64,
    /// The block.
    pub block: u64,
    /// The transaction that logged it.
    pub transaction: B256,
}

impl Market {
    /// Returns who used the records of a member, in the order of the chain, in a range of blocks.
    ///
    /// # Errors
    ///
    /// As [`Chain::read`](crate::chain::Chain::read), and the failures of asking for logs.
    pub async fn usage(
        &self,
        owner: Address,
        blocks: (Option<u64>, Option<u64>),
    ) -> Result<Vec<Use>, Error> {
        let logs =
            self.logs(&[AccessLogged::SIGNATURE_HASH], Some(owner.into_word()), blocks).await?;
        let mut editions = std::collections::BTreeMap::new();
        let mut uses = Vec::with_capacity(logs.len());
        for log in logs {
            let Ok(event) = AccessLogged::decode_log_data(&log.inner.data) else { continue };
            let edition = match editions.get(&event.licenceId) {
                Some(edition) => *edition,
                None => {
                    let call = licenceCall { licenceId: event.licenceId };
                    let edition = Edition(self.read(&call).await?.edition);
                    editions.insert(event.licenceId, edition);
                    edition
                }
            };
            uses.push(Use {
                record: event.recordId,
                holder: event.holder,
                licence: event.licenceId,
                edition,
                purpose: Purpose(event.purpose),
                at: event.at,
                block: log.block_number.unwrap_or_default(),
                transaction: log.transaction_hash.unwrap_or_default(),
            });
        }
        Ok(uses)
    }
}

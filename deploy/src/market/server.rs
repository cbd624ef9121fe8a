//! Decides what an access server writes on chain: each record that it serves, and the keys that it
//! releases.

use alloy::primitives::{Address, B256, Bytes, U256};

use super::{Edition, Market, Purpose};
use crate::{
    Error,
    bindings::IDataMarket::{licenceCall, logAccessCall, releaseKeyCall},
    chain::{Receipt, Sender},
};

/// A licence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Licence {
    /// Who holds it.
    pub holder: Address,
    /// What it opens.
    pub edition: Edition,
    /// What for.
    pub purpose: Purpose,
    /// The first second after it, since 1970.
    pub end: u64,
    /// What keys are released to.
    pub public_key: B256,
}

impl Market {
    /// Returns a licence, if there is one of this id.
    ///
    /// # Errors
    ///
    /// As [`Chain::read`](crate::chain::Chain::read).
    pub async fn licence(&self, id: U256) -> Result<Option<Licence>, Error> {
        let found = self.read(&licenceCall { licenceId: id }).await?;
        Ok((!found.holder.is_zero()).then_some(Licence {
            holder: found.holder,
            edition: Edition(found.edition),
            purpose: Purpose(found.purpose),
            end: found.end,
            public_key: found.publicKey,
        }))
    }

    /// Logs that a record was read by a licence, with the proof that the licence's edition has it.
    ///
    /// # Errors
    ///
    /// As [`Sender::send`]; the market rejects it unless the record may be read.
    pub async fn log_access(
        &self,
        sender: &Sender,
        licence: U256,
        (record, proof): (B256, Vec<B256>),
    ) -> Result<Receipt, Error> {
        let call = logAccessCall { licenceId: licence, recordId: record, proof };
        sender.call(self.address, &call).await
    }

    /// Releases a key, encrypted to a licence's public key.
    ///
    /// # Errors
    ///
    /// As [`Sender::send`]; the market rejects it unless the licence gives access.
    pub async fn release_key(
        &self,
        sender: &Sender,
        licence: U256,
        encrypted_key: Bytes,
    ) -> Result<Receipt, Error> {
        let call = releaseKeyCall { licenceId: licence, encryptedKey: encrypted_key };
        sender.call(self.address, &call).await
    }
}

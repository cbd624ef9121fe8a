//! Decides how an account signs: with a key, on a device, or by its node.
//!
//! Whatever signs, the signature is checked to be the account's before it is used.

use std::{fmt, pin::Pin, sync::Arc};

use alloy::{
    consensus::{SignableTransaction, Signed, TxEip1559},
    primitives::{Address, B256, Signature, eip191_hash_message},
    signers::{SignerSync, local::PrivateKeySigner},
};

use super::{KeyError, Typed, node::NodeAccount};
use crate::{Error, chain::Chain};

/// A signature to come.
pub type Answer<'a> = Pin<Box<dyn Future<Output = Result<Signature, Error>> + Send + 'a>>;

/// What signs outside of this process, such as a Ledger. Its signatures need not be trusted.
pub trait Device: fmt::Debug + Send + Sync {
    /// Returns the account's address.
    fn address(&self) -> Address;
    /// Signs a transaction.
    fn sign_transaction<'a>(&'a self, tx: &'a TxEip1559) -> Answer<'a>;
    /// Signs typed data (EIP-712).
    fn sign_typed<'a>(&'a self, typed: &'a Typed) -> Answer<'a>;
    /// Signs a message (EIP-191).
    fn sign_message<'a>(&'a self, message: &'a [u8]) -> Answer<'a>;
}

/// An account and what signs for it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Signer {
    /// A key that is in this process.
    Key(PrivateKeySigner),
    /// A device that shows what it signs.
    Device(Arc<dyn Device>),
    /// A node that has the key.
    Node(NodeAccount),
    /// Nothing: an account whose transactions somebody else signs, such as a Safe.
    Watched(Address),
}

impl Signer {
    /// Finds an account that a node signs for.
    ///
    /// # Errors
    ///
    /// - [`KeyError::Locked`]: the node does not sign for it.
    /// - The failures of [`Chain::connect`].
    pub async fn unlocked(chain: &Chain, address: Address) -> Result<Self, Error> {
        NodeAccount::find(chain, address).await.map(Self::Node)
    }

    /// Returns the account's address.
    #[must_use]
    pub fn address(&self) -> Address {
        match self {
            Self::Key(key) => key.address(),
            Self::Device(device) => device.address(),
            Self::Node(account) => account.address(),
            Self::Watched(address) => *address,
        }
    }

    /// Signs a transaction.
    ///
    /// # Errors
    ///
    /// - [`Error::Signing`], [`KeyError::Device`], [`Error::Refusal`]: what signs refuses.
    /// - [`KeyError::NoKey`]: nothing signs.
    /// - [`KeyError::OtherSignature`]: something else was signed, or by somebody else.
    pub async fn sign_transaction(&self, tx: TxEip1559) -> Result<Signed<TxEip1559>, Error> {
        let signature = match self {
            Self::Key(key) => key.sign_hash_sync(&tx.signature_hash()).map_err(Error::Signing)?,
            Self::Device(device) => device.sign_transaction(&tx).await?,
            Self::Node(account) => return account.sign_transaction(tx).await,
            Self::Watched(address) => return Err(KeyError::NoKey { address: *address }.into()),
        };
        let signature = self.checked(tx.signature_hash(), signature)?;
        Ok(tx.into_signed(signature))
    }

    /// Signs typed data (EIP-712).
    ///
    /// # Errors
    ///
    /// As [`sign_transaction`](Self::sign_transaction), and [`KeyError::BareHash`] when only the
    /// hash is known and no key signs.
    pub async fn sign_typed(&self, typed: &Typed) -> Result<Signature, Error> {
        let digest = typed.digest();
        let signature = match self {
            Self::Key(key) => key.sign_hash_sync(&digest).map_err(Error::Signing)?,
            Self::Device(device) => device.sign_typed(typed).await?,
            Self::Node(account) => account.sign_typed(typed).await?,
            Self::Watched(address) => return Err(KeyError::NoKey { address: *address }.into()),
        };
        self.checked(digest, signature)
    }

    /// Signs a message (EIP-191).
    ///
    /// # Errors
    ///
    /// As [`sign_transaction`](Self::sign_transaction).
    pub async fn sign_message(&self, message: &[u8]) -> Result<Signature, Error> {
        let signature = match self {
            Self::Key(key) => key.sign_message_sync(message).map_err(Error::Signing)?,
            Self::Device(device) => device.sign_message(message).await?,
            Self::Node(account) => account.sign_message(message).await?,
            Self::Watched(address) => return Err(KeyError::NoKey { address: *address }.into()),
        };
        self.checked(eip191_hash_message(message), signature)
    }

    fn checked(&self, digest: B256, signature: Signature) -> Result<Signature, Error> {
        let expected = self.address();
        match signature.recover_address_from_prehash(&digest) {
            Ok(signer) if signer == expected => Ok(signature),
            Ok(signer) => {
                let reason = format!("a signature of {signer}, or of something else");
                Err(KeyError::OtherSignature { expected, reason }.into())
            }
            Err(error) => {
                let reason = error.to_string();
                Err(KeyError::OtherSignature { expected, reason }.into())
            }
        }
    }
}

impl From<PrivateKeySigner> for Signer {
    fn from(key: PrivateKeySigner) -> Self {
        Self::Key(key)
    }
}

#[cfg(test)]
#[path = "signer_tests.rs"]
mod tests;

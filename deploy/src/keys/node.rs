//! Decides how a node signs for an account that it holds the key of: a dev node, or one's own.

use alloy::{
    consensus::{Signed, TxEip1559, TxEnvelope},
    eips::eip2718::Decodable2718,
    hex,
    network::TransactionBuilder,
    primitives::{Address, Bytes, Signature},
    providers::Provider,
    rpc::types::TransactionRequest,
};
use serde_json::Value;

use super::{KeyError, Typed};
use crate::{Error, chain::Chain};

/// An account of a node.
#[derive(Clone, Debug)]
pub struct NodeAccount {
    chain: Chain,
    address: Address,
}

impl NodeAccount {
    /// Asks a node whether it signs for an account.
    pub(super) async fn find(chain: &Chain, address: Address) -> Result<Self, Error> {
        let accounts = chain.ask("eth_accounts", chain.provider().get_accounts()).await?;
        if accounts.contains(&address) {
            return Ok(Self { chain: chain.clone(), address });
        }
        let known = match accounts.len() {
            0 => "no account".to_owned(),
            _ => accounts.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
        };
        Err(KeyError::Locked { address, known }.into())
    }

    pub(super) const fn address(&self) -> Address {
        self.address
    }

    /// Has a transaction signed, and makes sure that it is the one.
    pub(super) async fn sign_transaction(&self, tx: TxEip1559) -> Result<Signed<TxEip1559>, Error> {
        let request = TransactionRequest::from_transaction(tx.clone()).with_from(self.address);
        let answer: Value = self.request("eth_signTransaction", (request,)).await?;
        // Anvil answers with the bytes, Geth with an object that has them.
        let raw = answer.as_str().or_else(|| answer["raw"].as_str()).unwrap_or_default();
        let raw: Bytes = hex::decode(raw).map_err(|error| self.other(error.to_string()))?.into();
        let envelope = TxEnvelope::decode_2718(&mut raw.as_ref())
            .map_err(|error| self.other(error.to_string()))?;
        match envelope {
            TxEnvelope::Eip1559(signed)
                if *signed.tx() == tx && signer_of(&signed) == Some(self.address) =>
            {
                Ok(signed)
            }
            _ => Err(self.other("another transaction".to_owned())),
        }
    }

    pub(super) async fn sign_typed(&self, typed: &Typed) -> Result<Signature, Error> {
        let data = typed.document().ok_or(KeyError::BareHash { signer: self.address })?;
        let answer = self.request("eth_signTypedData_v4", (self.address, data.clone())).await?;
        self.signature(&answer)
    }

    pub(super) async fn sign_message(&self, message: &[u8]) -> Result<Signature, Error> {
        let message = Bytes::copy_from_slice(message);
        let answer = self.request("eth_sign", (self.address, message)).await?;
        self.signature(&answer)
    }

    fn signature(&self, answer: &Value) -> Result<Signature, Error> {
        let text = answer.as_str().unwrap_or_default();
        text.parse().map_err(|error| self.other(format!("{error}")))
    }

    fn other(&self, reason: String) -> Error {
        KeyError::OtherSignature { expected: self.address, reason }.into()
    }

    async fn request<P>(&self, method: &'static str, parameters: P) -> Result<Value, Error>
    where
        P: serde::Serialize + Clone + std::fmt::Debug + Send + Sync + Unpin + 'static,
    {
        let call = self.chain.provider().client().request(method, parameters);
        self.chain.ask(method, call).await
    }
}

/// Who signed a transaction, if that can be told.
fn signer_of(signed: &Signed<TxEip1559>) -> Option<Address> {
    signed.signature().recover_address_from_prehash(&signed.signature_hash()).ok()
}

//! Decides how an account sends transactions: simulated first, signed, waited for; or laid aside
//! where the chain has them laid aside.

use std::time::Duration;

use alloy::{
    consensus::{TxEip1559, TxEnvelope},
    eips::{BlockId, eip1559::Eip1559Estimation, eip2718::Encodable2718},
    network::TransactionBuilder,
    primitives::{Address, B256, Bytes, TxKind, U256},
    providers::Provider,
    rpc::types::{TransactionReceipt, TransactionRequest},
    sol_types::SolCall,
};

use super::{Chain, Receipt, function_name};
use crate::{
    Error, decode_error,
    keys::Signer,
    offline::{Outbox, Way},
};

/// How long a transaction is waited for.
const MINING_DEADLINE: Duration = Duration::from_secs(180);

/// A transaction to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outgoing {
    /// What it does, in words: a function's name or the like.
    pub call: String,
    /// The account that it calls; none to create a contract.
    pub to: Option<Address>,
    /// The calldata or initcode.
    pub data: Bytes,
    /// The value that goes with it, in wei.
    pub value: U256,
}

impl Outgoing {
    /// Makes a call of a function, without value.
    #[must_use]
    pub fn call<C: SolCall>(to: Address, call: &C) -> Self {
        Self {
            call: function_name(C::SIGNATURE).to_owned(),
            to: Some(to),
            data: call.abi_encode().into(),
            value: U256::ZERO,
        }
    }

    fn request(&self, from: Address) -> TransactionRequest {
        let request = TransactionRequest::default().with_from(from).with_value(self.value);
        match self.to {
            Some(to) => request.with_to(to).with_input(self.data.clone()),
            None => request.with_deploy_code(self.data.clone()),
        }
    }

    fn transaction(
        &self,
        chain_id: u64,
        nonce: u64,
        gas: u64,
        fees: Eip1559Estimation,
    ) -> TxEip1559 {
        TxEip1559 {
            chain_id,
            nonce,
            gas_limit: gas,
            max_fee_per_gas: fees.max_fee_per_gas,
            max_priority_fee_per_gas: fees.max_priority_fee_per_gas,
            to: self.to.map_or(TxKind::Create, TxKind::Call),
            value: self.value,
            input: self.data.clone(),
            ..TxEip1559::default()
        }
    }
}

/// A transaction that is signed and may be sent, once or again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Signed {
    /// Its hash.
    pub(crate) hash: B256,
    /// What is sent (EIP-2718).
    pub(crate) raw: Bytes,
    /// Its nonce.
    pub(crate) nonce: u64,
    /// Its gas limit.
    pub(crate) gas: u64,
    /// The most that it pays for a unit of gas, in wei.
    pub(crate) max_fee: u128,
}

/// An account that sends transactions to one chain.
#[derive(Clone, Debug)]
pub struct Sender {
    chain: Chain,
    signer: Signer,
    address: Address,
}

impl Sender {
    /// Makes a sender of a chain and what signs for an account.
    #[must_use]
    pub fn new(chain: &Chain, signer: impl Into<Signer>) -> Self {
        let signer = signer.into();
        Self { chain: chain.clone(), address: signer.address(), signer }
    }

    /// Returns the chain.
    #[must_use]
    pub const fn chain(&self) -> &Chain {
        &self.chain
    }

    /// Returns the account's address.
    #[must_use]
    pub const fn address(&self) -> Address {
        self.address
    }

    /// Calls a function in a transaction and waits until it is mined.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send).
    pub async fn call<C: SolCall>(&self, to: Address, call: &C) -> Result<Receipt, Error> {
        self.send(&Outgoing::call(to, call)).await
    }

    /// Calls a function as this account would, without sending a transaction.
    ///
    /// # Errors
    ///
    /// As [`Chain::read`].
    pub async fn simulate<C: SolCall>(&self, to: Address, call: &C) -> Result<C::Return, Error> {
        self.chain.read_as(self.address, to, call).await
    }

    /// Sends a transaction and waits until it is mined.
    ///
    /// # Errors
    ///
    /// - [`Error::Reverted`]: the simulation or the transaction reverted.
    /// - [`Error::InsufficientFunds`]: the account cannot pay for it.
    /// - [`Error::NotMined`]: it was not mined in time.
    /// - [`Error::Refusal`], [`Error::Unreachable`], [`Error::Answer`]: the node's failures.
    pub async fn send(&self, outgoing: &Outgoing) -> Result<Receipt, Error> {
        let gas = self.estimate(outgoing).await?;
        let nonce = self.next_nonce().await?;
        let transaction = self.submit(outgoing, nonce, gas).await?;
        self.confirm(outgoing, transaction).await
    }

    /// Sends a transaction with this gas limit and waits until it is mined. Unlike
    /// [`send`](Self::send) it does not ask first whether it would succeed: a rejection is mined.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send).
    pub async fn send_with_gas(&self, outgoing: &Outgoing, gas: u64) -> Result<Receipt, Error> {
        let nonce = self.next_nonce().await?;
        let transaction = self.submit(outgoing, nonce, gas).await?;
        self.confirm(outgoing, transaction).await
    }

    /// Returns the gas limit to send a transaction with: the node's estimate and a quarter more,
    /// since the state may change until it is mined.
    pub(crate) async fn estimate(&self, outgoing: &Outgoing) -> Result<u64, Error> {
        if let Some(gas) = self.chain.outbox().and_then(Outbox::gas_limit) {
            return Ok(gas);
        }
        let request = outgoing.request(self.address);
        let gas = match self.chain.provider.estimate_gas(request).await {
            Ok(gas) => gas,
            Err(error) => {
                let error = self.chain.rejected(&outgoing.call, error);
                return Err(self.or_unfunded(error, outgoing, 0, U256::ZERO).await);
            }
        };
        Ok(gas.saturating_add(gas / 4).min(self.chain.block_gas_limit).max(gas))
    }

    /// Returns the account's next nonce, transactions that wait to be mined counted.
    pub(crate) async fn next_nonce(&self) -> Result<u64, Error> {
        if let Some(nonce) = self.chain.outbox().and_then(|outbox| outbox.nonce(self.address)) {
            return Ok(nonce);
        }
        let count = self.chain.provider.get_transaction_count(self.address).pending();
        self.chain.ask("eth_getTransactionCount", count).await
    }

    /// Signs and sends a transaction without waiting for it.
    pub(crate) async fn submit(
        &self,
        outgoing: &Outgoing,
        nonce: u64,
        gas: u64,
    ) -> Result<B256, Error> {
        let signed = self.sign(outgoing, nonce, gas, self.fees().await?).await?;
        self.broadcast(outgoing, &signed).await
    }

    /// Signs a transaction.
    pub(crate) async fn sign(
        &self,
        outgoing: &Outgoing,
        nonce: u64,
        gas: u64,
        fees: Eip1559Estimation,
    ) -> Result<Signed, Error> {
        if self.chain.outbox().is_some_and(|outbox| outbox.way() == Way::Batch) {
            return Ok(Outbox::unsigned(outgoing, nonce));
        }
        let transaction = outgoing.transaction(self.chain.id, nonce, gas, fees);
        let signed = TxEnvelope::from(self.signer.sign_transaction(transaction).await?);
        let raw = Bytes::from(signed.encoded_2718());
        Ok(Signed { hash: *signed.tx_hash(), raw, nonce, gas, max_fee: fees.max_fee_per_gas })
    }

    /// Sends a signed transaction without waiting for it.
    pub(crate) async fn broadcast(
        &self,
        outgoing: &Outgoing,
        signed: &Signed,
    ) -> Result<B256, Error> {
        if let Some(outbox) = self.chain.outbox() {
            return Ok(outbox.lay(self.chain.id, self.address, outgoing, signed));
        }
        match self.chain.send_raw(&signed.raw).await {
            Ok(hash) => Ok(hash),
            Err(error) => {
                let price = U256::from(signed.max_fee);
                Err(self.or_unfunded(error, outgoing, signed.gas, price).await)
            }
        }
    }

    /// Waits until a transaction is mined.
    pub(crate) async fn confirm(
        &self,
        outgoing: &Outgoing,
        transaction: B256,
    ) -> Result<Receipt, Error> {
        if let Some(outbox) = self.chain.outbox() {
            return Ok(outbox.receipt(transaction));
        }
        match self.chain.wait_for(transaction, MINING_DEADLINE).await? {
            Some(receipt) if receipt.status() => Ok(receipt.into()),
            Some(receipt) => Err(self.reason(outgoing, &receipt).await),
            None => Err(Error::NotMined { transaction, seconds: MINING_DEADLINE.as_secs() }),
        }
    }

    /// Returns what a transaction may cost at present, by gas.
    pub(crate) async fn fees(&self) -> Result<Eip1559Estimation, Error> {
        if let Some(fees) = self.chain.outbox().and_then(Outbox::fees) {
            return Ok(fees);
        }
        let estimate = self.chain.provider.estimate_eip1559_fees();
        let fees = self.chain.ask("eth_feeHistory", estimate).await?;
        Ok(self.chain.outbox().map_or(fees, |outbox| outbox.decided(fees)))
    }

    /// Finds out why a mined transaction reverted, by simulating it on the state before its block.
    pub(crate) async fn reason(&self, outgoing: &Outgoing, receipt: &TransactionReceipt) -> Error {
        let before = receipt.block_number.unwrap_or_default().saturating_sub(1);
        let request = outgoing.request(self.address);
        let data = self
            .chain
            .provider
            .call(request)
            .block(BlockId::number(before))
            .await
            .err()
            .and_then(|error| error.as_error_resp().and_then(|error| error.as_revert_data()))
            .unwrap_or_default();
        Error::Reverted {
            call: outgoing.call.clone(),
            error: Box::new(decode_error(&data)),
            transaction: Some(receipt.transaction_hash),
        }
    }

    /// Returns [`Error::InsufficientFunds`] in place of a node's refusal when the account holds
    /// less than the transaction may cost. Nodes say that in many words.
    async fn or_unfunded(&self, error: Error, outgoing: &Outgoing, gas: u64, price: U256) -> Error {
        if !matches!(error, Error::Refusal { .. }) {
            return error;
        }
        let fees = U256::from(gas.max(1)).saturating_mul(price.max(U256::ONE));
        let needed = outgoing.value.saturating_add(fees);
        match self.chain.provider.get_balance(self.address).await {
            Ok(balance) if balance < needed => Error::InsufficientFunds {
                account: self.address,
                balance,
                needed,
                call: outgoing.call.clone(),
            },
            _ => error,
        }
    }
}

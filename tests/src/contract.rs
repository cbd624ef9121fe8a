//! A deployed contract as a test talks to it: typed calls in, typed events and errors out.

use std::marker::PhantomData;

use alloy::{
    primitives::{Address, Bytes, U256},
    providers::{DynProvider, Provider},
    rpc::types::{TransactionReceipt, TransactionRequest},
    sol_types::{SolCall, SolEventInterface, SolInterface},
};
use anyhow::{Context, Result, bail, ensure};

/// Gas for every transaction: no estimate, so that failing ones are mined too. Enough for large
/// batches.
const GAS: u64 = 100_000_000;

/// The events and errors of a contract.
pub trait Interface {
    /// Its events.
    type Events: SolEventInterface;
    /// Its errors.
    type Errors: SolInterface;
}

/// A contract with the interface `I` on a node that has unlocked its callers.
#[derive(Debug)]
pub struct Contract<I> {
    /// The node.
    pub provider: DynProvider,
    /// Where the contract is.
    pub address: Address,
    interface: PhantomData<I>,
}

/// What a successful transaction did.
#[derive(Debug)]
pub struct Done<E> {
    /// The contract's own events, in order.
    pub events: Vec<E>,
    /// The whole receipt.
    pub receipt: TransactionReceipt,
}

impl<I: Interface> Contract<I> {
    /// The contract at `address`.
    pub const fn new(provider: DynProvider, address: Address) -> Self {
        Self { provider, address, interface: PhantomData }
    }

    /// Sends a call that must succeed.
    ///
    /// # Errors
    ///
    /// When it fails, or logs what the interface does not know.
    pub async fn send<C: SolCall>(&self, from: Address, call: C) -> Result<Done<I::Events>> {
        let receipt = self.mine(from, &call).await?;
        ensure!(receipt.status(), "{} failed: {:?}", C::SIGNATURE, self.answer(from, &call).await);
        let mut events = Vec::new();
        for log in receipt.inner.logs().iter().filter(|log| log.address() == self.address) {
            events.push(I::Events::decode_raw_log(log.topics(), &log.inner.data.data)?);
        }
        Ok(Done { events, receipt })
    }

    /// Sends a call that must revert, and returns its error.
    ///
    /// # Errors
    ///
    /// When it succeeds, or fails without one of the interface's errors.
    pub async fn refusal<C: SolCall>(&self, from: Address, call: C) -> Result<I::Errors> {
        let data = self.revert_data(from, call).await?;
        I::Errors::abi_decode_validate(&data).with_context(|| format!("no known error: {data}"))
    }

    /// Sends a call that must revert, and returns the bytes it reverts with.
    ///
    /// # Errors
    ///
    /// When it succeeds, or does not revert of its own accord.
    pub async fn revert_data<C: SolCall>(&self, from: Address, call: C) -> Result<Bytes> {
        let receipt = self.mine(from, &call).await?;
        ensure!(!receipt.status(), "{} was not refused", C::SIGNATURE);
        match self.answer(from, &call).await? {
            Ok(_) => bail!("{} is not refused when it is simulated", C::SIGNATURE),
            Err(data) => Ok(data),
        }
    }

    /// Calls a view.
    ///
    /// # Errors
    ///
    /// When it reverts, or returns something else.
    pub async fn read<C: SolCall>(&self, call: C) -> Result<C::Return> {
        match self.answer(Address::ZERO, &call).await? {
            Ok(data) => Ok(C::abi_decode_returns_validate(&data)?),
            Err(data) => bail!("{} reverted with {data}", C::SIGNATURE),
        }
    }

    async fn answer<C: SolCall>(&self, from: Address, call: &C) -> Result<Result<Bytes, Bytes>> {
        match self.provider.call(self.request(from, call)).await {
            Ok(data) => Ok(Ok(data)),
            Err(error) => {
                match error.as_error_resp().and_then(|payload| payload.as_revert_data()) {
                    Some(data) => Ok(Err(data)),
                    None => Err(error.into()),
                }
            }
        }
    }

    async fn mine<C: SolCall>(&self, from: Address, call: &C) -> Result<TransactionReceipt> {
        let request = (self.request(from, call),);
        let receipt = self.provider.raw_request("eth_sendTransactionSync".into(), request).await;
        receipt.with_context(|| format!("{} was not mined", C::SIGNATURE))
    }

    fn request<C: SolCall>(&self, from: Address, call: &C) -> TransactionRequest {
        TransactionRequest::default()
            .from(from)
            .to(self.address)
            .value(U256::ZERO)
            .input(Bytes::from(call.abi_encode()).into())
            .gas_limit(GAS)
    }
}

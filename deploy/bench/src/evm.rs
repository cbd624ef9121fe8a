//! Decides how a story is played on Anvil: fixed times, a transaction a block, and everything
//! undone afterwards.

use std::collections::BTreeSet;

use alloy::{
    primitives::{Address, B256, U256},
    providers::{DynProvider, Provider, ext::AnvilApi},
    rpc::types::{TransactionReceipt, TransactionRequest},
};

use crate::{
    Error,
    floor::Footprint,
    story::{Call, Cast, DAY_SECS, PACE_SECS, START_SECS},
};

/// Gas that a transaction may use: enough for every action. What it may use does not change what
/// it does use.
const GAS_LIMIT: u64 = 100_000_000;

/// An Anvil with the contracts on it.
#[derive(Clone, Debug)]
pub(crate) struct Evm {
    provider: DynProvider,
    /// The time of the latest block, in seconds since 1970.
    now: u64,
}

/// What a measured call used and touched.
#[derive(Clone, Debug)]
pub(crate) struct Measured {
    pub(crate) gas: u64,
    pub(crate) footprint: Footprint,
}

impl Evm {
    pub(crate) const fn new(provider: DynProvider) -> Self {
        Self { provider, now: START_SECS }
    }

    /// Has blocks mined from now on only where a story says so, with all that was sent.
    pub(crate) async fn mine_by_hand(&self) -> Result<(), Error> {
        let request = self.provider.anvil_set_auto_mine(false);
        request.await.map_err(Error::node("evm_setAutomine"))
    }

    /// Sets the time of the next block, `secs` after the latest.
    pub(crate) async fn advance(&mut self, secs: u64) -> Result<(), Error> {
        self.now += secs;
        let request = self.provider.anvil_set_next_block_timestamp(self.now);
        request.await.map_err(Error::node("evm_setNextBlockTimestamp"))
    }

    /// Plays calls that have to succeed.
    pub(crate) async fn play(
        &mut self,
        name: &str,
        cast: &Cast,
        calls: &[Call],
    ) -> Result<(), Error> {
        for call in calls {
            let request = request(cast, call)?;
            self.advance(call.days_before * DAY_SECS + PACE_SECS).await?;
            self.mine(name, request).await?;
        }
        Ok(())
    }

    /// Plays a story, measures its last call, and undoes it all.
    pub(crate) async fn measure(
        &mut self,
        name: &str,
        cast: &Cast,
        story: &[Call],
    ) -> Result<Measured, Error> {
        let start = self.now;
        let snapshot = self.provider.anvil_snapshot().await.map_err(Error::node("evm_snapshot"))?;
        let Some((last, before)) = story.split_last() else {
            return Err(Error::Missing { wanted: "call to measure" });
        };
        self.play(name, cast, before).await?;
        let measured = self.last(name, cast, last).await?;
        self.provider.anvil_revert(snapshot).await.map_err(Error::node("evm_revert"))?;
        self.now = start;
        Ok(measured)
    }

    async fn last(&mut self, name: &str, cast: &Cast, call: &Call) -> Result<Measured, Error> {
        let request = request(cast, call)?;
        // A block of its own brings the time on, so that the simulation sees the same time.
        self.advance(call.days_before * DAY_SECS).await?;
        self.provider.evm_mine(None).await.map_err(Error::node("evm_mine"))?;
        let touched = self.provider.create_access_list(&request).await;
        let touched = touched.map_err(Error::node("eth_createAccessList"))?;
        if let Some(reason) = touched.error {
            return Err(failed(name, reason));
        }
        let slots: BTreeSet<(Address, B256)> = touched
            .access_list
            .iter()
            .flat_map(|item| item.storage_keys.iter().map(|key| (item.address, *key)))
            .collect();
        let contracts: BTreeSet<Address> =
            touched.access_list.iter().map(|item| item.address).collect();
        let others = contracts.iter().filter(|address| Some(**address) != cast.address(call.to));
        let before = self.slots(&slots).await?;
        self.advance(PACE_SECS).await?;
        let receipt = self.mine(name, request).await?;
        let after = self.slots(&slots).await?;
        let logs = receipt.inner.logs().iter();
        let footprint = Footprint {
            calldata: call.data.clone(),
            slots: before.into_iter().zip(after).collect(),
            contracts: others.count() as u64,
            logs: logs.map(|log| (log.topics().len(), log.data().data.len())).collect(),
            recoveries: call.recoveries,
        };
        Ok(Measured { gas: receipt.gas_used, footprint })
    }

    async fn slots(&self, slots: &BTreeSet<(Address, B256)>) -> Result<Vec<B256>, Error> {
        let mut values = Vec::with_capacity(slots.len());
        for (address, key) in slots {
            let value = self.provider.get_storage_at(*address, U256::from_be_bytes(key.0)).await;
            values.push(value.map_err(Error::node("eth_getStorageAt"))?.into());
        }
        Ok(values)
    }

    async fn mine(
        &self,
        name: &str,
        request: TransactionRequest,
    ) -> Result<TransactionReceipt, Error> {
        let method = "eth_sendTransaction";
        let hash: B256 = self
            .provider
            .raw_request(method.into(), (request,))
            .await
            .map_err(Error::node(method))?;
        self.provider.evm_mine(None).await.map_err(Error::node("evm_mine"))?;
        let receipt = self.provider.get_transaction_receipt(hash).await;
        let receipt = receipt
            .map_err(Error::node("eth_getTransactionReceipt"))?
            .ok_or(Error::Missing { wanted: "receipt of a transaction" })?;
        if !receipt.status() {
            let transaction = receipt.transaction_hash;
            return Err(failed(name, format!("transaction {transaction} reverted")));
        }
        Ok(receipt)
    }
}

fn failed(name: &str, reason: String) -> Error {
    Error::ActionFailed { action: name.to_owned(), place: "the node", reason }
}

fn request(cast: &Cast, call: &Call) -> Result<TransactionRequest, Error> {
    let to = cast.address(call.to).ok_or(Error::Missing { wanted: "contract to call" })?;
    Ok(TransactionRequest::default()
        .from(call.from)
        .to(to)
        .input(call.data.clone().into())
        .gas_limit(GAS_LIMIT))
}

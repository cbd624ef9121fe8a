//! Decides how thousands of transactions are mined in seconds: sent all before any is waited for,
//! and mined in few blocks, since a node keeps the whole state of each.

use alloy::{
    primitives::{Address, B256, Bytes},
    providers::{DynProvider, Provider, ext::AnvilApi},
    rpc::types::{BlockNumberOrTag, TransactionReceipt, TransactionRequest},
};
use datacoop_deploy::chain::Receipt;

use crate::Error;

/// The most transactions that wait to be mined.
const IN_FLIGHT: usize = 2_000;

/// The gas that each may use, which is not asked for before.
const GAS: u64 = 100_000_000;

/// The most that each pays for a unit of gas, in wei: full blocks make it dearer from one to the
/// next.
const MAX_FEE: u128 = 1_000_000_000_000;

/// Has an unlocked account call a contract with each of these calldata, in this order, and returns
/// the receipts.
///
/// # Errors
///
/// - [`Error::ActionFailed`]: one reverted.
/// - [`Error::Missing`]: one was not mined.
/// - [`Error::Node`]: the node refused a request.
pub(super) async fn send_all(
    provider: &DynProvider,
    (from, to): (Address, Address),
    name: &str,
    calls: Vec<Bytes>,
) -> Result<Vec<Receipt>, Error> {
    let automine = async |on| {
        let request = provider.anvil_set_auto_mine(on);
        request.await.map_err(Error::node("evm_setAutomine"))
    };
    let mut receipts = Vec::with_capacity(calls.len());
    automine(false).await?;
    for waiting in calls.chunks(IN_FLIGHT) {
        for data in waiting {
            submit(provider, (from, to), data.clone()).await?;
        }
        let expected = receipts.len() + waiting.len();
        while receipts.len() < expected {
            receipts.extend(mine(provider, name).await?);
        }
    }
    automine(true).await?;
    Ok(receipts)
}

async fn submit(
    provider: &DynProvider,
    (from, to): (Address, Address),
    data: Bytes,
) -> Result<(), Error> {
    let request = TransactionRequest::default()
        .from(from)
        .to(to)
        .input(data.into())
        .gas_limit(GAS)
        .max_fee_per_gas(MAX_FEE)
        .max_priority_fee_per_gas(1);
    let method = "eth_sendTransaction";
    let sent = provider.raw_request::<_, B256>(method.into(), (request,)).await;
    sent.map(drop).map_err(Error::node(method))
}

/// Mines a block with as much of what waits as it takes.
async fn mine(provider: &DynProvider, name: &str) -> Result<Vec<Receipt>, Error> {
    provider.evm_mine(None).await.map_err(Error::node("evm_mine"))?;
    let mined = provider.get_block_receipts(BlockNumberOrTag::Latest.into()).await;
    let mined = mined.map_err(Error::node("eth_getBlockReceipts"))?.unwrap_or_default();
    if mined.is_empty() {
        return Err(Error::Missing { wanted: "transaction that was sent" });
    }
    let receipt = |receipt: TransactionReceipt| {
        if receipt.status() {
            return Ok(receipt.into());
        }
        let reason = format!("transaction {} reverted", receipt.transaction_hash);
        Err(Error::ActionFailed { action: name.to_owned(), place: "the node", reason })
    };
    mined.into_iter().map(receipt).collect()
}

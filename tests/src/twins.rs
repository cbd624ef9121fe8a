//! Two contracts on one chain that nobody may be able to tell apart.
//!
//! Both get the same call. What they return, revert with, log and how the transaction ends is
//! compared byte for byte, after the few words that must differ (their own address, and what is
//! derived from it) are replaced by the same placeholder.

use alloy::{
    network::TransactionBuilder,
    primitives::{Address, B256, Bytes, LogData, U256, keccak256},
    providers::{DynProvider, Provider},
    rpc::types::{TransactionReceipt, TransactionRequest},
    transports::{RpcError, TransportErrorKind},
};
use anyhow::{Context, Result, ensure};

/// Gas for every transaction: no estimate, so that failing ones are mined too.
const GAS: u64 = 15_000_000;

/// The code of a JSON-RPC error that carries revert data.
const EXECUTION_REVERTED: i64 = 3;

/// A call as one of the twins gets it.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// The caller, an account that the node has unlocked.
    pub from: Address,
    /// Ether sent along, in wei.
    pub value: U256,
    /// Calldata.
    pub data: Bytes,
    /// Words in what comes back that are this twin's alone, beside its own address.
    pub own: Vec<B256>,
}

/// How a call ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It returned these bytes.
    Returned(Bytes),
    /// It reverted with these bytes.
    Reverted(Bytes),
    /// It used up its gas, or worse.
    Halted(String),
}

/// All that can be seen of a transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Effect {
    /// What `eth_call` answered just before.
    pub outcome: Outcome,
    /// Whether the transaction succeeded.
    pub status: bool,
    /// What it logged.
    pub logs: Vec<LogData>,
}

/// Two contracts that are compared.
#[derive(Clone, Debug)]
pub struct Twins {
    /// The chain of both.
    pub provider: DynProvider,
    /// Their addresses: ours, and the peer's.
    pub addresses: [Address; 2],
}

impl Twins {
    /// Calls both and returns what both answered.
    ///
    /// # Errors
    ///
    /// When their answers differ, or the node does not answer.
    pub async fn call(&self, requests: [Request; 2]) -> Result<Outcome> {
        let [ours, peer] = &requests;
        let (ours, peer) = tokio::try_join!(self.answer(0, ours), self.answer(1, peer))?;
        ensure!(ours == peer, "ours answers {ours:?}\nthe peer's is {peer:?}");
        Ok(peer)
    }

    /// Sends the same transaction to both, one block each, and returns what it did to both.
    ///
    /// # Errors
    ///
    /// When the effects differ, or the node does not answer.
    pub async fn send(&self, requests: [Request; 2]) -> Result<Effect> {
        let outcome = self.call(requests.clone()).await?;
        let [ours, peer] = &requests;
        let ours = self.mine(0, ours).await?;
        let peer = self.mine(1, peer).await?;
        ensure!(ours.0 == peer.0, "ours has status {}, the peer {}", ours.0, peer.0);
        ensure!(ours.1 == peer.1, "ours logs {:?}\nthe peer logs {:?}", ours.1, peer.1);
        let returned = matches!(outcome, Outcome::Returned(_));
        ensure!(returned == peer.0, "the call and the transaction end differently: {outcome:?}");
        Ok(Effect { outcome, status: peer.0, logs: peer.1 })
    }

    async fn answer(&self, twin: usize, request: &Request) -> Result<Outcome> {
        let transaction = self.transaction(twin, request);
        Ok(match self.provider.call(transaction).await {
            Ok(bytes) => Outcome::Returned(self.neutral(twin, request, &bytes)),
            Err(error) => match reverted(&error) {
                Some(bytes) => Outcome::Reverted(self.neutral(twin, request, &bytes)),
                None => match error {
                    RpcError::ErrorResp(payload) => Outcome::Halted(payload.message.into_owned()),
                    other => return Err(other.into()),
                },
            },
        })
    }

    async fn mine(&self, twin: usize, request: &Request) -> Result<(bool, Vec<LogData>)> {
        let transaction = self.transaction(twin, request);
        let receipt: TransactionReceipt = self
            .provider
            .raw_request("eth_sendTransactionSync".into(), (transaction,))
            .await
            .context("the transaction was not mined")?;
        let mut logs = Vec::new();
        for log in receipt.inner.logs() {
            ensure!(log.address() == self.addresses[twin], "a log of somebody else: {log:?}");
            let data = self.neutral(twin, request, &log.inner.data.data);
            let topics = log.topics().iter().map(|topic| self.neutral_word(twin, request, *topic));
            logs.push(LogData::new_unchecked(topics.collect(), data));
        }
        Ok((receipt.status(), logs))
    }

    fn transaction(&self, twin: usize, request: &Request) -> TransactionRequest {
        TransactionRequest::default()
            .from(request.from)
            .to(self.addresses[twin])
            .value(request.value)
            .input(request.data.clone().into())
            .with_gas_limit(GAS)
    }

    /// `bytes` with this twin's own words replaced. Revert data has a selector before its words.
    fn neutral(&self, twin: usize, request: &Request, bytes: &[u8]) -> Bytes {
        let (selector, words) = bytes.split_at(bytes.len() % 32);
        let mut neutral = selector.to_vec();
        for word in words.chunks_exact(32) {
            neutral.extend(self.neutral_word(twin, request, B256::from_slice(word)));
        }
        neutral.into()
    }

    fn neutral_word(&self, twin: usize, request: &Request, word: B256) -> B256 {
        let mut own = std::iter::once(self.addresses[twin].into_word()).chain(request.own.clone());
        own.position(|own| own == word)
            .map_or(word, |index| keccak256([index.to_le_bytes()].concat()))
    }
}

/// Creates a contract from initcode, constructor arguments included, and returns its address.
///
/// # Errors
///
/// When its constructor reverts.
pub async fn create_raw(provider: &DynProvider, from: Address, initcode: Bytes) -> Result<Address> {
    let transaction =
        TransactionRequest::default().from(from).with_deploy_code(initcode).with_gas_limit(GAS);
    let receipt: TransactionReceipt =
        provider.raw_request("eth_sendTransactionSync".into(), (transaction,)).await?;
    ensure!(receipt.status(), "the constructor reverted");
    receipt.contract_address.context("no address in the receipt")
}

/// The revert data in an error of the node.
fn reverted(error: &RpcError<TransportErrorKind>) -> Option<Bytes> {
    let payload = error.as_error_resp().filter(|payload| payload.code == EXECUTION_REVERTED)?;
    Some(payload.as_revert_data().unwrap_or_default())
}

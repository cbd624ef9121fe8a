//! Sends twins their calls in batches: one transaction drives both through many steps, each by the
//! same caller at the same second, and tells how every call ended.
//!
//! The callers are contracts that do what the driver (`TwinDriver.sol`) says. After each step the
//! driver reads both twins with probes, so that a difference of state is found where it arises.

use alloy::{
    network::TransactionBuilder,
    primitives::{Address, B256, Bytes, LogData, U256, keccak256},
    providers::{DynProvider, Provider, ext::AnvilApi},
    rpc::types::{TransactionReceipt, TransactionRequest},
    sol_types::{SolCall, SolEvent, SolValue},
};
use anyhow::{Context, Result, ensure};

use crate::{GOVERNANCE, create_raw, peer};

alloy::sol!("../anvil-fixtures/src/TwinDriver.sol");

use TwinDriver::{Ended, Probed, Step, actorCall, runCall};

/// Gas for a batch: nearly all of a block's.
const GAS: u64 = 900_000_000;

/// Ether that all actors have together, in wei.
const ETHER: u128 = 1_000_000_000_000_000_000_000;

/// A call of both twins.
#[derive(Clone, Debug, Default)]
pub struct Drive {
    /// Which actor calls.
    pub actor: usize,
    /// Ether sent along, in wei.
    pub value: U256,
    /// Calldata of ours and of the peer.
    pub data: [Bytes; 2],
    /// Words in what comes back that are one twin's alone, beside its own address.
    pub own: [Vec<B256>; 2],
}

impl Drive {
    /// The same call of both twins, without ether.
    #[must_use]
    pub fn call<C: SolCall>(actor: usize, call: &C) -> Self {
        let data = Bytes::from(call.abi_encode());
        Self { actor, data: [data.clone(), data], ..Self::default() }
    }
}

/// How a call ended, its twin's own words replaced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct End {
    /// Whether it succeeded.
    pub success: bool,
    /// What it returned or reverted with.
    pub output: Bytes,
    /// What was logged meanwhile, and by whom.
    pub logs: Vec<(Address, LogData)>,
}

/// A driver of twins.
#[derive(Clone, Debug)]
pub struct Driver {
    provider: DynProvider,
    address: Address,
    /// Who calls.
    pub actors: Vec<Address>,
}

impl Driver {
    /// A driver with some actors, each with an equal share of ether.
    ///
    /// # Errors
    ///
    /// When it cannot be compiled or created.
    pub async fn new(provider: DynProvider, actors: usize) -> Result<Self> {
        let arguments = U256::from(actors).abi_encode();
        let initcode = [peer("TwinDriver")?.bytecode.to_vec(), arguments].concat();
        let address = create_raw(&provider, GOVERNANCE, initcode.into()).await?;
        let mut driver = Self { provider, address, actors: Vec::new() };
        for index in 0..actors {
            let call = actorCall { index: U256::from(index) };
            let request = TransactionRequest::default().to(address).input(call.abi_encode().into());
            let actor = Address::abi_decode(&driver.provider.call(request).await?)?;
            let share = U256::from(ETHER) / U256::from(actors);
            driver.provider.anvil_set_balance(actor, share).await?;
            driver.actors.push(actor);
        }
        Ok(driver)
    }

    /// Sends every call to both twins in one block, and returns how each ended for both.
    ///
    /// # Errors
    ///
    /// When the twins differ, naming the step; or when the node does not answer.
    pub async fn run(
        &self,
        twins: [Address; 2],
        drives: &[Drive],
        probes: &[Bytes],
    ) -> Result<Vec<End>> {
        let steps = drives.iter().map(|drive| Step {
            actor: U256::from(drive.actor),
            value: drive.value,
            data: drive.data.clone(),
        });
        let call = runCall { twins, steps: steps.collect(), probes: probes.to_vec() };
        let request = TransactionRequest::default()
            .from(GOVERNANCE)
            .to(self.address)
            .input(call.abi_encode().into())
            .with_gas_limit(GAS);
        let receipt: TransactionReceipt =
            self.provider.raw_request("eth_sendTransactionSync".into(), (request,)).await?;
        ensure!(receipt.status(), "the batch of {} steps failed", drives.len());
        self.compare(twins, drives, &receipt)
    }

    /// Goes through a batch's logs step by step.
    fn compare(
        &self,
        twins: [Address; 2],
        drives: &[Drive],
        receipt: &TransactionReceipt,
    ) -> Result<Vec<End>> {
        let mut logs = Vec::new();
        let mut ends: Vec<[Option<End>; 2]> = vec![[None, None]; drives.len()];
        let mut states: Vec<[B256; 2]> = vec![[B256::ZERO; 2]; drives.len()];
        for log in receipt.inner.logs() {
            let data = &log.inner.data;
            if log.address() != self.address {
                logs.push((log.address(), data.clone()));
            } else if let Ok(ended) = Ended::decode_log_data(data) {
                let (step, twin) = (ended.step.to::<usize>(), ended.twin.to::<usize>());
                let neutral = Neutral { twin: twins[twin], own: &drives[step].own[twin] };
                let logs = logs.drain(..).map(|(emitter, data)| neutral.log(emitter, &data));
                ends[step][twin] = Some(End {
                    success: ended.success,
                    output: neutral.bytes(&ended.output),
                    logs: logs.collect(),
                });
            } else {
                let probed = Probed::decode_log_data(data).context("a log of the driver")?;
                states[probed.step.to::<usize>()][probed.twin.to::<usize>()] = probed.state;
            }
        }
        let mut same = Vec::new();
        for (step, ([ours, peer], states)) in ends.into_iter().zip(states).enumerate() {
            let (ours, peer) = (ours.context("ours did not end")?, peer.context("nor the peer")?);
            ensure!(ours == peer, "step {step}: ours {ours:?}\nthe peer {peer:?}");
            ensure!(states[0] == states[1], "step {step} leaves different states: {peer:?}");
            same.push(peer);
        }
        Ok(same)
    }
}

/// Replaces what may differ between twins.
struct Neutral<'a> {
    twin: Address,
    own: &'a [B256],
}

impl Neutral<'_> {
    fn log(&self, emitter: Address, data: &LogData) -> (Address, LogData) {
        let emitter = if emitter == self.twin { Address::ZERO } else { emitter };
        let topics = data.topics().iter().map(|topic| self.word(*topic)).collect();
        (emitter, LogData::new_unchecked(topics, self.bytes(&data.data)))
    }

    /// Revert data has a selector before its words.
    fn bytes(&self, bytes: &[u8]) -> Bytes {
        let (selector, words) = bytes.split_at(bytes.len() % 32);
        let words = words.chunks_exact(32).flat_map(|word| self.word(B256::from_slice(word)).0);
        selector.iter().copied().chain(words).collect()
    }

    fn word(&self, word: B256) -> B256 {
        let mut own = std::iter::once(self.twin.into_word()).chain(self.own.iter().copied());
        own.position(|own| own == word)
            .map_or(word, |index| keccak256([index.to_le_bytes()].concat()))
    }
}

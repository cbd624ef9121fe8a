//! Decides which code of a contract goes onto a chain, who creates it there, and at which address.
//!
//! Every contract is created by a factory that takes a salt (`CREATE2`, EIP-1014). So its address
//! follows from the salt, its code and its constructor's arguments, and not from anybody's nonce: it is
//! known before anything is sent, and the same after any interruption.

use std::time::Duration;

use alloy::{
    hex,
    primitives::{Address, B256, Bytes, U256, address, keccak256, uint},
    providers::Provider,
};
use serde::{Deserialize, Serialize};

use crate::{
    Artifact, Error,
    chain::{Chain, ChainKind, Outgoing, Sender},
};

/// The deterministic deployment proxy, at the same address on nearly every EVM chain: calldata is a
/// salt and initcode.
pub(super) const FACTORY: Address = address!("4e59b44847b379578588920cA78FbF26c0B4956C");

/// The transaction that creates the proxy on any chain, signed by nobody's key: its signature is a
/// round number, from which [`PROXY_SIGNER`] follows.
const PROXY_TRANSACTION: [u8; 167] = hex!(
    "f8a58085174876e800830186a08080b853604580600e600039806000f350fe7fffffffffffffffffffffffffffffff"
    "ffffffffffffffffffffffffffffffffe03601600081602082378035828234f58015156039578182fd5b8082525050"
    "506014600cf31ba02222222222222222222222222222222222222222222222222222222222222222a0222222222222"
    "2222222222222222222222222222222222222222222222222222"
);

/// Who is taken to have signed [`PROXY_TRANSACTION`], and pays for it.
const PROXY_SIGNER: Address = address!("3fAB184622Dc19b6109349B94811493BF2a45362");

/// What [`PROXY_TRANSACTION`] costs: 100,000 gas at 100 gwei, in wei.
const PROXY_COST: U256 = uint!(10_000_000_000_000_000_U256);

/// How long the proxy's transaction is waited for.
const PATIENCE: Duration = Duration::from_secs(60);

/// What runs the contracts of a deployment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "kind")]
pub enum Target {
    /// The EVM: translated code, created by the deterministic deployment proxy.
    Evm,
}

impl Target {
    /// Asks a chain what it runs.
    ///
    /// # Errors
    ///
    /// [`Error::StylusChain`] on a chain with Stylus.
    pub fn of(chain: &Chain) -> Result<Self, Error> {
        match chain.kind() {
            ChainKind::Evm => Ok(Self::Evm),
            ChainKind::Stylus { .. } => Err(Error::StylusChain { chain_id: chain.id() }),
        }
    }

    /// Returns who creates contracts.
    pub(super) const fn factory(self) -> Address {
        match self {
            Self::Evm => FACTORY,
        }
    }

    /// Returns where a contract will be, and what its factory is told to create it.
    pub(super) fn creation(
        self,
        artifact: &Artifact,
        arguments: &[u8],
        salt: B256,
    ) -> (Address, Bytes) {
        match self {
            Self::Evm => {
                let initcode = [&artifact.bytecode, arguments].concat();
                let address = FACTORY.create2(salt, keccak256(&initcode));
                (address, [salt.as_slice(), &initcode].concat().into())
            }
        }
    }

    /// Returns the hash of the code that will be at a contract's address.
    pub(super) fn code_hash(self, artifact: &Artifact) -> B256 {
        match self {
            Self::Evm => keccak256(&artifact.deployed_bytecode),
        }
    }

    /// Makes sure that the factory is there.
    ///
    /// # Errors
    ///
    /// [`Error::NoFactory`] when the chain has none and takes none.
    pub(super) async fn prepare(self, sender: &Sender) -> Result<(), Error> {
        let chain = sender.chain();
        if !chain.code(self.factory()).await?.is_empty() {
            return Ok(());
        }
        match self {
            Self::Evm => create_proxy(sender).await,
        }
    }
}

/// Creates the deterministic deployment proxy with its well-known transaction.
async fn create_proxy(sender: &Sender) -> Result<(), Error> {
    let chain = sender.chain();
    let balance = chain.provider().get_balance(PROXY_SIGNER);
    let balance = chain.ask("eth_getBalance", balance).await?;
    if let Some(value) = PROXY_COST.checked_sub(balance).filter(|value| !value.is_zero()) {
        let call = "paying for the deployment proxy".to_owned();
        let to = Some(PROXY_SIGNER);
        sender.send(&Outgoing { call, to, data: Bytes::new(), value }).await?;
    }
    let refused = |reason: String| Error::NoFactory { factory: FACTORY, reason };
    let raw = Bytes::from_static(&PROXY_TRANSACTION);
    let sent = chain.send_raw(&raw).await.map_err(|error| refused(error.to_string()))?;
    match chain.wait_for(sent, PATIENCE).await? {
        Some(receipt) if receipt.status() => Ok(()),
        _ => Err(refused(format!("its transaction {sent} did not create it"))),
    }
}

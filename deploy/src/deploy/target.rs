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
    stylus::{self, DETERMINISTIC_PROXY as FACTORY, DeployerPlace, NewProgram, Salt},
};

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

/// Where the proxy's code is in [`PROXY_TRANSACTION`].
const PROXY_CODE: std::ops::Range<usize> = 31..100;

/// What [`PROXY_TRANSACTION`] costs: 100,000 gas at 100 gwei, in wei.
const PROXY_COST: U256 = uint!(10_000_000_000_000_000_U256);

/// Gas of a payment.
const PAYMENT_GAS: u64 = 21_000;

/// How long the proxy's transaction is waited for.
const PATIENCE: Duration = Duration::from_secs(60);

/// What is sent so that the factory is there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Preparation {
    /// The transactions, and the gas of those of which it is known.
    pub(super) transactions: Vec<(Outgoing, Option<u64>)>,
    /// Whether it is known what is created afterwards: what code the factory will have.
    pub(super) factory_code: Option<Bytes>,
}

/// What runs the contracts of a deployment, and who creates them there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "kind")]
pub enum Target {
    /// The EVM: translated code, created by the deterministic deployment proxy.
    Evm,
    /// Stylus: programs, which a deployer creates, activates and constructs in one transaction.
    Stylus {
        /// The deployer.
        deployer: Address,
    },
}

impl Target {
    /// Asks a chain what it runs.
    ///
    /// # Errors
    ///
    /// [`Error::Unreachable`], [`Error::Refusal`]: the chain's failures.
    pub async fn of(chain: &Chain) -> Result<Self, Error> {
        if chain.kind() == ChainKind::Evm {
            return Ok(Self::Evm);
        }
        let deployer = match stylus::find_deployer(chain).await? {
            DeployerPlace::Present { address } => address,
            // Ours, which is put there before anything else.
            DeployerPlace::Foretold { .. } | DeployerPlace::Plain { .. } => stylus::own_deployer(),
        };
        Ok(Self::Stylus { deployer })
    }

    /// Returns who creates contracts.
    pub(super) const fn factory(self) -> Address {
        match self {
            Self::Evm => FACTORY,
            Self::Stylus { deployer } => deployer,
        }
    }

    /// Returns where a contract will be, and what its factory is told to create it.
    ///
    /// # Errors
    ///
    /// [`Error::Stylus`] when its payload cannot be that of a program, or the salt is zero.
    pub(super) fn creation(
        self,
        artifact: &Artifact,
        arguments: &[u8],
        salt: B256,
    ) -> Result<(Address, Bytes), Error> {
        match self {
            Self::Evm => {
                let initcode = [&artifact.bytecode, arguments].concat();
                let address = FACTORY.create2(salt, keccak256(&initcode));
                Ok((address, [salt.as_slice(), &initcode].concat().into()))
            }
            Self::Stylus { deployer } => {
                stylus::check_payload_size(&artifact.stylus_payload)?;
                let program = NewProgram {
                    name: &artifact.name,
                    payload: &artifact.stylus_payload,
                    arguments,
                    value_wei: U256::ZERO,
                    salt: Salt::new(salt)?,
                };
                Ok((program.address(deployer), program.call()))
            }
        }
    }

    /// Returns the hash of the code that will be at a contract's address.
    pub(super) fn code_hash(self, artifact: &Artifact) -> B256 {
        match self {
            Self::Evm => keccak256(&artifact.deployed_bytecode),
            Self::Stylus { .. } => stylus::codehash(&artifact.stylus_payload),
        }
    }

    /// Returns what goes along with a contract's creation, in wei: the fee for its activation, and a
    /// bump, of which the rest comes back.
    ///
    /// # Errors
    ///
    /// [`Error::Stylus`] when the chain would not activate it.
    pub(super) async fn value(self, chain: &Chain, artifact: &Artifact) -> Result<U256, Error> {
        match self {
            Self::Evm => Ok(U256::ZERO),
            Self::Stylus { .. } => {
                let payload = &artifact.stylus_payload;
                let bump = stylus::DEFAULT_FEE_BUMP_BPS;
                Ok(stylus::activation(chain, payload, bump).await?.value_wei())
            }
        }
    }

    /// Returns what is to be sent before anything can be created; nothing when the factory is there.
    ///
    /// # Errors
    ///
    /// [`Error::Unreachable`], [`Error::Refusal`]: the chain's failures.
    pub(super) async fn preparation(self, chain: &Chain) -> Result<Preparation, Error> {
        let mut preparation = Preparation::default();
        if !chain.code(self.factory()).await?.is_empty() {
            return Ok(preparation);
        }
        if chain.code(FACTORY).await?.is_empty()
            && let Some(payment) = proxy_payment(chain).await?
        {
            preparation.transactions.push((payment, Some(PAYMENT_GAS)));
        }
        match self {
            Self::Evm => {
                let code = PROXY_TRANSACTION.get(PROXY_CODE).unwrap_or_default();
                preparation.factory_code = Some(Bytes::copy_from_slice(code));
            }
            Self::Stylus { .. } => {
                preparation.transactions.push((stylus::own_deployer_creation(), None));
            }
        }
        Ok(preparation)
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
        if chain.code(FACTORY).await?.is_empty() {
            create_proxy(sender).await?;
        }
        let Self::Stylus { deployer } = self else { return Ok(()) };
        match stylus::find_deployer(chain).await? {
            DeployerPlace::Present { .. } => Ok(()),
            DeployerPlace::Foretold { creation, .. } => sender.send(&creation).await.map(drop),
            DeployerPlace::Plain { .. } => {
                let reason = "the deployment proxy cannot be created".to_owned();
                Err(Error::NoFactory { factory: deployer, reason })
            }
        }
    }
}

/// Returns what pays for the deployment proxy, unless that is paid.
async fn proxy_payment(chain: &Chain) -> Result<Option<Outgoing>, Error> {
    let balance = chain.provider().get_balance(PROXY_SIGNER);
    let balance = chain.ask("eth_getBalance", balance).await?;
    let value = PROXY_COST.checked_sub(balance).filter(|value| !value.is_zero());
    let call = "paying for the deployment proxy".to_owned();
    Ok(value.map(|value| Outgoing { call, to: Some(PROXY_SIGNER), data: Bytes::new(), value }))
}

/// Creates the deterministic deployment proxy with its well-known transaction.
async fn create_proxy(sender: &Sender) -> Result<(), Error> {
    let chain = sender.chain();
    if let Some(payment) = proxy_payment(chain).await? {
        sender.send(&payment).await?;
    }
    let refused = |reason: String| Error::NoFactory { factory: FACTORY, reason };
    let raw = Bytes::from_static(&PROXY_TRANSACTION);
    let sent = chain.send_raw(&raw).await.map_err(|error| refused(error.to_string()))?;
    match chain.wait_for(sent, PATIENCE).await? {
        Some(receipt) if receipt.status() => Ok(()),
        _ => Err(refused(format!("its transaction {sent} did not create it"))),
    }
}

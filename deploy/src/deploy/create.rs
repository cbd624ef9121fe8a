//! Decides how one contract is created, on chains that take its code and on dev nodes that do not.
//!
//! The EVM bytecode of an artifact is initcode and runtime in one: it takes itself for initcode
//! when more code is there than the runtime has, and reads the constructor's arguments from the
//! end. So on a dev node with the code-size limit on, that code is put at the contract's address,
//! called once, which runs the constructor on the contract's own storage, and then replaced by
//! the runtime. The address is the one that the account would have created.

use alloy::{
    primitives::{Address, Bytes, U256, keccak256},
    providers::ext::AnvilApi,
};
use serde::Serialize;

use crate::{
    Artifact, Error,
    chain::{CODE_LIMIT_BYTES, Chain, ChainKind, INITCODE_LIMIT_BYTES, Outgoing, Receipt, Sender},
};

/// How a contract came onto the chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Way {
    /// By a transaction that created it.
    Create,
    /// By a dev node's request to set code, and a call of the constructor.
    SetCode,
}

/// A contract that was created.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Created {
    /// Its address.
    pub address: Address,
    /// The transaction that ran its constructor.
    pub receipt: Receipt,
    /// How it came onto the chain.
    pub way: Way,
}

/// Creates a contract and checks that its code is what was built.
///
/// # Errors
///
/// - [`Error::Reverted`]: the constructor reverted.
/// - [`Error::CodeTooLarge`]: the chain does not take so much code and is no dev node.
/// - [`Error::StylusChain`]: the chain runs Stylus programs.
/// - [`Error::CodeDiffers`]: what was created is not what was built.
/// - The failures of [`Sender::send`].
pub async fn create(
    sender: &Sender,
    artifact: &Artifact,
    arguments: &[u8],
) -> Result<Created, Error> {
    let chain = sender.chain();
    if let ChainKind::Stylus { .. } = chain.kind() {
        return Err(Error::StylusChain { chain_id: chain.id() });
    }
    let initcode = blob(artifact, arguments);
    let created = if fits(chain, artifact, initcode.len()).await? {
        by_transaction(sender, artifact, initcode).await?
    } else if chain.is_dev_node() {
        by_set_code(sender, artifact, initcode).await?
    } else {
        return Err(too_large(artifact));
    };
    let code = chain.code(created.address).await?;
    if keccak256(&code) != keccak256(&artifact.deployed_bytecode) {
        let (contract, address) = (artifact.name.clone(), created.address);
        return Err(Error::CodeDiffers { contract, address });
    }
    Ok(created)
}

/// Returns whether the chain takes the contract's code. It is asked only when the limits of
/// mainnet are exceeded.
async fn fits(chain: &Chain, artifact: &Artifact, initcode: usize) -> Result<bool, Error> {
    let code = artifact.deployed_bytecode.len();
    if code <= CODE_LIMIT_BYTES && initcode <= INITCODE_LIMIT_BYTES {
        return Ok(true);
    }
    chain.takes_code_of(code, initcode).await
}

async fn by_transaction(
    sender: &Sender,
    artifact: &Artifact,
    initcode: Bytes,
) -> Result<Created, Error> {
    let call = format!("creation of {}", artifact.name);
    let outgoing = Outgoing { call: call.clone(), to: None, data: initcode, value: U256::ZERO };
    let receipt = sender.send(&outgoing).await?;
    let address = receipt.contract.ok_or_else(|| Error::Answer {
        request: call,
        reason: "the receipt has no contract".to_owned(),
    })?;
    Ok(Created { address, receipt, way: Way::Create })
}

async fn by_set_code(
    sender: &Sender,
    artifact: &Artifact,
    initcode: Bytes,
) -> Result<Created, Error> {
    let address = sender.address().create(sender.next_nonce().await?);
    let landing = Landing::prepare(sender.chain(), artifact, initcode, address).await?;
    let outgoing = landing.outgoing(Outgoing {
        call: format!("creation of {}", artifact.name),
        to: None,
        data: Bytes::new(),
        value: U256::ZERO,
    });
    let receipt = match sender.send(&outgoing).await {
        Ok(receipt) => Receipt { contract: Some(address), ..receipt },
        Err(error) => {
            landing.clear(sender.chain()).await?;
            return Err(error);
        }
    };
    landing.settle(sender.chain()).await?;
    Ok(Created { address, receipt, way: Way::SetCode })
}

/// How the code of a contract comes to its address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Landing {
    /// The transaction that creates it puts it there.
    Free,
    /// It was put there, and a call runs the constructor.
    SetCode {
        /// The address.
        address: Address,
        /// What its code is in the end.
        runtime: Bytes,
    },
}

impl Landing {
    /// Finds out how the code of a contract comes to `address`, and puts it there where no
    /// transaction can.
    ///
    /// # Errors
    ///
    /// [`Error::CodeTooLarge`] when the chain does not take so much code and is no dev node.
    pub(super) async fn of(
        chain: &Chain,
        artifact: &Artifact,
        arguments: &[u8],
        address: Address,
    ) -> Result<Self, Error> {
        let initcode = blob(artifact, arguments);
        if fits(chain, artifact, initcode.len()).await? {
            Ok(Self::Free)
        } else if chain.is_dev_node() {
            Self::prepare(chain, artifact, initcode, address).await
        } else {
            Err(too_large(artifact))
        }
    }

    /// Makes sure that a transaction alone creates a contract, on the way to which nothing needs to be put
    /// anywhere.
    ///
    /// # Errors
    ///
    /// [`Error::CodeTooLarge`] when the chain does not take so much code.
    pub(super) async fn expect_free(
        chain: &Chain,
        artifact: &Artifact,
        initcode: usize,
    ) -> Result<(), Error> {
        if fits(chain, artifact, initcode).await? { Ok(()) } else { Err(too_large(artifact)) }
    }

    async fn prepare(
        chain: &Chain,
        artifact: &Artifact,
        initcode: Bytes,
        address: Address,
    ) -> Result<Self, Error> {
        set_code(chain, address, initcode).await?;
        Ok(Self::SetCode { address, runtime: artifact.deployed_bytecode.clone() })
    }

    /// Carries on where the tool was killed: `was_run` says whether the constructor was.
    pub(super) async fn resume(
        chain: &Chain,
        artifact: &Artifact,
        (arguments, address): (&[u8], Address),
        was_run: bool,
    ) -> Result<(), Error> {
        if chain.code(address).await? != blob(artifact, arguments) {
            return Ok(());
        }
        let landing = Self::SetCode { address, runtime: artifact.deployed_bytecode.clone() };
        if was_run { landing.settle(chain).await } else { landing.clear(chain).await }
    }

    /// Returns the transaction that runs the constructor, given the one that creates the contract.
    pub(super) fn outgoing(&self, creation: Outgoing) -> Outgoing {
        match self {
            Self::Free => creation,
            Self::SetCode { address, .. } => {
                Outgoing { to: Some(*address), data: Bytes::new(), ..creation }
            }
        }
    }

    /// Puts the code there that stays, after the constructor was run.
    pub(super) async fn settle(&self, chain: &Chain) -> Result<(), Error> {
        let Self::SetCode { address, runtime } = self else { return Ok(()) };
        set_code(chain, *address, runtime.clone()).await?;
        // A created contract begins with nonce 1 (EIP-161).
        chain.ask("anvil_setNonce", chain.provider().anvil_set_nonce(*address, 1)).await
    }

    /// Takes the code away again.
    pub(super) async fn clear(&self, chain: &Chain) -> Result<(), Error> {
        match self {
            Self::Free => Ok(()),
            Self::SetCode { address, .. } => set_code(chain, *address, Bytes::new()).await,
        }
    }
}

/// Finds out why a constructor rejects its arguments, by running it without a factory.
pub(super) async fn reason(
    sender: &Sender,
    artifact: &Artifact,
    arguments: &[u8],
) -> Option<Error> {
    let outgoing = Outgoing {
        call: format!("creation of {}", artifact.name),
        to: None,
        data: blob(artifact, arguments),
        value: U256::ZERO,
    };
    sender.estimate(&outgoing).await.err()
}

/// Returns a contract's initcode with its constructor's arguments.
fn blob(artifact: &Artifact, arguments: &[u8]) -> Bytes {
    [&artifact.bytecode, arguments].concat().into()
}

fn too_large(artifact: &Artifact) -> Error {
    Error::CodeTooLarge {
        contract: artifact.name.clone(),
        bytes: artifact.deployed_bytecode.len(),
        limit: CODE_LIMIT_BYTES,
    }
}

async fn set_code(chain: &Chain, address: Address, code: Bytes) -> Result<(), Error> {
    chain.ask("anvil_setCode", chain.provider().anvil_set_code(address, code)).await
}

//! Decides what is asked about the part of a transaction's gas that pays for its bytes on the parent
//! chain. The node's own estimate of gas has that part in it; this is to show it apart.

use alloy::primitives::{Address, Bytes, U256};

use super::precompiles::{NODE_INTERFACE, NodeInterface};
use crate::{Error, chain::Chain};

/// What a transaction pays for its bytes on the parent chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct L1Gas {
    /// Gas of this chain.
    pub gas: u64,
    /// What this chain takes for a unit of gas, in wei.
    pub base_fee_wei: U256,
    /// The estimate of what the parent chain takes for a byte, in wei.
    pub l1_base_fee_wei: U256,
}

/// Asks a node for the part of a call's gas that pays for its bytes on the parent chain; nodes of other
/// chains have none.
///
/// # Errors
///
/// The failures of [`Chain::read`].
pub async fn l1_gas(chain: &Chain, to: Address, data: Bytes) -> Result<Option<L1Gas>, Error> {
    let call = NodeInterface::gasEstimateL1ComponentCall { to, contractCreation: false, data };
    match chain.read(NODE_INTERFACE, &call).await {
        Ok(answer) => Ok(Some(L1Gas {
            gas: answer.gasEstimateForL1,
            base_fee_wei: answer.baseFee,
            l1_base_fee_wei: answer.l1BaseFeeEstimate,
        })),
        Err(Error::NoContract { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

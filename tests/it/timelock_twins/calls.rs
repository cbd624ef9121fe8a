//! What a timelock's operations consist of: their calls, and how they are encoded for each twin.

use alloy::{
    primitives::{Address, B256, Bytes, U256, keccak256},
    sol_types::{SolCall, SolValue},
};
use datacoop_deploy::bindings::ITimelock::{
    executeBatchCall, executeCall, hashOperationBatchCall, hashOperationCall, scheduleBatchCall,
    scheduleCall,
};

alloy::sol!("../anvil-fixtures/src/TimelockTarget.sol");

pub(super) use TimelockTarget::{
    Refused, callBackCall, cancelItselfCall, noteCall, reexecuteCall, refuseCall,
    refuseSilentlyCall,
};

/// Whom a call reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// The timelock itself, whichever twin it is.
    Itself,
    Is(Address),
}

/// A call of an operation.
#[derive(Clone, Debug)]
pub(super) struct Call {
    pub(super) target: Target,
    /// In wei.
    pub(super) value: U256,
    pub(super) data: Bytes,
}

/// An operation of a timelock, for both twins.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    pub(super) calls: Vec<Call>,
    /// Whether it is a batch; otherwise it has one call.
    pub(super) batch: bool,
    /// The predecessor's id, for each twin.
    pub(super) predecessor: [B256; 2],
    pub(super) salt: B256,
}

impl Plan {
    /// The targets, values and calldata of the calls.
    fn lists(&self, timelock: Address) -> (Vec<Address>, Vec<U256>, Vec<Bytes>) {
        let target = |call: &Call| match call.target {
            Target::Itself => timelock,
            Target::Is(address) => address,
        };
        (
            self.calls.iter().map(target).collect(),
            self.calls.iter().map(|call| call.value).collect(),
            self.calls.iter().map(|call| call.data.clone()).collect(),
        )
    }

    /// The id on each twin.
    pub(super) fn ids(&self, twins: [Address; 2]) -> [B256; 2] {
        [0, 1].map(|twin| {
            let (targets, values, payloads) = self.lists(twins[twin]);
            let (predecessor, salt) = (self.predecessor[twin], self.salt);
            keccak256(if self.batch {
                (targets, values, payloads, predecessor, salt).abi_encode_params()
            } else {
                let (target, value, data) = (targets[0], values[0], payloads[0].clone());
                (target, value, data, predecessor, salt).abi_encode_params()
            })
        })
    }

    /// The calldata that hashes it, for a twin.
    pub(super) fn hash(&self, twin: usize, timelock: Address) -> Vec<u8> {
        let (targets, values, payloads) = self.lists(timelock);
        let (predecessor, salt) = (self.predecessor[twin], self.salt);
        if self.batch {
            hashOperationBatchCall { targets, values, payloads, predecessor, salt }.abi_encode()
        } else {
            let (target, value, data) = (targets[0], values[0], payloads[0].clone());
            hashOperationCall { target, value, data, predecessor, salt }.abi_encode()
        }
    }

    /// The calldata that schedules it, for a twin.
    pub(super) fn schedule(&self, twin: usize, timelock: Address, delay: U256) -> Vec<u8> {
        let (targets, values, payloads) = self.lists(timelock);
        let (predecessor, salt) = (self.predecessor[twin], self.salt);
        if self.batch {
            scheduleBatchCall { targets, values, payloads, predecessor, salt, delay }.abi_encode()
        } else {
            let (target, value, data) = (targets[0], values[0], payloads[0].clone());
            scheduleCall { target, value, data, predecessor, salt, delay }.abi_encode()
        }
    }

    /// The calldata that executes it, for a twin.
    pub(super) fn execute(&self, twin: usize, timelock: Address) -> Vec<u8> {
        let (targets, values, payloads) = self.lists(timelock);
        let (predecessor, salt) = (self.predecessor[twin], self.salt);
        if self.batch {
            executeBatchCall { targets, values, payloads, predecessor, salt }.abi_encode()
        } else {
            let (target, value, payload) = (targets[0], values[0], payloads[0].clone());
            executeCall { target, value, payload, predecessor, salt }.abi_encode()
        }
    }
}

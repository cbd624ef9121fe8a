//! Decides what the tests start from: a treasury of three owners on a chain, with a governor.

use std::ops::Deref;

use alloy_primitives::{Address, B256, Bytes, U256, address};
use alloy_sol_types::{SolCall, SolError, SolValue};
use datacoop_kit::testing::{Chain, Signer, Subject};
use treasury::{
    ITreasury::{
        execTransactionCall, execTransactionFromModuleReturnDataCall, executeQueuedCall,
        getTransactionHashCall, nonceCall, queueTransactionCall,
    },
    program,
};

/// Where the treasury is.
pub(crate) const TREASURY: Address = address!("000000000000000000000000000000005afe0001");
/// The governor, which is a module.
pub(crate) const GOVERNOR: Address = address!("00000000000000000000000000000000000000d1");
/// Holds nothing.
pub(crate) const MALLORY: Address = address!("00000000000000000000000000000000000000bb");
/// Is paid.
pub(crate) const PAYEE: Address = address!("00000000000000000000000000000000000000ee");
/// Ether, as a token.
pub(crate) const ETHER: Address = Address::ZERO;

/// Ether that the treasury has at first, in wei.
pub(crate) const WEALTH: u64 = 1_000_000;

/// A treasury on a chain.
pub(crate) struct Treasury {
    subject: Subject,
    /// Sorted by address.
    pub(crate) owners: Vec<Signer>,
}

impl Deref for Treasury {
    type Target = Subject;

    fn deref(&self) -> &Subject {
        &self.subject
    }
}

/// The owners of every treasury here.
fn signers() -> Vec<Signer> {
    let mut owners: Vec<_> = [1, 2, 3].map(Signer::new).into();
    owners.sort_by_key(Signer::address);
    owners
}

/// What the constructor is given.
pub(crate) fn arguments(owners: &[Address], threshold: u64, beyond: (Address, u64)) -> Vec<u8> {
    let (governor, delay) = beyond;
    (owners, U256::from(threshold), Address::ZERO, governor, U256::from(delay)).abi_encode_params()
}

/// Safe's error of a number.
pub(crate) fn gs(text: &str) -> Vec<u8> {
    alloy_sol_types::Revert::from(text).abi_encode()
}

impl Treasury {
    /// A treasury with a governor, in which two of three sign.
    pub(crate) fn new() -> Self {
        Self::with(GOVERNOR, 0)
    }

    pub(crate) fn with(governor: Address, delay: u64) -> Self {
        let (chain, owners) = (Chain::new(), signers());
        chain.set_time(1_000_000);
        let addresses: Vec<_> = owners.iter().map(Signer::address).collect();
        let args = arguments(&addresses, 2, (governor, delay));
        chain.deploy(MALLORY, TREASURY, program, &args).expect("the treasury is constructed");
        chain.give(TREASURY, U256::from(WEALTH));
        Self { subject: Subject::new(chain, TREASURY), owners }
    }

    pub(crate) fn owner(&self, index: usize) -> Address {
        self.owners[index].address()
    }

    /// Lets the governor make the treasury call itself.
    pub(crate) fn govern<C: SolCall>(&self, call: &C) -> Result<(), Vec<u8>> {
        let call = execTransactionFromModuleReturnDataCall {
            to: TREASURY,
            value: U256::ZERO,
            data: call.abi_encode().into(),
            operation: 0,
        };
        let done = self.ok(GOVERNOR, &call);
        if done.success { Ok(()) } else { Err(done.returnData.to_vec()) }
    }

    /// Lets the governor make the treasury call itself, which refuses with exactly this error.
    #[track_caller]
    pub(crate) fn ungoverned<C: SolCall>(&self, call: &C, error: &impl SolError) {
        assert_eq!(self.govern(call), Err(error.abi_encode()));
    }

    /// What two owners sign for a transaction with the next nonce.
    pub(crate) fn signed(&self, to: Address, value: u64, data: &[u8]) -> execTransactionCall {
        let hash = self.hash(to, value, data);
        let sign = |signer: &Signer| {
            let (v, r, s) = signer.sign(hash);
            [r.as_slice(), s.as_slice(), &[v]].concat()
        };
        let signatures: Vec<u8> = self.owners[..2].iter().flat_map(sign).collect();
        transaction(to, value, data, signatures.into())
    }

    /// The hash of a transaction with the next nonce.
    pub(crate) fn hash(&self, to: Address, value: u64, data: &[u8]) -> B256 {
        let _nonce = self.ok(MALLORY, &nonceCall {});
        self.ok(
            MALLORY,
            &getTransactionHashCall {
                to,
                value: U256::from(value),
                data: Bytes::copy_from_slice(data),
                operation: 0,
                safeTxGas: U256::ZERO,
                baseGas: U256::ZERO,
                gasPrice: U256::ZERO,
                gasToken: Address::ZERO,
                refundReceiver: Address::ZERO,
                _nonce,
            },
        )
    }

    pub(crate) fn balance(&self, of: Address) -> U256 {
        self.chain.balance(of)
    }
}

fn transaction(to: Address, value: u64, data: &[u8], signatures: Bytes) -> execTransactionCall {
    execTransactionCall {
        to,
        value: U256::from(value),
        data: Bytes::copy_from_slice(data),
        operation: 0,
        safeTxGas: U256::ZERO,
        baseGas: U256::ZERO,
        gasPrice: U256::ZERO,
        gasToken: Address::ZERO,
        refundReceiver: Address::ZERO,
        signatures,
    }
}

/// The call that queues what another call would execute.
pub(crate) fn queued(call: execTransactionCall) -> queueTransactionCall {
    queueTransactionCall {
        to: call.to,
        value: call.value,
        data: call.data,
        operation: call.operation,
        safeTxGas: call.safeTxGas,
        baseGas: call.baseGas,
        gasPrice: call.gasPrice,
        gasToken: call.gasToken,
        refundReceiver: call.refundReceiver,
        signatures: call.signatures,
    }
}

/// The call that executes what was queued with a nonce.
pub(crate) fn executed(to: Address, value: u64, nonce: u64) -> executeQueuedCall {
    executeQueuedCall {
        to,
        value: U256::from(value),
        data: Bytes::new(),
        operation: 0,
        safeTxGas: U256::ZERO,
        baseGas: U256::ZERO,
        gasPrice: U256::ZERO,
        gasToken: Address::ZERO,
        refundReceiver: Address::ZERO,
        queuedNonce: U256::from(nonce),
    }
}

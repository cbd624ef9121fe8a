//! Decides the precompiles that the host offers: ecrecover, SHA-256 and identity.

use alloy_primitives::{Address, B256, Bytes, Signature, U256};
use sha2::{Digest, Sha256};

use crate::{prices, units::Gas};

/// A precompile: its gas and output for an input.
pub(crate) type Precompile = fn(&[u8]) -> (Gas, Bytes);

/// The addresses that are warm from the start of a transaction: the EVM's precompiles.
pub(crate) const LAST: u8 = 0x0a;

/// Returns the precompile at an address.
pub(crate) fn at(address: Address) -> Option<Precompile> {
    let [zeros @ .., id] = &address.0.0;
    if zeros.iter().any(|byte| *byte != 0) {
        return None;
    }
    match *id {
        1 => Some(ecrecover),
        2 => Some(sha256),
        4 => Some(identity),
        _ => None,
    }
}

/// `hash ‖ v ‖ r ‖ s` → the signer's address in a word, or nothing. High `s` is accepted.
fn ecrecover(input: &[u8]) -> (Gas, Bytes) {
    let mut padded = [0; 128];
    let len = input.len().min(128);
    padded[..len].copy_from_slice(&input[..len]);
    let word = |index: usize| B256::from_slice(&padded[32 * index..32 * index + 32]);
    let (hash, v) = (word(0), U256::from_be_bytes(word(1).0));
    let parity = match v {
        v if v == U256::from(27) => false,
        v if v == U256::from(28) => true,
        _ => return (prices::ECRECOVER_GAS, Bytes::new()),
    };
    let r = U256::from_be_bytes(word(2).0);
    let s = U256::from_be_bytes(word(3).0);
    // A high `s` is the mirror image of a low one with the other parity.
    let signature = Signature::new(r, s, parity).normalized_s();
    let signer = signature.recover_address_from_prehash(&hash);
    let output = signer.map(|signer| Bytes::from(signer.into_word())).unwrap_or_default();
    (prices::ECRECOVER_GAS, output)
}

fn sha256(input: &[u8]) -> (Gas, Bytes) {
    let digest: [u8; 32] = Sha256::digest(input).into();
    (prices::sha256_gas(input.len()), Bytes::copy_from_slice(&digest))
}

fn identity(input: &[u8]) -> (Gas, Bytes) {
    (prices::identity_gas(input.len()), Bytes::copy_from_slice(input))
}

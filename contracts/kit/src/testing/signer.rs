//! Decides who can sign, and whose a signature is.

use alloy_primitives::{Address, B256, U256};
use k256::ecdsa::{RecoveryId, Signature, SigningKey, VerifyingKey};

/// A person with a key.
#[derive(Clone, Debug)]
pub struct Signer(SigningKey);

impl Signer {
    /// The person with the given number, which is not zero.
    ///
    /// # Panics
    ///
    /// Panics when it is zero.
    #[must_use]
    pub fn new(number: u8) -> Self {
        Self(SigningKey::from_slice(&[number; 32]).expect("a number but zero is a key"))
    }

    /// Returns the person's address.
    #[must_use]
    pub fn address(&self) -> Address {
        address_of(self.0.verifying_key())
    }

    /// Signs a hash.
    ///
    /// # Panics
    ///
    /// Panics when the library refuses to sign, which it does not.
    #[must_use]
    pub fn sign(&self, hash: B256) -> (u8, B256, B256) {
        let (signature, id) = self.0.sign_prehash_recoverable(&hash.0).expect("it signs");
        let (r, s) = signature.split_bytes();
        (id.to_byte().wrapping_add(27), B256::from_slice(&r), B256::from_slice(&s))
    }
}

fn address_of(key: &VerifyingKey) -> Address {
    Address::from_raw_public_key(&key.to_encoded_point(false).as_bytes()[1..])
}

/// What the precompile returns: nothing for a bad signature.
pub(super) fn recover(data: &[u8]) -> Option<Vec<u8>> {
    let mut input = [0; 128];
    for (to, from) in input.iter_mut().zip(data) {
        *to = *from;
    }
    let v = U256::from_be_slice(&input[32..64]);
    let id = RecoveryId::from_byte(u8::try_from(v).ok()?.checked_sub(27)?)?;
    if id.is_x_reduced() {
        return None;
    }
    let signature = Signature::from_slice(&input[64..]).ok()?;
    let key = VerifyingKey::recover_from_prehash(&input[..32], &signature, id).ok()?;
    Some(address_of(&key).into_word().to_vec())
}

//! Decides how an owner's consent is made, checked, and packed for the contract.
//!
//! Safe takes 65 bytes for each signature, sorted by owner: `r`, `s` and `v`. What `v` is tells
//! the kind: 0 a contract's (ERC-1271, `r` is its address and `s` where its bytes are), 1 a hash
//! approved on chain (`r` is the owner), 27 and 28 the hash signed, 31 and 32 the hash signed as
//! an Ethereum message.

use alloy::{
    primitives::{Address, B256, Bytes, Signature, U256, eip191_hash_message},
    signers::{SignerSync, local::PrivateKeySigner},
};
use serde::{Deserialize, Serialize};

use crate::{
    Error,
    keys::{Signer, Typed},
};

/// The bytes of a signature, apart from those of a contract.
pub(super) const LENGTH: usize = 65;

/// What is added to `v` when the hash was signed as an Ethereum message (Safe 1.5.0, `Safe.sol`).
const ETH_SIGN_SHIFT: u8 = 4;

/// How an owner consents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum SignatureKind {
    /// The hash signed, as typed data.
    Eip712,
    /// The hash signed as an Ethereum message, for wallets that know no typed data.
    EthSign,
    /// The hash approved by a transaction of the owner.
    ApprovedHash,
    /// What a contract takes for its signature (ERC-1271).
    Contract,
}

/// An owner's consent to one transaction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OwnerSignature {
    /// The owner.
    pub owner: Address,
    /// How the owner consents.
    pub kind: SignatureKind,
    /// The bytes: `r`, `s`, `v`, or what a contract takes; none for an approved hash.
    #[serde(default, skip_serializing_if = "has_no_bytes")]
    pub signature: Bytes,
}

fn has_no_bytes(bytes: &Bytes) -> bool {
    bytes.is_empty()
}

impl OwnerSignature {
    /// Signs a hash with a key, as typed data or as an Ethereum message.
    ///
    /// # Errors
    ///
    /// The key's.
    pub fn sign(
        key: &PrivateKeySigner,
        kind: SignatureKind,
        hash: B256,
    ) -> Result<Self, alloy::signers::Error> {
        let signature = match kind {
            SignatureKind::EthSign => key.sign_message_sync(hash.as_slice())?,
            _ => key.sign_hash_sync(&hash)?,
        };
        Ok(Self::of_key(key.address(), kind, signature))
    }

    /// Has typed data signed, or their hash as an Ethereum message, by whatever signs.
    ///
    /// # Errors
    ///
    /// As [`Signer::sign_typed`].
    pub async fn by(signer: &Signer, kind: SignatureKind, typed: &Typed) -> Result<Self, Error> {
        let signature = match kind {
            SignatureKind::EthSign => signer.sign_message(typed.digest().as_slice()).await?,
            _ => signer.sign_typed(typed).await?,
        };
        Ok(Self::of_key(signer.address(), kind, signature))
    }

    fn of_key(owner: Address, kind: SignatureKind, signature: Signature) -> Self {
        let mut bytes = signature.as_bytes();
        if kind == SignatureKind::EthSign {
            bytes[LENGTH - 1] += ETH_SIGN_SHIFT;
        }
        Self { owner, kind, signature: bytes.to_vec().into() }
    }

    /// Takes the signature of an owner that is a contract.
    #[must_use]
    pub const fn of_contract(owner: Address, signature: Bytes) -> Self {
        Self { owner, kind: SignatureKind::Contract, signature }
    }

    /// Makes the note that an owner approved the hash on chain.
    #[must_use]
    pub const fn approved(owner: Address) -> Self {
        Self { owner, kind: SignatureKind::ApprovedHash, signature: Bytes::new() }
    }

    /// Checks what can be checked without the chain: that a key's signature is the owner's.
    ///
    /// # Errors
    ///
    /// What is wrong with it, in words.
    pub fn check(&self, hash: B256) -> Result<(), String> {
        match self.kind {
            SignatureKind::Contract => return Ok(()),
            SignatureKind::ApprovedHash if self.signature.is_empty() => return Ok(()),
            SignatureKind::ApprovedHash => return Err("an approved hash has no bytes".to_owned()),
            SignatureKind::Eip712 | SignatureKind::EthSign => {}
        }
        match signer_of(self.kind, &self.signature, hash)? {
            signer if signer == self.owner => Ok(()),
            signer => Err(format!("{signer} signed it, or it is of another transaction")),
        }
    }
}

/// Returns whose key signed a hash, as typed data or as an Ethereum message.
///
/// # Errors
///
/// What is wrong with the signature, in words.
pub(super) fn signer_of(
    kind: SignatureKind,
    signature: &Bytes,
    hash: B256,
) -> Result<Address, String> {
    let (digest, shift) = match kind {
        SignatureKind::EthSign => (eip191_hash_message(hash), ETH_SIGN_SHIFT),
        _ => (hash, 0),
    };
    let mut bytes: [u8; LENGTH] = signature
        .as_ref()
        .try_into()
        .map_err(|_| format!("it has {} bytes, not {LENGTH}", signature.len()))?;
    let v = bytes[LENGTH - 1].wrapping_sub(shift);
    if !matches!(v, 27 | 28) {
        return Err(format!("its last byte is {}", bytes[LENGTH - 1]));
    }
    bytes[LENGTH - 1] = v;
    let signature = Signature::from_raw_array(&bytes).map_err(|error| error.to_string())?;
    if signature.normalize_s().is_some() {
        return Err("its second half is not the lower one".to_owned());
    }
    signature.recover_address_from_prehash(&digest).map_err(|error| error.to_string())
}

/// Packs signatures as the contract takes them. Those of contracts have their bytes behind all.
#[must_use]
pub fn packed(signatures: &[OwnerSignature]) -> Bytes {
    let mut sorted: Vec<_> = signatures.iter().collect();
    sorted.sort_by_key(|signature| signature.owner);
    let mut fixed = Vec::with_capacity(LENGTH * sorted.len());
    let mut behind = Vec::new();
    for OwnerSignature { owner, kind, signature } in sorted {
        let place = match kind {
            SignatureKind::Eip712 | SignatureKind::EthSign => {
                fixed.extend_from_slice(signature);
                continue;
            }
            SignatureKind::ApprovedHash => None,
            SignatureKind::Contract => Some(LENGTH * signatures.len() + behind.len()),
        };
        fixed.extend_from_slice(owner.into_word().as_slice());
        fixed.extend_from_slice(&U256::from(place.unwrap_or_default()).to_be_bytes::<32>());
        fixed.push(u8::from(place.is_none()));
        if place.is_some() {
            behind.extend_from_slice(&U256::from(signature.len()).to_be_bytes::<32>());
            behind.extend_from_slice(signature);
        }
    }
    fixed.append(&mut behind);
    fixed.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::dev_account;

    const HASH: B256 = B256::repeat_byte(7);

    fn signed(index: usize, kind: SignatureKind) -> OwnerSignature {
        OwnerSignature::sign(&dev_account(index).unwrap(), kind, HASH).unwrap()
    }

    #[test]
    fn signatures_of_keys_are_those_of_their_owners_and_hash() {
        for (kind, last) in [(SignatureKind::Eip712, 27..29), (SignatureKind::EthSign, 31..33)] {
            let signature = signed(0, kind);
            assert_eq!(signature.check(HASH), Ok(()));
            assert!(last.contains(&signature.signature[64]));
            assert!(signature.check(B256::ZERO).unwrap_err().contains("another transaction"));
            let other = OwnerSignature { owner: Address::ZERO, ..signature };
            assert!(other.check(HASH).unwrap_err().contains("signed it"));
        }
    }

    #[test]
    fn a_signature_of_one_kind_is_not_one_of_the_other() {
        let kinds = [SignatureKind::Eip712, SignatureKind::EthSign];
        for (kind, other) in [(kinds[0], kinds[1]), (kinds[1], kinds[0])] {
            let signature = OwnerSignature { kind: other, ..signed(0, kind) };
            assert!(signature.check(HASH).unwrap_err().contains("last byte"));
        }
    }

    #[test]
    fn the_higher_half_of_malleable_signatures_is_refused() {
        let good = signed(0, SignatureKind::Eip712);
        let mut bytes: [u8; 65] = good.signature.as_ref().try_into().unwrap();
        let signature = Signature::from_raw_array(&bytes).unwrap();
        let n = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141";
        let high = U256::from_str_radix(n, 16).unwrap() - signature.s();
        bytes[32..64].copy_from_slice(&high.to_be_bytes::<32>());
        bytes[64] ^= 27 ^ 28;
        let bad = OwnerSignature { signature: bytes.to_vec().into(), ..good };
        assert!(bad.check(HASH).unwrap_err().contains("lower"));
    }

    #[test]
    fn what_is_no_signature_is_refused() {
        for bytes in [vec![], vec![0; 64], vec![0; 66], vec![0; 65], vec![27; 65]] {
            let bad = OwnerSignature {
                signature: bytes.clone().into(),
                ..signed(0, SignatureKind::Eip712)
            };
            assert!(bad.check(HASH).is_err(), "{bytes:?}");
        }
        let approved = OwnerSignature::approved(Address::ZERO);
        assert_eq!(approved.check(HASH), Ok(()));
        let bad = OwnerSignature { signature: vec![1].into(), ..approved };
        assert!(bad.check(HASH).is_err());
    }

    #[test]
    fn signatures_are_packed_by_owner_with_those_of_contracts_behind() {
        let contract = OwnerSignature {
            owner: Address::repeat_byte(0xff),
            kind: SignatureKind::Contract,
            signature: Bytes::from_static(&[1, 2, 3]),
        };
        let approved = OwnerSignature::approved(Address::repeat_byte(0x01));
        let key = signed(0, SignatureKind::Eip712);
        let bytes = packed(&[contract.clone(), key.clone(), approved.clone()]);
        assert_eq!(bytes.len(), 3 * 65 + 32 + 3);
        assert_eq!(bytes[..32], approved.owner.into_word()[..]);
        assert_eq!((bytes[63], bytes[64]), (0, 1));
        assert_eq!(bytes[65..130], key.signature[..]);
        assert_eq!(bytes[130..162], contract.owner.into_word()[..]);
        assert_eq!(bytes[162..194], U256::from(3 * 65).to_be_bytes::<32>());
        assert_eq!(bytes[194], 0);
        assert_eq!(bytes[195..227], U256::from(3).to_be_bytes::<32>());
        assert_eq!(bytes[227..], [1, 2, 3]);
    }
}

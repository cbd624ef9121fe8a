//! Decides how an account that is a contract signs (ERC-1271), and how its owners do that for it.
//!
//! A Safe takes the signatures of as many of its owners as must sign, for a message of its own that
//! has the hash in it (`SafeMessage`, Safe 1.5.0 `CompatibilityFallbackHandler`). A wallet with one
//! key takes that key's signature of the hash itself.

use alloy::{
    primitives::{Address, B256, Bytes, FixedBytes},
    sol_types::SolCall,
};

use super::{
    OwnerSignature, SignatureKind, packed,
    safe_tx::domain,
    signature::{LENGTH, signer_of},
};
use crate::{
    Error,
    chain::Chain,
    keys::{Signer, Typed},
};

alloy::sol! {
    /// What an owner of a Safe signs for it.
    #[derive(serde::Serialize)]
    struct SafeMessage {
        bytes message;
    }

    /// ERC-1271.
    interface IContractSigner {
        function isValidSignature(bytes32 hash, bytes signature) external view returns (bytes4);
    }
}

/// What a contract takes for its signature of a hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContractForm {
    /// Signatures of its owners, for a message that has the hash in it: a Safe.
    Safe,
    /// The signature of its key, for the hash itself.
    Key,
}

/// A contract that signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ContractSigner {
    /// The chain's id.
    pub chain_id: u64,
    /// The contract.
    pub address: Address,
    /// What it takes.
    pub form: ContractForm,
}

impl ContractSigner {
    /// Returns what an owner of the contract signs, so that the contract signs a hash.
    #[must_use]
    pub fn digest(&self, hash: B256) -> B256 {
        self.typed(hash.into()).digest()
    }

    fn typed(&self, typed: Typed) -> Typed {
        match self.form {
            ContractForm::Key => typed,
            ContractForm::Safe => {
                let message = SafeMessage { message: typed.digest().to_vec().into() };
                Typed::new(&message, &domain(self.chain_id, self.address))
            }
        }
    }

    /// Signs typed data, or their hash, as an owner, and returns the contract's signature: that of a Safe has
    /// the signatures `before` in it, too.
    ///
    /// # Errors
    ///
    /// As [`Signer::sign_typed`].
    pub async fn sign(
        &self,
        signer: &Signer,
        typed: impl Into<Typed>,
        before: &Bytes,
    ) -> Result<Bytes, Error> {
        let typed = typed.into();
        let hash = typed.digest();
        let own = OwnerSignature::by(signer, SignatureKind::Eip712, &self.typed(typed)).await?;
        let own = own.signature;
        Ok(match self.form {
            ContractForm::Key => own,
            ContractForm::Safe => self.united(hash, &own, before),
        })
    }

    /// Returns two signatures of a Safe as one. What is not made of signatures of keys, such as that
    /// of yet another contract, gives way to the `first`.
    #[must_use]
    pub(super) fn united(&self, hash: B256, first: &Bytes, second: &Bytes) -> Bytes {
        let digest = self.digest(hash);
        let (Some(mut all), Some(others)) = (parts(digest, first), parts(digest, second)) else {
            return first.clone();
        };
        for other in others {
            if all.iter().all(|part| part.owner != other.owner) {
                all.push(other);
            }
        }
        packed(&all)
    }
}

/// Takes the packed signatures of keys apart; none when they are not that.
fn parts(digest: B256, packed: &Bytes) -> Option<Vec<OwnerSignature>> {
    let parts = packed.chunks(LENGTH).map(|bytes| {
        let signature = Bytes::copy_from_slice(bytes);
        let kind = match bytes.last()? {
            31 | 32 => SignatureKind::EthSign,
            _ => SignatureKind::Eip712,
        };
        let owner = signer_of(kind, &signature, digest).ok()?;
        Some(OwnerSignature { owner, kind, signature })
    });
    parts.collect()
}

/// Asks a contract whether it takes a signature for its own. One that is none, that reverts, or
/// that answers something else does not.
///
/// # Errors
///
/// The failures of [`Chain::read`] that are the connection's.
pub async fn is_signed_by(
    chain: &Chain,
    contract: Address,
    hash: B256,
    signature: &Bytes,
) -> Result<bool, Error> {
    let call = IContractSigner::isValidSignatureCall { hash, signature: signature.clone() };
    match chain.read(contract, &call).await {
        Ok(answer) => Ok(answer == FixedBytes(IContractSigner::isValidSignatureCall::SELECTOR)),
        Err(Error::Reverted { .. } | Error::Answer { .. } | Error::NoContract { .. }) => Ok(false),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use alloy::{
        primitives::{b256, keccak256},
        sol_types::SolStruct,
    };

    use super::*;
    use crate::keys::{dev_account, testing::wait};

    const HASH: B256 = B256::repeat_byte(7);

    const SAFE: ContractSigner = ContractSigner {
        chain_id: 31_337,
        address: Address::repeat_byte(0x5a),
        form: ContractForm::Safe,
    };

    fn signer(index: usize) -> Signer {
        dev_account(index).unwrap().into()
    }

    #[test]
    fn the_type_hash_is_that_of_safe() {
        // Safe 1.5.0, `CompatibilityFallbackHandler.sol`: `SAFE_MSG_TYPEHASH`.
        let expected = b256!("60b3cbf8b4a223d68d641b3b6ddf9a298e7f33710cf3d3a9d1146b5a6150fbca");
        assert_eq!(keccak256(SafeMessage::eip712_encode_type().as_bytes()), expected);
    }

    #[test]
    fn a_safes_owners_sign_for_one_safe_on_one_chain() {
        let digest = SAFE.digest(HASH);
        assert_ne!(digest, HASH);
        assert_ne!(ContractSigner { chain_id: 1, ..SAFE }.digest(HASH), digest);
        assert_ne!(ContractSigner { address: Address::ZERO, ..SAFE }.digest(HASH), digest);
        assert_ne!(SAFE.digest(B256::ZERO), digest);
        assert_eq!(ContractSigner { form: ContractForm::Key, ..SAFE }.digest(HASH), HASH);
    }

    #[test]
    fn signatures_of_a_safes_owners_are_gathered_in_the_order_of_their_addresses() {
        let mut signers: Vec<_> = (0..4).map(signer).collect();
        let mut together = Bytes::new();
        for signer in &signers {
            together = wait(SAFE.sign(signer, HASH, &together)).unwrap();
        }
        signers.sort_by_key(Signer::address);
        let owners = parts(SAFE.digest(HASH), &together).unwrap();
        let owners: Vec<_> = owners.iter().map(|part| part.owner).collect();
        let expected: Vec<_> = signers.iter().map(Signer::address).collect();
        assert_eq!(owners, expected);
        assert_eq!(together.len(), 4 * LENGTH);
        // Once each, and in any order of signing.
        assert_eq!(wait(SAFE.sign(&signers[2], HASH, &together)).unwrap(), together);
        let [one, two] = [&signers[0], &signers[1]]
            .map(|signer| wait(SAFE.sign(signer, HASH, &Bytes::new())).unwrap());
        assert_eq!(SAFE.united(HASH, &one, &two), SAFE.united(HASH, &two, &one));
    }

    #[test]
    fn what_is_not_made_of_keys_signatures_is_not_taken_apart() {
        let signer = signer(0);
        let own = wait(SAFE.sign(&signer, HASH, &Bytes::new())).unwrap();
        for other in [vec![1, 2, 3], vec![0; 65], [&own[..], &[0]].concat()] {
            let other = Bytes::from(other);
            assert_eq!(wait(SAFE.sign(&signer, HASH, &other)).unwrap(), own);
            assert_eq!(SAFE.united(HASH, &other, &own), other);
        }
    }

    #[test]
    fn a_wallet_with_a_key_has_the_keys_signature() {
        let wallet = ContractSigner { form: ContractForm::Key, ..SAFE };
        let signer = signer(3);
        let signature = wait(wallet.sign(&signer, HASH, &Bytes::from_static(&[1]))).unwrap();
        assert_eq!(signer_of(SignatureKind::Eip712, &signature, HASH), Ok(signer.address()));
    }
}

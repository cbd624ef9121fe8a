//! Decides how a transaction waits for its owners' signatures: a file, and when it is trusted.
//!
//! A file carries nothing that has to be believed: the hash is made again of the fields, and each
//! signature is checked against its owner, whenever it is read.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use alloy::primitives::{Address, B256, Bytes};
use serde::{Deserialize, Serialize};

use super::{ContractForm, ContractSigner, OwnerSignature, SafeTx, SignatureKind, TreasuryError};
use crate::{
    Error, document,
    keys::{Signer, Typed},
};

/// The version of the file's form.
pub const SCHEMA: u64 = 1;

/// A transaction and the signatures that it has so far.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TransactionFile {
    /// The version of this form.
    schema: u64,
    /// The chain that it is for.
    pub chain_id: u64,
    /// The treasury that it is for.
    pub treasury: Address,
    /// The hash that owners sign.
    pub safe_tx_hash: B256,
    /// The transaction.
    pub transaction: SafeTx,
    /// The signatures, sorted by owner.
    pub signatures: Vec<OwnerSignature>,
}

/// What became of a signature that was to be added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Signing {
    /// It is there now.
    Added,
    /// The owner had signed before.
    AlreadySigned,
}

impl TransactionFile {
    /// Makes a file without signatures.
    #[must_use]
    pub fn new(chain_id: u64, treasury: Address, transaction: SafeTx) -> Self {
        let safe_tx_hash = transaction.hash(chain_id, treasury);
        Self { schema: SCHEMA, chain_id, treasury, safe_tx_hash, transaction, signatures: vec![] }
    }

    /// Reads a file and checks its hash and its signatures.
    ///
    /// # Errors
    ///
    /// - [`Error::Io`]: the file cannot be read.
    /// - [`Error::MalformedFile`]: it is no transaction of a treasury.
    /// - [`TreasuryError::FileVersion`]: a later version wrote it.
    /// - [`TreasuryError::HashDiffers`]: its hash is not that of its fields.
    /// - [`TreasuryError::BadSignature`]: a signature is not its owner's.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let failed = |source| Error::Io { path: path.to_path_buf(), action: "read", source };
        let text = fs::read(path).map_err(failed)?;
        let malformed = |reason: String| Error::MalformedFile { path: path.to_path_buf(), reason };
        let value: serde_json::Value =
            serde_json::from_slice(&text).map_err(|source| malformed(source.to_string()))?;
        match value["schema"].as_u64() {
            Some(SCHEMA) => {}
            Some(version) if version > SCHEMA => {
                let path = path.to_path_buf();
                return Err(TreasuryError::FileVersion { path, version, known: SCHEMA }.into());
            }
            _ => return Err(malformed("it has no version (`schema`)".to_owned())),
        }
        let file: Self =
            serde_json::from_value(value).map_err(|source| malformed(source.to_string()))?;
        file.check(path)?;
        Ok(file)
    }

    fn check(&self, path: &Path) -> Result<(), Error> {
        let (written, computed) = (self.safe_tx_hash, self.computed_hash());
        if written != computed {
            let path = path.to_path_buf();
            return Err(TreasuryError::HashDiffers { path, written, computed }.into());
        }
        for (index, signature) in self.signatures.iter().enumerate() {
            let is_twice = self.signatures[..index].iter().any(|s| s.owner == signature.owner);
            let fault = if is_twice {
                Err("the owner has two".to_owned())
            } else {
                signature.check(computed)
            };
            fault.map_err(|reason| TreasuryError::BadSignature {
                path: path.to_path_buf(),
                owner: signature.owner,
                reason,
            })?;
        }
        Ok(())
    }

    /// Returns the hash of the fields.
    #[must_use]
    pub fn computed_hash(&self) -> B256 {
        self.transaction.hash(self.chain_id, self.treasury)
    }

    fn typed(&self) -> Typed {
        self.transaction.typed(self.chain_id, self.treasury)
    }

    /// Returns the signature of an owner, if it is there.
    #[must_use]
    pub fn signature_of(&self, owner: Address) -> Option<&OwnerSignature> {
        self.signatures.iter().find(|signature| signature.owner == owner)
    }

    /// Signs the transaction, unless this owner has signed before.
    ///
    /// # Errors
    ///
    /// As [`Signer::sign_typed`].
    pub async fn sign(&mut self, signer: &Signer, kind: SignatureKind) -> Result<Signing, Error> {
        if self.signature_of(signer.address()).is_some() {
            return Ok(Signing::AlreadySigned);
        }
        Ok(self.add(OwnerSignature::by(signer, kind, &self.typed()).await?))
    }

    /// Signs the transaction for an owner that is a contract, as one of that contract's owners. The
    /// signatures of others of them stay.
    ///
    /// # Errors
    ///
    /// As [`Signer::sign_typed`].
    pub async fn sign_for(
        &mut self,
        contract: Address,
        form: ContractForm,
        signer: &Signer,
    ) -> Result<Signing, Error> {
        let by = ContractSigner { chain_id: self.chain_id, address: contract, form };
        let before = self.signature_of(contract).map(|signature| signature.signature.clone());
        let before = before.unwrap_or_default();
        let signature = by.sign(signer, self.typed(), &before).await?;
        Ok(self.put_contracts(contract, signature))
    }

    /// Puts the signature of an owner that is a contract in the place of the one it has.
    pub fn put_contracts(&mut self, contract: Address, signature: Bytes) -> Signing {
        let new = OwnerSignature::of_contract(contract, signature);
        if self.signature_of(contract) == Some(&new) {
            return Signing::AlreadySigned;
        }
        self.signatures.retain(|signature| signature.owner != contract);
        self.add(new)
    }

    /// Adds a signature, unless its owner has one. Those of a Safe's owners are united.
    pub fn add(&mut self, signature: OwnerSignature) -> Signing {
        let (chain_id, hash) = (self.chain_id, self.computed_hash());
        let place = self.signatures.binary_search_by_key(&signature.owner, |other| other.owner);
        match place {
            Ok(place) if self.signatures[place].kind == SignatureKind::Contract => {
                let address = signature.owner;
                let by = ContractSigner { chain_id, address, form: ContractForm::Safe };
                let known = &mut self.signatures[place].signature;
                let united = by.united(hash, known, &signature.signature);
                let is_new = *known != united;
                *known = united;
                if is_new { Signing::Added } else { Signing::AlreadySigned }
            }
            Ok(_) => Signing::AlreadySigned,
            Err(place) => {
                self.signatures.insert(place, signature);
                Signing::Added
            }
        }
    }

    /// Reads several files of one transaction, and unites their signatures.
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read), and [`TreasuryError::OtherTransaction`] when one is of another.
    pub fn read_all(first: &Path, others: &[PathBuf]) -> Result<Self, Error> {
        let mut all = Self::read(first)?;
        for path in others {
            let other = Self::read(path)?;
            if other.safe_tx_hash != all.safe_tx_hash {
                return Err(TreasuryError::OtherTransaction {
                    path: path.clone(),
                    expected: all.safe_tx_hash,
                    actual: other.safe_tx_hash,
                }
                .into());
            }
            for signature in other.signatures {
                all.add(signature);
            }
        }
        Ok(all)
    }

    /// Writes the file. It is there wholly or not at all.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] when it cannot be written.
    pub fn write(&self, path: &Path) -> Result<(), Error> {
        document::write(path, self)
    }

    /// Writes a new file. One that is there and holds the same transaction is left as it is, with
    /// its signatures.
    ///
    /// # Errors
    ///
    /// [`TreasuryError::FileExists`] when it holds anything else, and those of
    /// [`write`](Self::write).
    pub fn write_new(&self, path: &Path) -> Result<(), Error> {
        match Self::read(path) {
            Ok(other) if other.safe_tx_hash == self.safe_tx_hash => Ok(()),
            Err(Error::Io { source, .. }) if source.kind() == io::ErrorKind::NotFound => {
                self.write(path)
            }
            _ => Err(TreasuryError::FileExists { path: path.to_path_buf() }.into()),
        }
    }
}

#[cfg(test)]
#[path = "file_tests.rs"]
mod tests;

//! Decides how documents and records belong together: by salts, which stay in a file on this machine.
//!
//! A record's id is `keccak256(salt ‖ proof)`, where the proof is the hash of the document's canonical
//! form. Without the salt nobody tells from the id which document it is, not even by trying all that are
//! likely. A file is NDJSON, appended to and synced before anything is sent, so that no salt of a record on
//! chain is ever lost; a document that is there already keeps its salt, so that registering it again is seen.

use std::{
    collections::HashMap,
    fs::{self, File, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
};

use alloy::primitives::{Address, B256, keccak256};
use serde::{Deserialize, Serialize};

use super::DataError;
use crate::Error;

/// A document's salt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Salt {
    /// The record that the document is.
    pub record: B256,
    /// The salt.
    pub salt: B256,
    /// The hash of the document's canonical form.
    pub proof: B256,
    /// Whose document it is.
    pub owner: Address,
    /// Where it was read, in words.
    pub source: String,
}

impl Salt {
    /// Makes a salt for a document.
    fn new(proof: B256, owner: Address, source: String) -> Self {
        let salt = B256::random();
        Self { record: record_id(salt, proof), salt, proof, owner, source }
    }
}

/// Returns the id of the record that a document with a salt is.
#[must_use]
pub fn record_id(salt: B256, proof: B256) -> B256 {
    keccak256([salt.0, proof.0].concat())
}

/// The salts of a file.
#[derive(Debug)]
pub struct Salts {
    path: PathBuf,
    /// By proof and owner.
    known: HashMap<(B256, Address), Salt>,
}

impl Salts {
    /// Reads a file; there are none when it is missing.
    ///
    /// # Errors
    ///
    /// [`Error::Io`], and [`DataError::Salts`] when it is malformed.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(source) if source.kind() == io::ErrorKind::NotFound => String::new(),
            Err(source) => {
                return Err(Error::Io { path: path.to_path_buf(), action: "read", source });
            }
        };
        let mut known = HashMap::new();
        for (line, number) in text.lines().zip(1..).filter(|(line, _)| !line.trim().is_empty()) {
            let fault = |reason: String| {
                let path = path.to_path_buf();
                DataError::Salts { path, line: number, reason }
            };
            let salt: Salt =
                serde_json::from_str(line).map_err(|source| fault(source.to_string()))?;
            if salt.record != record_id(salt.salt, salt.proof) {
                return Err(fault("it is not that of its record".to_owned()).into());
            }
            known.insert((salt.proof, salt.owner), salt);
        }
        Ok(Self { path: path.to_path_buf(), known })
    }

    /// Returns where they are kept.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Returns how many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.known.len()
    }

    /// Returns whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.known.is_empty()
    }

    /// Returns the salts of a document, one for each owner who registered it.
    pub fn of(&self, proof: B256) -> impl Iterator<Item = &Salt> {
        self.known.values().filter(move |salt| salt.proof == proof)
    }

    /// Returns the records of some documents, in order. Those without a salt get one, and the file is
    /// written before this returns.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] when it cannot be written.
    pub fn records(&mut self, documents: &[(B256, Address, String)]) -> Result<Vec<B256>, Error> {
        let mut added = Vec::new();
        let records = documents.iter().map(|(proof, owner, source)| {
            let salt = self.known.entry((*proof, *owner)).or_insert_with(|| {
                let salt = Salt::new(*proof, *owner, source.clone());
                added.push(salt.clone());
                salt
            });
            salt.record
        });
        let records = records.collect();
        if !added.is_empty() {
            append(&self.path, &added).map_err(|source| {
                let path = self.path.clone();
                Error::Io { path, action: "write", source }
            })?;
        }
        Ok(records)
    }
}

fn append(path: &Path, salts: &[Salt]) -> io::Result<()> {
    let mut text = Vec::new();
    for salt in salts {
        serde_json::to_writer(&mut text, salt)?;
        text.push(b'\n');
    }
    let mut file = open(path)?;
    file.write_all(&text)?;
    file.sync_all()
}

/// Opens a file that only its owner reads.
#[cfg(unix)]
fn open(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    OpenOptions::new().create(true).append(true).mode(0o600).open(path)
}

/// Opens a file.
#[cfg(not(unix))]
fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new().create(true).append(true).open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(number: u8, owner: u8) -> (B256, Address, String) {
        (B256::repeat_byte(number), Address::repeat_byte(owner), format!("file:{number}"))
    }

    #[test]
    fn a_document_keeps_its_salt() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("salts.ndjson");
        let mut salts = Salts::read(&path).unwrap();
        assert!(salts.is_empty());
        let first = salts.records(&[document(1, 1), document(2, 1)]).unwrap();
        let mut again = Salts::read(&path).unwrap();
        let more = again.records(&[document(2, 1), document(1, 2), document(1, 1)]).unwrap();
        assert_eq!((more[0], more[2]), (first[1], first[0]));
        // The same document of somebody else is another record.
        assert!(more[1] != first[0]);
        assert_eq!(Salts::read(&path).unwrap().len(), 3);
        let of: Vec<_> = again.of(B256::repeat_byte(1)).map(|salt| salt.record).collect();
        assert_eq!(of.len(), 2);
        assert!(of.contains(&first[0]) && of.contains(&more[1]));
    }

    #[test]
    fn a_salt_is_new_every_time() {
        let folder = tempfile::tempdir().unwrap();
        let records = ["a", "b"].map(|name| {
            let mut salts = Salts::read(&folder.path().join(name)).unwrap();
            salts.records(&[document(1, 1)]).unwrap()
        });
        assert!(records[0] != records[1]);
    }

    #[test]
    fn a_changed_file_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("salts.ndjson");
        Salts::read(&path).unwrap().records(&[document(1, 1)]).unwrap();
        let text = fs::read_to_string(&path).unwrap();
        let other = B256::repeat_byte(1).to_string();
        for changed in [
            text.replace(&other, &B256::repeat_byte(2).to_string()),
            text.replace("\"owner\"", "\"member\""),
            "{}".to_owned(),
            "salt".to_owned(),
        ] {
            fs::write(&path, changed).unwrap();
            let error = Salts::read(&path).unwrap_err();
            assert!(matches!(error, Error::Data(DataError::Salts { line: 1, .. })), "{error}");
        }
    }
}

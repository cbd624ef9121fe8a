//! Decides where encrypted keystores lie, what they are called, and who may read them.
//!
//! A keystore is a file of the Web3 Secret Storage (version 3, scrypt), readable by its owner
//! alone, and never overwritten. It has the address in it, as wallets write it, so that a list
//! needs no password; what signs is known from the key alone.

use std::{
    fs,
    path::{Path, PathBuf},
};

use alloy::{
    primitives::Address,
    signers::{
        k256::elliptic_curve::rand_core::OsRng,
        local::{LocalSignerError, PrivateKeySigner},
    },
};
use serde::Serialize;

use super::{KeyError, Password};
use crate::Error;

/// What the names of keystore files end with.
const EXTENSION: &str = "json";

/// The most characters of a name.
const LONGEST_NAME: usize = 64;

/// A folder of keystores.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keyring {
    folder: PathBuf,
}

/// A keystore of a folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StoredKey {
    /// Its name.
    pub name: String,
    /// The address that it says to be of. It is not proved without the password.
    pub address: Option<Address>,
    /// The file.
    pub path: PathBuf,
}

impl Keyring {
    /// Takes a folder, which need not be there yet.
    #[must_use]
    pub const fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// Returns the folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Makes a new key and stores it.
    ///
    /// # Errors
    ///
    /// As [`import`](Self::import).
    pub fn create(&self, name: &str, password: &Password) -> Result<StoredKey, Error> {
        self.import(name, &PrivateKeySigner::random(), password)
    }

    /// Stores a key.
    ///
    /// # Errors
    ///
    /// - [`KeyError::Name`], [`KeyError::Exists`], [`KeyError::NoPassword`]: it is refused.
    /// - [`Error::Io`]: the folder or the file cannot be written.
    /// - [`Error::Keystore`]: the key cannot be encrypted.
    pub fn import(
        &self,
        name: &str,
        key: &PrivateKeySigner,
        password: &Password,
    ) -> Result<StoredKey, Error> {
        let path = self.free_path(name)?;
        if password.is_empty() {
            return Err(KeyError::NoPassword.into());
        }
        let io = |action| {
            let path = self.folder.clone();
            move |source| Error::Io { path, action, source }
        };
        private_folder(&self.folder).map_err(io("create"))?;
        // Written aside and linked into its place, which fails when the place was taken meanwhile.
        let aside = tempfile::tempdir_in(&self.folder).map_err(io("write"))?;
        let (secret, file) = (key.to_bytes(), aside.path().join(name));
        PrivateKeySigner::encrypt_keystore(
            aside.path(),
            &mut OsRng,
            secret,
            password.as_bytes(),
            Some(name),
        )
        .map_err(|source| Error::Keystore { path: path.clone(), source: Box::new(source) })?;
        finish(&file, key.address()).map_err(io("write"))?;
        fs::hard_link(&file, &path).map_err(|source| match source.kind() {
            std::io::ErrorKind::AlreadyExists => {
                KeyError::Exists { name: name.to_owned(), path: path.clone() }.into()
            }
            _ => Error::Io { path: path.clone(), action: "write", source },
        })?;
        Ok(StoredKey { name: name.to_owned(), address: Some(key.address()), path })
    }

    /// Returns the file that a new key of this name gets.
    ///
    /// # Errors
    ///
    /// [`KeyError::Name`], [`KeyError::Exists`]: the name is none, or taken.
    pub fn free_path(&self, name: &str) -> Result<PathBuf, KeyError> {
        let path = self.path(name).ok_or_else(|| KeyError::Name { name: name.to_owned() })?;
        if path.symlink_metadata().is_ok() {
            return Err(KeyError::Exists { name: name.to_owned(), path });
        }
        Ok(path)
    }

    /// Finds the keystore of a name, or the file of that path.
    ///
    /// # Errors
    ///
    /// [`KeyError::Unknown`] when there is neither.
    pub fn find(&self, name_or_path: &Path) -> Result<PathBuf, KeyError> {
        let named = name_or_path.to_str().and_then(|name| self.path(name));
        match named {
            Some(path) if path.is_file() => Ok(path),
            Some(_) if !name_or_path.exists() => Err(KeyError::Unknown {
                name: name_or_path.display().to_string(),
                folder: self.folder.clone(),
            }),
            _ => Ok(name_or_path.to_path_buf()),
        }
    }

    /// Lists the keystores, by name. A folder that is not there has none.
    ///
    /// # Errors
    ///
    /// [`Error::Io`]: the folder cannot be read.
    pub fn list(&self) -> Result<Vec<StoredKey>, Error> {
        let entries = match fs::read_dir(&self.folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(source) => {
                return Err(Error::Io { path: self.folder.clone(), action: "read", source });
            }
        };
        let mut keys: Vec<_> = entries.flatten().filter_map(|entry| stored(entry.path())).collect();
        keys.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(keys)
    }

    fn path(&self, name: &str) -> Option<PathBuf> {
        let is_fine = |letter: char| letter.is_ascii_alphanumeric() || "-_.".contains(letter);
        let begins = name.starts_with(|letter: char| letter.is_ascii_alphanumeric());
        let is_name = begins && name.len() <= LONGEST_NAME && name.chars().all(is_fine);
        is_name.then(|| self.folder.join(format!("{name}.{EXTENSION}")))
    }
}

/// Opens a keystore.
pub(super) fn open(path: &Path, password: &Password) -> Result<PrivateKeySigner, Error> {
    // Read first, so that a missing file is told apart from a wrong password.
    fs::metadata(path).map_err(|source| Error::Io {
        path: path.to_path_buf(),
        action: "read",
        source,
    })?;
    let failed = |source: LocalSignerError| Error::Keystore {
        path: path.to_path_buf(),
        source: Box::new(source),
    };
    PrivateKeySigner::decrypt_keystore(path, password.as_bytes()).map_err(failed)
}

/// Reads what a file says of itself, if it is a keystore with a name.
fn stored(path: PathBuf) -> Option<StoredKey> {
    let is_ours = path.extension().is_some_and(|extension| extension == EXTENSION);
    let name = path.file_stem().filter(|_| is_ours)?.to_str()?.to_owned();
    let value: serde_json::Value = serde_json::from_slice(&fs::read(&path).ok()?).ok()?;
    value.get("crypto").or_else(|| value.get("Crypto"))?;
    let address = value["address"].as_str().and_then(|text| text.parse().ok());
    Some(StoredKey { name, address, path })
}

/// Writes the address into a keystore, and takes it from everybody but its owner.
fn finish(file: &Path, address: Address) -> std::io::Result<()> {
    let mut value: serde_json::Value = serde_json::from_slice(&fs::read(file)?)?;
    value["address"] = format!("{address:x}").into();
    fs::write(file, serde_json::to_vec_pretty(&value)?)?;
    private_file(file)
}

#[cfg(unix)]
fn private_file(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(0o600))
}

#[cfg(not(unix))]
fn private_file(_: &Path) -> std::io::Result<()> {
    Ok(())
}

#[cfg(unix)]
fn private_folder(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(path)
}

#[cfg(not(unix))]
fn private_folder(path: &Path) -> std::io::Result<()> {
    fs::create_dir_all(path)
}

#[cfg(test)]
#[path = "keyring_tests.rs"]
mod tests;

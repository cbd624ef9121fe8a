//! Decides where an account's key comes from, and keeps it out of every text.
//!
//! A key is read when it is needed and lives in the signer alone. What this module prints or
//! reports names the place of a key, never its value.

use std::{
    env, fmt, fs,
    path::{Path, PathBuf},
    str::FromStr,
};

use alloy::{hex, primitives::Address, signers::local::PrivateKeySigner};

use crate::Error;

/// The keys of Anvil's and Hardhat's dev accounts: the first ten of the mnemonic
/// `test test test test test test test test test test test junk`. They are public knowledge and
/// hold nothing on any chain that matters.
const DEV_KEYS: [[u8; 32]; 10] = [
    hex!("ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80"),
    hex!("59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d"),
    hex!("5de4111afa1a4b94908f83103eb1f1706367c2e68ca870fc3fb9a804cdab365a"),
    hex!("7c852118294e51e653712a81e05800f419141751be58f605c371e15141b007a6"),
    hex!("47e179ec197488593b187f80a00eb0da91f1b9d0b13f8733639f19c30a34926a"),
    hex!("8b3a350cf5c34c9194ca85829a2df0ec3153be0318b5e2d3348e872092edffba"),
    hex!("92db14e403b83dfe3df233f83dfa3a0d7096f21ca9b0d6d6b8d88b2b4ec1564e"),
    hex!("4bbbf85ce3377467afe5d46f804f221813b2bb87f24d81f60f1fcdbf7cbf4356"),
    hex!("dbda1821b80551c9d65939329250298aa3472ba22feea921c0cf5d620ea67b97"),
    hex!("2a871d0798f97d79848a013d4936a73bf4cc922c825d33c1cf7073dff6d409c6"),
];

/// The number of dev accounts that have a key here.
pub const DEV_ACCOUNTS: usize = DEV_KEYS.len();

/// Where the key of an account is.
#[derive(Clone, PartialEq, Eq)]
pub enum KeySource {
    /// The dev account of this index, from 0.
    Dev(usize),
    /// The environment variable of this name, as 64 hexadecimal digits.
    Variable(String),
    /// An encrypted keystore file (Web3 Secret Storage).
    Keystore {
        /// The file.
        path: PathBuf,
        /// Where its password is.
        password: PasswordSource,
    },
}

/// Where the password of a keystore is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PasswordSource {
    /// The environment variable of this name.
    Variable(String),
    /// This file, whose trailing line end is not part of the password.
    File(PathBuf),
}

impl KeySource {
    /// Reads the key.
    ///
    /// # Errors
    ///
    /// - [`Error::NoSuchDevAccount`]: there is no dev account of this index.
    /// - [`Error::VariableNotSet`]: a variable is not set or not text.
    /// - [`Error::MalformedKey`]: the variable's value is no private key.
    /// - [`Error::Io`]: the password's file or the keystore cannot be read.
    /// - [`Error::Keystore`]: the keystore cannot be opened with the password.
    pub fn load(&self) -> Result<PrivateKeySigner, Error> {
        match self {
            Self::Dev(index) => dev_account(*index),
            Self::Variable(name) => {
                let key = variable(name)?;
                parse_key(&key).ok_or_else(|| Error::MalformedKey { place: self.to_string() })
            }
            Self::Keystore { path, password } => open_keystore(path, &password.read()?),
        }
    }
}

impl PasswordSource {
    fn read(&self) -> Result<String, Error> {
        match self {
            Self::Variable(name) => variable(name),
            Self::File(path) => {
                let text = fs::read_to_string(path).map_err(|source| Error::Io {
                    path: path.clone(),
                    action: "read",
                    source,
                })?;
                Ok(text.trim_end_matches(['\r', '\n']).to_owned())
            }
        }
    }
}

/// Returns the signer of the dev account of this index.
///
/// # Errors
///
/// [`Error::NoSuchDevAccount`] when there is none.
pub fn dev_account(index: usize) -> Result<PrivateKeySigner, Error> {
    DEV_KEYS
        .get(index)
        .and_then(|key| PrivateKeySigner::from_slice(key).ok())
        .ok_or(Error::NoSuchDevAccount { index })
}

/// Returns the index of the dev account of this address.
#[must_use]
pub fn dev_index(address: Address) -> Option<usize> {
    (0..DEV_ACCOUNTS)
        .find(|index| dev_account(*index).is_ok_and(|signer| signer.address() == address))
}

fn variable(name: &str) -> Result<String, Error> {
    env::var(name).map_err(|_| Error::VariableNotSet { name: name.to_owned() })
}

fn parse_key(text: &str) -> Option<PrivateKeySigner> {
    let text = text.trim();
    let digits = text.strip_prefix("0x").unwrap_or(text);
    let bytes: [u8; 32] = hex::decode(digits).ok()?.try_into().ok()?;
    PrivateKeySigner::from_slice(&bytes).ok()
}

fn open_keystore(path: &Path, password: &str) -> Result<PrivateKeySigner, Error> {
    // Read first, so that a missing file is told apart from a wrong password.
    fs::metadata(path).map_err(|source| Error::Io {
        path: path.to_path_buf(),
        action: "read",
        source,
    })?;
    PrivateKeySigner::decrypt_keystore(path, password)
        .map_err(|source| Error::Keystore { path: path.to_path_buf(), source: Box::new(source) })
}

impl FromStr for KeySource {
    type Err = Error;

    /// Reads `dev:<index>`, `env:<variable>` or `keystore:<file>`. A keystore's password is in
    /// the variable `DATACOOP_PASSWORD`, unless the caller says another place.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let unknown = || Error::UnknownKeySource { given: redacted(text) };
        let (kind, rest) = text.split_once(':').ok_or_else(unknown)?;
        match kind {
            "dev" => rest.parse().map(Self::Dev).map_err(|_| unknown()),
            "env" if !rest.is_empty() => Ok(Self::Variable(rest.to_owned())),
            "keystore" if !rest.is_empty() => Ok(Self::Keystore {
                path: PathBuf::from(rest),
                password: PasswordSource::Variable("DATACOOP_PASSWORD".to_owned()),
            }),
            _ => Err(unknown()),
        }
    }
}

/// Returns `text`, unless it could be a key that somebody gave in place of its source.
fn redacted(text: &str) -> String {
    let digits = text.chars().filter(char::is_ascii_hexdigit).count();
    if digits >= 32 { "a text that may be a key".to_owned() } else { format!("`{text}`") }
}

impl fmt::Display for KeySource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Dev(index) => write!(f, "dev:{index}"),
            Self::Variable(name) => write!(f, "env:{name}"),
            Self::Keystore { path, .. } => write!(f, "keystore:{}", path.display()),
        }
    }
}

impl fmt::Debug for KeySource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeySource({self})")
    }
}

#[cfg(test)]
mod tests {
    use alloy::primitives::address;

    use super::*;

    /// The example of the Web3 Secret Storage definition for PBKDF2.
    const KEYSTORE: &str = r#"{
        "crypto": {
            "cipher": "aes-128-ctr",
            "cipherparams": { "iv": "6087dab2f9fdbbfaddc31a909735c1e6" },
            "ciphertext": "5318b4d5bcd28de64ee5559e671353e16f075ecae9f99c7a79a38af5f869aa46",
            "kdf": "pbkdf2",
            "kdfparams": {
                "c": 262144, "dklen": 32, "prf": "hmac-sha256",
                "salt": "ae3cd4e7013836a3df6bd7241b12db061dbe2c6785853cce422d148a624ce0bd"
            },
            "mac": "517ead924a9d0dc3124507e3393d175ce3ff7c1e96529c6c555ce9e51205e9b2"
        },
        "id": "3198bc9c-6672-5ab3-d995-4942343ae5b6",
        "version": 3
    }"#;

    const SECRET: &str = "5de4111afa1a4b94908f83103eb1f1706367c2e68ca870fc3fb9a804cdab365a";

    /// Every text that a signer or an error gives.
    fn texts(result: &Result<PrivateKeySigner, Error>) -> String {
        let mut text = format!("{result:?} {result:#?}");
        let mut cause = result.as_ref().err().map(|error| error as &dyn std::error::Error);
        while let Some(error) = cause {
            text += &format!(" {error} {error:?}");
            cause = error.source();
        }
        text.to_lowercase()
    }

    #[test]
    fn dev_accounts_have_the_addresses_that_anvil_prints() {
        let first = dev_account(0).unwrap().address();
        assert_eq!(first, address!("f39Fd6e51aad88F6F4ce6aB8827279cffFb92266"));
        assert_eq!(dev_index(dev_account(9).unwrap().address()), Some(9));
        assert_eq!(dev_index(Address::ZERO), None);
    }

    #[test]
    fn there_are_ten_dev_accounts() {
        assert!(matches!(dev_account(10), Err(Error::NoSuchDevAccount { index: 10 })));
    }

    #[test]
    fn keystore_opens_with_its_password_only() {
        let folder = tempfile::tempdir().unwrap();
        let (key, password) = (folder.path().join("key"), folder.path().join("password"));
        fs::write(&key, KEYSTORE).unwrap();
        let source =
            KeySource::Keystore { path: key, password: PasswordSource::File(password.clone()) };

        fs::write(&password, "testpassword\n").unwrap();
        let expected = address!("008AeEda4D805471dF9b2A5B0f38A0C3bCBA786b");
        assert_eq!(source.load().unwrap().address(), expected);

        fs::write(&password, "battery staple").unwrap();
        let refused = source.load();
        assert!(matches!(refused, Err(Error::Keystore { .. })));
        assert!(!texts(&refused).contains("battery"));
    }

    #[test]
    fn a_keystore_that_is_missing_is_told_from_a_wrong_password() {
        let folder = tempfile::tempdir().unwrap();
        let password = folder.path().join("password");
        fs::write(&password, "testpassword").unwrap();
        let path = folder.path().join("missing");
        let source = KeySource::Keystore { path, password: PasswordSource::File(password) };
        assert!(matches!(source.load(), Err(Error::Io { action: "read", .. })));
    }

    #[test]
    fn secrets_are_in_no_text() {
        let signer = parse_key(SECRET);
        assert!(signer.is_some());
        let shown = texts(&signer.ok_or(Error::NoSuchDevAccount { index: 0 }));
        assert!(!shown.contains(&SECRET[..8]));
        let given = texts(&KeySource::from_str(SECRET).and_then(|source| source.load()));
        assert!(!given.contains(&SECRET[..8]) && given.contains("may be a key"));
        let given = texts(&KeySource::from_str(&format!("key:0x{SECRET}")).and_then(|s| s.load()));
        assert!(!given.contains(&SECRET[..8]));
    }

    #[test]
    fn keys_that_are_no_keys_are_refused() {
        for text in ["", "0x", "12", &SECRET[1..], &"0".repeat(64), &"f".repeat(64), "zz"] {
            assert!(parse_key(text).is_none(), "{text}");
        }
    }

    #[test]
    fn sources_are_read_from_text_and_written_back() {
        for text in ["dev:3", "env:ORACLE_KEY", "keystore:keys/oracle.json"] {
            assert_eq!(KeySource::from_str(text).unwrap().to_string(), text);
        }
        for text in ["dev", "dev:x", "env:", "wallet:1"] {
            assert!(matches!(KeySource::from_str(text), Err(Error::UnknownKeySource { .. })));
        }
    }

    #[test]
    fn a_variable_that_is_not_set_is_named() {
        let source = KeySource::Variable("DATACOOP_NO_SUCH_KEY".to_owned());
        assert!(
            matches!(source.load(), Err(Error::VariableNotSet { name }) if name == "DATACOOP_NO_SUCH_KEY")
        );
    }
}

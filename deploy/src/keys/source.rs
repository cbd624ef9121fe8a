//! Decides which places an account's key may be in, and how they are written.

use std::{fmt, path::PathBuf, str::FromStr};

use alloy::{hex, primitives::Address, signers::local::PrivateKeySigner};

use super::{
    KeyError, PasswordSource, Signer, dev::dev_account, keyring, ledger, password::variable,
};
use crate::Error;

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
    /// The account of this index of a Ledger, from 0.
    Ledger(u32),
    /// An account that the node signs for.
    Unlocked(Address),
    /// No key: an account whose transactions somebody else signs, such as a Safe.
    Address(Address),
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
    /// - [`KeyError::NoLedger`]: no Ledger answers.
    /// - [`KeyError::NeedsNode`]: the node signs; [`Signer::unlocked`] asks it.
    pub async fn load(&self) -> Result<Signer, Error> {
        let key = match self {
            Self::Dev(index) => dev_account(*index),
            Self::Variable(name) => {
                let key = variable(name)?;
                parse_key(&key).ok_or_else(|| Error::MalformedKey { place: self.to_string() })
            }
            Self::Keystore { path, password } => keyring::open(path, &password.read()?),
            Self::Ledger(index) => return Ok(ledger::connect(*index).await?),
            Self::Unlocked(address) => {
                return Err(KeyError::NeedsNode { address: *address }.into());
            }
            Self::Address(address) => return Ok(Signer::Watched(*address)),
        };
        key.map(Signer::Key)
    }
}

/// Reads a private key: 64 hexadecimal digits, with `0x` or without.
#[must_use]
pub fn parse_key(text: &str) -> Option<PrivateKeySigner> {
    let text = text.trim();
    let digits = text.strip_prefix("0x").unwrap_or(text);
    let bytes: [u8; 32] = hex::decode(digits).ok()?.try_into().ok()?;
    PrivateKeySigner::from_slice(&bytes).ok()
}

impl FromStr for KeySource {
    type Err = Error;

    /// Reads `dev:<index>`, `env:<variable>`, `keystore:<file>`, `ledger:<index>`,
    /// `unlocked:<address>` or an address. A keystore's password is in the variable
    /// `DATACOOP_PASSWORD`, unless the caller says another place.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let unknown = || {
            if is_key_like(text) {
                return Error::Key(KeyError::KeyGiven);
            }
            Error::UnknownKeySource { given: format!("`{text}`") }
        };
        if let Ok(address) = text.parse() {
            return Ok(Self::Address(address));
        }
        // Where a name or a path is expected, nothing else would keep a key from being repeated.
        if text.split(':').any(|part| parse_key(part).is_some()) {
            return Err(KeyError::KeyGiven.into());
        }
        if text == "ledger" {
            return Ok(Self::Ledger(0));
        }
        let (kind, rest) = text.split_once(':').ok_or_else(unknown)?;
        match kind {
            "ledger" => rest.parse().map(Self::Ledger).map_err(|_| unknown()),
            "unlocked" => rest.parse().map(Self::Unlocked).map_err(|_| unknown()),
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

/// Whether somebody may have given a key, or a part of it, in place of its source.
fn is_key_like(text: &str) -> bool {
    text.chars().filter(char::is_ascii_hexdigit).count() >= 32
}

impl fmt::Display for KeySource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Dev(index) => write!(f, "dev:{index}"),
            Self::Variable(name) => write!(f, "env:{name}"),
            Self::Keystore { path, .. } => write!(f, "keystore:{}", path.display()),
            Self::Ledger(index) => write!(f, "ledger:{index}"),
            Self::Unlocked(address) => write!(f, "unlocked:{address}"),
            Self::Address(address) => write!(f, "{address}"),
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
    use std::fs;

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
    fn texts<T: fmt::Debug>(result: &Result<T, Error>) -> String {
        let mut text = format!("{result:?} {result:#?}");
        let mut cause = result.as_ref().err().map(|error| error as &dyn std::error::Error);
        while let Some(error) = cause {
            text += &format!(" {error} {error:?}");
            cause = error.source();
        }
        text.to_lowercase()
    }

    #[tokio::test]
    async fn keystore_opens_with_its_password_only() {
        let folder = tempfile::tempdir().unwrap();
        let (key, password) = (folder.path().join("key"), folder.path().join("password"));
        fs::write(&key, KEYSTORE).unwrap();
        let source =
            KeySource::Keystore { path: key, password: PasswordSource::File(password.clone()) };

        fs::write(&password, "testpassword\n").unwrap();
        let expected = address!("008AeEda4D805471dF9b2A5B0f38A0C3bCBA786b");
        assert_eq!(source.load().await.unwrap().address(), expected);

        fs::write(&password, "battery staple").unwrap();
        let refused = source.load().await;
        assert!(matches!(refused, Err(Error::Keystore { .. })));
        assert!(!texts(&refused).contains("battery"));
    }

    #[tokio::test]
    async fn a_keystore_that_is_missing_is_told_from_a_wrong_password() {
        let folder = tempfile::tempdir().unwrap();
        let password = folder.path().join("password");
        fs::write(&password, "testpassword").unwrap();
        let path = folder.path().join("missing");
        let source = KeySource::Keystore { path, password: PasswordSource::File(password) };
        assert!(matches!(source.load().await, Err(Error::Io { action: "read", .. })));
    }

    #[tokio::test]
    async fn secrets_are_in_no_text() {
        let signer = parse_key(SECRET);
        assert!(signer.is_some());
        let shown = texts(&signer.ok_or(Error::NoSuchDevAccount { index: 0 }));
        assert!(!shown.contains(&SECRET[..8]));
        let shown_signer = format!("{:?}", parse_key(SECRET).map(Signer::from));
        assert!(!shown_signer.contains(&SECRET[..8]));
        for given in [
            SECRET.to_owned(),
            format!("0x{SECRET}"),
            format!("key:0x{SECRET}"),
            format!("env:{SECRET}"),
            format!("keystore:0x{SECRET}"),
            format!("ledger:{SECRET}"),
            format!("unlocked:0x{SECRET}"),
            format!("dev:{SECRET}"),
            SECRET[..40].to_owned() + "00",
        ] {
            let refused = KeySource::from_str(&given);
            assert!(matches!(refused, Err(Error::Key(KeyError::KeyGiven))), "{refused:?}");
            let text = texts(&refused);
            assert!(!text.contains(&SECRET[..8]) && text.contains("shell's history"), "{text}");
        }
    }

    #[test]
    fn keys_that_are_no_keys_are_refused() {
        for text in ["", "0x", "12", &SECRET[1..], &"0".repeat(64), &"f".repeat(64), "zz"] {
            assert!(parse_key(text).is_none(), "{text}");
        }
    }

    #[test]
    fn sources_are_read_from_text_and_written_back() {
        for text in [
            "dev:3",
            "env:ORACLE_KEY",
            "keystore:keys/oracle.json",
            "ledger:4",
            "unlocked:0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266",
            "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266",
        ] {
            assert_eq!(KeySource::from_str(text).unwrap().to_string(), text);
        }
        for text in ["dev", "dev:x", "env:", "wallet:1", "ledger:x", "unlocked:x"] {
            assert!(matches!(KeySource::from_str(text), Err(Error::UnknownKeySource { .. })));
        }
    }

    #[tokio::test]
    async fn what_needs_a_device_or_a_node_says_so() {
        assert_eq!("ledger".parse::<KeySource>().unwrap(), KeySource::Ledger(0));
        let absent = KeySource::Ledger(0).load().await;
        assert!(matches!(absent, Err(Error::Key(KeyError::NoLedger { .. }))), "{absent:?}");
        let locked = KeySource::Unlocked(Address::ZERO).load().await;
        assert!(matches!(locked, Err(Error::Key(KeyError::NeedsNode { .. }))), "{locked:?}");
    }

    #[tokio::test]
    async fn a_variable_that_is_not_set_is_named() {
        let source = KeySource::Variable("DATACOOP_NO_SUCH_KEY".to_owned());
        assert!(
            matches!(source.load().await, Err(Error::VariableNotSet { name }) if name == "DATACOOP_NO_SUCH_KEY")
        );
    }
}

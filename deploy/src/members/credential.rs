//! Decides what of a person comes onto the chain: a hash that only the issuer can compute.
//!
//! A credential is HMAC-SHA-256 (RFC 2104) of what the issuer knows the person by, under a secret
//! that the issuer keeps. A bare hash of a number that can be guessed would tell the number.

use std::{
    env, fmt, fs,
    path::{Path, PathBuf},
};

use alloy::primitives::B256;
use sha2::{Digest, Sha256};

/// What comes before the person, so that no other use of the secret gives the same hash.
const DOMAIN: &[u8] = b"datacoop credential v1\0";

/// The fewest bytes of a secret: those of 128 bits.
const MIN_SECRET_BYTES: usize = 16;

/// Bytes of a block of SHA-256 (FIPS 180-4).
const BLOCK_BYTES: usize = 64;

/// The secret under which an issuer hashes credentials. It is in no text that this library makes.
pub struct IssuerSecret(Vec<u8>);

/// Why there is no credential.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CredentialError {
    /// The secret's file cannot be read.
    #[error("cannot read the issuer's secret in `{}`", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// Nothing says where the secret is.
    #[error(
        "the issuer's secret is needed to hash the person: set the variable `{variable}`, or name a file with `--secret-file`; 32 random bytes will do, and the same ones for ever, since another secret makes another credential of the same person"
    )]
    Missing {
        /// The environment variable.
        variable: &'static str,
    },
    /// The secret could be guessed.
    #[error("the issuer's secret has {bytes} bytes, and fewer than {minimum} can be guessed")]
    TooShort {
        /// Its bytes.
        bytes: usize,
        /// The fewest.
        minimum: usize,
    },
    /// Nothing is said of the person.
    #[error("a person is known by some text, such as the number in the issuer's own register")]
    Nobody,
}

impl IssuerSecret {
    /// Takes a secret, without the line end that a file has after it.
    ///
    /// # Errors
    ///
    /// [`CredentialError::TooShort`] when it could be guessed.
    pub fn new(text: &str) -> Result<Self, CredentialError> {
        let secret = text.trim_end_matches(['\r', '\n']).as_bytes().to_vec();
        let (bytes, minimum) = (secret.len(), MIN_SECRET_BYTES);
        if bytes < minimum {
            return Err(CredentialError::TooShort { bytes, minimum });
        }
        Ok(Self(secret))
    }

    /// Reads a secret from a file, or from an environment variable when there is none.
    ///
    /// # Errors
    ///
    /// Those of [`new`](Self::new), [`CredentialError::Unreadable`] and
    /// [`CredentialError::Missing`].
    pub fn load(file: Option<&Path>, variable: &'static str) -> Result<Self, CredentialError> {
        let text = match file {
            Some(path) => fs::read_to_string(path).map_err(|source| {
                CredentialError::Unreadable { path: path.to_path_buf(), source }
            })?,
            None => env::var(variable).map_err(|_| CredentialError::Missing { variable })?,
        };
        Self::new(&text)
    }

    /// Returns the credential of a person.
    ///
    /// # Errors
    ///
    /// [`CredentialError::Nobody`] when the text is blank.
    pub fn credential(&self, person: &str) -> Result<B256, CredentialError> {
        let person = person.trim();
        if person.is_empty() {
            return Err(CredentialError::Nobody);
        }
        Ok(hmac(&self.0, &[DOMAIN, person.as_bytes()]))
    }
}

impl fmt::Debug for IssuerSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IssuerSecret(…)")
    }
}

/// HMAC-SHA-256 of the parts of a message.
fn hmac(key: &[u8], message: &[&[u8]]) -> B256 {
    let mut block = [0; BLOCK_BYTES];
    if key.len() > BLOCK_BYTES {
        let hash = Sha256::digest(key);
        block[..hash.len()].copy_from_slice(&hash);
    } else {
        block[..key.len()].copy_from_slice(key);
    }
    let mut inner = Sha256::new();
    inner.update(block.map(|byte| byte ^ 0x36));
    for part in message {
        inner.update(part);
    }
    let mut outer = Sha256::new();
    outer.update(block.map(|byte| byte ^ 0x5c));
    outer.update(inner.finalize());
    B256::from_slice(&outer.finalize())
}

#[cfg(test)]
mod tests {
    use alloy::primitives::b256;

    use super::*;

    const SECRET: &str = "correct horse battery staple";

    #[test]
    fn the_hash_is_that_of_rfc_4231() {
        let short = b256!("b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
        assert_eq!(hmac(&[0x0b; 20], &[b"Hi ", b"There"]), short);
        let long = b256!("60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
        let message = b"Test Using Larger Than Block-Size Key - Hash Key First";
        assert_eq!(hmac(&[0xaa; 131], &[message]), long);
    }

    #[test]
    fn one_person_has_one_credential_under_one_secret() {
        let secret = IssuerSecret::new(SECRET).unwrap();
        let credential = secret.credential("mrn|12345").unwrap();
        assert_eq!(secret.credential(" mrn|12345\n").unwrap(), credential);
        assert_eq!(
            IssuerSecret::new(&format!("{SECRET}\n")).unwrap().credential("mrn|12345").unwrap(),
            credential
        );
        assert_ne!(secret.credential("mrn|12346").unwrap(), credential);
        let other = IssuerSecret::new("another horse battery staple").unwrap();
        assert_ne!(other.credential("mrn|12345").unwrap(), credential);
    }

    #[test]
    fn what_could_be_guessed_is_refused() {
        let short = IssuerSecret::new("fifteen letters").unwrap_err();
        assert!(matches!(short, CredentialError::TooShort { bytes: 15, minimum: 16 }));
        assert!(!short.to_string().contains("fifteen"));
        assert!(IssuerSecret::new("sixteen letters!").is_ok());
        let secret = IssuerSecret::new(SECRET).unwrap();
        assert!(matches!(secret.credential(" \n"), Err(CredentialError::Nobody)));
    }

    #[test]
    fn the_secret_is_in_no_text() {
        let secret = IssuerSecret::new(SECRET).unwrap();
        assert!(!format!("{secret:?} {secret:#?}").contains("horse"));
    }

    #[test]
    fn a_secret_that_is_nowhere_says_where_it_could_be() {
        let missing = IssuerSecret::load(None, "DATACOOP_NO_SUCH_SECRET").unwrap_err();
        assert!(missing.to_string().contains("`DATACOOP_NO_SUCH_SECRET`"), "{missing}");
        let nowhere = IssuerSecret::load(Some(Path::new("no/such/file")), "X").unwrap_err();
        assert!(matches!(nowhere, CredentialError::Unreadable { .. }));
    }
}

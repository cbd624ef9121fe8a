//! Decides where the password of a keystore comes from.

use std::{env, fmt, fs, path::PathBuf};

use crate::Error;

/// A password, which no text shows.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

impl Password {
    /// Takes a password.
    #[must_use]
    pub const fn new(text: String) -> Self {
        Self(text)
    }

    /// Returns whether it has no letter.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) const fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

/// Where the password of a keystore is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PasswordSource {
    /// The environment variable of this name.
    Variable(String),
    /// This file, whose trailing line end is not part of the password.
    File(PathBuf),
    /// It was given already.
    Given(Password),
}

impl PasswordSource {
    /// Reads the password.
    ///
    /// # Errors
    ///
    /// - [`Error::VariableNotSet`]: the variable is not set or not text.
    /// - [`Error::Io`]: the file cannot be read.
    pub fn read(&self) -> Result<Password, Error> {
        match self {
            Self::Variable(name) => variable(name).map(Password),
            Self::File(path) => {
                let text = fs::read_to_string(path).map_err(|source| Error::Io {
                    path: path.clone(),
                    action: "read",
                    source,
                })?;
                Ok(Password(text.trim_end_matches(['\r', '\n']).to_owned()))
            }
            Self::Given(password) => Ok(password.clone()),
        }
    }
}

/// Reads a variable of the environment that holds a secret.
pub(super) fn variable(name: &str) -> Result<String, Error> {
    env::var(name).map_err(|_| Error::VariableNotSet { name: name.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_in_no_text() {
        let source = PasswordSource::Given(Password::new("correct horse".to_owned()));
        assert!(!format!("{source:?} {source:#?}").contains("horse"));
    }
}

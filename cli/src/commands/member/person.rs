//! Decides by which flags an issuer says who a person is, and what the person will act as.

use std::{
    fs,
    path::{Path, PathBuf},
};

use alloy::primitives::B256;
use datacoop_deploy::{
    Error,
    members::{ActorRole, ActorRoles, IssuerSecret},
};

use crate::exit::Input;

/// The variable that holds the issuer's secret.
const SECRET_VARIABLE: &str = "DATACOOP_ISSUER_SECRET";

/// Who a person is, to the issuer.
#[derive(Debug, clap::Args)]
pub(super) struct PersonArgs {
    /// What the issuer knows the person by, such as a number in its register. It goes nowhere but
    /// into a hash under the issuer's secret, and the history of the shell.
    #[arg(long, value_name = "TEXT", required_unless_present_any = ["person_file", "credential"])]
    person: Option<String>,

    /// A file with what the issuer knows the person by, in one line, so that no history has it.
    #[arg(long, value_name = "FILE", conflicts_with = "person")]
    person_file: Option<PathBuf>,

    /// The credential itself, by an issuer that hashes in its own way.
    #[arg(long, value_name = "HASH", conflicts_with_all = ["person", "person_file"])]
    credential: Option<B256>,

    /// A file with the issuer's secret; without it, the variable `DATACOOP_ISSUER_SECRET` has it.
    #[arg(long, value_name = "FILE", env = "DATACOOP_ISSUER_SECRET_FILE", hide_env_values = true)]
    secret_file: Option<PathBuf>,

    /// What the member acts as: patient, practitioner, provider, payer, researcher, oracle,
    /// validator.
    #[arg(long = "role", value_name = "ROLE,…", value_delimiter = ',', default_value = "patient")]
    roles: Vec<ActorRole>,
}

impl PersonArgs {
    /// The person's credential.
    pub(super) fn credential(&self) -> anyhow::Result<B256> {
        let person = match (&self.person, &self.person_file) {
            (Some(person), _) => person.clone(),
            (None, Some(path)) => line_of(path)?,
            (None, None) => return Ok(self.credential.unwrap_or_default()),
        };
        let secret = IssuerSecret::load(self.secret_file.as_deref(), SECRET_VARIABLE);
        let credential = secret.and_then(|secret| secret.credential(&person));
        Ok(credential.map_err(Error::from)?)
    }

    /// What the member will act as.
    pub(super) fn roles(&self) -> ActorRoles {
        self.roles.iter().copied().collect()
    }
}

/// Reads the one line of a file. The text is in no error: it is somebody's.
fn line_of(path: &Path) -> anyhow::Result<String> {
    let text = fs::read_to_string(path).map_err(|source| {
        let path = path.to_path_buf();
        Error::Io { path, action: "read", source }
    })?;
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    match (lines.next(), lines.next()) {
        (line, None) => Ok(line.unwrap_or_default().to_owned()),
        (_, Some(_)) => {
            let path = path.display();
            Err(Input(format!("`{path}` has several lines: one person is in one line")).into())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_is_one_line_of_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("person");
        for (text, line) in [("mrn|1", "mrn|1"), ("mrn|1\n", "mrn|1"), ("\nmrn|1\r\n", "mrn|1")] {
            fs::write(&path, text).unwrap();
            assert_eq!(line_of(&path).unwrap(), line);
        }
        fs::write(&path, "mrn|1\nmrn|2\n").unwrap();
        let error = line_of(&path).unwrap_err().to_string();
        assert!(error.contains("several lines") && !error.contains("mrn"), "{error}");
        assert!(line_of(&folder.path().join("none")).is_err());
        fs::write(&path, "").unwrap();
        assert_eq!(line_of(&path).unwrap(), "");
    }
}

//! Decides what a file with a proposal holds: the same sentences as the command line, in TOML or
//! JSON.

use std::{fs, path::Path};

use serde::Deserialize;

use super::{Class, WordsError};
use crate::Error;

/// A proposal in a file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ProposalFile {
    class: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// Its actions, in words.
    #[serde(default)]
    pub actions: Vec<String>,
    /// Further calls, as `TARGET:0xCALLDATA[:WEI]`.
    #[serde(default)]
    pub calls: Vec<String>,
}

impl ProposalFile {
    /// Reads a file: JSON when its name ends with `.json`, else TOML.
    ///
    /// # Errors
    ///
    /// [`Error::Io`], [`Error::MalformedFile`]: it cannot be read or is no proposal.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let text = fs::read_to_string(path).map_err(|source| Error::Io {
            path: path.into(),
            action: "read",
            source,
        })?;
        let malformed = |reason: String| Error::MalformedFile { path: path.into(), reason };
        let is_json = path.extension().is_some_and(|end| end.eq_ignore_ascii_case("json"));
        let file: Self = if is_json {
            serde_json::from_str(&text).map_err(|error| malformed(error.to_string()))?
        } else {
            toml::from_str(&text).map_err(|error| malformed(error.to_string()))?
        };
        file.class().map_err(|error| malformed(error.to_string()))?;
        Ok(file)
    }

    /// Returns the class, if the file says one.
    ///
    /// # Errors
    ///
    /// [`WordsError::Class`] when there is no such class.
    pub fn class(&self) -> Result<Option<Class>, WordsError> {
        self.class.as_deref().map(str::parse).transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(name: &str, text: &str) -> Result<ProposalFile, Error> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        ProposalFile::read(&path)
    }

    #[test]
    fn toml_and_json_say_the_same() {
        let toml = r#"
            class = "fast-track"
            description = "Shorter cooldown"
            actions = ["set rewards.cooldown to 5 days"]
        "#;
        let json = r#"{
            "class": "fast-track",
            "description": "Shorter cooldown",
            "actions": ["set rewards.cooldown to 5 days"]
        }"#;
        let file = read("proposal.toml", toml).unwrap();
        assert_eq!(file, read("proposal.json", json).unwrap());
        assert_eq!(file.class(), Ok(Some(Class::FastTrack)));
        assert_eq!(file.actions.len(), 1);
        assert_eq!(read("empty.toml", "").unwrap(), ProposalFile::default());
    }

    #[test]
    fn a_file_that_is_no_proposal_is_refused() {
        for (name, text) in [
            ("a.toml", "action = ['set']"),
            ("a.toml", "class = 'slow'"),
            ("a.toml", "actions = 'one'"),
            ("a.json", "class = 'standard'"),
            ("a.json", "{\"actions\": [1]}"),
        ] {
            assert!(matches!(read(name, text), Err(Error::MalformedFile { .. })), "{text}");
        }
        let missing = ProposalFile::read(Path::new("no such file"));
        assert!(matches!(missing, Err(Error::Io { action: "read", .. })));
    }
}

//! Decides how files that others read are written, as one JSON object, and how documents that people hand
//! to each other are read: their `schema` is the version of their form.

use std::{fs, path::Path};

use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::{Error, artifact::write_atomically};

/// Reads a document of the form `schema`.
pub(crate) fn read<T: DeserializeOwned>(path: &Path, schema: u64) -> Result<T, Error> {
    let text = fs::read(path).map_err(|source| Error::Io {
        path: path.to_path_buf(),
        action: "read",
        source,
    })?;
    let malformed = |reason: String| Error::MalformedFile { path: path.to_path_buf(), reason };
    let value: Value =
        serde_json::from_slice(&text).map_err(|error| malformed(error.to_string()))?;
    match value["schema"].as_u64() {
        Some(version) if version != schema => {
            Err(malformed(format!("its version is {version}, and this version reads {schema}")))
        }
        _ => serde_json::from_value(value).map_err(|error| malformed(error.to_string())),
    }
}

/// Writes a document, wholly or not at all.
pub(crate) fn write<T: Serialize>(path: &Path, document: &T) -> Result<(), Error> {
    let text = serde_json::to_vec_pretty(document).map_err(|source| Error::Io {
        path: path.to_path_buf(),
        action: "write",
        source: source.into(),
    })?;
    write_atomically(path, &[text.as_slice(), b"\n"].concat())
}

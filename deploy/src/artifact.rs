//! Decides what a built contract is, and the files it is kept in.

use std::{
    fs,
    io::{self, Write},
    path::Path,
};

use alloy::{json_abi::JsonAbi, primitives::Bytes};
use serde::{Deserialize, Serialize};
use tempfile::NamedTempFile;

use crate::{Error, document, wasm::Measures};

/// The version of the artifact's JSON.
const FORMAT: &str = "datacoop-artifact-1";

/// A contract that was built for both targets from one WebAssembly module.
///
/// The JSON is what Foundry, Hardhat and alloy deploy from (`contractName`, `abi`, `bytecode`,
/// `deployedBytecode`), with the Stylus side and the sizes beside it. Constructor arguments are
/// appended to `bytecode`, as for every EVM contract.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Artifact {
    /// The version of this form.
    #[serde(rename = "_format")]
    format: String,
    /// The contract's name.
    #[serde(rename = "contractName")]
    pub name: String,
    /// The contract's ABI, constructor included.
    pub abi: JsonAbi,
    /// The EVM initcode, without constructor arguments.
    pub bytecode: Bytes,
    /// The EVM code of the deployed contract.
    pub deployed_bytecode: Bytes,
    /// The code of the Stylus program: a prefix and the compressed module.
    pub stylus_payload: Bytes,
    /// How large everything is.
    pub sizes: Sizes,
    /// The module in the form that Stylus chains parse.
    #[serde(skip)]
    pub wasm: Vec<u8>,
    /// The same module with the names of its functions.
    #[serde(skip)]
    pub named_wasm: Vec<u8>,
}

/// How large a contract is in its forms.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Sizes {
    /// Bytes of WebAssembly.
    pub wasm_bytes: usize,
    /// Bytes of the Stylus program's code.
    pub stylus_payload_bytes: usize,
    /// Bytes of EVM initcode.
    pub bytecode_bytes: usize,
    /// Bytes of EVM code when deployed.
    pub deployed_bytecode_bytes: usize,
    /// The module's measures that activation limits.
    pub measures: Measures,
}

/// The parts that an artifact is made of.
pub(crate) struct Parts {
    pub(crate) name: String,
    pub(crate) abi: JsonAbi,
    pub(crate) wasm: Vec<u8>,
    pub(crate) named_wasm: Vec<u8>,
    pub(crate) stylus_payload: Vec<u8>,
    pub(crate) bytecode: Vec<u8>,
    pub(crate) deployed_bytecode: Vec<u8>,
    pub(crate) measures: Measures,
}

impl From<Parts> for Artifact {
    fn from(parts: Parts) -> Self {
        let sizes = Sizes {
            wasm_bytes: parts.wasm.len(),
            stylus_payload_bytes: parts.stylus_payload.len(),
            bytecode_bytes: parts.bytecode.len(),
            deployed_bytecode_bytes: parts.deployed_bytecode.len(),
            measures: parts.measures,
        };
        Self {
            format: FORMAT.to_owned(),
            name: parts.name,
            abi: parts.abi,
            bytecode: parts.bytecode.into(),
            deployed_bytecode: parts.deployed_bytecode.into(),
            stylus_payload: parts.stylus_payload.into(),
            sizes,
            wasm: parts.wasm,
            named_wasm: parts.named_wasm,
        }
    }
}

impl Artifact {
    /// Writes the artifact into `folder`: `<name>.json`, `<name>.wasm`, `<name>.named.wasm` (the
    /// same with function names) and `<name>.stylus` (the payload).
    ///
    /// # Errors
    ///
    /// [`Error::Io`] when a file cannot be written.
    pub fn write(&self, folder: &Path) -> Result<(), Error> {
        let file = |extension: &str| folder.join(format!("{}.{extension}", self.name));
        write_atomically(&file("wasm"), &self.wasm)?;
        write_atomically(&file("named.wasm"), &self.named_wasm)?;
        write_atomically(&file("stylus"), &self.stylus_payload)?;
        document::write(&file("json"), self)
    }

    /// Reads the artifact of the contract `name` from `folder`.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] when a file cannot be read, [`Error::MalformedFile`] when the JSON is not
    /// that of an artifact.
    pub fn read(folder: &Path, name: &str) -> Result<Self, Error> {
        let read = |extension: &str| {
            let path = folder.join(format!("{name}.{extension}"));
            fs::read(&path).map_err(|source| Error::Io { path, action: "read", source })
        };
        let malformed = |reason: String| Error::MalformedFile {
            path: folder.join(format!("{name}.json")),
            reason,
        };
        let mut artifact: Self = serde_json::from_slice(&read("json")?)
            .map_err(|source| malformed(source.to_string()))?;
        if artifact.format != FORMAT {
            return Err(malformed(format!("its format is `{}`, not `{FORMAT}`", artifact.format)));
        }
        artifact.wasm = read("wasm")?;
        artifact.named_wasm = read("named.wasm")?;
        Ok(artifact)
    }
}

/// Writes a file so that it is there wholly or not at all.
pub(crate) fn write_atomically(path: &Path, content: &[u8]) -> Result<(), Error> {
    let failed = |source| Error::Io { path: path.to_path_buf(), action: "write", source };
    let folder = path.parent().unwrap_or_else(|| Path::new("."));
    fs::create_dir_all(folder).map_err(failed)?;
    let mut file = new_file(folder).map_err(failed)?;
    file.write_all(content).map_err(failed)?;
    file.as_file().sync_all().map_err(failed)?;
    file.persist(path).map(drop).map_err(|error| failed(error.error))
}

/// Makes a temporary file that others may read, as any file that is written in the usual way.
#[cfg(unix)]
fn new_file(folder: &Path) -> io::Result<NamedTempFile> {
    use std::os::unix::fs::PermissionsExt;
    tempfile::Builder::new().permissions(fs::Permissions::from_mode(0o666)).tempfile_in(folder)
}

/// Makes a temporary file.
#[cfg(not(unix))]
fn new_file(folder: &Path) -> io::Result<NamedTempFile> {
    NamedTempFile::new_in(folder)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contracts::DATA_TOKEN;

    fn artifact() -> Artifact {
        Artifact::from(Parts {
            name: "DataToken".to_owned(),
            abi: DATA_TOKEN.abi(),
            wasm: vec![1],
            named_wasm: vec![1, 2],
            stylus_payload: vec![0xef],
            bytecode: vec![0x60, 0x00],
            deployed_bytecode: vec![0x00],
            measures: Measures::default(),
        })
    }

    #[test]
    fn an_artifact_is_read_as_it_was_written() {
        let folder = tempfile::tempdir().unwrap();
        artifact().write(folder.path()).unwrap();
        assert_eq!(Artifact::read(folder.path(), "DataToken").unwrap(), artifact());
    }

    #[test]
    fn the_json_has_the_keys_that_deployment_tools_read() {
        let json = serde_json::to_value(artifact()).unwrap();
        assert_eq!(json["contractName"], "DataToken");
        assert_eq!(json["bytecode"], "0x6000");
        assert_eq!(json["deployedBytecode"], "0x00");
        let constructor = json["abi"].as_array().unwrap().iter();
        assert_eq!(constructor.filter(|item| item["type"] == "constructor").count(), 1);
    }

    #[test]
    fn an_artifact_of_another_format_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        artifact().write(folder.path()).unwrap();
        let path = folder.path().join("DataToken.json");
        let json = fs::read_to_string(&path).unwrap().replace(FORMAT, "hh-sol-artifact-1");
        fs::write(&path, json).unwrap();
        let error = Artifact::read(folder.path(), "DataToken").unwrap_err();
        assert!(matches!(error, Error::MalformedFile { .. }));
        assert!(matches!(Artifact::read(folder.path(), "GovToken"), Err(Error::Io { .. })));
    }
}

//! Decides how a contract's sources become its artifact, and when that can be left out.
//!
//! There are two steps, each with its own fingerprint: cargo and wasm-opt make a module of the
//! sources, and this library makes the artifact of the module. A change of the translator alone
//! starts no compiler, and when nothing changed only files are hashed.

mod assemble;
mod cargo;
mod command;
mod fingerprint;
mod flags;
mod lock;
mod npm;
mod toolchain;

use std::{fs, path::PathBuf};

use serde::{Deserialize, Serialize};

pub use assemble::assemble;
pub use npm::ensure_npm;
pub use stylus_evm::Passes;

use crate::{
    Artifact, Error, Progress, Workspace, artifact::write_atomically, contracts::Contract,
};
use lock::Lock;
use toolchain::Toolchain;

/// The fingerprints of what lies in the artifacts' folder.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Made {
    module: String,
    artifact: String,
}

/// Builds `contracts`, or takes them from the workspace's artifacts when nothing they are made of
/// changed. Installs what is missing: the target, the sources of the standard library, npm tools.
///
/// This blocks while compilers run.
///
/// # Errors
///
/// - [`Error::MissingProgram`], [`Error::ProgramFailed`]: a tool is missing or failed; compiler
///   errors are in the latter.
/// - [`Error::Refused`]: a Stylus chain would not activate a contract.
/// - [`Error::InvalidWasm`], [`Error::Translation`]: a module is not what it should be.
/// - [`Error::Io`], [`Error::MalformedFile`]: files cannot be used.
pub fn build(
    workspace: &Workspace,
    contracts: &[Contract],
    progress: &dyn Progress,
) -> Result<Vec<Artifact>, Error> {
    let _lock = Lock::take(&workspace.artifacts().join("build.lock"))?;
    let wanted = contracts
        .iter()
        .map(|contract| {
            let module = fingerprint::of_module(workspace, contract)?;
            let artifact = fingerprint::of_artifact(&module, contract);
            Ok((*contract, Made { module, artifact }))
        })
        .collect::<Result<Vec<_>, Error>>()?;
    let is_stale = |contract: &Contract, wanted: &Made| {
        made(workspace, contract).module != wanted.module
            || !module_path(workspace, contract).is_file()
    };
    let stale: Vec<Contract> = wanted
        .iter()
        .filter(|(contract, wanted)| is_stale(contract, wanted))
        .map(|(contract, _)| *contract)
        .collect();
    if !stale.is_empty() {
        ensure_npm(workspace, progress)?;
        let toolchain = Toolchain::pinned(workspace)?;
        toolchain.ensure(progress)?;
        cargo::compile(workspace, &toolchain, &stale, &workspace.wasm_target(), progress)?;
    }
    wanted
        .into_iter()
        .map(|(contract, wanted)| {
            if stale.iter().any(|stale| stale.name == contract.name) {
                assemble::optimise(workspace, &contract, progress)?;
            } else if made(workspace, &contract) == wanted
                && let Ok(artifact) = Artifact::read(&workspace.artifacts(), contract.name)
            {
                return Ok(artifact);
            }
            let module = module_path(workspace, &contract);
            let wasm = fs::read(&module).map_err(|source| Error::Io {
                path: module,
                action: "read",
                source,
            })?;
            let artifact = assemble(&contract, &wasm, progress)?;
            artifact.write(&workspace.artifacts())?;
            remember(workspace, &contract, &wanted)?;
            Ok(artifact)
        })
        .collect()
}

/// Returns where the compiled and optimised module of a contract is kept.
fn module_path(workspace: &Workspace, contract: &Contract) -> PathBuf {
    workspace.artifacts().join(format!("{}.linked.wasm", contract.name))
}

fn made_path(workspace: &Workspace, contract: &Contract) -> PathBuf {
    workspace.artifacts().join(format!("{}.made.json", contract.name))
}

/// Returns the fingerprints of what was made last; empty ones when that is not known.
fn made(workspace: &Workspace, contract: &Contract) -> Made {
    let text = fs::read(made_path(workspace, contract)).unwrap_or_default();
    serde_json::from_slice(&text).unwrap_or_default()
}

fn remember(workspace: &Workspace, contract: &Contract, made: &Made) -> Result<(), Error> {
    let path = made_path(workspace, contract);
    let text = serde_json::to_vec(made).map_err(|source| Error::Io {
        path: path.clone(),
        action: "write",
        source: source.into(),
    })?;
    write_atomically(&path, &text)
}

#[cfg(test)]
mod tests;

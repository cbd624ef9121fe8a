//! Decides how a compiled module becomes an artifact: optimised, normalised, checked, compressed
//! and translated.

use std::process::Command;

use stylus_evm::{Constructor, Options, Passes, Translation, translate};

use super::{
    cargo,
    command::run,
    flags::{self, WASM_OPT},
    module_path,
};
use crate::{
    Artifact, Error, Event, Progress, Stage, Workspace,
    artifact::Parts,
    contracts::Contract,
    wasm::{Limits, check, check_payload, compress, normalise},
};

/// Optimises the module that cargo left and keeps it beside the artifact.
pub(super) fn optimise(
    workspace: &Workspace,
    contract: &Contract,
    progress: &dyn Progress,
) -> Result<(), Error> {
    let stage = Stage::Assemble;
    progress.report(Event::Began { stage, subject: contract.name, total: None });
    let mut node = Command::new("node");
    node.arg(workspace.fixtures().join("node_modules/binaryen/bin/wasm-opt"))
        .arg(cargo::output(&workspace.wasm_target(), contract))
        .arg("-o")
        .arg(module_path(workspace, contract))
        .args(flags::values(&WASM_OPT));
    let result = run(&mut node, stage, "install Node.js 20 or later", progress);
    progress.report(Event::Ended { stage });
    result.map(drop)
}

/// Makes the artifact of a contract's module.
///
/// # Errors
///
/// - [`Error::InvalidWasm`]: it is no module.
/// - [`Error::Refused`]: a Stylus chain would not activate it.
/// - [`Error::Translation`]: it cannot be translated to EVM bytecode.
/// - [`Error::Compression`]: brotli failed.
pub fn assemble(
    contract: &Contract,
    wasm: &[u8],
    progress: &dyn Progress,
) -> Result<Artifact, Error> {
    let stage = Stage::Assemble;
    progress.report(Event::Began { stage, subject: contract.name, total: None });
    let result = artifact(contract, wasm);
    progress.report(Event::Ended { stage });
    result
}

fn artifact(contract: &Contract, wasm: &[u8]) -> Result<Artifact, Error> {
    let normalised = normalise(wasm)?;
    let mut report = check(&normalised.wasm, &Limits::default());
    let stylus_payload = compress(&normalised.wasm)?;
    report.violations.extend(check_payload(&stylus_payload));
    if !report.passes() {
        let violations = report.violations;
        return Err(Error::Refused { contract: contract.name.to_owned(), violations });
    }
    let named_wasm = normalised.with_names();
    let translation = translation(contract.name, &named_wasm, Passes::default())?;
    Ok(Artifact::from(Parts {
        name: contract.name.to_owned(),
        abi: contract.abi(),
        wasm: normalised.wasm,
        named_wasm,
        stylus_payload,
        bytecode: translation.bytecode,
        deployed_bytecode: translation.deployed_bytecode,
        measures: report.measures,
    }))
}

impl Artifact {
    /// Translates the contract's module again, for what an artifact does not keep: where the EVM
    /// code comes from, and its statistics.
    ///
    /// # Errors
    ///
    /// [`Error::Translation`] when the module cannot be translated, as that of an artifact can.
    pub fn translation(&self) -> Result<Translation, Error> {
        translation(&self.name, &self.named_wasm, Passes::default())
    }

    /// Returns the artifact with EVM code that is made with these passes of the translator.
    ///
    /// # Errors
    ///
    /// [`Error::Translation`] when the module cannot be translated, as that of an artifact can.
    pub fn translated_with(mut self, passes: Passes) -> Result<Self, Error> {
        let translation = translation(&self.name, &self.named_wasm, passes)?;
        self.sizes.bytecode_bytes = translation.bytecode.len();
        self.sizes.deployed_bytecode_bytes = translation.deployed_bytecode.len();
        self.bytecode = translation.bytecode.into();
        self.deployed_bytecode = translation.deployed_bytecode.into();
        Ok(self)
    }
}

fn translation(contract: &str, named_wasm: &[u8], passes: Passes) -> Result<Translation, Error> {
    let options = Options { constructor: Constructor::Stylus, passes, ..Options::default() };
    translate(named_wasm, &options).map_err(|source| Error::Translation {
        contract: contract.to_owned(),
        source: Box::new(source),
    })
}

//! Compiles the Solidity peers of `anvil-fixtures/src` as users of Solidity would.
//!
//! foundry-compilers drives the pinned npm `solc` with the optimiser on and 200 runs, and keeps its
//! cache under `target`, so that only the first run after a change takes the seconds of a compiler.

use std::sync::{Mutex, PoisonError};

use alloy::{json_abi::JsonAbi, primitives::Bytes};
use anyhow::{Context, Result, ensure};
use datacoop_deploy::{Silent, Workspace, build};
use foundry_compilers::{
    Artifact, ConfigurableArtifacts, Project, ProjectBuilder, ProjectPathsConfig,
    artifacts::{ConfigurableContractArtifact, Remapping, Settings, SolcLanguage},
    solc::{Solc, SolcCompiler, SolcSettings},
};

use crate::workspace_root;

/// One folder at a time is compiled: callers share the compiler's cache file.
static COMPILER: Mutex<()> = Mutex::new(());

/// A compiled Solidity contract.
#[derive(Clone, Debug)]
pub struct Peer {
    /// Its interface, constructor included.
    pub abi: JsonAbi,
    /// Its initcode, without constructor arguments.
    pub bytecode: Bytes,
    /// The code that lies at its address afterwards (immutables still zero).
    pub deployed_bytecode: Bytes,
}

/// Compiles `anvil-fixtures/src` where needed and returns the contract called `name`.
///
/// # Errors
///
/// When the npm tools cannot be installed, when solc refuses the sources, or when there is no such
/// contract among them.
pub fn peer(name: &str) -> Result<Peer> {
    let artifact = compile("anvil-fixtures/src", name)?;
    Ok(Peer {
        abi: artifact.abi.clone().context("the peer has no ABI")?,
        bytecode: artifact.get_bytecode_bytes().context("the peer is not linked")?.into_owned(),
        deployed_bytecode: artifact
            .get_deployed_bytecode_bytes()
            .context("the peer is not linked")?
            .into_owned(),
    })
}

/// Returns the ABI that solc makes of the interface called `name` in `contracts/*/*.sol`.
///
/// # Errors
///
/// As [`peer`].
pub fn interface(name: &str) -> Result<JsonAbi> {
    compile("contracts", name)?.abi.context("the interface has no ABI")
}

/// Compiles what has changed below `sources` and returns the one called `name`.
fn compile(sources: &str, name: &str) -> Result<ConfigurableContractArtifact> {
    build::ensure_npm(&Workspace::find()?, &Silent)?;
    let _one_at_a_time = COMPILER.lock().unwrap_or_else(PoisonError::into_inner);
    let mut output = project(sources)?.compile()?;
    ensure!(!output.has_compiler_errors(), "solc refuses `{sources}`: {output}");
    output.remove_first(name).with_context(|| format!("nothing in `{sources}` is called `{name}`"))
}

fn project(sources: &str) -> Result<Project<SolcCompiler, ConfigurableArtifacts>> {
    let root = workspace_root();
    let modules = root.join("anvil-fixtures/node_modules");
    let output = root.join("target/datacoop/solc").join(sources);
    let paths = ProjectPathsConfig::builder()
        .sources(root.join(sources))
        .lib(&modules)
        .remapping(Remapping {
            context: None,
            name: "@openzeppelin/".to_owned(),
            path: modules.join("@openzeppelin").display().to_string(),
        })
        .cache(output.join("cache.json"))
        .artifacts(output.join("artifacts"))
        .build_infos(output.join("build-info"))
        .build_with_root::<SolcLanguage>(&root);
    let mut settings = Settings::default();
    settings.optimizer.enable();
    settings.optimizer.runs(200);
    Ok(ProjectBuilder::new(ConfigurableArtifacts::default())
        .paths(paths)
        .settings(SolcSettings { settings, ..SolcSettings::default() })
        .build(SolcCompiler::Specific(Solc::new(root.join("anvil-fixtures/solc"))?))?)
}

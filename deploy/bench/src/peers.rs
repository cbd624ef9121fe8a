//! Compiles the Solidity peers of `anvil-fixtures/src` as users of Solidity would.
//!
//! foundry-compilers drives the pinned npm `solc` with the optimiser on and 200 runs, and keeps its
//! cache under `target`, so that only the first run after a change takes the seconds of a compiler.

use std::sync::{Mutex, PoisonError};

use alloy::{json_abi::JsonAbi, primitives::Bytes};
use datacoop_deploy::{Silent, Workspace, build};
use foundry_compilers::{
    Artifact, ConfigurableArtifacts, Project, ProjectBuilder, ProjectPathsConfig,
    artifacts::{
        BytecodeHash, ConfigurableContractArtifact, EvmVersion, Remapping, Settings,
        SettingsMetadata, SolcLanguage,
    },
    solc::{Solc, SolcCompiler, SolcSettings},
};

use crate::Error;

/// The folder of the peers.
const PEERS: &str = "anvil-fixtures/src";

/// Whose sources the peers import.
const SCOPES: [&str; 2] = ["@openzeppelin", "@safe-global"];

/// The folder of the interfaces.
const INTERFACES: &str = "contracts";

/// The folder of the deployer for Stylus chains that have none.
const DEPLOYER: &str = "deploy/src/stylus";

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
/// - [`Error::Deploy`]: the npm tools cannot be installed.
/// - [`Error::Solc`], [`Error::Refused`]: solc fails or refuses the sources.
/// - [`Error::NoPeer`]: there is no such contract among them, or it cannot be deployed.
pub fn peer(name: &str) -> Result<Peer, Error> {
    compiled(PEERS, name, settings())
}

/// Compiles the deployer for Stylus chains that have none. Its code has no trace of where it was compiled,
/// and runs on every chain that runs Stylus programs.
///
/// # Errors
///
/// As [`peer`].
pub fn stylus_deployer() -> Result<Peer, Error> {
    let mut settings = settings();
    settings.metadata = Some(SettingsMetadata::new(BytecodeHash::None, false));
    settings.evm_version = Some(EvmVersion::Cancun);
    compiled(DEPLOYER, "DatacoopDeployer", settings)
}

fn compiled(sources: &str, name: &str, settings: Settings) -> Result<Peer, Error> {
    let artifact = compile(sources, name, settings)?;
    let missing = |part| Error::NoPeer { sources: sources.to_owned(), name: name.to_owned(), part };
    Ok(Peer {
        abi: artifact.abi.clone().ok_or_else(|| missing("ABI"))?,
        bytecode: artifact.get_bytecode_bytes().ok_or_else(|| missing("bytecode"))?.into_owned(),
        deployed_bytecode: artifact
            .get_deployed_bytecode_bytes()
            .ok_or_else(|| missing("deployed bytecode"))?
            .into_owned(),
    })
}

/// Returns the ABI that solc makes of the interface called `name` in `contracts/*/*.sol`.
///
/// # Errors
///
/// As [`peer`].
pub fn interface(name: &str) -> Result<JsonAbi, Error> {
    compile(INTERFACES, name, settings())?.abi.ok_or_else(|| Error::NoPeer {
        sources: INTERFACES.to_owned(),
        name: name.to_owned(),
        part: "ABI",
    })
}

/// Compiles what has changed below `sources` and returns the one called `name`.
fn compile(
    sources: &str,
    name: &str,
    settings: Settings,
) -> Result<ConfigurableContractArtifact, Error> {
    let workspace = Workspace::find()?;
    build::ensure_npm(&workspace, &Silent)?;
    let _one_at_a_time = COMPILER.lock().unwrap_or_else(PoisonError::into_inner);
    let mut output = project(&workspace, sources, settings)?.compile()?;
    let sources = sources.to_owned();
    if output.has_compiler_errors() {
        return Err(Error::Refused { sources, output: output.to_string() });
    }
    let missing = || Error::NoPeer { sources, name: name.to_owned(), part: "source" };
    output.remove_first(name).ok_or_else(missing)
}

fn project(
    workspace: &Workspace,
    sources: &str,
    settings: Settings,
) -> Result<Project<SolcCompiler, ConfigurableArtifacts>, Error> {
    let root = workspace.root();
    let modules = workspace.fixtures().join("node_modules");
    let output = workspace.artifacts().join("solc").join(sources);
    let paths = ProjectPathsConfig::builder()
        .sources(root.join(sources))
        .lib(&modules)
        .remappings(SCOPES.map(|scope| Remapping {
            context: None,
            name: format!("{scope}/"),
            path: modules.join(scope).display().to_string(),
        }))
        .cache(output.join("cache.json"))
        .artifacts(output.join("artifacts"))
        .build_infos(output.join("build-info"))
        .build_with_root::<SolcLanguage>(root);
    Ok(ProjectBuilder::new(ConfigurableArtifacts::default())
        .paths(paths)
        .settings(SolcSettings { settings, ..SolcSettings::default() })
        .build(SolcCompiler::Specific(Solc::new(workspace.fixtures().join("solc"))?))?)
}

/// The optimiser on, and 200 runs.
fn settings() -> Settings {
    let mut settings = Settings::default();
    settings.optimizer.enable();
    settings.optimizer.runs(200);
    settings
}

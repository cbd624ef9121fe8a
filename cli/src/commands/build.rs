//! Decides what `datacoop build` does: contracts become artifacts for both targets.

use std::{
    io::{self, Write},
    path::PathBuf,
};

use datacoop_deploy::{
    Sizes, Workspace, build,
    contracts::{CONTRACTS, Contract},
};
use serde::Serialize;

use crate::{
    cli::after_help,
    output::{Out, Report, table},
};

/// Compiles contracts to WASM, checks them as a Stylus chain would, and translates them to EVM
/// bytecode.
///
/// Installs what is missing: the WASM target, the standard library's sources, npm tools. What did
/// not change is not built again. Artifacts go to `target/datacoop`.
#[derive(Debug, clap::Args)]
#[command(after_help = after_help!(
    "datacoop build                     all contracts"
    "datacoop build data-token          one of them"
    "datacoop build --json              sizes and files for programs"
))]
pub(crate) struct BuildArgs {
    /// The contracts, by crate or name; all when none is given.
    contracts: Vec<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Built {
    contracts: Vec<BuiltContract>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct BuiltContract {
    name: String,
    artifact: PathBuf,
    sizes: Sizes,
}

impl BuildArgs {
    pub(crate) fn run(self, out: &Out) -> anyhow::Result<()> {
        let Self { contracts } = self;
        let workspace = Workspace::find()?;
        let contracts = match &contracts[..] {
            [] => CONTRACTS.to_vec(),
            names => names.iter().map(|name| Contract::named(name)).collect::<Result<_, _>>()?,
        };
        let progress = out.progress();
        let artifacts =
            tokio::task::block_in_place(|| build::build(&workspace, &contracts, &progress))?;
        let contracts = artifacts.into_iter().map(|artifact| BuiltContract {
            artifact: workspace.artifacts().join(format!("{}.json", artifact.name)),
            name: artifact.name,
            sizes: artifact.sizes,
        });
        out.result(&Built { contracts: contracts.collect() })
    }
}

impl Report for Built {
    const COMMAND: &'static str = "build";

    fn show(&self, to: &mut dyn Write) -> io::Result<()> {
        let header = ["contract", "wasm", "stylus payload", "evm code", "artifact"];
        let mut table = table(header, &[1, 2, 3]);
        for BuiltContract { name, artifact, sizes } in &self.contracts {
            table.add_row([
                name.clone(),
                sizes.wasm_bytes.to_string(),
                sizes.stylus_payload_bytes.to_string(),
                sizes.deployed_bytecode_bytes.to_string(),
                artifact.display().to_string(),
            ]);
        }
        writeln!(to, "{table}\nSizes in bytes.")
    }
}

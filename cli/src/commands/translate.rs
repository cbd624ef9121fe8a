//! Decides what `datacoop translate` does: any Stylus contract's WASM becomes EVM bytecode.

use std::{
    io::{self, Write},
    path::{Path, PathBuf},
};

use alloy::{json_abi::JsonAbi, primitives::Bytes};
use datacoop_deploy::Error;
use serde::Serialize;
use stylus_evm::{Constructor, Options, Passes, Stats, Translation, disassemble, translate};

use crate::{
    cli::after_help,
    output::{Out, Report, pairs},
};

/// Translates the WASM of a Stylus contract to EVM bytecode; any contract's, not only ours.
///
/// The result is the JSON that Foundry, Hardhat and alloy deploy from.
#[derive(Debug, clap::Args)]
#[command(after_help = after_help!(
    "datacoop translate token.wasm --constructor --out token.json"
    "datacoop translate token.wasm --abi token.abi.json --out token.json"
    "datacoop translate token.wasm --disasm          the EVM code, with functions and offsets"
))]
pub(crate) struct TranslateArgs {
    /// The contract's module.
    file: PathBuf,

    /// Run the constructor of the Stylus SDK at creation, with the arguments that are appended to
    /// the bytecode. Without it the contract is created without one.
    #[arg(long)]
    constructor: bool,

    /// How far the memory may grow, in pages of 64 KiB.
    #[arg(long, value_name = "PAGES")]
    memory: Option<u32>,

    /// Print the EVM code in words in place of the result.
    #[arg(long, conflicts_with_all = ["out", "abi"])]
    disasm: bool,

    /// The contract's ABI, to be put into the result.
    #[arg(long, value_name = "FILE")]
    abi: Option<PathBuf>,

    /// Where the result goes; stdout has then only its sizes.
    #[arg(long, short, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// A contract in the form that deployment tools read.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Artifact {
    contract_name: String,
    abi: JsonAbi,
    bytecode: Bytes,
    deployed_bytecode: Bytes,
    sizes: Sizes,
}

#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "camelCase")]
struct Sizes {
    wasm_functions: usize,
    wasm_instructions: usize,
    code_bytes: usize,
    deployed_bytes: usize,
}

/// The EVM code in words.
#[derive(Serialize)]
struct Listing {
    listing: String,
}

/// The sizes of a result that went to a file.
#[derive(Serialize)]
struct Written {
    file: PathBuf,
    sizes: Sizes,
}

impl TranslateArgs {
    pub(crate) fn run(self, out: &Out) -> anyhow::Result<()> {
        let Self { file, constructor, memory, disasm, abi, out: target } = self;
        let wasm = read(&file)?;
        let constructor = if constructor { Constructor::Stylus } else { Constructor::None };
        let options =
            Options { constructor, memory_limit_pages: memory, passes: Passes::default() };
        let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let Translation { bytecode, deployed_bytecode, map, stats } = translate(&wasm, &options)
            .map_err(|source| Error::Translation {
                contract: name.clone(),
                source: Box::new(source),
            })?;
        if disasm {
            return out.result(&Listing { listing: disassemble(&deployed_bytecode, Some(&map)) });
        }
        let artifact = Artifact {
            contract_name: name,
            abi: abi.as_deref().map(read_abi).transpose()?.unwrap_or_default(),
            bytecode: bytecode.into(),
            deployed_bytecode: deployed_bytecode.into(),
            sizes: stats.into(),
        };
        let Some(target) = target else { return out.result(&artifact) };
        let mut text = serde_json::to_string_pretty(&artifact)?;
        text.push('\n');
        std::fs::write(&target, text).map_err(|source| Error::Io {
            path: target.clone(),
            action: "write",
            source,
        })?;
        out.result(&Written { file: target, sizes: artifact.sizes })
    }
}

fn read(path: &Path) -> Result<Vec<u8>, Error> {
    std::fs::read(path).map_err(|source| Error::Io {
        path: path.to_path_buf(),
        action: "read",
        source,
    })
}

fn read_abi(path: &Path) -> Result<JsonAbi, Error> {
    serde_json::from_slice(&read(path)?).map_err(|source| Error::MalformedFile {
        path: path.to_path_buf(),
        reason: source.to_string(),
    })
}

impl From<Stats> for Sizes {
    fn from(stats: Stats) -> Self {
        let Stats { wasm_functions, wasm_instructions, code_bytes, deployed_bytes } = stats;
        Self { wasm_functions, wasm_instructions, code_bytes, deployed_bytes }
    }
}

impl Report for Artifact {
    const COMMAND: &'static str = "translate";

    fn show(&self, to: &mut dyn Write) -> io::Result<()> {
        serde_json::to_writer_pretty(&mut *to, self)?;
        writeln!(to)
    }
}

impl Report for Listing {
    const COMMAND: &'static str = "translate";

    fn show(&self, to: &mut dyn Write) -> io::Result<()> {
        to.write_all(self.listing.as_bytes())
    }
}

impl Report for Written {
    const COMMAND: &'static str = "translate";

    fn show(&self, to: &mut dyn Write) -> io::Result<()> {
        let Self { file, sizes } = self;
        let file = file.display();
        pairs(
            to,
            &[
                ("file", &file),
                ("functions", &sizes.wasm_functions),
                ("wasm instructions", &sizes.wasm_instructions),
                ("code bytes", &sizes.code_bytes),
                ("deployed bytes", &sizes.deployed_bytes),
            ],
        )
    }
}

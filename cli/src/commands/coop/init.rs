//! Decides what `datacoop init` does: writes a declaration to begin with.

use std::{
    fs::OpenOptions,
    io::{self, Write},
    path::PathBuf,
};

use alloy::primitives::Address;
use clap::ValueEnum;
use datacoop_deploy::declaration::{self, Template, template};
use serde::Serialize;

use crate::{
    cli::after_help,
    exit::{Input, Usage},
    output::{Out, Report},
};

/// Writes a file that declares a cooperative, with sane values and what each is for.
///
/// What only you know is left as `0x… (fill in)`, which no other command takes for an address.
#[derive(Debug, clap::Args)]
#[command(after_help = after_help!(
    "datacoop init --profile local                       for the chain of `datacoop node`"
    "datacoop init --profile mainnet-standard --name 'Our cooperative' coop.toml"
    "datacoop init --profile testnet --owners 0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266 --oracle 0x70997970C51812dc3A010C7d01b50e0d17dc79C8"
))]
pub(crate) struct InitArgs {
    /// The file to write. A file that is there is left alone.
    #[arg(default_value = "coop.toml", value_name = "FILE")]
    file: PathBuf,

    /// For what the cooperative is deployed.
    #[arg(long, value_name = "PROFILE", default_value = "local")]
    profile: Profile,

    /// Its name.
    #[arg(long, default_value = "A patient-data cooperative")]
    name: String,

    /// The chain's id [default: 31337 for local, 421614 for testnet, else 42161]
    #[arg(long, value_name = "ID")]
    chain_id: Option<u64>,

    /// Where the deployer's key is [default: dev:0 for local, else keystore:deployer]
    #[arg(long, value_name = "KEY")]
    deployer: Option<String>,

    /// Who owns the treasury [default: Anvil's first three accounts for local, else to be filled in]
    #[arg(long, value_name = "ADDRESS,…", value_delimiter = ',')]
    owners: Vec<Address>,

    /// Who records contributions [default: Anvil's second account for local, else to be filled in]
    #[arg(long, value_name = "ADDRESS")]
    oracle: Option<Address>,

    /// Who may pause [default: governance alone]
    #[arg(long, value_name = "ADDRESS")]
    guardian: Option<Address>,
}

/// For what a cooperative is deployed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Profile {
    /// A chain on this machine: votes of minutes, Anvil's accounts.
    Local,
    /// A chain without value: votes of minutes.
    Testnet,
    /// A chain with value: 3 of 5 owners, two days in the timelock, a week to vote.
    MainnetStandard,
    /// As standard, with 5 of 8 owners, whose payments wait 48 hours.
    MainnetEnhanced,
}

impl Profile {
    const fn library(self) -> declaration::Profile {
        match self {
            Self::Local => declaration::Profile::Local,
            Self::Testnet => declaration::Profile::Testnet,
            Self::MainnetStandard => declaration::Profile::MainnetStandard,
            Self::MainnetEnhanced => declaration::Profile::MainnetEnhanced,
        }
    }

    const fn chain_id(self) -> u64 {
        match self {
            Self::Local => 31_337,
            Self::Testnet => 421_614,
            Self::MainnetStandard | Self::MainnetEnhanced => 42_161,
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Written {
    file: PathBuf,
    chain_id: u64,
    /// Lines that are to be filled in, from 1.
    to_fill_in: Vec<usize>,
}

impl InitArgs {
    pub(crate) fn run(self, out: &Out) -> anyhow::Result<()> {
        let Self { file, profile, name, chain_id, deployer, mut owners, mut oracle, guardian } =
            self;
        let is_local = profile == Profile::Local;
        if let Some((threshold, of)) = profile.library().owners()
            && !owners.is_empty()
            && owners.len() != of
        {
            let given = owners.len();
            let text = format!("this profile has {threshold} of {of} owners sign, not of {given}");
            return Err(Usage(text).into());
        }
        if is_local {
            let dev = |index| datacoop_deploy::keys::dev_account(index).map(|key| key.address());
            if owners.is_empty() {
                owners = (0..3).map(dev).collect::<Result<_, _>>()?;
            }
            oracle = Some(oracle.map_or_else(|| dev(1), Ok)?);
        }
        let default = if is_local { "dev:0" } else { "keystore:deployer" };
        let chain_id = chain_id.unwrap_or_else(|| profile.chain_id());
        let text = template(&Template {
            profile: profile.library(),
            name: &name,
            chain_id,
            from: deployer.as_deref().unwrap_or(default),
            owners: &owners,
            oracle,
            guardian,
        });
        let failed = |source: io::Error| match source.kind() {
            io::ErrorKind::AlreadyExists => Input(format!(
                "`{}` is there already and is left alone; name another file",
                file.display()
            )),
            _ => Input(format!("cannot write `{}`: {source}", file.display())),
        };
        let mut to = OpenOptions::new().write(true).create_new(true).open(&file).map_err(failed)?;
        to.write_all(text.as_bytes()).map_err(failed)?;
        let is_open = |line: &str| line.contains("(fill in)") && !line.starts_with('#');
        let lines = text.lines().enumerate().filter(|(_, line)| is_open(line));
        let to_fill_in = lines.map(|(index, _)| index + 1).collect();
        out.result(&Written { file, chain_id, to_fill_in })
    }
}

impl Report for Written {
    const COMMAND: &'static str = "init";

    fn show(&self, to: &mut dyn Write) -> io::Result<()> {
        let file = self.file.display();
        writeln!(to, "Wrote {file}, for chain {}.", self.chain_id)?;
        if !self.to_fill_in.is_empty() {
            let lines: Vec<_> = self.to_fill_in.iter().map(ToString::to_string).collect();
            writeln!(to, "Fill in the addresses of lines {}.", lines.join(", "))?;
        }
        writeln!(to, "Next: datacoop plan {file}")
    }
}

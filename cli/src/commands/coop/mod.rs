//! Decides what the commands do that a declared cooperative is deployed and operated with: `init`, `plan`,
//! `apply`, `status`, `verify` and `upgrade`.

mod apply;
mod init;
mod plan;
mod status;
mod upgrade;
mod verify;

use std::path::PathBuf;

use alloy::primitives::{Address, U256};
use datacoop_deploy::{
    chain::{Chain, ChainKind},
    declaration::{Declaration, WantedTarget},
    governance::write_decimal,
    keys::Signer,
    stylus::{StylusError, precompiles::ARB_WASM},
};

pub(crate) use apply::ApplyArgs;
pub(crate) use init::InitArgs;
pub(crate) use plan::PlanArgs;
pub(crate) use status::StatusArgs;
pub(crate) use upgrade::UpgradeArgs;
pub(crate) use verify::VerifyArgs;

use crate::{
    args::{PasswordArgs, RpcArgs, load_signer},
    exit::Input,
    output::Out,
};

/// Decimals of ether.
const ETHER: u8 = 18;

/// Which cooperative is meant.
#[derive(Debug, clap::Args)]
pub(crate) struct DeclarationArgs {
    /// The file that declares the cooperative.
    #[arg(default_value = "coop.toml", value_name = "FILE")]
    file: PathBuf,
}

impl DeclarationArgs {
    fn read(&self) -> anyhow::Result<Declaration> {
        Ok(Declaration::read(&self.file)?)
    }

    /// Reads the declaration and connects to its chain, and to no other.
    async fn connect(&self, rpc: &RpcArgs) -> anyhow::Result<(Declaration, Chain)> {
        let declaration = self.read()?;
        let chain = rpc.connect_to_id(declaration.network.chain_id).await?;
        expect_target(declaration.network.target, &chain)?;
        Ok((declaration, chain))
    }
}

/// Makes sure that a chain runs what the declaration insists on.
fn expect_target(wanted: WantedTarget, chain: &Chain) -> anyhow::Result<()> {
    match (wanted, chain.kind()) {
        (WantedTarget::Stylus, ChainKind::Evm) => {
            let (name, address) = ("ArbWasm", ARB_WASM);
            Err(datacoop_deploy::Error::from(StylusError::MissingPrecompile { name, address }).into())
        }
        (WantedTarget::Evm, ChainKind::Stylus { .. }) => Err(Input(format!(
            "chain {} runs Stylus programs, and `network.target` insists on EVM code, which such a chain takes up to 24,576 bytes of; take `auto`",
            chain.id()
        ))
        .into()),
        _ => Ok(()),
    }
}

/// Who deploys, if it is not who the file says.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Account")]
pub(crate) struct DeployerArgs {
    /// Where the deployer's key is [default: what the file says]
    // A text, since the parser would repeat a mistyped value, which may be a key.
    #[arg(long, value_name = "KEY", env = "DATACOOP_FROM", hide_env_values = true)]
    from: Option<String>,

    #[command(flatten)]
    password: PasswordArgs,
}

impl DeployerArgs {
    async fn signer(
        &self,
        declaration: &Declaration,
        rpc: &RpcArgs,
        out: &Out,
    ) -> anyhow::Result<Signer> {
        let from = self.from.as_deref().unwrap_or(&declaration.deployer.from);
        load_signer(from, &self.password, rpc, out).await
    }
}

/// Writes an amount of ether.
fn ether(wei: U256) -> String {
    format!("{} ETH", write_decimal(wei, ETHER))
}

/// Writes where people look at an address, where there is such a place, else the address.
fn link(chain_id: u64, address: Address) -> String {
    let address = address.to_checksum(None);
    match crate::args::explorer(chain_id) {
        Some(explorer) => format!("{explorer}/address/{address}"),
        None => address,
    }
}

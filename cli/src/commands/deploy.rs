//! Decides what `datacoop deploy` does: the contracts and who holds which office.

use std::{
    io::{self, Write},
    path::PathBuf,
};

use alloy::primitives::{Address, U256};
use datacoop_deploy::{
    Workspace, build,
    chain::Sender,
    contracts::CONTRACTS,
    deploy::{CoopConfig, Deployment, Existing, deploy_coop},
};
use serde::Serialize;

use crate::{
    amount::Amount,
    args::{RpcArgs, WalletArgs},
    cli::after_help,
    output::{Account, Out, Report, table},
};

/// Deploys DATA and its rewards, gives out their roles, and writes the address book.
///
/// Builds the contracts first, if they changed. Running it again carries on where it stopped, and
/// does nothing when everything is there.
#[derive(Debug, clap::Args)]
#[command(after_help = after_help!(
    "datacoop deploy --from dev:0                        everything held by one dev account"
    "datacoop deploy --from dev:0 --oracle 0x7099…79C8   another account records contributions"
    "datacoop deploy --from keystore:key.json --network 421614 --governance 0x…"
))]
pub(crate) struct DeployArgs {
    /// Who administers DATA and governs the rewards [default: the deployer]
    #[arg(long, value_name = "ADDRESS")]
    governance: Option<Address>,

    /// Who records contributions [default: the deployer]
    #[arg(long, value_name = "ADDRESS")]
    oracle: Option<Address>,

    /// Who may pause [default: governance alone]
    #[arg(long, value_name = "ADDRESS")]
    guardian: Option<Address>,

    /// Who receives the first supply [default: governance]
    #[arg(long, value_name = "ADDRESS")]
    recipient: Option<Address>,

    /// The first supply, in DATA [default: 1000000]
    #[arg(long, value_name = "DATA")]
    supply: Option<Amount>,

    /// What may be minted in any year whatever the supply, in DATA [default: 1000000]
    #[arg(long, value_name = "DATA")]
    emission_floor: Option<Amount>,

    /// What may be minted in any year, in basis points of the supply [default: 1000]
    #[arg(long, value_name = "BPS")]
    emission_bps: Option<u16>,

    /// Overwrite the address book, whatever is in it.
    #[arg(long)]
    replace: bool,

    #[command(flatten)]
    wallet: WalletArgs,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Deployed {
    chain_id: u64,
    address_book: PathBuf,
    contracts: Vec<DeployedContract>,
    steps: Vec<datacoop_deploy::deploy::Step>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct DeployedContract {
    name: String,
    address: Account,
}

impl DeployArgs {
    pub(crate) async fn run(self, rpc: &RpcArgs, out: &Out) -> anyhow::Result<()> {
        let progress = out.progress();
        let signer = self.wallet.signer()?;
        let chain = rpc.connect().await?;
        let sender = Sender::new(&chain, signer);
        let config = self.config(sender.address());
        let existing = if self.replace { Existing::Replace } else { Existing::Reuse };
        let workspace = Workspace::find()?;
        let artifacts =
            tokio::task::block_in_place(|| build::build(&workspace, &CONTRACTS, &progress))?;
        let book = rpc.book_path(&chain)?;
        let Deployment { book, steps } =
            deploy_coop(&sender, &artifacts, &config, &book, existing, &progress).await?;
        if steps.is_empty() {
            out.say("everything is deployed already; nothing was done");
        }
        let contracts = book.contracts.iter().map(|(name, entry)| DeployedContract {
            name: name.clone(),
            address: Account(entry.address),
        });
        out.result(&Deployed {
            chain_id: chain.id(),
            address_book: book.path().to_path_buf(),
            contracts: contracts.collect(),
            steps,
        })
    }

    /// The configuration: what was not said is the deployer's and the library's default.
    fn config(&self, deployer: Address) -> CoopConfig {
        let Self { governance, oracle, guardian, recipient, .. } = *self;
        let governance = governance.unwrap_or(deployer);
        let default = CoopConfig::of_one(governance, oracle.unwrap_or(deployer));
        let wei = |amount: Option<Amount>, default| amount.map_or(default, |Amount(wei)| wei);
        CoopConfig {
            guardian: guardian.unwrap_or(default.guardian),
            recipient: recipient.unwrap_or(default.recipient),
            supply: wei(self.supply, default.supply),
            emission_floor: wei(self.emission_floor, default.emission_floor),
            emission_bps: self.emission_bps.map_or(default.emission_bps, U256::from),
            ..default
        }
    }
}

impl Report for Deployed {
    const COMMAND: &'static str = "deploy";

    fn show(&self, to: &mut dyn Write) -> io::Result<()> {
        if !self.steps.is_empty() {
            let mut steps = table(["step", "transaction", "gas"], &[2]);
            for step in &self.steps {
                let receipt = &step.receipt;
                let (transaction, gas) = (receipt.transaction, receipt.gas_used);
                steps.add_row([step.name.clone(), transaction.to_string(), gas.to_string()]);
            }
            writeln!(to, "{steps}")?;
        }
        let mut contracts = table(["contract", "address"], &[]);
        for DeployedContract { name, address } in &self.contracts {
            contracts.add_row([name.clone(), address.to_string()]);
        }
        writeln!(to, "{contracts}")?;
        writeln!(to, "Address book of chain {}: {}", self.chain_id, self.address_book.display())
    }
}

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
    deploy::{
        AccessConfig, AccessTerms, CoopConfig, Deployment, Existing, GovernanceConfig, deploy_coop,
    },
};
use serde::Serialize;

use crate::{
    amount::Amount,
    args::{RpcArgs, WalletArgs},
    cli::after_help,
    exit::Usage,
    output::{Account, Out, Report, table},
};

/// Deploys DATA and its rewards, membership, consents, records, the market and its revenue, gives out
/// their roles, and writes the address book.
///
/// With `--dao` it deploys GOV, the governor, the timelock and the treasury as well, and the timelock
/// holds every role in the end; `datacoop roles` shows that the deployer holds none.
///
/// Builds the contracts first, if they changed. Running it again carries on where it stopped, and
/// does nothing when everything is there.
#[derive(Debug, clap::Args)]
#[command(after_help = after_help!(
    "datacoop deploy --from dev:0                        everything held by one dev account"
    "datacoop deploy --from dev:0 --oracle 0x7099…79C8   another account records contributions"
    "datacoop deploy --from keystore:key.json --network 421614 --governance 0x…"
    "datacoop deploy --from dev:0 --dao local --owners 0xf39F…2266,0x7099…79C8,0x3C44…93BC"
))]
pub(crate) struct DeployArgs {
    /// Who administers DATA and governs the rewards [default: the deployer]
    #[arg(long, value_name = "ADDRESS", conflicts_with = "dao")]
    governance: Option<Address>,

    /// Put the cooperative under its own governance, with the terms of this profile.
    #[arg(long, value_name = "PROFILE", requires = "owners")]
    dao: Option<Profile>,

    /// Who owns the treasury, and shares the first GOV.
    #[arg(long, value_name = "ADDRESS,…", value_delimiter = ',', requires = "dao")]
    owners: Vec<Address>,

    /// How many owners must sign a payment [default: a majority]
    #[arg(long, value_name = "NUMBER", requires = "dao")]
    threshold: Option<u64>,

    /// Until when the guardian may veto proposals, in days from now [default: never]
    #[arg(long, value_name = "DAYS", requires_all = ["dao", "guardian"])]
    veto_days: Option<u64>,

    /// Who records contributions [default: the deployer]
    #[arg(long, value_name = "ADDRESS")]
    oracle: Option<Address>,

    /// Who checks credentials and makes members [default: who records contributions]
    #[arg(long, value_name = "ADDRESS")]
    issuer: Option<Address>,

    /// Who registers members' records and attests to them [default: who records contributions]
    #[arg(long, value_name = "ADDRESS")]
    attestor: Option<Address>,

    /// Who makes datasets and offers them [default: who records contributions]
    #[arg(long, value_name = "ADDRESS")]
    curator: Option<Address>,

    /// Who runs the access server [default: who records contributions]
    #[arg(long, value_name = "ADDRESS")]
    server: Option<Address>,

    /// Who has the validators' part of prices [default: who records contributions]
    #[arg(long, value_name = "ADDRESS,…", value_delimiter = ',')]
    validators: Vec<Address>,

    /// What the metadata of a membership begins with [default: no metadata]
    #[arg(long, value_name = "URI")]
    membership_uri: Option<String>,

    /// Who may pause [default: governance alone]
    #[arg(long, value_name = "ADDRESS")]
    guardian: Option<Address>,

    /// Who receives the first supply [default: governance, the treasury with `--dao`]
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

    /// Deploy another cooperative; the address book and its journal are moved aside.
    #[arg(long)]
    replace: bool,

    #[command(flatten)]
    wallet: WalletArgs,
}

/// Terms of self-government.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Profile {
    /// For a chain on this machine: votes of ten minutes, five minutes in the timelock.
    Local,
    /// For a chain with value: votes of a week, two days in the timelock.
    Standard,
    /// As standard, and two days before the treasury pays what its owners signed.
    Enhanced,
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
        let signer = self.wallet.signer(rpc, out).await?;
        let chain = rpc.connect().await?;
        let sender = Sender::new(&chain, signer);
        let config = self.config(&sender).await?;
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
    async fn config(&self, sender: &Sender) -> anyhow::Result<CoopConfig> {
        let Self { governance, oracle, guardian, recipient, .. } = *self;
        let deployer = sender.address();
        let governance = governance.unwrap_or(deployer);
        let oracle = oracle.unwrap_or(deployer);
        let default = CoopConfig::of_one(governance, oracle);
        let wei = |amount: Option<Amount>, default| amount.map_or(default, |Amount(wei)| wei);
        let self_government = self.self_government(sender).await?;
        // The library's default is the treasury.
        let treasury = self_government.as_ref().map(|_| Address::ZERO);
        Ok(CoopConfig {
            self_government,
            guardian: guardian.unwrap_or(default.guardian),
            recipient: recipient.or(treasury).unwrap_or(default.recipient),
            supply: wei(self.supply, default.supply),
            emission_floor: wei(self.emission_floor, default.emission_floor),
            emission_bps: self.emission_bps.map_or(default.emission_bps, U256::from),
            access: self.access(oracle, sender),
            ..default
        })
    }

    /// Who runs access to data, and on the terms of which profile. Without one they are those of a
    /// local chain on a dev node, and the standard ones elsewhere.
    fn access(&self, oracle: Address, sender: &Sender) -> AccessConfig {
        let is_local = self
            .dao
            .map_or_else(|| sender.chain().is_dev_node(), |profile| profile == Profile::Local);
        let mut terms = match self.dao {
            _ if is_local => AccessTerms::local(oracle),
            Some(Profile::Enhanced) => AccessTerms::enhanced(oracle),
            _ => AccessTerms::standard(oracle),
        };
        if !self.validators.is_empty() {
            terms.validators = self.validators.iter().map(|validator| (*validator, 1)).collect();
        }
        AccessConfig {
            issuer: self.issuer.unwrap_or(oracle),
            attestor: self.attestor.unwrap_or(oracle),
            curator: self.curator.unwrap_or(oracle),
            server: self.server.unwrap_or(oracle),
            base_uri: self.membership_uri.clone().unwrap_or_default(),
            terms,
        }
    }

    /// The terms of self-government, if the cooperative is to have it.
    async fn self_government(&self, sender: &Sender) -> anyhow::Result<Option<GovernanceConfig>> {
        let Some(profile) = self.dao else { return Ok(None) };
        let owners = &self.owners;
        let mut terms = match profile {
            Profile::Local => GovernanceConfig::local(owners),
            Profile::Standard => GovernanceConfig::standard(owners),
            Profile::Enhanced => GovernanceConfig::enhanced(owners),
        };
        terms.threshold = self.threshold.unwrap_or(terms.threshold);
        if terms.threshold == 0 || terms.threshold > owners.len() as u64 {
            let (threshold, owners) = (terms.threshold, owners.len());
            return Err(Usage(format!("of {owners} owners {threshold} cannot sign")).into());
        }
        if let Some(days) = self.veto_days {
            let seconds = days.saturating_mul(24 * 3_600);
            terms.veto_until = sender.chain().now().await?.saturating_add(seconds);
        }
        Ok(Some(terms))
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

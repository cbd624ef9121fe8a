//! Decides what `datacoop plan` shows: what a declaration means for its chain.

use std::{
    fmt::Display,
    io::{self, Write},
};

use alloy::primitives::Address;
use datacoop_deploy::{
    AddressBook, Workspace, build,
    chain::Chain,
    contracts::CONTRACTS,
    declaration::Declaration,
    deploy::{self, Drift, Plan, PlannedTransaction, drift},
};
use serde::Serialize;

use super::{DeclarationArgs, DeployerArgs, ether};
use crate::{
    args::RpcArgs,
    cli::after_help,
    output::{Account, Out, Report, pairs, table},
};

/// Shows what would be sent to make the chain as the file declares it, and what it costs. Changes nothing.
///
/// Every address is known beforehand. Once a cooperative is deployed, what the file says of a parameter
/// is compared with the chain: what differs is shown as the proposal that changes it.
#[derive(Debug, clap::Args)]
#[command(after_help = after_help!(
    "datacoop plan                               of coop.toml in this folder"
    "datacoop plan coop.toml --calldata          with the calldata of every transaction"
    "datacoop plan --as 0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266 --json"
))]
pub(crate) struct PlanArgs {
    #[command(flatten)]
    declaration: DeclarationArgs,

    /// Plan for this deployer, without its key.
    #[arg(long = "as", value_name = "ADDRESS", conflicts_with = "from")]
    deployer_address: Option<Address>,

    /// Show the calldata of every transaction, too.
    #[arg(long)]
    calldata: bool,

    #[command(flatten)]
    deployer: DeployerArgs,
}

/// What a plan says.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Planned {
    #[serde(flatten)]
    pub(super) plan: Plan,
    /// What it costs, in wei.
    pub(super) cost: Option<alloy::primitives::U256>,
    /// Parameters that are not as declared.
    pub(super) changes: Vec<Drift>,
    /// Whether governance makes those changes, by a proposal.
    pub(super) by_proposal: bool,
    #[serde(skip)]
    shows_calldata: bool,
}

impl PlanArgs {
    pub(crate) async fn run(self, rpc: &RpcArgs, out: &Out) -> anyhow::Result<()> {
        let Self { declaration, deployer_address, calldata, deployer } = self;
        let (declaration, chain) = declaration.connect(rpc).await?;
        let account = match deployer_address {
            Some(address) => address,
            None => deployer.signer(&declaration, rpc, out).await?.address(),
        };
        let mut planned = planned(&declaration, &chain, account, rpc, out).await?;
        planned.shows_calldata = calldata;
        out.result(&planned)
    }
}

/// Plans a declaration: what is to be sent, or which parameters have drifted.
pub(super) async fn planned(
    declaration: &Declaration,
    chain: &Chain,
    account: Address,
    rpc: &RpcArgs,
    out: &Out,
) -> anyhow::Result<Planned> {
    let progress = out.progress();
    let workspace = Workspace::find()?;
    let artifacts =
        tokio::task::block_in_place(|| build::build(&workspace, &CONTRACTS, &progress))?;
    let path = rpc.book_path(chain)?;
    let plan = deploy::plan(chain, account, &artifacts, &declaration.config(), &path).await?;
    let book = AddressBook::read_for(&path, chain).await?.filter(|book| book.roles_given);
    let changes = match &book {
        Some(book) => drift(chain, book, declaration).await?,
        None => Vec::new(),
    };
    let (cost, by_proposal) = (plan.cost(), declaration.organs.is_some());
    Ok(Planned { plan, cost, changes, by_proposal, shows_calldata: false })
}

impl Report for Planned {
    const COMMAND: &'static str = "plan";

    fn show(&self, to: &mut dyn Write) -> io::Result<()> {
        let Self { plan, changes, .. } = self;
        if plan.is_empty() && changes.is_empty() {
            return writeln!(to, "Nothing to do: chain {} is as declared.", plan.chain_id);
        }
        if !plan.is_empty() {
            self.show_transactions(to)?;
        }
        if !changes.is_empty() {
            show_changes(to, changes, self.by_proposal)?;
        }
        Ok(())
    }
}

impl Planned {
    fn show_transactions(&self, to: &mut dyn Write) -> io::Result<()> {
        let Self { plan, .. } = self;
        let mut rows = table(["", "transaction", "to", "gas"], &[0, 3]);
        for (index, transaction) in plan.transactions.iter().enumerate() {
            let PlannedTransaction { title, contract, gas, .. } = transaction;
            let what = match transaction.function.as_str() {
                "" => title.clone(),
                _ => format!("{title}\n{}", call(transaction)),
            };
            let name = contract.map_or_else(|| Account(transaction.to).to_string(), str::to_owned);
            rows.add_row([(index + 1).to_string(), what, name, known(*gas)]);
        }
        writeln!(to, "{rows}\n")?;
        if self.shows_calldata {
            for (index, transaction) in plan.transactions.iter().enumerate() {
                writeln!(
                    to,
                    "{:>3}  {}  {}",
                    index + 1,
                    Account(transaction.to),
                    transaction.data
                )?;
            }
            writeln!(to)?;
        }
        let mut contracts = table(["contract", "address", ""], &[]);
        for contract in &plan.contracts {
            let is_there = if contract.is_there { "there" } else { "to be created" };
            let address = Account(contract.address).to_string();
            contracts.add_row([contract.name.to_owned(), address, is_there.to_owned()]);
        }
        writeln!(to, "{contracts}\n")?;
        let cost = self.cost.map_or_else(|| UNKNOWN.to_owned(), ether);
        let (gas, price) = (known(plan.gas), format!("{} gwei", gwei(plan.gas_price)));
        let (deployer, balance) = (Account(plan.deployer), ether(plan.balance));
        let (count, fees) = (plan.transactions.len(), ether(plan.value));
        let mut rows: Vec<(&str, &dyn Display)> = vec![
            ("chain", &plan.chain_id),
            ("deployer", &deployer),
            ("deployer has", &balance),
            ("transactions", &count),
            ("gas", &gas),
        ];
        if plan.data_gas > 0 {
            rows.push(("gas for data on the parent chain", &plan.data_gas));
        }
        rows.extend([
            ("price of gas", &price as &dyn Display),
            ("activation fees", &fees),
            ("costs about", &cost),
        ]);
        pairs(to, &rows)?;
        if self.cost.is_some_and(|cost| cost > plan.balance) {
            writeln!(to, "\nThe deployer cannot pay for this.")?;
        }
        writeln!(to, "\nNothing was sent. `datacoop apply` does it.")
    }
}

/// What is not known without sending: the node cannot simulate, or a step cannot be simulated.
const UNKNOWN: &str = "not known";

fn known(gas: Option<u64>) -> String {
    gas.map_or_else(|| UNKNOWN.to_owned(), |gas| gas.to_string())
}

fn gwei(wei: alloy::primitives::U256) -> String {
    datacoop_deploy::governance::write_decimal(wei, 9)
}

/// Writes a call with its arguments.
fn call(transaction: &PlannedTransaction) -> String {
    let arguments = transaction.arguments.iter();
    let arguments = arguments.map(|argument| format!("{} {}", argument.name, argument.value));
    format!("  {}({})", transaction.function, arguments.collect::<Vec<_>>().join(", "))
}

/// Writes parameters that are not as declared, and how they come to be.
pub(super) fn show_changes(
    to: &mut dyn Write,
    changes: &[Drift],
    by_proposal: bool,
) -> io::Result<()> {
    let mut rows = table(["parameter", "is", "declared"], &[]);
    for change in changes {
        rows.add_row([&change.parameter, &change.present, &change.declared]);
    }
    writeln!(to, "{rows}\n")?;
    if by_proposal {
        writeln!(
            to,
            "Governance owns these. `datacoop apply --propose` proposes the change; or:\n"
        )?;
        let actions = changes.iter().map(|change| format!(" -a '{}'", change.sentence));
        let actions: String = actions.collect();
        return writeln!(to, "  datacoop gov propose{actions} --description '…' --from …");
    }
    writeln!(to, "Who governs changes these with `datacoop apply`.")
}

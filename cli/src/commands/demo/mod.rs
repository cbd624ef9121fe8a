//! Decides what `datacoop demo` does: the whole life of a contribution, on a real chain.

mod access;
mod records;
mod report;
mod scenes;
mod stage;

use std::{path::PathBuf, time::Instant};

use alloy::{
    primitives::{B256, U256, uint},
    providers::{Provider, ext::AnvilApi},
};
use anyhow::Context as _;
use datacoop_deploy::{
    Artifact, Progress, Workspace, build,
    chain::{Chain, Sender},
    contracts::CONTRACTS,
    deploy::{AccessTerms, CoopConfig, Deployment, Existing, deploy_coop},
    keys::dev_account,
    node::{Node, NodeOptions},
};

use crate::{args::RpcArgs, cli::after_help, output::Out};
use records::Records;
use report::{ChainInfo, Contract, Demo};
use stage::{Coop, Stage};

/// Shows the cooperative at work: contracts deployed, real health records attested to, members
/// paid, and every rule enforced; then members consent, a researcher buys, one member withdraws, and
/// what was earned is claimed.
///
/// Installs what is missing, compiles the contracts, starts an Anvil of its own (or takes the one
/// of `--rpc-url`), records every clinical resource of the HL7 FHIR R4 examples that has a
/// patient, and shows what the contracts refuse. It signs with dev accounts, moves the chain's
/// clock from one cooldown to the next, and makes its members' addresses up: they hold nothing
/// anywhere.
#[derive(Debug, clap::Args)]
#[command(after_help = after_help!(
    "datacoop demo                                    on a chain of its own"
    "datacoop demo --json                             one JSON document for programs"
    "datacoop demo --rpc-url http://127.0.0.1:8545    on an Anvil that runs already"
))]
pub(crate) struct DemoArgs {
    /// The folder with FHIR resources [default: the HL7 FHIR R4 examples]
    #[arg(long, value_name = "DIR")]
    records: Option<PathBuf>,
}

/// The dev accounts and what they are in the demo.
const GOVERNANCE: usize = 0;
const ORACLE: usize = 1;
const STRANGER: usize = 2;
const RESEARCHER: usize = 3;

impl DemoArgs {
    pub(crate) async fn run(self, rpc: &RpcArgs, out: &Out) -> anyhow::Result<()> {
        let Self { records } = self;
        let begun = Instant::now();
        let progress = out.progress();
        let workspace = Workspace::find()?;
        tokio::task::block_in_place(|| build::ensure_npm(&workspace, &progress))?;
        let folder = records
            .unwrap_or_else(|| workspace.fixtures().join("node_modules/hl7.fhir.r4.examples"));
        // Reading takes a second and waits for nothing: it goes beside the building.
        let records = tokio::task::spawn_blocking(move || Records::read(&folder));
        let artifacts =
            tokio::task::block_in_place(|| build::build(&workspace, &CONTRACTS, &progress))?;
        let (node, chain) = chain(rpc, &workspace, &progress).await?;
        let (coop, contracts, researcher) = found(&chain, &artifacts, &progress).await?;
        let mut records = records.await.context("the reader of the records failed")??;
        let input = records.summary();
        let mut stage = Stage::new(coop, &progress);
        scenes::play(&mut stage, &mut records).await?;
        access::play(&mut stage, &records, researcher).await?;
        let members = report::members(&stage, &records).await?;
        out.result(&Demo {
            chain: ChainInfo::of(&chain, node.is_some()),
            contracts,
            input,
            members,
            not_shown: stage.not_shown,
            steps: stage.steps,
            seconds: begun.elapsed().as_secs_f64(),
        })
    }
}

/// The chain that the user named, or one of our own with the node that it lives in.
async fn chain(
    rpc: &RpcArgs,
    workspace: &Workspace,
    progress: &dyn Progress,
) -> anyhow::Result<(Option<Node>, Chain)> {
    if let Some(url) = rpc.named_url() {
        return Ok((None, rpc.connect_to(url).await?));
    }
    let node = Node::start(workspace, NodeOptions::default(), progress).await?;
    let chain = rpc.connect_to(&node.url()).await?;
    Ok((Some(node), chain))
}

/// Founds a cooperative: always a new one, so that the demo can be repeated on one chain. Its
/// address book goes away, so that it never takes the place of the user's own.
async fn found(
    chain: &Chain,
    artifacts: &[Artifact],
    progress: &dyn Progress,
) -> anyhow::Result<(Coop, Vec<Contract>, Sender)> {
    let sender = |index| -> Result<Sender, datacoop_deploy::Error> {
        Ok(Sender::new(chain, dev_account(index)?))
    };
    let (governance, oracle, stranger) = (sender(GOVERNANCE)?, sender(ORACLE)?, sender(STRANGER)?);
    let researcher = sender(RESEARCHER)?;
    if chain.is_dev_node() {
        for account in [&governance, &oracle, &stranger, &researcher] {
            fund(account).await?;
        }
    }
    let folder = tempfile::tempdir().context("cannot make a temporary folder")?;
    let book = folder.path().join("book.json");
    let mut config = CoopConfig::of_one(governance.address(), oracle.address());
    config.access.terms = AccessTerms::local(oracle.address());
    // Each demo has a cooperative of its own, also on a chain that saw one before.
    config.salt = Some(B256::random());
    let Deployment { book, steps } =
        deploy_coop(&governance, artifacts, &config, &book, Existing::Reuse, progress).await?;
    let contracts = report::contracts(&book, artifacts);
    Ok((Coop::new(&book, [governance, oracle, stranger], steps)?, contracts, researcher))
}

/// Gives an account of a dev node what the demo spends; it may be an Anvil with other accounts.
async fn fund(account: &Sender) -> anyhow::Result<()> {
    const ETHER: U256 = uint!(1_000_000_000_000_000_000_U256);
    let provider = account.chain().provider();
    let has = provider.get_balance(account.address()).await;
    if has.is_ok_and(|has| has < ETHER) {
        let set = provider.anvil_set_balance(account.address(), ETHER * uint!(100_U256)).await;
        set.context("the node does not let the demo fund its accounts")?;
    }
    Ok(())
}

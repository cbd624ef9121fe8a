//! Decides what `datacoop node` does: a local Anvil that runs until it is stopped.

use std::{
    io::{self, Write},
    path::PathBuf,
};

use datacoop_deploy::{
    Workspace,
    chain::Chain,
    keys::{DEV_ACCOUNTS, dev_account},
    node::{Node, NodeLimits, NodeOptions},
};
use serde::Serialize;

use crate::{
    cli::after_help,
    output::{Account, Out, Report, pairs},
};

/// The port that every other command looks at by default.
const DEFAULT_PORT: u16 = 8545;

/// Starts a local Anvil and keeps it running until it is interrupted.
///
/// Anvil is installed when it is missing. When the node is ready its address is printed on stdout.
#[derive(Debug, clap::Args)]
#[command(after_help = after_help!(
    "datacoop node                      on port 8545, where every command looks for it"
    "datacoop node --port 0 --json      on a free port, which the document names"
    "datacoop node --anvil-limits       with the limits of an Anvil that has no flags"
))]
pub(crate) struct NodeArgs {
    /// The port; 0 takes a free one.
    #[arg(long, default_value_t = DEFAULT_PORT)]
    port: u16,

    /// The chain's id [default: 31337]
    #[arg(long, value_name = "ID")]
    chain_id: Option<u64>,

    /// Keep Anvil's own limits of code size and block gas.
    #[arg(long)]
    anvil_limits: bool,

    /// Where Anvil's log goes [default: a file that is removed in the end]
    #[arg(long, value_name = "FILE")]
    log: Option<PathBuf>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Ready {
    rpc_url: String,
    chain_id: u64,
    pid: u32,
    log: PathBuf,
    accounts: Vec<DevAccount>,
}

#[derive(Serialize)]
struct DevAccount {
    key: String,
    address: Account,
}

impl NodeArgs {
    pub(crate) async fn run(self, out: &Out) -> anyhow::Result<()> {
        let Self { port, chain_id, anvil_limits, log } = self;
        let limits = if anvil_limits { NodeLimits::AnvilsOwn } else { NodeLimits::Lifted };
        let port = (port != 0).then_some(port);
        let options = NodeOptions { port, chain_id, limits, log, fork: None };
        let mut node = Node::start(&Workspace::find()?, options, &out.progress()).await?;
        let chain = Chain::connect(&node.url()).await?;
        let accounts = (0..DEV_ACCOUNTS)
            .map(|index| {
                let address = Account(dev_account(index)?.address());
                Ok(DevAccount { key: format!("dev:{index}"), address })
            })
            .collect::<Result<_, datacoop_deploy::Error>>()?;
        out.result(&Ready {
            rpc_url: node.url(),
            chain_id: chain.id(),
            pid: node.pid(),
            log: node.log().to_path_buf(),
            accounts,
        })?;
        out.say("running; interrupt to stop it");
        node.ended().await;
        Err(datacoop_deploy::Error::NodeFailed { reason: "it ended by itself".to_owned() }.into())
    }
}

impl Report for Ready {
    const COMMAND: &'static str = "node";

    fn show(&self, to: &mut dyn Write) -> io::Result<()> {
        let Self { rpc_url, chain_id, pid, log, accounts } = self;
        let log = log.display();
        pairs(
            to,
            &[("rpc url", rpc_url), ("chain id", chain_id), ("process", pid), ("log", &log)],
        )?;
        writeln!(to)?;
        accounts.iter().try_for_each(|account| writeln!(to, "{}  {}", account.key, account.address))
    }
}

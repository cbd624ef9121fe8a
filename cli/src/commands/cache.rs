//! Decides what `datacoop cache` does: it tells what it takes to have programs cached, and bids for them.

use std::io::{self, Write};

use alloy::primitives::{B256, U256};
use datacoop_deploy::{
    chain::{ChainKind, Sender},
    contracts::Contract,
    stylus::{self, Cache, Life, ProgramState},
};
use serde::Serialize;

use crate::{
    args::{OptionalWalletArgs, RpcArgs},
    cli::after_help,
    ether::Ether,
    exit::Input,
    output::{Account, Out, Report, table},
};

/// Shows which programs of the cooperative a Stylus chain has cached, and bids for the others.
///
/// A call of a cached program costs less gas. A bid is a payment to the chain, whatever comes of it later:
/// a higher one may put the program out again.
#[derive(Debug, clap::Args)]
#[command(after_help = after_help!(
    "datacoop cache"
    "datacoop cache --bid --from dev:0                        the lowest bid for whatever is not cached"
    "datacoop cache data-token --bid --max 0.001 --from dev:0"
))]
pub(crate) struct CacheArgs {
    /// The contracts [default: all]
    #[arg(value_name = "CONTRACT")]
    contracts: Vec<String>,

    /// Bid the least that is taken for each program that is not cached.
    #[arg(long, requires = "from")]
    bid: bool,

    /// The most to bid for a program, in ether; nothing is bid for one that takes more
    #[arg(long, value_name = "ETH", requires = "bid", default_value = "0.01")]
    max: Ether,

    #[command(flatten)]
    wallet: OptionalWalletArgs,
}

/// A program as it is shown.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Program {
    contract: String,
    address: Account,
    cached: bool,
    /// The lowest bid that is taken at present.
    #[serde(skip_serializing_if = "Option::is_none")]
    lowest_bid: Option<Ether>,
    /// What was bid, and the transaction.
    #[serde(skip_serializing_if = "Option::is_none")]
    bid: Option<Ether>,
    #[serde(skip_serializing_if = "Option::is_none")]
    transaction: Option<B256>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Programs {
    chain_id: u64,
    /// The contract that takes the bids; there is none on a chain that caches nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    manager: Option<Account>,
    used_bytes: u64,
    size_bytes: u64,
    paused: bool,
    programs: Vec<Program>,
}

impl CacheArgs {
    pub(crate) async fn run(self, rpc: &RpcArgs, out: &Out) -> anyhow::Result<()> {
        let Self { contracts, bid, max, wallet } = self;
        let wanted: Result<Vec<_>, _> =
            contracts.iter().map(|name| Contract::named(name)).collect();
        let wanted = wanted?;
        let signer = if bid { wallet.signer(rpc, out).await? } else { None };
        let (chain, book) = rpc.deployed().await?;
        let chain_id = chain.id();
        if chain.kind() == ChainKind::Evm {
            return out.result(&Programs::none(chain_id));
        }
        let cache = Cache::of(&chain).await?;
        let sender = signer.map(|signer| Sender::new(&chain, signer));
        let (used_bytes, size_bytes) = cache.size_bytes().await?;
        let mut programs = Vec::new();
        for state in stylus::survey(&chain, &book).await? {
            let is_wanted = |contract: &Contract| contract.name == state.contract;
            if wanted.is_empty() || wanted.iter().any(is_wanted) {
                programs.push(look(&cache, state, sender.as_ref(), max, out).await?);
            }
        }
        if programs.is_empty() {
            return Err(Input("none of these contracts is deployed".to_owned()).into());
        }
        out.result(&Programs {
            chain_id,
            manager: Some(Account(cache.manager())),
            used_bytes,
            size_bytes,
            paused: cache.is_paused().await?,
            programs,
        })
    }
}

/// Asks about one program, and bids for it when there is a sender.
async fn look(
    cache: &Cache<'_>,
    state: ProgramState,
    sender: Option<&Sender>,
    max: Ether,
    out: &Out,
) -> anyhow::Result<Program> {
    let ProgramState { contract, address, codehash, life, is_cached } = state;
    let mut program = Program {
        contract,
        address: Account(address),
        cached: is_cached,
        lowest_bid: None,
        bid: None,
        transaction: None,
    };
    // What does not run is not cached.
    if is_cached || !matches!(life, Life::Active(_)) {
        return Ok(program);
    }
    let lowest: U256 = cache.offer(address, codehash).await?.minimum_wei;
    program.lowest_bid = Some(Ether(lowest));
    let Some(sender) = sender else { return Ok(program) };
    if lowest > max.0 {
        let (name, lowest) = (&program.contract, Ether(lowest));
        out.say(format_args!("{name}: nothing is bid, {lowest} ETH are more than {max} (`--max`)"));
        return Ok(program);
    }
    let receipt = cache.place_bid(sender, address, lowest).await?;
    program.cached = true;
    program.bid = Some(Ether(lowest));
    program.transaction = Some(receipt.transaction);
    Ok(program)
}

impl Programs {
    /// What is told of a chain without programs.
    const fn none(chain_id: u64) -> Self {
        let (used_bytes, size_bytes) = (0, 0);
        Self {
            chain_id,
            manager: None,
            used_bytes,
            size_bytes,
            paused: false,
            programs: Vec::new(),
        }
    }
}

impl Report for Programs {
    const COMMAND: &'static str = "cache";

    fn show(&self, to: &mut dyn Write) -> io::Result<()> {
        let Self { chain_id, manager, used_bytes, size_bytes, paused, programs } = self;
        let Some(manager) = manager else {
            return writeln!(to, "Chain {chain_id} runs EVM code, which is not cached.");
        };
        let mut rows =
            table(["contract", "address", "cached", "lowest bid, ETH", "bid, ETH"], &[3, 4]);
        let ether = |ether: Option<Ether>| ether.map(|ether| ether.to_string()).unwrap_or_default();
        for program in programs {
            rows.add_row([
                program.contract.clone(),
                program.address.to_string(),
                if program.cached { "yes" } else { "no" }.to_owned(),
                ether(program.lowest_bid),
                ether(program.bid),
            ]);
        }
        writeln!(to, "{rows}")?;
        writeln!(to, "{used_bytes} of {size_bytes} bytes are taken; bids go to {manager}.")?;
        if *paused { writeln!(to, "Bids are paused.") } else { Ok(()) }
    }
}

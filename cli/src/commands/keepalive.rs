//! Decides what `datacoop keepalive` does: it tells when programs expire, and prolongs their lives.

use std::{
    collections::BTreeMap,
    io::{self, Write},
};

use alloy::primitives::B256;
use datacoop_deploy::{
    chain::{ChainKind, Sender},
    stylus::{self, DEFAULT_FEE_BUMP_BPS, Life, ProgramState, Standing},
};
use serde::Serialize;

use crate::{
    args::{OptionalWalletArgs, RpcArgs},
    cli::after_help,
    ether::Ether,
    exit::{ProgramsEnd, Usage},
    output::{Account, Out, Report, table},
    time::Time,
};

/// Shows until when the programs of the cooperative run on a Stylus chain, and prolongs their lives.
///
/// A program expires 365 days after its activation, on chains that have not decided otherwise, and may be
/// kept alive from its 31st day on. EVM code never expires. With `--check` it is something for a monitor
/// to run every day.
#[derive(Debug, clap::Args)]
#[command(after_help = after_help!(
    "datacoop keepalive"
    "datacoop keepalive --check --within 30      fails when a program expires within 30 days"
    "datacoop keepalive --renew --from dev:0     renews what expires within 60 days"
    "datacoop keepalive --renew --within 365 --from keystore:key.json"
))]
pub(crate) struct KeepaliveArgs {
    /// Renew the programs that expire within the time and are old enough.
    #[arg(long, requires = "from")]
    renew: bool,

    /// Fail, with exit status 9, when a program expires within the time or has expired.
    #[arg(long)]
    check: bool,

    /// The time, in days
    #[arg(long, value_name = "DAYS", default_value_t = 60)]
    within: u64,

    /// How much more than the data fee is sent, in basis points; what is too much comes back
    #[arg(long, value_name = "BPS", default_value_t = DEFAULT_FEE_BUMP_BPS)]
    fee_bump: u32,

    #[command(flatten)]
    wallet: OptionalWalletArgs,
}

/// A program as it is shown.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Program {
    contract: String,
    address: Account,
    codehash: B256,
    state: State,
    /// The version of Stylus that activated it.
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    activated: Option<Time>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires: Option<Time>,
    #[serde(skip_serializing_if = "Option::is_none")]
    renewable_from: Option<Time>,
    #[serde(skip_serializing_if = "Option::is_none")]
    days_left: Option<u64>,
    cached: bool,
    /// The transaction that renewed it, and what that took.
    #[serde(skip_serializing_if = "Option::is_none")]
    renewal: Option<Renewal>,
}

/// Whether a program runs.
#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
enum State {
    Active,
    Expired,
    NeedsUpgrade,
    NotActivated,
    /// It is no program, and never expires.
    EvmCode,
}

#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
struct Renewal {
    transaction: B256,
    fee: Ether,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Programs {
    chain_id: u64,
    /// Whether the chain runs programs that expire.
    expires: bool,
    within_days: u64,
    programs: Vec<Program>,
}

impl KeepaliveArgs {
    pub(crate) async fn run(self, rpc: &RpcArgs, out: &Out) -> anyhow::Result<()> {
        let Self { renew, check, within, fee_bump, wallet } = self;
        let signer = if renew { wallet.signer(rpc, out).await? } else { None };
        let (chain, book) = rpc.deployed().await?;
        let mut states = stylus::survey(&chain, &book).await?;
        let mut renewals = BTreeMap::new();
        if renew {
            let signer = signer.ok_or_else(|| Usage("name an account with `--from`".to_owned()))?;
            let sender = Sender::new(&chain, signer);
            renewals = renew_all(&sender, &states, within, fee_bump, out).await?;
            states = stylus::survey(&chain, &book).await?;
        }
        if check {
            let ending = states.iter().filter(|state| state.ends_within(within));
            let ending: Vec<_> =
                ending.map(|state| format!("{}: {}", state.contract, end(&state.life))).collect();
            if !ending.is_empty() {
                return Err(ProgramsEnd { days: within, programs: ending }.into());
            }
        }
        let programs = states.into_iter().map(|state| shown(state, &renewals)).collect();
        let expires = chain.kind() != ChainKind::Evm;
        out.result(&Programs { chain_id: chain.id(), expires, within_days: within, programs })
    }
}

/// Renews what expires within `days` and may be renewed, each code once.
async fn renew_all(
    sender: &Sender,
    states: &[ProgramState],
    days: u64,
    fee_bump: u32,
    out: &Out,
) -> anyhow::Result<BTreeMap<B256, Renewal>> {
    let mut renewals = BTreeMap::new();
    for state in states {
        let due = match &state.life {
            Life::Active(expiry) => expiry.is_within(days) && expiry.is_renewable(),
            Life::Ended(_) | Life::EvmCode => false,
        };
        if due && !renewals.contains_key(&state.codehash) {
            let (fee, receipt) = stylus::renew(sender, state.codehash, fee_bump).await?;
            out.say(format_args!("{} renewed for {} ETH", state.contract, Ether(fee)));
            let renewal = Renewal { transaction: receipt.transaction, fee: Ether(fee) };
            renewals.insert(state.codehash, renewal);
        }
    }
    Ok(renewals)
}

fn shown(state: ProgramState, renewals: &BTreeMap<B256, Renewal>) -> Program {
    let ProgramState { contract, address, codehash, life, is_cached } = state;
    let expiry = match life {
        Life::Active(expiry) => Some(expiry),
        Life::Ended(_) | Life::EvmCode => None,
    };
    Program {
        contract,
        address: Account(address),
        codehash,
        state: match life {
            Life::Active(_) | Life::Ended(Standing::Active { .. }) => State::Active,
            Life::Ended(Standing::Expired { .. }) => State::Expired,
            Life::Ended(Standing::NeedsUpgrade { .. }) => State::NeedsUpgrade,
            Life::Ended(Standing::NotActivated) => State::NotActivated,
            Life::EvmCode => State::EvmCode,
        },
        version: expiry.map(|expiry| expiry.version),
        activated: expiry.map(|expiry| Time(expiry.activated_at)),
        expires: expiry.map(|expiry| Time(expiry.expires_at)),
        renewable_from: expiry.map(|expiry| Time(expiry.keepalive_from)),
        days_left: expiry.map(|expiry| expiry.days_left()),
        cached: is_cached,
        renewal: renewals.get(&codehash).cloned(),
    }
}

/// Says how a program ends, or ended.
fn end(life: &Life) -> String {
    match life {
        Life::Active(expiry) => {
            let from = if expiry.is_renewable() {
                "`datacoop keepalive --renew` prolongs it".to_owned()
            } else {
                format!("it may be renewed from {} on", Time(expiry.keepalive_from))
            };
            format!("{} days left, until {}; {from}", expiry.days_left(), Time(expiry.expires_at))
        }
        Life::Ended(Standing::Expired { .. }) => "has expired; activate it again".to_owned(),
        Life::Ended(Standing::NeedsUpgrade { version, stylus_version }) => format!(
            "was activated by version {version} of Stylus, and the chain has {stylus_version}; activate it again"
        ),
        Life::Ended(Standing::NotActivated | Standing::Active { .. }) => "is not active".to_owned(),
        Life::EvmCode => "never expires".to_owned(),
    }
}

impl State {
    const fn word(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Expired => "expired",
            Self::NeedsUpgrade => "of another version",
            Self::NotActivated => "not activated",
            Self::EvmCode => "EVM code",
        }
    }
}

impl Report for Programs {
    const COMMAND: &'static str = "keepalive";

    fn show(&self, to: &mut dyn Write) -> io::Result<()> {
        let Self { chain_id, expires, within_days: _, programs } = self;
        if !expires {
            return writeln!(to, "Chain {chain_id} runs EVM code, which never expires.");
        }
        let header =
            ["contract", "address", "state", "activated", "expires", "days left", "cached"];
        let mut rows = table(header, &[5]);
        let time = |time: Option<Time>| time.map(|time| time.to_string()).unwrap_or_default();
        for program in programs {
            rows.add_row([
                program.contract.clone(),
                program.address.to_string(),
                match program.version {
                    Some(version) => format!("{} (version {version})", program.state.word()),
                    None => program.state.word().to_owned(),
                },
                time(program.activated),
                time(program.expires),
                program.days_left.map(|days| days.to_string()).unwrap_or_default(),
                if program.cached { "yes" } else { "no" }.to_owned(),
            ]);
        }
        writeln!(to, "{rows}")
    }
}

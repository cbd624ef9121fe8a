//! Decides what `datacoop treasury propose` does: a transaction in a file, for the owners to sign.

use std::{
    io::{self, Write},
    path::{Path, PathBuf},
};

use alloy::primitives::{Address, B256, U256};
use datacoop_deploy::{
    Error,
    treasury::{
        Action, Batch, Call, ChecksumState, Operation, SafeTx, TransactionFile, Treasury,
        TreasuryError, multi_send_of, pack,
    },
};
use serde::Serialize;

use super::{actions::ActionArgs, names::Names, place::PlaceArgs, say};
use crate::{
    args::RpcArgs,
    cli::after_help,
    exit::Usage,
    output::{Account, Out, Report, pairs},
};

/// Writes a transaction of the treasury to a file, for its owners to sign. Needs no key.
///
/// The file goes from owner to owner: each adds a signature with `treasury sign`, and anybody can
/// execute it when there are enough. It holds the treasury's next nonce, unless another is named.
#[derive(Debug, clap::Args)]
#[command(after_help = after_help!(
    "datacoop treasury propose --pay 100 DATA --to 0x7099…79C8"
    "datacoop treasury propose --pay 2.5 ETH --to 0x7099…79C8 --line grants --out grant.json"
    "datacoop treasury propose --add-owner 0x3C44…93BC --threshold 3"
    "datacoop treasury propose --set-limit 0x7099…79C8 50 DATA 30d --line operations"
    "datacoop treasury propose --set-budget grants 1000 DATA 90d --nonce 12"
    "datacoop treasury propose --to 0x7099…79C8 --value 1 --data 0xd0e30db0"
    "datacoop treasury propose --import batch.json     a batch of Safe's transaction builder"
    "datacoop treasury propose --pay 100 DATA --to 0x7099…79C8 --export     and back"
))]
pub(crate) struct ProposeArgs {
    #[command(flatten)]
    actions: ActionArgs,

    /// Take the calls from a batch of Safe's transaction builder, as its web interface writes it.
    #[arg(long, value_name = "FILE", help_heading = "What the treasury is to do")]
    import: Option<PathBuf>,

    /// The contract that makes one transaction of several calls [default: Safe's own, where it is]
    #[arg(long, value_name = "ADDRESS")]
    multi_send: Option<Address>,

    /// The nonce [default: the treasury's next one]
    #[arg(long, value_name = "NUMBER", conflicts_with = "export")]
    nonce: Option<u64>,

    /// Write a batch of Safe's transaction builder, which has no nonce and no signatures.
    #[arg(long)]
    export: bool,

    /// Where it goes [default: treasury-<nonce>.json, or treasury-batch.json]
    #[arg(long, short, value_name = "FILE")]
    out: Option<PathBuf>,

    #[command(flatten)]
    place: PlaceArgs,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Proposed {
    file: PathBuf,
    chain_id: u64,
    treasury: Account,
    does: Vec<String>,
    /// None of a batch, as the rest.
    #[serde(skip_serializing_if = "Option::is_none")]
    proposal: Option<Proposal>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Proposal {
    safe_tx_hash: B256,
    transaction: SafeTx,
    threshold: u64,
}

impl ProposeArgs {
    pub(crate) async fn run(self, rpc: &RpcArgs, out: &Out) -> anyhow::Result<()> {
        let Self { actions, import, multi_send, nonce, export, out: file, place } = self;
        if actions.has_idle_line() {
            return Err(Usage("`--line` goes with `--pay` or `--set-limit`".to_owned()).into());
        }
        let (treasury, names) = place.find(rpc).await?;
        let mut asked = actions.actions(&treasury, &names).await?;
        if let Some(path) = &import {
            asked.extend(imported(path, &treasury, out)?);
        }
        if asked.is_empty() {
            return Err(
                Usage("say what the treasury is to do; `--help` has all of it".to_owned()).into()
            );
        }
        let calls: Vec<_> = asked.iter().map(|action| action.call(treasury.address())).collect();
        if export {
            if actions.delegate_call {
                return Err(Usage("a batch holds no delegate calls".to_owned()).into());
            }
            return exported(&treasury, &names, &calls, file, out).await;
        }
        let (call, operation) = match calls.as_slice() {
            [call] if actions.delegate_call => (call.clone(), Operation::DelegateCall),
            [call] => (call.clone(), Operation::Call),
            _ if actions.delegate_call => {
                return Err(Usage("a delegate call goes alone".to_owned()).into());
            }
            calls => (several(&treasury, calls, multi_send).await?, Operation::DelegateCall),
        };
        warn_if_strict(&treasury, &asked, out).await?;
        let nonce = match nonce {
            Some(nonce) => U256::from(nonce),
            None => treasury.nonce().await?,
        };
        let transaction = Treasury::transaction(call, operation, nonce);
        let file = file.unwrap_or_else(|| PathBuf::from(format!("treasury-{nonce}.json")));
        written(&treasury, &names, transaction, file, out).await
    }
}

/// Reads the calls of a batch.
fn imported(path: &Path, treasury: &Treasury, out: &Out) -> anyhow::Result<Vec<Action>> {
    let batch = Batch::read(path, treasury.chain().id())?;
    if batch.checksum == ChecksumState::Missing {
        out.say(format_args!(
            "`{}` has no checksum: nothing says that it is whole",
            path.display()
        ));
    }
    if let Some(other) = batch.treasury.filter(|other| *other != treasury.address()) {
        out.say(format_args!(
            "`{}` was written for {}; it is proposed for {}",
            path.display(),
            Account(other),
            Account(treasury.address()),
        ));
    }
    let actions = batch.calls.into_iter().map(|call| Action::of(call, treasury.address()));
    Ok(actions.collect())
}

/// Makes one call of several.
async fn several(
    treasury: &Treasury,
    calls: &[Call],
    named: Option<Address>,
) -> anyhow::Result<Call> {
    let chain = treasury.chain();
    let multi_send = match named {
        Some(address) if chain.code(address).await?.is_empty() => {
            return Err(Error::NoContract { address }.into());
        }
        Some(address) => Some(address),
        None => multi_send_of(chain).await?,
    };
    let too_many = || Error::from(TreasuryError::SeveralActions { count: calls.len() });
    Ok(pack(multi_send.ok_or_else(too_many)?, calls))
}

/// Says when the contract would refuse what is proposed, since budgets are strict.
async fn warn_if_strict(treasury: &Treasury, actions: &[Action], out: &Out) -> anyhow::Result<()> {
    let only_pays = matches!(actions, [Action::Pay { line: Some(_), .. }]);
    if !only_pays && treasury.settings().await?.strict_budgets {
        out.say(
            "budgets are strict: the treasury will refuse this of its owners; pay from a line \
             (`--pay … --line …`), or let governance do it",
        );
    }
    Ok(())
}

async fn written(
    treasury: &Treasury,
    names: &Names,
    transaction: SafeTx,
    path: PathBuf,
    out: &Out,
) -> anyhow::Result<()> {
    treasury.check_hash(&transaction).await?;
    let does = say::transaction(&transaction, treasury.address(), names);
    let chain_id = treasury.chain().id();
    let file = TransactionFile::new(chain_id, treasury.address(), transaction);
    file.write_new(&path)?;
    out.result(&Proposed {
        file: path,
        chain_id,
        treasury: Account(treasury.address()),
        does,
        proposal: Some(Proposal {
            safe_tx_hash: file.safe_tx_hash,
            transaction: file.transaction,
            threshold: treasury.threshold().await?,
        }),
    })
}

async fn exported(
    treasury: &Treasury,
    names: &Names,
    calls: &[Call],
    path: Option<PathBuf>,
    out: &Out,
) -> anyhow::Result<()> {
    let path = path.unwrap_or_else(|| PathBuf::from("treasury-batch.json"));
    if path.exists() {
        return Err(Error::from(TreasuryError::FileExists { path }).into());
    }
    let (chain, address) = (treasury.chain(), treasury.address());
    let created_at_ms = chain.now().await?.saturating_mul(1_000);
    Batch::write(&path, chain.id(), address, calls, created_at_ms)?;
    let does = calls.iter().flat_map(|call| {
        let one = Treasury::transaction(call.clone(), Operation::Call, U256::ZERO);
        say::transaction(&one, address, names)
    });
    out.result(&Proposed {
        file: path,
        chain_id: chain.id(),
        treasury: Account(address),
        does: does.collect(),
        proposal: None,
    })
}

impl Report for Proposed {
    const COMMAND: &'static str = "treasury propose";

    fn show(&self, to: &mut dyn Write) -> io::Result<()> {
        let Self { file, treasury, does, proposal, .. } = self;
        say::lines(to, does)?;
        let file = file.display();
        let Some(Proposal { safe_tx_hash, transaction, threshold }) = proposal else {
            return pairs(to, &[("treasury", treasury), ("batch", &file)]);
        };
        pairs(
            to,
            &[
                ("treasury", treasury),
                ("nonce", &transaction.nonce),
                ("hash", safe_tx_hash),
                ("signatures needed", threshold),
                ("file", &file),
            ],
        )?;
        writeln!(to, "\nnext: each of {threshold} owners runs `datacoop treasury sign {file}`")
    }
}

//! Decides how the gas of a mined transaction is told by Rust function.
//!
//! The node replays the transaction instruction by instruction; the translator's source map says
//! which function of the module each instruction comes from.

mod profile;

use std::{collections::BTreeSet, fmt::Debug};

use alloy::{
    consensus::Transaction as _,
    eips::BlockNumberOrTag,
    primitives::{Address, B256, Bytes, U256, keccak256},
    providers::Provider,
    rpc::types::{
        BlockOverrides, TransactionRequest,
        trace::geth::{
            CallConfig, CallFrame, DefaultFrame, GethDebugTracingCallOptions,
            GethDebugTracingOptions,
        },
    },
};
use serde::{Serialize, de::DeserializeOwned};
use stylus_evm::SourceMap;

use crate::{AddressBook, Artifact, DecodedError, Error, Workspace, chain::Chain, decode_error};
use profile::{Frame, Profiler};
pub use profile::{FunctionGas, HostGas, Stop};

/// The request that replays a mined transaction.
const REPLAY: &str = "debug_traceTransaction";

/// The request that replays a call.
const REPLAY_CALL: &str = "debug_traceCall";

/// The last address that may be a precompile (Arbitrum's are the highest).
const LAST_PRECOMPILE: u8 = 0xff;

/// A contract whose functions are known.
#[derive(Clone, Debug)]
pub struct Program {
    name: String,
    address: Address,
    code_hash: B256,
    map: SourceMap,
}

/// Where the gas of a transaction went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Trace {
    /// The transaction's hash.
    pub transaction: B256,
    /// The gas that it used.
    pub gas_used: u64,
    /// The gas of the code that ran. What was used besides is the transaction's own and its
    /// calldata's, less the refund.
    pub code_gas: u64,
    /// What each function cost, the most expensive first.
    pub functions: Vec<FunctionGas>,
    /// What each kind of host operation cost, the most expensive first.
    pub host: Vec<HostGas>,
    /// Where it stopped, when it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stop: Option<Stop>,
    /// The error that it reverted with; none when it trapped.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<DecodedError>,
}

impl Program {
    /// Returns the contracts of an address book, as they were built last.
    ///
    /// # Errors
    ///
    /// - [`Error::Io`], [`Error::MalformedFile`]: an artifact cannot be read.
    /// - [`Error::Translation`]: its module cannot be translated.
    pub fn of_book(workspace: &Workspace, book: &AddressBook) -> Result<Vec<Self>, Error> {
        let program = |(name, entry): (&String, &crate::BookEntry)| {
            let artifact = Artifact::read(&workspace.artifacts(), name)?;
            Ok(Self {
                name: name.clone(),
                address: entry.address,
                code_hash: keccak256(&artifact.deployed_bytecode),
                map: artifact.translation()?.map,
            })
        };
        book.contracts.iter().map(program).collect()
    }
}

/// Replays a transaction and tells where its gas went. Functions of contracts other than
/// `programs` are not told apart.
///
/// # Errors
///
/// - [`Error::Refusal`]: the node does not know the transaction, or does not replay.
/// - [`Error::CodeDiffers`]: a contract on the chain is not what was built last.
/// - [`Error::Unreachable`], [`Error::Answer`]: the node's failures.
pub async fn trace(chain: &Chain, programs: &[Program], transaction: B256) -> Result<Trace, Error> {
    let calls: CallFrame =
        replay(chain, transaction, GethDebugTracingOptions::call_tracer(CallConfig::default()))
            .await?;
    let mut addresses = BTreeSet::new();
    collect(&calls, &mut addresses);
    let mut silent = BTreeSet::new();
    for &address in &addresses {
        let code = chain.code(address).await?;
        if code.is_empty() {
            silent.insert(address);
        }
        for program in programs.iter().filter(|program| program.address == address) {
            check(program, &code)?;
        }
    }
    let steps = steps(chain, transaction).await?;
    let root = frame(&calls, &silent, steps.failed);
    let mut profiler = Profiler::new(programs, root);
    profiler.run(&steps.struct_logs);
    let output = calls.output.clone().unwrap_or_default();
    let summary = profiler.finish();
    Ok(Trace {
        transaction,
        gas_used: steps.gas,
        code_gas: summary.gas,
        functions: summary.functions,
        host: summary.host,
        stop: summary.stop.filter(|_| steps.failed),
        error: (steps.failed && !output.is_empty()).then(|| decode_error(&output)),
    })
}

/// Returns the instructions of a transaction.
///
/// An Anvil keeps them only when it was started with `--steps-tracing`, which costs memory for
/// every transaction. Otherwise the transaction is made again as a call on the state before it.
async fn steps(chain: &Chain, transaction: B256) -> Result<DefaultFrame, Error> {
    let mut options = GethDebugTracingOptions::default();
    options.config = options.config.disable_stack().disable_storage().disable_memory();
    let kept: DefaultFrame = replay(chain, transaction, options.clone()).await?;
    if !kept.struct_logs.is_empty() {
        return Ok(kept);
    }
    let (request, before, block) = remake(chain, transaction).await?;
    let options = GethDebugTracingCallOptions::new(options).with_block_overrides(block);
    let remade = chain.provider().raw_request(REPLAY_CALL.into(), (request, before, options));
    let remade: DefaultFrame = chain.ask(REPLAY_CALL, remade).await?;
    if (remade.failed, remade.gas) == (kept.failed, kept.gas) {
        return Ok(remade);
    }
    Err(Error::Answer {
        request: REPLAY_CALL.to_owned(),
        reason: format!(
            "made again the transaction uses {} gas, not {}, since others are before it in its block; start Anvil with `--steps-tracing`",
            remade.gas, kept.gas
        ),
    })
}

/// Returns a transaction as a call, the block that it is to be called on, and what of that block
/// was different for it.
async fn remake(
    chain: &Chain,
    transaction: B256,
) -> Result<(TransactionRequest, BlockNumberOrTag, BlockOverrides), Error> {
    let unknown = |reason: &str| Error::Answer {
        request: "eth_getTransactionByHash".to_owned(),
        reason: reason.to_owned(),
    };
    let sent = chain.provider().get_transaction_by_hash(transaction);
    let sent = chain.ask("eth_getTransactionByHash", sent).await?;
    let sent = sent.ok_or_else(|| unknown("there is no such transaction"))?;
    let number = sent.block_number.ok_or_else(|| unknown("it is not mined"))?;
    let header = chain.header(number.into()).await?;
    let mut request = TransactionRequest::default()
        .from(sent.inner.signer())
        .value(sent.value())
        .gas_limit(sent.gas_limit())
        .input(sent.input().clone().into());
    request.to = Some(sent.kind());
    request.access_list = sent.access_list().cloned();
    let block = BlockOverrides {
        number: Some(U256::from(number)),
        time: Some(header.timestamp),
        coinbase: Some(header.beneficiary),
        gas_limit: Some(header.gas_limit),
        ..BlockOverrides::default()
    };
    Ok((request, number.saturating_sub(1).into(), block))
}

/// Asks the node to replay a transaction.
async fn replay<T>(
    chain: &Chain,
    transaction: B256,
    options: GethDebugTracingOptions,
) -> Result<T, Error>
where
    T: DeserializeOwned + Debug + Send + Sync + Unpin + 'static,
{
    let answer = chain.provider().raw_request(REPLAY.into(), (transaction, options));
    chain.ask(REPLAY, answer).await
}

/// The code of a failed creation is not there, and one that succeeded is what was built.
fn check(program: &Program, code: &Bytes) -> Result<(), Error> {
    if code.is_empty() || keccak256(code) == program.code_hash {
        return Ok(());
    }
    Err(Error::CodeDiffers { contract: program.name.clone(), address: program.address })
}

fn collect(call: &CallFrame, addresses: &mut BTreeSet<Address>) {
    addresses.extend(call.to);
    call.calls.iter().for_each(|call| collect(call, addresses));
}

/// Returns the calls in which code runs, which are those that have instructions of their own.
fn frame(call: &CallFrame, silent: &BTreeSet<Address>, failed: bool) -> Frame {
    let runs = |call: &&CallFrame| {
        let is_creation = call.typ.starts_with("CREATE");
        let address = call.to.unwrap_or_default();
        is_creation || !(silent.contains(&address) || is_precompile(address))
    };
    let calls = call.calls.iter().filter(runs);
    Frame {
        address: call.to.unwrap_or_default(),
        failed,
        calls: calls.map(|call| frame(call, silent, call.error.is_some())).collect(),
    }
}

fn is_precompile(address: Address) -> bool {
    address > Address::ZERO && address <= Address::with_last_byte(LAST_PRECOMPILE)
}

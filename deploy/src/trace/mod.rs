//! Decides how the gas of a mined transaction is told by Rust function.
//!
//! The node replays the transaction instruction by instruction; the translator's source map says
//! which function of the module each instruction comes from.

mod profile;

use std::collections::BTreeSet;

use alloy::{
    primitives::{Address, B256, Bytes, keccak256},
    providers::Provider,
    rpc::types::trace::geth::{CallConfig, CallFrame, DefaultFrame, GethDebugTracingOptions},
};
use serde::Serialize;
use stylus_evm::SourceMap;

use crate::{AddressBook, Artifact, DecodedError, Error, Workspace, chain::Chain, decode_error};
use profile::{Frame, Profiler};
pub use profile::{FunctionGas, HostGas, Stop};

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
    let mut options = GethDebugTracingOptions::default();
    options.config = options.config.disable_stack().disable_storage().disable_memory();
    let steps: DefaultFrame = replay(chain, transaction, options).await?;
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

/// Asks the node to replay a transaction.
async fn replay<
    T: serde::de::DeserializeOwned + std::fmt::Debug + Send + Sync + Unpin + 'static,
>(
    chain: &Chain,
    transaction: B256,
    options: GethDebugTracingOptions,
) -> Result<T, Error> {
    const METHOD: &str = "debug_traceTransaction";
    let answer = chain.provider().raw_request(METHOD.into(), (transaction, options));
    chain.ask(METHOD, answer).await
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

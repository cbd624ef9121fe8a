//! Decides what `datacoop trace` shows: where the gas of a transaction went, and where it stopped.

use std::io::{self, Write};

use alloy::primitives::B256;
use datacoop_deploy::{
    AddressBook, Error, Workspace,
    trace::{FunctionGas, HostGas, Program, Trace, trace},
};

use crate::{
    args::RpcArgs,
    cli::after_help,
    output::{Out, Report, pairs, table},
    words,
};

/// Shows where the gas of a transaction on a dev node went, by Rust function, and for one that
/// failed in which function it stopped.
///
/// The contracts are those of the address book, as they were built last.
#[derive(Debug, clap::Args)]
#[command(after_help = after_help!(
    "datacoop trace 0x4e03…7d45             the most expensive functions"
    "datacoop trace 0x4e03…7d45 --json      everything"
))]
pub(crate) struct TraceArgs {
    /// The transaction's hash.
    #[arg(value_name = "TRANSACTION")]
    transaction: B256,

    /// How many functions the text shows.
    #[arg(long, value_name = "NUMBER", default_value_t = 20)]
    limit: usize,
}

/// A trace, and how much of it is shown to people.
#[derive(serde::Serialize)]
struct Traced {
    #[serde(flatten)]
    trace: Trace,
    #[serde(skip)]
    limit: usize,
}

impl TraceArgs {
    pub(crate) async fn run(self, rpc: &RpcArgs, out: &Out) -> anyhow::Result<()> {
        let Self { transaction, limit } = self;
        let chain = rpc.connect().await?;
        let path = rpc.book_path(&chain)?;
        let book = AddressBook::read(&path)?
            .ok_or_else(|| Error::NotDeployed { chain_id: chain.id(), path })?;
        let workspace = Workspace::find()?;
        let programs = tokio::task::block_in_place(|| Program::of_book(&workspace, &book))?;
        let trace = trace(&chain, &programs, transaction).await?;
        out.result(&Traced { trace, limit })
    }
}

impl Report for Traced {
    const COMMAND: &'static str = "trace";

    fn show(&self, to: &mut dyn Write) -> io::Result<()> {
        let Self { trace, limit } = self;
        let around = i128::from(trace.gas_used) - i128::from(trace.code_gas);
        pairs(
            to,
            &[
                ("transaction", &trace.transaction),
                ("gas used", &trace.gas_used),
                ("by code", &trace.code_gas),
                ("by the transaction, less the refund", &around),
            ],
        )?;
        writeln!(to, "\n{}", functions(&trace.functions, *limit))?;
        if let Some(more) = trace.functions.len().checked_sub(*limit).filter(|more| *more > 0) {
            writeln!(to, "and {more} more functions")?;
        }
        writeln!(to, "\n{}", operations(&trace.host))?;
        stop(to, trace)
    }
}

fn functions(functions: &[FunctionGas], limit: usize) -> comfy_table::Table {
    let header = ["self gas", "host gas", "total gas", "calls", "contract", "function"];
    let mut table = table(header, &[0, 1, 2, 3]);
    for row in functions.iter().take(limit) {
        let FunctionGas { contract, function, calls, self_gas, host_gas, total_gas } = row;
        let numbers = [self_gas, host_gas, total_gas, calls].map(ToString::to_string);
        table.add_row(numbers.into_iter().chain([contract.clone(), function.clone()]));
    }
    table
}

fn operations(host: &[HostGas]) -> comfy_table::Table {
    let mut table = table(["gas", "times", "contract", "host operation"], &[0, 1]);
    for HostGas { contract, operation, times, gas } in host {
        table.add_row([gas.to_string(), times.to_string(), contract.clone(), operation.clone()]);
    }
    table
}

fn stop(to: &mut dyn Write, trace: &Trace) -> io::Result<()> {
    let Some(stop) = &trace.stop else { return Ok(()) };
    let how = match &trace.error {
        Some(error) => format!("reverted: {}", words::explain(error)),
        None => format!("trapped ({})", stop.reason),
    };
    writeln!(
        to,
        "\nIt {how}\nin {} of {}, at byte {:#x} of the module, called by",
        stop.function, stop.contract, stop.wasm_offset
    )?;
    stop.backtrace.iter().skip(1).try_for_each(|function| writeln!(to, "  {function}"))
}

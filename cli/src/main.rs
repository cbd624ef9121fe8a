//! Decides how the `datacoop` command starts and ends: parse, run, one exit status.

mod amount;
mod args;
mod aside;
mod ask;
mod cli;
mod codes;
mod commands;
mod ether;
mod exit;
mod output;
mod progress;
mod time;
mod words;

use std::process::ExitCode;

use anyhow::Context as _;
use clap::{CommandFactory as _, FromArgMatches as _};

use crate::{args::OfflineArgs, cli::Cli, exit::Failure};

fn main() -> ExitCode {
    let matches = match Cli::command().try_get_matches() {
        Ok(matches) => matches,
        Err(error) => return exit::misused(&error),
    };
    let mut cli = match Cli::from_arg_matches(&matches) {
        Ok(cli) => cli,
        Err(error) => return exit::misused(&error),
    };
    let out = cli.global.output.out();
    let name = cli.command.name();
    let result = OfflineArgs::of(&matches).and_then(|aside| {
        cli.global.rpc.lay_aside(aside);
        start(cli)
    });
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => exit::report(&Failure::of(&error), name, &out),
    }
}

/// Runs the command, unless the user interrupts it. What it holds, such as a node that it
/// started, is dropped and thereby stopped either way.
fn start(cli: Cli) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    runtime.context("the asynchronous runtime did not start")?.block_on(async {
        tokio::select! {
            result = cli.run() => result,
            () = interrupted() => Err(exit::Interrupted.into()),
        }
    })
}

/// Waits for an interrupt from the keyboard or a request to end.
async fn interrupted() {
    let keyboard = tokio::signal::ctrl_c();
    let Ok(mut request) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())
    else {
        // Without the handler the system's own way of ending the process stays in force.
        let _ = keyboard.await;
        return;
    };
    tokio::select! {
        _ = keyboard => {}
        _ = request.recv() => {}
    }
}

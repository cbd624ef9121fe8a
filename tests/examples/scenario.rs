//! Plays scenarios on cooperatives of their own, with any seed and as long as one likes:
//! `cargo run --locked --example scenario -- --seed 1 --interactions 10000`.

#![allow(
    clippy::print_stderr,
    clippy::print_stdout,
    clippy::disallowed_macros,
    reason = "a command for people"
)]

use std::process::ExitCode;

use datacoop_tests::scenario::Scenario;

#[tokio::main]
async fn main() -> ExitCode {
    let (mut seed, mut interactions) = (1_u64, 1_000_usize);
    let mut arguments = std::env::args().skip(1);
    while let Some(flag) = arguments.next() {
        let value = arguments.next().and_then(|value| value.parse::<u64>().ok());
        match (flag.as_str(), value) {
            ("--seed", Some(value)) => seed = value,
            ("--interactions", Some(value)) => {
                interactions = value.try_into().unwrap_or(usize::MAX);
            }
            _ => {
                eprintln!("usage: scenario [--seed S] [--interactions N]");
                return ExitCode::from(2);
            }
        }
    }
    let mut scenario = match Scenario::start(seed).await {
        Ok(scenario) => scenario,
        Err(error) => {
            eprintln!("seed {seed}: {error:#}");
            return ExitCode::FAILURE;
        }
    };
    let outcome = scenario.run(interactions).await;
    println!("{}", scenario.tally());
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

//! Runs random modules in the reference engine and, translated, on the EVM, as many as one likes:
//! `cargo run --locked --example fuzz -- --modules 10000 --seed 1`.

#![allow(
    missing_docs,
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::print_stderr,
    clippy::print_stdout,
    clippy::disallowed_macros,
    reason = "a command for people that shares its parts with the tests"
)]

#[path = "../tests/it/support/mod.rs"]
mod support;

use std::process::ExitCode;

use support::random::{Verdict, module, run};

fn main() -> ExitCode {
    let (mut modules, mut seed, mut first) = (1000_u64, 1_u64, 0_u64);
    let mut arguments = std::env::args().skip(1);
    while let Some(flag) = arguments.next() {
        let value = arguments.next().and_then(|value| value.parse().ok());
        match (flag.as_str(), value) {
            ("--modules", Some(value)) => modules = value,
            ("--seed", Some(value)) => seed = value,
            ("--first", Some(value)) => first = value,
            _ => {
                eprintln!("usage: fuzz [--modules N] [--seed S] [--first N]");
                return ExitCode::from(2);
            }
        }
    }
    let mut counts = [0_u64; 5];
    let mut different = 0;
    for number in first..first + modules {
        let Some(random) = module(seed, number) else { continue };
        match run(&random, number) {
            Ok(verdict) => counts[verdict as usize] += 1,
            Err(difference) => {
                different += 1;
                let difference: String = difference.chars().take(300).collect();
                eprintln!("module {number} of seed {seed}: {difference}");
            }
        }
    }
    println!(
        "seed {seed}: {} returned alike, {} trapped alike, {} near misses, {} exhausted, {} refused, {different} differ",
        counts[Verdict::Returned as usize],
        counts[Verdict::Trapped as usize],
        counts[Verdict::NearMiss as usize],
        counts[Verdict::Exhausted as usize],
        counts[Verdict::Refused as usize],
    );
    if different == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

//! Runs the suite's contracts against their translations for as long as told, and reports.
//!
//! ```sh
//! cargo run --locked --example twin -- [--seed 1] [--calls 100000]
//! ```
//! Exits with status 1 and the call that differs when the two worlds disagree.

#![allow(clippy::print_stderr, reason = "progress of a long run")]

#[path = "../tests/twin/harness/mod.rs"]
mod harness;

use std::{error::Error, io::Write, time::Instant};

use harness::{Campaign, Report};

/// Calls between two lines of progress.
const STRIDE: usize = 10_000;

fn main() -> Result<(), Box<dyn Error>> {
    let mut seed = 1;
    let mut calls = 100_000;
    let mut arguments = std::env::args().skip(1);
    while let Some(flag) = arguments.next() {
        let value = arguments.next().ok_or("a flag takes a number")?;
        match flag.as_str() {
            "--seed" => seed = value.parse()?,
            "--calls" => calls = value.parse()?,
            other => return Err(format!("unknown flag `{other}`").into()),
        }
    }
    let campaign = Campaign::new()?;
    let start = Instant::now();
    let mut report = Report::default();
    let mut done = 0;
    while done < calls {
        let stride = STRIDE.min(calls - done);
        campaign.run(seed, stride, &mut report)?;
        done += stride;
        seed += 1;
        eprintln!("{done} of {calls} calls after {:.0?}", start.elapsed());
    }
    writeln!(std::io::stdout(), "{report}\n{:.1?}", start.elapsed())?;
    Ok(())
}

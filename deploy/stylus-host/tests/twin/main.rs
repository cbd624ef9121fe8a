//! Twin runs of fixed seeds: a program in the host and its translation in an EVM must agree.

#![allow(clippy::unwrap_used, reason = "in a test a missing value is a failure")]

mod governor;
mod harness;
mod probes;
mod scripts;

#[path = "../programs/mod.rs"]
mod programs;

use harness::{Campaign, Report};

/// Calls of each seed.
const CALLS: usize = 1_000;

#[test]
fn contracts_of_the_suite_agree_with_their_translations() {
    let campaign = Campaign::new().unwrap();
    let mut report = Report::default();
    for seed in [1, 2, 3] {
        if let Err(difference) = campaign.run(seed, CALLS, &mut report) {
            panic!("{difference}\n{report}");
        }
    }
    eprintln!("{report}");
    let [success, revert, failure] = report.totals();
    assert!(success > CALLS && revert > CALLS / 2 && failure > CALLS / 10, "{report}");
}

//! Random modules of a fixed seed, against the reference engine. `cargo run --locked --example
//! fuzz` runs as many more as one likes.

use crate::support::random::{Verdict, module, run};

/// Modules that are made; a few cannot be.
const MODULES: u64 = 400;
const SEED: u64 = 7;

#[test]
fn random_modules_run_alike() {
    let mut verdicts = Vec::new();
    for number in 0..MODULES {
        let Some(random) = module(SEED, number) else { continue };
        match run(&random, number) {
            Ok(verdict) => verdicts.push(verdict),
            Err(difference) => panic!("module {number} of seed {SEED}: {difference}"),
        }
    }
    let count = |wanted| verdicts.iter().filter(|&&verdict| verdict == wanted).count();
    assert!(count(Verdict::Returned) > verdicts.len() / 4, "{verdicts:?}");
    assert!(count(Verdict::Trapped) > verdicts.len() / 20, "{verdicts:?}");
}

//! DataCoopRewards beside a model of it: for random calls from a fixed seed every event, every
//! error and every balance is what the rules say.
//!
//! The model is written from the interface and the documented rules, in plain big integers and
//! with the whole history at hand, where the contract has a few packed words.

mod model;
mod run;

use anyhow::{Context, Result};
use run::Run;

/// The runs of `cargo test`, each on a chain of its own.
const SEEDS: [u64; 3] = [0xc0_0b01, 0xc0_0b02, 0xc0_0b03];

/// Calls in each run.
const CALLS: usize = 400;

/// How often all state is compared.
const COMPARED_EVERY: usize = 20;

#[tokio::test]
async fn the_rewards_do_what_the_rules_say() -> Result<()> {
    let [first, second, third] = SEEDS.map(run);
    let counts = tokio::try_join!(first, second, third)?;
    for (accepted, refused) in [counts.0, counts.1, counts.2] {
        assert!(accepted > CALLS / 4 && refused > CALLS / 10, "{accepted} and {refused}");
    }
    Ok(())
}

/// Makes random calls, and returns how many were accepted and refused.
async fn run(seed: u64) -> Result<(usize, usize)> {
    let mut run = Run::new(seed).await?;
    let (mut accepted, mut refused) = (0, 0);
    for number in 0..CALLS {
        let context = || format!("call {number} of seed {seed:#x}");
        let succeeded = run.next().await.with_context(context)?;
        if succeeded {
            accepted += 1
        } else {
            refused += 1
        }
        if number % COMPARED_EVERY == 0 {
            run.compare_state().await.with_context(context)?;
        }
    }
    run.compare_state().await?;
    Ok((accepted, refused))
}

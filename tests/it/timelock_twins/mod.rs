//! The timelock beside OpenZeppelin's `TimelockController`, on one Anvil.
//!
//! Thousands of random operations from fixed seeds must give equal results, events and errors, also
//! when what is executed fails or calls back, and leave equal state. Meanwhile the list of pending
//! operations must be exactly those that are pending. A failure names the seed, the batch and the
//! step.

mod calls;
mod operation;
mod world;

use std::collections::BTreeMap;

use alloy::{
    primitives::{Address, FixedBytes, U256},
    sol_types::{Panic, SolError, SolValue},
};
use anyhow::{Context, Result, ensure};
use datacoop_deploy::{
    bindings::ITimelock::ITimelockErrors,
    chain::{Chain, Sender},
    contracts::TIMELOCK,
    deploy::create,
    keys::dev_account,
    node::NodeOptions,
};
use datacoop_tests::{Driver, GOVERNANCE, artifact, create_raw, peer, start_node};
use operation::Operation;
use world::{ACTORS, World};

/// Batches in each run.
const BATCHES: usize = 48;

/// Steps in each batch, which share a second.
const STEPS: usize = 36;

/// After how many batches the list of pending operations is read.
const LISTED_EVERY: usize = 8;

/// The minimum delay at first, in seconds.
const DELAY_SECS: u64 = 100;

/// How often each kind of operation, and each error, was seen.
#[derive(Default)]
struct Tallies {
    kinds: BTreeMap<&'static str, [usize; 2]>,
    errors: BTreeMap<FixedBytes<4>, usize>,
}

#[tokio::test]
async fn the_timelock_cannot_be_told_from_openzeppelins() -> Result<()> {
    run(0x71e1_0001).await
}

#[tokio::test]
async fn the_timelock_cannot_be_told_from_openzeppelins_with_another_seed() -> Result<()> {
    run(0x71e1_0002).await
}

#[tokio::test]
async fn the_timelock_cannot_be_told_from_openzeppelins_with_a_third_seed() -> Result<()> {
    run(0x71e1_0003).await
}

/// Runs random operations of `seed` on both twins.
async fn run(seed: u64) -> Result<()> {
    let (_node, chain) = start_node(NodeOptions::default()).await?;
    let driver = Driver::new(chain.provider().clone(), ACTORS).await?;
    let twins = twins(&chain, &driver).await?;
    let target = peer("TimelockTarget")?.bytecode;
    let target = create_raw(chain.provider(), GOVERNANCE, target).await?;
    let mut world = World::new(&chain, driver, twins, target, seed).await?;
    let mut tallies = Tallies::default();
    for batch in 0..BATCHES {
        let context = || format!("batch {batch} of seed {seed:#x}");
        world.run_batch(STEPS, &mut tallies).await.with_context(context)?;
        if batch % LISTED_EVERY == LISTED_EVERY - 1 {
            world.check_the_list().await.with_context(context)?;
        }
    }
    tallies.check().with_context(|| format!("seed {seed:#x}"))
}

impl Tallies {
    fn count(&mut self, operation: &Operation, success: bool, output: &[u8]) {
        self.kinds.entry(operation.kind).or_default()[usize::from(!success)] += 1;
        if let Some(selector) = output.first_chunk::<4>().filter(|_| !success) {
            *self.errors.entry(FixedBytes(*selector)).or_default() += 1;
        }
    }

    /// A run that only fails, or never does, proves little.
    fn check(&self) -> Result<()> {
        for kind in operation::KINDS {
            let [good, bad] = self.kinds.get(kind.name).copied().unwrap_or_default();
            ensure!(good > 0 || !kind.can_succeed, "no `{}` succeeded", kind.name);
            ensure!(bad > 0 || !kind.can_fail, "no `{}` failed", kind.name);
        }
        let own = ITimelockErrors::SELECTORS.iter().map(|selector| FixedBytes(*selector));
        let panic = [FixedBytes(Panic::SELECTOR), FixedBytes(calls::Refused::SELECTOR)];
        for selector in own.chain(panic) {
            let name = ITimelockErrors::name_by_selector(selector.0).unwrap_or("of another");
            // The bound of the delay is ours alone.
            let expected = name != "TimelockDelayTooLong";
            let seen = self.errors.contains_key(&selector);
            ensure!(seen == expected, "`{name}` was seen: {seen}, expected: {expected}");
        }
        Ok(())
    }
}

/// Deploys both: the first actor administers, proposes and cancels, the second proposes, the third
/// executes.
async fn twins(chain: &Chain, driver: &Driver) -> Result<[Address; 2]> {
    let [admin, proposer, executor] = [0, 1, 2].map(|index| driver.actors[index]);
    let lists = (vec![admin, proposer], vec![executor]);
    let arguments = (U256::from(DELAY_SECS), lists.0, lists.1, admin).abi_encode_params();
    let sender = Sender::new(chain, dev_account(0)?);
    let ours = create(&sender, &artifact(&TIMELOCK)?, &arguments).await?.address;
    let initcode = [peer("TimelockPeer")?.bytecode.to_vec(), arguments].concat();
    Ok([ours, create_raw(chain.provider(), GOVERNANCE, initcode.into()).await?])
}

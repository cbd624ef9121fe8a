//! The treasury beside Safe 1.5.0, on one Anvil.
//!
//! Thousands of random operations from fixed seeds must give equal results, events and errors, down
//! to the bytes, and leave equal state. A failure names the seed, the batch and the step.

mod calls;
mod consent;
mod operation;
mod refunds;
mod world;

use std::collections::{BTreeMap, BTreeSet};

use alloy::{
    primitives::B256,
    sol_types::{Revert, SolError, SolEvent},
};
use anyhow::{Context, Result, ensure};
use datacoop_deploy::{bindings::ITreasury as T, node::NodeOptions};
use datacoop_tests::{End, start_node};
use world::World;

/// Operations in each run.
const OPERATIONS: usize = 1_300;

/// Operations in a batch, at most.
const BATCH: usize = 16;

/// What Safe refuses with, as far as it can be come to: GS000 and GS002 belong to its `setup`.
const REFUSALS: [&str; 29] = [
    "GS001",
    "GS010",
    "GS011",
    "GS012",
    "GS020",
    "GS021",
    "GS022",
    "GS023",
    "GS024",
    "GS025",
    "GS026",
    "GS030",
    "GS031",
    "GS101",
    "GS102",
    "GS103",
    "GS104",
    "GS105",
    "GS106",
    "GS200",
    "GS201",
    "GS202",
    "GS203",
    "GS204",
    "GS205",
    "GS300",
    "GS301",
    "GS400",
    "not signed",
];

/// What Safe tells, apart from `SafeSetup` and what libraries tell for it.
const EVENTS: [(&str, B256); 14] = [
    ("ApproveHash", T::ApproveHash::SIGNATURE_HASH),
    ("ExecutionSuccess", T::ExecutionSuccess::SIGNATURE_HASH),
    ("ExecutionFailure", T::ExecutionFailure::SIGNATURE_HASH),
    ("SafeReceived", T::SafeReceived::SIGNATURE_HASH),
    ("AddedOwner", T::AddedOwner::SIGNATURE_HASH),
    ("RemovedOwner", T::RemovedOwner::SIGNATURE_HASH),
    ("ChangedThreshold", T::ChangedThreshold::SIGNATURE_HASH),
    ("EnabledModule", T::EnabledModule::SIGNATURE_HASH),
    ("DisabledModule", T::DisabledModule::SIGNATURE_HASH),
    ("ExecutionFromModuleSuccess", T::ExecutionFromModuleSuccess::SIGNATURE_HASH),
    ("ExecutionFromModuleFailure", T::ExecutionFromModuleFailure::SIGNATURE_HASH),
    ("ChangedModuleGuard", T::ChangedModuleGuard::SIGNATURE_HASH),
    ("ChangedGuard", T::ChangedGuard::SIGNATURE_HASH),
    ("ChangedFallbackHandler", T::ChangedFallbackHandler::SIGNATURE_HASH),
];

/// How often each kind of operation was seen, and which refusals and events.
#[derive(Default)]
struct Tallies {
    operations: usize,
    kinds: BTreeMap<&'static str, [usize; 2]>,
    refusals: BTreeMap<String, usize>,
    events: BTreeSet<B256>,
}

#[tokio::test]
async fn the_treasury_cannot_be_told_from_safe() -> Result<()> {
    run(0x5afe_0001).await
}

#[tokio::test]
async fn the_treasury_cannot_be_told_from_safe_with_another_seed() -> Result<()> {
    run(0x5afe_0002).await
}

#[tokio::test]
async fn the_treasury_cannot_be_told_from_safe_with_a_third_seed() -> Result<()> {
    run(0x5afe_0003).await
}

#[tokio::test]
async fn the_treasury_cannot_be_told_from_safe_with_a_fourth_seed() -> Result<()> {
    run(0x5afe_0004).await
}

/// Runs random operations of `seed` on both twins.
async fn run(seed: u64) -> Result<()> {
    let (_node, chain) = start_node(NodeOptions::default()).await?;
    let mut world = World::new(&chain, seed).await?;
    let mut tallies = Tallies::default();
    let mut batch = 0;
    while tallies.operations < OPERATIONS {
        let context = || format!("batch {batch} of seed {seed:#x}");
        world.run_batch(BATCH, &mut tallies).await.with_context(context)?;
        batch += 1;
    }
    tallies.check().with_context(|| format!("seed {seed:#x}"))
}

impl Tallies {
    /// Counts an operation by how its calls ended, of which the last is the one that counts.
    fn count(&mut self, kind: &'static str, ends: &[End]) {
        self.operations += 1;
        for End { success, output, logs } in ends {
            if let Ok(refusal) = Revert::abi_decode(output)
                && !success
            {
                *self.refusals.entry(refusal.reason).or_default() += 1;
            }
            let topics = logs.iter().filter_map(|(_, log)| log.topics().first());
            self.events.extend(topics.copied());
        }
        let failed = ends.last().is_some_and(|end| !end.success);
        self.kinds.entry(kind).or_default()[usize::from(failed)] += 1;
    }

    /// A run that only fails, or never does, proves little.
    fn check(&self) -> Result<()> {
        for kind in operation::KINDS {
            let [good, bad] = self.kinds.get(kind.name).copied().unwrap_or_default();
            let name = kind.name;
            ensure!((good > 0) == kind.can_succeed, "{good} `{name}` succeeded");
            ensure!(bad > 0 || !kind.can_fail, "no `{name}` failed");
            ensure!(
                bad == 0 || kind.can_fail || name == "execute, come what may",
                "`{name}` failed"
            );
        }
        for refusal in REFUSALS {
            ensure!(self.refusals.contains_key(refusal), "nothing was refused with `{refusal}`");
        }
        for (name, topic) in EVENTS {
            ensure!(self.events.contains(&topic), "no `{name}` was seen");
        }
        let good: usize = self.kinds.values().map(|[good, _]| good).sum();
        ensure!(good * 4 > self.operations, "only {good} of {} succeeded", self.operations);
        Ok(())
    }
}

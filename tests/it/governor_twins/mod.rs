//! The governor beside OpenZeppelin's Governor with the same extensions.
//!
//! They live on two Anvils that are alike in everything, addresses and times included, but for the
//! governor's code, so that not a byte of what is returned, reverted with or logged, be it by the
//! governor, its timelock or its token, has to be excused. Thousands of random operations from
//! fixed seeds must be equal in all of that and in the state that is read after each. A failure
//! names the seed and lists the operations of the block.

mod ballot;
mod plan;
mod run;
mod world;

use std::collections::BTreeSet;

use alloy::{
    primitives::U256,
    sol_types::{Panic, SolCall, SolError},
};
use anyhow::{Context, Result, ensure};
use datacoop_deploy::bindings::IGovernor;
use run::{Run, Tallies};
use world::{GovernorWorldTarget::setCall, World};

/// The runs, each on chains of its own: an Anvil is slower with every block.
const SEEDS: [u64; 4] = [0x90be_0001, 0x90be_0002, 0x90be_0003, 0x90be_0004];

/// Operations of each seed.
const OPERATIONS: usize = 2_000;

/// Errors that the runs have seen.
const ERRORS: [[u8; 4]; 17] = [
    IGovernor::GovernorInvalidProposalLength::SELECTOR,
    IGovernor::GovernorNonexistentProposal::SELECTOR,
    IGovernor::GovernorUnexpectedProposalState::SELECTOR,
    IGovernor::GovernorInsufficientProposerVotes::SELECTOR,
    IGovernor::GovernorRestrictedProposer::SELECTOR,
    IGovernor::GovernorUnableToCancel::SELECTOR,
    IGovernor::GovernorAlreadyCastVote::SELECTOR,
    IGovernor::GovernorInvalidVoteType::SELECTOR,
    IGovernor::GovernorInvalidSignature::SELECTOR,
    IGovernor::GovernorInvalidVotingPeriod::SELECTOR,
    IGovernor::GovernorPreventLateQuorumVoteExtensionTooLarge::SELECTOR,
    IGovernor::GovernorInvalidQuorumFraction::SELECTOR,
    IGovernor::GovernorOnlyExecutor::SELECTOR,
    IGovernor::GovernorDisabledDeposit::SELECTOR,
    IGovernor::FailedCall::SELECTOR,
    // A governor's own call that is executed past the governor.
    Panic::SELECTOR,
    world::GovernorWorldTimelock::TimelockUnexpectedOperationState::SELECTOR,
];

/// The states that the runs have seen: all that there are but expired.
const STATES: [u8; 7] = [0, 1, 2, 3, 4, 5, 7];

#[tokio::test]
async fn the_governor_cannot_be_told_from_openzeppelins() -> Result<()> {
    let [first, second, third, fourth] = SEEDS.map(run);
    let (first, second, third, fourth) = tokio::try_join!(first, second, third, fourth)?;
    let mut all = Tallies::default();
    for tallies in [first, second, third, fourth] {
        all.add(tallies);
    }
    for kind in run::KINDS {
        let [succeeded, failed] = all.kinds.get(kind.name).copied().unwrap_or_default();
        ensure!(succeeded > 0 || !kind.can_succeed, "no `{}` succeeded: {all:?}", kind.name);
        ensure!(succeeded == 0 || kind.can_succeed, "some `{}` succeeded: {all:?}", kind.name);
        ensure!(failed > 0 || !kind.can_fail, "no `{}` failed: {all:?}", kind.name);
    }
    let missing: Vec<_> = ERRORS.iter().filter(|error| !all.errors.contains_key(*error)).collect();
    ensure!(missing.is_empty(), "errors that were not seen: {missing:x?}: {all:x?}");
    ensure!(all.states == BTreeSet::from(STATES), "the states that were seen: {all:?}");
    Ok(())
}

async fn run(seed: u64) -> Result<Tallies> {
    let mut run = Run::new(seed).await?;
    run.operations(OPERATIONS).await.with_context(|| format!("seed {seed:#x}"))
}

#[tokio::test]
async fn a_difference_between_the_governors_chains_is_noticed() -> Result<()> {
    let mut world = World::new().await?;
    let target = world.places.target;
    let step = world.step(0, target, setCall { newValue: U256::from(1) }.abi_encode());
    world.run(std::slice::from_ref(&step), &[]).await?;
    world.tamper(target, U256::ZERO, U256::from(2)).await?;
    let error = world.run(&[step], &[]).await.expect_err("the events differ");
    assert!(error.to_string().starts_with("in step 0 ours logs"), "{error}");
    Ok(())
}

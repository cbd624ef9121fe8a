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

use alloy::sol_types::{Panic, SolError};
use anyhow::{Context, Result, ensure};
use datacoop_deploy::bindings::IGovernor;
use run::{Run, Tallies};

/// Operations of each seed.
const OPERATIONS: usize = 1_300;

/// Errors that each seed's run has seen.
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

/// The states that each seed's run has seen: all that there are but expired.
const STATES: [u8; 7] = [0, 1, 2, 3, 4, 5, 7];

#[tokio::test]
async fn the_governor_cannot_be_told_from_openzeppelins_on_the_first_seeds() -> Result<()> {
    run_both([0x90be_0001, 0x90be_0002]).await
}

#[tokio::test]
async fn the_governor_cannot_be_told_from_openzeppelins_on_the_last_seeds() -> Result<()> {
    run_both([0x90be_0003, 0x90be_0004]).await
}

async fn run_both([first, second]: [u64; 2]) -> Result<()> {
    let (first, second) = tokio::try_join!(run(first), run(second))?;
    for kind in run::KINDS {
        let counts = [&first, &second].map(|tallies| tallies.kinds.get(kind.name));
        let [succeeded, failed] =
            [0, 1].map(|end| counts.iter().flatten().map(|count| count[end]).sum::<usize>());
        ensure!(succeeded > 0 || !kind.can_succeed, "no `{}` succeeded", kind.name);
        ensure!(succeeded == 0 || kind.can_succeed, "some `{}` succeeded", kind.name);
        ensure!(failed > 0 || !kind.can_fail, "no `{}` failed", kind.name);
    }
    let errors: BTreeSet<_> = first.errors.union(&second.errors).copied().collect();
    let missing: Vec<_> = ERRORS.iter().filter(|error| !errors.contains(*error)).collect();
    ensure!(missing.is_empty(), "errors that were not seen: {missing:x?}");
    let states: BTreeSet<_> = first.states.union(&second.states).copied().collect();
    ensure!(states == BTreeSet::from(STATES), "the states that were seen: {states:?}");
    Ok(())
}

async fn run(seed: u64) -> Result<Tallies> {
    let mut run = Run::new(seed).await?;
    run.operations(OPERATIONS).await.with_context(|| format!("seed {seed:#x}"))
}

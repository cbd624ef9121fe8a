//! What the governor's actions cost beside OpenZeppelin's, in translation on an Anvil.

use alloy::{primitives::U256, sol_types::SolCall};
use anyhow::{Result, ensure};
use datacoop_deploy::bindings::IGovernor;

use super::{
    plan::Plan,
    world::{ACTORS, GovernorWorldTarget::setCall, MIN_DELAY, VOTING_DELAY, VOTING_PERIOD, World},
};

#[tokio::test]
async fn no_action_costs_more_than_twice_openzeppelins() -> Result<()> {
    let mut world = World::new().await?;
    let people = world.voters()[ACTORS..].to_vec();
    let call = setCall { newValue: U256::from(5) };
    let plan = Plan::one(world.places.target, call.abi_encode(), "Set the value to five");
    let withdrawn = Plan::one(world.places.target, call.abi_encode(), "Never mind");
    let mut costs = Vec::new();
    world.wait(10);
    costs.push(("propose", world.gas(people[1], plan.propose()).await?));
    costs.push(("propose again", world.gas(people[1], withdrawn.propose()).await?));
    costs.push(("cancel", world.gas(people[1], withdrawn.cancel()).await?));
    world.wait(VOTING_DELAY);
    let (id, support) = (plan.id(), 1);
    let vote = IGovernor::castVoteCall { proposalId: id, support }.abi_encode();
    costs.push(("castVote", world.gas(people[0], vote.clone()).await?));
    costs.push(("castVote, reaching the quorum", world.gas(people[1], vote).await?));
    let reason = "It is time".to_owned();
    let vote = IGovernor::castVoteWithReasonCall { proposalId: id, support, reason };
    costs.push(("castVoteWithReason", world.gas(people[2], vote.abi_encode()).await?));
    let vote = IGovernor::castVoteCall { proposalId: id, support }.abi_encode();
    let actors = (0..ACTORS).map(|actor| world.step(actor, world.places.governor, vote.clone()));
    let steps: Vec<_> = actors.collect();
    world.run(&steps, &[]).await?;
    world.wait(VOTING_PERIOD.into());
    costs.push(("queue", world.gas(people[0], plan.queue()).await?));
    world.wait(MIN_DELAY);
    costs.push(("execute", world.gas(people[0], plan.execute()).await?));
    for (action, [ours, peers]) in &costs {
        ensure!(
            *ours <= 2 * peers,
            "{action}: {ours} gas, OpenZeppelin's takes {peers}: {costs:?}"
        );
    }
    Ok(())
}

//! Classes of proposals: a fast track for what governance allowed, and what passes unless it is
//! objected to.

use alloy::{
    primitives::{Address, FixedBytes, U256, aliases::U48},
    sol_types::SolCall,
};
use anyhow::{Context, Result};
use datacoop_deploy::bindings::{
    IDataCoopRewards::{
        cooldownPeriodCall, rewardRateCall, setCooldownPeriodCall, setRewardRateCall,
    },
    IGovernor::{
        self, IGovernorErrors, IGovernorEvents, ProposalClass, ProposalState, castVoteCall,
        proposeWithClassCall, setActionAllowedCall, setClassTermsCall, setOptimisticProposerCall,
        vetoQuorumCall,
    },
};
use datacoop_tests::{ALICE, BOB, CAROL, Dao, Proposal, TOKEN};

const FAST: ProposalClass = ProposalClass::FastTrack;
const OPTIMISTIC: ProposalClass = ProposalClass::Optimistic;
const HOUR: u64 = 3_600;
const DAY: u64 = 24 * HOUR;

/// A cooperative that switched both classes on, by a standard proposal: they may set the cooldown,
/// and Carol may propose optimistically.
async fn with_classes() -> Result<Dao> {
    let dao = Dao::start().await?;
    let terms = |class: ProposalClass, delay: u64, period: u64, veto: u64| setClassTermsCall {
        proposalClass: class,
        votingDelay: U48::from(delay),
        votingPeriod: u32::try_from(period).unwrap_or(u32::MAX),
        vetoNumerator: U256::from(veto),
    };
    let allow = |class: ProposalClass| setActionAllowedCall {
        proposalClass: class,
        target: dao.rewards.address,
        selector: FixedBytes(setCooldownPeriodCall::SELECTOR),
        allowed: true,
    };
    let governor = dao.governor.address;
    let setup = Proposal::new("Two more ways to decide")
        .call(governor, &terms(FAST, 0, HOUR, 0))
        .call(governor, &terms(OPTIMISTIC, 0, DAY, 3))
        .call(governor, &allow(FAST))
        .call(governor, &allow(OPTIMISTIC))
        .call(governor, &setOptimisticProposerCall { proposer: CAROL, allowed: true });
    dao.enact(&setup).await?;
    Ok(dao)
}

fn cooldown(dao: &Dao, days: u64) -> Proposal {
    let call = setCooldownPeriodCall { newPeriod: U256::from(days * DAY) };
    Proposal::new(&format!("{days} days")).call(dao.rewards.address, &call)
}

fn in_class(proposal: &Proposal, class: ProposalClass) -> proposeWithClassCall {
    let IGovernor::proposeCall { targets, values, calldatas, description } = proposal.propose();
    proposeWithClassCall { proposalClass: class, targets, values, calldatas, description }
}

async fn propose(
    dao: &Dao,
    from: Address,
    proposal: &Proposal,
    class: ProposalClass,
) -> Result<U256> {
    let done = dao.governor.send(from, in_class(proposal, class)).await?;
    let classified = done.events.iter().find_map(|event| match event {
        IGovernorEvents::ProposalClassified(event) => Some((event.proposalId, event.proposalClass)),
        _ => None,
    });
    let (id, found) = classified.context("the proposal has no class")?;
    assert_eq!(found, class);
    Ok(id)
}

#[tokio::test]
async fn the_fast_track_is_fast_and_touches_only_what_is_allowed() -> Result<()> {
    let dao = with_classes().await?;
    let proposal = cooldown(&dao, 2);
    let id = propose(&dao, ALICE, &proposal, FAST).await?;
    dao.pass_time(1).await?;
    dao.governor.send(ALICE, castVoteCall { proposalId: id, support: 1 }).await?;
    dao.pass_time(HOUR + 1).await?;
    dao.finish(&proposal).await?;
    assert_eq!(dao.rewards.read(cooldownPeriodCall {}).await?, U256::from(2 * DAY));

    // Another function of the same contract, an allowed one hidden behind it, the governor itself.
    let rate = setRewardRateCall { newRate: U256::from(1_000) * TOKEN };
    let governor = setOptimisticProposerCall { proposer: BOB, allowed: true };
    let target = dao.rewards.address;
    for (index, proposal) in [
        (0, Proposal::new("rate").call(target, &rate)),
        (1, cooldown(&dao, 3).call(target, &rate)),
        (1, cooldown(&dao, 4).call(dao.governor.address, &governor)),
    ] {
        let refusal = dao.governor.refusal(ALICE, in_class(&proposal, FAST)).await?;
        let IGovernorErrors::GovernorActionNotAllowed(error) = refusal else {
            panic!("refused otherwise: {refusal:?}")
        };
        assert_eq!(error.index, U256::from(index));
    }
    assert_eq!(dao.rewards.read(rewardRateCall {}).await?, U256::from(10) * TOKEN);
    Ok(())
}

#[tokio::test]
async fn an_optimistic_proposal_passes_when_nobody_objects() -> Result<()> {
    let dao = with_classes().await?;
    let proposal = cooldown(&dao, 6);
    let stranger = dao.governor.refusal(BOB, in_class(&proposal, OPTIMISTIC)).await?;
    assert!(matches!(
        stranger,
        IGovernorErrors::GovernorNotOptimisticProposer(error) if error.proposer == BOB
    ));
    let id = propose(&dao, CAROL, &proposal, OPTIMISTIC).await?;
    dao.pass_time(DAY + 2).await?;
    assert_eq!(dao.state(id).await?, ProposalState::Succeeded);
    dao.finish(&proposal).await?;
    assert_eq!(dao.rewards.read(cooldownPeriodCall {}).await?, U256::from(6 * DAY));
    Ok(())
}

#[tokio::test]
async fn an_optimistic_proposal_falls_when_enough_object() -> Result<()> {
    let dao = with_classes().await?;
    let proposal = cooldown(&dao, 6);
    let id = propose(&dao, CAROL, &proposal, OPTIMISTIC).await?;
    dao.pass_time(1).await?;
    // Three hundredths of all votes are Bob's.
    let veto = dao.governor.read(vetoQuorumCall { proposalId: id }).await?;
    assert_eq!(veto, U256::from(300_000) * TOKEN);
    dao.governor.send(BOB, castVoteCall { proposalId: id, support: 0 }).await?;
    dao.pass_time(DAY + 2).await?;
    assert_eq!(dao.state(id).await?, ProposalState::Defeated);
    let refusal = dao.governor.refusal(CAROL, proposal.queue()).await?;
    assert!(matches!(refusal, IGovernorErrors::GovernorUnexpectedProposalState(_)));
    assert_eq!(dao.rewards.read(cooldownPeriodCall {}).await?, U256::from(7 * DAY));
    Ok(())
}

//! Attacks on the governor, each refused, and refused alike by OpenZeppelin's.
//!
//! (Those on what is beyond OpenZeppelin's, such as the whitelist of the fast track, and being
//! locked out of the timelock, are among the governor's own tests.)

use alloy::{
    primitives::{Bytes, U256},
    sol_types::{Panic, SolCall, SolError},
};
use anyhow::Result;
use datacoop_deploy::bindings::IGovernor::{
    self, GovernorAlreadyCastVote, GovernorInsufficientProposerVotes, GovernorInvalidSignature,
    GovernorOnlyExecutor, GovernorRestrictedProposer, GovernorUnexpectedProposalState,
    ProposalState,
};

use super::{
    ballot::{Forgery, Vote},
    plan::{Plan, u48},
    run::Run,
    world::{
        ACTORS, EXTENSION, End, GovernorWorldReenterer, GovernorWorldTarget::setCall,
        GovernorWorldToken, MIN_DELAY, OTHER_PROPOSER, VOTING_DELAY, VOTING_PERIOD,
    },
};

/// A stage for one attack.
struct Stage {
    run: Run,
}

impl Stage {
    async fn new() -> Result<Self> {
        let mut run = Run::new(0xa77ac).await?;
        run.world.wait(10);
        Ok(Self { run })
    }

    /// A plan to set the target's value.
    fn plan(&self, description: &str) -> Plan {
        let call = setCall { newValue: U256::from(5) };
        Plan::one(self.run.world.places.target, call.abi_encode(), description)
    }

    /// Calls of the governor by actors, in one block.
    async fn calls(&mut self, calls: &[(usize, Vec<u8>)]) -> Result<Vec<End>> {
        let governor = self.run.world.places.governor;
        let steps =
            calls.iter().map(|(actor, call)| self.run.world.step(*actor, governor, call.clone()));
        let steps: Vec<_> = steps.collect();
        self.run.world.run(&steps, &[]).await
    }

    /// A call that succeeds.
    async fn ok(&mut self, actor: usize, call: Vec<u8>) -> Result<Bytes> {
        let end = self.calls(&[(actor, call)]).await?.remove(0);
        assert!(end.success, "{end:?}");
        Ok(end.output)
    }

    /// A call that is refused with an error.
    async fn refused(&mut self, actor: usize, call: Vec<u8>, error: impl SolError) -> Result<()> {
        let end = self.calls(&[(actor, call)]).await?.remove(0);
        assert_eq!(end, End { success: false, output: error.abi_encode().into() });
        Ok(())
    }

    /// Proposes, and waits until voting is on.
    async fn propose(&mut self, plan: &Plan) -> Result<()> {
        self.ok(1, plan.propose()).await?;
        self.run.world.wait(VOTING_DELAY);
        Ok(())
    }

    /// Has a proposal that is voted on pass, and waits until it may be executed.
    async fn pass(&mut self, plan: &Plan) -> Result<()> {
        let vote = vote(plan, 1);
        let votes: Vec<_> = (0..ACTORS).map(|actor| (actor, vote.clone())).collect();
        self.calls(&votes).await?;
        self.run.world.wait(u64::from(VOTING_PERIOD) + EXTENSION);
        self.ok(0, plan.queue()).await?;
        self.run.world.wait(MIN_DELAY);
        Ok(())
    }

    async fn state(&self, plan: &Plan) -> Result<ProposalState> {
        let call = IGovernor::stateCall { proposalId: plan.id() };
        self.run.world.ask(self.run.world.places.governor, &call).await
    }
}

fn vote(plan: &Plan, support: u8) -> Vec<u8> {
    IGovernor::castVoteCall { proposalId: plan.id(), support }.abi_encode()
}

fn unexpected(plan: &Plan, current: ProposalState, expected: ProposalState) -> impl SolError {
    GovernorUnexpectedProposalState {
        proposalId: plan.id(),
        current,
        expectedStates: U256::from(1 << expected as u8).into(),
    }
}

#[tokio::test]
async fn flash_loaned_votes_neither_propose_nor_count() -> Result<()> {
    let mut stage = Stage::new().await?;
    let plan = stage.plan("a loan");
    stage.propose(&plan).await?;
    let (world, attacker) = (&stage.run.world, 0);
    let (account, token) = (world.places.actors[attacker], world.places.token);
    let loan = GovernorWorldToken::mintCall { to: account, value: U256::from(1_000_000) };
    let delegate = GovernorWorldToken::delegateCall { delegatee: account };
    // All in one block: borrow, delegate, propose and vote.
    let steps = [
        world.step(attacker, token, loan.abi_encode()),
        world.step(attacker, token, delegate.abi_encode()),
        world.step(attacker, world.places.governor, stage.plan("bought").propose()),
        world.step(attacker, world.places.governor, vote(&plan, 0)),
    ];
    let ends = stage.run.world.run(&steps, &[]).await?;
    let poor = GovernorInsufficientProposerVotes {
        proposer: account,
        votes: U256::from(900),
        threshold: U256::from(1_000),
    };
    assert_eq!(ends[2], End { success: false, output: poor.abi_encode().into() });
    // What was its own at the snapshot counts, and no more.
    assert_eq!(U256::from_be_slice(&ends[3].output), U256::from(900));
    Ok(())
}

#[tokio::test]
async fn no_token_votes_twice_by_moving_on() -> Result<()> {
    let mut stage = Stage::new().await?;
    let plan = stage.plan("twice");
    stage.propose(&plan).await?;
    let weight = stage.ok(3, vote(&plan, 1)).await?;
    assert_eq!(U256::from_be_slice(&weight), U256::from(3_000));
    let world = &stage.run.world;
    let delegate = GovernorWorldToken::delegateCall { delegatee: world.places.actors[4] };
    let steps = [world.step(3, world.places.token, delegate.abi_encode())];
    stage.run.world.run(&steps, &[]).await?;
    let weight = stage.ok(4, vote(&plan, 1)).await?;
    assert_eq!(U256::from_be_slice(&weight), U256::from(900), "its own of the snapshot alone");
    let voter = stage.run.world.places.actors[3];
    stage.refused(3, vote(&plan, 0), GovernorAlreadyCastVote { voter }).await
}

#[tokio::test]
async fn signatures_are_neither_replayed_nor_bent() -> Result<()> {
    let mut stage = Stage::new().await?;
    let plan = stage.plan("signed");
    stage.propose(&plan).await?;
    let ballot = Vote { id: plan.id(), support: 1, extended: None };
    // A person, and a contract that speaks for its owner.
    for voter in [ACTORS, 2] {
        let account = stage.run.world.voters()[voter];
        let refusal = || GovernorInvalidSignature { voter: account };
        for forgery in [
            Forgery::OtherChain,
            Forgery::HighS,
            Forgery::Compact,
            Forgery::WrongSigner,
            Forgery::OtherSupport,
        ] {
            let call = ballot.clone().signed(&mut stage.run, voter, U256::ZERO, forgery);
            stage.refused(0, call, refusal()).await?;
        }
        let call = ballot.clone().signed(&mut stage.run, voter, U256::ZERO, Forgery::None);
        stage.ok(0, call.clone()).await?;
        stage.refused(0, call, refusal()).await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_proposal_with_a_suffix_is_not_taken_away() -> Result<()> {
    let mut stage = Stage::new().await?;
    let (owner, thief) = (stage.run.world.places.actors[1], stage.run.world.places.actors[2]);
    let plan = stage.plan(&format!("mine#proposer={owner}"));
    stage.refused(2, plan.propose(), GovernorRestrictedProposer { proposer: thief }).await?;
    stage.ok(1, plan.propose()).await?;
    assert_eq!(stage.state(&plan).await?, ProposalState::Pending);
    Ok(())
}

#[tokio::test]
async fn a_late_quorum_can_be_answered() -> Result<()> {
    let mut stage = Stage::new().await?;
    let plan = stage.plan("at the last moment");
    stage.propose(&plan).await?;
    // A whale and a friend reach the quorum two seconds before the end.
    stage.run.world.wait(u64::from(VOTING_PERIOD) - 5);
    stage.calls(&[(3, vote(&plan, 1)), (4, vote(&plan, 1))]).await?;
    // The others see it, and have time.
    stage.run.world.wait(EXTENSION - 10);
    let against: Vec<_> = [1, 2, 5].map(|actor| (actor, vote(&plan, 0))).into();
    let ends = stage.calls(&against).await?;
    assert!(ends.iter().all(|end| end.success), "{ends:?}");
    stage.run.world.wait(EXTENSION);
    let refusal = unexpected(&plan, ProposalState::Defeated, ProposalState::Succeeded);
    stage.refused(3, plan.queue(), refusal).await
}

#[tokio::test]
async fn nothing_is_executed_twice_nor_from_within() -> Result<()> {
    let mut stage = Stage::new().await?;
    let reenterer = stage.run.world.create_peer("GovernorWorldReenterer", &[], U256::ZERO).await?;
    let plan = Plan::one(reenterer, vec![1, 2, 3, 4], "call me back");
    stage.propose(&plan).await?;
    stage.pass(&plan).await?;
    let arm = GovernorWorldReenterer::armCall {
        to: stage.run.world.places.governor,
        data: plan.execute().into(),
    };
    let steps = [stage.run.world.step(0, reenterer, arm.abi_encode())];
    stage.run.world.run(&steps, &[]).await?;
    stage.ok(0, plan.execute()).await?;
    let world = &stage.run.world;
    assert!(world.ask(reenterer, &GovernorWorldReenterer::doneCall {}).await?);
    assert!(!world.ask(reenterer, &GovernorWorldReenterer::succeededCall {}).await?);
    let answer = world.ask(reenterer, &GovernorWorldReenterer::answerCall {}).await?;
    let refusal = || unexpected(&plan, ProposalState::Executed, ProposalState::Queued);
    assert_eq!(answer, Bytes::from(refusal().abi_encode()));
    stage.refused(0, plan.execute(), refusal()).await
}

#[tokio::test]
async fn another_proposer_of_the_timelock_does_not_govern() -> Result<()> {
    let mut stage = Stage::new().await?;
    let governor = stage.run.world.places.governor;
    let call = IGovernor::setVotingDelayCall { newVotingDelay: u48(1) }.abi_encode();
    let account = stage.run.world.places.actors[OTHER_PROPOSER];
    stage.refused(OTHER_PROPOSER, call.clone(), GovernorOnlyExecutor { account }).await?;
    // Through the timelock, on which it may schedule.
    let plan = Plan::one(governor, call, "");
    let timelock = stage.run.world.places.timelocks[0];
    let schedule =
        stage.run.world.step(OTHER_PROPOSER, timelock, plan.schedule(governor, MIN_DELAY));
    let ends = stage.run.world.run(&[schedule], &[]).await?;
    assert!(ends[0].success, "{ends:?}");
    stage.run.world.wait(MIN_DELAY);
    let execute = stage.run.world.step(0, timelock, plan.execute_on_timelock(governor));
    let ends = stage.run.world.run(&[execute], &[]).await?;
    let refusal = Panic { code: U256::from(0x31) }.abi_encode();
    assert_eq!(ends[0], End { success: false, output: refusal.into() });
    Ok(())
}

//! The life of a proposal: every way to vote, late quorum, the wait, the deed, and the veto.

use alloy::{
    primitives::U256,
    signers::SignerSync,
    sol_types::{SolStruct, eip712_domain},
};
use anyhow::Result;
use datacoop_deploy::{
    bindings::{
        IDataCoopRewards::{cooldownPeriodCall, setCooldownPeriodCall},
        IDataToken::{balanceOfCall, transferCall},
        IGovernor::{
            self, IGovernorErrors, IGovernorEvents, ProposalState, cancelCall, castVoteBySigCall,
            castVoteCall, castVoteWithReasonAndParamsCall, castVoteWithReasonCall, noncesCall,
            proposalDeadlineCall, proposalVotesCall,
        },
        ITreasury::execTransactionFromModuleCall,
    },
    keys::dev_account,
};
use datacoop_tests::{ALICE, BOB, CAROL, Dao, GUARDIAN, Proposal, TOKEN};

alloy::sol! {
    struct Ballot {
        uint256 proposalId;
        uint8 support;
        address voter;
        uint256 nonce;
    }
}

const DAYS: u64 = 86_400;

/// Rewards' cooldown becomes five days, and the treasury pays Carol 100 DATA.
fn proposal(dao: &Dao) -> Proposal {
    let pay = transferCall { to: CAROL, value: U256::from(100) * TOKEN };
    let pay = execTransactionFromModuleCall {
        to: dao.data.address,
        value: U256::ZERO,
        data: alloy::sol_types::SolCall::abi_encode(&pay).into(),
        operation: 0,
    };
    Proposal::new("A shorter cooldown, and Carol is paid")
        .call(dao.rewards.address, &setCooldownPeriodCall { newPeriod: U256::from(5 * DAYS) })
        .call(dao.treasury.address, &pay)
}

/// Signs Bob's ballot (dev account 4), as his wallet would for a relayer.
async fn signed_by_bob(dao: &Dao, id: U256, support: u8) -> Result<castVoteBySigCall> {
    let nonce = dao.governor.read(noncesCall { owner: BOB }).await?;
    let domain = eip712_domain! {
        name: "Datacoop Governor",
        version: "1",
        chain_id: dao.chain.id(),
        verifying_contract: dao.governor.address,
    };
    let ballot = Ballot { proposalId: id, support, voter: BOB, nonce };
    let signature = dev_account(4)?.sign_hash_sync(&ballot.eip712_signing_hash(&domain))?;
    let signature = signature.as_bytes().to_vec().into();
    Ok(castVoteBySigCall { proposalId: id, support, voter: BOB, signature })
}

#[tokio::test]
async fn a_proposal_is_voted_on_in_all_ways_waits_and_is_done() -> Result<()> {
    let dao = Dao::start().await?;
    let proposal = proposal(&dao);
    let id = dao.propose(ALICE, &proposal).await?;
    assert_eq!(dao.state(id).await?, ProposalState::Pending);
    let early = dao.governor.refusal(BOB, castVoteCall { proposalId: id, support: 1 }).await?;
    assert!(matches!(early, IGovernorErrors::GovernorUnexpectedProposalState(_)));
    dao.pass_time(dao.terms.voting_delay + 1).await?;

    let reason = "it is time".to_owned();
    dao.governor
        .send(CAROL, castVoteWithReasonCall { proposalId: id, support: 2, reason: reason.clone() })
        .await?;
    let params = vec![1, 2, 3].into();
    let vote = castVoteWithReasonAndParamsCall { proposalId: id, support: 1, reason, params };
    let done = dao.governor.send(ALICE, vote).await?;
    assert!(matches!(done.events[..], [IGovernorEvents::VoteCastWithParams(_)]));
    // Carol carries Bob's signature to the chain; carried again it is void.
    let ballot = signed_by_bob(&dao, id, 0).await?;
    dao.governor.send(CAROL, ballot.clone()).await?;
    let again = dao.governor.refusal(CAROL, ballot).await?;
    assert!(matches!(again, IGovernorErrors::GovernorInvalidSignature(e) if e.voter == BOB));
    let twice = dao.governor.refusal(ALICE, castVoteCall { proposalId: id, support: 1 }).await?;
    assert!(matches!(twice, IGovernorErrors::GovernorAlreadyCastVote(e) if e.voter == ALICE));
    let votes = dao.governor.read(proposalVotesCall { proposalId: id }).await?;
    let thousands = |count: u64| U256::from(count * 1_000) * TOKEN;
    assert_eq!(votes.forVotes, thousands(9_500));
    assert_eq!(votes.againstVotes, thousands(300));
    assert_eq!(votes.abstainVotes, thousands(200));

    let unqueued = dao.governor.refusal(BOB, proposal.queue()).await?;
    assert!(matches!(unqueued, IGovernorErrors::GovernorUnexpectedProposalState(_)));
    dao.pass_time(dao.terms.voting_period).await?;
    assert_eq!(dao.state(id).await?, ProposalState::Succeeded);
    dao.governor.send(BOB, proposal.queue()).await?;
    assert_eq!(dao.state(id).await?, ProposalState::Queued);
    // The timelock has its own word for too early, which the governor passes on.
    let too_early = dao.governor.revert_data(BOB, proposal.execute()).await?;
    assert_eq!(datacoop_deploy::decode_error(&too_early).name, "TimelockUnexpectedOperationState");
    dao.pass_time(dao.terms.timelock_delay + 1).await?;
    let before = dao.data.read(balanceOfCall { account: dao.treasury.address }).await?;
    dao.governor.send(CAROL, proposal.execute()).await?;

    assert_eq!(dao.state(id).await?, ProposalState::Executed);
    assert_eq!(dao.rewards.read(cooldownPeriodCall {}).await?, U256::from(5 * DAYS));
    let paid = U256::from(100) * TOKEN;
    assert_eq!(dao.data.read(balanceOfCall { account: CAROL }).await?, paid);
    let after = dao.data.read(balanceOfCall { account: dao.treasury.address }).await?;
    assert_eq!(before - after, paid);
    let again = dao.governor.refusal(CAROL, proposal.execute()).await?;
    assert!(matches!(again, IGovernorErrors::GovernorUnexpectedProposalState(_)));
    Ok(())
}

#[tokio::test]
async fn a_quorum_that_comes_late_leaves_time_to_answer() -> Result<()> {
    let dao = Dao::start().await?;
    let id = dao.propose(ALICE, &proposal(&dao)).await?;
    dao.pass_time(dao.terms.voting_delay + 1).await?;
    dao.governor.send(BOB, castVoteCall { proposalId: id, support: 0 }).await?;
    let deadline = dao.governor.read(proposalDeadlineCall { proposalId: id }).await?;
    dao.pass_time(dao.terms.voting_period - 20).await?;
    let done = dao.governor.send(ALICE, castVoteCall { proposalId: id, support: 1 }).await?;
    let extended = done.events.iter().find_map(|event| match event {
        IGovernorEvents::ProposalExtended(extended) => Some(extended.extendedDeadline),
        _ => None,
    });
    let later = dao.governor.read(proposalDeadlineCall { proposalId: id }).await?;
    assert_eq!(extended.map(U256::from), Some(later));
    assert_eq!(later, U256::from(dao.chain.now().await? + dao.terms.vote_extension));
    assert!(later > deadline);
    // Past the first deadline, and still open.
    dao.pass_time(30).await?;
    dao.governor.send(CAROL, castVoteCall { proposalId: id, support: 0 }).await?;
    assert_eq!(dao.state(id).await?, ProposalState::Active);
    Ok(())
}

#[tokio::test]
async fn the_guardian_vetoes_until_the_agreed_date_and_no_longer() -> Result<()> {
    let dao = Dao::start_with(|terms| terms.veto_until = now() + 30 * DAYS).await?;
    let proposal = proposal(&dao);
    let id = dao.propose(ALICE, &proposal).await?;
    let cancel = |proposal: &Proposal| {
        let IGovernor::queueCall { targets, values, calldatas, descriptionHash } = proposal.queue();
        cancelCall { targets, values, calldatas, descriptionHash }
    };
    let nobody = dao.governor.refusal(BOB, cancel(&proposal)).await?;
    assert!(matches!(nobody, IGovernorErrors::GovernorUnableToCancel(e) if e.account == BOB));
    let done = dao.governor.send(GUARDIAN, cancel(&proposal)).await?;
    assert!(done.events.iter().any(
        |event| matches!(event, IGovernorEvents::ProposalVetoed(veto) if veto.proposalId == id)
    ));
    assert_eq!(dao.state(id).await?, ProposalState::Canceled);

    let other = Proposal { description: "again, later".to_owned(), ..proposal };
    dao.pass_time(31 * DAYS).await?;
    dao.propose(ALICE, &other).await?;
    let expired = dao.governor.refusal(GUARDIAN, cancel(&other)).await?;
    assert!(matches!(
        expired,
        IGovernorErrors::GovernorGuardianExpired(e) if e.guardian == GUARDIAN
    ));
    Ok(())
}

/// The time of this machine, from which a new Anvil starts, in seconds since 1970.
fn now() -> u64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map(|time| time.as_secs()).unwrap_or_default()
}

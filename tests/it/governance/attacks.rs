//! Attacks that take the whole suite, on a real Anvil: GOV, governor, timelock and treasury as they
//! are deployed. (Those that one contract alone refuses are among its own tests.)

use alloy::{
    primitives::{Address, B256, Bytes, U256, keccak256},
    providers::Provider,
    sol_types::{SolCall, SolValue},
};
use anyhow::Result;
use datacoop_deploy::{
    bindings::{
        IDataCoopRewards::setCooldownPeriodCall,
        IGovToken::{
            approveCall, delegateCall, getVotesCall, mintCall, setTransferPolicyCall, transferCall,
            transferFromCall,
        },
        IGovernor::{
            self, IGovernorErrors, ProposalState, castVoteCall, proposalVotesCall, relayCall,
            setVotingPeriodCall, timelockCall, updateTimelockCall, votingPeriodCall,
        },
        ITimelock::{
            self, executeBatchCall, getMinDelayCall, hashOperationBatchCall, updateDelayCall,
        },
        ITreasury::{
            execTransactionFromModuleCall, governorCall, setGovernorCall, setSpendingLimitCall,
            spendCall,
        },
    },
    chain::Sender,
    contracts::TIMELOCK,
    deploy::create,
    keys::dev_account,
};
use datacoop_tests::{ALICE, BOB, CAROL, Dao, GOVERNANCE, GUARDIAN, Proposal, TOKEN, artifact};

use super::actors::{Attacker::Attempt, Foe, attempt, by_governance, send};

const DAY: u64 = 86_400;

/// Something harmless to propose.
fn proposal(dao: &Dao, description: &str) -> Proposal {
    let call = setCooldownPeriodCall { newPeriod: U256::from(5 * DAY) };
    Proposal::new(description).call(dao.rewards.address, &call)
}

/// A cooperative whose GOV may go anywhere.
async fn with_open_gov() -> Result<Dao> {
    let dao = Dao::start().await?;
    let open = setTransferPolicyCall { policy: 0 };
    dao.enact(&Proposal::new("GOV may go anywhere").call(dao.gov.address, &open)).await?;
    Ok(dao)
}

async fn cast_for(dao: &Dao, id: U256) -> Result<U256> {
    Ok(dao.governor.read(proposalVotesCall { proposalId: id }).await?.forVotes)
}

#[tokio::test]
async fn a_flash_loan_of_gov_neither_proposes_nor_votes() -> Result<()> {
    let dao = with_open_gov().await?;
    let foe = Foe::new(&dao).await?;
    let id = dao.propose(ALICE, &proposal(&dao, "on the table")).await?;
    dao.pass_time(dao.terms.voting_delay + 1).await?;
    let (value, governor) = (U256::from(9_500_000) * TOKEN, dao.governor.address);
    dao.gov.send(ALICE, approveCall { spender: foe.address, value }).await?;
    let gov = dao.gov.address;
    // Nearly all GOV there is, for the time of one transaction.
    let attempts = vec![
        attempt(gov, &transferFromCall { from: ALICE, to: foe.address, value }),
        attempt(gov, &delegateCall { delegatee: foe.address }),
        attempt(gov, &getVotesCall { account: foe.address }),
        attempt(governor, &proposal(&dao, "bought").propose()),
        attempt(governor, &castVoteCall { proposalId: id, support: 1 }),
        attempt(gov, &transferCall { to: ALICE, value }),
    ];
    let outcomes = foe.attempts(&dao, attempts).await?;
    let word = |word: U256| Ok(Bytes::from(word.abi_encode()));
    assert_eq!(outcomes[2], word(value), "the loan was given");
    assert_eq!(outcomes[3], Err("GovernorInsufficientProposerVotes".to_owned()));
    assert_eq!(outcomes[4], word(U256::ZERO), "a vote of nothing");
    assert_eq!(outcomes[5], word(U256::ONE), "the loan was given back");
    assert_eq!(cast_for(&dao, id).await?, U256::ZERO);
    // The lender's votes of the snapshot are the lender's still.
    dao.governor.send(ALICE, castVoteCall { proposalId: id, support: 1 }).await?;
    assert_eq!(cast_for(&dao, id).await?, value);
    Ok(())
}

#[tokio::test]
async fn gov_that_moves_on_votes_once() -> Result<()> {
    let dao = with_open_gov().await?;
    let id = dao.propose(ALICE, &proposal(&dao, "twice")).await?;
    dao.pass_time(dao.terms.voting_delay + 1).await?;
    let value = U256::from(9_500_000) * TOKEN;
    dao.governor.send(ALICE, castVoteCall { proposalId: id, support: 1 }).await?;
    dao.gov.send(ALICE, transferCall { to: GUARDIAN, value }).await?;
    dao.gov.send(GUARDIAN, delegateCall { delegatee: GUARDIAN }).await?;
    dao.pass_time(5).await?;
    assert_eq!(dao.gov.read(getVotesCall { account: GUARDIAN }).await?, value);
    dao.governor.send(GUARDIAN, castVoteCall { proposalId: id, support: 1 }).await?;
    assert_eq!(cast_for(&dao, id).await?, value, "counted once");
    // For the next proposal they are the new holder's, and the old one's no longer.
    let id = dao.propose(GUARDIAN, &proposal(&dao, "once more")).await?;
    dao.pass_time(dao.terms.voting_delay + 1).await?;
    for voter in [ALICE, GUARDIAN] {
        dao.governor.send(voter, castVoteCall { proposalId: id, support: 1 }).await?;
    }
    assert_eq!(cast_for(&dao, id).await?, value);
    Ok(())
}

#[tokio::test]
async fn a_reserved_proposal_is_not_front_run() -> Result<()> {
    let dao = Dao::start().await?;
    let reserved = proposal(&dao, &format!("mine#proposer={ALICE}"));
    let refused = dao.governor.refusal(BOB, reserved.propose()).await?;
    assert!(matches!(
        refused,
        IGovernorErrors::GovernorRestrictedProposer(error) if error.proposer == BOB
    ));
    let id = dao.propose(ALICE, &reserved).await?;
    assert_eq!(dao.state(id).await?, ProposalState::Pending);
    // One that is not reserved may be taken and withdrawn by another; it is not lost for all that.
    let open = proposal(&dao, "anybody's");
    let taken = dao.propose(BOB, &open).await?;
    let IGovernor::queueCall { targets, values, calldatas, descriptionHash } = open.queue();
    let cancel = IGovernor::cancelCall { targets, values, calldatas, descriptionHash };
    dao.governor.send(BOB, cancel).await?;
    let late = dao.governor.refusal(ALICE, open.propose()).await?;
    assert!(matches!(
        late,
        IGovernorErrors::GovernorUnexpectedProposalState(error)
            if error.proposalId == taken && error.current == ProposalState::Canceled
    ));
    dao.propose(ALICE, &proposal(&dao, &format!("anybody's#proposer={ALICE}"))).await?;
    Ok(())
}

/// The call that has the timelock execute a proposal without the governor.
fn on_timelock(dao: &Dao, proposal: &Proposal) -> executeBatchCall {
    let IGovernor::executeCall { targets, values, calldatas, descriptionHash } = proposal.execute();
    let mut salt = descriptionHash;
    salt.iter_mut().zip(dao.governor.address).for_each(|(byte, other)| *byte ^= other);
    executeBatchCall { targets, values, payloads: calldatas, predecessor: B256::ZERO, salt }
}

/// All that a contract might try while a proposal calls it: beside the proposal and another one
/// that waits, there is an operation for each thing that only the timelock may do.
fn bypasses(dao: &Dao, running: &Proposal, waiting: &Proposal, foe: Address) -> Vec<Attempt> {
    let (governor, timelock) = (dao.governor.address, dao.timelock.address);
    let role = B256::ZERO;
    let operation = ITimelock::scheduleCall {
        target: dao.gov.address,
        value: U256::ZERO,
        data: mintCall { to: foe, amount: TOKEN }.abi_encode().into(),
        predecessor: B256::ZERO,
        salt: B256::ZERO,
        delay: U256::ZERO,
    };
    let treasury = execTransactionFromModuleCall {
        to: foe,
        value: U256::ONE,
        data: Bytes::new(),
        operation: 0,
    };
    vec![
        attempt(governor, &running.execute()),
        attempt(governor, &running.queue()),
        attempt(governor, &waiting.execute()),
        attempt(timelock, &on_timelock(dao, waiting)),
        attempt(timelock, &operation),
        attempt(timelock, &updateDelayCall { newDelay: U256::ZERO }),
        attempt(timelock, &ITimelock::grantRoleCall { role, account: foe }),
        attempt(governor, &setVotingPeriodCall { newVotingPeriod: 1 }),
        attempt(governor, &relayCall { target: foe, value: U256::ZERO, data: Bytes::new() }),
        attempt(dao.gov.address, &mintCall { to: foe, amount: TOKEN }),
        attempt(dao.treasury.address, &treasury),
        attempt(dao.treasury.address, &setGovernorCall { newGovernor: foe }),
    ]
}

/// How each of them is refused.
const REFUSALS: [&str; 12] = [
    "GovernorUnexpectedProposalState",
    "GovernorUnexpectedProposalState",
    "TimelockUnexpectedOperationState",
    "TimelockUnexpectedOperationState",
    "AccessControlUnauthorizedAccount",
    "TimelockUnauthorizedCaller",
    "AccessControlUnauthorizedAccount",
    "GovernorOnlyExecutor",
    "GovernorOnlyExecutor",
    "AccessControlUnauthorizedAccount",
    "Error",
    "Error",
];

#[tokio::test]
async fn a_contract_that_a_proposal_calls_gets_past_no_delay_and_no_role() -> Result<()> {
    let dao = Dao::start().await?;
    let foe = Foe::new(&dao).await?;
    // The proposal changes the governor itself as well, so that a call is registered while it runs.
    let period = setVotingPeriodCall { newVotingPeriod: 700 };
    let running = Proposal::new("calls a stranger")
        .call(foe.address, &mintCall { to: foe.address, amount: TOKEN })
        .call(dao.governor.address, &period);
    let waiting = proposal(&dao, "waits for its delay");
    dao.propose(ALICE, &running).await?;
    dao.propose(BOB, &waiting).await?;
    dao.pass_time(dao.terms.voting_delay + 1).await?;
    for proposal in [&running, &waiting] {
        let id = proposal_id(proposal);
        dao.governor.send(ALICE, castVoteCall { proposalId: id, support: 1 }).await?;
    }
    dao.pass_time(dao.terms.voting_period + 1).await?;
    dao.governor.send(BOB, running.queue()).await?;
    dao.pass_time(dao.terms.timelock_delay - 10).await?;
    dao.governor.send(BOB, waiting.queue()).await?;
    dao.pass_time(20).await?;
    foe.plans(&dao, bypasses(&dao, &running, &waiting, foe.address)).await?;
    let done = dao.governor.send(BOB, running.execute()).await?;
    let outcomes = foe.outcomes(&done.receipt)?;
    let refusals = outcomes.into_iter().map(|outcome| outcome.expect_err("it is refused"));
    assert_eq!(refusals.collect::<Vec<_>>(), REFUSALS);
    assert_eq!(dao.governor.read(votingPeriodCall {}).await?, U256::from(700), "what was agreed");
    assert_eq!(dao.state(proposal_id(&waiting)).await?, ProposalState::Queued);
    let delay = U256::from(dao.terms.timelock_delay);
    assert_eq!(dao.timelock.read(getMinDelayCall {}).await?, delay);
    assert_eq!(dao.treasury.read(governorCall {}).await?, dao.timelock.address);
    // It is done, and done once: not by the governor, nor by the timelock alone.
    let again = dao.governor.refusal(BOB, running.execute()).await?;
    assert!(matches!(again, IGovernorErrors::GovernorUnexpectedProposalState(_)));
    Ok(())
}

/// A proposal's id, as every governor makes it.
fn proposal_id(proposal: &Proposal) -> U256 {
    let Proposal { targets, values, calldatas, .. } = proposal.clone();
    let words = (targets, values, calldatas, proposal.description_hash()).abi_encode_params();
    keccak256(words).into()
}

#[tokio::test]
async fn what_governs_is_not_executed_past_the_governor() -> Result<()> {
    let dao = Dao::start().await?;
    let period = setVotingPeriodCall { newVotingPeriod: 700 };
    let proposal = Proposal::new("longer votes").call(dao.governor.address, &period);
    let id = dao.propose(ALICE, &proposal).await?;
    dao.pass_time(dao.terms.voting_delay + 1).await?;
    dao.governor.send(ALICE, castVoteCall { proposalId: id, support: 1 }).await?;
    dao.pass_time(dao.terms.voting_period + 1).await?;
    dao.governor.send(BOB, proposal.queue()).await?;
    dao.pass_time(dao.terms.timelock_delay + 1).await?;
    // Everybody may execute on the timelock, but the governor has not said that it is its turn.
    let call = on_timelock(&dao, &proposal);
    let executeBatchCall { targets, values, payloads, predecessor, salt } = call.clone();
    let hash = hashOperationBatchCall { targets, values, payloads, predecessor, salt };
    let ready = ITimelock::isOperationReadyCall { id: dao.timelock.read(hash).await? };
    assert!(dao.timelock.read(ready).await?, "it is this operation");
    let data = dao.timelock.revert_data(CAROL, call).await?;
    assert_eq!(datacoop_deploy::decode_error(&data).name, "Panic");
    dao.governor.send(CAROL, proposal.execute()).await?;
    assert_eq!(dao.governor.read(votingPeriodCall {}).await?, U256::from(700));
    Ok(())
}

#[tokio::test]
async fn the_governor_is_not_moved_to_a_timelock_that_does_not_know_it() -> Result<()> {
    let dao = Dao::start().await?;
    let nobody: Vec<Address> = Vec::new();
    let terms = (U256::from(60), nobody, vec![Address::ZERO], GOVERNANCE).abi_encode_params();
    let sender = Sender::new(&dao.chain, dev_account(0)?);
    let other = create(&sender, &artifact(&TIMELOCK)?, &terms).await?.address;
    let call = updateTimelockCall { newTimelock: other };
    let proposal = Proposal::new("another timelock").call(dao.governor.address, &call);
    let id = dao.propose(ALICE, &proposal).await?;
    dao.pass_time(dao.terms.voting_delay + 1).await?;
    dao.governor.send(ALICE, castVoteCall { proposalId: id, support: 1 }).await?;
    dao.pass_time(dao.terms.voting_period + 1).await?;
    dao.governor.send(BOB, proposal.queue()).await?;
    dao.pass_time(dao.terms.timelock_delay + 1).await?;
    let refused = dao.governor.refusal(BOB, proposal.execute()).await?;
    assert!(matches!(refused, IGovernorErrors::GovernorNotTimelockProposer(_)), "{refused:?}");
    assert_eq!(dao.governor.read(timelockCall {}).await?, dao.timelock.address);
    // Once it is a proposer there, it may move.
    let role = keccak256("PROPOSER_ROLE");
    let grant = ITimelock::grantRoleCall { role, account: dao.governor.address };
    send(&dao, GOVERNANCE, other, &grant).await?;
    dao.governor.send(BOB, proposal.execute()).await?;
    assert_eq!(dao.governor.read(timelockCall {}).await?, other);
    Ok(())
}

#[tokio::test]
async fn a_spender_that_calls_back_stays_within_its_limit() -> Result<()> {
    let dao = Dao::start().await?;
    let foe = Foe::new(&dao).await?;
    let (target, token) = (dao.treasury.address, Address::ZERO);
    dao.send_ether(ALICE, target, TOKEN).await?;
    let (cap, period) = (U256::from(100), U256::ZERO);
    let limit = setSpendingLimitCall { spender: foe.address, token, cap, period, line: 0 };
    dao.enact(&Proposal::new("a limit").call(target, &by_governance(&dao, &limit))).await?;
    let spend = spendCall { token, to: foe.address, amount: U256::from(60) };
    // When the ether comes it spends again, twice.
    foe.plans(&dao, vec![attempt(target, &spend), attempt(target, &spend)]).await?;
    let outcomes = foe.attempts(&dao, vec![attempt(target, &spend)]).await?;
    let refused = || Err("TreasurySpendingLimitExceeded".to_owned());
    assert_eq!(outcomes, [refused(), refused(), Ok(Bytes::new())]);
    assert_eq!(dao.chain.provider().get_balance(foe.address).await?, U256::from(60));
    Ok(())
}

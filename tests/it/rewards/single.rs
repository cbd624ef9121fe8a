//! One contribution at a time: paid once, at the plain rate, to whom the oracle says.

use alloy::primitives::{Address, B256, U256};
use anyhow::Result;
use datacoop_deploy::bindings::{
    IDataCoopRewards::{
        ContributionRecorded, IDataCoopRewardsErrors as Errors, IDataCoopRewardsEvents as Events,
        RewardMinted, RewardsCooldownActive, RewardsInvalidMember, RewardsInvalidProof,
        RewardsProofAlreadyRecorded, RewardsUnauthorizedOracle, contributionCall,
        cooldownPeriodCall, lastContributionCall, recordContributionCall, rewardRateCall,
    },
    IDataToken::{balanceOfCall, totalSupplyCall},
};
use datacoop_tests::{ALICE, BOB, Coop, GOVERNANCE, ORACLE};

use super::proof;

/// The plain rate that DESIGN fixes: 10 DATA.
const RATE: u128 = 10_000_000_000_000_000_000;

/// The cooldown that DESIGN fixes: seven days.
const COOLDOWN: u64 = 7 * 24 * 60 * 60;

fn record(member: Address, number: u64) -> recordContributionCall {
    recordContributionCall { member, proof: proof(number) }
}

#[tokio::test]
async fn a_contribution_pays_exactly_the_reward_rate() -> Result<()> {
    let coop = Coop::start().await?;
    let (rate, supply) = (U256::from(RATE), coop.data.read(totalSupplyCall {}).await?);
    assert_eq!(coop.rewards.read(rewardRateCall {}).await?, rate);

    let done = coop.rewards.send(ORACLE, record(ALICE, 0)).await?;

    let recorded = ContributionRecorded { member: ALICE, proof: proof(0) };
    let minted = RewardMinted { member: ALICE, amount: rate };
    assert!(done.events.contains(&Events::ContributionRecorded(recorded)), "{:?}", done.events);
    assert!(done.events.contains(&Events::RewardMinted(minted)), "{:?}", done.events);
    assert_eq!(done.events.len(), 2);
    let now = coop.time_of(&done.receipt).await?;
    let last = coop.rewards.read(lastContributionCall { member: ALICE }).await?;
    assert_eq!(last, U256::from(now));
    let found = coop.rewards.read(contributionCall { proof: proof(0) }).await?;
    assert_eq!((found.member, found.recordedAt), (ALICE, now));
    assert_eq!(coop.data.read(balanceOfCall { account: ALICE }).await?, rate);
    assert_eq!(coop.data.read(totalSupplyCall {}).await?, supply + rate);
    Ok(())
}

#[tokio::test]
async fn a_contribution_is_recorded_by_the_oracle_alone() -> Result<()> {
    let coop = Coop::start().await?;
    for caller in [GOVERNANCE, ALICE, BOB] {
        let error = coop.rewards.refusal(caller, record(ALICE, 0)).await?;
        assert_eq!(error, Errors::RewardsUnauthorizedOracle(RewardsUnauthorizedOracle { caller }));
    }
    assert_eq!(coop.data.read(balanceOfCall { account: ALICE }).await?, U256::ZERO);
    Ok(())
}

#[tokio::test]
async fn the_cooldown_ends_exactly_one_period_after_the_last_contribution() -> Result<()> {
    let coop = Coop::start().await?;
    let period = coop.rewards.read(cooldownPeriodCall {}).await?;
    assert_eq!(period, U256::from(COOLDOWN));
    let first = coop.rewards.send(ORACLE, record(ALICE, 0)).await?;
    let allowed_at = coop.time_of(&first.receipt).await? + COOLDOWN;

    coop.next_block_at(allowed_at - 1).await?;
    let error = coop.rewards.refusal(ORACLE, record(ALICE, 1)).await?;
    let expected = RewardsCooldownActive { member: ALICE, allowedAt: U256::from(allowed_at) };
    assert_eq!(error, Errors::RewardsCooldownActive(expected));

    coop.next_block_at(allowed_at).await?;
    let second = coop.rewards.send(ORACLE, record(ALICE, 1)).await?;
    assert_eq!(coop.time_of(&second.receipt).await?, allowed_at);
    Ok(())
}

#[tokio::test]
async fn the_cooldown_of_one_member_does_not_hold_up_another() -> Result<()> {
    let coop = Coop::start().await?;
    coop.rewards.send(ORACLE, record(ALICE, 0)).await?;
    coop.rewards.send(ORACLE, record(BOB, 1)).await?;
    Ok(())
}

#[tokio::test]
async fn a_proof_never_pays_twice_for_anybody() -> Result<()> {
    let coop = Coop::start().await?;
    let first = coop.rewards.send(ORACLE, record(ALICE, 0)).await?;
    let recorded_at = coop.time_of(&first.receipt).await?;
    for member in [BOB, ALICE] {
        coop.next_block_at(recorded_at + COOLDOWN * (1 + u64::from(member == ALICE))).await?;
        let error = coop.rewards.refusal(ORACLE, record(member, 0)).await?;
        let expected =
            RewardsProofAlreadyRecorded { proof: proof(0), member: ALICE, recordedAt: recorded_at };
        assert_eq!(error, Errors::RewardsProofAlreadyRecorded(expected));
    }
    assert_eq!(coop.data.read(balanceOfCall { account: BOB }).await?, U256::ZERO);
    Ok(())
}

#[tokio::test]
async fn nobody_and_nothing_cannot_be_recorded() -> Result<()> {
    let coop = Coop::start().await?;
    let error = coop.rewards.refusal(ORACLE, record(Address::ZERO, 0)).await?;
    let expected = RewardsInvalidMember { member: Address::ZERO };
    assert_eq!(error, Errors::RewardsInvalidMember(expected));

    let call = recordContributionCall { member: ALICE, proof: B256::ZERO };
    let error = coop.rewards.refusal(ORACLE, call).await?;
    assert_eq!(error, Errors::RewardsInvalidProof(RewardsInvalidProof { proof: B256::ZERO }));
    Ok(())
}

//! Who may change the rules, pause them and hand the offices on; and what DATA itself refuses.

use alloy::{
    primitives::{Address, U256, keccak256},
    sol_types::{SolCall, SolError},
};
use anyhow::Result;
use datacoop_deploy::bindings::{
    IDataCoopRewards::{
        CooldownPeriodChanged, EnforcedPause, GovernanceTransferStarted, GovernanceTransferred,
        IDataCoopRewardsErrors as Errors, IDataCoopRewardsEvents as Events, Paused,
        RewardRateChanged, RewardsBatchEntryFailed, RewardsOutOfBounds,
        RewardsUnauthorizedGovernance, RewardsUnauthorizedGuardian, RewardsUnauthorizedOracle,
        Unpaused, VerifiedOracleChanged, acceptGovernanceCall, governanceCall, pauseCall,
        recordBatchCall, recordContributionCall, rewardRateCall, setCooldownPeriodCall,
        setGovRewardCall, setGuardianCall, setMinQualityCall, setRarityCurveCall,
        setRewardRateCall, setTimeBonusCall, setVerifiedOracleCall, transferGovernanceCall,
        unpauseCall,
    },
    IDataToken::{
        self, AccessControlUnauthorizedAccount, EmissionCapExceeded, grantRoleCall, mintableCall,
        revokeRoleCall,
    },
};
use datacoop_tests::{ALICE, BOB, Coop, GOVERNANCE, GUARDIAN, ORACLE};

use super::{entry, proof};

fn record(number: u64) -> recordContributionCall {
    recordContributionCall { member: ALICE, proof: proof(number) }
}

/// Asserts that nobody but governance may make this call.
async fn check_governed<C: SolCall + Clone>(coop: &Coop, call: C) -> Result<()> {
    for caller in [ORACLE, GUARDIAN, ALICE] {
        let error = coop.rewards.refusal(caller, call.clone()).await?;
        let expected = RewardsUnauthorizedGovernance { caller };
        assert_eq!(error, Errors::RewardsUnauthorizedGovernance(expected), "{}", C::SIGNATURE);
    }
    Ok(())
}

#[tokio::test]
async fn every_setter_is_for_governance_alone() -> Result<()> {
    let coop = Coop::start().await?;
    let one = U256::ONE;
    check_governed(&coop, setRewardRateCall { newRate: one }).await?;
    check_governed(&coop, setCooldownPeriodCall { newPeriod: one }).await?;
    check_governed(&coop, setMinQualityCall { newMinimum: one }).await?;
    let curve = setRarityCurveCall { newPeak: one, newFloor: one, newHalfCount: one };
    check_governed(&coop, curve).await?;
    let bonus = setTimeBonusCall { newStep: one, newMaximum: one, newPeriod: one, newGap: one };
    check_governed(&coop, bonus).await?;
    check_governed(&coop, setGovRewardCall { newToken: ALICE, newRate: one }).await?;
    check_governed(&coop, transferGovernanceCall { newGovernance: ALICE }).await?;
    check_governed(&coop, setVerifiedOracleCall { newOracle: ALICE }).await?;
    check_governed(&coop, setGuardianCall { newGuardian: ALICE }).await?;
    check_governed(&coop, unpauseCall {}).await
}

#[tokio::test]
async fn a_changed_rate_is_announced_and_paid_from_then_on() -> Result<()> {
    let coop = Coop::start().await?;
    let old = coop.rewards.read(rewardRateCall {}).await?;
    let new = old / U256::from(2);
    let done = coop.rewards.send(GOVERNANCE, setRewardRateCall { newRate: new }).await?;
    let expected = RewardRateChanged { oldRate: old, newRate: new };
    assert_eq!(done.events, [Events::RewardRateChanged(expected)]);
    coop.rewards.send(ORACLE, record(0)).await?;
    assert_eq!(coop.balance(ALICE).await?, new);
    Ok(())
}

#[tokio::test]
async fn a_changed_cooldown_holds_for_contributions_already_made() -> Result<()> {
    let coop = Coop::start().await?;
    coop.rewards.send(ORACLE, record(0)).await?;
    let day = U256::from(24 * 60 * 60);
    let done = coop.rewards.send(GOVERNANCE, setCooldownPeriodCall { newPeriod: day }).await?;
    let expected = CooldownPeriodChanged { oldPeriod: day * U256::from(7), newPeriod: day };
    assert_eq!(done.events, [Events::CooldownPeriodChanged(expected)]);
    coop.chain.advance_time(day.to()).await?;
    coop.rewards.send(ORACLE, record(1)).await?;
    Ok(())
}

#[tokio::test]
async fn parameters_stay_within_their_bounds() -> Result<()> {
    let coop = Coop::start().await?;
    let outrageous = U256::MAX;
    let error = coop.rewards.refusal(GOVERNANCE, setRewardRateCall { newRate: outrageous }).await?;
    match error {
        Errors::RewardsOutOfBounds(RewardsOutOfBounds { value, minimum, maximum }) => {
            assert_eq!(value, outrageous);
            assert!(minimum <= maximum && maximum < value);
            coop.rewards.send(GOVERNANCE, setRewardRateCall { newRate: maximum }).await?;
            let beyond = setRewardRateCall { newRate: maximum + U256::ONE };
            coop.rewards.refusal(GOVERNANCE, beyond).await?;
        }
        error => anyhow::bail!("another error: {error:?}"),
    }
    let call = setCooldownPeriodCall { newPeriod: outrageous };
    let error = coop.rewards.refusal(GOVERNANCE, call).await?;
    assert!(matches!(error, Errors::RewardsOutOfBounds(_)), "{error:?}");
    let call = setMinQualityCall { newMinimum: outrageous };
    let error = coop.rewards.refusal(GOVERNANCE, call).await?;
    assert!(matches!(error, Errors::RewardsOutOfBounds(_)), "{error:?}");
    Ok(())
}

#[tokio::test]
async fn governance_changes_hands_only_when_it_is_taken() -> Result<()> {
    let coop = Coop::start().await?;
    let offer = transferGovernanceCall { newGovernance: BOB };
    let done = coop.rewards.send(GOVERNANCE, offer).await?;
    let expected = GovernanceTransferStarted { governance: GOVERNANCE, pending: BOB };
    assert_eq!(done.events, [Events::GovernanceTransferStarted(expected)]);
    assert_eq!(coop.rewards.read(governanceCall {}).await?, GOVERNANCE);

    let error = coop.rewards.refusal(ALICE, acceptGovernanceCall {}).await?;
    let expected = RewardsUnauthorizedGovernance { caller: ALICE };
    assert_eq!(error, Errors::RewardsUnauthorizedGovernance(expected));

    let done = coop.rewards.send(BOB, acceptGovernanceCall {}).await?;
    let expected = GovernanceTransferred { oldGovernance: GOVERNANCE, newGovernance: BOB };
    assert_eq!(done.events, [Events::GovernanceTransferred(expected)]);
    let call = setRewardRateCall { newRate: U256::ONE };
    let error = coop.rewards.refusal(GOVERNANCE, call).await?;
    let expected = RewardsUnauthorizedGovernance { caller: GOVERNANCE };
    assert_eq!(error, Errors::RewardsUnauthorizedGovernance(expected));
    Ok(())
}

#[tokio::test]
async fn a_new_oracle_replaces_the_old_one() -> Result<()> {
    let coop = Coop::start().await?;
    let done = coop.rewards.send(GOVERNANCE, setVerifiedOracleCall { newOracle: BOB }).await?;
    let expected = VerifiedOracleChanged { oldOracle: ORACLE, newOracle: BOB };
    assert_eq!(done.events, [Events::VerifiedOracleChanged(expected)]);
    let error = coop.rewards.refusal(ORACLE, record(0)).await?;
    let expected = RewardsUnauthorizedOracle { caller: ORACLE };
    assert_eq!(error, Errors::RewardsUnauthorizedOracle(expected));
    coop.rewards.send(BOB, record(0)).await?;
    Ok(())
}

#[tokio::test]
async fn the_guardian_pauses_and_governance_resumes() -> Result<()> {
    let coop = Coop::start().await?;
    let error = coop.rewards.refusal(ALICE, pauseCall {}).await?;
    let expected = RewardsUnauthorizedGuardian { caller: ALICE };
    assert_eq!(error, Errors::RewardsUnauthorizedGuardian(expected));

    let done = coop.rewards.send(GUARDIAN, pauseCall {}).await?;
    assert_eq!(done.events, [Events::Paused(Paused { account: GUARDIAN })]);
    let batch = recordBatchCall { entries: vec![entry(ALICE, proof(0))], strict: false };
    let paused = Errors::EnforcedPause(EnforcedPause {});
    assert_eq!(coop.rewards.refusal(ORACLE, record(0)).await?, paused);
    assert_eq!(coop.rewards.refusal(ORACLE, batch).await?, paused);

    let done = coop.rewards.send(GOVERNANCE, unpauseCall {}).await?;
    assert_eq!(done.events, [Events::Unpaused(Unpaused { account: GOVERNANCE })]);
    coop.rewards.send(ORACLE, record(0)).await?;
    Ok(())
}

#[tokio::test]
async fn what_data_reverts_with_is_passed_on() -> Result<()> {
    let coop = Coop::start().await?;
    let minter = keccak256("MINTER_ROLE");
    let revoke = revokeRoleCall { role: minter, account: coop.rewards.address };
    coop.data.send(GOVERNANCE, revoke).await?;
    let expected =
        AccessControlUnauthorizedAccount { account: coop.rewards.address, neededRole: minter };
    let data = coop.rewards.revert_data(ORACLE, record(0)).await?;
    assert_eq!(data, expected.abi_encode());

    let grant = grantRoleCall { role: minter, account: coop.rewards.address };
    coop.data.send(GOVERNANCE, grant).await?;
    let pauser = grantRoleCall { role: keccak256("PAUSER_ROLE"), account: GOVERNANCE };
    coop.data.send(GOVERNANCE, pauser).await?;
    coop.data.send(GOVERNANCE, IDataToken::pauseCall {}).await?;
    let data = coop.rewards.revert_data(ORACLE, record(0)).await?;
    assert_eq!(data, IDataToken::EnforcedPause {}.abi_encode());
    Ok(())
}

#[tokio::test]
async fn the_emission_cap_bites_in_every_way_of_recording() -> Result<()> {
    // Room for two plain contributions, and for no third one.
    let rate = U256::from(10).pow(U256::from(19));
    let room = rate * U256::from(2) + U256::ONE;
    let coop = Coop::start_with(|config| {
        (config.supply, config.emission_floor, config.emission_bps) =
            (U256::ZERO, room, U256::ZERO);
    })
    .await?;
    for (member, number) in [(ALICE, 0), (BOB, 1)] {
        let call = recordContributionCall { member, proof: proof(number) };
        coop.rewards.send(ORACLE, call).await?;
    }
    assert_eq!(coop.data.read(mintableCall {}).await?, U256::ONE);

    let member = Address::repeat_byte(0x42);
    let call = recordContributionCall { member, proof: proof(2) };
    let data = coop.rewards.revert_data(ORACLE, call).await?;
    let expected = EmissionCapExceeded { requested: rate, available: U256::ONE };
    assert_eq!(data, expected.abi_encode());

    let batch = |strict| recordBatchCall { entries: vec![entry(member, proof(2))], strict };
    let data = coop.rewards.revert_data(ORACLE, batch(true)).await?;
    let reason = RewardsBatchEntryFailed::abi_decode(&data).map_or(data, |error| error.reason);
    EmissionCapExceeded::abi_decode(&reason)?;
    let done = coop.rewards.send(ORACLE, batch(false)).await?;
    match done.events.as_slice() {
        [Events::ContributionSkipped(skipped)] => {
            EmissionCapExceeded::abi_decode(&skipped.reason)?;
        }
        events => anyhow::bail!("not skipped: {events:?}"),
    }
    assert_eq!(coop.data.read(mintableCall {}).await?, U256::ONE);
    Ok(())
}

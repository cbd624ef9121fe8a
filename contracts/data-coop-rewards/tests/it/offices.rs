//! Governance, oracle and guardian: what each may do, and how each is handed over.

use alloy_primitives::{Address, U256};
use alloy_sol_types::{SolCall, SolError, SolValue};
use data_coop_rewards::IDataCoopRewards::{
    EnforcedPause, ExpectedPause, GovernanceTransferStarted, GovernanceTransferred,
    GuardianChanged, Paused, RewardsInvalidAddress, RewardsUnauthorizedGovernance,
    RewardsUnauthorizedGuardian, RewardsUnauthorizedOracle, Unpaused, VerifiedOracleChanged,
    acceptGovernanceCall, dataTokenCall, governanceCall, guardianCall, pauseCall, pausedCall,
    pendingGovernanceCall, setCooldownPeriodCall, setGovRewardCall, setGuardianCall,
    setMinQualityCall, setRarityCurveCall, setRewardRateCall, setTimeBonusCall,
    setVerifiedOracleCall, transferGovernanceCall, unpauseCall, verifiedOracleCall,
};
use datacoop_kit::testing::Chain;

use crate::support::{
    Coop, DATA_TOKEN, GOVERNANCE, GUARDIAN, MALLORY, ORACLE, REWARDS, log, logs, plain,
};

#[test]
fn the_constructor_fills_the_offices() {
    let coop = Coop::new();
    assert_eq!(coop.ok(MALLORY, &governanceCall {}), GOVERNANCE);
    assert_eq!(coop.ok(MALLORY, &verifiedOracleCall {}), ORACLE);
    assert_eq!(coop.ok(MALLORY, &guardianCall {}), GUARDIAN);
    assert_eq!(coop.ok(MALLORY, &pendingGovernanceCall {}), Address::ZERO);
    assert_eq!(coop.ok(MALLORY, &dataTokenCall {}), DATA_TOKEN);
    let args = (DATA_TOKEN, MALLORY, MALLORY, MALLORY).abi_encode_params();
    let again = coop.chain.deploy(MALLORY, REWARDS, data_coop_rewards::program, &args);
    assert_eq!(again, Err(Vec::new()), "and runs once");
}

#[test]
fn the_constructor_refuses_offices_without_holder() {
    let deploy = |token: Address, governance: Address, oracle: Address, guardian: Address| {
        let chain = Chain::new();
        let program = data_coop_rewards::program;
        let token_args = (MALLORY, MALLORY, U256::ONE, U256::ONE, U256::ONE).abi_encode_params();
        chain.deploy(MALLORY, DATA_TOKEN, data_token::program, &token_args).expect("DATA");
        let args = (token, governance, oracle, guardian).abi_encode_params();
        chain.deploy(MALLORY, REWARDS, program, &args)
    };
    let refused = |account| Err(RewardsInvalidAddress { account }.abi_encode());
    let zero = Address::ZERO;
    assert_eq!(deploy(MALLORY, GOVERNANCE, ORACLE, GUARDIAN), refused(MALLORY));
    assert_eq!(deploy(zero, GOVERNANCE, ORACLE, GUARDIAN), refused(zero));
    assert_eq!(deploy(DATA_TOKEN, zero, ORACLE, GUARDIAN), refused(zero));
    assert_eq!(deploy(DATA_TOKEN, GOVERNANCE, zero, GUARDIAN), refused(zero));
    assert_eq!(deploy(DATA_TOKEN, GOVERNANCE, ORACLE, zero), Ok(Vec::new()));
}

#[test]
fn what_is_governances_is_nobody_elses() {
    fn check(call: &impl SolCall) {
        let coop = Coop::new();
        for caller in [MALLORY, ORACLE, GUARDIAN, Address::ZERO] {
            coop.fails(caller, call, &RewardsUnauthorizedGovernance { caller });
        }
    }
    // Out of bounds too: who may not set is told so first.
    let most = U256::MAX;
    check(&setRewardRateCall { newRate: most });
    check(&setCooldownPeriodCall { newPeriod: most });
    check(&setMinQualityCall { newMinimum: most });
    check(&setRarityCurveCall { newPeak: most, newFloor: most, newHalfCount: most });
    check(&setTimeBonusCall { newStep: most, newMaximum: most, newPeriod: most, newGap: most });
    check(&setGovRewardCall { newToken: MALLORY, newRate: most });
    check(&transferGovernanceCall { newGovernance: MALLORY });
    check(&acceptGovernanceCall {});
    check(&setVerifiedOracleCall { newOracle: MALLORY });
    check(&setGuardianCall { newGuardian: MALLORY });
    check(&unpauseCall {});
}

#[test]
fn governance_is_handed_over_in_two_steps() {
    let coop = Coop::new();
    coop.ok(GOVERNANCE, &transferGovernanceCall { newGovernance: MALLORY });
    let started = GovernanceTransferStarted { governance: GOVERNANCE, pending: MALLORY };
    assert_eq!(logs(&coop), [log(&started)]);
    assert_eq!(coop.ok(MALLORY, &pendingGovernanceCall {}), MALLORY);
    coop.fails(
        GOVERNANCE,
        &acceptGovernanceCall {},
        &RewardsUnauthorizedGovernance { caller: GOVERNANCE },
    );
    coop.fails(
        MALLORY,
        &setRewardRateCall { newRate: U256::ONE },
        &RewardsUnauthorizedGovernance { caller: MALLORY },
    );
    coop.ok(MALLORY, &acceptGovernanceCall {});
    let handed = GovernanceTransferred { oldGovernance: GOVERNANCE, newGovernance: MALLORY };
    assert_eq!(logs(&coop), [log(&handed)]);
    assert_eq!(coop.ok(MALLORY, &governanceCall {}), MALLORY);
    assert_eq!(coop.ok(MALLORY, &pendingGovernanceCall {}), Address::ZERO);
    coop.ok(MALLORY, &setRewardRateCall { newRate: U256::ONE });
    let _ = coop.chain.take_logs();
    coop.fails(
        GOVERNANCE,
        &setRewardRateCall { newRate: U256::ONE },
        &RewardsUnauthorizedGovernance { caller: GOVERNANCE },
    );
}

#[test]
fn an_offer_is_withdrawn_by_offering_to_nobody() {
    let coop = Coop::new();
    coop.ok(GOVERNANCE, &transferGovernanceCall { newGovernance: MALLORY });
    coop.ok(GOVERNANCE, &transferGovernanceCall { newGovernance: Address::ZERO });
    let _ = coop.chain.take_logs();
    for caller in [MALLORY, Address::ZERO] {
        coop.fails(caller, &acceptGovernanceCall {}, &RewardsUnauthorizedGovernance { caller });
    }
}

#[test]
fn the_oracle_is_replaced_at_once() {
    let coop = Coop::new();
    coop.ok(GOVERNANCE, &setVerifiedOracleCall { newOracle: MALLORY });
    let changed = VerifiedOracleChanged { oldOracle: ORACLE, newOracle: MALLORY };
    assert_eq!(logs(&coop), [log(&changed)]);
    coop.fails(ORACLE, &plain(1, 1), &RewardsUnauthorizedOracle { caller: ORACLE });
    coop.ok(MALLORY, &plain(1, 1));
    let _ = coop.chain.take_logs();
    coop.fails(
        GOVERNANCE,
        &setVerifiedOracleCall { newOracle: Address::ZERO },
        &RewardsInvalidAddress { account: Address::ZERO },
    );
}

#[test]
fn governance_and_guardian_pause_and_governance_unpauses() {
    for account in [GUARDIAN, GOVERNANCE] {
        let coop = Coop::new();
        coop.ok(account, &pauseCall {});
        assert_eq!(logs(&coop), [log(&Paused { account })]);
        assert!(coop.ok(MALLORY, &pausedCall {}));
        coop.fails(account, &pauseCall {}, &EnforcedPause {});
        coop.ok(GOVERNANCE, &unpauseCall {});
        assert_eq!(logs(&coop), [log(&Unpaused { account: GOVERNANCE })]);
        coop.fails(GOVERNANCE, &unpauseCall {}, &ExpectedPause {});
        coop.record(1, 1);
    }
}

#[test]
fn others_do_not_pause() {
    let coop = Coop::new();
    for caller in [MALLORY, ORACLE, Address::ZERO] {
        coop.fails(caller, &pauseCall {}, &RewardsUnauthorizedGuardian { caller });
    }
}

#[test]
fn the_guardian_can_be_replaced_and_dismissed() {
    let coop = Coop::new();
    coop.ok(GOVERNANCE, &setGuardianCall { newGuardian: Address::ZERO });
    let changed = GuardianChanged { oldGuardian: GUARDIAN, newGuardian: Address::ZERO };
    assert_eq!(logs(&coop), [log(&changed)]);
    coop.fails(GUARDIAN, &pauseCall {}, &RewardsUnauthorizedGuardian { caller: GUARDIAN });
    coop.ok(GOVERNANCE, &pauseCall {});
}

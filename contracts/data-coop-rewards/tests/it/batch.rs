//! Batches: strict and lenient, every reason for a bad entry, and the emission cap in the middle.

use alloy_primitives::{Address, B256, Bytes, U256};
use alloy_sol_types::SolError;
use data_coop_rewards::IDataCoopRewards::{
    ContributionScored, ContributionSkipped, EnforcedPause, Entry, RewardMinted,
    RewardsBatchEntryFailed, RewardsCooldownActive, RewardsInvalidDataClass, RewardsInvalidMember,
    RewardsInvalidProof, RewardsInvalidQuality, RewardsProofAlreadyRecorded,
    RewardsUnauthorizedOracle, classCountCall, contributionCall, pauseCall, recordBatchCall,
};
use datacoop_kit::testing::START;

use crate::support::{
    Coop, DATA_TOKEN, DAY, GOVERNANCE, GUARDIAN, IDataToken, MALLORY, ONE, ORACLE, data, entry,
    log, logs, member, proof,
};

/// The start's multiplier of a class without contributions.
const PEAK: u64 = 3 * ONE;

#[test]
fn a_batch_pays_each_member_by_score() {
    let coop = Coop::new();
    let second = Entry { quality: ONE / 2, dataClass: 3, ..entry(2, 2) };
    assert_eq!(coop.strict(vec![entry(1, 1), second]), Ok(2));
    let half = U256::from(PEAK / 2);
    let amounts = [data(30), data(15)];
    assert_eq!(
        logs(&coop),
        [
            log(&ContributionScored {
                member: member(1),
                proof: proof(1),
                dataClass: 0,
                quality: ONE,
                points: U256::from(PEAK),
            }),
            log(&RewardMinted { member: member(1), amount: amounts[0] }),
            log(&ContributionScored {
                member: member(2),
                proof: proof(2),
                dataClass: 3,
                quality: ONE / 2,
                points: half,
            }),
            log(&RewardMinted { member: member(2), amount: amounts[1] }),
        ]
    );
    assert_eq!([coop.balance(1), coop.balance(2)], amounts);
    let count = |dataClass| coop.ok(MALLORY, &classCountCall { dataClass });
    assert_eq!([0, 1, 2, 3].map(count).map(|count| count.to::<u64>()), [1, 0, 0, 1]);
}

#[test]
fn an_empty_batch_does_nothing() {
    let coop = Coop::new();
    assert_eq!(coop.strict(Vec::new()), Ok(0));
    assert_eq!(coop.lenient(Vec::new()), 0);
    assert_eq!(coop.chain.take_logs(), []);
}

/// A bad entry for every reason, with the error that it alone gives.
fn bad_entries() -> Vec<(Entry, Vec<u8>)> {
    let good = || entry(9, 9);
    let quality = |quality| RewardsInvalidQuality { quality, minimum: ONE / 10, maximum: ONE };
    vec![
        (
            Entry { member: Address::ZERO, ..good() },
            RewardsInvalidMember { member: Address::ZERO }.abi_encode(),
        ),
        (
            Entry { proof: B256::ZERO, ..good() },
            RewardsInvalidProof { proof: B256::ZERO }.abi_encode(),
        ),
        (
            Entry { proof: proof(1), ..good() },
            RewardsProofAlreadyRecorded { proof: proof(1), member: member(1), recordedAt: START }
                .abi_encode(),
        ),
        (
            Entry { member: member(1), ..good() },
            RewardsCooldownActive { member: member(1), allowedAt: U256::from(START + 7 * DAY) }
                .abi_encode(),
        ),
        (Entry { quality: 0, ..good() }, quality(0).abi_encode()),
        (Entry { quality: ONE / 10 - 1, ..good() }, quality(ONE / 10 - 1).abi_encode()),
        (Entry { quality: ONE + 1, ..good() }, quality(ONE + 1).abi_encode()),
        (Entry { dataClass: 4, ..good() }, RewardsInvalidDataClass { dataClass: 4 }.abi_encode()),
        (
            Entry { dataClass: 255, ..good() },
            RewardsInvalidDataClass { dataClass: 255 }.abi_encode(),
        ),
    ]
}

#[test]
fn a_bad_entry_reverts_a_strict_batch_with_its_index_and_error() {
    for (bad, reason) in bad_entries() {
        let coop = Coop::new();
        let entries = vec![entry(1, 1), entry(2, 2), bad, entry(3, 3)];
        let error = RewardsBatchEntryFailed { index: U256::from(2), reason: Bytes::from(reason) };
        assert_eq!(coop.strict(entries), Err(error.abi_encode()));
        assert_eq!(coop.chain.take_logs(), []);
        assert_eq!(coop.balance(1), U256::ZERO);
        let known = coop.ok(MALLORY, &contributionCall { proof: proof(1) });
        assert_eq!(known.member, Address::ZERO);
    }
}

#[test]
fn a_bad_entry_is_skipped_by_a_lenient_batch_with_its_error() {
    for (bad, reason) in bad_entries() {
        let coop = Coop::new();
        let (member_of_bad, proof_of_bad) = (bad.member, bad.proof);
        assert_eq!(coop.lenient(vec![entry(1, 1), bad, entry(3, 3)]), 2);
        let skipped = ContributionSkipped {
            index: U256::ONE,
            member: member_of_bad,
            proof: proof_of_bad,
            reason: Bytes::from(reason),
        };
        assert_eq!(logs(&coop)[2], log(&skipped));
        assert_eq!(coop.balance(1), data(30));
        assert!(coop.balance(3) > U256::ZERO, "those after it are recorded");
        // It left no trace: its member may contribute, and its proof may be contributed.
        assert_eq!(coop.lenient(vec![entry(9, 9)]), 1);
    }
}

#[test]
fn the_same_proof_or_member_twice_in_a_batch_counts_once() {
    let coop = Coop::new();
    assert_eq!(coop.lenient(vec![entry(1, 1), entry(2, 1), entry(1, 2)]), 1);
    assert_eq!(coop.balance(1), data(30));
    assert_eq!(coop.balance(2), U256::ZERO);
}

#[test]
fn runs_of_one_member_are_minted_at_once() {
    let coop = Coop::new().without_cooldown();
    let entries = vec![entry(1, 1), entry(1, 2), entry(2, 3), entry(1, 4)];
    assert_eq!(coop.strict(entries), Ok(4));
    let all = coop.chain.take_logs();
    let minted = |log: &&datacoop_kit::testing::Log| log.emitter == DATA_TOKEN;
    assert_eq!(all.iter().filter(minted).count(), 3);
    let rewards = all.iter().filter_map(|log| log.decode::<RewardMinted>());
    let mut sums = [U256::ZERO; 2];
    for reward in rewards {
        sums[usize::from(reward.member == member(2))] += reward.amount;
    }
    assert_eq!(sums, [coop.balance(1), coop.balance(2)]);
}

#[test]
fn the_emission_cap_in_the_middle_of_a_batch_is_an_entrys_fault() {
    let entries = || vec![entry(1, 1), Entry { quality: ONE / 2, ..entry(2, 2) }, entry(3, 3)];
    let cap = data(40);
    let coop = Coop::with_emission(cap);
    // 30 DATA are minted; the second asks for 15 less a little, the third for 30 less a little.
    let refused = |coop: &Coop| {
        let outcome = coop.strict(entries()).expect_err("beyond the cap");
        RewardsBatchEntryFailed::abi_decode_validate(&outcome).expect("the batch's error")
    };
    let failed = refused(&coop);
    assert_eq!(failed.index, U256::ONE);
    let reason = IDataToken::EmissionCapExceeded::abi_decode_validate(&failed.reason)
        .expect("the cap is the reason");
    assert_eq!(reason.available, data(10));
    // A later entry that fits is recorded.
    let mut lenient = entries();
    lenient.push(Entry { quality: ONE / 4, ..entry(4, 4) });
    assert_eq!(coop.lenient(lenient), 2);
    assert_eq!([coop.balance(2), coop.balance(3)], [U256::ZERO; 2]);
    assert!(coop.balance(4) > U256::ZERO);
    let minted = coop.token(MALLORY, &IDataToken::mintableCall {});
    assert_eq!(minted, cap - coop.balance(1) - coop.balance(4));
}

#[test]
fn faults_of_the_whole_call_revert_it_in_both_modes() {
    for strict in [true, false] {
        let coop = Coop::new();
        let call = recordBatchCall { entries: vec![entry(1, 1)], strict };
        for caller in [MALLORY, GOVERNANCE, GUARDIAN] {
            coop.fails(caller, &call, &RewardsUnauthorizedOracle { caller });
        }
        coop.token(GOVERNANCE, &IDataToken::pauseCall {});
        let _ = coop.chain.take_logs();
        coop.fails(ORACLE, &call, &IDataToken::EnforcedPause {});
        coop.token(GOVERNANCE, &IDataToken::unpauseCall {});
        coop.ok(GUARDIAN, &pauseCall {});
        let _ = coop.chain.take_logs();
        coop.fails(ORACLE, &call, &EnforcedPause {});
    }
}

#[test]
fn without_the_minter_role_nothing_is_recorded() {
    let coop = Coop::new();
    let role = data_token::MINTER_ROLE;
    coop.token(GOVERNANCE, &IDataToken::revokeRoleCall { role, account: crate::support::REWARDS });
    let _ = coop.chain.take_logs();
    let error = IDataToken::AccessControlUnauthorizedAccount {
        account: crate::support::REWARDS,
        neededRole: role,
    };
    coop.fails(ORACLE, &recordBatchCall { entries: vec![entry(1, 1)], strict: false }, &error);
}

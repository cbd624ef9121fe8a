//! Many contributions in one call: all or nothing when strict, the good ones when lenient.

use alloy::{
    primitives::{Address, B256, Bytes, U256},
    sol_types::SolError,
};
use anyhow::{Result, bail};
use datacoop_deploy::bindings::{
    IDataCoopRewards::{
        ContributionSkipped, Entry, IDataCoopRewardsErrors as Errors,
        IDataCoopRewardsEvents as Events, RewardsBatchEntryFailed, RewardsInvalidDataClass,
        RewardsInvalidMember, RewardsInvalidProof, RewardsInvalidQuality,
        RewardsProofAlreadyRecorded, RewardsUnauthorizedOracle, areRecordedCall, classCountCall,
        minQualityCall, previewRewardCall, rarityMultiplierCall, recordBatchCall,
        recordContributionCall, setMinQualityCall,
    },
    IDataToken::totalSupplyCall,
};
use datacoop_tests::{ALICE, BOB, Coop, GOVERNANCE, ORACLE};

use super::{CLINICAL, GENOMIC, ONE, entry, proof};

const fn strict(entries: Vec<Entry>) -> recordBatchCall {
    recordBatchCall { entries, strict: true }
}

const fn lenient(entries: Vec<Entry>) -> recordBatchCall {
    recordBatchCall { entries, strict: false }
}

/// Addresses that never act.
fn member(number: u8) -> Address {
    Address::from_word(proof(number.into())).create(0)
}

async fn preview(coop: &Coop, entry: &Entry) -> Result<(U256, U256)> {
    let Entry { member, quality, dataClass, .. } = *entry;
    let answer = coop.rewards.read(previewRewardCall { member, quality, dataClass }).await?;
    Ok((answer.points, answer.amount))
}

#[tokio::test]
async fn a_batch_records_every_entry_and_pays_what_was_previewed() -> Result<()> {
    let coop = Coop::start().await?;
    let supply = coop.data.read(totalSupplyCall {}).await?;
    let single = entry(ALICE, proof(0));
    let (points, amount) = preview(&coop, &single).await?;

    let done = coop.rewards.send(ORACLE, strict(vec![single])).await?;

    let scored = done.events.iter().find_map(|event| match event {
        Events::ContributionScored(scored) => Some(scored),
        _ => None,
    });
    let scored = scored.expect("the entry is in an event");
    assert_eq!((scored.member, scored.proof, scored.points), (ALICE, proof(0), points));
    assert_eq!((scored.quality, scored.dataClass), (ONE / 2, CLINICAL));
    assert_eq!(coop.balance(ALICE).await?, amount);

    let entries: Vec<_> =
        (1..200).map(|number| entry(member(number), proof(number.into()))).collect();
    let proofs: Vec<_> = entries.iter().map(|entry| entry.proof).collect();
    let done = coop.rewards.send(ORACLE, strict(entries)).await?;
    let minted: U256 = done
        .events
        .iter()
        .filter_map(|event| match event {
            Events::RewardMinted(minted) => Some(minted.amount),
            _ => None,
        })
        .sum();
    assert_eq!(coop.data.read(totalSupplyCall {}).await?, supply + amount + minted);
    let count = coop.rewards.read(classCountCall { dataClass: CLINICAL }).await?;
    assert_eq!(count, U256::from(200));
    let recorded = coop.rewards.read(areRecordedCall { proofs }).await?;
    assert!(recorded.iter().all(|recorded| *recorded));
    Ok(())
}

#[tokio::test]
async fn a_batch_is_recorded_by_the_oracle_alone() -> Result<()> {
    let coop = Coop::start().await?;
    for call in [strict(vec![entry(ALICE, proof(0))]), lenient(vec![entry(ALICE, proof(0))])] {
        let error = coop.rewards.refusal(BOB, call).await?;
        let expected = RewardsUnauthorizedOracle { caller: BOB };
        assert_eq!(error, Errors::RewardsUnauthorizedOracle(expected));
    }
    Ok(())
}

/// Entries with every fault that an entry can have by itself, each with its error.
fn faulty() -> Vec<(Entry, Bytes)> {
    let good = entry(member(250), proof(1000));
    let quality =
        |quality| RewardsInvalidQuality { quality, minimum: 0, maximum: ONE }.abi_encode();
    vec![
        (
            Entry { member: Address::ZERO, ..good.clone() },
            RewardsInvalidMember { member: Address::ZERO }.abi_encode().into(),
        ),
        (
            Entry { proof: B256::ZERO, ..good.clone() },
            RewardsInvalidProof { proof: B256::ZERO }.abi_encode().into(),
        ),
        (Entry { quality: 0, ..good.clone() }, quality(0).into()),
        (Entry { quality: ONE + 1, ..good.clone() }, quality(ONE + 1).into()),
        (
            Entry { dataClass: 4, ..good },
            RewardsInvalidDataClass { dataClass: 4 }.abi_encode().into(),
        ),
    ]
}

/// The error for a quality names the least one that is asked for at the time.
async fn with_minimum(coop: &Coop, reason: Bytes) -> Result<Bytes> {
    let Ok(error) = RewardsInvalidQuality::abi_decode(&reason) else { return Ok(reason) };
    let minimum = coop.rewards.read(minQualityCall {}).await?.to();
    Ok(RewardsInvalidQuality { minimum, ..error }.abi_encode().into())
}

#[tokio::test]
async fn one_bad_entry_reverts_a_strict_batch_with_its_place_and_reason() -> Result<()> {
    let coop = Coop::start().await?;
    for (bad, reason) in faulty() {
        let reason = with_minimum(&coop, reason).await?;
        let call = strict(vec![entry(ALICE, proof(0)), bad, entry(BOB, proof(2))]);
        let error = coop.rewards.refusal(ORACLE, call).await?;
        let expected = RewardsBatchEntryFailed { index: U256::ONE, reason };
        assert_eq!(error, Errors::RewardsBatchEntryFailed(expected));
    }
    let recorded = coop.rewards.read(areRecordedCall { proofs: vec![proof(0), proof(2)] }).await?;
    assert_eq!(recorded, [false, false]);
    assert_eq!(coop.balance(ALICE).await?, U256::ZERO);
    Ok(())
}

#[tokio::test]
async fn bad_entries_of_a_lenient_batch_are_skipped_each_with_its_reason() -> Result<()> {
    let coop = Coop::start().await?;
    let first = coop.rewards.send(ORACLE, strict(vec![entry(BOB, proof(0))])).await?;
    let known = RewardsProofAlreadyRecorded {
        proof: proof(0),
        member: BOB,
        recordedAt: coop.time_of(&first.receipt).await?,
    };
    let mut bad = faulty();
    bad.push((entry(ALICE, proof(0)), known.abi_encode().into()));

    let mut entries = vec![entry(member(0), proof(500))];
    let mut expected = Vec::new();
    for (bad, reason) in bad {
        expected.push(ContributionSkipped {
            index: U256::from(entries.len()),
            member: bad.member,
            proof: bad.proof,
            reason: with_minimum(&coop, reason).await?,
        });
        entries.push(bad);
    }
    entries.push(entry(member(1), proof(501)));
    let done = coop.rewards.send(ORACLE, lenient(entries)).await?;

    let skipped: Vec<_> = done
        .events
        .iter()
        .filter_map(|event| match event {
            Events::ContributionSkipped(skipped) => Some(skipped.clone()),
            _ => None,
        })
        .collect();
    assert_eq!(skipped, expected);
    let proofs = vec![proof(500), proof(501), proof(1000)];
    assert_eq!(coop.rewards.read(areRecordedCall { proofs }).await?, [true, true, false]);
    Ok(())
}

#[tokio::test]
async fn the_same_proof_twice_in_a_batch_pays_once() -> Result<()> {
    let coop = Coop::start().await?;
    let twice = vec![entry(ALICE, proof(0)), entry(BOB, proof(0))];
    match coop.rewards.refusal(ORACLE, strict(twice.clone())).await? {
        Errors::RewardsBatchEntryFailed(failed) => {
            assert_eq!(failed.index, U256::ONE);
            let known = RewardsProofAlreadyRecorded::abi_decode(&failed.reason)?;
            assert_eq!((known.proof, known.member), (proof(0), ALICE));
        }
        error => bail!("another error: {error:?}"),
    }
    coop.rewards.send(ORACLE, lenient(twice)).await?;
    assert!(coop.balance(ALICE).await? > U256::ZERO);
    assert_eq!(coop.balance(BOB).await?, U256::ZERO);
    Ok(())
}

#[tokio::test]
async fn a_proof_of_a_single_contribution_does_not_pay_again_in_a_batch() -> Result<()> {
    let coop = Coop::start().await?;
    let call = recordContributionCall { member: ALICE, proof: proof(0) };
    coop.rewards.send(ORACLE, call).await?;
    let error = coop.rewards.refusal(ORACLE, strict(vec![entry(BOB, proof(0))])).await?;
    assert!(matches!(error, Errors::RewardsBatchEntryFailed(_)), "{error:?}");
    Ok(())
}

#[tokio::test]
async fn quality_below_the_governed_least_is_not_paid() -> Result<()> {
    let coop = Coop::start().await?;
    let minimum = ONE / 4;
    let call = setMinQualityCall { newMinimum: U256::from(minimum) };
    coop.rewards.send(GOVERNANCE, call).await?;
    let poor = Entry { quality: minimum - 1, ..entry(ALICE, proof(0)) };
    match coop.rewards.refusal(ORACLE, strict(vec![poor.clone()])).await? {
        Errors::RewardsBatchEntryFailed(failed) => {
            let reason = RewardsInvalidQuality::abi_decode(&failed.reason)?;
            assert_eq!(
                reason,
                RewardsInvalidQuality { quality: minimum - 1, minimum, maximum: ONE }
            );
        }
        error => bail!("another error: {error:?}"),
    }
    coop.rewards.send(ORACLE, strict(vec![Entry { quality: minimum, ..poor }])).await?;
    Ok(())
}

#[tokio::test]
async fn a_class_is_worth_less_the_more_there_is_of_it() -> Result<()> {
    let coop = Coop::start().await?;
    let multiplier = |class| coop.rewards.read(rarityMultiplierCall { dataClass: class });
    let (clinical, genomic) = (multiplier(CLINICAL).await?, multiplier(GENOMIC).await?);
    let entries = (0..100).map(|number| entry(member(number), proof(number.into()))).collect();
    coop.rewards.send(ORACLE, strict(entries)).await?;
    assert!(multiplier(CLINICAL).await? < clinical);
    assert_eq!(multiplier(GENOMIC).await?, genomic);
    Ok(())
}

#[tokio::test]
async fn an_empty_batch_records_nothing() -> Result<()> {
    let coop = Coop::start().await?;
    for call in [strict(Vec::new()), lenient(Vec::new())] {
        let done = coop.rewards.send(ORACLE, call).await?;
        assert!(done.events.is_empty());
    }
    Ok(())
}

//! Decides what the demo shows, scene by scene, with real records.

use alloy::primitives::{U256, uint};
use anyhow::{Context as _, ensure};
use datacoop_deploy::{
    Event,
    bindings::{
        IDataCoopRewards::{
            ContributionSkipped, Entry, RewardMinted, RewardRateChanged, cooldownPeriodCall,
            recordBatchCall, recordContributionCall, setRewardRateCall,
        },
        IDataToken::{emissionBpsCall, emissionFloorCall, setEmissionCapCall},
    },
    chain::Receipt,
    decode_error,
};

use super::{records::Records, stage::Stage};
use crate::{amount::Amount, time::Span, words};

/// The reward rate that governance sets: 12 DATA in place of 10.
const NEW_RATE: U256 = uint!(12_000_000_000_000_000_000_U256);

/// A data class that does not exist.
const NO_CLASS: u8 = 9;

/// The emission cap that bites: 1 DATA a year, where far more was minted.
const SMALL_CAP: U256 = uint!(1_000_000_000_000_000_000_U256);

/// Plays all scenes.
pub(super) async fn play(stage: &mut Stage<'_>, records: &mut Records) -> anyhow::Result<()> {
    let mut actors = records.actors().into_iter();
    let mut actor = || actors.next().context("the demo has too few patients");
    let (mut alice, mut bob, mut carol) = (actor()?, actor()?, actor()?);
    let first = alice.remove(0);
    reward(stage, &first).await?;
    rejections(stage, &first, &alice[0], &bob[0]).await?;
    batches(stage, &first, &bob.remove(0), &carol[0]).await?;
    // One is kept for the last scene.
    let last = carol.pop().context("the demo has too few records")?;
    for entry in [alice, bob, carol].into_iter().flatten().rev() {
        records.put_back(entry);
    }
    governance(stage).await?;
    import(stage, records).await?;
    emission_cap(stage, &last).await
}

const fn plain(entry: &Entry) -> recordContributionCall {
    recordContributionCall { member: entry.member, proof: entry.proof }
}

fn minted(stage: &Stage<'_>, receipts: &[Receipt]) -> Amount {
    let rewards = stage.coop.rewards;
    let amounts = receipts.iter().flat_map(|receipt| receipt.events_of::<RewardMinted>(rewards));
    Amount(amounts.map(|event| event.amount).sum())
}

async fn reward(stage: &mut Stage<'_>, entry: &Entry) -> anyhow::Result<()> {
    let receipt = stage.coop.oracle.call(stage.coop.rewards, &plain(entry)).await?;
    let result = format!("{} DATA minted", minted(stage, std::slice::from_ref(&receipt)));
    stage.done("rewardMinted", "the oracle records a contribution", result, &[receipt]);
    Ok(())
}

/// What the contract refuses, one rule at a time.
async fn rejections(
    stage: &mut Stage<'_>,
    first: &Entry,
    of_same_member: &Entry,
    of_other_member: &Entry,
) -> anyhow::Result<()> {
    let (rewards, oracle) = (stage.coop.rewards, stage.coop.oracle.clone());
    let stranger = stage.coop.stranger.clone();
    let title = "the same member contributes again at once";
    let call = plain(of_same_member);
    stage.rejected("cooldown", title, &oracle, (rewards, &call), "RewardsCooldownActive").await?;
    let title = "another member submits the same record";
    let call = recordContributionCall { member: of_other_member.member, proof: first.proof };
    stage
        .rejected("replay", title, &oracle, (rewards, &call), "RewardsProofAlreadyRecorded")
        .await?;
    let title = "somebody who is no oracle records a contribution";
    let call = plain(of_other_member);
    stage
        .rejected("nonOracle", title, &stranger, (rewards, &call), "RewardsUnauthorizedOracle")
        .await
}

/// A batch with two bad entries, in both modes.
async fn batches(
    stage: &mut Stage<'_>,
    recorded: &Entry,
    good: &Entry,
    other: &Entry,
) -> anyhow::Result<()> {
    let (rewards, oracle) = (stage.coop.rewards, stage.coop.oracle.clone());
    let replay = Entry { proof: recorded.proof, ..other.clone() };
    let no_class = Entry { dataClass: NO_CLASS, ..other.clone() };
    let entries = vec![good.clone(), replay, no_class];
    let strict = recordBatchCall { entries: entries.clone(), strict: true };
    let title = "a strict batch of three with two bad entries";
    let expected = "RewardsBatchEntryFailed";
    stage.rejected("strictBatch", title, &oracle, (rewards, &strict), expected).await?;
    let lenient = recordBatchCall { entries, strict: false };
    let receipt = oracle.call(rewards, &lenient).await?;
    let skipped: Vec<_> = receipt
        .events_of::<ContributionSkipped>(rewards)
        .map(|event| {
            let reason = words::explain(&decode_error(&event.reason));
            format!("entry {} left out: {reason}", event.index)
        })
        .collect();
    ensure!(skipped.len() == 2, "the demo expected 2 skipped entries, not {}", skipped.len());
    let minted = minted(stage, std::slice::from_ref(&receipt));
    let result = format!("{minted} DATA minted for the good entry; {}", skipped.join("; "));
    stage.done("lenientBatch", "the same batch, lenient", result, &[receipt]);
    Ok(())
}

/// Governance raises the reward rate, and nobody else can.
async fn governance(stage: &mut Stage<'_>) -> anyhow::Result<()> {
    let (rewards, governance) = (stage.coop.rewards, stage.coop.governance.clone());
    let call = setRewardRateCall { newRate: NEW_RATE };
    let title = "a stranger raises the reward rate";
    let expected = "RewardsUnauthorizedGovernance";
    let stranger = stage.coop.stranger.clone();
    stage.rejected("nonGovernance", title, &stranger, (rewards, &call), expected).await?;
    let receipt = governance.call(rewards, &call).await?;
    let changed = receipt.events_of::<RewardRateChanged>(rewards).next();
    let changed = changed.context("the change of the rate left no event")?;
    let result = format!("from {} to {} DATA", Amount(changed.oldRate), Amount(changed.newRate));
    stage.done("parameterChange", "governance raises the reward rate", result, &[receipt]);
    Ok(())
}

/// Records everything: a batch with one record of each member, then the cooldown, and again.
async fn import(stage: &mut Stage<'_>, records: &mut Records) -> anyhow::Result<()> {
    let (rewards, oracle) = (stage.coop.rewards, stage.coop.oracle.clone());
    let cooldown = stage.chain().read(rewards, &cooldownPeriodCall {}).await?.saturating_to();
    let total = records.left();
    let (mut receipts, mut done, mut rounds) = (Vec::new(), 0, 0);
    let progress = stage.progress;
    let work = datacoop_deploy::Stage::Record;
    progress.report(Event::Began {
        stage: work,
        subject: "every clinical resource with a patient",
        total: Some(total as u64),
    });
    while records.left() > 0 {
        if cooldown > 0 && stage.chain().advance_time(cooldown).await.is_err() {
            stage.not_shown.push(format!(
                "{} records are not on chain: this chain's clock cannot be moved, and the cooldown holds",
                records.left()
            ));
            break;
        }
        let entries = records.next_round();
        done += entries.len();
        rounds += 1;
        receipts.push(oracle.call(rewards, &recordBatchCall { entries, strict: true }).await?);
        progress.report(Event::Advanced { stage: work, done: done as u64 });
    }
    progress.report(Event::Ended { stage: work });
    let minted = minted(stage, &receipts);
    let result = format!(
        "{done} records in {rounds} batches with {} between them, {minted} DATA minted",
        Span(cooldown)
    );
    stage.done(
        "import",
        "the oracle records everything, a record a member and cooldown",
        result,
        &receipts,
    );
    Ok(())
}

/// The cap is lowered, bites, and is put back.
async fn emission_cap(stage: &mut Stage<'_>, entry: &Entry) -> anyhow::Result<()> {
    let (token, rewards) = (stage.coop.token, stage.coop.rewards);
    let (governance, oracle) = (stage.coop.governance.clone(), stage.coop.oracle.clone());
    let floor = stage.chain().read(token, &emissionFloorCall {}).await?;
    let bps = stage.chain().read(token, &emissionBpsCall {}).await?;
    let cooldown = stage.chain().read(rewards, &cooldownPeriodCall {}).await?.saturating_to();
    if stage.chain().advance_time(cooldown).await.is_err() {
        let reason = "the emission cap: it takes a contribution after the cooldown";
        stage.not_shown.push(reason.to_owned());
        return Ok(());
    }
    let small = setEmissionCapCall { floor: SMALL_CAP, bps: U256::ZERO };
    let lowered = governance.call(token, &small).await?;
    let result = format!("from {} to {} DATA a year", Amount(floor), Amount(SMALL_CAP));
    stage.done("emissionCapLowered", "governance lowers the emission cap", result, &[lowered]);
    let title = "the oracle records a contribution beyond the cap";
    let call = plain(entry);
    stage.rejected("emissionCap", title, &oracle, (rewards, &call), "EmissionCapExceeded").await?;
    let restored = governance.call(token, &setEmissionCapCall { floor, bps }).await?;
    let recorded = oracle.call(rewards, &call).await?;
    let receipts = [restored, recorded];
    let result = format!("{} DATA minted", minted(stage, &receipts));
    stage.done(
        "emissionCapRestored",
        "the cap is put back, and the same is recorded",
        result,
        &receipts,
    );
    Ok(())
}

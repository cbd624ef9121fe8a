//! Decides how a batch is recorded: entry by entry from the calldata, with one mint for each run of
//! entries of one member.
//!
//! Everything that an entry can be refused for is checked before anything of it is written, the
//! emission cap among it; so a refused entry leaves no trace, and the mints that follow the checks
//! fail only for faults of the whole call (DATA paused, no minter role), which revert it. DATA's
//! `mintable()` is asked once: each mint lowers it by exactly its amount.

use alloy_primitives::{Address, B256, FixedBytes};
use alloy_sol_types::sol_data;
use datacoop_kit::{
    Account, Result, Revert, Uint,
    abi::FromWord,
    dynamic::Elements,
    event::{emit, emit_output},
};

use crate::{
    minting::{self, IDataToken::EmissionCapExceeded},
    parameters::{Bonus, Curve, GovReward, Terms},
    records::ClassCounts,
    rewards::{
        DataCoopRewards,
        IDataCoopRewards::{
            ContributionScored, ContributionSkipped, Entry, RewardMinted, RewardsBatchEntryFailed,
            RewardsInvalidDataClass, RewardsInvalidQuality,
        },
        PARAMETERS, RECORDS,
    },
    score::{self, ONE},
};

/// An entry of a batch, where it lies in the calldata.
#[derive(Clone, Copy, Debug)]
pub(crate) struct EntryRef<'a> {
    pub(crate) member: &'a Account,
    pub(crate) proof: &'a B256,
    pub(crate) quality: u64,
    pub(crate) data_class: u8,
}

/// Holds [`EntryRef::decode`] to the order and the types of the interface's struct.
const _: fn((Address, FixedBytes<32>, u64, u8)) -> Entry = Entry::from;

impl<'a> EntryRef<'a> {
    /// Reads an entry, or returns `None` when it is not clean.
    fn decode(words: &'a [B256]) -> Option<Self> {
        let [member, proof, quality, data_class] = words else { return None };
        Some(Self {
            member: Account::from_word(member)?,
            proof,
            quality: FromWord::<sol_data::Uint<64>>::from_word(quality)?,
            data_class: u8::from_word(data_class)?,
        })
    }
}

/// What a batch carries from entry to entry.
#[derive(Debug)]
pub(crate) struct Batch {
    /// The block's time.
    now: u64,
    terms: Terms,
    curve: Curve,
    bonus: Bonus,
    gov: GovReward,
    data_token: Account,
    /// What DATA may still mint, when all that is due is minted.
    room: Uint,
    counts: ClassCounts,
    /// Whose rewards are due.
    member: Account,
    /// The DATA that is due.
    due: Uint,
    /// The contributions whose rewards are due.
    contributions: u64,
}

impl DataCoopRewards {
    /// Records a batch.
    ///
    /// # Errors
    ///
    /// - `RewardsUnauthorizedOracle` when another than the verified oracle calls,
    /// - `EnforcedPause` when paused,
    /// - `RewardsBatchEntryFailed` with the first bad entry's index and error, when `strict`,
    /// - nothing when an entry is malformed,
    /// - what DATA or GOV revert with.
    ///
    /// # Events
    ///
    /// `ContributionScored` and `RewardMinted` for each recorded entry, `ContributionSkipped` for
    /// each other one, `GovRewardMinted` for each mint of GOV.
    pub fn record_batch(&mut self, entries: Elements<'_, Entry>, strict: bool) -> Result<u64> {
        self.may_record()?;
        let mut batch = self.open_batch()?;
        let mut recorded = 0_u64;
        for (index, words) in entries.iter().enumerate() {
            let entry = EntryRef::decode(words).ok_or_else(Revert::empty)?;
            match self.record_scored(&mut batch, &entry) {
                Ok(()) => recorded = recorded.wrapping_add(1),
                Err(reason) if strict => {
                    return Err(reason.wrap::<RewardsBatchEntryFailed>(index as u64));
                }
                Err(_) => {
                    let topics = (index as u64, entry.member, entry.proof);
                    emit_output::<ContributionSkipped>(&mut self.vm, topics);
                }
            }
        }
        self.pay_due(&mut batch)?;
        RECORDS.set_class_counts(&mut self.vm, &batch.counts);
        Ok(recorded)
    }

    /// Reads what every entry needs, once.
    fn open_batch(&self) -> Result<Batch> {
        let data_token = self.data_token();
        Ok(Batch {
            now: self.now(),
            terms: PARAMETERS.terms(&self.vm),
            curve: PARAMETERS.curve(&self.vm),
            bonus: PARAMETERS.bonus(&self.vm),
            gov: PARAMETERS.gov(&self.vm),
            room: minting::mintable(&self.vm, &data_token)?,
            data_token,
            counts: RECORDS.class_counts(&self.vm),
            member: Account::ZERO,
            due: Uint::ZERO,
            contributions: 0,
        })
    }

    /// Records one entry; an error leaves no trace, unless it is one of the whole call.
    fn record_scored(&mut self, batch: &mut Batch, entry: &EntryRef<'_>) -> Result<()> {
        let EntryRef { member, proof, quality, data_class } = *entry;
        let record = RECORDS.admit(&self.vm, member, proof, (batch.now, batch.terms.cooldown))?;
        check_quality(quality, &batch.curve)?;
        let count = *class_of(&batch.counts, data_class)?;
        let multiplier = batch.curve.multiplier(&self.vm, count);
        let standing = batch.bonus.advance(&record, batch.now);
        let points = score::points(&self.vm, quality, multiplier, &standing);
        let amount = score::reward(&self.vm, batch.terms.rate, points);
        let mut room = batch.room;
        if !room.subtract(&amount) {
            return Err(Revert::new::<EmissionCapExceeded>((&amount, &batch.room)));
        }

        if *member != batch.member {
            self.pay_due(batch)?;
            batch.member = *member;
        }
        batch.room = room;
        // What is due was taken from the room.
        batch.due.wrapping_add(&amount);
        batch.contributions = batch.contributions.wrapping_add(1);
        if let Some(count) = batch.counts.get_mut(usize::from(data_class)) {
            *count = count.wrapping_add(1);
        }
        RECORDS.write(&mut self.vm, member, proof, &standing.record);
        emit::<ContributionScored>(&mut self.vm, (member, proof), (data_class, quality, points));
        emit::<RewardMinted>(&mut self.vm, (member,), (&amount,));
        Ok(())
    }

    /// Mints what is due.
    fn pay_due(&mut self, batch: &mut Batch) -> Result<()> {
        if batch.contributions > 0 {
            minting::mint(&mut self.vm, &batch.data_token, &batch.member, &batch.due)?;
            minting::mint_gov(&mut self.vm, &batch.gov, &batch.member, batch.contributions)?;
        }
        batch.due = Uint::ZERO;
        batch.contributions = 0;
        Ok(())
    }
}

/// Requires a quality from the least one to one.
pub(crate) fn check_quality(quality: u64, curve: &Curve) -> Result<()> {
    if (curve.min_quality..=ONE).contains(&quality) {
        Ok(())
    } else {
        Err(Revert::new::<RewardsInvalidQuality>((quality, curve.min_quality, ONE)))
    }
}

/// Returns the count of a class.
pub(crate) fn class_of(counts: &ClassCounts, data_class: u8) -> Result<&u64> {
    counts
        .get(usize::from(data_class))
        .ok_or_else(|| Revert::new::<RewardsInvalidDataClass>((data_class,)))
}

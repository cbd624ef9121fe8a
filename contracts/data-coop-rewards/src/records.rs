//! Decides what is remembered of contributions, and which may be recorded.
//!
//! # Invariants
//!
//! - A proof is noted exactly once, together with its member: `RecordsStorage::write` is the one
//!   writer, and `RecordsStorage::admit` refuses a proof that is noted.
//! - A member's `last` only grows, by at least a cooldown each time; whether there was a first
//!   contribution is told by the count, not by the clock.

use alloy_primitives::B256;
use datacoop_kit::{
    Account, Result, Revert, Uint, layout,
    storage::Stored,
    word::{self, Word},
};
use stylus_sdk::host::VM;

use crate::rewards::IDataCoopRewards::{
    RewardsCooldownActive, RewardsInvalidMember, RewardsInvalidProof, RewardsProofAlreadyRecorded,
};

layout! {
    /// The storage of contributions.
    pub struct RecordsStorage {
        /// What is remembered of each member. Written by [`RecordsStorage::write`].
        members: Mapping<Account, Record>,
        /// Who contributed each proof, and when. Written by [`RecordsStorage::write`].
        proofs: Mapping<B256, Proof>,
        /// How many scored contributions each class has, by its number. Written by
        /// [`RecordsStorage::set_class_counts`].
        class_counts: Slot<ClassCounts>,
    }
}

/// How many contributions each of the four classes has.
pub type ClassCounts = [u64; 4];

/// A member's record, in one slot: four times `uint64`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Record {
    /// When the member last contributed, in seconds since 1970.
    pub last: u64,
    /// When the unbroken record began, in seconds since 1970.
    pub streak_start: u64,
    /// Contributions before the last one in the same period of the record.
    pub in_period: u64,
    /// Contributions ever.
    pub count: u64,
}

impl Stored for Record {
    type Held<'a> = Uint;

    #[inline(always)]
    fn from_slot(word: Uint) -> Self {
        let [last, streak_start, in_period, count] = Stored::from_slot(word);
        Self { last, streak_start, in_period, count }
    }

    #[inline(always)]
    fn to_slot(&self) -> Uint {
        Uint::from_lanes(self.last, self.streak_start, self.in_period, self.count)
    }
}

/// A recorded proof, in one slot: `address member`, `uint64 recordedAt`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Proof {
    /// Who contributed it; the zero address when nobody did.
    pub member: Account,
    /// When, in seconds since 1970.
    pub recorded_at: u64,
}

/// Where `recordedAt` lies in a proof's word, below four zero bytes and above the address.
const RECORDED_AT: core::ops::Range<usize> = 4..12;

impl Stored for Proof {
    type Held<'a> = B256;

    #[inline(always)]
    fn from_slot(word: Uint) -> Self {
        let mut word = *word.word();
        let mut recorded_at = [0; 8];
        recorded_at.copy_from_slice(&word[RECORDED_AT]);
        word[RECORDED_AT].fill(0);
        Self {
            member: Account::from_slot(Uint::new(word)),
            recorded_at: u64::from_be_bytes(recorded_at),
        }
    }

    #[inline(always)]
    fn to_slot(&self) -> B256 {
        let mut word = *self.member.word();
        word[RECORDED_AT].copy_from_slice(&self.recorded_at.to_be_bytes());
        word
    }
}

impl RecordsStorage {
    /// Returns what is remembered of a member.
    pub(crate) fn member(&self, vm: &VM, member: &Account) -> Record {
        self.members.of(vm, member).get(vm)
    }

    /// Returns who contributed a proof.
    pub(crate) fn proof(&self, vm: &VM, proof: &B256) -> Proof {
        self.proofs.of(vm, proof).get(vm)
    }

    /// Returns the counts of the classes.
    pub(crate) fn class_counts(&self, vm: &VM) -> ClassCounts {
        self.class_counts.get(vm)
    }

    /// Writes the counts of the classes.
    pub(crate) fn set_class_counts(&self, vm: &mut VM, counts: &ClassCounts) {
        self.class_counts.set(vm, counts);
    }

    /// Returns a member's record when the member may contribute the proof at the time `now`.
    ///
    /// # Errors
    ///
    /// - [`RewardsInvalidMember`] for the zero address,
    /// - [`RewardsInvalidProof`] for the zero hash,
    /// - [`RewardsProofAlreadyRecorded`] when anybody contributed the proof before,
    /// - [`RewardsCooldownActive`] when the member contributed less than a cooldown ago.
    pub(crate) fn admit(
        &self,
        vm: &VM,
        member: &Account,
        proof: &B256,
        (now, cooldown): (u64, u64),
    ) -> Result<Record> {
        if member.is_zero() {
            return Err(Revert::new::<RewardsInvalidMember>((member,)));
        }
        if word::is_zero(proof) {
            return Err(Revert::new::<RewardsInvalidProof>((proof,)));
        }
        let known = self.proof(vm, proof);
        if !known.member.is_zero() {
            return Err(Revert::new::<RewardsProofAlreadyRecorded>((
                proof,
                known.member,
                known.recorded_at,
            )));
        }
        let record = self.member(vm, member);
        let allowed_at = record.last.saturating_add(cooldown);
        if record.count > 0 && now < allowed_at {
            return Err(Revert::new::<RewardsCooldownActive>((member, allowed_at)));
        }
        Ok(record)
    }

    /// Writes that a member, whose record becomes `record`, contributed a proof.
    pub(crate) fn write(&self, vm: &mut VM, member: &Account, proof: &B256, record: &Record) {
        self.members.of(vm, member).set(vm, record);
        let noted = Proof { member: *member, recorded_at: record.last };
        self.proofs.of(vm, proof).set(vm, &noted);
    }
}

//! Decides what an edition is: a version of a dataset, frozen for ever, of which all that can change
//! is that it is voided before it is live.

use alloy_primitives::B256;
use datacoop_kit::{
    Result, Revert, Uint, event::emit, host, layout, merkle, output, storage::Stored, word::Word,
};
use stylus_sdk::host::VM;

use crate::{
    registry::IDataRegistry::{
        EditionCohortTooSmall, EditionInvalidCounts, EditionInvalidShares, EditionMissingHash,
        EditionNotChallengeable, EditionUriTooLong, EditionVoided,
    },
    schemas::MAX_URI_LEN,
};

/// The status of an edition that was published and not voided.
pub const PUBLISHED: u8 = 1;

/// The status of an edition that was voided.
pub const VOIDED: u8 = 2;

layout! {
    /// The storage of editions.
    pub struct EditionsStorage {
        /// By number, five slots: the head, the root of the records, the root of the shares, the sum
        /// of the shares and the hash of the manifest. Written by [`EditionsStorage::publish`] and
        /// [`EditionsStorage::void`].
        editions: Mapping<Uint, Edition>,
    }
}

/// What an edition begins with, in one slot: `uint8 status`, `uint8 dataClass`, `uint8 purposes`,
/// `uint40 publishedAt`, `uint64 records`, `uint64 contributors`, `uint64 liveFrom`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Edition {
    /// Zero, [`PUBLISHED`] or [`VOIDED`].
    pub(crate) status: u8,
    /// Which kind of data its records are.
    pub(crate) data_class: u8,
    /// What it is for, one bit each.
    pub(crate) purposes: u8,
    /// When it was published, in seconds since 1970.
    pub(crate) published_at: u64,
    /// How many records it has.
    pub(crate) records: u64,
    /// How many owners these have.
    pub(crate) contributors: u64,
    /// The first second at which it is live.
    pub(crate) live_from: u64,
}

impl Stored for Edition {
    type Held<'a> = Uint;

    #[inline(always)]
    fn from_slot(word: Uint) -> Self {
        let [low, records, contributors, live_from] = Stored::from_slot(word);
        let [status, data_class, purposes, ..] = low.to_le_bytes();
        let published_at = low >> 24;
        Self { status, data_class, purposes, published_at, records, contributors, live_from }
    }

    #[inline(always)]
    fn to_slot(&self) -> Uint {
        let kinds = u32::from_le_bytes([self.status, self.data_class, self.purposes, 0]);
        let low = u64::from(kinds) | self.published_at << 24;
        Uint::from_lanes(low, self.records, self.contributors, self.live_from)
    }
}

/// What an edition commits to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Content<'a> {
    pub(crate) records_root: &'a B256,
    pub(crate) shares_root: &'a B256,
    pub(crate) total_shares: &'a Uint,
    pub(crate) manifest_hash: &'a B256,
}

impl Content<'_> {
    /// Requires what an edition of so many records and contributors can commit to.
    ///
    /// # Errors
    ///
    /// - [`EditionMissingHash`] when a root or the manifest's hash is zero,
    /// - [`EditionCohortTooSmall`] below the minimum cohort,
    /// - [`EditionInvalidCounts`] when there are more contributors than records,
    /// - [`EditionInvalidShares`] when they are fewer than one for each contributor, or more than
    ///   2^96,
    /// - [`EditionUriTooLong`] above [`MAX_URI_LEN`] bytes.
    pub(crate) fn check(
        &self,
        (records, contributors): (u64, u64),
        min_cohort: u64,
        uri: &[u8],
    ) -> Result<()> {
        let hashes = [self.records_root, self.shares_root, self.manifest_hash];
        if hashes.contains(&&B256::ZERO) {
            return Err(Revert::new::<EditionMissingHash>(()));
        }
        if contributors < min_cohort {
            return Err(Revert::new::<EditionCohortTooSmall>((contributors, min_cohort)));
        }
        if records < contributors {
            return Err(Revert::new::<EditionInvalidCounts>((records, contributors)));
        }
        let (minimum, maximum) = (Uint::from(contributors), Uint::from_lanes(0, 1 << 32, 0, 0));
        if *self.total_shares < minimum || *self.total_shares > maximum {
            let values = (self.total_shares, &minimum, &maximum);
            return Err(Revert::new::<EditionInvalidShares>(values));
        }
        if uri.len() > MAX_URI_LEN {
            let [len, max] = [uri.len(), MAX_URI_LEN].map(|len| len as u64);
            return Err(Revert::new::<EditionUriTooLong>((len, max)));
        }
        Ok(())
    }
}

impl EditionsStorage {
    /// Returns what an edition begins with.
    pub(crate) fn edition(&self, vm: &VM, number: &Uint) -> Edition {
        self.editions.of(vm, number).get(vm)
    }

    /// Returns the root of the records, the root of the shares and the sum of the shares.
    pub(crate) fn roots(&self, vm: &VM, number: &Uint) -> [Uint; 3] {
        let place = self.editions.of(vm, number);
        [1, 2, 3].map(|slot| place.next::<Uint>(slot).get(vm))
    }

    /// Returns the hash of the manifest.
    pub(crate) fn manifest_hash(&self, vm: &VM, number: &Uint) -> Uint {
        self.editions.of(vm, number).next(4).get(vm)
    }

    /// Returns whether an edition can be licensed and read.
    pub(crate) fn is_live(&self, vm: &VM, number: &Uint) -> bool {
        let Edition { status, live_from, .. } = self.edition(vm, number);
        status == PUBLISHED && host::timestamp(vm) >= live_from
    }

    /// Returns whether the proof shows that an edition has a record.
    pub(crate) fn contains(&self, vm: &VM, number: &Uint, id: &B256, proof: &[B256]) -> bool {
        let root: Uint = self.editions.of(vm, number).next(1).get(vm);
        // An edition that was never published has no root, which nothing leads to.
        !root.is_zero() && merkle::verify(vm, root.word(), &leaf(vm, id), proof)
    }

    /// Writes a new edition.
    pub(crate) fn publish(
        &self,
        vm: &mut VM,
        number: &Uint,
        edition: &Edition,
        content: &Content<'_>,
    ) {
        let place = self.editions.of(vm, number);
        place.set(vm, edition);
        place.next(1).set(vm, Uint::from_word(content.records_root));
        place.next(2).set(vm, Uint::from_word(content.shares_root));
        place.next(3).set(vm, content.total_shares);
        place.next(4).set(vm, Uint::from_word(content.manifest_hash));
    }

    /// Returns an edition that can still be voided.
    ///
    /// # Errors
    ///
    /// [`EditionNotChallengeable`].
    pub(crate) fn challengeable(&self, vm: &VM, number: &Uint) -> Result<Edition> {
        let edition = self.edition(vm, number);
        let Edition { status, live_from, .. } = edition;
        if status != PUBLISHED || host::timestamp(vm) >= live_from {
            return Err(Revert::new::<EditionNotChallengeable>((number, status, live_from)));
        }
        Ok(edition)
    }

    /// Voids an edition.
    ///
    /// # Events
    ///
    /// [`EditionVoided`].
    pub(crate) fn void(&self, vm: &mut VM, number: &Uint, edition: &Edition, why: (&B256, u8)) {
        self.editions.of(vm, number).set(vm, &Edition { status: VOIDED, ..*edition });
        let (reason, cause) = why;
        let by = host::sender(vm);
        emit::<EditionVoided>(vm, (number, &by, reason), (cause,));
    }
}

/// Returns the leaf of a record in the tree of an edition.
pub(crate) fn leaf(vm: &VM, id: &B256) -> B256 {
    let start = output::len();
    output::push(id);
    merkle::leaf(vm, start)
}

//! Decides how many claims are written in little calldata: a word for each, and the siblings of all
//! proofs in one row.
//!
//! Fifty claims in trees of 10,000 leaves are about 25 KB so; the program has room for 29.

use alloy_primitives::B256;
use datacoop_kit::{Result, Revert, Uint};

use crate::distributor::IRevenueDistributor::RevenueMismatchedProofs;

/// Claims and their proofs, where they lie in the calldata.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Batch<'a> {
    entries: &'a [B256],
    lengths: &'a [u8],
    siblings: &'a [B256],
}

/// One of the claims.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry<'a> {
    /// An edition or an account: below 2^160.
    pub(crate) id: Uint,
    /// The shares that are claimed: below 2^96.
    pub(crate) shares: Uint,
    /// The siblings from the leaf up.
    pub(crate) proof: &'a [B256],
}

impl<'a> Batch<'a> {
    /// The claims of a call.
    ///
    /// # Errors
    ///
    /// [`RevenueMismatchedProofs`] unless there is a length for each entry and they add up to the
    /// siblings.
    pub(crate) fn new(
        entries: &'a [B256],
        lengths: &'a [u8],
        siblings: &'a [B256],
    ) -> Result<Self> {
        // As many bytes as lie in memory: the sum is far below 2^32.
        let sum = lengths.iter().fold(0_usize, |sum, len| sum.wrapping_add(usize::from(*len)));
        if entries.len() != lengths.len() || sum != siblings.len() {
            let counts = (entries.len() as u64, lengths.len() as u64, siblings.len() as u64);
            return Err(Revert::new::<RevenueMismatchedProofs>(counts));
        }
        Ok(Self { entries, lengths, siblings })
    }

    /// Returns the claims, in order.
    pub(crate) fn iter(self) -> impl Iterator<Item = Entry<'a>> {
        let mut rest = self.siblings;
        self.entries.iter().zip(self.lengths).map(move |(entry, len)| {
            // There are as many siblings as the lengths add up to.
            let (proof, after) = rest.split_at_checked(usize::from(*len)).unwrap_or_default();
            rest = after;
            let (id, shares) = unpack(entry);
            Entry { id, shares, proof }
        })
    }
}

/// Returns the high 160 bits of a word, and its low 96.
#[inline(never)]
fn unpack(entry: &B256) -> (Uint, Uint) {
    let [low, second, third, high] = Uint::from_word(entry).lanes();
    let id = Uint::from_lanes(second >> 32 | third << 32, third >> 32 | high << 32, high >> 32, 0);
    (id, Uint::from_lanes(low, second & u64::from(u32::MAX), 0, 0))
}

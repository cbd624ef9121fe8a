//! Decides who contributed what to a dataset of some size, and in which trees that is.

use alloy::primitives::{Address, B256, U256, keccak256};
use datacoop_deploy::data::merkle::{Tree, record_leaf, share_leaf};

use super::Size;
use crate::Error;

/// Records, whose they are, and the trees of both.
#[derive(Clone, Debug)]
pub(super) struct Collection {
    pub(super) size: Size,
    /// The contributors. The same place is the same person in every collection.
    pub(super) contributors: Vec<Address>,
    /// The records; each is of the contributor at its own place, and round again.
    pub(super) records: Vec<B256>,
    record_tree: Tree,
    share_tree: Tree,
}

impl Collection {
    /// The collection of a size, in which `first` has the first record. Those with different numbers
    /// have different records.
    pub(super) fn new(number: usize, size: Size, first: Address) -> Result<Self, Error> {
        let Size { records, contributors } = size;
        let person = |place: usize| match place {
            0 => first,
            _ => Address::from_word(keccak256(format!("contributor {place}"))),
        };
        let contributors: Vec<_> = (0..contributors).map(person).collect();
        let id = |place: usize| keccak256(format!("record {place} of dataset {number}"));
        let ids: Vec<_> = (0..records).map(id).collect();
        let none = || Error::Scale { records, reason: "it has no trees" };
        let leaves = ids.iter().copied().map(record_leaf).collect();
        let record_tree = Tree::of(leaves).ok_or_else(none)?;
        let leaves = contributors.iter().enumerate();
        let leaves = leaves.map(|(place, account)| share_leaf(*account, shares(size, place)));
        let share_tree = Tree::of(leaves.collect()).ok_or_else(none)?;
        Ok(Self { size, contributors, records: ids, record_tree, share_tree })
    }

    /// Returns whose the record at a place is.
    pub(super) fn owner(&self, place: usize) -> Address {
        self.contributors[place % self.contributors.len()]
    }

    pub(super) fn records_root(&self) -> B256 {
        self.record_tree.root()
    }

    pub(super) fn shares_root(&self) -> B256 {
        self.share_tree.root()
    }

    /// Returns the sum of the shares: one for each record.
    pub(super) fn total_shares(&self) -> U256 {
        U256::from(self.records.len())
    }

    /// Returns the shares of the contributor at a place: how many records it has.
    pub(super) fn shares(&self, place: usize) -> U256 {
        shares(self.size, place)
    }

    /// Returns the proof that the edition has the record at a place.
    pub(super) fn record_proof(&self, place: usize) -> Vec<B256> {
        self.record_tree.proof(record_leaf(self.records[place])).unwrap_or_default()
    }

    /// Returns the proof of the shares of the contributor at a place.
    pub(super) fn share_proof(&self, place: usize) -> Vec<B256> {
        let leaf = share_leaf(self.contributors[place], self.shares(place));
        self.share_tree.proof(leaf).unwrap_or_default()
    }
}

fn shares(Size { records, contributors }: Size, place: usize) -> U256 {
    U256::from(records / contributors + usize::from(place < records % contributors))
}

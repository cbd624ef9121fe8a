//! Decides what is remembered of editions off chain: which records they are of, and whose they are.

use std::collections::BTreeMap;

use alloy::primitives::{Address, B256, U256};
use anyhow::{Context, Result};
use datacoop_deploy::{
    bindings::IRevenueDistributor::claimCall,
    data::merkle::{Tree, record_leaf, share_leaf},
};

use super::ledger::Ledger;

/// An edition's records, and the shares of their owners.
#[derive(Clone, Debug)]
pub(super) struct Manifest {
    pub(super) records: Vec<B256>,
    pub(super) shares: BTreeMap<Address, u64>,
    tree: Tree,
    shares_tree: Tree,
}

/// All manifests, by the root of their records.
#[derive(Clone, Debug, Default)]
pub(super) struct Manifests(BTreeMap<B256, Manifest>);

impl Manifest {
    /// The manifest of some records, each of an owner.
    pub(super) fn new(records: &[(B256, Address)]) -> Result<Self> {
        let mut shares = BTreeMap::new();
        for (_, owner) in records {
            *shares.entry(*owner).or_insert(0) += 1;
        }
        let leaves = shares.iter().map(|(owner, shares)| share_leaf(*owner, U256::from(*shares)));
        let shares_tree = Tree::of(leaves.collect()).context("nobody has shares")?;
        let records: Vec<_> = records.iter().map(|(record, _)| *record).collect();
        let leaves = records.iter().map(|record| record_leaf(*record));
        let tree = Tree::of(leaves.collect()).context("there are no records, or one twice")?;
        Ok(Self { records, shares, tree, shares_tree })
    }

    /// The roots of the records and of the shares.
    pub(super) fn roots(&self) -> (B256, B256) {
        (self.tree.root(), self.shares_tree.root())
    }

    /// The proof that a record is one of these.
    pub(super) fn proof_of(&self, record: B256) -> Option<Vec<B256>> {
        self.tree.proof(record_leaf(record))
    }
}

impl Manifests {
    pub(super) fn keep(&mut self, manifest: Manifest) {
        self.0.insert(manifest.roots().0, manifest);
    }

    /// The manifest whose records have this root.
    pub(super) fn of(&self, root: B256) -> Option<&Manifest> {
        self.0.get(&root)
    }

    /// The shares in an edition whose records have this root.
    pub(super) fn shares(&self, root: B256) -> Vec<(Address, U256)> {
        let shares = self.of(root).map(|manifest| &manifest.shares).into_iter().flatten();
        shares.map(|(owner, shares)| (*owner, U256::from(*shares))).collect()
    }

    /// The claim of a contributor of an edition.
    pub(super) fn claim(
        &self,
        ledger: &Ledger,
        (edition, token): (U256, Address),
        account: Address,
    ) -> Option<claimCall> {
        let manifest = self.of(ledger.access.editions.get(&edition)?.root)?;
        let shares = U256::from(*manifest.shares.get(&account)?);
        let proof = manifest.shares_tree.proof(share_leaf(account, shares))?;
        Some(claimCall { edition, token, account, shares, proof })
    }
}

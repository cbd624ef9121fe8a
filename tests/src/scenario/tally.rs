//! Decides how it is told what happened: how often each kind of interaction was done, and refused.

use std::{collections::BTreeMap, fmt};

use rand::Rng;

use super::actions::{KINDS, Kind};
use crate::Random;

/// How often each kind of interaction was done, and refused as it must be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally(BTreeMap<Kind, (u32, u32)>);

impl Tally {
    pub(super) fn count(&mut self, kind: Kind, is_done: bool) {
        let (done, refused) = self.0.entry(kind).or_default();
        *(if is_done { done } else { refused }) += 1;
    }

    fn of(&self, kind: Kind) -> (u32, u32) {
        self.0.get(&kind).copied().unwrap_or_default()
    }

    /// One of the kinds that were done least, or nearly least.
    pub(super) fn neglected(&self, rng: &mut Random) -> Kind {
        let kinds = KINDS.iter().map(|(kind, _)| *kind).filter(|kind| *kind != Kind::Intrude);
        let least = kinds.clone().map(|kind| self.of(kind).0).min().unwrap_or_default();
        let kinds: Vec<_> = kinds.filter(|kind| self.of(*kind).0 <= least + 2).collect();
        kinds[rng.random_range(0..kinds.len())]
    }

    /// How many interactions there were in all, and how many of them were refused.
    #[must_use]
    pub fn sums(&self) -> (u32, u32) {
        let (done, refused) = self.0.values().fold((0, 0), |sum, of| (sum.0 + of.0, sum.1 + of.1));
        (done + refused, refused)
    }

    /// The kinds that were never done, but for intrusions, which never are.
    #[must_use]
    pub fn never_done(&self) -> Vec<String> {
        let kinds = KINDS.iter().filter(|(kind, _)| *kind != Kind::Intrude);
        let never = kinds.filter(|(kind, _)| self.of(*kind).0 == 0);
        never.map(|(kind, _)| format!("{kind:?}")).collect()
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (kind, _) in KINDS {
            let (done, refused) = self.of(kind);
            writeln!(f, "{:<16} {done:>5} done {refused:>5} refused", format!("{kind:?}"))?;
        }
        let (all, refused) = self.sums();
        writeln!(f, "{all} interactions, of which {refused} were refused")
    }
}

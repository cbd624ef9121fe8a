//! Decides whom and what a view is about: everybody who ever held something, every role, and a sample of what
//! can be asked without end.

use alloy::primitives::{Address, B256};
use rand::Rng;

use super::{Read, RoleOf};
use crate::{
    GOVERNANCE, Random,
    scenario::{
        ledger::Ledger,
        manifest::Manifests,
        people::RESEARCHERS,
        stage::{Stage, role},
    },
};

/// How many of the past's votes, of the proofs and of the possible reads are looked at each time.
const SAMPLE: usize = 8;

/// Every role of the suite but the administrator's.
const ROLES: [&str; 14] = [
    "MINTER",
    "PAUSER",
    "PROPOSER",
    "EXECUTOR",
    "CANCELLER",
    "ISSUER",
    "ATTESTOR",
    "CURATOR",
    "GUARDIAN",
    "SCHEMA",
    "SHARES",
    "LISTER",
    "SERVER",
    "RULING",
];

/// Whom and what a view is about.
pub(crate) struct Subject<'a> {
    pub(crate) stage: &'a Stage,
    pub(crate) ledger: &'a Ledger,
    pub(crate) manifests: &'a Manifests,
}

impl Subject<'_> {
    /// Everybody who may hold something.
    pub(super) fn holders(&self) -> Vec<Address> {
        let mut holders: Vec<_> = self.ledger.data.balances.keys().copied().collect();
        holders.extend(self.ledger.gov.balances.keys());
        holders.extend(self.stage.at.all());
        holders.extend([GOVERNANCE, self.stage.people.outsider.address()]);
        holders.sort_unstable();
        holders.dedup();
        holders
    }

    /// The roles that must be held, and those that must not.
    pub(super) fn roles(&self) -> Vec<RoleOf> {
        let at = self.stage.at;
        let with_roles =
            [at.data, at.gov, at.timelock, at.membership, at.registry, at.revenue, at.market];
        let mut roles: Vec<RoleOf> = self.ledger.power.roles.iter().copied().collect();
        for contract in with_roles {
            for account in [GOVERNANCE, self.stage.people.outsider.address()] {
                let named = ROLES.iter().map(|name| role(name));
                let all = named.chain([B256::ZERO]);
                roles.extend(all.map(|role| (contract, role, account)));
            }
        }
        roles.sort_unstable();
        roles.dedup();
        roles
    }

    /// Reads that somebody may try: every second by a licence that there is.
    pub(super) fn reads(&self, rng: &mut Random) -> Vec<Read> {
        let editions: Vec<_> = self.ledger.access.editions.iter().collect();
        let licences: Vec<_> = self.ledger.market.licences.values().collect();
        let mut reads = Vec::new();
        if editions.is_empty() {
            return reads;
        }
        for number in 0..SAMPLE {
            let (mut id, mut edition) = editions[rng.random_range(0..editions.len())];
            let researcher = RESEARCHERS.start + rng.random_range(0..RESEARCHERS.len());
            let mut holder = self.stage.people.member(researcher);
            let mut purpose = rng.random_range(0..5);
            if number % 2 == 0 && !licences.is_empty() {
                let licence = licences[rng.random_range(0..licences.len())];
                (holder, purpose) = (licence.holder, licence.purpose);
                if let Some(found) = self.ledger.access.editions.get_key_value(&licence.edition) {
                    (id, edition) = found;
                }
            }
            let Some(manifest) = self.manifests.of(edition.root) else { continue };
            let record = manifest.records[rng.random_range(0..manifest.records.len())];
            reads.push(Read { holder, edition: *id, purpose, record });
        }
        reads.sort_unstable();
        reads.dedup();
        reads
    }

    /// Moments of the past at which somebody's votes changed, and one second before.
    pub(super) fn moments(&self, rng: &mut Random, now: u64) -> Vec<(Address, u64)> {
        let histories: Vec<_> = self.ledger.votes.of.iter().collect();
        let mut moments = Vec::new();
        for _ in 0..SAMPLE.min(histories.len()) {
            let (account, history) = histories[rng.random_range(0..histories.len())];
            let (time, _) = history[rng.random_range(0..history.len())];
            let time = time - u64::from(rng.random::<bool>());
            if time < now {
                moments.push((*account, time));
            }
        }
        moments.sort_unstable();
        moments.dedup();
        moments
    }

    pub(super) fn proofs(&self, rng: &mut Random) -> Vec<B256> {
        let all: Vec<_> = self.ledger.paid.proofs.keys().copied().collect();
        let mut some: Vec<_> =
            (0..SAMPLE.min(all.len())).map(|_| all[rng.random_range(0..all.len())]).collect();
        some.sort_unstable();
        some.dedup();
        some
    }
}

//! Decides which records are registered, attested and erased, and which of them make an edition.

use alloy::primitives::{Address, B256, U256, keccak256};
use anyhow::Result;
use datacoop_deploy::bindings::IDataRegistry::{
    attestCall, eraseCall, publishCall, registerCall, voidByDecisionCall,
};
use rand::Rng;

use super::{Attempt, Composer};
use crate::scenario::{
    ledger::access::{ATTESTED, ERASED},
    manifest::Manifest,
    people::PATIENT,
};

/// The status of a record that nobody attested to.
const REGISTERED: u8 = 1;

/// What is said of editions, hashed.
const MANIFEST: B256 = B256::repeat_byte(0x3a);

/// The most records of an edition.
const MOST: usize = 8;

/// The fewest contributors of an edition.
const COHORT: usize = 3;

/// How many editions there are at most.
const EDITIONS: usize = 24;

/// The id of the schema that there is from the start.
pub(crate) fn schema_id() -> u32 {
    let [first, second, third, last, ..] = keccak256("hl7.fhir.r4").0;
    u32::from_be_bytes([first, second, third, last])
}

impl Composer<'_> {
    /// Records in a status.
    fn records_in(&self, wanted: impl Fn(u8) -> bool) -> Vec<(B256, Address)> {
        let records = self.ledger.access.records.iter();
        let records = records.filter(|(_, record)| wanted(record.status));
        records.map(|(id, record)| (*id, record.owner)).collect()
    }

    pub(super) fn register(&mut self) -> Option<Attempt> {
        let at = self.stage.at.registry;
        let patients = self.ledger.access.acting_as(PATIENT);
        let (owner, record) = (self.pick(&patients)?, self.fresh());
        let call = registerCall {
            recordId: record,
            pointer: b"ipfs://record".as_slice().into(),
            dataClass: self.rng.random_range(0..2),
            schemaId: schema_id(),
            schemaVersion: 1,
        };
        if self.is_flawed() {
            let old: Vec<_> = self.ledger.access.records.keys().copied().collect();
            let (from, call, error) = match (self.rng.random_range(0..3), self.pick(&old)) {
                (0, Some(old)) => {
                    (owner, registerCall { recordId: old, ..call }, "RecordAlreadyRegistered")
                }
                (1, _) => (owner, registerCall { dataClass: 4, ..call }, "RecordInvalidDataClass"),
                _ => (self.outsider(), call, "RecordOwnerNotPatient"),
            };
            return Some(Attempt::refused(from, at, &call, error));
        }
        Some(Attempt::done(owner, at, &call))
    }

    pub(super) fn attest(&mut self) -> Option<Attempt> {
        let (at, attestor) = (self.stage.at.registry, self.stage.people.attestor.address());
        if self.is_flawed() {
            if self.rng.random() {
                let (record, owner) = self.pick(&self.records_in(|status| status == REGISTERED))?;
                let call = attestCall { recordId: record };
                let error = "AccessControlUnauthorizedAccount";
                return Some(Attempt::refused(owner, at, &call, error));
            }
            let (record, _) = self.pick(&self.records_in(|status| status != REGISTERED))?;
            let call = attestCall { recordId: record };
            return Some(Attempt::refused(attestor, at, &call, "RecordWrongStatus"));
        }
        let (record, _) = self.pick(&self.records_in(|status| status == REGISTERED))?;
        Some(Attempt::done(attestor, at, &attestCall { recordId: record }))
    }

    /// The owner of a record erases it, for ever, and nobody else does.
    pub(super) fn erase(&mut self) -> Option<Attempt> {
        let at = self.stage.at.registry;
        if self.is_flawed() {
            if self.rng.random() {
                let (record, _) = self.pick(&self.records_in(|status| status != ERASED))?;
                let call = eraseCall { recordId: record };
                let error = "RecordUnauthorizedOwner";
                return Some(Attempt::refused(self.outsider(), at, &call, error));
            }
            let (record, owner) = self.pick(&self.records_in(|status| status == ERASED))?;
            let call = eraseCall { recordId: record };
            return Some(Attempt::refused(owner, at, &call, "RecordNotLive"));
        }
        let (record, owner) = self.pick(&self.records_in(|status| status != ERASED))?;
        Some(Attempt::done(owner, at, &eraseCall { recordId: record }))
    }

    /// A curator publishes what is attested, and sometimes what is not: what may be read must not depend on
    /// an honest curator.
    pub(super) fn publish(&mut self) -> Result<Option<Attempt>> {
        let (at, curator) = (self.stage.at.registry, self.stage.people.curator.address());
        let datasets: Vec<_> =
            self.ledger.access.datasets.iter().map(|(id, of)| (*id, *of)).collect();
        let Some((dataset, (class, _))) = self.pick(&datasets) else { return Ok(None) };
        if self.ledger.access.editions.len() >= EDITIONS {
            return Ok(None);
        }
        let is_careless = self.rng.random_ratio(1, 5);
        let records = self.ledger.access.records.iter().filter(|(_, record)| {
            is_careless || (record.class == class && record.status == ATTESTED)
        });
        let mut records: Vec<_> = records.map(|(id, record)| (*id, record.owner)).collect();
        while records.len() > MOST {
            records.swap_remove(self.rng.random_range(0..records.len()));
        }
        let Ok(manifest) = Manifest::new(&records) else { return Ok(None) };
        if manifest.shares.len() < COHORT {
            return Ok(None);
        }
        let (records_root, shares_root) = manifest.roots();
        if self.manifests.of(records_root).is_some() {
            return Ok(None);
        }
        let call = publishCall {
            datasetId: U256::from(dataset),
            recordsRoot: records_root,
            sharesRoot: shares_root,
            records: manifest.records.len() as u64,
            contributors: manifest.shares.len() as u64,
            totalShares: U256::from(manifest.records.len()),
            manifestHash: MANIFEST,
            manifestUri: String::new(),
        };
        if self.is_flawed() {
            if self.rng.random() {
                let error = "AccessControlUnauthorizedAccount";
                let refused = Attempt::refused(self.outsider(), at, &call, error);
                return Ok(Some(refused.or("DatasetUnauthorizedCurator")));
            }
            let call = publishCall { contributors: 2, ..call };
            return Ok(Some(Attempt::refused(curator, at, &call, "EditionCohortTooSmall")));
        }
        self.manifests.keep(manifest);
        Ok(Some(Attempt::done(curator, at, &call)))
    }

    /// The guardian voids an edition that is not live yet; one that is, is for ever.
    pub(super) fn void(&mut self) -> Option<Attempt> {
        let (at, guardian) = (self.stage.at.registry, self.stage.people.guardian.address());
        let editions: Vec<_> = self.ledger.access.editions.iter().collect();
        let young = editions.iter().copied().filter(|(_, of)| of.live_from > self.time);
        let young: Vec<_> = young.collect();
        let editions = if young.is_empty() { editions } else { young };
        let (&id, edition) = self.pick(&editions)?;
        let call = voidByDecisionCall { edition: id, reason: MANIFEST };
        if edition.voided || edition.live_from <= self.time {
            return Some(Attempt::refused(guardian, at, &call, "EditionNotChallengeable"));
        }
        if self.is_flawed() {
            let error = "AccessControlUnauthorizedAccount";
            return Some(Attempt::refused(self.outsider(), at, &call, error));
        }
        Some(Attempt::done(guardian, at, &call))
    }
}

//! Decides who publishes an edition, and what voids one before it is live: a fault that anybody can
//! show, or a decision of the guardian or the admin.
//!
//! A contributor cannot make a fault: erasing a record after its edition was published is none, since
//! nobody reads an erased record.

use alloy_primitives::B256;
use datacoop_kit::{
    Account, Result, Revert, Uint,
    access_control::{AccessControl, DEFAULT_ADMIN_ROLE},
    event::emit,
    host, merkle, word,
};

use crate::{
    DataRegistry,
    datasets::{self, Dataset},
    editions::{self, Content, Edition, PUBLISHED},
    records::{ATTESTED, ERASED, State},
    registry::{
        CURATOR_ROLE, DATASETS, EDITIONS, GUARDIAN_ROLE,
        IDataRegistry::{
            DatasetInvalidCurator, DatasetUnauthorizedCurator, EditionMissingReason,
            EditionNoFault, EditionPublished,
        },
        PARAMETERS, RECORDS,
    },
};

/// Why an edition was voided: a record that is not attested, or of another class.
const FAULTY_RECORD: u8 = 1;

/// Why an edition was voided: a record that is there twice.
const DUPLICATE: u8 = 2;

/// Why an edition was voided: the guardian or the admin decided so.
const DECISION: u8 = 3;

impl DataRegistry {
    /// Begins a dataset of the caller's.
    pub(crate) fn create_dataset(
        &mut self,
        data_class: u8,
        purposes: u8,
        name: &[u8],
    ) -> Result<Uint> {
        let curator = self.only_curator()?;
        let dataset = Dataset { curator, data_class, purposes, latest: 0 };
        DATASETS.create(&mut self.vm, &dataset, name)
    }

    /// Hands a dataset to another curator, at the admin's word.
    pub(crate) fn set_curator(&mut self, id: &Uint, curator: &Account) -> Result<()> {
        self.only_role(&DEFAULT_ADMIN_ROLE)?;
        if !self.has_role(&word::constant(CURATOR_ROLE), curator) {
            return Err(Revert::new::<DatasetInvalidCurator>((curator,)));
        }
        DATASETS.hand_over(&mut self.vm, id, curator)
    }

    /// Publishes the next version of a dataset of the caller's, and returns its number.
    ///
    /// # Errors
    ///
    /// - `DatasetUnknown`, and `DatasetUnauthorizedCurator` when it is another's,
    /// - as [`Content::check`].
    ///
    /// # Events
    ///
    /// `EditionPublished`.
    pub(crate) fn publish(
        &mut self,
        id: &Uint,
        content: &Content<'_>,
        (records, contributors): (u64, u64),
        uri: &[u8],
    ) -> Result<Uint> {
        let curator = self.only_curator()?;
        let dataset = DATASETS.known(&self.vm, id)?;
        if dataset.curator != curator {
            let parties = (&curator, &dataset.curator);
            return Err(Revert::new::<DatasetUnauthorizedCurator>(parties));
        }
        let (period, min_cohort) = PARAMETERS.terms(&self.vm);
        content.check((records, contributors), min_cohort, uri)?;
        // Each version was published by a transaction: there are far fewer than 2^32.
        let latest = dataset.latest.wrapping_add(1);
        DATASETS.write(&mut self.vm, id, &Dataset { latest, ..dataset });
        let published_at = host::timestamp(&self.vm);
        // The period is at most thirty days.
        let live_from = published_at.wrapping_add(period);
        let Dataset { data_class, purposes, .. } = dataset;
        let status = PUBLISHED;
        let edition = Edition {
            status,
            data_class,
            purposes,
            published_at,
            records,
            contributors,
            live_from,
        };
        let number = datasets::edition(id, latest);
        EDITIONS.publish(&mut self.vm, &number, &edition, content);
        let Content { records_root, shares_root, total_shares, manifest_hash } = *content;
        let topics = (&number, &curator, manifest_hash);
        let data = (records_root, shares_root, records, contributors, total_shares, live_from, uri);
        emit::<EditionPublished>(&mut self.vm, topics, data);
        Ok(number)
    }

    /// Voids an edition for a record that should not be in it.
    ///
    /// # Errors
    ///
    /// - `EditionNotChallengeable`,
    /// - `EditionNoFault` when the record is not in it, or rightly is.
    pub(crate) fn void_for_record(
        &mut self,
        number: &Uint,
        id: &B256,
        proof: &[B256],
    ) -> Result<()> {
        let edition = EDITIONS.challengeable(&self.vm, number)?;
        let State { data_class, status, since, .. } = RECORDS.open(&self.vm, id).state;
        let was_attested = match status {
            ATTESTED => true,
            ERASED => since >= edition.published_at,
            _ => false,
        };
        if was_attested && data_class == edition.data_class
            || !EDITIONS.contains(&self.vm, number, id, proof)
        {
            return Err(Revert::new::<EditionNoFault>((number, id)));
        }
        EDITIONS.void(&mut self.vm, number, &edition, (id, FAULTY_RECORD));
        Ok(())
    }

    /// Voids an edition for a record that is in it twice.
    ///
    /// # Errors
    ///
    /// - `EditionNotChallengeable`,
    /// - `EditionNoFault` when the proofs do not show that.
    pub(crate) fn void_for_duplicate(
        &mut self,
        number: &Uint,
        id: &B256,
        proof: &[B256],
        other: &[B256],
    ) -> Result<()> {
        let edition = EDITIONS.challengeable(&self.vm, number)?;
        let is_twice = EDITIONS.contains(&self.vm, number, id, proof)
            && EDITIONS.contains(&self.vm, number, id, other)
            && (proof != other || self.passes_equal_halves(id, proof));
        if !is_twice {
            return Err(Revert::new::<EditionNoFault>((number, id)));
        }
        EDITIONS.void(&mut self.vm, number, &edition, (id, DUPLICATE));
        Ok(())
    }

    /// Returns whether somewhere on the way of a proof both halves are the same: what is in one of
    /// them is in the other too.
    fn passes_equal_halves(&self, id: &B256, proof: &[B256]) -> bool {
        let leaf = editions::leaf(&self.vm, id);
        proof.iter().enumerate().any(|(height, sibling)| {
            let below = proof.get(..height).unwrap_or_default();
            merkle::verify(&self.vm, sibling, &leaf, below)
        })
    }

    /// Voids an edition, at the word of the guardian or the admin.
    ///
    /// # Errors
    ///
    /// - `EditionMissingReason`,
    /// - `EditionNotChallengeable`.
    pub(crate) fn void_by_decision(&mut self, number: &Uint, reason: &B256) -> Result<()> {
        let caller = host::sender(&self.vm);
        if !self.has_role(&DEFAULT_ADMIN_ROLE, &caller) {
            self.only_role(&word::constant(GUARDIAN_ROLE))?;
        }
        if word::is_zero(reason) {
            return Err(Revert::new::<EditionMissingReason>(()));
        }
        let edition = EDITIONS.challengeable(&self.vm, number)?;
        EDITIONS.void(&mut self.vm, number, &edition, (reason, DECISION));
        Ok(())
    }

    /// Requires that a curator calls, and returns it.
    fn only_curator(&self) -> Result<Account> {
        self.only_role(&word::constant(CURATOR_ROLE))?;
        Ok(host::sender(&self.vm))
    }
}

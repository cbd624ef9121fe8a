//! Decides what may be read, by the logs alone: the rule of access, written a second time.

use super::{
    ledger::{Ledger, access::ATTESTED},
    manifest::Manifests,
    view::Read,
};

/// Who knows what may be read.
pub(super) struct Reader<'a> {
    pub(super) ledger: &'a Ledger,
    pub(super) manifests: &'a Manifests,
    /// Whether the holder's stake is what is required.
    pub(super) has_stake: bool,
}

impl Reader<'_> {
    /// Whether a licence that is in use and lives, and the live consent of the record's owner, cover the
    /// purpose at a time.
    pub(super) fn may_read(&self, read: &Read, now: u64) -> bool {
        let Ledger { access, market, .. } = self.ledger;
        let Read { holder, edition, purpose, record } = *read;
        let is_vetted =
            self.has_stake && access.is_researcher(holder) && !market.barred.contains(&holder);
        let licence = market.used_by(holder, edition, purpose);
        let Some(published) = access.editions.get(&edition) else { return false };
        let manifest = self.manifests.of(published.root);
        let is_in = manifest.is_some_and(|manifest| manifest.records.contains(&record));
        let Some(of) = access.records.get(&record) else { return false };
        is_vetted
            && licence.is_some_and(|licence| licence.end > now)
            && !published.voided
            && published.live_from <= now
            && is_in
            && of.status == ATTESTED
            && access.covers(of.owner, (of.class, purpose), holder, now)
    }
}

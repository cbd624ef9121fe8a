//! Decides what is shown of members, consents and records: how many.

use alloy::sol_types::SolEvent;

use super::View;
use crate::{
    Error,
    bindings::{
        IConsentRegistry::{ConsentGranted, ConsentRevoked},
        IDataRegistry::{RecordErased, RecordRegistered},
        IMembership::totalSupplyCall,
    },
    contracts::{CONSENT_REGISTRY, DATA_REGISTRY, MEMBERSHIP},
};

/// How many members, consents and records there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct People {
    /// Live memberships.
    pub members: u64,
    /// Consents that were ever given.
    pub consents_given: u64,
    /// Consents that were revoked.
    pub consents_revoked: u64,
    /// Records that were ever registered.
    pub records: u64,
    /// Records that their owners erased.
    pub records_erased: u64,
}

impl View<'_> {
    pub(super) async fn people(&self) -> Result<People, Error> {
        let members = match self.address(&MEMBERSHIP) {
            Some(membership) => {
                self.chain.read_next(membership, &totalSupplyCall {}).await?.saturating_to()
            }
            None => 0,
        };
        let (consents, registry) = (self.address(&CONSENT_REGISTRY), self.address(&DATA_REGISTRY));
        Ok(People {
            members,
            consents_given: self.count(consents, ConsentGranted::SIGNATURE_HASH)?,
            consents_revoked: self.count(consents, ConsentRevoked::SIGNATURE_HASH)?,
            records: self.count(registry, RecordRegistered::SIGNATURE_HASH)?,
            records_erased: self.count(registry, RecordErased::SIGNATURE_HASH)?,
        })
    }
}

//! Decides what the logs say of people and their data: who is a member, who consented to what, which records
//! and editions there are, and whether one may be read.

use std::collections::BTreeMap;

use alloy::primitives::{Address, B256, U256};
use datacoop_deploy::bindings::{
    IConsentRegistry::{IConsentRegistryEvents, Scope},
    IDataRegistry::IDataRegistryEvents,
    IMembership::IMembershipEvents,
};

use crate::scenario::people::{PATIENT, RESEARCHER};

/// A member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Member {
    pub(crate) token: U256,
    pub(crate) roles: u8,
    pub(crate) since: u64,
}

/// A consent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Consent {
    pub(crate) subject: Address,
    pub(crate) scope: Scope,
    pub(crate) at: u64,
    pub(crate) revoked: bool,
}

/// A record; its status is as in `DataRegistry`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Record {
    pub(crate) owner: Address,
    pub(crate) class: u8,
    pub(crate) status: u8,
}

/// The status of a record that an attestor has attested to, and of one that is erased.
pub(crate) const ATTESTED: u8 = 2;
pub(crate) const ERASED: u8 = 3;

/// An edition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Edition {
    pub(crate) dataset: u64,
    pub(crate) root: B256,
    pub(crate) live_from: u64,
    pub(crate) voided: bool,
}

/// Who may use what of whom.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Access {
    pub(crate) members: BTreeMap<Address, Member>,
    /// Credentials that have a live membership.
    pub(crate) credentials: BTreeMap<U256, B256>,
    pub(crate) consents: BTreeMap<U256, Consent>,
    pub(crate) records: BTreeMap<B256, Record>,
    pub(crate) editions: BTreeMap<U256, Edition>,
    /// Data class and purposes of each dataset.
    pub(crate) datasets: BTreeMap<u64, (u8, u8)>,
}

impl Access {
    /// What an account acts as.
    pub(crate) fn roles(&self, account: Address) -> u8 {
        self.members.get(&account).map_or(0, |member| member.roles)
    }

    /// The members that act as one of these.
    pub(crate) fn acting_as(&self, roles: u8) -> Vec<Address> {
        let acting = self.members.iter().filter(|(_, member)| member.roles & roles != 0);
        acting.map(|(account, _)| *account).collect()
    }

    /// Whether a live consent of the subject lets the grantee use data of the class for the purpose.
    pub(crate) fn covers(
        &self,
        subject: Address,
        (class, purpose): (u8, u8),
        grantee: Address,
        now: u64,
    ) -> bool {
        let Some(member) = self.members.get(&subject) else { return false };
        self.consents.values().any(|consent| {
            let scope = &consent.scope;
            consent.subject == subject
                && !consent.revoked
                && consent.at >= member.since
                && scope.dataClasses >> class & 1 == 1
                && scope.purposes >> purpose & 1 == 1
                && scope.expiry >= now
                && match scope.granteeKind {
                    0 => scope.account == grantee,
                    1 => self.roles(grantee) >> scope.actorRole & 1 == 1,
                    _ => self.roles(grantee) & !PATIENT != 0,
                }
        })
    }

    /// Whether an account is a member that acts as a researcher.
    pub(crate) fn is_researcher(&self, account: Address) -> bool {
        self.roles(account) & RESEARCHER != 0
    }

    /// Takes a log of Membership.
    pub(super) fn take_membership(&mut self, event: IMembershipEvents, time: u64) {
        match event {
            IMembershipEvents::MembershipIssued(made) => {
                let member = Member { token: made.tokenId, roles: made.actorRoles, since: time };
                self.members.insert(made.account, member);
                self.credentials.insert(made.tokenId, made.credential);
            }
            IMembershipEvents::MembershipLeft(left) => self.end(left.tokenId, left.account),
            IMembershipEvents::MembershipRevoked(left) => self.end(left.tokenId, left.account),
            IMembershipEvents::MembershipReissued(moved) => {
                if let Some(member) = self.members.remove(&moved.oldAccount) {
                    let member = Member { since: time, ..member };
                    self.members.insert(moved.newAccount, member);
                }
            }
            IMembershipEvents::ActorRolesChanged(changed) => {
                let mut members = self.members.values_mut();
                if let Some(member) = members.find(|member| member.token == changed.tokenId) {
                    member.roles = changed.newRoles;
                }
            }
            _ => {}
        }
    }

    fn end(&mut self, token: U256, account: Address) {
        self.members.remove(&account);
        self.credentials.remove(&token);
    }

    /// Takes a log of the consent registry.
    pub(super) fn take_consents(&mut self, event: IConsentRegistryEvents) {
        match event {
            IConsentRegistryEvents::ConsentGranted(given) => {
                let (subject, scope, at) = (given.subject, given.scope, given.at);
                let consent = Consent { subject, scope, at, revoked: false };
                self.consents.insert(given.consentId, consent);
            }
            IConsentRegistryEvents::ConsentAmended(new) => {
                if let Some(consent) = self.consents.get_mut(&new.consentId) {
                    (consent.scope, consent.at) = (new.newScope, new.at);
                }
            }
            IConsentRegistryEvents::ConsentRevoked(ended) => {
                if let Some(consent) = self.consents.get_mut(&ended.consentId) {
                    consent.revoked = true;
                }
            }
            IConsentRegistryEvents::ConsentSignaturesVoided(_) => {}
        }
    }

    /// Takes a log of the data registry.
    pub(super) fn take_registry(&mut self, event: IDataRegistryEvents) {
        match event {
            IDataRegistryEvents::RecordRegistered(made) => {
                let (owner, class, status) = (made.owner, made.dataClass, made.status);
                self.records.insert(made.recordId, Record { owner, class, status });
            }
            IDataRegistryEvents::RecordAttested(said) => self.set_status(said.recordId, ATTESTED),
            IDataRegistryEvents::RecordErased(gone) => self.set_status(gone.recordId, ERASED),
            IDataRegistryEvents::CustodyTransferred(moved) => {
                if let Some(record) = self.records.get_mut(&moved.recordId) {
                    record.owner = moved.newOwner;
                }
            }
            IDataRegistryEvents::DatasetCreated(made) => {
                let id = made.datasetId.saturating_to();
                self.datasets.insert(id, (made.dataClass, made.purposes));
            }
            IDataRegistryEvents::EditionPublished(made) => {
                let edition = Edition {
                    dataset: (made.edition >> 32_usize).saturating_to(),
                    root: made.recordsRoot,
                    live_from: made.liveFrom,
                    voided: false,
                };
                self.editions.insert(made.edition, edition);
            }
            IDataRegistryEvents::EditionVoided(voided) => {
                if let Some(edition) = self.editions.get_mut(&voided.edition) {
                    edition.voided = true;
                }
            }
            _ => {}
        }
    }

    fn set_status(&mut self, record: B256, status: u8) {
        if let Some(record) = self.records.get_mut(&record) {
            record.status = status;
        }
    }
}

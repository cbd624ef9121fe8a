//! Decides what can be read, in plain lists: the rules of the interfaces, written a second time.

use std::collections::{BTreeMap, BTreeSet};

use alloy::{
    primitives::{Address, B256, U256},
    sol_types::SolValue,
};
use datacoop_kit::testing::tree::{self, Tree};

/// To whom a consent is given.
#[derive(Clone, Copy, Debug)]
pub(super) enum Grantee {
    One(Address),
    Role(u8),
    Anyone,
}

/// A consent that was given.
#[derive(Clone, Copy, Debug)]
pub(super) struct Consent {
    pub(super) id: U256,
    pub(super) subject: Address,
    pub(super) classes: u8,
    pub(super) purposes: u8,
    pub(super) grantee: Grantee,
    pub(super) expiry: u64,
    pub(super) at: u64,
}

/// A record: attested from the start, as the attestor registers it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Record {
    pub(super) id: B256,
    pub(super) owner: Address,
    pub(super) class: u8,
    pub(super) erased: bool,
}

/// An edition that was published.
#[derive(Clone, Debug)]
pub(super) struct Edition {
    pub(super) id: U256,
    pub(super) purposes: u8,
    pub(super) records: Vec<B256>,
    pub(super) tree: Tree,
    pub(super) shares: Vec<(Address, u64)>,
    pub(super) shares_tree: Tree,
    pub(super) live_from: u64,
    pub(super) voided: bool,
}

/// A licence that was granted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Licence {
    pub(super) id: U256,
    pub(super) holder: Address,
    pub(super) edition: U256,
    pub(super) purpose: u8,
    pub(super) end: u64,
    pub(super) used: bool,
}

/// What is known of the world without asking a contract.
#[derive(Debug, Default)]
pub(super) struct Model {
    /// Actor roles, and since when.
    pub(super) members: BTreeMap<Address, (u8, u64)>,
    /// Those that were not revoked.
    pub(super) consents: Vec<Consent>,
    pub(super) records: Vec<Record>,
    pub(super) editions: Vec<Edition>,
    pub(super) licences: Vec<Licence>,
    /// What vets: the stake less what was asked back.
    pub(super) stakes: BTreeMap<Address, u64>,
    pub(super) barred: BTreeSet<Address>,
    /// How many ids of records were given out.
    pub(super) ids: u64,
}

/// The stake that the market requires.
const REQUIRED_STAKE: u64 = 1_000;

impl Edition {
    /// The edition with an id, of records and the shares of their owners.
    pub(super) fn new(id: U256, purposes: u8, records: &[Record], live_from: u64) -> Self {
        let mut shares = BTreeMap::new();
        for record in records {
            *shares.entry(record.owner).or_insert(0) += 1;
        }
        let shares: Vec<(Address, u64)> = shares.into_iter().collect();
        let leaf = |record: &Record| tree::leaf(&record.id.abi_encode());
        let share = |(owner, shares): &(Address, u64)| {
            tree::leaf(&(*owner, U256::from(*shares)).abi_encode())
        };
        Self {
            id,
            purposes,
            records: records.iter().map(|record| record.id).collect(),
            tree: Tree::new(records.iter().map(leaf).collect()),
            shares_tree: Tree::new(shares.iter().map(share).collect()),
            shares,
            live_from,
            voided: false,
        }
    }
}

impl Model {
    /// Whether an account is a member that acts as one of these.
    fn acts_as(&self, account: Address, roles: u8) -> bool {
        self.members.get(&account).is_some_and(|(mask, _)| mask & roles != 0)
    }

    /// Whether somebody's consent lets an account use data of a class for a purpose.
    pub(super) fn covers(
        &self,
        subject: Address,
        (class, purpose): (u8, u8),
        grantee: Address,
        now: u64,
    ) -> bool {
        let Some((_, since)) = self.members.get(&subject) else { return false };
        self.consents.iter().any(|consent| {
            consent.subject == subject
                && consent.classes >> class & 1 == 1
                && consent.purposes >> purpose & 1 == 1
                && consent.expiry >= now
                && consent.at >= *since
                && match consent.grantee {
                    Grantee::One(account) => account == grantee,
                    Grantee::Role(role) => self.acts_as(grantee, 1 << role),
                    Grantee::Anyone => self.acts_as(grantee, !super::world::PATIENT),
                }
        })
    }

    /// Whether an account may use licences.
    pub(super) fn is_vetted(&self, account: Address) -> bool {
        self.acts_as(account, super::world::RESEARCHER)
            && self.stakes.get(&account).is_some_and(|stake| *stake >= REQUIRED_STAKE)
            && !self.barred.contains(&account)
    }

    /// Whether an account may read a record of an edition for a purpose.
    pub(super) fn can_read(
        &self,
        holder: Address,
        edition: &Edition,
        purpose: u8,
        record: &Record,
        now: u64,
    ) -> bool {
        let licensed = self.licences.iter().any(|licence| {
            licence.holder == holder
                && licence.edition == edition.id
                && licence.purpose == purpose
                && licence.used
                && licence.end > now
        });
        licensed
            && self.is_vetted(holder)
            && !edition.voided
            && edition.live_from <= now
            && edition.records.contains(&record.id)
            && !record.erased
            && self.covers(record.owner, (record.class, purpose), holder, now)
    }
}

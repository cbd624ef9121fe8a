//! Decides which consents there are, and which of them cover a use at this moment.
//!
//! A consent's last version lies by its id. What a check needs of it lies once more in a list of the
//! subject's live consents, one slot each, so that a check reads one slot for each of them, a second
//! one where the grantee is one account, and no list is longer than [`MAX_LIVE`].

use alloy_primitives::B256;
use datacoop_kit::{
    Account, Result, Revert, Uint, host, layout,
    storage::{Place, Sequence, Stored},
    word::Word,
};
use stylus_sdk::host::VM;

use crate::{
    members,
    registry::IConsentRegistry::{ConsentNotLive, ConsentTooMany},
    scope::{Bits, ONE_ACCOUNT, Scope},
};

/// The most live consents of a subject.
pub const MAX_LIVE: usize = 32;

/// The status of a consent that was granted and not revoked.
pub const GRANTED: u8 = 1;

/// The status of a consent that was revoked.
pub const REVOKED: u8 = 2;

layout! {
    /// The storage of consents.
    pub struct LedgerStorage {
        /// How many ids were given; the last one's number. Written by [`LedgerStorage::next_id`].
        count: Slot<Uint>,
        /// By id, five slots: the head, the subject, the account that is the grantee, the hash of
        /// the terms and the receipt. Written by [`LedgerStorage::write`].
        consents: Mapping<Uint, Head>,
        /// By subject, what is live, expired ones among them until their place is needed. Written
        /// by [`LedgerStorage::write`].
        live: Mapping<Account, Sequence<Entry>>,
    }
}

/// What a consent begins with, in one slot: `uint32 bits`, `uint32 status`, `uint64 expiry`,
/// `uint64 at`, `uint64 version`.
#[derive(Clone, Copy, Debug)]
struct Head {
    bits: Bits,
    status: u8,
    expiry: u64,
    at: u64,
    version: u64,
}

impl Stored for Head {
    type Held<'a> = Uint;

    #[inline(always)]
    fn from_slot(word: Uint) -> Self {
        let [low, expiry, at, version] = Stored::from_slot(word);
        #[allow(clippy::cast_possible_truncation, reason = "written from eight bits")]
        let status = (low >> 32) as u8;
        Self { bits: Bits::unpack(low), status, expiry, at, version }
    }

    #[inline(always)]
    fn to_slot(&self) -> Uint {
        let low = self.bits.pack() | u64::from(self.status) << 32;
        Uint::from_lanes(low, self.expiry, self.at, self.version)
    }
}

/// What a check needs of a live consent, in one slot: `uint64 id`, `uint64 bits`, `uint64 expiry`,
/// `uint64 at`.
#[derive(Clone, Copy, Debug)]
struct Entry {
    id: u64,
    bits: Bits,
    expiry: u64,
    at: u64,
}

impl Stored for Entry {
    type Held<'a> = Uint;

    #[inline(always)]
    fn from_slot(word: Uint) -> Self {
        let [id, bits, expiry, at] = Stored::from_slot(word);
        Self { id, bits: Bits::unpack(bits), expiry, at }
    }

    #[inline(always)]
    fn to_slot(&self) -> Uint {
        Uint::from_lanes(self.id, self.bits.pack(), self.expiry, self.at)
    }
}

/// A consent's last version.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Consent {
    /// Whose data it is about.
    pub(crate) subject: Account,
    /// The version's number, from one; zero for a consent that never was.
    pub(crate) version: u64,
    /// Zero, [`GRANTED`] or [`REVOKED`].
    pub(crate) status: u8,
    /// What it is for.
    pub(crate) scope: Scope,
    /// When the version was made, in seconds since 1970.
    pub(crate) at: u64,
    /// The version's receipt.
    pub(crate) receipt: B256,
}

/// A use of data that somebody asks about.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Use<'a> {
    /// Whose data.
    pub(crate) subject: &'a Account,
    /// The data's class, by number.
    pub(crate) data_class: u8,
    /// The purpose, by number.
    pub(crate) purpose: u8,
    /// Who uses it.
    pub(crate) grantee: &'a Account,
}

impl LedgerStorage {
    /// Gives an id to a new consent.
    pub(crate) fn next_id(&self, vm: &mut VM) -> Uint {
        let mut id = self.count.get(vm);
        // Each was given by a transaction.
        id.wrapping_add(&Uint::from(1_u64));
        self.count.set(vm, &id);
        id
    }

    /// Returns a consent's last version.
    pub(crate) fn consent(&self, vm: &VM, id: &Uint) -> Consent {
        let place = self.consents.of(vm, id);
        let Head { bits, status, expiry, at, version } = place.get(vm);
        let account = place.next::<Account>(2).get(vm);
        let terms = *place.next::<Uint>(3).get(vm).word();
        Consent {
            subject: place.next::<Account>(1).get(vm),
            version,
            status,
            scope: Scope { bits, account, expiry, terms },
            at,
            receipt: *place.next::<Uint>(4).get(vm).word(),
        }
    }

    /// Returns a consent that is neither revoked nor expired.
    ///
    /// # Errors
    ///
    /// [`ConsentNotLive`] when there is no such one.
    pub(crate) fn live_consent(&self, vm: &VM, id: &Uint) -> Result<Consent> {
        let consent = self.consent(vm, id);
        if consent.status != GRANTED || consent.scope.expiry < host::timestamp(vm) {
            return Err(Revert::new::<ConsentNotLive>((id,)));
        }
        Ok(consent)
    }

    /// Writes a consent's new version: the only writer of what is consented to.
    ///
    /// # Errors
    ///
    /// [`ConsentTooMany`] when it is a new one and its subject has [`MAX_LIVE`] that are live.
    pub(crate) fn write(&self, vm: &mut VM, id: &Uint, consent: &Consent) -> Result<()> {
        let Consent { subject, version, status, scope, at, receipt } = consent;
        let Scope { bits, account, expiry, terms } = *scope;
        let entry = Entry { id: id.to_u64(), bits, expiry, at: *at };
        let list = self.live.sequence(vm, subject);
        if *status == REVOKED {
            strike(vm, list, entry.id);
        } else {
            enter(vm, list, &entry, subject)?;
        }
        let place = self.consents.of(vm, id);
        place.set(vm, &Head { bits, status: *status, expiry, at: *at, version: *version });
        place.next(1).set(vm, subject);
        place.next(2).set(vm, &account);
        place.next(3).set(vm, Uint::from_word(&terms));
        place.next(4).set(vm, Uint::from_word(receipt));
        Ok(())
    }

    /// Returns a consent that covers a use at this moment, or zero: the subject has been a member
    /// ever since it was given, and the grantee is who it says.
    pub(crate) fn covering(&self, vm: &VM, membership: &Account, asked: &Use<'_>) -> u64 {
        let now = host::timestamp(vm);
        let list = self.live.sequence(vm, asked.subject);
        // What Membership says of the subject and of the grantee, once it was asked.
        let (mut since, mut roles) = (None, None);
        for index in 0..list.len(vm) {
            let Entry { id, bits, expiry, at } = list.at(vm, index).get(vm);
            if expiry < now || !bits.allows(asked.data_class, asked.purpose) {
                continue;
            }
            if since.is_none() {
                since = members::standing(vm, membership, asked.subject).map(|found| found.since);
            }
            // Nothing covers the data of somebody who is no member.
            let Some(member_since) = since else { return 0 };
            if at < member_since {
                continue;
            }
            let is_grantee = if bits.grantee_kind == ONE_ACCOUNT {
                let place: Place<Account> = self.consents.of(vm, &Uint::from(id)).next(2);
                place.get(vm) == *asked.grantee
            } else {
                bits.admits(*roles.get_or_insert_with(|| {
                    members::standing(vm, membership, asked.grantee).map_or(0, |found| found.roles)
                }))
            };
            if is_grantee {
                return id;
            }
        }
        0
    }

    /// Returns the ids of a subject's consents that are neither revoked nor expired, and how many
    /// they are.
    pub(crate) fn ids(&self, vm: &VM, subject: &Account) -> ([u64; MAX_LIVE], usize) {
        let mut ids = [0; MAX_LIVE];
        let mut count = 0_usize;
        let now = host::timestamp(vm);
        let list = self.live.sequence(vm, subject);
        for index in 0..list.len(vm) {
            let entry = list.at(vm, index).get(vm);
            if let Some(id) = ids.get_mut(count).filter(|_| entry.expiry >= now) {
                *id = entry.id;
                // There are at most as many as there is room for.
                count = count.wrapping_add(1);
            }
        }
        (ids, count)
    }
}

/// Puts a consent in its subject's list: in its own place when it is there, else at the end, else in
/// the place of one that has expired.
///
/// # Errors
///
/// [`ConsentTooMany`] when there is no such place.
fn enter(vm: &mut VM, list: Sequence<Entry>, entry: &Entry, subject: &Account) -> Result<()> {
    let now = host::timestamp(vm);
    let len = list.len(vm);
    let mut expired = None;
    for index in 0..len {
        let found = list.at(vm, index).get(vm);
        if found.id == entry.id {
            list.at(vm, index).set(vm, entry);
            return Ok(());
        }
        if found.expiry < now {
            expired = Some(index);
        }
    }
    match expired {
        Some(index) => list.at(vm, index).set(vm, entry),
        None if len < MAX_LIVE as u64 => list.push(vm, entry),
        None => return Err(Revert::new::<ConsentTooMany>((subject, MAX_LIVE as u64))),
    }
    Ok(())
}

/// Takes a consent out of its subject's list; the last one takes its place.
fn strike(vm: &mut VM, list: Sequence<Entry>, id: u64) {
    let len = list.len(vm);
    for index in 0..len {
        if list.at(vm, index).get(vm).id == id {
            // There is one at least.
            let last = list.at(vm, len.wrapping_sub(1)).get(vm);
            list.at(vm, index).set(vm, &last);
            list.pop(vm);
            return;
        }
    }
}

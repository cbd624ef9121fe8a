//! Decides what is known of a record, and how its history goes on.
//!
//! A record has three slots by its id: the state, the hash of its pointer, and the head of its
//! history. They have one writer, a record that is
//! looked at.

use alloy_primitives::B256;
use datacoop_kit::{
    Account, Result, Revert, Uint, host, layout, output,
    storage::{Place, Stored},
    word::Word,
};
use stylus_sdk::host::VM;

use crate::{
    packed::Packed,
    registry::IDataRegistry::{RecordNotLive, RecordUnauthorizedOwner},
    schemas::Schema,
};

/// The number of data classes: those of DataCoopRewards.
pub const DATA_CLASSES: u8 = 4;

/// The status of an id that was never registered.
pub const UNKNOWN: u8 = 0;

/// The status of a record that nobody but its owner vouches for.
pub const REGISTERED: u8 = 1;

/// The status of a record that an attestor vouches for.
pub const ATTESTED: u8 = 2;

/// The status of a record that its owner erased.
pub const ERASED: u8 = 3;

layout! {
    /// The storage of records.
    pub struct RecordsStorage {
        /// By id, three slots: the state, the hash of the pointer and the head of the history.
        /// Written by [`Record::write`].
        records: Mapping<B256, State>,
        /// By id, whom the record is offered to. Written by [`RecordsStorage::offer`].
        candidates: Mapping<B256, Account>,
    }
}

/// What is done to a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Action {
    /// It was registered, by an attestor or not.
    Register = 1,
    /// It was attested.
    Attest = 2,
    /// It went to another owner.
    Transfer = 3,
    /// Its bytes lie elsewhere.
    Rotate = 4,
    /// It was erased.
    Erase = 5,
}

/// A record's state, in one slot: `address owner`, 4 bits of data class, 4 bits of status, `uint16`
/// schema version, `uint32` schema id, `uint40` time of the status in seconds since 1970.
#[derive(Clone, Copy, Debug)]
pub(crate) struct State {
    /// Whose it is.
    pub(crate) owner: Account,
    /// Which kind of data, below [`DATA_CLASSES`].
    pub(crate) data_class: u8,
    /// [`UNKNOWN`], [`REGISTERED`], [`ATTESTED`] or [`ERASED`].
    pub(crate) status: u8,
    /// What it was registered under.
    pub(crate) schema: Schema,
    /// Since when it has its status.
    pub(crate) since: u64,
}

impl Stored for State {
    type Held<'a> = Uint;

    #[inline(always)]
    #[allow(clippy::cast_possible_truncation, reason = "the parts are taken apart")]
    fn from_slot(word: Uint) -> Self {
        let Packed { account, middle, high } = Packed::read(&word);
        let [kinds, low, version, id] = middle.to_le_bytes();
        Self {
            owner: account,
            data_class: kinds & 15,
            status: kinds >> 4,
            schema: Schema {
                id: u32::from(id) | (high as u32) << 8,
                version: u16::from_le_bytes([low, version]),
            },
            since: high >> 24,
        }
    }

    #[inline(always)]
    #[allow(clippy::cast_possible_truncation, reason = "the parts are put together")]
    fn to_slot(&self) -> Uint {
        let Schema { id, version } = self.schema;
        let [low, high] = version.to_le_bytes();
        let kinds = self.data_class | self.status << 4;
        Packed {
            account: self.owner,
            middle: u32::from_le_bytes([kinds, low, high, id as u8]),
            high: u64::from(id >> 8) | self.since << 24,
        }
        .write()
    }
}

/// A record that is looked at.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Record<'a> {
    /// Its id.
    pub(crate) id: &'a B256,
    /// Its state, when it was looked at.
    pub(crate) state: State,
    place: Place<State>,
}

/// A change of a record: what is done, by whom, when.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Change<'a> {
    pub(crate) action: Action,
    pub(crate) actor: &'a Account,
    pub(crate) at: u64,
}

impl RecordsStorage {
    /// Looks at the record with an id.
    pub(crate) fn open<'a>(&self, vm: &VM, id: &'a B256) -> Record<'a> {
        let place = self.records.of(vm, id);
        Record { id, state: place.get(vm), place }
    }

    /// Looks at a record that is registered and not erased.
    ///
    /// # Errors
    ///
    /// [`RecordNotLive`].
    pub(crate) fn live<'a>(&self, vm: &VM, id: &'a B256) -> Result<Record<'a>> {
        let record = self.open(vm, id);
        match record.state.status {
            REGISTERED | ATTESTED => Ok(record),
            status => Err(Revert::new::<RecordNotLive>((id, status))),
        }
    }

    /// Looks at a live record of an account.
    ///
    /// # Errors
    ///
    /// [`RecordNotLive`], and [`RecordUnauthorizedOwner`] when it is another's.
    pub(crate) fn own<'a>(&self, vm: &VM, id: &'a B256, caller: &Account) -> Result<Record<'a>> {
        let record = self.live(vm, id)?;
        if record.state.owner != *caller {
            return Err(Revert::new::<RecordUnauthorizedOwner>((caller, &record.state.owner)));
        }
        Ok(record)
    }

    /// Returns whom a record is offered to; the zero address for nobody.
    pub(crate) fn candidate(&self, vm: &VM, id: &B256) -> Account {
        self.candidates.of(vm, id).get(vm)
    }

    /// Offers a record to an account, or to nobody, and returns whom it was offered to before.
    pub(crate) fn offer(&self, vm: &mut VM, id: &B256, candidate: &Account) -> Account {
        let place = self.candidates.of(vm, id);
        let old = place.get(vm);
        if old != *candidate {
            place.set(vm, candidate);
        }
        old
    }
}

impl Record<'_> {
    /// Returns the hash of the record's pointer; zero without one.
    pub(crate) fn pointer_hash(&self, vm: &VM) -> Uint {
        self.place.next::<Uint>(1).get(vm)
    }

    /// Returns the head of the record's history; zero without one.
    pub(crate) fn head(&self, vm: &VM) -> Uint {
        self.place.next::<Uint>(2).get(vm)
    }

    /// Writes a record after a change: the only writer. Returns the new head of its history.
    pub(crate) fn write(
        &self,
        vm: &mut VM,
        change: &Change<'_>,
        state: &State,
        pointer_hash: &Uint,
    ) -> B256 {
        let begins = change.action == Action::Register;
        let previous = if begins { *self.id } else { *self.head(vm).word() };
        let word = state.to_slot();
        let start = output::len();
        output::push(&previous);
        output::push_number((change.action as u8).into());
        output::push(change.actor.word());
        output::push(word.word());
        output::push(pointer_hash.word());
        output::push_number(change.at);
        let head = host::hash_output(vm, start);
        host::store(vm, self.place.key(), word.word());
        if begins || matches!(change.action, Action::Rotate | Action::Erase) {
            self.place.next(1).set(vm, pointer_hash);
        }
        self.place.next(2).set(vm, Uint::from_word(&head));
        head
    }
}

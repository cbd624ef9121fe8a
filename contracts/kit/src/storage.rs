//! Decides where values lie in storage: exactly where Solidity would put them.
//!
//! A layout is a list of fields in fixed slots, each a [`Slot`], a [`Mapping`], a [`NestedMapping`]
//! or an [`Array`], declared once with [`layout!`](crate::layout). A slot is a small constant in
//! the code; nothing is built at run time but the key that is needed.

use core::marker::PhantomData;

use alloy_primitives::B256;
use stylus_sdk::host::VM;

use crate::{
    Account, Uint, host, output,
    word::{self, Word},
};

/// A value that fills a storage slot.
pub trait Stored: Sized {
    /// What is written: the word itself, or a reference to it.
    type Held<'a>: Word
    where
        Self: 'a;

    /// Reads the value from its slot's word.
    fn from_slot(word: Uint) -> Self;

    /// Returns the slot's word.
    fn to_slot(&self) -> Self::Held<'_>;
}

impl Stored for Uint {
    type Held<'a> = &'a B256;

    #[inline(always)]
    fn from_slot(word: Self) -> Self {
        word
    }

    #[inline(always)]
    fn to_slot(&self) -> &B256 {
        self.word()
    }
}

impl Stored for B256 {
    type Held<'a> = &'a Self;

    #[inline(always)]
    fn from_slot(word: Uint) -> Self {
        *word.word()
    }

    #[inline(always)]
    fn to_slot(&self) -> &Self {
        self
    }
}

impl Stored for bool {
    type Held<'a> = Uint;

    #[inline(always)]
    fn from_slot(word: Uint) -> Self {
        !word.is_zero()
    }

    #[inline(always)]
    fn to_slot(&self) -> Uint {
        Uint::from(u64::from(*self))
    }
}

impl Stored for Account {
    type Held<'a> = &'a B256;

    #[inline(always)]
    fn from_slot(word: Uint) -> Self {
        // Only accounts are written to an account's slot.
        *Self::from_word(word.word()).unwrap_or(&Self::ZERO)
    }

    #[inline(always)]
    fn to_slot(&self) -> &B256 {
        self.word()
    }
}

/// Four 64-bit numbers packed in one slot, the first in the low bits, as Solidity packs them.
impl Stored for [u64; 4] {
    type Held<'a> = Uint;

    #[inline(always)]
    fn from_slot(word: Uint) -> Self {
        word.lanes()
    }

    #[inline(always)]
    fn to_slot(&self) -> Uint {
        let [low, second, third, high] = *self;
        Uint::from_lanes(low, second, third, high)
    }
}

/// One value at a place in storage.
#[derive(Clone, Copy, Debug)]
#[repr(transparent)]
pub struct Place<V> {
    key: B256,
    value: PhantomData<V>,
}

impl<V: Stored> Place<V> {
    /// A value at a place of its own choice, such as a hash.
    #[must_use]
    #[inline(always)]
    pub const fn at(key: B256) -> Self {
        Self { key, value: PhantomData }
    }

    /// Reads the value.
    #[must_use]
    #[inline(always)]
    pub fn get(&self, vm: &VM) -> V {
        V::from_slot(host::load(vm, &self.key))
    }

    /// Writes the value.
    #[inline(always)]
    pub fn set(&self, vm: &mut VM, value: &V) {
        host::store(vm, &self.key, value.to_slot().word());
    }
}

impl<V> Place<V> {
    /// Returns the slot.
    #[must_use]
    #[inline(always)]
    pub const fn key(&self) -> &B256 {
        &self.key
    }

    /// Returns the place some slots further on, of another part of the same value.
    #[must_use]
    #[inline(always)]
    pub fn next<W>(&self, slots: u64) -> Place<W> {
        Place { key: further(&self.key, slots), value: PhantomData }
    }
}

/// Returns the slot some slots further on.
#[inline(never)]
fn further(key: &B256, slots: u64) -> B256 {
    let [first, second, third, last] = word::raw_lanes(key);
    // A few slots are added to the last byte, which is the highest of the lane as it lies in memory:
    // the lane need not be turned round unless that byte overflows.
    let distance = slots << 56;
    if distance >> 56 == slots
        && let Some(last) = u64::from_le(last).checked_add(distance)
    {
        return word::from_raw_lanes(first, second, third, last.to_le());
    }
    let mut key = *Uint::from_word(key);
    // As Solidity's: places are hashes, and nothing is so long that it reaches another's.
    key.wrapping_add(&Uint::from(slots));
    *key.word()
}

/// One value in a slot of the layout.
#[derive(Clone, Copy, Debug)]
pub struct Slot<V> {
    slot: u8,
    value: PhantomData<V>,
}

impl<V: Stored> Slot<V> {
    /// The value in the given slot.
    #[must_use]
    pub const fn at(slot: u8) -> Self {
        Self { slot, value: PhantomData }
    }

    /// Reads the value.
    #[must_use]
    #[inline(always)]
    pub fn get(&self, vm: &VM) -> V {
        V::from_slot(load_slot(vm, self.slot))
    }

    /// Writes the value.
    #[inline(always)]
    pub fn set(&self, vm: &mut VM, value: &V) {
        store_slot(vm, self.slot, value.to_slot().word());
    }
}

/// Values by key.
#[derive(Clone, Copy, Debug)]
pub struct Mapping<K, V> {
    slot: u8,
    entry: PhantomData<(K, V)>,
}

impl<K, V> Mapping<K, V> {
    /// The mapping in the given slot.
    #[must_use]
    pub const fn at(slot: u8) -> Self {
        Self { slot, entry: PhantomData }
    }
}

impl<K: Word, V: Stored> Mapping<K, V> {
    /// Returns the place of a key's value: `keccak256(key ‖ slot)`.
    #[must_use]
    #[inline(always)]
    pub fn of(&self, vm: &VM, key: &K) -> Place<V> {
        mapped_at(vm, key.word(), self.slot)
    }
}

impl<K: Word, V: Stored> Mapping<K, Sequence<V>> {
    /// Returns a key's sequence.
    #[must_use]
    #[inline(always)]
    pub fn sequence(&self, vm: &VM, key: &K) -> Sequence<V> {
        Sequence { len: mapped_at(vm, key.word(), self.slot), value: PhantomData }
    }
}

/// Values by two keys.
#[derive(Clone, Copy, Debug)]
pub struct NestedMapping<K, L, V> {
    slot: u8,
    entry: PhantomData<(K, L, V)>,
}

impl<K: Word, L: Word, V: Stored> NestedMapping<K, L, V> {
    /// The mapping of mappings in the given slot.
    #[must_use]
    pub const fn at(slot: u8) -> Self {
        Self { slot, entry: PhantomData }
    }

    /// Returns the place of a value: `keccak256(inner ‖ keccak256(outer ‖ slot))`.
    #[must_use]
    #[inline(always)]
    pub fn of(&self, vm: &VM, outer: &K, inner: &L) -> Place<V> {
        let root: Place<V> = mapped_at(vm, outer.word(), self.slot);
        mapped(vm, inner.word(), &root.key)
    }
}

/// A sequence in a slot of the layout.
#[derive(Clone, Copy, Debug)]
pub struct Array<V> {
    slot: u8,
    value: PhantomData<V>,
}

impl<V: Stored> Array<V> {
    /// The sequence in the given slot.
    #[must_use]
    pub const fn at(slot: u8) -> Self {
        Self { slot, value: PhantomData }
    }

    /// Returns the sequence.
    #[must_use]
    #[inline(always)]
    pub fn all(&self) -> Sequence<V> {
        let slot = Uint::from(u64::from(self.slot));
        Sequence { len: Place::at(*slot.word()), value: PhantomData }
    }
}

/// Values in a row, one slot each, as Solidity's `V[]`: the length lies in the sequence's own slot,
/// the values from the hash of that slot's number on.
#[derive(Clone, Copy, Debug)]
pub struct Sequence<V> {
    len: Place<Uint>,
    value: PhantomData<V>,
}

impl<V: Stored> Sequence<V> {
    /// Returns how many values there are.
    #[must_use]
    pub fn len(&self, vm: &VM) -> u64 {
        self.len.get(vm).to_u64()
    }

    /// Returns whether there are none.
    #[must_use]
    pub fn is_empty(&self, vm: &VM) -> bool {
        self.len(vm) == 0
    }

    /// Returns the place of the value with the given index, which need not be below the length.
    #[must_use]
    pub fn at(&self, vm: &VM, index: u64) -> Place<V> {
        let start = output::len();
        output::push(&self.len.key);
        Place::<V>::at(host::hash_output(vm, start)).next(index)
    }

    /// Appends a value.
    pub fn push(&self, vm: &mut VM, value: &V) {
        let len = self.len(vm);
        self.push_at(vm, len, &self.at(vm, len), value);
    }

    /// Appends a value, when the length and the place after the last value are known.
    pub fn push_at(&self, vm: &mut VM, len: u64, place: &Place<V>, value: &V) {
        place.set(vm, value);
        // Each value was written by a transaction: there are far fewer than 2^64.
        self.len.set(vm, &Uint::from(len.wrapping_add(1)));
    }

    /// Removes the last value, if there is one, and clears its slot.
    pub fn pop(&self, vm: &mut VM) {
        if let Some(last) = self.len(vm).checked_sub(1) {
            host::store(vm, &self.at(vm, last).key, &B256::ZERO);
            self.len.set(vm, &Uint::from(last));
        }
    }
}

/// Reads a slot of the layout.
#[inline(never)]
fn load_slot(vm: &VM, slot: u8) -> Uint {
    host::load(vm, Uint::from(u64::from(slot)).word())
}

/// Writes a slot of the layout.
#[inline(never)]
fn store_slot(vm: &mut VM, slot: u8, value: &B256) {
    host::store(vm, Uint::from(u64::from(slot)).word(), value);
}

/// Returns where a mapping in a slot of the layout keeps the value of `key`.
#[inline(never)]
fn mapped_at<V: Stored>(vm: &VM, key: &B256, slot: u8) -> Place<V> {
    let start = output::len();
    output::push(key);
    output::push_number(slot.into());
    Place::at(host::hash_output(vm, start))
}

/// Returns where a mapping at `root` keeps the value of `key`.
#[inline(always)]
fn mapped<V: Stored>(vm: &VM, key: &B256, root: &B256) -> Place<V> {
    let start = output::len();
    output::push(key);
    output::push(root);
    Place::at(host::hash_output(vm, start))
}

/// Declares a component's storage: fields in consecutive slots from a base that the contract
/// chooses.
///
/// Fields are private to the component, only appended, and never reordered; `FIELDS` lists them
/// for the snapshot that a contract's tests compare.
#[macro_export]
macro_rules! layout {
    (
        $(#[$attr:meta])*
        pub struct $name:ident {
            $($(#[$field_attr:meta])* $field:ident: $kind:ident<$($param:ty),+>,)+
        }
    ) => {
        $(#[$attr])*
        #[derive(Clone, Copy, Debug)]
        pub struct $name {
            $($(#[$field_attr])* $field: $crate::storage::$kind<$($param),+>,)+
        }

        impl $name {
            /// The fields and their types, in the order of their slots.
            pub const FIELDS: &'static [(&'static str, &'static str)] =
                &[$((
                    stringify!($field),
                    concat!(stringify!($kind), "<", stringify!($($param),+), ">"),
                ),)+];

            /// The fields in consecutive slots from `base`.
            #[must_use]
            #[allow(unused_assignments, reason = "the last field's successor is not used")]
            #[allow(clippy::arithmetic_side_effects, reason = "evaluated while compiling")]
            pub const fn at(base: u8) -> Self {
                let mut slot = base;
                $(
                    let $field = $crate::storage::$kind::at(slot);
                    slot += 1;
                )+
                Self { $($field,)+ }
            }
        }
    };
}

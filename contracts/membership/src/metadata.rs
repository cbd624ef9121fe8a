//! Decides where a membership's metadata is found: at the base URI with the id after it.

use alloy_sol_types::sol_data;
use datacoop_kit::{Result, Revert, Uint, abi::ToAbi, event::emit, layout, word::Word};
use stylus_sdk::host::VM;

use crate::membership::IMembership::{BaseURIChanged, MembershipBaseURITooLong};

/// The most bytes of the base URI.
pub const MAX_LEN: usize = 128;

/// The most digits of an id below 2^64.
const MAX_DIGITS: usize = 20;

layout! {
    /// The storage of the metadata.
    pub struct MetadataStorage {
        /// The length of the base URI, in bytes. Written by [`MetadataStorage::set`].
        len: Slot<Uint>,
        /// The bytes of the base URI, 32 a word, by the word's number. Written by
        /// [`MetadataStorage::set`].
        words: Mapping<Uint, Uint>,
    }
}

/// A URI that was put together.
#[derive(Clone, Copy, Debug)]
pub struct Uri {
    bytes: [u8; MAX_LEN + MAX_DIGITS],
    len: usize,
}

impl Uri {
    /// Returns the URI's bytes.
    fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }

    /// Appends bytes, as many as there is room for.
    fn push(&mut self, more: &[u8]) {
        let room = self.bytes.get_mut(self.len..).unwrap_or_default();
        for (to, from) in room.iter_mut().zip(more) {
            *to = *from;
        }
        self.len = self.len.saturating_add(more.len()).min(self.bytes.len());
    }
}

impl ToAbi<sol_data::String> for Uri {
    fn push_head(&self, tail: &mut u64) {
        ToAbi::<sol_data::String>::push_head(&self.as_bytes(), tail);
    }

    fn push_tail(self) {
        ToAbi::<sol_data::String>::push_tail(self.as_bytes());
    }
}

impl MetadataStorage {
    /// Returns the base URI.
    pub(crate) fn base(&self, vm: &VM) -> Uri {
        let mut uri = Uri { bytes: [0; MAX_LEN + MAX_DIGITS], len: 0 };
        let len = usize::try_from(self.len.get(vm).to_u64()).unwrap_or_default();
        let mut index = 0_u64;
        while uri.len < len {
            let word = self.words.of(vm, &Uint::from(index)).get(vm);
            let rest = len.saturating_sub(uri.len).min(32);
            uri.push(word.word().get(..rest).unwrap_or_default());
            index = index.wrapping_add(1);
        }
        uri
    }

    /// Returns the URI of an id; nothing when there is no base.
    pub(crate) fn of(&self, vm: &VM, id: u64) -> Uri {
        let mut uri = self.base(vm);
        if uri.len != 0 {
            push_decimal(&mut uri, id);
        }
        uri
    }

    /// Sets the base URI.
    ///
    /// # Errors
    ///
    /// [`MembershipBaseURITooLong`] above [`MAX_LEN`] bytes.
    ///
    /// # Events
    ///
    /// [`BaseURIChanged`].
    pub(crate) fn set(&self, vm: &mut VM, new: &[u8]) -> Result<()> {
        if new.len() > MAX_LEN {
            let [len, max] = [new.len(), MAX_LEN].map(|len| len as u64);
            return Err(Revert::new::<MembershipBaseURITooLong>((len, max)));
        }
        let old = self.base(vm);
        self.len.set(vm, &Uint::from(new.len() as u64));
        for (index, chunk) in new.chunks(32).enumerate() {
            let mut word = [0; 32];
            for (to, from) in word.iter_mut().zip(chunk) {
                *to = *from;
            }
            self.words.of(vm, &Uint::from(index as u64)).set(vm, &Uint::new(word.into()));
        }
        emit::<BaseURIChanged>(vm, (), (old, new));
        Ok(())
    }
}

/// Appends a number in decimal.
fn push_decimal(uri: &mut Uri, mut number: u64) {
    let mut digits = [0; MAX_DIGITS];
    let mut first = MAX_DIGITS;
    // A number below 2^64 has at most twenty digits.
    while let Some(digit) = first.checked_sub(1).and_then(|at| digits.get_mut(at)) {
        #[allow(clippy::cast_possible_truncation, reason = "a digit is below ten")]
        let value = (number % 10) as u8;
        *digit = b'0' | value;
        first = first.wrapping_sub(1);
        number /= 10;
        if number == 0 {
            break;
        }
    }
    uri.push(digits.get(first..).unwrap_or_default());
}

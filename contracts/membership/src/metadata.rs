//! Decides where a membership's metadata is found: at the base URI with the id after it.

use alloy_sol_types::sol_data;
use datacoop_kit::{
    Result, Revert,
    abi::ToAbi,
    event::emit,
    text::{Text, TextStorage},
};
use stylus_sdk::host::VM;

use crate::membership::{
    IMembership::{BaseURIChanged, MembershipBaseURITooLong},
    METADATA,
};

/// The most words of the base URI.
const WORDS: usize = 4;

/// The most bytes of the base URI.
pub const MAX_LEN: usize = 32 * WORDS;

/// The most digits of an id below 2^64.
const MAX_DIGITS: usize = 20;

/// The storage of the base URI. Written by `set`.
pub type MetadataStorage = TextStorage;

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

/// Returns the base URI.
pub(crate) fn base(vm: &VM) -> Text<WORDS> {
    METADATA.get(vm)
}

/// Returns the URI of an id: the base and the id; nothing when there is no base.
pub(crate) fn of(vm: &VM, id: u64) -> Uri {
    let mut uri = Uri { bytes: [0; MAX_LEN + MAX_DIGITS], len: 0 };
    uri.push(base(vm).as_bytes());
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
pub(crate) fn set(vm: &mut VM, new: &[u8]) -> Result<()> {
    if new.len() > MAX_LEN {
        let [len, max] = [new.len(), MAX_LEN].map(|len| len as u64);
        return Err(Revert::new::<MembershipBaseURITooLong>((len, max)));
    }
    let old = base(vm);
    METADATA.set(vm, new);
    emit::<BaseURIChanged>(vm, (), (old, new));
    Ok(())
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

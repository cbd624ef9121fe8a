//! Decides where the description of a licence is: under one URI for all, in which clients put the id.

use datacoop_kit::{
    Result, Revert,
    event::emit,
    text::{Text, TextStorage},
};
use stylus_sdk::host::VM;

use crate::market::{
    IDataMarket::{BaseURIChanged, MarketURITooLong},
    URI,
};

/// The most words of the URI.
const WORDS: usize = 4;

/// The most bytes of the URI.
pub const MAX_LEN: usize = 32 * WORDS;

/// The storage of the URI. Written by `set`.
pub type UriStorage = TextStorage;

/// Returns the URI.
pub(crate) fn get(vm: &VM) -> Text<WORDS> {
    URI.get(vm)
}

/// Sets the URI.
///
/// # Errors
///
/// [`MarketURITooLong`] above [`MAX_LEN`] bytes.
///
/// # Events
///
/// [`BaseURIChanged`].
pub(crate) fn set(vm: &mut VM, new: &[u8]) -> Result<()> {
    if new.len() > MAX_LEN {
        let [len, max] = [new.len(), MAX_LEN].map(|len| len as u64);
        return Err(Revert::new::<MarketURITooLong>((len, max)));
    }
    let old = get(vm);
    URI.set(vm, new);
    emit::<BaseURIChanged>(vm, (), (old, new));
    Ok(())
}

//! Decides where the cooperative describes itself (ERC-4824): at a URI that governance sets.

use datacoop_kit::{
    Result, Revert,
    event::emit,
    host,
    text::{Text, TextStorage},
};
use stylus_sdk::host::VM;

use crate::governor::{
    DAO_URI,
    IGovernor::{DAOURIUpdate, GovernorDAOURITooLong},
};

/// The most words of the URI.
const WORDS: usize = 8;

/// The most bytes of the URI.
const MAX_LEN: usize = 32 * WORDS;

/// The storage of the URI. Written by `set`.
pub type DaoUriStorage = TextStorage;

/// Returns the URI; nothing when none was set.
pub(crate) fn get(vm: &VM) -> Text<WORDS> {
    DAO_URI.get(vm)
}

/// Sets the URI.
///
/// # Errors
///
/// `GovernorDAOURITooLong` above [`MAX_LEN`] bytes.
///
/// # Events
///
/// `DAOURIUpdate`.
#[inline(never)]
pub(crate) fn set(vm: &mut VM, new: &[u8]) -> Result<()> {
    if new.len() > MAX_LEN {
        let [len, max] = [new.len(), MAX_LEN].map(|len| len as u64);
        return Err(Revert::new::<GovernorDAOURITooLong>((len, max)));
    }
    DAO_URI.set(vm, new);
    let this = host::this(vm);
    emit::<DAOURIUpdate>(vm, (), (&this, new));
    Ok(())
}

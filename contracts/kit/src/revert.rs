//! Decides what a revert is: the encoded bytes of a typed error, made where it is raised.

use alloc::vec::Vec;
use alloy_sol_types::{Panic, SolError, sol_data};

use crate::{
    abi::{self, ToWords},
    word,
};

/// What a contract's functions return.
pub type Result<T, E = Revert> = core::result::Result<T, E>;

/// Why a call is reverted: the bytes that the caller will see.
///
/// Nothing on chain matches on an error, it is only passed on; so it is encoded at once and stays
/// small, while [`new`](Self::new) takes nothing but an error of an interface and its arguments.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct Revert(Vec<u8>);

impl Revert {
    /// Encodes a typed error: `Revert::new::<ERC20InvalidSender>((sender,))`.
    #[inline]
    pub fn new<'a, E: SolError>(args: impl ToWords<E::Parameters<'a>>) -> Self {
        Self(abi::encode_call(E::SELECTOR, args.to_words().as_ref()))
    }

    /// Encodes a typed error of a number and some bytes.
    pub fn with_bytes<'a, E>(number: u64, bytes: &[u8]) -> Self
    where
        E: SolError<Parameters<'a> = (sol_data::Uint<256>, sol_data::Bytes)>,
    {
        // The head is two words; the bytes follow it.
        let head = [word::from_u64(number), word::from_u64(2 * 32)];
        let mut out = abi::encode_call(E::SELECTOR, &head);
        abi::push_bytes(&mut out, bytes);
        Self(out)
    }

    /// Reverts without a word, as Solidity does on malformed calldata.
    #[inline]
    pub const fn empty() -> Self {
        Self(Vec::new())
    }

    /// Reverts as Solidity does when a checked sum overflows: `Panic(0x11)`.
    #[cold]
    pub fn overflow() -> Self {
        Self(abi::encode_call(Panic::SELECTOR, &[word::from_u64(0x11)]))
    }

    /// Passes on what a called contract reverted with.
    #[inline]
    pub const fn bubble(data: Vec<u8>) -> Self {
        Self(data)
    }

    /// Returns the encoded error.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Returns the encoded error.
    #[must_use]
    #[inline]
    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }
}

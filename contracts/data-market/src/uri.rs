//! Decides where the description of a licence is: under one URI for all, in which clients put the id.

use alloy_sol_types::sol_data;
use datacoop_kit::{
    Result, Revert, Uint,
    abi::ToAbi,
    event::emit,
    layout,
    word::{self, Word},
};
use stylus_sdk::host::VM;

use crate::market::IDataMarket::{BaseURIChanged, MarketURITooLong};

/// The most words of the URI.
const WORDS: usize = 4;

/// The most bytes of the URI.
pub const MAX_LEN: usize = 32 * WORDS;

layout! {
    /// The storage of the URI.
    pub struct UriStorage {
        /// Its length, in bytes. Written by [`UriStorage::set`].
        len: Slot<Uint>,
        /// Its bytes, 32 a word, by the word's number. Written by [`UriStorage::set`].
        words: Mapping<Uint, Uint>,
    }
}

/// A URI that was read.
#[derive(Clone, Copy, Debug)]
pub struct Uri {
    words: [alloy_primitives::B256; WORDS],
    len: usize,
}

impl Uri {
    fn as_bytes(&self) -> &[u8] {
        word::bytes(&self.words).get(..self.len).unwrap_or_default()
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

impl UriStorage {
    /// Returns the URI.
    pub(crate) fn get(&self, vm: &VM) -> Uri {
        let len = usize::try_from(self.len.get(vm).to_u64()).unwrap_or_default();
        let mut words = [alloy_primitives::B256::ZERO; WORDS];
        for (index, word) in (0_u64..).zip(words.iter_mut().take(len.div_ceil(32))) {
            *word = *self.words.of(vm, &Uint::from(index)).get(vm).word();
        }
        Uri { words, len }
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
    pub(crate) fn set(&self, vm: &mut VM, new: &[u8]) -> Result<()> {
        if new.len() > MAX_LEN {
            let [len, max] = [new.len(), MAX_LEN].map(|len| len as u64);
            return Err(Revert::new::<MarketURITooLong>((len, max)));
        }
        let old = self.get(vm);
        self.len.set(vm, &Uint::from(new.len() as u64));
        for (index, chunk) in (0_u64..).zip(new.chunks(32)) {
            let mut word = [0; 32];
            for (to, from) in word.iter_mut().zip(chunk) {
                *to = *from;
            }
            self.words.of(vm, &Uint::from(index)).set(vm, &Uint::new(word.into()));
        }
        emit::<BaseURIChanged>(vm, (), (old, new));
        Ok(())
    }
}

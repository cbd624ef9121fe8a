//! Decides how a short text is kept: its length, and its bytes in words, of which none is touched beyond its end.

use alloy_primitives::B256;
use alloy_sol_types::sol_data;
use stylus_sdk::host::VM;

use crate::{
    Uint,
    abi::ToAbi,
    layout,
    word::{self, Word},
};

layout! {
    /// The storage of a text.
    pub struct TextStorage {
        /// Its length, in bytes. Written by [`TextStorage::set`].
        len: Slot<Uint>,
        /// Its bytes, 32 a word, by the word's number. Written by [`TextStorage::set`].
        words: Mapping<Uint, Uint>,
    }
}

/// A text that was read, of at most so many words.
#[derive(Clone, Copy, Debug)]
pub struct Text<const WORDS: usize> {
    words: [B256; WORDS],
    len: usize,
}

impl<const WORDS: usize> Text<WORDS> {
    /// Returns its bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        word::bytes(&self.words).get(..self.len).unwrap_or_default()
    }
}

impl<const WORDS: usize> ToAbi<sol_data::String> for Text<WORDS> {
    fn push_head(&self, tail: &mut u64) {
        ToAbi::<sol_data::String>::push_head(&self.as_bytes(), tail);
    }

    fn push_tail(self) {
        ToAbi::<sol_data::String>::push_tail(self.as_bytes());
    }
}

impl TextStorage {
    /// Returns the text, which is of at most `WORDS` words.
    #[must_use]
    pub fn get<const WORDS: usize>(&self, vm: &VM) -> Text<WORDS> {
        let len = usize::try_from(self.len.get(vm).to_u64()).unwrap_or_default();
        let mut words = [B256::ZERO; WORDS];
        for (index, word) in (0_u64..).zip(words.iter_mut().take(len.div_ceil(32))) {
            *word = *self.words.of(vm, &Uint::from(index)).get(vm).word();
        }
        Text { words, len }
    }

    /// Sets the text. The caller bounds its length.
    pub fn set(&self, vm: &mut VM, new: &[u8]) {
        self.len.set(vm, &Uint::from(new.len() as u64));
        for (index, chunk) in (0_u64..).zip(new.chunks(32)) {
            let mut word = [0; 32];
            for (to, from) in word.iter_mut().zip(chunk) {
                *to = *from;
            }
            self.words.of(vm, &Uint::from(index)).set(vm, &Uint::new(word.into()));
        }
    }
}

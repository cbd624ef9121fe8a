//! Decides where the cooperative describes itself (ERC-4824): at a URI that governance sets.

use alloy_primitives::B256;
use alloy_sol_types::sol_data;
use datacoop_kit::{
    Result, Revert, Uint,
    abi::ToAbi,
    event::emit,
    host, layout,
    word::{self, Word},
};
use stylus_sdk::host::VM;

use crate::governor::IGovernor::{DAOURIUpdate, GovernorDAOURITooLong};

/// The most words of the URI.
const WORDS: usize = 8;

/// The most bytes of the URI.
const MAX_LEN: usize = 32 * WORDS;

layout! {
    /// The storage of the URI.
    pub struct DaoUriStorage {
        /// Its length, in bytes. Written by [`DaoUriStorage::set`].
        len: Slot<Uint>,
        /// Its bytes, 32 a word, by the word's number. Written by [`DaoUriStorage::set`].
        words: Mapping<Uint, Uint>,
    }
}

/// A URI that was read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DaoUri {
    words: [B256; WORDS],
    len: usize,
}

impl DaoUri {
    fn as_bytes(&self) -> &[u8] {
        word::bytes(&self.words).get(..self.len).unwrap_or_default()
    }
}

impl ToAbi<sol_data::String> for DaoUri {
    fn push_head(&self, tail: &mut u64) {
        ToAbi::<sol_data::String>::push_head(&self.as_bytes(), tail);
    }

    fn push_tail(self) {
        ToAbi::<sol_data::String>::push_tail(self.as_bytes());
    }
}

impl DaoUriStorage {
    /// Returns the URI; nothing when none was set.
    pub(crate) fn get(&self, vm: &VM) -> DaoUri {
        let len = usize::try_from(self.len.get(vm).to_u64()).unwrap_or_default();
        let mut words = [B256::ZERO; WORDS];
        for (index, word) in (0_u64..).zip(words.iter_mut().take(len.div_ceil(32))) {
            *word = *self.words.of(vm, &Uint::from(index)).get(vm).word();
        }
        DaoUri { words, len }
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
    pub(crate) fn set(&self, vm: &mut VM, new: &[u8]) -> Result<()> {
        if new.len() > MAX_LEN {
            let [len, max] = [new.len(), MAX_LEN].map(|len| len as u64);
            return Err(Revert::new::<GovernorDAOURITooLong>((len, max)));
        }
        self.len.set(vm, &Uint::from(new.len() as u64));
        for (index, chunk) in (0_u64..).zip(new.chunks(32)) {
            let mut word = [0; 32];
            for (to, from) in word.iter_mut().zip(chunk) {
                *to = *from;
            }
            self.words.of(vm, &Uint::from(index)).set(vm, &Uint::new(word.into()));
        }
        let this = host::this(vm);
        emit::<DAOURIUpdate>(vm, (), (&this, new));
        Ok(())
    }
}

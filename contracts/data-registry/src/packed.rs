//! Decides how an account and 96 bits beside it lie in one slot: the account in the low bits.

use datacoop_kit::{Account, Uint, word::Word};

/// An account and what lies above it in its slot.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Packed {
    /// The low 160 bits.
    pub(crate) account: Account,
    /// The 32 bits above it.
    pub(crate) middle: u32,
    /// The highest 64 bits.
    pub(crate) high: u64,
}

impl Packed {
    /// Reads a slot's word.
    #[allow(clippy::cast_possible_truncation, reason = "the halves are taken apart")]
    pub(crate) fn read(word: &Uint) -> Self {
        let [low, second, third, high] = word.lanes();
        let account = Uint::from_lanes(low, second, (third as u32).into(), 0);
        // It is what the word has below 2^160.
        let account = *Account::from_word(account.word()).unwrap_or(&Account::ZERO);
        Self { account, middle: (third >> 32) as u32, high }
    }

    /// Returns the slot's word.
    pub(crate) fn write(&self) -> Uint {
        let [low, second, third, _] = Uint::from_word(self.account.word()).lanes();
        Uint::from_lanes(low, second, third | u64::from(self.middle) << 32, self.high)
    }
}

//! Decides how values are held: 32-byte big-endian words as the EVM writes them, accounts as
//! checked words, and numbers as little-endian limbs.

use alloy_primitives::{Address, B256, U256};

/// An address as a word: twelve zero bytes, then the address.
///
/// It is what calldata, topics, mapping keys and error arguments hold, so it is never copied out
/// of the calldata nor padded again.
#[derive(Clone, Copy, Debug)]
#[repr(transparent)]
pub struct Account(B256);

impl Account {
    /// The zero address: nobody.
    pub const ZERO: Self = Self(B256::ZERO);

    /// Returns the word as an account, or `None` when one of its twelve high bytes is not zero.
    #[must_use]
    #[inline]
    pub fn from_word(word: &B256) -> Option<&Self> {
        is_address(word).then(|| {
            #[allow(unsafe_code, reason = "a reference cast between transparent types")]
            // SAFETY: `Account` is a transparent wrapper of `B256`, and the check above holds its
            // one rule.
            unsafe {
                &*core::ptr::from_ref(word).cast::<Self>()
            }
        })
    }

    /// Writes an account: `fill` receives the twenty bytes of its address.
    #[inline]
    pub(crate) fn build(fill: impl FnOnce(&mut [u8; 20])) -> Self {
        let mut word = B256::ZERO;
        if let Some(bytes) = word.last_chunk_mut() {
            fill(bytes);
        }
        Self(word)
    }

    /// Returns the word itself.
    #[must_use]
    #[inline]
    pub const fn word(&self) -> &B256 {
        &self.0
    }

    /// Returns the twenty bytes of the address.
    #[must_use]
    #[inline]
    pub fn address(&self) -> Address {
        Address::from_word(self.0)
    }

    /// Returns whether this is the zero address.
    #[must_use]
    #[inline]
    pub fn is_zero(&self) -> bool {
        is_zero(&self.0)
    }
}

impl From<Address> for Account {
    fn from(address: Address) -> Self {
        Self(address.into_word())
    }
}

impl PartialEq for Account {
    fn eq(&self, other: &Self) -> bool {
        same(&self.0, &other.0)
    }
}

impl Eq for Account {}

/// Returns the four 64-bit lanes of a word, as they lie in memory. Only good for comparing.
#[inline(always)]
fn lanes(word: &B256) -> [u64; 4] {
    let (chunks, _) = word.as_chunks::<8>();
    let mut lanes = [0; 4];
    for (lane, chunk) in lanes.iter_mut().zip(chunks) {
        *lane = u64::from_ne_bytes(*chunk);
    }
    lanes
}

/// Returns whether two words are equal.
#[must_use]
#[inline(never)]
pub fn same(left: &B256, right: &B256) -> bool {
    let (left, right) = (lanes(left), lanes(right));
    (left[0] ^ right[0]) | (left[1] ^ right[1]) | (left[2] ^ right[2]) | (left[3] ^ right[3]) == 0
}

/// Returns whether a word is zero.
#[must_use]
#[inline(never)]
pub fn is_zero(word: &B256) -> bool {
    let lanes = lanes(word);
    lanes[0] | lanes[1] | lanes[2] | lanes[3] == 0
}

/// Returns whether the twelve high bytes of a word are zero.
#[inline(never)]
fn is_address(word: &B256) -> bool {
    let [first, second, ..] = lanes(word);
    // In memory order the second lane's first four bytes are its low half.
    first | u64::from_le(second) << 32 == 0
}

/// Returns the number that a big-endian word holds.
#[must_use]
#[inline(never)]
pub fn to_uint(word: &B256) -> U256 {
    U256::from_be_bytes(word.0)
}

/// Returns a number as a big-endian word.
#[must_use]
#[inline(never)]
pub fn from_uint(number: &U256) -> B256 {
    B256::new(number.to_be_bytes())
}

/// Returns a small number as a word.
#[must_use]
#[inline(never)]
pub fn from_u64(number: u64) -> B256 {
    let mut word = B256::ZERO;
    if let Some(low) = word.last_chunk_mut() {
        *low = number.to_be_bytes();
    }
    word
}

/// Returns the number that a word holds, or `None` when it is not below 2^64.
#[must_use]
#[inline(never)]
pub fn to_u64(word: &B256) -> Option<u64> {
    let [first, second, third, last] = lanes(word);
    (first | second | third == 0).then_some(u64::from_be(last))
}

/// Returns the bytes of some words, one after the other.
#[must_use]
#[inline]
pub const fn bytes(words: &[B256]) -> &[u8] {
    #[allow(unsafe_code, reason = "a reference cast between transparent types")]
    // SAFETY: `B256` is a transparent wrapper of 32 bytes, without padding and of alignment one.
    unsafe {
        core::slice::from_raw_parts(words.as_ptr().cast(), size_of_val(words))
    }
}

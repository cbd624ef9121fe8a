//! Decides how arguments are read and results written, checked against the types of an interface.
//!
//! The traits say which Rust type stands for which Solidity type; the tuple implementations make
//! arguments, results, topics and error arguments out of them. The work is done by a few functions
//! that are not generic, so that a method costs a handful of bytes.

use alloc::vec::Vec;
use core::marker::PhantomData;

use alloy_primitives::{B256, U256};
use alloy_sol_types::{SolType, sol_data};

use crate::{Account, word};

/// A value that is one word of type `S` in the ABI.
pub trait ToWord<S: SolType> {
    /// Returns the word.
    fn to_word(self) -> B256;
}

/// A value that is read from one word of type `S`.
pub trait FromWord<'a, S: SolType>: Sized {
    /// Reads the word, or returns `None` when it is not a clean value of the type.
    fn from_word(word: &'a B256) -> Option<Self>;
}

impl ToWord<sol_data::Address> for &Account {
    #[inline(always)]
    fn to_word(self) -> B256 {
        *self.word()
    }
}

impl ToWord<sol_data::Address> for Account {
    #[inline(always)]
    fn to_word(self) -> B256 {
        *self.word()
    }
}

impl<'a> FromWord<'a, sol_data::Address> for &'a Account {
    #[inline(always)]
    fn from_word(word: &'a B256) -> Option<Self> {
        Account::from_word(word)
    }
}

impl ToWord<sol_data::FixedBytes<32>> for &B256 {
    #[inline(always)]
    fn to_word(self) -> B256 {
        *self
    }
}

impl ToWord<sol_data::FixedBytes<32>> for B256 {
    #[inline(always)]
    fn to_word(self) -> B256 {
        self
    }
}

impl<'a> FromWord<'a, sol_data::FixedBytes<32>> for &'a B256 {
    #[inline(always)]
    fn from_word(word: &'a B256) -> Option<Self> {
        Some(word)
    }
}

impl ToWord<sol_data::Uint<256>> for &U256 {
    #[inline(always)]
    fn to_word(self) -> B256 {
        word::from_uint(self)
    }
}

impl ToWord<sol_data::Uint<256>> for U256 {
    #[inline(always)]
    fn to_word(self) -> B256 {
        word::from_uint(&self)
    }
}

impl FromWord<'_, sol_data::Uint<256>> for U256 {
    #[inline(always)]
    fn from_word(word: &B256) -> Option<Self> {
        Some(word::to_uint(word))
    }
}

impl ToWord<sol_data::Uint<256>> for u64 {
    #[inline(always)]
    fn to_word(self) -> B256 {
        word::from_u64(self)
    }
}

macro_rules! small_uint {
    ($($int:ty: $bits:literal),*) => {$(
        impl ToWord<sol_data::Uint<$bits>> for $int {
            #[inline(always)]
            fn to_word(self) -> B256 {
                word::from_u64(self.into())
            }
        }

        impl FromWord<'_, sol_data::Uint<$bits>> for $int {
            #[inline(always)]
            fn from_word(word: &B256) -> Option<Self> {
                Self::try_from(word::to_u64(word)?).ok()
            }
        }
    )*};
}

small_uint!(u8: 8, u64: 64);

impl ToWord<sol_data::Bool> for bool {
    #[inline(always)]
    fn to_word(self) -> B256 {
        word::from_u64(self.into())
    }
}

impl FromWord<'_, sol_data::Bool> for bool {
    #[inline(always)]
    fn from_word(word: &B256) -> Option<Self> {
        match word::to_u64(word)? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }
}

/// Four bytes, held in the order in which they are written.
impl FromWord<'_, sol_data::FixedBytes<4>> for u32 {
    #[inline(always)]
    fn from_word(word: &B256) -> Option<Self> {
        let (head, tail) = word.split_first_chunk()?;
        tail.iter().all(|byte| *byte == 0).then_some(Self::from_be_bytes(*head))
    }
}

/// Values that are the words of the tuple `T` of Solidity types.
pub trait ToWords<T> {
    /// An array of as many words.
    type Words: AsRef<[B256]>;

    /// Returns the words.
    fn to_words(self) -> Self::Words;
}

/// The result of a function whose results are the tuple `T` of Solidity types.
pub trait Encode<T> {
    /// Returns the encoded result.
    fn encode(self) -> Vec<u8>;
}

/// Arguments that are the tuple `T` of Solidity types.
pub trait Decode<'a, T>: Sized {
    /// Reads the arguments, or returns `None` when the calldata is too short or not clean, which
    /// is when Solidity reverts without a word.
    fn decode(input: &'a [u8]) -> Option<Self>;
}

macro_rules! tuples {
    ($($count:literal: $($value:ident $sol:ident)*;)*) => {$(
        impl<$($value, $sol: SolType),*> ToWords<($($sol,)*)> for ($($value,)*)
        where
            $($value: ToWord<$sol>,)*
        {
            type Words = [B256; $count];

            #[inline(always)]
            #[allow(non_snake_case, reason = "the values are named after their types")]
            fn to_words(self) -> Self::Words {
                let ($($value,)*) = self;
                [$($value.to_word(),)*]
            }
        }

        impl<'a, $($value, $sol: SolType),*> Decode<'a, ($($sol,)*)> for ($($value,)*)
        where
            $($value: FromWord<'a, $sol>,)*
        {
            #[inline(always)]
            #[allow(non_snake_case, reason = "the values are named after their types")]
            fn decode(input: &'a [u8]) -> Option<Self> {
                // Bytes after the last argument are ignored, as in Solidity.
                let [$($value,)* ..] = words(input) else { return None };
                Some(($($value::from_word($value)?,)*))
            }
        }
    )*};
}

impl ToWords<()> for () {
    type Words = [B256; 0];

    #[inline(always)]
    fn to_words(self) -> Self::Words {
        []
    }
}

impl Decode<'_, ()> for () {
    #[inline(always)]
    fn decode(_: &[u8]) -> Option<Self> {
        Some(())
    }
}

tuples! {
    1: A SA;
    2: A SA B SB;
    3: A SA B SB C SC;
    4: A SA B SB C SC D SD;
    5: A SA B SB C SC D SD E SE;
    6: A SA B SB C SC D SD E SE F SF;
    7: A SA B SB C SC D SD E SE F SF G SG;
    8: A SA B SB C SC D SD E SE F SF G SG H SH;
}

impl Encode<()> for () {
    #[inline(always)]
    fn encode(self) -> Vec<u8> {
        Vec::new()
    }
}

impl<V: ToWord<S>, S: SolType> Encode<(S,)> for V {
    #[inline(always)]
    fn encode(self) -> Vec<u8> {
        encode_words(&[self.to_word()])
    }
}

macro_rules! encode_tuples {
    ($($($sol:ident)*;)*) => {$(
        impl<V: ToWords<($($sol,)*)>, $($sol: SolType),*> Encode<($($sol,)*)> for V {
            #[inline(always)]
            fn encode(self) -> Vec<u8> {
                encode_words(self.to_words().as_ref())
            }
        }
    )*};
}

encode_tuples! {
    SA SB;
    SA SB SC;
    SA SB SC SD;
}

impl Encode<(sol_data::String,)> for &str {
    fn encode(self) -> Vec<u8> {
        let mut out = encode_words(&[word::from_u64(0x20)]);
        push_text(&mut out, self);
        out
    }
}

impl Encode<(sol_data::Array<sol_data::Bool>,)> for Vec<bool> {
    fn encode(self) -> Vec<u8> {
        let mut out = encode_words(&[word::from_u64(0x20), word::from_u64(self.len() as u64)]);
        for item in self {
            push_word(&mut out, &item.to_word());
        }
        out
    }
}

/// The elements of an array of `S`, where they lie in the calldata. They are of one size: `S` has no
/// dynamic parts.
#[derive(Clone, Copy, Debug)]
pub struct Elements<'a, S> {
    bytes: &'a [u8],
    kind: PhantomData<S>,
}

impl<'a, S: SolType> Elements<'a, S> {
    /// The words of an element.
    const WORDS: usize = match S::ENCODED_SIZE {
        Some(bytes) => bytes / 32,
        None => panic!("an element with dynamic parts"),
    };

    /// Reads an array whose head is `offset`, from the bytes of the arguments; the rules are those
    /// of Solidity's decoder.
    fn decode(input: &'a [u8], offset: &B256) -> Option<Self> {
        let at = usize::try_from(word::to_u64(offset)?).ok()?;
        let (len, rest) = input.get(at..)?.split_first_chunk::<32>()?;
        let len = usize::try_from(word::to_u64(<&B256>::from(len))?).ok()?;
        let bytes = rest.get(..len.checked_mul(Self::WORDS.checked_mul(32)?)?)?;
        Some(Self { bytes, kind: PhantomData })
    }

    /// Returns the words of each element, in order.
    pub fn iter(self) -> impl ExactSizeIterator<Item = &'a [B256]> {
        words(self.bytes).chunks_exact(Self::WORDS)
    }
}

impl<'a, S: SolType> Decode<'a, (sol_data::Array<S>,)> for (Elements<'a, S>,) {
    fn decode(input: &'a [u8]) -> Option<Self> {
        let [offset, ..] = words(input) else { return None };
        Some((Elements::decode(input, offset)?,))
    }
}

impl<'a, S: SolType> Decode<'a, (sol_data::Array<S>, sol_data::Bool)> for (Elements<'a, S>, bool) {
    fn decode(input: &'a [u8]) -> Option<Self> {
        let [offset, flag, ..] = words(input) else { return None };
        Some((Elements::decode(input, offset)?, bool::from_word(flag)?))
    }
}

/// Returns the whole words at the start of the bytes.
#[must_use]
#[inline]
pub const fn words(bytes: &[u8]) -> &[B256] {
    #[allow(unsafe_code, reason = "a reference cast between transparent types")]
    // SAFETY: `B256` is a transparent wrapper of 32 bytes, of alignment one, and as many of them
    // lie in `bytes` as the division says.
    unsafe {
        core::slice::from_raw_parts(bytes.as_ptr().cast(), bytes.len() / 32)
    }
}

/// Returns the words' bytes.
#[must_use]
#[inline(never)]
pub fn encode_words(words: &[B256]) -> Vec<u8> {
    word::bytes(words).to_vec()
}

/// Returns a selector and the words' bytes: a call, or an error.
#[must_use]
#[inline(never)]
pub fn encode_call(selector: [u8; 4], words: &[B256]) -> Vec<u8> {
    let words = word::bytes(words);
    let mut out = Vec::with_capacity(words.len().saturating_add(4));
    out.extend_from_slice(&selector);
    out.extend_from_slice(words);
    out
}

/// Appends a word.
#[inline(never)]
pub fn push_word(out: &mut Vec<u8>, word: &B256) {
    out.extend_from_slice(&word.0);
}

/// Appends the tail of a `string`: its length, its bytes, and zeros up to a whole word.
pub fn push_text(out: &mut Vec<u8>, text: &str) {
    push_bytes(out, text.as_bytes());
}

/// Appends the tail of a `bytes`: its length, the bytes, and zeros up to a whole word.
#[inline(never)]
pub fn push_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    push_word(out, &word::from_u64(bytes.len() as u64));
    out.extend_from_slice(bytes);
    let padding = bytes.len().wrapping_neg() % 32;
    out.resize(out.len().saturating_add(padding), 0);
}

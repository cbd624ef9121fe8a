//! Decides how arguments are read and results written, checked against the types of an interface.
//!
//! The traits say which Rust type stands for which Solidity type, and the tuple implementations
//! make arguments, results, topics and error arguments of them. Words are passed by reference; a
//! few functions that are not generic do the work, so that a method costs a handful of bytes.

use core::marker::PhantomData;

use alloy_primitives::B256;
use alloy_sol_types::{SolType, sol_data};

use crate::{
    Account, Uint, output,
    word::{self, Word},
};

/// A value that is one word of type `S` in the ABI.
pub trait ToWord<S: SolType> {
    /// Appends the word to the output.
    fn push(self);
}

/// A value that is read from one word of type `S`.
pub trait FromWord<'a, S: SolType>: Sized {
    /// Reads the word, or returns `None` when it is not a clean value of the type.
    fn from_word(word: &'a B256) -> Option<Self>;
}

macro_rules! words {
    ($($type:ty: $sol:ty;)*) => {$(
        impl ToWord<$sol> for $type {
            #[inline(always)]
            fn push(self) {
                output::push(self.word());
            }
        }

        impl ToWord<$sol> for &$type {
            #[inline(always)]
            fn push(self) {
                output::push(self.word());
            }
        }
    )*};
}

words! {
    Account: sol_data::Address;
    B256: sol_data::FixedBytes<32>;
    Uint: sol_data::Uint<256>;
}

/// A word that is known while compiling.
#[derive(Clone, Copy, Debug)]
pub struct Constant(pub B256);

impl ToWord<sol_data::FixedBytes<32>> for Constant {
    #[inline(always)]
    fn push(self) {
        output::push_constant(self.0);
    }
}

impl<'a> FromWord<'a, sol_data::Address> for &'a Account {
    #[inline(always)]
    fn from_word(word: &'a B256) -> Option<Self> {
        Account::from_word(word)
    }
}

impl<'a> FromWord<'a, sol_data::FixedBytes<32>> for &'a B256 {
    #[inline(always)]
    fn from_word(word: &'a B256) -> Option<Self> {
        Some(word)
    }
}

impl<'a> FromWord<'a, sol_data::Uint<256>> for &'a Uint {
    #[inline(always)]
    fn from_word(word: &'a B256) -> Option<Self> {
        Some(Uint::from_word(word))
    }
}

macro_rules! small_numbers {
    ($($type:ty: $($sol:ty),+;)*) => {$($(
        impl ToWord<$sol> for $type {
            #[inline(always)]
            fn push(self) {
                output::push_number(self.into());
            }
        }
    )+)*};
}

small_numbers! {
    u8: sol_data::Uint<8>;
    u64: sol_data::Uint<64>, sol_data::Uint<256>;
    bool: sol_data::Bool;
}

impl ToWord<sol_data::Uint<256>> for u128 {
    #[inline(always)]
    fn push(self) {
        output::push(Uint::from(self).word());
    }
}

impl FromWord<'_, sol_data::Uint<64>> for u64 {
    #[inline(always)]
    fn from_word(word: &B256) -> Option<Self> {
        small(word)
    }
}

impl FromWord<'_, sol_data::Uint<8>> for u8 {
    #[inline(always)]
    fn from_word(word: &B256) -> Option<Self> {
        Self::try_from(small(word)?).ok()
    }
}

impl FromWord<'_, sol_data::Bool> for bool {
    #[inline(always)]
    fn from_word(word: &B256) -> Option<Self> {
        match small(word)? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }
}

/// Returns the number that a word holds, or `None` when it is not below 2^64.
#[inline(always)]
fn small(word: &B256) -> Option<u64> {
    match Uint::from_word(word).lanes() {
        [low, 0, 0, 0] => Some(low),
        _ => None,
    }
}

/// Four bytes, as a number in the order in which they are written.
impl FromWord<'_, sol_data::FixedBytes<4>> for u32 {
    #[inline(always)]
    fn from_word(word: &B256) -> Option<Self> {
        // The bytes are the high half of the highest lane; all else is zero.
        let [0, 0, 0, high] = Uint::from_word(word).lanes() else { return None };
        #[allow(clippy::cast_possible_truncation, reason = "the low half is compared before")]
        (high << 32 == 0).then_some((high >> 32) as Self)
    }
}

/// Values that are the words of the tuple `T` of Solidity types.
pub trait ToWords<T> {
    /// How many there are.
    const COUNT: usize;

    /// Appends the words to the output.
    fn push_all(self);
}

/// The result of a function whose results are the tuple `T` of Solidity types.
pub trait Encode<T> {
    /// Writes the result.
    fn encode(self);
}

/// Arguments that are the tuple `T` of Solidity types.
pub trait Decode<'a, T>: Sized {
    /// Reads the arguments, or returns `None` when the calldata is too short or not clean, which
    /// is when Solidity reverts without a word.
    fn decode(input: &'a [u8]) -> Option<Self>;
}

macro_rules! tuples {
    ($($count:literal: $($value:ident $sol:ident)+;)*) => {$(
        impl<$($value, $sol: SolType),+> ToWords<($($sol,)+)> for ($($value,)+)
        where
            $($value: ToWord<$sol>,)+
        {
            const COUNT: usize = $count;

            #[inline(always)]
            #[allow(non_snake_case, reason = "the values are named after their types")]
            fn push_all(self) {
                let ($($value,)+) = self;
                $($value.push();)+
            }
        }

        impl<'a, $($value, $sol: SolType),+> Decode<'a, ($($sol,)+)> for ($($value,)+)
        where
            $($value: FromWord<'a, $sol>,)+
        {
            #[inline(always)]
            #[allow(non_snake_case, reason = "the values are named after their types")]
            fn decode(input: &'a [u8]) -> Option<Self> {
                // Bytes after the last argument are ignored, as in Solidity.
                let [$($value,)+ ..] = word::words(input) else { return None };
                Some(($($value::from_word($value)?,)+))
            }
        }
    )*};
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

impl ToWords<()> for () {
    const COUNT: usize = 0;

    #[inline(always)]
    fn push_all(self) {}
}

impl Decode<'_, ()> for () {
    #[inline(always)]
    fn decode(_: &[u8]) -> Option<Self> {
        Some(())
    }
}

impl Encode<()> for () {
    #[inline(always)]
    fn encode(self) {}
}

impl<V: ToWord<S>, S: SolType> Encode<(S,)> for V {
    #[inline(always)]
    fn encode(self) {
        output::begin();
        self.push();
    }
}

macro_rules! encode_tuples {
    ($($($sol:ident)*;)*) => {$(
        impl<V: ToWords<($($sol,)*)>, $($sol: SolType),*> Encode<($($sol,)*)> for V {
            #[inline(always)]
            fn encode(self) {
                output::begin();
                self.push_all();
            }
        }
    )*};
}

encode_tuples! {
    SA SB;
    SA SB SC;
    SA SB SC SD;
}

/// A text of at most 32 bytes that is known while compiling.
#[derive(Clone, Copy, Debug)]
pub struct Text {
    len: usize,
    word: B256,
}

impl Text {
    /// The text.
    ///
    /// # Panics
    ///
    /// Panics, while compiling, when it is longer than 32 bytes.
    #[must_use]
    #[allow(clippy::arithmetic_side_effects, reason = "evaluated while compiling")]
    pub const fn new(text: &str) -> Self {
        let text = text.as_bytes();
        let mut word = [0; 32];
        let mut at = 0;
        while at < text.len() {
            word[at] = text[at];
            at += 1;
        }
        Self { len: text.len(), word: B256::new(word) }
    }

    /// Appends the text to the output: its length, and its bytes with zeros after them.
    #[inline(always)]
    pub fn push(self) {
        output::push_number(self.len as u64);
        output::push_constant(self.word);
    }
}

impl Encode<(sol_data::String,)> for Text {
    #[inline(always)]
    fn encode(self) {
        output::begin();
        output::push_number(32);
        self.push();
    }
}

/// A list of booleans that is written as it comes.
#[derive(Debug)]
pub struct Bools<I>(pub I);

impl<I: ExactSizeIterator<Item = bool>> Encode<(sol_data::Array<sol_data::Bool>,)> for Bools<I> {
    fn encode(self) {
        output::begin();
        output::push_number(32);
        output::push_number(self.0.len() as u64);
        for item in self.0 {
            item.push();
        }
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
        let at = usize::try_from(small(offset)?).ok()?;
        let (len, rest) = input.get(at..)?.split_first_chunk::<32>()?;
        let len = usize::try_from(small(len.into())?).ok()?;
        let bytes = rest.get(..len.checked_mul(Self::WORDS.checked_mul(32)?)?)?;
        Some(Self { bytes, kind: PhantomData })
    }

    /// Returns the words of each element, in order.
    pub fn iter(self) -> impl ExactSizeIterator<Item = &'a [B256]> {
        word::words(self.bytes).chunks_exact(Self::WORDS)
    }
}

impl<'a, S: SolType> Decode<'a, (sol_data::Array<S>,)> for (Elements<'a, S>,) {
    fn decode(input: &'a [u8]) -> Option<Self> {
        let [offset, ..] = word::words(input) else { return None };
        Some((Elements::decode(input, offset)?,))
    }
}

impl<'a, S: SolType> Decode<'a, (sol_data::Array<S>, sol_data::Bool)> for (Elements<'a, S>, bool) {
    fn decode(input: &'a [u8]) -> Option<Self> {
        let [offset, flag, ..] = word::words(input) else { return None };
        Some((Elements::decode(input, offset)?, bool::from_word(flag)?))
    }
}

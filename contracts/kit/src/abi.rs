//! Decides how arguments are read and results written, checked against the types of an interface.
//!
//! The traits say which Rust type stands for which Solidity type, and the tuple implementations
//! make arguments, results, topics and error arguments of them. Words are passed by reference; a
//! few functions that are not generic do the work, so that a method costs a handful of bytes.

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

/// A value that is an argument, a result or a part of a log of type `S`: a word, or a word that says
/// where the rest is.
pub trait ToAbi<S: SolType> {
    /// Appends the head: the word itself, or `tail`, where the rest will be, which is moved on.
    fn push_head(&self, tail: &mut u64);

    /// Appends the rest, if there is one.
    fn push_tail(self);
}

impl<V: ToWord<S> + Copy, S: SolType> ToAbi<S> for V {
    #[inline(always)]
    fn push_head(&self, _: &mut u64) {
        (*self).push();
    }

    #[inline(always)]
    fn push_tail(self) {}
}

/// A value that is read from one word of type `S`.
pub trait FromWord<'a, S: SolType>: Sized {
    /// Reads the word, or returns `None` when it is not a clean value of the type.
    fn from_word(word: &'a B256) -> Option<Self>;
}

/// A value that is read from an argument of type `S`.
pub trait FromArg<'a, S: SolType>: Sized {
    /// Reads the argument whose head is `head`; offsets count from the start of `args`. Returns
    /// `None` where Solidity's decoder reverts.
    fn from_arg(head: &'a B256, args: &'a [u8]) -> Option<Self>;
}

impl<'a, S: SolType, V: FromWord<'a, S>> FromArg<'a, S> for V {
    #[inline(always)]
    fn from_arg(head: &'a B256, _: &'a [u8]) -> Option<Self> {
        V::from_word(head)
    }
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
    Uint: sol_data::Uint<208>;
    Uint: sol_data::Uint<128>;
    Uint: sol_data::Uint<96>;
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

/// Numbers that are narrower than a word and wider than 64 bits, as words of their own.
macro_rules! narrow_numbers {
    ($($bits:literal)*) => {$(
        impl<'a> FromWord<'a, sol_data::Uint<$bits>> for &'a Uint {
            #[inline(always)]
            fn from_word(word: &'a B256) -> Option<Self> {
                let number = Uint::from_word(word);
                (number.bits() <= $bits).then_some(number)
            }
        }
    )*};
}

narrow_numbers! { 208 128 96 }

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
    u16: sol_data::Uint<16>;
    u32: sol_data::Uint<32>;
    u64: sol_data::Uint<48>, sol_data::Uint<64>, sol_data::Uint<256>;
    bool: sol_data::Bool;
}

/// Four bytes, as a number in the order in which they are written.
impl ToWord<sol_data::FixedBytes<4>> for u32 {
    #[inline(always)]
    fn push(self) {
        output::push(Uint::from_lanes(0, 0, 0, u64::from(self) << 32).word());
    }
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

macro_rules! small_arguments {
    ($($type:ty: $bits:literal;)*) => {$(
        impl FromWord<'_, sol_data::Uint<$bits>> for $type {
            #[inline(always)]
            fn from_word(word: &B256) -> Option<Self> {
                Self::try_from(small(word)?).ok()
            }
        }
    )*};
}

small_arguments! {
    u8: 8;
    u16: 16;
    u32: 32;
}

impl FromWord<'_, sol_data::Uint<48>> for u64 {
    #[inline(always)]
    fn from_word(word: &B256) -> Option<Self> {
        small(word).filter(|number| number >> 48 == 0)
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
pub fn small(word: &B256) -> Option<u64> {
    Uint::from_word(word).small()
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
            $($value: ToAbi<$sol>,)+
        {
            const COUNT: usize = $count;

            #[inline(always)]
            #[allow(non_snake_case, reason = "the values are named after their types")]
            fn push_all(self) {
                let ($($value,)+) = self;
                let mut tail = 32 * $count;
                $($value.push_head(&mut tail);)+
                $($value.push_tail();)+
            }
        }

        impl<'a, $($value, $sol: SolType),+> Decode<'a, ($($sol,)+)> for ($($value,)+)
        where
            $($value: FromArg<'a, $sol>,)+
        {
            #[inline(always)]
            #[allow(non_snake_case, reason = "the values are named after their types")]
            fn decode(input: &'a [u8]) -> Option<Self> {
                // Bytes after the last argument are ignored, as in Solidity.
                let [$($value,)+ ..] = word::words(input) else { return None };
                Some(($($value::from_arg($value, input)?,)+))
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
    9: A SA B SB C SC D SD E SE F SF G SG H SH I SI;
    10: A SA B SB C SC D SD E SE F SF G SG H SH I SI J SJ;
    11: A SA B SB C SC D SD E SE F SF G SG H SH I SI J SJ K SK;
    12: A SA B SB C SC D SD E SE F SF G SG H SH I SI J SJ K SK L SL;
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

impl<V: ToAbi<S>, S: SolType> Encode<(S,)> for V {
    #[inline(always)]
    fn encode(self) {
        output::begin();
        self.push_head(&mut 32);
        self.push_tail();
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
    SA SB SC SD SE;
    SA SB SC SD SE SF;
    SA SB SC SD SE SF SG;
    SA SB SC SD SE SF SG SH;
}

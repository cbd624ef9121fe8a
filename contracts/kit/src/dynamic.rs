//! Decides how values without a fixed size are read and written: texts, bytes and arrays.
//!
//! They are borrowed from the calldata where they lie and are written from there, so that a
//! contract that only hashes, stores or passes on a list never builds it. What is refused is what
//! Solidity's decoder refuses.

use core::marker::PhantomData;

use alloy_primitives::B256;
use alloy_sol_types::{SolType, sol_data};

use crate::{
    abi::{Encode, FromArg, ToAbi, ToWord, small},
    output, word,
};

/// Returns the number of elements that the place at `head` says, and all the bytes after it.
fn counted<'a>(head: &B256, args: &'a [u8]) -> Option<(usize, &'a [u8])> {
    counted_at(usize::try_from(small(head)?).ok()?, args)
}

/// Returns the number of elements that the place `at` bytes after the start says, and all the bytes
/// after it.
fn counted_at(at: usize, args: &[u8]) -> Option<(usize, &[u8])> {
    let (len, rest) = args.get(at..)?.split_first_chunk::<32>()?;
    Some((usize::try_from(small(len.into())?).ok()?, rest))
}

/// Returns the bytes of a text or of `bytes` at `head`.
fn blob<'a>(head: &B256, args: &'a [u8]) -> Option<&'a [u8]> {
    let (len, rest) = counted(head, args)?;
    rest.get(..len)
}

/// The bytes that `len` bytes take up after their length.
const fn padded(len: usize) -> usize {
    // No calldata is so long that this overflows.
    len.wrapping_add(31) & !31
}

/// Returns whether the bytes from `len` up to a whole word are there and zero.
fn is_padded(bytes: &[u8], len: usize) -> bool {
    // Lengths of what lies in memory.
    let end = padded(len);
    let Some(last) = bytes.get(..end) else { return false };
    // Nothing is missing, or there is a last word.
    match last.last_chunk::<32>() {
        Some(last) => word::ends_with_zeros(last.into(), end.wrapping_sub(len)),
        None => true,
    }
}

/// Appends a head that points at the tail, and moves the tail on by a length and `bytes`.
#[inline(always)]
fn push_offset(tail: &mut u64, bytes: usize) {
    output::push_number(*tail);
    // Lengths of what lies in memory: far below 2^64.
    *tail = tail.wrapping_add(bytes as u64).wrapping_add(32);
}

macro_rules! blobs {
    ($($sol:ty),*) => {$(
        impl<'a> FromArg<'a, $sol> for &'a [u8] {
            #[inline(always)]
            fn from_arg(head: &'a B256, args: &'a [u8]) -> Option<Self> {
                blob(head, args)
            }
        }

        impl ToAbi<$sol> for &[u8] {
            #[inline(always)]
            fn push_head(&self, tail: &mut u64) {
                push_offset(tail, padded(self.len()));
            }

            #[inline(always)]
            fn push_tail(self) {
                output::push_padded(self);
            }
        }
    )*};
}

blobs!(sol_data::Bytes, sol_data::String);

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

impl ToAbi<sol_data::String> for Text {
    #[inline(always)]
    fn push_head(&self, tail: &mut u64) {
        push_offset(tail, 32);
    }

    #[inline(always)]
    fn push_tail(self) {
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

/// A list of words that is written as it comes.
#[derive(Debug)]
pub struct List<I>(pub I);

impl<S: SolType, I: ExactSizeIterator> ToAbi<sol_data::Array<S>> for List<I>
where
    I::Item: ToWord<S>,
{
    #[inline(always)]
    fn push_head(&self, tail: &mut u64) {
        // What is listed was read from memory or storage: its bytes are far below 2^32.
        push_offset(tail, self.0.len().wrapping_mul(32));
    }

    fn push_tail(self) {
        output::push_number(self.0.len() as u64);
        for item in self.0 {
            item.push();
        }
    }
}

/// The elements of an array of `S`, where they lie in the calldata. They are of one size: `S` has no
/// dynamic parts.
#[derive(Debug)]
pub struct Elements<'a, S> {
    bytes: &'a [u8],
    kind: PhantomData<S>,
}

impl<S> Clone for Elements<'_, S> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S> Copy for Elements<'_, S> {}

impl<'a, S: SolType> Elements<'a, S> {
    /// The words of an element.
    const WORDS: usize = match S::ENCODED_SIZE {
        Some(bytes) if bytes > 0 => bytes / 32,
        _ => panic!("an element without a fixed size"),
    };

    /// Returns how many there are.
    #[must_use]
    #[inline(always)]
    #[allow(clippy::arithmetic_side_effects, reason = "an element is not empty")]
    pub const fn len(self) -> usize {
        word::words(self.bytes).len() / Self::WORDS
    }

    /// Returns whether there are none.
    #[must_use]
    #[inline(always)]
    pub const fn is_empty(self) -> bool {
        self.bytes.is_empty()
    }

    /// Returns the encoded elements, one after the other.
    #[must_use]
    #[inline(always)]
    pub const fn bytes(self) -> &'a [u8] {
        self.bytes
    }

    /// Returns the words of all elements, in order.
    #[must_use]
    #[inline(always)]
    pub const fn words(self) -> &'a [B256] {
        word::words(self.bytes)
    }

    /// Returns the words of each element, in order.
    pub fn iter(self) -> impl ExactSizeIterator<Item = &'a [B256]> {
        self.words().chunks_exact(Self::WORDS)
    }
}

impl<'a, S: SolType> FromArg<'a, sol_data::Array<S>> for Elements<'a, S> {
    fn from_arg(head: &'a B256, args: &'a [u8]) -> Option<Self> {
        let (len, rest) = counted(head, args)?;
        let bytes = rest.get(..len.checked_mul(Self::WORDS.checked_mul(32)?)?)?;
        Some(Self { bytes, kind: PhantomData })
    }
}

impl<S: SolType> ToAbi<sol_data::Array<S>> for Elements<'_, S> {
    #[inline(always)]
    fn push_head(&self, tail: &mut u64) {
        push_offset(tail, self.bytes.len());
    }

    #[inline(always)]
    fn push_tail(self) {
        output::push_number(self.len() as u64);
        output::push_bytes(self.bytes);
    }
}

/// The elements of a `bytes[]` or `string[]`, where they lie in the calldata.
#[derive(Clone, Copy, Debug)]
pub struct Blobs<'a> {
    len: usize,
    /// Everything after the count: first the heads, whose offsets count from here.
    body: &'a [u8],
    /// The first bytes of the body, when those are what an encoder would write: the heads, and the
    /// elements in their order, with nothing between them but zeros up to whole words.
    canonical: Option<usize>,
}

impl<'a> Blobs<'a> {
    /// Returns how many there are.
    #[must_use]
    #[inline(always)]
    pub const fn len(self) -> usize {
        self.len
    }

    /// Returns whether there are none.
    #[must_use]
    #[inline(always)]
    pub const fn is_empty(self) -> bool {
        self.len == 0
    }

    /// Returns the bytes of each element, in order.
    pub fn iter(self) -> impl ExactSizeIterator<Item = &'a [u8]> {
        // Each was seen to be there when the argument was read.
        self.heads().iter().map(move |head| blob(head, self.body).unwrap_or_default())
    }

    fn heads(self) -> &'a [B256] {
        word::words(self.body).get(..self.len).unwrap_or_default()
    }

    #[inline(never)]
    fn read(head: &B256, args: &'a [u8]) -> Option<Self> {
        let (len, body) = counted(head, args)?;
        let heads = word::words(body).get(..len)?;
        // As many heads as lie in memory.
        let mut canonical = Some(len.wrapping_mul(32));
        for head in heads {
            let at = usize::try_from(small(head)?).ok()?;
            let (len, rest) = counted_at(at, body)?;
            rest.get(..len)?;
            canonical = canonical.filter(|end| *end == at && is_padded(rest, len));
            // What was just seen to lie in the body.
            canonical = canonical.map(|end| end.wrapping_add(padded(len)).wrapping_add(32));
        }
        Some(Self { len, body, canonical })
    }

    /// Returns the bytes that the elements take up, with their heads and lengths.
    fn encoded_len(self) -> usize {
        // Each is part of the calldata, but one part may stand for many elements; heads are as
        // many as lie there. What does not fit into memory ends the program when it is written.
        self.canonical.unwrap_or_else(|| {
            self.iter()
                .fold(0, |sum: usize, item| sum.wrapping_add(padded(item.len())).wrapping_add(64))
        })
    }

    fn push(self) {
        output::push_number(self.len as u64);
        if let Some(bytes) = self.canonical.and_then(|end| self.body.get(..end)) {
            output::push_bytes(bytes);
            return;
        }
        let mut tail = (self.len as u64).wrapping_mul(32);
        for item in self.iter() {
            push_offset(&mut tail, padded(item.len()));
        }
        for item in self.iter() {
            output::push_padded(item);
        }
    }
}

macro_rules! lists_of_blobs {
    ($($sol:ty),*) => {$(
        impl<'a> FromArg<'a, sol_data::Array<$sol>> for Blobs<'a> {
            #[inline(always)]
            fn from_arg(head: &'a B256, args: &'a [u8]) -> Option<Self> {
                Self::read(head, args)
            }
        }

        impl ToAbi<sol_data::Array<$sol>> for Blobs<'_> {
            #[inline(always)]
            fn push_head(&self, tail: &mut u64) {
                push_offset(tail, self.encoded_len());
            }

            #[inline(always)]
            fn push_tail(self) {
                self.push();
            }
        }
    )*};
}

lists_of_blobs!(sol_data::Bytes, sol_data::String);

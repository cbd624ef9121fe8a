//! Decides where encoded bytes are put together: one buffer, for the call's result or error, and
//! before it for what is hashed, logged or sent to another contract.
//!
//! A call has one result, so there is one buffer and no heap. It is empty until the result or an
//! error is written: what is put together for another purpose is taken away again. A program's buffer is static, and a
//! larger result takes fresh memory ([`reserve`]). Natively, where tests run several contracts on
//! several threads, each thread has its own, and a call keeps its caller's
//! ([`program!`](crate::program)).

use alloy_primitives::B256;

use crate::word::{Uint, Word};

/// Bytes of the buffer: more than any result, error or log of a fixed size.
const CAPACITY: usize = 640;

#[cfg(target_arch = "wasm32")]
mod imp {
    #![allow(unsafe_code, reason = "the buffer is static")]

    use core::cell::UnsafeCell;

    use super::CAPACITY;
    use crate::arena;

    struct Global<T>(UnsafeCell<T>);

    // SAFETY: a program has one thread.
    unsafe impl<T> Sync for Global<T> {}

    static BUFFER: Global<[u8; CAPACITY]> = Global(UnsafeCell::new([0; CAPACITY]));
    static LARGE: Global<Option<&'static mut [u8]>> = Global(UnsafeCell::new(None));
    static LEN: Global<usize> = Global(UnsafeCell::new(0));

    #[inline(always)]
    pub(super) fn with<T>(act: impl FnOnce(&mut [u8], &mut usize) -> T) -> T {
        // SAFETY: there is one thread, and no `act` of this file comes back here, so that these
        // are the only references.
        let (buffer, len) = unsafe {
            let buffer = match &mut *LARGE.0.get() {
                Some(large) => &mut **large,
                None => &mut *BUFFER.0.get(),
            };
            (buffer, &mut *LEN.0.get())
        };
        act(buffer, len)
    }

    #[inline(always)]
    pub(super) fn read<T>(from: usize, read: impl FnOnce(&[u8]) -> T) -> T {
        with(|buffer, len| read(buffer.get(from..*len).unwrap_or_default()))
    }

    #[inline(always)]
    pub(super) fn enlarge(len: usize) {
        // SAFETY: as above.
        unsafe { *LARGE.0.get() = Some(arena::take(len)) };
    }
}

#[cfg(not(target_arch = "wasm32"))]
mod imp {
    use core::cell::RefCell;

    use super::CAPACITY;

    std::thread_local! {
        static BUFFER: RefCell<(Vec<u8>, usize)> = RefCell::new((vec![0; CAPACITY], 0));
    }

    pub(super) fn with<T>(act: impl FnOnce(&mut [u8], &mut usize) -> T) -> T {
        BUFFER.with_borrow_mut(|(buffer, len)| act(buffer, len))
    }

    /// Reads a copy, since a call that is sent may reach another contract of this thread.
    pub(super) fn read<T>(from: usize, read: impl FnOnce(&[u8]) -> T) -> T {
        let copy = with(|buffer, len| buffer[from..*len].to_vec());
        read(&copy)
    }

    pub(super) fn enlarge(len: usize) {
        BUFFER.with_borrow_mut(|(buffer, _)| buffer.resize(len, 0));
    }
}

/// Makes room for a result of `len` bytes, beside what is put together while it is written.
#[inline(never)]
pub fn reserve(len: usize) {
    if len > CAPACITY / 2 {
        // A length of calldata or returned data, far below the size of the memory's addresses.
        imp::enlarge(len.wrapping_add(CAPACITY));
    }
}

/// Returns how many bytes are written.
#[must_use]
#[inline(always)]
pub fn len() -> usize {
    imp::with(|_, len| *len)
}

/// Forgets everything after the first `to` bytes.
#[inline(always)]
pub fn truncate(to: usize) {
    imp::with(|_, len| *len = to);
}

/// Runs `read` on what is written after the first `from` bytes. It must not write here.
#[inline(always)]
pub fn read<T>(from: usize, read: impl FnOnce(&[u8]) -> T) -> T {
    imp::read(from, read)
}

/// Appends `len` bytes, which `fill` writes: they may hold anything before.
///
/// # Panics
///
/// Panics when the buffer is full, which ends the program: whoever writes much reserves it.
#[inline(always)]
pub fn append(len: usize, fill: impl FnOnce(&mut [u8])) {
    imp::with(|buffer, written| {
        let end = written.wrapping_add(len);
        fill(&mut buffer[*written..end]);
        *written = end;
    });
}

/// Appends a word.
///
/// # Panics
///
/// As [`append`].
#[inline(never)]
pub fn push(word: &B256) {
    append(32, |room| room.copy_from_slice(&word.0));
}

/// Appends a selector.
///
/// # Panics
///
/// As [`append`].
#[inline(always)]
pub fn push_selector(selector: u32) {
    append(4, |room| room.copy_from_slice(&selector.to_be_bytes()));
}

/// Appends words, and returns where they begin.
#[inline(never)]
pub fn push_all(words: &[&B256]) -> usize {
    let start = len();
    for word in words {
        push(word);
    }
    start
}

/// Holds writers to the rule that the output is empty before a result or an error.
#[inline(always)]
fn start() {
    debug_assert_eq!(len(), 0, "the output is empty");
}

/// Writes a result of one word.
#[inline(never)]
pub fn set_word(word: &B256) {
    start();
    push(word);
}

/// Writes a result of a small number.
#[inline(never)]
pub fn set_number(number: u64) {
    set_word(Uint::from(number).word());
}

/// Writes a result of these words.
#[inline(always)]
pub fn set(words: &[&B256]) {
    start();
    push_all(words);
}

/// Writes an error, or a call, of a selector and these words.
#[inline(never)]
pub fn set_selected(selector: u32, words: &[&B256]) {
    start();
    push_selector(selector);
    push_all(words);
}

/// Runs `read` on the words' bytes, one after the other. It must not write here.
#[inline(always)]
pub fn gather<T>(words: &[&B256], read: impl FnOnce(&[u8]) -> T) -> T {
    let start = push_all(words);
    let result = self::read(start, read);
    truncate(start);
    result
}

/// Appends the first `len` written bytes once more, as the tail of a `bytes`: their length, they
/// themselves, and zeros up to a whole word.
///
/// # Panics
///
/// As [`append`].
pub fn push_tail(len: usize) {
    push(Uint::from(len as u64).word());
    imp::with(|buffer, written| {
        let end = written.wrapping_add(len);
        let whole = written.wrapping_add(len.next_multiple_of(32));
        buffer.copy_within(..len, *written);
        buffer[end..whole].fill(0);
        *written = whole;
    });
}

/// Removes the first `count` written bytes.
///
/// # Panics
///
/// Panics when fewer are written.
pub fn remove_front(count: usize) {
    imp::with(|buffer, written| {
        buffer.copy_within(count..*written, 0);
        *written = written.wrapping_sub(count);
    });
}

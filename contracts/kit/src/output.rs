//! Decides where encoded bytes are put together: one buffer, for the call's result or error, and
//! before it for what is hashed, logged or sent to another contract.
//!
//! A call has one result, so there is one buffer and no heap. It is empty until the result or an
//! error is written: what is put together for another purpose is taken away again. A program gets
//! the buffer when it is entered, with room for most of what follows from its calldata, and a larger
//! one when that is not enough. Natively, where
//! tests run several contracts on several threads, each thread has a growing one, and a call keeps
//! its caller's ([`program!`](crate::program)).

use alloy_primitives::B256;

use crate::word;

#[cfg(target_arch = "wasm32")]
mod imp {
    #![allow(unsafe_code, reason = "the buffer is raw memory")]

    use core::{cell::Cell, ptr, slice};

    struct Global<T>(Cell<T>);

    // SAFETY: a program has one thread.
    unsafe impl<T> Sync for Global<T> {}

    /// Where the buffer starts, where what is written ends, and how many bytes there is room for after
    /// that.
    static START: Global<*mut u8> = Global(Cell::new(ptr::null_mut()));
    static END: Global<*mut u8> = Global(Cell::new(ptr::null_mut()));
    static ROOM: Global<usize> = Global(Cell::new(0));

    /// Makes a block, of which `written` bytes are written, the buffer.
    #[inline(always)]
    fn place(block: &'static mut [u8], written: usize) {
        START.0.set(block.as_mut_ptr());
        END.0.set(block.as_mut_ptr().wrapping_add(written));
        ROOM.0.set(block.len().wrapping_sub(written));
    }

    /// Makes a block the buffer.
    #[inline(always)]
    pub(crate) fn open(block: &'static mut [u8]) {
        place(block, 0);
    }

    /// Moves what is written to a block with room for `count` more bytes and as much again as both, so
    /// that a long list that is written word by word moves seldom. When memory has no such block
    /// the program ends: the call is reverted without a word.
    #[cold]
    #[inline(never)]
    fn grow(count: usize) {
        // `count` is the length of something in memory or of what a call returned: below 2^32.
        let Some(room) = count.checked_add(len()).and_then(|needed| needed.checked_mul(2)) else {
            core::arch::wasm32::unreachable()
        };
        // SAFETY: the old block, which is all that refers to its bytes, is left as it is; the new one
        // is of zeros that nothing else refers to, and longer than what is written.
        unsafe {
            let block = crate::arena::take_more(room);
            let written = len();
            ptr::copy_nonoverlapping(START.0.get(), block.as_mut_ptr(), written);
            place(block, written);
        }
    }

    #[inline(always)]
    pub(super) fn len() -> usize {
        END.0.get().addr().wrapping_sub(START.0.get().addr())
    }

    #[inline(always)]
    pub(super) fn truncate(to: usize) {
        // Less than what is written: the room grows by the difference.
        ROOM.0.set(ROOM.0.get().wrapping_add(len()).wrapping_sub(to));
        END.0.set(START.0.get().wrapping_add(to));
    }

    #[inline(always)]
    pub(super) fn read<T>(from: usize, read: impl FnOnce(&[u8]) -> T) -> T {
        // SAFETY: callers pass lengths that `len` returned, so that the bytes are written.
        read(unsafe { slice::from_raw_parts(START.0.get().add(from), len().wrapping_sub(from)) })
    }

    /// Makes `count` bytes part of what is written, and returns where they start.
    #[inline(always)]
    fn reserve(count: usize) -> *mut u8 {
        if count > ROOM.0.get() {
            grow(count);
        }
        let start = END.0.get();
        ROOM.0.set(ROOM.0.get().wrapping_sub(count));
        END.0.set(start.wrapping_add(count));
        start
    }

    /// Appends `count` bytes.
    #[inline(always)]
    pub(super) fn append(count: usize, fill: impl FnOnce(&mut [u8])) {
        // SAFETY: the buffer has room for the bytes, nothing else refers to them while `fill` writes
        // them, and they are zero or were written before.
        fill(unsafe { slice::from_raw_parts_mut(reserve(count), count) });
    }

    /// Appends a word that is given by its lanes as they lie in memory.
    #[inline(always)]
    pub(super) fn push_lanes(lanes: [u64; 4]) {
        let [first, second, third, last] = lanes;
        let to = reserve(size_of_val(&lanes)).cast::<u64>();
        // SAFETY: the buffer has room for four lanes there.
        unsafe {
            to.write_unaligned(first);
            to.add(1).write_unaligned(second);
            to.add(2).write_unaligned(third);
            to.add(3).write_unaligned(last);
        }
    }

    /// Appends a word.
    #[inline(always)]
    pub(super) fn push(word: &alloy_primitives::B256) {
        // SAFETY: the reference is to 32 bytes.
        unsafe { push_from(word.as_ptr().cast()) };
    }

    /// Appends the four lanes that lie at a place.
    ///
    /// For all the compiler knows they may lie in the buffer, so that it reads all of them before it
    /// writes one. The translation to EVM code then moves them at once.
    ///
    /// # Safety
    ///
    /// The four lanes can be read.
    #[inline(never)]
    unsafe fn push_from(lanes: *const u64) {
        let to = reserve(32).cast::<u64>();
        // SAFETY: the caller's word, and the buffer has room for four lanes.
        unsafe {
            let first = lanes.read_unaligned();
            let second = lanes.add(1).read_unaligned();
            let third = lanes.add(2).read_unaligned();
            let last = lanes.add(3).read_unaligned();
            to.write_unaligned(first);
            to.add(1).write_unaligned(second);
            to.add(2).write_unaligned(third);
            to.add(3).write_unaligned(last);
        }
    }

    #[inline(always)]
    pub(super) fn copy(from: usize, to: usize, count: usize) {
        // SAFETY: both places are written, as the callers see to.
        unsafe { ptr::copy(START.0.get().add(from), START.0.get().add(to), count) };
    }
}

#[cfg(not(target_arch = "wasm32"))]
mod imp {
    use core::cell::RefCell;

    std::thread_local! {
        static BUFFER: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
    }

    pub(super) fn len() -> usize {
        BUFFER.with_borrow(Vec::len)
    }

    pub(super) fn truncate(to: usize) {
        BUFFER.with_borrow_mut(|buffer| buffer.truncate(to));
    }

    /// Reads a copy, since a call that is sent may reach another contract of this thread.
    pub(super) fn read<T>(from: usize, read: impl FnOnce(&[u8]) -> T) -> T {
        let copy = BUFFER.with_borrow(|buffer| buffer[from..].to_vec());
        read(&copy)
    }

    pub(super) fn append(count: usize, fill: impl FnOnce(&mut [u8])) {
        BUFFER.with_borrow_mut(|buffer| {
            let start = buffer.len();
            buffer.resize(start.saturating_add(count), 0);
            fill(&mut buffer[start..]);
        });
    }

    pub(super) fn push_lanes(lanes: [u64; 4]) {
        let [first, second, third, last] = lanes;
        push(&crate::word::from_raw_lanes(first, second, third, last));
    }

    pub(super) fn push(word: &alloy_primitives::B256) {
        append(word.len(), |room| room.copy_from_slice(&word[..]));
    }

    pub(super) fn copy(from: usize, to: usize, count: usize) {
        let end = from.saturating_add(count);
        BUFFER.with_borrow_mut(|buffer| buffer.copy_within(from..end, to));
    }
}

#[cfg(target_arch = "wasm32")]
pub(crate) use imp::open;

/// Returns how many bytes are written.
#[must_use]
#[inline(always)]
pub fn len() -> usize {
    imp::len()
}

/// Forgets everything after the first `to` bytes.
#[inline(always)]
pub fn truncate(to: usize) {
    imp::truncate(to);
}

/// Holds writers to the rule that the output is empty before a result, an error, a log or a call.
#[inline(always)]
pub(crate) fn begin() {
    debug_assert_eq!(len(), 0, "the output is empty");
}

/// Takes what is written after the first `from` bytes: runs `read` on it, which must not write
/// here, and forgets it.
#[inline(always)]
pub fn take<T>(from: usize, read: impl FnOnce(&[u8]) -> T) -> T {
    let result = imp::read(from, read);
    truncate(from);
    result
}

/// Appends `count` bytes, which `fill` writes: they may hold anything before.
#[inline(always)]
pub(crate) fn append(count: usize, fill: impl FnOnce(&mut [u8])) {
    imp::append(count, fill);
}

/// Appends a word.
#[inline(always)]
pub fn push(word: &B256) {
    imp::push(word);
}

/// Appends a small number.
#[inline(never)]
pub fn push_number(number: u64) {
    imp::push_lanes([0, 0, 0, word::swapped(number)]);
}

/// Appends a word that is known while compiling.
#[inline(always)]
pub fn push_constant(word: B256) {
    let [first, second, third, last] = word::raw_lanes(&word);
    push_lanes(first, second, third, last);
}

#[inline(never)]
fn push_lanes(first: u64, second: u64, third: u64, last: u64) {
    imp::push_lanes([first, second, third, last]);
}

/// Appends bytes as they are.
#[inline(never)]
pub fn push_bytes(bytes: &[u8]) {
    append(bytes.len(), |room| room.copy_from_slice(bytes));
}

/// Appends bytes as the tail of a `bytes`: their length, they themselves, and zeros up to a whole
/// word.
#[inline(never)]
pub fn push_padded(bytes: &[u8]) {
    push_number(bytes.len() as u64);
    push_bytes(bytes);
    // Fewer than 32 bytes are missing.
    append(bytes.len().wrapping_neg() % 32, |room| room.fill(0));
}

/// Appends a selector.
#[inline(never)]
pub fn push_selector(selector: u32) {
    append(4, |room| {
        if let Some(room) = room.first_chunk_mut() {
            *room = selector.to_be_bytes();
        }
    });
}

/// Appends the first `count` written bytes once more, as the tail of a `bytes`: their length, they
/// themselves, and zeros up to a whole word.
pub(crate) fn push_tail(count: usize) {
    push_number(count as u64);
    let to = len();
    append(count.next_multiple_of(32), |room| room.fill(0));
    imp::copy(0, to, count);
}

/// Removes the first `count` written bytes.
pub(crate) fn remove_front(count: usize) {
    let rest = len().wrapping_sub(count);
    imp::copy(count, 0, rest);
    truncate(rest);
}

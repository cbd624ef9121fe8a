//! Decides where a program's memory comes from: the memory below the static data, handed out
//! downwards and never taken back, since a program lives for one call.
//!
//! A program's memory is one page of fixed size. From the top down lie the stack, the static data
//! and what is handed out here (the contracts' `build.rs` says so to the linker). On a Stylus chain
//! it makes no difference. The translation to EVM code turns memory upside down, so that there the
//! used part comes first, and memory that is not used is not paid for.

#![allow(unsafe_code, reason = "the memory below the static data belongs to nobody else")]

use core::cell::Cell;

unsafe extern "C" {
    /// Where the static data begins; its address is set by the linker.
    static __global_base: u8;
}

struct Next(Cell<usize>);

// SAFETY: a program has one thread.
unsafe impl Sync for Next {}

/// Bytes handed out so far.
static USED: Next = Next(Cell::new(0));

/// Takes a block of the given length, whose bytes are zero.
///
/// A block that does not fit ends the program: the call is reverted without a word, as when it runs
/// out of gas.
#[inline(never)]
pub(crate) fn take(len: usize) -> &'static mut [u8] {
    let base = (&raw const __global_base).addr();
    let Some(start) = base.checked_sub(len).and_then(|start| start.checked_sub(USED.0.get()))
    else {
        core::arch::wasm32::unreachable()
    };
    USED.0.set(base.wrapping_sub(start));
    // SAFETY: the block lies between the start of the memory and the static data, below every
    // block before it, so that nothing else refers to it; and fresh memory is zero.
    unsafe { core::slice::from_raw_parts_mut(core::ptr::with_exposed_provenance_mut(start), len) }
}

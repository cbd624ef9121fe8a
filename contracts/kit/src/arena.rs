//! Decides where a call's calldata and output lie: in the memory below the static data.
//!
//! A program's memory is one page of fixed size. From the top down lie the stack, the static data
//! and what is taken here (the contracts' `build.rs` says so to the linker). On a Stylus chain
//! it makes no difference. The translation to EVM code turns memory upside down, so that there the
//! used part comes first, and memory that is not used is not paid for.

#![allow(unsafe_code, reason = "the memory below the static data belongs to nobody else")]

use core::cell::Cell;

unsafe extern "C" {
    /// Where the static data begins; its address is set by the linker.
    static __global_base: u8;
}

/// Where the memory that is taken begins.
static TAKEN: Global = Global(Cell::new(0));

struct Global(Cell<usize>);

// SAFETY: a program has one thread.
unsafe impl Sync for Global {}

/// Takes the end of the memory below the static data, as [`take_more`] does.
///
/// # Safety
///
/// To be called once in a program's life, before [`take_more`].
#[inline(always)]
pub(crate) unsafe fn take(len: usize) -> &'static mut [u8] {
    TAKEN.0.set((&raw const __global_base).addr());
    take_more(len)
}

/// Takes the end of the free memory as a block of the given length, whose bytes are zero.
///
/// A block that does not fit ends the program: the call is reverted without a word, as when it runs
/// out of gas.
#[inline(always)]
pub(crate) fn take_more(len: usize) -> &'static mut [u8] {
    // Nothing starts at zero, which would be the null pointer.
    let Some(start) = TAKEN.0.get().checked_sub(len).filter(|start| *start != 0) else {
        core::arch::wasm32::unreachable()
    };
    TAKEN.0.set(start);
    // SAFETY: the block lies between the start of the memory and what is taken, where nothing else
    // is, and fresh memory is zero.
    unsafe { core::slice::from_raw_parts_mut(core::ptr::with_exposed_provenance_mut(start), len) }
}

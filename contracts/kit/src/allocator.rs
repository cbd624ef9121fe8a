//! Decides where heap memory comes from in a program: the memory after the static data, handed out
//! once and never taken back, since a program lives for one call.

#![allow(unsafe_code, reason = "an allocator is unsafe by its trait")]

use core::{
    alloc::{GlobalAlloc, Layout},
    arch::wasm32,
    cell::Cell,
};

/// Bytes in a page of memory.
const PAGE: usize = 1 << 16;

struct Bump {
    /// The first free byte, or zero before the first allocation.
    next: Cell<usize>,
}

// SAFETY: a program has one thread.
unsafe impl Sync for Bump {}

#[global_allocator]
static ALLOCATOR: Bump = Bump { next: Cell::new(0) };

unsafe extern "C" {
    /// Where the static data ends; its address is set by the linker.
    static __heap_base: u8;
}

// SAFETY: blocks are disjoint, because `next` only grows; aligned; and inside the memory, because
// it is grown before a block is handed out. Fresh memory is zero, as the SDK's host requires.
unsafe impl GlobalAlloc for Bump {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let mut start = self.next.get();
        if start == 0 {
            start = (&raw const __heap_base).addr();
        }
        let start = start.wrapping_add(layout.align() - 1) & layout.align().wrapping_neg();
        let end = start.wrapping_add(layout.size());
        let pages = end.div_ceil(PAGE);
        let have = wasm32::memory_size(0);
        if pages > have && wasm32::memory_grow(0, pages - have) == usize::MAX {
            return core::ptr::null_mut();
        }
        self.next.set(end);
        core::ptr::with_exposed_provenance_mut(start)
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promise is passed on.
        unsafe { self.alloc(layout) }
    }

    unsafe fn dealloc(&self, _: *mut u8, _: Layout) {}
}

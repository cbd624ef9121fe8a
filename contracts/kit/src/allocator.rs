//! Decides where heap memory comes from in a program: the memory after the static data, handed out
//! in order. Only the last block is taken back or grown where it is, since a program lives for one
//! call; that is enough for a batch that makes and drops a few blocks for each entry.

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

impl Bump {
    /// Returns the address after a block.
    fn end(block: *mut u8, size: usize) -> usize {
        block.addr().wrapping_add(size)
    }

    /// Moves the first free byte, growing the memory to it; `false` when there is no more.
    fn reach(&self, end: usize) -> bool {
        let pages = end.div_ceil(PAGE);
        let have = wasm32::memory_size(0);
        if pages > have && wasm32::memory_grow(0, pages.wrapping_sub(have)) == usize::MAX {
            return false;
        }
        self.next.set(end);
        true
    }
}

// SAFETY: a block starts at or after the end of every other, because `next` is moved back only to
// the start of the block before it; blocks are aligned; and they lie inside the memory, which is
// grown first. Sizes are below the memory's 4 GiB, so that no address wraps.
unsafe impl GlobalAlloc for Bump {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let mut start = self.next.get();
        if start == 0 {
            start = (&raw const __heap_base).addr();
        }
        let align = layout.align();
        let start = start.wrapping_add(align.wrapping_sub(1)) & align.wrapping_neg();
        if self.reach(start.wrapping_add(layout.size())) {
            core::ptr::with_exposed_provenance_mut(start)
        } else {
            core::ptr::null_mut()
        }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        if self.next.get() == Self::end(block, layout.size()) {
            self.next.set(block.addr());
        }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        if self.next.get() == Self::end(block, layout.size()) {
            return if self.reach(Self::end(block, size)) { block } else { core::ptr::null_mut() };
        }
        // SAFETY: the new block is disjoint from the old one, and `size` bytes are at least as
        // many as are copied.
        unsafe {
            let new = self.alloc(Layout::from_size_align_unchecked(size, layout.align()));
            if !new.is_null() {
                core::ptr::copy_nonoverlapping(block, new, layout.size().min(size));
            }
            new
        }
    }
}

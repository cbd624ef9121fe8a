//! Host functions on storage and transient storage.
//!
//! A Stylus chain keeps a cache of storage words: `storage_cache_bytes32` writes to it and
//! `storage_flush_cache` to the state. Here a cached write goes to the state at once and a flush
//! does nothing. Nobody can tell as long as the program flushes before it returns and flushes and
//! clears before it gives control away (both as stylus-sdk does): between the write and the flush
//! only the program itself runs, and it sees its own writes either way; if the frame fails, both
//! are undone. `docs/DIVERGENCE.md` lists what a program that does otherwise would see.

use super::HostBuilder;
use crate::evm::opcode::Opcode;

/// `storage_load_bytes32(key, dest)`.
pub(super) fn load(h: &mut HostBuilder<'_>) {
    load_by(h, Opcode::SLOAD);
}

/// `storage_cache_bytes32(key, value)`.
pub(super) fn cache(h: &mut HostBuilder<'_>) {
    store_by(h, Opcode::SSTORE);
}

/// `storage_flush_cache(clear)`.
pub(super) fn flush(h: &mut HostBuilder<'_>) {
    h.b.ret(vec![]);
}

/// `transient_load_bytes32(key, dest)`.
pub(super) fn transient_load(h: &mut HostBuilder<'_>) {
    load_by(h, Opcode::TLOAD);
}

/// `transient_store_bytes32(key, value)`.
pub(super) fn transient_store(h: &mut HostBuilder<'_>) {
    store_by(h, Opcode::TSTORE);
}

fn load_by(h: &mut HostBuilder<'_>, op: Opcode) {
    let key = h.read_key(h.b.param(0));
    let value = h.b.evm(op, [key]);
    h.write_word(h.b.param(1), value);
    h.b.ret(vec![]);
}

fn store_by(h: &mut HostBuilder<'_>, op: Opcode) {
    let key = h.read_key(h.b.param(0));
    let value = h.read_word(h.b.param(1));
    h.b.evm(op, [key, value]);
    h.b.ret(vec![]);
}

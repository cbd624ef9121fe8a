//! Decides what one running program sees: its message, output, storage cache and ink.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use alloy_primitives::{Address, B256, Bytes};
use wasmi::{AsContext, AsContextMut, Global, Memory, Val};

use crate::{
    chain::Chain,
    message::Message,
    program::{Machine, word},
    units::Ink,
};

/// What a running program's host functions work on.
#[derive(Debug)]
pub(crate) struct Env {
    pub(crate) machine: Option<Arc<Machine>>,
    pub(crate) chain: Chain,
    pub(crate) frame: Frame,
    pub(crate) meters: Option<Meters>,
}

impl Env {
    pub(crate) const fn new(machine: Arc<Machine>, chain: Chain, frame: Frame) -> Self {
        Self { machine: Some(machine), chain, frame, meters: None }
    }

    /// Returns an environment for a program that is instantiated but never called.
    pub(crate) fn idle() -> Self {
        Self {
            machine: None,
            chain: Chain::default(),
            frame: Frame::new(Message::default()),
            meters: None,
        }
    }
}

/// One call of a program.
#[derive(Debug)]
pub(crate) struct Frame {
    pub(crate) message: Message,
    /// What `write_result` set.
    pub(crate) outs: Vec<u8>,
    /// What the last call or creation returned.
    pub(crate) return_data: Bytes,
    pub(crate) cache: StorageCache,
    /// The code that was asked for last, which is not charged again.
    pub(crate) last_code: Option<(Address, Bytes)>,
    /// Ink of host calls by the index of the function that called them, when profiled.
    pub(crate) hook_inks: BTreeMap<usize, BTreeMap<&'static str, (u64, Ink)>>,
}

impl Frame {
    pub(crate) fn new(message: Message) -> Self {
        Self {
            message,
            outs: Vec::new(),
            return_data: Bytes::new(),
            cache: StorageCache::default(),
            last_code: None,
            hook_inks: BTreeMap::new(),
        }
    }
}

/// A slot in the storage cache.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CachedSlot {
    pub(crate) value: B256,
    /// The value in the chain's state, if it was read or flushed.
    pub(crate) known: Option<B256>,
}

impl CachedSlot {
    pub(crate) fn is_dirty(&self) -> bool {
        self.known != Some(self.value)
    }
}

/// A program's view of its storage. What it does not flush is lost when it ends.
#[derive(Debug, Default)]
pub(crate) struct StorageCache {
    pub(crate) slots: HashMap<B256, CachedSlot>,
    /// The order in which slots entered, so that flushing is deterministic.
    pub(crate) order: Vec<B256>,
    pub(crate) reads: u64,
    pub(crate) writes: u64,
}

/// Handles into a running instance: its memory and the globals that count its ink.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Meters {
    pub(crate) memory: Memory,
    pub(crate) ink: Global,
    pub(crate) status: Global,
    /// Holds the function that is running, if the program is profiled.
    pub(crate) current: Option<Global>,
}

impl Meters {
    pub(crate) fn ink_left(&self, ctx: impl AsContext) -> Ink {
        Ink(word(self.ink, ctx))
    }

    pub(crate) fn is_exhausted(&self, ctx: impl AsContext) -> bool {
        !matches!(self.status.get(ctx), Val::I32(0))
    }

    /// Returns the function whose block is running, if the program is profiled.
    pub(crate) fn current(&self, ctx: impl AsContext) -> Option<usize> {
        match self.current?.get(ctx) {
            Val::I32(function) => usize::try_from(function).ok(),
            _ => None,
        }
    }

    pub(crate) fn set_ink(&self, ctx: impl AsContextMut, ink: Ink) {
        let set = self.ink.set(ctx, Val::I64(ink.0.cast_signed()));
        debug_assert!(set.is_ok(), "the ink global is a mutable i64");
    }

    pub(crate) fn exhaust(&self, mut ctx: impl AsContextMut) {
        self.set_ink(&mut ctx, Ink(0));
        let set = self.status.set(ctx, Val::I32(1));
        debug_assert!(set.is_ok(), "the status global is a mutable i32");
    }
}

/// Why a host function ended the program.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Escape {
    #[error("out of ink")]
    OutOfInk,
    #[error("memory access out of bounds: {len} bytes at {ptr:#x}")]
    Memory { ptr: u32, len: usize },
    #[error("write protection")]
    WriteProtection,
    #[error("bad topic data: {topics} topics in {len} bytes")]
    Topics { topics: u32, len: u32 },
    #[error("the program exits early with status {0}")]
    Exit(u32),
    #[error("unsupported: {0}")]
    Unsupported(&'static str),
    #[error("the program has no memory or ink: {0}")]
    Internal(String),
}

impl wasmi::errors::HostError for Escape {}

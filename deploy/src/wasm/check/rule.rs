//! Decides the rules of activation and how each is said to people.

use std::fmt;

/// A rule that activation enforces.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Rule {
    /// The bytes are a valid WebAssembly module.
    Invalid,
    /// There is exactly one memory, and it is the module's own.
    OneMemory,
    /// The memory is exported under the name `memory`.
    MemoryExport,
    /// The memory starts with at most [`Limits::memory_pages`](super::Limits::memory_pages).
    MemoryPages,
    /// A memory that can grow comes with the import `pay_for_memory_grow`.
    MemoryGrowth,
    /// `user_entrypoint` is exported and of type `(i32) -> i32`.
    Entrypoint,
    /// There is no start function.
    StartFunction,
    /// Every import is a function of `vm_hooks` (on debug chains of `console` and `debug` too).
    ImportModule,
    /// No floating point.
    Floats,
    /// No SIMD.
    Simd,
    /// No atomics and no shared memory.
    Atomics,
    /// No reference types: one table of functions, no references as values.
    ReferenceTypes,
    /// No tail calls.
    TailCalls,
    /// No exceptions.
    Exceptions,
    /// No garbage collection, typed function references or stack switching.
    Gc,
    /// No passive segments and no instruction on segments or tables.
    BulkMemory,
    /// No other extension of WebAssembly.
    Extension,
    /// No section that counts data segments.
    DataCount,
    /// Table and memory indices are the single byte 0.
    PaddedIndex,
    /// No function or block with several results.
    MultiValue,
    /// At most so many data segments.
    DataSegments,
    /// At most so many element segments.
    ElementSegments,
    /// At most so many entries in one element segment.
    ElementEntries,
    /// At most so many entries in the table.
    TableEntries,
    /// At most so many exports.
    Exports,
    /// At most so many imports.
    Imports,
    /// At most so many functions.
    Functions,
    /// At most so many globals.
    Globals,
    /// At most so many locals in a function.
    Locals,
    /// At most so many operators in a function.
    Operators,
    /// At most so many bytes in the name of an import or export.
    NameBytes,
    /// At most so many words in a function's frame.
    FrameWords,
    /// At most so many values at once in a function's frame.
    OverlappingValues,
    /// At most so many bytes of WebAssembly.
    WasmBytes,
    /// At most so many bytes of compressed code.
    PayloadBytes,
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Invalid => "not a valid module",
            Self::OneMemory => "a program has exactly one memory of its own",
            Self::MemoryExport => "the memory is exported as `memory`",
            Self::MemoryPages => "too many pages of memory at the start",
            Self::MemoryGrowth => "a memory that can grow needs the import `pay_for_memory_grow`",
            Self::Entrypoint => "a program exports `user_entrypoint` of type (i32) -> i32",
            Self::StartFunction => "a program has no start function",
            Self::ImportModule => "imports are functions of `vm_hooks`",
            Self::Floats => "floating point is not supported",
            Self::Simd => "SIMD is not supported",
            Self::Atomics => "atomics are not supported",
            Self::ReferenceTypes => "reference types are not supported",
            Self::TailCalls => "tail calls are not supported",
            Self::Exceptions => "exceptions are not supported",
            Self::Gc => "typed references and garbage collection are not supported",
            Self::BulkMemory => "passive segments and table instructions are not supported",
            Self::Extension => "this extension of WebAssembly is not supported",
            Self::DataCount => "a count of data segments is not supported",
            Self::PaddedIndex => "the index of the table or memory is the single byte 0",
            Self::MultiValue => "several results are not supported",
            Self::DataSegments => "too many data segments",
            Self::ElementSegments => "too many element segments",
            Self::ElementEntries => "too many entries in an element segment",
            Self::TableEntries => "too many table entries",
            Self::Exports => "too many exports",
            Self::Imports => "too many imports",
            Self::Functions => "too many functions",
            Self::Globals => "too many globals",
            Self::Locals => "too many locals in a function",
            Self::Operators => "too many operators in a function",
            Self::NameBytes => "a name has too many bytes",
            Self::FrameWords => "a function's frame has too many words",
            Self::OverlappingValues => "too many values at once in a function's frame",
            Self::WasmBytes => "too many bytes of WebAssembly",
            Self::PayloadBytes => "too many bytes of compressed code",
        })
    }
}

//! Decides how much of each thing a module may have.

/// The limits of a Stylus chain. The defaults are those of Nitro (Stylus version 2, ArbOS 32 to
/// 60: `arbitrator/prover/src/programs` and `binary.rs`); a chain's owner can change some.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of a decompressed module.
    pub wasm_bytes: u64,
    /// Pages of memory at the start.
    pub memory_pages: u64,
    /// Segments of data.
    pub data_segments: u64,
    /// Segments of table elements.
    pub element_segments: u64,
    /// Entries of one element segment.
    pub element_entries: u64,
    /// Entries of the table.
    pub table_entries: u64,
    /// Exports.
    pub exports: u64,
    /// Imports.
    pub imports: u64,
    /// Functions, without imports.
    pub functions: u64,
    /// Globals.
    pub globals: u64,
    /// Locals of one function, parameters counted.
    pub locals: u64,
    /// Operators of one function.
    pub operators: u64,
    /// Bytes of the name of an import or export.
    pub name_bytes: u64,
    /// Words of one function's frame: its locals, its operand stack and 4.
    pub frame_words: u64,
    /// Values on the operand stack of one function at once.
    pub overlapping_values: u64,
    /// Whether functions and blocks may have several results. ArbOS 60 refuses them.
    pub multi_value: bool,
    /// Whether the chain is a debug chain, which also offers the imports `console` and `debug`.
    pub debug_chain: bool,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            wasm_bytes: 128 * 1024,
            memory_pages: 128,
            data_segments: 128,
            element_segments: 128,
            element_entries: 4_096,
            table_entries: 4_096,
            exports: 1_024,
            imports: 513,
            functions: 4_096,
            globals: 32_768,
            locals: 348,
            operators: 65_536,
            name_bytes: 512,
            frame_words: 10 * 1_024,
            overlapping_values: 4_096,
            multi_value: false,
            debug_chain: false,
        }
    }
}

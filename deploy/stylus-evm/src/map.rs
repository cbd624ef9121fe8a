//! The source map: which function and WebAssembly offset a position of the EVM code comes from.

use std::fmt;

/// One function of the source map.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MappedFunction {
    /// Index in the module's function index space; `None` for code of the translator's own.
    pub index: Option<u32>,
    /// Name from the name section or the exports, or a made-up one (`func[12]`, `host::msg_sender`).
    pub name: String,
}

/// Where a position comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Location<'a> {
    /// The function.
    pub function: &'a MappedFunction,
    /// Byte offset of the operator in the WebAssembly module; 0 when there is none.
    pub wasm_offset: u32,
}

/// A run of EVM code that comes from one operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Range {
    /// Where it starts; it ends where the next begins.
    pub(crate) start: usize,
    /// Index into [`SourceMap::functions`].
    pub(crate) function: u32,
    /// Byte offset in the WebAssembly module.
    pub(crate) offset: u32,
}

/// Maps positions of the EVM code to functions and WebAssembly offsets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SourceMap {
    pub(crate) functions: Vec<MappedFunction>,
    pub(crate) ranges: Vec<Range>,
    pub(crate) code_bytes: usize,
}

impl SourceMap {
    /// Length of the code; what lies behind it is data.
    #[must_use]
    pub const fn code_bytes(&self) -> usize {
        self.code_bytes
    }

    /// All functions that have code.
    #[must_use]
    pub fn functions(&self) -> &[MappedFunction] {
        &self.functions
    }

    /// Says where the instruction at `pc` comes from.
    #[must_use]
    pub fn lookup(&self, pc: usize) -> Option<Location<'_>> {
        if pc >= self.code_bytes {
            return None;
        }
        let after = self.ranges.partition_point(|range| range.start <= pc);
        let range = self.ranges.get(after.checked_sub(1)?)?;
        let function = self.functions.get(range.function as usize)?;
        Some(Location { function, wasm_offset: range.offset })
    }

    /// Bytes of code that come from each function, in the order of [`Self::functions`].
    #[must_use]
    pub fn bytes_by_function(&self) -> Vec<usize> {
        let mut bytes = vec![0; self.functions.len()];
        for (i, range) in self.ranges.iter().enumerate() {
            let end = self.ranges.get(i + 1).map_or(self.code_bytes, |next| next.start);
            if let Some(sum) = bytes.get_mut(range.function as usize) {
                *sum += end.saturating_sub(range.start);
            }
        }
        bytes
    }
}

impl fmt::Display for Location<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.function.name)?;
        if self.wasm_offset > 0 {
            write!(f, " @0x{:x}", self.wasm_offset)?;
        }
        Ok(())
    }
}

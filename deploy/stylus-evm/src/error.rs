//! Why a module cannot be translated: it is invalid, it is unsupported, or we have a bug.

use std::fmt;

/// Place of a fault in a WebAssembly module.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Position {
    /// Index in the function index space, when the fault lies in a function.
    pub function: Option<u32>,
    /// Byte offset in the module.
    pub offset: u64,
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(function) = self.function {
            write!(f, "function {function}, ")?;
        }
        write!(f, "offset 0x{:x}", self.offset)
    }
}

/// What a module may not contain.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Construct {
    /// An operator outside the integer subset.
    #[error("operator `{0}`")]
    Operator(String),
    /// A value type other than `i32` and `i64`.
    #[error("value type `{0}`")]
    ValueType(String),
    /// An import that no Stylus chain provides.
    #[error("import `{module}::{name}`")]
    Import {
        /// Module of the import.
        module: String,
        /// Name of the import.
        name: String,
    },
    /// A host function that is imported with a type that it does not have.
    #[error("import `{name}` with type `{found}` instead of `{expected}`")]
    ImportType {
        /// Name of the import.
        name: &'static str,
        /// The host function's type.
        expected: String,
        /// The type it is imported with.
        found: String,
    },
    /// More than one memory.
    #[error("more than one memory")]
    SeveralMemories,
    /// More than one table.
    #[error("more than one table")]
    SeveralTables,
    /// A 64-bit or shared memory, or one with pages of an unusual size.
    #[error("a memory that is shared, 64-bit or has custom pages")]
    MemoryKind,
    /// A table of something else than functions.
    #[error("a table that is 64-bit or does not hold functions")]
    TableKind,
    /// A start function.
    #[error("a start function")]
    Start,
    /// A passive or otherwise unusual segment.
    #[error("a passive segment")]
    PassiveSegment,
    /// An initializer that is not a constant.
    #[error("an initializer that is not a plain constant")]
    Initializer,
    /// A section of another proposal.
    #[error("section `{0}`")]
    Section(&'static str),
}

/// Why a translation failed.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The bytes are not a valid module.
    #[error("invalid module ({position}): {source}")]
    Invalid {
        /// Where.
        position: Position,
        /// What the validator said.
        #[source]
        source: wasmparser::BinaryReaderError,
    },
    /// A segment does not fit into the memory or table that it initializes.
    #[error("invalid module ({position}): a segment ends at {end} of {size}")]
    SegmentOutOfBounds {
        /// Where.
        position: Position,
        /// End of the segment, in bytes or table entries.
        end: u64,
        /// Size of the memory or table.
        size: u64,
    },
    /// The module lacks an export that every Stylus contract has.
    #[error("invalid module: no exported {0}")]
    MissingExport(&'static str),
    /// The module is valid but uses something that a Stylus contract cannot use.
    #[error("unsupported ({position}): {construct}")]
    Unsupported {
        /// Where.
        position: Position,
        /// What.
        construct: Construct,
    },
    /// The module is fine, the translator is not.
    #[error("bug in the translator, function {function:?}: {reason}")]
    Internal {
        /// Function that was being translated.
        function: Option<u32>,
        /// The broken invariant.
        reason: String,
    },
}

impl Error {
    pub(crate) const fn unsupported(position: Position, construct: Construct) -> Self {
        Self::Unsupported { position, construct }
    }

    pub(crate) fn internal(reason: impl Into<String>) -> Self {
        Self::Internal { function: None, reason: reason.into() }
    }
}

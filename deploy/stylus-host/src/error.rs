//! Decides how the host says that a program cannot be taken: every case is the given module's.

/// Why a program was refused.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The bytes are not a WebAssembly module.
    #[error("the module does not parse")]
    Parse(#[from] wasmparser::BinaryReaderError),
    /// An operator has no price, so the chain refuses it.
    #[error("`{operator}` at byte {offset:#x} of function {function} has no price")]
    Operator {
        /// Index of the function, imports counted.
        function: usize,
        /// Where in the module the operator stands.
        offset: u64,
        /// The operator.
        operator: String,
    },
    /// A position in the module does not fit this machine.
    #[error("byte {at} of the module is out of reach")]
    Offset {
        /// The position.
        at: u64,
        /// Why it does not fit.
        source: std::num::TryFromIntError,
    },
    /// A position lies outside the module.
    #[error("bytes {start} to {end} lie outside the module")]
    Range {
        /// The first byte.
        start: usize,
        /// The byte after the last.
        end: usize,
    },
    /// The engine does not take the module: it is invalid, or imports what is no host function.
    #[error("the engine refuses the module")]
    Engine(#[from] wasmi::Error),
    /// The code of a program does not decompress.
    #[error("the program's code does not decompress")]
    Decompress(#[source] std::io::Error),
    /// The module lacks something that every program exports.
    #[error("the module does not export `{name}` as a program must")]
    Export {
        /// The name of the export.
        name: &'static str,
    },
}

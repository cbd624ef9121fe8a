//! Decides what form a contract's WebAssembly has on chain: normalised, checked, compressed.

mod check;
mod normalise;
mod payload;

pub use check::{Limits, Measures, Report, Rule, Violation, check, check_payload};
pub use normalise::{Normalised, normalise};
pub use payload::{MAX_PAYLOAD_BYTES, PREFIX, compress, decompress};

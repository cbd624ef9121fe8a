//! The source: a validated WebAssembly module in the shape that lowering wants.

pub(crate) mod module;
pub(crate) mod scan;

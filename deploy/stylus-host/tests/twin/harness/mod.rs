//! The twin run: a program's WebAssembly in the host beside its translation in an EVM.

pub(crate) mod evm;
pub(crate) mod twin;

mod actors;
mod campaign;
mod generate;
mod permit;
mod suite;

pub(crate) use campaign::{Campaign, Report};

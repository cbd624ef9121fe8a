//! A reference host for Stylus programs: runs their WebAssembly over a chain in memory, with every
//! host function, and counts ink and gas by the chain's own price list.
//!
//! [`Host`] is the way in; [`prices`] is the price list.

mod chain;
mod create;
mod error;
mod frame;
mod hooks;
mod host;
mod initcode;
mod message;
mod meter;
mod outcome;
mod precompiles;
pub mod prices;
mod program;
mod state;
mod survey;
mod units;

pub use chain::Block;
pub use error::Error;
pub use host::{Deployment, Host, Transaction};
pub use meter::Metering;
pub use outcome::{FunctionProfile, GasReport, Outcome, Profile, Status};
pub use state::{Account, Code};
pub use units::{Gas, Ink};

/// Compiles the examples of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}

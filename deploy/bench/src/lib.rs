//! Measures what users' actions cost: on the EVM and, by the model of `stylus-host`, on a Stylus
//! chain, beside the Solidity peer and beside what no implementation avoids.
//!
//! [`Bench`] is the way in. Adding an action is one entry of the table in `actions.rs`.

mod access;
mod actions;
mod check;
mod error;
pub mod events;
mod evm;
mod floor;
mod governance;
mod measure;
mod notes;
mod passes;
pub mod peers;
mod report;
pub mod scale;
mod stage;
mod story;
mod stylus;

pub use actions::action_names;
pub use check::{TOLERANCE_PERCENT, Worse, worse};
pub use error::Error;
pub use measure::Bench;
pub use notes::notes;
pub use passes::{PassTable, Weighed};
pub use report::{ActionCost, ContractSize, Ratios, Report, StylusGas};

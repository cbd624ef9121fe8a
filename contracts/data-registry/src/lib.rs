//! The data registry: which records there are, whose they are, who attests to them, and which of
//! them make the editions of a dataset.
//!
//! # Invariants
//!
//! - A record id is registered once, whoever comes and whatever became of the record ([`records`]).
//! - Nobody attests to a record of their own, and no attestor takes a record over.
//! - Each change of a record moves the head of its history on, which commits to everything before;
//!   records have one writer.
//! - An edition is frozen: all that ever changes of it is that it is voided before it is live
//!   ([`editions`]).
//! - No edition has fewer contributors than the minimum cohort at its publication.
//! - Whoever can show a fault of an edition in time voids it; no contributor makes one, by erasing a
//!   record or otherwise.
//! - Nothing can call back: what is called is asked, and may not change anything.

#![warn(clippy::arithmetic_side_effects)]

mod curating;
mod custody;
pub mod datasets;
pub mod editions;
mod members;
mod packed;
pub mod parameters;
mod program;
pub mod records;
mod registering;
mod registry;
pub mod schemas;

#[cfg(not(target_arch = "wasm32"))]
pub use program::program;
#[cfg(target_arch = "wasm32")]
pub use program::user_entrypoint;
pub use registry::{
    ATTESTOR_ROLE, CURATOR_ROLE, DataRegistry, GUARDIAN_ROLE, IDataRegistry, SCHEMA_ROLE,
};

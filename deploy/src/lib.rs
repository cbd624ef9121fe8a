//! Builds, checks, deploys and records the contracts of a patient-data cooperative.
//!
//! This library does what the `datacoop` command and the integration tests share. It prints
//! nothing: long work reports to a [`Progress`], and every failure is an [`Error`].

mod artifact;
mod book;
mod document;
mod error;
mod progress;
mod workspace;

pub mod build;
pub mod calendar;
pub mod chain;
pub mod consent;
pub mod contracts;
pub mod dashboard;
pub mod data;
pub mod declaration;
mod decode;
pub mod deploy;
pub mod governance;
pub mod index;
pub mod keys;
pub mod market;
pub mod members;
pub mod node;
pub mod notes;
pub mod offline;
pub mod record;
pub mod revenue;
pub mod roles;
pub mod stylus;
pub mod trace;
pub mod treasury;
pub mod wasm;

pub use datacoop_bindings as bindings;

pub use artifact::{Artifact, Sizes};
pub use book::{AddressBook, Entry as BookEntry};
pub use decode::{
    Argument, DecodedCall, DecodedError, DecodedEvent, decode_call, decode_error, decode_event,
};
pub use error::Error;
pub use progress::{Event, Progress, Silent, Stage};
pub use wasm::Violation;
pub use workspace::{ROOT_VARIABLE, Workspace};

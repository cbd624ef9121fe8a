//! Decides how records come onto the chain, which of them make an edition of a dataset, and what is
//! proven of them.
//!
//! | step | file |
//! | --- | --- |
//! | a document and its salt are a record | `salts` |
//! | records are registered, many in a transaction | `register` |
//! | the records of an edition are gathered | `gather` |
//! | an edition is a document, and two trees | `manifest`, `merkle` |
//! | an edition is published, and a manifest compared with it | `edition` |
//! | what happened to a record adds up | `history` |

mod edition;
mod error;
mod gather;
mod history;
mod manifest;
pub mod merkle;
mod register;
mod registry;
mod salts;
mod weights;

pub use edition::{Edition, EditionStanding, Since, next_edition, publish_call, verify_manifest};
pub use error::DataError;
pub use gather::{Gathered, gather};
pub use history::{Deed, Step, history};
pub use manifest::{Contributor, Head as ManifestHead, Manifest};
pub use register::{Document, Kind, Registered, register};
pub use registry::{Dataset, LiveSchema, Record, Registry, Status, edition_number, schema_id};
pub use salts::{Salt, Salts, record_id};
pub use weights::read_weights;

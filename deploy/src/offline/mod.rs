//! Decides what becomes of transactions that are not sent: signed and carried to a chain later, or
//! handed to a Safe's owners as calls.
//!
//! A [`Chain`](crate::chain::Chain) that lays aside has an [`Outbox`]. Whatever a
//! [`Sender`](crate::chain::Sender) of that chain would send goes there, so that every command that
//! sends can be used so. Such a transaction's receipt has block 0: it did not happen yet.

mod error;
mod outbox;
mod send;
mod signed_file;

pub use error::OfflineError;
pub use outbox::{LaidAside, Outbox, Terms, Way};
pub use send::{Sending, SentState};
pub use signed_file::{SignedFile, SignedTransaction};

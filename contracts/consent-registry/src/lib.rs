//! The consent registry: consent as code. Who may use which data class of whom, for which purpose,
//! until when, under which terms; given, amended and revoked by the subject alone.
//!
//! # Invariants
//!
//! - Nothing is covered without a consent that its subject gave, that was neither revoked nor has
//!   expired, and whose subject has been a member ever since ([`ledger`]).
//! - Only the subject changes a consent: in person or by a signature that is good once, on this
//!   chain, for this contract. There is no administrator.
//! - A revocation takes effect at once, for a check in the same transaction too.
//! - A check reads a bounded number of slots: a subject has at most 32 live consents.
//! - Each change has a receipt, the hash of all that it says and of the receipt before it
//!   ([`receipt`]).
//! - Nothing can call back: what is called is asked, and may not change anything.

#![warn(clippy::arithmetic_side_effects)]

pub mod ledger;
mod members;
mod program;
pub mod receipt;
mod registry;
pub mod scope;

#[cfg(not(target_arch = "wasm32"))]
pub use program::program;
#[cfg(target_arch = "wasm32")]
pub use program::user_entrypoint;
pub use registry::{ConsentRegistry, IConsentRegistry, MembersStorage};

//! Membership: who belongs to the cooperative, and as what. A soulbound ERC-721 with ERC-5192.
//!
//! # Invariants
//!
//! - An account has at most one live membership, and so has a credential ([`register`]).
//! - A token id belongs to one credential for ever.
//! - A membership moves only from an account that an issuer calls lost; that account is no member in
//!   the same transaction.
//! - A signature of an issuer admits once: it is bound to this contract, this chain, the account
//!   that joins and the credential's nonce, which every beginning, move and end counts up.
//! - A DID is bound to at most one live membership ([`did`]).
//! - Nothing can call back: joining calls nobody but an issuer that is a contract, which may not
//!   change anything (ERC-1271).

#![warn(clippy::arithmetic_side_effects)]

pub mod did;
mod membership;
pub mod metadata;
mod program;
pub mod register;

pub use membership::{IMembership, ISSUER_ROLE, Membership};
#[cfg(not(target_arch = "wasm32"))]
pub use program::program;
#[cfg(target_arch = "wasm32")]
pub use program::user_entrypoint;

//! The data market: vetted researchers buy licences for editions of datasets, or bid for them.
//!
//! # Invariants
//!
//! - A licence is paid in full before it is: the parts of its price sum to the price, and the market
//!   keeps nothing of it ([`split`]).
//! - What the market holds of a token is what is staked, what is owed and the highest bids of the
//!   auctions that run; stakes are never paid out for anything else ([`stakes`], [`auctions`]).
//! - An account has access only while it is vetted and the licence that it uses lives, and the
//!   licence that an account uses is one that it holds ([`licences`]).
//! - No record is readable, and no access logged, unless besides the edition is live and has the
//!   record, and its owner's consent covers the use at this moment (`access`).
//! - While an edition is auctioned or sold as exclusive for a purpose, nothing else of it is sold for
//!   that purpose ([`sales`]).
//! - A stake stays while a licence lives that its account used, and while the account leads in an
//!   auction.
//! - No cost depends on how many records, contributors, licences or bidders there are.
//! - Nothing can call back: a call of the market while it runs is refused.

#![warn(clippy::arithmetic_side_effects)]

mod access;
pub mod auctions;
mod bids;
pub mod licences;
mod market;
pub mod neighbours;
mod payments;
pub mod prices;
mod program;
mod routes;
pub mod sales;
pub mod split;
pub mod stakes;
pub mod transfers;
pub mod uri;

pub use market::{DataMarket, IDataMarket, LISTER_ROLE, PAUSER_ROLE, RULING_ROLE, SERVER_ROLE};
#[cfg(not(target_arch = "wasm32"))]
pub use program::program;
#[cfg(target_arch = "wasm32")]
pub use program::user_entrypoint;

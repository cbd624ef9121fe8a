//! Reads and uses the data market: what is for sale, purchases, auctions, stakes, who may read what
//! for which reasons, and what listers and access servers do.

mod access;
mod auctions;
mod lister;
mod offers;
mod onchain;
mod purchase;
mod server;
mod stake;
mod usage;
mod words;

pub use access::{Access, Asked, Check, Reason};
pub use auctions::{Auction, AuctionState, Settled};
pub use lister::{Listing, Lot};
pub use offers::{Offer, Unit};
pub use onchain::{Market, TokenInfo};
pub use purchase::{Bought, Order};
pub use server::Licence;
pub use stake::Stake;
pub use usage::Use;
pub use words::{Edition, MarketWordsError, Purpose};

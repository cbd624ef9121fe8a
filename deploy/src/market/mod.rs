//! Reads and uses the data market: what is for sale, purchases, auctions, stakes, and who may read
//! what for which reasons.

mod access;
mod auctions;
mod offers;
mod onchain;
mod purchase;
mod stake;
mod usage;
mod words;

pub use access::{Access, Asked, Check, Reason};
pub use auctions::{Auction, AuctionState, Settled};
pub use offers::{Offer, Unit};
pub use onchain::{Market, TokenInfo};
pub use purchase::{Bought, Order};
pub use stake::Stake;
pub use usage::Use;
pub use words::{Edition, MarketWordsError, Purpose};

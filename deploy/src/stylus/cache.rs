//! Decides how a program gets into the chain's cache: by a bid, which makes each of its calls cheaper.
//!
//! The cache has room for so many bytes; while there is room the lowest bid is nothing. Bids lose value
//! with time, so a program may be put out by a later bid.

use alloy::primitives::{Address, B256, U256};

use super::{
    StylusError,
    error::explain,
    precompiles::{ARB_WASM_CACHE, ArbWasmCache, CacheManager},
};
use crate::{
    Error,
    chain::{Chain, Outgoing, Receipt, Sender},
};

/// The cache of a chain, as its manager has it.
#[derive(Clone, Debug)]
pub struct Cache<'a> {
    chain: &'a Chain,
    manager: Address,
}

/// What the cache takes for a program at present.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offer {
    /// Whether it is cached.
    pub is_cached: bool,
    /// The lowest bid, in wei.
    pub minimum_wei: U256,
}

impl<'a> Cache<'a> {
    /// Finds the cache of a chain: that of the manager that was appointed last.
    ///
    /// # Errors
    ///
    /// - [`StylusError::MissingPrecompile`]: the chain does not run Stylus programs.
    /// - [`StylusError::NoCacheManager`]: it has no cache that one may bid for.
    /// - The failures of [`Chain::read`].
    pub async fn of(chain: &'a Chain) -> Result<Self, Error> {
        let managers = chain.read(ARB_WASM_CACHE, &ArbWasmCache::allCacheManagersCall {}).await;
        let managers = managers.map_err(missing)?;
        let manager = managers.last().copied().ok_or(StylusError::NoCacheManager)?;
        Ok(Self { chain, manager })
    }

    /// Returns the manager, which takes the bids.
    #[must_use]
    pub const fn manager(&self) -> Address {
        self.manager
    }

    /// Asks what the cache takes for the program at `address`, whose code has the hash `codehash`.
    ///
    /// # Errors
    ///
    /// [`StylusError::NotActivated`], [`StylusError::Expired`], [`StylusError::NeedsUpgrade`],
    /// [`StylusError::TooLargeToCache`]: it cannot be cached. And the failures of [`Chain::read`].
    pub async fn offer(&self, address: Address, codehash: B256) -> Result<Offer, Error> {
        let is_cached = is_cached(self.chain, codehash).await?;
        let call = CacheManager::getMinBid_0Call { program: address };
        let minimum = self.chain.read(self.manager, &call).await.map_err(explain)?;
        Ok(Offer { is_cached, minimum_wei: U256::from(minimum) })
    }

    /// Returns whether bids are paused.
    ///
    /// # Errors
    ///
    /// The failures of [`Chain::read`].
    pub async fn is_paused(&self) -> Result<bool, Error> {
        self.chain.read(self.manager, &CacheManager::isPausedCall {}).await
    }

    /// Returns how many bytes are in use, and how many there are.
    ///
    /// # Errors
    ///
    /// The failures of [`Chain::read`].
    pub async fn size_bytes(&self) -> Result<(u64, u64), Error> {
        let used = self.chain.read(self.manager, &CacheManager::queueSizeCall {}).await?;
        Ok((used, self.chain.read(self.manager, &CacheManager::cacheSizeCall {}).await?))
    }

    /// Makes the transaction that bids `bid_wei` for the program at `address`.
    #[must_use]
    pub fn bid(&self, address: Address, bid_wei: U256) -> Outgoing {
        let call = CacheManager::placeBidCall { program: address };
        Outgoing { value: bid_wei, ..Outgoing::call(self.manager, &call) }
    }

    /// Bids for the program at `address`. The bid is not returned.
    ///
    /// # Errors
    ///
    /// [`StylusError::BidTooSmall`], [`StylusError::BidsPaused`], [`StylusError::AlreadyCached`],
    /// [`StylusError::TooLargeToCache`]: the manager refuses. And the failures of [`Sender::send`].
    pub async fn place_bid(
        &self,
        sender: &Sender,
        address: Address,
        bid_wei: U256,
    ) -> Result<Receipt, Error> {
        sender.send(&self.bid(address, bid_wei)).await.map_err(explain)
    }
}

/// Returns whether programs of a code hash are cached.
///
/// # Errors
///
/// [`StylusError::MissingPrecompile`], and the failures of [`Chain::read`].
pub async fn is_cached(chain: &Chain, codehash: B256) -> Result<bool, Error> {
    let call = ArbWasmCache::codehashIsCachedCall { codehash };
    chain.read(ARB_WASM_CACHE, &call).await.map_err(missing)
}

fn missing(error: Error) -> Error {
    match error {
        Error::NoContract { .. } => {
            StylusError::MissingPrecompile { name: "ArbWasmCache", address: ARB_WASM_CACHE }.into()
        }
        error => error,
    }
}

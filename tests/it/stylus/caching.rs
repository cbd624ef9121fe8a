//! Programs are cached by a bid that the cache's manager takes.

use alloy::primitives::U256;
use anyhow::Result;
use datacoop_deploy::{
    contracts::{CONSENT_REGISTRY, Contract, TIMELOCK},
    stylus::{Cache, Offer, StylusError, codehash, is_cached, precompiles::ARB_WASM_CACHE},
};
use datacoop_tests::{ALICE, CACHE_MANAGER, StandIns, StylusNode, start_node};

use super::{built, deploy, refused, with_timelock};

#[tokio::test]
async fn while_there_is_room_a_bid_of_nothing_will_do() -> Result<()> {
    let (node, sender, address) = with_timelock().await?;
    let hash = codehash(&built(&TIMELOCK)?.stylus_payload);
    let cache = Cache::of(&node.chain).await?;
    assert_eq!((cache.manager(), cache.is_paused().await?), (CACHE_MANAGER, false));
    let offer = cache.offer(address, hash).await?;
    assert_eq!(offer, Offer { is_cached: false, minimum_wei: U256::ZERO });
    cache.place_bid(&sender, address, U256::ZERO).await?;
    assert!(is_cached(&node.chain, hash).await? && cache.offer(address, hash).await?.is_cached);
    assert!(cache.size_bytes().await?.0 > 0);
    let again = cache.place_bid(&sender, address, U256::ZERO).await;
    assert_eq!(refused(again), StylusError::AlreadyCached { codehash: hash });
    Ok(())
}

/// The room of the cache that a program takes, in bytes.
fn room(contract: &Contract) -> Result<u64> {
    let size = built(contract)?.stylus_payload.len() as u64 * 4;
    Ok(size.div_ceil(1024) * 1024)
}

#[tokio::test]
async fn in_a_full_cache_a_bid_must_reach_the_lowest() -> Result<()> {
    let (node, sender, first) = with_timelock().await?;
    let (second, _) = deploy(&sender, &CONSENT_REGISTRY, &[first.into()]).await?;
    let size = room(&TIMELOCK)?.max(room(&CONSENT_REGISTRY)?);
    node.set(CACHE_MANAGER, StandIns::testSizeCall { size }).await?;
    let cache = Cache::of(&node.chain).await?;
    let milli = U256::from(10).pow(U256::from(15));
    cache.place_bid(&sender, first, milli).await?;
    let hash = codehash(&built(&CONSENT_REGISTRY)?.stylus_payload);
    let offer = cache.offer(second.address, hash).await?;
    assert!(offer.minimum_wei > U256::ZERO && offer.minimum_wei <= milli, "{offer:?}");
    let half = offer.minimum_wei / U256::from(2);
    match refused(cache.place_bid(&sender, second.address, half).await) {
        StylusError::BidTooSmall { short_by_wei } => {
            assert!(short_by_wei > U256::ZERO && short_by_wei <= offer.minimum_wei - half);
        }
        error => anyhow::bail!("another error: {error}"),
    }
    assert!(!is_cached(&node.chain, hash).await?);
    cache.place_bid(&sender, second.address, offer.minimum_wei).await?;
    assert!(is_cached(&node.chain, hash).await?);
    assert!(!is_cached(&node.chain, codehash(&built(&TIMELOCK)?.stylus_payload)).await?);
    Ok(())
}

#[tokio::test]
async fn what_cannot_be_cached_is_refused_with_the_reason() -> Result<()> {
    let (node, sender, address) = with_timelock().await?;
    let hash = codehash(&built(&TIMELOCK)?.stylus_payload);
    let cache = Cache::of(&node.chain).await?;
    let nobodys = cache.place_bid(&sender, ALICE, U256::ZERO).await;
    assert_eq!(refused(nobodys), StylusError::NotActivated);
    node.set(CACHE_MANAGER, StandIns::testSizeCall { size: 4096 }).await?;
    let error = refused(cache.offer(address, hash).await);
    assert!(matches!(error, StylusError::TooLargeToCache { .. }), "{error}");
    node.pass_days(366).await?;
    let error = refused(cache.offer(address, hash).await);
    assert!(matches!(error, StylusError::Expired { .. }), "{error}");
    node.set(CACHE_MANAGER, StandIns::testPauseCall {}).await?;
    assert!(cache.is_paused().await?);
    let paused = cache.place_bid(&sender, address, U256::ZERO).await;
    assert_eq!(refused(paused), StylusError::BidsPaused);
    Ok(())
}

#[tokio::test]
async fn a_chain_may_have_no_cache() -> Result<()> {
    let node = StylusNode::start().await?;
    node.set(ARB_WASM_CACHE, StandIns::testWithoutManagerCall {}).await?;
    assert_eq!(refused(Cache::of(&node.chain).await), StylusError::NoCacheManager);
    let (_anvil, chain) = start_node(Default::default()).await?;
    let error = refused(Cache::of(&chain).await);
    assert!(matches!(error, StylusError::MissingPrecompile { name: "ArbWasmCache", .. }));
    Ok(())
}

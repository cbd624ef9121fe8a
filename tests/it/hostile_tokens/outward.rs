//! Tokens that turn bad when the money is in: what they do not pay out stays owed.

use alloy::primitives::U256;
use anyhow::Result;
use datacoop_deploy::bindings::IDataMarket as M;
use datacoop_tests::ALICE;

use super::world::{AUCTION_SECS, DAY, Habit, PRICE, RIVAL, World, bid, settle};

/// How long an auction can be settled, in seconds.
const SETTLEMENT: u64 = 14 * DAY;

/// Twice the least bid.
fn higher() -> U256 {
    PRICE * U256::from(2)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_auction_whose_token_never_recovers_fails_and_frees_the_stake() -> Result<()> {
    let world = World::start().await?;
    world.market.send(RIVAL, bid(higher())).await?;
    world.behave(Habit::Reverting).await?;
    world.pass(AUCTION_SECS + SETTLEMENT).await?;
    world.pass(1).await?;
    let done = world.market.send(ALICE, settle()).await?;
    let failed = M::AuctionFailed { auctionId: U256::ONE, bidder: RIVAL, refund: higher() };
    let failed = M::IDataMarketEvents::AuctionFailed(failed);
    assert!(done.events.contains(&failed), "{:?}", done.events);
    let stake = world.market.read(M::stakeOfCall { account: RIVAL }).await?;
    assert_eq!(stake.auctionsLed, 0);
    world.money().await?;
    world.behave(Habit::Good).await?;
    let (before, token) = (world.held(RIVAL).await?, world.token.address);
    world.market.send(RIVAL, M::withdrawCall { token }).await?;
    assert_eq!(world.held(RIVAL).await?, before + higher());
    world.money().await
}

//! Tokens that turn bad when the money is in: what they do not pay out stays owed, and is paid once
//! when they do.

use alloy::primitives::U256;
use anyhow::Result;
use datacoop_deploy::bindings::IDataMarket::{
    self as M, IDataMarketErrors as Errors, SafeERC20FailedOperation,
};
use datacoop_deploy::bindings::IRevenueDistributor::{self as R, IRevenueDistributorErrors};
use datacoop_tests::ALICE;

use super::world::{AUCTION_SECS, DAY, Habit, PRICE, RESEARCHER, RIVAL, STAKE, World, bid, settle};

/// The stake's cooldown, in seconds, and how long an auction can be settled.
const COOLDOWN: u64 = 14 * DAY;

/// Twice the least bid.
fn higher() -> U256 {
    PRICE * U256::from(2)
}

/// A world in which the researcher is outbid, has asked for its stake, and alice is owed her part of
/// a sale to the rival; the auction is over.
async fn everybody_is_owed_something() -> Result<World> {
    let world = World::start().await?;
    world.market.send(RIVAL, world.buy()).await?;
    world.market.send(RESEARCHER, bid(PRICE)).await?;
    world.market.send(RIVAL, bid(higher())).await?;
    world.market.send(RESEARCHER, M::requestUnstakeCall { amount: STAKE }).await?;
    world.pass(COOLDOWN).await?;
    world.money().await?;
    Ok(world)
}

/// While a token has this habit nothing of what is owed is paid, and nothing is lost.
async fn it_stays_owed(habit: Habit) -> Result<()> {
    let world = everybody_is_owed_something().await?;
    let token = world.token.address;
    world.behave(habit).await?;
    let failed = Errors::SafeERC20FailedOperation(SafeERC20FailedOperation { token });
    let withdraw = M::withdrawCall { token };
    assert_eq!(world.market.refusal(RESEARCHER, withdraw.clone()).await?, failed);
    assert_eq!(world.market.refusal(RESEARCHER, M::unstakeCall {}).await?, failed);
    let refused = world.revenue.refusal(ALICE, world.claim(ALICE)).await?;
    let expected = R::SafeERC20FailedOperation { token };
    assert_eq!(refused, IRevenueDistributorErrors::SafeERC20FailedOperation(expected));
    // The sale of an auction pays many, and fails with the first: what it says is the first's.
    world.market.revert_data(ALICE, settle()).await?;
    world.money().await?;
    world.behave(Habit::Good).await?;
    let before = world.held(RESEARCHER).await?;
    world.market.send(RESEARCHER, withdraw.clone()).await?;
    world.market.send(RESEARCHER, M::unstakeCall {}).await?;
    assert_eq!(world.held(RESEARCHER).await?, before + PRICE + STAKE);
    world.money().await?;
    world.market.send(ALICE, settle()).await?;
    world.money().await?;
    world.claim_all_but(0).await?;
    let nothing = M::MarketNothingOwed { account: RESEARCHER, token };
    let again = world.market.refusal(RESEARCHER, withdraw).await?;
    assert_eq!(again, Errors::MarketNothingOwed(nothing));
    world.market.refusal(RESEARCHER, M::unstakeCall {}).await?;
    world.money().await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_token_that_says_no_does_not_pay_stays_owed() -> Result<()> {
    it_stays_owed(Habit::False).await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_token_that_reverts_does_not_pay_stays_owed() -> Result<()> {
    it_stays_owed(Habit::Reverting).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fee_that_comes_up_after_the_bids_is_the_receivers_loss() -> Result<()> {
    let world = everybody_is_owed_something().await?;
    world.behave(Habit::Fee).await?;
    let (before, token) = (world.held(RESEARCHER).await?, world.token.address);
    world.market.send(RESEARCHER, M::withdrawCall { token }).await?;
    let came = PRICE - PRICE / U256::from(100);
    assert_eq!(world.held(RESEARCHER).await?, before + came);
    world.money().await?;
    world.market.send(ALICE, settle()).await?;
    world.money().await?;
    world.claim_all_but(0).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_auction_whose_token_never_recovers_fails_and_frees_the_stake() -> Result<()> {
    let world = World::start().await?;
    world.market.send(RIVAL, bid(higher())).await?;
    world.behave(Habit::Reverting).await?;
    world.pass(AUCTION_SECS + COOLDOWN).await?;
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

//! Tokens that call back while they move: a contract that runs is not entered again, and what they may
//! call pays once.

use alloy::{primitives::U256, rpc::types::TransactionReceipt, sol_types::SolEvent};
use anyhow::Result;
use datacoop_deploy::bindings::{IDataMarket as M, IRevenueDistributor as R};
use datacoop_tests::ALICE;

use super::world::{
    AUCTION_SECS, Habit, MaliciousToken::CalledBack, PRICE, RESEARCHER, RIVAL, World, bid, settle,
};

/// How the token's calls back ended, in order.
fn calls_back(receipt: &TransactionReceipt) -> Vec<bool> {
    let logs = receipt.inner.logs().iter();
    logs.filter_map(|log| CalledBack::decode_log(&log.inner).ok()).map(|log| log.success).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_claim_that_is_entered_again_pays_once() -> Result<()> {
    let world = World::start().await?;
    world.market.send(RESEARCHER, world.buy()).await?;
    world.aim(world.revenue.address, &world.claim(ALICE)).await?;
    let receipt = world.revenue.send(ALICE, world.claim(ALICE)).await?.receipt;
    assert_eq!(calls_back(&receipt), [false]);
    let pot = R::potOfCall { edition: super::world::edition(), token: world.token.address };
    let pot = world.revenue.read(pot).await?;
    assert_eq!(world.held(ALICE).await?, pot.deposited * U256::from(2) / U256::from(6));
    assert_eq!(world.held(ALICE).await?, pot.paid);
    world.revenue.refusal(ALICE, world.claim(ALICE)).await?;
    world.money().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_settlement_that_is_entered_again_sells_once() -> Result<()> {
    let world = World::start().await?;
    world.market.send(RESEARCHER, bid(PRICE)).await?;
    world.pass(AUCTION_SECS).await?;
    world.aim(world.market.address, &settle()).await?;
    let receipt = world.market.send(ALICE, settle()).await?.receipt;
    let calls = calls_back(&receipt);
    assert!(!calls.is_empty() && calls.iter().all(|success| !success), "{calls:?}");
    assert_eq!(world.market.read(M::licenceCountCall {}).await?, U256::ONE);
    world.market.refusal(ALICE, settle()).await?;
    world.money().await?;
    world.behave(Habit::Good).await?;
    world.claim_all_but(0).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refund_that_is_entered_again_pays_once() -> Result<()> {
    let world = World::start().await?;
    let token = world.token.address;
    world.market.send(RESEARCHER, bid(PRICE)).await?;
    world.market.send(RIVAL, bid(PRICE * U256::from(2))).await?;
    let before = world.held(RESEARCHER).await?;
    world.aim(world.market.address, &M::withdrawCall { token }).await?;
    let receipt = world.market.send(RESEARCHER, M::withdrawCall { token }).await?.receipt;
    assert_eq!(calls_back(&receipt), [false]);
    assert_eq!(world.held(RESEARCHER).await?, before + PRICE);
    world.market.refusal(RESEARCHER, M::withdrawCall { token }).await?;
    world.money().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_market_that_runs_answers_nobody_else() -> Result<()> {
    let world = World::start().await?;
    let market = world.market.address;
    world.pass(1).await?;
    world.aim(market, &world.buy()).await?;
    let receipt = world.market.send(RESEARCHER, world.buy()).await?.receipt;
    let calls = calls_back(&receipt);
    assert!(!calls.is_empty() && calls.iter().all(|success| !success), "{calls:?}");
    assert_eq!(world.market.read(M::licenceCountCall {}).await?, U256::ONE);
    world.money().await?;
    // Not even a view, which could show a state that is half written.
    let account = RESEARCHER;
    world.aim(market, &M::stakeOfCall { account }).await?;
    let receipt = world.market.send(RESEARCHER, M::stakeCall { amount: U256::ONE }).await?.receipt;
    assert_eq!(calls_back(&receipt), [false]);
    let receipt = world.market.send(RIVAL, bid(PRICE)).await?.receipt;
    assert_eq!(calls_back(&receipt), [false]);
    world.money().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_claim_in_the_middle_of_a_purchase_pays_what_was_owed_before() -> Result<()> {
    let world = World::start().await?;
    world.market.send(RESEARCHER, world.buy()).await?;
    world.money().await?;
    world.aim(world.revenue.address, &world.claim(ALICE)).await?;
    let receipt = world.market.send(RIVAL, world.buy()).await?.receipt;
    // The distributor does not run when the price is taken, nor when the treasury is paid, so that
    // alice is paid then: what she was owed before, and her part of this sale. All other calls back
    // find it running, or her paid.
    let calls = calls_back(&receipt);
    assert_eq!(calls.iter().filter(|success| **success).count(), 2, "{calls:?}");
    world.money().await?;
    world.behave(Habit::Good).await?;
    world.is_owed_nothing(ALICE).await?;
    world.claim_all_but(1).await
}

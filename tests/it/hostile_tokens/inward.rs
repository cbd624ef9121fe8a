//! Tokens that do not pay, or not what they should: they buy, bid and stake nothing, and a deposit
//! counts what came.

use alloy::primitives::U256;
use anyhow::Result;
use datacoop_deploy::bindings::IDataMarket::{
    self as M, IDataMarketErrors as Errors, MarketInexactPayment, SafeERC20FailedOperation,
};
use datacoop_deploy::bindings::IDataToken;
use datacoop_deploy::bindings::IRevenueDistributor::{self as R, IRevenueDistributorErrors};
use datacoop_tests::{ALICE, BOB, GOVERNANCE};

use super::world::{
    AUCTION_SECS, Habit, PRICE, RESEARCHER, RIVAL, STAKE, World, bid, edition, settle,
};

/// With a token of this habit nothing is bought, bid or staked, for this reason; and nothing has
/// happened.
async fn nothing_is_bought(
    world: &World,
    habit: Habit,
    reason: impl Fn(U256) -> Errors,
) -> Result<()> {
    world.behave(habit).await?;
    let before = world.held(RESEARCHER).await?;
    let refused = world.market.refusal(RESEARCHER, world.buy()).await?;
    assert_eq!(refused, reason(PRICE));
    let refused = world.market.refusal(RESEARCHER, bid(PRICE)).await?;
    assert_eq!(refused, reason(PRICE));
    let refused = world.market.refusal(RESEARCHER, M::stakeCall { amount: STAKE }).await?;
    assert_eq!(refused, reason(STAKE));
    world.money().await?;
    assert_eq!(world.held(RESEARCHER).await?, before);
    assert_eq!(world.market.read(M::licenceCountCall {}).await?, U256::ZERO);
    let leading = world.market.read(M::leadingBidCall { auctionId: U256::ONE }).await?;
    assert!(leading.bidder.is_zero() && leading.amount.is_zero());
    let stake = world.market.read(M::stakeOfCall { account: RESEARCHER }).await?;
    assert_eq!((stake.staked, stake.auctionsLed), (STAKE, 0));
    // It is the token's fault alone: once it is good, the same is bought.
    world.behave(Habit::Good).await?;
    world.market.send(RESEARCHER, world.buy()).await?;
    world.money().await
}

/// The same, for a token that fails; nor can it be deposited.
async fn it_fails(habit: Habit) -> Result<()> {
    let world = World::start().await?;
    let token = world.token.address;
    world.behave(habit).await?;
    let refused = world.revenue.refusal(RESEARCHER, world.deposit(PRICE)).await?;
    let failed = R::SafeERC20FailedOperation { token };
    assert_eq!(refused, IRevenueDistributorErrors::SafeERC20FailedOperation(failed));
    world.money().await?;
    let failed = || Errors::SafeERC20FailedOperation(SafeERC20FailedOperation { token });
    nothing_is_bought(&world, habit, |_| failed()).await
}

/// The same, for a token of which `came` comes.
async fn something_else_comes(
    world: &World,
    habit: Habit,
    came: impl Fn(U256) -> U256,
) -> Result<()> {
    let token = world.token.address;
    nothing_is_bought(world, habit, |expected| {
        let received = came(expected);
        Errors::MarketInexactPayment(MarketInexactPayment { token, expected, received })
    })
    .await
}

/// With a token of this habit everything is bought, bid, refunded and claimed.
async fn it_is_money(habit: Habit) -> Result<()> {
    let world = World::start().await?;
    world.behave(habit).await?;
    world.market.send(RESEARCHER, world.buy()).await?;
    world.money().await?;
    world.market.send(RESEARCHER, bid(PRICE)).await?;
    world.money().await?;
    world.market.send(RIVAL, bid(PRICE * U256::from(2))).await?;
    world.money().await?;
    let before = world.held(RESEARCHER).await?;
    world.market.send(RESEARCHER, M::withdrawCall { token: world.token.address }).await?;
    assert_eq!(world.held(RESEARCHER).await?, before + PRICE);
    world.money().await?;
    world.pass(AUCTION_SECS).await?;
    world.market.send(ALICE, settle()).await?;
    world.money().await?;
    assert_eq!(world.market.read(M::licenceCountCall {}).await?, U256::from(2));
    world.claim_all_but(0).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_answers_nothing_is_money() -> Result<()> {
    it_is_money(Habit::Silent).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_says_more_than_yes_is_money_as_with_openzeppelin() -> Result<()> {
    it_is_money(Habit::Long).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_says_no_pays_for_nothing() -> Result<()> {
    it_fails(Habit::False).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_reverts_pays_for_nothing() -> Result<()> {
    it_fails(Habit::Reverting).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_does_not_tell_balances_pays_for_nothing() -> Result<()> {
    it_fails(Habit::Secret).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_pretends_to_move_pays_for_nothing() -> Result<()> {
    let world = World::start().await?;
    world.behave(Habit::Pretending).await?;
    let refused = world.revenue.refusal(RESEARCHER, world.deposit(PRICE)).await?;
    let nothing = R::RevenueNothingDeposited { token: world.token.address, amount: PRICE };
    assert_eq!(refused, IRevenueDistributorErrors::RevenueNothingDeposited(nothing));
    something_else_comes(&world, Habit::Pretending, |_| U256::ZERO).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_keeps_a_fee_buys_nothing_and_is_deposited_by_what_came() -> Result<()> {
    let world = World::start().await?;
    let came = |amount: U256| amount - amount / U256::from(100);
    something_else_comes(&world, Habit::Fee, came).await?;
    // One purchase has succeeded, while the token was good.
    world.behave(Habit::Fee).await?;
    let token = world.token.address;
    let pot = R::potOfCall { edition: edition(), token };
    let before = world.revenue.read(pot.clone()).await?.deposited;
    world.revenue.send(RESEARCHER, world.deposit(PRICE)).await?;
    assert_eq!(world.revenue.read(pot).await?.deposited, before + came(PRICE));
    world.money().await?;
    // What is paid out is what is owed: the fee is the receiver's loss, and nobody else's.
    let due = (before + came(PRICE)) * U256::from(2) / U256::from(6);
    world.revenue.send(ALICE, world.claim(ALICE)).await?;
    assert_eq!(world.held(ALICE).await?, came(due));
    world.money().await?;
    world.behave(Habit::Good).await?;
    let refused = world.revenue.refusal(ALICE, world.claim(ALICE)).await?;
    let nothing = R::RevenueNothingToClaim { token, account: ALICE };
    assert_eq!(refused, IRevenueDistributorErrors::RevenueNothingToClaim(nothing));
    world.money().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_lies_about_balances_harms_its_own_pots_alone() -> Result<()> {
    let world = World::start().await?;
    something_else_comes(&world, Habit::Lying, |amount| amount + amount).await?;
    // An honest deposit of DATA, beside one of the token that claims to be twice what it is.
    let (data, revenue, amount) = (world.data, world.revenue.address, U256::from(600));
    world.govern(data, &IDataToken::approveCall { spender: revenue, value: amount }).await?;
    let deposit = R::depositCall { token: data, amount, ..world.deposit(amount) };
    world.revenue.send(GOVERNANCE, deposit).await?;
    world.behave(Habit::Lying).await?;
    world.revenue.send(RESEARCHER, world.deposit(PRICE)).await?;
    let of_data = |account| R::claimCall { token: data, ..world.claim(account) };
    for (account, due) in [(ALICE, 200), (BOB, 100)] {
        world.revenue.send(BOB, of_data(account)).await?;
        let call = IDataToken::balanceOfCall { account };
        assert_eq!(world.chain.read(data, &call).await?, U256::from(due));
    }
    let call = IDataToken::balanceOfCall { account: revenue };
    assert_eq!(world.chain.read(data, &call).await?, U256::from(300));
    // The market's money of that token is counted by the market itself, and is all there.
    let call = M::totalStakedCall {};
    assert_eq!(world.held(world.market.address).await?, world.market.read(call).await?);
    Ok(())
}

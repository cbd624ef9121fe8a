//! What somebody would try: tokens that lie, call back or keep a part, bidders who refuse, accounts
//! that look like others.

use alloy_primitives::{Address, U256};
use alloy_sol_types::SolCall;
use data_market::IDataMarket::*;
use datacoop_kit::testing::START;

use crate::{
    stand_ins::{
        CALLS_BACK, HONEST, ITaker, IToken, KEEPS_A_FEE, LIES, LOSES_A_UNIT, REVERTS, SAYS_FALSE,
        relay,
    },
    support::{
        ADMIN, BOB, CAROL, COIN, DATA, EDITION, LISTER, MALLORY, MARKET, Market, PER_RECORD,
        RECORDS, STAKE, TAKER, auction, bid, buy, transfer,
    },
};

/// What the edition costs for a period, in coins.
fn price() -> U256 {
    PER_RECORD * U256::from(RECORDS)
}

#[test]
fn a_token_that_does_not_pay_buys_nothing() {
    let market = Market::new();
    let call = buy(COIN, U256::MAX);
    let expected = price();
    market.coin(KEEPS_A_FEE);
    let received = expected - expected / U256::from(100);
    let error = MarketInexactPayment { token: COIN, expected, received };
    market.fails(BOB, &call, &error);
    market.coin(LIES);
    let error = MarketInexactPayment { token: COIN, expected, received: U256::ZERO };
    market.fails(BOB, &call, &error);
    market.coin(SAYS_FALSE);
    market.fails(BOB, &call, &SafeERC20FailedOperation { token: COIN });
    assert_eq!(market.ok(MALLORY, &licenceCountCall {}), U256::ZERO);
    market.coin(HONEST);
    market.ok(BOB, &call);
}

#[test]
fn a_token_that_does_not_pay_bids_nothing() {
    let market = Market::new();
    market.ok(LISTER, &auction());
    for mode in [KEEPS_A_FEE, LIES, SAYS_FALSE] {
        market.coin(mode);
        assert!(market.call(BOB, &bid(1_000)).is_err());
    }
    let leading = market.ok(MALLORY, &leadingBidCall { auctionId: U256::ONE });
    assert_eq!((leading.bidder, leading.amount), (Address::ZERO, U256::ZERO));
    market.coin(HONEST);
    market.ok(BOB, &bid(1_000));
    // A refund that does not arrive is owed still.
    market.ok(CAROL, &bid(2_000));
    market.coin(SAYS_FALSE);
    let error = SafeERC20FailedOperation { token: COIN };
    market.fails(BOB, &withdrawCall { token: COIN }, &error);
    market.coin(HONEST);
    assert_eq!(market.ok(BOB, &withdrawCall { token: COIN }), U256::from(1_000));
}

#[test]
fn a_token_that_calls_back_is_refused_whatever_it_calls() {
    let market = Market::new();
    market.ok(LISTER, &startAuctionCall { exclusive: false, ..auction() });
    market.ok(BOB, &bid(1_000));
    market.ok(CAROL, &bid(2_000));
    let calls = [
        buy(COIN, U256::MAX).abi_encode(),
        withdrawCall { token: COIN }.abi_encode(),
        unstakeCall {}.abi_encode(),
        settleCall { auctionId: U256::ONE }.abi_encode(),
        transfer(BOB, CAROL, U256::ONE).abi_encode(),
        balanceOfCall { account: BOB, id: U256::ONE }.abi_encode(),
    ];
    for data in calls {
        market.coin(CALLS_BACK);
        let hook = IToken::setHookCall { target: MARKET, data: data.into() };
        market.send(MALLORY, COIN, &hook);
        let failed = SafeERC20FailedOperation { token: COIN };
        market.fails(BOB, &buy(COIN, U256::MAX), &failed);
        market.fails(BOB, &withdrawCall { token: COIN }, &failed);
        market.fails(BOB, &bid(9_000), &failed);
    }
}

#[test]
fn a_token_that_loses_money_on_the_way_out_sells_nothing() {
    let market = Market::new();
    market.ok(LISTER, &startAuctionCall { exclusive: false, ..auction() });
    market.ok(BOB, &bid(50_000));
    market.coin(LOSES_A_UNIT);
    // Each payment of a sale takes a unit of what is bid in the auction.
    let outcome = market.call(CAROL, &buy(COIN, U256::MAX)).unwrap_err();
    assert_eq!(outcome[..4], MarketInexactPayment::SELECTOR);
    assert_eq!(market.balance(COIN, MARKET), U256::from(50_000));
}

use alloy_sol_types::SolError;

#[test]
fn a_bidder_that_refuses_licences_and_money_stops_nobody() {
    let market = Market::new();
    market.ok(LISTER, &auction());
    market.send(MALLORY, TAKER, &ITaker::setModeCall { mode: REVERTS });
    market.send(MALLORY, TAKER, &relay(MARKET, &bid(1_000)));
    market.ok(BOB, &bid(2_000));
    market.send(MALLORY, TAKER, &relay(MARKET, &bid(3_000)));
    market.chain.set_time(START + 86_400);
    // It has bid, so that nobody asks it.
    assert_eq!(market.ok(MALLORY, &settleCall { auctionId: U256::ONE }), U256::ONE);
    assert!(market.has_access(TAKER));
}

#[test]
fn an_auction_whose_payment_fails_gives_the_bid_back_in_the_end() {
    let market = Market::new();
    market.ok(LISTER, &auction());
    market.ok(BOB, &bid(1_000));
    market.chain.set_time(START + 86_400);
    market.coin(SAYS_FALSE);
    assert!(market.call(MALLORY, &settleCall { auctionId: U256::ONE }).is_err());
    market.wait(15 * 86_400);
    market.ok(MALLORY, &settleCall { auctionId: U256::ONE });
    market.coin(HONEST);
    assert_eq!(market.ok(BOB, &withdrawCall { token: COIN }), U256::from(1_000));
}

#[test]
fn stakes_are_never_paid_out_for_refunds() {
    // The coin is what is bid, DATA what is staked and bid: each is counted on its own.
    let market = Market::new();
    let reserve = U256::from(1_000);
    market.ok(LISTER, &startAuctionCall { token: DATA, reserve, ..auction() });
    market.ok(BOB, &bid(1_000));
    market.ok(CAROL, &bid(2_000));
    assert_eq!(market.ok(BOB, &withdrawCall { token: DATA }), reserve);
    for token in [DATA, COIN] {
        let error = MarketNothingOwed { account: BOB, token };
        market.fails(BOB, &withdrawCall { token }, &error);
    }
    let held = STAKE * U256::from(3) + U256::from(2_000);
    assert_eq!(market.balance(DATA, MARKET), held);
}

#[test]
fn tokens_that_were_never_allowed_are_not_even_called() {
    let market = Market::new();
    let token = TAKER;
    let call = buyCall { token, ..buy(COIN, U256::MAX) };
    market.fails(BOB, &call, &MarketNotListed { edition: EDITION, token });
    let call = startAuctionCall { token, ..auction() };
    market.fails(LISTER, &call, &MarketTokenNotAllowed { token });
    let error = MarketNothingOwed { account: BOB, token };
    market.fails(BOB, &withdrawCall { token }, &error);
    // Neither is one that was allowed when the edition was listed.
    market.ok(ADMIN, &setTokenAllowedCall { token: COIN, allowed: false });
    let call = buy(COIN, U256::MAX);
    market.fails(BOB, &call, &MarketTokenNotAllowed { token: COIN });
}

#[test]
fn what_is_sent_to_the_market_by_mistake_pays_for_nothing() {
    let market = Market::new();
    let amount = price() * U256::from(2);
    market.send(BOB, COIN, &IToken::transferCall { to: MARKET, amount });
    market.send(BOB, COIN, &IToken::approveCall { spender: MARKET, amount: U256::ZERO });
    let error = SafeERC20FailedOperation { token: COIN };
    market.fails(BOB, &buy(COIN, U256::MAX), &error);
}

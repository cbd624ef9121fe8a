//! English auctions: bids, refunds that are pulled, late bids, settlement and failure.

use alloy_primitives::{Address, B256, U256};
use data_market::IDataMarket::*;
use datacoop_kit::testing::START;

use crate::{
    stand_ins::IToken,
    support::{
        ACADEMIC, ADMIN, BOB, CAROL, COIN, COMMERCIAL, DATA, EDITION, KEY, LISTER, MALLORY, MARKET,
        Market, PAUSER, PERIOD, PRICE, RULER, RULING, TERMS, auction, bid, buy, log, renew,
    },
};

const DAY: u64 = 86_400;
const ID: U256 = U256::ONE;

fn started() -> Market {
    let market = Market::new();
    assert_eq!(market.ok(LISTER, &auction()), ID);
    let _ = market.chain.take_logs();
    market
}

fn owed(market: &Market, account: Address) -> U256 {
    market.ok(MALLORY, &owedCall { account, token: COIN })
}

const fn settle() -> settleCall {
    settleCall { auctionId: ID }
}

#[test]
fn the_highest_bid_wins_and_the_outbid_pull_theirs() {
    let market = started();
    let minimum = U256::from(1_000);
    let error = MarketBidTooLow { auctionId: ID, amount: U256::from(999), minimum };
    market.fails(BOB, &bid(999), &error);
    market.ok(BOB, &bid(1_000));
    let leading = market.ok(MALLORY, &leadingBidCall { auctionId: ID });
    let values = (leading.bidder, leading.amount, leading.minimumNext);
    assert_eq!(values, (BOB, minimum, U256::from(1_101)));
    let error =
        MarketBidTooLow { auctionId: ID, amount: U256::from(1_100), minimum: U256::from(1_101) };
    market.fails(CAROL, &bid(1_100), &error);
    market.ok(CAROL, &bid(1_101));
    let end = START + DAY;
    let placed = BidPlaced {
        auctionId: ID,
        bidder: CAROL,
        oldBidder: BOB,
        oldBid: minimum,
        newBid: U256::from(1_101),
        oldEnd: end,
        newEnd: end,
    };
    let logs = market.chain.take_logs();
    assert!(logs.contains(&log(&placed)));
    let (account, token) = (BOB, COIN);
    let refund = RefundOwed { account, token, oldAmount: U256::ZERO, newAmount: minimum };
    assert!(logs.contains(&log(&refund)));
    assert_eq!(owed(&market, BOB), minimum);
    market.ok(PAUSER, &pauseCall {});
    let before = market.balance(COIN, BOB);
    assert_eq!(market.ok(BOB, &withdrawCall { token }), minimum);
    assert_eq!(market.balance(COIN, BOB), before + minimum);
    let error = MarketNothingOwed { account, token };
    market.fails(BOB, &withdrawCall { token }, &error);
    market.ok(PAUSER, &unpauseCall {});
    market.wait(DAY);
    assert_eq!(market.ok(MALLORY, &settle()), U256::ONE);
    let price = U256::from(1_101);
    let settled = AuctionSettled { auctionId: ID, licenceId: U256::ONE, winner: CAROL, price };
    market.logged(&[settled]);
    assert!(market.has_access(CAROL));
    let licence = market.ok(MALLORY, &licenceCall { licenceId: U256::ONE });
    assert_eq!((licence.start, licence.end), (end, end + 2 * PERIOD));
    assert_eq!((licence.publicKey, licence.termsHash), (KEY, TERMS));
    assert_eq!(market.balance(COIN, MARKET), U256::ZERO);
    let error = MarketAuctionNotOpen { auctionId: ID, status: 2 };
    market.fails(MALLORY, &settle(), &error);
}

#[test]
fn a_late_bid_moves_the_end_up_to_a_day() {
    let market = started();
    let end = START + DAY;
    market.chain.set_time(end - 600);
    market.ok(BOB, &bid(1_000));
    assert_eq!(market.ok(MALLORY, &auctionCall { auctionId: ID }).end, end);
    market.chain.set_time(end - 1);
    market.ok(CAROL, &bid(2_000));
    assert_eq!(market.ok(MALLORY, &auctionCall { auctionId: ID }).end, end + 599);
    // Sniping moves it on and on, but not beyond a day.
    let mut amount = 2_000;
    for number in 0..200 {
        let now = market.ok(MALLORY, &auctionCall { auctionId: ID }).end - 1;
        market.chain.set_time(now);
        amount += amount / 10 + 1;
        let who = if number % 2 == 0 { BOB } else { CAROL };
        market.ok(who, &bid(amount));
    }
    let last = market.ok(MALLORY, &auctionCall { auctionId: ID }).end;
    assert_eq!(last, end + DAY);
    market.chain.set_time(last);
    let (start, at) = (START, last);
    let error = MarketOutsideAuction { auctionId: ID, start, end: last, at };
    market.fails(BOB, &bid(u64::MAX), &error);
    assert_eq!(market.ok(MALLORY, &settle()), U256::ONE);
}

#[test]
fn bids_are_refused_outside_the_time_and_on_other_terms() {
    let market = Market::new();
    let start = START + 100;
    market.ok(LISTER, &startAuctionCall { start, ..auction() });
    let end = START + DAY;
    let error = MarketOutsideAuction { auctionId: ID, start, end, at: START };
    market.fails(BOB, &bid(1_000), &error);
    market.fails(BOB, &settle(), &error);
    market.wait(100);
    let given = B256::repeat_byte(3);
    let call = bidCall { termsHash: given, ..bid(1_000) };
    market.fails(BOB, &call, &MarketTermsMismatch { given, listed: TERMS });
    let call = bidCall { publicKey: B256::ZERO, ..bid(1_000) };
    market.fails(BOB, &call, &MarketMissingPublicKey {});
    market.fails(MALLORY, &bid(1_000), &MarketNotVetted { account: MALLORY });
    let call = bidCall { auctionId: U256::from(2), ..bid(1_000) };
    market.fails(BOB, &call, &MarketAuctionNotOpen { auctionId: U256::from(2), status: 0 });
    market.ok(PAUSER, &pauseCall {});
    market.fails(BOB, &bid(1_000), &EnforcedPause {});
    market.ok(PAUSER, &unpauseCall {});
    market.ok(ADMIN, &setTokenAllowedCall { token: COIN, allowed: false });
    market.fails(BOB, &bid(1_000), &MarketTokenNotAllowed { token: COIN });
    market.ok(ADMIN, &setTokenAllowedCall { token: COIN, allowed: true });
    market.ok(BOB, &bid(1_000));
    market.fails(BOB, &bid(2_000), &MarketAlreadyLeading { auctionId: ID });
    let call = bidCall { amount: U256::ONE << 128, ..bid(0) };
    let maximum = U256::from(u128::MAX);
    let error = MarketInvalidAmount { amount: U256::ONE << 128, minimum: U256::ONE, maximum };
    market.fails(CAROL, &call, &error);
    market.ok(MALLORY, &auctionTermsCall { auctionId: ID });
}

#[test]
fn plans_that_cannot_be_carried_out_are_refused() {
    let market = Market::new();
    let base = auction();
    let fails = |call: &startAuctionCall, error: &dyn Fn(&Market, &startAuctionCall)| {
        error(&market, call);
    };
    let times = [
        (START - 1, START + DAY),
        (START + 31 * DAY, START + 32 * DAY),
        (0, START + 3_599),
        (0, START),
        (0, START - DAY),
        (0, 0),
        (0, START + 30 * DAY + 1),
        (u64::MAX, u64::MAX),
    ];
    for (start, end) in times {
        fails(&startAuctionCall { start, end, ..base }, &|market, call| {
            market.fails(LISTER, call, &MarketInvalidTimes { start, end });
        });
    }
    for bps in [0, 99, 5_001, u16::MAX] {
        let call = startAuctionCall { incrementBps: bps, ..base };
        market.fails(LISTER, &call, &MarketInvalidIncrement { bps, minimum: 100, maximum: 5_000 });
    }
    for periods in [0, 121, u32::MAX] {
        let call = startAuctionCall { periods, ..base };
        let error = MarketInvalidPeriods { periods, minimum: 1, maximum: 120 };
        market.fails(LISTER, &call, &error);
    }
    for amount in [U256::ZERO, U256::ONE << 128] {
        let call = startAuctionCall { reserve: amount, ..base };
        let maximum = U256::from(u128::MAX);
        let error = MarketInvalidAmount { amount, minimum: U256::ONE, maximum };
        market.fails(LISTER, &call, &error);
    }
    let call = startAuctionCall { purpose: 1, ..base };
    market.fails(LISTER, &call, &MarketPurposeNotListed { edition: EDITION, purpose: 1 });
    let call = startAuctionCall { termsHash: B256::ZERO, ..base };
    market.fails(LISTER, &call, &MarketMissingTerms {});
    let call = startAuctionCall { token: MALLORY, ..base };
    market.fails(LISTER, &call, &MarketTokenNotAllowed { token: MALLORY });
    market.ok(PAUSER, &pauseCall {});
    market.fails(LISTER, &base, &EnforcedPause {});
    market.ok(PAUSER, &unpauseCall {});
    market.set_edition(1, START + 1);
    let error = MarketEditionNotLive { edition: EDITION, status: 1, liveFrom: START + 1 };
    market.fails(LISTER, &base, &error);
    assert_eq!(market.ok(MALLORY, &auctionCountCall {}), U256::ZERO);
}

#[test]
fn nothing_else_is_sold_while_an_exclusive_licence_is_auctioned_or_lives() {
    let market = Market::new();
    let older = market.ok(CAROL, &buyCall { purpose: COMMERCIAL, ..buy(DATA, PRICE) });
    // Somebody has a licence for that purpose already.
    let call = startAuctionCall { purpose: COMMERCIAL, ..auction() };
    let until = START + PERIOD;
    let error = MarketLicencesLive { edition: EDITION, purpose: COMMERCIAL, until };
    market.fails(LISTER, &call, &error);
    market.ok(LISTER, &auction());
    let exclusive = |auctionId, until| MarketExclusive {
        edition: EDITION,
        purpose: ACADEMIC,
        auctionId,
        until,
    };
    market.fails(CAROL, &buy(DATA, PRICE), &exclusive(ID, 0));
    let error = MarketAuctionRunning { edition: EDITION, purpose: ACADEMIC, auctionId: ID };
    market.fails(LISTER, &auction(), &error);
    // Other purposes are for sale.
    market.ok(CAROL, &renew(older, DATA, PRICE));
    market.ok(BOB, &bid(1_000));
    market.wait(DAY);
    let licence = market.ok(MALLORY, &settle());
    let until = START + DAY + 2 * PERIOD;
    market.fails(CAROL, &buy(DATA, PRICE), &exclusive(U256::ZERO, until));
    market.fails(BOB, &renew(licence, DATA, PRICE), &exclusive(U256::ZERO, until));
    let again = startAuctionCall { end: START + 2 * DAY, ..auction() };
    market.fails(LISTER, &again, &exclusive(U256::ZERO, until));
    let sales = market.ok(MALLORY, &salesOfCall { edition: EDITION, purpose: ACADEMIC });
    let values = (sales.auctionId, sales.exclusiveUntil, sales.lastEnd);
    assert_eq!(values, (U256::ZERO, until, until));
    market.chain.set_time(until);
    market.ok(CAROL, &buy(DATA, PRICE));
}

#[test]
fn an_auction_of_an_ordinary_licence_keeps_nothing_from_sale() {
    let market = Market::new();
    market.ok(CAROL, &buy(DATA, PRICE));
    market.ok(LISTER, &startAuctionCall { exclusive: false, ..auction() });
    market.ok(CAROL, &buy(DATA, PRICE));
    market.ok(BOB, &bid(1_000));
    market.wait(DAY);
    market.ok(MALLORY, &settle());
    assert!(market.has_access(BOB) && market.has_access(CAROL));
    market.ok(CAROL, &buy(DATA, PRICE));
}

#[test]
fn an_auction_is_cancelled_only_without_bids() {
    let market = started();
    let call = cancelAuctionCall { auctionId: ID };
    market.ok(BOB, &bid(1_000));
    market.fails(LISTER, &call, &MarketAuctionHasBid { auctionId: ID });
    market.wait(DAY);
    market.ok(MALLORY, &settle());
    market.fails(LISTER, &call, &MarketAuctionNotOpen { auctionId: ID, status: 2 });

    let market = started();
    market.ok(LISTER, &call);
    market.logged(&[AuctionCancelled { auctionId: ID }]);
    market.fails(BOB, &bid(1_000), &MarketAuctionNotOpen { auctionId: ID, status: 4 });
    market.ok(BOB, &buy(DATA, PRICE));
}

#[test]
fn an_auction_without_bids_fails_and_frees_the_edition() {
    let market = started();
    market.wait(DAY);
    assert_eq!(market.ok(MALLORY, &settle()), U256::ZERO);
    let (auctionId, bidder) = (ID, Address::ZERO);
    let failed = AuctionFailed { auctionId, bidder, refund: U256::ZERO };
    market.logged(&[failed]);
    market.ok(BOB, &buy(DATA, PRICE));
}

#[test]
fn a_winner_who_lost_its_vetting_gets_its_money_back_and_no_licence() {
    let market = started();
    let before = market.balance(COIN, BOB);
    market.ok(BOB, &bid(1_000));
    market.ok(RULER, &barCall { account: BOB, rulingHash: RULING });
    market.wait(DAY);
    // Nothing is sold: a pause does not hold the refund up.
    market.ok(PAUSER, &pauseCall {});
    assert_eq!(market.ok(MALLORY, &settle()), U256::ZERO);
    let refund = U256::from(1_000);
    let failed = AuctionFailed { auctionId: ID, bidder: BOB, refund };
    market.logged(&[failed]);
    market.fails(MALLORY, &settle(), &MarketAuctionNotOpen { auctionId: ID, status: 3 });
    market.ok(BOB, &withdrawCall { token: COIN });
    assert_eq!(market.balance(COIN, BOB), before);
    market.ok(PAUSER, &unpauseCall {});
    market.ok(CAROL, &buy(DATA, PRICE));
}

#[test]
fn a_sale_waits_for_the_end_of_a_pause_and_fails_after_two_weeks() {
    let market = started();
    market.ok(BOB, &bid(1_000));
    market.wait(DAY);
    market.ok(PAUSER, &pauseCall {});
    market.fails(MALLORY, &settle(), &EnforcedPause {});
    market.wait(14 * DAY);
    market.fails(MALLORY, &settle(), &EnforcedPause {});
    market.wait(1);
    assert_eq!(market.ok(MALLORY, &settle()), U256::ZERO);
    assert_eq!(owed(&market, BOB), U256::from(1_000));
}

#[test]
fn an_edition_that_was_voided_meanwhile_is_not_sold() {
    let market = started();
    market.ok(BOB, &bid(1_000));
    market.set_edition(2, START);
    market.wait(DAY);
    assert_eq!(market.ok(MALLORY, &settle()), U256::ZERO);
    assert_eq!(owed(&market, BOB), U256::from(1_000));
    assert_eq!(
        market.send(MALLORY, COIN, &IToken::balanceOfCall { account: MARKET }),
        U256::from(1_000)
    );
}

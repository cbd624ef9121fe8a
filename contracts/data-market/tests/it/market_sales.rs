//! Buying and renewing: who may, what it costs, where every unit of the price goes.

use alloy_primitives::{Address, B256, U256};
use data_market::IDataMarket::*;
use data_token::IDataToken;

use crate::{
    stand_ins::{IDistributor, SAYS_NOTHING},
    support::{
        ACADEMIC, ADMIN, BOB, CAROL, COIN, COMMERCIAL, DATA, DISTRIBUTOR, EDITION, INFRA, KEY,
        LISTER, MALLORY, MARKET, Market, PAUSER, PER_RECORD, PERIOD, PRICE, RECORDS, STAKE, TERMS,
        TREASURY, buy, list, renew,
    },
};
use datacoop_kit::testing::START;

#[test]
fn a_purchase_in_data_burns_splits_and_grants_a_licence() {
    let market = Market::new();
    let supply = market.send(MALLORY, DATA, &IDataToken::totalSupplyCall {});
    let before = market.balance(DATA, BOB);
    let licence = market.bought();
    assert_eq!(licence, U256::ONE);
    let part = |bps: u64| PRICE * U256::from(bps) / U256::from(10_000);
    let [validators, treasury, infrastructure, burned] = [1_000, 1_000, 500, 500].map(part);
    let contributors = PRICE - validators - treasury - infrastructure - burned;
    assert!(contributors > part(7_000), "the dust is the contributors'");
    let token = DATA;
    let split = SaleSplit {
        licenceId: licence,
        edition: EDITION,
        token,
        contributors,
        validators,
        treasury,
        infrastructure,
        burned,
    };
    market.logged(&[split]);
    assert_eq!(market.deposited(DATA), [contributors, validators]);
    assert_eq!(market.balance(DATA, TREASURY), treasury);
    assert_eq!(market.balance(DATA, INFRA), infrastructure);
    assert_eq!(market.balance(DATA, BOB), before - PRICE);
    // Three have staked: that is all that the market holds.
    assert_eq!(market.balance(DATA, MARKET), STAKE * U256::from(3));
    assert_eq!(market.send(MALLORY, DATA, &IDataToken::totalSupplyCall {}), supply - burned);
    let held = market.ok(MALLORY, &licenceCall { licenceId: licence });
    let times = (held.start, held.end);
    assert_eq!(times, (START, START + PERIOD));
    assert_eq!((held.holder, held.edition, held.purpose), (BOB, EDITION, ACADEMIC));
    assert_eq!((held.termsHash, held.publicKey), (TERMS, KEY));
    assert!(market.has_access(BOB) && !market.has_access(CAROL));
}

#[test]
fn a_purchase_in_a_coin_is_priced_by_record_and_burns_nothing() {
    let market = Market::new();
    market.coin(SAYS_NOTHING);
    let price = PER_RECORD * U256::from(RECORDS) * U256::from(3);
    let call = buyCall { periods: 3, ..buy(COIN, price) };
    let quote = quoteCall { edition: EDITION, token: COIN, purpose: ACADEMIC, periods: 3 };
    assert_eq!(market.ok(MALLORY, &quote), price);
    market.ok(BOB, &call);
    let [split] = &market.events::<SaleSplit>()[..] else { panic!("one sale") };
    assert_eq!(split.burned, U256::ZERO);
    let parts = [split.contributors, split.validators, split.treasury, split.infrastructure];
    assert_eq!(parts.into_iter().sum::<U256>(), price);
    assert_eq!(market.deposited(COIN), [split.contributors, split.validators]);
    assert_eq!(market.balance(COIN, MARKET), U256::ZERO);
}

#[test]
fn a_pool_without_shares_leaves_its_part_to_the_contributors() {
    let market = Market::new();
    market.send(ADMIN, DISTRIBUTOR, &IDistributor::setClosedCall { closed: true });
    market.bought();
    let [split] = &market.events::<SaleSplit>()[..] else { panic!("one sale") };
    assert_eq!(split.validators, U256::ZERO);
    let rest = split.treasury + split.infrastructure + split.burned;
    assert_eq!(split.contributors, PRICE - rest);
    assert_eq!(market.deposited(DATA), [split.contributors, U256::ZERO]);
    assert_eq!(market.balance(DATA, MARKET), STAKE * U256::from(3));
}

#[test]
fn what_was_granted_is_logged_with_its_price() {
    let market = Market::new();
    market.ok(CAROL, &buyCall { purpose: COMMERCIAL, ..buy(DATA, U256::MAX) });
    let granted = LicenceGranted {
        licenceId: U256::ONE,
        edition: EDITION,
        holder: CAROL,
        purpose: COMMERCIAL,
        start: START,
        end: START + PERIOD,
        token: DATA,
        price: PRICE,
        termsHash: TERMS,
        publicKey: KEY,
    };
    market.logged(&[granted]);
    market.ok(BOB, &buy(DATA, PRICE));
    let (operator, from, to) = (BOB, Address::ZERO, BOB);
    let minted = TransferSingle { operator, from, to, id: U256::from(2), value: U256::ONE };
    market.logged(&[minted]);
}

#[test]
fn stale_prices_and_terms_are_refused() {
    let market = Market::new();
    let maximum = PRICE - U256::ONE;
    let error = MarketPriceAboveMaximum { price: PRICE, maximum };
    market.fails(BOB, &buy(DATA, maximum), &error);
    let given = B256::repeat_byte(1);
    let call = buyCall { termsHash: given, ..buy(DATA, PRICE) };
    market.fails(BOB, &call, &MarketTermsMismatch { given, listed: TERMS });
    // The price rises between quote and purchase.
    let amount = PRICE + U256::ONE;
    market.ok(ADMIN, &setPriceCall { dataClass: 0, unit: 0, token: DATA, amount });
    let error = MarketPriceAboveMaximum { price: amount, maximum: PRICE };
    market.fails(BOB, &buy(DATA, PRICE), &error);
}

#[test]
fn only_the_vetted_buy() {
    let market = Market::new();
    market.enrich(MALLORY);
    let error = MarketNotVetted { account: MALLORY };
    market.fails(MALLORY, &buy(DATA, PRICE), &error);
    // A stake alone vets nobody, nor does a membership without the stake.
    market.ok(MALLORY, &stakeCall { amount: STAKE });
    market.fails(MALLORY, &buy(DATA, PRICE), &error);
    market.enrol(MALLORY, 1 << 4);
    market.ok(MALLORY, &buy(DATA, PRICE));
    market.ok(ADMIN, &setRequiredStakeCall { amount: STAKE + U256::ONE });
    market.fails(MALLORY, &buy(DATA, PRICE), &error);
    assert!(!market.has_access(MALLORY));
}

#[test]
fn wrong_wishes_are_refused() {
    let market = Market::new();
    let base = buy(DATA, U256::MAX);
    let other = EDITION + U256::ONE;
    let error = MarketNotListed { edition: other, token: DATA };
    market.fails(BOB, &buyCall { edition: other, ..base }, &error);
    for purpose in [1, 3, 5, 8, 255] {
        let error = MarketPurposeNotListed { edition: EDITION, purpose };
        market.fails(BOB, &buyCall { purpose, ..base }, &error);
    }
    for periods in [0, 13, u32::MAX] {
        let error = MarketInvalidPeriods { periods, minimum: 1, maximum: 12 };
        market.fails(BOB, &buyCall { periods, ..base }, &error);
    }
    let call = buyCall { publicKey: B256::ZERO, ..base };
    market.fails(BOB, &call, &MarketMissingPublicKey {});
    for (status, live_from) in [(0, START), (2, START), (1, START + 1)] {
        market.set_edition(status, live_from);
        let error = MarketEditionNotLive { edition: EDITION, status, liveFrom: live_from };
        market.fails(BOB, &base, &error);
    }
    market.set_edition(1, START);
    market.ok(ADMIN, &setTokenAllowedCall { token: DATA, allowed: false });
    market.fails(BOB, &base, &MarketTokenNotAllowed { token: DATA });
    market.ok(ADMIN, &setTokenAllowedCall { token: DATA, allowed: true });
    let call = setPriceCall { dataClass: 0, unit: 0, token: DATA, amount: U256::ZERO };
    market.ok(ADMIN, &call);
    market.fails(BOB, &base, &MarketNoPrice { dataClass: 0, unit: 0, token: DATA });
    market.ok(LISTER, &delistCall { edition: EDITION, token: DATA });
    market.fails(BOB, &base, &MarketNotListed { edition: EDITION, token: DATA });
    assert_eq!(market.ok(MALLORY, &licenceCountCall {}), U256::ZERO);
}

#[test]
fn nothing_is_sold_while_paused_and_licences_stay() {
    let market = Market::new();
    let licence = market.bought();
    market.ok(PAUSER, &pauseCall {});
    market.fails(BOB, &buy(DATA, PRICE), &EnforcedPause {});
    market.fails(BOB, &renew(licence, DATA, PRICE), &EnforcedPause {});
    assert!(market.has_access(BOB));
    market.ok(PAUSER, &unpauseCall {});
    market.ok(BOB, &renew(licence, DATA, PRICE));
}

#[test]
fn a_renewal_lengthens_a_licence_from_its_end() {
    let market = Market::new();
    let licence = market.bought();
    market.wait(PERIOD / 2);
    let new_terms = B256::repeat_byte(9);
    market.ok(LISTER, &listCall { termsHash: new_terms, maxPeriods: 2, ..list(DATA, 0) });
    let error = MarketTermsMismatch { given: TERMS, listed: new_terms };
    market.fails(BOB, &renew(licence, DATA, PRICE), &error);
    let call = renewCall { termsHash: new_terms, ..renew(licence, DATA, PRICE) };
    assert_eq!(market.ok(BOB, &call), START + 2 * PERIOD);
    let renewed = LicenceRenewed {
        licenceId: licence,
        edition: EDITION,
        holder: BOB,
        oldEnd: START + PERIOD,
        newEnd: START + 2 * PERIOD,
        token: DATA,
        price: PRICE,
        oldTermsHash: TERMS,
        newTermsHash: new_terms,
    };
    market.logged(&[renewed]);
    // It would now end two and a half periods ahead.
    let error = MarketInvalidPeriods { periods: 1, minimum: 1, maximum: 2 };
    market.fails(BOB, &call, &error);
    assert_eq!(market.ok(MALLORY, &licenceCall { licenceId: licence }).termsHash, new_terms);
    // Once it is over, it begins anew.
    market.wait(10 * PERIOD);
    assert!(!market.has_access(BOB));
    assert_eq!(market.ok(BOB, &call), market.chain.time() + PERIOD);
    assert!(market.has_access(BOB));
}

#[test]
fn only_its_holder_renews_a_licence() {
    let market = Market::new();
    let licence = market.bought();
    let error = MarketNotHolder { licenceId: licence, account: CAROL };
    market.fails(CAROL, &renew(licence, DATA, PRICE), &error);
    for id in [U256::ZERO, U256::from(2), U256::MAX] {
        let error = MarketNotHolder { licenceId: id, account: BOB };
        market.fails(BOB, &renew(id, DATA, PRICE), &error);
    }
}

#[test]
fn no_price_overflows() {
    let market = Market::new();
    let amount = (U256::ONE << 96) - U256::ONE;
    market.ok(ADMIN, &setPriceCall { dataClass: 0, unit: 1, token: DATA, amount });
    market.ok(LISTER, &listCall { maxPeriods: 120, ..list(DATA, 1) });
    let call = crate::stand_ins::IRegistry::setEditionCall {
        edition: EDITION,
        status: 1,
        dataClass: 0,
        purposes: 1,
        records: u64::MAX,
        liveFrom: 0,
    };
    market.send(ADMIN, crate::support::REGISTRY, &call);
    let quote = quoteCall { edition: EDITION, token: DATA, purpose: ACADEMIC, periods: 120 };
    let expected = amount * U256::from(u64::MAX) * U256::from(120);
    assert_eq!(market.ok(MALLORY, &quote), expected);
    let call = buyCall { periods: 120, ..buy(DATA, U256::MAX) };
    assert!(market.call(BOB, &call).is_err(), "nobody has that much");
}

//! What the admin and the lister set, its bounds, and that nobody else does.

use alloy_primitives::{Address, B256, U256};
use alloy_sol_types::SolCall;
use data_market::{
    IDataMarket::{self, *},
    LISTER_ROLE, PAUSER_ROLE, RULING_ROLE, SERVER_ROLE,
};

use crate::support::{
    ADMIN, BOB, COIN, DATA, EDITION, INFRA, LISTER, MALLORY, MARKET, Market, RULING, TERMS,
    TREASURY, auction, list,
};

#[test]
fn each_function_with_power_is_for_its_role() {
    fn refused<C: SolCall>(market: &Market, call: &C, neededRole: B256) {
        let error = AccessControlUnauthorizedAccount { account: MALLORY, neededRole };
        market.fails(MALLORY, call, &error);
    }
    let market = Market::new();
    let (edition, token, amount) = (EDITION, DATA, U256::ONE);
    let (account, rulingHash) = (BOB, RULING);
    let admin = B256::ZERO;
    refused(&market, &setPriceCall { dataClass: 0, unit: 0, token, amount }, admin);
    refused(&market, &setTokenAllowedCall { token, allowed: false }, admin);
    refused(&market, &split(10_000, 0, 0, 0, 0), admin);
    let call = setRecipientsCall { treasury: MALLORY, infrastructure: MALLORY };
    refused(&market, &call, admin);
    refused(&market, &setRequiredStakeCall { amount }, admin);
    refused(&market, &setUnstakeCooldownCall { secs: 86_400 }, admin);
    refused(&market, &setURICall { newURI: "x".to_owned() }, admin);
    refused(&market, &grantRoleCall { role: LISTER_ROLE, account: MALLORY }, admin);
    refused(&market, &list(DATA, 0), LISTER_ROLE);
    refused(&market, &delistCall { edition, token }, LISTER_ROLE);
    refused(&market, &auction(), LISTER_ROLE);
    refused(&market, &cancelAuctionCall { auctionId: U256::ONE }, LISTER_ROLE);
    refused(&market, &slashCall { account, amount, rulingHash }, RULING_ROLE);
    refused(&market, &barCall { account, rulingHash }, RULING_ROLE);
    refused(&market, &unbarCall { account, rulingHash }, RULING_ROLE);
    let call = logAccessCall { licenceId: amount, recordId: RULING, proof: Vec::new() };
    refused(&market, &call, SERVER_ROLE);
    let call = releaseKeyCall { licenceId: amount, encryptedKey: vec![1].into() };
    refused(&market, &call, SERVER_ROLE);
    refused(&market, &pauseCall {}, PAUSER_ROLE);
    refused(&market, &unpauseCall {}, PAUSER_ROLE);
}

const fn split(
    contributors: u16,
    validators: u16,
    treasury: u16,
    infrastructure: u16,
    burned: u16,
) -> setSplitCall {
    setSplitCall { contributors, validators, treasury, infrastructure, burned }
}

#[test]
fn shares_sum_to_the_whole_or_are_refused() {
    let market = Market::new();
    let refused = [
        (split(7_000, 1_000, 1_000, 500, 499), 9_999),
        (split(7_000, 1_000, 1_000, 500, 501), 10_001),
        (split(999, 9_001, 0, 0, 0), 10_000),
        (split(0, 0, 0, 0, 10_000), 10_000),
        (split(0, 0, 0, 0, 0), 0),
        (split(u16::MAX, u16::MAX, u16::MAX, u16::MAX, u16::MAX), 5 * 65_535),
    ];
    for (call, sum) in refused {
        let sum = U256::from(sum);
        let contributors = call.contributors;
        let error = MarketInvalidSplit { sum, contributors, minimumContributors: 1_000 };
        market.fails(ADMIN, &call, &error);
    }
    let call = split(1_000, 1, 2, 3, 8_994);
    market.ok(ADMIN, &call);
    let changed = SplitChanged {
        oldShares: [7_000, 1_000, 1_000, 500, 500],
        newShares: [1_000, 1, 2, 3, 8_994],
    };
    market.logged(&[changed]);
    let now = market.ok(MALLORY, &splitCall {});
    let shares = [now.contributors, now.validators, now.treasury, now.infrastructure, now.burned];
    assert_eq!(shares, [1_000, 1, 2, 3, 8_994]);
}

#[test]
fn recipients_are_two_others() {
    let market = Market::new();
    for pair in [[Address::ZERO, INFRA], [TREASURY, Address::ZERO], [MARKET, INFRA]] {
        let [treasury, infrastructure] = pair;
        let call = setRecipientsCall { treasury, infrastructure };
        market.fails(ADMIN, &call, &MarketInvalidRecipients { treasury, infrastructure });
    }
    market.ok(ADMIN, &setRecipientsCall { treasury: BOB, infrastructure: BOB });
    let changed = RecipientsChanged {
        oldTreasury: TREASURY,
        oldInfrastructure: INFRA,
        newTreasury: BOB,
        newInfrastructure: BOB,
    };
    market.logged(&[changed]);
    let now = market.ok(MALLORY, &recipientsCall {});
    assert_eq!((now.treasury, now.infrastructure), (BOB, BOB));
}

#[test]
fn prices_have_bounds_and_are_logged() {
    let market = Market::new();
    let base = setPriceCall { dataClass: 3, unit: 1, token: COIN, amount: U256::ONE };
    let call = setPriceCall { dataClass: 4, ..base };
    market.fails(ADMIN, &call, &MarketInvalidDataClass { dataClass: 4, maximum: 3 });
    let call = setPriceCall { unit: 2, ..base };
    market.fails(ADMIN, &call, &MarketInvalidUnit { unit: 2, maximum: 1 });
    let call = setPriceCall { token: MALLORY, ..base };
    market.fails(ADMIN, &call, &MarketTokenNotAllowed { token: MALLORY });
    let amount = U256::ONE << 96;
    let call = setPriceCall { amount, ..base };
    market.fails(ADMIN, &call, &MarketPriceTooHigh { amount, maximum: amount - U256::ONE });
    market.ok(ADMIN, &base);
    market.ok(ADMIN, &setPriceCall { amount: U256::from(5), ..base });
    let change = |old, new| PriceChanged {
        dataClass: 3,
        unit: 1,
        token: COIN,
        oldAmount: U256::from(old),
        newAmount: U256::from(new),
    };
    market.logged(&[change(0, 1), change(1, 5)]);
    let call = priceOfCall { dataClass: 3, unit: 1, token: COIN };
    assert_eq!(market.ok(MALLORY, &call), U256::from(5));
    let call = setTokenAllowedCall { token: MALLORY, allowed: true };
    market.fails(ADMIN, &call, &MarketInvalidContract { account: MALLORY });
}

#[test]
fn listings_are_checked_replaced_and_ended() {
    let market = Market::new();
    let base = list(DATA, 0);
    let call = listCall { unit: 2, ..base };
    market.fails(LISTER, &call, &MarketInvalidUnit { unit: 2, maximum: 1 });
    let call = listCall { token: MALLORY, ..base };
    market.fails(LISTER, &call, &MarketTokenNotAllowed { token: MALLORY });
    for purposes in [0, 2, 7, 0x85] {
        let call = listCall { purposes, ..base };
        market.fails(LISTER, &call, &MarketInvalidPurposes { purposes, allowed: 5 });
    }
    for periods in [0, 121] {
        let call = listCall { maxPeriods: periods, ..base };
        let error = MarketInvalidPeriods { periods, minimum: 1, maximum: 120 };
        market.fails(LISTER, &call, &error);
    }
    let call = listCall { termsHash: B256::ZERO, ..base };
    market.fails(LISTER, &call, &MarketMissingTerms {});
    for edition in [EDITION + U256::ONE, U256::MAX, EDITION + (U256::ONE << 128)] {
        let call = listCall { edition, ..base };
        let error = MarketEditionNotLive { edition, status: 0, liveFrom: 0 };
        market.fails(LISTER, &call, &error);
    }
    // One that is published may be listed before it is live.
    market.set_edition(1, u64::MAX);
    let call = listCall { purposes: 1, maxPeriods: 120, unit: 1, ..base };
    market.ok(LISTER, &call);
    let listed = market.ok(MALLORY, &listingCall { edition: EDITION, token: DATA });
    let values = (listed.unit, listed.purposes, listed.maxPeriods, listed.termsHash);
    assert_eq!(values, (1, 1, 120, TERMS));
    let call = delistCall { edition: EDITION, token: DATA };
    market.ok(LISTER, &call);
    market.fails(LISTER, &call, &MarketNotListed { edition: EDITION, token: DATA });
    let listed = market.ok(MALLORY, &listingCall { edition: EDITION, token: DATA });
    assert_eq!((listed.purposes, listed.termsHash), (0, B256::ZERO));
}

#[test]
fn the_uri_is_one_for_all_and_bounded() {
    let market = Market::new();
    let uri = |market: &Market| market.ok(MALLORY, &uriCall { id: U256::from(7) });
    assert_eq!(uri(&market), "");
    let long = "https://licences.example/".repeat(5) + "{id";
    assert_eq!(long.len(), 128);
    for text in [long.as_str(), "https://a.example/{id}", "", &long[..33], &long[..32]] {
        market.ok(ADMIN, &setURICall { newURI: text.to_owned() });
        assert_eq!(uri(&market), text);
    }
    let call = setURICall { newURI: long + "}" };
    let error = MarketURITooLong { length: U256::from(129), maximum: U256::from(128) };
    market.fails(ADMIN, &call, &error);
    market.logged::<BaseURIChanged>(&[]);
}

#[test]
fn nothing_is_sold_before_the_recipients_are_known() {
    let market = Market::new();
    // A second market on the same chain, without recipients.
    let at = Address::repeat_byte(0x55);
    let chain = &market.chain;
    chain.deploy(ADMIN, at, data_market::program, &Market::arguments()).expect("it is there");
    let call = slashCall { account: BOB, amount: U256::ONE, rulingHash: RULING };
    let role = grantRoleCall { role: RULING_ROLE, account: ADMIN };
    chain.send(ADMIN, at, &role).expect("the admin may");
    let spender = at;
    let approve = data_token::IDataToken::approveCall { spender, value: U256::MAX };
    market.send(BOB, DATA, &approve);
    chain.send(BOB, at, &stakeCall { amount: U256::ONE }).expect("he stakes");
    let outcome = chain.send(ADMIN, at, &call).map(|_| ());
    assert_eq!(outcome, Err(datacoop_kit::testing::error(&IDataMarket::MarketNoRecipients {})));
}

//! Long random runs: after every step the market holds what it owes and not a unit more, supply moves
//! by what was burned, and nobody reads what a licence and a consent do not cover.

use alloy_primitives::{Address, U256};
use alloy_sol_types::SolCall;
use consent_registry::IConsentRegistry;
use data_market::IDataMarket::*;
use data_token::IDataToken;
use datacoop_kit::testing::Log;
use membership::IMembership;
use proptest::{collection::vec, prelude::*, test_runner::RngSeed};

use crate::{
    stand_ins::{HONEST, KEEPS_A_FEE, SAYS_FALSE, SAYS_NOTHING},
    support::{
        ACADEMIC, ADMIN, ALICE, BOB, CAROL, COIN, COMMERCIAL, CONSENTS, DATA, EDITION, KEY, LISTER,
        MALLORY, MARKET, MEMBERSHIP, Market, PAUSER, PERIOD, RECORD, RULER, RULING, STAKE, TAKER,
        TERMS, TREASURY, auction,
    },
};

/// The seed of the runs: a failure comes again, and proptest prints what failed.
const SEED: u64 = 20_261_121;

/// Who acts: the last one is never vetted.
const PEOPLE: [Address; 4] = [BOB, CAROL, TAKER, MALLORY];

const TOKENS: [Address; 2] = [DATA, COIN];

const PURPOSES: [u8; 2] = [ACADEMIC, COMMERCIAL];

fn config() -> ProptestConfig {
    ProptestConfig { cases: 24, rng_seed: RngSeed::Fixed(SEED), ..Default::default() }
}

/// Something that somebody does, with numbers that say what exactly.
#[derive(Clone, Copy, Debug)]
struct Step {
    kind: u8,
    who: usize,
    token: usize,
    purpose: usize,
    id: u64,
    amount: u64,
}

fn step() -> impl Strategy<Value = Step> {
    (0..32_u8, 0..4_usize, 0..2_usize, 0..2_usize, 1..8_u64, 0..3_000_u64).prop_map(
        |(kind, who, token, purpose, id, amount)| Step { kind, who, token, purpose, id, amount },
    )
}

/// Does a step, allowed or not, and returns whether it was.
fn act(market: &Market, step: &Step) -> bool {
    let Step { kind, id, amount, .. } = *step;
    let (who, token, purpose) = (PEOPLE[step.who], TOKENS[step.token], PURPOSES[step.purpose]);
    let other = PEOPLE[(step.who + 1) % PEOPLE.len()];
    let (number, value) = (U256::from(id), U256::from(amount));
    let periods = u32::try_from(id).expect("few");
    let auctionId = market.ok(MALLORY, &auctionCountCall {}).saturating_sub(U256::from(id % 3));
    match kind {
        0..=4 => done(
            market,
            who,
            &buyCall {
                edition: EDITION,
                token,
                purpose,
                periods,
                maxPrice: U256::MAX,
                termsHash: TERMS,
                publicKey: KEY,
            },
        ),
        5 => done(
            market,
            who,
            &renewCall {
                licenceId: number,
                token,
                periods: 1,
                maxPrice: U256::MAX,
                termsHash: TERMS,
            },
        ),
        6 | 7 => done(market, who, &crate::support::transfer(who, other, number)),
        8 => done(market, who, &useLicenceCall { licenceId: number, publicKey: KEY }),
        9 => done(market, who, &stakeCall { amount: STAKE }),
        10 => done(market, who, &requestUnstakeCall { amount: value * STAKE / U256::from(2_000) }),
        11 | 12 => done(market, who, &unstakeCall {}),
        13 => done(market, RULER, &slashCall { account: who, amount: value, rulingHash: RULING }),
        14 => done(market, RULER, &barCall { account: who, rulingHash: RULING }),
        15..=17 => done(market, RULER, &unbarCall { account: who, rulingHash: RULING }),
        18 | 19 => {
            let (start, end) = (0, market.chain.time() + 86_400);
            let exclusive = amount % 2 == 0;
            let call = startAuctionCall { token, purpose, exclusive, start, end, ..auction() };
            done(market, LISTER, &call)
        }
        20..=23 => {
            let least = market.ok(MALLORY, &leadingBidCall { auctionId }).minimumNext;
            let amount = least + value;
            done(market, who, &bidCall { auctionId, amount, termsHash: TERMS, publicKey: KEY })
        }
        24 => done(market, who, &settleCall { auctionId }),
        25 => done(market, LISTER, &cancelAuctionCall { auctionId }),
        26 => done(market, who, &withdrawCall { token }),
        27 | 28 => {
            market.wait(if amount % 2 == 0 { 40 * amount } else { PERIOD / 3 });
            true
        }
        29 => {
            let coin = [HONEST, KEEPS_A_FEE, SAYS_FALSE, SAYS_NOTHING][step.who];
            market.coin(if amount % 3 == 0 { coin } else { HONEST });
            true
        }
        30 if amount % 4 == 0 => done(market, PAUSER, &pauseCall {}),
        30 => done(market, PAUSER, &unpauseCall {}),
        _ if amount % 3 == 0 => {
            let call = IConsentRegistry::revokeCall { consentId: number };
            market.chain.send(ALICE, CONSENTS, &call).is_ok()
        }
        _ => {
            market.consent(who);
            true
        }
    }
}

fn done<C: SolCall>(market: &Market, from: Address, call: &C) -> bool {
    market.call(from, call).is_ok()
}

fn supply(market: &Market) -> U256 {
    market.send(MALLORY, DATA, &IDataToken::totalSupplyCall {})
}

/// What the market owes in a token: stakes, refunds, and the bids of open auctions.
fn owes(market: &Market, token: Address) -> U256 {
    let staked: U256 = PEOPLE
        .into_iter()
        .map(|account| market.ok(MALLORY, &stakeOfCall { account }))
        .inspect(|held| assert!(held.unstaking <= held.staked))
        .map(|held| held.staked)
        .sum();
    assert_eq!(staked, market.ok(MALLORY, &totalStakedCall {}), "seed {SEED}");
    let owed = PEOPLE.map(|account| market.ok(MALLORY, &owedCall { account, token }));
    let count: u64 = market.ok(MALLORY, &auctionCountCall {}).to();
    let bids = (1..=count).map(|id| {
        let auctionId = U256::from(id);
        let auction = market.ok(MALLORY, &auctionCall { auctionId });
        let is_held = auction.status == 1 && auction.token == token;
        let bid = market.ok(MALLORY, &leadingBidCall { auctionId }).amount;
        if is_held { bid } else { U256::ZERO }
    });
    let stakes = if token == DATA { staked } else { U256::ZERO };
    stakes + owed.into_iter().sum::<U256>() + bids.sum::<U256>()
}

fn check_money(market: &Market, before: U256) {
    let logs = market.chain.take_logs();
    let splits = logs.iter().filter_map(Log::decode::<SaleSplit>);
    let prices = logs.iter().filter_map(Log::decode::<LicenceGranted>).map(|event| event.price);
    let renewed = logs.iter().filter_map(Log::decode::<LicenceRenewed>).map(|event| event.price);
    let mut burned = U256::ZERO;
    let mut paid = U256::ZERO;
    for split in splits {
        burned += split.burned;
        paid += split.contributors + split.validators + split.treasury + split.infrastructure;
    }
    assert_eq!(paid + burned, prices.chain(renewed).sum::<U256>(), "seed {SEED}");
    assert_eq!(before - supply(market), burned, "seed {SEED}");
    for token in TOKENS {
        assert_eq!(market.balance(token, MARKET), owes(market, token), "seed {SEED}");
    }
}

fn check_access(market: &Market) -> usize {
    let now = market.chain.time();
    let count: u64 = market.ok(MALLORY, &licenceCountCall {}).to();
    let licences: Vec<licenceReturn> = (1..=count)
        .map(|id| market.ok(MALLORY, &licenceCall { licenceId: U256::from(id) }))
        .collect();
    let mut readable = 0;
    for (holder, purpose) in PEOPLE.into_iter().flat_map(|who| PURPOSES.map(|what| (who, what))) {
        let call = licenceInUseCall { holder, edition: EDITION, purpose };
        let used: u64 = market.ok(MALLORY, &call).to();
        let lives = used.checked_sub(1).is_some_and(|index| {
            let licence = &licences[usize::try_from(index).expect("few")];
            assert_eq!((licence.holder, licence.purpose), (holder, purpose), "seed {SEED}");
            licence.end > now
        });
        let vetted = market.ok(MALLORY, &isVettedCall { account: holder });
        let expected = lives && vetted;
        let call = hasAccessCall { holder, edition: EDITION, purpose };
        assert_eq!(market.ok(MALLORY, &call), expected, "seed {SEED}");
        let call =
            IConsentRegistry::coversCall { subject: ALICE, dataClass: 0, purpose, grantee: holder };
        let covered = market.send(MALLORY, CONSENTS, &call);
        let proof = crate::stand_ins::proof(EDITION, RECORD);
        let call = canReadCall { holder, edition: EDITION, purpose, recordId: RECORD, proof };
        assert_eq!(market.ok(MALLORY, &call), expected && covered, "seed {SEED}");
        readable += usize::from(expected && covered);
        let sales = market.ok(MALLORY, &salesOfCall { edition: EDITION, purpose });
        if sales.exclusiveUntil > now {
            let live = licences.iter().filter(|one| one.purpose == purpose && one.end > now);
            assert_eq!(live.count(), 1, "seed {SEED}");
        }
    }
    readable
}

fn ready() -> Market {
    let market = Market::new();
    market.enrich(MALLORY);
    let _ = market.chain.take_logs();
    market
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn money_is_conserved_and_nothing_is_read_uncovered(steps in vec(step(), 1..120)) {
        let market = ready();
        for step in &steps {
            let before = supply(&market);
            act(&market, step);
            check_money(&market, before);
            check_access(&market);
        }
    }
}

#[test]
fn the_runs_do_something() {
    // Else the checks above would be of nothing.
    let market = ready();
    let mut steps = vec![Step { kind: 31, who: 0, token: 0, purpose: 0, id: 1, amount: 1 }];
    for kind in [0, 18, 20, 27, 24, 9] {
        steps.push(Step { kind, who: 0, token: 1, purpose: 0, id: 3, amount: 1 });
    }
    let mut readable = 0;
    for step in &steps {
        let before = supply(&market);
        assert!(act(&market, step), "{step:?}");
        check_money(&market, before);
        readable += check_access(&market);
    }
    assert!(readable > 0);
    assert!(market.balance(COIN, TREASURY) > U256::ZERO);
    let call = IMembership::balanceOfCall { owner: BOB };
    assert_eq!(market.send(ADMIN, MEMBERSHIP, &call), U256::ONE);
    assert_eq!(market.ok(MALLORY, &licenceCountCall {}), U256::ONE + U256::ONE);
}

//! The emission cap: what it lets through, when it forgets, and how it is changed.

use alloy_primitives::U256;
use data_token::{
    IDataToken::{
        AccessControlUnauthorizedAccount, EmissionBpsTooHigh, EmissionCapChanged,
        EmissionCapExceeded, EmissionFloorTooHigh, burnCall, emissionBpsCall, emissionFloorCall,
        mintCall, setEmissionCapCall,
    },
    emission::{MAX_BPS, MAX_FLOOR, TWELFTH_SECS},
};
use datacoop_kit::testing::START;

use crate::support::{ADMIN, MALLORY, MINTER, Token, alice, bob, data, genesis};

const YEAR: u64 = 12 * TWELFTH_SECS;

fn mint(amount: U256) -> mintCall {
    mintCall { to: bob().address(), amount }
}

#[test]
fn the_cap_is_the_larger_of_floor_and_share() {
    let check = |floor, bps, expect| {
        assert_eq!(Token::with_terms(floor, bps).mintable(), expect);
    };
    check(data(100), 1_000, data(100));
    check(data(100), 1_001, data(100) + genesis() / U256::from(10_000));
    check(data(101), 1_000, data(101));
    check(data(0), 0, data(0));
    check(U256::from(MAX_FLOOR), MAX_BPS, U256::from(MAX_FLOOR));
}

#[test]
fn minting_beyond_the_cap_fails_with_what_is_left() {
    let token = Token::new();
    token.ok(MINTER, &mint(data(60)));
    let _ = token.chain.take_logs();
    token.fails(
        MINTER,
        &mint(data(41)),
        &EmissionCapExceeded { requested: data(41), available: data(40) },
    );
    token.ok(MINTER, &mint(data(40)));
    assert_eq!(token.mintable(), U256::ZERO);
    token.ok(MINTER, &mint(U256::ZERO));
    let _ = token.chain.take_logs();
    token.fails(
        MINTER,
        &mint(U256::ONE),
        &EmissionCapExceeded { requested: U256::ONE, available: U256::ZERO },
    );
}

#[test]
fn a_mint_counts_for_a_year_and_at_most_a_month_more() {
    let token = Token::new();
    token.ok(MINTER, &mint(data(100)));
    token.chain.set_time(START + YEAR);
    assert_eq!(token.mintable(), U256::ZERO, "a year later to the second it still counts");
    // The first second of the thirteenth twelfth after that of the mint.
    let free = (START / TWELFTH_SECS + 13) * TWELFTH_SECS;
    token.chain.set_time(free - 1);
    assert_eq!(token.mintable(), U256::ZERO);
    token.chain.set_time(free);
    // The supply has grown by the mint.
    assert_eq!(token.mintable(), data(110));
    token.ok(MINTER, &mint(data(110)));
    assert_eq!(token.mintable(), U256::ZERO);
}

#[test]
fn mints_are_forgotten_one_twelfth_after_the_other() {
    let token = Token::with_terms(data(100), 0);
    for twelfth in 0..10 {
        token.chain.set_time(START + twelfth * TWELFTH_SECS);
        token.ok(MINTER, &mint(data(10)));
    }
    let first = START / TWELFTH_SECS;
    for forgotten in 0..10 {
        token.chain.set_time((first + 13 + forgotten) * TWELFTH_SECS - 1);
        assert_eq!(token.mintable(), data(10 * forgotten));
    }
    token.chain.set_time(START + 10 * YEAR);
    assert_eq!(token.mintable(), data(100));
    // After a long silence it counts from the beginning.
    token.ok(MINTER, &mint(data(100)));
    token.chain.set_time(START + 11 * YEAR);
    assert_eq!(token.mintable(), U256::ZERO);
}

#[test]
fn the_share_is_of_the_supply_at_the_years_start_less_what_was_burned_since() {
    let token = Token::with_terms(U256::ZERO, 1_000);
    token.ok(MINTER, &mint(data(50)));
    assert_eq!(token.mintable(), data(50), "minting does not raise its own cap");
    token.ok(alice().address(), &burnCall { value: data(100) });
    assert_eq!(token.mintable(), data(40));
    token.ok(alice().address(), &burnCall { value: data(600) });
    assert_eq!(token.mintable(), U256::ZERO);
}

#[test]
fn the_terms_are_the_admins_and_bounded() {
    let token = Token::new();
    let set = |floor, bps: u64| setEmissionCapCall { floor, bps: U256::from(bps) };
    token.fails(
        MALLORY,
        &set(data(1), 1),
        &AccessControlUnauthorizedAccount { account: MALLORY, neededRole: Default::default() },
    );
    let maximum = U256::from(MAX_FLOOR);
    token.fails(
        ADMIN,
        &set(maximum + U256::ONE, 1),
        &EmissionFloorTooHigh { floor: maximum + U256::ONE, maximum },
    );
    token.fails(
        ADMIN,
        &set(data(1), MAX_BPS + 1),
        &EmissionBpsTooHigh { bps: U256::from(MAX_BPS + 1), maximum: U256::from(MAX_BPS) },
    );
    token.ok(ADMIN, &set(maximum, MAX_BPS));
    token.emitted(&EmissionCapChanged {
        oldFloor: data(100),
        oldBps: U256::from(1_000),
        newFloor: maximum,
        newBps: U256::from(MAX_BPS),
    });
    assert_eq!(token.ok(MALLORY, &emissionFloorCall {}), maximum);
    assert_eq!(token.ok(MALLORY, &emissionBpsCall {}), U256::from(MAX_BPS));
    // Lower terms bind at once, whatever was minted under the old ones.
    token.ok(MINTER, &mint(data(200)));
    token.ok(ADMIN, &set(data(100), 0));
    assert_eq!(token.mintable(), U256::ZERO);
    token.ok(ADMIN, &set(data(201), 0));
    assert_eq!(token.mintable(), data(1));
}

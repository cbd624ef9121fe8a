//! Votes over time: checkpoints, past votes, and a long random run against a plain model.

use std::collections::BTreeMap;

use alloy_primitives::{Address, U256, aliases::U48};
use alloy_sol_types::Panic;
use datacoop_kit::testing::START;
use gov_token::IGovToken::{
    self, CLOCK_MODECall, Checkpoint208, DelegateChanged, DelegateVotesChanged,
    ERC5805FutureLookup, burnCall, checkpointsCall, clockCall, delegateCall,
    getPastTotalSupplyCall, getPastVotesCall, mintCall, numCheckpointsCall, totalSupplyCall,
    transferCall,
};
use proptest::{collection::vec, prelude::*, test_runner::RngSeed};

use crate::support::{MALLORY, MINTER, TREASURY, Token, alice, bob, gov, log};

#[test]
fn the_clock_is_the_blocks_time() {
    let token = Token::new();
    token.wait(7);
    assert_eq!(token.ok(MALLORY, &clockCall {}), U48::from(START + 7));
    assert_eq!(token.ok(MALLORY, &CLOCK_MODECall {}), "mode=timestamp");
}

#[test]
fn delegating_moves_votes_and_logs_whose() {
    let token = Token::new();
    let (alice, bob) = (alice().address(), bob().address());
    assert_eq!(token.votes(alice), U256::ZERO, "nobody votes before delegating");
    token.ok(alice, &delegateCall { delegatee: bob });
    let changed = |delegator, fromDelegate, toDelegate| {
        log(&DelegateChanged { delegator, fromDelegate, toDelegate })
    };
    let votes = |delegate, previousVotes, newVotes| {
        log(&DelegateVotesChanged { delegate, previousVotes, newVotes })
    };
    token.emitted(&[changed(alice, Address::ZERO, bob), votes(bob, U256::ZERO, gov(1_000))]);
    token.ok(alice, &delegateCall { delegatee: MALLORY });
    token.emitted(&[
        changed(alice, bob, MALLORY),
        votes(bob, gov(1_000), U256::ZERO),
        votes(MALLORY, U256::ZERO, gov(1_000)),
    ]);
    token.ok(alice, &delegateCall { delegatee: MALLORY });
    token.emitted(&[changed(alice, MALLORY, MALLORY)]);
    token.ok(bob, &delegateCall { delegatee: MALLORY });
    token.emitted(&[changed(bob, Address::ZERO, MALLORY)]);
    token.ok(alice, &delegateCall { delegatee: Address::ZERO });
    token
        .emitted(&[changed(alice, MALLORY, Address::ZERO), votes(MALLORY, gov(1_000), U256::ZERO)]);
}

#[test]
fn a_second_has_one_checkpoint() {
    let token = Token::new();
    let (account, other) = (alice().address(), bob().address());
    token.ok(account, &delegateCall { delegatee: account });
    token.ok(account, &transferCall { to: other, value: gov(1) });
    token.ok(account, &transferCall { to: other, value: gov(1) });
    assert_eq!(token.ok(MALLORY, &numCheckpointsCall { account }), 1);
    token.wait(1);
    token.ok(account, &transferCall { to: other, value: gov(1) });
    assert_eq!(token.ok(MALLORY, &numCheckpointsCall { account }), 2);
    for (pos, value) in [(0, gov(998)), (1, gov(997))] {
        let Checkpoint208 { _key, _value } = token.ok(MALLORY, &checkpointsCall { account, pos });
        assert_eq!(U256::from(_value), value);
        assert_eq!(_key, U48::from(START + u64::from(pos)));
    }
    let _ = token.chain.take_logs();
    for pos in [2, u32::MAX] {
        let error = Panic { code: U256::from(0x32) };
        token.fails(MALLORY, &checkpointsCall { account, pos }, &error);
    }
}

#[test]
fn only_the_past_is_known() {
    let token = Token::new();
    let account = alice().address();
    for timepoint in [U256::from(START), U256::from(START + 1), U256::MAX] {
        let error = ERC5805FutureLookup { timepoint, clock: U48::from(START) };
        token.fails(MALLORY, &getPastVotesCall { account, timepoint }, &error);
        token.fails(MALLORY, &getPastTotalSupplyCall { timepoint }, &error);
    }
    assert_eq!(token.past_votes(account, START - 1), U256::ZERO);
    assert_eq!(token.past_votes(account, 0), U256::ZERO);
}

/// A fixed seed: a failure comes again.
fn config() -> ProptestConfig {
    ProptestConfig { cases: 48, rng_seed: RngSeed::Fixed(20_260_102), ..Default::default() }
}

#[derive(Clone, Debug)]
enum Step {
    Transfer(usize, usize, u64),
    Delegate(usize, usize),
    Mint(usize, u64),
    Burn(usize, u64),
    Wait(u64),
}

fn step() -> impl Strategy<Value = Step> {
    let (who, amount) = (0..4_usize, 0..700_u64);
    prop_oneof![
        4 => (who.clone(), who.clone(), amount.clone()).prop_map(|(a, b, n)| Step::Transfer(a, b, n)),
        3 => (who.clone(), 0..5_usize).prop_map(|(a, b)| Step::Delegate(a, b)),
        1 => (who.clone(), amount.clone()).prop_map(|(a, n)| Step::Mint(a, n)),
        1 => (who, amount).prop_map(|(a, n)| Step::Burn(a, n)),
        4 => (1..50_u64).prop_map(Step::Wait),
    ]
}

/// Runs a step on the token.
fn run(token: &Token, people: &[Address; 5], step: &Step, delegates: &mut [usize; 4]) {
    match *step {
        Step::Transfer(from, to, n) => {
            let _ = token.call(people[from], &transferCall { to: people[to], value: gov(n) });
        }
        Step::Delegate(who, to) => {
            token.ok(people[who], &delegateCall { delegatee: people[to] });
            delegates[who] = to;
        }
        Step::Mint(to, n) => {
            let _ = token.call(MINTER, &mintCall { to: people[to], amount: gov(n) });
        }
        Step::Burn(from, n) => {
            let _ = token.call(people[from], &burnCall { value: gov(n) });
        }
        Step::Wait(secs) => token.wait(secs),
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn votes_at_any_past_time_are_what_was_delegated_then(steps in vec(step(), 1..120)) {
        let token = Token::open();
        let nobody = Address::ZERO;
        let people = [alice().address(), bob().address(), MALLORY, TREASURY, nobody];
        let mut delegates = [4; 4];
        // By second, the votes of the first four and the supply at its end.
        let mut history: BTreeMap<u64, [U256; 5]> = BTreeMap::new();
        for step in &steps {
            run(&token, &people, step, &mut delegates);
            let mut now = [U256::ZERO; 5];
            for (who, to) in delegates.iter().enumerate().filter(|(_, to)| **to < 4) {
                now[*to] += token.balance(people[who]);
            }
            now[4] = token.ok(MALLORY, &totalSupplyCall {});
            for (who, votes) in now.iter().take(4).enumerate() {
                prop_assert_eq!(token.votes(people[who]), *votes);
            }
            history.insert(token.chain.time(), now);
        }
        token.wait(1);
        for time in START - 1..token.chain.time() {
            let genesis = if time < START { U256::ZERO } else { gov(2_000) };
            let then = history.range(..=time).next_back().map(|(_, votes)| *votes);
            let then = then.unwrap_or([U256::ZERO, U256::ZERO, U256::ZERO, U256::ZERO, genesis]);
            for who in 0..4 {
                prop_assert_eq!(token.past_votes(people[who], time), then[who]);
            }
            let call = IGovToken::getPastTotalSupplyCall { timepoint: U256::from(time) };
            prop_assert_eq!(token.ok(MALLORY, &call), then[4]);
        }
    }
}

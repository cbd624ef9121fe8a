//! Twin runs of small programs: each host function, each kind of call, at its edges.

use alloy_primitives::{Address, U256};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use stylus_host::{Outcome, Transaction};

use crate::{
    harness::{evm::Ending, twin::Twin},
    programs::{address_then, caller, program, to, word},
};

const ALICE: Address = Address::repeat_byte(0xa1);
const NOBODY: Address = Address::repeat_byte(0xee);

/// Programs in both worlds.
struct Pair {
    twin: Twin,
}

impl Pair {
    fn new() -> Self {
        Self { twin: Twin::new(&[ALICE]) }
    }

    fn deploy(&mut self, body: &str) -> Address {
        match self.twin.deploy(ALICE, &program(body), None) {
            Ok(address) => address,
            Err(difference) => panic!("{difference}"),
        }
    }

    fn call(&mut self, to: Address, data: impl Into<Vec<u8>>, value_wei: u64) -> (Ending, Outcome) {
        let call = Transaction::new(ALICE, to, data.into()).with_value(U256::from(value_wei));
        match self.twin.call(&call) {
            Ok(agreed) => agreed,
            Err(difference) => panic!("{difference}"),
        }
    }
}

/// Runs a body in both worlds on each of the given data.
fn agree(body: &str, data: &[&[u8]]) -> Vec<Ending> {
    let mut pair = Pair::new();
    let program = pair.deploy(body);
    data.iter().map(|data| pair.call(program, *data, 0).0).collect()
}

#[test]
fn differences_are_found() {
    let store = "(call $storage_cache_bytes32 (i32.const 512) (i32.const 0))
        (call $storage_flush_cache (i32.const 1)) (i32.const 0)";
    let log = "(call $emit_log (i32.const 0) (i32.const 0) (i32.const 0)) (i32.const 0)";
    for (what, one, other) in [
        ("ending: Success, Failure", "(i32.const 0)", "(i32.const 1)"),
        ("ending: Revert, Failure", REVERT, "unreachable"),
        ("output", ECHO, "(i32.const 0)"),
        ("logs", "(i32.const 0)", log),
        ("slot", "(i32.const 0)", store),
        ("slot", store, "(i32.const 0)"),
    ] {
        let mut twin = Twin::new(&[ALICE]);
        let deployed = twin.deploy_pair(ALICE, &program(one), &program(other), None);
        let address = deployed.unwrap_or_else(|difference| panic!("{difference}"));
        let call = Transaction::new(ALICE, address, word(7).to_vec());
        match twin.call(&call) {
            Ok(_) => panic!("not found: {what}"),
            Err(difference) => {
                let text = difference.to_string();
                assert!(text.starts_with(&format!("the worlds differ in {what}")), "{text}");
            }
        }
    }
}

/// Returns all of the first 1,024 bytes of memory.
const DUMP: &str = "(call $write_result (i32.const 0) (i32.const 1024)) (i32.const 0)";

/// Memory ends where it may grow to: the translation does not trap on what was not grown yet.
#[test]
fn results_and_exits_agree() {
    for body in [
        "(call $write_result (i32.const 0) (local.get $len)) (i32.const 0)",
        "(call $write_result (i32.const 0) (local.get $len)) (i32.const 1)",
        "(call $write_result (i32.const 0) (local.get $len)) (i32.const -1)",
        "(call $write_result (i32.const 0) (local.get $len))
         (call $write_result (i32.const 1) (i32.const 1)) (i32.const 0)",
        "(call $write_result (i32.const 0) (local.get $len)) unreachable",
        "(call $write_result (i32.const 0) (local.get $len)) (call $exit_early (i32.const 0)) unreachable",
        "(call $write_result (i32.const 0) (local.get $len)) (call $exit_early (i32.const 7)) unreachable",
        "(i32.div_u (i32.const 1) (local.get $len))",
        "(i32.load (i32.const 262141))",
        "(call $write_result (i32.const 262138) (local.get $len)) (i32.const 0)",
        "(i32.const 0)",
    ] {
        agree(body, &[&[], &[1], &[1; 7], &[2; 33], &[3; 1_000]]);
    }
}

#[test]
fn hashes_agree() {
    let body =
        format!("(call $native_keccak256 (i32.const 0) (local.get $len) (i32.const 512)) {DUMP}");
    agree(&body, &[&[], &[1], &[2; 31], &[3; 32], &[4; 33], &[5; 500]]);
}

#[test]
fn memory_growth_agrees() {
    for pages in ["0", "1", "2", "3", "4"] {
        let body = format!(
            "(i32.store (i32.const 8) (memory.grow (i32.const {pages})))
             (i32.store (i32.const 12) (memory.size))
             (i64.store (i32.sub (i32.shl (memory.size) (i32.const 16)) (i32.const 8)) (i64.const 77))
             (i64.store (i32.const 16)
                (i64.load (i32.sub (i32.shl (memory.size) (i32.const 16)) (i32.const 8)))) {DUMP}"
        );
        agree(&body, &[&[]]);
    }
}

#[test]
fn environment_agrees() {
    let mut pair = Pair::new();
    let program = pair.deploy(&format!(
        "(call $block_basefee (i32.const 0)) (call $block_coinbase (i32.const 32))
         (i64.store (i32.const 64) (call $block_gas_limit))
         (i64.store (i32.const 72) (call $block_number))
         (i64.store (i32.const 80) (call $block_timestamp))
         (i64.store (i32.const 88) (call $chainid))
         (call $contract_address (i32.const 96)) (call $msg_sender (i32.const 128))
         (call $msg_value (i32.const 160)) (call $tx_gas_price (i32.const 192))
         (call $tx_origin (i32.const 224)) (i32.store (i32.const 256) (call $msg_reentrant))
         (i32.store (i32.const 260) (call $tx_ink_price))
         (i32.store (i32.const 264) (call $return_data_size)) {DUMP}"
    ));
    for value in [0, 5] {
        pair.twin.advance(1_000);
        assert_eq!(pair.call(program, [], value).0, Ending::Success);
    }
}

#[test]
fn accounts_agree() {
    let mut pair = Pair::new();
    // Code differs between the worlds, so only people's is looked at.
    let program = pair.deploy(&format!(
        "(call $account_balance (i32.const 0) (i32.const 32))
         (call $account_codehash (i32.const 0) (i32.const 64))
         (i32.store (i32.const 96) (call $account_code_size (i32.const 0)))
         (i32.store (i32.const 100)
            (call $account_code (i32.const 0) (i32.const 3) (i32.const 90) (i32.const 128))) {DUMP}"
    ));
    for account in [ALICE, NOBODY, Address::repeat_byte(0xcb)] {
        assert_eq!(pair.call(program, address_then(account, &[]), 0).0, Ending::Success);
    }
}

/// Slot 0 ← the first word, then slot 0 is read to 256, and so on as `steps` tells.
#[test]
fn storage_agrees() {
    let cache = "(call $storage_cache_bytes32 (i32.const 512) (i32.const 0))";
    let other = "(call $storage_cache_bytes32 (i32.const 512) (i32.const 32))";
    let keep = "(call $storage_flush_cache (i32.const 0))";
    let clear = "(call $storage_flush_cache (i32.const 1))";
    let load = "(call $storage_load_bytes32 (i32.const 512) (i32.const 256))";
    let transient = "(call $transient_store_bytes32 (i32.const 512) (i32.const 0))
        (call $transient_load_bytes32 (i32.const 512) (i32.const 288))";
    let data = [word(7), word(8)].concat();
    for steps in [
        &[load][..],
        &[cache, keep, load],
        &[cache, clear, load],
        &[cache, keep, other, keep, load],
        &[cache, other, keep, load],
        &[load, cache, keep, load],
        &[transient, load],
        &[cache, keep, transient, load],
    ] {
        for end in ["(i32.const 0)", "(i32.const 1)", "unreachable"] {
            let body = format!(
                "{} (call $write_result (i32.const 0) (i32.const 512)) {end}",
                steps.join(" ")
            );
            agree(&body, &[&data, &data[32..], &[]]);
        }
    }
}

#[test]
fn logs_agree() {
    for topics in 0..=5 {
        let body = format!(
            "(call $emit_log (i32.const 0) (local.get $len) (i32.const {topics})) (i32.const 0)"
        );
        let data: Vec<u8> = (0..200).collect();
        agree(&body, &[&data[..128], &data[..161], &data, &data[..31], &[]]);
    }
}

#[test]
fn arithmetic_agrees_on_random_words() {
    let mut rng = ChaCha8Rng::seed_from_u64(0xda7a);
    for (function, operands) in [("div", 2), ("mod", 2), ("pow", 2), ("add_mod", 3), ("mul_mod", 3)]
    {
        let pointers = ["(i32.const 0)", "(i32.const 32)", "(i32.const 64)"][..operands].join(" ");
        let mut pair = Pair::new();
        let program = pair.deploy(&format!("(call $math_{function} {pointers}) {DUMP}"));
        for _ in 0..60 {
            let data: Vec<u8> = (0..operands)
                .flat_map(|_| {
                    let word = U256::from_be_bytes(rng.random::<[u8; 32]>());
                    (word >> rng.random_range(0..=256_u32)).to_be_bytes::<32>()
                })
                .collect();
            assert_eq!(pair.call(program, data, 0).0, Ending::Success);
        }
    }
}

const ECHO: &str = "(call $write_result (i32.const 0) (local.get $len)) (i32.const 0)";
const REVERT: &str = "(call $write_result (i32.const 0) (local.get $len)) (i32.const 1)";
const STORE: &str = "(call $storage_cache_bytes32 (i32.const 512) (i32.const 0))
    (call $storage_flush_cache (i32.const 1))
    (call $transient_store_bytes32 (i32.const 512) (i32.const 0))
    (call $emit_log (i32.const 0) (i32.const 32) (i32.const 1)) (i32.const 0)";
const STORE_THEN_TRAP: &str = "(call $storage_cache_bytes32 (i32.const 512) (i32.const 0))
    (call $storage_flush_cache (i32.const 1))
    (call $emit_log (i32.const 0) (i32.const 32) (i32.const 1)) unreachable";
const WHO: &str = "(call $msg_sender (i32.const 0)) (call $contract_address (i32.const 32))
    (call $msg_value (i32.const 64)) (i32.store (i32.const 96) (call $msg_reentrant))
    (call $tx_origin (i32.const 128)) (call $write_result (i32.const 0) (i32.const 160)) (i32.const 0)";

#[test]
fn calls_of_every_kind_agree() {
    for kind in ["call_contract", "delegate_call_contract", "static_call_contract"] {
        let mut pair = Pair::new();
        let outer = pair.deploy(&caller(kind));
        let middle = pair.deploy(&caller("call_contract"));
        let reader = pair.deploy(&caller("static_call_contract"));
        let bodies = [ECHO, REVERT, STORE, STORE_THEN_TRAP, WHO, "unreachable", "(i32.const 0)"];
        let mut callees: Vec<_> = bodies.iter().map(|body| pair.deploy(body)).collect();
        callees.extend([ALICE, NOBODY, Address::with_last_byte(4), Address::with_last_byte(2)]);
        for callee in callees {
            for value in [0, 3] {
                let data = [&word(7)[..], b"tail"].concat();
                let call = to(callee, value, &data);
                pair.call(outer, call.clone(), 10);
                // Value in a static call fails the call on a Stylus chain, but its caller in an
                // EVM.
                let value = if kind == "static_call_contract" { 0 } else { value };
                let call = to(callee, value, &data);
                pair.call(outer, to(middle, value, &call), 10);
                let still = to(callee, 0, &data);
                pair.call(reader, to(outer, 0, &still), 0);
                pair.call(outer, to(reader, 0, &still), 10);
            }
        }
    }
}

#[test]
fn return_data_agrees_in_parts() {
    for (offset, size) in [(0, 0), (0, 3), (1, 9), (3, 1), (9, 9), (-1, -1), (0, -1), (2, 1)] {
        let mut pair = Pair::new();
        let echo = pair.deploy(ECHO);
        let reader = pair.deploy(&format!(
            "(drop (call $static_call_contract (i32.const 0) (i32.const 32) (i32.const 3)
                (i64.const -1) (i32.const 512)))
             (i32.store (i32.const 516) (call $return_data_size))
             (i32.store (i32.const 520) (call $read_return_data (i32.const 524)
                (i32.const {offset}) (i32.const {size})))
             (i32.store (i32.const 600) (call $return_data_size)) {DUMP}"
        ));
        assert_eq!(pair.call(reader, address_then(echo, &[1, 2, 3]), 0).0, Ending::Success);
        assert_eq!(pair.call(reader, address_then(NOBODY, &[1, 2, 3]), 0).0, Ending::Success);
    }
}

#[test]
fn unread_return_data_agrees() {
    agree(
        "(i32.store (i32.const 0) (call $read_return_data (i32.const 4) (i32.const 0) (i32.const 9)))
         (call $write_result (i32.const 0) (i32.const 32)) (i32.const 0)",
        &[&[]],
    );
}

#[test]
fn reentrance_agrees() {
    // Calls the address in its calldata, with the rest of it, if there is any; returns whether it
    // is reentered, before its own call and after, and what it got.
    let body = "(i32.store (i32.const 1024) (call $msg_reentrant))
        (if (local.get $len) (then
            (i32.store (i32.const 1032) (call $call_contract (i32.const 0) (i32.const 32)
                (i32.sub (local.get $len) (i32.const 32)) (i32.const 900) (i64.const -1)
                (i32.const 512)))
            (local.set $x (call $read_return_data (i32.const 1036) (i32.const 0) (i32.const 99)))))
        (i32.store (i32.const 1028) (call $msg_reentrant))
        (call $write_result (i32.const 1024) (i32.add (i32.const 12) (local.get $x)))
        (i32.const 0)";
    let mut pair = Pair::new();
    let (one, two) = (pair.deploy(body), pair.deploy(body));
    let delegate = pair.deploy(&caller("delegate_call_contract"));
    let reverting = pair.deploy(&body.replace("(i32.const 0)\n", "").replacen(
        "(local.get $x)))\n        (i32.const 0)",
        "(local.get $x)))\n        (i32.const 1)",
        1,
    ));
    let chain = |route: &[Address]| -> Vec<u8> {
        route.iter().rev().fold(Vec::new(), |data, hop| address_then(*hop, &data))
    };
    for route in [
        &[][..],
        &[two],
        &[one],
        &[two, one],
        &[two, one, two],
        &[one, one, one],
        &[reverting, one],
        &[delegate, one],
    ] {
        for start in [one, reverting] {
            pair.call(start, chain(route), 0);
        }
        pair.call(delegate, to(one, 0, &chain(route)), 0);
    }
}

#[test]
fn gas_limits_of_calls_agree() {
    let mut pair = Pair::new();
    let store = pair.deploy(STORE);
    for gas in ["0", "1", "100000000"] {
        let outer = pair.deploy(&format!(
            "(i32.store (i32.const 1024) (call $call_contract (i32.const 0) (i32.const 32)
                (i32.const 32) (i32.const 900) (i64.const {gas}) (i32.const 512))) {}",
            "(call $write_result (i32.const 1024) (i32.const 4)) (i32.const 0)"
        ));
        pair.call(outer, address_then(store, &word(5)[..]), 0);
        pair.call(outer, address_then(NOBODY, &word(5)[..]), 0);
    }
}

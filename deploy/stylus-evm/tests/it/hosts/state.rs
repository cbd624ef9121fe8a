//! Storage, transient storage, logs and accounts.

use alloy_primitives::{Address, B256, U256, keccak256};

use super::{chain, contract, fails, output, word, writes};
use crate::support::chain::{ALICE, CONTRACT, Chain};

#[test]
fn a_stored_word_is_loaded_and_persists() {
    let store = contract(
        "(call $storage_cache_bytes32 (i32.const 0) (i32.const 32))
         (call $storage_load_bytes32 (i32.const 0) (i32.const 1000))
         (call $storage_flush_cache (i32.const 0))
         (call $write_result (i32.const 1000) (i32.const 32)) (i32.const 0)",
    );
    let mut chain = Chain::default();
    chain.set_code(CONTRACT, &store);
    let (key, value) = (keccak256("key"), keccak256("value"));
    let outcome = chain.call(CONTRACT, &[key, value].concat());
    assert_eq!(outcome.output[..], value[..]);
    assert_eq!(chain.storage(CONTRACT, key.into()), U256::from_be_bytes(value.0));
    assert_eq!(chain.storage(CONTRACT, U256::from_be_bytes(value.0)), U256::ZERO);
}

#[test]
fn a_revert_undoes_what_was_stored() {
    let mut chain = chain(
        "(call $storage_cache_bytes32 (i32.const 0) (i32.const 32))
         (call $storage_flush_cache (i32.const 1)) (i32.const 1)",
    );
    assert!(!chain.call(CONTRACT, &[word(5), word(6)].concat()).succeeded());
    assert_eq!(chain.storage(CONTRACT, U256::from(5)), U256::ZERO);
}

#[test]
fn transient_words_last_for_one_transaction() {
    let load = "(call $transient_load_bytes32 (i32.const 0) (i32.const 1000))";
    let both = format!("(call $transient_store_bytes32 (i32.const 0) (i32.const 32)) {load}");
    let args = [word(5), word(6)].concat();
    assert_eq!(output(&writes(&both, 32), &args), word(6));
    assert_eq!(output(&writes(load, 32), &args), word(0));
}

#[test]
fn logs_carry_topics_and_data_in_order() {
    for topics in 0..=4_usize {
        for length in [0, 1, 31, 32, 33, 77] {
            let body = format!(
                "(call $emit_log (i32.const 0) (local.get $length) (i32.const {topics})) (i32.const 0)"
            );
            let bytes: Vec<u8> =
                (0..32 * topics + length).map(|i| u8::try_from(i % 250).unwrap() + 1).collect();
            let outcome = chain(&body).call(CONTRACT, &bytes);
            assert!(outcome.succeeded(), "{outcome:?}");
            let log = &outcome.logs[0];
            let expected: Vec<_> = bytes.chunks(32).take(topics).map(B256::from_slice).collect();
            assert_eq!(log.address, CONTRACT);
            assert_eq!(log.topics(), expected);
            assert_eq!(log.data.data[..], bytes[32 * topics..]);
        }
    }
}

#[test]
fn logs_with_bad_topics_fail() {
    for (length, topics) in [(160, 5), (31, 1), (0, 4), (0, -1), (0, 0x0800_0000)] {
        let body = format!(
            "(call $emit_log (i32.const 0) (i32.const {length}) (i32.const {topics})) (i32.const 0)"
        );
        assert!(fails(&chain(&body).call(CONTRACT, &[1; 200])), "{length} {topics}");
    }
}

#[test]
fn balances_and_codes_are_those_of_the_account() {
    let other = Address::repeat_byte(0x77);
    let body = writes(
        "(call $account_balance (i32.const 0) (i32.const 1000))
         (call $account_codehash (i32.const 0) (i32.const 1032))
         (i32.store (i32.const 1064) (call $account_code_size (i32.const 0)))",
        68,
    );
    let mut chain = chain(&body);
    chain.set_code(other, &[0x60, 0x01, 0x00]);
    let outcome = chain.call(CONTRACT, other.as_slice());
    assert_eq!(outcome.output[..32], word(0));
    assert_eq!(outcome.output[32..64], keccak256([0x60, 0x01, 0x00])[..]);
    assert_eq!(outcome.output[64..], [3, 0, 0, 0]);
    let balance = chain.balance(ALICE);
    let outcome = chain.call(CONTRACT, ALICE.as_slice());
    let found = U256::from_be_slice(&outcome.output[..32]);
    assert!(found <= balance && !found.is_zero());
    assert_eq!(outcome.output[32..64], keccak256([])[..]);
    let nobody = chain.call(CONTRACT, &[0x99; 20]);
    assert_eq!(nobody.output[32..64], [0; 32]);
}

#[test]
fn code_is_copied_as_far_as_there_is_any() {
    let other = Address::repeat_byte(0x77);
    let code: Vec<u8> = (0..100).collect();
    let cases = [
        (0, 100, 100),
        (0, 10, 10),
        (90, 50, 10),
        (100, 5, 0),
        (200, 5, 0),
        (33, 40, 40),
        (0, 0, 0),
    ];
    for (offset, size, expected) in cases {
        let body = format!(
            "(memory.fill (i32.const 1000) (i32.const 0xee) (i32.const 110))
             (i32.store (i32.const 996)
                (call $account_code (i32.const 0) (i32.const {offset}) (i32.const {size}) (i32.const 1000)))
             (call $write_result (i32.const 996) (i32.const 114)) (i32.const 0)"
        );
        let mut chain = chain(&body);
        chain.set_code(other, &code);
        let outcome = chain.call(CONTRACT, other.as_slice());
        let mut wanted = vec![0xee; 110];
        if expected > 0 {
            wanted[..expected].copy_from_slice(&code[offset..offset + expected]);
        }
        assert_eq!(outcome.output[..4], u32::try_from(expected).unwrap().to_le_bytes());
        assert_eq!(outcome.output[4..], wanted, "{offset} {size}");
    }
}

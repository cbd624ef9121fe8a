//! The message, the transaction, the block.

use alloy_primitives::{Address, TxKind, U256};

use super::{address_bytes, chain, integer, output, word, writes};
use crate::support::chain::{ALICE, CONTRACT, GAS_LIMIT};

#[test]
fn addresses_are_those_of_the_frame() {
    let cases = [
        ("msg_sender", ALICE),
        ("tx_origin", ALICE),
        ("contract_address", CONTRACT),
        ("block_coinbase", Address::repeat_byte(0xcb)),
    ];
    for (name, address) in cases {
        let body = writes(&format!("(call ${name} (i32.const 1000))"), 20);
        assert_eq!(output(&body, &[]), address_bytes(address), "{name}");
    }
}

#[test]
fn an_address_overwrites_twenty_bytes() {
    let body =
        "(i64.store (i32.const 992) (i64.const -1)) (i64.store (i32.const 1020) (i64.const -1))
        (call $contract_address (i32.const 1000))
        (call $write_result (i32.const 992) (i32.const 36)) (i32.const 0)";
    let bytes = output(body, &[]);
    assert_eq!(bytes[..8], [0xff; 8]);
    assert_eq!(bytes[8..28], [0xc0; 20]);
    assert_eq!(bytes[28..], [0xff; 8]);
}

#[test]
fn words_are_those_of_the_frame() {
    for (name, expected) in [("block_basefee", 7), ("tx_gas_price", 9)] {
        let body = writes(&format!("(call ${name} (i32.const 1000))"), 32);
        assert_eq!(output(&body, &[]), word(expected), "{name}");
    }
    let body = writes("(call $msg_value (i32.const 1000))", 32);
    let (outcome, _) = chain(&body).send(TxKind::Call(CONTRACT), &[], U256::from(123_456_789));
    assert_eq!(outcome.output[..], word(123_456_789));
}

#[test]
fn integers_are_those_of_the_frame() {
    assert_eq!(integer("(call $chainid)"), 1);
    assert_eq!(integer("(call $block_number)"), 1_234);
    assert_eq!(integer("(call $block_timestamp)"), 1_700_000_000);
    assert_eq!(integer("(call $block_gas_limit)"), u64::MAX);
    assert_eq!(integer("(i64.extend_i32_u (call $tx_ink_price))"), 10_000);
}

#[test]
fn gas_and_ink_left_fall_together() {
    let gas = integer("(call $evm_gas_left)");
    assert!((GAS_LIMIT - 100_000..GAS_LIMIT).contains(&gas), "{gas}");
    let ink = integer("(call $evm_ink_left)");
    assert!(ink.is_multiple_of(10_000) && ink / 10_000 > GAS_LIMIT - 100_000, "{ink}");
}

#[test]
fn paying_for_memory_does_nothing() {
    assert!(output("(call $pay_for_memory_grow (i32.const 3)) (i32.const 0)", &[]).is_empty());
}

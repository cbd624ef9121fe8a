//! Tests what programs are told of the block, the transaction, the message and accounts.

use alloy_primitives::{Address, B256, Bytes, KECCAK256_EMPTY, U256, keccak256};
use stylus_host::{Gas, Status, Transaction};

use crate::support::{ALICE, BOB, World, address_then, program};

/// Runs `body` in a world with a telling environment; it must leave `len` bytes at 256.
fn told(body: &str, len: u32) -> Bytes {
    let mut world = World::new();
    let block = world.host.block_mut();
    block.number = 11;
    block.timestamp = 12;
    block.basefee = U256::from(13);
    block.coinbase = BOB;
    block.gas_limit = 14;
    world.host.set_chain_id(15);
    world.host.set_gas_price(U256::from(16));
    let program = world.deploy(&format!(
        "{body} (call $write_result (i32.const 256) (i32.const {len})) (i32.const 0)"
    ));
    let call = Transaction::new(ALICE, program, vec![]).with_value(U256::from(17));
    let outcome = world.host.call(&call);
    assert_eq!(outcome.status, Status::Success);
    outcome.output
}

#[test]
fn numbers_of_the_block_and_the_chain_are_told() {
    for (function, expected) in [
        ("block_number", 11_u64),
        ("block_timestamp", 12),
        ("block_gas_limit", 14),
        ("chainid", 15),
    ] {
        let output = told(&format!("(i64.store (i32.const 256) (call ${function}))"), 8);
        assert_eq!(output.as_ref(), expected.to_le_bytes(), "{function}");
    }
    let output = told("(i32.store (i32.const 256) (call $tx_ink_price))", 4);
    assert_eq!(output.as_ref(), 10_000_u32.to_le_bytes());
}

#[test]
fn words_of_the_block_and_the_message_are_told() {
    for (function, expected) in [("block_basefee", 13), ("tx_gas_price", 16), ("msg_value", 17)] {
        let output = told(&format!("(call ${function} (i32.const 256))"), 32);
        assert_eq!(U256::from_be_slice(&output), U256::from(expected), "{function}");
    }
}

#[test]
fn addresses_are_told() {
    let own = ALICE.create(0);
    for (function, expected) in [
        ("block_coinbase", BOB),
        ("contract_address", own),
        ("msg_sender", ALICE),
        ("tx_origin", ALICE),
    ] {
        let output = told(&format!("(call ${function} (i32.const 256))"), 20);
        assert_eq!(Address::from_slice(&output), expected, "{function}");
    }
}

#[test]
fn gas_left_is_ink_left_in_gas_and_falls() {
    let body = "(i64.store (i32.const 256) (call $evm_gas_left))
        (i64.store (i32.const 264) (call $evm_ink_left))";
    let output = told(body, 16);
    let number = |at: usize| u64::from_le_bytes(output[at..at + 8].try_into().unwrap());
    assert!(number(0) > number(8) / 10_000 - 5);
    assert!(number(8) / 10_000 <= number(0));
    assert!(number(0) < Transaction::DEFAULT_GAS_LIMIT - 21_000);
}

#[test]
fn balances_are_told_and_touched_once_cold() {
    let mut world = World::new();
    let body = "(call $account_balance (i32.const 0) (i32.const 64))
        (call $account_balance (i32.const 0) (i32.const 64))
        (call $write_result (i32.const 64) (i32.const 32)) (i32.const 0)";
    let program = world.deploy(body);
    world.host.set_balance(BOB, U256::from(5));
    let outcome = world.call(program, address_then(BOB, &[]));
    assert_eq!(U256::from_be_slice(&outcome.output), U256::from(5));
    assert_eq!(outcome.gas.evm, Gas(2_600 + 100));
}

#[test]
fn code_is_told_in_parts_and_unlike_extcodecopy_not_padded() {
    let mut world = World::new();
    let code = Bytes::from_static(&[1, 2, 3, 4, 5]);
    world.host.set_program(BOB, &program("(i32.const 0)"), code).unwrap();
    let body = "(local.set $x (call $account_code (i32.const 0)
            (i32.load (i32.const 32)) (i32.load (i32.const 36)) (i32.const 64)))
        (call $write_result (i32.const 64) (local.get $x)) (i32.const 0)";
    let reader = world.deploy(body);
    for (offset, size, expected) in [
        (0_u32, 5_u32, &[1, 2, 3, 4, 5][..]),
        (1, 2, &[2, 3]),
        (3, 9, &[4, 5]),
        (5, 1, &[]),
        (9, 9, &[]),
        (u32::MAX, u32::MAX, &[]),
    ] {
        let range = [offset.to_le_bytes(), size.to_le_bytes()].concat();
        let output = world.output(reader, address_then(BOB, &range));
        assert_eq!(output.as_ref(), expected, "{offset}+{size}");
    }
}

#[test]
fn code_size_is_told_and_charged_once_for_the_last_account() {
    let mut world = World::new();
    let code = Bytes::from_static(&[1, 2, 3]);
    world.host.set_program(BOB, &program("(i32.const 0)"), code).unwrap();
    let body = "(drop (call $account_code_size (i32.const 0)))
        (i32.store (i32.const 64) (call $account_code_size (i32.const 0)))
        (call $write_result (i32.const 64) (i32.const 4)) (i32.const 0)";
    let reader = world.deploy(body);
    let outcome = world.call(reader, address_then(BOB, &[]));
    assert_eq!(outcome.output.as_ref(), 3_u32.to_le_bytes());
    assert_eq!(outcome.gas.evm, Gas(700 + 2_600));
}

#[test]
fn code_hash_tells_absent_accounts_from_those_without_code() {
    let mut world = World::new();
    let code = Bytes::from_static(&[1, 2, 3]);
    world.host.set_program(BOB, &program("(i32.const 0)"), code.clone()).unwrap();
    let body = "(call $account_codehash (i32.const 0) (i32.const 64))
        (call $write_result (i32.const 64) (i32.const 32)) (i32.const 0)";
    let reader = world.deploy(body);
    let nobody = Address::with_last_byte(0xee);
    for (address, expected) in
        [(nobody, B256::ZERO), (ALICE, KECCAK256_EMPTY), (BOB, keccak256(code))]
    {
        let output = world.output(reader, address_then(address, &[]));
        assert_eq!(B256::from_slice(&output), expected, "{address}");
    }
}

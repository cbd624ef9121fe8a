//! Tests deployment and creation: constructors, addresses, payloads, failures.

use alloy_primitives::{Address, B256, U256, hex, keccak256};
use stylus_host::{Host, Status, Transaction};

use crate::support::{ALICE, World, program, word};

/// Creates with the calldata after two words as initcode, the first as endowment and, for
/// `create2`, the second as salt; returns address ‖ length of the revert data ‖ revert data.
fn creator(salted: bool) -> String {
    let (function, salt) = if salted { ("create2", "(i32.const 32)") } else { ("create1", "") };
    format!(
        "(call ${function} (i32.const 64) (i32.sub (local.get $len) (i32.const 64)) (i32.const 0)
            {salt} (i32.const 32768) (i32.const 32788))
         (call $write_result (i32.const 32768) (i32.add (i32.const 24)
            (call $read_return_data (i32.const 32792) (i32.const 0) (i32.const 99))))
         (i32.const 0)"
    )
}

/// Returns initcode that leaves a program behind, as deployment tools write it.
fn payload_initcode(wasm: &[u8]) -> Vec<u8> {
    let mut compressed = Vec::new();
    let params = brotli::enc::BrotliEncoderParams::default();
    brotli::BrotliCompress(&mut &*wasm, &mut compressed, &params).unwrap();
    let code = [&hex!("eff00000")[..], &compressed].concat();
    let len = u16::try_from(code.len()).unwrap().to_be_bytes();
    // PUSH2 len, DUP1, PUSH1 10, RETURNDATASIZE, CODECOPY, RETURNDATASIZE, RETURN.
    [&[0x61][..], &len, &hex!("80600a3d393df3"), &code].concat()
}

fn calldata(endowment: u64, salt: B256, initcode: &[u8]) -> Vec<u8> {
    [word(endowment).as_slice(), salt.as_slice(), initcode].concat()
}

#[test]
fn created_program_runs_at_the_address_of_its_creator() {
    let echo = program("(call $write_result (i32.const 0) (local.get $len)) (i32.const 0)");
    let initcode = payload_initcode(&echo);
    let salt = word(0x5a17);
    for salted in [false, true] {
        let mut world = World::new();
        let creator = world.deploy(&creator(salted));
        world.host.set_balance(creator, U256::from(9));
        let output = world.output(creator, calldata(4, salt, &initcode));
        let created = Address::from_slice(&output[..20]);
        let expected =
            if salted { creator.create2(salt, keccak256(&initcode)) } else { creator.create(1) };
        assert_eq!(created, expected);
        assert_eq!(output[20..], [0; 4]);
        assert_eq!(world.host.balance(created), U256::from(4));
        assert_eq!(world.host.nonce(created), 1);
        assert_eq!(world.host.nonce(creator), 2);
        assert_eq!(world.output(created, vec![1, 2]).as_ref(), [1, 2]);
    }
}

#[test]
fn failed_creation_writes_address_zero() {
    let mut world = World::new();
    let creator = world.deploy(&creator(true));
    let zero = [0; 20];
    // PUSH1 1, PUSH0, MSTORE, PUSH1 32, PUSH0, REVERT.
    let output = world.output(creator, calldata(0, B256::ZERO, &hex!("60015f5260205ffd")));
    let expected = [&zero[..], &32_u32.to_le_bytes(), word(1).as_slice()].concat();
    assert_eq!(output.as_ref(), expected);
    // More endowment than there is.
    let output = world.output(creator, calldata(1, B256::ZERO, &[]));
    assert_eq!(output.as_ref(), [0; 24]);
    // The same address twice.
    let twice = calldata(0, word(2), &[]);
    assert_ne!(world.output(creator, twice.clone())[..20], zero);
    assert_eq!(world.call(creator, twice).output[..20], zero);
}

#[test]
fn initcode_that_computes_is_unsupported() {
    let mut world = World::new();
    let creator = world.deploy(&creator(false));
    // PUSH0, SLOAD.
    let outcome = world.call(creator, calldata(0, B256::ZERO, &hex!("5f54")));
    assert_eq!(outcome.status, Status::Unsupported("initcode that computes"));
}

#[test]
fn constructor_runs_with_the_deployment_or_nothing_is_left() {
    let wasm = program(
        "(call $storage_cache_bytes32 (i32.const 512) (i32.const 0))
         (call $storage_flush_cache (i32.const 0)) (i32.eqz (local.get $len))",
    );
    let mut host = Host::new();
    let good = host.deploy(ALICE, &wasm, Some(word(7).as_slice())).unwrap();
    assert_eq!(good.outcome.status, Status::Success);
    assert_eq!(good.address, ALICE.create(0));
    assert_eq!(host.storage(good.address, B256::ZERO), word(7));

    let bad = host.deploy(ALICE, &wasm, Some(&[])).unwrap();
    assert_eq!(bad.outcome.status, Status::Revert);
    assert_eq!(host.nonce(ALICE), 2);
    assert_eq!(host.accounts().count(), 2);
    let outcome = host.call(&Transaction::new(ALICE, bad.address, vec![]));
    assert!(outcome.output.is_empty());
    assert_eq!(outcome.status, Status::Success);
}

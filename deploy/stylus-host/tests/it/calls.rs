//! Tests calls between programs: data, value, storage, protection, reentrancy, gas, precompiles.

use alloy_primitives::{Address, B256, Bytes, U256, hex};
use stylus_host::{Gas, Status, Transaction};

use crate::programs::{caller, to};
use crate::support::{ALICE, BOB, World, address_then, assert_failure, word};

const CALL: &str = "call_contract";
const DELEGATE: &str = "delegate_call_contract";
const STATIC: &str = "static_call_contract";

/// What a [`caller`] reports.
fn report(status: u32, data: &[u8]) -> Bytes {
    let len = u32::try_from(data.len()).unwrap();
    [&status.to_le_bytes()[..], &len.to_le_bytes(), data].concat().into()
}

const ECHO: &str = "(call $write_result (i32.const 0) (local.get $len)) (i32.const 0)";
const REVERT: &str = "(call $write_result (i32.const 0) (local.get $len)) (i32.const 1)";
/// Sets slot 0 to the first word of the calldata and logs it.
const STORE: &str = "(call $storage_cache_bytes32 (i32.const 512) (i32.const 0))
    (call $storage_flush_cache (i32.const 1))
    (call $emit_log (i32.const 0) (i32.const 32) (i32.const 1)) (i32.const 0)";
/// Returns sender ‖ own address ‖ value.
const WHO: &str = "(call $msg_sender (i32.const 0)) (call $contract_address (i32.const 20))
    (call $msg_value (i32.const 40)) (call $write_result (i32.const 0) (i32.const 72)) (i32.const 0)";

#[test]
fn every_kind_of_call_passes_data_both_ways() {
    for kind in [CALL, DELEGATE, STATIC] {
        let mut world = World::new();
        let (caller, echo) = (world.deploy(&caller(kind)), world.deploy(ECHO));
        assert_eq!(world.output(caller, to(echo, 0, b"hello")), report(0, b"hello"), "{kind}");
    }
}

#[test]
fn failed_calls_report_2_with_revert_data_only() {
    for kind in [CALL, DELEGATE, STATIC] {
        let mut world = World::new();
        let caller = world.deploy(&caller(kind));
        let (revert, trap) = (world.deploy(REVERT), world.deploy("unreachable"));
        assert_eq!(world.output(caller, to(revert, 0, b"no")), report(2, b"no"), "{kind}");
        assert_eq!(world.output(caller, to(trap, 0, b"no")), report(2, b""), "{kind}");
    }
}

#[test]
fn callee_sees_who_called_and_with_what() {
    for (kind, sender_is_caller, own_is_callee, value) in
        [(CALL, true, true, 5), (STATIC, true, true, 0), (DELEGATE, false, false, 9)]
    {
        let mut world = World::new();
        let (caller, who) = (world.deploy(&caller(kind)), world.deploy(WHO));
        let call = Transaction::new(ALICE, caller, to(who, 5, b"")).with_value(U256::from(9));
        let outcome = world.host.call(&call);
        let sender = if sender_is_caller { caller } else { ALICE };
        let own = if own_is_callee { who } else { caller };
        let expected = [sender.as_slice(), own.as_slice(), word(value).as_slice()].concat();
        assert_eq!(outcome.output, report(0, &expected), "{kind}");
    }
}

#[test]
fn value_moves_with_a_call_and_back_with_its_failure() {
    let mut world = World::new();
    let caller = world.deploy(&caller(CALL));
    let (echo, revert) = (world.deploy(ECHO), world.deploy(REVERT));
    world.host.set_balance(caller, U256::from(10));
    assert_eq!(world.output(caller, to(echo, 4, b"")), report(0, b""));
    assert_eq!(world.output(caller, to(revert, 4, b"")), report(2, b""));
    assert_eq!(world.output(caller, to(BOB, 3, b"")), report(0, b""));
    assert_eq!(world.output(caller, to(echo, 4, b"")), report(2, b""));
    let balances = [caller, echo, revert, BOB].map(|who| world.host.balance(who));
    assert_eq!(balances, [3, 4, 0, 3].map(U256::from));
}

#[test]
fn delegated_code_writes_the_callers_storage_and_logs_as_the_caller() {
    let mut world = World::new();
    let (caller, store) = (world.deploy(&caller(DELEGATE)), world.deploy(STORE));
    let outcome = world.call(caller, to(store, 0, word(7).as_slice()));
    assert_eq!(outcome.output, report(0, b""));
    assert_eq!(world.host.storage(caller, B256::ZERO), word(7));
    assert_eq!(world.host.storage(store, B256::ZERO), B256::ZERO);
    assert_eq!(outcome.logs[0].address, caller);
}

#[test]
fn failed_call_undoes_its_storage_and_logs_alone() {
    let mut world = World::new();
    let store_then_revert = STORE.replace("(i32.const 0)\n", "").replacen(
        "(i32.const 1)) (i32.const 0)",
        "(i32.const 1)) (i32.const 1)",
        1,
    );
    let inner = world.deploy(&store_then_revert);
    let outer = world.deploy(&format!(
        "(call $emit_log (i32.const 32) (i32.const 0) (i32.const 0)) {}",
        caller(CALL)
    ));
    let outcome = world.call(outer, to(inner, 0, word(7).as_slice()));
    assert_eq!(outcome.output, report(2, b""));
    assert_eq!(world.host.storage(inner, B256::ZERO), B256::ZERO);
    assert_eq!(outcome.logs.len(), 1);
    assert_eq!(outcome.logs[0].address, outer);
}

#[test]
fn static_calls_may_not_write_from_there_down() {
    let mut world = World::new();
    let (reader, middle) = (world.deploy(&caller(STATIC)), world.deploy(&caller(CALL)));
    let store = world.deploy(STORE);
    let log =
        world.deploy("(call $emit_log (i32.const 0) (i32.const 0) (i32.const 0)) (i32.const 0)");
    let transient =
        world.deploy("(call $transient_store_bytes32 (i32.const 0) (i32.const 0)) (i32.const 0)");
    let create = world.deploy(
        "(call $create1 (i32.const 0) (i32.const 0) (i32.const 32) (i32.const 64) (i32.const 96))
         (i32.const 0)",
    );
    for writer in [store, log, transient, create] {
        let data = to(writer, 0, word(7).as_slice());
        assert_eq!(world.output(reader, data.clone()), report(2, b""));
        let nested = to(middle, 0, &data);
        assert_eq!(world.output(reader, nested), report(0, &report(2, b"")));
    }
    // Not even value may be sent; unlike in the EVM, that fails the call and not its caller.
    world.host.set_balance(middle, U256::from(9));
    let nested = to(middle, 0, &to(BOB, 1, b""));
    assert_eq!(world.output(reader, nested), report(0, &report(2, b"")));
}

#[test]
fn reading_in_a_static_call_flushes_nothing_and_is_allowed() {
    let mut world = World::new();
    let load = world.deploy(
        "(call $storage_load_bytes32 (i32.const 512) (i32.const 0))
         (call $storage_flush_cache (i32.const 1))
         (call $write_result (i32.const 0) (i32.const 32)) (i32.const 0)",
    );
    let reader = world.deploy(&caller(STATIC));
    world.host.set_storage(load, B256::ZERO, word(3));
    assert_eq!(world.output(reader, to(load, 0, b"")), report(0, word(3).as_slice()));
}

#[test]
fn a_program_knows_that_it_is_reentered() {
    // Calls the address in its calldata, with the rest of it, if there is any; returns what it
    // got, or whether it is reentered.
    let body = "(i32.store (i32.const 1024) (call $msg_reentrant))
        (if (local.get $len) (then
            (drop (call $call_contract (i32.const 0) (i32.const 32)
                (i32.sub (local.get $len) (i32.const 32)) (i32.const 900) (i64.const -1)
                (i32.const 512)))
            (drop (call $read_return_data (i32.const 1024) (i32.const 0) (i32.const 4)))))
        (call $write_result (i32.const 1024) (i32.const 4)) (i32.const 0)";
    let mut world = World::new();
    let (one, two) = (world.deploy(body), world.deploy(body));
    let back_to = |address| address_then(two, &address_then(address, &[]));
    assert_eq!(world.output(one, vec![]).as_ref(), [0; 4]);
    assert_eq!(world.output(one, address_then(two, &[])).as_ref(), [0; 4]);
    assert_eq!(world.output(one, back_to(one)).as_ref(), [1, 0, 0, 0]);
    assert_eq!(world.output(one, address_then(one, &[])).as_ref(), [1, 0, 0, 0]);
    // The state of one transaction is not that of the next.
    assert_eq!(world.output(one, vec![]).as_ref(), [0; 4]);
}

#[test]
fn a_delegated_call_is_no_reentrance() {
    let body = "(i32.store (i32.const 0) (call $msg_reentrant))
        (call $write_result (i32.const 0) (i32.const 4)) (i32.const 0)";
    let mut world = World::new();
    let (caller, callee) = (world.deploy(&caller(DELEGATE)), world.deploy(body));
    assert_eq!(world.output(caller, to(callee, 0, b"")), report(0, &[0; 4]));
}

#[test]
fn return_data_is_read_in_parts_and_replaced_by_the_next_call() {
    let mut world = World::new();
    let echo = world.deploy(ECHO);
    // Calls the callee with three bytes, reads from `offset` `size` bytes, then calls nobody.
    let body = |offset: i64, size: i64| {
        format!(
            "(drop (call $static_call_contract (i32.const 0) (i32.const 32) (i32.const 3)
                (i64.const -1) (i32.const 512)))
             (i32.store8 (i32.const 1024) (call $return_data_size))
             (i32.store8 (i32.const 1025) (call $read_return_data (i32.const 1027)
                (i32.const {offset}) (i32.const {size})))
             (drop (call $static_call_contract (i32.const 64) (i32.const 32) (i32.const 3)
                (i64.const -1) (i32.const 512)))
             (i32.store8 (i32.const 1026) (call $return_data_size))
             (call $write_result (i32.const 1024) (i32.const 6)) (i32.const 0)"
        )
    };
    for (offset, size, expected) in [
        (0, 3, [3, 3, 0, 1, 2, 3]),
        (1, 9, [3, 2, 0, 2, 3, 0]),
        (3, 1, [3, 0, 0, 0, 0, 0]),
        (-1, -1, [3, 0, 0, 0, 0, 0]),
    ] {
        let reader = world.deploy(&body(offset, size));
        let data = address_then(echo, &[1, 2, 3]);
        assert_eq!(world.output(reader, data).as_ref(), expected, "{offset}+{size}");
    }
    let unasked = "(i32.store (i32.const 0) (call $read_return_data (i32.const 0) (i32.const 0)
            (i32.const 9))) (call $write_result (i32.const 0) (i32.const 4)) (i32.const 0)";
    let unasked = world.deploy(unasked);
    assert_eq!(world.output(unasked, vec![]).as_ref(), [0; 4]);
}

#[test]
fn calls_cost_what_the_evm_asks() {
    let mut world = World::new();
    let caller = world.deploy(&caller(CALL));
    world.host.set_balance(caller, U256::from(9));
    world.host.set_balance(BOB, U256::from(9));
    let nobody = Address::with_last_byte(0xee);
    let start = |outcome: stylus_host::Outcome| outcome.gas.evm;
    assert_eq!(start(world.call(caller, to(BOB, 0, b""))), Gas(2_600));
    assert_eq!(start(world.call(caller, to(ALICE, 0, b""))), Gas(100));
    assert_eq!(start(world.call(caller, to(BOB, 1, b""))), Gas(2_600 + 9_000));
    assert_eq!(start(world.call(caller, to(nobody, 0, b""))), Gas(2_600));
    assert_eq!(start(world.call(caller, to(nobody, 1, b""))), Gas(2_600 + 9_000 + 25_000));
}

#[test]
fn callee_that_burns_all_gas_leaves_a_64th() {
    let mut world = World::new();
    let burn = world.deploy("(loop $again (br $again)) (i32.const 0)");
    let caller = world.deploy(&caller(CALL));
    let call = Transaction::new(ALICE, caller, to(burn, 0, b"")).with_gas_limit(10_000_000);
    let outcome = world.host.call(&call);
    assert_eq!(outcome.output, report(2, b""));
    let left = 10_000_000 - outcome.gas.cached().0;
    assert!((150_000..156_000).contains(&left), "{left} gas left");
}

/// Each call opens a page, and a transaction has 128; the EVM's 1,024 calls are out of reach.
#[test]
fn calls_nest_until_memory_is_used_up() {
    // Calls itself until it fails, and returns the depth as a word of 4 bytes.
    let body = "(call $contract_address (i32.const 0))
        (drop (call $call_contract (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 900)
            (i64.const -1) (i32.const 512)))
        (drop (call $read_return_data (i32.const 1024) (i32.const 0) (i32.const 4)))
        (i32.store (i32.const 1024) (i32.add (i32.load (i32.const 1024)) (i32.const 1)))
        (call $write_result (i32.const 1024) (i32.const 4)) (i32.const 0)";
    let mut world = World::new();
    let program = world.deploy(body);
    let call = Transaction::new(ALICE, program, vec![]).with_gas_limit(1 << 50);
    let outcome = world.host.call(&call);
    assert_eq!(outcome.output.as_ref(), 128_u32.to_le_bytes());
}

#[test]
fn evm_code_is_not_run_and_says_so() {
    let mut world = World::new();
    let caller = world.deploy(&caller(CALL));
    let creator = world.deploy(
        "(call $create1 (i32.const 0) (local.get $len) (i32.const 512) (i32.const 64)
            (i32.const 96)) (call $write_result (i32.const 64) (i32.const 20)) (i32.const 0)",
    );
    // Leaves the single byte 0x01 as code.
    let outcome = world.call(creator, hex!("6001600c60003960016000f30100").to_vec());
    let code = Address::from_slice(&outcome.output);
    assert_eq!(outcome.status, Status::Success);
    let outcome = world.call(caller, to(code, 0, b""));
    assert_eq!(outcome.status, Status::Unsupported("EVM bytecode"));
}

#[test]
fn precompiles_answer() {
    let mut world = World::new();
    let caller = world.deploy(&caller(STATIC));
    let at = Address::with_last_byte;
    let sha = hex!("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_eq!(world.output(caller, to(at(2), 0, b"abc")), report(0, &sha));
    assert_eq!(world.output(caller, to(at(4), 0, b"abc")), report(0, b"abc"));
    let outcome = world.call(caller, to(at(4), 0, b"abc"));
    assert_eq!(outcome.gas.evm, Gas(100 + 18));
}

/// The example of go-ethereum's tests of the precompile.
#[test]
fn ecrecover_finds_the_signer_or_answers_nothing() {
    let mut world = World::new();
    let caller = world.deploy(&caller(STATIC));
    let input = hex!(
        "18c547e4f7b0f325ad1e56f57e26c745b09a3e503d86e00e5255ff7f715d3d1c"
        "000000000000000000000000000000000000000000000000000000000000001c"
        "73b1693892219d736caba55bdb67216e485557ea6b6af75f37096c9aa6a5a75f"
        "eeb940b1d03b21e36b0e47e79769f095fe2ab855bd91e3a38756b7d75a9c4549"
    );
    let signer = hex!("000000000000000000000000a94f5374fce5edbc8e2a8697c15331677e6ebf0b");
    let ecrecover = Address::with_last_byte(1);
    assert_eq!(world.output(caller, to(ecrecover, 0, &input)), report(0, &signer));
    for (index, byte) in [(63, 26), (63, 29), (32, 1)] {
        let mut wrong = input;
        wrong[index] = byte;
        assert_eq!(world.output(caller, to(ecrecover, 0, &wrong)), report(0, b""));
    }
    assert_eq!(world.output(caller, to(ecrecover, 0, b"")), report(0, b""));
    assert_failure(&world.call(caller, vec![1]), "out of bounds");
}

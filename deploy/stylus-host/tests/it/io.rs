//! Tests input, output, hashing, early exit, memory growth and traps.

use alloy_primitives::{U256, keccak256};
use stylus_host::{Gas, Status, Transaction};

use crate::support::{ALICE, World, assert_failure, run};

#[test]
fn output_is_what_was_written_last() {
    let body = "(call $write_result (i32.const 0) (i32.const 2))
        (call $write_result (i32.const 1) (i32.const 2)) (i32.const 0)";
    assert_eq!(run(body, vec![1, 2, 3]).output.as_ref(), [2, 3]);
}

#[test]
fn status_other_than_zero_reverts_with_the_output() {
    for status in [1, 2, -1] {
        let body =
            format!("(call $write_result (i32.const 0) (local.get $len)) (i32.const {status})");
        let outcome = run(&body, vec![7]);
        assert_eq!(outcome.status, Status::Revert);
        assert_eq!(outcome.output.as_ref(), [7]);
    }
}

#[test]
fn program_without_result_returns_nothing() {
    let outcome = run("(i32.const 0)", vec![7]);
    assert_eq!(outcome.status, Status::Success);
    assert!(outcome.output.is_empty());
}

#[test]
fn early_exit_ends_the_program_with_what_was_written() {
    for (exit, status) in [(0, Status::Success), (9, Status::Revert)] {
        let body = format!(
            "(call $write_result (i32.const 0) (i32.const 1))
             (call $exit_early (i32.const {exit}))
             (call $write_result (i32.const 0) (i32.const 0)) unreachable"
        );
        let outcome = run(&body, vec![7]);
        assert_eq!(outcome.status, status);
        assert_eq!(outcome.output.as_ref(), [7]);
    }
}

#[test]
fn trap_reverts_without_data_and_gives_gas_back() {
    let body = "(call $write_result (i32.const 0) (i32.const 1)) unreachable";
    let outcome = run(body, vec![7]);
    assert_failure(&outcome, "unreachable");
    assert!(outcome.gas.uncached() < Gas(40_000));
}

#[test]
fn keccak_hashes_any_length() {
    for len in [0, 1, 32, 33, 100] {
        let data: Vec<u8> = (0..len).collect();
        let body = "(call $native_keccak256 (i32.const 0) (local.get $len) (i32.const 256))
            (call $write_result (i32.const 256) (i32.const 32)) (i32.const 0)";
        assert_eq!(run(body, data.clone()).output.as_ref(), keccak256(&data).as_slice());
    }
}

#[test]
fn pointers_out_of_bounds_fail() {
    for body in [
        "(call $write_result (i32.const 65535) (i32.const 2)) (i32.const 0)",
        "(call $write_result (i32.const -1) (i32.const 0)) (i32.const 0)",
        "(call $msg_value (i32.const 65505)) (i32.const 0)",
        "(call $native_keccak256 (i32.const 0) (i32.const 65537) (i32.const 0)) (i32.const 0)",
    ] {
        assert_failure(&run(body, vec![]), "out of bounds");
    }
}

#[test]
fn memory_grows_within_its_maximum_and_is_paid_for() {
    let grow = |pages: u32| {
        format!(
            "(i32.store (i32.const 0) (memory.grow (i32.const {pages})))
             (i32.store (i32.const 4) (memory.size))
             (call $write_result (i32.const 0) (i32.const 8)) (i32.const 0)"
        )
    };
    // One page to start with, two free.
    for (pages, output, gas) in [(1, [1, 2], 0), (3, [1, 4], 2_000), (4, [u32::MAX, 1], 3_000)] {
        let outcome = run(&grow(pages), vec![]);
        let expected = output.map(u32::to_le_bytes).concat();
        assert_eq!(outcome.output.as_ref(), expected, "{pages} pages");
        assert_eq!(outcome.gas.memory, Gas(gas), "{pages} pages");
    }
    assert_eq!(run(&grow(128), vec![]).status, Status::OutOfGas);
}

#[test]
fn endless_loop_runs_out_of_gas() {
    let mut world = World::new();
    let program = world.deploy("(loop $again (br $again)) (i32.const 0)");
    let outcome =
        world.host.call(&Transaction::new(ALICE, program, vec![]).with_gas_limit(100_000));
    assert_eq!(outcome.status, Status::OutOfGas);
    assert_eq!(outcome.gas.cached(), Gas(100_000));
}

#[test]
fn value_arrives_and_is_given_back_by_a_revert() {
    let mut world = World::new();
    let body = "(call $msg_value (i32.const 32))
        (call $write_result (i32.const 32) (i32.const 32)) (local.get $len)";
    let program = world.deploy(body);
    let value = U256::from(77);
    let pay = Transaction::new(ALICE, program, vec![]).with_value(value);
    assert_eq!(world.host.call(&pay).output.as_ref(), value.to_be_bytes::<32>());
    assert_eq!(world.host.balance(program), value);
    let revert = Transaction::new(ALICE, program, vec![1]).with_value(value);
    assert_eq!(world.host.call(&revert).status, Status::Revert);
    assert_eq!(world.host.balance(program), value);
    let too_much = Transaction::new(ALICE, program, vec![]).with_value(U256::MAX);
    assert_eq!(world.host.call(&too_much).status, Status::InsufficientBalance);
}

//! Tests storage: the cache, flushing, transient slots, write protection and gas with refunds.

use alloy_primitives::{Address, B256};
use stylus_host::{Gas, Outcome, Status};

use crate::support::{World, assert_failure, run, word};

/// Caches slot 0 ← the first word of the calldata.
const CACHE: &str = "(call $storage_cache_bytes32 (i32.const 512) (i32.const 0))";
/// Flushes and keeps the cache.
const FLUSH: &str = "(call $storage_flush_cache (i32.const 0))";
/// Returns slot 0.
const LOAD: &str = "(call $storage_load_bytes32 (i32.const 512) (i32.const 0))
    (call $write_result (i32.const 0) (i32.const 32))";

fn slot(world: &World, program: Address) -> B256 {
    world.host.storage(program, B256::ZERO)
}

#[test]
fn flushed_slots_are_kept_and_read_back() {
    let mut world = World::new();
    let program = world.deploy(&format!("{CACHE} {FLUSH} {LOAD} (i32.const 0)"));
    assert_eq!(world.output(program, word(7)).as_ref(), word(7).as_slice());
    assert_eq!(slot(&world, program), word(7));
}

#[test]
fn what_is_not_flushed_is_read_from_the_cache_and_lost() {
    let mut world = World::new();
    let program = world.deploy(&format!("{CACHE} {LOAD} (i32.const 0)"));
    assert_eq!(world.output(program, word(7)).as_ref(), word(7).as_slice());
    assert_eq!(slot(&world, program), B256::ZERO);
}

#[test]
fn revert_and_trap_undo_storage() {
    for end in ["(i32.const 1)", "unreachable", "(call $exit_early (i32.const 1)) unreachable"] {
        let mut world = World::new();
        let program = world.deploy(&format!("{CACHE} {FLUSH} {end}"));
        assert_ne!(world.call(program, word(7)).status, Status::Success);
        assert_eq!(slot(&world, program), B256::ZERO);
    }
}

#[test]
fn transient_slots_last_a_transaction() {
    let mut world = World::new();
    let body = "(call $transient_load_bytes32 (i32.const 512) (i32.const 32))
        (call $transient_store_bytes32 (i32.const 512) (i32.const 0))
        (call $transient_load_bytes32 (i32.const 512) (i32.const 64))
        (call $write_result (i32.const 32) (i32.const 64)) (i32.const 0)";
    let program = world.deploy(body);
    for _ in 0..2 {
        let expected = [B256::ZERO, word(7)].concat();
        assert_eq!(world.output(program, word(7)).as_ref(), expected);
    }
    assert_eq!(slot(&world, program), B256::ZERO);
}

#[test]
fn reading_twice_charges_the_slot_once() {
    let once = run(&format!("{LOAD} (i32.const 0)"), vec![]);
    let twice = run(&format!("{LOAD} {LOAD} (i32.const 0)"), vec![]);
    assert_eq!(once.gas.evm, Gas(2_100));
    assert_eq!(twice.gas.evm, Gas(2_100));
}

#[test]
fn clearing_the_cache_reads_the_slot_again_warm() {
    let clear = "(call $storage_flush_cache (i32.const 1))";
    let outcome = run(&format!("{LOAD} {clear} {LOAD} (i32.const 0)"), vec![]);
    assert_eq!(outcome.gas.evm, Gas(2_100 + 100));
}

#[test]
fn flushing_twice_writes_once() {
    let outcome = run(&format!("{CACHE} {FLUSH} {FLUSH} (i32.const 0)"), word(7).to_vec());
    assert_eq!(outcome.gas.evm, Gas(2_100 + 20_000));
}

/// Writes slot 0 twice in one transaction over an old value, and returns what it cost.
fn write_twice(old: u64, first: u64, second: u64) -> Outcome {
    let mut world = World::new();
    let program = world.deploy(&format!(
        "{CACHE} {FLUSH} (call $storage_cache_bytes32 (i32.const 512) (i32.const 32)) {FLUSH}
         (i32.const 0)"
    ));
    world.host.set_storage(program, B256::ZERO, word(old));
    let outcome = world.call(program, [word(first), word(second)].concat());
    assert_eq!(slot(&world, program), word(second));
    outcome
}

/// The cases of EIP-3529's table that change a value, with the gas and refund of its bytecode less
/// its pushes, and a cold touch more.
#[test]
fn writes_cost_and_refund_as_eip_3529_tells() {
    for (old, first, second, gas, refund) in [
        (0, 0, 0, 100, 0),
        (0, 1, 0, 20_100, 19_900),
        (0, 1, 2, 20_100, 0),
        (0, 1, 1, 20_000, 0),
        (1, 0, 1, 3_000, 2_800),
        (1, 0, 2, 3_000, 0),
        (1, 2, 0, 3_000, 4_800),
        (1, 2, 3, 3_000, 0),
        (1, 2, 1, 3_000, 2_800),
        (1, 0, 0, 2_900, 4_800),
    ] {
        let outcome = write_twice(old, first, second);
        let case = format!("{old} → {first} → {second}");
        // A slot that was never read is dirty even when its value is the old one; a second write
        // of the cached value is not.
        assert_eq!(outcome.gas.evm, Gas(2_100 + gas), "{case}");
        assert_eq!(outcome.gas.refund_counter, Gas(refund), "{case}");
    }
}

#[test]
fn refund_is_capped_at_a_fifth() {
    let outcome = write_twice(0, 1, 0);
    let parts = outcome.gas;
    let used = parts.intrinsic + parts.cached_init + parts.memory + parts.evm + parts.wasm;
    assert_eq!(parts.cached(), used - Gas(used.0 / 5));
}

#[test]
fn many_accesses_cost_a_little_more() {
    let loads = LOAD.repeat(33);
    assert_eq!(run(&format!("{loads} (i32.const 0)"), vec![]).gas.evm, Gas(2_100 + 2));
    let writes = CACHE.repeat(9);
    assert_eq!(run(&format!("{writes} (i32.const 0)"), vec![]).gas.evm, Gas(7));
}

#[test]
fn writing_without_gas_for_the_sentry_fails() {
    let mut world = World::new();
    let program = world.deploy(&format!("{CACHE} {FLUSH} (i32.const 0)"));
    let needed = world.call(program, word(7)).gas;
    let mut world = World::new();
    let program = world.deploy(&format!("{CACHE} {FLUSH} (i32.const 0)"));
    let enough = needed.cached().0;
    for (limit, status) in [(enough - 22_000, Status::OutOfGas), (enough, Status::Success)] {
        let call = stylus_host::Transaction::new(crate::support::ALICE, program, word(7));
        assert_eq!(world.host.call(&call.with_gas_limit(limit)).status, status, "{limit} gas");
    }
}

#[test]
fn malformed_logs_fail() {
    for (len, topics) in [(31, 1), (160, 5), (0, 4)] {
        let body = format!(
            "(call $emit_log (i32.const 0) (i32.const {len}) (i32.const {topics})) (i32.const 0)"
        );
        assert_failure(&run(&body, vec![]), "bad topic data");
    }
}

#[test]
fn logs_carry_topics_then_data_and_a_revert_drops_them() {
    let log = "(call $emit_log (i32.const 0) (local.get $len) (i32.const 2))";
    let data = [word(1).as_slice(), word(2).as_slice(), &[3, 4]].concat();
    let outcome = run(&format!("{log} (i32.const 0)"), data.clone());
    assert_eq!(outcome.logs.len(), 1);
    assert_eq!(outcome.logs[0].data.topics(), [word(1), word(2)]);
    assert_eq!(outcome.logs[0].data.data.as_ref(), [3, 4]);
    assert_eq!(outcome.gas.evm, Gas(3 * 375 + 2 * 8));
    assert!(run(&format!("{log} (i32.const 1)"), data).logs.is_empty());
}

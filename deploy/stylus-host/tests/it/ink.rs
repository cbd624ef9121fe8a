//! Tests the counting of ink: blocks, operators, bulk memory, host calls, and the profile.

use alloy_primitives::U256;
use stylus_host::{Error, Gas, Host, Ink, Metering, Outcome, Status, Transaction, prices};

use crate::support::{ALICE, World, program};

/// Returns the ink between two looks at it: `body`, the blocks of the calls, and one look.
fn ink_of(body: &str) -> u64 {
    let look = "(call $evm_ink_left)";
    let text = format!(
        "(i64.store (i32.const 1024) {look}) {body} (i64.store (i32.const 1032) {look})
         (call $write_result (i32.const 1024) (i32.const 16)) (i32.const 0)"
    );
    let mut world = World::new();
    let program = world.deploy(&text);
    let output = world.output(program, vec![]);
    let number = |at: usize| u64::from_le_bytes(output[at..at + 8].try_into().unwrap());
    number(0) - number(8)
}

/// Returns the ink of `body` alone.
fn net(body: &str) -> u64 {
    ink_of(body) - ink_of("")
}

const BLOCK: u64 = 2_450;
const HOST_CALL: u64 = BLOCK + 3_800;

#[test]
fn nothing_costs_the_block_and_the_looks() {
    // i64.store, i32.const, call, and the look itself.
    assert_eq!(ink_of(""), BLOCK + 950 + 1 + 3_800 + 8_400);
}

#[test]
fn operators_cost_what_the_list_says() {
    for (body, ink) in [
        ("nop", 1),
        ("(drop (i32.const 1))", 10),
        ("(drop (i32.add (i32.const 1) (i32.const 2)))", 3 + 70 + 8),
        ("(drop (i64.mul (i64.const 1) (i64.const 2)))", 2 + 160 + 9),
        ("(drop (i64.div_u (i64.const 1) (i64.const 2)))", 2 + 1_270 + 9),
        ("(local.set $x (i32.const 1))", 211),
        ("(drop (local.get $x))", 84),
        ("(drop (select (i32.const 1) (i32.const 2) (i32.const 0)))", 3 + 1_250 + 9),
        ("(i32.store8 (i32.const 0) (i32.const 1))", 2 + 825),
        ("(drop (i64.load32_u (i32.const 0)))", 1 + 680 + 9),
        ("(drop (i32.popcnt (i32.const 0)))", 1 + 2_650 + 9),
        ("(drop (i64.popcnt (i64.const 0)))", 1 + 6_000 + 9),
        ("(drop (memory.size))", 3_000 + 9),
        ("(block (nop))", 1 + 1 + 1 + BLOCK),
        // The `loop` ends a block, and so do `br_if` and both ends.
        ("(loop (nop))", 1 + BLOCK + 1 + 1 + BLOCK),
        ("(if (i32.const 0) (then (unreachable)))", 1 + 765 + BLOCK),
        ("(if (i32.const 1) (then (nop)))", 1 + 765 + BLOCK + 2 + BLOCK),
        ("(if (i32.const 1) (then (nop)) (else (unreachable)))", 766 + BLOCK + 2 + BLOCK),
        ("(block (br 0))", 1 + 765 + BLOCK),
        ("(block (br_table 0 0 0 (i32.const 1)))", 1 + 1 + 2_400 + 325 * 2 + BLOCK),
        ("(memory.fill (i32.const 0) (i32.const 0) (i32.const 40))", 3 + 950 + 4_000),
        ("(memory.copy (i32.const 0) (i32.const 64) (i32.const 7))", 3 + 950 + 700),
    ] {
        assert_eq!(net(body), ink, "{body}");
    }
}

#[test]
fn host_functions_cost_what_the_list_says() {
    for (body, ink) in [
        ("(call $read_args (i32.const 0))", 1 + 8_400 + 5_040),
        ("(call $write_result (i32.const 0) (i32.const 33))", 2 + 8_400 + 2 * (16_381 + 55)),
        (
            "(call $native_keccak256 (i32.const 0) (i32.const 65) (i32.const 0))",
            3 + 121_800 + 21_000,
        ),
        ("(call $pay_for_memory_grow (i32.const 0))", 1 + 8_400),
        ("(call $storage_cache_bytes32 (i32.const 0) (i32.const 0))", 2 + 8_400 + 2 * 5_040),
        ("(call $storage_flush_cache (i32.const 0))", 1 + 8_400 + 59_673),
        (
            "(call $transient_load_bytes32 (i32.const 0) (i32.const 0))",
            2 + 8_400 + 2 * 5_040 + 59_673 + 100 * 10_000,
        ),
        (
            "(call $storage_load_bytes32 (i32.const 0) (i32.const 0))",
            // What is bought of the EVM's answer is whole gas: 5 of 5.9673.
            2 + 8_400 + 2 * 5_040 + 50_000 + 2_100 * 10_000,
        ),
        ("(call $msg_sender (i32.const 0))", 1 + 8_400 + 5_040),
        ("(drop (call $msg_reentrant))", 9 + 8_400),
        ("(drop (call $return_data_size))", 9 + 8_400),
        ("(call $math_div (i32.const 0) (i32.const 0))", 2 + 8_400 + 3 * 5_040 + 20_000),
        ("(call $math_pow (i32.const 0) (i32.const 0))", 2 + 8_400 + 3 * 5_040 + 3_000 + 17_500),
        (
            "(call $math_mul_mod (i32.const 0) (i32.const 0) (i32.const 0))",
            3 + 8_400 + 4 * 5_040 + 24_100,
        ),
        (
            "(call $emit_log (i32.const 0) (i32.const 40) (i32.const 1))",
            3 + 8_400 + 59_673 + 16_381 + 8 * 55 + 10_000 * (2 * 375 + 8 * 8),
        ),
    ] {
        assert_eq!(net(body), HOST_CALL + ink, "{body}");
    }
}

#[test]
fn memory_prices_are_those_of_the_chain() {
    for (new, open, ever, gas) in [
        (1, 0, 0, 0),
        (2, 0, 0, 0),
        (3, 0, 0, 1_000),
        (1, 2, 2, 1_000),
        (1, 2, 10, 1_000),
        (17, 0, 0, 15_008),
        (1, 63, 63, 1_000 + 5_645 - 4_932),
        (128, 0, 0, 126_000 + 31_873_998),
    ] {
        assert_eq!(prices::memory_gas(new, open, ever), Gas(gas), "{new} {open} {ever}");
    }
    assert_eq!(prices::memory_gas(129, 0, 0), Gas(u64::MAX));
}

#[test]
fn exponents_are_priced_by_their_length() {
    let ink = |exponent: U256| prices::pow_ink(&exponent.to_be_bytes());
    assert_eq!(ink(U256::ZERO), Ink(3_000 + 17_500));
    assert_eq!(ink(U256::ONE), Ink(3_000 + 2 * 17_500));
    assert_eq!(ink(U256::MAX), Ink(3_000 + 33 * 17_500));
}

fn profiled(metering: Metering) -> Outcome {
    let mut host = Host::new().with_metering(metering);
    let body = "(call $storage_cache_bytes32 (i32.const 512) (i32.const 0))
        (call $storage_flush_cache (i32.const 0)) (i32.const 0)";
    let deployed = host.deploy(ALICE, &program(body), None).unwrap();
    host.call(&Transaction::new(ALICE, deployed.address, vec![1]))
}

#[test]
fn profile_accounts_for_all_ink_and_changes_none() {
    let plain = profiled(Metering::Plain);
    let profiled = profiled(Metering::Profiled);
    assert_eq!(plain.gas, profiled.gas);
    assert!(plain.profile.functions.is_empty());
    let total: u64 = profiled.profile.ranked().iter().map(|row| row.3.0).sum();
    let gas = profiled.gas;
    assert_eq!(total.div_ceil(10_000), (gas.wasm + gas.evm).0);
    let (_, _, function, _) = profiled.profile.ranked()[0];
    assert_eq!(function.calls, 1);
    assert_eq!(function.hooks["storage_flush_cache"], (1, Ink(8_400 + 59_673 + 22_100 * 10_000)));
}

#[test]
fn profiled_trap_tells_its_function() {
    let wasm = wat::parse_str(
        r#"(module (memory (export "memory") 1)
            (func $innocent) (func $guilty (drop (i32.load (i32.const -1))))
            (func (export "user_entrypoint") (param i32) (result i32)
                (call $innocent) (call $guilty) (i32.const 0)))"#,
    );
    let mut host = Host::new().with_metering(Metering::Profiled);
    let program = host.deploy(ALICE, &wasm.unwrap(), None).unwrap().address;
    let outcome = host.call(&Transaction::new(ALICE, program, vec![]));
    let expected = "out of bounds memory access, in `guilty`".to_owned();
    assert_eq!(outcome.status, Status::Failure(expected));
}

#[test]
fn floats_are_refused_with_their_place() {
    let wasm = wat::parse_str(
        r#"(module (memory (export "memory") 1)
            (func (export "user_entrypoint") (param i32) (result i32)
                (drop (f32.const 1)) (i32.const 0)))"#,
    );
    match Host::new().deploy(ALICE, &wasm.unwrap(), None) {
        Err(Error::Operator { function: 0, operator, .. }) => {
            assert!(operator.contains("F32Const"))
        }
        other => panic!("expected a refusal, got {other:?}"),
    }
}

#[test]
fn unknown_imports_and_missing_exports_are_refused() {
    let unknown = r#"(module (import "vm_hooks" "selfdestruct" (func))
        (memory (export "memory") 1)
        (func (export "user_entrypoint") (param i32) (result i32) (i32.const 0)))"#;
    let unknown = wat::parse_str(unknown).unwrap();
    assert!(matches!(Host::new().deploy(ALICE, &unknown, None), Err(Error::Engine(_))));
    let bare = wat::parse_str(r#"(module (memory (export "memory") 1))"#).unwrap();
    let refused = Host::new().deploy(ALICE, &bare, None);
    assert!(matches!(refused, Err(Error::Export { name: "user_entrypoint" })));
}

#[test]
fn deep_recursion_runs_out_of_stack() {
    let wasm = wat::parse_str(
        r#"(module (memory (export "memory") 1)
            (func $f (param i32) (result i32) (call $f (local.get 0)))
            (func (export "user_entrypoint") (param i32) (result i32)
                (call $f (i32.const 0))))"#,
    );
    let mut host = Host::new();
    let program = host.deploy(ALICE, &wasm.unwrap(), None).unwrap().address;
    let outcome = host.call(&Transaction::new(ALICE, program, vec![]));
    assert_eq!(outcome.status, Status::OutOfStack);
}

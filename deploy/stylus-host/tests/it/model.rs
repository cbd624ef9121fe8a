//! Holds the gas model to figures that were measured on a node (Stylus version 2).

use alloy_primitives::{Address, hex};
use stylus_host::{Gas, Host, Transaction};

const ALICE: Address = Address::with_last_byte(0xa1);

/// The echo program, 131 bytes: returns its calldata.
const ECHO: &str = r#"(module
    (import "vm_hooks" "read_args" (func (param i32)))
    (import "vm_hooks" "write_result" (func (param i32 i32)))
    (memory (export "memory") 1 1)
    (func (export "user_entrypoint") (param i32) (result i32)
        (call 0 (i32.const 0))
        (call 1 (i32.const 0) (local.get 0))
        (i32.const 0)))"#;

#[test]
fn echo_costs_what_it_cost_on_a_node() {
    let wasm = wat::parse_str(ECHO).unwrap();
    let mut host = Host::new();
    let echo = host.deploy(ALICE, &wasm, None).unwrap();
    let outcome = host.call(&Transaction::new(ALICE, echo.address, hex!("deadbeef")));
    assert_eq!(outcome.output.as_ref(), hex!("deadbeef"));
    assert_eq!(wasm.len(), 131);
    assert_near(outcome.gas.cached(), Gas(21_434));
    assert_near(outcome.gas.uncached(), Gas(30_292));
    assert_eq!(outcome.gas.uncached() - outcome.gas.cached(), Gas(30_292 - 21_434));
}

/// Asserts that a modelled figure is within a thousandth of the measured one.
fn assert_near(modelled: Gas, measured: Gas) {
    let off = modelled.0.abs_diff(measured.0);
    assert!(off * 1_000 <= measured.0, "{modelled} gas modelled, {measured} gas measured");
}

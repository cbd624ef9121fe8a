//! Holds the gas model to figures that were measured on a node (Stylus version 2).

use alloy_primitives::{Address, hex};
use stylus_host::{Gas, Host, Transaction, prices::ModuleSize};

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

/// Three builds of stylus-sdk's ERC-20 example, whose modules are not at hand: bytes and functions,
/// and what a mint cost that was not cached, beyond one that was. Inputs and outputs were not
/// counted: in modules of this kind there are two to three for each function.
#[test]
fn starts_of_the_sdks_example_cost_what_they_cost_on_a_node() {
    let builds = [
        (47_788, 291, 92_568 - 74_309),
        (23_396, 169, 83_127 - 69_435),
        (19_150, 76, 80_535 - 68_421),
    ];
    for (wasm_bytes, functions, measured) in builds {
        for type_len in [2 * functions, 3 * functions] {
            let size = ModuleSize {
                functions,
                type_len,
                wasm_bytes,
                globals: 1,
                data_bytes: 0,
                start_pages: 1,
            };
            let modelled = size.uncached_init_gas().0;
            let off = modelled.abs_diff(measured);
            assert!(off * 100 <= 3 * measured, "{modelled} modelled, {measured} measured");
        }
    }
}

/// Asserts that a modelled figure is within a thousandth of the measured one.
fn assert_near(modelled: Gas, measured: Gas) {
    let off = modelled.0.abs_diff(measured.0);
    assert!(off * 1_000 <= measured.0, "{modelled} gas modelled, {measured} gas measured");
}

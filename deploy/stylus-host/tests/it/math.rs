//! Tests the 256-bit arithmetic of the host.

use alloy_primitives::U256;
use stylus_host::Status;

use crate::support::run;

/// Runs a host function on up to three words and returns the word it leaves over the first.
fn compute(function: &str, operands: &[U256]) -> U256 {
    let pointers: String =
        (0..operands.len()).map(|index| format!("(i32.const {})", 32 * index)).collect();
    let body = format!(
        "(call ${function} {pointers})
         (call $write_result (i32.const 0) (i32.const 32)) (i32.const 0)"
    );
    let data: Vec<u8> = operands.iter().flat_map(|word| word.to_be_bytes::<32>()).collect();
    let outcome = run(&body, data);
    assert_eq!(outcome.status, Status::Success);
    U256::from_be_slice(&outcome.output)
}

#[test]
fn arithmetic_is_that_of_the_evm() {
    let n = |value: u64| U256::from(value);
    let max = U256::MAX;
    for (function, operands, expected) in [
        ("math_div", vec![n(7), n(2)], n(3)),
        ("math_div", vec![n(7), n(0)], n(0)),
        ("math_div", vec![max, max], n(1)),
        ("math_mod", vec![n(7), n(4)], n(3)),
        ("math_mod", vec![n(7), n(0)], n(0)),
        ("math_pow", vec![n(2), n(255)], U256::ONE << 255),
        ("math_pow", vec![n(2), n(256)], n(0)),
        ("math_pow", vec![n(0), n(0)], n(1)),
        ("math_pow", vec![max, max], max),
        ("math_add_mod", vec![max, max, n(10)], n(0)),
        ("math_add_mod", vec![max, n(2), n(10)], n(7)),
        ("math_add_mod", vec![max, n(2), n(0)], n(0)),
        ("math_mul_mod", vec![max, max, n(12)], n(9)),
        ("math_mul_mod", vec![max, max, n(0)], n(0)),
    ] {
        assert_eq!(compute(function, &operands), expected, "{function} {operands:?}");
    }
}

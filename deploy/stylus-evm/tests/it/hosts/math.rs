//! Arithmetic of 256 bits, against the same in Rust.

use alloy_primitives::U256;

use super::{output, writes};

fn values() -> Vec<U256> {
    let mut values = vec![U256::ZERO, U256::ONE, U256::from(2), U256::from(1_000_003), U256::MAX];
    values.extend([U256::MAX - U256::ONE, U256::ONE << 255, U256::from(u128::MAX)]);
    values
}

/// Calls a function with operands at 0, 32 and 64 and compares what it leaves at 0.
fn check(name: &str, operands: usize, expected: impl Fn(&[U256]) -> U256) {
    let pointers: String = (0..operands).map(|i| format!(" (i32.const {})", 32 * i)).collect();
    let body = format!(
        "(call ${name}{pointers}) (call $write_result (i32.const 0) (i32.const 32)) (i32.const 0)"
    );
    let values = values();
    for i in 0..values.len().pow(u32::try_from(operands).unwrap()) {
        let chosen: Vec<_> = (0..u32::try_from(operands).unwrap())
            .map(|digit| values[i / values.len().pow(digit) % values.len()])
            .collect();
        let args: Vec<u8> = chosen.iter().flat_map(U256::to_be_bytes::<32>).collect();
        assert_eq!(
            U256::from_be_slice(&output(&body, &args)),
            expected(&chosen),
            "{name} {chosen:?}"
        );
    }
}

#[test]
fn division_and_remainder_by_zero_are_zero() {
    check("math_div", 2, |v| v[0].checked_div(v[1]).unwrap_or_default());
    check("math_mod", 2, |v| v[0].checked_rem(v[1]).unwrap_or_default());
}

#[test]
fn powers_wrap() {
    check("math_pow", 2, |v| v[0].wrapping_pow(v[1]));
}

#[test]
fn modular_sums_and_products_do_not_wrap() {
    check("math_add_mod", 3, |v| v[0].add_mod(v[1], v[2]));
    check("math_mul_mod", 3, |v| v[0].mul_mod(v[1], v[2]));
}

#[test]
fn operands_other_than_the_first_stay() {
    let body = writes(
        "(call $math_div (i32.const 0) (i32.const 32))
         (memory.copy (i32.const 1000) (i32.const 32) (i32.const 32))",
        32,
    );
    let args = [U256::from(100).to_be_bytes::<32>(), U256::from(7).to_be_bytes::<32>()].concat();
    assert_eq!(output(&body, &args), U256::from(7).to_be_bytes::<32>());
}

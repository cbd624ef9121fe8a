//! Every numeric operator on edge values, against the reference engine.

use crate::support::compare::{Type, check};

const EDGES_32: [u64; 16] = [
    0,
    1,
    2,
    3,
    31,
    32,
    33,
    255,
    256,
    0x7fff_ffff,
    0x8000_0000,
    0x8000_0001,
    0xffff_fffe,
    0xffff_ffff,
    0x1234_5678,
    0xdead_beef,
];

const EDGES_64: [u64; 18] = [
    0,
    1,
    2,
    31,
    32,
    63,
    64,
    65,
    0x7fff_ffff,
    0x8000_0000,
    0xffff_ffff,
    0x1_0000_0000,
    0x7fff_ffff_ffff_ffff,
    0x8000_0000_0000_0000,
    0x8000_0000_0000_0001,
    0xffff_ffff_ffff_ffff,
    0x0123_4567_89ab_cdef,
    0xdead_beef_cafe_babe,
];

const BINARY: [&str; 25] = [
    "eq", "ne", "lt_s", "lt_u", "gt_s", "gt_u", "le_s", "le_u", "ge_s", "ge_u", "add", "sub",
    "mul", "div_s", "div_u", "rem_s", "rem_u", "and", "or", "xor", "shl", "shr_s", "shr_u", "rotl",
    "rotr",
];
const COMPARISONS: usize = 10;
const UNARY: [&str; 4] = ["clz", "ctz", "popcnt", "eqz"];

const fn name(ty: Type) -> &'static str {
    match ty {
        Type::I32 => "i32",
        Type::I64 => "i64",
    }
}

const fn edges(ty: Type) -> &'static [u64] {
    match ty {
        Type::I32 => &EDGES_32,
        Type::I64 => &EDGES_64,
    }
}

fn pairs(ty: Type) -> Vec<Vec<u64>> {
    let edges = edges(ty);
    edges.iter().flat_map(|&a| edges.iter().map(move |&b| vec![a, b])).collect()
}

fn binary(ty: Type, number: usize, operator: &str) {
    let t = name(ty);
    let result = if number < COMPARISONS { Type::I32 } else { ty };
    let r = name(result);
    let function = format!(
        "(func $f (param {t} {t}) (result {r}) ({t}.{operator} (local.get 0) (local.get 1)))"
    );
    check(&function, &[ty, ty], &[result], &pairs(ty));
    // Dirty operands: sums and products that leave the width.
    let dirty = format!(
        "(func $f (param {t} {t}) (result {r}) ({t}.{operator}
            ({t}.mul (local.get 0) (local.get 1))
            ({t}.sub (local.get 1) ({t}.add (local.get 0) ({t}.const 3)))))"
    );
    check(&dirty, &[ty, ty], &[result], &pairs(ty));
    for &constant in edges(ty).iter().step_by(3) {
        let constant = format!("({t}.const 0x{constant:x})");
        let rows: Vec<_> = edges(ty).iter().map(|&a| vec![a]).collect();
        for operands in [format!("(local.get 0) {constant}"), format!("{constant} (local.get 0)")] {
            let function =
                format!("(func $f (param {t}) (result {r}) ({t}.{operator} {operands}))");
            check(&function, &[ty], &[result], &rows);
        }
    }
}

#[test]
fn binary_operators_of_32_bits_agree() {
    for (number, operator) in BINARY.iter().enumerate() {
        binary(Type::I32, number, operator);
    }
}

#[test]
fn binary_operators_of_64_bits_agree() {
    for (number, operator) in BINARY.iter().enumerate() {
        binary(Type::I64, number, operator);
    }
}

#[test]
fn unary_operators_agree() {
    for ty in [Type::I32, Type::I64] {
        let t = name(ty);
        for operator in UNARY {
            let result = if operator == "eqz" { Type::I32 } else { ty };
            let r = name(result);
            let rows: Vec<_> = edges(ty).iter().map(|&a| vec![a]).collect();
            let function =
                format!("(func $f (param {t}) (result {r}) ({t}.{operator} (local.get 0)))");
            check(&function, &[ty], &[result], &rows);
            let dirty = format!(
                "(func $f (param {t}) (result {r})
                    ({t}.{operator} ({t}.sub (local.get 0) ({t}.const 1))))"
            );
            check(&dirty, &[ty], &[result], &rows);
        }
    }
}

#[test]
fn conversions_agree() {
    use Type::{I32, I64};
    let conversions = [
        ("i32.wrap_i64", I64, I32),
        ("i64.extend_i32_u", I32, I64),
        ("i64.extend_i32_s", I32, I64),
        ("i32.extend8_s", I32, I32),
        ("i32.extend16_s", I32, I32),
        ("i64.extend8_s", I64, I64),
        ("i64.extend16_s", I64, I64),
        ("i64.extend32_s", I64, I64),
    ];
    for (operator, from, to) in conversions {
        let (f, t) = (name(from), name(to));
        let rows: Vec<_> = EDGES_64.iter().chain(&EDGES_32).map(|&a| vec![a]).collect();
        let function = format!("(func $f (param {f}) (result {t}) ({operator} (local.get 0)))");
        check(&function, &[from], &[to], &rows);
        let dirty = format!(
            "(func $f (param {f}) (result {t})
                ({operator} ({f}.mul (local.get 0) (local.get 0))))"
        );
        check(&dirty, &[from], &[to], &rows);
    }
}

#[test]
fn constants_at_the_edges_agree() {
    for value in EDGES_64 {
        check(
            &format!("(func $f (result i64) (i64.const 0x{value:x}))"),
            &[],
            &[Type::I64],
            &[vec![]],
        );
    }
    for value in EDGES_32 {
        check(
            &format!("(func $f (result i32) (i32.const 0x{value:x}))"),
            &[],
            &[Type::I32],
            &[vec![]],
        );
    }
}

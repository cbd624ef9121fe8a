//! Control, variables and `select`, against the reference engine.

use crate::support::compare::{Type, check, module, same};

use Type::{I32, I64};

fn rows(values: &[u64]) -> Vec<Vec<u64>> {
    values.iter().map(|&value| vec![value]).collect()
}

const SMALL: [u64; 10] = [0, 1, 2, 3, 4, 5, 7, 100, 0x8000_0000, 0xffff_ffff];

#[test]
fn conditionals_agree() {
    check(
        "(func $f (param i32) (result i32)
            (if (result i32) (i32.gt_s (local.get 0) (i32.const 3))
                (then (i32.mul (local.get 0) (i32.const 5)))
                (else (i32.sub (i32.const 7) (local.get 0)))))",
        &[I32],
        &[I32],
        &rows(&SMALL),
    );
    check(
        "(func $f (param i32) (result i32) (local $x i32)
            (local.set $x (i32.const 9))
            (if (local.get 0) (then (local.set $x (i32.const 4))))
            (local.get $x))",
        &[I32],
        &[I32],
        &rows(&SMALL),
    );
}

#[test]
fn a_dirty_condition_is_judged_by_its_low_bits() {
    // 2^32 as an i64, wrapped to zero.
    let functions = [
        "(func $f (param i64) (result i32)
            (if (result i32) (i32.wrap_i64 (local.get 0)) (then (i32.const 1)) (else (i32.const 2))))",
        "(func $f (param i64) (result i32)
            (select (i32.const 1) (i32.const 2) (i32.wrap_i64 (local.get 0))))",
        "(func $f (param i64) (result i32)
            (block $a (br_if $a (i32.wrap_i64 (local.get 0))) (return (i32.const 5))) (i32.const 6))",
        "(func $f (param i64) (result i32) (i32.eqz (i32.wrap_i64 (local.get 0))))",
    ];
    for function in functions {
        check(function, &[I64], &[I32], &rows(&[0, 1, 1 << 32, (1 << 32) + 1, u64::MAX]));
    }
}

#[test]
fn loops_agree() {
    check(
        "(func $f (param i32) (result i64) (local $sum i64)
            (block $out (loop $again
                (br_if $out (i32.eqz (local.get 0)))
                (local.set $sum (i64.add (local.get $sum) (i64.extend_i32_u (local.get 0))))
                (local.set 0 (i32.sub (local.get 0) (i32.const 1)))
                (br $again)))
            (local.get $sum))",
        &[I32],
        &[I64],
        &rows(&[0, 1, 2, 10, 1000]),
    );
    // Two variables that change places.
    check(
        "(func $f (param i32) (result i64) (local $a i64) (local $b i64) (local $t i64)
            (local.set $b (i64.const 1))
            (loop $again
                (local.set $t (i64.add (local.get $a) (local.get $b)))
                (local.set $a (local.get $b))
                (local.set $b (local.get $t))
                (br_if $again (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
            (local.get $a))",
        &[I32],
        &[I64],
        &rows(&[1, 2, 3, 50, 93]),
    );
}

#[test]
fn nested_loops_agree() {
    check(
        "(func $f (param i32) (result i32) (local $i i32) (local $j i32) (local $n i32)
            (loop $outer
                (local.set $j (i32.const 0))
                (loop $inner
                    (local.set $n (i32.add (local.get $n) (i32.mul (local.get $i) (local.get $j))))
                    (local.set $j (i32.add (local.get $j) (i32.const 1)))
                    (br_if $inner (i32.lt_u (local.get $j) (local.get $i))))
                (local.set $i (i32.add (local.get $i) (i32.const 1)))
                (br_if $outer (i32.lt_u (local.get $i) (local.get 0))))
            (local.get $n))",
        &[I32],
        &[I32],
        &rows(&[0, 1, 2, 9, 20]),
    );
}

#[test]
fn tables_of_labels_agree() {
    for count in [1, 2, 3, 5, 6, 20] {
        let mut body = String::from("(br_table");
        for i in 0..count {
            body += &format!(" $l{}", (i * 7) % count);
        }
        body += " $default (local.get 0))";
        for i in 0..count {
            body = format!("(block $l{i} {body}) (return (i32.const {}))", 100 + i);
        }
        let function =
            format!("(func $f (param i32) (result i32) (block $default {body}) (i32.const 7))");
        check(&function, &[I32], &[I32], &rows(&[0, 1, 2, 3, 4, 5, 6, 7, 19, 20, 21, 0xffff_ffff]));
    }
}

#[test]
fn labels_with_values_agree() {
    check(
        "(func $f (param i32) (result i32)
            (i32.add (i32.const 1)
                (block $b (result i32)
                    (br_if $b (i32.const 10) (local.get 0))
                    (drop)
                    (i32.const 20))))",
        &[I32],
        &[I32],
        &rows(&SMALL),
    );
    check(
        "(func $f (param i32) (result i32)
            (block $b (result i32)
                (block $a (result i32) (br_table $a $b (i32.const 30) (local.get 0)))
                (i32.add (i32.const 5))))",
        &[I32],
        &[I32],
        &rows(&SMALL),
    );
}

#[test]
fn several_values_agree() {
    check(
        "(func $swap (param i32 i64) (result i64 i32) (local.get 1) (local.get 0))
         (func $f (param i32 i64) (result i64 i32)
            (call $swap (local.get 0) (local.get 1)))",
        &[I32, I64],
        &[I64, I32],
        &[vec![1, 2], vec![0xffff_ffff, u64::MAX]],
    );
    check(
        "(func $f (param i32) (result i32 i32)
            (local.get 0) (i32.const 3)
            (loop $l (param i32 i32) (result i32 i32)
                (i32.sub) (drop)
                (local.set 0 (i32.shr_u (local.get 0) (i32.const 1)))
                (local.get 0) (i32.const 5)
                (br_if $l (local.get 0))))",
        &[I32],
        &[I32, I32],
        &rows(&SMALL),
    );
}

#[test]
fn recursion_agrees() {
    check(
        "(func $f (param i32) (result i64)
            (if (result i64) (i32.lt_u (local.get 0) (i32.const 2))
                (then (i64.extend_i32_u (local.get 0)))
                (else (i64.add
                    (call $f (i32.sub (local.get 0) (i32.const 1)))
                    (call $f (i32.sub (local.get 0) (i32.const 2)))))))",
        &[I32],
        &[I64],
        &rows(&[0, 1, 2, 7, 15]),
    );
    check(
        "(func $even (param i32) (result i32)
            (if (result i32) (local.get 0)
                (then (call $odd (i32.sub (local.get 0) (i32.const 1)))) (else (i32.const 1))))
         (func $odd (param i32) (result i32)
            (if (result i32) (local.get 0)
                (then (call $even (i32.sub (local.get 0) (i32.const 1)))) (else (i32.const 0))))
         (func $f (param i32) (result i32) (call $even (local.get 0)))",
        &[I32],
        &[I32],
        &rows(&[0, 1, 2, 30, 31]),
    );
}

/// More locals than the stack can reach, alive across a call of the function itself.
#[test]
fn recursion_keeps_what_does_not_fit_on_the_stack() {
    let count = 24;
    let locals: String = (0..count).map(|i| format!("(local $l{i} i64)")).collect();
    let sets: String = (0..count)
        .map(|i| {
            format!(
                "(local.set $l{i} (i64.mul (i64.extend_i32_u (local.get 0)) (i64.const {})))",
                3 * i + 1
            )
        })
        .collect();
    let sum = (0..count).fold("(local.get $r)".to_owned(), |sum, i| {
        format!("(i64.xor (i64.rotl {sum} (i64.const 3)) (local.get $l{i}))")
    });
    let function = format!(
        "(func $f (param i32) (result i64) (local $r i64) {locals} {sets}
            (if (local.get 0) (then
                (local.set $r (call $f (i32.sub (local.get 0) (i32.const 1))))))
            {sum})"
    );
    check(&function, &[I32], &[I64], &rows(&[0, 1, 2, 5, 12]));
}

#[test]
fn recursion_without_end_fails() {
    let wasm = module(
        "(func $f (param i32) (result i32) (i32.add (i32.const 1) (call $f (local.get 0))))",
        &[I32],
        &[I32],
    );
    same(&wasm, &1_u64.to_le_bytes());
}

#[test]
fn indirect_calls_agree_and_check_bounds_and_types() {
    check(
        "(type $t (func (param i32) (result i32)))
         (type $u (func (param i32)))
         (table 6 6 funcref)
         (elem (i32.const 1) $double $square $other $f)
         (func $double (param i32) (result i32) (i32.mul (local.get 0) (i32.const 2)))
         (func $square (param i32) (result i32) (i32.mul (local.get 0) (local.get 0)))
         (func $other (param i32))
         (func $f (param i32) (result i32)
            (if (result i32) (i32.gt_u (local.get 0) (i32.const 1000))
                (then (i32.const 5))
                (else (call_indirect (type $t) (i32.const 1234) (local.get 0)))))",
        &[I32],
        &[I32],
        &rows(&[0, 1, 2, 3, 4, 5, 6, 7, 1000]),
    );
}

#[test]
fn globals_keep_their_values() {
    check(
        "(global $a (mut i32) (i32.const -5))
         (global $b (mut i64) (i64.const 0x123456789abcdef0))
         (global $c i32 (i32.const 77))
         (func $bump (param i32) (global.set $a (i32.add (global.get $a) (local.get 0))))
         (func $f (param i32) (result i32 i64 i32)
            (call $bump (local.get 0)) (call $bump (i32.const 1))
            (global.set $b (i64.sub (global.get $b) (i64.const 1)))
            (global.get $a) (global.get $b) (global.get $c))",
        &[I32],
        &[I32, I64, I32],
        &rows(&SMALL),
    );
}

#[test]
fn traps_agree() {
    check(
        "(func $f (param i32) (result i32)
            (if (i32.eq (local.get 0) (i32.const 3)) (then (unreachable)))
            (i32.div_u (i32.const 100) (local.get 0)))",
        &[I32],
        &[I32],
        &rows(&SMALL),
    );
}

#[test]
fn select_agrees() {
    check(
        "(func $f (param i32 i64) (result i64)
            (select (local.get 1) (i64.sub (i64.const 0) (local.get 1)) (local.get 0)))",
        &[I32, I64],
        &[I64],
        &[vec![0, 5], vec![1, 5], vec![0xffff_ffff, 5], vec![0x8000_0000, u64::MAX]],
    );
}

#[test]
fn code_behind_a_jump_is_passed_over() {
    check(
        "(func $f (param i32) (result i32)
            (block $b (result i32)
                (br $b (local.get 0))
                (drop (if (result i32) (i32.const 1) (then (i32.const 1)) (else (i32.const 2))))
                (loop (br 0))
                (i32.const 3)))",
        &[I32],
        &[I32],
        &rows(&SMALL),
    );
}

//! Shadow stacks: frames get fixed addresses, unless a program uses its stack pointer otherwise.

use stylus_evm::{Options, disassemble, translate};

use crate::support::compare::{Type::I32, check, module};

/// A pointer to a stack that grows down from 4096.
const POINTER: &str = "(global $sp (mut i32) (i32.const 4096))";

fn rows() -> Vec<Vec<u64>> {
    [0, 1, 2, 5, 9].iter().flat_map(|&a| [0, 3, 0xffff_ffff].map(|b| vec![a, b])).collect()
}

/// Moves the pointer down by 16, runs `body` with it in `$fp`, and moves it back.
fn framed(name: &str, body: &str) -> String {
    format!(
        "(func {name} (param $a i32) (param $b i32) (result i32) (local $fp i32) (local $r i32)
            (local.set $fp (i32.sub (global.get $sp) (i32.const 16)))
            (global.set $sp (local.get $fp))
            (local.set $r {body})
            (global.set $sp (i32.add (local.get $fp) (i32.const 16)))
            (local.get $r))"
    )
}

/// Whether the code still keeps the pointer in a static word.
fn keeps_pointer(fields: &str) -> bool {
    let wasm = module(fields, &[I32, I32], &[I32]);
    let code = translate(&wasm, &Options::default()).unwrap();
    // The pointer's first value is written at the start, if it is kept.
    disassemble(&code.deployed_bytecode, Some(&code.map)).contains("PUSH2 0x1000\n")
}

#[test]
fn frames_of_callers_and_callees_are_apart() {
    let leaf = framed(
        "$leaf",
        "(block (result i32) (i32.store offset=4 (local.get $fp) (local.get $b))
            (i32.store (local.get $fp) (local.get $a))
            (i32.add (i32.load (local.get $fp)) (i32.load offset=4 (local.get $fp))))",
    );
    let middle = framed(
        "$middle",
        "(block (result i32) (i32.store offset=8 (local.get $fp) (local.get $b))
            (i32.add (call $leaf (local.get $a) (i32.const 3)) (i32.load offset=8 (local.get $fp))))",
    );
    let top = framed(
        "$f",
        "(block (result i32) (i32.store (local.get $fp) (local.get $a))
            (i32.add (i32.add (call $middle (local.get $b) (local.get $a))
                (call $leaf (local.get $b) (local.get $b)))
            (i32.load (local.get $fp))))",
    );
    let fields = format!("{POINTER} {leaf} {middle} {top}");
    check(&fields, &[I32, I32], &[I32], &rows());
    assert!(!keeps_pointer(&fields));
}

#[test]
fn frames_of_a_recursion_keep_their_pointer() {
    let f = framed(
        "$f",
        "(block (result i32) (i32.store (local.get $fp) (local.get $b))
            (i32.add (if (result i32) (local.get $a)
                (then (call $f (i32.sub (local.get $a) (i32.const 1))
                    (i32.add (local.get $b) (i32.const 7))))
                (else (i32.const 1)))
            (i32.load (local.get $fp))))",
    );
    let fields = format!("{POINTER} {f}");
    check(&fields, &[I32, I32], &[I32], &rows());
    assert!(keeps_pointer(&fields));
}

#[test]
fn a_function_that_looks_into_its_callers_frame_finds_it() {
    let peek = framed("$peek", "(i32.load offset=20 (local.get $fp))");
    let deep = framed("$deep", "(call $peek (local.get $a) (local.get $b))");
    let f = framed(
        "$f",
        "(block (result i32) (i32.store offset=4 (local.get $fp) (local.get $b))
            (i32.add (call $peek (local.get $a) (local.get $b))
                (call $deep (local.get $a) (local.get $b))))",
    );
    let fields = format!("{POINTER} {peek} {deep} {f}");
    check(&fields, &[I32, I32], &[I32], &rows());
    assert!(keeps_pointer(&fields));
}

#[test]
fn a_listing_names_functions_and_offsets() {
    let fields = "(func $halve_it (param i32) (result i32)
            (if (i32.eqz (local.get 0)) (then (unreachable)))
            (i32.div_u (i32.const 100) (local.get 0)))
        (func $f (param i32) (param i32) (result i32)
            (i32.add (call $halve_it (local.get 0)) (call $halve_it (local.get 1))))";
    let wasm = module(fields, &[I32, I32], &[I32]);
    let code = translate(&wasm, &Options::default()).unwrap();
    let listing = disassemble(&code.deployed_bytecode, Some(&code.map));
    let place = listing.lines().find_map(|line| line.strip_prefix("; halve_it @0x")).unwrap();
    let offset = usize::from_str_radix(place, 16).unwrap();
    assert!(offset < wasm.len(), "{listing}");
}

//! Memory operators, against the reference engine.

use crate::support::compare::{Type, args, check, module_with_memory, same, same_with};
use stylus_evm::Options;

use Type::{I32, I64};

const DATA: &str =
    "(data (i32.const 0) \"\\80\\01\\ff\\7f\\00\\fe\\80\\90\\11\\22\\33\\44\\55\\66\\77\\88\")";
const ADDRESSES: [u64; 14] =
    [0, 1, 2, 3, 8, 15, 30, 61_439, 65_528, 65_535, 70_000, 0x7fff_ffff, 0xffff_fff0, 0xffff_ffff];

#[test]
fn loads_agree() {
    let loads = [
        ("i32.load", I32),
        ("i32.load8_u", I32),
        ("i32.load8_s", I32),
        ("i32.load16_u", I32),
        ("i32.load16_s", I32),
        ("i64.load", I64),
        ("i64.load8_u", I64),
        ("i64.load8_s", I64),
        ("i64.load16_u", I64),
        ("i64.load16_s", I64),
        ("i64.load32_u", I64),
        ("i64.load32_s", I64),
    ];
    for (operator, result) in loads {
        let r = if result == I32 { "i32" } else { "i64" };
        // An access that ends just behind the memory is not seen (docs/DIVERGENCE.md).
        let inside: Vec<_> =
            ADDRESSES.iter().filter(|a| !(65_529..70_000).contains(*a)).map(|&a| vec![a]).collect();
        for offset in ["", "offset=1", "offset=4096"] {
            if offset == "offset=4096" {
                let rows: Vec<_> = inside.iter().filter(|r| r[0] < 60_000).cloned().collect();
                check(&load(operator, r, offset), &[I32], &[result], &rows);
            } else {
                let rows: Vec<_> = inside.iter().filter(|r| r[0] != 65_528).cloned().collect();
                check(&load(operator, r, offset), &[I32], &[result], &rows);
            }
        }
        let constant = format!("{DATA} (func $f (result {r}) ({operator} offset=2 (i32.const 4)))");
        check(&constant, &[], &[result], &[vec![]]);
    }
}

fn load(operator: &str, result: &str, offset: &str) -> String {
    format!("{DATA} (func $f (param i32) (result {result}) ({operator} {offset} (local.get 0)))")
}

#[test]
fn stores_write_their_width_and_no_more() {
    for (operator, ty) in [
        ("i32.store", "i32"),
        ("i32.store8", "i32"),
        ("i32.store16", "i32"),
        ("i64.store", "i64"),
        ("i64.store8", "i64"),
        ("i64.store16", "i64"),
        ("i64.store32", "i64"),
    ] {
        let value = if ty == "i32" { I32 } else { I64 };
        let function = format!(
            "(data (i32.const 100) \"\\ff\\ff\\ff\\ff\\ff\\ff\\ff\\ff\\ff\\ff\\ff\\ff\\ff\\ff\\ff\\ff\\ff\\ff\\ff\\ff\")
             (func $f (param i32 {ty}) (result i64 i64)
                ({operator} offset=4 (local.get 0) ({ty}.mul (local.get 1) ({ty}.const 3)))
                (i64.load (i32.const 100)) (i64.load (i32.const 108)))"
        );
        let mut rows = Vec::new();
        for address in [96, 97, 98, 99, 100, 101, 70_000, 0xffff_fffe] {
            for value in [0, 1, 0x1234_5678, 0xffff_ffff, 0x0102_0304_0506_0708, u64::MAX] {
                rows.push(vec![address, value]);
            }
        }
        check(&function, &[I32, value], &[I64, I64], &rows);
    }
}

#[test]
fn what_was_stored_is_loaded_at_the_last_address() {
    check(
        "(func $f (param i32 i64) (result i64)
            (i64.store (local.get 0) (local.get 1))
            (i64.load (local.get 0)))",
        &[I32, I64],
        &[I64],
        &[vec![65_528, 0x1122_3344_5566_7788], vec![0, 5], vec![7, u64::MAX]],
    );
}

#[test]
fn a_load_is_not_moved_past_a_store() {
    check(
        "(func $f (param i32 i32) (result i32 i32) (local $x i32)
            (i32.store (local.get 0) (i32.const 1))
            (local.set $x (i32.load (local.get 0)))
            (i32.store (local.get 1) (i32.const 2))
            (local.get $x) (i32.load (local.get 0)))",
        &[I32, I32],
        &[I32, I32],
        &[vec![8, 8], vec![8, 16], vec![8, 10]],
    );
}

#[test]
fn copies_agree_also_when_they_overlap() {
    let function = format!(
        "{DATA} (func $f (param i32 i32 i32) (result i64 i64 i64)
            (memory.copy (local.get 0) (local.get 1) (local.get 2))
            (i64.load (i32.const 0)) (i64.load (i32.const 8)) (i64.load (i32.const 16)))"
    );
    let mut rows = Vec::new();
    for to in [0, 1, 3, 16, 100_000] {
        for from in [0, 2, 8, 100_000] {
            for length in [0_u64, 1, 7, 16, 33] {
                // Copying nothing from or to nowhere fails in wasm only (docs/DIVERGENCE.md).
                if length > 0 || (to < 65_536 && from < 65_536) {
                    rows.push(vec![to, from, length]);
                }
            }
        }
    }
    rows.push(vec![0, 0, 0xffff_ffff]);
    check(&function, &[I32, I32, I32], &[I64, I64, I64], &rows);
}

#[test]
fn fills_agree() {
    for byte in ["(i32.const 0)", "(i32.const 0x1a5)", "(local.get 1)"] {
        let function = format!(
            "{DATA} (func $f (param i32 i32 i32) (result i64 i64 i64 i64 i64)
                (memory.fill (local.get 0) {byte} (local.get 2))
                (i64.load (i32.const 0)) (i64.load (i32.const 8)) (i64.load (i32.const 16))
                (i64.load (i32.const 24)) (i64.load (i32.const 32)))"
        );
        let mut rows = Vec::new();
        for to in [0, 1, 9] {
            for length in [0, 1, 2, 3, 8, 15, 31] {
                rows.push(vec![to, 0xffff_ff5a, length]);
            }
        }
        rows.push(vec![100_000, 1, 5]);
        rows.push(vec![0, 1, 0xffff_ffff]);
        check(&function, &[I32, I32, I32], &[I64; 5], &rows);
    }
}

#[test]
fn memory_grows_to_its_maximum() {
    let fields = "(func $f (param i32) (result i32 i32 i32 i64)
        (memory.grow (local.get 0)) (memory.grow (i32.const 1)) (memory.size)
        (i64.store (i32.const 65536) (i64.const 99))
        (i64.load (i32.const 65536)))";
    for pages in [1, 2, 3, 0xffff_ffff] {
        let wasm = module_with_memory(
            fields,
            &[I32],
            &[I32, I32, I32, I64],
            "(memory (export \"memory\") 1 4)",
        );
        same(&wasm, &args(&[pages]));
    }
}

#[test]
fn the_memory_limit_is_that_of_the_options() {
    let wasm = module_with_memory(
        "(func $f (result i32 i32) (memory.grow (i32.const 2)) (memory.grow (i32.const 3)))",
        &[],
        &[I32, I32],
        "(memory (export \"memory\") 1)",
    );
    let options = Options { memory_limit_pages: Some(6), ..Options::default() };
    same_with(&wasm, &[], &options);
}

#[test]
fn a_size_that_never_changes_is_a_constant() {
    check("(func $f (result i32) (memory.size))", &[], &[I32], &[vec![]]);
}

#[test]
fn data_segments_lie_where_they_say_and_later_ones_win() {
    check(
        "(data (i32.const 10) \"abcdefgh\") (data (i32.const 12) \"XY\") (data (i32.const 0) \"\")
         (func $f (result i64 i64) (i64.load (i32.const 8)) (i64.load (i32.const 16)))",
        &[],
        &[I64, I64],
        &[vec![]],
    );
}

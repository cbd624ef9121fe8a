//! For each rule a module that breaks it and no other, and one module that breaks none.

use std::fmt::Write;

use wasm_encoder::{DataCountSection, Encode, Section};

use super::*;

/// What every module of these tests has.
const COMMON: &str = r#"
    (memory (export "memory") 1 1)
    (func (export "user_entrypoint") (param i32) (result i32) (i32.const 0))"#;

/// Checks a module that has `fields` beside [`COMMON`].
fn report(fields: &str) -> Report {
    check(&assemble(&format!("(module {fields} {COMMON})")), &Limits::default())
}

fn assemble(text: &str) -> Vec<u8> {
    wat::parse_str(text).unwrap()
}

/// Asserts that exactly `rule` is broken by `fields` beside [`COMMON`].
#[track_caller]
fn breaks(rule: Rule, fields: &str) -> Violation {
    only(rule, report(fields))
}

/// Asserts that exactly `rule` is broken by a whole module.
#[track_caller]
fn module_breaks(rule: Rule, text: &str) -> Violation {
    only(rule, check(&assemble(text), &Limits::default()))
}

#[track_caller]
fn only(rule: Rule, report: Report) -> Violation {
    let rules: Vec<_> = report.violations.iter().map(|violation| violation.rule).collect();
    assert!(!rules.is_empty() && rules.iter().all(|found| *found == rule), "{report:#?}");
    report.violations.into_iter().next().unwrap()
}

/// Repeats a text `count` times, with the number in place of `#`.
fn repeat(count: usize, text: &str) -> String {
    (0..count).map(|number| text.replace('#', &number.to_string())).collect()
}

#[test]
fn a_program_as_contracts_are_breaks_no_rule() {
    let report = report(
        r#"(import "vm_hooks" "read_args" (func (param i32)))
           (import "vm_hooks" "storage_load_bytes32" (func (param i32 i32)))
           (type $pair (func (param i32) (result i64)))
           (table 1 1 funcref) (elem (i32.const 0) $f)
           (global (mut i32) (i32.const 0))
           (data (i32.const 0) "text")
           (func $f (param i32) (result i64)
             (memory.copy (i32.const 0) (i32.const 1) (i32.const 2))
             (memory.fill (i32.const 0) (i32.const 1) (i32.const 2))
             (drop (call_indirect (type $pair) (i32.const 0) (i32.const 0)))
             (i64.extend8_s (block (result i64) (i64.const 1))))"#,
    );
    assert_eq!(report.violations, []);
    let measures = report.measures;
    assert_eq!((measures.functions, measures.imports, measures.memory_pages), (2, 2, 1));
    assert_eq!(measures.most_locals, 1);
}

#[test]
fn bytes_that_are_no_module_are_invalid() {
    let report = check(b"\0asm\x01\0\0\0\x07\x01\x02", &Limits::default());
    assert_eq!(report.violations[0].rule, Rule::Invalid);
    assert!(report.violations[0].offset.is_some());
}

#[test]
fn memory_is_one_of_its_own() {
    let entrypoint = r#"(func (export "user_entrypoint") (param i32) (result i32) local.get 0)"#;
    module_breaks(Rule::OneMemory, &format!("(module {entrypoint})"));
    module_breaks(
        Rule::OneMemory,
        &format!(r#"(module (memory (export "memory") 1 1) (memory 1 1) {entrypoint})"#),
    );
    module_breaks(
        Rule::OneMemory,
        &format!(
            r#"(module (import "vm_hooks" "memory" (memory 1 1)) (export "memory" (memory 0))
               {entrypoint})"#
        ),
    );
    module_breaks(Rule::MemoryExport, &format!("(module (memory 1 1) {entrypoint})"));
    module_breaks(
        Rule::MemoryPages,
        &format!(r#"(module (memory (export "memory") 129 129) {entrypoint})"#),
    );
}

#[test]
fn memory_that_can_grow_is_paid_for() {
    let module = |import: &str, limits: &str| {
        format!(
            r#"(module {import} (memory (export "memory") {limits})
               (func (export "user_entrypoint") (param i32) (result i32) local.get 0))"#
        )
    };
    module_breaks(Rule::MemoryGrowth, &module("", "1"));
    module_breaks(Rule::MemoryGrowth, &module("", "1 2"));
    let pays = r#"(import "vm_hooks" "pay_for_memory_grow" (func (param i32)))"#;
    assert!(check(&assemble(&module(pays, "1")), &Limits::default()).passes());
}

#[test]
fn entrypoint_is_there_with_its_type() {
    let module = |function: &str| format!(r#"(module (memory (export "memory") 1 1) {function})"#);
    module_breaks(Rule::Entrypoint, &module(""));
    module_breaks(
        Rule::Entrypoint,
        &module(r#"(func (export "user_entrypoint") (param i64) (result i32) i32.const 0)"#),
    );
    module_breaks(
        Rule::Entrypoint,
        &module(r#"(global (export "user_entrypoint") i32 i32.const 0)"#),
    );
}

#[test]
fn start_function_is_refused() {
    breaks(Rule::StartFunction, "(func $start) (start $start)");
}

#[test]
fn imports_are_functions_of_the_host() {
    let violation = breaks(Rule::ImportModule, r#"(import "env" "print" (func (param i32)))"#);
    assert_eq!(violation.found, "`env.print`");
    breaks(Rule::ImportModule, r#"(import "vm_hooks" "global" (global i32))"#);
    let console = r#"(module (import "console" "log_i32" (func (param i32))) "#;
    let console = assemble(&format!("{console}{COMMON})"));
    assert!(!check(&console, &Limits::default()).passes());
    assert!(check(&console, &Limits { debug_chain: true, ..Limits::default() }).passes());
}

#[test]
fn floats_are_refused_wherever_they_are() {
    for fields in [
        "(func (param f32))",
        "(func (result f64) unreachable)",
        "(func (local f32))",
        "(global f64 (f64.const 0))",
        "(func (drop (f32.const 1)))",
        "(func (drop (i32.trunc_sat_f32_s (unreachable))))",
        "(func (drop (i64.reinterpret_f64 (unreachable))))",
        "(func (drop (block (result f32) (unreachable))))",
    ] {
        breaks(Rule::Floats, fields);
    }
}

#[test]
fn a_violation_says_where_it_is() {
    let fields = r#"(import "vm_hooks" "read_args" (func (param i32)))
        (func (nop) (drop (f32.add (f32.const 1) (f32.const 2))))"#;
    let wasm = assemble(&format!("(module {fields} {COMMON})"));
    let report = check(&wasm, &Limits::default());
    let [first, .., last] = report.violations.as_slice() else { panic!("{report:#?}") };
    assert_eq!((first.function, last.function), (Some(1), Some(1)));
    let opcode = |violation: &Violation| wasm[usize::try_from(violation.offset.unwrap()).unwrap()];
    assert_eq!((opcode(first), opcode(last)), (0x43, 0x92));
    assert_eq!(
        last.to_string(),
        format!(
            "floating point is not supported: `f32_add`, in function 1, at byte {:#x}",
            last.offset.unwrap()
        )
    );
}

#[test]
fn extensions_are_refused_by_name() {
    for (rule, fields) in [
        (Rule::Simd, "(func (param v128))"),
        (Rule::Simd, "(func (drop (i8x16.splat (i32.const 0))))"),
        (Rule::Atomics, "(func (atomic.fence))"),
        (Rule::ReferenceTypes, "(func (drop (ref.null func)))"),
        (Rule::ReferenceTypes, "(table 1 1 funcref) (func (drop (table.size 0)))"),
        (Rule::ReferenceTypes, "(table 1 1 funcref) (table 1 1 funcref)"),
        (Rule::ReferenceTypes, "(table 1 1 externref)"),
        (Rule::ReferenceTypes, "(global externref (ref.null extern))"),
        (Rule::TailCalls, "(func $f (return_call $f))"),
        (Rule::Exceptions, "(tag) (func (throw 0))"),
        (Rule::Gc, "(type (struct))"),
        (Rule::Gc, "(func (drop (ref.i31 (i32.const 0))))"),
        (Rule::Extension, "(func (i64.add128 (unreachable)) (drop) (drop))"),
    ] {
        breaks(rule, fields);
    }
}

#[test]
fn passive_segments_and_table_instructions_are_refused() {
    breaks(Rule::BulkMemory, r#"(data "passive")"#);
    breaks(Rule::BulkMemory, "(func $f) (elem func $f)");
    for instruction in [
        "(table.copy (i32.const 0) (i32.const 0) (i32.const 0))",
        "(table.init 0 (i32.const 0) (i32.const 0) (i32.const 0))",
        "(elem.drop 0)",
    ] {
        let fields = "(table 1 1 funcref) (func $f) (elem (i32.const 0) $f)";
        breaks(Rule::BulkMemory, &format!("{fields} (func {instruction})"));
    }
}

#[test]
fn data_count_is_refused() {
    // `data.drop` needs the count; a count alone is put in by hand, before the code section.
    let report = report(r#"(data "a") (func (data.drop 0))"#);
    assert!(report.violations.iter().any(|violation| violation.rule == Rule::DataCount));

    let wasm = assemble(&format!("(module {COMMON})"));
    let code = section_start(&wasm, 10);
    let mut count = vec![DataCountSection { count: 0 }.id()];
    DataCountSection { count: 0 }.encode(&mut count);
    let counted = [&wasm[..code], &count, &wasm[code..]].concat();
    only(Rule::DataCount, check(&counted, &Limits::default()));
}

#[test]
fn padded_indices_are_refused() {
    // Each body ends in the operator, `drop` where it leaves a value, and `end`.
    for (wat, padded) in [
        (
            "(call_indirect (i32.const 0))",
            &[0x41, 0, 0x11, 0x80, 0x00, 0x80, 0x80, 0x80, 0x80, 0x00, 0x0b][..],
        ),
        ("(drop (memory.size))", &[0x3f, 0x80, 0x00, 0x1a, 0x0b]),
        (
            "(memory.fill (i32.const 0) (i32.const 0) (i32.const 0))",
            &[0x41, 0, 0x41, 0, 0x41, 0, 0xfc, 0x0b, 0x80, 0x00, 0x0b],
        ),
    ] {
        let wasm = replace_first_body(wat, padded);
        let violation = only(Rule::PaddedIndex, check(&wasm, &Limits::default()));
        assert_eq!(violation.function, Some(0), "{wat}");
        assert!(report(&format!("(type (func)) (table 1 1 funcref) (func {wat})")).passes());
    }
}

#[test]
fn several_results_are_refused_unless_the_chain_takes_them() {
    breaks(Rule::MultiValue, "(func (result i32 i32) (i32.const 0) (i32.const 0))");
    let blocks = "(func (i32.const 0) (block (param i32) (drop)))";
    breaks(Rule::MultiValue, blocks);
    let older = Limits { multi_value: true, ..Limits::default() };
    assert!(check(&assemble(&format!("(module {blocks} {COMMON})")), &older).passes());
}

#[test]
fn counts_are_limited() {
    for (rule, fields) in [
        (Rule::DataSegments, repeat(129, r#"(data (i32.const 0) "")"#)),
        (
            Rule::ElementSegments,
            format!("(table 1 1 funcref) {}", repeat(129, "(elem (i32.const 0) func)")),
        ),
        (
            Rule::ElementEntries,
            format!("(table 1 1 funcref) (func $f) (elem (i32.const 0) {})", repeat(4097, "$f ")),
        ),
        (Rule::TableEntries, "(table 4097 4097 funcref)".to_owned()),
        (Rule::Exports, format!("(func $f) {}", repeat(1023, r##"(export "#" (func $f))"##))),
        (Rule::Imports, repeat(514, r##"(import "vm_hooks" "#" (func))"##)),
        (Rule::Functions, repeat(4096, "(func)")),
        (Rule::Locals, format!("(func (param i32) (local {}))", repeat(348, "i64 "))),
        (Rule::Operators, format!("(func {})", repeat(65_536, "nop "))),
        (Rule::NameBytes, format!(r#"(func (export "{}"))"#, "n".repeat(513))),
    ] {
        breaks(rule, &fields);
    }
}

#[test]
fn globals_are_limited() {
    // As many as a chain allows take more bytes than it allows.
    let limits = Limits { globals: 2, ..Limits::default() };
    let globals = repeat(3, "(global i32 (i32.const 0))");
    let wasm = assemble(&format!("(module {globals} {COMMON})"));
    only(Rule::Globals, check(&wasm, &limits));
}

#[test]
fn counts_may_reach_their_limits() {
    for fields in [
        repeat(128, r#"(data (i32.const 0) "")"#),
        repeat(513, r##"(import "vm_hooks" "#" (func))"##),
        repeat(4095, "(func)"),
        format!("(func (param i32) (local {}))", repeat(347, "i64 ")),
        format!("(func {})", repeat(65_535, "nop ")),
        format!(r#"(func (export "{}"))"#, "n".repeat(512)),
    ] {
        let violations = report(&fields).violations;
        assert!(violations.is_empty(), "{violations:?}");
    }
}

#[test]
fn frames_are_limited() {
    let mut stack = repeat(4097, "(i32.const 0) ");
    write!(stack, "{}", repeat(4097, "(drop) ")).unwrap();
    breaks(Rule::OverlappingValues, &format!("(func {stack})"));
    let limits = Limits { frame_words: 20, ..Limits::default() };
    let wasm = assemble(&format!("(module (func (local {})) {COMMON})", repeat(20, "i32 ")));
    only(Rule::FrameWords, check(&wasm, &limits));
}

#[test]
fn sizes_are_limited() {
    let data = "a".repeat(131_072);
    let wasm = assemble(&format!(r#"(module {COMMON} (data (i32.const 0) "{data}"))"#));
    let report = check(&wasm, &Limits::default());
    assert!(report.violations.iter().any(|violation| violation.rule == Rule::WasmBytes));
    assert!(check_payload(&vec![0; MAX_PAYLOAD_BYTES]).is_none());
    let violation = check_payload(&vec![0; MAX_PAYLOAD_BYTES + 1]).unwrap();
    assert_eq!(violation.rule, Rule::PayloadBytes);
    assert_eq!(
        violation.to_string(),
        "too many bytes of compressed code: 24577, where 24576 are allowed"
    );
}

/// Assembles a module whose first function has the body `wat`, and puts `body` in its place.
fn replace_first_body(wat: &str, body: &[u8]) -> Vec<u8> {
    let text = format!("(module (type (func)) (table 1 1 funcref) (func {wat}) {COMMON})");
    let wasm = assemble(&text);
    let start = section_start(&wasm, 10);
    let mut code = Vec::new();
    for payload in wasmparser::Parser::new(0).parse_all(&wasm) {
        if let wasmparser::Payload::CodeSectionEntry(function) = payload.unwrap() {
            let range = function.range();
            let at = |offset: u64| usize::try_from(offset).unwrap();
            code.push(wasm[at(range.start)..at(range.end)].to_vec());
        }
    }
    code[0] = [&[0], body].concat();
    let mut section = wasm_encoder::CodeSection::new();
    for body in &code {
        section.raw(body);
    }
    let mut bytes = wasm[..start].to_vec();
    bytes.push(section.id());
    section.encode(&mut bytes);
    bytes
}

/// Returns the offset of the section `id`, its header included.
fn section_start(wasm: &[u8], id: u8) -> usize {
    let mut at = 8;
    while wasm[at] != id {
        let (mut size, mut shift) = (0_usize, 0);
        let mut read = at + 1;
        loop {
            size |= usize::from(wasm[read] & 0x7f) << shift;
            shift += 7;
            read += 1;
            if wasm[read - 1] < 0x80 {
                break;
            }
        }
        at = read + size;
    }
    at
}

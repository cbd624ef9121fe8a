//! Modules that are refused: each with its reason, function and offset.

use stylus_evm::{Construct, Error, Options, translate};

const ENTRY: &str = "(memory (export \"memory\") 1 1)
    (func (export \"user_entrypoint\") (param i32) (result i32) (i32.const 0))";

fn error(text: &str) -> Error {
    let wasm = wat::parse_str(format!("(module {text})")).unwrap();
    translate(&wasm, &Options::default()).expect_err(text)
}

/// The construct, function and offset of a refusal.
fn refused(text: &str) -> (String, Option<u32>, u64) {
    match error(text) {
        Error::Unsupported { position, construct } => {
            (construct.to_string(), position.function, position.offset)
        }
        other => panic!("{text}: {other}"),
    }
}

#[test]
fn operators_outside_the_integers_are_refused_with_function_and_offset() {
    let cases = [
        ("(drop (f32.const 1))", "operator `F32Const`"),
        ("(drop (f64.add (f64.const 1) (f64.const 2)))", "operator `F64Const`"),
        ("(drop (f32.load (i32.const 0)))", "operator `F32Load`"),
        ("(drop (v128.const i64x2 1 2))", "operator `V128Const`"),
        ("(return_call 0 (i32.const 1))", "operator `ReturnCall`"),
        ("(drop (i32.atomic.load (i32.const 0)))", "operator `I32AtomicLoad`"),
        ("(drop (ref.null func))", "operator `RefNull`"),
    ];
    for (body, expected) in cases {
        let text = format!("{ENTRY} (func $g (param i32) (result i32) {body} (local.get 0))");
        let (construct, function, offset) = refused(&text);
        assert_eq!((construct.as_str(), function), (expected, Some(1)), "{body}");
        assert!(offset > 50, "{body}: {offset}");
    }
}

#[test]
fn types_outside_the_integers_are_refused() {
    let (construct, function, _) = refused(&format!("{ENTRY} (func (param f64))"));
    assert_eq!((construct.as_str(), function), ("value type `f64`", Some(1)));
    let (construct, function, offset) = refused(&format!("{ENTRY} (func (local f32))"));
    assert_eq!((construct.as_str(), function), ("value type `f32`", Some(1)));
    assert!(offset > 0);
    let (construct, _, _) = refused(&format!("{ENTRY} (global f32 (f32.const 0))"));
    assert_eq!(construct, "value type `f32`");
}

#[test]
fn a_type_that_no_function_has_does_no_harm() {
    let wasm = wat::parse_str(format!("(module (type (func (param f64))) {ENTRY})")).unwrap();
    assert!(translate(&wasm, &Options::default()).is_ok());
}

#[test]
fn unknown_imports_are_refused() {
    let cases = [
        ("(import \"env\" \"f\" (func))", "import `env::f`"),
        ("(import \"vm_hooks\" \"f\" (func))", "import `vm_hooks::f`"),
        ("(import \"vm_hooks\" \"memory\" (memory 1))", "import `vm_hooks::memory`"),
        (
            "(import \"vm_hooks\" \"msg_sender\" (func (param i64)))",
            "import `msg_sender` with type `(i64) -> ()` instead of `(i32) -> ()`",
        ),
    ];
    for (import, expected) in cases {
        let entry = if import.contains("(memory") {
            "(func (export \"user_entrypoint\") (param i32) (result i32) (i32.const 0))"
        } else {
            ENTRY
        };
        let (construct, function, offset) = refused(&format!("{import} {entry}"));
        assert_eq!((construct.as_str(), function), (expected, None));
        assert!(offset > 8);
    }
}

#[test]
fn unusual_modules_are_refused() {
    let cases = [
        ("(memory 1)", "more than one memory"),
        ("(table 1 funcref) (table 1 funcref)", "more than one table"),
        ("(table 1 externref)", "a table that is 64-bit or does not hold functions"),
        ("(start $s) (func $s)", "a start function"),
        ("(data \"passive\")", "a passive segment"),
        ("(table 1 funcref) (elem func $s) (func $s)", "a passive segment"),
    ];
    for (field, expected) in cases {
        let (construct, function, offset) = refused(&format!("{ENTRY} {field}"));
        assert_eq!((construct.as_str(), function), (expected, None), "{field}");
        assert!(offset > 8, "{field}");
    }
    let shared = "(memory (export \"memory\") 1 1 shared)
        (func (export \"user_entrypoint\") (param i32) (result i32) (i32.const 0))";
    assert!(refused(shared).0.contains("shared"));
}

#[test]
fn segments_must_fit() {
    let text = format!("{ENTRY} (data (i32.const 65530) \"1234567\")");
    assert!(matches!(
        error(&text),
        Error::SegmentOutOfBounds { end: 65_537, size: 65_536, position } if position.offset > 0
    ));
    let text = format!("{ENTRY} (table 1 1 funcref) (elem (i32.const 1) $s) (func $s)");
    assert!(matches!(error(&text), Error::SegmentOutOfBounds { end: 2, size: 1, .. }));
}

#[test]
fn a_contract_has_an_entry_point_and_a_memory() {
    let no_memory = "(func (export \"user_entrypoint\") (param i32) (result i32) (i32.const 0))";
    let wrong_type = "(memory (export \"memory\") 1) (func (export \"user_entrypoint\"))";
    for (text, name) in
        [("", "user_entrypoint"), (wrong_type, "user_entrypoint"), (no_memory, "memory")]
    {
        match error(text) {
            Error::MissingExport(missing) => assert!(missing.contains(name), "{text}: {missing}"),
            other => panic!("{text}: {other}"),
        }
    }
}

#[test]
fn what_is_not_a_module_is_invalid() {
    for bytes in [&b""[..], b"hello", b"\0asm\x02\0\0\0", b"\0asm\x01\0\0\0\xff"] {
        let result = translate(bytes, &Options::default());
        assert!(
            matches!(result, Err(Error::Invalid { .. } | Error::MissingExport(_))),
            "{bytes:?}"
        );
    }
    // A body that is not valid: its function is named.
    let text = format!("(module {ENTRY} (func (result i32) (i64.const 1)))");
    let wasm = wat::parse_str(text).unwrap();
    match translate(&wasm, &Options::default()) {
        Err(Error::Invalid { position, .. }) => assert_eq!(position.function, Some(1)),
        other => panic!("{other:?}"),
    }
}

#[test]
fn cut_and_damaged_modules_never_panic() {
    let text = format!(
        "(module {ENTRY} (table 2 funcref) (elem (i32.const 0) 0 0) (data (i32.const 3) \"abc\"))"
    );
    let wasm = wat::parse_str(text).unwrap();
    for end in 0..wasm.len() {
        let _ = translate(&wasm[..end], &Options::default());
        for bit in 0..8 {
            let mut damaged = wasm.clone();
            damaged[end] ^= 1 << bit;
            let _ = translate(&damaged, &Options::default());
        }
    }
}

#[test]
fn errors_read_well() {
    let error = error(&format!("{ENTRY} (func (drop (f32.const 1)))"));
    let text = error.to_string();
    assert!(text.starts_with("unsupported (function 1, offset 0x"), "{text}");
    assert!(text.ends_with("): operator `F32Const`"), "{text}");
    assert_eq!(Construct::Start.to_string(), "a start function");
}

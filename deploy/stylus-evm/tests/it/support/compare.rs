//! Runs a module in the reference engine and, translated, on the chain, and compares.

use stylus_evm::{Options, translate};

use super::{
    chain::{Chain, Outcome, Status},
    reference::{self, Ended},
};

/// Fuel for the reference engine.
const FUEL: u64 = 50_000_000;

/// A value type of a function under test.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Type {
    I32,
    I64,
}

/// Wraps the text of a module's fields so that its function `$f` is called with the arguments in
/// the call data, eight bytes each, and its results are the result. Arguments lie at the end of
/// the page.
pub(crate) fn module(fields: &str, params: &[Type], results: &[Type]) -> Vec<u8> {
    module_with_memory(fields, params, results, "(memory (export \"memory\") 1 1)")
}

/// The same, with another memory.
pub(crate) fn module_with_memory(
    fields: &str,
    params: &[Type],
    results: &[Type],
    memory: &str,
) -> Vec<u8> {
    let name = |ty: &Type| if *ty == Type::I32 { "i32" } else { "i64" };
    let loads: String = (0..)
        .zip(params)
        .map(|(i, ty)| format!("({}.load (i32.const {}))", name(ty), 61_440 + 8 * i))
        .collect();
    let stores: String = (0..results.len())
        .rev()
        .map(|i| {
            let ty = name(&results[i]);
            let at = 62_464 + 8 * i;
            format!("(local.set ${ty}) ({ty}.store (i32.const {at}) (local.get ${ty}))")
        })
        .collect();
    let text = format!(
        r#"(module
            (import "vm_hooks" "read_args" (func $read_args (param i32)))
            (import "vm_hooks" "write_result" (func $write_result (param i32 i32)))
            {memory}
            {fields}
            (func (export "user_entrypoint") (param $length i32) (result i32)
                (local $i32 i32) (local $i64 i64)
                (call $read_args (i32.const 61440))
                (call $f {loads})
                {stores}
                (call $write_result (i32.const 62464) (i32.const {}))
                (i32.const 0)))"#,
        8 * results.len()
    );
    wat::parse_str(&text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

/// Runs a module in both; panics when they differ. Gives how the reference ended.
pub(crate) fn same(wasm: &[u8], args: &[u8]) -> Ended {
    same_with(wasm, args, &Options::default())
}

/// The same, translated with options.
pub(crate) fn same_with(wasm: &[u8], args: &[u8], options: &Options) -> Ended {
    let translation = translate(wasm, options).expect("the module can be translated");
    let mut chain = Chain::default();
    let address = chain.create(&translation.bytecode).expect("the contract can be created");
    assert_eq!(chain.code(address)[..], translation.deployed_bytecode, "the deployed code");
    let expected = reference::run(wasm, args, FUEL);
    let found = chain.call(address, args);
    if let Err(difference) = agree(&expected, &found) {
        panic!("{difference}\nargs: {args:02x?}\n{}", disassembly(&translation));
    }
    expected
}

fn disassembly(translation: &stylus_evm::Translation) -> String {
    stylus_evm::disassemble(&translation.deployed_bytecode, Some(&translation.map))
}

/// Whether both ended alike.
pub(crate) fn agree(expected: &Ended, found: &Outcome) -> Result<(), String> {
    let same = match expected {
        Ended::Returned(0, result) => found.succeeded() && found.output[..] == result[..],
        Ended::Returned(_, result) => {
            found.status == Status::Revert && found.output[..] == result[..]
        }
        Ended::Trapped(_) => !found.succeeded() && found.output.is_empty(),
        Ended::Exhausted => true,
        Ended::Broken => false,
    };
    if same { Ok(()) } else { Err(format!("expected {expected:02x?}\n   found {found:02x?}")) }
}

/// Encodes arguments.
pub(crate) fn args(values: &[u64]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_le_bytes()).collect()
}

/// Runs `$f` of a module with all rows of arguments.
pub(crate) fn check(fields: &str, params: &[Type], results: &[Type], rows: &[Vec<u64>]) {
    let wasm = module(fields, params, results);
    let translation = translate(&wasm, &Options::default()).expect("it can be translated");
    let mut chain = Chain::default();
    let address = chain.create(&translation.bytecode).expect("it can be created");
    for row in rows {
        let args = args(row);
        let expected = reference::run(&wasm, &args, FUEL);
        let found = chain.call(address, &args);
        if let Err(difference) = agree(&expected, &found) {
            panic!("{fields}\n{row:x?}\n{difference}\n{}", disassembly(&translation));
        }
    }
}

//! Creation: constructors, their arguments, and what is left at the address.

use alloy_primitives::{TxKind, U256, keccak256};
use stylus_evm::{Constructor, Options, Translation, translate};

use crate::support::chain::Chain;

/// Stores its arguments' first word at key 0; reverts with the arguments if that word is odd.
const PROGRAM: &str = r#"(module
    (import "vm_hooks" "read_args" (func $read_args (param i32)))
    (import "vm_hooks" "write_result" (func $write_result (param i32 i32)))
    (import "vm_hooks" "storage_cache_bytes32" (func $cache (param i32 i32)))
    (import "vm_hooks" "msg_value" (func $value (param i32)))
    (memory (export "memory") 1 1)
    (data (i32.const 2000) "data of the program")
    (func (export "user_entrypoint") (param $length i32) (result i32)
        (call $read_args (i32.const 100))
        (call $cache (i32.const 0) (i32.const 104))
        (call $value (i32.const 3000))
        (i32.store8 (i32.const 2963) (i32.const 1))
        (call $cache (i32.const 2932) (i32.const 3000))
        (call $write_result (i32.const 100) (local.get $length))
        (i32.and (i32.load8_u (i32.const 135)) (i32.const 1))))"#;

fn translation(constructor: Constructor) -> Translation {
    let wasm = wat::parse_str(PROGRAM).unwrap();
    translate(&wasm, &Options { constructor, ..Options::default() }).unwrap()
}

#[test]
fn a_constructor_runs_with_the_arguments_behind_the_code() {
    let translation = translation(Constructor::Stylus);
    for extra in [0, 1, 33, 700] {
        let mut args = U256::from(1234).to_be_bytes::<32>().to_vec();
        args.extend(vec![0x5a; extra]);
        let mut chain = Chain::default();
        let code = [&translation.bytecode[..], &args].concat();
        let (outcome, created) = chain.send(TxKind::Create, &code, U256::from(50));
        let created = created.unwrap_or_else(|| panic!("{outcome:?}"));
        assert_eq!(chain.storage(created, U256::ZERO), U256::from(1234));
        assert_eq!(chain.storage(created, U256::ONE), U256::from(50));
        assert_eq!(chain.code(created)[..], translation.deployed_bytecode);
    }
}

#[test]
fn a_constructor_that_fails_gives_its_reason() {
    let translation = translation(Constructor::Stylus);
    let args = U256::from(7).to_be_bytes::<32>();
    let code = [&translation.bytecode[..], &args].concat();
    let outcome = Chain::default().create(&code).expect_err("it reverts");
    let selector = &keccak256("stylus_constructor()")[..4];
    assert_eq!(outcome.output[..], [selector, &args].concat());
}

#[test]
fn a_constructor_without_arguments_runs_too() {
    let translation = translation(Constructor::Stylus);
    let mut chain = Chain::default();
    let created = chain.create(&translation.bytecode).expect("it is created");
    // No arguments: what is stored is zeros.
    assert_eq!(chain.storage(created, U256::ZERO), U256::ZERO);
    let args = [&[0; 4][..], &U256::from(8).to_be_bytes::<32>()].concat();
    assert!(chain.call(created, &args).succeeded());
    assert_eq!(chain.storage(created, U256::ZERO), U256::from(8));
}

#[test]
fn without_a_constructor_nothing_runs_and_nothing_is_taken() {
    let translation = translation(Constructor::None);
    let mut chain = Chain::default();
    let created = chain.create(&translation.bytecode).expect("it is created");
    assert_eq!(chain.code(created)[..], translation.deployed_bytecode);
    assert_eq!(chain.storage(created, U256::ZERO), U256::ZERO);
    let with_args = [&translation.bytecode[..], &[0]].concat();
    assert!(chain.create(&with_args).is_err());
    let (outcome, created) = chain.send(TxKind::Create, &translation.bytecode, U256::ONE);
    assert!(created.is_none() && outcome.output.is_empty());
}

#[test]
fn a_call_of_the_creation_code_gives_what_creation_would_leave() {
    // This is how a contract gets to an address of a node that refuses its size.
    let translation = translation(Constructor::Stylus);
    let args = U256::from(1234).to_be_bytes::<32>();
    let mut chain = Chain::default();
    let address = crate::support::chain::CONTRACT;
    chain.set_code(address, &[&translation.bytecode[..], &args].concat());
    let outcome = chain.call(address, &[]);
    assert_eq!(outcome.output[..], translation.deployed_bytecode);
    assert_eq!(chain.storage(address, U256::ZERO), U256::from(1234));
}

#[test]
fn the_source_map_covers_the_code() {
    let translation = translation(Constructor::Stylus);
    let map = &translation.map;
    assert_eq!(map.bytes_by_function().iter().sum::<usize>(), translation.stats.code_bytes);
    let entry = map.functions().iter().find(|f| f.name == "user_entrypoint").unwrap();
    assert_eq!(entry.index, Some(4));
    let text = stylus_evm::disassemble(&translation.deployed_bytecode, Some(map));
    assert!(text.contains("; user_entrypoint @0x"), "{text}");
    assert!(text.contains("; data"), "{text}");
}

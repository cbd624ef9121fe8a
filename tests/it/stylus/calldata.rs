//! What is sent is what the SDK's own tool sends: a second implementation, by hand from the documented
//! format and with ethers-core for the ABI, makes the same bytes and the same addresses.
//!
//! The one difference is in the module: cargo-stylus adds a custom section `project_hash`, which its
//! own verification reads, and ours has none (`deploy/src/wasm/payload.rs`).

use alloy::primitives::{Address, B256, U256};
use anyhow::{Context, Result};
use datacoop_deploy::{
    contracts::CONTRACTS,
    stylus::{STYLUS_DEPLOYER, Salt, address, deploy_call, init_data, initcode},
    wasm,
};
use datacoop_tests::random;
use ethers_core::{
    abi::{Abi, Token, encode},
    types::H160,
    utils::{get_create2_address, id, keccak256},
};

use super::built;
use crate::second_abi::{arguments, second, tokens, word};

/// How many random argument lists each contract is tried with.
const ROUNDS: usize = 8;

const SEED: u64 = 0x57_1005;

/// The SDK's prelude, as its tool documents it, and the payload.
fn second_initcode(payload: &[u8]) -> Vec<u8> {
    let mut code = vec![0x7f];
    code.resize(29, 0);
    code.extend(u32::try_from(payload.len()).unwrap_or_default().to_be_bytes());
    code.extend([0x80, 0x60, 42 + 1, 0x60, 0x00, 0x39, 0x60, 0x00, 0xf3]);
    assert_eq!(code.len(), 42, "42 bytes of code");
    code.push(0);
    code.extend(payload);
    code
}

/// The call of the deployer, by ethers-core.
fn second_call(initcode: &[u8], init_data: &[u8], value: U256, salt: B256) -> Vec<u8> {
    let arguments = [
        Token::Bytes(initcode.to_vec()),
        Token::Bytes(init_data.to_vec()),
        Token::Uint(word(value)),
        Token::FixedBytes(salt.to_vec()),
    ];
    [&id("deploy(bytes,bytes,uint256,bytes32)")[..], &encode(&arguments)].concat()
}

/// Where the deployer puts it, by ethers-core.
fn second_address(initcode: &[u8], init_data: &[u8], value: U256, salt: B256) -> Address {
    let packed = [salt.as_slice(), init_data, &value.to_be_bytes::<32>()].concat();
    let deployer = H160(STYLUS_DEPLOYER.into_array());
    Address::new(get_create2_address(deployer, keccak256(packed), initcode).0)
}

#[test]
fn a_second_implementation_makes_the_same_calldata_and_addresses() -> Result<()> {
    let rng = &mut random::seeded(SEED);
    for contract in CONTRACTS {
        let payload = &built(&contract)?.stylus_payload;
        let abi = contract.abi();
        let inputs = abi.constructor.as_ref().context("a constructor")?.inputs.clone();
        let other: Abi = second(&abi)?;
        let constructor = other.constructor().context("a constructor")?;
        assert_eq!(*initcode(payload), second_initcode(payload), "{}", contract.name);
        for _ in 0..ROUNDS {
            let values = arguments(&inputs, rng)?;
            let encoded = contract.encode_constructor(&values)?;
            let selector = id("stylus_constructor()").to_vec();
            let data = constructor.encode_input(selector, &tokens(&values))?;
            let (value, salt) =
                (random::unsigned(256, rng), B256::from(random::unsigned(256, rng)));
            let Ok(own) = Salt::new(salt) else { continue };
            let code = second_initcode(payload);
            let case = format!("{} with {values:?}, seed {SEED:#x}", contract.name);
            assert_eq!(*init_data(&encoded), data, "{case}");
            let call = deploy_call(payload, &encoded, value, own);
            assert_eq!(*call, second_call(&code, &data, value, salt), "{case}");
            let at = address(STYLUS_DEPLOYER, own, &data, value, &initcode(payload));
            assert_eq!(at, second_address(&code, &data, value, salt), "{case}");
        }
    }
    Ok(())
}

#[test]
fn a_payload_is_the_prefix_and_the_module_that_was_built() -> Result<()> {
    for contract in CONTRACTS {
        let artifact = built(&contract)?;
        let payload = &artifact.stylus_payload;
        assert_eq!(payload[..4], [0xef, 0xf0, 0x00, 0x00], "no dictionary");
        assert_eq!(wasm::decompress(payload)?, artifact.wasm, "{}", contract.name);
        assert!(payload.len() <= wasm::MAX_PAYLOAD_BYTES, "{}", contract.name);
        let named = |name: &[u8]| artifact.wasm.windows(name.len()).any(|window| window == name);
        assert!(!named(b"project_hash"), "the stated difference");
    }
    Ok(())
}

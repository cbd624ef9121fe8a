//! The edges of the ABI: malformed calldata, ether, the constructor and the layout.

use alloy_primitives::{Address, FixedBytes, U256};
use alloy_sol_types::{SolCall, SolValue};
use consent_registry::{
    IConsentRegistry::{
        ConsentInvalidMembership, DOMAIN_SEPARATORCall, IConsentRegistryCalls, eip712DomainCall,
        membershipCall,
    },
    MembersStorage,
    ledger::LedgerStorage,
    program,
};
use datacoop_kit::{nonces::NoncesStorage, testing::Chain};

use crate::support::{
    MALLORY, MEMBERSHIP, REGISTRY, Registry, alice, grant, here, scope, signed_grant,
};

#[test]
fn malformed_calldata_is_refused_without_a_word() {
    let registry = Registry::new();
    let refused = |data: &[u8]| {
        let outcome = registry.chain.call(alice().address(), REGISTRY, data);
        assert_eq!(outcome, Err(Vec::new()));
    };
    let call = grant(&scope()).abi_encode();
    for len in 0..call.len() {
        refused(&call[..len]);
    }
    // Everything above the eight, 64 or 160 bits of an argument.
    let dirty = (0..6).flat_map(|index| {
        let bytes = match index {
            3 => 12,
            5 => 24,
            _ => 31,
        };
        (0..bytes).map(move |byte| 4 + 32 * index + byte)
    });
    for at in dirty {
        let mut data = call.clone();
        data[at] = 1;
        refused(&data);
    }
    let signed = signed_grant(&alice(), &scope(), 0, &here()).abi_encode();
    for len in 0..signed.len() - 31 {
        refused(&signed[..len]);
    }
}

#[test]
fn no_function_takes_ether_and_every_one_is_routed() {
    let registry = Registry::new();
    for selector in IConsentRegistryCalls::SELECTORS {
        let mut data = selector.to_vec();
        data.resize(4 + 12 * 32, 0);
        let outcome = registry.chain.call(MALLORY, REGISTRY, &data);
        assert_ne!(outcome, Err(Vec::new()), "{selector:02x?}");
        let outcome = registry.chain.call_with_value(MALLORY, REGISTRY, &data, U256::ONE);
        assert_eq!(outcome, Err(Vec::new()), "{selector:02x?}");
    }
}

#[test]
fn the_domain_is_that_of_eip_712() {
    let registry = Registry::new();
    assert_eq!(registry.ok(MALLORY, &DOMAIN_SEPARATORCall {}), here().hash_struct());
    let described = registry.ok(MALLORY, &eip712DomainCall {});
    assert_eq!(described.fields, FixedBytes([0x0f]));
    assert_eq!((described.name.as_str(), described.version.as_str()), ("Datacoop Consent", "1"));
    assert_eq!(described.chainId, U256::from(Chain::ID));
    assert_eq!(described.verifyingContract, REGISTRY);
}

#[test]
fn the_membership_is_a_contract_and_fixed_for_ever() {
    let registry = Registry::new();
    assert_eq!(registry.ok(MALLORY, &membershipCall {}), MEMBERSHIP);
    let args = (MALLORY,).abi_encode_params();
    let again = registry.chain.deploy(MALLORY, REGISTRY, program, &args);
    assert_eq!(again, Err(Vec::new()));
    for membership in [MALLORY, Address::ZERO] {
        let args = (membership,).abi_encode_params();
        let outcome = Chain::new().deploy(MALLORY, REGISTRY, program, &args);
        let error = ConsentInvalidMembership { membership };
        assert_eq!(outcome, Err(datacoop_kit::testing::error(&error)));
    }
}

#[test]
fn the_storage_layout_is_that_of_the_snapshot() {
    let components: [(&str, &[(&str, &str)]); 3] = [
        ("Members", MembersStorage::FIELDS),
        ("Nonces", NoncesStorage::FIELDS),
        ("Ledger", LedgerStorage::FIELDS),
    ];
    let layout = datacoop_kit::testing::describe_layout(&components);
    datacoop_kit::testing::snapshot(concat!(env!("CARGO_MANIFEST_DIR"), "/layout.txt"), &layout);
}

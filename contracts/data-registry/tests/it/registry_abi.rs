//! The edges of the ABI: malformed calldata, ether, the constructor, the roles and the layout.

use alloy_primitives::{Address, B256, FixedBytes, U256, keccak256};
use alloy_sol_types::{SolCall, SolValue};
use data_registry::{
    ATTESTOR_ROLE, CURATOR_ROLE, GUARDIAN_ROLE,
    IDataRegistry::{
        AccessControlBadConfirmation, AccessControlUnauthorizedAccount, DOMAIN_SEPARATORCall,
        DataRegistryInvalidContract, IDataRegistryCalls, consentRegistryCall, containsCall,
        eip712DomainCall, getRoleAdminCall, grantRoleCall, hasRoleCall, membershipCall,
        renounceRoleCall, supportsInterfaceCall,
    },
    SCHEMA_ROLE,
    datasets::DatasetsStorage,
    editions::EditionsStorage,
    parameters::ParametersStorage,
    program,
    records::RecordsStorage,
    schemas::SchemasStorage,
};
use datacoop_kit::{access_control::AccessControlStorage, nonces::NoncesStorage, testing::Chain};

use crate::support::{
    ADMIN, CONSENTS, HOSPITAL, MALLORY, MEMBERSHIP, REGISTRY, Registry, alice, edition, here,
    publish, record, register, register_many, signed_register,
};

#[test]
fn malformed_calldata_is_refused_without_a_word() {
    let registry = Registry::with_dataset();
    let refused = |data: &[u8]| {
        let outcome = registry.chain.call(HOSPITAL, REGISTRY, data);
        assert_eq!(outcome, Err(Vec::new()), "{data:02x?}");
    };
    // A text's last word is read as far as its length says.
    let calls = [
        (register(1).abi_encode(), 32),
        (register_many(&[(alice().address(), 1), (alice().address(), 2)]).abi_encode(), 0),
        (signed_register(&alice(), 1, 0, &here()).abi_encode(), 31),
        (publish(B256::repeat_byte(1)).abi_encode(), 32),
        (
            containsCall { edition: edition(1), recordId: record(1), proof: vec![B256::ZERO; 2] }
                .abi_encode(),
            0,
        ),
    ];
    for (call, padding) in calls {
        for len in 0..call.len() - padding {
            refused(&call[..len]);
        }
    }
    // Bits above those of a class, a schema's id and a version.
    for at in [4 + 2 * 32, 4 + 3 * 32, 4 + 4 * 32] {
        let mut data = register(1).abi_encode();
        data[at] = 1;
        refused(&data);
    }
    // Bits above those of an owner in a batch.
    let mut data = register_many(&[(alice().address(), 1)]).abi_encode();
    let owner = data.len() - 3 * 32;
    data[owner] = 1;
    refused(&data);
}

#[test]
fn no_function_takes_ether_and_every_one_is_routed() {
    let registry = Registry::new();
    for selector in IDataRegistryCalls::SELECTORS {
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
    assert_eq!((described.name.as_str(), described.version.as_str()), ("Datacoop Records", "1"));
    assert_eq!(described.chainId, U256::from(Chain::ID));
    assert_eq!(described.verifyingContract, REGISTRY);
}

#[test]
fn the_contracts_that_are_asked_are_contracts_and_fixed_for_ever() {
    let registry = Registry::new();
    assert_eq!(registry.ok(MALLORY, &membershipCall {}), MEMBERSHIP);
    assert_eq!(registry.ok(MALLORY, &consentRegistryCall {}), CONSENTS);
    let args = (MALLORY, MEMBERSHIP, CONSENTS).abi_encode_params();
    assert_eq!(registry.chain.deploy(MALLORY, REGISTRY, program, &args), Err(Vec::new()));
    let elsewhere = Address::repeat_byte(9);
    for (membership, consents, account) in [
        (MALLORY, CONSENTS, MALLORY),
        (MEMBERSHIP, MALLORY, MALLORY),
        (Address::ZERO, CONSENTS, Address::ZERO),
    ] {
        let args = (ADMIN, membership, consents).abi_encode_params();
        let outcome = registry.chain.deploy(ADMIN, elsewhere, program, &args);
        let refused = DataRegistryInvalidContract { account };
        assert_eq!(outcome, Err(alloy_sol_types::SolError::abi_encode(&refused)));
    }
}

#[test]
fn roles_are_those_of_access_control() {
    let registry = Registry::new();
    let roles = [
        (ATTESTOR_ROLE, "ATTESTOR_ROLE"),
        (CURATOR_ROLE, "CURATOR_ROLE"),
        (GUARDIAN_ROLE, "GUARDIAN_ROLE"),
        (SCHEMA_ROLE, "SCHEMA_ROLE"),
    ];
    for (role, name) in roles {
        assert_eq!(role, keccak256(name));
        assert_eq!(registry.ok(MALLORY, &getRoleAdminCall { role }), B256::ZERO);
        let refused =
            AccessControlUnauthorizedAccount { account: HOSPITAL, neededRole: B256::ZERO };
        registry.fails(HOSPITAL, &grantRoleCall { role, account: MALLORY }, &refused);
        assert!(!registry.ok(MALLORY, &hasRoleCall { role, account: MALLORY }));
        registry.ok(ADMIN, &grantRoleCall { role, account: MALLORY });
        assert!(registry.ok(MALLORY, &hasRoleCall { role, account: MALLORY }));
        registry.forget();
        let call = renounceRoleCall { role, callerConfirmation: MALLORY };
        registry.fails(ADMIN, &call, &AccessControlBadConfirmation {});
        registry.ok(MALLORY, &call);
        assert!(!registry.ok(MALLORY, &hasRoleCall { role, account: MALLORY }));
        registry.forget();
    }
    for (interface, expected) in [(0x01ff_c9a7_u32, true), (0x7965_db0b, true), (u32::MAX, false)] {
        let interfaceId = FixedBytes(interface.to_be_bytes());
        assert_eq!(registry.ok(MALLORY, &supportsInterfaceCall { interfaceId }), expected);
    }
}

#[test]
fn the_layout_is_the_committed_one() {
    let components = [
        ("AccessControl", AccessControlStorage::FIELDS),
        ("Nonces", NoncesStorage::FIELDS),
        ("Parameters", ParametersStorage::FIELDS),
        ("Schemas", SchemasStorage::FIELDS),
        ("Records", RecordsStorage::FIELDS),
        ("Datasets", DatasetsStorage::FIELDS),
        ("Editions", EditionsStorage::FIELDS),
    ];
    let layout = datacoop_kit::testing::describe_layout(&components);
    datacoop_kit::testing::snapshot(concat!(env!("CARGO_MANIFEST_DIR"), "/layout.txt"), &layout);
}

//! Schemas: versions that governance makes live and retires.

use alloy_primitives::{B256, keccak256};
use data_registry::{
    IDataRegistry::{
        AccessControlUnauthorizedAccount, RecordSchemaNotLive, SchemaInvalidName,
        SchemaMissingHash, SchemaNameCollision, SchemaNotLive, SchemaPublished, SchemaRetired,
        SchemaUriTooLong, publishSchemaCall, registerCall, retireSchemaCall, schemaOfCall,
        schemaVersionOfCall,
    },
    SCHEMA_ROLE,
};

use crate::support::{
    ADMIN, CURATOR, HOSPITAL, MALLORY, Registry, SCHEMA, alice, log, publish_schema, register,
    schema_id,
};

fn status(registry: &Registry, version: u16) -> (u8, B256) {
    let call = schemaVersionOfCall { schemaId: schema_id(SCHEMA), version };
    let found = registry.ok(MALLORY, &call);
    (found.status, found.hash)
}

#[test]
fn versions_are_numbered_from_one() {
    let registry = Registry::new();
    let made = registry.ok(ADMIN, &publish_schema(SCHEMA, 2));
    assert_eq!((made.schemaId, made.version), (schema_id(SCHEMA), 2));
    registry.emitted(&[log(&SchemaPublished {
        schemaId: schema_id(SCHEMA),
        version: 2,
        hash: B256::repeat_byte(2),
        name: SCHEMA.to_owned(),
        uri: "https://schemas.example".to_owned(),
    })]);
    let schema = registry.ok(MALLORY, &schemaOfCall { schemaId: schema_id(SCHEMA) });
    assert_eq!((schema.nameHash, schema.latest), (keccak256(SCHEMA), 2));
    assert_eq!(status(&registry, 0), (0, B256::ZERO));
    assert_eq!(status(&registry, 1), (1, B256::repeat_byte(1)));
    assert_eq!(status(&registry, 2), (1, B256::repeat_byte(2)));
    assert_eq!(status(&registry, 3), (0, B256::ZERO));
    let other = registry.ok(ADMIN, &publish_schema("other", 1));
    assert_eq!((other.schemaId, other.version), (schema_id("other"), 1));
}

#[test]
fn nothing_is_registered_under_a_retired_version() {
    let registry = Registry::new();
    registry.ok(ADMIN, &publish_schema(SCHEMA, 2));
    registry.ok(alice().address(), &register(1));
    registry.forget();
    let schemaId = schema_id(SCHEMA);
    registry.ok(ADMIN, &retireSchemaCall { schemaId, version: 1 });
    registry.emitted(&[log(&SchemaRetired { schemaId, version: 1 })]);
    assert_eq!(status(&registry, 1), (2, B256::repeat_byte(1)));
    let refused = RecordSchemaNotLive { schemaId, schemaVersion: 1 };
    registry.fails(alice().address(), &register(2), &refused);
    registry.ok(alice().address(), &registerCall { schemaVersion: 2, ..register(2) });
    assert_eq!(registry.details(2).schemaVersion, 2);
    // What was registered under it stays.
    assert_eq!(registry.details(1).schemaVersion, 1);
}

#[test]
fn a_version_is_retired_once() {
    let registry = Registry::new();
    let schemaId = schema_id(SCHEMA);
    for version in [0, 2, u16::MAX] {
        let refused = SchemaNotLive { schemaId, version };
        registry.fails(ADMIN, &retireSchemaCall { schemaId, version }, &refused);
    }
    registry.ok(ADMIN, &retireSchemaCall { schemaId, version: 1 });
    registry.forget();
    let refused = SchemaNotLive { schemaId, version: 1 };
    registry.fails(ADMIN, &retireSchemaCall { schemaId, version: 1 }, &refused);
    // The next one is a new version.
    assert_eq!(registry.ok(ADMIN, &publish_schema(SCHEMA, 3)).version, 2);
}

#[test]
fn only_the_schema_role_makes_schemas() {
    let registry = Registry::new();
    for account in [MALLORY, alice().address(), HOSPITAL, CURATOR] {
        let refused = AccessControlUnauthorizedAccount { account, neededRole: SCHEMA_ROLE };
        registry.fails(account, &publish_schema(SCHEMA, 2), &refused);
        let call = retireSchemaCall { schemaId: schema_id(SCHEMA), version: 1 };
        registry.fails(account, &call, &refused);
    }
}

#[test]
fn names_hashes_and_uris_have_bounds() {
    let registry = Registry::new();
    for len in [0, 65] {
        let refused = SchemaInvalidName {
            length: len.try_into().unwrap(),
            minimum: 1.try_into().unwrap(),
            maximum: 64.try_into().unwrap(),
        };
        registry.fails(ADMIN, &publish_schema(&"n".repeat(len), 1), &refused);
    }
    registry.fails(ADMIN, &publish_schema("name", 0), &SchemaMissingHash {});
    let call = publishSchemaCall { uri: "u".repeat(257), ..publish_schema("name", 1) };
    let refused =
        SchemaUriTooLong { length: 257.try_into().unwrap(), maximum: 256.try_into().unwrap() };
    registry.fails(ADMIN, &call, &refused);
    let call = publishSchemaCall { uri: "u".repeat(256), ..publish_schema(&"n".repeat(64), 1) };
    registry.ok(ADMIN, &call);
    registry.ok(ADMIN, &publishSchemaCall { uri: String::new(), ..publish_schema("n", 1) });
}

#[test]
fn two_names_never_share_an_id() {
    // Found by trying some 50,000 names: they agree in the first four bytes of their hashes.
    let mut seen = std::collections::HashMap::new();
    let (first, second) = (0_u32..)
        .find_map(|number| {
            let name = format!("schema-{number}");
            let old = seen.insert(schema_id(&name), name.clone());
            old.map(|old| (old, name))
        })
        .expect("there are two");
    let registry = Registry::new();
    registry.ok(ADMIN, &publish_schema(&first, 1));
    registry.forget();
    let refused = SchemaNameCollision { schemaId: schema_id(&first), nameHash: keccak256(&first) };
    registry.fails(ADMIN, &publish_schema(&second, 1), &refused);
}

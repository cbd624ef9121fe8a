//! Decides that batches go to and from Safe's transaction builder, and bad ones are refused.

use alloy::{
    primitives::{U256, address},
    sol_types::SolCall,
};

use super::*;
use crate::bindings::IDataToken::approveCall;

const CHAIN: u64 = 31337;

fn calls() -> Vec<Call> {
    vec![
        Call { to: Address::repeat_byte(1), value: U256::MAX, data: Bytes::new() },
        Call {
            to: Address::repeat_byte(2),
            value: U256::ZERO,
            data: Bytes::from_static(&[1, 2, 3, 4]),
        },
    ]
}

fn written() -> Value {
    document(CHAIN, Address::repeat_byte(9), &calls(), 1_700_000_000_000)
}

fn read(batch: &Value) -> Result<Batch, TreasuryError> {
    parse(batch.to_string().as_bytes(), Path::new("batch.json"), CHAIN)
}

/// Reads a batch in which something was changed, with a checksum that fits again.
fn changed(change: impl FnOnce(&mut Value)) -> Result<Batch, TreasuryError> {
    let mut batch = written();
    change(&mut batch);
    if batch["meta"]["checksum"].is_string() {
        batch["meta"]["checksum"] = json!(checksum(&batch));
    }
    read(&batch)
}

/// Reads a transaction without data.
fn method(method: Value, values: Value) -> Result<Bytes, TreasuryError> {
    let batch = changed(|batch| {
        batch["transactions"] = json!([{
            "to": Address::repeat_byte(1), "value": "0", "data": null,
            "contractMethod": method, "contractInputsValues": values,
        }]);
    })?;
    Ok(batch.calls[0].data.clone())
}

#[test]
fn a_batch_is_read_as_it_was_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("batch.json");
    Batch::write(&path, CHAIN, Address::repeat_byte(9), &calls(), 1).unwrap();
    let treasury = Some(Address::repeat_byte(9));
    let expected = Batch { calls: calls(), treasury, checksum: ChecksumState::Fits };
    assert_eq!(Batch::read(&path, CHAIN).unwrap(), expected);
}

#[test]
fn a_batch_has_the_fields_of_the_web_interface() {
    let batch = written();
    let keys = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(keys(&batch), ["version", "chainId", "createdAt", "meta", "transactions"]);
    assert_eq!(
        keys(&batch["meta"]),
        [
            "name",
            "description",
            "txBuilderVersion",
            "createdFromSafeAddress",
            "createdFromOwnerAddress",
            "checksum"
        ]
    );
    assert_eq!(
        keys(&batch["transactions"][0]),
        ["to", "value", "data", "contractMethod", "contractInputsValues"]
    );
}

#[test]
fn a_batch_of_another_chain_is_refused() {
    let error = changed(|batch| batch["chainId"] = json!("1")).unwrap_err();
    assert!(matches!(error, TreasuryError::BatchOfAnotherChain { actual: CHAIN, .. }));
    let error = changed(|batch| batch["chainId"] = json!(CHAIN)).unwrap_err();
    assert!(matches!(error, TreasuryError::MalformedBatch { .. }), "{error}");
}

#[test]
fn a_batch_that_was_changed_is_refused_and_one_without_checksum_is_told() {
    let mut batch = written();
    batch["transactions"][0]["value"] = json!("1");
    assert!(matches!(read(&batch), Err(TreasuryError::BatchChecksum { .. })));
    batch["meta"]["checksum"] = json!("0x12");
    assert!(matches!(read(&batch), Err(TreasuryError::BatchChecksum { .. })));
    for none in [json!(null), json!("")] {
        batch["meta"]["checksum"] = none;
        assert_eq!(read(&batch).unwrap().checksum, ChecksumState::Missing);
    }
}

#[test]
fn a_batch_without_transactions_is_refused() {
    let error = changed(|batch| batch["transactions"] = json!([])).unwrap_err();
    assert!(matches!(error, TreasuryError::EmptyBatch { .. }));
}

#[test]
fn what_is_no_batch_is_refused_with_its_place() {
    let check = |change: fn(&mut Value), words: &str| {
        let error = changed(change).unwrap_err();
        assert!(matches!(error, TreasuryError::MalformedBatch { .. }), "{error}");
        assert!(error.to_string().contains(words), "no `{words}` in: {error}");
    };
    check(|batch| batch["version"] = json!("2.0"), "version");
    check(|batch| batch["version"] = json!(1.0), "version");
    check(|batch| batch["transactions"] = json!({}), "`transactions`");
    check(|batch| batch["transactions"][1]["to"] = json!("0x12"), "transaction 1: `to`");
    check(|batch| batch["transactions"][1]["value"] = json!(1), "transaction 1: it has no `value`");
    check(|batch| batch["transactions"][0]["value"] = json!("-1"), "`-1`");
    check(|batch| batch["transactions"][0]["value"] = json!("0x1"), "`0x1`");
    check(|batch| batch["transactions"][0]["data"] = json!("0x1"), "hexadecimal");
    check(|batch| batch["transactions"][0]["data"] = json!(7), "`data`");
    check(|batch| batch["meta"]["createdFromSafeAddress"] = json!("me"), "`me`");
    for text in ["", "{", "[]", "null"] {
        let error = parse(text.as_bytes(), Path::new("batch.json"), CHAIN).unwrap_err();
        assert!(matches!(error, TreasuryError::MalformedBatch { .. }), "{text}");
    }
}

#[test]
fn a_method_and_its_values_are_encoded() {
    let approve = json!({
        "name": "approve", "payable": false,
        "inputs": [
            { "internalType": "address", "name": "spender", "type": "address" },
            { "internalType": "uint256", "name": "value", "type": "uint256" }
        ]
    });
    let spender = address!("474e5Ded6b5D078163BFB8F6dBa355C3aA5478C8");
    let data =
        method(approve.clone(), json!({"spender": spender, "value": "100000000000"})).unwrap();
    let value = U256::from(100_000_000_000_u64);
    assert_eq!(data, approveCall { spender, value }.abi_encode());

    for (values, words) in [
        (json!({"spender": spender}), "`value`: it has no value"),
        (json!({"spender": spender, "value": 5}), "number must be a text"),
        (json!({"spender": "me", "value": "5"}), "`me`"),
        (json!(null), "`spender`"),
    ] {
        let error = method(approve.clone(), values).unwrap_err();
        assert!(error.to_string().contains(words), "no `{words}` in: {error}");
    }
    let plain = json!({ "name": "fallback", "payable": true, "inputs": [] });
    assert_eq!(method(plain, json!(null)).unwrap(), Bytes::new());
    assert_eq!(method(json!(null), json!(null)).unwrap(), Bytes::new());
}

#[test]
fn lists_and_structs_of_a_method_are_texts_with_json() {
    alloy::sol! {
        struct Point { uint256 x; string name; }
        function move(address[] who, Point to, bool[2] flags) external;
    }
    let input = json!({
        "name": "move", "payable": false,
        "inputs": [
            { "internalType": "address[]", "name": "who", "type": "address[]" },
            { "internalType": "struct Point", "name": "to", "type": "tuple", "components": [
                { "internalType": "uint256", "name": "x", "type": "uint256" },
                { "internalType": "string", "name": "name", "type": "string" }
            ] },
            { "internalType": "bool[2]", "name": "flags", "type": "bool[2]" }
        ]
    });
    let who = vec![Address::repeat_byte(1), Address::repeat_byte(2)];
    let values = json!({
        "who": json!(who).to_string(),
        "to": r#"["7", "a, \"b\""]"#,
        "flags": "[true, false]",
    });
    let to = Point { x: U256::from(7), name: "a, \"b\"".to_owned() };
    let expected = moveCall { who, to, flags: [true, false] }.abi_encode();
    assert_eq!(method(input.clone(), values.clone()).unwrap(), expected);
    for (name, bad) in [("flags", "[true]"), ("to", "[7]"), ("who", "0x12"), ("who", "[1]")] {
        let mut values = values.clone();
        values[name] = json!(bad);
        assert!(method(input.clone(), values).is_err(), "{name} {bad}");
    }
}

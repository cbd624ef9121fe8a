//! Decides the checksum of a transaction builder's batch: the one that Safe's web interface makes.
//!
//! It is Keccak-256 of the batch written in a form of its own: an array is `[a,b]`, an object is
//! `{`, the JSON list of its sorted keys, each value in that order followed by a comma, `}`. The
//! checksum itself is left out of `meta`, and the name is null, so that a batch may be renamed.

use alloy::primitives::{B256, keccak256};
use serde_json::Value;

/// Returns the checksum of a batch.
pub(super) fn checksum(batch: &Value) -> B256 {
    let mut batch = batch.clone();
    if let Some(meta) = batch.get_mut("meta").and_then(Value::as_object_mut) {
        meta.remove("checksum");
        meta.insert("name".to_owned(), Value::Null);
    }
    let mut text = String::new();
    serialize(&batch, &mut text);
    keccak256(text.as_bytes())
}

fn serialize(value: &Value, to: &mut String) {
    match value {
        Value::Array(values) => {
            to.push('[');
            for (index, value) in values.iter().enumerate() {
                if index > 0 {
                    to.push(',');
                }
                serialize(value, to);
            }
            to.push(']');
        }
        Value::Object(fields) => {
            let mut keys: Vec<_> = fields.keys().collect();
            // As JavaScript sorts: by UTF-16 code units.
            keys.sort_by_cached_key(|key| key.encode_utf16().collect::<Vec<_>>());
            to.push('{');
            let list: Vec<_> =
                keys.iter().map(|key| Value::from(key.as_str()).to_string()).collect();
            to.push_str(&format!("[{}]", list.join(",")));
            for key in keys {
                serialize(&fields[key], to);
                to.push(',');
            }
            to.push('}');
        }
        other => to.push_str(&other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// A batch that Safe's web interface wrote, with its checksum.
    fn approval() -> Value {
        json!({
            "version": "1.0", "chainId": "1", "createdAt": 1_761_326_849_944_u64,
            "meta": {
                "name": "Transactions Batch", "description": "", "txBuilderVersion": "1.18.2",
                "createdFromSafeAddress": "0xA77DE01e157f9f57C7c4A326eeE9C4874D0598b6",
                "createdFromOwnerAddress": "",
                "checksum": "0x8b5032f716845c8b08bab3d63dbd9ba92e056f3557793cd041e59b84e16aa989"
            },
            "transactions": [{
                "to": "0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48", "value": "0", "data": null,
                "contractMethod": {
                    "inputs": [
                        { "internalType": "address", "name": "spender", "type": "address" },
                        { "internalType": "uint256", "name": "value", "type": "uint256" }
                    ],
                    "name": "approve", "payable": false
                },
                "contractInputsValues": {
                    "spender": "0x474e5Ded6b5D078163BFB8F6dBa355C3aA5478C8",
                    "value": "100000000000"
                }
            }]
        })
    }

    #[test]
    fn the_checksum_is_that_of_safes_web_interface() {
        let batch = approval();
        assert_eq!(checksum(&batch).to_string(), batch["meta"]["checksum"]);
    }

    #[test]
    fn the_order_of_keys_and_the_name_do_not_matter_and_all_else_does() {
        let mut renamed = approval();
        renamed["meta"]["name"] = json!("Grants of May");
        assert_eq!(checksum(&renamed), checksum(&approval()));
        let mut changed = approval();
        changed["transactions"][0]["value"] = json!("1");
        assert_ne!(checksum(&changed), checksum(&approval()));
    }

    #[test]
    fn the_form_is_written_as_documented() {
        let mut text = String::new();
        serialize(&json!({"b": [1, "x\n"], "a": null}), &mut text);
        assert_eq!(text, r#"{["a","b"]null,[1,"x\n"],}"#);
    }
}

//! Decides how batches of Safe's transaction builder are read and written (version 1.0).
//!
//! The form is that of the web interface: `tx-builder` in safe-global's `safe-wallet-monorepo`. As
//! there, numbers are texts, and a call is its data or, without data, its method and values.

use std::path::Path;

use alloy::{
    dyn_abi::{DynSolType, DynSolValue, JsonAbiExt},
    json_abi::{Function, Param, StateMutability},
    primitives::{Address, B256, Bytes, hex},
};
use serde_json::{Value, json};

use super::{Call, TreasuryError, checksum::checksum, safe_tx::decimal_number};
use crate::{Error, artifact::write_atomically};

/// The version of the form.
const VERSION: &str = "1.0";

/// The version of the builder whose form is written.
const BUILDER_VERSION: &str = "1.18.2";

/// Methods that the builder gives no data: calls without any.
const WITHOUT_DATA: [&str; 2] = ["receive", "fallback"];

/// Calls that wait to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    /// The calls, in order; one at least.
    pub calls: Vec<Call>,
    /// The treasury that it was written for, if it says so.
    pub treasury: Option<Address>,
    /// Whether a checksum vouches for the content.
    pub checksum: ChecksumState,
}

/// Whether a batch has a checksum. One that does not fit is an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChecksumState {
    /// It has one, and it fits.
    Fits,
    /// It has none.
    Missing,
}

impl Batch {
    /// Reads a batch for a chain.
    ///
    /// # Errors
    ///
    /// - [`Error::Io`]: the file cannot be read.
    /// - [`TreasuryError::MalformedBatch`]: it is no batch.
    /// - [`TreasuryError::BatchOfAnotherChain`]: it is for another chain.
    /// - [`TreasuryError::BatchChecksum`]: it was changed after it was written.
    /// - [`TreasuryError::EmptyBatch`]: there is no call in it.
    pub fn read(path: &Path, chain_id: u64) -> Result<Self, Error> {
        let failed = |source| Error::Io { path: path.to_path_buf(), action: "read", source };
        let text = std::fs::read(path).map_err(failed)?;
        Ok(parse(&text, path, chain_id)?)
    }

    /// Writes calls of a treasury as a batch with its checksum. `created_at_ms` is the time of
    /// writing, in milliseconds since 1970.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] when it cannot be written.
    pub fn write(
        path: &Path,
        chain_id: u64,
        treasury: Address,
        calls: &[Call],
        created_at_ms: u64,
    ) -> Result<(), Error> {
        let batch = document(chain_id, treasury, calls, created_at_ms);
        write_atomically(path, format!("{batch:#}\n").as_bytes())
    }
}

fn document(chain_id: u64, treasury: Address, calls: &[Call], created_at_ms: u64) -> Value {
    let transactions: Vec<_> = calls
        .iter()
        .map(|Call { to, value, data }| {
            json!({
                "to": to.to_checksum(None),
                "value": value.to_string(),
                "data": data,
                "contractMethod": null,
                "contractInputsValues": null,
            })
        })
        .collect();
    let mut batch = json!({
        "version": VERSION,
        "chainId": chain_id.to_string(),
        "createdAt": created_at_ms,
        "meta": {
            "name": "Transactions Batch",
            "description": "",
            "txBuilderVersion": BUILDER_VERSION,
            "createdFromSafeAddress": treasury.to_checksum(None),
            "createdFromOwnerAddress": "",
        },
        "transactions": transactions,
    });
    batch["meta"]["checksum"] = json!(checksum(&batch));
    batch
}

fn parse(text: &[u8], path: &Path, chain_id: u64) -> Result<Batch, TreasuryError> {
    let malformed =
        |reason: String| TreasuryError::MalformedBatch { path: path.to_path_buf(), reason };
    let batch: Value =
        serde_json::from_slice(text).map_err(|source| malformed(source.to_string()))?;
    if batch["version"] != VERSION {
        return Err(malformed(format!("its version is {}, not \"{VERSION}\"", batch["version"])));
    }
    let written = batch["chainId"].as_str().map(str::to_owned);
    let written = written.ok_or_else(|| malformed("it has no `chainId`, as a text".to_owned()))?;
    if written != chain_id.to_string() {
        let path = path.to_path_buf();
        return Err(TreasuryError::BatchOfAnotherChain { path, written, actual: chain_id });
    }
    let checksum = check(&batch, path)?;
    let transactions = batch["transactions"].as_array();
    let transactions =
        transactions.ok_or_else(|| malformed("it has no list `transactions`".to_owned()))?;
    if transactions.is_empty() {
        return Err(TreasuryError::EmptyBatch { path: path.to_path_buf() });
    }
    let calls = transactions.iter().enumerate().map(|(index, transaction)| {
        call(transaction).map_err(|reason| malformed(format!("transaction {index}: {reason}")))
    });
    let treasury = match batch["meta"]["createdFromSafeAddress"].as_str() {
        None | Some("") => None,
        Some(text) => Some(text.parse().map_err(|_| {
            malformed(format!("`createdFromSafeAddress` is `{text}`, which is no address"))
        })?),
    };
    Ok(Batch { calls: calls.collect::<Result<_, _>>()?, treasury, checksum })
}

fn check(batch: &Value, path: &Path) -> Result<ChecksumState, TreasuryError> {
    let written = match &batch["meta"]["checksum"] {
        Value::Null => return Ok(ChecksumState::Missing),
        Value::String(text) if text.is_empty() => return Ok(ChecksumState::Missing),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let computed = checksum(batch);
    if written.parse::<B256>().ok() == Some(computed) {
        return Ok(ChecksumState::Fits);
    }
    Err(TreasuryError::BatchChecksum { path: path.to_path_buf(), written, computed })
}

/// Reads one transaction of a batch.
fn call(transaction: &Value) -> Result<Call, String> {
    let to = transaction["to"].as_str().ok_or("it has no `to`")?;
    let to = to.parse().map_err(|_| format!("`to` is `{to}`, which is no address"))?;
    let value = transaction["value"].as_str().ok_or("it has no `value`, as a text")?;
    let value = decimal_number(value).map_err(|reason| format!("`value`: {reason}"))?;
    let data = match &transaction["data"] {
        Value::Null => method_data(transaction)?,
        Value::String(text) if text.is_empty() => method_data(transaction)?,
        Value::String(text) => {
            Bytes::from(hex::decode(text).map_err(|_| "`data` is not hexadecimal".to_owned())?)
        }
        _ => return Err("`data` is no text".to_owned()),
    };
    Ok(Call { to, value, data })
}

/// Encodes the call of the method that a transaction names, with the values that it has.
fn method_data(transaction: &Value) -> Result<Bytes, String> {
    let method = &transaction["contractMethod"];
    let Some(name) = method["name"].as_str() else { return Ok(Bytes::new()) };
    if WITHOUT_DATA.contains(&name) {
        return Ok(Bytes::new());
    }
    let inputs: Vec<Param> = serde_json::from_value(method["inputs"].clone())
        .map_err(|source| format!("the inputs of `{name}` are not understood: {source}"))?;
    let values = inputs
        .iter()
        .map(|input| {
            let written = &transaction["contractInputsValues"][&input.name];
            read_param(input, written).map_err(|reason| format!("`{}`: {reason}", input.name))
        })
        .collect::<Result<Vec<_>, _>>()?;
    let function = Function {
        name: name.to_owned(),
        inputs,
        outputs: Vec::new(),
        state_mutability: StateMutability::NonPayable,
    };
    let data = function.abi_encode_input(&values).map_err(|source| source.to_string())?;
    Ok(data.into())
}

fn read_param(input: &Param, written: &Value) -> Result<DynSolValue, String> {
    use alloy::dyn_abi::Specifier;
    let kind = input.resolve().map_err(|source| source.to_string())?;
    if written.is_number() {
        return Err("a number must be a text".to_owned());
    }
    read_value(&kind, written)
}

/// Reads a value of a type. Lists and structs are texts that hold JSON.
fn read_value(kind: &DynSolType, written: &Value) -> Result<DynSolValue, String> {
    let text = match written {
        Value::Null => return Err("it has no value".to_owned()),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let parts = || {
        let parsed =
            if written.is_array() { Ok(written.clone()) } else { serde_json::from_str(&text) };
        match parsed {
            Ok(Value::Array(parts)) => Ok(parts),
            _ => Err(format!("`{text}` is no list")),
        }
    };
    let all = |kinds: &mut dyn Iterator<Item = &DynSolType>| -> Result<Vec<_>, String> {
        kinds.zip(parts()?).map(|(kind, part)| read_value(kind, &part)).collect()
    };
    let counted = |expected: usize| match parts()?.len() {
        actual if actual == expected => Ok(()),
        actual => Err(format!("`{text}` has {actual} values, not {expected}")),
    };
    match kind {
        DynSolType::Array(kind) => all(&mut std::iter::repeat(&**kind)).map(DynSolValue::Array),
        DynSolType::FixedArray(kind, size) => {
            counted(*size)?;
            all(&mut std::iter::repeat(&**kind)).map(DynSolValue::FixedArray)
        }
        DynSolType::Tuple(kinds) => {
            counted(kinds.len())?;
            all(&mut kinds.iter()).map(DynSolValue::Tuple)
        }
        DynSolType::String => Ok(DynSolValue::String(text)),
        kind => kind.coerce_str(&text).map_err(|source| format!("`{text}`: {source}")),
    }
}

#[cfg(test)]
#[path = "batch_tests.rs"]
mod tests;

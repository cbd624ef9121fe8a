//! Decides that a file is read as it was written, and refused when anything in it was changed.

use alloy::primitives::{Bytes, U256};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::*;
use crate::{
    keys::{dev_account, testing::wait},
    treasury::Operation,
};

fn unsigned() -> TransactionFile {
    let transaction = SafeTx {
        to: Address::repeat_byte(1),
        value: U256::from(2),
        data: Bytes::from_static(&[3]),
        operation: Operation::Call,
        nonce: U256::from(4),
        ..SafeTx::default()
    };
    TransactionFile::new(31337, Address::repeat_byte(5), transaction)
}

fn signed() -> TransactionFile {
    let mut file = unsigned();
    for (index, kind) in [(1, SignatureKind::Eip712), (0, SignatureKind::EthSign)] {
        assert_eq!(
            wait(file.sign(&dev_account(index).unwrap().into(), kind)).unwrap(),
            Signing::Added
        );
    }
    file
}

fn place() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("transaction.json");
    (folder, path)
}

/// Reads a signed file in whose JSON something was changed.
fn changed(change: impl FnOnce(&mut Value)) -> Result<TransactionFile, Error> {
    let (_folder, path) = place();
    let mut json = serde_json::to_value(signed()).unwrap();
    change(&mut json);
    fs::write(&path, json.to_string()).unwrap();
    TransactionFile::read(&path)
}

#[test]
fn a_file_is_read_as_it_was_written() {
    let (_folder, path) = place();
    signed().write(&path).unwrap();
    let read = TransactionFile::read(&path).unwrap();
    assert_eq!(read, signed());
    let owners: Vec<_> = read.signatures.iter().map(|signature| signature.owner).collect();
    assert!(owners.is_sorted(), "{owners:?}");
    assert_eq!(changed(|_| ()).unwrap(), signed());
}

#[test]
fn signing_twice_changes_nothing() {
    let mut file = signed();
    let signer = dev_account(0).unwrap().into();
    for kind in [SignatureKind::Eip712, SignatureKind::EthSign] {
        assert_eq!(wait(file.sign(&signer, kind)).unwrap(), Signing::AlreadySigned);
    }
    let approved = OwnerSignature::approved(signer.address());
    assert_eq!(file.add(approved), Signing::AlreadySigned);
    assert_eq!(file, signed());
}

#[test]
fn a_file_whose_hash_is_not_that_of_its_fields_is_refused() {
    let other = json!(Address::repeat_byte(9));
    let changes: [(&str, &str, Value); 6] = [
        ("", "chainId", json!(1)),
        ("", "treasury", other.clone()),
        ("", "safeTxHash", json!(B256::ZERO)),
        ("transaction", "to", other),
        ("transaction", "value", json!("3")),
        ("transaction", "nonce", json!("5")),
    ];
    for (part, field, value) in changes {
        let read = changed(|json| match part {
            "" => json[field] = value,
            part => json[part][field] = value,
        });
        let error = read.unwrap_err();
        assert!(
            matches!(&error, Error::Treasury(TreasuryError::HashDiffers { .. })),
            "{field}: {error}"
        );
    }
}

#[test]
fn a_signature_that_is_not_its_owners_is_refused() {
    let changes: [fn(&mut Value); 4] = [
        |json| json["signatures"][0]["owner"] = json!(Address::repeat_byte(9)),
        |json| json["signatures"][0]["signature"] = json["signatures"][1]["signature"].clone(),
        |json| json["signatures"][0]["kind"] = json!("approvedHash"),
        |json| json["signatures"][1] = json["signatures"][0].clone(),
    ];
    for change in changes {
        let error = changed(change).unwrap_err();
        assert!(matches!(&error, Error::Treasury(TreasuryError::BadSignature { .. })), "{error}");
    }
}

#[test]
fn what_is_no_file_of_ours_is_refused() {
    let newer = changed(|json| json["schema"] = json!(2)).unwrap_err();
    assert!(matches!(
        newer,
        Error::Treasury(TreasuryError::FileVersion { version: 2, known: 1, .. })
    ));
    let changes: [fn(&mut Value); 5] = [
        |json| json["schema"] = json!("1"),
        |json| json["note"] = json!("trust me"),
        |json| json["signatures"] = json!({}),
        |json| json["transaction"]["operation"] = json!(2),
        |json| *json = json!([]),
    ];
    for change in changes {
        let error = changed(change).unwrap_err();
        assert!(matches!(error, Error::MalformedFile { .. }), "{error}");
    }
    let missing = TransactionFile::read(Path::new("nowhere.json")).unwrap_err();
    assert!(matches!(missing, Error::Io { action: "read", .. }));
}

#[test]
fn signatures_of_several_files_are_united() {
    let folder = tempfile::tempdir().unwrap();
    let paths: Vec<_> = (0..2)
        .map(|index| {
            let mut file = unsigned();
            wait(file.sign(&dev_account(index).unwrap().into(), SignatureKind::Eip712)).unwrap();
            let path = folder.path().join(format!("{index}.json"));
            file.write(&path).unwrap();
            path
        })
        .collect();
    let all = TransactionFile::read_all(&paths[0], &paths).unwrap();
    assert_eq!(all.signatures.len(), 2);
    let mut other = unsigned();
    other.transaction.nonce = U256::ZERO;
    let path = folder.path().join("other.json");
    TransactionFile::new(31337, other.treasury, other.transaction).write(&path).unwrap();
    let error = TransactionFile::read_all(&paths[0], &[path]).unwrap_err();
    assert!(matches!(error, Error::Treasury(TreasuryError::OtherTransaction { .. })));
}

#[test]
fn a_new_file_never_takes_the_place_of_another_transaction() {
    let (_folder, path) = place();
    unsigned().write_new(&path).unwrap();
    signed().write(&path).unwrap();
    unsigned().write_new(&path).unwrap();
    assert_eq!(TransactionFile::read(&path).unwrap(), signed(), "the signatures are kept");
    let other = TransactionFile::new(1, Address::ZERO, SafeTx::default());
    let error = other.write_new(&path).unwrap_err();
    assert!(matches!(error, Error::Treasury(TreasuryError::FileExists { .. })));
    fs::write(&path, "not ours").unwrap();
    assert!(other.write_new(&path).is_err());
}

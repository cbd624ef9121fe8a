//! Decides that entries are read back as they were written, and bad rows are named.

use std::{fs, path::PathBuf};

use alloy::primitives::{Address, keccak256};

use super::*;
use crate::{AddressMap, DataClass, Quality};

fn file(name: &str, text: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, text).unwrap();
    (folder, path)
}

fn sample() -> Vec<Entry> {
    let source = |line| Source { file: PathBuf::new(), line, resource: None };
    let entry = |n: u8, quality: &str, data_class| Entry {
        member: Address::repeat_byte(n),
        proof: keccak256([n]),
        quality: quality.parse().unwrap(),
        data_class,
        source: source(u64::from(n)),
    };
    vec![
        entry(1, "0.123456789012345678", DataClass::Genomic),
        entry(2, "1", DataClass::Imaging),
        entry(3, "0", DataClass::Lifestyle),
    ]
}

fn content(entries: &[Entry]) -> Vec<(Address, B256, Quality, DataClass)> {
    entries.iter().map(|e| (e.member, e.proof, e.quality, e.data_class)).collect()
}

#[test]
fn what_is_written_is_read_back() {
    let (mut csv, mut ndjson) = (Vec::new(), Vec::new());
    write_csv(&sample(), &mut csv).unwrap();
    write_ndjson(&sample(), &mut ndjson).unwrap();
    for (name, text) in [("e.csv", csv), ("e.ndjson", ndjson)] {
        let (_folder, path) = file(name, &String::from_utf8(text).unwrap());
        let report = read_entries(&path).unwrap();
        assert_eq!(content(&report.entries), content(&sample()), "{name}");
        assert_eq!(report.seen, 3);
    }
}

#[test]
fn columns_may_stand_in_any_order_and_a_repeated_proof_is_noted() {
    let proof = keccak256("x");
    let member = Address::repeat_byte(7);
    let row = format!("clinical, note ,0.5,{proof},{member}");
    let (_folder, path) =
        file("e.csv", &format!("data_class,note,quality,proof,member\n{row}\n\n{row}\n"));
    let report = read_entries(&path).unwrap();
    assert_eq!((report.entries.len(), report.seen), (1, 2));
    assert_eq!((report.duplicates[0].first.line, report.duplicates[0].source.line), (2, 4));
}

#[test]
fn a_quality_may_be_a_json_number() {
    let text = format!(
        r#"{{"member":"{}","proof":"{}","quality":0.25,"data_class":"genomic"}}"#,
        Address::repeat_byte(1),
        keccak256("x"),
    );
    let (_folder, path) = file("entries", &text);
    assert_eq!(read_entries(&path).unwrap().entries[0].quality.to_string(), "0.25");
}

#[test]
fn bad_rows_name_line_field_and_reason() {
    let member = "0x0000000000000000000000000000000000000001";
    let proof = keccak256("x").to_string();
    let check = |row: &str, expected: &str| {
        let (_folder, path) = file(
            "e.csv",
            &format!("member,proof,quality,data_class\n{member},{proof},1,genomic\n{row}\n"),
        );
        let error = read_entries(&path).unwrap_err().to_string();
        assert_eq!(error, format!("{}:3:1: {expected}", path.display()));
    };
    check("a,b", "the row has 2 fields, the header 4");
    check(&format!(",{proof},1,genomic"), "`member` is ``: it is missing");
    check(
        &format!("0x0000000000000000000000000000000000000000,{proof},1,genomic"),
        "`member` is `0x0000000000000000000000000000000000000000`: the zero address cannot be a member",
    );
    check(
        &format!("0xF39Fd6e51aad88F6F4ce6aB8827279cffFb92266,{proof},1,genomic"),
        "`member` is `0xF39Fd6e51aad88F6F4ce6aB8827279cffFb92266`: the EIP-55 checksum is wrong; a digit or its case was mistyped",
    );
    check(&format!("{member},12,1,genomic"), "`proof` is `12`: a proof begins with 0x");
    check(
        &format!("{member},{proof},1.5,genomic"),
        "`quality` is `1.5`: not a decimal number from 0 to 1 with at most 18 decimals",
    );
    check(
        &format!("{member},{proof},1,dental"),
        "`data_class` is `dental`: not one of genomic, clinical, lifestyle, imaging",
    );
}

#[test]
fn bad_ndjson_names_its_line() {
    let (_folder, path) = file("e.ndjson", "{\"member\":\"0x01\"}\n");
    let error = read_entries(&path).unwrap_err().to_string();
    assert_eq!(error, format!("{}:1:1: `proof` is ``: it is missing", path.display()));
    let (_folder, path) = file("e.ndjson", "\n{\"member\"}\n");
    let error = read_entries(&path).unwrap_err().to_string();
    assert_eq!(error, format!("{}:2:10: expected `:`", path.display()));
    let (_folder, path) = file("e.ndjson", "7\n");
    assert!(read_entries(&path).unwrap_err().to_string().contains("`member` is ``"));
}

#[test]
fn a_file_without_entries_is_an_error() {
    for (name, text) in [("e.csv", "member,proof,quality,data_class\n"), ("e.ndjson", "\n")] {
        let (_folder, path) = file(name, text);
        assert!(matches!(read_entries(&path), Err(Error::Nothing { .. })), "{name}");
    }
    let (_folder, path) = file("e.csv", "member,proof\n");
    assert!(read_entries(&path).unwrap_err().to_string().contains("`quality`"));
}

#[test]
fn an_address_map_is_csv_or_json() {
    let alice = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266";
    for text in [
        format!("patient,member\nPatient/a,{alice}\nPatient/b,{alice}\n"),
        format!("{{\"Patient/a\": \"{alice}\", \"Patient/b\": \"{alice}\"}}"),
    ] {
        let (_folder, path) = file("map", &text);
        let map = AddressMap::read(&path).unwrap();
        assert_eq!(map.member("Patient/a"), Some(alice.parse().unwrap()));
        assert_eq!((map.member("Patient/c"), map.len(), map.is_empty()), (None, 2, false));
    }
}

#[test]
fn an_address_map_with_two_members_for_a_patient_is_refused() {
    let (one, two) = (Address::repeat_byte(0x11), Address::repeat_byte(0x22));
    let (_folder, path) = file("map", &format!("patient,member\nPatient/a,{one}\nPatient/a,{two}"));
    let error = AddressMap::read(&path).unwrap_err();
    assert!(
        matches!(error, Error::MappedTwice { first, second, .. } if (first, second) == (one, two))
    );
    let (_folder, path) = file("map", "{\"Patient/a\": 7}");
    assert!(AddressMap::read(&path).unwrap_err().to_string().contains("begins with 0x"));
}

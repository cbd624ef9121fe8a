//! Manifests: what is proven from them, and what is refused.

use super::*;
use crate::data::merkle::verify;

fn head() -> Head {
    Head {
        chain_id: 31_337,
        registry: Address::repeat_byte(9),
        dataset: 7,
        version: 2,
        name: "everything".to_owned(),
        data_class: 1,
        purposes: 31,
        gathered_at: 1_767_225_600,
    }
}

fn account(number: u8) -> Address {
    Address::repeat_byte(number)
}

fn records(of: u8, count: u8) -> Vec<B256> {
    (0..count).map(|number| keccak256([of, number])).collect()
}

fn manifest() -> Manifest {
    let records = (1..6).map(|number| (account(number), records(number, number))).collect();
    Manifest::new(head(), records, &BTreeMap::from([(account(2), 10)])).unwrap()
}

#[test]
fn records_and_shares_are_proven() {
    let manifest = manifest();
    assert_eq!(manifest.edition(), U256::from(7_u64 << 32 | 2));
    assert_eq!((manifest.record_count(), manifest.contributors().len()), (15, 5));
    assert_eq!(manifest.total_shares(), U256::from(1 + 20 + 3 + 4 + 5));
    for record in manifest.records() {
        let proof = manifest.record_proof(record).unwrap();
        assert!(verify(manifest.records_root(), record_leaf(record), &proof));
    }
    assert_eq!(manifest.record_proof(B256::repeat_byte(1)), None);
    for (number, expected) in [(1, 1), (2, 20), (5, 5)] {
        let (shares, proof) = manifest.share_proof(account(number)).unwrap();
        assert_eq!(shares, U256::from(expected));
        assert!(verify(manifest.shares_root(), share_leaf(account(number), shares), &proof));
    }
    assert_eq!(manifest.share_proof(account(6)), None);
}

#[test]
fn a_manifest_is_read_as_it_was_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("edition.json");
    let written = manifest();
    written.write(&path).unwrap();
    let read = Manifest::read(&path).unwrap();
    assert_eq!((read.hash(), read.head()), (written.hash(), written.head()));
    assert_eq!(read.records_root(), written.records_root());
    assert_eq!(read.hash(), keccak256(fs::read(&path).unwrap()));
}

#[test]
fn whatever_is_changed_in_it_is_refused() {
    let text = String::from_utf8(manifest().bytes).unwrap();
    let record = records(3, 3)[0].to_string();
    let changes = [
        ("\"totalShares\":\"0x21\"", "\"totalShares\":\"0x22\"".to_owned()),
        ("\"shares\":\"0x14\"", "\"shares\":\"0x15\"".to_owned()),
        (record.as_str(), B256::repeat_byte(1).to_string()),
        ("\"recordsRoot\":\"0x", "\"recordsRoot\":\"0xAA".to_owned()),
        ("\"contributors\"", "\"more\":1,\"contributors\"".to_owned()),
        ("{\"schema\"", " {\"schema\"".to_owned()),
    ];
    for (from, to) in changes {
        assert!(text.contains(from), "{from}");
        let changed = text.replacen(from, &to, 1);
        let error = Manifest::parse(Path::new("m.json"), changed.as_bytes()).unwrap_err();
        assert!(matches!(error, Error::Data(DataError::Malformed { .. })), "{from}: {error}");
    }
    let newer = text.replacen("{\"schema\":1", "{\"schema\":2", 1);
    let error = Manifest::parse(Path::new("m.json"), newer.as_bytes()).unwrap_err();
    assert!(matches!(error, Error::Data(DataError::ManifestVersion { version: 2, .. })));
    for text in ["", "{}", "[]", "{\"schema\":1}"] {
        assert!(Manifest::parse(Path::new("m.json"), text.as_bytes()).is_err(), "{text}");
    }
}

#[test]
fn what_cannot_be_an_edition_is_refused() {
    let refused = |records: Vec<(Address, Vec<B256>)>, weights: &[(Address, u64)]| {
        let weights = weights.iter().copied().collect();
        Manifest::new(head(), records.into_iter().collect(), &weights).unwrap_err()
    };
    let error = refused(Vec::new(), &[]);
    assert!(matches!(error, Error::Data(DataError::EmptyManifest { .. })));
    let error = refused(vec![(account(1), Vec::new())], &[]);
    assert!(matches!(error, Error::Data(DataError::EmptyManifest { .. })));
    let twice = vec![(account(1), records(1, 2)), (account(2), records(1, 1))];
    assert!(matches!(refused(twice, &[]), Error::Data(DataError::DuplicateRecord)));
    let error = refused(vec![(account(1), records(1, 2))], &[(account(1), 0)]);
    assert!(matches!(error, Error::Data(DataError::InvalidShares { .. })));
}

#[test]
fn a_large_manifest_is_built_with_one_hash_a_node() {
    // 20,000 records of 2,000 contributors; a tree of n leaves has 2n - 1 nodes.
    let owner = |number: u64| Address::from_word(keccak256((number % 2_000).to_be_bytes()));
    let mut records = BTreeMap::<_, Vec<_>>::new();
    for number in 0..20_000_u64 {
        records.entry(owner(number)).or_default().push(keccak256(number.to_be_bytes()));
    }
    let manifest = Manifest::new(head(), records, &BTreeMap::new()).unwrap();
    let record = keccak256(19_999_u64.to_be_bytes());
    let proof = manifest.record_proof(record).unwrap();
    assert!(proof.len() <= 15 && verify(manifest.records_root(), record_leaf(record), &proof));
}

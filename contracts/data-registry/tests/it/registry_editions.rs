//! Editions: frozen when they are published, live after the challenge period, voided before it by
//! whoever shows a fault.

use alloy_primitives::{B256, U256, keccak256};
use data_registry::{
    GUARDIAN_ROLE,
    IDataRegistry::{
        AccessControlUnauthorizedAccount, EditionCohortTooSmall, EditionInvalidCounts,
        EditionInvalidShares, EditionMissingHash, EditionMissingReason, EditionNoFault,
        EditionNotChallengeable, EditionPublished, EditionUriTooLong, EditionVoided, containsCall,
        editionOfCall, eraseCall, isLiveCall, manifestOfCall, publishCall, registerForCall,
        rootsOfCall, setChallengePeriodCall, setMinCohortCall, voidByDecisionCall,
        voidForDuplicateCall, voidForRecordCall,
    },
};
use datacoop_kit::testing::START;

use crate::support::{
    ADMIN, CLINICAL, CURATOR, GENOMIC, GUARDIAN, HOSPITAL, MALLORY, Registry, Tree, alice, edition,
    leaf, log, patient, publish, record, register, register_for,
};

const ALL: [u64; 10] = [10, 11, 12, 13, 14, 15, 16, 17, 18, 19];
const PERIOD: u64 = 3 * 86_400;

fn status(registry: &Registry, version: u32) -> u8 {
    registry.ok(MALLORY, &editionOfCall { edition: edition(version) }).status
}

fn is_live(registry: &Registry, version: u32) -> bool {
    registry.ok(MALLORY, &isLiveCall { edition: edition(version) })
}

fn contains(registry: &Registry, number: u64, proof: Vec<B256>) -> bool {
    let call = containsCall { edition: edition(1), recordId: record(number), proof };
    registry.ok(MALLORY, &call)
}

fn for_record(number: u64, proof: Vec<B256>) -> voidForRecordCall {
    voidForRecordCall { edition: edition(1), recordId: record(number), proof }
}

fn twice(number: u64, proof: Vec<B256>, otherProof: Vec<B256>) -> voidForDuplicateCall {
    voidForDuplicateCall { edition: edition(1), recordId: record(number), proof, otherProof }
}

fn no_fault(number: u64) -> EditionNoFault {
    EditionNoFault { edition: edition(1), recordId: record(number) }
}

fn voided(by: alloy_primitives::Address, reason: B256, cause: u8) -> EditionVoided {
    EditionVoided { edition: edition(1), by, reason, cause }
}

#[test]
fn an_edition_is_published_and_frozen() {
    let registry = Registry::with_dataset();
    let tree = Tree::of_records(&ALL);
    assert_eq!(registry.ok(CURATOR, &publish(tree.root())), edition(1));
    registry.emitted(&[log(&EditionPublished {
        edition: edition(1),
        curator: CURATOR,
        manifestHash: B256::repeat_byte(3),
        recordsRoot: tree.root(),
        sharesRoot: B256::repeat_byte(2),
        records: 10,
        contributors: 10,
        totalShares: U256::from(10),
        liveFrom: START + PERIOD,
        manifestUri: "https://manifests.example/1".to_owned(),
    })]);
    let found = registry.ok(MALLORY, &editionOfCall { edition: edition(1) });
    assert_eq!((found.status, found.dataClass, found.purposes), (1, CLINICAL, 31));
    assert_eq!((found.records, found.contributors, found.liveFrom), (10, 10, START + PERIOD));
    let roots = registry.ok(MALLORY, &rootsOfCall { edition: edition(1) });
    assert_eq!((roots.recordsRoot, roots.sharesRoot), (tree.root(), B256::repeat_byte(2)));
    assert_eq!(roots.totalShares, U256::from(10));
    let manifest = registry.ok(MALLORY, &manifestOfCall { edition: edition(1) });
    assert_eq!((manifest.manifestHash, manifest.publishedAt), (B256::repeat_byte(3), START));
    // The next one is another.
    assert_eq!(registry.ok(CURATOR, &publish(B256::repeat_byte(9))), edition(2));
    let roots = registry.ok(MALLORY, &rootsOfCall { edition: edition(1) });
    assert_eq!(roots.recordsRoot, tree.root());
}

#[test]
fn an_edition_is_live_from_the_end_of_the_challenge_period_on() {
    let (registry, _) = Registry::with_edition(&ALL);
    assert!(!is_live(&registry, 1));
    registry.chain.set_time(START + PERIOD - 1);
    assert!(!is_live(&registry, 1));
    // A later change of the period does not touch it.
    registry.ok(ADMIN, &setChallengePeriodCall { newPeriod: 0 });
    assert!(!is_live(&registry, 1));
    registry.chain.set_time(START + PERIOD);
    assert!(is_live(&registry, 1));
    registry.ok(CURATOR, &publish(B256::repeat_byte(9)));
    assert!(is_live(&registry, 2));
    assert!(!is_live(&registry, 3));
}

#[test]
fn a_cohort_that_is_too_small_is_refused() {
    let registry = Registry::with_dataset();
    let call = |contributors| publishCall { contributors, ..publish(B256::repeat_byte(1)) };
    for contributors in [0, 1, 4] {
        let refused = EditionCohortTooSmall { contributors, minimum: 5 };
        registry.fails(CURATOR, &call(contributors), &refused);
    }
    registry.ok(CURATOR, &call(5));
    registry.ok(ADMIN, &setMinCohortCall { newCohort: 6 });
    registry.forget();
    registry.fails(CURATOR, &call(5), &EditionCohortTooSmall { contributors: 5, minimum: 6 });
}

#[test]
fn counts_shares_hashes_and_uris_have_bounds() {
    let registry = Registry::with_dataset();
    let good = || publish(B256::repeat_byte(1));
    let refused = EditionInvalidCounts { records: 9, contributors: 10 };
    registry.fails(CURATOR, &publishCall { records: 9, ..good() }, &refused);
    let maximum = U256::ONE << 96;
    for totalShares in [U256::ZERO, U256::from(9), maximum + U256::ONE, U256::MAX] {
        let refused = EditionInvalidShares { totalShares, minimum: U256::from(10), maximum };
        registry.fails(CURATOR, &publishCall { totalShares, ..good() }, &refused);
    }
    let zero = B256::ZERO;
    let without = [
        publishCall { recordsRoot: zero, ..good() },
        publishCall { sharesRoot: zero, ..good() },
        publishCall { manifestHash: zero, ..good() },
    ];
    for call in without {
        registry.fails(CURATOR, &call, &EditionMissingHash {});
    }
    let refused = EditionUriTooLong { length: U256::from(257), maximum: U256::from(256) };
    registry.fails(CURATOR, &publishCall { manifestUri: "u".repeat(257), ..good() }, &refused);
    registry.ok(CURATOR, &publishCall { manifestUri: "u".repeat(256), ..good() });
    registry.ok(CURATOR, &publishCall { totalShares: maximum, ..good() });
    let found = registry.ok(MALLORY, &rootsOfCall { edition: edition(2) });
    assert_eq!(found.totalShares, maximum);
}

#[test]
fn what_an_edition_contains_is_proven() {
    let (registry, tree) = Registry::with_edition(&ALL);
    for (index, number) in ALL.into_iter().enumerate() {
        assert!(contains(&registry, number, tree.proof(index)));
        assert!(!contains(&registry, number + 10, tree.proof(index)));
        assert!(!contains(&registry, number, tree.proof((index + 1) % 10)));
        let mut bent = tree.proof(index);
        bent[0][31] ^= 1;
        assert!(!contains(&registry, number, bent));
        let mut longer = tree.proof(index);
        longer.push(B256::ZERO);
        assert!(!contains(&registry, number, longer));
        assert!(!contains(&registry, number, tree.proof(index)[1..].to_vec()));
    }
    assert!(!contains(&registry, 10, Vec::new()));
    // Nothing is in an edition that there is not, not even under its root of zero.
    for recordId in [B256::ZERO, record(10)] {
        let call = containsCall { edition: edition(2), recordId, proof: Vec::new() };
        assert!(!registry.ok(MALLORY, &call));
    }
}

#[test]
fn no_node_passes_for_a_record() {
    // The second preimage: an inner node, or what it is the hash of, given as a record.
    let (registry, tree) = Registry::with_edition(&ALL);
    let proof = tree.proof(0);
    let (first, second) = (leaf(record(10)), proof[0]);
    let node = keccak256([first.min(second).0, first.max(second).0].concat());
    for recordId in [node, first, keccak256(record(10)), tree.root()] {
        for skip in 0..=proof.len() {
            let proof = proof[skip..].to_vec();
            let call = containsCall { edition: edition(1), recordId, proof };
            assert!(!registry.ok(MALLORY, &call));
        }
    }
}

#[test]
fn anybody_voids_an_edition_with_a_record_that_nobody_attested() {
    // One is unknown, one only registered.
    for number in [99, 1] {
        let registry = Registry::with_dataset();
        registry.ok(alice().address(), &register(1));
        let tree = Tree::of_records(&[10, 11, number]);
        registry.ok(CURATOR, &publish(tree.root()));
        registry.forget();
        registry.ok(MALLORY, &for_record(number, tree.proof(2)));
        registry.emitted(&[log(&voided(MALLORY, record(number), 1))]);
        assert_eq!(status(&registry, 1), 2);
        registry.chain.set_time(START + PERIOD);
        assert!(!is_live(&registry, 1));
        // It keeps its number.
        assert_eq!(registry.ok(CURATOR, &publish(tree.root())), edition(2));
    }
}

#[test]
fn anybody_voids_an_edition_with_a_record_of_another_class() {
    let registry = Registry::with_dataset();
    let call = registerForCall { dataClass: GENOMIC, ..register_for(patient(10), 20) };
    registry.ok(HOSPITAL, &call);
    let tree = Tree::of_records(&[10, 20]);
    registry.ok(CURATOR, &publish(tree.root()));
    registry.forget();
    registry.fails(MALLORY, &for_record(10, tree.proof(0)), &no_fault(10));
    registry.ok(MALLORY, &for_record(20, tree.proof(1)));
    registry.emitted(&[log(&voided(MALLORY, record(20), 1))]);
}

#[test]
fn an_edition_without_a_fault_is_not_voided() {
    let (registry, tree) = Registry::with_edition(&ALL);
    for (index, number) in ALL.into_iter().enumerate() {
        registry.fails(MALLORY, &for_record(number, tree.proof(index)), &no_fault(number));
        let call = twice(number, tree.proof(index), tree.proof(index));
        registry.fails(MALLORY, &call, &no_fault(number));
    }
    // What is not in it is no fault, whatever it is.
    registry.fails(MALLORY, &for_record(99, tree.proof(0)), &no_fault(99));
    registry.fails(MALLORY, &for_record(99, Vec::new()), &no_fault(99));
    registry.fails(MALLORY, &twice(10, tree.proof(0), tree.proof(1)), &no_fault(10));
    registry.fails(MALLORY, &twice(10, tree.proof(1), tree.proof(0)), &no_fault(10));
    assert_eq!(status(&registry, 1), 1);
}

#[test]
fn no_contributor_voids_an_edition_by_erasing() {
    let (registry, tree) = Registry::with_edition(&ALL);
    registry.ok(patient(10), &eraseCall { recordId: record(10) });
    registry.forget();
    registry.fails(patient(10), &for_record(10, tree.proof(0)), &no_fault(10));
    // It is in the edition for ever, and whoever reads it asks for its status.
    assert!(contains(&registry, 10, tree.proof(0)));
    assert_eq!(registry.record_of(10).2, 3);
}

#[test]
fn a_record_that_was_erased_before_is_a_fault() {
    let registry = Registry::with_dataset();
    registry.ok(patient(10), &eraseCall { recordId: record(10) });
    registry.chain.set_time(START + 1);
    let tree = Tree::of_records(&ALL);
    registry.ok(CURATOR, &publish(tree.root()));
    registry.forget();
    registry.ok(MALLORY, &for_record(10, tree.proof(0)));
    registry.emitted(&[log(&voided(MALLORY, record(10), 1))]);
}

#[test]
fn anybody_voids_an_edition_with_a_record_twice() {
    // Far apart, side by side, and in halves that are the same.
    let cases: [(&[u64], usize, usize); 4] = [
        (&[10, 11, 12, 13, 10], 0, 4),
        (&[10, 10, 11, 12], 0, 1),
        (&[10, 11, 10, 11], 0, 2),
        (&[12, 13, 14, 15, 10, 11, 11, 10], 4, 7),
    ];
    for (records, first, second) in cases {
        let (registry, tree) = Registry::with_edition(records);
        let number = records[first];
        registry.ok(MALLORY, &twice(number, tree.proof(first), tree.proof(second)));
        registry.emitted(&[log(&voided(MALLORY, record(number), 2))]);
        assert_eq!(status(&registry, 1), 2);
    }
}

#[test]
fn a_record_beside_one_that_is_twice_is_not_twice() {
    let (registry, tree) = Registry::with_edition(&[12, 13, 10, 10]);
    registry.fails(MALLORY, &twice(12, tree.proof(0), tree.proof(0)), &no_fault(12));
}

#[test]
fn the_guardian_and_the_admin_void_by_decision() {
    let reason = keccak256("the weights are wrong");
    let call = voidByDecisionCall { edition: edition(1), reason };
    for by in [GUARDIAN, ADMIN] {
        let (registry, _) = Registry::with_edition(&ALL);
        for account in [MALLORY, CURATOR, HOSPITAL] {
            let refused = AccessControlUnauthorizedAccount { account, neededRole: GUARDIAN_ROLE };
            registry.fails(account, &call, &refused);
        }
        let without = voidByDecisionCall { reason: B256::ZERO, ..call.clone() };
        registry.fails(by, &without, &EditionMissingReason {});
        registry.ok(by, &call);
        registry.emitted(&[log(&voided(by, reason, 3))]);
        assert_eq!(status(&registry, 1), 2);
    }
}

#[test]
fn what_is_live_voided_or_unknown_is_not_voided() {
    let (registry, _) = Registry::with_edition(&[10, 10, 99]);
    let tree = Tree::of_records(&[10, 10, 99]);
    let liveFrom = START + PERIOD;
    let all = |edition: U256, status, liveFrom| {
        let refused = EditionNotChallengeable { edition, status, liveFrom };
        let call = voidForRecordCall { edition, ..for_record(99, tree.proof(2)) };
        registry.fails(MALLORY, &call, &refused);
        let call = voidForDuplicateCall { edition, ..twice(10, tree.proof(0), tree.proof(1)) };
        registry.fails(MALLORY, &call, &refused);
        let call = voidByDecisionCall { edition, reason: B256::repeat_byte(1) };
        registry.fails(ADMIN, &call, &refused);
    };
    all(edition(2), 0, 0);
    all(U256::MAX, 0, 0);
    registry.ok(CURATOR, &publish(tree.root()));
    let call = voidByDecisionCall { edition: edition(2), reason: B256::repeat_byte(1) };
    registry.ok(GUARDIAN, &call);
    registry.forget();
    all(edition(2), 2, START + 1 + PERIOD);
    // The last second of the challenge.
    registry.chain.set_time(liveFrom);
    assert!(is_live(&registry, 1));
    all(edition(1), 1, liveFrom);
    registry.chain.set_time(liveFrom - 1);
    registry.ok(MALLORY, &for_record(99, tree.proof(2)));
}

#[test]
fn without_a_challenge_period_nobody_voids() {
    let registry = Registry::with_dataset();
    registry.ok(ADMIN, &setChallengePeriodCall { newPeriod: 0 });
    let tree = Tree::of_records(&[10, 99]);
    registry.ok(CURATOR, &publish(tree.root()));
    registry.forget();
    let refused = EditionNotChallengeable { edition: edition(1), status: 1, liveFrom: START };
    registry.fails(MALLORY, &for_record(99, tree.proof(1)), &refused);
    assert!(is_live(&registry, 1));
}

//! Long random runs against a naive model: whose records are and what becomes of them, histories that
//! anybody recomputes from the events, and editions that are voided for faults and nothing else.

use std::collections::{BTreeMap, BTreeSet};

use alloy_primitives::{Address, B256, keccak256};
use data_registry::IDataRegistry::{
    CustodyTransferred, PointerRotated, RecordAttested, RecordErased, RecordRegistered,
    acceptCustodyCall, attestCall, eraseCall, isLiveCall, offerCustodyCall, rotatePointerCall,
    voidForDuplicateCall, voidForRecordCall,
};
use datacoop_kit::testing::{Log, START};
use proptest::{collection::vec, prelude::*, test_runner::RngSeed};

use crate::support::{
    ATTESTED, CURATOR, Change, ERASED, HOSPITAL, MALLORY, REGISTERED, Registry, Tree, edition,
    patient, publish, record, register, register_for, register_many,
};

/// The seed of the runs: a failure comes again, and proptest prints what failed.
const SEED: u64 = 20_260_115;

/// Patients, from the number 10 on, the last of whom is an attestor too.
const PEOPLE: u8 = 4;

/// Records that are registered, attested and so on.
const RECORDS: u64 = 6;

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, rng_seed: RngSeed::Fixed(SEED), ..Default::default() }
}

#[derive(Clone, Debug)]
enum Step {
    Register(u8, u64),
    RegisterFor(bool, u8, u64),
    RegisterMany(Vec<(u8, u64)>),
    Attest(bool, u64),
    Offer(u8, u8, u64),
    Accept(u8, u64),
    Rotate(u8, u64, u8),
    Erase(u8, u64),
    Wait(u64),
}

fn step() -> impl Strategy<Value = Step> {
    let who = 0..PEOPLE;
    let which = 0..RECORDS;
    prop_oneof![
        3 => (who.clone(), which.clone()).prop_map(|(who, id)| Step::Register(who, id)),
        2 => (any::<bool>(), who.clone(), which.clone())
            .prop_map(|(other, who, id)| Step::RegisterFor(other, who, id)),
        1 => vec((who.clone(), which.clone()), 0..4).prop_map(Step::RegisterMany),
        3 => (any::<bool>(), which.clone()).prop_map(|(other, id)| Step::Attest(other, id)),
        5 => (who.clone(), who.clone(), which.clone())
            .prop_map(|(who, to, id)| Step::Offer(who, to, id)),
        5 => (who.clone(), which.clone()).prop_map(|(who, id)| Step::Accept(who, id)),
        3 => (who.clone(), which.clone(), 0..4_u8)
            .prop_map(|(who, id, to)| Step::Rotate(who, id, to)),
        2 => (who, which).prop_map(|(who, id)| Step::Erase(who, id)),
        4 => (0..9_u64).prop_map(Step::Wait),
    ]
}

fn person(index: u8) -> Address {
    patient(index + 10)
}

/// Who attests: the hospital, or the patient who is an attestor too.
fn attestor(is_patient: bool) -> Address {
    if is_patient { person(PEOPLE - 1) } else { HOSPITAL }
}

#[derive(Clone, Debug)]
struct Known {
    owner: Address,
    status: u8,
    since: u64,
    pointer_hash: B256,
    candidate: Address,
}

#[derive(Default)]
struct Model {
    records: BTreeMap<u64, Known>,
    now: u64,
}

impl Model {
    /// Registers a record, if it may be.
    fn register(&mut self, owner: Address, source: Address, id: u64, pointer: &[u8]) -> bool {
        let by_attestor = source != owner;
        if self.records.contains_key(&id) {
            return false;
        }
        let status = if by_attestor { ATTESTED } else { REGISTERED };
        let known = Known {
            owner,
            status,
            since: self.now,
            pointer_hash: keccak256(pointer),
            candidate: Address::ZERO,
        };
        self.records.insert(id, known);
        true
    }

    /// The record, if it is neither unknown nor erased.
    fn live(&mut self, id: u64) -> Option<&mut Known> {
        self.records.get_mut(&id).filter(|known| known.status != ERASED)
    }
}

/// Does a step on both, and requires that both allow or refuse it.
fn act(registry: &Registry, model: &mut Model, step: &Step) {
    model.now = registry.chain.time();
    let recordId = |id: u64| record(id);
    let (happened, allowed) = match step {
        Step::Register(who, id) => {
            let owner = person(*who);
            let allowed = model.register(owner, owner, *id, &crate::support::pointer(*id));
            (registry.call(owner, &register(*id)).is_ok(), allowed)
        }
        Step::RegisterFor(is_patient, who, id) => {
            let (source, owner) = (attestor(*is_patient), person(*who));
            let allowed = source != owner
                && model.register(owner, source, *id, &crate::support::pointer(*id));
            (registry.call(source, &register_for(owner, *id)).is_ok(), allowed)
        }
        Step::RegisterMany(entries) => {
            let entries: Vec<_> = entries.iter().map(|(who, id)| (person(*who), *id)).collect();
            let ids: BTreeSet<_> = entries.iter().map(|(_, id)| *id).collect();
            let allowed = !entries.is_empty()
                && ids.len() == entries.len()
                && ids.iter().all(|id| !model.records.contains_key(id));
            if allowed {
                for (owner, id) in &entries {
                    model.register(*owner, HOSPITAL, *id, &crate::support::batch_pointer(*id));
                }
            }
            (registry.call(HOSPITAL, &register_many(&entries)).is_ok(), allowed)
        }
        Step::Attest(is_patient, id) => {
            let (by, now) = (attestor(*is_patient), model.now);
            let known = model.records.get_mut(id);
            let known = known.filter(|known| known.status == REGISTERED && known.owner != by);
            let allowed = known.is_some();
            if let Some(known) = known {
                (known.status, known.since) = (ATTESTED, now);
            }
            (registry.call(by, &attestCall { recordId: recordId(*id) }).is_ok(), allowed)
        }
        Step::Offer(who, to, id) => {
            let candidate = person(*to);
            let known = model.live(*id).filter(|known| known.owner == person(*who));
            let allowed = known.is_some();
            if let Some(known) = known {
                known.candidate = candidate;
            }
            let call = offerCustodyCall { recordId: recordId(*id), candidate };
            (registry.call(person(*who), &call).is_ok(), allowed)
        }
        Step::Accept(who, id) => {
            let caller = person(*who);
            let known = model.live(*id);
            let known = known.filter(|known| known.candidate == caller && *who != PEOPLE - 1);
            let allowed = known.is_some();
            if let Some(known) = known {
                (known.owner, known.candidate) = (caller, Address::ZERO);
            }
            (registry.call(caller, &acceptCustodyCall { recordId: recordId(*id) }).is_ok(), allowed)
        }
        Step::Rotate(who, id, to) => {
            let known = model.live(*id).filter(|known| known.owner == person(*who));
            let allowed = known.is_some() && *to != 0;
            let pointer = vec![*to; usize::from(*to)];
            if let Some(known) = known.filter(|_| allowed) {
                known.pointer_hash = keccak256(&pointer);
            }
            let call = rotatePointerCall { recordId: recordId(*id), pointer: pointer.into() };
            (registry.call(person(*who), &call).is_ok(), allowed)
        }
        Step::Erase(who, id) => {
            let now = model.now;
            let known = model.live(*id).filter(|known| known.owner == person(*who));
            let allowed = known.is_some();
            if let Some(known) = known {
                let (owner, pointer_hash) = (known.owner, B256::ZERO);
                let candidate = Address::ZERO;
                *known = Known { owner, status: ERASED, since: now, pointer_hash, candidate };
            }
            (registry.call(person(*who), &eraseCall { recordId: recordId(*id) }).is_ok(), allowed)
        }
        Step::Wait(secs) => {
            registry.chain.set_time(model.now + secs);
            (true, true)
        }
    };
    assert_eq!(happened, allowed, "seed {SEED}: {step:?}");
}

/// Compares all records with the model.
fn compare(registry: &Registry, model: &Model) {
    for id in 0..RECORDS {
        let (owner, _, status) = registry.record_of(id);
        let details = registry.details(id);
        let found = (owner, status, details.since, details.pointerHash, details.candidate);
        let expected = model.records.get(&id).map_or_else(Default::default, |known| {
            (known.owner, known.status, known.since, known.pointer_hash, known.candidate)
        });
        assert_eq!(found, expected, "seed {SEED}");
    }
}

/// What a reader of the logs knows of a record.
#[derive(Clone, Copy, Default)]
struct Replayed {
    owner: Address,
    status: u8,
    since: u64,
    pointer_hash: B256,
    head: B256,
}

impl Replayed {
    fn apply(&mut self, (action, actor): (u8, Address), at: u64, head: B256) {
        let Self { owner, status, since, pointer_hash, .. } = *self;
        let change = Change { action, actor, owner, status, since, pointer_hash, at };
        self.head = change.head(self.head);
        assert_eq!(self.head, head, "seed {SEED}");
    }
}

/// Recomputes the histories of all records from the logs alone, as a tool does.
fn replay(logs: &[Log]) -> BTreeMap<B256, Replayed> {
    let mut records: BTreeMap<B256, Replayed> = BTreeMap::new();
    for log in logs {
        let id = log.topics[1];
        let known =
            records.entry(id).or_insert_with(|| Replayed { head: id, ..Default::default() });
        if let Some(event) = log.decode::<RecordRegistered>() {
            (known.owner, known.status, known.since) = (event.owner, event.status, event.at);
            known.pointer_hash = keccak256(&event.pointer);
            known.apply((1, event.source), event.at, event.head);
        } else if let Some(event) = log.decode::<RecordAttested>() {
            (known.status, known.since) = (ATTESTED, event.at);
            known.apply((2, event.attestor), event.at, event.head);
        } else if let Some(event) = log.decode::<CustodyTransferred>() {
            assert_eq!(known.owner, event.oldOwner);
            known.owner = event.newOwner;
            known.apply((3, event.newOwner), event.at, event.head);
        } else if let Some(event) = log.decode::<PointerRotated>() {
            assert_eq!(known.pointer_hash, event.oldPointerHash);
            known.pointer_hash = keccak256(&event.pointer);
            known.apply((4, event.owner), event.at, event.head);
        } else if let Some(event) = log.decode::<RecordErased>() {
            assert_eq!((known.status, known.pointer_hash), (event.oldStatus, event.oldPointerHash));
            (known.status, known.since, known.pointer_hash) = (ERASED, event.at, B256::ZERO);
            known.apply((5, event.owner), event.at, event.head);
        }
    }
    records
}

fn started() -> Registry {
    let registry = Registry::new();
    registry.set_attestor(person(PEOPLE - 1), true);
    registry
}

proptest! {
    #![proptest_config(config(48))]

    #[test]
    fn records_are_what_a_naive_model_says_and_their_histories_are_recomputed(
        steps in vec(step(), 1..80),
    ) {
        let (registry, mut model) = (started(), Model::default());
        for step in &steps {
            act(&registry, &mut model, step);
            compare(&registry, &model);
        }
        let replayed = replay(&registry.chain.take_logs());
        prop_assert_eq!(replayed.len(), model.records.len());
        for id in model.records.keys() {
            prop_assert_eq!(replayed[&record(*id)].head, registry.head(*id));
        }
    }

    #[test]
    fn an_edition_is_voided_for_a_fault_and_for_nothing_else(
        // Records 10 to 19 are attested, 20 is registered, and the others unknown.
        records in vec(prop_oneof![12 => 10..20_u64, 1 => 20..22_u64], 2..9),
        erased_before in proptest::option::of(10..20_u64),
        erased_after in proptest::option::of(10..20_u64),
    ) {
        let registry = Registry::with_dataset();
        registry.ok(patient(10), &register(20));
        let owner = |number: u64| patient(u8::try_from(number).expect("few"));
        let erase = |number: u64| registry.call(owner(number), &eraseCall { recordId: record(number) });
        if let Some(number) = erased_before {
            prop_assert!(erase(number).is_ok());
        }
        registry.chain.set_time(START + 1);
        let tree = Tree::of_records(&records);
        registry.ok(CURATOR, &publish(tree.root()));
        if let Some(number) = erased_after {
            prop_assert_eq!(erase(number).is_ok(), erased_after != erased_before);
        }
        let is_faulty = |number: u64| number >= 20 || erased_before == Some(number);
        let mut voided = false;
        for (index, number) in records.iter().enumerate() {
            let (recordId, proof) = (record(*number), tree.proof(index));
            let call = voidForRecordCall { edition: edition(1), recordId, proof };
            prop_assert_eq!(registry.call(MALLORY, &call).is_ok(), !voided && is_faulty(*number));
            voided |= is_faulty(*number);
        }
        for first in 0..records.len() {
            for second in first..records.len() {
                let call = voidForDuplicateCall {
                    edition: edition(1),
                    recordId: record(records[first]),
                    proof: tree.proof(first),
                    otherProof: tree.proof(second),
                };
                let twice = first != second && records[first] == records[second]
                    // A proof that passes two equal halves tells it alone.
                    || first == second && passes_equal_halves(&records, first);
                prop_assert_eq!(registry.call(MALLORY, &call).is_ok(), !voided && twice);
                voided |= twice;
            }
        }
        registry.chain.set_time(START + 3 * 86_400 + 1);
        prop_assert_eq!(registry.ok(MALLORY, &isLiveCall { edition: edition(1) }), !voided);
    }
}

/// Whether the halves under some node above a leaf are the same, whatever the order of siblings.
fn passes_equal_halves(records: &[u64], index: usize) -> bool {
    (0..4).any(|height| {
        let half = |at: usize| records.chunks(1 << height).nth(at).map(Tree::of_records);
        let (here, beside) = (half(index >> height), half(index >> height ^ 1));
        beside.is_some() && here.map(|tree| tree.root()) == beside.map(|tree| tree.root())
    })
}

#[test]
fn the_runs_do_something() {
    // Else the comparisons above would be of nothing with nothing.
    let (registry, mut model) = (started(), Model::default());
    let steps = [
        Step::Register(0, 0),
        Step::Attest(true, 0),
        Step::Offer(0, 1, 0),
        Step::Accept(1, 0),
        Step::Rotate(1, 0, 2),
        Step::Erase(1, 0),
    ];
    for step in &steps {
        act(&registry, &mut model, step);
    }
    compare(&registry, &model);
    assert_eq!((model.records[&0].owner, model.records[&0].status), (person(1), ERASED));
    let replayed = replay(&registry.chain.take_logs());
    assert_eq!(
        (replayed[&record(0)].head, replayed[&record(0)].status),
        (registry.head(0), ERASED)
    );
}

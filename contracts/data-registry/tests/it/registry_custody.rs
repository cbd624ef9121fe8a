//! What the owner of a record may do: hand it over, say where it lies, erase it.

use alloy_primitives::{Address, B256, keccak256};
use data_registry::IDataRegistry::{
    CustodyOffered, CustodyTransferred, PointerRotated, RecordCandidateNotMember, RecordErased,
    RecordInvalidPointer, RecordNotLive, RecordSelfAttestation, RecordUnauthorizedCandidate,
    RecordUnauthorizedOwner, acceptCustodyCall, attestCall, eraseCall, offerCustodyCall,
    rotatePointerCall,
};
use datacoop_kit::testing::START;
use membership::IMembership::leaveCall;

use crate::support::{
    ATTESTED, CLINICAL, Change, ERASED, HOSPITAL, MALLORY, MEMBERSHIP, REGISTERED, Registry, alice,
    bob, log, pointer, record, register,
};

fn offer(candidate: Address) -> offerCustodyCall {
    offerCustodyCall { recordId: record(1), candidate }
}

fn accept() -> acceptCustodyCall {
    acceptCustodyCall { recordId: record(1) }
}

fn rotate(to: &[u8]) -> rotatePointerCall {
    rotatePointerCall { recordId: record(1), pointer: to.to_vec().into() }
}

fn erase() -> eraseCall {
    eraseCall { recordId: record(1) }
}

fn offered(oldCandidate: Address, newCandidate: Address) -> CustodyOffered {
    CustodyOffered { recordId: record(1), owner: alice().address(), oldCandidate, newCandidate }
}

#[test]
fn custody_goes_over_in_two_steps() {
    let registry = Registry::with_record();
    let (alice, bob) = (alice().address(), bob().address());
    registry.ok(HOSPITAL, &attestCall { recordId: record(1) });
    let before = registry.details(1);
    registry.forget();
    registry.ok(alice, &offer(bob));
    registry.emitted(&[log(&offered(Address::ZERO, bob))]);
    assert_eq!((registry.record_of(1).0, registry.details(1).candidate), (alice, bob));
    assert_eq!(registry.head(1), before.head);

    registry.chain.set_time(START + 9);
    registry.ok(bob, &accept());
    let change = Change {
        action: 3,
        actor: bob,
        owner: bob,
        status: ATTESTED,
        at: START + 9,
        ..Change::registered(1)
    };
    let head = change.head(before.head);
    let (recordId, at) = (record(1), START + 9);
    let event = CustodyTransferred { recordId, oldOwner: alice, newOwner: bob, at, head };
    registry.emitted(&[log(&offered(bob, Address::ZERO)), log(&event)]);
    assert_eq!(registry.record_of(1), (bob, CLINICAL, ATTESTED));
    let after = registry.details(1);
    assert_eq!((after.head, after.candidate), (head, Address::ZERO));
    // When it was attested does not change by it.
    assert_eq!((after.since, after.pointerHash), (START, before.pointerHash));
}

#[test]
fn only_the_owner_offers_and_only_the_candidate_takes() {
    let registry = Registry::with_record();
    let (owner, bob) = (alice().address(), bob().address());
    for caller in [MALLORY, bob, HOSPITAL] {
        registry.fails(caller, &offer(caller), &RecordUnauthorizedOwner { caller, owner });
        let refused = RecordUnauthorizedCandidate { caller, candidate: Address::ZERO };
        registry.fails(caller, &accept(), &refused);
    }
    registry.ok(owner, &offer(bob));
    registry.forget();
    for caller in [MALLORY, owner, HOSPITAL] {
        let refused = RecordUnauthorizedCandidate { caller, candidate: bob };
        registry.fails(caller, &accept(), &refused);
    }
}

#[test]
fn an_offer_is_taken_back_and_good_once() {
    let registry = Registry::with_record();
    let (owner, bob) = (alice().address(), bob().address());
    registry.ok(owner, &offer(bob));
    registry.forget();
    registry.ok(owner, &offer(Address::ZERO));
    registry.emitted(&[log(&offered(bob, Address::ZERO))]);
    let refused = RecordUnauthorizedCandidate { caller: bob, candidate: Address::ZERO };
    registry.fails(bob, &accept(), &refused);
    // The same offer again says nothing.
    registry.ok(owner, &offer(Address::ZERO));
    registry.emitted(&[]);
    registry.ok(owner, &offer(bob));
    registry.ok(bob, &accept());
    registry.forget();
    registry.fails(bob, &accept(), &refused);
    registry.fails(owner, &offer(owner), &RecordUnauthorizedOwner { caller: owner, owner: bob });
}

#[test]
fn who_takes_a_record_is_a_member_and_no_attestor() {
    let registry = Registry::with_record();
    registry.ok(alice().address(), &offer(MALLORY));
    registry.forget();
    registry.fails(MALLORY, &accept(), &RecordCandidateNotMember { candidate: MALLORY });
    registry.enrol(MALLORY, 2);
    registry.set_attestor(MALLORY, true);
    let refused = RecordSelfAttestation { recordId: record(1), account: MALLORY };
    registry.fails(MALLORY, &accept(), &refused);
    registry.set_attestor(MALLORY, false);
    registry.ok(MALLORY, &accept());
    assert_eq!(registry.record_of(1).0, MALLORY);
}

#[test]
fn the_owner_says_where_the_bytes_lie_now() {
    let registry = Registry::with_record();
    let owner = alice().address();
    registry.chain.set_time(START + 3);
    registry.ok(owner, &rotate(b"ipfs://elsewhere"));
    let first = Change::registered(1);
    let newPointerHash = keccak256(b"ipfs://elsewhere");
    let second = Change { action: 4, pointer_hash: newPointerHash, at: START + 3, ..first };
    let head = second.head(first.head(record(1)));
    registry.emitted(&[log(&PointerRotated {
        recordId: record(1),
        owner,
        oldPointerHash: keccak256(pointer(1)),
        newPointerHash,
        pointer: b"ipfs://elsewhere".to_vec().into(),
        at: START + 3,
        head,
    })]);
    let details = registry.details(1);
    assert_eq!((details.pointerHash, details.head), (newPointerHash, head));
    assert_eq!(registry.record_of(1), (owner, CLINICAL, REGISTERED));
    for caller in [MALLORY, bob().address(), HOSPITAL] {
        registry.fails(caller, &rotate(b"x"), &RecordUnauthorizedOwner { caller, owner });
    }
    for len in [0, 257] {
        let refused = RecordInvalidPointer {
            length: len.try_into().unwrap(),
            minimum: 1.try_into().unwrap(),
            maximum: 256.try_into().unwrap(),
        };
        registry.fails(owner, &rotate(&vec![1; len]), &refused);
    }
}

#[test]
fn erasure_forgets_the_pointer_and_keeps_the_id() {
    let registry = Registry::with_record();
    let owner = alice().address();
    registry.ok(owner, &offer(bob().address()));
    registry.forget();
    registry.chain.set_time(START + 4);
    registry.ok(owner, &erase());
    let first = Change::registered(1);
    let second = Change {
        action: 5,
        status: ERASED,
        since: START + 4,
        pointer_hash: B256::ZERO,
        at: START + 4,
        ..first
    };
    let head = second.head(first.head(record(1)));
    let event = RecordErased {
        recordId: record(1),
        owner,
        oldStatus: REGISTERED,
        oldPointerHash: keccak256(pointer(1)),
        at: START + 4,
        head,
    };
    registry.emitted(&[log(&offered(bob().address(), Address::ZERO)), log(&event)]);
    assert_eq!(registry.record_of(1), (owner, CLINICAL, ERASED));
    let details = registry.details(1);
    assert_eq!((details.pointerHash, details.head, details.since), (B256::ZERO, head, START + 4));
    assert_eq!(details.candidate, Address::ZERO);
}

#[test]
fn nothing_is_done_with_an_erased_or_unknown_record() {
    let registry = Registry::with_record();
    registry.ok(alice().address(), &erase());
    registry.forget();
    let gone = RecordNotLive { recordId: record(1), status: ERASED };
    let owner = alice().address();
    registry.fails(owner, &offer(owner), &gone);
    registry.fails(owner, &accept(), &gone);
    registry.fails(owner, &rotate(b"x"), &gone);
    registry.fails(owner, &erase(), &gone);
    let recordId = record(2);
    let unknown = RecordNotLive { recordId, status: 0 };
    registry.fails(owner, &eraseCall { recordId }, &unknown);
    // The zero address is nobody's owner.
    registry.fails(Address::ZERO, &eraseCall { recordId }, &unknown);
    registry.fails(Address::ZERO, &acceptCustodyCall { recordId }, &unknown);
}

#[test]
fn only_the_owner_erases_and_needs_no_membership_for_it() {
    let registry = Registry::with_record();
    let owner = alice().address();
    for caller in [MALLORY, bob().address(), HOSPITAL, crate::support::ADMIN] {
        registry.fails(caller, &erase(), &RecordUnauthorizedOwner { caller, owner });
    }
    registry.chain.send(owner, MEMBERSHIP, &leaveCall {}).expect("she may leave");
    registry.ok(owner, &rotate(b"x"));
    registry.ok(owner, &erase());
    assert_eq!(registry.record_of(1).2, ERASED);
}

#[test]
fn a_record_that_changed_hands_is_its_new_owners_alone() {
    let registry = Registry::with_record();
    let (alice, bob) = (alice().address(), bob().address());
    registry.ok(alice, &offer(bob));
    registry.ok(bob, &accept());
    registry.forget();
    registry.fails(alice, &erase(), &RecordUnauthorizedOwner { caller: alice, owner: bob });
    // Bob was offered it as a patient; as an attestor he vouches for nothing of his own.
    registry.set_attestor(bob, true);
    let refused = RecordSelfAttestation { recordId: record(1), account: bob };
    registry.fails(bob, &attestCall { recordId: record(1) }, &refused);
    registry.ok(bob, &erase());
    assert_eq!(registry.record_of(1), (bob, CLINICAL, ERASED));
    registry.ok(alice, &register(2));
}

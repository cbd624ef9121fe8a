//! Binding a DID, and rotating it.

use alloy_primitives::{B256, U256, keccak256};
use membership::{
    IMembership::{
        DidChanged, MembershipDidInUse, MembershipInvalidDid, MembershipNotMember, bindDidCall,
        didOfCall, leaveCall, reissueCall, revokeCall, tokenOfDidCall,
    },
    did::{MAX_LEN, MIN_LEN},
};

use crate::support::{MALLORY, Members, alice, bob, issuer, log, reason};

const ONE: U256 = U256::ONE;

fn bind(did: &str) -> bindDidCall {
    bindDidCall { did: did.to_owned() }
}

fn did_of(members: &Members, id: u64) -> B256 {
    members.ok(MALLORY, &didOfCall { tokenId: U256::from(id) })
}

fn token_of(members: &Members, did: &str) -> U256 {
    members.ok(MALLORY, &tokenOfDidCall { did: keccak256(did) })
}

fn changed(old: &str, new: &str) -> DidChanged {
    let hash = |did: &str| if did.is_empty() { B256::ZERO } else { keccak256(did) };
    DidChanged { tokenId: ONE, oldDid: hash(old), newDid: hash(new), did: new.to_owned() }
}

#[test]
fn a_member_binds_rotates_and_unbinds_a_did() {
    let members = Members::with_alice();
    let alice = alice().address();
    let steps =
        [("", "did:key:a"), ("did:key:a", "did:web:coop.example"), ("did:web:coop.example", "")];
    for (old, new) in steps {
        members.ok(alice, &bind(new));
        members.emitted(&[log(&changed(old, new))]);
        assert_eq!(did_of(&members, 1), changed(old, new).newDid);
        assert_eq!(token_of(&members, new), if new.is_empty() { U256::ZERO } else { ONE });
        assert_eq!(token_of(&members, old), U256::ZERO);
    }
    members.ok(alice, &bind(""));
    members.emitted(&[]);
    members.ok(alice, &bind("did:key:a"));
    let _ = members.chain.take_logs();
    members.ok(alice, &bind("did:key:a"));
    members.emitted(&[]);
}

#[test]
fn a_did_is_bound_to_one_membership() {
    let members = Members::with_alice();
    members.issue(bob().address(), 2, 0);
    let did = "did:key:zAlice";
    members.ok(alice().address(), &bind(did));
    let _ = members.chain.take_logs();
    let error = MembershipDidInUse { did: keccak256(did), tokenId: ONE };
    members.fails(bob().address(), &bind(did), &error);
    // Free again once it was rotated away.
    members.ok(alice().address(), &bind("did:key:zOther"));
    members.ok(bob().address(), &bind(did));
    assert_eq!(token_of(&members, did), U256::from(2));
    assert_eq!(did_of(&members, 1), keccak256("did:key:zOther"));
}

#[test]
fn a_did_is_as_long_as_it_may_be_and_begins_as_one() {
    let members = Members::with_alice();
    let alice = alice().address();
    let of_len = |len: usize| format!("did:x:{}", "y".repeat(len - 6));
    for len in [MIN_LEN, MAX_LEN] {
        members.ok(alice, &bind(&of_len(len)));
        assert_eq!(did_of(&members, 1), keccak256(of_len(len)));
    }
    let _ = members.chain.take_logs();
    let malformed =
        ["did:x:", "x", "DID:key:a", " did:key:a", "https://a.example", &of_len(MAX_LEN + 1)];
    for did in malformed {
        let [length, minimum, maximum] = [did.len(), MIN_LEN, MAX_LEN].map(U256::from);
        members.fails(alice, &bind(did), &MembershipInvalidDid { length, minimum, maximum });
    }
    assert_eq!(did_of(&members, 1), keccak256(of_len(MAX_LEN)));
}

#[test]
fn only_members_bind() {
    let members = Members::with_alice();
    for account in [MALLORY, issuer().address()] {
        members.fails(account, &bind("did:key:a"), &MembershipNotMember { account });
        members.fails(account, &bind(""), &MembershipNotMember { account });
    }
}

#[test]
fn a_did_goes_with_the_membership_and_stays_through_a_replacement() {
    let members = Members::with_alice();
    let (alice, bob, did) = (alice().address(), bob().address(), "did:key:zAlice");
    members.ok(alice, &bind(did));
    members
        .ok(issuer().address(), &reissueCall { lost: alice, replacement: bob, reason: reason() });
    assert_eq!((did_of(&members, 1), token_of(&members, did)), (keccak256(did), ONE));
    let _ = members.chain.take_logs();
    members.fails(alice, &bind("did:key:b"), &MembershipNotMember { account: alice });
    members.ok(bob, &leaveCall {});
    assert_eq!((did_of(&members, 1), token_of(&members, did)), (B256::ZERO, U256::ZERO));
    // The next one may have it, and loses it with a revocation.
    members.issue(MALLORY, 2, 0);
    members.ok(MALLORY, &bind(did));
    assert_eq!(token_of(&members, did), U256::from(2));
    let _ = members.chain.take_logs();
    let call = revokeCall { tokenId: U256::from(2), reason: reason() };
    members.ok(issuer().address(), &call);
    let gone = DidChanged {
        tokenId: U256::from(2),
        oldDid: keccak256(did),
        newDid: B256::ZERO,
        did: String::new(),
    };
    assert_eq!(members.chain.take_logs().first(), Some(&log(&gone)));
    assert_eq!(token_of(&members, did), U256::ZERO);
}

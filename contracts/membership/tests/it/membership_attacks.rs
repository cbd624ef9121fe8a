//! What somebody would try: old, foreign and altered signatures, and races around a lost key.

use alloy_primitives::{Address, B256, U256, uint};
use datacoop_kit::testing::Chain;
use membership::{
    IMembership::{
        ERC721NonexistentToken, MembershipInvalidSignature, MembershipNotMember, joinCall,
        leaveCall, reissueCall, revokeCall, revokeRoleCall,
    },
    ISSUER_ROLE,
};

use crate::support::{
    ADMIN, Credential, MALLORY, MEMBERSHIP, Members, alice, bob, domain, invitation, issuer,
    reason, signed, signed_for,
};

/// The order of secp256k1.
const ORDER: U256 = uint!(0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141_U256);

fn refused() -> MembershipInvalidSignature {
    MembershipInvalidSignature { issuer: issuer().address() }
}

#[test]
fn a_signature_is_not_good_twice() {
    let members = Members::new();
    let account = alice().address();
    let call = signed(&issuer(), &invitation(account));
    members.ok(account, &call);
    let _ = members.chain.take_logs();
    members.fails(account, &call, &refused());
    members.ok(account, &leaveCall {});
    let _ = members.chain.take_logs();
    members.fails(account, &call, &refused());
    assert_eq!(members.nonce(1), U256::from(2), "a refused call counts nothing");
}

#[test]
fn a_signature_for_another_chain_or_contract_is_refused() {
    let members = Members::new();
    let account = alice().address();
    let foreign = [
        domain(Chain::ID + 1, MEMBERSHIP),
        domain(1, MEMBERSHIP),
        domain(Chain::ID, Address::repeat_byte(3)),
    ];
    for domain in foreign {
        let call = signed_for(&issuer(), &invitation(account), &domain);
        members.fails(account, &call, &refused());
    }
}

#[test]
fn the_other_signature_of_the_same_key_is_refused() {
    let members = Members::new();
    let account = alice().address();
    let good = signed(&issuer(), &invitation(account));
    let s = ORDER - U256::from_be_slice(&good.signature[32..64]);
    let v = 27 + 28 - good.signature[64];
    let twin = [&good.signature[..32], &s.to_be_bytes::<32>(), &[v]].concat();
    members.fails(
        account,
        &joinCall { signature: twin.into(), ..signed(&issuer(), &invitation(account)) },
        &refused(),
    );
    members.ok(account, &good);
}

#[test]
fn a_revocation_voids_every_signature_given_before_it() {
    let members = Members::new();
    let (first, second) = (alice().address(), bob().address());
    // Two invitations for one credential: the second is kept back for after the revocation.
    members.ok(first, &signed(&issuer(), &invitation(first)));
    let kept = signed(&issuer(), &invitation(second));
    let ahead = signed(&issuer(), &Credential { nonce: U256::ONE, ..invitation(second) });
    let call = revokeCall { tokenId: U256::ONE, reason: reason() };
    members.ok(issuer().address(), &call);
    let _ = members.chain.take_logs();
    members.fails(second, &kept, &refused());
    members.fails(second, &ahead, &refused());
    // A new word of the issuer is what it takes.
    let anew = Credential { nonce: U256::from(2), ..invitation(second) };
    assert_eq!(members.ok(second, &signed(&issuer(), &anew)), U256::ONE);
}

#[test]
fn what_a_dismissed_issuer_signed_is_void() {
    let members = Members::new();
    let account = alice().address();
    let call = signed(&issuer(), &invitation(account));
    members.ok(ADMIN, &revokeRoleCall { role: ISSUER_ROLE, account: issuer().address() });
    let _ = members.chain.take_logs();
    members.fails(account, &call, &refused());
}

#[test]
fn the_thief_of_a_key_has_nothing_after_the_replacement() {
    let members = Members::with_alice();
    let (lost, replacement) = (alice().address(), bob().address());
    let from = issuer().address();
    // An invitation that the thief found, for the next nonce.
    let found = signed(&issuer(), &Credential { nonce: U256::ONE, ..invitation(lost) });
    members.ok(from, &reissueCall { lost, replacement, reason: reason() });
    let _ = members.chain.take_logs();
    members.fails(lost, &leaveCall {}, &MembershipNotMember { account: lost });
    members.fails(lost, &found, &refused());
    assert!(!members.is_member(lost));
    assert_eq!(members.owner(1), replacement);
}

#[test]
fn two_replacements_of_one_lost_account_do_not_both_happen() {
    let members = Members::with_alice();
    let (lost, from) = (alice().address(), issuer().address());
    let to = |replacement| reissueCall { lost, replacement, reason: reason() };
    members.ok(from, &to(bob().address()));
    let _ = members.chain.take_logs();
    members.fails(from, &to(MALLORY), &MembershipNotMember { account: lost });
    assert_eq!(members.owner(1), bob().address());
}

#[test]
fn a_thief_who_leaves_first_does_not_keep_the_person_out() {
    let members = Members::with_alice();
    let (lost, from) = (alice().address(), issuer().address());
    members.ok(lost, &leaveCall {});
    let _ = members.chain.take_logs();
    let call = reissueCall { lost, replacement: bob().address(), reason: reason() };
    members.fails(from, &call, &MembershipNotMember { account: lost });
    // The credential keeps its id, so the person is the same member as before.
    assert_eq!(members.issue(bob().address(), 1, 0), U256::ONE);
}

#[test]
fn a_revocation_follows_the_person_through_a_replacement() {
    let members = Members::with_alice();
    let from = issuer().address();
    let (lost, replacement) = (alice().address(), bob().address());
    members.ok(from, &reissueCall { lost, replacement, reason: reason() });
    let call = revokeCall { tokenId: U256::ONE, reason: B256::repeat_byte(1) };
    members.ok(from, &call);
    assert!(!members.is_member(lost) && !members.is_member(replacement));
    let _ = members.chain.take_logs();
    members.fails(from, &call, &ERC721NonexistentToken { tokenId: U256::ONE });
}

//! The token: soulbound, one per account and credential, actor roles, leaving, revocation.

use alloy_primitives::{Address, B256, Bytes, U256, uint};
use alloy_sol_types::SolCall;
use datacoop_kit::testing::START;
use membership::IMembership::{
    self, ActorRolesChanged, ERC721InvalidOwner, ERC721InvalidReceiver, ERC721NonexistentToken,
    Locked, MembershipAlreadyMember, MembershipCredentialInUse, MembershipInvalidActorRoles,
    MembershipInvalidCredential, MembershipIssued, MembershipLeft, MembershipMissingReason,
    MembershipNotMember, MembershipReissued, MembershipRevoked, MembershipSoulbound, Transfer,
    actorRolesOfCall, approveCall, balanceOfCall, credentialOfCall, getApprovedCall,
    hasActorRoleCall, isApprovedForAllCall, issueCall, leaveCall, lockedCall, nameCall,
    ownerOfCall, reissueCall, revokeCall, safeTransferFrom_0Call, safeTransferFrom_1Call,
    setActorRolesCall, setApprovalForAllCall, symbolCall, tokenOfCredentialCall, tokenURICall,
    totalSupplyCall, transferFromCall,
};

use crate::support::{
    ADMIN, MALLORY, Members, PATIENT, RESEARCHER, alice, bob, credential, issuer, log, reason,
};

const ONE: U256 = U256::ONE;

#[test]
fn an_issuer_makes_a_member() {
    let members = Members::new();
    let (account, hash) = (alice().address(), credential(1));
    let call = issueCall { account, credential: hash, actorRoles: PATIENT };
    assert_eq!(members.ok(issuer().address(), &call), ONE);
    members.emitted(&[
        log(&Transfer { from: Address::ZERO, to: account, tokenId: ONE }),
        log(&Locked { tokenId: ONE }),
        log(&ActorRolesChanged { tokenId: ONE, oldRoles: 0, newRoles: PATIENT }),
        log(&MembershipIssued {
            tokenId: ONE,
            account,
            credential: hash,
            issuer: issuer().address(),
            actorRoles: PATIENT,
        }),
    ]);
    assert!(members.is_member(account));
    assert_eq!(members.owner(1), account);
    let standing = members.of(account);
    assert_eq!((standing.tokenId, standing.actorRoles, standing.since), (ONE, PATIENT, START));
    assert_eq!(members.ok(MALLORY, &credentialOfCall { tokenId: ONE }), hash);
    assert_eq!(members.ok(MALLORY, &tokenOfCredentialCall { credential: hash }), ONE);
    assert_eq!(members.ok(MALLORY, &totalSupplyCall {}), ONE);
    assert!(members.ok(MALLORY, &lockedCall { tokenId: ONE }));
    assert_eq!(members.ok(MALLORY, &nameCall {}), "Datacoop Membership");
    assert_eq!(members.ok(MALLORY, &symbolCall {}), "MEMBER");
}

#[test]
fn an_account_or_credential_has_one_membership_and_no_more() {
    let members = Members::with_alice();
    let issue = |account, number, actorRoles| issueCall {
        account,
        credential: if number == 0 { B256::ZERO } else { credential(number) },
        actorRoles,
    };
    let (alice, bob, from) = (alice().address(), bob().address(), issuer().address());
    let error = MembershipAlreadyMember { account: alice, tokenId: ONE };
    members.fails(from, &issue(alice, 1, 0), &error);
    members.fails(from, &issue(alice, 2, 0), &error);
    let error = MembershipCredentialInUse { credential: credential(1), tokenId: ONE };
    members.fails(from, &issue(bob, 1, 0), &error);
    members.fails(from, &issue(bob, 0, 0), &MembershipInvalidCredential { credential: B256::ZERO });
    members.fails(
        from,
        &issue(Address::ZERO, 2, 0),
        &ERC721InvalidReceiver { receiver: Address::ZERO },
    );
    let error = MembershipInvalidActorRoles { actorRoles: 128, maximum: 127 };
    members.fails(from, &issue(bob, 2, 128), &error);
    assert_eq!(members.issue(bob, 2, 127), U256::from(2));
    assert_eq!(members.ok(MALLORY, &totalSupplyCall {}), U256::from(2));
}

#[test]
fn nobody_moves_or_approves_a_membership() {
    fn check(call: &impl SolCall) {
        let members = Members::with_alice();
        for caller in [alice().address(), issuer().address(), ADMIN, MALLORY] {
            members.fails(caller, call, &MembershipSoulbound {});
        }
        assert_eq!(members.owner(1), alice().address());
    }
    let (from, to, data) = (alice().address(), bob().address(), Bytes::from_static(&[1; 33]));
    for tokenId in [ONE, U256::ZERO, U256::MAX] {
        check(&transferFromCall { from, to, tokenId });
        check(&safeTransferFrom_0Call { from, to, tokenId });
        check(&safeTransferFrom_1Call { from, to, tokenId, data: data.clone() });
        check(&approveCall { to, tokenId });
        check(&approveCall { to: Address::ZERO, tokenId });
    }
    for approved in [true, false] {
        check(&setApprovalForAllCall { operator: to, approved });
    }
    let members = Members::with_alice();
    assert_eq!(members.ok(MALLORY, &getApprovedCall { tokenId: ONE }), Address::ZERO);
    assert!(!members.ok(MALLORY, &isApprovedForAllCall { owner: from, operator: to }));
}

#[test]
fn views_refuse_ids_that_do_not_exist() {
    fn check(members: &Members, tokenId: U256, call: &impl SolCall) {
        members.fails(MALLORY, call, &ERC721NonexistentToken { tokenId });
    }
    let members = Members::with_alice();
    // The last one is the first id and a bit that 64 bits do not hold.
    for tokenId in [U256::ZERO, U256::from(2), U256::MAX, uint!(0x1_0000_0000_0000_0001_U256)] {
        check(&members, tokenId, &lockedCall { tokenId });
        check(&members, tokenId, &ownerOfCall { tokenId });
        check(&members, tokenId, &tokenURICall { tokenId });
        check(&members, tokenId, &getApprovedCall { tokenId });
    }
    members.ok(alice().address(), &leaveCall {});
    let _ = members.chain.take_logs();
    check(&members, ONE, &lockedCall { tokenId: ONE });
    members.fails(
        MALLORY,
        &balanceOfCall { owner: Address::ZERO },
        &ERC721InvalidOwner { owner: Address::ZERO },
    );
}

#[test]
fn an_issuer_sets_actor_roles_within_the_mask() {
    let members = Members::with_alice();
    let (account, from) = (alice().address(), issuer().address());
    let has = |role| members.ok(MALLORY, &hasActorRoleCall { account, role });
    for (oldRoles, newRoles) in [(PATIENT, RESEARCHER), (RESEARCHER, 127), (127, 0), (0, 1 << 6)] {
        members.ok(from, &setActorRolesCall { tokenId: ONE, actorRoles: newRoles });
        members.emitted(&[log(&ActorRolesChanged { tokenId: ONE, oldRoles, newRoles })]);
        for role in 0..=255_u8 {
            assert_eq!(has(role), role < 8 && newRoles >> role & 1 == 1, "{newRoles} {role}");
        }
        assert_eq!(members.ok(MALLORY, &actorRolesOfCall { account }), newRoles);
    }
    members.ok(from, &setActorRolesCall { tokenId: ONE, actorRoles: 1 << 6 });
    members.emitted(&[]);
    let error = MembershipInvalidActorRoles { actorRoles: 128, maximum: 127 };
    members.fails(from, &setActorRolesCall { tokenId: ONE, actorRoles: 128 }, &error);
    let tokenId = U256::from(2);
    let call = setActorRolesCall { tokenId, actorRoles: 1 };
    members.fails(from, &call, &ERC721NonexistentToken { tokenId });
    assert!(!members.ok(MALLORY, &hasActorRoleCall { account: MALLORY, role: 0 }));
}

#[test]
fn a_member_leaves_and_comes_back_under_the_same_id() {
    let members = Members::with_alice();
    let account = alice().address();
    members.ok(account, &leaveCall {});
    members.emitted(&[
        log(&Transfer { from: account, to: Address::ZERO, tokenId: ONE }),
        log(&ActorRolesChanged { tokenId: ONE, oldRoles: PATIENT, newRoles: 0 }),
        log(&MembershipLeft { tokenId: ONE, account }),
    ]);
    assert!(!members.is_member(account));
    assert!(!members.ok(MALLORY, &hasActorRoleCall { account, role: 0 }));
    assert_eq!(members.ok(MALLORY, &totalSupplyCall {}), U256::ZERO);
    let hash = credential(1);
    assert_eq!(members.ok(MALLORY, &tokenOfCredentialCall { credential: hash }), U256::ZERO);
    assert_eq!(members.ok(MALLORY, &credentialOfCall { tokenId: ONE }), hash);
    members.fails(account, &leaveCall {}, &MembershipNotMember { account });
    // Another person's id is another, and the first's is kept for its credential.
    assert_eq!(members.issue(account, 2, 0), U256::from(2));
    assert_eq!(members.issue(bob().address(), 1, 0), ONE);
    assert_eq!(members.owner(1), bob().address());
}

#[test]
fn an_issuer_revokes_for_a_reason() {
    let members = Members::with_alice();
    let (account, from) = (alice().address(), issuer().address());
    let call = revokeCall { tokenId: ONE, reason: B256::ZERO };
    members.fails(from, &call, &MembershipMissingReason {});
    let call = revokeCall { tokenId: ONE, reason: reason() };
    members.ok(from, &call);
    members.emitted(&[
        log(&Transfer { from: account, to: Address::ZERO, tokenId: ONE }),
        log(&ActorRolesChanged { tokenId: ONE, oldRoles: PATIENT, newRoles: 0 }),
        log(&MembershipRevoked { tokenId: ONE, account, issuer: from, reason: reason() }),
    ]);
    assert!(!members.is_member(account));
    members.fails(from, &call, &ERC721NonexistentToken { tokenId: ONE });
}

#[test]
fn an_issuer_replaces_a_lost_account() {
    let members = Members::with_alice();
    let (lost, replacement, from) = (alice().address(), bob().address(), issuer().address());
    members.chain.set_time(START + 1_000);
    let call = reissueCall { lost, replacement, reason: reason() };
    members.ok(from, &call);
    members.emitted(&[
        log(&Transfer { from: lost, to: replacement, tokenId: ONE }),
        log(&MembershipReissued {
            tokenId: ONE,
            oldAccount: lost,
            newAccount: replacement,
            issuer: from,
            reason: reason(),
        }),
    ]);
    assert!(!members.is_member(lost));
    assert_eq!(members.ok(MALLORY, &actorRolesOfCall { account: lost }), 0);
    let standing = members.of(replacement);
    assert_eq!(
        (standing.tokenId, standing.actorRoles, standing.since),
        (ONE, PATIENT, START + 1_000)
    );
    assert_eq!(members.owner(1), replacement);
    assert_eq!(members.ok(MALLORY, &totalSupplyCall {}), ONE);
}

#[test]
fn a_replacement_is_a_free_account_of_a_member() {
    let members = Members::with_alice();
    members.issue(bob().address(), 2, 0);
    let (lost, from, reason) = (alice().address(), issuer().address(), reason());
    let reissue = |lost, replacement| reissueCall { lost, replacement, reason };
    let taken = MembershipAlreadyMember { account: bob().address(), tokenId: U256::from(2) };
    members.fails(from, &reissue(lost, bob().address()), &taken);
    let itself = MembershipAlreadyMember { account: lost, tokenId: ONE };
    members.fails(from, &reissue(lost, lost), &itself);
    let nobody = ERC721InvalidReceiver { receiver: Address::ZERO };
    members.fails(from, &reissue(lost, Address::ZERO), &nobody);
    let stranger = MembershipNotMember { account: MALLORY };
    members.fails(from, &reissue(MALLORY, ADMIN), &stranger);
    let call = reissueCall { lost, replacement: ADMIN, reason: B256::ZERO };
    members.fails(from, &call, &MembershipMissingReason {});
    let call = IMembership::credentialOfCall { tokenId: U256::from(3) };
    assert_eq!(members.ok(MALLORY, &call), B256::ZERO);
}

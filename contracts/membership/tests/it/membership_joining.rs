//! Joining by an issuer's signature.

use alloy_primitives::{Address, FixedBytes, U256};
use alloy_sol_types::{SolCall, sol};
use datacoop_kit::testing::{Chain, START};
use membership::{
    IMembership::{
        ActorRolesChanged, DOMAIN_SEPARATORCall, Locked, MembershipAlreadyMember,
        MembershipCredentialInUse, MembershipInvalidActorRoles, MembershipInvalidSignature,
        MembershipIssued, MembershipSignatureExpired, Transfer, eip712DomainCall, grantRoleCall,
        joinCall,
    },
    ISSUER_ROLE,
};
use stylus_sdk::{ArbResult, host::VM};

use crate::support::{
    ADMIN, Credential, MALLORY, MEMBERSHIP, Members, PATIENT, alice, bob, credential, domain,
    invitation, issuer, log, signed,
};

sol! {
    function isValidSignature(bytes32 hash, bytes memory signature) external view returns (bytes4);
}

#[test]
fn the_domain_is_that_of_eip_712() {
    let members = Members::new();
    let expected = domain(Chain::ID, MEMBERSHIP);
    assert_eq!(members.ok(MALLORY, &DOMAIN_SEPARATORCall {}), expected.hash_struct());
    let described = members.ok(MALLORY, &eip712DomainCall {});
    assert_eq!(described.fields, FixedBytes([0x0f]));
    assert_eq!((described.name.as_str(), described.version.as_str()), ("Datacoop Membership", "1"));
    assert_eq!(described.chainId, U256::from(Chain::ID));
    assert_eq!(described.verifyingContract, MEMBERSHIP);
}

#[test]
fn a_person_joins_at_the_deadline_by_an_issuers_signature() {
    let members = Members::new();
    let account = alice().address();
    let call = signed(&issuer(), &invitation(account));
    assert_eq!(members.ok(account, &call), U256::ONE);
    members.emitted(&[
        log(&Transfer { from: Address::ZERO, to: account, tokenId: U256::ONE }),
        log(&Locked { tokenId: U256::ONE }),
        log(&ActorRolesChanged { tokenId: U256::ONE, oldRoles: 0, newRoles: PATIENT }),
        log(&MembershipIssued {
            tokenId: U256::ONE,
            account,
            credential: credential(1),
            issuer: issuer().address(),
            actorRoles: PATIENT,
        }),
    ]);
    assert!(members.is_member(account));
    assert_eq!(members.nonce(1), U256::ONE);
}

#[test]
fn nobody_joins_after_the_deadline() {
    let members = Members::new();
    members.chain.set_time(START + 1);
    let call = signed(&issuer(), &invitation(alice().address()));
    let error = MembershipSignatureExpired { deadline: U256::from(START) };
    members.fails(alice().address(), &call, &error);
}

#[test]
fn what_was_signed_is_what_counts() {
    let members = Members::new();
    let account = alice().address();
    let good = signed(&issuer(), &invitation(account));
    let error = MembershipInvalidSignature { issuer: issuer().address() };
    let others = [
        joinCall { credential: credential(2), ..good.clone() },
        joinCall { actorRoles: PATIENT | 2, ..good.clone() },
        joinCall { deadline: U256::from(START + 1), ..good.clone() },
        joinCall { signature: good.signature[..64].to_vec().into(), ..good.clone() },
        joinCall { signature: Default::default(), ..good.clone() },
        joinCall { signature: vec![0; 65].into(), ..good.clone() },
        joinCall { signature: [&good.signature[..], &[0]].concat().into(), ..good.clone() },
    ];
    for call in others {
        members.fails(account, &call, &error);
    }
    members.ok(account, &good);
}

#[test]
fn only_the_account_that_was_signed_for_joins() {
    let members = Members::new();
    let call = signed(&issuer(), &invitation(alice().address()));
    let error = MembershipInvalidSignature { issuer: issuer().address() };
    for thief in [MALLORY, bob().address(), issuer().address(), ADMIN] {
        members.fails(thief, &call, &error);
    }
    members.ok(alice().address(), &call);
}

#[test]
fn only_an_issuer_signs() {
    let members = Members::new();
    let account = alice().address();
    let own = signed(&alice(), &invitation(account));
    members.fails(account, &own, &MembershipInvalidSignature { issuer: account });
    let borrowed = joinCall { issuer: issuer().address(), ..own.clone() };
    let error = MembershipInvalidSignature { issuer: issuer().address() };
    members.fails(account, &borrowed, &error);
    let nobody = joinCall { issuer: Address::ZERO, signature: vec![0; 65].into(), ..own };
    members.fails(account, &nobody, &MembershipInvalidSignature { issuer: Address::ZERO });
}

#[test]
fn a_signature_admits_no_second_account_or_credential() {
    let members = Members::with_alice();
    let (alice, bob) = (alice().address(), bob().address());
    let next = |account| Credential { nonce: U256::ONE, ..invitation(account) };
    let error = MembershipAlreadyMember { account: alice, tokenId: U256::ONE };
    members.fails(alice, &signed(&issuer(), &next(alice)), &error);
    let error = MembershipCredentialInUse { credential: credential(1), tokenId: U256::ONE };
    members.fails(bob, &signed(&issuer(), &next(bob)), &error);
    let call = Credential { credential: credential(2), actorRoles: 128, ..invitation(bob) };
    let error = MembershipInvalidActorRoles { actorRoles: 128, maximum: 127 };
    members.fails(bob, &signed(&issuer(), &call), &error);
}

/// A contract that calls every signature of one byte its own, and others not.
fn wallet(input: &[u8], _: VM) -> ArbResult {
    let call = isValidSignatureCall::abi_decode(input).map_err(|_| Vec::new())?;
    let answer = if call.signature.len() == 1 { isValidSignatureCall::SELECTOR } else { [0; 4] };
    let mut word = answer.to_vec();
    word.resize(32, 0);
    Ok(word)
}

#[test]
fn an_issuer_that_is_a_contract_signs_by_its_own_word() {
    let members = Members::new();
    let contract = Address::repeat_byte(0xcc);
    members.chain.deploy(ADMIN, contract, |_, _| Ok(Vec::new()), &[]).expect("it is placed");
    let account = alice().address();
    let call = joinCall {
        issuer: contract,
        signature: vec![7].into(),
        ..signed(&issuer(), &invitation(account))
    };
    let error = MembershipInvalidSignature { issuer: contract };
    members.fails(account, &call, &error);
    members.ok(ADMIN, &grantRoleCall { role: ISSUER_ROLE, account: contract });
    let _ = members.chain.take_logs();
    members.fails(account, &call, &error);
    // It has no constructor; that call fails and changes nothing.
    assert_eq!(members.chain.deploy(ADMIN, contract, wallet, &[]), Err(Vec::new()));
    let wrong = joinCall { signature: vec![7; 2].into(), ..call };
    members.fails(account, &wrong, &error);
    members.ok(account, &joinCall { signature: vec![7].into(), ..wrong });
}

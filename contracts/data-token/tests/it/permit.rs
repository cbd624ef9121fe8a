//! Approval by signature.

use alloy_primitives::{Address, B256, FixedBytes, U256, b256};
use alloy_sol_types::{Eip712Domain, SolStruct, eip712_domain, sol};
use data_token::IDataToken::{
    Approval, DOMAIN_SEPARATORCall, ECDSAInvalidSignature, ECDSAInvalidSignatureS,
    ERC20InvalidSpender, ERC2612ExpiredSignature, ERC2612InvalidSigner, allowanceCall,
    eip712DomainCall, noncesCall, permitCall,
};
use datacoop_kit::testing::{Chain, START, Signer};

use crate::support::{MALLORY, TOKEN, Token, alice, bob, data};

sol! {
    struct Permit {
        address owner;
        address spender;
        uint256 value;
        uint256 nonce;
        uint256 deadline;
    }
}

const fn domain() -> Eip712Domain {
    eip712_domain! {
        name: "Datacoop Data",
        version: "1",
        chain_id: Chain::ID,
        verifying_contract: TOKEN,
    }
}

fn signed(signer: &Signer, permit: &Permit) -> permitCall {
    let (v, r, s) = signer.sign(permit.eip712_signing_hash(&domain()));
    let Permit { owner, spender, value, deadline, .. } = *permit;
    permitCall { owner, spender, value, deadline, v, r, s }
}

fn permit() -> Permit {
    Permit {
        owner: alice().address(),
        spender: bob().address(),
        value: data(3),
        nonce: U256::ZERO,
        deadline: U256::from(START),
    }
}

#[test]
fn the_domain_is_that_of_eip_712() {
    let token = Token::new();
    assert_eq!(token.ok(MALLORY, &DOMAIN_SEPARATORCall {}), domain().hash_struct());
    let described = token.ok(MALLORY, &eip712DomainCall {});
    assert_eq!(described.fields, FixedBytes([0x0f]));
    assert_eq!(described.name, "Datacoop Data");
    assert_eq!(described.version, "1");
    assert_eq!(described.chainId, U256::from(Chain::ID));
    assert_eq!(described.verifyingContract, TOKEN);
    assert_eq!(described.salt, B256::ZERO);
    assert!(described.extensions.is_empty());
}

#[test]
fn a_permit_is_good_at_its_deadline_and_once() {
    let token = Token::new();
    let Permit { owner, spender, value, .. } = permit();
    let call = signed(&alice(), &permit());
    token.ok(MALLORY, &call);
    token.emitted(&Approval { owner, spender, value });
    assert_eq!(token.ok(MALLORY, &allowanceCall { owner, spender }), value);
    assert_eq!(token.ok(MALLORY, &noncesCall { owner }), U256::ONE);
    // Again it recovers somebody else, for the nonce has moved on.
    let replay = Permit { nonce: U256::ONE, ..permit() };
    let hash = replay.eip712_signing_hash(&domain());
    let signature =
        alloy_primitives::Signature::from_scalars_and_parity(call.r, call.s, call.v == 28);
    let signer = signature.recover_address_from_prehash(&hash).expect("somebody");
    token.fails(MALLORY, &call, &ERC2612InvalidSigner { signer, owner });
    assert_eq!(token.ok(MALLORY, &noncesCall { owner }), U256::ONE, "a failed permit uses none");
}

#[test]
fn a_permit_fails_after_its_deadline() {
    let token = Token::new();
    token.chain.set_time(START + 1);
    token.fails(
        MALLORY,
        &signed(&alice(), &permit()),
        &ERC2612ExpiredSignature { deadline: U256::from(START) },
    );
}

#[test]
fn a_permit_fails_when_another_signs() {
    let token = Token::new();
    let (signer, owner) = (bob().address(), alice().address());
    token.fails(MALLORY, &signed(&bob(), &permit()), &ERC2612InvalidSigner { signer, owner });
}

#[test]
fn a_permit_fails_with_a_signature_of_nobody() {
    let token = Token::new();
    for v in [0, 1, 26, 29, 255] {
        let call = permitCall { v, ..signed(&alice(), &permit()) };
        token.fails(MALLORY, &call, &ECDSAInvalidSignature {});
    }
    let call = permitCall { r: B256::ZERO, ..signed(&alice(), &permit()) };
    token.fails(MALLORY, &call, &ECDSAInvalidSignature {});
    // The zero address cannot sign, even for itself.
    let call = permitCall { owner: Address::ZERO, v: 0, ..signed(&alice(), &permit()) };
    token.fails(MALLORY, &call, &ECDSAInvalidSignature {});
}

#[test]
fn a_permit_fails_with_the_other_half_of_the_order() {
    let half = b256!("7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0");
    let token = Token::new();
    let s = B256::from(U256::from_be_bytes(half.0) + U256::ONE);
    let call = permitCall { s, ..signed(&alice(), &permit()) };
    token.fails(MALLORY, &call, &ECDSAInvalidSignatureS { s });
    let call = permitCall { s: half, v: 0, ..signed(&alice(), &permit()) };
    token.fails(MALLORY, &call, &ECDSAInvalidSignature {});
}

#[test]
fn a_permit_fails_for_the_zero_spender() {
    let token = Token::new();
    let permit = Permit { spender: Address::ZERO, ..permit() };
    token.fails(
        MALLORY,
        &signed(&alice(), &permit),
        &ERC20InvalidSpender { spender: Address::ZERO },
    );
}

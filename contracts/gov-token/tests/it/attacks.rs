//! Attacks on votes and signatures, each refused.

use alloy_primitives::{Address, B256, U256, uint};
use alloy_sol_types::{Eip712Domain, SolStruct, sol};
use datacoop_kit::testing::{START, Signer};
use gov_token::IGovToken::{
    ECDSAInvalidSignature, ECDSAInvalidSignatureS, ERC2612ExpiredSignature, ERC2612InvalidSigner,
    ERC5805FutureLookup, InvalidAccountNonce, VotesExpiredSignature, allowanceCall,
    delegateBySigCall, delegateCall, delegatesCall, getPastTotalSupplyCall, getPastVotesCall,
    noncesCall, permitCall, transferCall,
};

use crate::support::{MALLORY, TREASURY, Token, alice, bob, domain, gov};

sol! {
    struct Delegation {
        address delegatee;
        uint256 nonce;
        uint256 expiry;
    }

    struct Permit {
        address owner;
        address spender;
        uint256 value;
        uint256 nonce;
        uint256 deadline;
    }
}

/// The order of secp256k1's group.
const ORDER: U256 = uint!(0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141_U256);

fn delegation(nonce: u64) -> Delegation {
    let delegatee = bob().address();
    Delegation { delegatee, nonce: U256::from(nonce), expiry: U256::from(START + 10) }
}

fn signed(signer: &Signer, message: &Delegation, domain: &Eip712Domain) -> delegateBySigCall {
    let (v, r, s) = signer.sign(message.eip712_signing_hash(domain));
    let Delegation { delegatee, nonce, expiry } = *message;
    delegateBySigCall { delegatee, nonce, expiry, v, r, s }
}

fn permit() -> Permit {
    Permit {
        owner: alice().address(),
        spender: bob().address(),
        value: gov(3),
        nonce: U256::ZERO,
        deadline: U256::from(START + 10),
    }
}

fn signed_permit(signer: &Signer, message: &Permit, domain: &Eip712Domain) -> permitCall {
    let (v, r, s) = signer.sign(message.eip712_signing_hash(domain));
    let Permit { owner, spender, value, deadline, .. } = *message;
    permitCall { owner, spender, value, deadline, v, r, s }
}

#[test]
fn flash_loaned_tokens_never_were_a_vote() {
    let token = Token::open();
    token.ok(MALLORY, &delegateCall { delegatee: MALLORY });
    token.wait(10);
    let time = token.chain.time();
    // Within one second: borrow, look at the votes, give back.
    token.ok(TREASURY, &transferCall { to: MALLORY, value: gov(1_000) });
    assert_eq!(token.votes(MALLORY), gov(1_000));
    let timepoint = U256::from(time);
    let error =
        ERC5805FutureLookup { timepoint, clock: alloy_primitives::aliases::U48::from(time) };
    let _ = token.chain.take_logs();
    token.fails(MALLORY, &getPastVotesCall { account: MALLORY, timepoint }, &error);
    token.fails(MALLORY, &getPastTotalSupplyCall { timepoint }, &error);
    token.ok(MALLORY, &transferCall { to: TREASURY, value: gov(1_000) });
    token.wait(10);
    for past in time - 10..time + 10 {
        assert_eq!(token.past_votes(MALLORY, past), U256::ZERO);
    }
}

#[test]
fn tokens_that_are_passed_on_vote_once_at_any_time() {
    let token = Token::open();
    let (alice, bob) = (alice().address(), bob().address());
    token.ok(alice, &delegateCall { delegatee: alice });
    token.ok(bob, &delegateCall { delegatee: bob });
    token.ok(MALLORY, &delegateCall { delegatee: MALLORY });
    let hops = [alice, bob, MALLORY, alice];
    for hop in hops.windows(2) {
        token.wait(5);
        token.ok(hop[0], &transferCall { to: hop[1], value: gov(1_000) });
    }
    token.wait(1);
    for time in START..token.chain.time() {
        let votes = [alice, bob, MALLORY].map(|account| token.past_votes(account, time));
        assert_eq!(votes.into_iter().sum::<U256>(), gov(1_000), "at {time}");
        assert_eq!(votes.iter().filter(|votes| !votes.is_zero()).count(), 1, "at {time}");
    }
}

#[test]
fn votes_that_are_delegated_anew_are_not_counted_twice() {
    let token = Token::open();
    let (alice, bob) = (alice().address(), bob().address());
    for delegatee in [bob, MALLORY, MALLORY, alice, Address::ZERO, bob] {
        token.ok(alice, &delegateCall { delegatee });
        token.wait(1);
        let votes = [alice, bob, MALLORY].map(|account| token.votes(account));
        let expected = if delegatee.is_zero() { U256::ZERO } else { gov(1_000) };
        assert_eq!(votes.into_iter().sum::<U256>(), expected);
    }
}

#[test]
fn a_delegation_is_good_at_its_expiry_and_once() {
    let token = Token::new();
    token.wait(10);
    let call = signed(&alice(), &delegation(0), &domain());
    token.ok(MALLORY, &call);
    assert_eq!(token.votes(bob().address()), gov(1_000));
    let account = alice().address();
    assert_eq!(token.ok(MALLORY, &delegatesCall { account }), bob().address());
    assert_eq!(token.ok(MALLORY, &noncesCall { owner: account }), U256::ONE);
    let _ = token.chain.take_logs();
    token.fails(MALLORY, &call, &InvalidAccountNonce { account, currentNonce: U256::ONE });
    let early = signed(&alice(), &delegation(2), &domain());
    token.fails(MALLORY, &early, &InvalidAccountNonce { account, currentNonce: U256::ONE });
    token.wait(1);
    let expiry = U256::from(START + 10);
    token.fails(
        MALLORY,
        &signed(&alice(), &delegation(1), &domain()),
        &VotesExpiredSignature { expiry },
    );
}

#[test]
fn permits_and_delegations_share_their_nonces() {
    let token = Token::new();
    token.ok(MALLORY, &signed_permit(&alice(), &permit(), &domain()));
    let (account, currentNonce) = (alice().address(), U256::ONE);
    let _ = token.chain.take_logs();
    let error = InvalidAccountNonce { account, currentNonce };
    token.fails(MALLORY, &signed(&alice(), &delegation(0), &domain()), &error);
    token.ok(MALLORY, &signed(&alice(), &delegation(1), &domain()));
    assert_eq!(token.ok(MALLORY, &noncesCall { owner: account }), U256::from(2));
}

#[test]
fn a_signature_for_another_chain_or_contract_delegates_nothing_of_the_signer() {
    let here = domain();
    let elsewhere = [
        Eip712Domain { chain_id: here.chain_id.map(|id| id + U256::ONE), ..here.clone() },
        Eip712Domain { verifying_contract: Some(MALLORY), ..here.clone() },
        Eip712Domain { version: Some("2".into()), ..here.clone() },
        Eip712Domain { name: Some("Datacoop Data".into()), ..here.clone() },
    ];
    for domain in elsewhere {
        let token = Token::new();
        let (account, message) = (alice().address(), delegation(0));
        // It recovers somebody without tokens, if anybody.
        let _ = token.call(MALLORY, &signed(&alice(), &message, &domain));
        assert_eq!(token.ok(MALLORY, &delegatesCall { account }), Address::ZERO);
        assert_eq!(token.votes(bob().address()), U256::ZERO);
        assert_eq!(token.ok(MALLORY, &noncesCall { owner: account }), U256::ZERO);
        let _ = token.chain.take_logs();
        let call = signed_permit(&alice(), &permit(), &domain);
        let signer = recovered(&call, &here);
        token.fails(MALLORY, &call, &ERC2612InvalidSigner { signer, owner: account });
        let allowance = allowanceCall { owner: account, spender: bob().address() };
        assert_eq!(token.ok(MALLORY, &allowance), U256::ZERO);
    }
}

/// Who seems to have signed a permit.
fn recovered(call: &permitCall, domain: &Eip712Domain) -> Address {
    let hash = permit().eip712_signing_hash(domain);
    let signature =
        alloy_primitives::Signature::from_scalars_and_parity(call.r, call.s, call.v == 28);
    signature.recover_address_from_prehash(&hash).expect("somebody")
}

#[test]
fn a_malleable_signature_is_refused() {
    let token = Token::new();
    let call = signed(&alice(), &delegation(0), &domain());
    let s = B256::from(ORDER - U256::from_be_bytes(call.s.0));
    let forged = delegateBySigCall { s, v: 55 - call.v, ..call.clone() };
    token.fails(MALLORY, &forged, &ECDSAInvalidSignatureS { s });
    for v in [0, 1, 26, 29, 255] {
        let forged = delegateBySigCall { v, ..call.clone() };
        token.fails(MALLORY, &forged, &ECDSAInvalidSignature {});
    }
    let forged = delegateBySigCall { r: B256::ZERO, ..call };
    token.fails(MALLORY, &forged, &ECDSAInvalidSignature {});
    let call = signed_permit(&alice(), &permit(), &domain());
    let s = B256::from(ORDER - U256::from_be_bytes(call.s.0));
    let forged = permitCall { s, v: 55 - call.v, ..call };
    token.fails(MALLORY, &forged, &ECDSAInvalidSignatureS { s });
}

#[test]
fn a_replayed_or_expired_permit_is_refused() {
    let token = Token::new();
    let call = signed_permit(&alice(), &permit(), &domain());
    token.ok(MALLORY, &call);
    let replayed = Permit { nonce: U256::ONE, ..permit() };
    let hash = replayed.eip712_signing_hash(&domain());
    let signature =
        alloy_primitives::Signature::from_scalars_and_parity(call.r, call.s, call.v == 28);
    let signer = signature.recover_address_from_prehash(&hash).expect("somebody");
    let _ = token.chain.take_logs();
    let owner = alice().address();
    token.fails(MALLORY, &call, &ERC2612InvalidSigner { signer, owner });
    token.wait(11);
    let deadline = permit().deadline;
    token.fails(MALLORY, &call, &ERC2612ExpiredSignature { deadline });
}

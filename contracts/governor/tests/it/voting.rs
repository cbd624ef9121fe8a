//! How votes are cast and counted, and what a late quorum does. (All else about votes is held
//! against OpenZeppelin's governor in the integration tests.)

use alloy_primitives::{Address, B256, Bytes, U256, keccak256, uint};
use alloy_sol_types::{Eip712Domain, SolStruct, eip712_domain, sol};
use datacoop_kit::testing::{Chain, Signer};
use governor::IGovernor::{
    self, GovernorAlreadyCastVote, GovernorInvalidSignature, GovernorInvalidVoteType,
    GovernorUnexpectedProposalState, ProposalExtended, ProposalState, VoteCast, VoteCastWithParams,
};

use crate::support::{
    ALICE, BOB, CAROL, DELAY, EXTENSION, GOVERNOR, MALLORY, PERIOD, Plan, Stage, TOKEN, log,
};

sol! {
    struct Ballot {
        uint256 proposalId;
        uint8 support;
        address voter;
        uint256 nonce;
    }

    struct ExtendedBallot {
        uint256 proposalId;
        uint8 support;
        address voter;
        uint256 nonce;
        string reason;
        bytes params;
    }
}

/// The order of secp256k1's group.
const ORDER: U256 = uint!(0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141_U256);

/// A stage with a proposal that is voted on.
fn active() -> (Stage, Plan) {
    let (stage, plan) = (Stage::new(), Plan::one("vote on it"));
    stage.ok(ALICE, &plan.propose());
    stage.wait(DELAY + 1);
    let _ = stage.chain.take_logs();
    (stage, plan)
}

#[test]
fn votes_are_counted_once_each() {
    let (stage, plan) = active();
    let proposalId = plan.id();
    let vote = |support| IGovernor::castVoteCall { proposalId, support };
    assert_eq!(stage.ok(BOB, &vote(0)), U256::from(30));
    let reason = String::new();
    stage.emitted(&VoteCast { voter: BOB, proposalId, support: 0, weight: U256::from(30), reason });
    stage.fails(BOB, &vote(0), &GovernorAlreadyCastVote { voter: BOB });
    stage.fails(BOB, &vote(3), &GovernorAlreadyCastVote { voter: BOB });
    stage.fails(CAROL, &vote(3), &GovernorInvalidVoteType {});
    assert!(!stage.ask(&IGovernor::hasVotedCall { proposalId, account: CAROL }));
    let call = IGovernor::castVoteWithReasonAndParamsCall {
        proposalId,
        support: 2,
        reason: "who knows".to_owned(),
        params: Bytes::from_static(&[1, 2, 3]),
    };
    stage.ok(CAROL, &call);
    stage.emitted(&VoteCastWithParams {
        voter: CAROL,
        proposalId,
        support: 2,
        weight: U256::from(10),
        reason: "who knows".to_owned(),
        params: Bytes::from_static(&[1, 2, 3]),
    });
    assert_eq!(stage.ok(MALLORY, &vote(1)), U256::ZERO);
    let votes = stage.ask(&IGovernor::proposalVotesCall { proposalId });
    assert_eq!(votes.againstVotes, U256::from(30));
    assert_eq!(votes.forVotes, U256::ZERO);
    assert_eq!(votes.abstainVotes, U256::from(10));
}

#[test]
fn voting_is_on_from_the_second_after_the_snapshot_to_the_deadline() {
    let (stage, plan) = (Stage::new(), Plan::one("vote on it"));
    stage.ok(ALICE, &plan.propose());
    let start = stage.chain.time() + DELAY;
    let proposalId = plan.id();
    let error = |current| GovernorUnexpectedProposalState {
        proposalId,
        current,
        expectedStates: U256::from(1 << 1).into(),
    };
    let vote = IGovernor::castVoteCall { proposalId, support: 1 };
    stage.chain.set_time(start);
    stage.fails(CAROL, &vote, &error(ProposalState::Pending));
    stage.chain.set_time(start + 1);
    stage.ok(CAROL, &vote);
    stage.chain.set_time(start + PERIOD);
    stage.vote(MALLORY, &plan, 0);
    stage.chain.set_time(start + PERIOD + 1);
    stage.fails(BOB, &vote, &error(ProposalState::Defeated));
}

#[test]
fn a_late_quorum_leaves_time_to_object() {
    let (stage, plan) = active();
    let proposalId = plan.id();
    stage.wait(PERIOD - 1);
    // The last second. Twenty are the quorum, but bob objects.
    stage.vote(BOB, &plan, 0);
    let deadline = IGovernor::proposalDeadlineCall { proposalId };
    assert_eq!(stage.ask(&deadline), U256::from(stage.chain.time()));
    stage.vote(CAROL, &plan, 1);
    assert_eq!(stage.ask(&deadline), U256::from(stage.chain.time()));
    let _ = stage.chain.take_logs();
    stage.vote(ALICE, &plan, 1);
    let extendedDeadline = stage.chain.time() + EXTENSION;
    let extended = ProposalExtended { proposalId, extendedDeadline };
    assert_eq!(stage.chain.take_logs().last(), Some(&log(&extended)));
    assert_eq!(stage.ask(&deadline), U256::from(extendedDeadline));
    stage.chain.set_time(extendedDeadline);
    // Once only.
    stage.vote(MALLORY, &plan, 1);
    assert_eq!(stage.ask(&deadline), U256::from(extendedDeadline));
    stage.wait(1);
    assert_eq!(stage.state(&plan), ProposalState::Succeeded);
}

#[test]
fn an_early_quorum_extends_nothing() {
    let (stage, plan) = active();
    stage.vote(ALICE, &plan, 2);
    assert_eq!(stage.chain.take_logs().len(), 1);
    // Enough votes, but none for it.
    stage.wait(PERIOD);
    assert_eq!(stage.state(&plan), ProposalState::Defeated);
}

/// The signature of a person in the governor's form.
fn sign(signer: &Signer, hash: B256) -> Bytes {
    let (v, r, s) = signer.sign(hash);
    [r.as_slice(), s.as_slice(), &[v]].concat().into()
}

/// The other signature of the same key for the same hash.
fn bent(signature: &Bytes) -> Bytes {
    let s = ORDER - U256::from_be_slice(&signature[32..64]);
    [&signature[..32], &s.to_be_bytes::<32>(), &[55 - signature[64]]].concat().into()
}

#[test]
fn a_signed_vote_counts_once_here_and_nowhere_else() {
    let (stage, plan) = active();
    let (signer, proposalId) = (Signer::new(7), plan.id());
    let voter = signer.address();
    let gift = crate::stand_ins::IToken::setCall { account: voter, votes: U256::from(5) };
    stage.chain.send(ALICE, TOKEN, &gift).expect("anybody may");
    let domain = |chain_id: u64, contract: Address| {
        eip712_domain! {
            name: "Datacoop Governor", version: "1", chain_id: chain_id,
            verifying_contract: contract,
        }
    };
    let ballot = Ballot { proposalId, support: 1, voter, nonce: U256::ZERO };
    let call =
        |support, signature| IGovernor::castVoteBySigCall { proposalId, support, voter, signature };
    let refusal = GovernorInvalidSignature { voter };
    let here = domain(Chain::ID, GOVERNOR);
    let hash = ballot.eip712_signing_hash(&here);
    for wrong in [
        sign(&signer, ballot.eip712_signing_hash(&domain(1, GOVERNOR))),
        sign(&signer, ballot.eip712_signing_hash(&domain(Chain::ID, TOKEN))),
        sign(&Signer::new(8), hash),
        sign(&signer, keccak256(hash)),
        bent(&sign(&signer, hash)),
        Bytes::from(sign(&signer, hash)[..64].to_vec()),
        Bytes::new(),
    ] {
        stage.fails(MALLORY, &call(1, wrong), &refusal);
    }
    let good = sign(&signer, hash);
    stage.fails(MALLORY, &call(0, good.clone()), &refusal);
    assert_eq!(stage.ok(MALLORY, &call(1, good.clone())), U256::from(5));
    assert_eq!(stage.ask(&IGovernor::noncesCall { owner: voter }), U256::from(1));
    stage.fails(MALLORY, &call(1, good), &refusal);
    // Rightly signed again, but the vote is cast.
    let again = Ballot { nonce: U256::from(1), ..ballot };
    let again = call(1, sign(&signer, again.eip712_signing_hash(&here)));
    stage.fails(MALLORY, &again, &GovernorAlreadyCastVote { voter });
}

#[test]
fn a_signed_reason_is_the_signers() {
    let (stage, plan) = active();
    let (signer, proposalId) = (Signer::new(7), plan.id());
    let (voter, support) = (signer.address(), 2);
    let (reason, params) = ("because".to_owned(), Bytes::from_static(&[9; 40]));
    let ballot = ExtendedBallot {
        proposalId,
        support,
        voter,
        nonce: U256::ZERO,
        reason: reason.clone(),
        params: params.clone(),
    };
    let domain = eip712_domain! {
        name: "Datacoop Governor", version: "1", chain_id: Chain::ID,
        verifying_contract: GOVERNOR,
    };
    let signature = sign(&signer, ballot.eip712_signing_hash(&domain));
    let call = IGovernor::castVoteWithReasonAndParamsBySigCall {
        proposalId,
        support,
        voter,
        reason: reason.clone(),
        params: params.clone(),
        signature,
    };
    let refusal = GovernorInvalidSignature { voter };
    let elsewhere = [
        Eip712Domain { chain_id: Some(U256::ONE), ..domain.clone() },
        Eip712Domain { verifying_contract: Some(TOKEN), ..domain },
    ];
    let elsewhere = elsewhere.map(|domain| sign(&signer, ballot.eip712_signing_hash(&domain)));
    for wrong in elsewhere.into_iter().chain([bent(&call.signature), Bytes::new()]) {
        let call =
            IGovernor::castVoteWithReasonAndParamsBySigCall { signature: wrong, ..call.clone() };
        stage.fails(MALLORY, &call, &refusal);
    }
    let other = IGovernor::castVoteWithReasonAndParamsBySigCall {
        reason: "because!".to_owned(),
        ..call.clone()
    };
    stage.fails(MALLORY, &other, &refusal);
    let other = IGovernor::castVoteWithReasonAndParamsBySigCall {
        params: Bytes::from_static(&[9; 41]),
        ..call.clone()
    };
    stage.fails(MALLORY, &other, &refusal);
    stage.ok(MALLORY, &call);
    let weight = U256::ZERO;
    stage.emitted(&VoteCastWithParams { voter, proposalId, support, weight, reason, params });
    stage.fails(MALLORY, &call, &refusal);
}

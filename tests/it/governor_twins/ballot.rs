//! How votes are signed, rightly and wrongly.

use alloy::{
    primitives::{Address, Bytes, Signature, U256},
    signers::SignerSync,
    sol_types::{Eip712Domain, SolCall, SolStruct, eip712_domain},
};
use datacoop_deploy::bindings::IGovernor;
use datacoop_tests::random;
use rand::{Rng, seq::IndexedRandom};

use super::run::Run;

alloy::sol! {
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

/// The order of secp256k1.
const ORDER: U256 = alloy::primitives::uint!(
    0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141_U256
);

/// How a signed vote is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Forgery {
    None,
    WrongSigner,
    Replayed,
    OtherChain,
    OtherSupport,
    OtherReason,
    HighS,
    GarbageV,
    Compact,
    Long,
}

/// All the ways.
const FORGERIES: [Forgery; 9] = [
    Forgery::WrongSigner,
    Forgery::Replayed,
    Forgery::OtherChain,
    Forgery::OtherSupport,
    Forgery::OtherReason,
    Forgery::HighS,
    Forgery::GarbageV,
    Forgery::Compact,
    Forgery::Long,
];

/// A signed vote with a reason and parameters or without.
#[derive(Clone, Debug)]
pub(super) struct Vote {
    pub(super) id: U256,
    pub(super) support: u8,
    pub(super) extended: Option<(String, Bytes)>,
}

impl Forgery {
    pub(super) fn random(run: &mut Run) -> Self {
        *FORGERIES.choose(&mut run.rng).expect("there are some")
    }
}

impl Vote {
    /// The calldata of this vote, signed by the voter with the given index with its nonce.
    pub(super) fn signed(
        self,
        run: &mut Run,
        voter: usize,
        nonce: U256,
        forgery: Forgery,
    ) -> Vec<u8> {
        let account = run.world.voters()[voter];
        let chain_id = if forgery == Forgery::OtherChain { 1 } else { 31_337 };
        let domain = eip712_domain! {
            name: "Datacoop Governor", version: "1", chain_id: chain_id,
            verifying_contract: run.world.places.governor,
        };
        let replayed = U256::from(u8::from(forgery == Forgery::Replayed));
        let signed = Self {
            support: if forgery == Forgery::OtherSupport { self.support ^ 1 } else { self.support },
            extended: self.extended.clone().map(|(reason, params)| {
                let more = if forgery == Forgery::OtherReason { "!" } else { "" };
                (reason + more, params)
            }),
            ..self
        };
        let hash = signed.hash(account, nonce.wrapping_sub(replayed), &domain);
        // Without a reason there is no other one: another signer takes its place.
        let other = forgery == Forgery::WrongSigner
            || forgery == Forgery::OtherReason && self.extended.is_none();
        let signers = run.world.signers.len();
        let signer = if other { (voter + 1) % signers } else { voter };
        let signature = run.world.signers[signer].sign_hash_sync(&hash).expect("a local key signs");
        let signature = wire(&signature, forgery, run);
        let Self { id, support, extended } = self;
        match extended {
            None => {
                IGovernor::castVoteBySigCall { proposalId: id, support, voter: account, signature }
                    .abi_encode()
            }
            Some((reason, params)) => IGovernor::castVoteWithReasonAndParamsBySigCall {
                proposalId: id,
                support,
                voter: account,
                reason,
                params,
                signature,
            }
            .abi_encode(),
        }
    }

    fn hash(&self, voter: Address, nonce: U256, domain: &Eip712Domain) -> alloy::primitives::B256 {
        let (proposal_id, support) = (self.id, self.support);
        match self.extended.clone() {
            None => Ballot { proposalId: proposal_id, support, voter, nonce }
                .eip712_signing_hash(domain),
            Some((reason, params)) => {
                ExtendedBallot { proposalId: proposal_id, support, voter, nonce, reason, params }
                    .eip712_signing_hash(domain)
            }
        }
    }
}

/// A signature as it travels.
fn wire(signature: &Signature, forgery: Forgery, run: &mut Run) -> Bytes {
    let (r, mut s, mut v) = (signature.r(), signature.s(), 27 + u8::from(signature.v()));
    match forgery {
        Forgery::HighS => (s, v) = (ORDER - s, 55 - v),
        Forgery::GarbageV => v = run.rng.random_range(0..27),
        _ => {}
    }
    let mut bytes = [r.to_be_bytes::<32>(), s.to_be_bytes::<32>()].concat();
    if forgery != Forgery::Compact {
        bytes.push(v);
    }
    if forgery == Forgery::Long {
        let len = run.rng.random_range(1..40);
        bytes.extend(random::bytes(len, &mut run.rng));
    }
    bytes.into()
}

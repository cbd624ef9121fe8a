//! Signatures for permits and delegations: good ones, and every way in which one can be bad.

use alloy::{
    primitives::{Address, B256, Bytes, Signature, U256, uint},
    signers::SignerSync,
    sol_types::{SolCall, SolStruct},
};
use datacoop_deploy::bindings::IGovToken::{delegateBySigCall, permitCall};
use datacoop_tests::{Drive, random};
use rand::Rng;

use super::world::{ACTORS, SIGNERS, World};

/// The order of secp256k1's group: `s` and its difference to this sign the same (EIP-2).
const ORDER: U256 = uint!(0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141_U256);

alloy::sol! {
    /// EIP-2612.
    #[derive(Debug)]
    struct Permit {
        address owner;
        address spender;
        uint256 value;
        uint256 nonce;
        uint256 deadline;
    }

    /// OpenZeppelin's `Votes`.
    #[derive(Debug)]
    struct Delegation {
        address delegatee;
        uint256 nonce;
        uint256 expiry;
    }
}

/// How a signature is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Forgery {
    None,
    Expired,
    WrongSigner,
    /// Signed for the nonce before, and said to be so where the message says its nonce.
    Replayed,
    /// Signed for the other twin.
    OtherContract,
    /// Signed for another chain.
    OtherChain,
    HighS,
    GarbageV,
    GarbageRs,
}

/// All that are wrong.
pub(super) const FORGERIES: [Forgery; 8] = [
    Forgery::Expired,
    Forgery::WrongSigner,
    Forgery::Replayed,
    Forgery::OtherContract,
    Forgery::OtherChain,
    Forgery::HighS,
    Forgery::GarbageV,
    Forgery::GarbageRs,
];

/// A signature as it travels.
struct Wire {
    v: u8,
    r: B256,
    s: B256,
    /// Who seems to have signed.
    signer: B256,
}

impl World {
    /// A person who signs and whose nonce is still known; none when there is nobody left.
    pub(super) fn signer(&mut self) -> Option<usize> {
        let index = self.rng.random_range(0..SIGNERS);
        let standing = &mut self.standings[ACTORS + index];
        (!std::mem::replace(&mut standing.signed, true)).then_some(index)
    }

    /// A call of `permit`, right or wrong in the given way.
    pub(super) fn permit(
        &mut self,
        actor: usize,
        owner: usize,
        (spender, value): (Address, U256),
        forgery: Forgery,
    ) -> Drive {
        let deadline = self.deadline(forgery);
        let (owner_address, nonce) =
            (self.person(ACTORS + owner), self.standings[ACTORS + owner].nonce);
        let right = Permit { owner: owner_address, spender, value, nonce, deadline };
        let mut message = right.clone();
        if forgery == Forgery::Replayed {
            message.nonce = message.nonce.wrapping_sub(U256::ONE);
        }
        self.signed(actor, owner, (&message, &right), forgery, |wire| {
            let Permit { owner, spender, value, deadline, .. } = right;
            let Wire { v, r, s, .. } = *wire;
            permitCall { owner, spender, value, deadline, v, r, s }.abi_encode()
        })
    }

    /// A call of `delegateBySig`, right or wrong in the given way.
    pub(super) fn delegation(
        &mut self,
        actor: usize,
        delegator: usize,
        delegatee: Address,
        forgery: Forgery,
    ) -> Drive {
        let expiry = self.deadline(forgery);
        let mut nonce = self.standings[ACTORS + delegator].nonce;
        if forgery == Forgery::Replayed {
            nonce = nonce.wrapping_sub(U256::ONE);
        }
        let message = Delegation { delegatee, nonce, expiry };
        self.signed(actor, delegator, (&message, &message), forgery, |wire| {
            let Wire { v, r, s, .. } = *wire;
            delegateBySigCall { delegatee, nonce, expiry, v, r, s }.abi_encode()
        })
    }

    fn deadline(&mut self, forgery: Forgery) -> U256 {
        match forgery {
            Forgery::Expired => U256::from(self.now - self.rng.random_range(1..100_u64)),
            _ if self.rng.random() => U256::from(self.now),
            _ => U256::MAX,
        }
    }

    /// A call with a signature of `message`, for each twin; `right` is what the twin checks.
    fn signed<M: SolStruct>(
        &mut self,
        actor: usize,
        signer: usize,
        (message, right): (&M, &M),
        forgery: Forgery,
        encode: impl Fn(&Wire) -> Vec<u8>,
    ) -> Drive {
        let signer = if forgery == Forgery::WrongSigner { (signer + 1) % SIGNERS } else { signer };
        // Who signs for another may still delegate its own votes by it.
        self.standings[ACTORS + signer].signed = true;
        let noise = (random::unsigned(256, &mut self.rng), self.rng.random());
        let wires = [0, 1].map(|twin| {
            let mut domain = self.domains[twin].clone();
            match forgery {
                Forgery::OtherContract => domain = self.domains[1 - twin].clone(),
                Forgery::OtherChain => domain.chain_id = domain.chain_id.map(|id| id + U256::ONE),
                _ => {}
            }
            let hash = message.eip712_signing_hash(&domain);
            let signature = self.signers[signer].sign_hash_sync(&hash).expect("a local key signs");
            Wire::new(&signature, forgery, noise, right.eip712_signing_hash(&self.domains[twin]))
        });
        Drive {
            actor,
            data: [0, 1].map(|twin| Bytes::from(encode(&wires[twin]))),
            own: wires.map(|wire| vec![wire.s, wire.signer]),
            ..Drive::default()
        }
    }
}

impl Wire {
    fn new(signature: &Signature, forgery: Forgery, noise: (U256, u8), hash: B256) -> Self {
        let (mut v, mut r, mut s) = (27 + u8::from(signature.v()), signature.r(), signature.s());
        match forgery {
            Forgery::HighS => (v, s) = (55 - v, ORDER - s),
            Forgery::GarbageV => v = if matches!(noise.1, 27 | 28) { 0 } else { noise.1 },
            Forgery::GarbageRs => r = noise.0,
            _ => {}
        }
        let signer = Signature::new(r, s, v == 28).recover_address_from_prehash(&hash);
        let signer = signer.unwrap_or_default().into_word();
        Self { v, r: r.into(), s: s.into(), signer }
    }
}

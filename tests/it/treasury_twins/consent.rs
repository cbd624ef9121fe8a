//! Decides how owners sign for a transaction, well or badly.

use alloy::{
    primitives::{Address, B256, Bytes, U256, uint},
    signers::local::PrivateKeySigner,
};
use anyhow::Result;
use datacoop_deploy::treasury::{OwnerSignature, SignatureKind, packed};
use datacoop_tests::Random;
use rand::{Rng, seq::IndexedRandom};

/// The order of secp256k1's group (SEC 2, section 2.4.1).
const ORDER: U256 = uint!(0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141_U256);

/// Bytes of a signature, apart from a contract's.
const LEN: usize = 65;

/// Somebody who can be an owner.
#[derive(Clone, Debug)]
pub(super) enum Person {
    Key(PrivateKeySigner),
    /// A contract that calls, and signs by being there or by having approved.
    Actor(Address),
    /// A contract that signs as ERC-1271 has it.
    Signer(Address),
}

impl Person {
    pub(super) const fn address(&self) -> Address {
        match self {
            Self::Key(signer) => signer.address(),
            Self::Actor(address) | Self::Signer(address) => *address,
        }
    }
}

/// What is done to signatures that would be good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Twist {
    None,
    /// More bytes follow.
    Longer,
    /// The other signature of the same key for the same hash.
    Malleable,
    /// Bits above the 20 bytes of an address.
    DirtyAddress,
    Reversed,
    Twice,
    Short,
    PointerInside,
    PointerOutside,
    PointerHuge,
    LengthOutside,
    LengthHuge,
    /// A contract that answers badly, by `ActorMock`'s kinds.
    ContractRefuses(u8),
    /// Somebody without ERC-1271.
    NoSigner,
    NotApproved,
    Stranger,
    Kind(u8),
    /// Signatures for the other twin.
    OtherTwin,
    /// Signatures for another transaction.
    OtherHash,
}

/// The twists that Safe takes.
const HARMLESS: [Twist; 4] = [Twist::None, Twist::Longer, Twist::Malleable, Twist::DirtyAddress];

/// Those that it refuses.
const HARMFUL: [Twist; 23] = [
    Twist::Reversed,
    Twist::Twice,
    Twist::Short,
    Twist::PointerInside,
    Twist::PointerOutside,
    Twist::PointerHuge,
    Twist::LengthOutside,
    Twist::LengthHuge,
    Twist::ContractRefuses(1),
    Twist::ContractRefuses(2),
    Twist::ContractRefuses(3),
    Twist::ContractRefuses(4),
    Twist::NoSigner,
    Twist::NotApproved,
    Twist::Stranger,
    Twist::Kind(2),
    Twist::Kind(26),
    Twist::Kind(29),
    Twist::Kind(30),
    Twist::Kind(33),
    Twist::Kind(255),
    Twist::OtherTwin,
    Twist::OtherHash,
];

impl Twist {
    pub(super) fn harmless(rng: &mut Random) -> Self {
        *HARMLESS.choose(rng).expect("there are some")
    }

    pub(super) fn is_harmless(self) -> bool {
        HARMLESS.contains(&self)
    }

    pub(super) fn harmful(rng: &mut Random) -> Self {
        *HARMFUL.choose(rng).expect("there are some")
    }
}

/// Who signs, how, and what becomes of it.
#[derive(Clone, Debug)]
pub(super) struct Consent {
    /// Sorted by address.
    signers: Vec<(Person, SignatureKind)>,
    twist: Twist,
    /// Accounts that never are owners: one with a key, one that answers as ERC-1271 has it.
    stranger: PrivateKeySigner,
    contract: Address,
    /// What follows behind [`Twist::Longer`].
    tail: Vec<u8>,
}

impl Consent {
    pub(super) fn new(
        people: Vec<Person>,
        twist: Twist,
        (stranger, contract): (PrivateKeySigner, Address),
        rng: &mut Random,
    ) -> Self {
        let mut signers: Vec<_> = people
            .into_iter()
            .map(|person| {
                let kind = match person {
                    Person::Key(_) if rng.random() => SignatureKind::EthSign,
                    Person::Key(_) => SignatureKind::Eip712,
                    Person::Actor(_) => SignatureKind::ApprovedHash,
                    Person::Signer(_) => SignatureKind::Contract,
                };
                (person, kind)
            })
            .collect();
        signers.sort_by_key(|(person, _)| person.address());
        // An approval does not depend on who is asked to take it.
        let approved = signers.iter().all(|(person, _)| matches!(person, Person::Actor(_)));
        let of_another = matches!(twist, Twist::OtherTwin | Twist::OtherHash);
        let twist = if approved && of_another { Twist::Stranger } else { twist };
        let tail = (0..rng.random_range(1..80)).map(|_| rng.random()).collect();
        Self { signers, twist, stranger, contract, tail }
    }

    /// The actors that sign by an approval.
    pub(super) fn approving(&self) -> impl Iterator<Item = Address> {
        self.signers.iter().filter_map(|(person, _)| match person {
            Person::Actor(address) => Some(*address),
            _ => None,
        })
    }

    /// The signatures for a twin, whose hash is one of `hashes`.
    pub(super) fn bytes(&self, hashes: [B256; 2], twin: usize) -> Result<Bytes> {
        let hash = match self.twist {
            Twist::OtherTwin => hashes[1 - twin],
            Twist::OtherHash => B256::repeat_byte(0x77),
            _ => hashes[twin],
        };
        let parts: Vec<_> = self
            .signers
            .iter()
            .map(|(person, kind)| part(person, *kind, hash))
            .collect::<Result<_>>()?;
        let mut bytes = packed(&parts).to_vec();
        self.spoil(&mut bytes, hash)?;
        Ok(bytes.into())
    }

    fn spoil(&self, bytes: &mut Vec<u8>, hash: B256) -> Result<()> {
        let (needed, len) = (self.signers.len() * LEN, bytes.len());
        let first = |bytes: &mut [u8], owner: Address, place: U256, kind: u8| {
            bytes[..32].copy_from_slice(owner.into_word().as_slice());
            bytes[32..64].copy_from_slice(&place.to_be_bytes::<32>());
            bytes[64] = kind;
        };
        let end = U256::from(len);
        let behind = |bytes: &mut Vec<u8>, length: U256, data: &[u8]| {
            bytes.extend_from_slice(&length.to_be_bytes::<32>());
            bytes.extend_from_slice(data);
        };
        match self.twist {
            Twist::None | Twist::OtherTwin | Twist::OtherHash => {}
            Twist::Longer => bytes.extend_from_slice(&self.tail),
            Twist::Malleable => self.each(bytes, |kind, part| {
                if kind >= 27 {
                    let s = ORDER - U256::from_be_slice(&part[32..64]);
                    part[32..64].copy_from_slice(&s.to_be_bytes::<32>());
                    part[64] = if kind % 2 == 1 { kind + 1 } else { kind - 1 };
                }
            }),
            Twist::DirtyAddress => self.each(bytes, |kind, part| {
                if kind <= 1 {
                    part[..12].fill(0xff);
                }
            }),
            Twist::Reversed => {
                let parts: Vec<_> = bytes[..needed].chunks_exact(LEN).rev().collect();
                let reversed = parts.concat();
                bytes[..needed].copy_from_slice(&reversed);
            }
            Twist::Twice => bytes.copy_within(..LEN, needed - LEN),
            Twist::Short => bytes.truncate(needed - 1),
            Twist::PointerInside => {
                first(bytes, self.contract, U256::from(needed - 1), 0);
            }
            Twist::PointerOutside => first(bytes, self.contract, end, 0),
            Twist::PointerHuge => first(bytes, self.contract, U256::MAX, 0),
            Twist::LengthOutside | Twist::LengthHuge => {
                let huge = self.twist == Twist::LengthHuge;
                first(bytes, self.contract, end, 0);
                behind(bytes, if huge { U256::MAX } else { U256::from(2) }, &[0]);
            }
            Twist::ContractRefuses(kind) => {
                first(bytes, self.contract, end, 0);
                let data = [&[kind][..], B256::repeat_byte(0x66).as_slice()].concat();
                behind(bytes, U256::from(data.len()), &data);
            }
            Twist::NoSigner => {
                first(bytes, self.stranger.address(), end, 0);
                behind(bytes, U256::ZERO, &[]);
            }
            Twist::NotApproved => first(bytes, self.contract, U256::ZERO, 1),
            Twist::Stranger => {
                let part = OwnerSignature::sign(&self.stranger, SignatureKind::Eip712, hash)?;
                bytes[..LEN].copy_from_slice(&part.signature);
            }
            Twist::Kind(kind) => bytes[LEN - 1] = kind,
        }
        Ok(())
    }

    /// Changes each signature's 65 bytes.
    fn each(&self, bytes: &mut [u8], change: impl Fn(u8, &mut [u8])) {
        for part in bytes[..self.signers.len() * LEN].chunks_exact_mut(LEN) {
            change(part[LEN - 1], part);
        }
    }
}

/// A person's signature.
fn part(person: &Person, kind: SignatureKind, hash: B256) -> Result<OwnerSignature> {
    Ok(match person {
        Person::Key(signer) => OwnerSignature::sign(signer, kind, hash)?,
        Person::Actor(owner) => OwnerSignature::approved(*owner),
        Person::Signer(owner) => {
            // `ActorMock` signs for that hash alone.
            let signature = [&[1][..], hash.as_slice()].concat().into();
            OwnerSignature { owner: *owner, kind, signature }
        }
    })
}

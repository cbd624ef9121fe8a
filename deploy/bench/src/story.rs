//! Decides who the people of a measurement are, and in which words an action tells its calls.

use std::collections::BTreeMap;

use alloy::{
    primitives::{Address, B256, Bytes, U256, address, keccak256, uint},
    signers::{Error as SignerError, SignerSync, local::PrivateKeySigner},
    sol_types::{SolCall, SolValue},
};
use datacoop_deploy::bindings::{IDataCoopRewards::*, IDataToken::*};

use crate::{access, governance};

/// Deploys and administers: dev account 0.
pub(crate) const ADMIN: Address = address!("f39Fd6e51aad88F6F4ce6aB8827279cffFb92266");
/// Attests: dev account 1.
pub(crate) const ORACLE: Address = address!("70997970C51812dc3A010C7d01b50e0d17dc79C8");
/// Gets an office: dev account 2.
pub(crate) const GUARDIAN: Address = address!("3C44CdDdB6a900fa2b585dd299e03d12FA4293BC");
/// Holds DATA: dev account 3.
pub(crate) const ALICE: Address = address!("90F79bf6EB2c4f870365E785982E1f101E93b906");
/// Spends on Alice's behalf: dev account 4.
pub(crate) const BOB: Address = address!("15d34AAf54267DB7D7c367839AAf71A00a2C6A65");
/// Holds nothing, and owns the treasury with the two before: dev account 5.
pub(crate) const CAROL: Address = address!("9965507D1a55bcC2695C58ba16FB37d819B0A4dc");

/// One DATA in wei.
pub(crate) const DATA: U256 = uint!(1_000_000_000_000_000_000_U256);

/// When the first block is, in seconds since 1970: in the year 2100, one day into one of the
/// twelfths of a year by which DATA counts its emission.
pub(crate) const START_SECS: u64 = 1_561 * (365 * DAY_SECS / 12) + DAY_SECS;

/// From one transaction to the next, in seconds.
pub(crate) const PACE_SECS: u64 = 60;

/// A day, in seconds.
pub(crate) const DAY_SECS: u64 = 86_400;

/// Where the contracts of a measurement are: ours, or their peers.
#[derive(Clone, Debug)]
pub(crate) struct Cast {
    /// The contracts that there are.
    pub(crate) contracts: BTreeMap<Target, Address>,
    /// The chain's id.
    pub(crate) chain_id: u64,
    /// The EIP-712 domain of DATA.
    pub(crate) domain: B256,
    /// The keys of [`ALICE`] and [`BOB`].
    pub(crate) signers: [PrivateKeySigner; 2],
}

/// Whom a call is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Target {
    Data,
    Rewards,
    Gov,
    Governor,
    Timelock,
    Treasury,
    Membership,
    Consents,
    Registry,
    Revenue,
    Market,
}

/// One call of a story.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) from: Address,
    pub(crate) to: Target,
    pub(crate) data: Bytes,
    /// How many signers it must recover.
    pub(crate) recoveries: u64,
    /// Days that pass before it.
    pub(crate) days_before: u64,
}

impl Call {
    pub(crate) fn new(from: Address, to: Target, call: &impl SolCall) -> Self {
        Self::raw(from, to, call.abi_encode().into())
    }

    /// A call by its calldata.
    pub(crate) const fn raw(from: Address, to: Target, data: Bytes) -> Self {
        Self { from, to, data, recoveries: 0, days_before: 0 }
    }

    /// A call of DATA.
    pub(crate) fn data(from: Address, call: &impl SolCall) -> Self {
        Self::new(from, Target::Data, call)
    }

    /// The oracle's call of DataCoopRewards.
    pub(crate) fn rewards(call: &impl SolCall) -> Self {
        Self::new(ORACLE, Target::Rewards, call)
    }

    /// The call after some days.
    pub(crate) const fn after_days(mut self, days: u64) -> Self {
        self.days_before = days;
        self
    }
}

impl Cast {
    /// Returns the address of a call's target, if it has one here.
    pub(crate) fn address(&self, target: Target) -> Option<Address> {
        self.contracts.get(&target).copied()
    }

    /// Returns the address of a contract that both ours and the peers have.
    pub(crate) fn place(&self, target: Target) -> Address {
        // Stories are played when all contracts are there.
        self.address(target).unwrap_or_default()
    }

    /// Returns whether these are ours and not the peers.
    pub(crate) fn is_ours(&self) -> bool {
        self.contracts.contains_key(&Target::Rewards)
    }

    /// What is done before every story: the offices are given, and Alice has DATA, some of it
    /// minted, so that the counting of emissions has begun.
    pub(crate) fn setup(&self) -> Vec<Call> {
        let grant = |role: &str, account| {
            Call::data(ADMIN, &grantRoleCall { role: keccak256(role), account })
        };
        let mut calls: Vec<_> =
            self.address(Target::Rewards).map(|at| grant("MINTER_ROLE", at)).into_iter().collect();
        calls.extend([grant("MINTER_ROLE", ADMIN), grant("PAUSER_ROLE", ADMIN)]);
        calls.extend([transfer(ADMIN, ALICE), mint(ALICE)]);
        calls.extend(governance::setup(self));
        if self.is_ours() {
            calls.extend(access::setup(self));
        }
        calls
    }

    /// Alice lets Bob spend, by signature.
    pub(crate) fn permit(&self) -> Result<Call, SignerError> {
        let (value, deadline) = (DATA, U256::MAX);
        let typehash = keccak256(
            "Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)",
        );
        let fields = (typehash, ALICE, BOB, value, U256::ZERO, deadline).abi_encode();
        let digest =
            keccak256([&[0x19, 0x01][..], &self.domain[..], &keccak256(fields)[..]].concat());
        let signature = self.signers[0].sign_hash_sync(&digest)?;
        let call = permitCall {
            owner: ALICE,
            spender: BOB,
            value,
            deadline,
            v: 27 + u8::from(signature.v()),
            r: signature.r().into(),
            s: signature.s().into(),
        };
        Ok(Call { recoveries: 1, ..Call::data(BOB, &call) })
    }
}

/// The administrator mints ten DATA.
pub(crate) fn mint(to: Address) -> Call {
    Call::data(ADMIN, &mintCall { to, amount: U256::from(10) * DATA })
}

/// Somebody transfers three DATA.
pub(crate) fn transfer(from: Address, to: Address) -> Call {
    Call::data(from, &transferCall { to, value: U256::from(3) * DATA })
}

/// Alice lets Bob spend some DATA.
pub(crate) fn approve(amount: u64) -> Call {
    Call::data(ALICE, &approveCall { spender: BOB, value: U256::from(amount) * DATA })
}

/// The oracle records a plain contribution of Alice.
pub(crate) fn record(proof: &str) -> Call {
    Call::rewards(&recordContributionCall { member: ALICE, proof: keccak256(proof) })
}

/// The oracle records scored contributions, each of a member of its own, of all classes in turn.
pub(crate) fn batch(seed: &str, entries: u64) -> Call {
    let entry = |index: u64| {
        let proof = keccak256(format!("{seed} {index}"));
        Entry {
            member: Address::from_word(keccak256(proof)),
            proof,
            quality: 800_000_000_000_000_000,
            dataClass: u8::try_from(index % 4).unwrap_or_default(),
        }
    };
    Call::rewards(&recordBatchCall { entries: (0..entries).map(entry).collect(), strict: true })
}

//! Decides how a cooperative governs itself: which contracts hold its power, with which terms, and
//! in which order they come onto the chain.
//!
//! In the end the timelock administers everything, the governor alone proposes to it, everybody may
//! execute what it lets through, and the account that deployed all of it holds nothing.

use alloy::{
    dyn_abi::DynSolValue,
    primitives::{Address, B256, U256, uint},
};

use serde::{Deserialize, Serialize};

use super::{fact::Fact, steps::Steps};
use crate::{
    Error,
    bindings::IGovToken::{
        isTransferExemptCall, setTransferExemptionCall, setTransferPolicyCall, transferPolicyCall,
    },
    contracts::{GOV_TOKEN, GOVERNOR, TIMELOCK, TREASURY},
};

/// One GOV in its smallest unit, of which there are 10^18.
const GOV: U256 = uint!(1_000_000_000_000_000_000_U256);

/// Seconds of an hour and of a day.
const HOUR: u64 = 3_600;
const DAY: u64 = 24 * HOUR;

/// Who may send GOV to whom (DESIGN decision 4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[repr(u8)]
pub enum TransferPolicy {
    /// Everybody to everybody.
    Open = 0,
    /// Everybody to members and exempt accounts.
    MembersOnly = 1,
    /// Nobody to nobody.
    Locked = 2,
}

/// A part of the first supply of GOV.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Allocation {
    /// What it is for, in up to 31 ASCII letters.
    pub bucket: String,
    /// Who receives it; the treasury when it is the zero address.
    pub recipient: Address,
    /// How much, in wei of GOV.
    pub amount: U256,
}

/// The terms of self-government.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GovernanceConfig {
    /// The most GOV that there can ever be, in wei.
    pub gov_cap: U256,
    /// The first supply of GOV.
    pub genesis: Vec<Allocation>,
    /// Who may send GOV to whom.
    pub transfer_policy: TransferPolicy,
    /// From queueing to execution, in seconds.
    pub timelock_delay: u64,
    /// From proposal to vote, in seconds.
    pub voting_delay: u64,
    /// How long a vote lasts, in seconds.
    pub voting_period: u64,
    /// How many votes it takes to propose, in wei of GOV.
    pub proposal_threshold: U256,
    /// Hundredths of all votes that must be cast for a proposal, or abstain.
    pub quorum_percent: u64,
    /// How long a vote lasts at least after the quorum was reached, in seconds.
    pub vote_extension: u64,
    /// Until when the guardian may veto, in seconds since 1970; there is no veto when it is zero.
    pub veto_until: u64,
    /// Where the cooperative describes itself (ERC-4824), in at most 256 bytes; may be empty.
    pub dao_uri: String,
    /// Who owns the treasury.
    pub owners: Vec<Address>,
    /// How many owners must sign.
    pub threshold: u64,
    /// From queueing to execution of what the owners sign, in seconds.
    pub treasury_delay: u64,
}

impl GovernanceConfig {
    /// Returns terms for a local chain: votes of minutes, and `owners` who share ten million GOV and
    /// of whom a majority must sign.
    #[must_use]
    pub fn local(owners: &[Address]) -> Self {
        let supply = uint!(10_000_000_U256) * GOV;
        let share = supply / U256::from(owners.len().max(1));
        let genesis = owners.iter().enumerate().map(|(index, owner)| Allocation {
            bucket: format!("founder {}", index + 1),
            recipient: *owner,
            amount: share,
        });
        Self {
            gov_cap: uint!(100_000_000_U256) * GOV,
            genesis: genesis.collect(),
            transfer_policy: TransferPolicy::MembersOnly,
            timelock_delay: 300,
            voting_delay: 60,
            voting_period: 600,
            proposal_threshold: uint!(1_000_U256) * GOV,
            quorum_percent: 4,
            vote_extension: 300,
            veto_until: 0,
            dao_uri: String::new(),
            owners: owners.to_vec(),
            threshold: (owners.len() / 2 + 1) as u64,
            treasury_delay: 0,
        }
    }

    /// Returns terms for a chain with value: two days in the timelock, a week to vote, and the
    /// treasury as with [`local`](Self::local).
    #[must_use]
    pub fn standard(owners: &[Address]) -> Self {
        Self {
            timelock_delay: 2 * DAY,
            voting_delay: DAY,
            voting_period: 7 * DAY,
            vote_extension: 2 * DAY,
            proposal_threshold: uint!(10_000_U256) * GOV,
            ..Self::local(owners)
        }
    }

    /// Returns the terms of [`standard`](Self::standard) with two days between the signatures of
    /// the treasury's owners and its payments.
    #[must_use]
    pub fn enhanced(owners: &[Address]) -> Self {
        Self { treasury_delay: 2 * DAY, ..Self::standard(owners) }
    }
}

/// What governs a cooperative.
#[derive(Clone, Copy, Debug)]
pub(super) struct Organs {
    pub(super) timelock: Address,
    pub(super) treasury: Address,
}

impl Steps<'_> {
    /// The timelock, the treasury, GOV and the governor, tied together. GOV takes its members from
    /// `membership`.
    pub(super) fn organs(
        &mut self,
        terms: &GovernanceConfig,
        membership: Address,
    ) -> Result<Organs, Error> {
        let deployer = self.deployer;
        let timelock = self.contract(
            &TIMELOCK,
            &[
                number(terms.timelock_delay, 256),
                // The governor becomes a proposer when it is there; the zero address lets everybody
                // execute.
                DynSolValue::Array(Vec::new()),
                DynSolValue::Array(vec![DynSolValue::Address(Address::ZERO)]),
                DynSolValue::Address(deployer),
            ],
        )?;
        let treasury = self.contract(
            &TREASURY,
            &[
                addresses(&terms.owners),
                number(terms.threshold, 256),
                DynSolValue::Address(Address::ZERO),
                DynSolValue::Address(timelock),
                number(terms.treasury_delay, 256),
            ],
        )?;
        let gov = gov_arguments(terms, [deployer, membership, treasury]);
        let gov = self.contract(&GOV_TOKEN, &gov)?;
        let governor = self.contract(&GOVERNOR, &self.governor_arguments(terms, gov, timelock))?;
        self.organs_offices(terms, timelock);
        self.grant((&TIMELOCK, timelock), "PROPOSER", governor);
        self.grant((&TIMELOCK, timelock), "CANCELLER", governor);
        self.hand_over((&TIMELOCK, timelock), timelock);
        for organ in [treasury, timelock] {
            self.exempt(gov, organ);
        }
        self.transfer_policy(gov, terms.transfer_policy);
        self.hand_over((&GOV_TOKEN, gov), timelock);
        Ok(Organs { timelock, treasury })
    }

    /// What the organs' constructors give to whom.
    fn organs_offices(&mut self, terms: &GovernanceConfig, timelock: Address) {
        // The zero address is everybody.
        self.power(&TIMELOCK, "executor", Address::ZERO);
        self.office(&GOVERNOR, "executor", timelock);
        if terms.veto_until != 0 {
            self.office(&GOVERNOR, "guardian", self.config.guardian);
        }
        let owner = format!("owner, {} of {} must sign", terms.threshold, terms.owners.len());
        for account in &terms.owners {
            self.office(&TREASURY, &owner, *account);
        }
        self.office(&TREASURY, "governor", timelock);
        self.office(&TREASURY, "module", timelock);
    }

    fn governor_arguments(
        &self,
        terms: &GovernanceConfig,
        gov: Address,
        timelock: Address,
    ) -> [DynSolValue; 10] {
        let has_veto = terms.veto_until != 0;
        let guardian = if has_veto { self.config.guardian } else { Address::ZERO };
        [
            DynSolValue::Address(gov),
            DynSolValue::Address(timelock),
            number(terms.voting_delay, 48),
            number(terms.voting_period, 32),
            DynSolValue::Uint(terms.proposal_threshold, 256),
            number(terms.quorum_percent, 256),
            number(terms.vote_extension, 48),
            DynSolValue::Address(guardian),
            number(terms.veto_until, 64),
            DynSolValue::String(terms.dao_uri.clone()),
        ]
    }

    /// Lets a contract hold GOV without being a member.
    fn exempt(&mut self, gov: Address, account: Address) {
        let fact = Fact::new(gov, &isTransferExemptCall { account }, |is_exempt| is_exempt);
        let call = setTransferExemptionCall { account, exempt: true };
        self.set(gov, &call, format!("{account} may receive GOV"), fact);
    }

    fn transfer_policy(&mut self, gov: Address, policy: TransferPolicy) {
        let policy = policy as u8;
        let fact = Fact::new(gov, &transferPolicyCall {}, move |found| found == policy);
        let title = format!("transfer policy of GOV set to {policy}");
        self.set(gov, &setTransferPolicyCall { policy }, title, fact);
    }
}

fn gov_arguments(
    terms: &GovernanceConfig,
    [admin, membership, treasury]: [Address; 3],
) -> [DynSolValue; 6] {
    let parts = &terms.genesis;
    let recipient =
        |part: &Allocation| if part.recipient.is_zero() { treasury } else { part.recipient };
    let list = |value: &dyn Fn(&Allocation) -> DynSolValue| {
        DynSolValue::Array(parts.iter().map(value).collect())
    };
    [
        DynSolValue::Address(admin),
        DynSolValue::Uint(terms.gov_cap, 256),
        DynSolValue::Address(membership),
        list(&|part| DynSolValue::FixedBytes(bucket(&part.bucket), 32)),
        list(&|part| DynSolValue::Address(recipient(part))),
        list(&|part| DynSolValue::Uint(part.amount, 256)),
    ]
}

/// Returns the id of a bucket: its name, with zeros after it.
fn bucket(name: &str) -> B256 {
    B256::right_padding_from(&name.as_bytes()[..name.len().min(31)])
}

fn addresses(list: &[Address]) -> DynSolValue {
    DynSolValue::Array(list.iter().copied().map(DynSolValue::Address).collect())
}

fn number(number: u64, bits: usize) -> DynSolValue {
    DynSolValue::Uint(U256::from(number), bits)
}

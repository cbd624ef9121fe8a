//! Decides what somebody tries next: kinds of interactions, each composed of what is known so that it must
//! succeed, or must be refused with an error whose name is foretold.

mod attempt;
mod consents;
mod contributions;
mod governance;
mod intrusions;
mod market;
mod members;
mod pauses;
mod records;
mod revenue;
mod sales;
mod tokens;
mod treasury;

use alloy::{
    primitives::{Address, B256, U256, keccak256},
    sol_types::SolCall,
};
use anyhow::Result;
use rand::Rng;

use super::{ledger::Ledger, manifest::Manifests, stage::Stage};
use crate::Random;

pub(super) use attempt::Attempt;
pub(super) use governance::spending_rules;
pub(super) use market::TERMS;
pub(super) use records::schema_id;
pub(super) use treasury::paid_by_owners;

/// A kind of interaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Transfer,
    TransferFrom,
    Permit,
    Burn,
    TransferGov,
    Delegate,
    Contribute,
    ContributeBatch,
    Propose,
    Vote,
    Queue,
    Execute,
    Veto,
    OwnersPay,
    Spend,
    Join,
    Issue,
    Leave,
    Vet,
    Recover,
    Grant,
    Revoke,
    Register,
    Attest,
    Erase,
    Publish,
    Void,
    List,
    Stake,
    RequestUnstake,
    Unstake,
    Buy,
    TransferLicence,
    UseLicence,
    LogAccess,
    Auction,
    Bid,
    Settle,
    Withdraw,
    Claim,
    ClaimShared,
    Pause,
    Unpause,
    Intrude,
}

/// All kinds, and how often each is tried among all: those that others need come more often.
pub(super) const KINDS: [(Kind, u32); 44] = [
    (Kind::Transfer, 5),
    (Kind::TransferFrom, 3),
    (Kind::Permit, 4),
    (Kind::Burn, 2),
    (Kind::TransferGov, 3),
    (Kind::Delegate, 3),
    (Kind::Contribute, 5),
    (Kind::ContributeBatch, 6),
    (Kind::Propose, 6),
    (Kind::Vote, 18),
    (Kind::Queue, 8),
    (Kind::Execute, 8),
    (Kind::Veto, 1),
    (Kind::OwnersPay, 3),
    (Kind::Spend, 3),
    (Kind::Join, 2),
    (Kind::Issue, 2),
    (Kind::Leave, 1),
    (Kind::Vet, 2),
    (Kind::Recover, 1),
    (Kind::Grant, 8),
    (Kind::Revoke, 3),
    (Kind::Register, 6),
    (Kind::Attest, 6),
    (Kind::Erase, 1),
    (Kind::Publish, 4),
    (Kind::Void, 2),
    (Kind::List, 5),
    (Kind::Stake, 2),
    (Kind::RequestUnstake, 2),
    (Kind::Unstake, 2),
    (Kind::Buy, 8),
    (Kind::TransferLicence, 2),
    (Kind::UseLicence, 2),
    (Kind::LogAccess, 4),
    (Kind::Auction, 3),
    (Kind::Bid, 6),
    (Kind::Settle, 3),
    (Kind::Withdraw, 3),
    (Kind::Claim, 6),
    (Kind::ClaimShared, 3),
    (Kind::Pause, 2),
    (Kind::Unpause, 5),
    (Kind::Intrude, 4),
];

/// Composes what is tried.
#[derive(Debug)]
pub(super) struct Composer<'a> {
    pub(super) stage: &'a Stage,
    pub(super) ledger: &'a Ledger,
    pub(super) manifests: &'a mut Manifests,
    pub(super) rng: &'a mut Random,
    /// The time of the block that it will be in.
    pub(super) time: u64,
    /// Makes names and ids that were not there before.
    pub(super) serial: &'a mut u64,
    /// Whether it is to succeed, if that is possible.
    pub(super) earnest: bool,
}

/// A kind of interaction at random, by weight.
pub(super) fn any_kind(rng: &mut Random) -> Kind {
    let all: u32 = KINDS.iter().map(|(_, weight)| weight).sum();
    let mut left = rng.random_range(0..all);
    for (kind, weight) in KINDS {
        if left < weight {
            return kind;
        }
        left -= weight;
    }
    Kind::Transfer
}

impl Composer<'_> {
    /// Composes an interaction of a kind; none when there is nothing to try it on.
    pub(super) async fn compose(&mut self, kind: Kind) -> Result<Option<Attempt>> {
        match kind {
            Kind::Transfer => Ok(self.transfer()),
            Kind::TransferFrom => self.transfer_from().await,
            Kind::Permit => self.permit().await,
            Kind::Burn => Ok(self.burn()),
            Kind::TransferGov => Ok(self.transfer_gov()),
            Kind::Delegate => Ok(self.delegate()),
            Kind::Contribute => self.contribute().await,
            Kind::ContributeBatch => self.contribute_batch().await,
            Kind::Propose => self.propose().await,
            Kind::Vote => self.vote().await,
            Kind::Queue => self.queue().await,
            Kind::Execute => self.execute().await,
            Kind::Veto => self.veto().await,
            Kind::OwnersPay => self.owners_pay().await,
            Kind::Spend => self.spend().await,
            Kind::Join => self.join().await,
            Kind::Issue => Ok(self.issue()),
            Kind::Leave => Ok(self.leave()),
            Kind::Vet => Ok(self.vet()),
            Kind::Recover => Ok(self.recover()),
            Kind::Grant => self.grant().await,
            Kind::Revoke => Ok(self.revoke()),
            Kind::Register => Ok(self.register()),
            Kind::Attest => Ok(self.attest()),
            Kind::Erase => Ok(self.erase()),
            Kind::Publish => self.publish(),
            Kind::Void => Ok(self.void()),
            kind => self.compose_money(kind).await,
        }
    }

    async fn compose_money(&mut self, kind: Kind) -> Result<Option<Attempt>> {
        match kind {
            Kind::List => Ok(self.list()),
            Kind::Stake => Ok(self.stake()),
            Kind::RequestUnstake => self.request_unstake().await,
            Kind::Unstake => self.unstake().await,
            Kind::Buy => self.buy().await,
            Kind::TransferLicence => self.transfer_licence().await,
            Kind::UseLicence => Ok(self.use_licence()),
            Kind::LogAccess => self.log_access().await,
            Kind::Auction => self.auction().await,
            Kind::Bid => self.bid().await,
            Kind::Settle => Ok(self.settle()),
            Kind::Withdraw => Ok(self.withdraw()),
            Kind::Claim => self.claim().await,
            Kind::ClaimShared => self.claim_shared().await,
            Kind::Pause => Ok(self.pause()),
            Kind::Unpause => Ok(self.unpause()),
            _ => Ok(Some(self.intrude())),
        }
    }

    /// One of some things.
    fn pick<T: Clone>(&mut self, things: &[T]) -> Option<T> {
        (!things.is_empty()).then(|| things[self.rng.random_range(0..things.len())].clone())
    }

    /// Whether this attempt is one that must be refused: one in five, unless it is an earnest one.
    fn is_flawed(&mut self) -> bool {
        !self.earnest && self.rng.random_ratio(1, 5)
    }

    /// What was not there before.
    fn fresh(&mut self) -> B256 {
        *self.serial += 1;
        keccak256(format!("scenario {}", self.serial))
    }

    /// Any amount up to the most.
    fn up_to(&mut self, most: U256) -> U256 {
        if most.is_zero() { most } else { U256::from(self.rng.random::<u128>()) % most }
    }

    const fn outsider(&self) -> Address {
        self.stage.people.outsider.address()
    }

    /// Any member.
    fn member(&mut self) -> Option<Address> {
        let members: Vec<_> = self.ledger.access.members.keys().copied().collect();
        self.pick(&members)
    }

    /// Asks a view what it will say when this happens.
    async fn ask<C: SolCall>(&self, to: Address, call: C) -> Result<C::Return> {
        self.stage.ask(to, call, self.time).await
    }
}

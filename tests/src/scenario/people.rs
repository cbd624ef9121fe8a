//! Decides who takes part: members of every kind, those in office, and somebody who is nobody.

use std::ops::Range;

use alloy::{
    primitives::{Address, keccak256},
    signers::local::PrivateKeySigner,
};
use anyhow::{Context, Result};

/// How many members there are at first.
pub(super) const MEMBERS: usize = 40;

/// Those with genesis GOV.
pub(super) const FOUNDERS: Range<usize> = 0..12;

/// Who owns the treasury, two of whom must sign.
pub(super) const OWNERS: Range<usize> = 0..3;

/// Who may spend of the treasury within a limit.
pub(super) const SPENDER: usize = 5;

/// Those who may leave, and lose their accounts.
pub(super) const LOOSE: Range<usize> = 14..30;

/// Those with shares of the validators' pool.
pub(super) const VALIDATORS: Range<usize> = 30..33;

/// Those who act as researchers.
pub(super) const RESEARCHERS: Range<usize> = 34..40;

/// How many accounts there are that nobody is a member by at first.
const NEWCOMERS: usize = 24;

/// The bits of actor roles.
pub(super) const PATIENT: u8 = 1;
pub(super) const RESEARCHER: u8 = 1 << 4;

/// Everybody, by key.
#[derive(Clone, Debug)]
pub(super) struct People {
    members: Vec<PrivateKeySigner>,
    newcomers: Vec<PrivateKeySigner>,
    pub(super) oracle: PrivateKeySigner,
    pub(super) issuer: PrivateKeySigner,
    pub(super) attestor: PrivateKeySigner,
    pub(super) curator: PrivateKeySigner,
    pub(super) server: PrivateKeySigner,
    pub(super) guardian: PrivateKeySigner,
    pub(super) outsider: PrivateKeySigner,
}

/// The key of somebody by name: the same in every run.
fn key(name: &str) -> Result<PrivateKeySigner> {
    PrivateKeySigner::from_bytes(&keccak256(format!("scenario: {name}"))).context("a key")
}

impl People {
    pub(super) fn new() -> Result<Self> {
        let many = |kind: &str, count| -> Result<_> {
            (0..count).map(|number| key(&format!("{kind} {number}"))).collect()
        };
        Ok(Self {
            members: many("member", MEMBERS)?,
            newcomers: many("newcomer", NEWCOMERS)?,
            oracle: key("oracle")?,
            issuer: key("issuer")?,
            attestor: key("attestor")?,
            curator: key("curator")?,
            server: key("server")?,
            guardian: key("guardian")?,
            outsider: key("outsider")?,
        })
    }

    /// The account of one of the first members.
    pub(super) fn member(&self, number: usize) -> Address {
        self.members[number].address()
    }

    /// The accounts of some of the first members.
    pub(super) fn members(&self, numbers: Range<usize>) -> Vec<Address> {
        numbers.map(|number| self.member(number)).collect()
    }

    /// The accounts that were nobody's at first.
    pub(super) fn newcomers(&self) -> Vec<Address> {
        self.newcomers.iter().map(PrivateKeySigner::address).collect()
    }

    /// Everybody's accounts.
    pub(super) fn all(&self) -> Vec<Address> {
        self.keys().map(PrivateKeySigner::address).collect()
    }

    /// The key of an account.
    pub(super) fn key(&self, account: Address) -> Option<&PrivateKeySigner> {
        self.keys().find(|key| key.address() == account)
    }

    fn keys(&self) -> impl Iterator<Item = &PrivateKeySigner> {
        let Self { members, newcomers, oracle, issuer, attestor, curator, server, .. } = self;
        let offices = [oracle, issuer, attestor, curator, server, &self.guardian, &self.outsider];
        members.iter().chain(newcomers).chain(offices)
    }
}

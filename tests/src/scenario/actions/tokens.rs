//! Decides how tokens are moved, allowed, burned and lent to vote.

use alloy::{
    primitives::{Address, B256, U256},
    signers::SignerSync,
    sol_types::{SolStruct, SolValue},
};
use anyhow::{Context, Result};
use datacoop_deploy::bindings::{
    IDataToken::{self as D, DOMAIN_SEPARATORCall, allowanceCall, noncesCall, permitCall},
    IGovToken as G,
};
use rand::Rng;

use super::{Attempt, Composer};

alloy::sol! {
    #[derive(Debug)]
    struct Permit {
        address owner;
        address spender;
        uint256 value;
        uint256 nonce;
        uint256 deadline;
    }
}

/// Seconds that a permit is good for.
const PERMIT_SECS: u64 = 3_600;

impl Composer<'_> {
    /// Somebody with a key who holds DATA, and how much.
    fn holder(&mut self) -> Option<(Address, U256)> {
        let people = &self.stage.people;
        let holders = self.ledger.data.balances.iter();
        let holders = holders
            .filter(|(account, balance)| !balance.is_zero() && people.key(**account).is_some());
        let holders: Vec<_> = holders.map(|(account, balance)| (*account, *balance)).collect();
        self.pick(&holders)
    }

    pub(super) fn transfer(&mut self) -> Option<Attempt> {
        let ((from, balance), to) = (self.holder()?, self.member()?);
        let at = self.stage.at.data;
        let attempt = if self.is_flawed() {
            let call = D::transferCall { to, value: balance + U256::ONE };
            Attempt::refused(from, at, &call, "ERC20InsufficientBalance")
        } else {
            let value = self.up_to(balance / U256::from(20));
            Attempt::done(from, at, &D::transferCall { to, value })
        };
        Some(attempt.stopped_by(&[self.ledger.data_stands_still()]))
    }

    /// Spends what somebody allowed somebody else who has a key.
    pub(super) async fn transfer_from(&mut self) -> Result<Option<Attempt>> {
        let people = &self.stage.people;
        let allowed = self.ledger.data.allowed.iter();
        let allowed = allowed.filter(|(_, spender)| people.key(*spender).is_some());
        let allowed: Vec<_> = allowed.copied().collect();
        let (Some((owner, spender)), Some(to)) = (self.pick(&allowed), self.member()) else {
            return Ok(None);
        };
        let at = self.stage.at.data;
        let allowance = self.ask(at, allowanceCall { owner, spender }).await?;
        let (balance, from) = (self.ledger.data.balance(owner), owner);
        let flawed = self.is_flawed() || allowance.is_zero();
        let attempt = if flawed {
            let call = D::transferFromCall { from, to, value: allowance + U256::ONE };
            Attempt::refused(spender, at, &call, "ERC20InsufficientAllowance")
        } else {
            let value = allowance.min(balance);
            Attempt::done(spender, at, &D::transferFromCall { from, to, value })
        };
        Ok(Some(attempt.stopped_by(&[self.ledger.data_stands_still()])))
    }

    /// Carries a signature of somebody's to the chain: a good one, one that is over, one of another, or one
    /// for another amount.
    pub(super) async fn permit(&mut self) -> Result<Option<Attempt>> {
        let (Some((owner, balance)), Some(spender)) = (self.holder(), self.member()) else {
            return Ok(None);
        };
        let at = self.stage.at.data;
        let flaw = if self.is_flawed() { self.rng.random_range(1..4) } else { 0 };
        let value = self.up_to(balance / U256::from(10));
        let deadline = if flaw == 1 { self.time - 1 } else { self.time + PERMIT_SECS };
        let deadline = U256::from(deadline);
        let nonce = self.ask(at, noncesCall { owner }).await?;
        let domain = self.ask(at, DOMAIN_SEPARATORCall {}).await?;
        let hash = Permit { owner, spender, value, nonce, deadline }.eip712_hash_struct();
        let digest = typed_digest(domain, hash);
        let people = &self.stage.people;
        let key = if flaw == 2 { Some(&people.outsider) } else { people.key(owner) };
        let signature = key.context("a holder has a key")?.sign_hash_sync(&digest)?;
        let value = if flaw == 3 { value + U256::ONE } else { value };
        let (r, s) = (signature.r().into(), signature.s().into());
        let v = 27 + u8::from(signature.v());
        let call = permitCall { owner, spender, value, deadline, v, r, s };
        let error = match flaw {
            0 => None,
            1 => Some("ERC2612ExpiredSignature"),
            _ => Some("ERC2612InvalidSigner"),
        };
        let relayer = self.outsider();
        Ok(Some(Attempt::ends(relayer, at, &call, error)))
    }

    pub(super) fn burn(&mut self) -> Option<Attempt> {
        let (from, balance) = self.holder()?;
        let at = self.stage.at.data;
        let attempt = if self.is_flawed() {
            let call = D::burnCall { value: balance + U256::ONE };
            Attempt::refused(from, at, &call, "ERC20InsufficientBalance")
        } else {
            let value = self.up_to(balance / U256::from(100));
            Attempt::done(from, at, &D::burnCall { value })
        };
        Some(attempt.stopped_by(&[self.ledger.data_stands_still()]))
    }

    /// GOV moves among members alone.
    pub(super) fn transfer_gov(&mut self) -> Option<Attempt> {
        let people = &self.stage.people;
        let holders = self.ledger.gov.balances.iter();
        let holders = holders
            .filter(|(account, balance)| !balance.is_zero() && people.key(**account).is_some());
        let holders: Vec<_> = holders.map(|(account, balance)| (*account, *balance)).collect();
        let ((from, balance), at) = (self.pick(&holders)?, self.stage.at.gov);
        let value = self.up_to(balance / U256::from(20));
        if self.is_flawed() {
            let call = G::transferCall { to: self.outsider(), value };
            return Some(Attempt::refused(from, at, &call, "GovReceiverNotMember"));
        }
        let to = self.member()?;
        Some(Attempt::done(from, at, &G::transferCall { to, value }))
    }

    /// Votes are lent to anybody: a member, oneself, nobody; not by a signature that is over.
    pub(super) fn delegate(&mut self) -> Option<Attempt> {
        let (from, at) = (self.member()?, self.stage.at.gov);
        if self.is_flawed() {
            let (expiry, word) = (U256::from(self.time - 1), B256::repeat_byte(1));
            let (delegatee, nonce) = (self.outsider(), U256::ZERO);
            let call = G::delegateBySigCall { delegatee, nonce, expiry, v: 27, r: word, s: word };
            return Some(Attempt::refused(from, at, &call, "VotesExpiredSignature"));
        }
        let delegatee = match self.rng.random_range(0..8) {
            0 => Address::ZERO,
            1..=4 => from,
            _ => self.member()?,
        };
        Some(Attempt::done(from, at, &G::delegateCall { delegatee }))
    }
}

/// The hash that is signed: EIP-712.
pub(super) fn typed_digest(domain: B256, hash: B256) -> B256 {
    let words = (domain, hash).abi_encode();
    alloy::primitives::keccak256([&[0x19, 0x01], words.as_slice()].concat())
}
